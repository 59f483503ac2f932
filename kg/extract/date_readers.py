"""Readers of dates: what a match of a template says, one function a form.

A reader takes a `Question` and gives a `Value`, or None where the words are no date after all (30 February).
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from kg.extract import calendar
from kg.extract.calendar import Reading, iso, make_date
from kg.extract.numbers import NumberGrammar
from kg.extract.templates import Found


@dataclass(frozen=True)
class Lexicon:
    """What readers know of a language: ``words`` by placeholder and folded word, its numbers, the ``orders`` of a date in figures
    (``dmy``, ``mdy``) that it allows, and the day on which its weeks begin (0 Monday).
    """

    words: Mapping[str, Mapping[str, Any]]
    numbers: NumberGrammar
    orders: tuple[str, ...]
    week_start: int


@dataclass(frozen=True, slots=True)
class Value:
    """What a reader makes of a match."""

    value: str | None
    kind: str
    relative: bool = False
    end: str | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """A match to be read, with all that its reader may need."""

    found: Found
    lexicon: Lexicon
    reading: Reading
    context_year: int | None
    borrowed: int | None

    def word(self, name: str) -> Any:
        """What the table says of the word that the placeholder ``name`` matched; None where it matched none."""
        text = self.found.group(name)
        return None if text is None else self.lexicon.words[name.rstrip("2")].get(text)

    def number(self, name: str) -> int | None:
        """The digits that the placeholder matched, or the ordinal word."""
        text = self.found.group(name)
        if text is None:
            return None
        digits = re.match(r"\d+", text)
        if digits:
            return int(digits.group())
        ordinal = self.lexicon.words["ordinals"].get(text)
        return None if ordinal is None else int(ordinal)

    @property
    def year(self) -> int | None:
        """The year in the match, or one that a neighbour lends."""
        year = self.number("y")
        return year if year is not None else self.borrowed


def _read_absolute(question: Question) -> Value | None:
    """A day, month or year by name and figures, with or without a year; ``d2`` is the last day of several."""
    day, month, year = question.number("d"), question.word("m"), question.year
    if month is None:
        return None if year is None else Value(iso(year), str(question.found.template.options.get("kind", "year")), False)
    kind = "month" if day is None else "day"
    relative = year is None
    if year is None and question.reading.direction is None and question.context_year is not None:
        year = question.context_year
    if day is None:
        return Value(iso(year, month) if year else calendar.month_without_year(month, question.reading), kind, relative)
    if year is not None:
        date = make_date(year, month, day)
    elif make_date(2000, month, day) is None:
        date = None
    else:
        date = calendar.day_without_year(month, day, question.reading)
        if date is None:
            return Value(None, kind, relative)
    if date is None:
        return None
    last = question.number("d2")
    end = make_date(date.year, month, last) if last is not None else None
    return Value(date.isoformat(), kind, relative, end.isoformat() if end is not None and end > date else None)


def _read_week_of(question: Question) -> Value | None:
    """A week named by one of its days: the month."""
    read = _read_absolute(question)
    return None if read is None else replace(read, value=None if read.value is None else read.value[:7], kind="period")


def _read_years(question: Question) -> Value | None:
    """From one year to another."""
    first, last = question.number("y"), question.number("y2")
    if first is None or last is None or last < first:
        return None
    return Value(iso(first), "year", False, iso(last))


def _read_numeric(question: Question) -> Value | None:
    """Day, month and year in figures; where the language leaves the order open and both are possible, the year alone."""
    a, b, year = question.number("a"), question.number("b"), question.number("y")
    if a is None or b is None or year is None:
        return None
    pairs = [(b, a) if order == "dmy" else (a, b) for order in question.lexicon.orders]
    dates = {date for month, day in pairs if (date := make_date(year, month, day)) is not None}
    if not dates:
        return None
    return Value(dates.pop().isoformat() if len(dates) == 1 else iso(year), "day")


def _read_iso(question: Question) -> Value | None:
    """Year, month and day in figures."""
    year, month, day = question.number("iy"), question.number("a"), question.number("b")
    if year is None or month is None or day is None:
        return None
    date = make_date(year, month, day)
    return None if date is None else Value(date.isoformat(), "day")


def _read_weekday(question: Question) -> Value | None:
    """A weekday's name."""
    weekday = question.word("w")
    if weekday is None:
        return None
    date = calendar.nearest_weekday(weekday, question.reading)
    return Value(None if date is None else date.isoformat(), "weekday", True)


