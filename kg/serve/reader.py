"""Asking a graph for many nodes at once, so that a page needs few queries, in front of a far endpoint too."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from pyoxigraph import Literal, NamedNode

from kg.rdf import vocab
from kg.store.results import Results, Term, value

_BATCH = 500
"""Nodes in one query: endpoints refuse longer ones."""

PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in sorted(vocab.PREFIXES.items()))


class Asked(Protocol):
    """What answers queries."""

    def query(self, text: str) -> Results:
        """The answer to a SPARQL query."""
        ...


class Facts:
    """What the graph states of one node: property → terms, in order."""

    def __init__(self, facts: Mapping[str, Sequence[Term]]) -> None:
        self._facts = facts

    def __bool__(self) -> bool:
        return bool(self._facts)

    def pairs(self) -> list[tuple[NamedNode, Term]]:
        """Everything that is stated, as pairs of property and value."""
        return [(NamedNode(predicate), term) for predicate, terms in self._facts.items() for term in terms]

    def all(self, predicate: NamedNode) -> list[str]:
        """The values of a property as text."""
        return [value(term) for term in self._facts.get(predicate.value, ())]

    def first(self, predicate: NamedNode) -> str:
        """The first value, or empty text."""
        return value(next(iter(self._facts.get(predicate.value, ())), None))

    def texts(self, predicate: NamedNode) -> list[tuple[str, str]]:
        """The values of a property as pairs of language (or empty) and text."""
        terms = self._facts.get(predicate.value, ())
        return [((term.language or "") if isinstance(term, Literal) else "", value(term)) for term in terms]

    def number(self, predicate: NamedNode) -> int:
        """The first value as a whole number that is not negative, 0 where it is none."""
        text = self.first(predicate)[:18]
        return int(text) if text.isascii() and text.isdigit() else 0


@dataclass(frozen=True)
class Reader:
    """Asks ``store``, in which names of nodes begin with ``base``."""

    store: Asked
    base: str = vocab.DATA

    def rows(self, query: str, **nodes: Iterable[NamedNode] | NamedNode) -> list[dict[str, str]]:
        """The rows of ``query``; for each ``name=node`` the query holds ``{name}``, where checked IRIs are put, never text."""
        text = query
        for name, given in nodes.items():
            terms = [given] if isinstance(given, NamedNode) else list(given)
            text = text.replace(f"{{{name}}}", " ".join(str(node) for node in terms))
        return self.store.query(PREFIXES + text).dicts()

    def facts(self, nodes: Iterable[NamedNode]) -> dict[str, Facts]:
        """What is stated of each node; a node of which nothing is stated has empty facts."""
        wanted = list(dict.fromkeys(nodes))
        found: dict[str, dict[str, list[Term]]] = {node.value: defaultdict(list) for node in wanted}
        for batch in batches(wanted):
            values = " ".join(str(node) for node in batch)
            answer = self.store.query(f"SELECT ?s ?p ?o {{ VALUES ?s {{ {values} }} ?s ?p ?o }}")
            for s, p, o in answer.rows:
                if o is not None:
                    found[value(s)][value(p)].append(o)
        return {iri: Facts({p: sorted(terms, key=str) for p, terms in facts.items()}) for iri, facts in found.items()}


def batches(nodes: Sequence[NamedNode]) -> Iterator[list[NamedNode]]:
    """``nodes`` in parts that fit into one query."""
    iterator = iter(nodes)
    while batch := list(islice(iterator, _BATCH)):
        yield batch


def as_nodes(iris: Iterable[str]) -> list[NamedNode]:
    """IRIs that the graph itself gave, as nodes; blank nodes are left out."""
    return [NamedNode(iri) for iri in iris if not iri.startswith("_:")]
