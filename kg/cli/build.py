"""``kg build``: articles become one graph in Turtle."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import SOME_FAILED, say
from kg.cli.work import analyses, failures, parse_models
from kg.issues import IssueLog, printable

if TYPE_CHECKING:
    from kg.model import Graph


def build(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT…", help="Files, folders, patterns, or - for standard input.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write: .ttl or .nt.")] = Path("output/kg.ttl"),
    base: Annotated[str | None, typer.Option(help="Base of the IRIs of articles, reports, actions; ends in / or #.")] = None,
    lang: Annotated[str | None, typer.Option(help="Language of all articles; else each is detected.")] = None,
    parser: Annotated[str, typer.Option(help="Parser backend: auto, spacy, stanza or rules.")] = "auto",
    spacy_model: Annotated[list[str] | None, typer.Option(help="Another spaCy pipeline: en=en_core_web_trf.")] = None,
) -> None:
    """Read articles, merge what they say, and write the knowledge graph.

    The exit status is 1 if some articles failed; the graph then holds the others. Where none could be read the file of an
    earlier run stays as it is.
    """
    from kg.assembly import Options, models_in_use
    from kg.errors import ConfigurationError
    from kg.merge import merge
    from kg.rdf.iri import checked_base
    from kg.rdf.triples import Run, graph_triples
    from kg.rdf.turtle import Syntax, write_rdf
    from kg.rdf.vocab import DATA

    endings = {f".{syntax.value}": syntax for syntax in Syntax}
    if output.suffix not in endings:
        raise ConfigurationError(f"--output must end in {' or '.join(sorted(endings))}, not {output.name!r}")
    base = checked_base(base) if base else DATA
    log = IssueLog()
    done = list(analyses(inputs, Options(parser, parse_models(spacy_model or [])), log, lang))
    if done:
        graph = merge(done)
        triples = graph_triples(graph, base, Run(models=models_in_use()))
        write_rdf(output, triples, endings[output.suffix], base)
        summarise(graph)
        say(f"problems  {len(log.issues)}" + (f" ({failures(log)} articles skipped)" if failures(log) else ""))
        say(f"written   {len(triples)} triples → {printable(str(output))}")
    else:
        say(f"no article could be read; {printable(str(output))} was not written")
    if failures(log) or not done:
        raise typer.Exit(SOME_FAILED)


def summarise(graph: Graph) -> None:
    """Print counts of what is in the graph."""
    languages = Counter(a.article.lang for a in graph.analyses)
    say(f"articles  {len(graph.analyses)} ({_counts(languages)})")
    linked = sum(e.qid is not None for e in graph.entities)
    say(f"entities  {len(graph.entities)} ({_counts(Counter(e.kind.value for e in graph.entities))})")
    say(f"linked    {linked} to Wikidata, {len(graph.entities) - linked} NIL")
    reports = sum(len(a.reports or ()) for a in graph.analyses)
    say(f"actions   {len(graph.actions)} from {reports} reports ({_counts(Counter(a.type.value for a in graph.actions))})")
    say(f"cases     {len(graph.cases)}")


def _counts(counter: Counter[str]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(counter.items(), key=lambda pair: (-pair[1], pair[0])))
