"""The graph as TriG: a named graph for each article, and the default graph for what articles share."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pyoxigraph import NamedNode, RdfFormat, Triple, serialize

from kg.rdf.names import Names
from kg.rdf.turtle import with_prefixes
from kg.rdf.vocab import DATA


def by_graph(triples: Iterable[Triple], names: Names) -> dict[str, list[Triple]]:
    """``triples`` by the graph that each belongs to, in their order; the default graph is called by an empty name.

    The graph of an article bears the article's IRI and holds what it alone says: its head, its words, its reports and their
    evidence. Entities, actions, cases and the run of the software are in the default graph. To drop an article's graph takes
    its reports away.
    """
    homes = {names.reports[member]: names.articles[member[0]] for member in names.reports}
    homes |= {article: article for article in names.articles.values()}
    out: dict[str, list[Triple]] = {"": []}
    for triple in triples:
        out.setdefault(_home(triple, homes), []).append(triple)
    return out


def to_trig(triples: Iterable[Triple], names: Names, base: str = DATA) -> bytes:
    """``triples`` as TriG in UTF-8, in the graphs of ``by_graph``; each graph in the order given."""
    graphs = by_graph(triples, names)
    parts = [*_turtle(graphs[""], base)]
    for home in sorted(graphs.keys() - {""}):
        # A graph is Turtle in braces, made many times as fast as from a quad for each triple. Only statements have line breaks:
        # within literals they are escaped.
        _, content = _turtle(graphs[home], base)
        parts.append(f"<{home}> {{\n\t".encode() + content.rstrip(b"\n").replace(b"\n", b"\n\t") + b"\n}\n")
    return b"".join(parts)


def _turtle(triples: Iterable[Triple], base: str) -> tuple[bytes, bytes]:
    """The prefixes and the statements."""
    return with_prefixes(lambda prefixes: serialize(triples, format=RdfFormat.TURTLE, prefixes=prefixes), base)


def _home(triple: Triple, homes: Mapping[str, str]) -> str:
    """The article that a triple belongs to; a stretch of text and a piece of evidence are named after what they are part of."""
    subject = triple.subject
    if not isinstance(subject, NamedNode):
        return ""
    name = subject.value
    return homes.get(name) or homes.get(name.rpartition("#")[0], "")
