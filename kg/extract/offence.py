"""What the target of an action is accused of: the phrase behind "for", "pour", "بتهمة"."""

from __future__ import annotations

from collections.abc import Iterator

from kg.extract.grammar import Grammar
from kg.extract.sentences import View
from kg.extract.triggers import Trigger
from kg.extract.words import occurrences
from kg.merge.concepts import concepts_of
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
        found = _phrase(view, first, last, grammar)
        if found is not None:
            return found
    return None


def phrases(view: View, grammar: Grammar) -> Iterator[tuple[Span, Span]]:
    """All (offence, marker) spans of a sentence, whatever they belong to."""
    for first, last in occurrences(view, grammar.offence):
        found = _phrase(view, first, last, grammar)
        if found is not None:
            yield found


def crimes(view: View, grammar: Grammar, language: str) -> Iterator[tuple[Span, frozenset[str]]]:
    """(phrase, ideas) of what names a crime: from a word of the ``offences`` of the concepts to the end of its phrase."""
    index = 0
    while index < len(view.words):
        word = view.words[index]
        ideas = concepts_of(word.text, language, ("offences",)).ideas if word.is_word else frozenset()
        if not ideas or any(n.span.overlaps(word.span) for n in view.names):
            index += 1
            continue
        end = index + 1
        while end < min(len(view.words), index + _LENGTH):
            text = view.words[end].text
            if text in _END or text in grammar.offence_end or text in grammar.relative:
                break
            ideas |= concepts_of(text, language, ("offences",)).ideas
            end += 1
        yield Span(word.span.start, view.words[end - 1].span.end), ideas
        index = end


def _phrase(view: View, first: int, last: int, grammar: Grammar) -> tuple[Span, Span] | None:
    """The phrase behind the marker at words ``[first, last)``; None where none may be an offence."""
    end = last
    while end < min(len(view.words), last + _LENGTH):
        word = view.words[end]
        if word.text in _END or word.text in grammar.offence_end:
            break
        if any(word.span.overlaps(s) for layer in ("DUR", "DATE", "AMT") for s in view.layers.get(layer, ())):
            break
        end += 1
    if end == last or any(view.words[i].text in grammar.no_offence for i in range(last, min(end, last + _LEAD))):
        return None
    span = Span(view.words[last].span.start, view.words[end - 1].span.end)
    names = [n for n in view.names if n.span.overlaps(span)]
    if names and names[0].span.start <= span.start:
        return None
    return span, Span(view.words[first].span.start, view.words[last - 1].span.end)
