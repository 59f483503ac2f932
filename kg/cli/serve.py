"""``kg serve``: a store as a SPARQL endpoint on this machine, for reading."""

from __future__ import annotations

import signal
import subprocess
import sys
import sysconfig
from pathlib import Path
from shutil import which
from typing import Annotated

import typer

from kg.cli.common import SOME_FAILED, tell
from kg.cli.sources import STORE
from kg.errors import ConfigurationError


def serve(
    store: Annotated[Path, typer.Argument(help="Store directory.")] = STORE,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port on 127.0.0.1.")] = 7878,
) -> None:
    """Serve a store as a SPARQL endpoint on 127.0.0.1, for reading only, until interrupted.

    It runs the server of Oxigraph, which the extra `dev` installs.
    """
    from kg.store.embedded import is_store

    if not is_store(store):
        raise ConfigurationError(f"{store} is no store: make one with `kg load FILE.ttl --store {store}`")
    command = serve_command(store, port)
    tell(f"$ {' '.join(command)}")
    tell(f"queries: http://127.0.0.1:{port}/query   in a browser: http://127.0.0.1:{port}/   stop: Ctrl-C")
    status = _run(command)
    if status:
        tell(f"kg: the server ended with status {status} (is the port {port} taken?)")
        raise typer.Exit(SOME_FAILED)


def _run(command: list[str]) -> int:
    """Run the server until it ends or this process is told to; give its exit status, 0 if it was told to."""
    with subprocess.Popen(command) as server:
        told: list[int] = []

        def stop(number: int, frame: object) -> None:
            told.append(number)
            server.terminate()

        before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            status = server.wait()
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)
    return 0 if told else status


def serve_command(store: Path, port: int) -> list[str]:
    """The command that serves ``store`` for reading on 127.0.0.1.

    Raises:
        ConfigurationError: the server is not installed.
    """
    return [server_program(), "serve-read-only", "--location", str(store), "--bind", f"127.0.0.1:{port}", "--union-default-graph"]


def server_program() -> str:
    """The path of the Oxigraph server, beside this Python or on the search path.

    Raises:
        ConfigurationError: it is not installed.
    """
    beside = Path(sysconfig.get_path("scripts")) / ("oxigraph.exe" if sys.platform == "win32" else "oxigraph")
    found = str(beside) if beside.is_file() else which("oxigraph")
    if found is None:
        raise ConfigurationError(
            "the server `oxigraph` is not installed: `pip install oxigraph`, or run `make setup`, which installs it"
        )
    return found
