"""What an article says around its names: countries, and offices and trades of people."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import asin, cos, radians, sin, sqrt

from kg.lang.fold import fold_word
from kg.lang.pack import languages, load_pack
from kg.link.coreference import Group
from kg.link.kb import Entry, KnowledgeBase
from kg.link.keys import name_key
from kg.mention.policy import Policy
from kg.mention.text import Body
from kg.model import Kind

_LINK = re.compile(r"\s*[,،(]?\s*(?:[^\W\d_]{1,3}\s+){0,2}", re.UNICODE)  # a comma, a preposition, an article
_SURE = 500_000
"""Inhabitants from which a city's name alone tells its country."""
WELL_KNOWN = 0.8
"""Prior from which a general name of three words or more needs no evidence (``Federal Bureau of Investigation``)."""
AROUND = 30
"""Words before and behind a person's name in which an office or trade is looked for."""
TITLE = 3
"""Words before a person's name among which a title stands."""
NEAR_KM = 500.0
"""How far a town may lie from another place of the article, in kilometres."""


@dataclass(frozen=True)
class Context:
    """Evidence of one article.

    ``countries`` counts, by QID, from how many different names or demonyms each country follows; ``sources`` keeps which, so that
    a name is no evidence for itself. ``beside`` tells, by the name of a group, which countries are named right behind it
    (``London, Ontario``). ``qids`` are the items that groups mean beyond doubt. ``near`` are the folded words around the
    mentions of a group, ``sorts`` the sorts of place that the words next to it say (``the state of``), or with ``=`` before it a
    word with which the label of the place begins. ``points`` are places, by
    country, that the text means beyond doubt, with their coordinates. ``titles`` are the folded words right before a person,
    ``people`` the well-known people of each country whose full and rare name is in the text.
    """

    countries: Counter[str]
    sources: dict[str, frozenset[str]]
    beside: dict[str, frozenset[str]]
    qids: frozenset[str]
    near: dict[str, frozenset[str]]
    sorts: dict[str, frozenset[str]]
    points: dict[str, tuple[tuple[str, float, float], ...]]
    titles: dict[str, frozenset[str]]
    people: dict[str, frozenset[str]]

    def supports(self, country: str | None, name: str) -> bool:
        """Whether anything but ``name`` itself speaks of ``country``."""
        return country is not None and bool(self.sources.get(country, frozenset()) - {name})

    def is_near(self, entry: Entry, name: str) -> bool:
        """Whether another place that the text means lies within ``NEAR_KM`` of ``entry``."""
        if entry.country is None or entry.latitude is None or entry.longitude is None:
            return False
        here = (entry.latitude, entry.longitude)
        others = self.points.get(entry.country, ())
        return any(other != name and kilometres(here, (lat, lon)) <= NEAR_KM for other, lat, lon in others)


def kilometres(a: tuple[float, float], b: tuple[float, float]) -> float:
    """The distance of two points (latitude, longitude in degrees) on a sphere, by the haversine formula."""
    (lat, lon), (to_lat, to_lon) = (tuple(map(radians, point)) for point in (a, b))
    half = sin((to_lat - lat) / 2) ** 2 + cos(lat) * cos(to_lat) * sin((to_lon - lon) / 2) ** 2
    return 12_742 * asin(min(1.0, sqrt(half)))


def read_context(groups: Sequence[Group], body: Body, policy: Policy, kb: KnowledgeBase) -> Context:
    """Gather the evidence of the article that ``body`` is."""
    lang = policy.lang
    sources: dict[str, set[str]] = {}
    qids: set[str] = set()
    points: dict[str, list[tuple[str, float, float]]] = {}
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
            if best.kind is Kind.ORGANIZATION and group.kind is Kind.PLACE:
                continue
            qids.add(best.qid)
            if best.kind is Kind.ORGANIZATION and not _is_own(name, best, policy):
                continue
            if best.country and best.latitude is not None and best.longitude is not None and best.feature != "country":
                points.setdefault(best.country, []).append((group.name, best.latitude, best.longitude))
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
        near=_around(groups, body, AROUND, AROUND),
        titles=_around(groups, body, TITLE, 0),
        people=_people(groups, lang, kb),
        sorts=_sorts(groups, body, lang),
        points={country: tuple(found) for country, found in points.items()},
    )


def is_general(name: str, policy: Policy) -> bool:
    """Whether a word of the name says what sort of organisation it is, so that others may be called the same."""
    general = {name_key(word) for word in (*policy.first_kinds, *policy.last_kinds)}
    return any(word in general for word in name_key(name).split())


def _is_own(name: str, entry: Entry, policy: Policy) -> bool:
    """Whether an organisation's name is hardly anybody else's."""
    return not is_general(name, policy) or (len(name_key(name).split()) >= 3 and entry.prior >= WELL_KNOWN)


