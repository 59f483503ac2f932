"""What a model that reads a trigger in its surroundings makes of it, as observations beside those of the grammar."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import numpy.typing as npt

from kg.model import Modality, Span

ROLES = ("target", "agent", "place", "date", "offence", "attribution")
"""The roles in the order of the model's scores."""
MODALITIES = (Modality.ACTUAL, Modality.REQUESTED, Modality.POSSIBLE, Modality.NEGATED)
"""The modalities in the order of the model's scores."""

_STEPS = (-6, -5, -4, -3, -2, -1, 0, 1, 2, 3)
"""Log odds at which the model's opinion of a candidate becomes a further observation."""

UNLIKELY = "reader:unlikely"
"""Observation on a candidate of which the model thinks that it hardly stands in the role: log odds of at most -1."""

_COLUMN: Mapping[str, int] = MappingProxyType({role: column for column, role in enumerate(ROLES)})
Scores = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class Reading:
    """The model's opinion of one trigger.

    ``places`` are the words that were read, in order of the text, ``scores`` their log odds of standing in each role (words ×
    roles). ``stands`` is the log odds that the trigger tells an action of its type, ``modality`` the logarithms of the
    probabilities of its modalities, as far as it does.
    """

    places: Sequence[tuple[int, int]]
    scores: Scores
    stands: float
    modality: Sequence[float]

    def of(self, role: str, spans: Iterable[Span]) -> float | None:
        """The highest log odds of ``role`` among the words in ``spans``; None where none of them was read."""
        column = self.scores[:, _COLUMN[role]]
        heard = [float(column[number]) for span in spans for number in self._words(span)]
        return max(heard, default=None)

    def _words(self, span: Span) -> range:
        first = bisect_left(self.places, (span.start, 0))
        if first and self.places[first - 1][1] > span.start:
            first -= 1
        last = first
        while last < len(self.places) and self.places[last][0] < span.end:
            last += 1
        return range(first, last)


def heard(score: float | None, best: float | None) -> list[str]:
    """A score as observations: each step that it passes, and whether no candidate has a higher one (``best``)."""
    if score is None or best is None:
        return ["reader:unread"]
    out = [f"reader:above:{step}" for step in _STEPS if score > step]
    if score <= -1:
        out.append(UNLIKELY)
    if score >= best:
        out.append("reader:best")
    elif best - score > 2:
        out.append("reader:far-from-best")
    return out
