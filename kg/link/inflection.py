"""Names in languages that inflect them: the base forms that a form in the text may come from.

The endings are data: ``[inflections]`` of ``names.toml`` gives for each ending that may stand in a text those that the base form
may have instead of it (Russian ``Москве`` ← ``Москва``, German ``Berlins`` ← ``Berlin``). Languages without that table inflect
no names.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache, lru_cache
from itertools import islice, product
from typing import cast

from kg.lang.pack import languages, load_pack
from kg.link.kb import Entry, KnowledgeBase, Match

SHORTEST = 3
"""Letters that must be left of a word without its ending."""
MOST = 64
"""Base forms of one name that are tried."""


@lru_cache(maxsize=20_000)
def base_forms(name: str, lang: str) -> tuple[str, ...]:
    """What ``name`` may be called uninflected, without ``name`` itself; empty for languages that inflect no names."""
    if not _endings(lang):
        return ()
    words = name.split(" ")
    if len(words) > 4:
        return ()
    forms = islice(product(*(_word_forms(word, lang) for word in words)), MOST)
    return tuple(dict.fromkeys(form for form in map(" ".join, forms) if form != name))


@lru_cache(maxsize=20_000)
def stem(name: str, lang: str) -> str:
    """``name`` with each word cut before its longest known ending: what all forms of one name share."""
    endings = _endings(lang)
    if not endings:
        return name
    return " ".join(_cut(word, tuple(endings)) for word in name.split(" "))


class InflectedKnowledgeBase:
    """A knowledge base that finds entries by the base forms too, where the form in the text is no name of the language."""

    def __init__(self, kb: KnowledgeBase) -> None:
        self.kb = kb

    @property
    def version(self) -> str:
        """The version of the knowledge base."""
        return self.kb.version

    def match(self, name: str, lang: str) -> tuple[Match, ...]:
        """The matches of ``name``; where none is in ``lang``, those of its base forms, each entry once, most likely first."""
        found = self.kb.match(name, lang)
        if any(match.lang_match for match in found):
            return found
        based = {
            match.entry.qid: match
            for form in base_forms(name, lang)
            for match in reversed(self.kb.match(form, lang))
            if match.lang_match
        }
        if not based:
            return found
        ordered = sorted(based.values(), key=lambda match: (match.weak, -match.entry.prior, match.entry.qid))
        return (*ordered, *(match for match in found if match.entry.qid not in based))

    def lookup(self, name: str, lang: str) -> tuple[Entry, ...]:
        """The entries of ``match``."""
        return tuple(match.entry for match in self.match(name, lang))

    def begins(self, folded: str) -> bool:
        """Whether a name begins with ``folded`` as it stands."""
        return self.kb.begins(folded)

    def entry(self, qid: str) -> Entry | None:
        """The entry of a QID."""
        return self.kb.entry(qid)

    def qids(self, most: int | None = None) -> tuple[str, ...]:
        """The QIDs of all entries; without those of a layer that has more than ``most``."""
        return self.kb.qids(most)

    def demonym(self, word: str, lang: str) -> str | None:
        """The country whose people or adjective ``word`` is."""
        return self.kb.demonym(word, lang)


def with_inflections(kb: KnowledgeBase) -> KnowledgeBase:
    """``kb`` with look-up by base forms, made once, so that what is kept for it is kept once."""
    return _made(cast(Hashable, kb))


@lru_cache(maxsize=8)
def _made(kb: Hashable) -> KnowledgeBase:
    return InflectedKnowledgeBase(cast(KnowledgeBase, kb))


@cache
def _endings(lang: str) -> dict[str, tuple[str, ...]]:
    """Ending → those of the base form, the longest first."""
    table = load_pack(lang).table("names").get("inflections", {}) if lang in languages() else {}
    return {ending: tuple(table[ending]) for ending in sorted(table, key=lambda ending: (-len(ending), ending))}


def _word_forms(word: str, lang: str) -> tuple[str, ...]:
    """The word itself, then its base forms."""
    found = [word]
    for ending, bases in _endings(lang).items():
        if ending and word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            found.extend(word[: len(word) - len(ending)] + base for base in bases)
    return tuple(dict.fromkeys(found))


def _cut(word: str, endings: tuple[str, ...]) -> str:
    for ending in endings:
        if ending and word.endswith(ending) and len(word) - len(ending) >= SHORTEST:
            return word[: len(word) - len(ending)]
    return word
