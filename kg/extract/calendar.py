"""Arithmetic of dates as news writes them: days without a year, weekdays, weeks, and the Islamic calendar.

All functions are pure; none looks at a clock. Values are ISO 8601 strings of the precision that is certain.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

SOON = datetime.timedelta(days=31)
"""How far ahead of the anchor a day without a year is still the coming one, where the tense is unknown."""
_ISLAMIC_EPOCH = 1948440


@dataclass(frozen=True, slots=True)
class Reading:
    """What a day or month without a year may be read by.

    ``anchor`` is the day of writing, ``future`` the tense (None where unknown), ``direction`` -1, 0, 1 for ``last``, ``this``,
    ``next`` (None where not said), ``weekday`` 0 (Monday) to 6 where the text names it beside the date.
    """

    anchor: datetime.date | None
    future: bool | None = None
    direction: int | None = None
    weekday: int | None = None


def make_date(year: int, month: int, day: int) -> datetime.date | None:
    """The date, or None where there is none (30 February)."""
    try:
        return datetime.date(year, month, day)
    except ValueError:
        return None


def day_without_year(month: int, day: int, reading: Reading) -> datetime.date | None:
    """The day that a date without a year means, or None without an anchor.

    A weekday beside it decides among last, this and next year; else the nearest past one, or the coming one with a future tense;
    with the tense unknown, also the coming one when at most ``SOON`` away.
    """
    anchor = reading.anchor
    if anchor is None:
        return None
    years = range(anchor.year - 4, anchor.year + 5)
    dates = [found for year in years if (found := make_date(year, month, day)) is not None]
    if reading.direction == 0:
        return make_date(anchor.year, month, day)
    if reading.weekday is not None and reading.direction is None and reading.future is None:
        fitting = [found for found in dates if found.weekday() == reading.weekday and abs(found.year - anchor.year) <= 1]
        if fitting:
            return min(fitting, key=lambda found: (abs(found - anchor), found))
    if reading.direction == 1 or (reading.direction is None and reading.future):
        return min((found for found in dates if found >= anchor), default=None)
    if reading.direction == -1:
        return max((found for found in dates if found < anchor), default=None)
    latest = anchor if reading.future is False else _shift(anchor, SOON) or anchor
    return max((found for found in dates if found <= latest), default=None)


def month_without_year(month: int, reading: Reading) -> str | None:
    """The month (``2024-08``) that a month's name means, by the rules of `day_without_year`; None without an anchor."""
    anchor = reading.anchor
    if anchor is None:
        return None
    year = anchor.year
    if reading.direction == 0:
        pass
    elif reading.direction == 1:
        year += month <= anchor.month
    elif reading.direction == -1:
        year -= month >= anchor.month
    elif reading.future:
        year += month < anchor.month
    else:
        soon = 0 if reading.future is False else 1
        ahead = (month - anchor.month) % 12
        year += (month < anchor.month) if ahead <= soon else -(month > anchor.month)
    return iso(year, month) if 1 <= year <= 9999 else None


def nearest_weekday(weekday: int, reading: Reading) -> datetime.date | None:
    """The day that a weekday's name means: the latest up to and including the anchor; ``last`` and ``next`` exclude it."""
    anchor = reading.anchor
    if anchor is None:
        return None
    if reading.direction == 1:
        return _shift(anchor, datetime.timedelta(days=(weekday - anchor.weekday() - 1) % 7 + 1))
    if reading.direction is None and reading.future:
        return _shift(anchor, datetime.timedelta(days=(weekday - anchor.weekday()) % 7))
    back = (anchor.weekday() - weekday) % 7
    if reading.direction == -1 and back == 0:
        back = 7
    return _shift(anchor, datetime.timedelta(days=-back))


def week(anchor: datetime.date, shift: int, first: int) -> str | None:
    """The month that holds the whole week ``shift`` weeks from the anchor's, else None; weeks begin on ``first`` (0 Monday)."""
    start = _shift(anchor, datetime.timedelta(days=7 * shift - (anchor.weekday() - first) % 7))
    return None if start is None else _common_month(start, _shift(start, datetime.timedelta(days=6)))


