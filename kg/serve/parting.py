"""Taking apart what was merged: a report out of its action, or what one article calls so out of an entity."""

from __future__ import annotations

from collections.abc import Mapping

from pyoxigraph import NamedNode

from kg.decide.merging import MergeDecision, entity_apart, report_apart
from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.serve.site import Site
from kg.serve.views.actions import judged

_CALLED = """SELECT ?words ?id { ?m itsrdf:taIdentRef {node} ; nif:referenceContext ?article ; nif:anchorOf ?words .
  FILTER (?article = {article}) ?article schema:identifier ?id } LIMIT 1000"""


def parted(site: Site, given: Mapping[str, object]) -> MergeDecision:
    """The decision that the report ``subject`` is not of the action of the others, or that what ``article`` calls the entity
    ``subject`` is somebody else; nobody has taken it yet.

    Raises:
        ConfigurationError: the graph has no such report or entity, or there is nothing to take it out of.
    """
    node = site.node(str(given.get("subject", ""))[:500])
    article = str(given.get("article", ""))[:500]
    return _entity(site, node, site.node(article)) if article else _report(site, node)


def _report(site: Site, node: NamedNode) -> MergeDecision:
    action = site.reader.facts([node])[node.value].first(vocab.KG_REPORTS)
    told = judged(site, NamedNode(action)) if action else []
    if len(told) < 2:
        raise ConfigurationError("the graph has no other report of this action")
    return report_apart(node.value, told)


def _entity(site: Site, node: NamedNode, article: NamedNode) -> MergeDecision:
    rows = site.reader.rows(_CALLED, node=node, article=article)
    if not rows:
        raise ConfigurationError("the graph has no mention of this in that article")
    called = max((row["words"] for row in rows), key=lambda words: (len(words), words))
    facts = site.reader.facts([node])[node.value]
    names = [text for p in (vocab.RDFS_LABEL, vocab.SKOS_ALT_LABEL) for _, text in facts.texts(p)]
    return entity_apart(called, rows[0]["id"], names)
