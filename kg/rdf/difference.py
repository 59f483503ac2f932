"""What differs between two graphs, in terms of articles, links, actions, reports and cases, in words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from kg.rdf import vocab
from kg.rdf.matching import Match, is_item, only
from kg.rdf.snapshot import Facts, Snapshot
from kg.rdf.wording import Wording

NEW, GONE, CHANGED = "new", "gone", "changed"

_SLOTS: Final[Mapping[str, str]] = {
    vocab.RDF_TYPE.value: "type",
    vocab.KG_STATUS.value: "status",
    vocab.KG_MODALITY.value: "modality",
    vocab.KG_TARGET.value: "target",
    vocab.KG_TARGET_DESCRIPTION.value: "description",
    vocab.KG_AGENT.value: "agent",
    vocab.SEM_HAS_PLACE.value: "place",
    vocab.KG_DATE.value: "date",
    vocab.KG_OFFENCE.value: "offence",
    vocab.KG_AMOUNT.value: "amount",
    vocab.KG_CURRENCY.value: "currency",
    vocab.KG_DURATION.value: "duration",
    vocab.KG_CONFLICT.value: "conflict",
    vocab.KG_ATTRIBUTED_TO.value: "said by",
    vocab.KG_VIA.value: "via",
}
_HEAD: Final[Mapping[str, str]] = {
    vocab.KG_SHA256.value: "text",
    vocab.SCHEMA_HEADLINE.value: "headline",
    vocab.SCHEMA_DATE_PUBLISHED.value: "published",
    vocab.SCHEMA_PUBLISHER.value: "publisher",
    vocab.SCHEMA_URL.value: "address",
    vocab.SCHEMA_IDENTIFIER.value: "identifier",
    vocab.SCHEMA_IN_LANGUAGE.value: "language",
}


@dataclass(frozen=True, slots=True)
class Change:
    """One property with the values that went and those that came, in words."""

    slot: str
    gone: tuple[str, ...] = ()
    came: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """A node that is ``new``, ``gone`` or ``changed``: its name, what it is in words, and what changed.

    ``was`` is its name in the old graph where that differs.
    """

    how: str
    iri: str
    what: str
    changes: tuple[Change, ...] = ()
    was: str = ""


@dataclass(frozen=True, slots=True)
class Difference:
    """The entries by section, and which parts of the rest differ: words and offsets, evidence, other facts.

    ``triples`` counts those of the old and the new graph.
    """

    sections: Mapping[str, tuple[Entry, ...]]
    rest: tuple[str, ...]
    triples: tuple[int, int]

    @property
    def same(self) -> bool:
        """Whether the graphs hold the same triples."""
        return not self.rest and not any(self.sections.values())


def compare(old: Snapshot, new: Snapshot) -> Difference:
    """What makes ``new`` differ from ``old``."""
    match, words = Match(old, new), Wording(old, new)
    # By the names of the new graph, those of the old one: values compare under these.
    names = {**match.articles, **match.entities, **match.actions, **match.cases}
    compared = _Compared(words, names)
    sections = {
        "articles": compared.nodes(old.articles, new.articles, match.articles, _HEAD, words.article),
        "entities": compared.nodes(old.entities, new.entities, match.entities, {}, words.entity, _identity),
        "links": _moved(match, words),
        "actions": compared.nodes(old.actions, new.actions, match.actions, _SLOTS, words.action, _Tellings(match)),
        "reports": compared.nodes(old.reports, new.reports, _reports(match), _SLOTS, words.report),
        "cases": compared.nodes(
            old.cases,
            new.cases,
            match.cases,
            {
                vocab.RDFS_LABEL.value: "title",
                vocab.KG_INVOLVES.value: "people",
                vocab.KG_HAS_ACTION.value: "actions",
                vocab.KG_CURRENT_ACTION.value: "stands at",
                vocab.KG_POSSIBLE_CURRENT_ACTION.value: "may stand at",
            },
            words.case,
        ),
        "origin": _origins(old, new),
    }
    meanings = {"texts": "words and their places", "evidence": "evidence", "nodes": "other facts"}
    rest = [meaning for part, meaning in meanings.items() if old.digests[part] != new.digests[part]]
    if any(sections.values()) and "other facts" in rest:
        rest.remove("other facts")
    return Difference(sections, tuple(rest), (old.count, new.count))


Special = Callable[[str, str, Facts, Facts], Iterable[Change]]
"""Further changes of a pair: from its names in the old and the new graph and its facts there."""


@dataclass(frozen=True)
class _Compared:
    words: Wording
    names: Mapping[str, str]

    def nodes(
        self,
        old: Mapping[str, Facts],
        new: Mapping[str, Facts],
        match: Mapping[str, str],
        slots: Mapping[str, str],
        say: Callable[[str], str],
        special: Special | None = None,
    ) -> tuple[Entry, ...]:
        """The entries of one section, those that are gone first."""
        kept = {match[name] for name in new if name in match}
        out = [Entry(GONE, name, say(name)) for name in old if name not in kept]
        for name, facts in new.items():
            if name not in match:
                out.append(Entry(NEW, name, say(name)))
                continue
            before = match[name]
            found = (self._change(predicate, slot, old[before], facts) for predicate, slot in slots.items())
            changes = [change for change in found if change is not None]
            changes += special(before, name, old[before], facts) if special else ()
            if changes:
                out.append(Entry(CHANGED, name, say(name), tuple(changes), before if before != name else ""))
        order = {GONE: 0, CHANGED: 1, NEW: 2}
        return tuple(sorted(out, key=lambda entry: (order[entry.how], entry.what, entry.iri)))

    def _change(self, predicate: str, slot: str, old: Facts, new: Facts) -> Change | None:
        before = {value: value for value in old.get(predicate, ())}
        after = {self.names.get(value, value): value for value in new.get(predicate, ())}
        if before.keys() == after.keys():
            return None
        gone = sorted(self.words.value(before[key]) for key in before.keys() - after.keys())
        came = sorted(self.words.value(after[key]) for key in after.keys() - before.keys())
        return Change(slot, tuple(gone), tuple(came))


def _identity(old: str, new: str, before: Facts, after: Facts) -> Iterable[Change]:
    """Whether an entity got or lost its item, or its label or kind changed."""
    if old != new and (is_item(old) or is_item(new)):
        yield Change("item", *((vocab.shorten(name),) if is_item(name) else ("none",) for name in (old, new)))
    for predicate, slot in ((vocab.RDF_TYPE.value, "kind"), (vocab.RDFS_LABEL.value, "label")):
        left, right = before.get(predicate, set()), after.get(predicate, set())
        if left != right:
            gone, came = ([vocab.shorten(v) for v in sorted(values)] for values in (left - right, right - left))
            yield Change(slot, tuple(gone), tuple(came))


class _Tellings:
    """How many reports tell an action, where that changed."""

    def __init__(self, match: Match) -> None:
        self._old = _counted(match.old)
        self._new = _counted(match.new)

    def __call__(self, old: str, new: str, before: Facts, after: Facts) -> Iterable[Change]:
        if self._old[old] != self._new[new]:
            yield Change("reports", (str(self._old[old]),), (str(self._new[new]),))


def _counted(snapshot: Snapshot) -> dict[str, int]:
    out = dict.fromkeys(snapshot.actions, 0)
    for facts in snapshot.reports.values():
        action = only(facts, vocab.KG_REPORTS.value)
        if action in out:
            out[action] += 1
    return out


def _reports(match: Match) -> dict[str, str]:
    by_key = {key: name for name, key in match.old_reports.items()}
    return {name: by_key[key] for name, key in match.new_reports.items() if key in by_key}


def _moved(match: Match, words: Wording) -> tuple[Entry, ...]:
    """Names in the text that stand for another entity than before, though both graphs have the words."""
    old: dict[tuple[str, int], set[str]] = defaultdict(set)
    for entity, places in match.old.mentions.items():
        for place in places:
            old[place].add(entity)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    new: dict[tuple[str, int], set[str]] = defaultdict(set)
    for entity, places in match.new.mentions.items():
        for article, said in places:
            new[match.articles.get(article, article), said].add(entity)
    for place, entities in new.items():
        before = old.get(place)
        if before and not before & {match.entities.get(entity, entity) for entity in entities}:
            counts[min(before), min(entities)] += 1
    entries = []
    for (before_name, name), count in counts.items():
        places_ = "1 name" if count == 1 else f"{count} names"
        change = Change("stands for", (words.entity(before_name),), (words.entity(name),))
        entries.append(Entry(CHANGED, name, places_, (change,), before_name))
    return tuple(sorted(entries, key=lambda entry: (entry.what, entry.iri, entry.was)))


def _origins(old: Snapshot, new: Snapshot) -> tuple[Entry, ...]:
    """With what the graphs were made."""

    def told(snapshot: Snapshot) -> dict[str, str]:
        skipped = {vocab.RDF_TYPE.value}
        return {
            name: ", ".join(
                sorted(
                    value.strip('"')
                    for predicate, values in facts.items()
                    if predicate not in skipped
                    for value in values
                    if not value.startswith("http")
                )
            )
            for name, facts in snapshot.origins.items()
        }

    before, after = told(old), told(new)
    gone = [Entry(GONE, name, before[name]) for name in sorted(before.keys() - after.keys())]
    return (*gone, *(Entry(NEW, name, after[name]) for name in sorted(after.keys() - before.keys())))
