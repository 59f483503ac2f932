"""Calendar dates as pages print them: ISO, with month names, in digits.

Only whole dates with a year count, because the date of an article must not be guessed. Relative dates and partial ones in
prose are the matter of ``kg.extract``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import cache

from kg.read.words import reading_words

YEARS = range(1800, 2101)
"""Years in which an article can have been published."""


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A date in a folded text: its place ``[start, end)`` there and its ISO form."""

    start: int
    end: int
    iso: str


def find_dates(folded: str, lang: str | None = None) -> tuple[FoundDate, ...]:
    """The whole dates in ``folded`` (a text after ``kg.lang.fold.fold``), in order.

    Dates in digits (``06/09/2024``) are read day first where the pack of ``lang`` says so; elsewhere only where one of the two
    numbers cannot be a month. Impossible dates are none.
    """
    found = []
    end = 0
    for match in _expression().finditer(folded):
        iso = _reading(match, lang)
        if iso is not None and match.start() >= end:
            found.append(FoundDate(match.start(), match.end(), iso))
            end = match.end()
    return tuple(found)


def iso_date(year: int, month: int, day: int) -> str | None:
    """The ISO form of a date; None where there is no such day or the year is outside ``YEARS``."""
    if year not in YEARS:
        return None
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _reading(match: re.Match[str], lang: str | None) -> str | None:
    words = reading_words()
    if match["y1"]:
        return iso_date(int(match["y1"]), int(match["m1"]), int(match["d1"]))
    if match["y2"]:
        return iso_date(int(match["y2"]), words.months[match["m2"]], int(match["d2"]))
    if match["y3"]:
        return iso_date(int(match["y3"]), words.months[match["m3"]], int(match["d3"]))
    year, first, second = int(match["y4"]), int(match["a4"]), int(match["b4"])
    order = words.date_orders.get(lang or "", "")
    if order == "dmy" or first > 12 or first == second:
        return iso_date(year, second, first)
    if order == "mdy" or second > 12:
        return iso_date(year, first, second)
    return None


@cache
def _expression() -> re.Pattern[str]:
    words = reading_words()
    names = sorted(words.months, key=lambda name: (-len(name), name))
    month = "(?:" + "|".join(re.escape(name) for name in names) + r")(?!\w)"
    ordinal = "(?:" + "|".join(re.escape(word) for word in words.ordinals) + "|º)?"
    link = "(?:(?:" + "|".join(re.escape(word) for word in words.date_links) + ") )?"
    # "آذار/مارس": the month once more by its other name.
    again = rf"\.?(?: ?[/(] ?{month}\)?)?"
    return re.compile(
        rf"(?<![\w/-])(?P<y1>\d{{4}})(?P<s1>[-/.])(?P<m1>\d{{1,2}})(?P=s1)(?P<d1>\d{{1,2}})(?!\d)"
        r"(?:t\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:z|[+-]\d{2}:?\d{2})?)?"
        rf"|(?<![\w.])(?P<d2>\d{{1,2}}){ordinal} ?-?{link}(?P<m2>{month}){again}(?:,|-| |، )? ?(?P<y2>\d{{4}})(?!\d)"
        rf"|(?<!\w)(?P<m3>{month}){again} (?P<d3>\d{{1,2}}){ordinal},? (?P<y3>\d{{4}})(?!\d)"
        rf"|(?<![\w/.-])(?P<a4>\d{{1,2}})(?P<s4>[/.-])(?P<b4>\d{{1,2}})(?P=s4)(?P<y4>\d{{4}})(?!\d)"
    )
