"""Terms as people type them on the command line, parsed before they come near a query."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal, InvalidOperation
from types import MappingProxyType

from pyoxigraph import Literal, NamedNode

from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.rdf.terms import date_literal, is_language
from kg.store.addresses import checked_endpoint

_QID = re.compile(r"Q[1-9][0-9]{0,14}")
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\\x7f-\x9f]+")
_LONGEST = 2048


def parse_iri(text: str, base: str = vocab.DATA) -> NamedNode:
    """The IRI that ``text`` means: a whole one (with or without ``< >``), ``wd:Q42`` with a prefix of the graph, or ``Q42``.

    Raises:
        ConfigurationError: it is none of these.
    """
    given = text.strip()
    if _QID.fullmatch(given):
        return NamedNode(vocab.WD + given)
    given = given[1:-1] if given.startswith("<") and given.endswith(">") else given
    prefix, colon, local = given.partition(":")
    namespaces = {**vocab.PREFIXES, **vocab.data_prefixes(base)}
    if colon and prefix in namespaces and not local.startswith("//"):
        given = namespaces[prefix] + local.replace("\\", "")
    if len(given) > _LONGEST or not _IRI.fullmatch(given):
        raise ConfigurationError(
            f"{text!r} is no IRI: give a whole one, or one like wd:Q42 (prefixes: {', '.join(sorted(namespaces))})"
        )
    try:
        return NamedNode(given)
    except ValueError as error:
        raise ConfigurationError(f"{text!r} is no IRI: {error}") from None


def _decimal(text: str) -> Literal:
    try:
        number = Decimal(text.strip())
    except InvalidOperation:
        raise ConfigurationError(f"{text!r} is no number (one looks like 5000000 or 0.5)") from None
    if not number.is_finite() or abs(number) >= Decimal(10) ** 30:
        raise ConfigurationError(f"{text!r} is no number that can be compared")
    return Literal(format(number, "f"), datatype=vocab.XSD_DECIMAL)


def _integer(text: str) -> Literal:
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text.strip()):
        raise ConfigurationError(f"{text!r} is no whole number")
    return Literal(str(int(text)), datatype=vocab.XSD_INTEGER)


def _date(text: str) -> Literal:
    found = date_literal(text.strip())
    if found.datatype != vocab.XSD_DATE:
        raise ConfigurationError(f"{text!r} is no day (one looks like 2024-08-28)")
    return found


def _string(text: str) -> Literal:
    return Literal(text.encode("utf-8", "replace").decode("utf-8"))


def _language(text: str) -> Literal:
    if not is_language(text):
        raise ConfigurationError(f"{text!r} is no code of a language (one looks like en)")
    return Literal(text.lower())


def _service(text: str) -> NamedNode:
    found = parse_iri(text)
    checked_endpoint(found.value)
    return found


KINDS: Mapping[str, Callable[[str], NamedNode | Literal]] = MappingProxyType(
    {
        "IRI": parse_iri,
        "decimal": _decimal,
        "integer": _integer,
        "date": _date,
        "string": _string,
        "language": _language,
        "service": _service,
    }
)
"""How the value of a parameter is read, by the kind that the query's header names."""
