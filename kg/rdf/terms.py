"""Values as RDF terms: literals that are valid whatever the text holds."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Context, Decimal
from functools import lru_cache

from pyoxigraph import Literal

from kg.rdf import vocab

REPLACEMENT = "\ufffd"
_EXACT = Context(prec=400)  # the largest float has 309 digits
_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*")
_YEAR = re.compile(r"[0-9]{4}")
_YEAR_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DURATION = re.compile(r"P(?=.)([0-9]+Y)?([0-9]+M)?([0-9]+D)?(T(?=.)([0-9]+H)?([0-9]+M)?([0-9]+(\.[0-9]+)?S)?)?")
_WEEKS = re.compile(r"P([0-9]{1,9})W")
# Control characters other than tab, line feed and carriage return, surrogates, and noncharacters: no RDF string, or no XML text.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff" + "".join(
    chr(plane * 0x10000 + low) for plane in range(1, 17) for low in (0xFFFE, 0xFFFF)
) + "]")  # fmt: skip


def safe_text(text: str) -> str:
    """``text`` with each character that RDF or XML cannot hold replaced by U+FFFD, one for one, so that offsets stay.

    Bidirectional controls stay: a quotation is not altered.
    """
    return _FORBIDDEN.sub(REPLACEMENT, text)


def text_literal(text: str, language: str = "") -> Literal:
    """A literal in ``language``, plain where that is empty or no language tag."""
    if is_language(language):
        return Literal(safe_text(text), language=language.lower())
    return Literal(safe_text(text))


@lru_cache(maxsize=256)
def is_language(tag: str) -> bool:
    """Whether ``tag`` can be the language of a literal (RFC 5646), in general form and to the RDF library."""
    if _LANGUAGE.fullmatch(tag) is None:
        return False
    try:
        Literal("", language=tag.lower())
    except ValueError:
        return False
    return True


def date_literal(value: str) -> Literal:
    """An ISO date as ``xsd:date``, ``xsd:gYearMonth`` or ``xsd:gYear``, a date with time as ``xsd:dateTime``.

    What is none of these (the 30th of February) becomes a plain literal: nothing is lost, and validation reports it.
    """
    try:
        if _DAY.fullmatch(value):
            date.fromisoformat(value)
            return Literal(value, datatype=vocab.XSD_DATE)
        if _YEAR_MONTH.fullmatch(value) and value >= "0001":
            return Literal(value, datatype=vocab.XSD_G_YEAR_MONTH)
        if _YEAR.fullmatch(value) and value >= "0001":
            return Literal(value, datatype=vocab.XSD_G_YEAR)
        if "T" in value:
            return Literal(datetime.fromisoformat(value).isoformat(), datatype=vocab.XSD_DATE_TIME)
    except ValueError:
        pass
    return Literal(safe_text(value))


def duration_literal(value: str) -> Literal:
    """An ISO 8601 duration as ``xsd:duration`` (weeks, which XML Schema lacks, as days); anything else plain."""
    weeks = _WEEKS.fullmatch(value)
    if weeks:
        value = f"P{int(weeks[1]) * 7}D"
    if _DURATION.fullmatch(value):
        return Literal(value, datatype=vocab.XSD_DURATION)
    return Literal(safe_text(value))


def decimal_literal(value: float, digits: int = 4) -> Literal:
    """``value`` rounded to ``digits`` places as ``xsd:decimal``, without exponent or needless zeros.

    A value that is no number, or infinite, becomes a plain literal that validation reports.
    """
    # Rounded as the JSON of an analysis is, so that a graph from it has the same bytes.
    number = Decimal(repr(round(float(value), digits)))
    if not number.is_finite():
        return Literal(str(value))
    text = format(number.quantize(Decimal(1).scaleb(-digits), context=_EXACT), "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return Literal("0" if text == "-0" else text, datatype=vocab.XSD_DECIMAL)


def index_literal(value: int) -> Literal:
    """An offset in code points as ``xsd:nonNegativeInteger``."""
    return Literal(str(value), datatype=vocab.XSD_NON_NEGATIVE_INTEGER)


def integer_literal(value: int) -> Literal:
    """A whole number as ``xsd:integer``."""
    return Literal(str(value), datatype=vocab.XSD_INTEGER)
