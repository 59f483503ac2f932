"""Loading into the servers that people use: real Oxigraph and Virtuoso, and gates that refuse as the others do."""

from __future__ import annotations

import shutil
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from pyoxigraph import BlankNode, Literal, NamedNode, Triple

from kg.errors import ConfigurationError, StoreError
from kg.store import loading
from kg.store.credentials import Credentials
from kg.store.embedded import open_source
from kg.store.queries import named_queries
from kg.store.results import Results, mended
from kg.store.servers import SERVERS, server_at, server_named
from kg.store.sparql import Endpoint, file_triples
from tests.test_store_remote import GRAPH, NEWS, Gate, endpoint, free_port, gate, run, server, triples  # noqa: F401 - a fixture

VIRTUOSO = shutil.which("virtuoso-t")
XSD = "http://www.w3.org/2001/XMLSchema#"
SETTINGS = """[Database]
DatabaseFile = {folder}/a.db
ErrorLogFile = {folder}/a.log
LockFile = {folder}/a.lck
TransactionFile = {folder}/a.trx
xa_persistent_file = {folder}/a.pxa
[TempDatabase]
DatabaseFile = {folder}/t.db
TransactionFile = {folder}/t.trx
[Parameters]
ServerPort = 127.0.0.1:{sql}
DisableUnixSocket = 1
NumberOfBuffers = 4000
[HTTPServer]
ServerPort = 127.0.0.1:{http}
ServerThreads = 4
"""


@pytest.mark.parametrize(
    ("url", "name", "store"),
    [
        ("http://a.example/query", "oxigraph", "http://a.example/store"),
        ("http://a.example:3030/news/query", "fuseki", "http://a.example:3030/news/data"),
        ("http://a.example:3030/news/sparql", "fuseki", "http://a.example:3030/news/data"),
        ("https://a.example/repositories/news", "graphdb", "https://a.example/repositories/news/rdf-graphs/service"),
        (
            "https://a.example/rdf4j-server/repositories/n",
            "graphdb",
            "https://a.example/rdf4j-server/repositories/n/rdf-graphs/service",
        ),
        ("http://a.example:8890/sparql", "virtuoso", "http://a.example:8890/sparql-graph-crud-auth"),
        ("http://a.example:8890/sparql-auth/", "virtuoso", "http://a.example:8890/sparql-graph-crud-auth"),
        ("http://a.example/blazegraph/namespace/kb/sparql", "blazegraph", "http://a.example/blazegraph/namespace/kb/sparql"),
        ("http://a.example/bigdata/sparql", "blazegraph", "http://a.example/bigdata/sparql"),
        ("http://a.example:7001/", None, None),
        ("http://a.example/api/news", None, None),
    ],
)
def test_what_answers_at_an_address(url: str, name: str | None, store: str | None) -> None:
    found = server_at(url)
    assert (found.name if found else None) == name
    assert (found.takes_data_at(url) if found else None) == store


def test_a_server_can_be_named() -> None:
    assert server_named("qlever").takes_data_at("http://a.example:7001/") == "http://a.example:7001"
    assert server_named("fuseki").takes_data_at("http://a.example:3030/news") == "http://a.example:3030/news/data"
    with pytest.raises(ConfigurationError, match="known: graphdb"):
        server_named("neo4j")
    with pytest.raises(ConfigurationError, match="name the --server"):
        Endpoint("http://a.example/api/news").load([])


def test_requests_that_are_too_large_are_cut_in_half(server: str) -> None:  # noqa: F811
    def small(one: Gate, _: int) -> bool:
        return one.command == "GET" or "query=" in one.path or int(one.headers["Content-Length"]) < 1000 or one.answer(413)

    with gate(small, server) as (url, seen):
        target, _ = endpoint(url, graph=NamedNode("http://a.example/halves"))
        assert target.load(triples(60)) == 60
    assert [method for method, _, _ in seen[:4]].count("PUT") >= 2
    with gate(lambda one, _: one.answer(413)) as (url, _), pytest.raises(StoreError, match="takes only smaller requests"):
        endpoint(url, graph=GRAPH)[0].load(triples(1))


