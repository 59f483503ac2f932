"""Candidates from Wikidata for the names of an article."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.link.kb import Match
from kg.model import Kind
from kg.wikidata.client import Client
from kg.wikidata.items import is_called, read_item

MOST_NAMES = 3
"""Names of one entity that are searched for."""
MOST_LETTERS = 100

Found = tuple[tuple[Match, str], ...]


@dataclass(frozen=True)
class LiveLookup:
    """Searches each name and describes all hits of an article in batches.

    Only items that bear the very name count; the name is weak evidence where it is not the label, or where several people bear
    it.
    """

    client: Client

    def look_up(self, wanted: Sequence[tuple[tuple[str, ...], Kind]], lang: str) -> tuple[Found, ...]:
        """For each pair of names and kind its candidates, most likely first."""
        hits: list[list[tuple[str, str]]] = []
        for names, _ in wanted:
            found: dict[str, str] = {}
            for name in sorted(set(names), key=lambda n: (-len(n.split()), -len(n), n))[:MOST_NAMES]:
                if 1 < len(name) <= MOST_LETTERS and name.isprintable():
                    for qid in self.client.search(name, lang):
                        found.setdefault(qid, name)
            hits.append(list(found.items()))
        items = self.client.items([qid for pairs in hits for qid, _ in pairs])
        answers = []
        for (_, kind), pairs in zip(wanted, hits, strict=True):
            matches = []
            for qid, name in pairs:
                called = is_called(items[qid], name, lang) if qid in items else None
                entry = read_item(qid, items[qid], lang) if called is not None else None
                if entry is not None and entry.kind is kind:
                    matches.append((Match(entry, True, not called), name))
            common = kind is Kind.PERSON and len(matches) > 1
            found_ = [(Match(m.entry, True, m.weak or common), name) for m, name in matches]
            answers.append(tuple(sorted(found_, key=lambda pair: (pair[0].weak, -pair[0].entry.prior, pair[0].entry.qid))))
        return tuple(answers)
