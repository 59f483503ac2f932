"""Addresses of endpoints."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from kg.errors import ConfigurationError
from kg.issues import printable

GRAPH_STORES: tuple[tuple[str, str], ...] = (
    (r"(.*/repositories/[^/]+)", r"\1/rdf-graphs/service"),
    (r"(.*)/query", r"\1/store"),
    (r"(.*)/sparql", r"\1/sparql-graph-crud-auth"),
)
"""Address for queries → address of the Graph Store protocol, by the habits of RDF4J and GraphDB, Oxigraph, Virtuoso."""


def checked_endpoint(url: str) -> str:
    """``url`` itself, if requests can be sent there.

    Raises:
        ConfigurationError: it is not http(s), has no host, or carries a user or password, which would show in messages.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"{printable(url, 100)!r} is no address: {error}") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("an address may not carry a user or password: use --user, and KG_PASSWORD or the prompt")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not url.isprintable() or " " in url:
        raise ConfigurationError(f"{printable(url, 100)!r} is no http or https address")
    return url


def graph_store_of(url: str) -> str:
    """Where the Graph Store protocol usually is for an endpoint at ``url``.

    Raises:
        ConfigurationError: the address is none of the usual ones.
    """
    for pattern, replacement in GRAPH_STORES:
        match = re.fullmatch(pattern, url.rstrip("/"))
        if match:
            return match.expand(replacement)
    raise ConfigurationError(f"it is not known where {url} takes data: give its Graph Store address with --graph-store")
