"""Constraints that shapes state as SPARQL queries (SHACL-SPARQL), each asked once for the whole graph.

A SHACL processor asks such a query for every node that the shape is about, which takes minutes on a large graph. The queries of
the ontology's own shapes mean the same where ``$this`` is left open, so that one answer holds the results of all nodes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import DefaultGraph, Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.rdf.vocab import SH

_SPARQL = NamedNode(SH + "sparql")
_PLACE = re.compile(r"\{[?$](\w+)\}")


@dataclass(frozen=True, slots=True)
class QueryConstraint:
    """A query of a shape: the shape's name and severity, the classes that it is about, the message, and the query."""

    shape: str
    severity: str
    classes: frozenset[str]
    message: str
    query: str


@dataclass(frozen=True, slots=True)
class Found:
    """A row of a query: the constraint, the node that is doubtful, the value that makes it so, and the message filled in."""

    constraint: QueryConstraint
    focus: str
    value: str
    message: str


def split_shapes(shapes: Iterable[Triple]) -> tuple[set[Triple], tuple[QueryConstraint, ...]]:
    """The shapes without their queries, and the queries.

    Raises:
        ConfigurationError: a query lacks its text, or its shape is about anything else than classes.
    """
    plain: set[Triple] = set()
    facts: dict[tuple[object, str], list[object]] = {}
    for triple in shapes:
        facts.setdefault((triple.subject, triple.predicate.value), []).append(triple.object)
        if triple.predicate != _SPARQL:
            plain.add(triple)
    prefixes = "".join(
        f"PREFIX {_text(facts, node, 'prefix')}: <{_text(facts, node, 'namespace')}>\n"
        for (_, predicate), nodes in sorted(facts.items(), key=lambda item: item[0][1])
        if predicate == SH + "declare"
        for node in sorted(nodes, key=lambda node: _text(facts, node, "prefix"))
    )
    found = []
    for (shape, predicate), constraints in facts.items():
        if predicate == _SPARQL.value:
            for constraint in constraints:
                classes = frozenset(str(getattr(c, "value", "")) for c in facts.get((shape, SH + "targetClass"), ()))
                query = _text(facts, constraint, "select")
                if not (classes and query):
                    raise ConfigurationError(f"the shape {shape} needs sh:targetClass and its query sh:select")
                severity = _text(facts, shape, "severity").removeprefix(SH) or "Violation"
                name = str(getattr(shape, "value", ""))
                found.append(QueryConstraint(name, severity, classes, _text(facts, constraint, "message"), prefixes + query))
    return plain, tuple(sorted(found, key=lambda constraint: constraint.shape))


def ask(triples: Iterable[Triple], constraints: Iterable[QueryConstraint]) -> Iterator[Found]:
    """The rows that the queries find in ``triples``, each about a node of one of the shape's classes.

    Raises:
        ConfigurationError: a query is wrong.
    """
    store = Store()
    default = DefaultGraph()
    store.bulk_extend(Quad(t.subject, t.predicate, t.object, default) for t in triples)
    for constraint in constraints:
        try:
            rows = store.query(constraint.query)
        except (SyntaxError, ValueError, OSError) as error:
            raise ConfigurationError(f"the query of {constraint.shape} is wrong: {error}") from error
        assert isinstance(rows, QuerySolutions)  # noqa: S101 - a SELECT
        names = [variable.value for variable in rows.variables]
        for row in rows:
            values = {name: row[name] for name in names}
            focus = values.get("this")
            if not isinstance(focus, NamedNode) or not _is_about(store, focus, constraint.classes):
                continue
            words = {name: _in_order(str(getattr(value, "value", ""))) for name, value in values.items() if value is not None}
            message = _PLACE.sub(lambda match, said=words: said.get(match[1], ""), constraint.message)  # type: ignore[misc]
            yield Found(constraint, focus.value, words.get("value", ""), message)


def _is_about(store: Store, node: NamedNode, classes: frozenset[str]) -> bool:
    return any(
        isinstance(quad.object, NamedNode) and quad.object.value in classes
        for quad in store.quads_for_pattern(node, vocab.RDF_TYPE, None, None)
    )


def _in_order(value: str) -> str:
    """A list that a query put together, in an order that does not change."""
    return ", ".join(sorted(value.split(", ")))


def _text(facts: dict[tuple[object, str], list[object]], node: object, name: str) -> str:
    values = [value.value for value in facts.get((node, SH + name), ()) if isinstance(value, Literal | NamedNode)]
    return min(values, default="")
