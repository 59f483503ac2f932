"""People, organisations and places: names, actions, cases, company, and where they are mentioned."""

from __future__ import annotations

from typing import Any

from pyoxigraph import NamedNode

from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.serve.clean import clean_name
from kg.serve.site import Site
from kg.serve.views.actions import summaries

_ACTIONS = """SELECT ?action ?role {
  VALUES (?p ?role) { (kg:target "target") (kg:agent "agent") (sem:hasPlace "place") }
  ?action ?p {node} ; kg:stage ?stage . OPTIONAL { ?action kg:date ?date }
} ORDER BY DESC(STR(?date)) ?action LIMIT 300"""
_SAID = "SELECT DISTINCT ?action { ?report kg:attributedTo {node} ; kg:reports ?action } LIMIT 100"
_CASES = """SELECT DISTINCT ?case { { ?case kg:involves {node} ; a kg:Case }
  UNION { ?action kg:target|kg:agent {node} ; kg:partOfCase ?case } } LIMIT 100"""
_ARTICLES = """SELECT ?article (COUNT(?m) AS ?n) { ?m itsrdf:taIdentRef {node} ; nif:referenceContext ?article }
GROUP BY ?article ORDER BY DESC(?n) ?article LIMIT 100"""
_TOGETHER = """SELECT ?other (COUNT(DISTINCT ?action) AS ?n) {
  { SELECT DISTINCT ?action { ?action kg:target|kg:agent {node} ; kg:stage ?stage } LIMIT 300 }
  ?action kg:target|kg:agent ?other FILTER (?other != {node}) } GROUP BY ?other ORDER BY DESC(?n) ?other LIMIT 30"""
_BESIDE = """SELECT ?other (COUNT(DISTINCT ?article) AS ?n) {
  { SELECT DISTINCT ?article { ?m itsrdf:taIdentRef {node} ; nif:referenceContext ?article } LIMIT 40 }
  ?other_m nif:referenceContext ?article ; itsrdf:taIdentRef ?other . FILTER (?other != {node})
} GROUP BY ?other ORDER BY DESC(?n) ?other LIMIT 40"""


def entity(site: Site, node: NamedNode) -> dict[str, Any]:
    """An entity with all that the graph says around it.

    Raises:
        ConfigurationError: the graph has no such entity.
    """
    item = site.index.items.get(node.value)
    if item is None or item.sort not in ("person", "organization", "place"):
        raise ConfigurationError("the graph has no such person, organisation or place")
    rows = site.reader.rows(_ACTIONS, node=node)
    roles: dict[str, list[str]] = {}
    for row in rows:
        roles.setdefault(site.path(row["action"]), []).append(row["role"])
    actions = summaries(site, list(dict.fromkeys(row["action"] for row in rows)))
    for found in actions:
        found["roles"] = roles[found["path"]]
    facts = site.reader.facts([node])[node.value]
    labels = [[lang, clean_name(text)] for lang, text in facts.texts(vocab.RDFS_LABEL)]
    out: dict[str, Any] = {
        "entity": site.ref(node.value),
        "iri": node.value,
        "weight": item.weight,
        "names": labels,
        "others": [[lang, clean_name(text)] for lang, text in facts.texts(vocab.SKOS_ALT_LABEL)],
        "actions": actions,
        "said": summaries(site, [row["action"] for row in site.reader.rows(_SAID, node=node)]),
        "cases": site.refs(row["case"] for row in site.reader.rows(_CASES, node=node)),
        "articles": [site.ref(r["article"]) | {"n": int(r["n"])} for r in site.reader.rows(_ARTICLES, node=node)],
        "together": [site.ref(r["other"]) | {"n": int(r["n"])} for r in site.reader.rows(_TOGETHER, node=node)],
        "beside": [site.ref(r["other"]) | {"n": int(r["n"])} for r in site.reader.rows(_BESIDE, node=node)],
    }
    entry = site.kb.entry(node.value.removeprefix(vocab.WD)) if site.kb and node.value.startswith(vocab.WD) else None
    if entry is not None:
        out["about"] = entry.description
        if entry.latitude is not None and entry.longitude is not None:
            out["point"] = [entry.latitude, entry.longitude]
    return out
