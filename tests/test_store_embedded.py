"""The embedded store: loading, replacing, asking, and what it gives."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode

from kg.errors import ConfigurationError, StoreError
from kg.store.embedded import is_store, load_store, open_source, open_store
from kg.store.results import Results, to_csv, to_json
from tests.stories import graph_of_stories

NEWS = Path(__file__).parent / "fixtures" / "store" / "news.ttl"
ALL = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
ONE = "<http://a.example/s> <http://a.example/p> {} ."


def turtle(path: Path, *objects: str) -> Path:
    path.write_text("\n".join(ONE.format(value) for value in objects), "utf-8")
    return path


def size(path: Path) -> int:
    return int(open_source(path).query(ALL).values("n")[0])


def test_a_file_and_the_store_made_of_it_give_the_same(tmp_path: Path) -> None:
    count = load_store(tmp_path / "deep" / "store", [NEWS])
    assert count == size(NEWS) == size(tmp_path / "deep" / "store") > 1000
    assert [p.name for p in (tmp_path / "deep").iterdir()] == ["store"]


def test_several_readers_at_once(tmp_path: Path) -> None:
    load_store(tmp_path / "store", [NEWS])
    first, second = open_store(tmp_path / "store"), open_store(tmp_path / "store")
    assert first.query(ALL) == second.query(ALL)


def test_loading_again_replaces(tmp_path: Path) -> None:
    store = tmp_path / "store"
    load_store(store, [turtle(tmp_path / "a.ttl", '"old"', '"older"')])
    reader = open_store(store)
    assert load_store(store, [turtle(tmp_path / "b.ttl", '"new"')]) == 1
    assert open_store(store).query("SELECT ?o { ?s ?p ?o }").values("o") == ("new",)
    # Whoever opened the old store goes on with it.
    assert sorted(reader.query("SELECT ?o { ?s ?p ?o }").values("o")) == ["old", "older"]


def test_a_broken_file_leaves_the_old_store(tmp_path: Path) -> None:
    store = tmp_path / "store"
    load_store(store, [turtle(tmp_path / "a.ttl", '"old"')])
    broken = tmp_path / "b.ttl"
    broken.write_text('<http://a.example/s> <http://a.example/p> "never closed', "utf-8")
    with pytest.raises(StoreError, match=r"b\.ttl is not valid"):
        load_store(store, [broken])
    assert size(store) == 1
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.ttl", "b.ttl", "store"]


def test_named_graphs_are_asked_too(tmp_path: Path) -> None:
    load_store(tmp_path / "store", [turtle(tmp_path / "a.ttl", '"x"')], NamedNode("http://a.example/g"))
    store = open_store(tmp_path / "store")
    assert store.query(ALL).values("n") == ("1",)
    assert store.query("SELECT ?g { GRAPH ?g { ?s ?p ?o } }").values("g") == ("http://a.example/g",)


@pytest.mark.parametrize("name", ["a.nt", "a.NT", "a.trig", "a.nq"])
def test_kinds_of_files(tmp_path: Path, name: str) -> None:
    assert size(turtle(tmp_path / name, '"x"')) == 1


def test_a_folder_with_other_files_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "papers").mkdir()
    (tmp_path / "papers" / "letter.txt").write_text("dear editor", "utf-8")
    with pytest.raises(ConfigurationError, match="holds other files"):
        load_store(tmp_path / "papers", [NEWS])
    assert (tmp_path / "papers" / "letter.txt").read_text("utf-8") == "dear editor"


def test_a_link_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(ConfigurationError, match="is no directory"):
        load_store(tmp_path / "link", [NEWS])


@pytest.mark.parametrize(
    ("name", "message"),
    [("gone.ttl", "there is no"), ("text.txt", "unknown kind"), ("empty", "is no store")],
)
def test_what_is_no_graph(tmp_path: Path, name: str, message: str) -> None:
    (tmp_path / "text.txt").write_text("words", "utf-8")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ConfigurationError, match=message):
        open_source(tmp_path / name)


def test_a_damaged_store_is_named(tmp_path: Path) -> None:
    load_store(tmp_path / "store", [NEWS])
    (tmp_path / "store" / "CURRENT").write_text("MANIFEST-999999\n", "utf-8")
    assert is_store(tmp_path / "store")
    with pytest.raises(StoreError, match="load it again"):
        open_store(tmp_path / "store")


def test_a_wrong_query_is_an_error() -> None:
    with pytest.raises(StoreError, match="not valid"):
        open_source(NEWS).query("SELECT ?x WHERE {")


def test_updates_are_refused() -> None:
    with pytest.raises(StoreError, match="not valid"):
        open_source(NEWS).query("DELETE WHERE { ?s ?p ?o }")


def test_forms_of_answers(tmp_path: Path) -> None:
    store = open_source(turtle(tmp_path / "a.ttl", '"x"@en', "4.5"))
    assert store.query("ASK { ?s ?p ?o }").boolean is True
    assert store.query("ASK { ?s ?p 5 }").boolean is False
    triples = store.query("CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o }").triples
    assert triples is not None and len(triples) == 2
    rows = store.query("SELECT ?o ?none { ?s ?p ?o } ORDER BY DESC(STR(?o))")
    assert rows.variables == ("o", "none")
    assert rows.rows[0] == (Literal("x", language="en"), None)
    assert rows.dicts() == [{"o": "x"}, {"o": "4.5"}]
    with pytest.raises(StoreError, match=r"no variable \?x"):
        rows.values("x")


def awkward() -> Results:
    return Results(
        variables=("a", "b"),
        rows=(
            (NamedNode("http://a.example/é"), Literal('say "no", or\nnot', language="en")),
            (Literal("5", datatype=NamedNode("http://www.w3.org/2001/XMLSchema#integer")), None),
        ),
    )


def test_json_is_that_of_sparql() -> None:
    data = json.loads(to_json(awkward()))
    assert data["head"] == {"vars": ["a", "b"]}
    assert data["results"]["bindings"] == [
        {
            "a": {"type": "uri", "value": "http://a.example/é"},
            "b": {"type": "literal", "value": 'say "no", or\nnot', "xml:lang": "en"},
        },
        {"a": {"type": "literal", "value": "5", "datatype": "http://www.w3.org/2001/XMLSchema#integer"}},
    ]
    assert json.loads(to_json(Results(boolean=False))) == {"head": {}, "boolean": False}


def test_csv_is_that_of_sparql() -> None:
    text = to_csv(awkward())
    assert text.startswith("a,b\r\n")
    assert list(csv.reader(io.StringIO(text, newline=""))) == [
        ["a", "b"],
        ["http://a.example/é", 'say "no", or\nnot'],
        ["5", ""],
    ]
    assert to_csv(Results(boolean=True)) == "true\r\n"


@pytest.mark.parametrize("write", [to_json, to_csv])
def test_triples_are_no_table(write: object) -> None:
    with pytest.raises(StoreError, match="triples"):
        write(Results(triples=()))  # type: ignore[operator]


def test_the_graph_of_the_tests_is_what_is_made_today() -> None:
    assert NEWS.read_bytes() == graph_of_stories(), "run: python -m tests.stories"
