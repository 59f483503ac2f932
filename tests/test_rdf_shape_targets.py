"""Shapes with targets of their own: they find what the shapes as written find, and nothing else."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from pyoxigraph import RdfFormat, Triple, parse
from pyshacl import validate as run_shacl

from kg.rdf.reading import read_triples
from kg.rdf.shape_targets import with_own_targets
from kg.rdf.validation import Result, _results, _sorted, to_rdflib

ROOT = Path(__file__).resolve().parents[1] / "ontology"
PREFIXES = (
    "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix e: <http://a.example/> . "
    "@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix xsd: <http://www.w3.org/2001/XMLSchema#> .\n"
)


def turtle(text: str) -> set[Triple]:
    return {quad.triple for quad in parse((PREFIXES + text).encode(), RdfFormat.TURTLE)}


def found(data: set[Triple], shapes: set[Triple]) -> tuple[Result, ...]:
    logging.getLogger("pyshacl-validate").disabled = True
    _, report, _ = run_shacl(to_rdflib(data), shacl_graph=to_rdflib(shapes), inference="none", inplace=True, allow_warnings=True)
    return _sorted(_results(report))


def test_the_shapes_of_the_ontology_find_the_same_in_everything_that_is_wrong() -> None:
    data = read_triples([ROOT / "kg.ttl", ROOT / "terms.ttl"])
    for path in sorted((ROOT / "counterexamples").glob("*.ttl")):
        text = path.read_text("utf-8").replace("https://data.example/id/", f"https://data.example/{path.stem}/")
        data |= {quad.triple for quad in parse(text.encode(), RdfFormat.TURTLE)}
    shapes = read_triples([ROOT / "shapes.ttl"])
    quick = with_own_targets(shapes)
    assert quick != shapes
    results = found(data, quick)
    assert len(results) > 80 and len({result.shape for result in results}) > 60
    assert results == found(data, shapes)


DATA = turtle(
    "e:x a e:C ; e:p 1 , 2 ; e:q e:y . e:y a e:C ; e:p 3 . e:z e:q e:x . e:w a e:D ; e:p -1 . e:D rdfs:subClassOf e:C ."
)
SHAPES = {
    "two share a property": (
        "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property e:P . "
        "e:T a sh:NodeShape ; sh:targetSubjectsOf e:q ; sh:property e:P ."
        "e:P a sh:PropertyShape ; sh:path e:p ; sh:maxCount 1 ; sh:minCount 1 ."
    ),
    "a warning": (
        "e:S a sh:NodeShape ; sh:targetNode e:x , e:none ; sh:nodeKind sh:IRI ; sh:property [ sh:path e:p ; sh:maxCount 1 ; "
        "sh:severity sh:Warning ] , [ sh:path e:nothing ; sh:minCount 1 ] ."
    ),
    "one is used by another": (
        "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property e:P . e:T a sh:NodeShape ; sh:targetObjectsOf e:q ; sh:node e:S ."
        "e:P a sh:PropertyShape ; sh:path e:p ; sh:minInclusive 2 ."
    ),
    "one is negated": (
        "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property e:P . e:T a sh:NodeShape ; sh:targetNode e:y ; sh:not e:S ."
        "e:P a sh:PropertyShape ; sh:path e:p ; sh:minInclusive 2 ."
    ),
    "siblings": (
        "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:property e:P , e:R . "
        "e:P a sh:PropertyShape ; sh:path e:p ; sh:qualifiedValueShape [ sh:minInclusive 1 ] ; sh:qualifiedMinCount 1 ; "
        "sh:qualifiedValueShapesDisjoint true . "
        "e:R a sh:PropertyShape ; sh:path e:p ; sh:qualifiedValueShape [ sh:minInclusive 2 ] ; sh:qualifiedMinCount 1 ."
    ),
    "switched off": (
        "e:S a sh:NodeShape ; sh:targetClass e:C ; sh:deactivated true ; sh:property [ sh:path e:p ; sh:maxCount 1 ] ."
    ),
    "a class is a shape": "e:C a sh:NodeShape , rdfs:Class ; sh:property [ sh:path e:p ; sh:maxCount 1 ] .",
    "within a property": (
        "e:S a sh:NodeShape ; sh:targetSubjectsOf e:q ; "
        "sh:property [ sh:path e:q ; sh:property [ sh:path e:p ; sh:maxCount 1 ] ] ."
    ),
    "a property with targets of its own": (
        "e:S a sh:NodeShape ; sh:targetNode e:y ; sh:property e:P . "
        "e:P a sh:PropertyShape ; sh:targetNode e:x ; sh:path e:p ; sh:maxCount 0 ."
    ),
}


@pytest.mark.parametrize("name", SHAPES)
def test_other_shapes_find_the_same(name: str) -> None:
    shapes = turtle(SHAPES[name])
    expected = found(DATA, shapes)
    # Anonymous shapes are called anew by every reader.
    assert [(r.severity, r.focus, r.message, r.value) for r in found(DATA, with_own_targets(shapes))] == [
        (r.severity, r.focus, r.message, r.value) for r in expected
    ]
    assert bool(expected) == (name != "switched off")


@pytest.mark.parametrize("name", ["one is used by another", "one is negated", "siblings", "switched off", "a class is a shape"])
def test_where_it_would_change_something_shapes_stay(name: str) -> None:
    shapes = turtle(SHAPES[name])
    assert {t for t in with_own_targets(shapes) if "property>" in str(t)} == {t for t in shapes if "property>" in str(t)}
