"""What an article offers to fill a role: the entities by id, and whom a pronoun or "the accused" points at."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.extract.sentences import Named, View
from kg.lang.fold import fold_word
from kg.model import Kind, Span

_SENTENCES_BACK = 3
_COMMAS = re.compile("[,،]")
_TITLE = 3
"""Words behind the comma after a name among which a title is looked for."""


@dataclass(frozen=True)
class Discourse:
    """The sentences of an article and the kinds of its entities.

    ``tellers`` are those who are said to tell something, ``counsel`` those with the title of a judge, lawyer or spokesperson:
    whoever is arrested or tried, it is hardly one of them.
    """

    text: str
    views: Sequence[View]
    kinds: Mapping[str, Kind]
    tellers: frozenset[str] = frozenset()
    counsel: frozenset[str] = frozenset()

    def antecedent(
        self, view: View, before: int, kinds: tuple[Kind, ...] = (Kind.PERSON,), apart: Collection[str] = ()
    ) -> Named | None:
        """The name that a pronoun at offset ``before`` of ``view`` most likely stands for.

        Recency with a preference for the topic: the nearest earlier name in the same sentence, else the first name of the
        nearest earlier sentence that has one (Centering: the subject of the previous sentence ranks highest). None beyond
        three sentences. Entities in ``apart`` do not count.
        """
        same = [n for n in view.names if n.span.end <= before and n.kind in kinds and n.entity not in apart]
        if same:
            return same[0] if len({n.entity for n in same}) == 1 else same[-1]
        for index in range(view.index - 1, max(-1, view.index - 1 - _SENTENCES_BACK), -1):
            earlier = [n for n in self.views[index].names if n.kind in kinds and n.entity not in apart]
            if earlier:
                return earlier[0]
        return None

    def with_roles(self, tellers: Iterable[str], titles: frozenset[str]) -> Discourse:
        """The same with those who tell, and those who somewhere bear one of ``titles`` ("Judge X", "X, his lawyer")."""
        counsel = frozenset(n.entity for view in self.views for n in view.names if _is_titled(view, n, titles))
        return replace(self, tellers=frozenset(tellers), counsel=counsel)

    def last_mention(self, view: View, entities: Sequence[str]) -> Named | None:
        """The last mention before ``view`` of the first of ``entities``; None where there is none."""
        for index in range(view.index - 1, -1, -1) if entities else ():
            for named in reversed(self.views[index].names):
                if named.entity == entities[0]:
                    return named
        return None

    def coordinated(self, view: View, before: int, kinds: tuple[Kind, ...], joints: frozenset[str]) -> tuple[Named, ...]:
        """The nearest run of two or more coordinated names before an offset of ``view``: whom "they" stands for.

        A conjunction (``joints``) or a comma stands between the names, and at most one other word ("Alpha chat and Beta"). Empty
        where there is no such run.
        """
        names = [n for n in view.names if n.span.end <= before and n.kind in kinds]
        for last in range(len(names) - 1, 0, -1):
            run = [names[last]]
            for earlier in reversed(names[:last]):
                stretch = self.text[earlier.span.end : run[0].span.start]
                words = [fold_word(word) for word in _COMMAS.sub(" , ", stretch).split()]
                linking = [word for word in words if word in joints or word == ","]
                if not linking or len(words) - len(linking) > 1:
                    break
                run.insert(0, earlier)
            if len(run) > 1:
                return tuple(run)
        return ()

    def named(self, view: View, spans: Sequence[Span]) -> Named | None:
        """The first mention that lies in one of ``spans``, surest span first."""
        for span in spans:
            for named in view.names:
                if named.span.overlaps(span):
                    return named
        return None


def _is_titled(view: View, named: Named, titles: frozenset[str]) -> bool:
    """Whether one of ``titles`` stands right before the name, or behind it and a comma."""
    if named.kind is not Kind.PERSON:
        return False
    covered = view.words_in(named.span)
    words = [word.text for word in view.words]
    behind = words[covered.stop : covered.stop + 1 + _TITLE]
    if behind[:1] not in ([","], ["،"]):
        behind = []
    return bool(titles.intersection(words[max(0, covered.start - 1) : covered.start]) or titles.intersection(behind))
