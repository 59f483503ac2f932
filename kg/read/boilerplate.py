"""Tell the article from what stands round it in a plain text dump of a page.

trafilatura needs tags and jusText drops titles and datelines, so this is a line classifier of its own: first each line alone
(``kg.read.lines``), then in its context. Text that shows no sign of a page (no menu, no buttons) keeps all its lines but
those whose words alone give them away; a dump keeps what reads as prose, its title, and headings between paragraphs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kg.model import Span
from kg.read.lines import LONG, Line, LineKind, ends_sentence, is_bare_label, kind_alone, split_lines
from kg.read.words import key, reading_words

TITLE_LIMIT = 250
"""Code points that a title may have."""

CANDIDATES = 200
"""Lines over the article that are weighed as its title."""

MOST_COMMON_SHARE = 0.25
"""Share of a line's longer words that the article must use before the line can be its title."""

TEASERS = {False: 1, True: 6}
"""How many teasers may stand under a label such as "Read more", in a clean text and in a dump."""

_FULL_STOP = re.compile(r"[.,;:،؛۔…][\s\"»”'’)]*$")
_SIGNS = frozenset({LineKind.MENU, LineKind.SHARE, LineKind.PROMO})


@dataclass(frozen=True, slots=True)
class _Unit:
    span: Span
    text: str
    alone: LineKind | None

    @property
    def long(self) -> bool:
        return len(self.text) >= LONG

    @property
    def sentence(self) -> bool:
        return ends_sentence(self.text)

    @property
    def words(self) -> int:
        return len(self.text[:2000].split())

    @property
    def prose(self) -> bool:
        return self.alone is None and (self.long or (self.sentence and self.words >= 3))


def classify(text: str, lang: str | None = None) -> tuple[Line, ...]:
    """What each line of ``text`` is, in order; ``lang`` only decides the order of dates in digits.

    Takes time linear in the text. Lines wrapped at a fixed width come back as one paragraph.
    """
    units = tuple(_Unit(span, span.of(text), kind_alone(span.of(text), lang)) for span in paragraphs(text))
    dump = _is_dump(units)
    title = _title(units, dump)
    kinds = _Context(units, dump, title).kinds()
    return tuple(Line(unit.span, kind) for unit, kind in zip(units, kinds, strict=True))


def light(text: str) -> tuple[Line, ...]:
    """What each line is where the text has been cleaned already (by trafilatura): only lines that name themselves are dropped."""
    return tuple(Line(span, kind_alone(span.of(text)) or LineKind.PROSE) for span in split_lines(text))


def body_of(lines: Sequence[Line]) -> tuple[Span, ...]:
    """The places of title and prose, in order."""
    return tuple(line.span for line in lines if line.kind in (LineKind.TITLE, LineKind.PROSE))


def paragraphs(text: str) -> tuple[Span, ...]:
    """The lines of ``text``, or whole paragraphs where the text is wrapped at a fixed width.

    A text is wrapped where at least four lines stand directly under another one, none is longer than 130 code points, and
    nearly all that have a line under them fill the width.
    """
    lines = split_lines(text)
    joined = [not _blank_line_between(text, one, two) for one, two in pairwise(lines)]
    widths = [len(line) for line, follows in zip(lines, joined, strict=False) if follows]
    width = max(map(len, lines), default=0)
    if len(widths) < 4 or not 40 <= width <= 130 or sum(each >= 0.75 * width for each in widths) < 0.85 * len(widths):
        return lines
    found = [lines[0]]
    for line, follows in zip(lines[1:], joined, strict=True):
        if follows:
            found[-1] = Span(found[-1].start, line.end)
        else:
            found.append(line)
    return tuple(found)


def _blank_line_between(text: str, one: Span, two: Span) -> bool:
    between = text[one.end : two.start].replace("\r\n", "\n")
    return sum(between.count(mark) for mark in "\n\r\u2029\f") > 1


def _is_dump(units: Sequence[_Unit]) -> bool:
    """Whether the text shows links and buttons of a page."""
    signs = [unit for unit in units if unit.alone in _SIGNS and key(unit.text)]
    return len(signs) >= 2 or any(unit.alone is LineKind.MENU and unit.words >= 4 for unit in signs)


