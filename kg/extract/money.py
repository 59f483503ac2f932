"""Sums of money with their currency, by the tables ``money.toml`` and ``numbers.toml`` of a language.

A name of money that several countries share (dinar, franc, pound) counts only with its nationality, with a default that the
language sets, or with the currency of the country at hand as a hint. Further full names (``baht thaïlandais``) and ISO 4217
codes come from the Unicode CLDR by way of Babel.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from babel import Locale, UnknownLocaleError
from babel.numbers import get_currency_name

from kg.errors import ConfigurationError
from kg.extract.numbers import Number, NumberGrammar, alternation, number_grammar, once_per_pack
from kg.lang.fold import Folded, fold_word
from kg.lang.pack import LanguagePack
from kg.model import Amount, Span

_COUNTS = (1, 2, 3, 11, 100)
_LARGEST = Decimal(10) ** 16
_BEHIND = 32
_ABBREVIATION = re.compile(r"(?:-| )?([^\W\d_]{1,3})(?![^\W_])")


@dataclass(frozen=True, slots=True)
class AmountMention:
    """A sum of money: its place in the original text, currency sign included, and what it says."""

    span: Span
    amount: Amount


@dataclass(frozen=True, slots=True)
class _Head:
    """A name that several currencies share: what it is alone (or None), and the currencies it may be."""

    default: str | None
    codes: frozenset[str]


@dataclass(frozen=True)
class _Money:
    numbers: NumberGrammar
    before: re.Pattern[str]
    after: re.Pattern[str]
    certain: Mapping[str, str]
    heads: Mapping[str, _Head]
    national: tuple[tuple[re.Pattern[str], str], ...]
    abbreviations: Mapping[str, Decimal]
    measures: frozenset[str]
    measured_before: re.Pattern[str]
    measured_after: re.Pattern[str]
    span_of: re.Pattern[str]
    compound: re.Pattern[str]


def find_amounts(text: Folded, pack: LanguagePack, country_currency: str | None = None) -> tuple[AmountMention, ...]:
    """The sums of money in ``text``, in order, without overlap.

    ``country_currency`` is the ISO 4217 code of the country that the passage is about; it decides what a shared name means
    (``dinar`` with ``KWD``) and nothing else. A sum whose currency or figure stays open, and an interval that names the
    currency once, are left out.
    """
    money = _money(pack)
    hint = country_currency.upper() if country_currency else None
    found: list[AmountMention] = []
    numbers = money.numbers.find(text.text)
    claimed = 0
    for index, number in enumerate(numbers):
        if number.start < claimed:
            continue
        read = _read(text.text, money, number, hint, claimed)
        if read is None:
            continue
        start, end, value, code = read
        previous = numbers[index - 1] if index and numbers[index - 1].end > claimed else None
        if previous is not None and start == number.start:
            gap = text.text[previous.end : start]
            if money.span_of.fullmatch(gap):
                claimed = end
                continue
            if previous.scaled and previous.value is not None and value < previous.value and money.compound.fullmatch(gap):
                start, value = previous.start, value + previous.value
        claimed = end
        if Decimal(0) < value < _LARGEST:
            found.append(AmountMention(text.to_original(start, end), Amount(float(value), code)))
    return tuple(found)


def _read(text: str, money: _Money, number: Number, hint: str | None, floor: int) -> tuple[int, int, Decimal, str] | None:
    """Start, end, value and currency of the sum around ``number``, or None where it is none."""
    end = number.end
    value = number.value
    if number.digits and not number.scaled:
        match = _ABBREVIATION.match(text, end)
        factor = money.abbreviations.get(match.group(1)) if match else None
        if match and factor is not None:
            exact = money.numbers.parse_digits(text[number.start : number.end], exact=True)
            if exact is not None:
                scaled = _with_currency(text, money, number.start, match.end(), exact * factor, hint, floor)
                if scaled is not None:
                    return scaled
    if value is None:
        return None
    return _with_currency(text, money, number.start, end, value, hint, floor)


def _with_currency(
    text: str, money: _Money, start: int, end: int, value: Decimal, hint: str | None, floor: int
) -> tuple[int, int, Decimal, str] | None:
    after = money.after.match(text, end)
    if after is not None:
        code = _code(money, after.group("name"), hint)
        measured = after.group("name") in money.measures and (
            money.measured_after.match(text, after.end()) or money.measured_before.search(text, max(0, start - _BEHIND), start)
        )
        if code is not None and not measured:
            return start, after.end(), value, code
    before = money.before.search(text, max(floor, start - 12), start)
    if before is not None:
        code = _code(money, before.group("name"), hint)
        if code is not None:
            return before.start("name"), end, value, code
    return None


def _code(money: _Money, name: str, hint: str | None) -> str | None:
    """The currency that the folded ``name`` stands for."""
    name = re.sub(" +", " ", name)
    known = money.certain.get(name)
    if known is not None:
        return known
    head = money.heads.get(name)
    if head is not None:
        return hint if hint in head.codes and head.default is None else head.default
    for pattern, code in money.national:
        if pattern.fullmatch(name):
            return code
    return None


@once_per_pack
def _money(pack: LanguagePack) -> _Money:
    table = pack.table("money")
    try:
        symbols = {fold_word(name): code for name, code in table["symbols"].items()}
        names = {fold_word(name): code for code, forms in table["names"].items() for name in forms}
        of, span_of, compound = (fold_word(table[key]) for key in ("of", "span", "compound"))
        article = fold_word(table["article"])
        suffix = fold_word(table["adjective_suffix"])
        adjective_first = bool(table["adjective_first"])
        shared = table["shared"]
        not_codes = {fold_word(word) for word in table["not_codes"]}
    except KeyError as error:
        raise ConfigurationError(f"language {pack.code}: money.toml lacks the key {error}") from error
    measure = table.get("measures", {})
    certain = {**_cldr_names(pack.code), **names, **symbols}
    codes = {code.lower(): code for code in _cldr_codes() if code.lower() not in not_codes}
    heads: dict[str, _Head] = {}
    national: list[tuple[str, str]] = []
    for row in shared:
        of_head = _Head(row.get("default"), frozenset((*row["nations"], *row.get("also", ()))))
        for name in row["names"]:
            heads[fold_word(name)] = of_head
        forms = alternation(row["names"])
        for code, nations in row["nations"].items():
            nation = f"{alternation(nations)}{suffix}"
            both = f"{nation} {{1,3}}{forms}" if adjective_first else f"{forms} {{1,3}}{article}{nation}"
            national.append((both, code))
    for code in codes:
        certain.setdefault(code, codes[code])
    plain = alternation([*certain, *heads])
    name = "(?:" + "|".join([*(pattern for pattern, _ in national), plain]) + ")"
    prefixes = alternation([*symbols, *codes, *(word for word in heads if not word.isalpha())])
    scales = {fold_word(word): Decimal(str(value)) for word, value in pack.table("numbers").get("abbreviations", {}).items()}
    return _Money(
        numbers=number_grammar(pack),
        before=re.compile(rf"(?<![^\W\d_])(?P<name>{prefixes})[ -]?\Z"),
        after=re.compile(rf"(?:{of})(?:{article})(?P<name>{name})(?![^\W\d_])"),
        certain=certain,
        heads=heads,
        national=tuple((re.compile(pattern), code) for pattern, code in national),
        abbreviations=scales,
        measures=frozenset(fold_word(name) for name in measure.get("names", ())),
        measured_before=re.compile(rf"(?<!\w)(?:{fold_word(measure.get('before', '(?!)'))}) {{0,3}}\Z"),
        measured_after=re.compile(fold_word(measure.get("after", "(?!)"))),
        span_of=re.compile(span_of),
        compound=re.compile(compound),
    )


def _cldr_codes() -> tuple[str, ...]:
    """Codes of ISO 4217 that the CLDR knows, without its own (``XXX``, metals, testing)."""
    known = {str(code) for code in Locale("en").currencies}
    return tuple(sorted({code for code in known if code.isalpha() and code[0] != "X"} | {"XAF", "XOF", "XPF"}))


def _cldr_names(code: str) -> dict[str, str]:
    """Names of two words or more that belong to one currency alone, in the language ``code``; none where Babel lacks it."""
    try:
        locale = Locale(code)
    except (UnknownLocaleError, ValueError):
        return {}
    found: dict[str, str | None] = {}
    for currency in _cldr_codes():
        if currency not in locale.currencies:
            continue
        for name in {fold_word(get_currency_name(currency, count, locale)) for count in _COUNTS}:
            if " " in name and "(" not in name and not any(char.isdigit() for char in name):
                found[name] = currency if found.get(name, currency) == currency else None
    return {name: currency for name, currency in sorted(found.items()) if currency is not None}
