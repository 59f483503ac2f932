"""The tests of the W3C suite for the SPARQL 1.1 protocol that apply to an endpoint for reading, by their names there.

Left out are those that need updates (``update_*``, ``bad_update_*``); that updates are refused is tested with the rest of the
protocol.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from kg.store.embedded import load_store
from tests.serving import served

FORM, DIRECT = "application/x-www-form-urlencoded", "application/sparql-query"
ROWS = ("application/sparql-results+xml", "application/sparql-results+json", "text/csv", "text/tab-separated-values")
BOOLEANS = ROWS[:2]
TRIPLES = ("application/rdf+xml", "text/turtle", "application/n-triples", "application/ld+json")
A, B, C = (f"http://data.example/{name}" for name in "abc")


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("w3c")
    quads = "".join(f"<{g}> <http://p.example/p> <{g}> <{g}> .\n" for g in (A, B, C))
    (folder / "a.nq").write_text(quads, "utf-8")
    load_store(folder / "store", [folder / "a.nq"])
    with served(folder / "store") as address:
        yield f"{address}/sparql"


def asked(
    url: str, method: str, parameters: Any = None, body: Any = None, kind: str | None = None, **headers: str
) -> requests.Response:
    given = headers | ({"Content-Type": kind} if kind else {})
    data = body.encode() if isinstance(body, str) else body
    return requests.request(method, url, params=parameters, data=data, headers=given, timeout=20, allow_redirects=False)


@pytest.mark.parametrize(
    ("name", "method", "parameters", "body", "kind"),
    [
        ("query_get", "GET", {"query": "ASK {}"}, None, None),
        ("query_post_form", "POST", None, "query=ASK%20%7B%7D", FORM),
        ("query_post_direct", "POST", None, "ASK {}", DIRECT),
    ],
)
def test_ways_to_ask(url: str, name: str, method: str, parameters: Any, body: Any, kind: str | None) -> None:
    answer = asked(url, method, parameters, body, kind, Accept=BOOLEANS[1])
    assert answer.status_code == 200 and answer.json()["boolean"] is True


@pytest.mark.parametrize(
    ("name", "query", "kinds"),
    [
        ("query_content_type_select", "SELECT (1 AS ?value) {}", ROWS),
        ("query_content_type_ask", "ASK {}", BOOLEANS),
        ("query_content_type_describe", f"DESCRIBE <{A}>", TRIPLES),
        ("query_content_type_construct", "CONSTRUCT { <s> <p> 1 } WHERE {}", TRIPLES),
    ],
)
def test_content_types(url: str, name: str, query: str, kinds: tuple[str, ...]) -> None:
    for accept in ("", "*/*", *kinds):
        answer = asked(url, "GET", {"query": query.replace("<s>", f"<{A}>").replace("<p>", f"<{B}>")}, Accept=accept)
        media = answer.headers["Content-Type"].partition(";")[0]
        assert answer.status_code == 200 and (media == accept if accept in kinds else media in kinds)


ONE, BOTH = [("default-graph-uri", A)], [("default-graph-uri", A), ("default-graph-uri", B)]
NAMED, MIXED = [("named-graph-uri", A), ("named-graph-uri", B)], [("default-graph-uri", A), ("named-graph-uri", B)]
DATASETS = [
    ("query_dataset_default_graph", f"ASK {{ <{A}> ?p ?o }}", ONE, True),
    ("query_dataset_default_graph", f"ASK {{ <{B}> ?p ?o }}", ONE, False),
    ("query_dataset_default_graphs", f"ASK {{ <{A}> ?p ?o . <{B}> ?q ?r }}", BOTH, True),
    ("query_dataset_default_graphs", f"ASK {{ <{C}> ?p ?o }}", BOTH, False),
    ("query_dataset_named_graphs", f"ASK {{ GRAPH <{A}> {{ ?s ?p ?o }} }}", NAMED, True),
    ("query_dataset_named_graphs", f"ASK {{ GRAPH <{C}> {{ ?s ?p ?o }} }}", NAMED, False),
    ("query_dataset_named_graphs", f"ASK {{ <{A}> ?p ?o }}", NAMED, False),
    ("query_dataset_full", f"ASK {{ <{A}> ?p ?o GRAPH <{B}> {{ ?s ?q ?r }} }}", MIXED, True),
    ("query_multiple_dataset", f"ASK FROM <{B}> {{ <{A}> ?p ?o }}", ONE, True),
    ("query_multiple_dataset", f"ASK FROM <{B}> {{ <{B}> ?p ?o }}", ONE, False),
]


@pytest.mark.parametrize("way", ["get", "form", "direct"])
@pytest.mark.parametrize(("name", "query", "dataset", "yes"), DATASETS)
def test_datasets(url: str, way: str, name: str, query: str, dataset: list[tuple[str, str]], yes: bool) -> None:
    if way == "get":
        answer = asked(url, "GET", [("query", query), *dataset], Accept=BOOLEANS[1])
    elif way == "form":
        answer = requests.post(url, data=[("query", query), *dataset], headers={"Accept": BOOLEANS[1]}, timeout=20)
    else:
        answer = asked(url, "POST", dataset, query, DIRECT, Accept=BOOLEANS[1])
    assert answer.status_code == 200 and answer.json()["boolean"] is yes


@pytest.mark.parametrize(
    ("name", "method", "parameters", "body", "kind"),
    [
        ("bad_query_method", "PUT", {"query": "ASK {}"}, None, None),
        ("bad_multiple_queries", "GET", [("query", "ASK {}"), ("query", "SELECT * {}")], None, None),
        ("bad_query_wrong_media_type", "POST", None, "ASK {}", "text/plain"),
        ("bad_query_missing_form_type", "POST", None, "query=ASK%20%7B%7D", None),
        ("bad_query_missing_direct_type", "POST", None, "ASK {}", None),
        ("bad_query_non_utf8", "POST", None, "ASK {}".encode("utf-16"), "application/sparql-query; charset=UTF-16"),
        ("bad_query_syntax", "GET", {"query": "ASK {"}, None, None),
    ],
)
def test_requests_that_are_refused(url: str, name: str, method: str, parameters: Any, body: Any, kind: str | None) -> None:
    answer = asked(url, method, parameters, body, kind)
    assert 400 <= answer.status_code < 500 and answer.text.strip()


def test_the_headers_of_an_answer_hold_for_caches_and_for_head(url: str) -> None:
    answer = asked(url, "HEAD", {"query": "ASK {}"})
    assert answer.status_code in (200, 405) and not answer.content
    assert "Accept" in asked(url, "GET", {"query": "ASK {}"}).headers["Vary"]
