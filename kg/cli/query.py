"""``kg query``: ask a graph one of the named questions, or any query of SPARQL."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import say, tell
from kg.cli.sources import GRAPH, open_graph
from kg.errors import ConfigurationError
from kg.issues import printable

if TYPE_CHECKING:
    from kg.store.results import Results


class Format(StrEnum):
    """How results are written."""

    TABLE = "table"
    JSON = "json"
    CSV = "csv"
    TURTLE = "ttl"


def query(
    name: Annotated[str | None, typer.Argument(metavar="NAME_OR_FILE", help="A named query (see --list), or a .rq file.")] = None,
    source: Annotated[Path | None, typer.Argument(help=f"Turtle file or store directory (default: {GRAPH}).")] = None,
    params: Annotated[list[str] | None, typer.Option("--param", "-p", help="NAME=VALUE for a parameter of the query.")] = None,
    output: Annotated[
        Format, typer.Option("--format", "-f", help="ttl is for queries that give triples; json and csv are those of SPARQL.")
    ] = Format.TABLE,
    listed: Annotated[bool, typer.Option("--list", help="List the named queries with what they ask.")] = False,
    show: Annotated[bool, typer.Option("--show", help="Print the query with its parameters instead of running it.")] = False,
    endpoint: Annotated[str | None, typer.Option("--endpoint", help="SPARQL endpoint to ask instead.")] = None,
    graph: Annotated[str | None, typer.Option("--graph", help="IRI of the graph of the endpoint to ask.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="User; the password comes from KG_PASSWORD or is asked for.")] = None,
    auth: Annotated[str | None, typer.Option("--auth", help="basic, digest or bearer (a token is read from KG_TOKEN).")] = None,
) -> None:
    """Ask a question of the graph."""
    from kg.store.queries import bind, check, find_query

    if listed:
        _list()
        return
    if name is None:
        raise ConfigurationError("which query? `kg query --list` names those there are; else give a file")
    found = find_query(name)
    text = bind(found, _values(params or []))
    if show:
        say(text.rstrip())
        return
    check(text, found.name)
    asked = open_graph(source, endpoint, user, auth, graph)
    if found.sends is None:
        _write(asked.query(text), output)
        return
    from kg.store.federation import federate, open_service

    answered = federate(asked, text, found.sends.variable, open_service)
    if answered.problem:
        tell(f"kg: warning: {printable(answered.problem)}: its columns stay empty")
    _write(answered.results, output)


def _values(params: list[str]) -> dict[str, str]:
    out: dict[str, str] = {}
    for param in params:
        name, sign, value = param.partition("=")
        if not sign or not name:
            raise ConfigurationError(f"--param {param!r} should be NAME=VALUE")
        if name in out:
            raise ConfigurationError(f"the parameter {name!r} is given twice")
        out[name] = value
    return out


def _list() -> None:
    from kg.store.queries import named_queries

    for found in named_queries():
        say(f"{found.name}: {found.question()}")
        for parameter in found.parameters:
            default = "any" if parameter.default == "UNDEF" else parameter.default
            say(f"    --param {parameter.name}=…  {parameter.meaning} ({parameter.kind}, default: {default})")
        if found.sends is not None:
            say(f"    sends elsewhere: {found.sends.meaning}")


def _write(results: Results, output: Format) -> None:
    from kg.store.results import to_csv, to_json

    if output is Format.JSON:
        sys.stdout.write(to_json(results))
    elif output is Format.CSV:
        sys.stdout.write(to_csv(results))
    elif results.triples is not None:
        from kg.rdf.builder import sort_triples
        from kg.rdf.turtle import to_bytes

        sys.stdout.write(to_bytes(sort_triples(results.triples)).decode("utf-8"))
    elif output is Format.TURTLE:
        raise ConfigurationError("the query gives rows, not triples: ask for --format table, json or csv")
    elif results.boolean is not None:
        say("yes" if results.boolean else "no")
    else:
        _table(results)


def _table(results: Results) -> None:
    """Rows as a table; names of nodes are shortened, and no text can reach the terminal but as text."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    from kg.store.display import shown

    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for variable in results.variables:
        table.add_column(Text(variable), overflow="fold")
    for row in results.rows:
        table.add_row(*(Text(shown(term)) for term in row))
    # A pipe has no width: cells are then never folded.
    console = Console(width=None if sys.stdout.isatty() else 2000, highlight=False, markup=False, emoji=False)
    with console.capture() as captured:
        console.print(table)
    for line in captured.get().splitlines():
        say(line.rstrip())
    say(f"{len(results.rows)} {'row' if len(results.rows) == 1 else 'rows'}")
