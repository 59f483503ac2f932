"""Media types that are offered, and which of them a request accepts (RFC 9110, section 12)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypeVar

from pyoxigraph import QueryResultsFormat, RdfFormat

RESULTS: Mapping[str, QueryResultsFormat] = MappingProxyType(
    {
        "application/sparql-results+json": QueryResultsFormat.JSON,
        "application/json": QueryResultsFormat.JSON,
        "application/sparql-results+xml": QueryResultsFormat.XML,
        "application/xml": QueryResultsFormat.XML,
        "text/csv": QueryResultsFormat.CSV,
        "text/tab-separated-values": QueryResultsFormat.TSV,
    }
)
"""How rows and booleans are written, by media type; the first is what those get who do not care."""

TRIPLES: Mapping[str, RdfFormat] = MappingProxyType(
    {
        "text/turtle": RdfFormat.TURTLE,
        "application/ld+json": RdfFormat.JSON_LD,
        "application/n-triples": RdfFormat.N_TRIPLES,
        "text/plain": RdfFormat.N_TRIPLES,
        "application/rdf+xml": RdfFormat.RDF_XML,
        "text/n3": RdfFormat.N3,
        "application/n-quads": RdfFormat.N_QUADS,
        "application/trig": RdfFormat.TRIG,
    }
)
"""How triples are written, by media type; the first is what those get who do not care."""

ENDINGS: Mapping[str, str] = MappingProxyType(
    {
        "ttl": "text/turtle",
        "jsonld": "application/ld+json",
        "nt": "application/n-triples",
        "rdf": "application/rdf+xml",
        "csv": "text/csv",
    }
)
"""Media types by the ending that names them in an address."""

T = TypeVar("T")
_LONGEST = 4096
_Q = re.compile(r"q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)", re.IGNORECASE)


def negotiate(accept: str, offers: Sequence[str]) -> str | None:
    """The offer that ``accept`` (the value of an Accept header, empty: anything) likes best; of equals the first, None if none.

    The most specific range that fits an offer gives its weight.
    """
    if not accept.strip():
        return offers[0]
    ranges = [_range(part) for part in accept[:_LONGEST].split(",") if part.strip()]
    best, best_weight = None, 0.0
    for offer in offers:
        weight = _weight(offer, ranges)
        if weight > best_weight:
            best, best_weight = offer, weight
    return best


def _range(part: str) -> tuple[str, float]:
    media, *parameters = (piece.strip() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        if parameter.lower().startswith("q="):
            weight = float(parameter[2:]) if _Q.fullmatch(parameter) else 0.0
    return media.lower(), weight


def _weight(offer: str, ranges: Sequence[tuple[str, float]]) -> float:
    for wanted in (offer, f"{offer.partition('/')[0]}/*", "*/*"):
        weights = [weight for media, weight in ranges if media == wanted]
        if weights:
            return max(weights)
    return 0.0
