"""Where an action took place by the rules of its sentence: a place behind a locative preposition near the trigger."""

from __future__ import annotations

from collections.abc import Collection

from kg.extract.grammar import Grammar
from kg.extract.sentences import Named, View
from kg.extract.triggers import Trigger
from kg.model import Kind

_NEAR = 90
"""Characters between trigger and place; those before the trigger count twice."""


def place_near(view: View, trigger: Trigger, grammar: Grammar, apart: Collection[str]) -> Named | None:
    """The place that a locative preposition leads nearest to the trigger, in its clause; entities in ``apart`` are none."""
    options = []
    for named in view.names:
        if named.kind is not Kind.PLACE or named.entity in apart or not _is_located(view, grammar, named):
            continue
        gap = named.span.start - trigger.span.end
        distance = gap if gap >= 0 else 2 * (trigger.span.start - named.span.end) + 20
        if distance <= _NEAR and not _is_far(view, trigger, grammar, named):
            options.append((distance, named.span, named))
    return min(options)[2] if options else None


def _is_located(view: View, grammar: Grammar, named: Named) -> bool:
    first = view.word_at(named.span.start)
    word = view.words[first]
    if named.span.start > word.span.start and word.text[: named.span.start - word.span.start][-1:] in grammar.locative:
        return True
    for back in (1, 2, 3):
        if first - back < 0 or not view.words[first - back].is_word:
            return False
        if view.words[first - back].text in grammar.locative:
            return True
        if view.words[first - back].text in grammar.prepositions | grammar.genitive | grammar.boundary:
            return False
    return False


def _is_far(view: View, trigger: Trigger, grammar: Grammar, named: Named) -> bool:
    first, last = sorted((view.word_at(named.span.start), trigger.head))
    return any(view.words[i].text in ".;:!?؟؛" or view.words[i].text in grammar.boundary for i in range(first, last))
