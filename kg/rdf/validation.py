"""Checking a graph against the shapes of the ontology (SHACL)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph

from kg.errors import ConfigurationError
from kg.rdf.files import ontology_path
from kg.rdf.orders import doubts, split_shapes
from kg.rdf.reading import read_triples
from kg.rdf.shape_targets import with_own_targets

if TYPE_CHECKING:
    from rdflib import Graph

_SH = "http://www.w3.org/ns/shacl#"
SEVERITIES = ("Violation", "Warning", "Info")
"""From worst to mildest."""


@dataclass(frozen=True, slots=True)
class Result:
    """One thing that a shape found: how bad, in which node, at which value, against which shape, in words."""

    severity: str
    focus: str
    message: str
    shape: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What validation found: the number of distinct triples that were read, and the results from worst to mildest."""

    triples: int
    results: tuple[Result, ...]

    @property
    def conforms(self) -> bool:
        """Whether no result is a violation; warnings are allowed."""
        return all(result.severity != SEVERITIES[0] for result in self.results)


def validate(triples: Iterable[pyoxigraph.Triple], shapes: Sequence[Path] = ()) -> Verdict:
    """Check ``triples`` together with the ontology against ``shapes`` (those of the ontology if none are given).

    Raises:
        ConfigurationError: the ontology or the shapes cannot be read or are not valid shapes.
    """
    from pyshacl import validate as run_shacl
    from pyshacl.errors import ConstraintLoadError, ReportableRuntimeError, ShapeLoadError

    # What goes wrong is raised as well; the user shall read it once.
    logging.getLogger("pyshacl-validate").disabled = True
    data = set(triples)
    whole = data | read_triples([ontology_path("kg.ttl")])
    # Shapes of others may ask anything: their queries are left to the processor.
    given, messages = (read_triples(shapes), {}) if shapes else split_shapes(read_triples([ontology_path("shapes.ttl")]))
    try:
        _, report, _ = run_shacl(
            to_rdflib(whole),
            shacl_graph=to_rdflib(with_own_targets(given)),
            inference="none",
            allow_warnings=True,
            inplace=True,
        )
    except (ConstraintLoadError, ShapeLoadError, ReportableRuntimeError) as error:
        raise ConfigurationError(f"the shapes are not valid: {error}") from error
    doubtful = (Result("Warning", found.focus, found.message, found.shape, found.value) for found in doubts(whole, messages))
    return Verdict(len(data), _sorted([*_results(report), *doubtful]))


def to_rdflib(triples: Iterable[pyoxigraph.Triple]) -> Graph:
    """The same triples as an rdflib graph; literals keep their lexical form."""
    from rdflib import BNode, Graph, Literal, URIRef

    graph = Graph()
    known: dict[object, URIRef | BNode | Literal] = {}

    def term(value: object) -> URIRef | BNode | Literal:
        found = known.get(value)
        if found is None:
            found = known[value] = new_term(value)
        return found

    def new_term(value: object) -> URIRef | BNode | Literal:
        match value:
            case pyoxigraph.NamedNode():
                return URIRef(value.value)
            case pyoxigraph.Literal():
                if value.language is not None:
                    return Literal(value.value, lang=value.language)
                # The same as no datatype in RDF 1.1, but rdflib tells them apart.
                datatype = None if value.datatype.value.endswith("#string") else URIRef(value.datatype.value)
                return Literal(value.value, datatype=datatype, normalize=False)
            case pyoxigraph.BlankNode():
                return BNode(value.value)
        raise ConfigurationError("a triple within a triple cannot be checked; write plain RDF 1.1")

    for triple in triples:
        graph.add((term(triple.subject), term(triple.predicate), term(triple.object)))
    return graph


def _results(report: Graph) -> list[Result]:
    from rdflib import RDF, URIRef

    def text(node: object, name: str) -> str:
        values = sorted(str(value) for value in report.objects(node, URIRef(_SH + name)))  # type: ignore[arg-type]
        return values[0] if values else ""

    return [
        Result(
            severity=text(node, "resultSeverity").removeprefix(_SH),
            focus=text(node, "focusNode"),
            message=text(node, "resultMessage"),
            shape=text(node, "sourceShape"),
            value=text(node, "value"),
        )
        for node in report.subjects(RDF.type, URIRef(_SH + "ValidationResult"))
    ]


def _sorted(results: Iterable[Result]) -> tuple[Result, ...]:
    """``results`` once each, from worst to mildest."""
    rank = {severity: number for number, severity in enumerate(SEVERITIES)}
    return tuple(sorted(set(results), key=lambda r: (rank.get(r.severity, 0), r.focus, r.shape, r.message, r.value)))