def _read_today(question: Question) -> Value | None:
    """Today and its kin; a weekday beside it decides where the two do not agree."""
    shift, anchor = question.word("t"), question.reading.anchor
    if shift is None or anchor is None:
        return Value(None, "today", True)
    value = calendar.moved(anchor, "day", shift)
    weekday = question.reading.weekday
    if weekday is not None and value is not None and datetime.date.fromisoformat(value).weekday() != weekday:
        near = calendar.nearest_weekday(weekday, Reading(anchor, shift > 0))
        value = None if near is None else near.isoformat()
    return Value(value, "today", True)


def _read_period(question: Question) -> Value | None:
    """This, last, next week, month or year."""
    unit, direction, anchor = question.word("p"), question.reading.direction, question.reading.anchor
    if unit is None or direction is None:
        return None
    if anchor is None:
        value = None
    elif unit == "week":
        value = calendar.week(anchor, direction, question.lexicon.week_start)
    else:
        value = calendar.moved(anchor, unit, direction)
    return Value(value, "period", True)


def _read_recent(question: Question) -> Value | None:
    """The last few days, weeks or months: the month, or the year, in which they all lie."""
    anchor, pair = question.reading.anchor, question.word("u")
    if pair is None:
        return None
    return Value(None if anchor is None else calendar.recent(anchor, pair[0]), "recent", True)


def _read_ago(question: Question) -> Value | None:
    """So many units before or after the day of writing; with ``context``, before or after another event."""
    options = question.found.template.options
    text = question.found.group("n")
    number = question.lexicon.numbers.parse(text) if text is not None else None
    pair = question.word("u") or question.word("du")
    if text is not None and (number is None or number % 1):
        return None
    if pair is None:
        return None
    unit, size = pair
    count = int(number or options.get("count", 1)) * size * int(options["sign"])
    if options.get("context"):
        days = {"day": count, "week": 7 * count}.get(unit)
        return Value(None, "context", True, days=days)
    anchor = question.reading.anchor
    if unit in ("hour", "minute"):
        return None
    return Value(None if anchor is None else calendar.moved(anchor, unit, count), "ago", True)


def _read_season(question: Question) -> Value | None:
    """Spring, summer or autumn, as the year it lies in."""
    months = question.word("s")
    if months is None:
        return None
    year = question.number("y")
    return Value(calendar.season(months[0], months[1], year, question.reading), "season", year is None)


def _read_context(question: Question) -> Value | None:
    """The same day, the day before or after: relative to what was told before."""
    return Value(None, "context", True, days=question.found.template.options.get("days"))


def _read_hijri(question: Question) -> Value | None:
    """A date of the Islamic calendar."""
    year = question.number("hy")
    month = question.word("hm") or question.number("b")
    if year is None:
        return None
    return Value(calendar.islamic(year, month, question.number("d") if month else None), "hijri")


READERS: Mapping[str, Callable[[Question], Value | None]] = MappingProxyType(
    {
        "absolute": _read_absolute,
        "week-of": _read_week_of,
        "years": _read_years,
        "numeric": _read_numeric,
        "iso": _read_iso,
        "weekday": _read_weekday,
        "today": _read_today,
        "period": _read_period,
        "recent": _read_recent,
        "ago": _read_ago,
        "season": _read_season,
        "context": _read_context,
        "hijri": _read_hijri,
    }
)
