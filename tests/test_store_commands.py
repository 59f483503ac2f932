"""Loading, asking and serving a store directory by the commands."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kg.cli.main import build_app

NEWS = Path(__file__).parent / "fixtures" / "store" / "news.ttl"
KG = [sys.executable, "-c", "from kg.cli.main import run; run()"]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), [str(a) for a in arguments])


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("commands") / "store"
    loaded = run("load", NEWS, "--store", path)
    assert loaded.exit_code == 0, loaded.output
    assert loaded.stdout.endswith(f" triples in {path}\n")
    return path


def test_a_store_and_its_file_give_the_same(store: Path) -> None:
    for arguments in (("query", "charges"), ("explain", "Q149067")):
        from_store, from_file = run(*arguments, store), run(*arguments, NEWS)
        assert from_store.exit_code == 0, from_store.output
        assert from_store.stdout == from_file.stdout


def test_a_named_graph_is_asked_with_the_rest(tmp_path: Path) -> None:
    assert run("load", NEWS, "--store", tmp_path / "s", "--graph", "http://a.example/g").exit_code == 0
    assert run("query", "bail", tmp_path / "s").stdout == run("query", "bail", NEWS).stdout


def test_several_files_become_one_store(tmp_path: Path) -> None:
    more = tmp_path / "more.nt"
    more.write_text("<http://a.example/s> <http://a.example/p> <http://a.example/o> .\n", "utf-8")
    count = int(run("load", NEWS, "--store", tmp_path / "one").stdout.split()[0])
    both = run("load", NEWS, more, "--store", tmp_path / "two")
    assert both.stdout.startswith(f"{count + 1} triples")


@pytest.mark.parametrize(
    ("content", "status", "message"),
    [
        (b"<http://a.example/s> <http://a.example/p> .", 1, "is not valid"),
        (b"\x00\xff\xfe", 1, "is not valid"),
        (None, 2, "there is no file"),
    ],
)
def test_files_that_cannot_be_loaded(tmp_path: Path, content: bytes | None, status: int, message: str) -> None:
    file = tmp_path / "a.ttl"
    if content is not None:
        file.write_bytes(content)
    found = run("load", file, "--store", tmp_path / "store")
    assert found.exit_code == status
    assert message in found.stderr and found.stderr.count("\n") == 1
    assert not (tmp_path / "store").exists()


def test_an_empty_file_is_an_empty_store(tmp_path: Path) -> None:
    (tmp_path / "a.ttl").write_text("", "utf-8")
    assert run("load", tmp_path / "a.ttl", "--store", tmp_path / "store").stdout.startswith("0 triples")
    assert run("query", "charges", tmp_path / "store").stdout.endswith("0 rows\n")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_serving_ends_with_its_server(store: Path, number: signal.Signals) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serving = subprocess.Popen([*KG, "serve", str(store), "--port", str(port)], stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(400):
            assert serving.poll() is None
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                time.sleep(0.025)
        found = run("query", "bail", "--endpoint", f"http://127.0.0.1:{port}/query")
        assert found.stdout == run("query", "bail", NEWS).stdout
        refused = run("load", NEWS, "--endpoint", f"http://127.0.0.1:{port}/query")
        assert refused.exit_code == 1 and "answered 405" in refused.stderr
        os.kill(serving.pid, number)
        _, told = serving.communicate(timeout=10)
    finally:
        if serving.poll() is None:
            serving.terminate()
            serving.wait(10)
    assert serving.returncode == 0
    assert f"queries: http://127.0.0.1:{port}/sparql" in told
    with pytest.raises(OSError):
        socket.create_connection(("127.0.0.1", port), 1)


def test_a_port_that_is_taken_is_told(store: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        ended = subprocess.run(
            [*KG, "serve", str(store), "--port", str(port)], capture_output=True, text=True, timeout=20, check=False
        )
    assert ended.returncode == 2
    assert f"cannot listen on port {port}" in ended.stderr
