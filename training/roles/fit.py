"""Logistic regression with an L2 penalty over binary observations, by Newton's method (numpy only)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.extract.ranker import Ranker
from training.roles.examples import Example


@dataclass(frozen=True)
class Settings:
    """The L2 penalty, and the probabilities at which a candidate is kept or taken (see ``Ranker``)."""

    penalty: float
    keep: float
    threshold: float


RARE = 4
"""Observations seen with fewer candidates than this get no weight."""


def fit(role: str, data: Sequence[Example], settings: Settings) -> Ranker:
    """The ranker that fits ``data`` best; each story counts by the square root of its size, loose pairs half."""
    sizes = Counter(example.group for example in data)
    counts = Counter(o for e in data for c in e.candidates for o in set(c.observations))
    names = sorted(o for o, n in counts.items() if n >= RARE)
    place = {name: i + 1 for i, name in enumerate(names)}
    rows: list[list[int]] = []
    labels: list[float] = []
    weights: list[float] = []
    for example in data:
        weight = (1.0 if example.exact else 0.5) * (8.0 / max(8, sizes[example.group])) ** 0.5
        for candidate, right in zip(example.candidates, example.right, strict=True):
            rows.append([0, *sorted({place[o] for o in candidate.observations if o in place})])
            labels.append(float(right))
            weights.append(weight)
    x = np.zeros((len(rows), len(names) + 1))
    for i, row in enumerate(rows):
        x[i, row] = 1.0
    y, w = np.array(labels), np.array(weights)
    ridge = np.full(len(names) + 1, settings.penalty)
    ridge[0] = 1e-3
    beta = np.zeros(len(names) + 1)
    for _ in range(25):
        p = 1 / (1 + np.exp(-np.clip(x @ beta, -30, 30)))
        gradient = x.T @ (w * (p - y)) + ridge * beta
        hessian = (x.T * (w * p * (1 - p) + 1e-9)) @ x + np.diag(ridge)
        step = np.linalg.solve(hessian, gradient)
        beta -= step
        if float(np.abs(step).max()) < 1e-5:
            break
    table = {name: round(float(beta[i]), 3) for name, i in place.items()}
    return Ranker(
        role, round(float(beta[0]), 3), settings.keep, settings.threshold, {n: v for n, v in table.items() if abs(v) >= 0.01}
    )
