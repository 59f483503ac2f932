"""Reading RDF files as a stream of triples, whatever their syntax."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pyoxigraph import RdfFormat, Triple, parse

from kg.errors import ConfigurationError
from kg.rdf.vocab import DATA

TRIPLES: Final[Mapping[str, RdfFormat]] = MappingProxyType(
    {
        ".ttl": RdfFormat.TURTLE,
        ".nt": RdfFormat.N_TRIPLES,
        ".rdf": RdfFormat.RDF_XML,
        ".owl": RdfFormat.RDF_XML,
        ".jsonld": RdfFormat.JSON_LD,
    }
)
"""Syntaxes for triples, by the ending of a file."""

QUADS: Final[Mapping[str, RdfFormat]] = MappingProxyType({".trig": RdfFormat.TRIG, ".nq": RdfFormat.N_QUADS})
"""Syntaxes for triples in named graphs."""


def stream_triples(path: Path, syntaxes: Mapping[str, RdfFormat] = TRIPLES) -> Iterator[Triple]:
    """The triples of an RDF file in their order, in a syntax told by its ending; in which graph they are is left out.

    Raises:
        ConfigurationError: the file cannot be read, has another ending, or is not valid; the message says where.
    """
    syntax = syntaxes.get(path.suffix.lower())
    if syntax is None:
        raise ConfigurationError(f"{path}: unknown kind of file (known endings: {' '.join(syntaxes)})")
    try:
        with path.open("rb") as stream:
            # A relative IRI gets a neutral base: where the file lies must not show in names.
            for quad in parse(stream, syntax, base_iri=DATA):
                yield quad.triple
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror or error}") from error
    except (SyntaxError, ValueError) as error:
        raise ConfigurationError(f"{path}: {error}") from error


def read_triples(paths: Iterable[Path]) -> set[Triple]:
    """Every triple of RDF files in the syntaxes of ``TRIPLES``.

    Raises:
        ConfigurationError: as ``stream_triples``.
    """
    return {triple for path in paths for triple in stream_triples(path)}
