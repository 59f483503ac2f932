"""How names sound: the same name written in two scripts, or romanised in two ways, gives nearly the same sounds.

Every script is a table in ``sounds.toml``; nothing here knows one by name. The distance is an edit distance whose costs say which
sounds writers exchange (Arabic has no p) and which they leave out (short vowels, silent final letters).
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from itertools import groupby, permutations
from math import inf
from pathlib import Path
from typing import Any

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word

_FILE = Path(__file__).with_name("sounds.toml")
_VOWELS = frozenset("aiu")
_MAX_SOUNDS = 80
"""Longer names are compared by their beginning: nobody is called more."""


FAR = 0.4
"""Names further from each other than this have nothing in common."""


@dataclass(frozen=True, slots=True)
class Script:
    """How one script is read: ``pattern`` finds groups of letters and letters, longest first, ``heard`` says how they sound.

    ``name`` is the key of its table, ``first`` its lowest code point.
    """

    name: str
    first: int
    pattern: re.Pattern[str]
    heard: Mapping[str, str]
    initials: frozenset[str]
    articles: frozenset[str]
    prefixes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Sounds:
    """A name as it sounds: its ``words`` (folded, without articles and initials), the ``sounds`` of each, and its script.

    ``plain`` is the name as it is written, folded: equal where two writers spell it alike.
    """

    plain: str
    words: tuple[str, ...]
    sounds: tuple[str, ...]
    script: str
    consonants: int = field(init=False, compare=False)
    """How many consonants sound: the weight of a name as evidence."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "consonants", sum(sound not in _VOWELS for word in self.sounds for sound in word))

    @property
    def joined(self) -> str:
        """The sounds of the whole name, word boundaries as blanks."""
        return " ".join(self.sounds)


@dataclass(frozen=True, slots=True)
class _Tables:
    scripts: tuple[Script, ...]
    near: Mapping[tuple[str, str], float]
    dropped: Mapping[str, float]
    dropped_last: Mapping[str, float]
    rough: Mapping[str, str]


@cache
def _tables() -> _Tables:
    try:
        data = tomllib.loads(_FILE.read_text("utf-8"))
        costs = {key: data.pop(key) for key in ("near", "dropped", "dropped_last", "rough")}
        scripts = sorted((_script(name, table) for name, table in data.items()), key=lambda script: -script.first)
        near = {(a, b): float(cost) for pair, cost in costs["near"].items() for a, b in (pair, pair[::-1])}
        rough = {sound: group[0] for group in costs["rough"]["groups"] for sound in group}
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{_FILE}: {error}; install kg again") from error
    return _Tables(tuple(scripts), near, costs["dropped"], {**costs["dropped"], **costs["dropped_last"]}, rough)


def _script(name: str, table: Mapping[str, Any]) -> Script:
    heard: dict[str, str] = {**table["letters"], **table["groups"]}
    return Script(
        name=name,
        first=ord(table["first"]),
        pattern=re.compile("|".join(map(re.escape, sorted(heard, key=lambda letters: (-len(letters), letters))))),
        heard=heard,
        initials=frozenset(table["initials"]),
        articles=frozenset(table["articles"]),
        prefixes=tuple(table["prefixes"]),
    )


@lru_cache(maxsize=100_000)
def sounds_of(name: str) -> Sounds:
    """How ``name`` sounds. Initials (``W.``) and articles are left out; a name of nothing else has no words."""
    composed = unicodedata.normalize("NFKC", name)
    script = _script_of(composed)
    # Prefixes are cut before folding: the article is written with a bare alif, names like Albence are not.
    cut = " ".join(_bare(word, script) for word in composed.split())
    written, words = _words(composed), _words(cut)
    if len(written) != len(words):
        written = words
    kept = [
        word
        for word, full in zip(words, written, strict=True)
        if len(word) > 1 and full not in script.articles and full not in script.initials
    ]
    sounding = [(word, heard) for word in kept if (heard := _read(word, script))]
    return Sounds(
        plain=" ".join(words),
        words=tuple(word for word, _ in sounding),
        sounds=tuple(heard for _, heard in sounding),
        script=script.name,
    )


def rough_key(sounds: Sounds) -> str:
    """The consonants of a name in classes that writers exchange, without doubles: spellings of one name seldom differ in it."""
    return "".join(_rough_words(sounds))[:_MAX_SOUNDS]


def _rough_words(sounds: Sounds) -> list[str]:
    table = _tables().rough
    out: list[str] = []
    for word in sounds.sounds:
        classes = [table[sound] for sound in word if sound in table]
        out.append("".join(c for i, c in enumerate(classes) if i == 0 or c != classes[i - 1]))
    return out


