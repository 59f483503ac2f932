"""What the table ``time.toml`` says of lengths of time: units, and the words around them, as compiled expressions."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kg.errors import ConfigurationError
from kg.extract.numbers import NumberGrammar, alternation, number_grammar, once_per_pack
from kg.lang.fold import fold_word
from kg.lang.pack import LanguagePack

UNITS = {"year": "Y", "month": "M", "week": "W", "day": "D", "hour": "TH", "minute": "TM"}
"""Units of time, the largest first, with their letters in ISO 8601 (``T``: behind the time sign)."""


@dataclass(frozen=True)
class DurationGrammar:
    """How one language tells lengths of time.

    ``units`` and ``duals`` give unit and size by folded word; the expressions have the names of the keys of ``[duration]``,
    besides ``unit`` (behind a number), ``lone`` and ``one`` (a unit without number), ``upto`` (the far end of an interval without
    number).
    """

    numbers: NumberGrammar
    units: Mapping[str, tuple[str, int]]
    duals: Mapping[str, tuple[str, int]]
    unit: re.Pattern[str]
    half: re.Pattern[str]
    then: re.Pattern[str]
    one: re.Pattern[str]
    lone: re.Pattern[str]
    upto: re.Pattern[str]
    span_of: re.Pattern[str]
    between: re.Pattern[str]
    limit: re.Pattern[str]
    part: re.Pattern[str]
    not_before: re.Pattern[str]
    not_after: re.Pattern[str]
    clock: re.Pattern[str]
    weak: re.Pattern[str]
    aged: re.Pattern[str]
    aged_unless: re.Pattern[str]
    lone_before: re.Pattern[str]
    lone_after: re.Pattern[str]
    life: re.Pattern[str]
    plus: re.Pattern[str]


def unit_tables(pack: LanguagePack) -> tuple[dict[str, tuple[str, int]], dict[str, tuple[str, int]]]:
    """Units of time by folded word: those that follow a number, and duals, which count two; with how many a word is worth.

    Raises:
        ConfigurationError: ``time.toml`` has no units or names an unknown one.
    """
    units: dict[str, tuple[str, int]] = {}
    duals: dict[str, tuple[str, int]] = {}
    for row in pack.table("time").get("unit", ()):
        if row.get("unit") not in UNITS:
            known = ", ".join(UNITS)
            raise ConfigurationError(
                f"language {pack.code}: time.toml names the unknown unit {row.get('unit')!r} (known: {known})"
            )
        units.update({fold_word(form): (row["unit"], row.get("size", 1)) for form in row["forms"]})
        duals.update({fold_word(form): (row["unit"], row.get("size", 1)) for form in row.get("dual", ())})
    if not units:
        raise ConfigurationError(f"language {pack.code}: time.toml lacks [[unit]]")
    return units, duals


@once_per_pack
def duration_grammar(pack: LanguagePack) -> DurationGrammar:
    """The lengths of time of the language of ``pack``, from its tables ``time`` and ``numbers``.

    Raises:
        ConfigurationError: a table or a key of it is missing.
    """
    table = pack.table("time").get("duration", {})

    def regex(key: str, before: str = "", after: str = "") -> re.Pattern[str]:
        try:
            patterns = table[key]
        except KeyError as error:
            raise ConfigurationError(f"language {pack.code}: time.toml lacks the key {error} in [duration]") from error
        body = "|".join(fold_word(pattern) for pattern in patterns) or "(?!)"
        return re.compile(f"{before}(?:{body}){after}")

    units, duals = unit_tables(pack)
    lone = [form for row in pack.table("time")["unit"] for form in row.get("lone", ())]
    prefix = fold_word(table.get("lone_prefix", ""))
    article = "|".join(fold_word(word) for word in table.get("article", ()))
    return DurationGrammar(
        numbers=number_grammar(pack),
        units=units,
        duals=duals,
        unit=re.compile(rf"(?: {{1,3}}|-| ?- ?)?(?P<unit>{alternation(units)})(?!\w)"),
        one=re.compile(rf"(?:{article})(?P<unit>{alternation([*units, *duals] if article else duals)})(?!\w)"),
        lone=re.compile(rf"(?<!\w)(?:{article}|{prefix})(?P<unit>{alternation([*lone, *duals])})(?!\w)"),
        upto=regex("span", after=rf"(?:{article})(?P<unit>{alternation(lone)})(?!\w)(?! ?\d)"),
        half=regex("half", after=r"(?!\w)"),
        then=regex("then"),
        span_of=regex("span"),
        between=regex("between", before=r"(?<!\w)", after=r" {0,3}\Z"),
        limit=regex("limit", before=r"(?<!\w)", after=r" {0,3}\Z"),
        part=regex("part", before=r"(?<!\w)", after=r" {0,3}\Z"),
        not_before=regex("not_before", before=r"(?<!\w)", after=r" {0,3}\Z"),
        not_after=regex("not_after", after=r"(?!\w)"),
        clock=regex("clock", before=r"(?<!\w)", after=r" {0,3}\Z"),
        weak=regex("weak"),
        aged=regex("aged", before=r"(?<!\w)", after=r" {0,3}\Z"),
        aged_unless=regex("aged_unless", before=r"(?<!\w)", after=r" {0,3}\Z"),
        lone_before=regex("lone_before", before=r"(?<!\w)", after=r" {0,3}\Z"),
        lone_after=regex("lone_after", after=r"(?!\w)"),
        life=regex("life", before=r"(?<!\w)", after=r"(?!\w)"),
        plus=regex("plus"),
    )