def test_long_texts_make_shorter_parts(server: str, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: F811
    monkeypatch.setattr(loading, "MOST_BYTES", 500)
    sent: list[int] = []
    target, _ = endpoint(server, graph=NamedNode("http://a.example/bytes"))
    long = Triple(NamedNode("http://a.example/s"), NamedNode("http://a.example/p"), Literal("x" * 2000))
    assert target.load([*triples(10), long, *triples(12)], sent.append) == 13
    assert sent == [10, 11, 13]


def test_a_load_that_was_broken_off_goes_on(server: str) -> None:  # noqa: F811
    where = NamedNode("http://a.example/resumed")
    given = [
        *triples(10),
        *(Triple(NamedNode(f"http://a.example/{n}"), NamedNode("http://a.example/p"), GRAPH) for n in range(10)),
    ]
    with gate(lambda one, number: number < 4 or one.answer(507), server) as (url, _), pytest.raises(StoreError, match="--resume"):
        endpoint(url, graph=where)[0].load(given, chunk=5)
    with gate(lambda *_: True, server) as (url, seen):
        assert endpoint(url, graph=where)[0].load(given, chunk=5, resume=True) == 20
        assert [method for method, path, _ in seen if "/store" in path] == ["POST", "POST"]
        with pytest.raises(StoreError, match="does not hold the beginning"):
            endpoint(url, graph=where)[0].load(triples(3), chunk=1, resume=True)
        other = [Triple(t.subject, t.predicate, NamedNode("http://a.example/other")) for t in given[10:]] + given[:11]
        with pytest.raises(StoreError, match="does not hold the beginning"):
            endpoint(url, graph=where)[0].load(other, chunk=5, resume=True)
    assert endpoint(server, graph=NamedNode("http://a.example/none"))[0].load(given, chunk=5, resume=True) == 20


def test_a_server_without_a_graph_store_is_updated(server: str) -> None:  # noqa: F811
    """Blazegraph takes queries and updates at one address, and no Graph Store protocol."""

    def blazegraph(one: Gate, _: int) -> bool:
        if one.command != "POST" or "graph=" in one.path:
            return one.answer(405)
        one.path = "/update" if "update" in one.headers["Content-Type"] else "/query"
        return True

    news = list(file_triples(NEWS))
    with gate(blazegraph, server) as (url, seen):
        target = Endpoint(f"{url}/blazegraph/namespace/kb/sparql", graph=NamedNode("http://a.example/blaze"))
        assert target.load(triples(30)) == 30
        assert target.load(news, chunk=1000) == len(set(news))
    assert {path for _, path, _ in seen} == {"/blazegraph/namespace/kb/sparql", "/update", "/query"} & {p for _, p, _ in seen}


def test_a_graph_must_be_named_where_there_is_no_other() -> None:
    with pytest.raises(ConfigurationError, match="Virtuoso has no default graph to load into: name one with --graph"):
        Endpoint("http://a.example:8890/sparql").load(triples(1))


def test_blank_nodes_are_refused_before_anything_is_sent() -> None:
    with pytest.raises(ConfigurationError, match="blank nodes"):
        Endpoint("http://a.example/query").load([Triple(BlankNode(), NamedNode("http://a.example/p"), Literal("1"))])


def test_literals_of_equal_value_count_once_where_the_server_has_them_so() -> None:
    def literal(text: str, kind: str) -> Triple:
        return Triple(
            NamedNode("http://a.example/s"), NamedNode("http://a.example/p"), Literal(text, datatype=NamedNode(XSD + kind))
        )

    given = [literal("1", "integer"), literal("1.0", "decimal"), literal("true", "boolean"), literal("1", "string"), *triples(1)]
    body = b'{"head":{"vars":["n"]},"results":{"bindings":[{"n":{"type":"literal","value":"3"}}]}}'

    def three(one: Gate, _: int) -> bool:
        return one.answer(200, body, Content_Type="application/sparql-results+json")

    with gate(three) as (url, _):
        target = Endpoint(f"{url}/sparql", f"{url}/store", GRAPH)
        assert target.load(given, server=SERVERS["virtuoso"]) == 3
        with pytest.raises(StoreError, match="has 3 triples after 5"):
            target.load(given, server=SERVERS["oxigraph"])


@pytest.mark.parametrize(
    ("kept", "text"),
    [
        ("12", "P1Y"),
        ("14", "P1Y2M"),
        ("3", "P3M"),
        ("0", "P0M"),
        ("345600.0", "P4D"),
        ("129600.0", "P1DT12H"),
        ("61.0", "PT1M1S"),
        ("0.0", "P0D"),
        ("P4D", "P4D"),
        ("PT0.5S", "PT0.5S"),
    ],
)
def test_durations_that_were_kept_as_numbers_are_written_again(kept: str, text: str) -> None:
    kind = NamedNode(XSD + "duration")
    found = mended(Results(("a", "b", "c"), ((Literal(kept, datatype=kind), Literal(kept), None),)))
    assert found.rows == ((Literal(text, datatype=kind), Literal(kept), None),)


@pytest.mark.parametrize(("rows", "said"), [((), False), ((("1",),), True), ((("0",),), False)])
def test_a_yes_or_no_in_a_row_is_one(rows: tuple[tuple[str]], said: bool) -> None:
    assert mended(Results(("__ASK_RETVAL",), tuple((Literal(text),) for (text,) in rows))).boolean is said


@pytest.fixture(scope="module")
def virtuoso(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a new Virtuoso server."""
    if VIRTUOSO is None:
        pytest.skip("needs virtuoso-t (Debian: virtuoso-opensource-7-bin)")
    folder, port = tmp_path_factory.mktemp("virtuoso"), free_port()
    settings = folder / "virtuoso.ini"
    settings.write_text(SETTINGS.format(folder=folder, sql=free_port(), http=port), "utf-8")
    process = subprocess.Popen(
        [VIRTUOSO, "+configfile", str(settings), "+foreground"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        for _ in range(600):
            try:
                socket.create_connection(("127.0.0.1", port), 1).close()
                break
            except OSError:
                assert process.poll() is None, "the server ended"
                time.sleep(0.1)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait(10)


def test_virtuoso_answers_every_named_query_as_the_file_does(virtuoso: str) -> None:
    target = Endpoint(f"{virtuoso}/sparql", graph=GRAPH, credentials=Credentials("digest", "dba", "dba"))
    news, sent = list(file_triples(NEWS)), []
    assert target.load(news, sent.append, chunk=500) == len(set(news)) == sent[-1]
    assert target.load(news, chunk=500, resume=True) == len(set(news))
    embedded = open_source(NEWS)
    for query in named_queries():
        if "SERVICE" not in query.text:
            ours, theirs = ([tuple(t and t.value for t in row) for row in s.query(query.text).rows] for s in (embedded, target))
            assert Counter(ours) == Counter(theirs), query.name


def test_virtuoso_by_the_command(virtuoso: str, tmp_path: Path) -> None:
    path = tmp_path / "a.ttl"
    path.write_text('<http://a.example/s> <http://a.example/p> 1.0, 1, "é\\n"@fr .', "utf-8")
    told = run(
        "load", path, "--endpoint", f"{virtuoso}/sparql", "--graph", "http://a.example/g", "--user", "dba", KG_PASSWORD="dba"
    )
    assert told.exit_code == 0 and told.stdout.startswith("2 triples in http://a.example/g"), told.output
    told = run("load", path, "--endpoint", f"{virtuoso}/sparql", "--user", "dba", KG_PASSWORD="dba")
    assert told.exit_code == 2 and "name one with --graph" in told.stderr
    told = run(
        "load", path, "--endpoint", f"{virtuoso}/sparql", "--graph", "http://a.example/g", "--user", "dba", KG_PASSWORD="no"
    )
    assert told.exit_code == 1 and "401" in told.stderr
    told = run(
        "load",
        path,
        "--endpoint",
        f"{virtuoso}/sparql",
        "--graph-store",
        f"{virtuoso}/sparql-graph-crud",
        "--graph",
        "http://a.example/g",
    )
    assert told.exit_code == 1