def with_found(context: Context, found: Iterable[tuple[str, Entry]], kb: KnowledgeBase) -> Context:
    """``context`` with the countries of what was linked; pairs are the name of a group and its entry."""
    sources = dict(context.sources)
    for name, entry in found:
        for country in sorted(described(entry, kb)[0]):
            sources[country] = sources.get(country, frozenset()) | {name}
    return replace(context, countries=Counter({qid: len(names) for qid, names in sources.items()}), sources=sources)


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
    """The countries that a place and the country or region right behind it agree on (``Athens, Georgia``), by both names."""
    places = sorted((span, group) for group in groups for span in group.mentions if group.kind is not Kind.PERSON)
    found: dict[str, set[str]] = {}
    for (span, group), (behind, other) in pairwise(places):
        gap = text[span.end : behind.start]
        if group.name == other.name or not _LINK.fullmatch(gap) or (group.kind is not Kind.PLACE and not gap.strip().isalpha()):
            continue
        after = [m.entry for m in kb.match(behind.of(text), lang) if m.entry.feature in ("country", "territory", "region")]
        before = [m.entry for m in kb.match(span.of(text), lang)]
        countries = {entry.country for entry in after} - {None}
        if any(entry.feature == "country" for entry in before):  # a list of countries, or of states of one country
            before = [entry for entry in before if entry.feature == "region"] if len(countries) == 1 else []
            countries &= {entry.country for entry in before}
        agreed = countries & {entry.country for entry in before}
        if agreed:
            found.setdefault(other.name, set()).update(filter(None, agreed))
        found.setdefault(group.name, set()).update(filter(None, agreed or countries))
    return {name: frozenset(countries) for name, countries in found.items() if countries}


def _around(groups: Sequence[Group], body: Body, before: int, behind: int) -> dict[str, frozenset[str]]:
    """The folded words around the mentions of each person."""
    starts = [word.start for word in body.words]
    near: dict[str, frozenset[str]] = {}
    for group in groups:
        if group.kind is Kind.PERSON:
            words: set[str] = set()
            for span in group.mentions:
                first, last = bisect_left(starts, span.start), bisect_left(starts, span.end)
                found = (*body.words[max(0, first - before) : first], *body.words[last : last + behind])
                words.update(word.folded for word in found if word.is_word)
            near[group.name] = near.get(group.name, frozenset()) | words
    return near


def _people(groups: Sequence[Group], lang: str, kb: KnowledgeBase) -> dict[str, frozenset[str]]:
    """Well-known people by the countries of their descriptions, where the text has their full name and few bear it."""
    people: dict[str, set[str]] = {}
    for group in groups:
        for name in group.names if group.kind is Kind.PERSON else ():
            if len(name_key(name).split()) >= 2:
                for match in kb.match(name, lang):
                    if match.entry.kind is Kind.PERSON and not match.weak:
                        for country in described(match.entry, kb)[0]:
                            people.setdefault(country, set()).add(match.entry.qid)
    return {country: frozenset(found) for country, found in people.items()}


def _sorts(groups: Sequence[Group], body: Body, lang: str) -> dict[str, frozenset[str]]:
    """The sorts of place that the words before or behind each name say."""
    names = load_pack(lang).table("names") if lang in languages() else {}
    tables, indefinite = names.get("sorts", {}), frozenset(names.get("forms", {}).get("indefinite", ()))
    found: dict[str, set[str]] = {}
    for group in groups:
        if group.kind is not Kind.PLACE:
            continue
        for span in group.mentions:
            before = fold_word(body.text[max(0, span.start - 30) : span.start])
            behind = fold_word(body.text[span.end : span.end + 30])
            for table in tables.values():
                if _ends(before, table.get("before", ()), indefinite) or (
                    _begins(behind, table.get("behind", ())) and not _begins(behind, table.get("before", ()))
                ):
                    found.setdefault(group.name, set()).update(table["features"])
                    if "label" in table:  # said of those alone whose label begins so
                        found[group.name].add(f"={table['label']}")
    return {name: frozenset(sorts) for name, sorts in found.items()}


def _ends(text: str, phrases: Sequence[str], indefinite: frozenset[str]) -> bool:
    """Whether the text ends with a phrase; ``a province of`` something larger does not say what that is."""
    for phrase in phrases:
        match = re.search(rf"(?<!\w){re.escape(fold_word(phrase))}\s*$", text)
        if match and text[: match.start()].split()[-1:] not in ([word] for word in indefinite):
            return True
    return False


def _begins(text: str, phrases: Sequence[str]) -> bool:
    return any(re.match(rf"\s*{re.escape(fold_word(phrase))}(?!\w)", text) for phrase in phrases)


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
