"""The SPARQL protocol, the Graph Store protocol, linked data, and who is turned away: a real server over HTTP."""

from __future__ import annotations

import csv
import io
import json
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyoxigraph
import pytest
import requests
from typer.testing import CliRunner

from kg.cli.main import build_app
from kg.rdf import vocab
from kg.serve.lexer import keywords
from kg.serve.media import RESULTS, TRIPLES, negotiate
from kg.store.embedded import load_store, open_source
from tests.serving import served

NEWS = Path(__file__).parent / "fixtures" / "store" / "news.ttl"
ROWS = "SELECT ?s { ?s a <https://schema.org/Person> } ORDER BY ?s"
FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("serve")
    quads = folder / "more.nq"
    quads.write_text('<http://a.example/s> <http://a.example/p> "in g" <http://a.example/g> .\n', "utf-8")
    load_store(folder / "store", [NEWS, quads])
    with served(folder / "store", "--timeout", "2", "--limit", "1", "--cors", "https://ok.example") as address:
        yield address


def ask(url: str, query: str, **headers: str) -> requests.Response:
    return requests.get(f"{url}/sparql", {"query": query}, headers=headers, timeout=20)


def test_three_ways_to_ask_give_the_same(url: str) -> None:
    wanted = {"Accept": "text/csv"}
    by_get = ask(url, ROWS, **wanted)
    by_form = requests.post(f"{url}/sparql", {"query": ROWS}, headers=wanted, timeout=20)
    direct = requests.post(
        f"{url}/sparql", ROWS.encode(), headers=wanted | {"Content-Type": "application/sparql-query; charset=utf-8"}, timeout=20
    )
    assert by_get.status_code == by_form.status_code == direct.status_code == 200
    assert by_get.content == by_form.content == direct.content
    assert len(by_get.text.splitlines()) > 1


@pytest.mark.parametrize("media", RESULTS)
def test_rows_in_every_format(url: str, media: str) -> None:
    found = ask(url, ROWS, Accept=media)
    assert found.status_code == 200 and found.headers["Content-Type"].startswith(media)
    people = [row["s"] for row in open_source(NEWS).query(ROWS).dicts()]
    assert people and all(person in found.text for person in people)
    truth = ask(url, "ASK { ?s ?p ?o }", Accept=media)
    assert truth.status_code == 200 and "true" in truth.text


@pytest.mark.parametrize("media", TRIPLES)
def test_triples_in_every_format(url: str, media: str) -> None:
    found = ask(url, "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c FILTER (?c = <https://schema.org/Person>) }", Accept=media)
    assert found.status_code == 200 and found.headers["Content-Type"].startswith(media)
    assert len(list(pyoxigraph.parse(found.content, TRIPLES[media]))) == len(open_source(NEWS).query(ROWS).rows)


def test_what_is_not_said_is_json_or_turtle(url: str) -> None:
    assert ask(url, ROWS).headers["Content-Type"] == "application/sparql-results+json"
    assert ask(url, "CONSTRUCT WHERE { ?s ?p ?o } LIMIT 1").headers["Content-Type"].startswith("text/turtle")
    assert "Accept" in ask(url, ROWS).headers["Vary"]


@pytest.mark.parametrize(
    ("accept", "offer"),
    [
        ("", "a/a"),
        ("*/*", "a/a"),
        ("a/b", "a/b"),
        ("a/a;q=0.1, a/b;q=0.9", "a/b"),
        ("a/*, a/a;q=0", "a/b"),
        ("b/b", None),
        ("a/a;q=0", None),
        ("a/b;q=x, a/a;q=0.5", "a/a"),
        (",;,q=;", None),
        ("A/B", "a/b"),
    ],
)
def test_negotiation(accept: str, offer: str | None) -> None:
    assert negotiate(accept, ("a/a", "a/b")) == offer


