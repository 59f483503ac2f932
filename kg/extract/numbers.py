"""Numbers in digits and in words, read by the tables ``numbers.toml`` of a language.

A number is digits with the separators of the language (``1 200 000``, ``6.16``), digits and a scale word (``5 million``), or
number words (``quatre-vingt-dix``, ``خمسة وعشرون``). Values are exact decimals. A reading that the language leaves open
(``5,000`` in French) has no value.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import wraps
from typing import TypeVar

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word
from kg.lang.pack import LanguagePack

T = TypeVar("T")
_HUNDRED = Decimal(100)
_THOUSAND = Decimal(1000)


def once_per_pack(build: Callable[[LanguagePack], T]) -> Callable[[LanguagePack], T]:
    """Keep what ``build`` makes of a pack for as long as the process lives; packs are few and not hashable."""
    made: dict[int, tuple[LanguagePack, T]] = {}

    @wraps(build)
    def wrapper(pack: LanguagePack) -> T:
        known = made.get(id(pack))
        if known is None:
            known = made[id(pack)] = (pack, build(pack))
        return known[1]

    return wrapper


def alternation(words: Iterable[str]) -> str:
    """A regular expression for any of ``words`` (folded), the longest first; it matches nothing where there are none.

    Blanks stand for one to three blanks.
    """
    ordered = sorted({fold_word(word) for word in words}, key=lambda word: (-len(word), word))
    if not ordered:
        return r"(?!)"
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", " {1,3}") for word in ordered) + ")"


@dataclass(frozen=True, slots=True)
class Number:
    """A number in folded text: ``text[start:end]`` and its value (None where the reading is open).

    ``digits`` says that it is written in digits, ``scaled`` that a scale word (thousand and up) belongs to it.
    """

    start: int
    end: int
    value: Decimal | None
    digits: bool
    scaled: bool


@dataclass(frozen=True)
class NumberGrammar:
    """The numbers of one language: ``pattern`` is a regular expression for one, `find` finds all, `parse` reads one."""

    pattern: str
    regex: re.Pattern[str]
    words: dict[str, Decimal]
    scales: dict[str, Decimal]
    fractions: dict[str, Decimal]
    vigesimal: frozenset[int]
    units_first: bool
    thousands: str
    decimal: str
    tokens: re.Pattern[str]

    def parse(self, text: str) -> Decimal | None:
        """The value of the folded number ``text``, or None where it has none or more than one."""
        if text[:1].isdigit():
            match = re.match(r"[\d.,٬' ]*\d", text)
            digits = match.group() if match else ""
            factor = Decimal(1)
            tokens = self._tokenise(text[len(digits) :])
            for token in tokens:
                factor *= self.scales.get(token, Decimal(1))
            value = self.parse_digits(digits, exact=factor >= _THOUSAND)
            if value is None:
                return None
            half = sum((self.fractions[token] for token in tokens if token in self.fractions), Decimal(0))
            return (value + half) * factor
        return self._parse_words(self._tokenise_joined(text))

    def parse_digits(self, digits: str, exact: bool = False) -> Decimal | None:
        """The value of ``digits`` with the separators of the language.

        ``exact`` says that a scale word or abbreviation follows, so that three digits behind a decimal sign are decimals.
        """
        digits = digits.strip()
        if digits.isdigit():
            return Decimal(digits)
        marks = [char for char in digits if not char.isdigit()]
        parts = re.split(r"\D", digits)
        last = marks[-1]
        grouped = all(len(part) == 3 for part in parts[1:]) and 1 <= len(parts[0]) <= 3
        if len(set(marks)) == 1 and grouped and parts[0] != "0":
            single = len(marks) == 1
            if single and last in self.decimal and exact:
                return Decimal(f"{parts[0]}.{parts[1]}")
            if last in self.thousands or not single:
                return Decimal("".join(parts))
            return None
        if last not in self.decimal or marks.count(last) > 1:
            return None
        head = parts[:-1]
        if len(set(marks[:-1])) > 1 or any(len(part) != 3 for part in head[1:]):
            return None
        return Decimal(f"{''.join(head)}.{parts[-1]}")

    def _tokenise(self, text: str) -> list[str]:
        return [token for token, _ in self._tokenise_joined(text)]

    def _tokenise_joined(self, text: str) -> list[tuple[str, bool]]:
        """The number words of ``text``, each with whether a conjunction is written together with it."""
        return [(re.sub(" +", " ", match["word"]), bool(match["joined"])) for match in self.tokens.finditer(text)]

    def _parse_words(self, tokens: list[tuple[str, bool]]) -> Decimal | None:
        total = current = Decimal(0)
        last_scale: Decimal | None = None
        for place, (token, joined) in enumerate(tokens):
            fraction = self.fractions.get(token)
            if fraction is not None:
                follows = tokens[place + 1][0] if place + 1 < len(tokens) else ""
                follows_scale = self.scales.get(follows, Decimal(0)) >= _THOUSAND
                if current >= _THOUSAND:  # a dual such as "two million" in one word
                    last_scale, total, current = current / 2, total + current, Decimal(0)
                if not follows_scale and last_scale is not None and current == 0:
                    total += fraction * last_scale
                else:
                    current += fraction
                continue
            scale = self.scales.get(token)
            if scale is None:
                value = self.words.get(token)
                if value is None or not self._fits(current, value, joined):
                    return None
                current += value
            elif scale == _HUNDRED:
                if current >= _HUNDRED:
                    return None
                current = (current or Decimal(1)) * scale
            elif last_scale is None or scale < last_scale or 0 < current < 1:
                total += (current or Decimal(1)) * scale
                current, last_scale = Decimal(0), scale
            elif current == 0:
                total, last_scale = total * scale, scale
            else:
                return None
        return total + current or None

    def _fits(self, current: Decimal, value: Decimal, joined: bool) -> bool:
        """Whether ``value`` may be added to ``current``; if not, they are two numbers and not one."""
        if current == 0:
            return True
        if current != int(current):
            return False
        a, b = int(current), int(value)
        if a % 100 in self.vigesimal and 10 <= b < 20:
            return True
        if self.units_first and 0 < a % 100 < 10 and b in ((20, 30, 40, 50, 60, 70, 80, 90) if joined else (10,)):
            return True
        place = len(str(a)) - len(str(a).rstrip("0"))
        return len(str(b)) <= place

    def find(self, text: str) -> list[Number]:
        """All numbers of the folded ``text`` in order; they do not overlap."""
        found = []
        for match in self.regex.finditer(text):
            start, end = match.span("number")
            words = match.group("number")
            digits = words[0].isdigit()
            scaled = any(self.scales.get(token, Decimal(0)) >= _THOUSAND for token in self._tokenise(words))
            found.append(Number(start, end, self.parse(words), digits, scaled))
        return found


@once_per_pack
def number_grammar(pack: LanguagePack) -> NumberGrammar:
    """The numbers of the language of ``pack``, from its table ``numbers``.

    Raises:
        ConfigurationError: the table is missing or a key of it is.
    """
    table = pack.table("numbers")
    try:
        words = _values(table["words"])
        scales = _values(table["scales"])
        plural = _values(table.get("plural_scales", {}))
        fractions = _values(table["fractions"])
        thousands, decimal = table["thousands"], table["decimal"]
        joiner = fold_word(table["joiner"])
        half = fold_word(table["and_half"])
        proclitic = fold_word(table.get("proclitic", ""))
        conjunction = fold_word(table.get("conjunction", "(?!)"))
        article = fold_word(table.get("article", ""))
    except KeyError as error:
        raise ConfigurationError(f"language {pack.code}: numbers.toml lacks the key {error}") from error
    first = alternation([*words, *scales, *fractions])
    every = alternation([*words, *scales, *plural, *fractions])
    scale = alternation([*scales, *plural])
    in_words = rf"{first}(?!\w)(?:{joiner}{every}(?!\w)){{0,9}}+"
    marks = "".join(sorted({*thousands, *decimal, "."}))
    points = "".join(sorted({*decimal, "."}))
    grouped = rf"\d{{1,3}}(?:[{re.escape(marks)}]\d{{3}}(?!\d)){{1,5}}(?:[{re.escape(points)}]\d{{1,2}}(?!\d))?"
    plain = rf"\d{{1,15}}(?:[{re.escape(points)}]\d{{1,6}}(?!\d))?"
    in_digits = rf"(?:{grouped}|{plain})(?![\d])(?:(?:{half})|(?: {{1,3}}|-){scale}(?!\w)){{0,2}}+"
    return NumberGrammar(
        pattern=f"(?:{in_digits}|{in_words})",
        regex=re.compile(
            rf"(?<!\d)(?<!\d[.,٬])(?:(?=\d)|(?<!\w)(?:(?={first}(?!\w))|{proclitic}(?={first}(?!\w))))(?P<number>{in_digits}|{in_words})"
        ),
        words=words,
        scales={**scales, **plural},
        fractions=fractions,
        vigesimal=frozenset(table.get("vigesimal", ())),
        units_first=bool(table.get("units_first", False)),
        thousands="".join(thousands),
        decimal="".join(decimal),
        tokens=re.compile(rf"(?<!\w)(?P<joined>{conjunction})?{article}(?P<word>{every})(?!\w)"),
    )


def _values(table: dict[str, float]) -> dict[str, Decimal]:
    return {fold_word(word): Decimal(str(value)) for word, value in table.items()}
