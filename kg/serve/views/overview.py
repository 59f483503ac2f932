"""What is in the graph, lists, search, the network and the map."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from pyoxigraph import NamedNode

from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.serve.index import SORTS
from kg.serve.reader import as_nodes
from kg.serve.site import Site, item_ref
from kg.serve.views.actions import summaries, type_of
from kg.store.queries import named_queries

PAGE = 25
"""Lines of one page of a list."""

NETWORK = 60
"""Actions of a network: more cannot be read."""

_TYPES = "SELECT ?type (COUNT(?a) AS ?n) { ?a kg:stage ?stage ; a ?type } GROUP BY ?type"
_LATEST = """SELECT ?a { ?a kg:stage ?stage ; kg:date ?date ; kg:status kg:Actual } ORDER BY DESC(STR(?date)) ?a LIMIT 8"""
_REPORTS = "SELECT (COUNT(?r) AS ?n) { ?r a kg:Report }"
_BY_TYPE = """SELECT ?a { ?a kg:stage ?stage ; a {type} . OPTIONAL { ?a kg:date ?date } }
ORDER BY DESC(STR(?date)) ?a LIMIT %d OFFSET %d"""
_PLACES = "SELECT ?place (COUNT(DISTINCT ?a) AS ?n) { ?a sem:hasPlace ?place ; kg:stage ?stage } GROUP BY ?place"
_OF = """SELECT DISTINCT ?a { { ?a kg:target|kg:agent|sem:hasPlace {node} ; kg:stage ?s } UNION { {node} kg:hasAction ?a }
  UNION { ?r prov:wasDerivedFrom {node} ; kg:reports ?a } UNION { VALUES ?a { {node} } ?a kg:stage ?s } } ORDER BY ?a LIMIT %d"""
_IN_CASES = """SELECT DISTINCT ?a { { SELECT ?case (COUNT(?x) AS ?n) { ?case kg:hasAction ?x } GROUP BY ?case
  ORDER BY DESC(?n) ?case LIMIT 12 } ?case kg:hasAction ?a } ORDER BY ?a LIMIT %d"""


def overview(site: Site) -> dict[str, Any]:
    """Counts, the largest cases, the latest actions and who is named most."""
    return site.kept("overview", lambda: _overview(site))  # type: ignore[no-any-return]


def _overview(site: Site) -> dict[str, Any]:
    index = site.index
    types = {r["type"].removeprefix(vocab.KG): int(r["n"]) for r in site.reader.rows(_TYPES) if r["type"].startswith(vocab.KG)}
    languages = Counter(item.lang for item in index.ranked if item.sort == "article")
    return {
        "counts": {sort: index.counts[sort] for sort in SORTS}
        | {"action": sum(types.values()), "report": int(site.reader.rows(_REPORTS)[0]["n"])},
        "types": types,
        "languages": dict(sorted(languages.items())),
        "cases": [item_ref(site, item) for item in index.search("", "case")[:8]],
        "people": [item_ref(site, item) for item in index.search("", "person")[:12]],
        "latest": summaries(site, [r["a"] for r in site.reader.rows(_LATEST)])[::-1],
    }


def search(site: Site, query: str, sort: str, page: int) -> dict[str, Any]:
    """A page of what ``query`` names.

    Raises:
        ConfigurationError: there is no such sort.
    """
    if sort and sort not in SORTS:
        raise ConfigurationError(f"no such sort (known: {', '.join(SORTS)})")
    found = site.index.search(query, sort)
    if sort == "article" and not query.strip():
        found = sorted(found, key=lambda item: (item.date, item.iri), reverse=True)
    counts = Counter(item.sort for item in (site.index.search(query) if sort else found))
    start = page * PAGE
    return {
        "items": [item_ref(site, item) for item in found[start : start + PAGE]],
        "total": len(found),
        "counts": {s: counts[s] for s in SORTS},
        "page": page,
        "pages": -(-len(found) // PAGE),
    }


def actions_of_type(site: Site, name: str, page: int) -> dict[str, Any]:
    """A page of the actions of one type, the latest first.

    Raises:
        ConfigurationError: there is no such type.
    """
    if name not in {node.value.removeprefix(vocab.KG) for node in vocab.ACTION_CLASSES.values()}:
        raise ConfigurationError("there is no such type of action")
    total = overview(site)["types"].get(name, 0)
    rows = site.reader.rows(_BY_TYPE % (PAGE, page * PAGE), type=NamedNode(vocab.KG + name))
    listed = summaries(site, [row["a"] for row in rows])
    dated = [a for a in listed if a.get("date")]
    undated = [a for a in listed if not a.get("date")]
    return {"type": name, "actions": dated[::-1] + undated, "total": total, "page": page, "pages": -(-total // PAGE)}


def network(site: Site, about: str) -> dict[str, Any]:
    """Actions and those who take part in them: around the node at ``about``, or of the largest cases."""
    if about:
        rows = site.reader.rows(_OF % NETWORK, node=site.node(about))
        return _network(site, [row["a"] for row in rows]) | {"about": site.ref(site.node(about).value)}
    return site.kept("network", lambda: _network(site, [r["a"] for r in site.reader.rows(_IN_CASES % NETWORK)]))  # type: ignore[no-any-return]


def _network(site: Site, iris: Sequence[str]) -> dict[str, Any]:
    nodes: dict[str, dict[str, Any]] = {}
    edges = []
    for iri, facts in site.reader.facts(as_nodes(iris)).items():
        path = site.path(iri)
        nodes[path] = {"path": path, "sort": "action", "type": type_of(facts), "date": facts.first(vocab.KG_DATE)}
        for role, predicate in (("target", vocab.KG_TARGET), ("agent", vocab.KG_AGENT), ("place", vocab.SEM_HAS_PLACE)):
            for other in facts.all(predicate):
                ref = site.ref(other)
                nodes.setdefault(ref["path"], ref)
                edges.append([path, ref["path"], role])
    return {"nodes": list(nodes.values()), "edges": edges}


def places(site: Site) -> dict[str, Any]:
    """Places of actions, with their coordinates where the knowledge base has them."""
    return site.kept("places", lambda: _places(site))  # type: ignore[no-any-return]


def _places(site: Site) -> dict[str, Any]:
    known, unknown = [], []
    for row in sorted(site.reader.rows(_PLACES), key=lambda row: (-int(row["n"]), row["place"])):
        ref = site.ref(row["place"]) | {"n": int(row["n"])}
        qid = row["place"].removeprefix(vocab.WD)
        entry = site.kb.entry(qid) if site.kb and qid != row["place"] else None
        if entry is not None and entry.latitude is not None and entry.longitude is not None:
            known.append(ref | {"point": [round(entry.latitude, 3), round(entry.longitude, 3)]})
        else:
            unknown.append(ref)
    return {"places": known, "unknown": unknown}


def queries() -> dict[str, Any]:
    """The named queries, ready to run."""
    return {"queries": [{"name": q.name, "questions": dict(q.questions), "text": q.text} for q in named_queries()]}
