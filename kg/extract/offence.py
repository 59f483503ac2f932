"""What the target of an action is accused of: the phrase behind "for", "pour", "بتهمة"."""

from __future__ import annotations

from kg.extract.grammar import Grammar
from kg.extract.sentences import View
from kg.extract.triggers import Trigger
from kg.extract.words import occurrences
from kg.model import Span

_REACH = 14
_LENGTH = 12
_LEAD = 2
_END = frozenset('.;:!?؟؛،,()«»"“”')


def find_offence(view: View, trigger: Trigger, grammar: Grammar) -> tuple[Span, Span] | None:
    """(offence, marker) spans: the nearest marker behind the trigger and the words up to the end of the phrase."""
    start = trigger.words[1]
    stop = min(len(view.words), start + _REACH)
    for first, last in occurrences(view, grammar.offence, range(trigger.words[0], stop)):
        if last < start or any(view.words[i].text in _END - {",", "،"} for i in range(start, first)):
            continue
        skipped = last
        end = skipped
        while end < min(len(view.words), skipped + _LENGTH):
            word = view.words[end]
            if word.text in _END or word.text in grammar.offence_end:
                break
            if any(word.span.overlaps(s) for layer in ("DUR", "DATE", "AMT") for s in view.layers.get(layer, ())):
                break
            end += 1
        if end == skipped or any(view.words[i].text in grammar.no_offence for i in range(skipped, min(end, skipped + _LEAD))):
            continue
        span = Span(view.words[skipped].span.start, view.words[end - 1].span.end)
        names = [n for n in view.names if n.span.overlaps(span)]
        if names and names[0].span.start <= span.start:
            continue
        return span, Span(view.words[first].span.start, view.words[last - 1].span.end)
    return None
