"""Lengths of time - prison terms, custody, bans - by the tables ``time.toml`` and ``numbers.toml`` of a language.

Values are ISO 8601 durations in the units of the text (``douze mois`` is ``P12M``). Ages, points in time (``three years ago``)
and rates are no lengths. A life term and an interval are found, so that a sentence is known, but have no value.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum

from kg.extract.duration_grammar import UNITS, DurationGrammar, duration_grammar
from kg.extract.numbers import Number
from kg.lang.fold import Folded
from kg.lang.pack import LanguagePack
from kg.model import Span

_RANK = {unit: place for place, unit in enumerate(UNITS)}
_HALVES = {"year": ("month", 6), "month": ("day", 15), "day": ("hour", 12), "hour": ("minute", 30)}
_BEHIND = 48
_YOUNGEST, _OLDEST = 5, 110
_BRACKETS = frozenset({"()", "(,", "(،", '""', "«»", ")("})
_LARGEST = 10**6


class DurationKind(StrEnum):
    """What a mention says of the length of time."""

    TERM = "term"
    """A plain length."""
    LIMIT = "limit"
    """A bound: ``up to``, ``at least``, ``more than``; the value is the bound."""
    PART = "part"
    """A part of a length that was named before: ``dont deux ans avec sursis``."""
    RANGE = "range"
    """Between two lengths; no value."""
    LIFE = "life"
    """For life, whatever is added; no value."""


@dataclass(frozen=True, slots=True)
class DurationMention:
    """A length of time: its place in the original text and its ISO 8601 ``value`` (None for life and intervals).

    ``unit`` is the first unit (``year month week day hour minute``; empty for life), ``count`` the number of it;
    ``times`` how many such lengths the words speak of (``two 25-year terms``).
    """

    span: Span
    value: str | None
    unit: str
    count: float
    kind: DurationKind = DurationKind.TERM
    times: int = 1


@dataclass(frozen=True, slots=True)
class _Length:
    start: int
    end: int
    parts: tuple[tuple[str, int], ...]
    unit: str
    count: Decimal
    range: bool = False
    times: int = 1


def find_durations(text: Folded, pack: LanguagePack) -> tuple[DurationMention, ...]:
    """The lengths of time in ``text``, in order, without overlap."""
    grammar = duration_grammar(pack)
    plain = text.text
    found: list[DurationMention] = []
    taken = 0
    lives = [(match.start(), match.end()) for match in grammar.life.finditer(plain)]
    endings = [end for _, end in lives]
    for length in _lengths(plain, grammar):
        if length.start < taken or not _is_length(plain, grammar, length):
            continue
        life = bisect_right(endings, length.start) - 1
        if life >= 0 and grammar.plus.fullmatch(plain, endings[life], min(length.start, endings[life] + _BEHIND)):
            lives[life] = (lives[life][0], length.end)
            continue
        taken = length.end
        kind = DurationKind.TERM
        behind = max(0, length.start - _BEHIND)
        if length.range:
            kind = DurationKind.RANGE
        elif grammar.part.search(plain, behind, length.start):
            kind = DurationKind.PART
        elif grammar.limit.search(plain, behind, length.start):
            kind = DurationKind.LIMIT
        value = None if length.range else _iso(length.parts)
        span = text.to_original(length.start, length.end)
        found.append(DurationMention(span, value, length.unit, float(length.count), kind, length.times))
    for start, end in lives:
        found.append(DurationMention(text.to_original(start, end), None, "", 0.0, DurationKind.LIFE))
    return tuple(sorted(found, key=lambda mention: mention.span))


def _lengths(text: str, grammar: DurationGrammar) -> list[_Length]:
    """Everything in ``text`` that is built like a length of time, in order of place."""
    numbers = grammar.numbers.find(text)
    at = {number.start: number for number in numbers}
    found: list[_Length] = []
    done = 0
    for index, number in enumerate(numbers):
        if number.start < done:
            continue
        length = _counted(text, grammar, number, at)
        if length is None:
            continue
        start, times, interval = length.start, 1, number.value is None
        if index and numbers[index - 1].end > done:
            previous = numbers[index - 1]
            gap = text[previous.end : number.start]
            behind = max(0, previous.start - _BEHIND)
            rising = previous.value is None or number.value is None or previous.value < number.value
            if rising and (
                grammar.span_of.fullmatch(gap)
                or (grammar.then.fullmatch(gap) and grammar.between.search(text, behind, previous.start))
            ):
                start, interval = previous.start, True
            elif gap == " " and previous.value is not None and 1 < previous.value < 20 and previous.value % 1 == 0:
                start, times = previous.start, int(previous.value)
        found.append(_Length(start, length.end, length.parts, length.unit, length.count, interval, times))
        done = length.end
    starts = [length.start for length in found]
    counted = tuple(found)
    for match in grammar.lone.finditer(text):
        start, end = match.span("unit")
        place = bisect_right(starts, end - 1) - 1
        if place >= 0 and start < counted[place].end:
            continue
        name = _plain(match["unit"])
        unit, size = grammar.duals.get(name) or grammar.units[name]
        dual = name in grammar.duals
        length = _extended(text, grammar, at, start, end, unit, Decimal(2 * size if dual else size))
        if (
            dual
            or length.end > end
            or grammar.lone_before.search(text, max(0, match.start() - _BEHIND), match.start())
            or grammar.lone_after.match(text, end)
        ):
            found.append(length)
    return _joined(text, grammar, sorted(found, key=lambda length: (length.start, -length.end)))


def _joined(text: str, grammar: DurationGrammar, lengths: list[_Length]) -> list[_Length]:
    """``lengths`` with two that are the ends of an interval (between six months and two years, six months to a year) made one."""
    made: list[_Length] = []
    for length in lengths:
        previous = made[-1] if made else None
        if previous is not None and previous.end <= length.start and _is_interval(text, grammar, previous, length):
            made[-1] = replace(previous, end=length.end, parts=(), range=True)
            continue
        upto = grammar.upto.match(text, length.end)
        made.append(replace(length, end=upto.end(), parts=(), range=True) if upto else length)
    return made


def _is_interval(text: str, grammar: DurationGrammar, first: _Length, last: _Length) -> bool:
    if grammar.span_of.fullmatch(text, first.end, last.start):
        return True
    behind = max(0, first.start - _BEHIND)
    return bool(grammar.then.fullmatch(text, first.end, last.start) and grammar.between.search(text, behind, first.start))


def _counted(text: str, grammar: DurationGrammar, number: Number, at: Mapping[int, Number]) -> _Length | None:
    """The length that begins with ``number``."""
    match = grammar.unit.match(text, number.end)
    if match is None:
        return None
    unit, size = grammar.units[_plain(match["unit"])]
    if number.value is None:
        interval = not number.digits
        return _Length(number.start, match.end(), (), unit, Decimal(0), range=True) if interval else None
    if number.value * size > _LARGEST:
        return None
    return _extended(text, grammar, at, number.start, match.end(), unit, number.value * size)


def _extended(
    text: str, grammar: DurationGrammar, at: Mapping[int, Number], start: int, end: int, unit: str, count: Decimal
) -> _Length:
    """A length with the half and the smaller unit that may follow."""
    parts: list[tuple[str, int]] = []
    whole, rest = int(count), count - int(count)
    if whole:
        parts.append((unit, whole))
    half = grammar.half.match(text, end)
    if half is not None and rest == 0 and unit in _HALVES:
        end, rest = half.end(), Decimal("0.5")
    if rest == Decimal("0.5") and unit in _HALVES:
        parts.append(_HALVES[unit])
    elif rest:
        parts = []
    else:
        end, smaller = _smaller(text, grammar, at, end, unit)
        parts.extend(smaller)
    return _Length(start, end, tuple(parts), unit, count)


def _smaller(
    text: str, grammar: DurationGrammar, at: Mapping[int, Number], end: int, unit: str
) -> tuple[int, tuple[tuple[str, int], ...]]:
    """The end, and the smaller unit, of what continues at ``end`` a length that so far ends in ``unit``."""
    then = grammar.then.match(text, end)
    if then is None:
        return end, ()
    number = at.get(then.end())
    if number is not None:
        match = grammar.unit.match(text, number.end)
        count = number.value
    else:
        match = grammar.one.match(text, then.end())
        count = Decimal(2 if match and _plain(match["unit"]) in grammar.duals else 1)
    if match is None or count is None or count % 1 or count > _LARGEST:
        return end, ()
    name = _plain(match["unit"])
    second, size = grammar.duals.get(name) or grammar.units[name]
    if _RANK[second] <= _RANK[unit]:
        return end, ()
    return match.end(), ((second, int(count) * size),)


def _is_length(text: str, grammar: DurationGrammar, length: _Length) -> bool:
    """Whether the words around leave it a length: no age, no point in time, no rate, no hour of the clock."""
    if not length.parts and not length.range:
        return False
    behind = max(0, length.start - _BEHIND)
    if grammar.not_before.search(text, behind, length.start) or grammar.not_after.match(text, length.end):
        return False
    if length.unit == "hour" and grammar.clock.search(text, behind, length.start):
        return False
    if grammar.weak.fullmatch(text, length.start, length.end) and not (
        grammar.lone_before.search(text, behind, length.start) or grammar.lone_after.match(text, length.end)
    ):
        return False
    return not _is_age(text, grammar, length, behind)


def _is_age(text: str, grammar: DurationGrammar, length: _Length, behind: int) -> bool:
    """Whether years stand where news puts an age: in brackets or quotes, between commas, or behind a noun and *of*."""
    if length.unit != "year":
        return False
    before, after = text[behind : length.start].rstrip(), text[length.end : length.end + 2].lstrip()[:1]
    if before[-1:] + after in _BRACKETS:
        return True
    if length.range or not _YOUNGEST <= length.count <= _OLDEST:
        return False
    if before.endswith((",", "،")) and after in (",", "،", ")"):
        return True
    return bool(grammar.aged.search(text, behind, length.start)) and not grammar.aged_unless.search(text, behind, length.start)


def _iso(parts: tuple[tuple[str, int], ...]) -> str:
    """The ISO 8601 duration of ``parts``, pairs of unit and count, largest unit first."""
    date = "".join(f"{count}{UNITS[unit]}" for unit, count in parts if len(UNITS[unit]) == 1)
    time = "".join(f"{count}{UNITS[unit][1]}" for unit, count in parts if len(UNITS[unit]) == 2)
    return f"P{date}T{time}" if time else f"P{date}"


def _plain(text: str) -> str:
    return re.sub(" +", " ", text)
