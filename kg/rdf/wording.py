"""Nodes of a graph in words, for people: safe to print, on one line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from kg.issues import printable
from kg.rdf import vocab
from kg.rdf.snapshot import Facts, Snapshot

_LITERAL = re.compile(r'"((?:[^"\\]|\\.)*)"(?:@([A-Za-z0-9-]+)|\^\^<([^>]*)>)?', re.S)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.S)
_CONTROLS = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f"}
_LONGEST = 160


def plain(value: str) -> tuple[str, str]:
    """Text and language of a literal in the syntax of N-Triples; what is none stands for itself."""
    found = _LITERAL.fullmatch(value)
    return (_ESCAPE.sub(_unescaped, found[1]), found[2] or "") if found else (value, "")


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] in "uU" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _CONTROLS.get(code, code)


class Wording:
    """Says what a node of any of several snapshots is; the last that knows it counts."""

    def __init__(self, *snapshots: Snapshot) -> None:
        self._snapshots = tuple(reversed(snapshots))

    def article(self, name: str) -> str:
        """Headline or identifier, publisher, date and address."""
        facts = self._facts("articles", name)
        title = self._text(facts, vocab.SCHEMA_HEADLINE.value) or self._text(facts, vocab.SCHEMA_IDENTIFIER.value) or name
        parts = [f"“{title}”", *(self._text(facts, p.value) for p in (vocab.SCHEMA_PUBLISHER, vocab.SCHEMA_DATE_PUBLISHED))]
        url = min(facts.get(vocab.SCHEMA_URL.value, ()), default="")
        return _joined([*parts, printable(url, _LONGEST)])

    def entity(self, name: str) -> str:
        """Its label, with its item if it has one."""
        facts = self._facts("entities", name)
        label = self._text(facts, vocab.RDFS_LABEL.value) or name
        return f"{label} ({vocab.shorten(name)})" if name.startswith(vocab.WD) else label

    def action(self, name: str) -> str:
        """Type, targets, place, date and offence."""
        return self._told(self._facts("actions", name))

    def report(self, name: str) -> str:
        """The action that it tells, and its article."""
        facts = self._facts("reports", name)
        action = self._facts("actions", min(facts.get(vocab.KG_REPORTS.value, ()), default=""))
        told = self._told({**facts, vocab.RDF_TYPE.value: action.get(vocab.RDF_TYPE.value, set())})
        return f"{told}, in {self.article(min(facts.get(vocab.PROV_WAS_DERIVED_FROM.value, ()), default=''))}"

    def case(self, name: str) -> str:
        """Its title."""
        return self._text(self._facts("cases", name), vocab.RDFS_LABEL.value) or name

    def value(self, value: str) -> str:
        """A value of a property: a node by its name, a literal by its text."""
        for section, say in (("entities", self.entity), ("actions", self.action), ("articles", self.article)):
            if self._facts(section, value):
                return say(value)
        text, _ = plain(value)
        return printable(vocab.shorten(text).removeprefix("kg:"), _LONGEST)

    def _told(self, facts: Facts) -> str:
        kinds = sorted(vocab.shorten(kind).removeprefix("kg:") for kind in facts.get(vocab.RDF_TYPE.value, ()))
        targets = [self.entity(name) for name in sorted(facts.get(vocab.KG_TARGET.value, ()))]
        targets = targets or [self._text(facts, vocab.KG_TARGET_DESCRIPTION.value)]
        places = [self.entity(name) for name in sorted(facts.get(vocab.SEM_HAS_PLACE.value, ()))]
        parts = [
            " of ".join(part for part in (kinds[0].lower() if kinds else "action", " and ".join(filter(None, targets))) if part),
            *places,
            self._text(facts, vocab.KG_DATE.value),
            self._text(facts, vocab.KG_OFFENCE.value),
        ]
        return _joined(parts)

    def _text(self, facts: Facts, predicate: str) -> str:
        """The text of a property: English before other languages."""
        found = sorted((plain(value) for value in facts.get(predicate, ())), key=lambda pair: (pair[1] != "en", pair))
        return printable(found[0][0], _LONGEST) if found else ""

    def _facts(self, section: str, name: str) -> Facts:
        for snapshot in self._snapshots:
            found: Facts | None = getattr(snapshot, section).get(name)
            if found is not None:
                return found
        return {}


def _joined(parts: Iterable[str]) -> str:
    return ", ".join(part for part in parts if part)
