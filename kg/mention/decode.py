"""The most likely sequence of tags that the scheme allows: B begins a name, I continues a name of its kind (Viterbi 1967)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float32]
_NEVER = np.float32(-1e9)


@dataclass(frozen=True, slots=True)
class Found:
    """A name over the words ``[first, last)``; ``probability`` is the geometric mean of those of its tags."""

    first: int
    last: int
    kind: str
    probability: float


def log_softmax(scores: Scores) -> Scores:
    """Log probabilities along the last axis."""
    shifted = scores - scores.max(axis=-1, keepdims=True)
    result: Scores = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    return result


def allowed(tags: Sequence[str]) -> Scores:
    """The matrix of transitions from tag to tag: 0 where allowed, a large negative number elsewhere."""
    matrix = np.zeros((len(tags), len(tags)), np.float32)
    for j, after in enumerate(tags):
        if after.startswith("I-"):
            for i, before in enumerate(tags):
                if before not in {f"B-{after[2:]}", after}:
                    matrix[i, j] = _NEVER
    return matrix


def best_tags(logs: Scores, tags: Sequence[str], breaks: frozenset[int] = frozenset()) -> list[int]:
    """The best allowed tag of each row of ``logs``; a name never runs over a place in ``breaks`` (an index of its next word)."""
    if not len(logs):
        return []
    steps = allowed(tags)
    begins = np.array([_NEVER if tag.startswith("I-") else 0 for tag in tags], np.float32)
    best = logs[0] + begins
    back = np.zeros(logs.shape, np.int64)
    for i in range(1, len(logs)):
        paths = best[:, None] + steps + (begins[None, :] if i in breaks else 0)
        back[i] = paths.argmax(axis=0)
        best = paths.max(axis=0) + logs[i]
    path = [int(best.argmax())]
    for i in range(len(logs) - 1, 0, -1):
        path.append(int(back[i, path[-1]]))
    return path[::-1]


def find_names(logs: Scores, tags: Sequence[str], breaks: frozenset[int] = frozenset()) -> Iterator[Found]:
    """The names in the best sequence for ``logs`` (words × tags, log probabilities), in order."""
    path = best_tags(logs, tags, breaks)
    first = 0
    for i, tag in enumerate([*path, 0]):
        inside = i < len(path) and tags[tag].startswith("I-")
        if i > 0 and not inside and path[i - 1] != 0:
            mean = float(np.mean([logs[place, path[place]] for place in range(first, i)]))
            yield Found(first, i, tags[path[first]][2:], float(np.exp(mean)))
        if i < len(path) and tags[tag].startswith("B-"):
            first = i
