"""What is shown, as data to take along: the triples around nodes, and tables."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, serialize

from kg.rdf import vocab
from kg.rdf.builder import sort_triples
from kg.rdf.turtle import to_bytes
from kg.serve.media import TRIPLES
from kg.serve.reader import as_nodes, batches
from kg.serve.site import Site
from kg.serve.views.actions import summaries

MOST_NODES = 300
"""Nodes that one description starts from."""

MOST_REACHED = 5000

_FORWARD = (vocab.KG_HAS_ACTION, vocab.KG_EVIDENCE, vocab.KG_WORDS, vocab.GAF_DENOTED_BY, vocab.NIF_IN_SENTENCE)
"""Properties that lead to parts of what is described."""

# The nodes stand within each branch: joined from outside, a store reads each branch whole.
_AROUND = """SELECT DISTINCT ?a {
  { VALUES ?node { {nodes} } ?a kg:target ?node ; kg:stage ?s } UNION { VALUES ?node { {nodes} } ?a kg:agent ?node ; kg:stage ?s }
  UNION { VALUES ?node { {nodes} } ?a sem:hasPlace ?node ; kg:stage ?s }
  UNION { VALUES ?node { {nodes} } ?r prov:wasDerivedFrom ?node ; kg:reports ?a }
  UNION { VALUES ?node { {nodes} } ?node kg:hasAction ?a } UNION { VALUES ?a { {nodes} } ?a kg:stage ?s }
  UNION { VALUES ?node { {nodes} } ?node kg:reports ?a }
} ORDER BY ?a LIMIT 500"""
_REPORTS = "SELECT ?r { VALUES ?a { {nodes} } ?r kg:reports ?a }"
_NAMES = """SELECT ?s ?p ?o { VALUES ?s { {nodes} } ?s ?p ?o
  FILTER (?p IN (rdf:type, rdfs:label, schema:headline, schema:inLanguage, schema:datePublished)) }"""


def actions_around(site: Site, nodes: Sequence[NamedNode]) -> list[str]:
    """The actions that nodes are, contain, report, or take part in."""
    rows = site.reader.rows(_AROUND, nodes=nodes[:MOST_NODES])
    return list(dict.fromkeys(row["a"] for row in rows))


def description(site: Site, nodes: Sequence[NamedNode]) -> tuple[Triple, ...]:
    """All that is stated of ``nodes``, of their actions with reports and evidence, and the names of whatever these mention."""
    start = [*nodes[:MOST_NODES], *as_nodes(actions_around(site, nodes))]
    reports = [NamedNode(row["r"]) for part in batches(start) for row in site.reader.rows(_REPORTS, nodes=part)]
    found: list[Triple] = []
    seen: set[NamedNode] = set()
    todo = list(dict.fromkeys([*start, *reports]))
    while todo and len(seen) < MOST_REACHED:
        seen.update(todo)
        reached = _triples(site, todo)
        found += reached
        todo = [n for n in dict.fromkeys(t.object for t in reached if t.predicate in _FORWARD) if isinstance(n, NamedNode)]
        todo = [node for node in todo if node not in seen]
    named = {t.object for t in found if isinstance(t.object, NamedNode)} - seen
    for part in batches(sorted(named, key=str)):
        query = _NAMES.replace("{nodes}", " ".join(map(str, part)))
        found += _as_triples(site, query)
    return sort_triples(found)


def _triples(site: Site, nodes: Sequence[NamedNode]) -> list[Triple]:
    out: list[Triple] = []
    for part in batches(nodes):
        out += _as_triples(site, f"SELECT ?s ?p ?o {{ VALUES ?s {{ {' '.join(map(str, part))} }} ?s ?p ?o }}")
    return out


def _as_triples(site: Site, query: str) -> list[Triple]:
    from kg.serve.reader import PREFIXES

    rows = site.reader.store.query(PREFIXES + query).rows
    return [
        Triple(s, p, o)
        for s, p, o in rows
        if isinstance(s, NamedNode) and isinstance(p, NamedNode) and isinstance(o, NamedNode | Literal)
    ]


def written(site: Site, nodes: Sequence[NamedNode], media: str) -> bytes:
    """The description in a media type of ``TRIPLES``, or a table of actions for ``text/csv``; empty where nothing is stated."""
    if media == "text/csv":
        return table(site, nodes).encode("utf-8")
    triples = description(site, nodes)
    if not triples:
        return b""
    syntax = TRIPLES[media]
    if syntax == RdfFormat.TURTLE:
        return to_bytes(triples, base=site.reader.base)
    prefixes = dict(vocab.PREFIXES) if syntax in (RdfFormat.RDF_XML, RdfFormat.JSON_LD, RdfFormat.TRIG) else None
    return serialize(triples, format=syntax, prefixes=prefixes) or b""


def table(site: Site, nodes: Sequence[NamedNode]) -> str:
    """The actions around ``nodes`` as CSV (RFC 4180), or the nodes themselves where they have none."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    actions = summaries(site, actions_around(site, nodes))
    if actions:
        columns = (
            "type",
            "status",
            "date",
            "target",
            "agent",
            "place",
            "offence",
            "amount",
            "currency",
            "duration",
            "case",
            "iri",
        )
        writer.writerow(columns)
        writer.writerows([_cell(_text(site, action, column)) for column in columns] for action in actions)
    else:
        writer.writerow(("sort", "name", "iri"))
        for node in nodes[:MOST_NODES]:
            ref = site.ref(node.value)
            writer.writerow([ref["sort"], _cell(_name(ref)), node.value])
    return out.getvalue()


def _text(site: Site, action: dict[str, Any], column: str) -> str:
    found = action.get(column, "")
    if column == "iri":
        return site.node(action["path"]).value
    if column == "target":
        return "; ".join([*map(_name, found or []), *(text for _, text in action.get("description", []))])
    if column == "case":
        return _name(found) if found else ""
    if column in ("agent", "place"):
        return "; ".join(map(_name, found or []))
    return "; ".join(text for _, text in found) if column == "offence" else str(found)


def _name(ref: dict[str, Any]) -> str:
    labels = ref["labels"]
    return str(labels.get("en") or next(iter(labels.values()), ref["path"]))


def _cell(text: str) -> str:
    """``text`` for a spreadsheet, which would run what begins like a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text[:1] else text


def nodes_of(site: Site, paths: Iterable[str]) -> list[NamedNode]:
    """The nodes at several addresses within the page."""
    return [site.node(path) for path in dict.fromkeys(paths)]
