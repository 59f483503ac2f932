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
_TABLE: dict[int, str] = {**_APOSTROPHES, **_HYPHENS, **_SPACES, **_LETTERS}
# Tatweel, and format characters (bidi controls, joiners, soft hyphen) are dropped with the combining marks of Arabic.
_DROPPED_CATEGORIES = frozenset({"Cf", "Cc"})


@dataclass(frozen=True, slots=True)
class Folded:
    """Folded ``text``; ``origin[i]`` is the offset of its i-th character in the original, with one final entry for the end."""

    text: str
    origin: tuple[int, ...]

    def to_original(self, start: int, end: int) -> Span:
        """The span of the original text behind ``text[start:end]``; marks that follow its last letter belong to it.

        Raises:
            ValueError: the stretch is empty.
        """
        if start >= end:
            raise ValueError("an empty stretch has no place in the original")
        return Span(self.origin[start], self.origin[end - 1] + self._width(end - 1))

    def to_folded(self, span: Span) -> tuple[int, int]:
        """The stretch of ``text`` that ``span`` of the original became."""
        return bisect_left(self.origin, span.start, 0, len(self.text)), bisect_left(self.origin, span.end, 0, len(self.text))

    def _width(self, index: int) -> int:
        # Dropped characters between this letter and the next belong to this one only where they are combining marks;
        # a format character or a tatweel at the end of a word does no harm outside.
        return self.origin[index + 1] - self.origin[index] if index + 1 < len(self.text) else self.origin[-1] - self.origin[index]


def fold(text: str, offset: int = 0) -> Folded:
    """Lower-case ``text``, make apostrophes, hyphens, blanks, Arabic letter variants and digits equal, drop Arabic diacritics.

    Latin accents stay: they tell words apart (``juge``, ``jugé``). ``offset`` is the place of ``text`` in the article.
    """
    out: list[str] = []
    origin: list[int] = []
    for index, char in enumerate(text):
        folded = _TABLE.get(ord(char))
        if folded is None:
            if char.isascii():
                folded = char.lower()
            else:
                category = unicodedata.category(char)
                if char == "\u0640" or category in _DROPPED_CATEGORIES or (category == "Mn" and "\u0610" <= char <= "\u08ff"):
                    continue
                lower = unicodedata.normalize("NFC", char.lower())
                folded = lower if len(lower) == 1 else char
        out.append(folded)
        origin.append(offset + index)
    origin.append(offset + len(text))
    return Folded("".join(out), tuple(origin))


def fold_word(text: str) -> str:
    """The folded form alone, for looking words up."""
    return fold(text).text
