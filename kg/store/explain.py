"""From any node of the graph back to the words that state it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from pyoxigraph import NamedNode

from kg.decide.merging import entity_apart, line_of, report_apart
from kg.errors import StoreError
from kg.rdf import vocab
from kg.store.results import Results

_PREFIXES = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in sorted(vocab.PREFIXES.items()))

# Reports that have to do with ?node: itself, of the action, of the case, of the article, with the entity in a role, or resting
# on the words. The patterns are alternatives of one query, so that nothing need be known of the node beforehand.
_REPORTS = f"""{_PREFIXES}
SELECT DISTINCT ?report ?of ?stage ?date WHERE {{
  {{ ?node kg:reports ?told BIND (?node AS ?report) }}
  UNION {{ ?report kg:reports ?node }}
  UNION {{ ?node kg:hasAction ?step . ?report kg:reports ?step }}
  UNION {{ ?report kg:reports ?action ; prov:wasDerivedFrom ?node }}
  UNION {{ ?report kg:target|kg:agent|sem:hasPlace|kg:attributedTo|kg:via ?node ; kg:reports ?action }}
  UNION {{ ?report gaf:denotedBy|kg:evidence|kg:evidence/kg:words|gaf:denotedBy/nif:sentence ?node }}
  ?report kg:reports ?of .
  OPTIONAL {{ ?of kg:stage ?stage }}
  OPTIONAL {{ ?of kg:date ?date }}
}} ORDER BY ?stage COALESCE(STR(?date), "") ?of ?report"""

_FACTS = f"""{_PREFIXES}
SELECT ?p ?o WHERE {{ ?node ?p ?o }}"""

_MENTIONS = f"""{_PREFIXES}
SELECT ?mention ?words ?begin ?article ?sentence WHERE {{
  ?mention itsrdf:taIdentRef ?node ; nif:anchorOf ?words ; nif:beginIndex ?begin ; nif:referenceContext ?article .
  OPTIONAL {{ ?mention nif:sentence ?sentence }}
}} ORDER BY ?article ?begin"""

_LABELS = f"""{_PREFIXES}
SELECT ?label (LANG(?label) AS ?lang) WHERE {{ ?node rdfs:label ?label }} ORDER BY LANG(?label) STR(?label)"""

_EXISTS = f"""{_PREFIXES}
ASK {{ {{ ?node ?p ?o }} UNION {{ ?s ?q ?node }} }}"""


_JOINS = f"""{_PREFIXES}
SELECT ?words ?article ?otherWords ?otherArticle ?reason WHERE {{
  ?mention itsrdf:taIdentRef ?node ; kg:joinedTo ?other ; kg:joinReason ?reason .
  ?mention nif:anchorOf ?words ; nif:referenceContext ?article .
  ?other nif:anchorOf ?otherWords ; nif:referenceContext ?otherArticle .
}} ORDER BY ?article ?mention"""

_OF_ACTION = f"""{_PREFIXES}
SELECT ?report ?words WHERE {{ ?report kg:reports ?node ; kg:trigger ?words }} ORDER BY ?report"""


class Asked(Protocol):
    """What answers queries: an embedded store or an endpoint."""

    def query(self, text: str) -> Results:
        """The answer to a SPARQL query."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """The article that a report comes from; empty text for what it does not say."""

    iri: str
    headline: str = ""
    publisher: str = ""
    date: str = ""
    url: str = ""
    identifier: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence (or the bare words where none is quoted) and the stretches in it that state something: offsets into ``text``."""

    text: str
    marks: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Ground:
    """Why a role of a report is filled as it is: the role's name, the words, and the rule in words (may be empty)."""

    role: str
    words: str
    reason: str


@dataclass(frozen=True, slots=True)
class Told:
    """A report as it is explained: what it says in ``values`` (slot → texts), where, and on what grounds.

    ``joined`` is why it was taken for a report of the same action as another, in words; empty where it is the first. ``apart`` is
    the line of the table of decisions that takes it out of its action. ``review`` says who checked it, when, and with what
    result; empty where nobody did.
    """

    iri: str
    type: str
    action: str
    modality: str
    source: Source
    quotes: tuple[Quote, ...]
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    attributed_to: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    confidence: str = ""
    pattern: str = ""
    grounds: tuple[Ground, ...] = ()
    joined: str = ""
    apart: str = ""
    review: str = ""


