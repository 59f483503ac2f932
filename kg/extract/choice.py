"""Which candidates fill the roles of an action: the ranker's best, with the words it rests on and why it was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract.candidates import CANDIDATES
from kg.extract.draft import Draft, Story
from kg.extract.ranker import load_ranker
from kg.model import Evidence, Span

_NEAR_BEST = 0.5
"""A further name counts where its probability is at least this share of the best one's, and it stands in the same slot."""


@dataclass(frozen=True)
class Choice:
    """The chosen values of one role, the likeliest first, with their evidence; empty where no candidate is likely enough."""

    values: tuple[str | Span, ...] = ()
    evidence: tuple[Evidence, ...] = ()

    @property
    def ids(self) -> tuple[str, ...]:
        """The values that are ids or dates."""
        return tuple(value for value in self.values if isinstance(value, str))

    @property
    def span(self) -> Span | None:
        """The first value that is a span."""
        return next((value for value in self.values if isinstance(value, Span)), None)


def choose(story: Story, draft: Draft, role: str, together: Sequence[str] = ()) -> Choice:
    """What fills ``role`` of a draft.

    ``together`` are values that the grammar found in one slot: where the best candidate is one of them, the others come with it.

    Raises:
        ConfigurationError: the weights of the role are missing or broken.
    """
    ranker = load_ranker(role)
    candidates = sorted(CANDIDATES[role](story, draft), key=lambda c: c.span)
    scores = [ranker.probability(c.observations) for c in candidates]
    best = ranker.best(scores, [c.ruled for c in candidates])
    if best is None:
        return Choice()
    taken = [(scores[best], candidates[best])]
    if candidates[best].value in together:
        taken += [
            (score, c)
            for score, c in zip(scores, candidates, strict=True)
            if c is not candidates[best] and c.value in together and score >= _NEAR_BEST * scores[best]
        ]
    notes = []
    for score, c in taken:
        why = "found by the grammar" if c.ruled else f"likeliest of {len(candidates)}"
        notes.append(Evidence(role, c.span, f"{why} ({score:.2f}): {ranker.reasons(c.observations)}"))
    return Choice(tuple(c.value for _, c in taken), tuple(notes))
