"""How strongly an article speaks for a candidate, and whether that is enough to link it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from kg.lang.fold import fold_word
from kg.link.context import WELL_KNOWN, Context, described, is_general
from kg.link.coreference import Group
from kg.link.kb import Entry, KnowledgeBase, Match
from kg.link.keys import name_key
from kg.mention.policy import Policy
from kg.model import Kind

LARGE = 500_000
"""Inhabitants from which a city is linked without its country being spoken of."""
KNOWN_TOWN = 100_000
"""Inhabitants below which a town with namesakes in its own country needs its surroundings in the text."""
ONLY_ONE = 100_000
"""Inhabitants from which the only place of its name is linked without its country being spoken of."""
DWARFED = 8
"""How many times as many inhabitants as all of its name a city has whose namesakes do not count."""
UNION = 0.9
"""Prior from which a two- or three-letter acronym needs no evidence (``UN``, ``EU``)."""
HEADS = frozenset({"president", "minister", "chancellor", "king", "queen", "pope", "secretary-general", "leader"})
"""Words of a description by which the country of a person is evidence enough."""

BRANDS = frozenset(
    {"newspaper", "magazine", "broadcaster", "company", "bank", "maker", "platform", "retailer", "airline", "network"}
)
"""Words of the description of an organisation with a name of its own."""

Offices = Mapping[str, frozenset[str]]


class Rivals(NamedTuple):
    """How many other entries have the name: anywhere, and in the entry's own country; the inhabitants of the largest."""

    all: int
    at_home: int
    largest: int = 0


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with its score between 0 and 1.

    ``enough``: the evidence suffices to link it; ``supported``: the text speaks of its country, work or surroundings;
    ``beside``: its country or region is named next to it; ``fits``: a mention of that kind may be the entry; ``weak``: its name
    is poor evidence.
    """

    entry: Entry
    score: float
    enough: bool
    supported: bool
    beside: bool = False
    fits: bool = True
    weak: bool = False


@dataclass(frozen=True)
class Judge:
    """Scores candidates of the groups of one article."""

    context: Context
    policy: Policy
    offices: Offices
    kb: KnowledgeBase

    def score(self, match: Match, name: str, group: Group, rivals: Rivals, told: bool = False) -> Scored:
        """The score of the entry that was found under ``name``; ``told``: the name itself says the entry's country."""
        entry = match.entry
        fits = _kinds_agree(group.kind, entry)
        beside = supported = False
        if entry.kind is Kind.PERSON:
            support, enough = self._person(match, name, group, rivals)
            supported = support > 0
        else:
            beside = told or (entry.country is not None and entry.country in self.context.beside.get(group.name, ()))
            supported = beside or self.context.supports(entry.country, group.name)
            near = entry.feature == "city" and self.context.is_near(entry, group.name)
            support = 0.3 if beside else 0.2 if near else 0.1 if supported else 0.0
            if entry.kind is Kind.PLACE:
                enough = self._place(match, group, supported, beside or near, rivals)
            else:
                enough = self._body(match, name, supported)
            enough = enough and fits and not self._is_elsewhere(entry, group, beside)
        fit = (0.4 if not match.weak else 0.2) - (0.0 if match.lang_match else 0.05) - (0.0 if entry.kind is group.kind else 0.1)
        score = min(1.0, max(0.0, fit + 0.4 * entry.prior + support))
        return Scored(entry, score, enough, supported, beside, fits, match.weak)

    def _is_elsewhere(self, entry: Entry, group: Group, beside: bool) -> bool:
        """Whether another country is named right behind a body or a town."""
        if beside or entry.country is None or group.name not in self.context.beside:
            return False
        return entry.kind is Kind.ORGANIZATION or (entry.feature == "city" and entry.population < LARGE)

    def _place(self, match: Match, group: Group, supported: bool, near: bool, rivals: Rivals) -> bool:
        entry = match.entry
        if entry.feature in ("country", "territory", "place"):
            return not match.weak
        if entry.feature in ("capital", "region") or entry.population >= LARGE:
            return (match.lang_match and not match.weak) or supported
        if not match.lang_match:
            return False
        if not supported:
            given = any(fold_word(word) in self.policy.given for word in group.name.split())
            alone = not rivals.all or (0 < rivals.largest <= entry.population / DWARFED)
            return alone and not match.weak and entry.population >= ONLY_ONE and not given
        return near or entry.population >= KNOWN_TOWN or not (rivals.at_home or match.weak)

    def _body(self, match: Match, name: str, supported: bool) -> bool:
        """Whether an organisation's name is its own; a general one or a short acronym wants its country in the text."""
        letters = name.replace(".", "")
        short = name.isupper() and len(letters) <= 3
        if match.weak and not (short and match.lang_match and match.entry.prior >= UNION):
            return False
        if short and match.entry.prior < (UNION if len(letters) < 3 else WELL_KNOWN) and not supported:
            return False
        if match.entry.country is None or supported:
            return True
        words = len(name_key(name).split())
        if (words >= 3 and match.entry.prior >= WELL_KNOWN) or (words >= 2 and _is_brand(match.entry)):
            return True
        return not is_general(name, self.policy)

    def _person(self, match: Match, name: str, group: Group, rivals: Rivals) -> tuple[float, bool]:
        """How strongly the text speaks of this person, and whether that is enough.

        A family name alone needs an office of the person right before it, the country, and nobody else of that name.
        """
        countries, others, words = described(match.entry, self.kb)
        by_country = any(self.context.supports(country, name) for country in countries)
        by_other = bool(others & self.context.qids)
        said = self.context.near.get(group.name, frozenset())
        by_office = any(word in words and forms & said for word, forms in self.offices.items())
        by_company = any(self.context.people.get(country, frozenset()) - {match.entry.qid} for country in countries)
        support = 0.1 * (by_country + by_other + by_office)
        if len(name_key(name).split()) < 2:
            titles = self.context.titles.get(group.name, frozenset())
            titled = any(word in words and forms & titles for word, forms in self.offices.items() if word in HEADS)
            return support, titled and by_country and not rivals.all
        if match.weak:  # a name that many people bear
            return support, by_other or (by_office and by_country)
        known = bool(words & HEADS) or is_known_by_surname(match.entry, self.kb)
        return support, by_other or by_office or (by_country and (known or by_company))


def is_known_by_surname(entry: Entry, kb: KnowledgeBase) -> bool:
    """Whether the knowledge base knows the person by the family name alone."""
    for lang, label in entry.names:
        last = label.split()[-1]
        if any(found.qid == entry.qid for found in kb.lookup(last, lang)):
            return True
    return False


def _is_brand(entry: Entry) -> bool:
    """Whether an organisation is a firm or a medium, which chooses a name that no other has."""
    return not BRANDS.isdisjoint(re.findall(r"[a-z]+", entry.description.lower())) or "news agency" in entry.description.lower()


def _kinds_agree(kind: Kind, entry: Entry) -> bool:
    """Whether a mention of ``kind`` may be the entry: a team or a paper is not its city, a forest is not a firm.

    Buildings that stand for those who work there (the White House) go either way, and so do unions of states.
    """
    if kind is entry.kind:
        return True
    if entry.kind is Kind.PLACE:
        return entry.feature == "place"
    return entry.country is None and entry.prior >= UNION
