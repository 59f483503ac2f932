"""How good a choice is: counted as the scorer counts it, where the annotation or the choice fills the role."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from kg.extract.choice import best_of
from kg.extract.ranker import Ranker
from training.roles.examples import Example
from training.roles.fit import Settings, fit

FOLDS = 5
THRESHOLDS = tuple(round(0.2 + 0.05 * step, 2) for step in range(11))
"""Probabilities from which on a candidate may be taken, .2 to .7."""
ENOUGH = 60
"""Filled examples from which on a language gets a threshold of its own."""

DECIDES = frozenset({"target"})
"""Roles that decide whether an action pairs at all: to leave one open rightly counts as much as to fill it rightly."""

Scored = tuple[Example, tuple[float, ...]]
"""An example with the probabilities of its candidates, by a ranker that never saw its story."""


@dataclass(frozen=True)
class Counts:
    """``right`` of ``asked`` choices; ``filled`` of them the annotation fills, ``chosen`` got a value."""

    right: int = 0
    asked: int = 0
    filled: int = 0
    chosen: int = 0

    @property
    def share(self) -> float:
        """The share of right choices."""
        return self.right / self.asked if self.asked else 0.0

    def __str__(self) -> str:
        return f"{self.share:.3f} (right {self.right}, asked {self.asked}, filled {self.filled}, chosen {self.chosen})"


def count(data: Iterable[Example], choose: Callable[[Example], bool | None], empty: bool = False) -> Counts:
    """Counts of a choice over the examples that stand on annotated triggers; ``choose`` says whether the choice is right.

    ``empty`` counts a role that is rightly left open as a right choice, else it does not count.
    """
    right = asked = filled = chosen = 0
    for example in data:
        if not example.exact:
            continue
        found = choose(example)
        if not example.filled and found is None:
            asked += empty
            right += empty
            continue
        asked += 1
        filled += example.filled
        chosen += found is not None
        right += bool(found) and example.filled
    return Counts(right, asked, filled, chosen)


def chosen(scored: Scored, needed: float) -> bool | None:
    """Whether the best candidate is right; None where none is likely enough."""
    example, scores = scored
    best = best_of(example.candidates, scores, example.together, needed)
    return None if best is None else example.right[best]


def fold_of(group: str) -> int:
    """The fold that keeps a story apart."""
    return zlib.crc32(group.encode()) % FOLDS


def rankers_by_fold(role: str, data: Sequence[Example], settings: Settings) -> list[Ranker]:
    """For each fold the ranker that did not see its stories."""
    return [fit(role, [e for e in data if fold_of(e.group) != fold], settings) for fold in range(FOLDS)]


def scored_apart(data: Sequence[Example], rankers: Sequence[Ranker]) -> list[Scored]:
    """Each example with the probabilities by the ranker of its fold."""
    return [(e, rankers[fold_of(e.group)].probabilities([c.observations for c in e.candidates], e.context)) for e in data]


def with_thresholds(ranker: Ranker, scored: Sequence[Scored]) -> Ranker:
    """The ranker with thresholds that choose well among ``scored`` (see ``best_threshold``)."""
    languages = sorted({e.language for e, _ in scored})
    own = {}
    for language in languages:
        some = [pair for pair in scored if pair[0].language == language]
        if sum(e.filled and e.exact for e, _ in some) >= ENOUGH:
            own[language] = best_threshold(some, ranker.role in DECIDES)
    return replace(ranker, threshold=best_threshold(scored, ranker.role in DECIDES), thresholds=own)


def best_threshold(scored: Sequence[Scored], empty: bool) -> float:
    """The highest threshold whose share of right choices is within half a standard error of the best.

    Rather none than a guess.
    """
    counts = [figures(scored, needed, empty) for needed in THRESHOLDS]
    best = max(counts, key=lambda c: c.share)
    error = (best.share * (1 - best.share) / max(1, best.asked)) ** 0.5
    return max(needed for needed, c in zip(THRESHOLDS, counts, strict=True) if c.share >= best.share - error / 2)


def figures(scored: Sequence[Scored], needed: float, empty: bool = False) -> Counts:
    """The counts at a threshold."""
    table = {id(pair[0]): pair for pair in scored}
    return count((e for e, _ in scored), lambda e: chosen(table[id(e)], needed), empty)
