"""Addresses of nodes within the page: short for nodes of this graph and for Wikidata items, whole for all others."""

from __future__ import annotations

import re

from pyoxigraph import NamedNode

from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.store.terms import parse_iri

_QID = re.compile(r"Q[1-9][0-9]{0,14}")
_LOCAL = re.compile(r"(article|entity|report|action|case|run|software)/[A-Za-z0-9]{1,64}")


def to_path(iri: str, base: str) -> str:
    """``case/abc`` for a node under ``base``, ``Q42`` for a Wikidata item, else the IRI itself."""
    local = iri.removeprefix(base)
    if local != iri and _LOCAL.fullmatch(local):
        return local
    qid = iri.removeprefix(vocab.WD)
    return qid if qid != iri and _QID.fullmatch(qid) else iri


def to_node(path: str, base: str) -> NamedNode:
    """The node that ``to_path`` gave this path; an IRI with a prefix of the graph is understood too.

    Raises:
        ConfigurationError: it is none.
    """
    if _LOCAL.fullmatch(path):
        return NamedNode(base + path)
    if not path:
        raise ConfigurationError("which node? Give its IRI")
    return parse_iri(path, base)
