"""Triples as Turtle and N-Triples: the same triples give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from enum import StrEnum

from pyoxigraph import RdfFormat, Triple, serialize

from kg.rdf.vocab import DATA, PREFIXES, data_prefixes


class Syntax(StrEnum):
    """A way to write RDF 1.1."""

    TURTLE = "ttl"
    N_TRIPLES = "nt"


def to_bytes(triples: Iterable[Triple], syntax: Syntax = Syntax.TURTLE, base: str = DATA) -> bytes:
    """``triples`` in UTF-8, in the order given (``graph_triples`` and ``sort_triples`` give the one that never varies).

    Turtle declares prefixes for the vocabularies and for names under ``base``.
    """
    if syntax is Syntax.N_TRIPLES:
        return serialize(triples, format=RdfFormat.N_TRIPLES) or b""
    header, content = with_prefixes(lambda prefixes: serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes), base)
    # Line breaks within literals are escaped: only statements end so.
    return header + content.replace(b" .\n", b" .\n\n").rstrip(b"\n") + b"\n"


def with_prefixes(write: Callable[[dict[str, str]], bytes | None], base: str = DATA) -> tuple[bytes, bytes]:
    """What ``write`` makes with the prefixes for the vocabularies and for names under ``base``: their declarations, and the rest.

    The serialiser declares them in an order that changes from run to run; here they are sorted.
    """
    prefixes = {**PREFIXES, **data_prefixes(base)}
    content = write(prefixes) or b""
    start = 0
    while content.startswith(b"@prefix ", start):
        start = content.index(b"\n", start) + 1
    header = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in sorted(prefixes.items()))
    return header.encode("ascii") + b"\n", content[start:]
