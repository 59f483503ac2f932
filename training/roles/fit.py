"""A conditional logit with an L2 penalty over binary observations, by Newton's method (numpy only).

One action offers some candidates and "none of them"; the probability of each is the softmax of its summed weights. Where several
candidates are right (two names of whom the annotation lists), what counts is that the choice falls on one of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.extract.ranker import Ranker
from training.roles.examples import Example

RARE = 4
"""Observations seen with fewer candidates than this get no weight."""
_ROUNDS = 40
_STRIDE = 3.0
"""The longest step of a weight in one round."""


@dataclass(frozen=True)
class Settings:
    """The L2 penalty of a role, and the share of the weight of an exact pair that a loose one has."""

    penalty: float
    loose: float = 0.5


def fit(role: str, data: Sequence[Example], settings: Settings) -> Ranker:
    """The weights that fit ``data`` best, with no threshold yet; each story counts by the square root of its size."""
    sizes = Counter(example.group for example in data)
    on_candidates = Counter(o for e in data for c in e.candidates for o in set(c.observations))
    on_actions = Counter(o for e in data for o in set(e.context))
    names = sorted(o for o, n in on_candidates.items() if n >= RARE)
    none = sorted(o for o, n in on_actions.items() if n >= RARE)
    place = {name: i for i, name in enumerate(names)}
    outside = {name: len(names) + i for i, name in enumerate(none)}
    width = len(names) + len(none) + 1
    rows: list[list[int]] = []
    right: list[bool] = []
    starts: list[int] = []
    weight: list[float] = []
    for example in data:
        starts.append(len(rows))
        rows.append([width - 1, *(outside[o] for o in set(example.context) if o in outside)])
        right.append(not any(example.right))
        for candidate, fits in zip(example.candidates, example.right, strict=True):
            rows.append([place[o] for o in set(candidate.observations) if o in place])
            right.append(fits)
        weight.append((1.0 if example.exact else settings.loose) * (8.0 / max(8, sizes[example.group])) ** 0.5)
    x = np.zeros((len(rows), width))
    for i, row in enumerate(rows):
        x[i, row] = 1.0
    penalty = np.full(width, settings.penalty)
    penalty[-1] = 1e-3
    beta = _newton(x, np.array(right), np.array(starts), np.array(weight), penalty)
    table = [round(float(b), 3) for b in beta]
    return Ranker(
        role,
        {name: table[i] for name, i in place.items() if abs(table[i]) >= 0.01},
        {name: table[i] for name, i in outside.items() if abs(table[i]) >= 0.01},
        table[-1],
        0.5,
        {},
    )


def _newton(
    x: np.ndarray, right: np.ndarray, starts: np.ndarray, weight: np.ndarray, penalty: np.ndarray
) -> np.ndarray:  # rows of one action stand together, from one of ``starts`` to the next
    sizes = np.diff(np.append(starts, len(x)))
    group = np.repeat(np.arange(len(starts)), sizes)
    beta = np.zeros(x.shape[1])
    for _ in range(_ROUNDS):
        score = x @ beta
        score = np.exp(score - np.maximum.reduceat(score, starts)[group])
        total = np.add.reduceat(score, starts)
        chance = score / total[group]
        wanted = np.where(right, score, 0.0)
        wanted /= np.maximum(np.add.reduceat(wanted, starts), 1e-300)[group]
        gradient = x.T @ (weight[group] * (chance - wanted)) + penalty * beta
        mean = np.add.reduceat(x * chance[:, None], starts)
        hessian = (x.T * (weight[group] * chance)) @ x - (mean.T * weight) @ mean + np.diag(penalty)
        step = np.linalg.solve(hessian, gradient)
        longest = float(np.abs(step).max())
        beta -= step * min(1.0, _STRIDE / longest) if longest else step
        if longest < 1e-4:
            break
    return beta
