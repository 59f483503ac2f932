"""Which candidates a group of mentions has, in which order, and whether the first is certain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import replace

from kg.link.bodies import bodies_of
from kg.link.coreference import Group
from kg.link.echo import echoes_of
from kg.link.evidence import LARGE, Judge, Rivals, Scored
from kg.link.forms import other_forms
from kg.link.kb import Entry, Match
from kg.model import Kind

MARGIN = 0.05
"""By how much the best candidate's score must exceed the next."""
FAMOUS = 1_000_000
"""Inhabitants from which a city is meant by its bare name, whatever towns are called the same."""
GAP = 0.3
"""By how much the prior of a candidate that the text does not speak of must exceed that of one it speaks of."""


def best_of(scored: tuple[Scored, ...]) -> Scored | None:
    """The candidate to link, if its evidence suffices and no other comes near."""
    if not scored or not scored[0].enough:
        return None
    if any(_contests(rival, scored[0]) for rival in scored[1:]):
        return None
    return scored[0]


def _contests(rival: Scored, best: Scored) -> bool:
    """Whether ``rival`` is too likely to link ``best``: nearly as good, or spoken of in the text where ``best`` is not."""
    if not rival.fits or (best.beside and not rival.beside):
        return False
    sort, other = best.entry.feature, rival.entry
    if sort == "city" and best.entry.population < LARGE and rival.enough and _is_world_city(other) and not best.beside:
        return True  # Vienne in Isère and Vienna
    if sort in ("country", "territory") and other.feature == "region":
        return rival.supported and not best.supported
    if sort == "city" and other.feature == "region" and other.country == best.entry.country and best.entry.population < FAMOUS:
        return True  # Québec
    if (sort in ("country", "territory") or best.entry.population >= FAMOUS) and 0 < other.population < LARGE:
        return False  # a town of the name of a country or of a great city says where it is
    if rival.supported and not best.supported:
        return best.entry.prior - other.prior < GAP
    return best.score - rival.score < MARGIN


def _is_world_city(entry: Entry) -> bool:
    return entry.feature == "capital" or (entry.feature == "city" and entry.population >= FAMOUS)


def rank(
    group: Group, judge: Judge, never: frozenset[str] = frozenset(), further: Iterable[tuple[Match, str]] = ()
) -> tuple[Scored, ...]:
    """The candidates of a group, best first: by name, as an institution of a country, by sound, and ``further`` ones, each with
    the name under which it was found. Those whose QID is in ``never`` are none.
    """
    kb, lang = judge.kb, judge.policy.lang
    found: dict[str, tuple[Match, str]] = {}
    told: set[str] = set()
    for name in group.names:
        matches = tuple(match for match in kb.match(name, lang) if _kinds_fit(group.kind, match.entry.kind))
        if group.kind is Kind.ORGANIZATION and not any(match.entry.kind is group.kind for match in matches):
            body = bodies_of(kb, lang).match(name, judge.context)
            if body is not None:
                matches = (*matches, body[0])
                told.update([body[0].entry.qid] if body[1] else [])
        if not matches:
            forms = other_forms(name, group.kind, judge.policy, kb)
            matches = tuple(form.match for form in forms)
            told.update(form.match.entry.qid for form in forms if form.told)
        for match in matches or echoes_of(kb).match(name, group.kind):
            old = found.get(match.entry.qid)
            if old is None or (match.weak, not match.lang_match) < (old[0].weak, not old[0].lang_match):
                found[match.entry.qid] = (match, name)
    for match, name in further:
        if _kinds_fit(group.kind, match.entry.kind):
            found.setdefault(match.entry.qid, (match, name))
    found = {qid: pair for qid, pair in found.items() if qid not in never}
    found = _as_said(found, judge.context.sorts.get(group.name, frozenset()))
    found = _towns_first(found)
    if len(found) == 1 and _is_said(
        found, judge.context.sorts.get(group.name, frozenset())
    ):  # its sort beside it makes a weak name of a region certain
        found = {qid: (replace(match, weak=False), name) for qid, (match, name) in found.items()}
    namesakes = Counter(match.entry.country for match, _ in found.values())
    scored = [
        judge.score(
            match, name, group, Rivals(len(found) - 1, namesakes[match.entry.country] - 1, _largest(found, qid)), qid in told
        )
        for qid, (match, name) in found.items()
    ]
    return tuple(sorted(scored, key=lambda s: (-s.fits, -s.beside, -s.score, not s.enough, s.entry.qid)))


def _as_said(found: dict[str, tuple[Match, str]], sorts: frozenset[str]) -> dict[str, tuple[Match, str]]:
    """Only the candidates of the sort that the text says (``the state of``, ``the city of``), where it says one."""
    called = {
        qid: pair for qid, pair in found.items() if any(_begins(pair[0].entry, sort[1:]) for sort in sorts if sort[:1] == "=")
    }
    sorts = frozenset(sort for sort in sorts if sort[:1] != "=")
    if called or not sorts:
        return called or found
    said = {qid: pair for qid, pair in found.items() if pair[0].entry.feature in sorts or pair[0].entry.kind is not Kind.PLACE}
    return said if said or "city" not in sorts else found  # some cities are regions or territories of their own


def _is_said(found: dict[str, tuple[Match, str]], sorts: frozenset[str]) -> bool:
    """Whether the text says the sort of the candidates."""
    return any(
        match.entry.feature in sorts or any(_begins(match.entry, sort[1:]) for sort in sorts if sort[:1] == "=")
        for match, _ in found.values()
    )


def _begins(entry: Entry, word: str) -> bool:
    """Whether a label of a region begins with ``word``."""
    return entry.feature == "region" and any(name.startswith(f"{word} ") for _, name in entry.names)


def _towns_first(found: dict[str, tuple[Match, str]]) -> dict[str, tuple[Match, str]]:
    """Without the regions that are only called by the name of a town of theirs, where the town is among the candidates."""
    towns = {match.entry.country for match, _ in found.values() if match.entry.feature in ("city", "capital")}
    return {
        qid: pair
        for qid, pair in found.items()
        if not (pair[0].weak and pair[0].entry.feature == "region" and pair[0].entry.country in towns)
    }


def _largest(found: dict[str, tuple[Match, str]], qid: str) -> int:
    """The inhabitants of the largest other candidate."""
    return max((match.entry.population for other, (match, _) in found.items() if other != qid), default=0)


def _kinds_fit(kind: Kind, other: Kind) -> bool:
    return kind is other or Kind.PERSON not in (kind, other)
