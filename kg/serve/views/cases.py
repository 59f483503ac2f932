"""Cases: their actions along the stages, and who said what."""

from __future__ import annotations

from typing import Any

from pyoxigraph import NamedNode

from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.serve.site import Site
from kg.serve.views.actions import reports_of, summaries


def case(site: Site, node: NamedNode) -> dict[str, Any]:
    """A case with its people, its actions in order, and the reports of each.

    Raises:
        ConfigurationError: the node is no case.
    """
    facts = site.reader.facts([node])[node.value]
    if vocab.KG_CASE.value not in facts.all(vocab.RDF_TYPE):
        raise ConfigurationError("the graph has no such case")
    iris = facts.all(vocab.KG_HAS_ACTION)
    actions = summaries(site, iris)
    reports = {site.path(iri): found for iri, found in reports_of(site, iris, reasons=False).items()}
    for found in actions:
        found["reports"] = reports.get(found["path"], [])
    return {
        "case": site.ref(node.value),
        "iri": node.value,
        "current": [site.path(iri) for iri in facts.all(vocab.KG_CURRENT_ACTION)],
        "open": [site.path(iri) for iri in facts.all(vocab.KG_POSSIBLE_CURRENT_ACTION)],
        "people": site.refs(facts.all(vocab.KG_INVOLVES)),
        "actions": actions,
        "total": len(iris),
    }
