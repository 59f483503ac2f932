"""``kg report``: a graph, or a part of it, as one HTML file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import say
from kg.cli.sources import GRAPH, open_graph
from kg.errors import ConfigurationError
from kg.issues import printable

if TYPE_CHECKING:
    from kg.serve.site import Site


def report(
    source: Annotated[
        Path | None, typer.Argument(metavar="[GRAPH]", help=f"RDF file or store directory (default: {GRAPH}).")
    ] = None,
    output: Annotated[Path, typer.Option("-o", "--output", help="The file to write.")] = Path("output/report.html"),
    cases: Annotated[list[str] | None, typer.Option("--case", help="Only this case (IRI or title); may be repeated.")] = None,
    entities: Annotated[
        list[str] | None, typer.Option("--entity", help="Only what concerns this one (item, IRI or name); may be repeated.")
    ] = None,
    query: Annotated[str | None, typer.Option("--query", help="Only what concerns those whom a search by name finds.")] = None,
    analyses: Annotated[
        Path | None, typer.Option("--analyses", help="Folder that `kg extract` wrote: puts the articles' whole texts in.")
    ] = None,
    title: Annotated[str | None, typer.Option("--title", help="Title of the file.")] = None,
    endpoint: Annotated[str | None, typer.Option("--endpoint", help="SPARQL endpoint instead of a file.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="User; the password comes from KG_PASSWORD.")] = None,
    auth: Annotated[str | None, typer.Option("--auth", help="basic, digest or bearer.")] = None,
    graph: Annotated[str | None, typer.Option("--graph", help="Graph to ask, with --endpoint.")] = None,
) -> None:
    """Write a graph as one HTML file that needs no server: search, cases, people, actions with their words, network, map.

    It opens from disk in any browser, in English, French and Arabic, and asks nothing of anybody. Mind who gets it: it holds
    names of people and what articles say of them.
    """
    from kg.files import write_atomically
    from kg.report.document import document
    from kg.report.pages import counts, pages
    from kg.report.select import nodes_named, part_of
    from kg.serve.site import Site

    if analyses is not None and not analyses.is_dir():
        raise ConfigurationError(f"there is no folder {analyses}: `kg extract ARTICLES -o {analyses}` makes it")
    asked = open_graph(source, endpoint, user=user, auth=auth, graph=graph)
    site: Site = Site(asked, analyses)
    names = [*(cases or ()), *(entities or ()), *([query] if query else ())]
    if names:
        site = Site(part_of(site, nodes_named(site, names)), analyses)
    name = printable(title or (", ".join(names) if names else asked.name), 200)
    data = pages(site, name)
    content = document(data, name)
    write_atomically(output, content)
    say(f"{counts(data)} → {printable(str(output))} ({len(content) / 1e6:.1f} MB)")
