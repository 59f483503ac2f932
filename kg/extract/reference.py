"""Whom words that are no name point at: definite descriptions, several people, and owners."""

from __future__ import annotations

from collections.abc import Collection

from kg.extract.grammar import Grammar
from kg.extract.sentences import View, Word
from kg.extract.syntax import Argument
from kg.lang.fold import fold_word
from kg.model import Kind, Span

OWNER_NEAR = 4
"""Words between a description and the genitive marker before its owner."""


def is_plural(view: View, grammar: Grammar, argument: Argument, text: str) -> bool:
    """Whether the pronoun in a slot of the article ``text`` stands for several and hence for no single name."""
    word = fold_word(argument.head.of(text))
    if word in grammar.plural:
        return True
    return not view.document.trees and any(word.endswith(suffix) for suffix in grammar.plural)


def is_definite(view: View, grammar: Grammar, argument: Argument, text: str) -> bool:
    """Whether the nominal is a description that points back at the person the text is about ("the defendant")."""
    words = [view.words[i].text for i in view.words_in(argument.span)]
    return not grammar.definite.isdisjoint({" ".join(words), fold_word(argument.head.of(text)), *words})


def is_several(view: View, grammar: Grammar, word: Word) -> bool:
    """Whether a noun for people is in the plural, by its tree or its ending."""
    if view.document.trees:
        return "Number=Plur" in view.document.tokens[word.token].morph
    return word.text.endswith(tuple(grammar.plural_endings))


def tells_of_others(view: View, grammar: Grammar, entity: str, speakers: Collection[str]) -> bool:
    """Whether the sentence names another person or speaks of several people: then the action may be theirs.

    Those who speak do not count.
    """
    names = [n for n in view.names if n.kind is Kind.PERSON and n.entity not in speakers]
    if any(n.entity != entity for n in names):
        return True
    return tells_of_several(view, grammar)


def tells_of_several(view: View, grammar: Grammar) -> bool:
    """Whether a noun for people stands in the plural in the sentence."""
    return any(word.text in grammar.persons and is_several(view, grammar, word) for word in view.words)


def with_owner(view: View, grammar: Grammar, description: Span) -> Span:
    """``description`` with the name right behind it that says whose or of what ("the brother of X", « un cadre de X »)."""
    words = view.words
    covered = view.words_in(description)
    index = covered.stop
    while index < min(len(words), covered.stop + OWNER_NEAR) and words[index].text in (
        grammar.genitive | grammar.partitive | grammar.titles | grammar.articles
    ):
        index += 1
    if index >= len(words) or (index == covered.stop and not grammar.kin & {words[i].text for i in covered}):
        return description
    owner = next((n.span for n in view.names if n.span.start == words[index].span.start), None)
    return description if owner is None else Span(description.start, owner.end)


def is_owner(view: View, grammar: Grammar, name: Span) -> bool:
    """Whether the name only says whose somebody is: behind "the brother of", « l'avocat de » or شقيق, or before "'s lawyer"."""
    words = [word.text for word in view.words]
    covered = view.words_in(name)
    people = grammar.kin | grammar.counsel | grammar.persons
    before = words[max(0, covered.start - 2) : covered.start]
    if len(before) == 2 and before[1] in grammar.genitive | grammar.partitive and before[0] in people:
        return True
    if before and before[-1] in grammar.kin:
        return True
    behind = words[covered.stop : covered.stop + 3]
    return behind[:1] in (["s"], ["'s"]) and not people.isdisjoint(behind[1:])
