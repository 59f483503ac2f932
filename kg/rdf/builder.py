"""A growing set of triples, in which every function of this package writes its part."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pyoxigraph import Literal, NamedNode, Triple

from kg.rdf.vocab import RDF_TYPE

Object = NamedNode | Literal
_TYPE = f"> {RDF_TYPE} "


class Triples:
    """Collects triples; each is kept once."""

    def __init__(self) -> None:
        self._triples: list[Triple] = []
        self._nodes: dict[str, NamedNode] = {}

    def node(self, iri: str) -> NamedNode:
        """The node of an IRI that this package made or checked."""
        found = self._nodes.get(iri)
        if found is None:
            found = self._nodes[iri] = NamedNode(iri)
        return found

    def add(self, subject: NamedNode, predicate: NamedNode, value: Object | None) -> None:
        """State one fact; no value, no fact."""
        if value is not None:
            self._triples.append(Triple(subject, predicate, value))

    def add_all(self, subject: NamedNode, predicate: NamedNode, values: Iterable[Object]) -> None:
        """State one fact for each value."""
        self._triples.extend(Triple(subject, predicate, value) for value in values)

    def add_node(self, subject: NamedNode, types: Iterable[NamedNode], facts: Sequence[tuple[NamedNode, Object | None]]) -> None:
        """State the types of a node and its facts."""
        self.add_all(subject, RDF_TYPE, types)
        for predicate, value in facts:
            self.add(subject, predicate, value)

    def sorted(self) -> tuple[Triple, ...]:
        """Every triple once, in order of subject, predicate and object by code point, types first."""
        return sort_triples(self._triples)


def sort_triples(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    """``triples`` once each, by subject, then types before other predicates, then predicate and object by code point.

    The order of what comes in does not matter.
    """
    keyed = {_key(triple): triple for triple in triples}
    return tuple(keyed[key] for key in sorted(keyed))


def _key(triple: Triple) -> str:
    """The triple as a line of N-Triples in which the end of the subject sorts before every letter, and a type before the rest."""
    line = str(triple)
    typed = line.replace(_TYPE, "\0\0", 1)
    return typed if len(typed) < len(line) else line.replace("> ", "\0\1", 1)
