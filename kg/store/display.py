"""Terms as they are shown to people: shortened, and safe to print."""

from __future__ import annotations

from pyoxigraph import NamedNode

from kg.issues import printable
from kg.rdf import vocab
from kg.store.results import Term, value

_LONGEST = 300


def shown(term: Term | None, limit: int = _LONGEST) -> str:
    """A term on one line of at most ``limit`` characters; IRIs with a prefix where there is one."""
    text = value(term)
    return printable(short_iri(text) if isinstance(term, NamedNode) else text, limit)


def short_iri(iri: str, base: str = vocab.DATA) -> str:
    """``iri`` with a prefix of the vocabularies or of the data, where that leaves a plain name; ``parse_iri`` reads it back."""
    short = vocab.shorten(iri)
    if short != iri:
        return short
    for prefix, namespace in vocab.data_prefixes(base).items():
        local = iri.removeprefix(namespace)
        if local != iri and local.isalnum():
            return f"{prefix}:{local}"
    return iri