def recent(anchor: datetime.date, unit: str) -> str | None:
    """The month (of the last few days or weeks) or year (of the last few months) before the anchor, or None across its border.

    A few are taken as seven days, four weeks, six months.
    """
    days = {"day": 7, "week": 28, "month": 183}.get(unit)
    first = None if days is None else _shift(anchor, datetime.timedelta(days=-days))
    if first is None or first.year != anchor.year:
        return None
    return f"{anchor.year:04d}" if unit == "month" else _common_month(first, anchor)


def moved(anchor: datetime.date, unit: str, count: int) -> str | None:
    """The point ``count`` units from the anchor: a day for days, a month for weeks and months, a year for years.

    None for smaller units, and beyond the years 1 to 9999.
    """
    if abs(count) > 10_000:
        return None
    if unit in ("day", "week"):
        days = count if unit == "day" else 7 * count
        found = _shift(anchor, datetime.timedelta(days=days))
        if found is None:
            return None
        return found.isoformat() if unit == "day" else iso(found.year, found.month)
    if unit == "month":
        months = anchor.year * 12 + anchor.month - 1 + count
        return iso(months // 12, months % 12 + 1) if 12 <= months < 120_000 else None
    if unit == "year":
        return f"{anchor.year + count:04d}" if 1 <= anchor.year + count <= 9999 else None
    return None


def season(first_month: int, last_month: int, year: int | None, reading: Reading) -> str | None:
    """The year of a season that lies within one year; without a year, the latest one begun, or by the direction."""
    if year is not None:
        return f"{year:04d}"
    anchor = reading.anchor
    if anchor is None or first_month > last_month:
        return None
    found = anchor.year
    if reading.direction == -1:
        found -= last_month >= anchor.month
    elif reading.direction == 1 or (reading.direction is None and reading.future):
        found += first_month <= anchor.month if reading.direction == 1 else last_month < anchor.month
    elif reading.direction is None:
        found -= first_month > anchor.month
    return f"{found:04d}" if 1 <= found <= 9999 else None


def islamic(year: int, month: int | None = None, day: int | None = None) -> str | None:
    """A date of the Islamic calendar as a Gregorian month or year.

    The tabular calendar (civil epoch, years 2, 5, 7, 10, 13, 16, 18, 21, 24, 26 and 29 of thirty are leap; Reingold and
    Dershowitz, *Calendrical Calculations*) may differ from the observed one by a day or two, so that a day is given as its
    month, and whatever does not lie within one month as its year; None where it does not lie within one year either.
    """
    if not 1 <= year <= 1600 or (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 30):
        return None
    if month is None:
        first, last = _from_islamic(year, 1, 1), _from_islamic(year + 1, 1, 1) - datetime.timedelta(days=1)
        half = datetime.timedelta(days=(last - first).days // 2)
        return f"{(first + half).year:04d}" if first.year == last.year else None
    slack = datetime.timedelta(days=2)
    first = _from_islamic(year, month, day or 1) - (slack if day else datetime.timedelta())
    last = _from_islamic(year, month, day or 29) + (slack if day else datetime.timedelta())
    common = _common_month(first, last)
    return common if common is not None else f"{first.year:04d}" if first.year == last.year else None


def iso(year: int, month: int | None = None, day: int | None = None) -> str:
    """An ISO 8601 date of the precision of the arguments."""
    return f"{year:04d}" + (f"-{month:02d}" if month else "") + (f"-{day:02d}" if month and day else "")


def _from_islamic(year: int, month: int, day: int) -> datetime.date:
    julian = day + (59 * (month - 1) + 1) // 2 + (year - 1) * 354 + (3 + 11 * year) // 30 + _ISLAMIC_EPOCH - 1
    return datetime.date.fromordinal(julian - 1721425)


def _common_month(first: datetime.date | None, last: datetime.date | None) -> str | None:
    if first is None or last is None or (first.year, first.month) != (last.year, last.month):
        return None
    return iso(first.year, first.month)


def _shift(day: datetime.date, by: datetime.timedelta) -> datetime.date | None:
    try:
        return day + by
    except OverflowError:
        return None
