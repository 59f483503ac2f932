"""Who says it: the source that an article names for a statement, and the agency through which it came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kg.extract.context import Discourse
from kg.extract.grammar import Grammar
from kg.extract.sentences import Named, View
from kg.extract.syntax import Tree
from kg.extract.words import occurrences
from kg.model import Kind, Span

_NEAR = 8
_INSERT = frozenset(',»”"')
_STOP = frozenset(".;!?؟؛")


@dataclass(frozen=True, slots=True)
class Source:
    """Who is said to say it, with the words that say so."""

    speakers: tuple[str, ...] = ()
    via: tuple[str, ...] = ()
    span: Span | None = None


def find_source(view: View, trigger: Span | None, grammar: Grammar, discourse: Discourse) -> Source:
    """The source of what the sentence says; with a ``trigger``, of what it says there.

    "According to X" and "X said" count; where a person speaks and an agency reports it, the agency is ``via``. A sentence
    inside a quotation that runs on from a sentence with a speaker is the speaker's.
    """
    speakers: list[Named] = []
    agencies: list[Named] = []
    span: Span | None = None
    for first, last in occurrences(view, grammar.through):
        found = _after(view, last)
        if found is not None:
            agencies.append(found)
            span = span or _place(view, first, last)
    for first, last in occurrences(view, grammar.following):
        found = _after(view, last)
        if found is not None and found not in agencies:
            (agencies if _is_medium(view, last, found, grammar) else speakers).append(found)
            span = span or _place(view, first, last)
    for first, last in occurrences(view, grammar.speech):
        if trigger is not None and (_place(view, first, last).overlaps(trigger) or not _governs(view, last - 1, trigger)):
            continue
        found = _speaker(view, first, last, grammar, discourse)
        if found is not None and (trigger is None or not found.span.overlaps(trigger)):
            speakers.append(found)
            span = span or _place(view, first, last)
    ids = tuple(dict.fromkeys(n.entity for n in speakers))
    via = tuple(dict.fromkeys(n.entity for n in agencies if n.entity not in ids))
    if not ids:
        ids, via = via, ()
    return Source(ids[:2], via, span)


def agencies_by_speaker(views: Sequence[View], grammar: Grammar) -> Mapping[str, tuple[str, ...]]:
    """Through which agencies an article has the words of a person: those named as its source where the person alone speaks.

    What the person says in later sentences came the same way.
    """
    table: dict[str, tuple[str, ...]] = {}
    for view in views:
        media = [
            found.entity
            for first, last in occurrences(view, grammar.through | grammar.following)
            if (found := _after(view, last)) is not None and _is_medium(view, last, found, grammar)
        ]
        people = {n.entity for n in view.names if n.kind is Kind.PERSON}
        if media and len(people) == 1:
            table.setdefault(people.pop(), tuple(dict.fromkeys(media)))
    return table


def _is_medium(view: View, start: int, found: Named, grammar: Grammar) -> bool:
    """Whether a noun between the marker and the name says that it is a medium ("according to the news agency X")."""
    stop = view.word_at(found.span.end)
    return any(view.words[i].text in grammar.agency for i in range(start, stop))


def _governs(view: View, verb: int, trigger: Span) -> bool:
    """Whether what the speech verb says holds the trigger: it lies below the verb, or the verb is put into the sentence."""
    if not view.document.trees:
        return True
    tree = Tree(view.document, view.sentence)
    speech = view.words[verb].token
    inserted = tree.token(speech).dep in ("parataxis", "dep", "advcl", "root")
    inserted = inserted or _is_inserted(view, verb)
    return inserted or speech in tree.path_up(view.words[view.word_at(trigger.start)].token)


def _is_inserted(view: View, verb: int) -> bool:
    """Whether a comma or quotation mark stands before the speech verb and its auxiliaries (", a indiqué X", '", said X')."""
    tree = Tree(view.document, view.sentence)
    before = verb - 1
    while before >= 0 and tree.token(view.words[before].token).pos == "AUX":
        before -= 1
    return before >= 0 and view.words[before].text in _INSERT


def _place(view: View, first: int, last: int) -> Span:
    return Span(view.words[first].span.start, view.words[last - 1].span.end)


def _after(view: View, start: int) -> Named | None:
    for index in range(start, min(len(view.words), start + _NEAR)):
        if view.words[index].text in _STOP or view.words[index].text in ",،":
            return None
        named = next((n for n in view.names if n.span.overlaps(view.words[index].span)), None)
        if named is not None:
            return named
    return None


def _speaker(view: View, first: int, last: int, grammar: Grammar, discourse: Discourse) -> Named | None:
    if view.document.trees:
        tree = Tree(view.document, view.sentence)
        verb = view.words[last - 1].token
        for word in range(first, last):
            if tree.token(view.words[word].token).pos == "VERB":
                verb = view.words[word].token
        for child in tree.of(verb, "nsubj"):
            if tree.token(child).dep == "nsubj:pass":
                continue
            token = tree.token(child)
            spans = [token.span] + [tree.token(c).span for c in tree.of(child, "appos", "flat", "compound")]
            named = discourse.named(view, spans)
            if named is not None and named.kind is not Kind.PLACE:
                return named
            if token.pos == "PRON":
                return discourse.antecedent(view, view.words[first].span.start)
        if not _is_inserted(view, first) or tree.of(verb, "nsubj"):
            return None
    behind = _after(view, last)
    if behind is not None and behind.kind is not Kind.PLACE and view.word_at(behind.span.start) - last <= 3:
        return behind
    for index in range(first - 1, max(-1, first - 4), -1):
        if view.words[index].text in _STOP:
            return None
        named = next((n for n in view.names if n.span.overlaps(view.words[index].span)), None)
        if named is not None and named.kind is not Kind.PLACE:
            return named
    return None
