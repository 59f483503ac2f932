"""A transparent judge of candidates for an argument: a choice between all of them and none, by named observations.

Each observation on a candidate has a weight, and so have observations on the action as a whole, which speak for none of them
(a conditional logit with an outside option: McFadden 1974). The weights are data in ``kg/data/roles/<role>.json``, made by
``training/roles``; what is too unlikely is not taken.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import ConfigurationError

FOLDER = Path(__file__).parents[1] / "data" / "roles"
"""Where the weights are."""

_STEEP = 40.0
"""Bound on a candidate's sum of weights, far beyond what matters."""


@dataclass(frozen=True)
class Ranker:
    """The weights of the observations for one role.

    ``weights`` are those on candidates, ``none`` those on the action that speak for no candidate, with ``bias`` for none in
    every case. A choice needs the probability ``threshold``, in some languages another one (``thresholds``).
    """

    role: str
    weights: Mapping[str, float]
    none: Mapping[str, float]
    bias: float
    threshold: float
    thresholds: Mapping[str, float]

    def probabilities(self, candidates: Sequence[Sequence[str]], context: Sequence[str] = ()) -> tuple[float, ...]:
        """How likely each candidate, by its observations, fills the role; what lacks to 1 is that none does."""
        outside = _bounded(self.bias + sum(self.none.get(name, 0.0) for name in dict.fromkeys(context)))
        sums = [_bounded(sum(self.weights.get(name, 0.0) for name in dict.fromkeys(seen))) for seen in candidates]
        top = max(outside, *sums) if sums else outside
        parts = [math.exp(value - top) for value in sums]
        total = math.exp(outside - top) + sum(parts)
        return tuple(part / total for part in parts)

    def needed(self, language: str) -> float:
        """The probability from which on a candidate is taken in a language."""
        return self.thresholds.get(language, self.threshold)

    def reasons(self, observations: Sequence[str], count: int = 3) -> str:
        """The observations that speak most for the candidate, in words for ``kg explain``."""
        known = sorted(dict.fromkeys(o for o in observations if self.weights.get(o, 0) > 0), key=lambda o: (-self.weights[o], o))
        return ", ".join(known[:count])


def _bounded(value: float) -> float:
    return max(-_STEEP, min(_STEEP, value))


@cache
def load_ranker(role: str) -> Ranker:
    """The shipped ranker of a role.

    Raises:
        ConfigurationError: the file is missing or broken.
    """
    path = FOLDER / f"{role}.json"
    try:
        data = json.loads(path.read_text("utf-8"))
        return Ranker(
            role,
            _numbers(data["weights"]),
            _numbers(data["none"]),
            float(data["bias"]),
            float(data["threshold"]),
            _numbers(data["thresholds"]),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{path} holds no weights ({error!r}): make them again, see training/roles/README.md") from error


def _numbers(table: Mapping[str, float]) -> Mapping[str, float]:
    return {str(name): float(value) for name, value in table.items()}
