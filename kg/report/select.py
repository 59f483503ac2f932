"""The part of a graph around some cases, people, organisations or places, as a graph of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from pyoxigraph import Literal, NamedNode, Quad, Store, Triple

from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.serve.describe import actions_around, description
from kg.serve.reader import as_nodes, batches
from kg.serve.site import Site
from kg.store.embedded import EmbeddedStore

_BATCH = 100
_MENTIONS = "SELECT ?s ?p ?o { VALUES ?sentence { {nodes} } ?s nif:sentence ?sentence ; itsrdf:taIdentRef ?e ; ?p ?o }"
_CASES = """SELECT ?case ?action { VALUES ?action { {nodes} } ?case kg:hasAction ?action }"""


def nodes_named(site: Site, names: Sequence[str]) -> list[NamedNode]:
    """The people, organisations, places and cases that names, items or addresses mean.

    Raises:
        ConfigurationError: one means nothing in the graph.
    """
    out: list[NamedNode] = []
    for name in names:
        try:
            node: NamedNode | None = site.node(name)
        except ConfigurationError:
            node = None
        if node is not None and node.value in site.index.items:
            out.append(node)
            continue
        found = [item for item in site.index.search(name) if item.sort != "article"]
        if not found:
            raise ConfigurationError(f"nothing in the graph is called {name!r}: try `kg serve` and its search")
        out += [NamedNode(item.iri) for item in found]
    return list(dict.fromkeys(out))


def part_of(site: Site, nodes: Sequence[NamedNode]) -> EmbeddedStore:
    """A graph of the actions around ``nodes``, with their reports, words, cases, and the names of all who take part."""
    actions = list(dict.fromkeys(action for node in nodes for action in actions_around(site, [node])))
    found: set[Triple] = set()
    chosen = as_nodes(actions)
    for start in range(0, len(chosen), _BATCH):
        found.update(description(site, chosen[start : start + _BATCH]))
    sentences = sorted(
        {t.object for t in found if t.predicate == vocab.NIF_IN_SENTENCE and isinstance(t.object, NamedNode)}, key=str
    )
    found.update(_asked(site, _MENTIONS, sentences))
    found.update(_cases(site, chosen))
    described = {t.subject for t in found if t.predicate == vocab.RDF_TYPE}
    others = {
        t.object
        for t in found
        if isinstance(t.object, NamedNode) and (t.object.value in site.index.items or t.object in described)
    }
    whole = [node for node in sorted({*others, *nodes}, key=str) if node.value in site.index.items]
    facts = site.reader.facts(node for node in whole if site.index.items[node.value].sort != "case")
    for iri, stated in facts.items():
        found.update(Triple(NamedNode(iri), p, o) for p, o in stated.pairs() if isinstance(o, NamedNode | Literal))
    store = Store()
    store.bulk_extend(Quad(t.subject, t.predicate, t.object) for t in found)
    return EmbeddedStore(store, "a part of the graph")


def _cases(site: Site, actions: Sequence[NamedNode]) -> Iterator[Triple]:
    """Cases of which actions are chosen: with these actions, and all else that is stated of them."""
    rows = [row for part in batches(actions) for row in site.reader.rows(_CASES, nodes=part)]
    kept = {(row["case"], row["action"]) for row in rows}
    for iri, stated in site.reader.facts(as_nodes(sorted({case for case, _ in kept}))).items():
        for predicate, term in stated.pairs():
            if predicate != vocab.KG_HAS_ACTION or (iri, getattr(term, "value", "")) in kept:
                yield Triple(NamedNode(iri), predicate, term)


def _asked(site: Site, query: str, nodes: Iterable[NamedNode]) -> Iterator[Triple]:
    from kg.serve.reader import PREFIXES

    for part in batches(list(nodes)):
        rows = site.reader.store.query(PREFIXES + query.replace("{nodes}", " ".join(map(str, part)))).rows
        for s, p, o in rows:
            if isinstance(s, NamedNode) and isinstance(p, NamedNode) and isinstance(o, NamedNode | Literal):
                yield Triple(s, p, o)
