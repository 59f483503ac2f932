"""Sentences and words by rule, for any language: no model, no trees, no names.

A sentence ends at ``. ! ?`` and their relatives (``؟ । 。 …``), with the closing quotes and brackets that follow, before a blank;
not after an abbreviation or initial, not inside a number, and not where a quotation is followed by the verb that reports it.
The Arabic comma ends nothing. Words keep their clitics; numbers, addresses and names of sites are one token each.

The language's ``[parser]`` may list ``abbreviations`` (with their full stop) and ``after_quote`` (words that go on with
the sentence after a quotation that ends in a mark).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kg.lang.fold import fold_word
from kg.lang.pack import LanguagePack
from kg.model import Article, Document
from kg.parse.assemble import Parsed, Piece, assemble, settings
from kg.parse.blocks import blocks

MAX_SENTENCE = 1200
"""Characters after which a sentence is cut at the next comma or semicolon, or after twice as many at the next blank."""

_MARKS = "\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u08d3-\u08ff"
_LETTER = rf"(?:[^\W\d_][{_MARKS}]*)"
_TOKEN = re.compile(
    rf"""
      (?:https?://|www\.)[^\s<>"«»“”()\[\]،؛]+(?<![.,;:!?؟'])    # addresses
    | [\w.+-]{{1,64}}@\w[\w-]*(?:\.\w[\w-]*)+                      # mail
    | [+-]?\d+(?:[.,٫٬:/'\u2013-]\d+)*(?:\u0640?{_LETTER}+)?          # numbers, dates, times, 5m, 21st
    | (?:{_LETTER}\.){{2,}}                                        # U.S.
    | [@\#]?{_LETTER}(?:{_LETTER}|\d|_)*(?:(?:[-'·&/]|(?<=[A-Za-z0-9])\.(?=[a-z0-9]))(?:{_LETTER}|\d)+)*  # also l'an, site.com
    | \.{{2,}}|…+|-{{2,}}|!+\??|[?؟]+!*                           # runs of marks
    | \S
    """,
    re.VERBOSE,
)
_ENDERS = frozenset(".!?؟।。…")
_CLOSERS = frozenset("\"'”’»)]}›")
_SURE_CLOSERS = frozenset("”»)]}›")
_OPENERS = frozenset('"“„«([{‹‚')
_PAUSES = frozenset(",،;؛:—–")
_INITIAL = re.compile(rf"(?:{_LETTER}\.)+|{_LETTER}")


@dataclass(frozen=True)
class RuleParser:
    """Sentences and words of ``pack``'s language by rule."""

    pack: LanguagePack
    name: str = field(default="rules", init=False)

    def __call__(self, article: Article) -> Document:
        """Split the body into sentences and words; takes time linear in the text."""
        table = settings(self.pack)
        abbreviations = frozenset(map(fold_word, table.get("abbreviations", ())))
        after_quote = frozenset(map(fold_word, table.get("after_quote", ())))
        results = []
        for block in blocks(article):
            spans = [match.span() for match in _TOKEN.finditer(block.text)]
            pieces = [Piece(start, end, pos=_pos(block.text[start])) for start, end in spans]
            results.append((block, Parsed(pieces, list(_sentences(block.text, spans, abbreviations, after_quote)))))
        return assemble(results, self.name, self.name, trees=False)


def _pos(first: str) -> str:
    """The universal part of speech where the shape of the token tells it."""
    if first.isalpha() or first in "@#":
        return ""
    return "NUM" if first.isdigit() else "PUNCT"


def _sentences(
    text: str, spans: list[tuple[int, int]], abbreviations: frozenset[str], after_quote: frozenset[str]
) -> Iterator[tuple[int, int]]:
    first = index = 0
    while index < len(spans):
        start, end = spans[index]
        last = index + 1
        if text[end - 1] in _ENDERS and not _is_abbreviation(text, spans, index, first, abbreviations):
            last = _with_closers(text, spans, index)
            quoted = last > index + 1
            done = _breaks(text, spans, last, quoted, text[end - 1], after_quote)
        else:
            length = end - spans[first][0]
            done = length > MAX_SENTENCE and (text[start] in _PAUSES or length > 2 * MAX_SENTENCE)
        if done:
            yield first, last
            first = last
        index = last
    if first < len(spans):
        yield first, len(spans)


def _with_closers(text: str, spans: list[tuple[int, int]], index: int) -> int:
    """The index behind the closing quotes and brackets after the mark at ``index``; straight quotes must touch it."""
    last = index + 1
    while last < len(spans):
        mark = text[spans[last][0]]
        touches = spans[last][0] == spans[last - 1][1]
        if not (mark in _SURE_CLOSERS or (touches and mark in _CLOSERS)):
            break
        last += 1
    return last


def _breaks(
    text: str, spans: list[tuple[int, int]], following: int, quoted: bool, mark: str, after_quote: frozenset[str]
) -> bool:
    """Whether a sentence that ended in ``mark`` is over before the token ``following``."""
    if following >= len(spans):
        return True
    start, end = spans[following]
    if start == spans[following - 1][1] and text[start].isdigit():
        return False
    while following + 1 < len(spans) and text[start] in _OPENERS:
        following += 1
        start, end = spans[following]
    if text[start] in _PAUSES:
        return False
    word = text[start:end]
    if quoted and fold_word(word) in after_quote:
        return False
    return not (word[0].islower() and (quoted or mark in ".…"))


def _is_abbreviation(text: str, spans: list[tuple[int, int]], index: int, first: int, abbreviations: frozenset[str]) -> bool:
    """Whether the full stop at ``index`` belongs to a shortened word, an initial or the number of a list."""
    start, end = spans[index]
    if end - start > 1 and text[start:end].strip(".") == "":
        return False
    if text[end - 1] != ".":
        return False
    if end - start > 1:
        return index + 1 < len(spans) and fold_word(text[start:end]) in abbreviations
    if index == first or spans[index - 1][1] != start:
        return False
    before = text[spans[index - 1][0] : start]
    if before.isdigit():
        return index - 1 == first and index + 1 < len(spans)
    word = fold_word(before).rpartition("'")[2]
    return word + "." in abbreviations or bool(_INITIAL.fullmatch(before))
