"""The graph as quads: a named graph for each article, and the default graph for what articles share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import DefaultGraph, NamedNode, Quad, RdfFormat, Triple, serialize

from kg.rdf.builder import sort_triples
from kg.rdf.names import Names
from kg.rdf.turtle import with_prefixes
from kg.rdf.vocab import DATA


def to_quads(triples: Iterable[Triple], names: Names) -> tuple[Quad, ...]:
    """``triples`` once each, with the graph that each belongs to.

    The graph of an article bears the article's IRI and holds what it alone says: its head, its words, its reports and their
    evidence. Entities, actions, cases and the run of the software are in the default graph. To drop an article's graph takes
    its reports away.
    """
    homes = {names.reports[member]: names.articles[member[0]] for member in names.reports}
    homes |= {article: article for article in names.articles.values()}
    graphs = {article: NamedNode(article) for article in names.articles.values()}
    default = DefaultGraph()
    shared: list[Quad] = []
    own: dict[str, list[Quad]] = {}
    for triple in sort_triples(triples):
        home = _home(triple, homes)
        if home is None:
            shared.append(Quad(triple.subject, triple.predicate, triple.object, default))
        else:
            own.setdefault(home, []).append(Quad(triple.subject, triple.predicate, triple.object, graphs[home]))
    return (*shared, *(quad for home in sorted(own) for quad in own[home]))


def to_trig(triples: Iterable[Triple], names: Names, base: str = DATA) -> bytes:
    """``triples`` as TriG in UTF-8, in the graphs of ``to_quads``."""
    quads = to_quads(triples, names)
    return b"".join(with_prefixes(lambda prefixes: serialize(quads, format=RdfFormat.TRIG, prefixes=prefixes), base))


def _home(triple: Triple, homes: Mapping[str, str]) -> str | None:
    """The article that a triple belongs to; a stretch of text and a piece of evidence are named after what they are part of."""
    if not isinstance(triple.subject, NamedNode):
        return None
    name = triple.subject.value
    return homes.get(name) or homes.get(name.rpartition("#")[0])
