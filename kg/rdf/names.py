"""Which IRI each article, entity, report, action and case of a graph has."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from kg.errors import KgError
from kg.model import Analysis, Graph, MergedEntity
from kg.rdf import iri
from kg.rdf.vocab import DATA

K = TypeVar("K")
V = TypeVar("V")
Member = tuple[str, str]
"""An article's id and the id of an entity or a report in it."""


@dataclass(frozen=True, slots=True)
class Names:
    """IRIs by the ids of the model.

    ``members`` and ``reports`` go by article id and entity or report id; ``entities`` by the key of the merged entity;
    ``actions`` and ``cases`` by id.
    """

    articles: Mapping[str, str]
    entities: Mapping[str, str]
    members: Mapping[Member, str]
    reports: Mapping[Member, str]
    actions: Mapping[str, str]
    cases: Mapping[str, str]

    def entity(self, key: str) -> str:
        """The IRI of the merged entity ``key``.

        Raises:
            KgError: the graph has no such entity.
        """
        return _found(self.entities, key, "entity")

    def member(self, article: str, entity: str) -> str:
        """The IRI of what the entity ``entity`` of an article is part of.

        Raises:
            KgError: no merged entity has it.
        """
        return _found(self.members, (article, entity), "merged entity with the member")

    def report(self, member: Member) -> str:
        """The IRI of a report, by article id and report id.

        Raises:
            KgError: there is no such report.
        """
        return _found(self.reports, member, "report")

    def action(self, key: str) -> str:
        """The IRI of the action ``key``.

        Raises:
            KgError: the graph has no such action.
        """
        return _found(self.actions, key, "action")


def label_of(entity: MergedEntity, lang: str = "en") -> str:
    """The name of an entity in ``lang``, else its first, else its key."""
    labels = dict(reversed(entity.labels))
    return labels.get(lang) or (entity.labels[0][1] if entity.labels else entity.key)


def name_nodes(graph: Graph, base: str = DATA) -> Names:
    """Name every node of ``graph`` under ``base``; the order of its articles, entities and actions does not matter.

    Raises:
        KgError: two articles or reports share an id, a reference leads nowhere, a report belongs to two actions or to none, or
            a QID is not one.
        ConfigurationError: ``base`` is no address to build names under.
    """
    iri.checked_base(base)
    articles: dict[str, str] = {}
    for analysis in graph.analyses:
        if analysis.article.id in articles:
            raise KgError(f"two articles have the id {analysis.article.id!r}; ids must differ")
        articles[analysis.article.id] = iri.article_iri(base, analysis.article)
    first = _Order({a.article.id: a.article.published or "" for a in graph.analyses})
    entities = _entities(graph, articles, base, first)
    members = {member: entities[entity.key] for entity in graph.entities for member in entity.members}
    reports = _reports(graph, articles, base)
    actions = _actions(graph, reports, base, first)
    told = {action.id: first.key(first.of(action.reports)) for action in graph.actions}
    cases = {
        case.id: iri.case_iri(
            base, _found(actions, min(case.actions, key=lambda key: (_found(told, key, "action"), key)), "action")
        )
        for case in graph.cases
        if case.actions
    }
    return Names(articles, entities, members, reports, actions, cases)


class _Order:
    """Which of several members comes first: that of the article published first (without a date last), then by id.

    What gathers members is named after the first, and articles that come later are mostly published later: so its name stays.
    """

    def __init__(self, published: Mapping[str, str]) -> None:
        self._published = published

    def key(self, member: Member) -> tuple[bool, str, Member]:
        """What members are ordered by."""
        day = self._published.get(member[0], "")
        return not day, day, member

    def of(self, members: Iterable[Member]) -> Member:
        """The first of some members."""
        return min(members, key=self.key)


def _entities(graph: Graph, articles: Mapping[str, str], base: str, first: _Order) -> dict[str, str]:
    out: dict[str, str] = {}
    namesakes: dict[str, list[tuple[int, str, str]]] = {}
    known = {(a.article.id, e.id): e for a in graph.analyses for e in a.entities or ()}
    for entity in graph.entities:
        if entity.key in out:
            raise KgError(f"two entities of the graph have the key {entity.key!r}")
        if entity.qid is not None:
            out[entity.key] = iri.wikidata_iri(entity.qid)
            continue
        if not entity.members:
            raise KgError(f"the entity {entity.key!r} of the graph has no members")
        earliest = first.of(entity.members)
        article, member = _found(articles, earliest[0], "article"), _found(known, earliest, "entity")
        plain = iri.local_entity_iri(base, entity.kind, member.name, article)
        start = min((span.start for span in member.mentions), default=0)
        namesakes.setdefault(plain, []).append((start, member.id, entity.key))
        out[entity.key] = plain
    for plain, same in namesakes.items():
        for number, (_, _, key) in enumerate(sorted(same)[1:], 2):
            out[key] = f"{base}entity/{iri.digest(plain, str(number))}"
    return out


def report_iris(analysis: Analysis, article: str, base: str) -> dict[str, str]:
    """The IRI of each report of an article whose own is ``article``, by the id of the report.

    Raises:
        KgError: two reports share an id.
    """
    out: dict[str, str] = {}
    counts: dict[str, int] = {}
    for report in analysis.reports or ():
        if report.id in out:
            raise KgError(f"two reports of the article {analysis.article.id!r} have the id {report.id!r}")
        triggers = (report.trigger, *report.triggers)
        plain = iri.report_iri(base, article, report.type, triggers)
        counts[plain] = counts.get(plain, 0) + 1
        out[report.id] = plain if counts[plain] == 1 else iri.report_iri(base, article, report.type, triggers, counts[plain])
    return out


def _reports(graph: Graph, articles: Mapping[str, str], base: str) -> dict[Member, str]:
    return {
        (analysis.article.id, key): name
        for analysis in graph.analyses
        for key, name in report_iris(analysis, articles[analysis.article.id], base).items()
    }


def _actions(graph: Graph, reports: Mapping[Member, str], base: str, first: _Order) -> dict[str, str]:
    out: dict[str, str] = {}
    taken: dict[Member, str] = {}
    for action in graph.actions:
        if action.id in out:
            raise KgError(f"two actions of the graph have the id {action.id!r}")
        if not action.reports:
            raise KgError(f"the action {action.id!r} has no report")
        for member in action.reports:
            if member in taken:
                raise KgError(f"the report {member!r} belongs to the actions {taken[member]!r} and {action.id!r}")
            taken[member] = action.id
        out[action.id] = iri.action_iri(base, action.type, _found(reports, first.of(action.reports), "report"))
    lonely = sorted(reports.keys() - taken.keys())
    if lonely:
        raise KgError(f"the report {lonely[0]!r} belongs to no action")
    return out


def _found(table: Mapping[K, V], key: K, what: str) -> V:
    try:
        return table[key]
    except KeyError:
        raise KgError(f"the graph has no {what} {key!r}") from None
