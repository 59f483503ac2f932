"""What two articles have in common: the evidence on which namesakes are taken for one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from kg.merge.dates import days, gap, precision
from kg.model import Analysis, Entity, Kind, Report

Member = tuple[str, str]
"""An article's id and the id of an entity or a report in it."""

WEIGHTS: Mapping[Kind, float] = {Kind.PERSON: 2.0, Kind.ORGANIZATION: 1.5, Kind.PLACE: 1.0}
"""What a shared entity counts, in points; half where it is everywhere (see ``Shared``)."""

_DAYS_APART = 3
"""Sources may date one action so many days apart."""

_FAR_APART = 730
"""Articles published further apart (days) need more in common."""


@dataclass(frozen=True)
class Shared:
    """Which entities articles may share.

    ``groups`` gives by article the number of each group of members that are one, with the article's member and the group's
    points; ``links`` by article pair (lower id first) what is only likely to be one: (member, member, points). A group found in
    more than a tenth of the articles, and in more than ten, counts half.
    """

    groups: Mapping[str, Mapping[int, tuple[Member, float]]]
    links: Mapping[tuple[str, str], tuple[tuple[Member, Member, float], ...]]
    articles: tuple[tuple[str, ...], ...]

    def points(self, a: Member, b: Member) -> float:
        """What the articles of ``a`` and ``b`` share besides these two themselves; each entity counts once."""
        return self._sum(a[0], b[0], frozenset((a, b)))

    def story(self, a: str, b: str) -> float:
        """What two articles share in all, in points."""
        return self._sum(a, b, frozenset())

    def neighbours(self, most: int) -> Iterator[tuple[str, str]]:
        """Pairs of articles that share a group of at most ``most`` articles; a pair may come more than once."""
        for articles in self.articles:
            if len(articles) <= most:
                yield from combinations(articles, 2)

    def _sum(self, a: str, b: str, without: frozenset[Member]) -> float:
        left, right = self.groups.get(a, {}), self.groups.get(b, {})
        total, taken = 0.0, set(without)
        for number in sorted(left.keys() & right.keys()):
            (first, points), (second, _) = left[number], right[number]
            if first not in taken and second not in taken:
                taken.update((first, second))
                total += points
        for first, second, points in self.links.get((min(a, b), max(a, b)), ()):
            if first not in taken and second not in taken:
                taken.update((first, second))
                total += points
        return total


def shared(
    groups: Iterable[tuple[tuple[Member, ...], float]], links: Iterable[tuple[Member, Member, float]], articles: int
) -> Shared:
    """Put together what is certain (``groups`` of members that are one, with their points) and what is likely (``links``).

    ``articles`` is the number of all articles.
    """
    by_article: dict[str, dict[int, tuple[Member, float]]] = defaultdict(dict)
    together: list[tuple[str, ...]] = []
    for number, (members, points) in enumerate(groups):
        first = {member[0]: member for member in sorted(members, reverse=True)}
        weight = points / 2 if len(first) > max(10, articles / 10) else points
        for article, member in first.items():
            by_article[article][number] = (member, weight)
        together.append(tuple(sorted(first)))
    likely: dict[tuple[str, str], list[tuple[Member, Member, float]]] = defaultdict(list)
    for a, b, points in links:
        low, high = (a, b) if a < b else (b, a)
        likely[low[0], high[0]].append((low, high, points))
    ordered = {pair: tuple(sorted(found, key=lambda x: (-x[2], x[0], x[1]))) for pair, found in likely.items()}
    return Shared(by_article, ordered, tuple(together))


def date_points(a: Report, b: Report) -> float | None:
    """What the dates of two reports say: 3 the same day, 2 the same month, 1 the same year or days apart, 0 nothing.

    None: they are further apart.
    """
    left, right = days(a.date), days(b.date)
    if left is None or right is None:
        return 0.0
    between = gap(left, right)
    return float(min(precision(left), precision(right))) if not between else 1.0 if between <= _DAYS_APART else None


def roles(analysis: Analysis) -> dict[str, list[tuple[str, Report]]]:
    """By entity id: the reports in which an entity is target or agent."""
    out: dict[str, list[tuple[str, Report]]] = defaultdict(list)
    for report in analysis.reports or ():
        for role, ids in (("target", report.target), ("agent", report.agent)):
            for entity in ids:
                out[entity].append((role, report))
    return out


def role_points(a: Iterable[tuple[str, Report]], b: Iterable[tuple[str, Report]]) -> float:
    """What it says that two entities play the same part in the same type of action: 1, and more where the dates agree."""
    best = 0.0
    for role, report in a:
        for other_role, other in b:
            if role == other_role and report.type is other.type:
                points = date_points(report, other)
                if points is not None:
                    best = max(best, 1.0 + points)
    return best


def only_relays(analysis: Analysis, entity: Entity) -> bool:
    """Whether an entity is in the article as the agency that brought the news, or its publisher: everybody shares those."""
    if analysis.article.publisher and entity.name.casefold() == analysis.article.publisher.casefold():
        return True
    reports = analysis.reports or ()
    used = {e for r in reports for e in (*r.target, *r.agent, *r.place, *r.attributed_to)}
    return entity.id not in used and any(entity.id in report.via for report in reports)


def far_apart(a: Analysis, b: Analysis) -> bool:
    """Whether two articles were published more than two years apart."""
    left, right = days(a.article.published), days(b.article.published)
    return left is not None and right is not None and gap(left, right) > _FAR_APART
