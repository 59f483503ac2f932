"""Questions that ask another endpoint: a real server stands in for Wikidata, or nothing does."""

from __future__ import annotations

import os
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from pyoxigraph import RdfFormat, Store
from typer.testing import CliRunner, Result

from kg.cli.main import build_app
from kg.errors import ConfigurationError, StoreError
from kg.store.embedded import EmbeddedStore, open_source
from kg.store.federation import Answered, federate, find_service, open_service
from kg.store.queries import bind, check, find_query, named_queries, parse_query
from kg.store.results import Results
from tests.serving import served

FIXTURES = Path(__file__).parent / "fixtures" / "store"
NEWS = FIXTURES / "news.ttl"
NAMES = tuple(query.name for query in named_queries() if query.sends is not None)
EXPECTED = {
    "wikidata-people": [
        "Pavel Orlov,http://www.wikidata.org/entity/Q149067,3,citizen of,Estonia",
        "Pavel Orlov,http://www.wikidata.org/entity/Q149067,3,occupation,businessperson",
        "Pavel Orlov,http://www.wikidata.org/entity/Q149067,3,occupation,journalist",
    ],
    "wikidata-places": [
        "Tallinn,http://www.wikidata.org/entity/Q1770,3,Estonia,Point(24.7453 59.4372)",
        "Latvia,http://www.wikidata.org/entity/Q211,1,,Point(25.0 57.0)",
        "Lyon,http://www.wikidata.org/entity/Q456,1,,",
        "Oslo,http://www.wikidata.org/entity/Q585,1,,",
    ],
    "wikidata-verdicts": [
        "Pavel Orlov,http://www.wikidata.org/entity/Q149067,Charge,https://w3id.org/kg-exporter/ontology#Actual,,charge,fraud,",
        "Pavel Orlov,http://www.wikidata.org/entity/Q149067,Sentence,https://w3id.org/kg-exporter/ontology#Requested,,charge,fraud,",
    ],
}


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The address of a server that holds what the stand-in knows."""
    program = Path(sysconfig.get_path("scripts")) / "oxigraph"
    if not program.is_file():
        pytest.skip("needs the oxigraph server, which the extra `dev` installs")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
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
        address = f"http://127.0.0.1:{port}"
        content = (FIXTURES / "wikidata.ttl").read_bytes()
        requests.put(f"{address}/store?default", content, headers={"Content-Type": "text/turtle"}, timeout=10).raise_for_status()
        yield f"{address}/query"
    finally:
        process.terminate()
        process.wait(10)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), ["query", *map(str, arguments)])


def test_there_are_three_and_each_says_what_it_sends() -> None:
    assert set(NAMES) == set(EXPECTED)
    for name in NAMES:
        query = find_query(name)
        assert query.sends is not None and len(query.sends.meaning) > 10
        assert [p.kind for p in query.parameters] == ["service"]
    assert "sends elsewhere: the Wikidata items of people" in run("--list").stdout


@pytest.mark.parametrize("name", NAMES)
def test_the_answer_joins_what_both_know(endpoint: str, name: str) -> None:
    found = run(name, NEWS, "-f", "csv", "-p", f"endpoint={endpoint}")
    assert (found.exit_code, found.stderr) == (0, "")
    expected = EXPECTED[name]
    assert [line[: len(e)] for line, e in zip(found.stdout.splitlines()[1:], expected, strict=True)] == expected


@pytest.mark.parametrize("name", NAMES)
def test_a_store_that_federates_by_itself_finds_the_same(endpoint: str, name: str) -> None:
    query = find_query(name)
    text = bind(query, {"endpoint": endpoint})
    assert query.sends is not None
    ours = federate(open_source(NEWS), text, query.sends.variable, open_service)
    assert ours.problem == ""
    assert ours.results == open_source(NEWS).query(text)


@pytest.mark.parametrize("name", NAMES)
def test_where_nothing_answers_the_local_part_does(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda _: None)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = run(name, NEWS, "-f", "csv", "-p", f"endpoint=http://127.0.0.1:{taken.getsockname()[1]}/query")
    assert found.exit_code == 0
    assert found.stderr.startswith("kg: warning: http://127.0.0.1:") and found.stderr.count("\n") == 1
    there = {line.split(",")[1] for line in EXPECTED[name]}
    assert {line.split(",")[1] for line in found.stdout.splitlines()[1:]} == there
    assert "Estonia" not in found.stdout and "fraud" not in found.stdout


def test_wikidata_is_not_asked_without_a_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("KG_WIKIDATA_CONTACT", raising=False)
    found = run("wikidata-people", NEWS)
    assert found.exit_code == 0
    assert "set KG_WIKIDATA_CONTACT" in found.stderr
    monkeypatch.setenv("KG_WIKIDATA_CONTACT", "desk@a.example")
    assert "desk@a.example" in open_service("https://query.wikidata.org/sparql").agent
    with pytest.raises(ConfigurationError, match="no http or https"):
        open_service("ftp://query.wikidata.org/sparql")


def test_seeing_whether_a_query_is_valid_sends_nothing() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.settimeout(0.2)
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        for service in (f"<{url}>", f"SILENT <{url}>", "p:x"):
            check(f"PREFIX p: <{url}> SELECT * {{ SERVICE {service} {{ ?s ?p ?o }} }}")
        with pytest.raises(TimeoutError):
            listener.accept()


class Elsewhere:
    """An endpoint that notes what it is asked; it knows the number of each item."""

    def __init__(self, fails_after: int = 1000) -> None:
        self.asked: list[str] = []
        self.fails_after = fails_after

    def query(self, text: str) -> Results:
        self.asked.append(text)
        if len(self.asked) > self.fails_after:
            raise StoreError("gone")
        store = Store()
        lines = [f'<http://www.wikidata.org/entity/Q{n}> <http://a.example/n> "no {n}" .' for n in range(1, 451)]
        store.bulk_load("\n".join(lines).encode(), RdfFormat.N_TRIPLES)
        return EmbeddedStore(store, "elsewhere").query(text)


def many() -> EmbeddedStore:
    store = Store()
    lines = [f"<http://a.example/{n}> <http://a.example/of> <http://www.wikidata.org/entity/Q{n}> ." for n in range(1, 461)]
    lines += ["<http://a.example/x> <http://a.example/of> <http://a.example/local> ."]
    store.bulk_load("\n".join(lines).encode(), RdfFormat.N_TRIPLES)
    return EmbeddedStore(store, "many")


ASKING = (
    "PREFIX a: <http://a.example/>\nSELECT ?item ?n { ?x a:of ?item "
    'OPTIONAL { SERVICE <http://b.example/> { # a brace } in a comment, and in "{" a string\n'
    'VALUES ?item { UNDEF } ?item a:n ?n . FILTER (?n != "}") } } } ORDER BY ?item'
)


def test_many_items_go_in_batches_and_only_those_of_wikidata() -> None:
    there = Elsewhere()
    found = federate(many(), ASKING, "item", lambda url: there)
    assert found.problem == ""
    assert [text.count("wikidata.org/entity/Q") for text in there.asked] == [200, 200, 60]
    assert not any("local" in text for text in there.asked)
    values = found.results.dicts()
    assert len(values) == 461
    assert sum("n" in row for row in values) == 450
    assert all(row["n"] == f"no {row['item'].rpartition('Q')[2]}" for row in values if "n" in row)


def test_an_endpoint_that_goes_away_midway_gives_nothing_half() -> None:
    found = federate(many(), ASKING, "item", lambda url: Elsewhere(fails_after=1))
    assert found == Answered(found.results, "gone")
    assert len(found.results.rows) == 461 and not any("n" in row for row in found.results.dicts())


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("SELECT ?item { ?x ?y ?item }", "asks no other endpoint"),
        ("SELECT ?item { SERVICE <http://b.example/> { ?item ?p ?o } }", "exactly one 'VALUES"),
        ("SELECT ?x { SERVICE <http://b.example/> { VALUES ?item { UNDEF } ?item ?p ?x } }", "must select"),
        ("SELECT * { SERVICE <http://b.example/> { VALUES ?item { UNDEF }", "do not close"),
        ("SELECT * { SERVICE <http://b.example/> { ?a ?b ?c } SERVICE <http://b.example/> { ?c ?d ?e } }", "one is supported"),
    ],
)
def test_queries_that_cannot_be_asked_so(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        federate(many(), text, "item", lambda url: Elsewhere())


def test_headers_that_are_wrong() -> None:
    with pytest.raises(ConfigurationError, match="should be '@sends"):
        parse_query("mine", "# @sends\nASK {}")
    with pytest.raises(ConfigurationError, match="needs a 'SERVICE"):
        parse_query("mine", "# @param there service default http://b.example/: where\nASK {}")
    with pytest.raises(ConfigurationError, match="no http or https address"):
        bind(find_query("wikidata-people"), {"endpoint": "file:///etc/passwd"})
    assert find_service("ASK {}") is None


def test_the_page_asks_only_its_own_questions_and_only_if_told(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    text = find_query("wikidata-people").text
    monkeypatch.delenv("KG_WIKIDATA_CONTACT", raising=False)
    headers = {"Content-Type": "application/sparql-query", "Accept": "text/csv"}
    with served(NEWS) as address:
        shut = requests.post(f"{address}/sparql", text.encode(), headers=headers, timeout=20)
        assert shut.status_code == 403 and "--wikidata" in shut.text
        listed = requests.get(f"{address}/api/queries", timeout=20).json()["queries"]
        assert set(NAMES) <= {query["name"] for query in listed}
    with served(NEWS, "--wikidata") as address:
        opened = requests.post(f"{address}/sparql", text.encode(), headers=headers, timeout=20)
        # Without a contact Wikidata is not asked, and the local part answers.
        assert opened.status_code == 200 and "Pavel Orlov" in opened.text
        strange = requests.post(f"{address}/sparql", text.replace("P27", "P19").encode(), headers=headers, timeout=20)
        assert strange.status_code == 400 and "leave SERVICE out" in strange.text
        triples = requests.post(f"{address}/sparql", text.encode(), headers={**headers, "Accept": "text/turtle"}, timeout=20)
        assert triples.status_code == 406
    assert "KG_WIKIDATA_CONTACT" not in os.environ