@pytest.mark.parametrize(
    ("method", "parameters", "body", "kind", "status"),
    [
        ("GET", {"query": "SELECT"}, None, None, 400),
        ("GET", [("query", ROWS), ("query", ROWS)], None, None, 400),
        ("GET", {"other": "x"}, None, None, 400),
        ("GET", {"query": ROWS, "default-graph-uri": "no iri"}, None, None, 400),
        ("GET", {"update": "CLEAR ALL"}, None, None, 403),
        ("POST", {}, "update=CLEAR+ALL", FORM, 403),
        ("POST", {}, "CLEAR ALL", "application/sparql-update", 403),
        ("POST", {}, "query=INSERT+DATA+%7B%7D", FORM, 400),
        ("POST", {}, b"\xff\xfe", "application/sparql-query", 400),
        ("POST", {}, "query=%FF", FORM, 400),
        ("POST", {"query": ROWS}, ROWS, "application/sparql-query", 400),
        ("POST", {}, ROWS, "text/plain", 415),
        ("POST", {}, ROWS, None, 415),
        ("POST", {}, "#" * 1_000_001, "application/sparql-query", 413),
        ("PUT", {}, ROWS, "application/sparql-query", 405),
        ("DELETE", {}, None, None, 405),
    ],
)
def test_requests_that_are_refused(
    url: str, method: str, parameters: dict[str, str], body: object, kind: str | None, status: int
) -> None:
    headers = {"Content-Type": kind} if kind else {}
    found = requests.request(method, f"{url}/sparql", params=parameters, data=body, headers=headers, timeout=20)  # type: ignore[arg-type]
    assert found.status_code == status, found.text
    assert found.text.strip() and "Traceback" not in found.text
    assert ask(url, "ASK {}").json()["boolean"] is True


def test_a_format_that_does_not_fit(url: str) -> None:
    assert ask(url, ROWS, Accept="image/png").status_code == 406
    assert ask(url, ROWS, Accept="text/turtle").status_code == 406
    assert ask(url, "CONSTRUCT WHERE { ?s ?p ?o }", Accept="text/csv").status_code == 406


def test_the_graphs_of_a_query_can_be_chosen(url: str) -> None:
    query = {"query": "SELECT * { ?s ?p ?o }"}

    def count(**more: str) -> int:
        return len(requests.get(f"{url}/sparql", query | more, timeout=20).json()["results"]["bindings"])

    everything = count()
    assert count(**{"default-graph-uri": "http://a.example/g"}) == 1
    assert count(**{"named-graph-uri": "http://a.example/g"}) == 0
    assert everything == len(open_source(NEWS)) + 1
    inside = ask(url, "SELECT * FROM <http://a.example/g> { ?s ?p ?o }").json()
    assert len(inside["results"]["bindings"]) == 1


def test_no_query_gives_the_description_of_the_service(url: str) -> None:
    found = requests.get(f"{url}/sparql", timeout=20)
    assert list(pyoxigraph.parse(found.content, pyoxigraph.RdfFormat.TURTLE))
    page = requests.get(f"{url}/sparql", headers={"Accept": "text/html,*/*;q=0.8"}, allow_redirects=False, timeout=20)
    assert page.status_code == 303 and page.headers["Location"] == "/en/sparql"


def test_a_query_that_takes_too_long_is_stopped(url: str) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    found = ask(url, slow)
    assert found.status_code == 503 and "longer than 2 s" in found.text and found.headers["Retry-After"]
    assert ask(url, "ASK {}").json()["boolean"] is True


