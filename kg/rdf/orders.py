"""Orders of legal actions that cannot be, found at once in a whole graph.

The shapes ``kgsh:Order`` and ``kgsh:Gap`` state them as SPARQL queries (SHACL-SPARQL), by which every processor finds them. But
it asks such a query for each action, which takes minutes on a large graph; here the same rules are read off an index. Which
action comes after which, and which presupposes which, is data of the ontology (``kg:comesAfter``, ``kg:presupposes``).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from kg.model import Modality
from kg.rdf import vocab
from kg.rdf.vocab import KGSH, SH

_SPARQL = SH + "sparql"
_PLACE = re.compile(r"\{\?(\w+)\}")
_PERSON = vocab.SCHEMA + "Person"


@dataclass(frozen=True, slots=True)
class Doubt:
    """An action that cannot have come where it stands: the shape, the action, what makes it doubtful, and the message."""

    shape: str
    focus: str
    value: str
    message: str


def split_shapes(shapes: Iterable[Triple]) -> tuple[set[Triple], dict[str, str]]:
    """The shapes without the queries that this module answers, and the message of each of these by the name of its shape."""
    given = set(shapes)
    ours = {t.object: t.subject.value for t in given if t.predicate.value == _SPARQL and _name(t.subject) in _RULES}  # type: ignore[union-attr]
    messages = {
        ours[t.subject]: t.object.value  # type: ignore[union-attr]
        for t in given
        if t.predicate.value == SH + "message" and t.subject in ours
    }
    return {t for t in given if not (t.predicate.value == _SPARQL and t.object in ours)}, messages


def doubts(triples: Iterable[Triple], messages: Mapping[str, str]) -> Iterator[Doubt]:
    """What is doubtful in ``triples``, which include the ontology, by the shapes that ``messages`` names."""
    actions = _Actions(triples)
    for shape, message in sorted(messages.items()):
        for focus, value, words in _RULES[shape.removeprefix(KGSH)](actions):
            yield Doubt(shape, focus, value, _PLACE.sub(lambda match, said=words: said.get(match[1], ""), message))  # type: ignore[misc]


class _Actions:
    """The actions of a graph that were done, by the person and the case that they concern."""

    def __init__(self, triples: Iterable[Triple]) -> None:
        wanted = {
            p.value
            for p in (
                vocab.RDF_TYPE,
                vocab.KG_STATUS,
                vocab.KG_TARGET,
                vocab.KG_DATE,
                vocab.KG_PART_OF_CASE,
                vocab.KG_REPORTS,
                vocab.PROV_WAS_DERIVED_FROM,
                vocab.SCHEMA_IDENTIFIER,
                vocab.KG_COMES_AFTER,
                vocab.KG_PRESUPPOSES,
            )
        }
        facts: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        told: dict[str, list[str]] = defaultdict(list)
        for triple in triples:
            predicate = triple.predicate.value
            if predicate in wanted and isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
                facts[triple.subject.value][predicate].append(triple.object.value)
                if predicate == vocab.KG_REPORTS.value:
                    told[triple.object.value].append(triple.subject.value)
        self._facts, self._told = facts, told
        self.done = sorted(
            node
            for node, known in list(facts.items())
            if vocab.MODALITIES[Modality.ACTUAL].value in known.get(vocab.KG_STATUS.value, ())
        )
        self.of_person: dict[tuple[str, str], list[str]] = defaultdict(list)
        for node in self.done:
            for person in self.values(node, vocab.KG_TARGET):
                for kind in self.values(node, vocab.RDF_TYPE):
                    self.of_person[person, kind].append(node)

    def values(self, node: str, predicate: NamedNode) -> list[str]:
        """The values of a property, in order."""
        known = self._facts.get(node)
        return sorted(known.get(predicate.value, ())) if known is not None else []

    def articles(self, *nodes: str) -> str:
        """The identifiers of the articles that tell the actions ``nodes``."""
        sources = {
            s for node in nodes for report in self._told.get(node, ()) for s in self.values(report, vocab.PROV_WAS_DERIVED_FROM)
        }
        return ", ".join(sorted({name for source in sources for name in self.values(source, vocab.SCHEMA_IDENTIFIER)}))


_Row = tuple[str, str, dict[str, str]]


def _orders(actions: _Actions) -> Iterator[_Row]:
    """An action that is dated before every action of the same case and person after which its type comes."""
    for node in actions.done:
        cases = set(actions.values(node, vocab.KG_PART_OF_CASE))
        for kind in actions.values(node, vocab.RDF_TYPE):
            for needed in actions.values(kind, vocab.KG_COMES_AFTER):
                for date in actions.values(node, vocab.KG_DATE):
                    for person in actions.values(node, vocab.KG_TARGET):
                        others = [
                            o for o in actions.of_person[person, needed] if cases & set(actions.values(o, vocab.KG_PART_OF_CASE))
                        ]
                        dates = {other: actions.values(other, vocab.KG_DATE) for other in others}
                        if not all(any(_before(date, when) for when in found) for found in dates.values()):
                            continue
                        for other, found in dates.items():
                            for later in found:
                                words = {"first": _word(kind), "second": _word(needed), "date": date, "later": later}
                                yield node, other, {**words, "articles": actions.articles(node, other)}


def _gaps(actions: _Actions) -> Iterator[_Row]:
    """An action on a person to whom nothing was done before that its type presupposes."""
    for node in actions.done:
        for kind in actions.values(node, vocab.RDF_TYPE):
            needed = actions.values(kind, vocab.KG_PRESUPPOSES)
            dates = actions.values(node, vocab.KG_DATE)
            for person in actions.values(node, vocab.KG_TARGET) if needed else ():
                if _PERSON not in actions.values(person, vocab.RDF_TYPE):
                    continue
                others = [other for other_kind in needed for other in actions.of_person[person, other_kind]]
                if all(any(_before(d, w) for d in dates for w in actions.values(other, vocab.KG_DATE)) for other in others):
                    needs = ", ".join(sorted(map(_word, needed)))
                    yield node, person, {"first": _word(kind), "needs": needs, "articles": actions.articles(node)}


_RULES = {"Order": _orders, "Gap": _gaps}


def _before(one: str, other: str) -> bool:
    """Whether a date is before another, whatever their precision; what overlaps is not."""
    shorter = min(len(one), len(other))
    return one[:shorter] < other[:shorter]


def _word(kind: str) -> str:
    return kind.rpartition("#")[2].lower()


def _name(node: object) -> str:
    return str(getattr(node, "value", "")).removeprefix(KGSH)
