"""When two names can be the same: alike in one script, sounding alike in two, or institutions of the same words."""

from __future__ import annotations

from functools import lru_cache

from kg.merge.concepts import concepts_of
from kg.merge.sounds import Sounds, distance, lookup_keys, sounds_of
from kg.model import Kind

BETWEEN_SCRIPTS = 0.2
"""Largest distance between names in two scripts; measured on names of people in three languages (all but typing errors below)."""

WITHIN_SCRIPT = 0.1
"""The same within a script, where vowels are written."""

_BODIES = ("bodies",)


@lru_cache(maxsize=100_000)
def name_keys(name: str, lang: str, kind: Kind) -> tuple[str, ...]:
    """Keys under which names that can be the same meet; a name that is no evidence at all has none.

    Of a person at least two words must be known; one word of a place or an organisation must be of some length.
    """
    sounds = sounds_of(name)
    if kind is Kind.PERSON:
        return lookup_keys(sounds) if is_full_name(name) else ()
    keys = {f"w:{sounds.plain}"} if len(sounds.plain) >= 3 else set()
    if sounds.consonants >= 3:
        keys.update(f"s:{key}" for key in lookup_keys(sounds))
    ideas = concepts_of(name, lang, _BODIES).ideas
    if ideas:
        proper = _proper(name, lang)
        heard = sounds_of(proper) if proper else None
        keys.update(f"c:{' '.join(sorted(ideas))}:{key}" for key in (lookup_keys(heard) if heard else ("",)))
    return tuple(sorted(keys))


def is_full_name(name: str) -> bool:
    """Whether ``name`` has two parts or more that sound, and three consonants: a bare surname or two initials have not."""
    sounds = sounds_of(name)
    return len(sounds.words) >= 2 and sounds.consonants >= 3


@lru_cache(maxsize=200_000)
def name_likeness(a: str, lang_a: str, b: str, lang_b: str, kind: Kind) -> float:
    """How likely two names of things of the same kind are one name: 1 written alike, 0 no evidence."""
    left, right = sounds_of(a), sounds_of(b)
    if left.plain and left.plain == right.plain:
        return 1.0
    if kind is not Kind.PERSON:
        institution = _institutions(a, lang_a, b, lang_b)
        if institution is not None:
            return institution
    return _sounding(left, right, lang_a == lang_b)


def _sounding(left: Sounds, right: Sounds, same_language: bool) -> float:
    if min(left.consonants, right.consonants) < 3:
        return 0.0
    if left.script != right.script:
        limit = BETWEEN_SCRIPTS
    else:
        # Writers of one language differ in how they romanise, but seldom: the shorter the name, the less is let pass.
        limit = WITHIN_SCRIPT / 2 if same_language else WITHIN_SCRIPT
    far = distance(left, right, limit)
    return 0.0 if far > limit else 1.0 - far


@lru_cache(maxsize=100_000)
def surname(name: str) -> Sounds | None:
    """The last word of a name as it sounds, None where that is no evidence: fewer than three consonants."""
    whole = sounds_of(name)
    if not whole.words:
        return None
    last = Sounds(whole.words[-1], whole.words[-1:], whole.sounds[-1:], whole.script)
    return last if last.consonants >= 3 else None


def surname_likeness(a: Sounds, b: Sounds, same_language: bool) -> float:
    """How likely two surnames are one: 1 written alike, 0 no evidence."""
    return 1.0 if a.plain == b.plain else _sounding(a, b, same_language)


def _institutions(a: str, lang_a: str, b: str, lang_b: str) -> float | None:
    """Likeness of names made of words like court and north, and perhaps of proper ones; None where neither has any."""
    left, right = concepts_of(a, lang_a, _BODIES).ideas, concepts_of(b, lang_b, _BODIES).ideas
    if lang_a == lang_b or not (left or right):
        return None
    if left != right:
        return 0.0
    proper_a, proper_b = _proper(a, lang_a), _proper(b, lang_b)
    if not proper_a and not proper_b:
        return 0.9 if len(left) >= 2 else 0.85
    if not proper_a or not proper_b:
        return 0.0
    heard_a, heard_b = sounds_of(proper_a), sounds_of(proper_b)
    if heard_a.plain == heard_b.plain:
        return 0.95
    return 0.95 * _sounding(heard_a, heard_b, same_language=False)


@lru_cache(maxsize=100_000)
def _proper(name: str, lang: str) -> str:
    """The words of a name that no concept covers and that are not small words (shorter than three letters)."""
    return " ".join(word for word in concepts_of(name, lang, _BODIES).rest if len(word) > 2)
