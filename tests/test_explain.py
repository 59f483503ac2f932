"""Explaining: from any node back to the sentences that state it."""

from __future__ import annotations

from pathlib import Path

import pytest
from pyoxigraph import NamedNode
from typer.testing import CliRunner, Result

from kg.cli.explain import rendered
from kg.cli.main import build_app
from kg.errors import ConfigurationError, StoreError
from kg.store.display import short_iri
from kg.store.embedded import EmbeddedStore, open_source
from kg.store.explain import Explanation, Told, explain
from kg.store.queries import bind, find_query
from kg.store.terms import parse_iri

NEWS = Path(__file__).parent / "fixtures" / "store" / "news.ttl"
ORLOV = NamedNode("http://www.wikidata.org/entity/Q149067")


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return open_source(NEWS)


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), ["explain", *map(str, arguments)])


def node(store: EmbeddedStore, query: str, variable: str, **wanted: str) -> NamedNode:
    """The node that a named query gives in the row that has the wanted values."""
    for row in store.query(bind(find_query(query), {})).dicts():
        if all(row.get(name) == text for name, text in wanted.items()):
            return NamedNode(row[variable])
    raise AssertionError((query, wanted))


def by_type(found: Explanation) -> dict[str, Told]:
    return {told.type: told for told in found.reports}


def marked(told: Told) -> list[str]:
    return [quote.text[a:b] for quote in told.quotes for a, b in quote.marks]


def test_a_person(store: EmbeddedStore) -> None:
    found = explain(store, ORLOV)
    assert found.labels == ("Pavel Orlov",)
    assert found.types == ("schema:Person",)
    assert found.total == len(found.reports) == 4
    assert set(by_type(found)) == {"Charge", "Bail", "Sentence"}
    sentence = by_type(found)["Sentence"]
    assert sentence.modality == "requested"
    assert dict(sentence.values) == {"target": ("Pavel Orlov",), "agent": ("Mari Kask",), "duration": ("P6Y",)}
    assert marked(sentence) == ["six years"]
    assert sentence.source.headline == "Borealis under inquiry"
    assert sentence.source.url == "https://harbour.example/orlov"


def test_an_action_has_the_reports_of_each_article(store: EmbeddedStore) -> None:
    found = explain(store, node(store, "charges", "action", name="Lina Sorel"))
    assert sorted(told.source.language for told in found.reports) == ["ar", "en", "fr"]
    french = next(told for told in found.reports if told.source.language == "fr")
    assert french.attributed_to == ("parquet de Valmont",)
    assert french.via == ("Nordpresse",)
    assert french.pattern == "fr.charge.1"
    assert set(marked(french)) >= {"mise en examen", "faux en écriture"}
    assert [(g.role, g.words) for g in french.grounds if g.reason] == [("target", "Lina Sorel")]


def test_contradicting_values_are_both_there(store: EmbeddedStore) -> None:
    found = explain(store, node(store, "contradictions", "action", slot="date"))
    assert sorted(dict(told.values)["date"][0] for told in found.reports) == ["2031-03-03", "2031-03-04"]


def test_a_case_a_report_and_an_article(store: EmbeddedStore) -> None:
    case = explain(store, node(store, "shared-cases", "case"))
    assert {"Investigation", "Charge", "Bail"} <= {told.type for told in case.reports}
    report = node(store, "claims", "report", sourceName="Juri Saar")
    assert [told.iri for told in explain(store, report).reports] == [report.value]
    article = explain(store, node(store, "single-source", "article", type="Detention"))
    assert {told.type for told in article.reports} == {"Arrest", "Charge", "Detention"}
    assert {told.source.iri for told in article.reports} == {article.iri}


def test_the_words_and_the_sentence_themselves(store: EmbeddedStore) -> None:
    told = by_type(explain(store, ORLOV))["Bail"]
    trigger = store.query(f"SELECT ?t {{ <{told.iri}> <https://w3id.org/kg-exporter/ontology#trigger> ?t }}").values("t")[0]
    assert [t.iri for t in explain(store, NamedNode(trigger)).reports] == [told.iri]
    sentence = store.query(
        f"SELECT ?s {{ <{trigger}> <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#sentence> ?s }}"
    ).values("s")[0]
    assert told.iri in [t.iri for t in explain(store, NamedNode(sentence)).reports]


def test_a_name_without_a_report_shows_where_it_stands(store: EmbeddedStore) -> None:
    france = explain(store, parse_iri("Q142"))
    assert france.reports == ()
    assert [source.language for source, _ in france.mentions] == ["en"]
    assert [q.text[a:b] for _, q in france.mentions for a, b in q.marks] == ["France"]


