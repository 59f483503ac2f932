"""The named queries: what they ask, what they find, and that no parameter can become part of a query."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pyoxigraph import Literal
from rdflib import Graph
from rdflib.plugins.sparql import prepareQuery
from typer.testing import CliRunner, Result

from kg.cli.main import build_app
from kg.errors import ConfigurationError
from kg.rdf.validation import validate
from kg.store.embedded import EmbeddedStore, open_source
from kg.store.queries import NamedQuery, bind, check, find_query, named_queries, parse_query
from kg.store.terms import KINDS

NEWS = Path(__file__).parent / "fixtures" / "store" / "news.ttl"
NAMES = tuple(query.name for query in named_queries())
# Those that ask another endpoint are tried in test_queries_elsewhere.py.
HERE = tuple(query.name for query in named_queries() if query.sends is None)
ORLOV = "wd:Q149067"


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return open_source(NEWS)


@pytest.fixture(scope="module")
def rdflib_graph() -> Graph:
    return Graph().parse(NEWS)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), ["query", *map(str, arguments)])


def columns(store: EmbeddedStore, name: str, *variables: str, **values: str) -> list[tuple[str, ...]]:
    rows = store.query(bind(find_query(name), values)).dicts()
    return [tuple(row.get(v, "") for v in variables) for row in rows]


def test_the_sample_is_a_valid_graph() -> None:
    from kg.rdf.reading import read_triples

    verdict = validate(read_triples([NEWS]))
    # No article of the sample tells of the arrest before the bail.
    assert verdict.conforms and [result.shape.rpartition("#")[2] for result in verdict.results] == ["Gap"]


def test_there_are_enough() -> None:
    assert len(NAMES) >= 25


@pytest.mark.parametrize("name", NAMES)
def test_each_says_what_it_asks(name: str) -> None:
    query = find_query(name)
    assert set(query.questions) == {"en", "fr", "ar"}
    assert all(len(words) > 10 for words in query.questions.values())
    for parameter in query.parameters:
        assert parameter.meaning
        if parameter.default != "UNDEF":
            KINDS[parameter.kind](parameter.default)


@pytest.mark.parametrize("name", HERE)
def test_each_finds_something_and_says_it_in_a_fixed_order(store: EmbeddedStore, name: str) -> None:
    query = find_query(name)
    found = store.query(query.text)
    assert found.rows
    assert "ORDER BY" in query.text
    assert open_source(NEWS).query(query.text) == found


@pytest.mark.parametrize("name", HERE)
def test_rdflib_finds_the_same(store: EmbeddedStore, rdflib_graph: Graph, name: str) -> None:
    query = find_query(name)
    prepared = prepareQuery(query.text)
    found = rdflib_graph.query(prepared)
    here = [[None if term is None else term.value for term in row] for row in store.query(query.text).rows]
    there = [[None if term is None else str(term) for term in row] for row in found]  # type: ignore[union-attr]
    assert sorted(map(str, there)) == sorted(map(str, here))


@pytest.mark.parametrize(
    ("name", "variables", "rows"),
    [
        (
            "charges",
            ("name", "offence", "agentName", "date"),
            [
                ("Lina Sorel", "faux en écriture", "parquet de Valmont", "2031-03-05"),
                ("Lina Sorel", "forgery", "parquet de Valmont", "2031-03-05"),
                ("Lina Sorel", "التزوير", "parquet de Valmont", "2031-03-05"),
                ("Pavel Orlov", "fraud", "", ""),
                ("Pavel Orlov", "fraude", "", ""),
            ],
        ),
        ("bail", ("name", "amount", "currency"), [("Pavel Orlov", "5000000", "EUR")]),
        (
            "contradictions",
            ("type", "name", "slot", "value", "publisher"),
            [
                ("Arrest", "Lina Sorel", "date", "2031-03-03", "Gazette de Valmont"),
                ("Arrest", "Lina Sorel", "date", "2031-03-04", "صحيفة النهر"),
            ],
        ),
        (
            "claims",
            ("about", "sourceName", "viaName", "type"),
            [("Borealis Telecom", "Juri Saar", "", "Ban"), ("Lina Sorel", "parquet de Valmont", "Nordpresse", "Charge")],
        ),
        ("detained-without-charge", ("name", "type"), [("Karl Rebane", "Detention")]),
        ("open-requests", ("type", "name", "agentName", "duration"), [("Sentence", "Pavel Orlov", "Mari Kask", "P6Y")]),
        (
            "shared-cases",
            ("name", "otherName"),
            [("Borealis Telecom", "Pavel Orlov"), ("Pavel Orlov", "Borealis Telecom")],
        ),
        (
            "unnamed",
            ("description", "placeName", "date"),
            [(f"{d}", "Tallinn", "2032-05-09") for d in ("Three men", "Trois hommes")],
        ),
        ("sources", ("name", "reports"), [("Juri Saar", "1"), ("parquet de Valmont", "1")]),
        ("agents", ("name", "type", "actions"), [("parquet de Valmont", "Charge", "1")]),
        (
            "countries",
            ("name", "type", "actions"),
            [
                ("Latvia", "Ban", "1"),
                ("Lyon", "Arrest", "1"),
                ("Oslo", "Fine", "1"),
                ("Tallinn", "Arrest", "1"),
                ("Tallinn", "Charge", "1"),
                ("Tallinn", "Investigation", "1"),
            ],
        ),
        (
            "case-status",
            ("title", "type"),
            [
                ("Karl Rebane", "Detention"),
                ("Lina Sorel", "Restriction"),
                ("Lina Sorel", "Fine"),
                ("Pavel Orlov, Borealis Telecom", "Ban"),
            ],
        ),
        (
            "offences",
            ("offence", "lang", "targets", "actions"),
            [
                ("fraud", "en", "2", "2"),
                ("التزوير", "ar", "1", "1"),
                ("forgery", "en", "1", "1"),
                ("faux en écriture", "fr", "1", "1"),
                ("fraude", "fr", "1", "1"),
            ],
        ),
        (
            "publishers",
            ("publisher", "articles", "actions", "alone"),
            [("The Harbour Post", "2", "8", "4"), ("Gazette de Valmont", "1", "3", "1"), ("صحيفة النهر", "1", "3", "0")],
        ),
        ("namesakes", ("name",), [("Lina Sorel",)]),
        (
            "legal-terms",
            ("termName", "words", "type", "name"),
            [("mise-en-examen", "mise en examen", "Charge", "Lina Sorel")],
        ),
        (
            "unlinked",
            ("name", "kind", "articles"),
            [
                ("Henri Castellan", "Person", "3"),
                ("Lina Sorel", "Person", "3"),
                ("Nordpresse", "Organization", "2"),
                ("parquet de Valmont", "Organization", "2"),
                *((name, "Person", "1") for name in ("Juri Saar", "Karl Rebane", "Lina Sorel", "Mari Kask")),
            ],
        ),
        ("names", ("words", "language"), [("Orlov", "en"), ("Pavel Orlov", "en"), ("Pavel Orlov", "fr")]),
        (
            "money",
            ("type", "currency", "actions", "sum", "largest"),
            [("Bail", "EUR", "2", "5020000", "5000000"), ("Fine", "EUR", "1", "300", "300")],
        ),
        (
            "evidence",
            ("type", "slot", "words", "reason"),
            [
                ("Arrest", "targetDescription", "Three men", ""),
                ("Arrest", "targetDescription", "Trois hommes", ""),
                ("Charge", "offence", "faux en écriture", ""),
                ("Charge", "offence", "forgery", ""),
                ("Charge", "offence", "fraud", ""),
                ("Charge", "offence", "fraude", ""),
                ("Charge", "offence", "التزوير", ""),
                ("Charge", "target", "Lina Sorel", "subject of the verb, through the pronoun"),
                ("Investigation", "offence", "fraud", ""),
            ],
        ),
        (
            "across-languages",
            ("type", "name", "languages"),
            [
                ("Charge", "Lina Sorel", "3"),
                ("Arrest", "", "2"),
                ("Arrest", "Lina Sorel", "2"),
                ("Charge", "Pavel Orlov", "2"),
                ("Restriction", "Lina Sorel", "2"),
            ],
        ),
    ],
)
def test_answers(store: EmbeddedStore, name: str, variables: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    # Rows that differ in nothing shown but the name of a node may change places.
    assert sorted(columns(store, name, *variables)) == sorted(rows)


def test_an_action_of_one_article_is_found_and_one_of_two_is_not(store: EmbeddedStore) -> None:
    found = columns(store, "single-source", "type", "name")
    assert ("Detention", "Karl Rebane") in found
    assert ("Charge", "Pavel Orlov") not in found


def test_a_timeline_is_in_order_and_counts_articles(store: EmbeddedStore) -> None:
    charge, *others = columns(store, "timeline", "type", "articles", person=ORLOV)
    assert charge == ("Charge", "2")
    assert [row[0] for row in others] == ["Charge", "Bail", "Sentence"]
    lina = next(t for n, t in columns(store, "charges", "name", "target") if n == "Lina Sorel")
    dated = [row for row in columns(store, "timeline", "date", "type", person=lina) if row[0]]
    assert dated == sorted(dated) and dated[0] == ("2031-03-05", "Charge")


def test_travel_bans_quote_the_words(store: EmbeddedStore) -> None:
    found = columns(store, "travel-bans", "name", "words")
    assert {name for name, _ in found} == {"Lina Sorel"}
    assert any("may not leave France" in words for _, words in found)
    assert columns(store, "travel-bans", "name", status="kg:Requested") == []


def test_the_newest_articles_come_first(store: EmbeddedStore) -> None:
    found = columns(store, "latest", "published", "type", "name", since="2032-05-11")
    assert sorted(found) == [
        ("2032-05-11", "Arrest", ""),
        ("2032-05-11", "Charge", "Pavel Orlov"),
        ("2032-05-11", "Detention", "Karl Rebane"),
    ]
    days = [day for (day,) in columns(store, "latest", "published")]
    assert days == sorted(days, reverse=True) and len(days) == 18


def test_reports_that_are_less_sure_than_a_bound(store: EmbeddedStore) -> None:
    assert len(columns(store, "doubtful", "report")) == 18
    assert columns(store, "doubtful", "report", most="0.99") == []


def test_parameters_choose(store: EmbeddedStore) -> None:
    assert columns(store, "offences", "offence", language="fr") == [("faux en écriture",), ("fraude",)]
    assert columns(store, "money", "type", status="kg:Requested") == []
    assert columns(store, "bail", "name", least="100") == [("Pavel Orlov",), ("Lina Sorel",)]
    assert columns(store, "bail", "name", least="100", currency="USD") == []
    assert columns(store, "bail", "name", least="20000.00", currency="EUR") == [("Pavel Orlov",), ("Lina Sorel",)]
    assert {name for (name,) in columns(store, "charges", "name", target=ORLOV)} == {"Pavel Orlov"}
    assert columns(store, "articles-about", "language", "mentions", entity="Q456") == [("ar", "1"), ("en", "1"), ("fr", "1")]
    assert columns(store, "shared-cases", "otherName", person=ORLOV) == [("Borealis Telecom",)]


# Values that would like to be more than values


HOSTILE = (
    "wd:Q1 } ?s ?p ?o . VALUES ?x { wd:Q2",
    "http://a.example/> } ?s ?p ?o #",
    "<http://a.example/> <http://b.example/>",
    "http://a.example/\n}",
    "http://a.example/\\u003E",
    "http://a.example/\u202e",
    "\ud800:x",
    "UNDEF",
    "",
    "wd:",
    "x" * 5000,
)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_are_refused_or_stay_names(store: EmbeddedStore, text: str) -> None:
    query = find_query("timeline")
    try:
        bound = bind(query, {"person": text})
    except ConfigurationError:
        return
    start, end = query.text.index("{ wd:Q149067 }"), len(query.text) - query.text.index("{ wd:Q149067 }") - len("{ wd:Q149067 }")
    inside = bound[start : len(bound) - end].strip("{ }")
    assert inside.startswith("<") and inside.endswith(">") and inside.count(">") == 1
    assert store.query(bound).rows == ()


@pytest.mark.parametrize("text", ["1 } ?x ?y ?z {", "NaN", "Infinity", "1e400", "five", "", "1_0 ;", "0x10", '"5"'])
def test_hostile_numbers_are_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="number"):
        bind(find_query("bail"), {"least": text})


QUOTED = parse_query(
    "quoted", "# en: What?\n# @param text string default UNDEF: words\nSELECT ?text { VALUES ?text { UNDEF } }\n"
)
TWO = parse_query(
    "two",
    "# @param a string default UNDEF: one\n# @param b string default UNDEF: two\n"
    "SELECT ?a ?b { VALUES ?a { UNDEF } VALUES ?b { UNDEF } }\n",
)
words = st.text(max_size=40) | st.text(alphabet="\"'\\{}<>?#\n\r\tuU0270DVALUES ab", max_size=40)


@settings(max_examples=200, deadline=None)
@given(words)
def test_any_text_comes_back_as_it_was_given(text: str) -> None:
    found = EmbeddedStore(_empty(), "").query(bind(QUOTED, {"text": text}))
    assert found.rows == ((Literal(text.encode("utf-8", "replace").decode()),),)


@pytest.mark.parametrize("text", ["VALUES ?b { UNDEF }", 'VALUES ?b { "x" }', '" } VALUES ?b { UNDEF', "\\", "\\u0022 } ASK {"])
def test_a_value_is_no_place_for_another(text: str) -> None:
    found = EmbeddedStore(_empty(), "").query(bind(TWO, {"a": text, "b": text}))
    assert found.rows == ((Literal(text), Literal(text)),)


def _empty() -> Any:
    from pyoxigraph import Store

    return Store()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("# @param x wish default UNDEF: what\nASK {}", "kinds: IRI"),
        ("# @param x\nASK {}", "should be '@param"),
        ("# @param x IRI default UNDEF: what\nASK { ?x ?p ?o }", "exactly one"),
        ("# @param x IRI default UNDEF: what\nASK { VALUES ?x { UNDEF } VALUES ?x { UNDEF } }", "exactly one"),
        ("# @param x IRI default UNDEF: what\nASK { VALUES ?x { <http://a> <http://b> } }", "exactly one"),
    ],
)
def test_headers_that_are_wrong(text: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_query("mine", text)


@pytest.mark.parametrize("text", ["SELECT {", "INSERT DATA { <a:a> <a:b> 1 }", "", "\x00"])
def test_what_is_no_query(text: str) -> None:
    with pytest.raises(ConfigurationError, match="no valid SPARQL"):
        check(text)


def test_an_unknown_parameter_names_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match=r"no parameter 'who' \(it has: least, currency\)"):
        bind(find_query("bail"), {"who": "x"})
    with pytest.raises(ConfigurationError, match="it has none"):
        bind(NamedQuery("bare", "ASK {}", {}), {"who": "x"})


# The command


def test_the_list_names_each() -> None:
    found = run("--list")
    assert found.exit_code == 0
    for query in named_queries():
        assert f"{query.name}: {query.question()}\n" in found.stdout
    assert "--param least=…" in found.stdout


def test_a_table() -> None:
    found = run("bail", NEWS, "-p", "least=100")
    assert found.exit_code == 0
    assert "Lina Sorel" in found.stdout and "wd:Q149067" in found.stdout
    assert found.stdout.endswith("2 rows\n")


def test_json_and_csv() -> None:
    data = json.loads(run("bail", NEWS, "--format", "json").stdout)
    assert data["results"]["bindings"][0]["currency"] == {"type": "literal", "value": "EUR"}
    assert data["results"]["bindings"][0]["person"] == {"type": "uri", "value": "http://www.wikidata.org/entity/Q149067"}
    lines = CliRunner().invoke(build_app(), ["query", "sources", str(NEWS), "-f", "csv"]).stdout_bytes.split(b"\r\n")
    assert lines[0] == b"name,source,reports,articles" and len(lines) == 4


def test_a_file_and_other_forms(tmp_path: Path) -> None:
    mine = tmp_path / "mine.rq"
    mine.write_text("ASK { ?s ?p ?o }", "utf-8")
    assert run(mine, NEWS).stdout == "yes\n"
    mine.write_text("PREFIX kg: <https://w3id.org/kg-exporter/ontology#> CONSTRUCT WHERE { ?a a kg:Bail }", "utf-8")
    assert run(mine, NEWS).stdout.count("a kg:Bail .") == 2
    refused = run(mine, NEWS, "-f", "csv")
    assert (refused.exit_code, "--format ttl" in refused.stderr) == (1, True)


def test_show_prints_what_would_run() -> None:
    shown = run("timeline", "--show", "-p", "person=Q42")
    assert "VALUES ?person { <http://www.wikidata.org/entity/Q42> }" in shown.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "kg query --list"),
        (("nonesuch",), "no query 'nonesuch'"),
        (("bail", "gone.ttl"), "there is no gone.ttl"),
        (("bail", NEWS, "-p", "least"), "NAME=VALUE"),
        (("bail", NEWS, "-p", "least=1", "-p", "least=2"), "given twice"),
        (("bail", NEWS, "-p", "least=lots"), "is no number"),
        (("bail", NEWS, "--endpoint", "http://a.example/query"), "which one"),
        (("bail", NEWS, "-f", "ttl"), "rows, not triples"),
    ],
)
def test_mistakes_are_one_line(arguments: tuple[object, ...], message: str) -> None:
    found = run(*arguments)
    assert found.exit_code == 2
    assert message in found.stderr
    assert found.stderr.startswith("kg: ") and found.stderr.count("\n") == 1


def test_text_of_articles_cannot_steer_the_terminal(tmp_path: Path) -> None:
    graph = tmp_path / "a.ttl"
    graph.write_text('<http://a.example/s> <http://a.example/p> "\\u001b[31mred[/] [bold]x[/bold] \\u202Eevil\\nline" .', "utf-8")
    mine = tmp_path / "mine.rq"
    mine.write_text("SELECT ?o { ?s ?p ?o }", "utf-8")
    found = run(mine, graph)
    assert "\x1b" not in found.stdout and "\u202e" not in found.stdout
    assert "[bold]x[/bold]" in found.stdout
