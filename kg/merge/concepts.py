"""What descriptions, offences and names of institutions are about, in terms that do not depend on the language.

``kg/lang/<code>/concepts.toml`` lists words by concept; two texts that share a concept may speak of the same thing, two that
count differently do not. It is a help for comparing, not a translation.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word
from kg.lang.pack import languages, load_pack

_WORD = re.compile(r"[^\W_]+(?:['-][^\W_]+)*")


@dataclass(frozen=True, slots=True)
class Concepts:
    """The ``ideas`` that a text names, the ``numbers`` in it, and the ``rest``: words of no concept, in order."""

    ideas: frozenset[str]
    numbers: frozenset[str]
    rest: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    prefixes: tuple[str, ...]
    exact: Mapping[str, frozenset[tuple[str, str]]]
    stems: Mapping[str, frozenset[tuple[str, str]]]
    longest: int


@lru_cache(maxsize=100_000)
def concepts_of(text: str, lang: str, sections: tuple[str, ...] = ("people", "offences")) -> Concepts:
    """What ``text`` in the language ``lang`` names, in the given sections of the table (numbers always).

    A language without a table names nothing.
    """
    lexicon = _lexicon(lang)
    words = _WORD.findall(fold_word(text[:1000]))
    ideas: set[str] = set()
    numbers: set[str] = set()
    rest: list[str] = []
    index = 0
    while index < len(words):
        taken, found = 1, frozenset[tuple[str, str]]()
        for length in range(min(lexicon.longest, len(words) - index), 0, -1):
            found = _look_up(lexicon, words[index : index + length])
            if found:
                taken = length
                break
        wanted = {concept for section, concept in found if section in sections}
        ideas |= wanted
        numbers |= {concept for section, concept in found if section == "numbers"}
        if not found:
            rest.append(words[index])
        index += taken
    return Concepts(frozenset(ideas), frozenset(numbers), tuple(rest))


def similar(a: Concepts, b: Concepts) -> float:
    """How far two texts are about the same: the share of common ideas in the smaller set, 0 where either names none."""
    if not a.ideas or not b.ideas:
        return 0.0
    return len(a.ideas & b.ideas) / min(len(a.ideas), len(b.ideas))


def contradicts(a: Concepts, b: Concepts) -> bool:
    """Whether two descriptions cannot be of the same people: both count, and differently."""
    return bool(a.numbers and b.numbers and not a.numbers & b.numbers)


def _look_up(lexicon: _Lexicon, words: list[str]) -> frozenset[tuple[str, str]]:
    plain = " ".join(words)
    forms = [plain, *(plain[len(p) :] for p in lexicon.prefixes if plain.startswith(p) and len(plain) > len(p) + 1)]
    for form in forms:
        if form in lexicon.exact:
            return lexicon.exact[form]
        for end in range(len(form), 2, -1):
            if form[:end] in lexicon.stems and " " not in form[end:]:
                return lexicon.stems[form[:end]]
    return frozenset()


@cache
def _lexicon(lang: str) -> _Lexicon:
    table = load_pack(lang).table("concepts") if lang in languages() else {}
    prefixes = tuple(fold_word(p) for p in table.get("prefixes", ()))
    exact: dict[str, set[tuple[str, str]]] = {}
    stems: dict[str, set[tuple[str, str]]] = {}
    for section, entries in table.items():
        if section == "prefixes":
            continue
        for concept, words in entries.items():
            if not isinstance(words, str):
                raise ConfigurationError(f"concepts.toml of {lang}: [{section}] {concept} must be words in one string")
            for word in words.split():
                form = fold_word(word.replace("_", " ").rstrip("*"))
                (stems if word.endswith("*") else exact).setdefault(form, set()).add((section, concept))
    return _Lexicon(
        prefixes=tuple(sorted(prefixes, key=lambda p: (-len(p), p))),
        exact={form: frozenset(found) for form, found in exact.items()},
        stems={form: frozenset(found) for form, found in stems.items()},
        longest=max((form.count(" ") + 1 for form in (*exact, *stems)), default=1),
    )