def test_a_limit_counts_what_it_leaves_out(store: EmbeddedStore) -> None:
    found = explain(store, ORLOV, limit=1)
    assert (len(found.reports), found.total) == (1, 4)
    assert "… and 3 more (--limit 4 shows all)" in rendered(found)


def test_an_unknown_node(store: EmbeddedStore) -> None:
    with pytest.raises(StoreError, match=r"knows nothing of http://www\.wikidata\.org/entity/Q42"):
        explain(store, parse_iri("wd:Q42"))


@pytest.mark.parametrize("text", ["Q149067", "wd:Q149067", " wd:Q149067 ", ORLOV.value, f"<{ORLOV.value}>"])
def test_names_as_people_type_them(text: str) -> None:
    assert parse_iri(text) == ORLOV


@pytest.mark.parametrize("text", ["", "Orlov", "Q0", "http://a.example/ b", "http://a.example/>", "a:\u0085b", "x:" + "y" * 3000])
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(ConfigurationError, match="is no IRI"):
        parse_iri(text)


def test_shortened_names_can_be_given_back(store: EmbeddedStore) -> None:
    for iri in set(store.query("SELECT DISTINCT ?s { ?s a ?c }").values("s")):
        assert parse_iri(short_iri(iri)).value == iri


def test_the_command() -> None:
    found = run("Q149067", NEWS)
    assert found.exit_code == 0
    lines = found.stdout.splitlines()
    assert lines[0] == "wd:Q149067 (schema:Person): Pavel Orlov"
    assert "    Its head Pavel Orlov was »charged« with fraud and released on bail of 5 million euros." in lines
    assert any("modality: requested" in line for line in lines)
    assert "\x1b" not in found.stdout


def test_the_command_names_the_source_of_a_claim(store: EmbeddedStore) -> None:
    report = short_iri(node(store, "claims", "report", sourceName="parquet de Valmont").value)
    assert report.startswith("report:")
    found = run(report, NEWS)
    assert "said by: parquet de Valmont; through: Nordpresse" in found.stdout
    assert "“Lina Sorel mise en examen”, Gazette de Valmont, 2031-03-06, https://gazette.example/2031/sorel" in found.stdout
    assert "subject of the verb, through the pronoun" in found.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("wd:Q42", NEWS), 1, "knows nothing of"),
        (("Orlov", NEWS), 2, "is no IRI"),
        (("Q42", "gone.ttl"), 2, "there is no gone.ttl"),
    ],
)
def test_mistakes_are_one_line(arguments: tuple[object, ...], status: int, message: str) -> None:
    found = run(*arguments)
    assert found.exit_code == status
    assert message in found.stderr
    assert found.stderr.startswith("kg: ") and found.stderr.count("\n") == 1


def hostile(tmp_path: Path, begin: str, end: str) -> Path:
    """A report whose words would steer a terminal, and whose offsets are as given."""
    path = tmp_path / "hostile.ttl"
    path.write_text(
        f"""
        @prefix kg: <https://w3id.org/kg-exporter/ontology#> .
        @prefix gaf: <http://groundedannotationframework.org/gaf#> .
        @prefix nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#> .
        @prefix prov: <http://www.w3.org/ns/prov#> .
        @prefix schema: <https://schema.org/> .
        @prefix : <http://a.example/> .
        :report a kg:Report ; kg:reports :action ; kg:modality kg:Actual ; gaf:denotedBy :words ; prov:wasDerivedFrom :article .
        :action a kg:Ban .
        :article schema:headline "\\u001b]0;owned\\u0007 \\u202Enews\\nline" .
        :words nif:anchorOf "banned" ; nif:beginIndex {begin} ; nif:endIndex {end} ; nif:sentence :sentence .
        :sentence nif:anchorOf "It was \\u001b[2Jbanned\\n\\u2066 today" ; nif:beginIndex 0 ; nif:endIndex 24 .
        """,
        "utf-8",
    )
    return path


@pytest.mark.parametrize(("begin", "end"), [("11", "17"), ("17", "11"), ("900", "990"), ("-5", "3"), ('"x"', "1e9")])
def test_hostile_graphs_are_shown_as_text(tmp_path: Path, begin: str, end: str) -> None:
    found = run("http://a.example/action", hostile(tmp_path, begin, end))
    assert found.exit_code == 0, found.output
    assert not any(sign in found.stdout for sign in "\x1b\x07\u202e\u2066")
    assert "today" in found.stdout
    assert (begin, "»banned«" in found.stdout) in ((begin, False), ("11", True))


def test_colour_is_for_terminals(store: EmbeddedStore) -> None:
    assert any("\x1b[1m»charged«\x1b[0m" in line for line in rendered(explain(store, ORLOV), colour=True))
