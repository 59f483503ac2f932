"""``kg serve``: the real server over a store, for reading."""

from __future__ import annotations

import socket
import subprocess
import time
from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from typer.testing import CliRunner

from kg.cli.main import build_app
from kg.cli.serve import serve_command, server_program
from kg.errors import ConfigurationError, StoreError
from kg.store.embedded import load_store, open_source
from kg.store.sparql import Endpoint

NEWS = Path(__file__).parent / "fixtures" / "store" / "news.ttl"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _ in range(400):
        assert process.poll() is None, "the server ended at once"
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.025)
    raise AssertionError("the server does not listen")


def test_a_store_is_served_for_reading_only(tmp_path: Path) -> None:
    try:
        server_program()
    except ConfigurationError:
        pytest.skip("the server `oxigraph` is not installed (extra `dev`)")
    store, port = tmp_path / "store", free_port()
    load_store(store, [NEWS], NamedNode("http://x.example/g"))
    process = subprocess.Popen(serve_command(store, port), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_for(port, process)
        remote = Endpoint(f"http://127.0.0.1:{port}/query", sleep=lambda seconds: None)
        # Named graphs are asked with the rest, as in the embedded store.
        assert remote.count() == len(open_source(NEWS))
        with pytest.raises(StoreError):
            remote.load([])
        assert remote.count() == len(open_source(NEWS))
    finally:
        process.terminate()
        process.wait(10)


def test_only_a_store_is_served(tmp_path: Path) -> None:
    result = CliRunner().invoke(build_app(), ["serve", str(tmp_path / "nothing")])
    assert result.exit_code == 2 and "make one with `kg load" in result.stderr


def test_a_server_that_is_not_installed_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = tmp_path / "store"
    load_store(store, [NEWS])
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path))
    result = CliRunner().invoke(build_app(), ["serve", str(store)])
    assert result.exit_code == 2 and "`oxigraph` is not installed" in result.stderr
