"""Which candidates fill the roles of an action: the ranker's best, with the words it rests on and why it was chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract.candidates import candidates_of, context_of
from kg.extract.draft import Draft, Story
from kg.extract.nearby import Candidate
from kg.extract.ranker import Ranker, load_ranker
from kg.extract.reading import UNLIKELY
from kg.model import Evidence, Span

_NEAR_BEST = 0.15
"""A further name of the same slot counts where its probability is at least this share of the best one's."""
_RULED = 0.5
"""Share of the needed probability that is enough where the grammar of the sentence chose."""


@dataclass(frozen=True)
class Choice:
    """The chosen values of one role, the likeliest first, with their evidence; empty where no candidate is likely enough.

    ``sure`` is the probability that the first one is right, ``grammar`` whether the sentence's grammar chose it.
    """

    values: tuple[str | Span, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    sure: float = 0.0
    grammar: bool = False

    @property
    def ids(self) -> tuple[str, ...]:
        """The values that are ids or dates."""
        return tuple(value for value in self.values if isinstance(value, str))

    @property
    def span(self) -> Span | None:
        """The first value that is a span."""
        return next((value for value in self.values if isinstance(value, Span)), None)


def choose(story: Story, draft: Draft, role: str, together: Sequence[str] = (), ranker: Ranker | None = None) -> Choice:
    """What fills ``role`` of a draft.

    ``together`` are values that the grammar found in one slot: they stand or fall together, and where the best candidate is one
    of them the others come with it. Candidates of the same value (a date named twice) count as one. ``ranker`` is the
    shipped one of the role, if no other is given.

    Raises:
        ConfigurationError: the weights of the role are missing or broken.
    """
    ranker = ranker or load_ranker(role)
    candidates = sorted((c for c in candidates_of(story, draft, role) if not _denied(draft, role, c)), key=lambda c: c.span)
    scores = ranker.probabilities([c.observations for c in candidates], context_of(story, draft, candidates))
    best = best_of(candidates, scores, together, ranker.needed(story.language))
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
    return Choice(tuple(c.value for _, c in taken), tuple(notes), scores[best], candidates[best].ruled)


def _denied(draft: Draft, role: str, candidate: Candidate) -> bool:
    """Whether neither the grammar nor the model takes a name for the target.

    Nobody is accused because the article is about them: a victim, or the judge.
    """
    if role != "target" or candidate.ruled or draft.reading is None:
        return False
    return UNLIKELY in candidate.observations


def best_of(
    candidates: Sequence[Candidate], scores: Sequence[float], together: Sequence[str | Span], needed: float
) -> int | None:
    """The index of the candidate to take, the first of equals; None where none is likely enough.

    The probabilities of candidates of one value, and of those that stand ``together``, add up. What the grammar chose needs less.
    """
    masses: dict[str | Span, float] = {}
    for candidate, score in zip(candidates, scores, strict=True):
        masses[candidate.value] = masses.get(candidate.value, 0.0) + score
    joint = sum(mass for value, mass in masses.items() if value in together)
    masses = {value: joint if value in together else mass for value, mass in masses.items()}
    order = [i for i, c in enumerate(candidates) if masses[c.value] >= (needed * _RULED if c.ruled else needed)]
    return min(order, key=lambda i: (-masses[candidates[i].value], -scores[i], i), default=None)
