"""Changing a finished graph: which analyses stay, which come, and which go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kg.batch.collection import Collection, Kept
from kg.model import Analysis, Article, Tools


@dataclass
class Plan:
    """What an update does to a collection; filled while articles are taken out, read and analysed.

    ``unchanged`` counts articles that are there as they are, ``new`` and ``corrected`` are the ids of those that came,
    ``removed`` of those that were taken out.
    """

    collection: Collection
    tools: Tools
    unchanged: int = 0
    new: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    _gone: dict[int, Kept] = field(default_factory=dict)
    _came: dict[str, Analysis] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._left = self.collection

    def remove(self, found: Iterable[Kept]) -> None:
        """Take articles out, before others come."""
        for one in found:
            if id(one) not in self._gone:
                self._gone[id(one)] = one
                self.removed.append(one.analysis.article.id)
        self._left = self._left.without(self._gone.values())

    def to_analyse(self, articles: Iterable[Article]) -> Iterator[Article]:
        """Those of ``articles`` that have to be analysed, under the ids that they will have."""
        for article in articles:
            named = self._left.named(article)
            if self._left.holds(named, self.tools):
                self.unchanged += 1
            else:
                yield named

    def add(self, analysis: Analysis) -> None:
        """Put a finished analysis in the place of what is kept of its article."""
        versions = self._left.versions_of(analysis.article)
        self._gone.update((id(one), one) for one in versions)
        self._came[analysis.article.id] = analysis
        (self.corrected if versions else self.new).append(analysis.article.id)

    @property
    def came(self) -> tuple[Analysis, ...]:
        """The analyses that are new, by id."""
        return tuple(self._came[key] for key in sorted(self._came))

    @property
    def gone(self) -> tuple[Kept, ...]:
        """What is kept no longer."""
        return tuple(self._gone.values())

    @property
    def result(self) -> tuple[Analysis, ...]:
        """All analyses of the new graph."""
        stay = (one.analysis for one in self.collection.kept if id(one) not in self._gone)
        return (*stay, *self.came)
