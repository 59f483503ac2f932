"""How good a choice is: counted as the scorer counts it, where the annotation or the choice fills the role."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from kg.extract.ranker import Ranker
from training.roles.examples import Example
from training.roles.fit import Settings, fit

FOLDS = 5


@dataclass(frozen=True)
class Counts:
    """``right`` of ``asked`` choices; ``filled`` of them the annotation fills, ``chosen`` got a value."""

    right: int = 0
    asked: int = 0
    filled: int = 0
    chosen: int = 0

    def __str__(self) -> str:
        share = self.right / self.asked if self.asked else 0.0
        return f"{share:.3f} (right {self.right}, asked {self.asked}, filled {self.filled}, chosen {self.chosen})"


def count(data: Sequence[Example], choose: Callable[[Example], bool | None]) -> Counts:
    """Counts of a choice over the examples that stand on annotated triggers; ``choose`` says whether the choice is right."""
    right = asked = filled = chosen = 0
    for example in data:
        if not example.exact:
            continue
        found = choose(example)
        if not example.filled and found is None:
            continue
        asked += 1
        filled += example.filled
        chosen += found is not None
        right += bool(found) and example.filled
    return Counts(right, asked, filled, chosen)


def chosen(example: Example, ranker: Ranker) -> bool | None:
    """Whether the best candidate is right; None where none is likely enough."""
    scores = [ranker.probability(c.observations) for c in example.candidates]
    best = ranker.best(scores, [c.ruled for c in example.candidates])
    return None if best is None else example.right[best]


def folds(data: Sequence[Example]) -> list[tuple[list[Example], list[Example]]]:
    """Pairs of (learn, test) that keep a story together."""
    fold = [zlib.crc32(e.group.encode()) % FOLDS for e in data]
    return [
        ([e for e, f in zip(data, fold, strict=True) if f != k], [e for e, f in zip(data, fold, strict=True) if f == k])
        for k in range(FOLDS)
    ]


def cross_validate(role: str, data: Sequence[Example], settings: Settings) -> list[tuple[Example, bool | None]]:
    """Each example with the choice of a ranker that never saw its story."""
    out = []
    for learn, test in folds(data):
        ranker = fit(role, learn, settings)
        out += [(example, chosen(example, ranker)) for example in test]
    return out
