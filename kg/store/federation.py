"""Queries that ask another endpoint (``SERVICE``), answered so that the other endpoint has little to do and may be away.

A query says in its header which variable holds what is looked up there::

    # @param endpoint service default https://query.wikidata.org/sparql: where Wikidata is asked
    # @sends person: the Wikidata items of the people against whom actions are reported

and has one ``SERVICE <…> { … VALUES ?person { UNDEF } … }``. As it stands it is plain SPARQL 1.1, which any store that federates
can run, at the price of asking for everything. Here the local part is answered first; the items it finds are put between the
braces, in batches, and what comes back takes the place of the ``SERVICE`` (a bind join, as in Schwarte et al., FedX, 2011).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import urlsplit

from pyoxigraph import BlankNode, NamedNode

from kg.errors import ConfigurationError, StoreError
from kg.rdf.vocab import WD
from kg.store.results import Results, Row
from kg.store.sparql import Endpoint
from kg.wikidata.settings import settings_of

BATCH = 200
"""Items that one request asks for."""
TIMEOUT = 70.0
"""Seconds that the other endpoint may take; the query service of Wikidata stops after 60."""
MOST_ROWS = 200_000
"""Rows of another endpoint that are taken; the text of a query must hold them."""

_SERVICE = re.compile(r"\bSERVICE\s+(?:SILENT\s+)?<(?P<url>[^<>\s]*)>\s*(?=\{)")
# What a brace can hide in: an IRI, a string, a comment.
_PART = re.compile(r"<[^<>\"{}|^`\\\s]*>|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|#[^\n]*|[{}]")
_PREFIX = re.compile(r"^\s*PREFIX\s[^\n]*$", re.MULTILINE)
_VARIABLE = re.compile(r"[?$](\w+)")


class Source(Protocol):
    """What can be asked."""

    def query(self, text: str) -> Results:
        """The answer to a SPARQL query."""
        ...


@dataclass(frozen=True, slots=True)
class Service:
    """The ``SERVICE`` of a query: its place in the text, the endpoint that it names, and the pattern within its braces."""

    start: int
    end: int
    url: str
    pattern: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The answer, and why the other endpoint gave nothing (empty: it did)."""

    results: Results
    problem: str = ""


def find_service(text: str) -> Service | None:
    """The ``SERVICE`` in ``text``, or None.

    Raises:
        ConfigurationError: there are several, or its braces do not close.
    """
    found = list(_SERVICE.finditer(text))
    if not found:
        return None
    if len(found) > 1:
        raise ConfigurationError("the query asks several other endpoints (SERVICE); one is supported")
    depth = 0
    for part in _PART.finditer(text, found[0].end()):
        depth += {"{": 1, "}": -1}.get(part[0], 0)
        if depth == 0:
            return Service(found[0].start(), part.end(), found[0]["url"], text[found[0].end() + 1 : part.start()])
    raise ConfigurationError("the braces of SERVICE do not close")


def federate(source: Source, text: str, key: str, ask: Callable[[str], Source]) -> Answered:
    """The answer to the query ``text``, whose ``SERVICE`` looks up the values of ``?key``.

    ``ask`` opens the endpoint at an address. Where it cannot be asked, the answer is that of the local part, and says why.

    Raises:
        ConfigurationError: the query has no such ``SERVICE``, does not select ``?key``, or the ``SERVICE`` has not exactly one
            ``VALUES ?key { UNDEF }``.
        StoreError: the local part cannot be answered.
    """
    service = find_service(text)
    if service is None:
        raise ConfigurationError("the query asks no other endpoint: it has no SERVICE <…> { … }")
    places = list(re.finditer(rf"VALUES\s+\?{re.escape(key)}\s*\{{\s*UNDEF\s*\}}", service.pattern))
    if len(places) != 1:
        raise ConfigurationError(f"the SERVICE needs exactly one 'VALUES ?{key} {{ UNDEF }}'")
    variables = tuple(dict.fromkeys(_VARIABLE.findall(_without_comments(service.pattern))))
    alone = source.query(_with_rows(text, service, variables, ()))
    if key not in alone.variables:
        raise ConfigurationError(f"the query must select ?{key}, which it looks up elsewhere")
    column = alone.variables.index(key)
    wanted = sorted({t.value for row in alone.rows if isinstance(t := row[column], NamedNode) and t.value.startswith(WD)})
    if not wanted:
        return Answered(alone)
    prefixes = "\n".join(match[0].strip() for match in _PREFIX.finditer(text))
    rows: set[Row] = set()
    try:
        endpoint = ask(service.url)
        for batch in _batches(wanted):
            values = f"VALUES ?{key} {{ {' '.join(f'<{iri}>' for iri in batch)} }}"
            pattern = service.pattern[: places[0].start()] + values + service.pattern[places[0].end() :]
            projected = " ".join(f"?{name}" for name in variables)
            found = endpoint.query(f"{prefixes}\nSELECT DISTINCT {projected} WHERE {{\n{pattern}\n}}")
            rows |= set(_in_order(found, variables))
            if len(rows) > MOST_ROWS:
                raise StoreError(f"{service.url} gives more than {MOST_ROWS:,} rows: ask about fewer items")
    except StoreError as error:
        return Answered(alone, str(error))
    return Answered(source.query(_with_rows(text, service, variables, sorted(rows, key=str))))


def open_service(url: str) -> Endpoint:
    """The endpoint at ``url``, asked twice at most; that of Wikidata is told who asks, as its policy wants.

    Raises:
        ConfigurationError: ``url`` is no address.
        StoreError: it is that of Wikidata, and the environment names no contact.
    """
    endpoint = Endpoint(url, timeout=TIMEOUT, attempts=2)
    if not (urlsplit(url).hostname or "").endswith("wikidata.org"):
        return endpoint
    try:
        return replace(endpoint, agent=settings_of().user_agent)
    except ConfigurationError as error:
        raise StoreError(str(error)) from None


def _batches(items: list[str]) -> Iterator[list[str]]:
    for first in range(0, len(items), BATCH):
        yield items[first : first + BATCH]


def _in_order(found: Results, variables: tuple[str, ...]) -> Iterator[Row]:
    columns = [found.variables.index(name) if name in found.variables else None for name in variables]
    for row in found.rows:
        # A blank node of elsewhere is nothing that can be said here.
        yield tuple(None if c is None or isinstance(row[c], BlankNode) else row[c] for c in columns)


def _with_rows(text: str, service: Service, variables: tuple[str, ...], rows: tuple[Row, ...] | list[Row]) -> str:
    """The query with the rows in the place of the ``SERVICE``."""
    names = " ".join(f"?{name}" for name in variables)
    lines = "\n".join(f"({' '.join('UNDEF' if term is None else str(term) for term in row)})" for row in rows)
    return f"{text[: service.start]}VALUES ({names}) {{\n{lines}\n}}{text[service.end :]}"


def _without_comments(text: str) -> str:
    return _PART.sub(lambda match: "" if match[0][0] in "#<\"'" else match[0], text)
