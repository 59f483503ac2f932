"""Dates in running text, by the templates and word tables of ``time.toml`` of a language.

Absolute dates, dates without a year, weekdays, and points relative to the day of writing become ISO 8601 values of the precision
that is certain. What cannot be known (a day without a year and without an anchor) is found, but has no value.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from kg.errors import ConfigurationError
from kg.extract.calendar import Reading, moved
from kg.extract.date_readers import READERS, Lexicon, Question, Value
from kg.extract.duration_grammar import unit_tables
from kg.extract.numbers import alternation, number_grammar, once_per_pack
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


def from_context(mention: DateMention, reference: str | None) -> str | None:
    """The date of a ``context`` mention (the day after) from that of the event it hangs on; else the mention's own value.

    ``reference`` is an ISO date. Only a day can be counted from; the same day as a month is that month.
    """
    if mention.kind != "context" or mention.days is None or reference is None:
        return mention.value
    if mention.days == 0:
        return reference
    return moved(datetime.date.fromisoformat(reference), "day", mention.days) if len(reference) == 10 else None


@dataclass(frozen=True)
class _Times:
    templates: Templates
    lexicon: Lexicon
    since: re.Pattern[str]
    until: re.Pattern[str]
    range_cue: re.Pattern[str]
    range_link: re.Pattern[str]
    same_link: re.Pattern[str]


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
    kept: list[tuple[Found, Value]] = []
    for index, found in enumerate(matches):
        following = matches[index + 1] if index + 1 < len(matches) else None
        borrowed = _borrowed(text.text, times, found, following)
        direction = found.template.options.get("direction")
        reading = Reading(anchor, future, direction)
        question = Question(found, times.lexicon, reading, context_year, borrowed)
        said = question.word("dir")
        weekday = question.word("w")
        question = replace(question, reading=replace(reading, direction=direction if said is None else said, weekday=weekday))
        read = READERS[found.template.read](question)
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
    earlier = times.lexicon.words["m"][found.group("m") or ""] <= times.lexicon.words["m"][following.group("m") or ""]
    return int(year) if earlier else int(year) - 1


def _mentions(text: Folded, times: _Times, kept: list[tuple[Found, Value]]) -> list[DateMention]:
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


def _mention(text: Folded, times: _Times, found: Found, read: Value, behind: int) -> DateMention:
    since = bool(found.template.options.get("since")) or times.since.search(text.text, behind, found.start) is not None
    until = times.until.search(text.text, behind, found.start) is not None
    span = text.to_original(found.start, found.end)
    return DateMention(span, read.value, read.kind, read.relative, since, until, read.end, read.days)


def _is_range(plain: str, times: _Times, text: Folded, previous: DateMention, read: Value, start: int, stop: int) -> bool:
    """Whether the previous date and this one are the two ends of an interval."""
    if previous.value is None or previous.end is not None or read.value is None or read.value < previous.value[: len(read.value)]:
        return False
    if not times.range_link.fullmatch(plain, start, stop):
        return False
    first = text.to_folded(previous.span)[0]
    return times.range_cue.search(plain, max(0, first - _BEHIND), first) is not None


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
        d=day,
        a=figure,
        b=figure,
        iy=r"(?:1[5-9]\d\d|20\d\d)",
        y=r"(?:1[5-9]\d\d|20\d\d)(?![\d%٪])(?![.,٬:/]\d)",
        hy=r"1[0-5]\d\d(?!\d)",
        n=numbers.pattern,
    )
    before = r"(?<!\w)(?:{}) {{0,3}}\Z"
    return _Times(
        templates=compile_templates(pack.code, rows, tables, fragments, READERS),
        lexicon=Lexicon(MappingProxyType(words), numbers, orders, week_start),
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