def test_an_answer_that_is_too_long_is_refused(url: str) -> None:
    found = ask(url, "SELECT * { ?a ?b ?c . ?d ?e ?f }")
    assert found.status_code == 500 and "LIMIT" in found.text


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * { SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { service silent <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { \\u0053ERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { ?s ?p 'a\\'' SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "PREFIX e: <http://e/> SELECT * { ?s e:a\\#b ?o . SERVICE <http://127.0.0.1:1/> { ?s ?p ?o } }",
        "SELECT * { FILTER(?a<1)SERVICE ?x{?s ?p ?o} }",
    ],
)
def test_no_other_endpoint_is_asked(url: str, query: str) -> None:
    found = ask(url, query)
    assert found.status_code == 400 and "SERVICE" in found.text


@pytest.mark.parametrize(
    "query",
    [
        'SELECT * { ?s ?p "SERVICE" }',
        "SELECT ?service { ?service <http://SERVICE/> :SERVICE } # SERVICE",
        "'''SERVICE''' \"\"\"SERVICE\"\"\"",
    ],
)
def test_words_that_only_look_like_a_call(query: str) -> None:
    assert "SERVICE" not in keywords(query)


# The Graph Store protocol


def test_a_graph_is_read_whole(url: str) -> None:
    whole = requests.get(f"{url}/store?default", headers={"Accept": "application/n-triples"}, timeout=20)
    assert len(set(whole.text.splitlines())) == len(open_source(NEWS)) + 1
    named = requests.get(f"{url}/store", {"graph": "http://a.example/g"}, headers={"Accept": "application/n-triples"}, timeout=20)
    assert named.text == '<http://a.example/s> <http://a.example/p> "in g" .\n'
    head = requests.head(f"{url}/store?default", timeout=20)
    assert head.status_code == 200 and not head.content


@pytest.mark.parametrize(
    ("query", "status"),
    [("", 400), ("?default&graph=http://a.example/g", 400), ("?graph=no", 400), ("?graph=http://a.example/none", 404)],
)
def test_graphs_that_are_not_there(url: str, query: str, status: int) -> None:
    assert requests.get(f"{url}/store{query}", timeout=20).status_code == status


def test_nothing_is_written(url: str) -> None:
    for method in ("PUT", "POST", "DELETE", "PATCH"):
        assert requests.request(method, f"{url}/store?default", data="", timeout=20).status_code == 405


# Linked data


def case_of(url: str) -> str:
    return str(requests.get(f"{url}/api/search", {"sort": "case"}, timeout=20).json()["items"][0]["path"])


def test_a_node_answers_by_accept_and_by_ending(url: str) -> None:
    path = case_of(url)
    turtle = requests.get(f"{url}/id/{path}", headers={"Accept": "text/turtle"}, timeout=20)
    triples = set(pyoxigraph.parse(turtle.content, pyoxigraph.RdfFormat.TURTLE))
    case = pyoxigraph.NamedNode(vocab.DATA + path)
    assert any(t.subject == case for t in triples)
    stored = open_source(NEWS)
    # All that is described is in the graph, and the case is described whole.
    assert {t.triple for t in triples} <= set(stored.query("CONSTRUCT WHERE { ?s ?p ?o }").triples or ())
    assert len({t for t in triples if t.subject == case}) == len(stored.query(f"SELECT * {{ {case} ?p ?o }}").rows)
    again = requests.get(f"{url}/id/{path}.jsonld", timeout=20)
    assert set(pyoxigraph.parse(again.content, pyoxigraph.RdfFormat.JSON_LD)) == triples
    assert "attachment" in again.headers["Content-Disposition"]
    page = requests.get(f"{url}/id/{path}", headers={"Accept": "text/html"}, allow_redirects=False, timeout=20)
    assert page.status_code == 303 and page.headers["Location"] == f"/en/{path}"


def test_a_table_of_actions(url: str) -> None:
    rows = list(csv.DictReader(io.StringIO(requests.get(f"{url}/id/{case_of(url)}.csv", timeout=20).text)))
    assert rows and all(row["type"] and row["iri"].startswith("https://") for row in rows)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("id/case/none", 404),
        ("id/%3Cscript%3E", 400),
        ("id/Q0", 400),
        ("id/", 400),
        ("data?format=exe", 400),
        ("api/none", 404),
        ("api/entity?id=Q1", 404),
    ],
)
def test_nodes_that_are_not_there(url: str, path: str, status: int) -> None:
    found = requests.get(f"{url}/{path}", headers={"Accept": "text/turtle"}, timeout=20)
    assert found.status_code == status and found.headers["Content-Type"].startswith("text/plain")


