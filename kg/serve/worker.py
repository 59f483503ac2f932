"""A process that answers SPARQL queries on a store, one after another, until its input ends.

Queries that anyone may write run here and not in the server: a query cannot be stopped once it runs, but its process can. A
request is four bytes of length and a JSON object; an answer is eight bytes of lengths, an object with ``status`` and ``type``,
and a body.
"""

from __future__ import annotations

import json
import struct
import sys
from typing import IO, Any, cast

import pyoxigraph
from pyoxigraph import NamedNode, RdfFormat, Store

from kg.rdf.vocab import PREFIXES
from kg.serve.lexer import keywords
from kg.serve.media import RESULTS, TRIPLES

MEMORY = 8 << 30
"""Bytes of address space that a worker may use, mapped files included."""


class TooLargeError(Exception):
    """The answer is longer than was asked for."""


class _Limited:
    """Collects what is written, up to ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        self.content = bytearray()
        self._limit = limit

    def write(self, data: bytes) -> int:
        self.content += data
        if len(self.content) > self._limit:
            raise TooLargeError
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""


def answer(store: Store, request: dict[str, Any]) -> tuple[int, str, bytes]:
    """Status, media type and body for ``request``: ``query``, ``default`` and ``named`` (IRIs of graphs), ``results`` and
    ``triples`` (the media type for either form, or None where the client takes none), and ``limit`` in bytes."""
    words = keywords(request["query"])
    if "SERVICE" in words:
        return 400, "text/plain", b"this endpoint asks no other endpoints: leave SERVICE out"
    default, named = request.get("default") or [], request.get("named") or []
    dataset: dict[str, Any] = {}
    try:
        if default or named:
            dataset = {"default_graph": [NamedNode(g) for g in default], "named_graphs": [NamedNode(g) for g in named]}
        elif "FROM" not in words:
            dataset = {"use_default_graph_as_union": True}
        found = store.query(request["query"], **dataset)
    except (SyntaxError, ValueError) as error:
        return 400, "text/plain", f"the query is not valid: {error}".encode()
    return serialise(found, request.get("results"), request.get("triples"), request["limit"])


def serialise(found: Any, results: str | None, triples: str | None, limit: int) -> tuple[int, str, bytes]:
    """The answer of a store in the media type that fits its form."""
    media = triples if isinstance(found, pyoxigraph.QueryTriples) else results
    if media is None:
        offers = TRIPLES if isinstance(found, pyoxigraph.QueryTriples) else RESULTS
        return 406, "text/plain", f"the answer to this query comes as one of: {', '.join(offers)}".encode()
    out = _Limited(limit)
    try:
        sink = cast(IO[bytes], out)
        if isinstance(found, pyoxigraph.QueryTriples):
            syntax = TRIPLES[media]
            prefixes = dict(PREFIXES) if syntax in (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML) else None
            pyoxigraph.serialize(found, sink, format=syntax, prefixes=prefixes)
        else:
            found.serialize(sink, format=RESULTS[media])
    except TooLargeError:
        return 500, "text/plain", f"the answer is longer than {limit:,} bytes: ask for less with LIMIT".encode()
    except (OSError, RuntimeError, ValueError) as error:
        if len(out.content) > limit:
            return 500, "text/plain", f"the answer is longer than {limit:,} bytes: ask for less with LIMIT".encode()
        return 500, "text/plain", f"the query failed: {error}".encode()
    return 200, media, bytes(out.content)


def run(location: str, source: IO[bytes], sink: IO[bytes]) -> None:
    """Answer the requests of ``source`` from the store at ``location`` until it ends."""
    store = Store.read_only(location)
    while len(head := source.read(4)) == 4:
        request = json.loads(source.read(struct.unpack(">I", head)[0]))
        status, media, body = answer(store, request)
        told = json.dumps({"status": status, "type": media}).encode()
        sink.write(struct.pack(">II", len(told), len(body)) + told + body)
        sink.flush()


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:  # not on Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


if __name__ == "__main__":
    _limit_memory()
    run(sys.argv[1], sys.stdin.buffer, sys.stdout.buffer)
