"""Endpoints: a real server over HTTP, and servers that want a password, are busy, slow, or hang up."""

from __future__ import annotations

import base64
import hashlib
import http.client
import re
import socket
import subprocess
import sysconfig
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Triple
from typer.testing import CliRunner, Result

from kg.cli.main import build_app
from kg.errors import ConfigurationError, StoreError
from kg.store import sparql
from kg.store.embedded import open_source
from kg.store.explain import explain
from kg.store.queries import named_queries
from kg.store.sparql import Credentials, Endpoint, checked_endpoint, file_triples

NEWS = Path(__file__).parent / "fixtures" / "store" / "news.ttl"
USER, PASSWORD = "desk", "pass:wörd"
GRAPH = NamedNode("http://a.example/graph")


def triples(count: int) -> list[Triple]:
    return [Triple(NamedNode("http://a.example/s"), NamedNode("http://a.example/p"), Literal(str(n))) for n in range(count)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of an Oxigraph server with a store in memory."""
    program = Path(sysconfig.get_path("scripts")) / "oxigraph"
    if not program.is_file():
        pytest.skip("needs the oxigraph server, which the extra `dev` installs")
    port = free_port()
    process = subprocess.Popen(
        [str(program), "serve", "--bind", f"127.0.0.1:{port}"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.05)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(10)


class Gate(BaseHTTPRequestHandler):
    """Hands requests on to a server, if the rule of the gate lets them pass."""

    protocol_version = "HTTP/1.1"
    rule: Callable[[Gate, int], bool]
    target: str
    seen: list[tuple[str, str, dict[str, str]]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.seen.append((self.command, self.path, dict(self.headers)))
        if not type(self).rule(self, len(self.seen)):
            return
        onward = http.client.HTTPConnection(self.target.removeprefix("http://"), timeout=30)
        kept = {k: v for k, v in self.headers.items() if k.lower() in ("content-type", "accept")}
        onward.request(self.command, self.path, body, kept)
        answer = onward.getresponse()
        self.answer(answer.status, answer.read(), **{"Content-Type": answer.getheader("Content-Type") or "text/plain"})

    do_PUT = do_POST  # noqa: N815

    def answer(self, status: int, body: bytes = b"", **headers: str) -> bool:
        self.send_response(status)
        for name, text in headers.items():
            self.send_header(name.replace("_", "-"), text)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        return False

    def hang_up(self) -> bool:
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)
        return False

    def log_message(self, *_: Any) -> None:
        return


@contextmanager
def gate(rule: Callable[[Gate, int], bool], target: str = "") -> Iterator[tuple[str, list[tuple[str, str, dict[str, str]]]]]:
    """The address of a gate before ``target``, and the requests that it saw; ``rule`` gets each with its number from 1."""
    kind = type("OneGate", (Gate,), {"rule": staticmethod(rule), "target": target, "seen": []})
    httpd = ThreadingHTTPServer(("127.0.0.1", 0), kind)
    httpd.daemon_threads = True
    thread = threading.Thread(target=httpd.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{httpd.server_port}", kind.seen  # type: ignore[attr-defined]
    finally:
        httpd.shutdown()
        httpd.server_close()


def basic(one: Gate, _: int) -> bool:
    wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    if one.headers.get("Authorization") == f"Basic {wanted}":
        return True
    return one.answer(401, b"who are you?", WWW_Authenticate='Basic realm="news"')


def bearer(one: Gate, _: int) -> bool:
    return one.headers.get("Authorization") == "Bearer abc.DEF-1~" or one.answer(401, WWW_Authenticate="Bearer")


def digest(one: Gate, _: int) -> bool:
    """RFC 7616 with SHA-256 and qop=auth."""
    fields = dict(re.findall(r'(\w+)="?([^",]+)"?', one.headers.get("Authorization", "")))

    def h(text: str) -> str:
        return hashlib.sha256(text.encode()).hexdigest()

    if fields.get("nonce") == "n0nce":
        secret = h("desk:news:plain")
        what = h(f"{one.command}:{one.path}")
        if fields["response"] == h(f"{secret}:n0nce:{fields['nc']}:{fields['cnonce']}:auth:{what}"):
            return True
    return one.answer(401, WWW_Authenticate='Digest realm="news", nonce="n0nce", qop="auth", algorithm=SHA-256')


def endpoint(url: str, **options: Any) -> tuple[Endpoint, list[float]]:
    waits: list[float] = []
    return Endpoint(f"{url}/query", sleep=waits.append, **options), waits


def run(*arguments: object, **environment: str) -> Result:
    return CliRunner(env=environment).invoke(build_app(), [str(a) for a in arguments])


# A real server


def test_loading_and_replacing(server: str) -> None:
    target, _ = endpoint(server, graph=NamedNode("http://a.example/replace"))
    assert target.load(triples(5)) == 5
    assert target.load(triples(3)) == target.count() == 3
    assert target.load([]) == target.count() == 0


def test_large_graphs_go_in_parts(server: str) -> None:
    with gate(lambda *_: True, server) as (url, seen):
        target, _ = endpoint(url, graph=NamedNode("http://a.example/parts"))
        sent: list[int] = []
        # One is given twice; a store has it once, and the count holds.
        assert target.load([*triples(100), *triples(1)], sent.append, chunk=40) == 100
    assert sent == [40, 80, 100]
    assert [method for method, _, _ in seen] == ["PUT", "POST", "POST", "POST"]
    assert [path.partition("?")[0] for _, path, _ in seen] == ["/store", "/store", "/store", "/query"]


def test_graphs_do_not_mix(server: str) -> None:
    one, _ = endpoint(server, graph=NamedNode("http://a.example/one"))
    two, _ = endpoint(server, graph=NamedNode("http://a.example/two"))
    one.load(triples(2))
    two.load(triples(7))
    assert (one.count(), two.count()) == (2, 7)


def test_forms_of_answers(server: str) -> None:
    target, _ = endpoint(server, graph=NamedNode("http://a.example/forms"))
    target.load(triples(2))
    assert target.query("ASK { ?s ?p '1' }").boolean is True
    assert target.query("SELECT ?o ?none { ?s ?p ?o } ORDER BY ?o").rows == ((Literal("0"), None), (Literal("1"), None))
    assert sorted(map(str, target.query("CONSTRUCT WHERE { ?s ?p ?o }").triples or ())) == sorted(map(str, triples(2)))


def test_every_named_query_gives_the_same_over_http(server: str) -> None:
    target, _ = endpoint(server)
    target.load(file_triples(NEWS))
    local = open_source(NEWS)
    rows = 0
    for query in (query for query in named_queries() if query.sends is None):
        here, there = local.query(query.text), target.query(query.text)
        assert here == there, query.name
        rows += len(here.rows)
    assert rows > 40


def test_an_explanation_is_the_same_over_http(server: str) -> None:
    target, _ = endpoint(server)
    target.load(file_triples(NEWS))
    node = NamedNode("http://www.wikidata.org/entity/Q149067")
    assert explain(target, node) == explain(open_source(NEWS), node)


def test_a_wrong_query_is_told(server: str) -> None:
    target, waits = endpoint(server)
    with pytest.raises(StoreError, match="answered 400"):
        target.query("SELECT nonsense")
    assert waits == []


def test_commands_on_a_server_with_a_password(server: str) -> None:
    with gate(basic, server) as (url, _):
        asked = ("--endpoint", f"{url}/query", "--user", USER, "--graph", GRAPH.value)
        loaded = run("load", NEWS, *asked, KG_PASSWORD=PASSWORD)
        assert loaded.exit_code == 0, loaded.output
        count = len(open_source(NEWS))
        assert f"{count} triples in {GRAPH.value}" in loaded.stdout
        found = run("query", "bail", *asked, "--format", "csv", KG_PASSWORD=PASSWORD)
        assert found.exit_code == 0, found.output
        assert "Pavel Orlov" in found.stdout
        explained = run("explain", "wd:Q149067", *asked, KG_PASSWORD=PASSWORD)
        assert "»charged«" in explained.stdout
        for refused in (run("query", "bail", *asked, KG_PASSWORD="wr0ng"), run("load", NEWS, *asked, KG_PASSWORD="wr0ng")):
            assert refused.exit_code == 1
            assert "401" in refused.stderr and "KG_PASSWORD" in refused.stderr
            assert "wr0ng" not in refused.output and "Traceback" not in refused.output
        bare = run("query", "bail", "--endpoint", f"{url}/query", "--user", USER, KG_PASSWORD="")
        assert (bare.exit_code, "KG_PASSWORD" in bare.stderr) == (2, True)


def test_a_token_from_the_environment(server: str) -> None:
    with gate(bearer, server) as (url, _):
        found = run("query", "sources", "--endpoint", f"{url}/query", "-f", "json", KG_TOKEN="abc.DEF-1~")
        assert found.exit_code == 0, found.output
        assert run("query", "sources", "--endpoint", f"{url}/query", KG_TOKEN="wrong").exit_code == 1


# Authentication


def test_basic(server: str) -> None:
    with gate(basic, server) as (url, _):
        target, _ = endpoint(url, graph=GRAPH, credentials=Credentials("basic", USER, PASSWORD))
        assert target.load(triples(4)) == 4
        for wrong in (None, Credentials("basic", USER, "nearly")):
            other, waits = endpoint(url, graph=GRAPH, credentials=wrong)
            with pytest.raises(StoreError, match=r"401.*KG_PASSWORD") as caught:
                other.load(triples(4))
            # A refusal is final: trying again could lock the account.
            assert waits == []
            assert "nearly" not in str(caught.value)


def test_digest(server: str) -> None:
    with gate(digest, server) as (url, seen):
        target, _ = endpoint(url, graph=GRAPH, credentials=Credentials("digest", USER, "plain"))
        assert target.load(triples(4)) == 4
        assert not any("plain" in str(headers) for _, _, headers in seen)
        other, _ = endpoint(url, graph=GRAPH, credentials=Credentials("digest", USER, "wrong"))
        with pytest.raises(StoreError, match="401"):
            other.load(triples(4))


def test_secrets_do_not_show() -> None:
    target = Endpoint("http://a.example/query", credentials=Credentials("basic", USER, PASSWORD))
    assert PASSWORD not in repr(target)


@pytest.mark.parametrize(
    ("credentials", "message"),
    [
        (Credentials("kerberos", USER, "x"), "unknown authentication"),
        (Credentials("basic", USER, ""), "KG_PASSWORD"),
        (Credentials("bearer", secret="one\r\nHost: two"), "no bearer token"),
    ],
)
def test_credentials_that_cannot_be_sent(credentials: Credentials, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        Endpoint("http://a.example/query", credentials=credentials)


# Busy, slow and broken servers


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(server: str, status: int) -> None:
    with gate(lambda one, number: number > 2 or one.answer(status, Retry_After="7"), server) as (url, seen):
        target, waits = endpoint(url, graph=GRAPH)
        assert target.load(triples(4)) == 4
    assert waits == [7.0, 7.0]
    assert [method for method, _, _ in seen] == ["PUT", "PUT", "PUT", "POST"]


def test_a_time_to_come_back(server: str) -> None:
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    with gate(lambda one, number: number > 1 or one.answer(503, Retry_After=when), server) as (url, _):
        target, waits = endpoint(url)
        target.count()
    assert len(waits) == 1 and 50 < waits[0] <= 60


def test_one_that_hangs_up_is_asked_again(server: str) -> None:
    with gate(lambda one, number: number > 1 or one.hang_up(), server) as (url, _):
        target, waits = endpoint(url, graph=GRAPH)
        assert target.load(triples(4)) == 4
    assert waits == [0.5]


def test_one_that_always_hangs_up_is_given_up() -> None:
    with gate(lambda one, _: one.hang_up()) as (url, seen):
        target, waits = endpoint(url)
        with pytest.raises(StoreError, match=r"hung up.*5 times"):
            target.count()
    assert len(seen) == sparql.ATTEMPTS
    assert waits == [0.5, 1.0, 2.0, 4.0]


def test_one_that_fails_half_way_says_what_was_sent(server: str) -> None:
    with gate(lambda one, number: number < 2 or one.answer(507, b"the disk is full"), server) as (url, _):
        target, _ = endpoint(url, graph=GRAPH)
        with pytest.raises(StoreError, match=r"507.*the disk is full \(2 triples were sent before; go on with --resume\)"):
            target.load(triples(5), chunk=2)


def test_one_that_asks_to_wait_too_long() -> None:
    with gate(lambda one, _: one.answer(503, Retry_After="86400")) as (url, _):
        target, waits = endpoint(url)
        with pytest.raises(StoreError, match="asks to wait 86400 seconds"):
            target.count()
    assert waits == []


def test_one_that_never_answers() -> None:
    def sleep(one: Gate, _: int) -> bool:
        time.sleep(0.5)
        return one.hang_up()

    with gate(sleep) as (url, _):
        target, waits = endpoint(url, timeout=0.05)
        with pytest.raises(StoreError, match=r"did not answer within 0\.05 seconds, 5 times"):
            target.count()
    assert len(waits) == 4


def test_nobody_there() -> None:
    target, _ = endpoint(f"http://127.0.0.1:{free_port()}")
    with pytest.raises(StoreError, match="cannot be reached"):
        target.count()


def test_another_number_of_triples_is_an_error() -> None:
    def liar(one: Gate, _: int) -> bool:
        if one.command == "PUT":
            return one.answer(204)
        body = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"3"}}]}}'
        return one.answer(200, body, Content_Type="application/sparql-results+json")

    with gate(liar) as (url, _):
        target, _ = endpoint(url)
        with pytest.raises(StoreError, match="has 3 triples after 4 were sent"):
            target.load(triples(4))


@pytest.mark.parametrize(
    ("kind", "body", "message"),
    [
        ("text/html", b"<html>Welcome</html>", "is it a SPARQL endpoint"),
        ("application/sparql-results+json", b'{"head": {"vars"', "not valid"),
        ("application/sparql-results+json", b"\xff\xfe\x00", "not valid"),
        ("application/n-triples", b"<s> <p> <o>", "not valid"),
    ],
)
def test_answers_that_are_none(kind: str, body: bytes, message: str) -> None:
    with gate(lambda one, _: one.answer(200, body, Content_Type=kind)) as (url, _):
        target, _ = endpoint(url)
        with pytest.raises(StoreError, match=message):
            target.query("ASK {}")


def test_redirections_are_not_followed() -> None:
    """A password must not go where the user did not send it."""
    with gate(lambda one, _: one.answer(302, Location="http://elsewhere.example/query")) as (url, seen):
        target, _ = endpoint(url, credentials=Credentials("basic", USER, PASSWORD))
        with pytest.raises(StoreError, match=r"has moved to http://elsewhere\.example"):
            target.count()
    assert len(seen) == 1


def test_messages_of_servers_cannot_steer_the_terminal() -> None:
    with gate(lambda one, _: one.answer(400, b"\x1b[2J\x1b]0;owned\x07 wrong\nsecond line")) as (url, _):
        found = run("query", "sources", "--endpoint", f"{url}/query")
    assert found.exit_code == 1
    assert "\x1b" not in found.output and "\x07" not in found.output
    assert found.stderr.count("\n") == 1


# Addresses and files


def test_an_unusual_address_needs_the_other(server: str) -> None:
    with pytest.raises(ConfigurationError, match="--graph-store"):
        Endpoint("http://a.example/ask").load([])
    with gate(lambda *_: True, server) as (url, _):
        target = Endpoint(f"{url}/query", graph_store=f"{url}/store", graph=GRAPH)
        assert target.load(triples(1)) == 1


@pytest.mark.parametrize(
    "url",
    [
        "ftp://a.example/x",
        "file:///etc/passwd",
        "a.example/query",
        "http://",
        "http://a.example:0/",
        "http://a.example/\nx",
        "http://[::1",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="address"):
        checked_endpoint(url)


def test_a_password_in_the_address_is_refused_and_not_shown() -> None:
    with pytest.raises(ConfigurationError) as caught:
        checked_endpoint("http://desk:hush@a.example/query")
    assert "hush" not in str(caught.value)


def test_blank_nodes_are_not_sent_in_parts(tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text("[] <http://a.example/p> 1 .", "utf-8")
    with pytest.raises(ConfigurationError, match="blank nodes"):
        list(file_triples(path))


@pytest.mark.parametrize("text", ["<a> <b", '<http://a.example/s> <http://a.example/p> "\x00\xff'])
def test_files_that_are_not_valid(tmp_path: Path, text: str) -> None:
    path = tmp_path / "a.ttl"
    path.write_text(text, "latin-1")
    with pytest.raises(StoreError, match=r"a\.ttl is not valid"):
        list(file_triples(path))


def test_load_wants_one_place(tmp_path: Path) -> None:
    both = run("load", NEWS, "--store", tmp_path / "s", "--endpoint", "http://a.example/query")
    assert (both.exit_code, "not both" in both.stderr) == (2, True)
    none = run("load", tmp_path / "gone.ttl")
    assert (none.exit_code, "there is no file" in none.stderr) == (2, True)
    lonely = run("load", NEWS, "--store", tmp_path / "s", "--user", USER)
    assert (lonely.exit_code, "--endpoint" in lonely.stderr) == (2, True)
