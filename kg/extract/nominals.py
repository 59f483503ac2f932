"""Names and descriptions around a trigger where there are no trees, with the prepositions that lead them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from kg.extract.grammar import Grammar
from kg.extract.sentences import View
from kg.model import Kind, Span

_REACH = 25
_DESCRIPTION = 4
_APPOSED = 7
_NUMBER = re.compile(r"[0-9٠-٩]+")
_PARENTHESIS = 12
_HARD = frozenset('.;:!?؟؛…[]«»"“”')


@dataclass(frozen=True, slots=True)
class Nominal:
    """A name or description at words ``[first, last)``; ``preposition`` leads it, empty where none does.

    ``joined`` ones are coordinated with the nominal before them.
    """

    first: int
    last: int
    span: Span
    preposition: str
    named: bool
    authority: bool
    pronoun: bool = False
    joined: bool = False


class NominalReader:
    """Reads the nominals of one sentence."""

    def __init__(self, view: View, grammar: Grammar) -> None:
        self.view = view
        self.grammar = grammar

    def after(self, start: int) -> Iterator[Nominal]:
        """Nominals behind the trigger up to the end of its clause."""
        yield from self.nominals(start, min(len(self.view.words), start + _REACH))

    def before(self, stop: int) -> Iterator[Nominal]:
        """Nominals before the trigger, the nearest first, back to the start of its clause."""
        first = stop
        while first > max(0, stop - _REACH) and self.view.words[first - 1].text not in _HARD:
            first -= 1
        yield from reversed(tuple(self.nominals(first, stop, through=True)))

    def nominals(self, start: int, stop: int, through: bool = False, apart: Span | None = None) -> Iterator[Nominal]:
        """Nominals among words ``[start, stop)``, in order.

        They end with the clause, unless ``through`` says to go on behind its boundaries. Words of the span ``apart`` are
        passed over.
        """
        words, grammar = self.view.words, self.grammar
        preposition, inside = "", False
        previous: Nominal | None = None
        index = start
        while index < stop:
            word = words[index]
            if word.text == "(":
                index = self.behind_parenthesis(index, stop)
                continue
            if word.text in _HARD or (word.text in grammar.boundary and not through):
                if not through:
                    return
                preposition, previous, inside = "", None, False
                index += 1
                continue
            nominal = (
                None if apart is not None and word.span.overlaps(apart) else self.nominal(index, stop, preposition, previous)
            )
            if nominal is not None:
                genitive = previous is not None and index == previous.last and self.takes_genitive(previous, nominal)
                # A description behind an unknown noun that a preposition leads is its genitive ("into the murder of a man").
                if not genitive and (not inside or nominal.named or nominal.pronoun or nominal.preposition != preposition):
                    yield nominal
                previous, preposition, inside = nominal, "", False
                index = max(nominal.last, index + 1)
                continue
            if word.text in grammar.prepositions:
                preposition, inside = word.text, False
            elif not word.is_word:
                preposition, inside = "", False
            elif preposition:
                inside = True
            index += 1

    def takes_genitive(self, first: Nominal, second: Nominal) -> bool:
        """Whether ``second``, right behind the indefinite description ``first``, says whose it is ("X's lawyer")."""
        if first.named or first.pronoun or first.authority or second.joined or second.pronoun or second.preposition:
            return False
        return not self.is_definite(self.view.words[first.last - 1].text)

    def nominal(self, index: int, stop: int, preposition: str, previous: Nominal | None) -> Nominal | None:
        """The nominal that begins at word ``index``, if one does."""
        word = self.view.words[index]
        joined = previous is not None and self.is_joined(index, previous)
        led = preposition or (previous.preposition if joined and previous is not None else "")
        named = next((n for n in self.view.names if n.span.overlaps(word.span)), None)
        if named is not None:
            attached = self.attached(index, named.span.start)
            last = self.view.words_in(named.span).stop
            authority = named.kind is Kind.ORGANIZATION
            return Nominal(index, last, named.span, attached or led, True, authority, joined=joined and not attached)
        if word.text in self.grammar.prepositions:
            return None
        base = self.with_pronoun(word.text)
        if base:
            return Nominal(index, index + 1, word.span, base, False, False, pronoun=True)
        if self.counts(word.text) and not self.counts_people(index):
            return None
        described = self.noun_class(word.text)
        if described is None:
            return None
        outside, authority = described
        no_holder = (authority and not self.is_title(word.text)) or self.is_kin(word.text)
        holder = None if no_holder else self.apposed(index + 1, stop)
        if holder is not None:
            # "the minister X": the name says who it is.
            attached = word.text[:outside][-1:]
            attached = attached if attached in self.grammar.attached else ""
            last = self.view.words_in(holder).stop
            return Nominal(index, last, holder, attached or led, True, authority, joined=joined and not attached)
        last = index + 1
        if self.counts(word.text) and last + 1 < stop and self.view.words[last].text in self.grammar.partitive:
            last += 2  # "16 of the strikers"
        while last < min(stop, index + _DESCRIPTION) and self.continues(last):
            if self.is_definite(self.view.words[last - 1].text) and not self.is_definite(self.view.words[last].text):
                break  # an indefinite word neither qualifies a definite one nor is its genitive
            last += 1
        authority = authority or any(self.noun_class(self.view.words[i].text) == (0, True) for i in range(index + 1, last))
        attached = word.text[:outside][-1:]
        attached = attached if attached in self.grammar.attached else ""
        span = Span(word.span.start + outside, self.view.words[last - 1].span.end)
        return Nominal(index, last, span, attached or led, False, authority, joined=joined and not attached)

    def apposed(self, start: int, stop: int) -> Span | None:
        """The person's name in apposition to a description whose words go on at ``start`` ("the minister of justice X").

        A name right behind an indefinite noun is its genitive ("X's lawyer"), so the word before the name must be definite, a
        title, or the name of a body or place.
        """
        words, grammar = self.view.words, self.grammar
        for index in range(start, min(stop, start + _APPOSED)):
            word = words[index]
            name = next((n for n in self.view.names if n.span.overlaps(word.span)), None)
            before = words[index - 1].text
            if name is not None and name.kind is Kind.PERSON:
                if name.span.start != word.span.start:
                    return None
                named = any(n.span.overlaps(words[index - 1].span) for n in self.view.names)
                return name.span if named or before in ",،." or self.is_definite(before) or before in grammar.titles else None
            if word.text == "." and len(before) == 1:
                continue
            if word.text in (",", "،") and index + 1 < stop:
                follows = words[index + 1]
                if any(n.kind is Kind.PERSON and n.span.start == follows.span.start for n in self.view.names):
                    continue
            if (
                not word.is_word
                or word.text in grammar.boundary
                or word.text in grammar.relative
                or word.text in grammar.prepositions
            ):
                return None
        return None

    def is_definite(self, word: str) -> bool:
        """Whether the word bears the article, or a pronoun that makes it definite ("his wife")."""
        if any(word.startswith(article) for article in self.grammar.articles):
            return True
        return any(word.endswith(s) and len(word) > len(s) + 2 for s in self.grammar.pronoun_suffixes if len(s) > 1)

    def counts(self, word: str) -> bool:
        """Whether the word, with or without a preposition written onto it, is a number or a word of number."""
        return any(rest in self.grammar.counting or _NUMBER.fullmatch(rest) for _, rest in self.readings(word))

    def counts_people(self, index: int) -> bool:
        """Whether the number at ``index`` stands for people: a noun for people or a partitive follows it ("16 of them").

        A number that is part of a date, a sum or a length of time does not.
        """
        word = self.view.words[index]
        if any(word.span.overlaps(s) for layer in ("DATE", "AMT", "DUR") for s in self.view.layers.get(layer, ())):
            return False
        if index + 1 >= len(self.view.words):
            return False
        following = self.view.words[index + 1].text
        if self.counts(following) and index + 2 < len(self.view.words):
            following = self.view.words[index + 2].text
        return following in self.grammar.partitive or any(rest in self.grammar.persons for _, rest in self.readings(following))

    def is_title(self, word: str) -> bool:
        """Whether the word, with or without a preposition written onto it, is a title or an office."""
        return any(rest in self.grammar.titles for _, rest in self.readings(word))

    def is_kin(self, word: str) -> bool:
        """Whether the word is a noun for somebody of another's: the name behind it, with or without a title, is that other's."""
        return any(rest in self.grammar.kin for _, rest in self.readings(word))

    def is_joined(self, index: int, previous: Nominal) -> bool:
        """Whether a conjunction, free or attached, is all that stands between the previous nominal and word ``index``."""
        words, conjunctions = self.view.words, self.grammar.conjunctions
        if index - previous.last == 1:
            return words[previous.last].text in conjunctions
        if index != previous.last:
            return False
        first = words[index].text[:1]
        starts_inside = any(
            n.span.overlaps(words[index].span) and n.span.start > words[index].span.start for n in self.view.names
        )
        return first in conjunctions and (
            starts_inside or self.noun_class(words[index].text) not in (None, (0, False), (0, True))
        )

    def behind_parenthesis(self, index: int, stop: int) -> int:
        """The word behind the parenthesis that opens at ``index`` (an age, a gloss); the next word where it stays open."""
        for last in range(index + 1, min(stop, index + _PARENTHESIS)):
            if self.view.words[last].text == ")":
                return last + 1
        return index + 1

    def continues(self, index: int) -> bool:
        """Whether the word at ``index`` goes on a description that began before it."""
        word = self.view.words[index]
        if not word.is_word or word.text in self.grammar.prepositions or word.text in self.grammar.boundary:
            return False
        if word.text[0] in self.grammar.attached and word.text[1:3] != "":
            return False
        return not any(n.span.overlaps(word.span) for n in self.view.names) and word.text not in self.grammar.relative

    def attached(self, index: int, start: int) -> str:
        """The one-letter preposition that is written onto the word at which a name starts."""
        word = self.view.words[index]
        if start <= word.span.start:
            return ""
        letter = word.text[: start - word.span.start][-1:]
        return letter if letter in self.grammar.attached else ""

    def with_pronoun(self, text: str) -> str:
        """The preposition in a preposition with an attached pronoun (``عليه`` → ``علي``), else empty."""
        for suffix in sorted(self.grammar.pronoun_suffixes, key=len, reverse=True):
            base = text[: -len(suffix)]
            if text.endswith(suffix) and (base in self.grammar.prepositions or base in self.grammar.attached):
                return base
        return ""

    def noun_class(self, text: str) -> tuple[int, bool] | None:
        """(letters outside, whether it acts for the state) for a noun that describes people or authorities."""
        for outside, rest in self.readings(text):
            if rest in self.grammar.authorities:
                return outside, True
            if rest in self.grammar.persons or rest in self.grammar.definite or rest in self.grammar.titles:
                return outside, False
            if self.counts(rest):
                return outside, False
        return None

    def readings(self, text: str) -> Iterator[tuple[int, str]]:
        """The word as it is and without conjunctions and prepositions written onto it, as (letters outside, rest)."""
        yield 0, text
        for size in (1, 2):
            if len(text) > size + 2 and all(letter in self.grammar.attached | {"و", "ف"} for letter in text[:size]):
                yield size, text[size:]
