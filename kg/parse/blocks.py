"""The texts that a parser gets to see, and the way back to the article.

A block is one paragraph of the article's body, without the characters that confuse a parser: format characters (bidi
controls, soft hyphens, zero-width blanks), controls and lone surrogates are gone, runs of blanks are one blank, typographic
apostrophes are plain. Every character of a block knows its place in ``Article.text``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from kg.model import Article, Span

MAX_BLOCK = 4000
"""Longest block in characters; a longer paragraph is cut, at the end of a sentence or at a blank where there is one."""

_APOSTROPHES = frozenset("\u2018\u2019\u02bc\u2032\uff07\u0060\u00b4")
_DROPPED = re.compile(
    "[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f\x00-\x08\x0e-\x1f\x7f-\x9f]"
)
_SURROGATE = re.compile("[\ud800-\udfff]")
_BLANK_LINE = re.compile(r"\n[^\S\n]*(?:\n[^\S\n]*)+")
_LINE = re.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")
_CUT = re.compile(r"[.!?؟।。](?=\s)|[،,;؛:](?=\s)|\s")
_SENTENCE_END = ".!?؟।。"
_WRAP_WIDTHS = range(40, 121)


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph for a parser; its i-th character stands for ``[starts[i], ends[i])`` of the article's text."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def original(self, start: int, end: int) -> Span:
        """The article's span behind ``text[start:end]``.

        Raises:
            ValueError: the stretch is empty.
        """
        if not 0 <= start < end <= len(self.text):
            raise ValueError(f"no such stretch: {start} to {end} of {len(self.text)} characters")
        return Span(self.starts[start], self.ends[end - 1])


def blocks(article: Article) -> tuple[Block, ...]:
    """The paragraphs of the article's body, in order; none is empty or longer than ``MAX_BLOCK``.

    A line break ends a paragraph, except in text that was wrapped by hand at a fixed width. Takes time linear in the text.
    """
    out = []
    for span in article.body:
        for paragraph in _paragraphs(article.text, span):
            for piece in _pieces(article.text, paragraph):
                block = _prepare(article.text, piece)
                if block.text:
                    out.append(block)
    return tuple(out)


def _paragraphs(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    for gap in [*_BLANK_LINE.finditer(text, span.start, span.end), None]:
        end = gap.start() if gap else span.end
        lines = [Span(m.start(), m.end()) for m in _LINE.finditer(text, start, end)]
        if lines and _is_wrapped(text, lines):
            yield Span(lines[0].start, lines[-1].end)
        else:
            yield from lines
        start = gap.end() if gap else span.end


def _is_wrapped(text: str, lines: list[Span]) -> bool:
    """Whether the lines were filled greedily: no first word of a line would have fitted on the line before."""
    if len(lines) < 3:
        return False
    width = max(len(line) for line in lines)
    if width not in _WRAP_WIDTHS:
        return False
    return all(
        len(line) + 1 + len(text[after.start : after.end].split(maxsplit=1)[0] if text[after.start : after.end].strip() else "")
        > width
        for line, after in pairwise(lines)
    )


def _pieces(text: str, span: Span) -> Iterator[Span]:
    start = span.start
    while span.end - start > MAX_BLOCK:
        cut = blank = start + MAX_BLOCK
        best = -1
        for match in _CUT.finditer(text, start + MAX_BLOCK // 2, start + MAX_BLOCK):
            rank = 2 if match[0] in _SENTENCE_END else 0 if match[0].isspace() else 1
            if rank >= best:
                best, blank = rank, match.end()
        cut = blank if best >= 0 else cut
        yield Span(start, cut)
        start = cut
    yield Span(start, span.end)


def _prepare(text: str, span: Span) -> Block:
    chars: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for index in range(span.start, span.end):
        char = text[index]
        if char.isspace():
            if not chars or chars[-1] == " ":
                continue
            char = " "
        elif char in _APOSTROPHES:
            char = "'"
        elif _DROPPED.match(char):
            continue
        elif _SURROGATE.match(char):
            char = "\ufffd"
        chars.append(char)
        starts.append(index)
        ends.append(index + 1)
    if chars and chars[-1] == " ":
        del chars[-1], starts[-1], ends[-1]
    return Block("".join(chars), tuple(starts), tuple(ends))
