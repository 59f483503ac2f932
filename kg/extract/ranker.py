"""A transparent judge of candidates for an argument: logistic regression over named observations.

The weights are data in ``kg/data/roles/<role>.json``, made by ``training/roles``; a candidate's score is the probability that it
fills the role. What is too
unlikely is not taken.
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


@dataclass(frozen=True)
class Ranker:
    """The weights of the observations on the candidates of one role.

    A candidate that the grammar chose stays where its probability is at least ``keep``; only where none does, another is taken
    that reaches ``threshold``.
    """

    role: str
    bias: float
    keep: float
    threshold: float
    weights: Mapping[str, float]

    def probability(self, observations: Sequence[str]) -> float:
        """How likely a candidate with these observations fills the role."""
        total = self.bias + sum(self.weights.get(name, 0.0) for name in dict.fromkeys(observations))
        return 1 / (1 + math.exp(-max(-40.0, min(40.0, total))))

    def best(self, scores: Sequence[float], ruled: Sequence[bool]) -> int | None:
        """The index of the candidate to take, the first of equals; None where none is likely enough."""
        kept = [i for i, score in enumerate(scores) if ruled[i] and score >= self.keep]
        order = kept or [i for i, score in enumerate(scores) if score >= self.threshold]
        return min(order, key=lambda i: (-scores[i], i), default=None)

    def reasons(self, observations: Sequence[str], count: int = 3) -> str:
        """The observations that speak most for the candidate, in words for ``kg explain``."""
        known = sorted(dict.fromkeys(o for o in observations if self.weights.get(o, 0) > 0), key=lambda o: (-self.weights[o], o))
        return ", ".join(known[:count])


@cache
def load_ranker(role: str) -> Ranker:
    """The shipped ranker of a role.

    Raises:
        ConfigurationError: the file is missing or broken.
    """
    path = FOLDER / f"{role}.json"
    try:
        data = json.loads(path.read_text("utf-8"))
        weights = {str(name): float(value) for name, value in data["weights"].items()}
        return Ranker(role, float(data["bias"]), float(data["keep"]), float(data["threshold"]), weights)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{path} holds no weights ({error}): make them again, see training/roles/README.md") from error
