"""``kg serve``: the graph in a browser on this machine, and as a SPARQL endpoint, for reading."""

from __future__ import annotations

import signal
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import tell
from kg.cli.sources import GRAPH, STORE, open_endpoint
from kg.errors import ConfigurationError

if TYPE_CHECKING:
    from kg.serve.backend import Backend

CURATION = Path("curation.tsv")
"""Where decisions are kept."""


def serve(
    source: Annotated[
        Path | None,
        typer.Argument(metavar="[STORE_OR_TTL]", help=f"Store directory or RDF file (default: {STORE}, else {GRAPH})."),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port on 127.0.0.1; 0 takes a free one.")] = 7878,
    endpoint: Annotated[str | None, typer.Option("--endpoint", help="SPARQL endpoint to stand in front of instead.")] = None,
    graph: Annotated[str | None, typer.Option("--graph", help="IRI of the graph of the endpoint to ask.")] = None,
    user: Annotated[str | None, typer.Option("--user", help="User; the password comes from KG_PASSWORD or is asked for.")] = None,
    auth: Annotated[str | None, typer.Option("--auth", help="basic, digest or bearer (a token is read from KG_TOKEN).")] = None,
    analyses: Annotated[
        Path | None, typer.Option("--analyses", help="Folder that `kg extract` wrote: whole texts for the reader.")
    ] = None,
    curate: Annotated[bool, typer.Option("--curate", help="Take decisions about links and actions from the page.")] = False,
    curation: Annotated[Path, typer.Option("--curation", help="File for these decisions.")] = CURATION,
    wikidata: Annotated[
        bool, typer.Option("--wikidata", help="Ask Wikidata the shipped questions to it (KG_WIKIDATA_CONTACT says who asks).")
    ] = False,
    timeout: Annotated[float, typer.Option(min=0.1, help="Seconds that a query may take.")] = 30,
    limit: Annotated[int, typer.Option(min=1, help="Megabytes that an answer may have.")] = 100,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Queries that run at once.")] = 2,
    cors: Annotated[
        list[str] | None, typer.Option("--cors", help="Origin whose pages may read the data (* for all); may be repeated.")
    ] = None,
    host: Annotated[
        list[str] | None, typer.Option("--host", help="Further name under which it answers, behind a proxy; may be repeated.")
    ] = None,
) -> None:
    """Show a graph in the browser, and answer SPARQL at /sparql, for reading only, until interrupted.

    It listens on 127.0.0.1 alone, and nothing that the page needs comes from elsewhere.
    """
    import uvicorn

    from kg.serve.app import build_app
    from kg.serve.curation import Curation

    if analyses is not None and not analyses.is_dir():
        raise ConfigurationError(f"there is no folder {analyses}: `kg extract ARTICLES -o {analyses}` makes it")
    backend: Backend
    if endpoint is not None:
        if source is not None:
            raise ConfigurationError(f"both {source} and --endpoint are given: which one is to be shown?")
        from kg.serve.backend import Remote

        backend = Remote(open_endpoint(endpoint, user=user, auth=auth, graph=graph, timeout=timeout), limit * 1_000_000)
    else:
        if graph or user or auth:
            raise ConfigurationError("--graph, --user and --auth go with --endpoint")
        from kg.serve.backend import Embedded

        backend = Embedded(source or (STORE if STORE.is_dir() else GRAPH), timeout, limit * 1_000_000, workers)
    app = build_app(backend, analyses, Curation(curation) if curate else None, host or (), cors or (), wikidata)
    listener = _listen(port)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    tell(f"{backend.name} in a browser: {address}/   queries: {address}/sparql   stop: Ctrl-C")
    config = uvicorn.Config(
        app, log_level="warning", server_header=False, date_header=True, ws="none", h11_max_incomplete_event_size=65536
    )
    for number in (signal.SIGINT, signal.SIGTERM):
        # The server ends when it is told to, and then raises the signal once more: that is no failure.
        signal.signal(number, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listener])


def _listen(port: int) -> socket.socket:
    """A socket on 127.0.0.1.

    Raises:
        ConfigurationError: the port is taken or not ours to take.
    """
    # The protocol is named so that asyncio sets TCP_NODELAY: else each answer waits 40 ms for the browser's acknowledgement.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if sys.platform != "win32":
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise ConfigurationError(
            f"cannot listen on port {port} ({error.strerror or error}): choose another with --port"
        ) from error
    return listener