@dataclass(frozen=True, slots=True)
class Joined:
    """Why what an article calls so was taken for the same as what another does.

    ``apart`` is the line of the table of decisions that keeps it from all other articles.
    """

    words: str
    source: Source
    other_words: str
    other: Source
    reason: str
    apart: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of a node: types, labels, the reports behind it and, where nothing reports it, how it is mentioned.

    ``total`` counts the reports or mentions there are, shown or not. ``joins`` are the reasons for which an entity is one, of
    ``all_joins`` that there are.
    """

    iri: str
    types: tuple[str, ...]
    labels: tuple[str, ...]
    reports: tuple[Told, ...]
    mentions: tuple[tuple[Source, Quote], ...]
    total: int
    joins: tuple[Joined, ...] = ()
    all_joins: int = 0


def explain(store: Asked, node: NamedNode, limit: int = 20) -> Explanation:
    """The reports and words behind ``node``, at most ``limit`` of them; ``total`` counts all.

    Raises:
        StoreError: the graph does not know the node, or the store fails.
    """
    ask = _Asker(store)
    if not ask.store.query(_bound(_EXISTS, node)).boolean:
        raise StoreError(f"the graph knows nothing of {node.value}: is it spelt right, and is this the right graph?")
    found = ask.select(_REPORTS, node)
    reports = tuple(ask.told(NamedNode(row["report"])) for row in found[:limit])
    mentions = ask.select(_MENTIONS, node) if not reports else []
    facts = ask.facts(node)
    joins = ask.select(_JOINS, node)
    names = tuple(dict.fromkeys(row[key] for row in joins for key in ("words", "otherWords")))
    return Explanation(
        iri=node.value,
        types=tuple(sorted(vocab.shorten(t) for t in facts.get(vocab.RDF_TYPE.value, ()))),
        labels=tuple(dict.fromkeys(label for label, _ in ask.labels(node.value))),
        reports=reports,
        mentions=tuple(ask.mention(row) for row in mentions[:limit]),
        total=len(found) or len(mentions),
        joins=tuple(ask.joined(row, names) for row in joins[:limit]),
        all_joins=len(joins),
    )


_ENTITIES = (vocab.KG_TARGET, vocab.KG_AGENT, vocab.SEM_HAS_PLACE, vocab.KG_ATTRIBUTED_TO, vocab.KG_VIA)
_SLOTS = ("target", "target_text", "agent", "place", "date", "offence", "amount", "currency", "duration")


class _Asker:
    """Asks a store and remembers what it said of a node."""

    def __init__(self, store: Asked) -> None:
        self.store = store
        self._facts: dict[str, Mapping[str, tuple[str, ...]]] = {}
        self._labels: dict[str, tuple[tuple[str, str], ...]] = {}
        self._told: dict[str, list[tuple[str, str]]] = {}

    def select(self, template: str, node: NamedNode) -> list[dict[str, str]]:
        return self.store.query(_bound(template, node)).dicts()

    def facts(self, node: NamedNode) -> Mapping[str, tuple[str, ...]]:
        if node.value not in self._facts:
            out: dict[str, list[str]] = defaultdict(list)
            for row in self.select(_FACTS, node):
                out[row["p"]].append(row["o"])
            self._facts[node.value] = {p: tuple(sorted(values)) for p, values in out.items()}
        return self._facts[node.value]

    def labels(self, iri: str) -> tuple[tuple[str, str], ...]:
        if iri not in self._labels:
            found = self.select(_LABELS, NamedNode(iri))
            self._labels[iri] = tuple(dict.fromkeys((row["label"], row.get("lang", "")) for row in found))
        return self._labels[iri]

    def label(self, iri: str, language: str) -> str:
        """The label in the article's language, else the first, else the IRI."""
        labels = self.labels(iri)
        return next((label for label, lang in labels if lang == language), labels[0][0] if labels else iri)

    def told(self, node: NamedNode) -> Told:
        facts = self.facts(node)
        action = _first(facts, vocab.KG_REPORTS)
        types = self.facts(NamedNode(action)).get(vocab.RDF_TYPE.value, ()) if action else ()
        evidence = [self.facts(NamedNode(iri)) for iri in facts.get(vocab.KG_EVIDENCE.value, ())]
        spans = [*facts.get(vocab.GAF_DENOTED_BY.value, ()), *(_first(e, vocab.KG_WORDS) for e in evidence)]
        source = self.source(_first(facts, vocab.PROV_WAS_DERIVED_FROM))
        return Told(
            iri=node.value,
            type=next((t.removeprefix(vocab.KG) for t in types if t.startswith(vocab.KG)), ""),
            action=action,
            modality=_first(facts, vocab.KG_MODALITY).removeprefix(vocab.KG).lower(),
            source=source,
            quotes=self._quotes(spans),
            values=tuple(
                (slot, self._values(facts, vocab.SLOTS[slot], source.language))
                for slot in _SLOTS
                if vocab.SLOTS[slot].value in facts
            ),
            attributed_to=self._values(facts, vocab.KG_ATTRIBUTED_TO, source.language),
            via=self._values(facts, vocab.KG_VIA, source.language),
            confidence=_first(facts, vocab.KG_CONFIDENCE),
            pattern=_first(facts, vocab.KG_PATTERN),
            grounds=tuple(self._ground(e) for e in evidence),
            joined=_first(facts, vocab.KG_JOIN_REASON),
            apart=self._apart(node.value, action) if _first(facts, vocab.KG_JOIN_REASON) else "",
            review=_review(facts),
        )

    def _apart(self, report: str, action: str) -> str:
        """The decision that a report is not of the action of the others."""
        if action not in self._told:
            self._told[action] = [(row["report"], row["words"]) for row in self.select(_OF_ACTION, NamedNode(action))]
        return line_of(report_apart(report, self._told[action]))

    def joined(self, row: Mapping[str, str], names: Iterable[str]) -> Joined:
        """Why the entity of an article is that of another; ``names`` are what all articles call it."""
        source = self.source(row["article"])
        apart = line_of(entity_apart(row["words"], source.identifier, names))
        return Joined(row["words"], source, row["otherWords"], self.source(row["otherArticle"]), row["reason"], apart)

    def source(self, iri: str) -> Source:
        facts = self.facts(NamedNode(iri)) if iri else {}
        return Source(
            iri=iri,
            headline=_first(facts, vocab.SCHEMA_HEADLINE),
            publisher=_first(facts, vocab.SCHEMA_PUBLISHER),
            date=_first(facts, vocab.SCHEMA_DATE_PUBLISHED),
            url=_first(facts, vocab.SCHEMA_URL),
            identifier=_first(facts, vocab.SCHEMA_IDENTIFIER),
            language=_first(facts, vocab.SCHEMA_IN_LANGUAGE),
        )

    def mention(self, row: Mapping[str, str]) -> tuple[Source, Quote]:
        return self.source(row["article"]), self._quotes([row["mention"]])[0]

    def _values(self, facts: Mapping[str, tuple[str, ...]], slot: NamedNode, language: str) -> tuple[str, ...]:
        """The values of a slot; of entities their labels."""
        values = facts.get(slot.value, ())
        return tuple(self.label(v, language) for v in values) if slot in _ENTITIES else values

    def _ground(self, evidence: Mapping[str, tuple[str, ...]]) -> Ground:
        words = _first(evidence, vocab.KG_WORDS)
        role = _first(evidence, vocab.KG_ROLE).rpartition("#")[2].rpartition("/")[2]
        quoted = _first(self.facts(NamedNode(words)), vocab.NIF_ANCHOR_OF) if words else ""
        return Ground(role, quoted, _first(evidence, vocab.KG_REASON))

    def _quotes(self, spans: Sequence[str]) -> tuple[Quote, ...]:
        """The sentences around the spans, in order of the text, with the spans marked."""
        by_sentence: dict[str, set[tuple[int, int]]] = defaultdict(set)
        for iri in spans:
            facts = self.facts(NamedNode(iri))
            begin, end = _number(facts, vocab.NIF_BEGIN_INDEX), _number(facts, vocab.NIF_END_INDEX)
            by_sentence[_first(facts, vocab.NIF_IN_SENTENCE) or iri].add((begin, end))
        out: list[tuple[int, Quote]] = []
        for iri, marks in by_sentence.items():
            facts = self.facts(NamedNode(iri))
            text, start = _first(facts, vocab.NIF_ANCHOR_OF), _number(facts, vocab.NIF_BEGIN_INDEX)
            inside = ((max(0, a - start), min(len(text), b - start)) for a, b in marks)
            out.append((start, Quote(text, _flat((a, b) for a, b in inside if a < b))))
        return tuple(quote for _, quote in sorted(out, key=lambda item: (item[0], item[1].text)))


def _bound(template: str, node: NamedNode) -> str:
    """``template`` with ``node`` for ?node: what is put in is the serialisation of a checked IRI, never text."""
    return template.replace("?node", str(node))


def _review(facts: Mapping[str, tuple[str, ...]]) -> str:
    verdict = _first(facts, vocab.KG_REVIEW)
    return f"{verdict} by {_first(facts, vocab.KG_REVIEWED_BY)} at {_first(facts, vocab.KG_REVIEWED_AT)}" if verdict else ""


def _first(facts: Mapping[str, tuple[str, ...]], predicate: NamedNode) -> str:
    return next(iter(facts.get(predicate.value, ())), "")


def _number(facts: Mapping[str, tuple[str, ...]], predicate: NamedNode) -> int:
    text = _first(facts, predicate)
    return int(text[:18]) if text.isascii() and text.isdigit() else 0


def _flat(marks: Iterable[tuple[int, int]]) -> tuple[tuple[int, int], ...]:
    """``marks`` in order, those that overlap as one."""
    out: list[tuple[int, int]] = []
    for begin, end in sorted(marks):
        if out and begin < out[-1][1]:
            out[-1] = (out[-1][0], max(end, out[-1][1]))
        else:
            out.append((begin, end))
    return tuple(out)
