"""Which node of one graph is which of another.

A node that gathers others is named after its first member, and an article after its text, so that names alone would show a
corrected article as another one and an action that got an earlier report as gone. Articles match by address or identifier,
reports by article, type and words, the rest by what they gather.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from kg.rdf import vocab
from kg.rdf.snapshot import Facts, Snapshot

T = TypeVar("T", bound=Hashable)
Key = tuple[str, str, str, int]
"""Of a report: its article, the type of its action, the words that tell it, and a number among equals."""


@dataclass(frozen=True)
class Match:
    """Two snapshots and, by the names of the new graph, what each article, entity, action and case was called in the old one."""

    old: Snapshot
    new: Snapshot

    @cached_property
    def articles(self) -> dict[str, str]:
        """By new name: by IRI, else by address, else by identifier where not both have addresses."""
        out = {name: name for name in self.new.articles if name in self.old.articles}
        for predicate in (vocab.SCHEMA_URL.value, vocab.SCHEMA_IDENTIFIER.value):
            taken = set(out.values())
            free = {only(facts, predicate): name for name, facts in sorted(self.old.articles.items()) if name not in taken}
            for name, facts in sorted(self.new.articles.items()):
                value = only(facts, predicate)
                if name in out or not value or value not in free:
                    continue
                other = free[value]
                urls = {only(facts, vocab.SCHEMA_URL.value), only(self.old.articles[other], vocab.SCHEMA_URL.value)} - {""}
                if len(urls) < 2:
                    out[name] = free.pop(value)
        return out

    @cached_property
    def old_reports(self) -> dict[str, Key]:
        """The key of each report of the old graph."""
        return report_keys(self.old, {})

    @cached_property
    def new_reports(self) -> dict[str, Key]:
        """The key of each report of the new graph, with the old name of its article."""
        return report_keys(self.new, self.articles)

    @cached_property
    def actions(self) -> dict[str, str]:
        """By the reports they share."""
        return _matched(self._told(self.new, self.new_reports), self._told(self.old, self.old_reports))

    @cached_property
    def entities(self) -> dict[str, str]:
        """By the names in the text that they share; Wikidata items only under their own name, or where one was found or lost."""
        new = {
            entity: {(self.articles.get(article, article), words) for article, words in places}
            for entity, places in self.new.mentions.items()
        }
        found = _matched(_all(self.new.entities, new), _all(self.old.entities, self.old.mentions))
        return {a: b for a, b in found.items() if a == b or not (is_item(a) and is_item(b))}

    @cached_property
    def cases(self) -> dict[str, str]:
        """By the actions they share."""
        old = {name: facts.get(vocab.KG_HAS_ACTION.value, set()) for name, facts in self.old.cases.items()}
        new = {
            name: {self.actions.get(action, action) for action in facts.get(vocab.KG_HAS_ACTION.value, ())}
            for name, facts in self.new.cases.items()
        }
        return _matched(new, old)

    def _told(self, snapshot: Snapshot, keys: Mapping[str, Key]) -> dict[str, set[Key]]:
        out: dict[str, set[Key]] = {name: set() for name in snapshot.actions}
        for report, facts in snapshot.reports.items():
            for action in facts.get(vocab.KG_REPORTS.value, ()):
                if action in out:
                    out[action].add(keys[report])
        return out


def report_keys(snapshot: Snapshot, articles: Mapping[str, str]) -> dict[str, Key]:
    """The key of each report; ``articles`` gives other names for articles."""
    groups: dict[tuple[str, str, str], list[tuple[int, str]]] = defaultdict(list)
    for name, facts in snapshot.reports.items():
        article = only(facts, vocab.PROV_WAS_DERIVED_FROM.value)
        trigger = only(facts, vocab.KG_TRIGGER.value)
        kind = only(snapshot.actions.get(only(facts, vocab.KG_REPORTS.value), {}), vocab.RDF_TYPE.value)
        start = trigger.rpartition("=")[2].partition(",")[0]
        key = (articles.get(article, article), kind, snapshot.words.get(trigger, ""))
        groups[key].append((int(start) if start.isdecimal() else 0, name))
    return {name: (*key, number) for key, found in groups.items() for number, (_, name) in enumerate(sorted(found))}


def only(facts: Facts, predicate: str) -> str:
    """The first value of a property, or nothing."""
    return min(facts.get(predicate, ()), default="")


def is_item(name: str) -> bool:
    """Whether an entity is an item of Wikidata."""
    return name.startswith(vocab.WD)


def _all(names: Iterable[str], members: Mapping[str, set[tuple[str, int]]]) -> dict[str, set[tuple[str, int]]]:
    return {name: members.get(name, set()) for name in names}


def _matched(new: Mapping[str, set[T]], old: Mapping[str, set[T]]) -> dict[str, str]:
    """By new name the old one: equal names first, then those that share most members."""
    out = {name: name for name in new if name in old}
    owners: dict[T, list[str]] = defaultdict(list)
    for name, members in old.items():
        if name not in out:
            for member in members:
                owners[member].append(name)
    pairs: dict[tuple[str, str], int] = defaultdict(int)
    for name, members in new.items():
        if name not in out:
            for member in members:
                for other in owners.get(member, ()):
                    pairs[name, other] += 1
    taken = set(out.values())
    for (name, other), _ in sorted(pairs.items(), key=lambda item: (-item[1], item[0])):
        if name not in out and other not in taken:
            out[name] = other
            taken.add(other)
    return out
