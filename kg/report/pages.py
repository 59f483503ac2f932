"""What the page shows of a graph, gathered: the data that the server would give to each view."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pyoxigraph import NamedNode

from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.serve.site import Site, item_ref
from kg.serve.views import overview as lists
from kg.serve.views.actions import action
from kg.serve.views.articles import article
from kg.serve.views.cases import case
from kg.serve.views.entities import entity

MOST_ACTIONS = 3000
"""Actions in one file: browsers and mailboxes take more only slowly."""

_ACTIONS = "SELECT ?a { ?a kg:stage ?stage ; kg:status ?status } ORDER BY ?a"
_VIEWS = {"person": "entity", "organization": "entity", "place": "entity", "case": "case", "article": "article"}
_MADE = {"entity": entity, "case": case, "article": article}


def pages(site: Site, title: str) -> dict[str, Any]:
    """The data of all views of ``site``, by view, then by the address of what is shown.

    Raises:
        ConfigurationError: there is more than one file can hold.
    """
    rows = site.reader.rows(_ACTIONS)
    if len(rows) > MOST_ACTIONS:
        raise ConfigurationError(
            f"the graph has {len(rows):,} actions, and one file holds {MOST_ACTIONS:,}: choose with --case, --entity or --query"
        )
    kinds = [node.value.removeprefix(vocab.KG) for node in vocab.ACTION_CLASSES.values()]
    out: dict[str, Any] = {
        "about": {"terms": site.terms, "kinds": kinds, "curate": "", "base": site.reader.base, "source": title},
        "overview": lists.overview(site),
        "places": lists.places(site),
        "items": [item_ref(site, item) | {"folded": site.index.names(item)} for item in site.index.ranked],
        "action": {},
        "reports": {},
        "entity": {},
        "case": {},
        "article": {},
    }
    for row in rows:
        data = action(site, NamedNode(row["a"]))
        path = data["action"]["path"]
        out["action"][path] = data
        out["reports"] |= {report["path"]: path for report in data["reports"]}
    for item in site.index.ranked:
        view = _VIEWS[item.sort]
        out[view][site.path(item.iri)] = _MADE[view](site, NamedNode(item.iri))
    return out


def counts(data: Mapping[str, Any]) -> str:
    """What is in the file, in words."""
    found = data["overview"]["counts"]
    return f"{found['case']} cases, {found['action']} actions, {found['person']} people, {found['article']} articles"
