"""What an article offers to fill a role: the entities by id, and whom a pronoun or "the accused" points at."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.extract.sentences import Named, View
from kg.model import Kind, Span

_SENTENCES_BACK = 3


@dataclass(frozen=True)
class Discourse:
    """The sentences of an article and the kinds of its entities."""

    text: str
    views: Sequence[View]
    kinds: Mapping[str, Kind]

    def antecedent(self, view: View, before: int, kinds: tuple[Kind, ...] = (Kind.PERSON,)) -> Named | None:
        """The name that a pronoun at offset ``before`` of ``view`` most likely stands for.

        Recency with a preference for the topic: the nearest earlier name in the same sentence, else the first name of the
        nearest earlier sentence that has one (Centering: the subject of the previous sentence ranks highest). None beyond
        three sentences.
        """
        same = [n for n in view.names if n.span.end <= before and n.kind in kinds]
        if same:
            return same[0] if len({n.entity for n in same}) == 1 else same[-1]
        for index in range(view.index - 1, max(-1, view.index - 1 - _SENTENCES_BACK), -1):
            earlier = [n for n in self.views[index].names if n.kind in kinds]
            if earlier:
                return earlier[0]
        return None

    def named(self, view: View, spans: Sequence[Span]) -> Named | None:
        """The first mention that lies in one of ``spans``, surest span first."""
        for span in spans:
            for named in view.names:
                if named.span.overlaps(span):
                    return named
        return None
