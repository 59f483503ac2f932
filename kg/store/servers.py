"""Servers that people keep graphs in, and what each wants of whoever loads one.

The habits come from their documentation and, for Oxigraph and Virtuoso 7.2, from loading into them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from urllib.parse import urlsplit

from kg.errors import ConfigurationError
from kg.issues import printable


@dataclass(frozen=True, slots=True)
class Server:
    """A kind of server.

    ``paths`` are pairs of a pattern of the path of its query endpoint and the path of its Graph Store protocol (or of its updates
    where ``updates``: it has no Graph Store protocol). ``chunk`` is the number of triples that one request may have, ``auth`` how
    users say who they are if not told otherwise. ``names_graph``: it has no default graph to load into. ``equal_values``: it
    keeps literals by value, so that ``1.0`` and ``1`` are one, and a duration is a number.
    """

    name: str
    title: str
    paths: tuple[tuple[str, str], ...]
    chunk: int = 100_000
    auth: str = "basic"
    updates: bool = False
    names_graph: bool = False
    equal_values: bool = False

    def takes_data_at(self, url: str) -> str | None:
        """The address that takes data, for an endpoint for queries at ``url``; None where that is none of the usual ones."""
        parts = urlsplit(url)
        path = parts.path.rstrip("/")
        for pattern, replacement in self.paths:
            match = re.fullmatch(pattern, path)
            if match:
                return parts._replace(path=match.expand(replacement), query="").geturl()
        return None


SERVERS: Mapping[str, Server] = MappingProxyType(
    {
        server.name: server
        for server in (
            Server("graphdb", "GraphDB or RDF4J", ((r"(.*/repositories/[^/]+)", r"\1/rdf-graphs/service"),)),
            Server(
                "blazegraph",
                "Blazegraph",
                ((r"(.*/namespace/[^/]+/sparql)", r"\1"), (r"(.*/(?:bigdata|blazegraph)/sparql)", r"\1")),
                chunk=10_000,
                updates=True,
            ),
            Server("oxigraph", "Oxigraph", ((r"/query", "/store"),)),
            Server(
                "virtuoso",
                "Virtuoso",
                ((r"(.*)/sparql(?:-auth)?", r"\1/sparql-graph-crud-auth"),),
                chunk=50_000,
                auth="digest",
                names_graph=True,
                equal_values=True,
            ),
            Server("fuseki", "Fuseki", ((r"(/.+)/(?:query|sparql)", r"\1/data"), (r"(/[^/]+)", r"\1/data")), chunk=100_000),
            Server("qlever", "QLever", ((r"(.*)", r"\1"),), auth="bearer"),
        )
    }
)
"""Servers by name, in the order in which an address is tried on them; QLever takes any address, so it has to be named."""

_GUESSED = ("graphdb", "blazegraph", "oxigraph")


def server_named(name: str) -> Server:
    """The server called ``name``.

    Raises:
        ConfigurationError: there is none.
    """
    try:
        return SERVERS[name]
    except KeyError:
        raise ConfigurationError(f"unknown server {printable(name, 40)!r} (known: {', '.join(SERVERS)})") from None


def server_at(url: str) -> Server | None:
    """The server that usually answers at such an address; None where it could be any."""
    path = urlsplit(url).path.rstrip("/")
    for name in _GUESSED:
        if SERVERS[name].takes_data_at(url):
            return SERVERS[name]
    if path in ("/sparql", "/sparql-auth"):
        return SERVERS["virtuoso"]
    if re.fullmatch(r"/[^/]+/(query|sparql)", path):
        return SERVERS["fuseki"]
    return None
