"""Dates in running text, by the templates and word tables of ``time.toml`` of a language.

Absolute dates, dates without a year, weekdays, and points relative to the day of writing become ISO 8601 values of the precision
that is certain. What cannot be known (a day without a year and without an anchor) is found, but has no value.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from kg.errors import ConfigurationError
from kg.extract import calendar
from kg.extract.calendar import Reading, iso, make_date
from kg.extract.duration import unit_tables
from kg.extract.numbers import NumberGrammar, alternation, number_grammar, once_per_pack
from kg.extract.templates import Found, Templates, compile_templates
from kg.lang.fold import Folded, fold_word
from kg.lang.pack import LanguagePack
from kg.model import Span

_BEHIND = 32
_PRECISION = {4: "year", 7: "month", 10: "day"}


@dataclass(frozen=True, slots=True)
class DateMention:
    """A date: its place in the original text and what it says.

    ``value`` is ISO 8601 (``2024``, ``2024-08``, ``2024-08-28``) or None where it cannot be known; of an interval the beginning,
    with ``end`` its last date. ``kind`` names the form: ``day``, ``month``, ``year`` (by figures or a month's name),
    ``weekday``, ``today`` (and its kin), ``period`` (last month), ``recent`` (the last few days), ``ago``, ``season``,
    ``attributive`` (the 2016 verdict), ``hijri``, ``context`` (the day after: relative to another event, by ``days``).
    ``relative`` says that the value rests on the anchor or ``context_year``. ``since`` and ``until`` say that such a word
    precedes.
    """

    span: Span
    value: str | None
    kind: str
    relative: bool = False
    since: bool = False
    until: bool = False
    end: str | None = None
    days: int | None = None

    @property
    def whole(self) -> str | None:
        """The most precise date that holds for the whole interval (24 to 26 August: the month), or None; else the value."""
        if self.value is None or self.end is None:
            return self.value
        shared = (self.value[:size] for size in (7, 4) if self.value[:size] == self.end[:size])
        return next(shared, None)

    @property
    def precision(self) -> str | None:
        """``day``, ``month``, ``year``, or None without a value."""
        return None if self.value is None else _PRECISION[len(self.value)]


@dataclass(frozen=True, slots=True)
class _Value:
    """What a reader makes of a match."""

    value: str | None
    kind: str
    relative: bool = False
    end: str | None = None
    days: int | None = None


@dataclass(frozen=True)
class _Times:
    templates: Templates
    numbers: NumberGrammar
    words: Mapping[str, Mapping[str, Any]]
    orders: tuple[str, ...]
    week_start: int
    since: re.Pattern[str]
    until: re.Pattern[str]
    range_cue: re.Pattern[str]
    range_link: re.Pattern[str]
    same_link: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class _Question:
    """A match to be read, with all that its reader may need."""

    found: Found
    times: _Times
    reading: Reading
    context_year: int | None
    borrowed: int | None

    def word(self, name: str) -> Any:
        """What the table says of the word that the placeholder ``name`` matched; None where it matched none."""
        text = self.found.group(name)
        return None if text is None else self.times.words[name.rstrip("2")].get(text)

    def number(self, name: str) -> int | None:
        """The digits that the placeholder matched, or the ordinal word."""
        text = self.found.group(name)
        if text is None:
            return None
        digits = re.match(r"\d+", text)
        if digits:
            return int(digits.group())
        ordinal = self.times.words["ordinals"].get(text)
        return None if ordinal is None else int(ordinal)

    @property
    def year(self) -> int | None:
        """The year in the match, or one that a neighbour lends."""
        year = self.number("y")
        return year if year is not None else self.borrowed


def find_dates(
    text: Folded,
    pack: LanguagePack,
    anchor: datetime.date | None,
    future: bool | None = None,
    context_year: int | None = None,
) -> tuple[DateMention, ...]:
    """The dates in ``text``, in order, without overlap.

    ``anchor`` is the day of writing. ``future`` is the tense of what is told: True takes the next such day, False the last one,
    None (unknown) the last one or one about to come. ``context_year`` is a year named earlier, to which days and months without
    a year then belong.
    """
    times = _times(pack)
    matches = list(times.templates.find(text.text))
    kept: list[tuple[Found, _Value]] = []
    for index, found in enumerate(matches):
        following = matches[index + 1] if index + 1 < len(matches) else None
        borrowed = _borrowed(text.text, times, found, following)
        direction = found.template.options.get("direction")
        reading = Reading(anchor, future, direction)
        question = _Question(found, times, reading, context_year, borrowed)
        said = question.word("dir")
        weekday = question.word("w")
        question = replace(question, reading=replace(reading, direction=direction if said is None else said, weekday=weekday))
        read = _READERS[found.template.read](question)
        if read is not None:
            kept.append((found, read))
    return tuple(_mentions(text, times, kept))


def _borrowed(text: str, times: _Times, found: Found, following: Found | None) -> int | None:
    """The year that the next date lends to one without (between May and June 2010)."""
    if following is None or found.group("y") is not None or found.group("m") is None or following.group("m") is None:
        return None
    year = following.group("y")
    if year is None or not times.range_link.fullmatch(text, found.end, following.start):
        return None
    earlier = times.words["m"][found.group("m") or ""] <= times.words["m"][following.group("m") or ""]
    return int(year) if earlier else int(year) - 1


def _mentions(text: Folded, times: _Times, kept: list[tuple[Found, _Value]]) -> list[DateMention]:
    """Mentions of what was read: intervals joined, doubled dates (Islamic beside Gregorian) made one, cues noted."""
    plain = text.text
    made: list[DateMention] = []
    ends: list[int] = []
    for found, read in kept:
        behind = max(0, found.start - _BEHIND)
        previous = made[-1] if made else None
        start = ends[-1] if ends else 0
        if (
            previous is not None
            and {previous.kind, read.kind} & {"hijri"}
            and times.same_link.fullmatch(plain, start, found.start)
        ):
            if previous.kind == "hijri":
                made[-1] = _mention(text, times, found, read, behind)
                ends[-1] = found.end
            continue
        if previous is not None and _is_range(plain, times, text, previous, read, start, found.start):
            span = Span(previous.span.start, text.to_original(found.start, found.end).end)
            made[-1] = replace(previous, span=span, end=read.end or read.value, relative=previous.relative or read.relative)
            ends[-1] = found.end
            continue
        made.append(_mention(text, times, found, read, behind))
        ends.append(found.end)
    return made


def _mention(text: Folded, times: _Times, found: Found, read: _Value, behind: int) -> DateMention:
    since = bool(found.template.options.get("since")) or times.since.search(text.text, behind, found.start) is not None
    until = times.until.search(text.text, behind, found.start) is not None
    span = text.to_original(found.start, found.end)
    return DateMention(span, read.value, read.kind, read.relative, since, until, read.end, read.days)


def _is_range(plain: str, times: _Times, text: Folded, previous: DateMention, read: _Value, start: int, stop: int) -> bool:
    """Whether the previous date and this one are the two ends of an interval."""
    if previous.value is None or previous.end is not None or read.value is None or read.value < previous.value[: len(read.value)]:
        return False
    if not times.range_link.fullmatch(plain, start, stop):
        return False
    first = text.to_folded(previous.span)[0]
    return times.range_cue.search(plain, max(0, first - _BEHIND), first) is not None


def _read_absolute(question: _Question) -> _Value | None:
    """A day, month or year by name and figures, with or without a year; ``d2`` is the last day of several."""
    day, month, year = question.number("d"), question.word("m"), question.year
    if month is None:
        return None if year is None else _Value(iso(year), str(question.found.template.options.get("kind", "year")), False)
    kind = "month" if day is None else "day"
    relative = year is None
    if year is None and question.reading.direction is None and question.context_year is not None:
        year = question.context_year
    if day is None:
        return _Value(iso(year, month) if year else calendar.month_without_year(month, question.reading), kind, relative)
    if year is not None:
        date = make_date(year, month, day)
    elif make_date(2000, month, day) is None:
        date = None
    else:
        date = calendar.day_without_year(month, day, question.reading)
        if date is None:
            return _Value(None, kind, relative)
    if date is None:
        return None
    last = question.number("d2")
    end = make_date(date.year, month, last) if last is not None else None
    return _Value(date.isoformat(), kind, relative, end.isoformat() if end is not None and end > date else None)


def _read_week_of(question: _Question) -> _Value | None:
    """A week named by one of its days: the month."""
    read = _read_absolute(question)
    return None if read is None else replace(read, value=None if read.value is None else read.value[:7], kind="period")


def _read_years(question: _Question) -> _Value | None:
    """From one year to another."""
    first, last = question.number("y"), question.number("y2")
    if first is None or last is None or last < first:
        return None
    return _Value(iso(first), "year", False, iso(last))


def _read_numeric(question: _Question) -> _Value | None:
    """Day, month and year in figures; where the language leaves the order open and both are possible, the year alone."""
    a, b, year = question.number("a"), question.number("b"), question.number("y")
    if a is None or b is None or year is None:
        return None
    pairs = [(b, a) if order == "dmy" else (a, b) for order in question.times.orders]
    dates = {date for month, day in pairs if (date := make_date(year, month, day)) is not None}
    if not dates:
        return None
    return _Value(dates.pop().isoformat() if len(dates) == 1 else iso(year), "day")


def _read_iso(question: _Question) -> _Value | None:
    """Year, month and day in figures."""
    year, month, day = question.number("y"), question.number("a"), question.number("b")
    if year is None or month is None or day is None:
        return None
    date = make_date(year, month, day)
    return None if date is None else _Value(date.isoformat(), "day")


def _read_weekday(question: _Question) -> _Value | None:
    """A weekday's name."""
    weekday = question.word("w")
    if weekday is None:
        return None
    date = calendar.nearest_weekday(weekday, question.reading)
    return _Value(None if date is None else date.isoformat(), "weekday", True)


def _read_today(question: _Question) -> _Value | None:
    """Today and its kin; a weekday beside it decides where the two do not agree."""
    shift, anchor = question.word("t"), question.reading.anchor
    if shift is None or anchor is None:
        return _Value(None, "today", True)
    value = calendar.moved(anchor, "day", shift)
    weekday = question.reading.weekday
    if weekday is not None and value is not None and datetime.date.fromisoformat(value).weekday() != weekday:
        near = calendar.nearest_weekday(weekday, Reading(anchor, shift > 0))
        value = None if near is None else near.isoformat()
    return _Value(value, "today", True)


def _read_period(question: _Question) -> _Value | None:
    """This, last, next week, month or year."""
    unit, direction, anchor = question.word("p"), question.reading.direction, question.reading.anchor
    if unit is None or direction is None:
        return None
    if anchor is None:
        value = None
    elif unit == "week":
        value = calendar.week(anchor, direction, question.times.week_start)
    else:
        value = calendar.moved(anchor, unit, direction)
    return _Value(value, "period", True)


def _read_recent(question: _Question) -> _Value | None:
    """The last few days, weeks or months: the month, or the year, in which they all lie."""
    anchor, pair = question.reading.anchor, question.word("u")
    if pair is None:
        return None
    return _Value(None if anchor is None else calendar.recent(anchor, pair[0]), "recent", True)


def _read_ago(question: _Question) -> _Value | None:
    """So many units before or after the day of writing; with ``context``, before or after another event."""
    options = question.found.template.options
    text = question.found.group("n")
    number = question.times.numbers.parse(text) if text is not None else None
    pair = question.word("u") or question.word("du")
    if text is not None and (number is None or number % 1):
        return None
    if pair is None:
        return None
    unit, size = pair
    count = int(number or options.get("count", 1)) * size * int(options["sign"])
    if options.get("context"):
        days = {"day": count, "week": 7 * count}.get(unit)
        return _Value(None, "context", True, days=days)
    anchor = question.reading.anchor
    if unit in ("hour", "minute"):
        return None
    return _Value(None if anchor is None else calendar.moved(anchor, unit, count), "ago", True)


def _read_season(question: _Question) -> _Value | None:
    """Spring, summer or autumn, as the year it lies in."""
    months = question.word("s")
    if months is None:
        return None
    year = question.number("y")
    return _Value(calendar.season(months[0], months[1], year, question.reading), "season", year is None)


def _read_context(question: _Question) -> _Value | None:
    """The same day, the day before or after: relative to what was told before."""
    return _Value(None, "context", True, days=question.found.template.options.get("days"))


def _read_hijri(question: _Question) -> _Value | None:
    """A date of the Islamic calendar."""
    year = question.number("hy")
    month = question.word("hm") or question.number("b")
    if year is None:
        return None
    return _Value(calendar.islamic(year, month, question.number("d") if month else None), "hijri")


_READERS: Mapping[str, Callable[[_Question], _Value | None]] = MappingProxyType(
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


@once_per_pack
def _times(pack: LanguagePack) -> _Times:
    table = pack.table("time")
    try:
        words: dict[str, dict[str, Any]] = {
            "m": _listed(table["months"]),
            "w": _listed(table["weekdays"], first=0),
            "hm": _listed(table.get("islamic_months", [])),
            "t": _folded(table["days"]),
            "dir": _folded(table["directions"]),
            "p": _folded(table["periods"]),
            "s": _folded(table["seasons"]),
            "ordinals": _folded(table.get("ordinals", {})),
        }
        cues, fragments, rows = table["cues"], table["fragments"], table["date"]
        orders, week_start, suffix = tuple(table["numeric_order"]), int(table["week_start"]), fold_word(table["day_suffix"])
        since, until, range_cue, range_link, same_link = (
            fold_word(cues[key]) for key in ("since", "until", "range", "link", "same")
        )
    except KeyError as error:
        raise ConfigurationError(f"language {pack.code}: time.toml lacks the key {error}") from error
    units, duals = unit_tables(pack)
    words["u"] = dict(units)
    words["du"] = {name: (unit, 2 * size) for name, (unit, size) in duals.items()}
    numbers = number_grammar(pack)
    day = rf"(?:(?:[12]\d|3[01]|0?[1-9])(?!\d)(?:{suffix})?|{alternation(words['ordinals'])}(?!\w))"
    figure = r"\d{1,2}(?!\d)"
    tables = {name: alternation(entries) for name, entries in words.items() if name != "ordinals"}
    tables.update(
        d=day, a=figure, b=figure, y=r"(?:1[5-9]\d\d|20\d\d)(?![\d%٪])(?![.,٬:/]\d)", hy=r"1[0-5]\d\d(?!\d)", n=numbers.pattern
    )
    before = r"(?<!\w)(?:{}) {{0,3}}\Z"
    return _Times(
        templates=compile_templates(pack.code, rows, tables, fragments, _READERS),
        numbers=numbers,
        words=MappingProxyType(words),
        orders=orders,
        week_start=week_start,
        since=re.compile(before.format(since)),
        until=re.compile(before.format(until)),
        range_cue=re.compile(before.format(range_cue)),
        range_link=re.compile(range_link),
        same_link=re.compile(same_link),
    )


def _folded(table: Mapping[str, Any]) -> dict[str, Any]:
    return {fold_word(word): value for word, value in table.items()}


def _listed(rows: list[list[str]], first: int = 1) -> dict[str, Any]:
    """Words of a list of synonyms by its place, counted from ``first``."""
    return {fold_word(word): place for place, names in enumerate(rows, first) for word in names}