# Who is turned away


def test_every_answer_carries_the_headers_of_security(url: str) -> None:
    for path in ("en/", "api/overview", "sparql", "id/none", "static/page.css", "nowhere"):
        headers = requests.get(f"{url}/{path}", timeout=20).headers
        assert "'unsafe-inline'" not in headers["Content-Security-Policy"]
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "", "localhost.evil.example:7878", "[::2]"])
def test_other_names_are_not_answered(url: str, host: str) -> None:
    found = requests.get(f"{url}/api/overview", headers={"Host": host}, timeout=20)
    assert found.status_code in (400, 421) and "counts" not in found.text


def test_only_allowed_origins_read_and_only_the_data(url: str) -> None:
    def allowed(path: str, origin: str) -> str | None:
        return requests.get(f"{url}/{path}", headers={"Origin": origin}, timeout=20).headers.get("Access-Control-Allow-Origin")

    assert allowed("sparql", "https://ok.example") == "https://ok.example"
    assert allowed("sparql", "https://evil.example") is None
    assert allowed("api/overview", "https://ok.example") is None
    before = requests.options(
        f"{url}/sparql", headers={"Origin": "https://ok.example", "Access-Control-Request-Method": "POST"}, timeout=20
    )
    assert before.status_code == 204 and "POST" in before.headers["Access-Control-Allow-Methods"]


def test_files_outside_the_page_are_not_given(url: str) -> None:
    for path in ("static/../index.html", "static/%2e%2e/index.html", "static/..%2f..%2fcli/serve.py", "static/"):
        assert requests.get(f"{url}/{path}", timeout=20).status_code in (400, 404, 405)


# The command


def test_only_a_store_or_a_file_is_served(tmp_path: Path) -> None:
    result = CliRunner().invoke(build_app(), ["serve", str(tmp_path / "nothing")])
    assert result.exit_code == 2 and "`kg load" in result.stderr


def test_a_port_that_is_taken_is_named(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        result = CliRunner().invoke(build_app(), ["serve", str(NEWS), "--port", str(taken.getsockname()[1])])
    assert result.exit_code == 2 and "--port" in result.stderr


def test_in_front_of_an_endpoint_the_answers_are_the_same(url: str) -> None:
    with served("--endpoint", f"{url}/sparql") as front:
        for query in (ROWS, "ASK { ?s ?p ?o }"):
            for media in RESULTS:
                near, far = ask(url, query, Accept=media), ask(front, query, Accept=media)
                assert far.status_code == 200
                assert (json.loads(far.content) == json.loads(near.content)) if "json" in media else far.content == near.content
        assert ask(front, "SELECT").status_code == 400
        assert requests.get(f"{front}/api/overview", timeout=20).json() == requests.get(f"{url}/api/overview", timeout=20).json()
        path = case_of(url)
        assert (
            requests.get(f"{front}/api/case", {"id": path}, timeout=20).json()
            == requests.get(f"{url}/api/case", {"id": path}, timeout=20).json()
        )


def test_the_same_query_is_answered_once_unless_it_tells_the_time(url: str) -> None:
    slow = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . FILTER (?c != ?f) }"
    with ThreadPoolExecutor(12) as pool:
        asked = list(pool.map(lambda _: requests.get(f"{url}/sparql", {"query": slow}, timeout=60), range(12)))
    assert len({answer.content for answer in asked}) == 1

    def now() -> str:
        return requests.get(f"{url}/sparql", {"query": "SELECT (STRUUID() AS ?t) {}"}, timeout=20).text

    assert now() != now()