def _title(units: Sequence[_Unit], dump: bool) -> int | None:
    """The unit that is the title: in clean text the first; in a dump that over the article whose words the article uses most.

    A headline that the page gives twice, or with date or byline beneath, counts more.
    """
    if not dump:
        first = next((index for index, unit in enumerate(units) if unit.alone is None), None)
        return first if first is not None and _may_be_title(units[first]) and any(u.prose for u in units[first + 1 :]) else None
    start = _article_start(units)
    found = [
        index for index in range(start) if units[index].alone is None and units[index].words >= 3 and _may_be_title(units[index])
    ]
    used = {word for unit in units[start:] if unit.prose and unit.long for word in key(unit.text[:2000]).split()}
    best, most = None, MOST_COMMON_SHARE
    for place, index in enumerate(found[-CANDIDATES:]):
        words = {word for word in key(units[index].text).split() if len(word) >= 4}
        score = sum(word in used for word in words) / max(len(words), 6)
        score += 0.2 * any(
            is_repeat(units[index].text, units[other].text) for other in found[-CANDIDATES:][place + 1 : place + 12]
        )
        score += 0.2 * any(unit.alone in (LineKind.DATE, LineKind.BYLINE) for unit in units[index + 1 : index + 4])
        if score > most:
            best, most = index, score
    return best


def _article_start(units: Sequence[_Unit]) -> int:
    """The first paragraph with another one soon after it, else the first paragraph, else the end."""
    full = [
        index for index, unit in enumerate(units) if unit.prose and (len(unit.text) > TITLE_LIMIT or (unit.long and _stops(unit)))
    ]
    return next((one for one, two in pairwise(full) if two - one <= 3), full[0] if full else len(units))


def _may_be_title(unit: _Unit) -> bool:
    return len(unit.text) <= TITLE_LIMIT and not _stops(unit)


def _stops(unit: _Unit) -> bool:
    return _FULL_STOP.search(unit.text[-20:]) is not None


def is_repeat(one: str, two: str) -> bool:
    """Whether two lines say nearly the same words: four fifths are shared, or the shorter is all but contained in the longer."""
    first, second = set(key(one[:600]).split()), set(key(two[:600]).split())
    shared = len(first & second)
    if not shared:
        return False
    small, large = sorted((len(first), len(second)))
    return shared >= 0.8 * len(first | second) or (small >= 4 and shared >= 0.9 * small and large <= 1.6 * small)


@dataclass(slots=True)
class _Context:
    """The pass over the units in which each gets its kind from those before it."""

    units: Sequence[_Unit]
    dump: bool
    title: int | None
    teasers: int = 0
    paragraphs: int = 0
    ended: bool = False
    seen: set[str] = field(default_factory=set)

    def kinds(self) -> list[LineKind]:
        found: list[LineKind] = []
        for index, unit in enumerate(self.units):
            kind = self._kind(index, unit, found[-1] if found else None)
            found.append(kind)
            if kind is LineKind.PROSE:
                self.paragraphs += unit.long
                self.seen.add(unit.text)
        last = len(found) - 1
        if last > 1 and found[last] is LineKind.PROSE and _is_signature(self.units[last].text):
            found[last] = LineKind.BYLINE
        return found

    def _kind(self, index: int, unit: _Unit, before: LineKind | None) -> LineKind:
        if self.ended:
            return LineKind.AFTER
        if index == self.title:
            return LineKind.TITLE
        if unit.alone is not None:
            self.teasers = TEASERS[self.dump] if unit.alone is LineKind.MORE and is_bare_label(unit.text) else 0
            self.ended = self.paragraphs >= 3 and key(unit.text) in reading_words().end
            return unit.alone
        if self._is_teaser(unit):
            self.teasers -= 1
            return LineKind.MORE
        self.teasers = 0
        if self._is_repeat(index, unit):
            return LineKind.REPEAT
        if not self.dump or self._is_prose_of_dump(index, unit, before):
            return LineKind.PROSE
        return LineKind.SHORT

    def _is_teaser(self, unit: _Unit) -> bool:
        return self.teasers > 0 and len(unit.text) <= 160 and not (_stops(unit) and unit.words > 3)

    def _is_repeat(self, index: int, unit: _Unit) -> bool:
        if self.title is not None and index != self.title:
            title = self.units[self.title].text
            if key(unit.text[:600]) == key(title[:600]) and len(unit.text) <= 2 * len(title) + 20:
                return True
            if (
                self.dump
                and index > self.title
                and len(unit.text) <= 2 * len(title)
                and not _stops(unit)
                and is_repeat(title, unit.text)
            ):
                return True
        return self.dump and unit.long and unit.text in self.seen

    def _is_prose_of_dump(self, index: int, unit: _Unit, before: LineKind | None) -> bool:
        if self.title is not None and index < self.title:
            return unit.long and unit.sentence
        if unit.prose:
            return True
        after = self.units[index + 1] if index + 1 < len(self.units) else None
        return before is LineKind.PROSE and self.paragraphs > 0 and unit.words >= 3 and after is not None and after.prose


def _is_signature(line: str) -> bool:
    """Initials or the name of an agency at the very end ("J. D.")."""
    bare = "".join(char for char in line if char.isalpha())
    return 0 < len(bare) <= 4 and len(line) <= 10 and not line[0].islower()
