"""ISO dates of any precision as spans of days."""

from __future__ import annotations

import calendar
from datetime import date
from functools import lru_cache


@lru_cache(maxsize=50_000)
def days(value: str | None) -> tuple[int, int] | None:
    """First and last day (as ordinals) that ``2024``, ``2024-08``, ``2024-08-28`` or a date with time can mean.

    None where there is no date, or none that the calendar has.
    """
    if not value:
        return None
    try:
        parts = [int(part) for part in value.partition("T")[0].split("-")]
        if len(parts) == 1:
            return date(parts[0], 1, 1).toordinal(), date(parts[0], 12, 31).toordinal()
        if len(parts) == 2:
            last = calendar.monthrange(parts[0], parts[1])[1]
            return date(parts[0], parts[1], 1).toordinal(), date(parts[0], parts[1], last).toordinal()
        day = date(parts[0], parts[1], parts[2]).toordinal()
    except (ValueError, IndexError, OverflowError):
        return None
    return day, day


def gap(a: tuple[int, int], b: tuple[int, int]) -> int:
    """Days between two dates; 0 where one lies within the other or they overlap."""
    return max(0, a[0] - b[1], b[0] - a[1])


def precision(value: tuple[int, int]) -> int:
    """3 for a day, 2 for a month, 1 for a year."""
    length = value[1] - value[0]
    return 3 if length == 0 else 2 if length < 32 else 1
