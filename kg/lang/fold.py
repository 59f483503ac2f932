"""Folding: spelling variants that do not change a word are made equal, and every folded character knows where it came from."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass

from kg.model import Span

_APOSTROPHES = dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u02b9\u2032\uff07\u0060\u00b4"), "'")
_HYPHENS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2212\ufe63\uff0d"), "-")
_SPACES = dict.fromkeys(map(ord, "\u00a0\u202f\u2007\u2009\u200a\u2002\u2003\t\n\r\v\f\u2028\u2029"), " ")
# Arabic: hamza carriers, alef maqsura, ta marbuta, Persian ya and kaf; Arabic-Indic digits.
_LETTERS = str.maketrans("أإآٱىیکةؤئ٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹٫", "ااااييكهوي01234567890123456789.")
_TABLE: dict[int, str] = {**_APOSTROPHES, **_HYPHENS, **_SPACES, **{key: chr(value) for key, value in _LETTERS.items()}}
# Tatweel, and format characters (bidi controls, joiners, soft hyphen) are dropped with the combining marks of Arabic.
_DROPPED_CATEGORIES = frozenset({"Cf", "Cc"})
_REMEMBERED = 20_000
"""Characters whose folding is remembered: more than the scripts of any news, less than all of Unicode."""


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded ``text``; its i-th character stands for the original's ``[starts[i], ends[i])``.

    Combining marks that were dropped belong to the letter before them; other dropped characters belong to none.
    """

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def to_original(self, start: int, end: int) -> Span:
        """The span of the original text behind ``text[start:end]``.

        Raises:
            ValueError: the stretch is empty.
        """
        if start >= end:
            raise ValueError("an empty stretch has no place in the original")
        return Span(self.starts[start], self.ends[end - 1])

    def to_folded(self, span: Span) -> tuple[int, int]:
        """The stretch of ``text`` that ``span`` of the original became."""
        return bisect_left(self.starts, span.start), bisect_left(self.starts, span.end)


def fold(text: str, offset: int = 0) -> Folded:
    """Lower-case ``text``, make apostrophes, hyphens, blanks, Arabic letter variants and digits equal, drop Arabic diacritics.

    Latin accents stay: they tell words apart (``juge``, ``jugé``). ``offset`` is the place of ``text`` in the article.
    """
    whole = text.translate(_FOLDS)
    if len(whole) == len(text):  # nothing is dropped, and nothing becomes longer
        places = tuple(range(offset, offset + len(text) + 1))
        return Folded(whole, places[:-1], places[1:])
    out: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index, char in enumerate(text, offset):
        folded = _FOLDS[ord(char)]
        if folded:
            out.append(folded)
            starts.append(index)
            ends.append(index + 1)
        elif ends and unicodedata.category(char) == "Mn":
            ends[-1] = index + 1
    return Folded("".join(out), tuple(starts), tuple(ends))


def fold_word(text: str) -> str:
    """The folded form alone, for looking words up."""
    return text.translate(_FOLDS)


def _fold_rare(char: str) -> str:
    category = unicodedata.category(char)
    if char == "\u0640" or category in _DROPPED_CATEGORIES or (category == "Mn" and "\u0610" <= char <= "\u08ff"):
        return ""
    lower = char.lower()
    return lower if len(lower) == 1 else char


class _Folds(dict[int, str]):
    """What each character becomes, one character or none, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = char.lower() if char.isascii() else _fold_rare(char)
        if len(self) < _REMEMBERED:
            self[code] = folded
        return folded


_FOLDS = _Folds(_TABLE)
