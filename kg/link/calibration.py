"""Confidence that can be believed: how often a link with such evidence was right.

The weights are those of a logistic regression (``calibration.toml``), learnt by ``training/link/calibrate.py`` on one half of
public sets with given mentions; ``tests/bench/linking.py --half odd --reliability`` measures it on the other half.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from kg.errors import ConfigurationError
from kg.link.evidence import Scored
from kg.model import Kind

TABLE = Path(__file__).with_name("calibration.toml")
FEATURES = ("bias", "score", "beside", "supported", "gap", "enough", "person", "organization")


def threshold() -> float:
    """The confidence below which nothing is linked.

    Raises:
        ConfigurationError: the table is broken.
    """
    return _table()[0]


@cache
def _table() -> tuple[float, tuple[float, ...]]:
    """The threshold, and the weights in the order of ``FEATURES``.

    Raises:
        ConfigurationError: the table is broken.
    """
    try:
        data = tomllib.loads(TABLE.read_text("utf-8"))
        return float(data["threshold"]), tuple(float(data["weights"][name]) for name in FEATURES)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{TABLE}: {error}; install kg again") from error


def features(scored: Sequence[Scored]) -> tuple[float, ...]:
    """What is known of the first of the candidates, in the order of ``FEATURES``; ``gap`` is its lead over the second."""
    best = scored[0]
    second = max((other.score for other in scored[1:] if other.fits), default=0.0)
    return (
        1.0,
        best.score,
        float(best.beside),
        float(best.supported),
        min(0.4, max(0.0, best.score - second)),
        float(best.enough),
        float(best.entry.kind is Kind.PERSON),
        float(best.entry.kind is Kind.ORGANIZATION),
    )


def confidence(scored: Sequence[Scored]) -> float:
    """How likely the first candidate is the right one, between 0 and 1.

    Raises:
        ConfigurationError: the table is broken.
    """
    _, weights = _table()
    return 1 / (1 + math.exp(-sum(w * x for w, x in zip(weights, features(scored), strict=True))))
