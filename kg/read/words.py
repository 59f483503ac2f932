"""What the language packs know of pages, compiled: the tables ``reading.toml``.

Pages mix languages (an English menu round an Arabic article), so the lists of all packs are searched together; only what
really depends on the language of the article, the order of dates in digits, is kept apart.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word
from kg.lang.pack import LanguagePack, languages, load_pack

LINE_KINDS = ("share", "more", "byline", "credit", "tags", "promo", "published", "updated", "publisher")
"""The lists of ``[lines]`` that hold regular expressions."""


@dataclass(frozen=True)
class ReadingWords:
    """The tables of all packs together.

    ``menu`` and ``end`` hold keys (see ``key``), ``lines`` one expression per kind that matches from the start of a folded line,
    ``months`` the number of each folded month name, ``weekdays`` and ``fillers`` folded words beside dates, ``particles`` the
    words of a byline that need no capital, ``media_words`` and ``media_names`` what tells a medium, ``date_orders`` the order of
    dates in digits by language.
    """

    menu: frozenset[str]
    end: frozenset[str]
    lines: Mapping[str, re.Pattern[str]]
    months: Mapping[str, int]
    weekdays: frozenset[str]
    fillers: frozenset[str]
    particles: frozenset[str]
    ordinals: tuple[str, ...]
    date_links: tuple[str, ...]
    media_words: frozenset[str]
    media_names: frozenset[str]
    date_orders: Mapping[str, str]


def key(line: str) -> str:
    """``line`` as the lists of whole lines know it: folded, letters and apostrophes only, single blanks."""
    return " ".join("".join(char if char.isalpha() or char == "'" else " " for char in fold_word(line)).split())


@cache
def reading_words() -> ReadingWords:
    """The compiled tables of every language pack.

    Raises:
        ConfigurationError: an expression of a table cannot be compiled, or a month has two numbers.
    """
    packs = [load_pack(code) for code in languages()]
    return ReadingWords(
        menu=frozenset(key(word) for word in _listed(packs, "lines", "menu")),
        end=frozenset(key(word) for word in _listed(packs, "lines", "end")),
        lines=MappingProxyType({kind: _expression(packs, kind) for kind in LINE_KINDS}),
        months=MappingProxyType(_months(packs)),
        weekdays=frozenset(_weekdays(packs)),
        fillers=frozenset(fold_word(word) for word in _listed(packs, "lines", "date_fillers")),
        particles=frozenset(fold_word(word) for word in _listed(packs, "lines", "particles")),
        ordinals=tuple(sorted({fold_word(word) for pack in packs for word in pack.table("reading").get("ordinals", ())})),
        date_links=tuple(sorted({fold_word(word) for pack in packs for word in pack.table("reading").get("date_links", ())})),
        media_words=frozenset(fold_word(word) for word in _listed(packs, "media", "words")),
        media_names=frozenset(key(word) for word in _listed(packs, "media", "names")),
        date_orders=MappingProxyType({pack.code: pack.table("reading").get("date_order", "") for pack in packs}),
    )


def _listed(packs: Iterable[LanguagePack], section: str, name: str) -> list[str]:
    return [word for pack in packs for word in pack.table("reading").get(section, {}).get(name, ())]


def _expression(packs: Iterable[LanguagePack], kind: str) -> re.Pattern[str]:
    parts = [fold_word(part) for part in _listed(packs, "lines", kind)]
    for part in parts:
        try:
            re.compile(part)
        except re.error as error:
            raise ConfigurationError(f"reading.toml: the expression {part!r} of lines.{kind} is wrong: {error}") from error
    return re.compile("|".join(f"(?:{part})" for part in parts) or r"(?!)")


def _locales(packs: Iterable[LanguagePack]) -> list[str]:
    return [locale for pack in packs for locale in pack.table("reading").get("locales", ())]


def _months(packs: Iterable[LanguagePack]) -> dict[str, int]:
    from babel.dates import get_month_names

    found: dict[str, int] = {}
    for locale in _locales(packs):
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale).items():
                    _add_month(found, name, number)
    for pack in packs:
        for name, number in pack.table("reading").get("months", {}).items():
            _add_month(found, name, number)
    return dict(sorted(found.items()))


def _add_month(found: dict[str, int], name: str, number: int) -> None:
    folded = fold_word(name).rstrip(".").strip()
    if found.setdefault(folded, number) != number:
        raise ConfigurationError(f"reading.toml: the month {name!r} has two numbers: {found[folded]} and {number}")


def _weekdays(packs: Iterable[LanguagePack]) -> set[str]:
    from babel.dates import get_day_names

    names = (
        name
        for locale in _locales(packs)
        for width in ("wide", "abbreviated")
        for name in get_day_names(width, "format", locale).values()
    )
    return {fold_word(name).rstrip(".") for name in names}
