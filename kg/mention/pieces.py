"""Text as the names encoder reads it: words with their places, and the pieces of its vocabulary that spell them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import ConfigurationError

# Combining marks of Arabic, tatweel and invisible format characters: they stand inside words and are not read.
_SILENT = (
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff"
    "\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff"
)
_ARABIC = (
    "\u0620-\u063f\u0641-\u064a\u066e-\u066f\u0671-\u06d3\u06d5\u06fa-\u06ff\u0750-\u077f\u08a0-\u08c9"
    "\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc"
)
_OTHER = rf"(?![{_ARABIC}])\w"
_WORD = re.compile(rf"[{_ARABIC}][{_ARABIC}{_SILENT}]*|{_OTHER}(?:{_OTHER}|[\u0300-\u036f{_SILENT}])*|[^\w\s]")
_SILENT_CHAR = re.compile(rf"[{_SILENT}]")
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Unit:
    """A word or punctuation mark at ``[start, end)``; ``spaced`` tells that a blank precedes it, ``text`` is what is read."""

    start: int
    end: int
    spaced: bool
    text: str


def split_units(text: str, start: int = 0, end: int | None = None) -> Iterator[Unit]:
    """Cut ``text[start:end]`` into units: runs of letters and digits of one script (Arabic or other), single other characters.

    Diacritics, tatweel and invisible characters are no part of what is read; a unit of nothing else is left out.
    """
    last = start
    for match in _WORD.finditer(text, start, len(text) if end is None else end):
        read = read_as(match.group())
        if read:
            gap = text[last : match.start()]
            yield Unit(match.start(), match.end(), match.start() == start or any(char.isspace() for char in gap), read)
            last = match.end()


def read_as(word: str) -> str:
    """``word`` as the model reads it: compatibility forms resolved (NFKC), silent characters dropped, cut to 64 characters."""
    word = word[: 4 * _LONGEST]
    if not word.isascii():
        word = _SILENT_CHAR.sub("", unicodedata.normalize("NFKC", word)).replace(" ", "")
    return "".join(char for char in word if char.isprintable())[:_LONGEST]


def skip_letters(text: str, start: int, end: int, count: int) -> int:
    """The place in ``text[start:end]`` behind the first ``count`` letters that are read, and behind the marks on them."""
    place = start
    while count and place < end:
        count -= not _SILENT_CHAR.match(text[place])
        place += 1
    while place < end and _SILENT_CHAR.match(text[place]):
        place += 1
    return place


class PieceReader:
    """Spells units with the pieces of a unigram vocabulary (``tokenizer.json``); remembers the words it has met.

    Raises:
        ConfigurationError: the file is missing or broken.
    """

    def __init__(self, path: Path, longest: int = 12, remembered: int = 200_000) -> None:
        from tokenizers import Tokenizer

        try:
            self._tokenizer = Tokenizer.from_str(path.read_text("utf-8"))
        except Exception as error:
            raise ConfigurationError(f"{path}: no vocabulary of the names model ({error}); install the package anew") from error
        self._longest = longest
        self._remembered = remembered
        self._known: dict[tuple[str, bool], tuple[int, ...]] = {}

    def spell(self, unit: Unit) -> tuple[int, ...]:
        """The pieces of ``unit``, at least one and at most ``longest``."""
        key = (unit.text, unit.spaced)
        found = self._known.get(key)
        if found is None:
            marked = f"▁{unit.text}" if unit.spaced else unit.text
            found = tuple(self._tokenizer.encode(marked).ids[: self._longest])
            if len(self._known) < self._remembered:
                self._known[key] = found
        return found
