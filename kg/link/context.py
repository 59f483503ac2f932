"""What an article says around its names: countries, and offices and trades of people."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from kg.lang.fold import fold_word
from kg.link.coreference import Group
from kg.link.kb import Entry, KnowledgeBase
from kg.mention.text import Body
from kg.model import Kind

_LINK = re.compile(r"\s*[,،(]?\s*(?:[^\W\d_]{1,3}\s+){0,2}", re.UNICODE)  # a comma, a preposition, an article
_SURE = 500_000
"""Inhabitants from which a city's name alone tells its country."""


@dataclass(frozen=True)
class Context:
    """Evidence of one article.

    ``countries`` counts, by QID, from how many different names or demonyms each country follows; ``sources`` keeps which, so that
    a name is no evidence for itself. ``beside`` tells, by the name of a group, which countries are named right behind it
    (``London, Ontario``). ``qids`` are the items that groups mean beyond doubt. ``words`` are the folded words of the
    body.
    """

    countries: Counter[str]
    sources: dict[str, frozenset[str]]
    beside: dict[str, frozenset[str]]
    qids: frozenset[str]
    words: frozenset[str]

    def supports(self, country: str | None, name: str) -> bool:
        """Whether anything but ``name`` itself speaks of ``country``."""
        return country is not None and bool(self.sources.get(country, frozenset()) - {name})


def read_context(groups: Sequence[Group], body: Body, lang: str, kb: KnowledgeBase) -> Context:
    """Gather the evidence of the article that ``body`` is."""
    sources: dict[str, set[str]] = {}
    qids: set[str] = set()
    for group in groups:
        if group.kind is Kind.PERSON:
            continue
        for name in group.names:
            matches = [match for match in kb.match(name, lang) if not match.weak]
            if not matches:
                continue
            best = matches[0].entry
            rivals = [m.entry for m in matches[1:] if m.entry.kind is best.kind and best.prior - m.entry.prior < 0.1]
            if rivals or not _tells(best):
                continue
            qids.add(best.qid)
            if best.country:
                sources.setdefault(best.country, set()).add(group.name)
    for word in body.words:
        if word.is_word and len(word.text) > 3:
            qid = kb.demonym(word.folded, lang) or _without_clitic(word.folded, lang, kb)
            if qid is not None:
                sources.setdefault(qid, set()).add(word.folded)
    return Context(
        countries=Counter({qid: len(found) for qid, found in sources.items()}),
        sources={qid: frozenset(found) for qid, found in sources.items()},
        beside=_beside(groups, body.text, lang, kb),
        qids=frozenset(qids),
        words=frozenset(word.folded for word in body.words if word.is_word),
    )


def described(entry: Entry, kb: KnowledgeBase) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    """What an entry's English description speaks of: countries, other entries (both as QIDs), and its plain words."""
    countries: set[str] = {entry.country} if entry.country else set()
    others: set[str] = set()
    words = re.findall(r"[^\W\d_][\w'-]*", entry.description)
    for index, word in enumerate(words):
        qid = kb.demonym(word, "en")
        if qid is not None and word[0].isupper():
            countries.add(qid)
            continue
        if not word[0].isupper() or (index == 0 and not kb.match(word, "en")):
            continue
        for length in (3, 2, 1):
            matches = [m for m in kb.match(" ".join(words[index : index + length]), "en") if not m.weak]
            if matches and matches[0].entry.qid != entry.qid:
                found = matches[0].entry
                (countries if found.feature in ("country", "territory") else others).add(found.qid)
                break
    return frozenset(countries), frozenset(others), frozenset(fold_word(word) for word in words)


def _beside(groups: Sequence[Group], text: str, lang: str, kb: KnowledgeBase) -> dict[str, frozenset[str]]:
    """Which countries are named right behind each group's mentions, by themselves or by one of their regions."""
    places = sorted((span, group) for group in groups for span in group.mentions if group.kind is not Kind.PERSON)
    found: dict[str, set[str]] = {}
    for (span, group), (behind, other) in pairwise(places):
        if group.name == other.name or not _LINK.fullmatch(text[span.end : behind.start]):
            continue
        for match in kb.match(behind.of(text), lang)[:1]:
            if match.entry.country is not None and match.entry.feature in ("country", "territory", "region"):
                found.setdefault(group.name, set()).add(match.entry.country)
    return {name: frozenset(countries) for name, countries in found.items()}


def _tells(entry: Entry) -> bool:
    """Whether an entry's name alone is good evidence for its country."""
    if entry.kind is Kind.ORGANIZATION:
        return True
    return entry.feature in ("country", "territory", "capital", "region") or entry.population >= _SURE


def _without_clitic(word: str, lang: str, kb: KnowledgeBase) -> str | None:
    """The country of an Arabic demonym with a conjunction or preposition before its article."""
    if word[1:3] == "ال" and len(word) > 5:
        return kb.demonym(word[1:], lang)
    return None
