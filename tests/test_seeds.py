"""Two real pages, pasted as they are, become the facts that a reader finds in them."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner

from kg.cli.main import build_app

pytestmark = pytest.mark.shared

DUROV, TELEGRAM = "wd:Q149067", "wd:Q15616276"
PREFIXES = """
PREFIX kg: <https://w3id.org/kg-exporter/ontology#>
PREFIX schema: <https://schema.org/>
PREFIX sem: <http://semanticweb.cs.vu.nl/2009/11/sem/>
PREFIX gaf: <http://groundedannotationframework.org/gaf#>
PREFIX prov: <http://www.w3.org/ns/prov#>
PREFIX nif: <http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
"""


@pytest.fixture(scope="module")
def graph(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> ox.Store:
    """The graph that `kg build` writes of both pages, read back from its file."""
    out = tmp_path_factory.mktemp("seeds") / "seeds.ttl"
    result = CliRunner().invoke(
        build_app(), ["build", str(shared / "seeds" / "ar-durov.txt"), str(shared / "seeds" / "fr-durov.txt"), "-o", str(out)]
    )
    assert result.exit_code == 0, result.output
    store = ox.Store()
    store.load(path=str(out), format=ox.RdfFormat.TURTLE)
    return store


def ask(graph: ox.Store, pattern: str) -> bool:
    return bool(graph.query(PREFIXES + "ASK {" + pattern + "}"))


def rows(graph: ox.Store, query: str) -> list[tuple[str, ...]]:
    return [tuple(str(getattr(v, "value", v)) for v in row) for row in graph.query(PREFIXES + query)]


FACTS = {
    "charged": f"?a a kg:Charge ; kg:target {DUROV} .",
    # The Arabic page has no date and names no year: the words stand, a year is not invented.
    "arrested at the end of August": f"?r kg:reports ?a ; kg:target {DUROV} ; kg:evidence ?e . ?a a kg:Arrest ."
    " ?e kg:role kg:date . ?e ?p ?m . ?m nif:anchorOf ?words . FILTER(CONTAINS(?words, 'أغسطس'))",
    "bail of five million euros": f'?a a kg:Bail ; kg:target {DUROV} ; kg:amount 5000000.0 ; kg:currency "EUR" .',
    "barred from leaving": f"?a a kg:Restriction ; kg:target {DUROV} .",
    "an investigation into Telegram by France": f"?r kg:reports ?a ; kg:target {TELEGRAM} ;"
    " kg:agent wd:Q142 . ?a a kg:Investigation .",
    "charged on 28 August": f'?a a kg:Charge ; kg:target {DUROV} . ?r kg:reports ?a ; kg:date "2024-08-28"^^xsd:date .',
    "four days of questioning": f'?r kg:reports ?a ; kg:target {DUROV} ; kg:duration "P4D"^^xsd:duration . ?a a kg:Arrest .',
    "the French page is of 6 September": "?x a schema:NewsArticle ;"
    ' schema:inLanguage "fr" ; schema:datePublished "2024-09-06"^^xsd:date .',
}


@pytest.mark.parametrize("fact", FACTS)
def test_fact(graph: ox.Store, fact: str) -> None:
    assert ask(graph, FACTS[fact]), rows(graph, "SELECT ?r ?p ?o { ?r a kg:Report ; ?p ?o } ORDER BY ?r ?p")


def test_sites_closed(graph: ox.Store) -> None:
    targets = {name for (name,) in rows(graph, "SELECT ?n { ?a a kg:Ban ; kg:target ?e . ?e rdfs:label ?n }")}
    assert any("Coco" in name for name in targets), targets
    assert any("Sky ECC" in name for name in targets), targets


def test_investigation_is_told_by_the_prosecutor(graph: ox.Store) -> None:
    told = f"?r kg:reports ?a ; kg:attributedTo ?e . ?a a kg:Investigation ; kg:target {TELEGRAM} . ?e rdfs:label ?n"
    found = rows(graph, f"SELECT ?n {{ {told} }}")
    assert any("بيكو" in name for (name,) in found), found


def test_words_of_durov_through_the_agency(graph: ox.Store) -> None:
    assert ask(
        graph, f"?r a kg:Report ; kg:attributedTo {DUROV} ; kg:via ?agency . ?agency rdfs:label ?n . FILTER(STR(?n) = 'Sputnik')"
    )


def test_one_person_one_company_one_charge(graph: ox.Store) -> None:
    people = rows(graph, "SELECT DISTINCT ?e { ?e a schema:Person ; rdfs:label ?n . FILTER(CONTAINS(STR(?n), 'Durov')) }")
    assert people == [("http://www.wikidata.org/entity/Q149067",)]
    charges = rows(
        graph,
        f"SELECT ?a (COUNT(DISTINCT ?r) AS ?reports) (COUNT(DISTINCT ?x) AS ?articles) "
        f"{{ ?a a kg:Charge ; kg:target {DUROV} . ?r kg:reports ?a ; prov:wasDerivedFrom ?x }} GROUP BY ?a",
    )
    assert [c[1:] for c in charges] == [("2", "2")]


# Russia is in both pages as an adjective alone ("the Russian businessman"), which is no mention of a place.
@pytest.mark.parametrize("qid", ["Q142", "Q90", "Q878", "Q763", "Q458"])
def test_places_carry_their_item(graph: ox.Store, qid: str) -> None:
    assert ask(graph, f"wd:{qid} rdfs:label ?name")


def test_no_word_of_the_page_is_an_entity(graph: ox.Store) -> None:
    labels = {
        name
        for (name,) in rows(
            graph, "SELECT DISTINCT ?n { ?e a ?t ; rdfs:label ?n . VALUES ?t { schema:Person schema:Organization schema:Place } }"
        )
    }
    page = {
        "Comment",
        "Commentaires",
        "Accueil",
        "MonKiosk.com",
        "Sports",
        "Business",
        "News",
        "NEWS",
        "Annonces",
        "Femmes",
        "Publicité",
    }
    page |= {"Rk", "DR", "International", "Autre presse", "aBamako.com", "RT World News", "Nécrologie", "Depuis", "Inculpé"}
    assert not labels & page