def lookup_keys(sounds: Sounds) -> tuple[str, ...]:
    """Keys of which two spellings of one name share at least one: the rough key, and with five letters or more what is left
    of it without one of them (two keys at one edit from each other meet so; Mor and Fraenkel's deletion neighbourhood).

    Names of two words also meet where one word has the same rough key and the other begins alike: writers err more than once in
    a word, but seldom in both.
    """
    key = rough_key(sounds)
    if len(key) < 5:
        return (key,) if key else ()
    keys = {key, *(key[:i] + key[i + 1 :] for i in range(min(len(key), 24)))}
    parts = _rough_words(sounds)
    if len(parts) == 2 and all(parts):
        first, last = parts
        if len(first) >= 3:
            keys.add(f"{first} {last[0]}")
        if len(last) >= 3:
            keys.add(f"{first[0]} {last}")
    return tuple(sorted(keys))


@lru_cache(maxsize=200_000)
def distance(a: Sounds, b: Sounds, limit: float = FAR) -> float:
    """How far two names are from sounding alike, per consonant: 0 alike; what is further than ``limit`` is 1.

    Vowels count little between scripts, for most are not written in some; within one script they tell names apart
    (Maria, Mario).
    """
    if a.plain == b.plain:
        return 0.0
    most = max(a.consonants, b.consonants)
    if not a.sounds or not b.sounds or not most:
        return 1.0
    left, right = a.joined[:_MAX_SOUNDS], b.joined[:_MAX_SOUNDS]
    edits = _edits(left, right, 1.0 if a.script != b.script else 4.0, limit * most)
    return 1.0 if edits > limit * most else edits / most


def _edits(a: str, b: str, vowels: float, limit: float) -> float:
    """The weighted edit distance of two strings of sounds, or any number above ``limit`` where it is larger than that.

    Of each row only the cells are looked at that a way within ``limit`` can pass (Ukkonen's cut-off).
    """
    exchanged = _exchanges(vowels)
    dropped_a, dropped_b = _drops(a, vowels), _drops(b, vowels)
    length = len(b)
    row = [inf] * (length + 1)
    row[0], first, last = 0.0, 0, 0
    while last < length and row[last] + dropped_b[last] <= limit:
        row[last + 1] = row[last] + dropped_b[last]
        last += 1
    for left, gone in zip(a, dropped_a, strict=True):
        new = [inf] * (length + 1)
        beside = row[first] + gone
        start = end = -1
        if beside <= limit:
            new[first] = beside
            start = end = first
        else:
            beside = inf
        at = first
        while at < length and (at <= last or beside < inf):
            right, cost = b[at], row[at]
            if left != right and cost < inf:
                cost += exchanged.get(left + right, 1.0)
            cost = min(cost, row[at + 1] + gone, beside + dropped_b[at])
            at += 1
            if cost > limit:
                beside = inf
                continue
            new[at] = beside = cost
            end = at
            if start < 0:
                start = at
        if start < 0:
            return limit + 1.0
        row, first, last = new, start, end
    return row[-1] if row[-1] <= limit else limit + 1.0


@cache
def _exchanges(vowels: float) -> Mapping[str, float]:
    """What it costs to write one sound for another, by both; those that are not here cost 1."""
    found = {a + b: cost * vowels if a in _VOWELS and b in _VOWELS else cost for (a, b), cost in _tables().near.items()}
    return {a + b: vowels for a, b in permutations(sorted(_VOWELS), 2)} | found


@lru_cache(maxsize=100_000)
def _drops(text: str, vowels: float) -> tuple[float, ...]:
    """What it costs to leave out each sound of ``text``."""
    tables = _tables()
    out: list[float] = []
    for index, sound in enumerate(text):
        last = index + 1 == len(text) or text[index + 1] == " "
        cost = (tables.dropped_last if last else tables.dropped).get(sound, 1.0)
        out.append(0.05 if sound == " " else cost * vowels if sound in _VOWELS else cost)
    return tuple(out)


def _words(text: str) -> list[str]:
    """The words of ``text`` folded, without accents and dots; apostrophes join (O'Hagan), hyphens part."""
    folded = _without_marks(fold_word(text)).replace(". ", " ")
    return "".join(char if char.isalnum() else "" if char in "'." else " " for char in folded).split()


def _without_marks(text: str) -> str:
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


def _script_of(text: str) -> Script:
    """The script of most letters."""
    counts: dict[str, int] = {}
    scripts = _tables().scripts
    by_name = {script.name: script for script in scripts}
    for char in text:
        if char.isalpha():
            found = next((script for script in scripts if ord(char) >= script.first), scripts[-1])
            counts[found.name] = counts.get(found.name, 0) + 1
    return by_name[max(counts, key=lambda name: (counts[name], name))] if counts else scripts[-1]


def _bare(word: str, script: Script) -> str:
    for prefix in script.prefixes:
        if word.startswith(prefix) and len(word) >= len(prefix) + 3:
            return word[len(prefix) :]
    return word


def _read(word: str, script: Script) -> str:
    """The sounds of a folded word, doubles as one; a letter that no table knows stands for itself."""
    heard = script.pattern.sub(lambda match: script.heard[match[0]], word)
    return "".join(sound for sound, _ in groupby(heard))
