"""``kg build``: articles become one graph in Turtle."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import SOME_FAILED, say
from kg.cli.work import (
    Batch,
    CurationOption,
    InputsArgument,
    JobsOption,
    KbOption,
    LangOption,
    LogFormat,
    LogFormatOption,
    OfflineOption,
    ParserOption,
    ReportOption,
    SpacyModelOption,
    StrictOption,
    WikidataOption,
    WorkOption,
    analyses,
    failures,
    parse_models,
    wikidata_mode,
)
from kg.issues import IssueLog, printable

if TYPE_CHECKING:
    from kg.model import Graph


def build(
    inputs: InputsArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write: .ttl or .nt.")] = Path("output/kg.ttl"),
    base: Annotated[str | None, typer.Option(help="Base of the IRIs of articles, reports, actions; ends in / or #.")] = None,
    lang: LangOption = None,
    parser: ParserOption = "auto",
    spacy_model: SpacyModelOption = None,
    kb: KbOption = None,
    curation: CurationOption = None,
    wikidata: WikidataOption = False,
    wikidata_offline: OfflineOption = False,
    jobs: JobsOption = 1,
    work: WorkOption = None,
    report: ReportOption = None,
    log_format: LogFormatOption = LogFormat.TEXT,
    strict: StrictOption = False,
) -> None:
    """Read articles, merge what they say, and write the knowledge graph.

    The exit status is 1 if some articles failed; the graph then holds the others. Where none could be read the file of an
    earlier run stays as it is.
    """
    from kg.assembly import Options, models_in_use
    from kg.batch.report import RunReport
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
    log, run = IssueLog(), RunReport()
    kbs = tuple(map(str, kb or ()))
    options = Options(parser, parse_models(spacy_model), curation, wikidata_mode(wikidata, wikidata_offline), kbs)
    batch = Batch(options, lang, jobs, work, log_format)
    done = list(analyses(inputs, batch, log, run))
    run.lap("analysis")
    failed = failures(log)
    if not done:
        say(f"no article could be read; {printable(str(output))} was not written")
    elif strict and failed:
        say(f"{failed} articles failed and --strict was given; {printable(str(output))} was not written")
    else:
        graph = merge(done)
        run.lap("merge")
        triples = graph_triples(graph, base, Run(models=models_in_use(options)))
        write_rdf(output, triples, endings[output.suffix], base)
        run.lap("write")
        summarise(graph)
        say(f"problems  {len(log.issues)}" + (f" ({failed} articles skipped)" if failed else ""))
        say(f"written   {len(triples)} triples → {printable(str(output))}")
    status = SOME_FAILED if failed or not done else 0
    if report:
        run.write(report, log, models_in_use(options), status)
    if status:
        raise typer.Exit(status)


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
