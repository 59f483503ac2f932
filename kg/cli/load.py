"""``kg load``: put a graph into a store directory or onto an endpoint."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import say, tell
from kg.cli.sources import GRAPH, STORE, open_endpoint
from kg.errors import ConfigurationError


def load(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[TTL]...", help=f"RDF files (default: {GRAPH}).")] = None,
    store: Annotated[Path | None, typer.Option("--store", help=f"Store directory to make or replace (default: {STORE}).")] = None,
    endpoint: Annotated[str | None, typer.Option("--endpoint", help="SPARQL endpoint (its address for queries) instead.")] = None,
    graph_store: Annotated[
        str | None, typer.Option("--graph-store", help="Its Graph Store address, where not the usual one.")
    ] = None,
    graph: Annotated[
        str | None, typer.Option("--graph", help="IRI of the graph to replace (default: the default graph).")
    ] = None,
    user: Annotated[str | None, typer.Option("--user", help="User; the password comes from KG_PASSWORD or is asked for.")] = None,
    auth: Annotated[
        str | None,
        typer.Option("--auth", help="basic, digest or bearer (default: basic with --user; a token is read from KG_TOKEN)."),
    ] = None,
    server: Annotated[
        str | None,
        typer.Option(
            "--server", help="What it is: oxigraph, virtuoso, fuseki, graphdb, qlever, blazegraph (default: by its address)."
        ),
    ] = None,
    chunk: Annotated[int | None, typer.Option("--chunk", min=1, help="Most triples in one request (default: by server).")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a load of the same files that was broken off.")] = False,
    timeout: Annotated[float | None, typer.Option("--timeout", min=1, help="Seconds to wait for an answer.")] = None,
) -> None:
    """Load a graph, replacing what was there.

    An endpoint gets it in parts, by the Graph Store protocol or, where it has none, by updates. The number of triples is checked
    afterwards.
    """
    paths = files or [GRAPH]
    for path in paths:
        if not path.is_file():
            raise ConfigurationError(f"there is no file {path}: make the graph with `make kg`, or name a Turtle file")
    if endpoint is None:
        if graph_store or user or auth or server or chunk or resume:
            raise ConfigurationError("--graph-store, --server, --chunk, --resume, --user and --auth go with --endpoint")
        _embedded(paths, store or STORE, graph)
        return
    if store is not None:
        raise ConfigurationError("give --store or --endpoint, not both")
    from kg.store.servers import server_at, server_named
    from kg.store.sparql import file_triples

    kind = server_named(server) if server else server_at(endpoint)
    if auth is None and user is not None and kind is not None:
        auth = kind.auth
    target = open_endpoint(endpoint, user=user, auth=auth, graph=graph, graph_store=graph_store, timeout=timeout)
    triples = (triple for path in paths for triple in file_triples(path))
    count = target.load(triples, lambda sent: tell(f"{sent} triples sent"), kind, chunk, resume)
    say(f"{count} triples in {graph or 'the default graph'} of {endpoint}")


def _embedded(paths: list[Path], store: Path, graph: str | None) -> None:
    from kg.store.embedded import load_store
    from kg.store.terms import parse_iri

    count = load_store(store, paths, None if graph is None else parse_iri(graph))
    say(f"{count} triples in {store}")
