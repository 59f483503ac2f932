"""What several articles say becomes entities, actions and cases; articles that are one text are told.

``merge`` is pure and does not care for the order of the articles.

The keys that it gives: a merged entity is called by its QID, or ``<article id>/<entity id>`` of its first member; an action
``<article id>/<report id>`` of its first report; a case by its first action. First means lowest by article id, then by the id
within it.
"""

from __future__ import annotations

from collections.abc import Iterable

from kg.errors import KgError
from kg.merge.actions import merge_actions
from kg.merge.cases import build_cases
from kg.merge.copies import find_copies
from kg.merge.entities import merge_entities
from kg.merge.rulings import Decided
from kg.model import Analysis, Graph

__all__ = ["NOTHING", "Decided", "merge"]

NOTHING = Decided()
"""No decisions."""


def merge(analyses: Iterable[Analysis], decided: Decided = NOTHING) -> Graph:
    """The graph of ``analyses``: the same for any order; an article given twice with equal analyses counts once.

    ``decided`` is what people decided about entities and reports being one; it counts more than any evidence.

    Raises:
        KgError: two different analyses have the same article id, or a report names an entity that its article lacks.
    """
    by_id: dict[str, Analysis] = {}
    for analysis in analyses:
        key = analysis.article.id
        if by_id.setdefault(key, analysis) != analysis:
            raise KgError(f"two different articles have the id {key!r}: rename one of the inputs")
        _check(analysis)
    ordered = tuple(by_id[key] for key in sorted(by_id))
    merged = merge_entities(ordered, decided.entities)
    actions = merge_actions(ordered, merged.keys, merged.context, decided.reports)
    cases = build_cases(ordered, actions, merged.entities)
    return Graph(ordered, merged.entities, actions, cases, find_copies(ordered))


def _check(analysis: Analysis) -> None:
    known = {entity.id for entity in analysis.entities or ()}
    for report in analysis.reports or ():
        for entity in (*report.target, *report.agent, *report.place, *report.attributed_to, *report.via):
            if entity not in known:
                raise KgError(
                    f"{analysis.article.id}: the report {report.id!r} names the unknown entity {entity!r}; extract it again"
                )
