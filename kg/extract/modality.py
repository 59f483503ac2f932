"""Whether a report asserts its action, denies it, asks for it or holds it possible."""

from __future__ import annotations

from kg.extract.grammar import Grammar
from kg.extract.sentences import View
from kg.extract.syntax import Tree
from kg.extract.triggers import Trigger
from kg.extract.words import occurrences
from kg.model import ActionType, Modality, Span

_BEFORE = 7
_CLAUSE = frozenset(".;:!?؟؛،,")
_FIXED_BY_DATE = frozenset({ActionType.TRIAL})


def find_modality(view: View, trigger: Trigger, grammar: Grammar, dated: bool) -> tuple[Modality, Span | None]:
    """The modality and the word that decides it.

    Negation wins over requests, requests over possibility. Words of the trigger itself do not count, save a negation that its
    pattern does not name ("sans" of "classé sans suite" is no negation). A future trial with a date is fixed, hence actual.
    """
    if trigger.pattern.modality is not None:
        return trigger.pattern.modality, None
    scope = _scope(view, trigger)
    inner = view.words_in(trigger.span)
    own = {word for phrase in trigger.pattern.phrases for element in phrase.elements for word in element.words}
    for words, modality in (
        (grammar.negation, Modality.NEGATED),
        (grammar.request, Modality.REQUESTED),
        (grammar.possible, Modality.POSSIBLE),
        (grammar.future, Modality.POSSIBLE),
    ):
        for first, last in occurrences(view, words, scope):
            if first in inner and (modality is not Modality.NEGATED or view.words[first].text in own):
                continue
            if modality is Modality.POSSIBLE and dated and trigger.pattern.type in _FIXED_BY_DATE:
                continue
            return modality, Span(view.words[first].span.start, view.words[last - 1].span.end)
    return Modality.ACTUAL, None


def _scope(view: View, trigger: Trigger) -> list[int]:
    """Indices of the words whose meaning reaches the trigger: its governors and their auxiliaries, else the words before it."""
    if not view.document.trees:
        first = trigger.words[0]
        while first > max(0, trigger.words[0] - _BEFORE) and view.words[first - 1].text not in _CLAUSE:
            first -= 1
        return list(range(first, trigger.words[1]))
    tree = Tree(view.document, view.sentence)
    head = view.words[trigger.head].token
    tokens: set[int] = set()
    for step, index in enumerate(tree.path_up(head)):
        token = tree.token(index)
        if step and token.pos not in ("VERB", "AUX", "NOUN", "ADJ", "ADP"):
            break
        tokens.add(index)
        tokens.update(
            child
            for child in tree.children.get(index, ())
            if tree.token(child).pos in ("AUX", "PART", "ADV", "SCONJ", "DET", "VERB")
            and (tree.token(child).dep.startswith(("aux", "advmod", "neg", "mark", "cop", "det")))
        )
        shared = token.dep == "conj" and token.pos in ("NOUN", "PROPN", "NUM")  # what governs the first conjunct governs all
        if step >= 3 or (token.dep == "conj" and not shared) or token.dep in ("parataxis", "acl:relcl", "advcl", "root", "acl"):
            break
    return [i for i, word in enumerate(view.words) if word.token in tokens or trigger.words[0] <= i < trigger.words[1]]
