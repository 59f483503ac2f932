"""Entries found by the sound of their name: other spellings, and other scripts (Durov, Dourov, دوروف, Дуров)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from functools import lru_cache
from typing import cast

from kg.link.kb import Entry, KnowledgeBase, Match
from kg.merge.sounds import Sounds, distance, rough_key, sounds_of
from kg.model import Kind

MOST = 400_000
"""Entries of a knowledge base that is listed in memory; of a larger one only the names as they are written are found."""
LARGE = 300_000
"""Inhabitants from which a city is found by sound; smaller ones sound like too many other words."""
NEAR_PERSON = 0.13
"""Distance of two full names of a person, in the measure of ``kg.merge.sounds``."""
NEAR = 0.09
"""Distance of two names of a place or an organisation."""
CONSONANTS = 4
"""Consonants that the name of a place or an organisation needs at least: less could be anything."""


class Echoes:
    """The names of people, organisations, countries, regions and large cities of ``kb`` by their consonants.

    Made at the first look-up, which takes about a second for 20,000 names; a layer of more than ``MOST`` entries has no echoes.
    """

    def __init__(self, kb: KnowledgeBase) -> None:
        self._kb = kb
        self._index: dict[str, list[tuple[Sounds, str]]] | None = None
        self.match = lru_cache(maxsize=20_000)(self._match)

    def _match(self, name: str, kind: Kind) -> tuple[Match, ...]:
        """Entries of ``kind`` with a name that sounds like ``name``, nearest first; their match is not of the language."""
        sounds = sounds_of(name)
        person = kind is Kind.PERSON
        if len(sounds.words) < 2 if person else sounds.consonants < CONSONANTS:
            return ()
        limit = NEAR_PERSON if person else NEAR
        best: dict[str, float] = {}
        initials = _initials(name)
        for other, qid in self._names().get(_key(sounds, kind), ()):
            if person and (len(other.words) < 2 or (initials and initials != _initials(other.plain))):
                continue
            far = distance(sounds, other)
            if far <= limit and far < best.get(qid, 1.0):
                best[qid] = far
        found = [(far, entry) for qid, far in best.items() if (entry := self._kb.entry(qid)) is not None]
        return tuple(Match(entry, False, False) for _, entry in sorted(found, key=lambda pair: (pair[0], pair[1].qid)))

    def _names(self) -> dict[str, list[tuple[Sounds, str]]]:
        if self._index is None:
            index: dict[str, list[tuple[Sounds, str]]] = defaultdict(list)
            for entry in map(self._kb.entry, self._kb.qids(MOST)):
                if entry is not None and _is_heard(entry):
                    for sounds in dict.fromkeys(sounds_of(name) for _, name in entry.names):
                        index[_key(sounds, entry.kind)].append((sounds, entry.qid))
            self._index = dict(index)
        return self._index


def _initials(name: str) -> list[str]:
    """The single letters of a name, which its sounds leave out (``W`` of ``George W. Bush``)."""
    return [word for word in name.casefold().replace(".", " ").split() if len(word) == 1]


def _is_heard(entry: Entry) -> bool:
    return entry.kind is not Kind.PLACE or entry.feature not in ("city", "place") or entry.population >= LARGE


def _key(sounds: Sounds, kind: Kind) -> str:
    return f"{kind.value} {rough_key(sounds)}"


def echoes_of(kb: KnowledgeBase) -> Echoes:
    """The echoes of ``kb``, made once."""
    return _made(cast(Hashable, kb))


@lru_cache(maxsize=8)
def _made(kb: Hashable) -> Echoes:
    return Echoes(cast(KnowledgeBase, kb))
