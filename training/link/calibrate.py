"""Learn how often links are right: ``python training/link/calibrate.py`` prints ``kg/link/calibration.toml``.

Every first candidate of the even articles of the sets of ``tests/bench/linking.py`` is one example: its evidence, and whether
it is the gold item. The odd articles stay for measuring. A ridge of ``RIDGE`` keeps rare evidence from weighing much; whatever
speaks for a candidate cannot weigh against it. The threshold is the lowest confidence from which ``WANTED`` of the links of the
even half are right.
"""

from __future__ import annotations

import runpy
from pathlib import Path

import numpy as np

from kg.link.calibration import FEATURES, features
from kg.link.cascade import LinkStage

BENCH = Path(__file__).resolve().parents[2] / "tests" / "bench" / "linking.py"
RIDGE = 1.0
WANTED = 0.9
HELPS = frozenset({"score", "beside", "supported", "gap", "enough"})


def examples() -> tuple[np.ndarray, np.ndarray]:
    """Evidence and truth of the first candidates of the even articles."""
    bench = runpy.run_path(str(BENCH))
    answers = [answer for name in bench["SETS"] for answer in bench["answers"](name, LinkStage(), "even") if answer.scored]
    rows = [features(answer.scored) for answer in answers]
    return np.array(rows), np.array([answer.scored[0].entry.qid == answer.gold for answer in answers], dtype=float)


def fit(rows: np.ndarray, truth: np.ndarray) -> np.ndarray:
    """Weights of a logistic regression by projected gradient descent."""
    weights = np.zeros(rows.shape[1])
    free = np.array([name not in HELPS for name in FEATURES])
    penalty = np.array([0.0 if name == "bias" else RIDGE for name in FEATURES])
    for _ in range(20_000):
        likely = 1 / (1 + np.exp(-rows @ weights))
        weights -= 2.0 / len(rows) * (rows.T @ (likely - truth) + penalty * weights)
        weights = np.where(free, weights, np.maximum(weights, 0.0))
    return weights


def main() -> None:
    """Print the table."""
    rows, truth = examples()
    weights = fit(rows, truth)
    likely = 1 / (1 + np.exp(-rows @ weights))
    linked = rows[:, FEATURES.index("enough")] > 0
    threshold = 0.5
    for step in np.arange(0.5, 1.0, 0.01):
        chosen = linked & (likely >= step)
        if chosen.any() and truth[chosen].mean() >= WANTED:
            threshold = float(step)
            break
    print("# How likely a link is right, by its evidence: weights of a logistic regression. Made by training/link/calibrate.py.")
    print(f"threshold = {threshold:.2f}\n\n[weights]")
    for name, weight in zip(FEATURES, weights, strict=True):
        print(f"{name} = {weight:.2f}")


if __name__ == "__main__":
    main()
