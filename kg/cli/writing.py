"""Writing a graph from the command line: which files in which form, and a summary of what is in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import say
from kg.issues import printable

if TYPE_CHECKING:
    from kg.merge import Decided
    from kg.model import Analysis, Graph
    from kg.rdf.outputs import Written

OutputOption = Annotated[Path, typer.Option("-o", "--output", help="The file to write; its ending says in which form.")]
FormatOption = Annotated[
    list[str] | None,
    typer.Option(
        "--format",
        help="turtle, nt, trig, jsonld, rdf12, ftm, quickstatements or csv; give several, each is a file beside --output.",
    ),
]
PartsOption = Annotated[
    int, typer.Option("--parts", min=0, max=65_536, help="Also write sorted N-Triples in so many parts by key range.")
]
BaseOption = Annotated[str | None, typer.Option(help="Base of the IRIs of articles, reports, actions; ends in /.")]


def targets(output: Path, formats: list[str] | None, base: str | None) -> tuple[dict[str, Path], str]:
    """The file of each form that was asked for, and the checked base: before any work is done.

    Raises:
        ConfigurationError: a form, the ending of ``output`` or ``base`` is wrong, or a file cannot be written.
    """
    from kg.files import check_writable
    from kg.rdf.iri import checked_base
    from kg.rdf.outputs import choose
    from kg.rdf.vocab import DATA

    files = choose(output, formats or [])
    for path in files.values():
        check_writable(path)
    return files, checked_base(base) if base else DATA


def parts_folder(files: dict[str, Path]) -> Path:
    """Where the parts of a graph stand: beside its first file, with ``.parts`` for its ending."""
    return next(iter(files.values())).with_suffix(".parts")


def write_graph(
    analyses: Iterable[Analysis],
    files: dict[str, Path],
    base: str,
    lap: Callable[[str], None] = lambda step: None,
    parts: int = 0,
    decided: Decided | None = None,
) -> Graph:
    """Merge ``analyses`` as was ``decided``, write the graph to ``files``, and say what is in it.

    ``lap`` is told when a step is done. With ``parts`` the graph is also written in so many parts beside the first file.

    Raises:
        KgError: the analyses do not fit together.
        ConfigurationError: a file cannot be written.
    """
    from kg.merge import NOTHING, merge
    from kg.rdf.outputs import prepare

    graph = merge(analyses, decided or NOTHING)
    lap("merge")
    written = prepare(graph, base)
    if parts:
        from kg.rdf.parts import write_parts

        folder = parts_folder(files)
        write_parts(folder, written.triples, parts)
        say(f"written   {parts} parts → {printable(str(folder))}")
    write_forms(written, files)
    lap("write")
    return graph


def write_forms(written: Written, files: dict[str, Path]) -> None:
    """Write a graph to ``files``, and say what is in it.

    Raises:
        ConfigurationError: a file cannot be written.
    """
    from kg.files import sweep, write_atomically
    from kg.rdf.outputs import OUTPUTS

    for folder in sorted({path.parent for path in files.values()}):
        sweep(folder)
    for name, path in files.items():
        write_atomically(path, OUTPUTS[name].write(written))
    summarise(written.graph)
    for name, path in files.items():
        count = f"{len(written.triples)} triples" if OUTPUTS[name].whole else name
        say(f"written   {count} → {printable(str(path))}")


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
