"""A graph sent to a server in parts, so that a part can be sent again, and counted when all are there.

There are no blank nodes in it: a request which a server took before it hung up does no harm when it is repeated, and a load that
was broken off goes on where it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

from pyoxigraph import BlankNode, Literal, NamedNode, RdfFormat, Triple, serialize

from kg.errors import ConfigurationError, StoreError
from kg.rdf.vocab import XSD
from kg.store.servers import SERVERS, Server, server_at

if TYPE_CHECKING:
    from kg.store.sparql import Endpoint

MOST_BYTES = 20_000_000
"""Most bytes of one request, but for a single triple that is longer."""

_SAMPLE = 20
_NUMBERS = {XSD + name for name in ("integer", "decimal", "nonNegativeInteger", "double", "float", "boolean")}


class TooLargeError(StoreError):
    """The server wants smaller requests."""


def load(
    endpoint: Endpoint,
    triples: Iterable[Triple],
    progress: Callable[[int], None] | None = None,
    server: Server | None = None,
    chunk: int | None = None,
    resume: bool = False,
) -> int:
    """Make the graph of ``endpoint`` hold just ``triples``, and give how many it then has.

    The first request replaces what was there, the others add; one that is too large is cut in half. ``server`` is guessed from
    the address where it is None, ``chunk`` the most triples in a request. ``resume`` goes on with a load of the same triples that
    was broken off. ``progress`` is told how many triples are there.

    Raises:
        StoreError: the endpoint cannot be reached or refuses, has another number of triples afterwards, or (``resume``) holds
            something else. What was sent before stays there.
        ConfigurationError: it is not known where it takes data, it needs the name of a graph, or there is a blank node.
    """
    server = server or server_at(endpoint.url)
    given = list(dict.fromkeys(triples))
    if any(isinstance(t.subject, BlankNode) or isinstance(t.object, BlankNode) for t in given):
        raise ConfigurationError("there are blank nodes, which cannot be sent in parts: use the store's own loader")
    if server is not None and server.names_graph and endpoint.graph is None:
        raise ConfigurationError(f"{server.title} has no default graph to load into: name one with --graph IRI")
    sender = _sender(endpoint, server)
    size = chunk or (server.chunk if server else SERVERS["oxigraph"].chunk)
    at = _resumed(endpoint, given, size) if resume else 0
    first = at == 0
    while first or at < len(given):
        part = _part(given, at, size)
        try:
            sender(part, first, f" ({at} triples were sent before; go on with --resume)" if at else "")
        except TooLargeError:
            if len(part) < 2:
                raise
            size = len(part) // 2
            continue
        at += len(part)
        first = False
        if progress is not None:
            progress(at)
    there = endpoint.count()
    wanted = {len(given)} | ({_by_value(given)} if server is not None and server.equal_values else set())
    if there not in wanted:
        raise StoreError(
            f"{endpoint.url} has {there} triples after {len(given)} were sent: is something else in the graph? See --graph"
        )
    return there


def _sender(endpoint: Endpoint, server: Server | None) -> Callable[[Sequence[Triple], bool, str], None]:
    place = endpoint.graph_store or (server.takes_data_at(endpoint.url) if server else None)
    if place is None:
        raise ConfigurationError(
            f"it is not known where {endpoint.url} takes data: name the --server ({', '.join(SERVERS)}), "
            "or its address with --graph-store"
        )
    graph = endpoint.graph

    def by_graph_store(part: Sequence[Triple], first: bool, done: str) -> None:
        endpoint.send(
            "PUT" if first else "POST",
            place,
            params={"graph": graph.value} if graph is not None else {"default": ""},
            data=serialize(part, format=RdfFormat.N_TRIPLES),
            headers={"Content-Type": "application/n-triples"},
            done=done,
        )

    def by_update(part: Sequence[Triple], first: bool, done: str) -> None:
        data = (serialize(part, format=RdfFormat.N_TRIPLES) or b"").decode()
        text = f"CLEAR SILENT {'DEFAULT' if graph is None else f'GRAPH {graph}'} ;\n" if first else ""
        text += f"INSERT DATA {{ {data} }}" if graph is None else f"INSERT DATA {{ GRAPH {graph} {{ {data} }} }}"
        headers = {"Content-Type": "application/sparql-update; charset=utf-8"}
        endpoint.send("POST", place, data=text.encode(), headers=headers, done=done)

    return by_update if server is not None and server.updates else by_graph_store


def _part(given: Sequence[Triple], at: int, size: int) -> list[Triple]:
    """The next triples: at most ``size``, and at most ``MOST_BYTES`` of text."""
    part: list[Triple] = []
    length = 0
    for triple in given[at : at + size]:
        length += len(str(triple))
        if part and length > MOST_BYTES:
            break
        part.append(triple)
    return part


def _resumed(endpoint: Endpoint, given: Sequence[Triple], size: int) -> int:
    """How many triples need not be sent again.

    Raises:
        StoreError: what is in the graph is not the beginning of ``given``.
    """
    there = endpoint.count()
    # The last request may have been taken in part: it is sent again.
    at = max(0, min(there, len(given)) - size)
    plain = [t for t in given[:at] if isinstance(t.object, NamedNode)]
    sample = plain[:: max(1, len(plain) // _SAMPLE)][: _SAMPLE + 1]
    if there > len(given) or (sample and not endpoint.query("ASK { " + " ".join(f"{t} ." for t in sample) + " }").boolean):
        raise StoreError(f"{endpoint.url} does not hold the beginning of this graph: load it without --resume")
    return at


def _by_value(given: Iterable[Triple]) -> int:
    """How many triples there are if literals of equal value are one."""
    return len({(str(t.subject), t.predicate.value, _value(t.object)) for t in given})


def _value(term: object) -> object:
    if not isinstance(term, Literal) or term.datatype.value not in _NUMBERS:
        return str(term)
    text = {"true": "1", "false": "0"}.get(term.value, term.value)
    try:
        return Decimal(text).normalize()
    except InvalidOperation:
        return str(term)
