"""Institutions of a country under general names: ``Supreme Court`` in an article on one country, ``الشرطة الإيطالية``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Hashable
from functools import lru_cache
from typing import cast

from kg.link.context import Context, is_general
from kg.link.coreference import unfused
from kg.link.echo import MOST
from kg.link.kb import Entry, KnowledgeBase, Match
from kg.link.keys import name_key
from kg.link.policies import policy_for
from kg.mention.policy import Policy
from kg.model import Kind

MOST_WORDS = 4
"""Words of a country's name that are looked for inside the name of an institution."""
DOMINANT = 2
"""How many times as often the text must speak of one country as of any other for a bare general name to be that country's."""

_WORDS = re.compile(r"[^\W_]+(?:['’.-][^\W_]+)*\.?")


class Bodies:
    """Institutions of ``kb`` by their general name in one language and their country; listed at the first look-up."""

    def __init__(self, kb: KnowledgeBase, policy: Policy) -> None:
        self._kb, self._policy = kb, policy
        self._index: dict[tuple[str, str], set[str]] | None = None
        self._small = policy.particles | policy.articles | policy.stops

    def match(self, name: str, context: Context) -> tuple[Match, bool] | None:
        """The one institution that ``name`` means: with its country in the name, or in an article that speaks of one country.

        The second value tells whether the name itself says the country.
        """
        head, country = self.split(name)
        if not head or not is_general(head, self._policy):
            return None
        said = country is not None
        country = country or dominant(context, name)
        if country is None:
            return None
        found = [e for qid in sorted(self._bodies().get((head, country), ())) if (e := self._kb.entry(qid)) is not None]
        return (Match(found[0], True, False), said) if len(found) == 1 else None

    def split(self, name: str) -> tuple[str, str | None]:
        """The key of ``name`` without the country that it names, and that country's QID."""
        words = _WORDS.findall(name)
        for length in range(min(MOST_WORDS, len(words) - 1), 0, -1):
            for first in (len(words) - length, 0, *range(1, len(words) - length)):
                country = self._country(words[first : first + length])
                if country is not None:
                    rest = words[:first] + words[first + length :]
                    return self._head(rest), country
        return self._head(words), None

    def _head(self, words: list[str]) -> str:
        while words and words[-1].lower() in self._small:
            words = words[:-1]
        return name_key(" ".join(words))

    def _country(self, words: list[str]) -> str | None:
        text = unfused(" ".join(words), self._policy.lang)
        if len(words) == 1:
            qid = self._kb.demonym(text, self._policy.lang)
            if qid is not None:
                return qid
        matches = [m for m in self._kb.match(text, self._policy.lang) if m.lang_match and not m.weak]
        return matches[0].entry.qid if matches and matches[0].entry.feature == "country" else None

    def _bodies(self) -> dict[tuple[str, str], set[str]]:
        if self._index is None:
            index: dict[tuple[str, str], set[str]] = defaultdict(set)
            for entry in map(self._kb.entry, self._kb.qids(MOST)):
                if entry is not None and entry.kind is Kind.ORGANIZATION:
                    for head, country in self._heads(entry):
                        index[head, country].add(entry.qid)
            self._index = dict(index)
        return self._index

    def _heads(self, entry: Entry) -> set[tuple[str, str]]:
        """General names with the country that the entry has, or that its name says."""
        heads = set()
        for lang, name in entry.names:
            if lang == self._policy.lang:
                head, said = self.split(name)
                country = entry.country or said
                if head and country is not None and said in (None, country):
                    heads.add((head, country))
        return heads


def dominant(context: Context, name: str) -> str | None:
    """The country that the text speaks of far more than of any other, ``name`` itself left aside."""
    counts = sorted(((len(found - {name}), qid) for qid, found in context.sources.items()), reverse=True)
    if not counts or counts[0][0] < DOMINANT or (len(counts) > 1 and counts[0][0] < DOMINANT * counts[1][0]):
        return None
    return counts[0][1]


def bodies_of(kb: KnowledgeBase, lang: str) -> Bodies:
    """The institutions of ``kb`` under their names in ``lang``, listed once."""
    return _made(cast(Hashable, kb), lang)


@lru_cache(maxsize=32)
def _made(kb: Hashable, lang: str) -> Bodies:
    return Bodies(cast(KnowledgeBase, kb), policy_for(lang))
