"""The grammatical slots around a trigger where there are no trees: clause boundaries, prepositions and word order.

The order is verb, subject, object, with the subject before the verb as the marked case; languages of another order need
trees. Slots are those of ``kg.extract.syntax``.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.extract.grammar import Grammar
from kg.extract.sentences import View
from kg.extract.syntax import Argument
from kg.extract.triggers import Trigger
from kg.model import Kind, Span

_REACH = 25
_DESCRIPTION = 4
_PARENTHESIS = 12
_HARD = frozenset('.;:!?؟؛…[]«»"“”')


@dataclass(frozen=True, slots=True)
class _Nominal:
    """A name or description at words ``[first, last)``; ``preposition`` leads it, empty where none does."""

    first: int
    last: int
    span: Span
    preposition: str
    named: bool
    authority: bool
    pronoun: bool = False


def surface_arguments(view: View, trigger: Trigger, grammar: Grammar) -> tuple[Argument, ...]:
    """The arguments of a trigger by position."""
    reader = _Reader(view, grammar)
    after = tuple(reader.after(trigger.head + 1))
    before = tuple(reader.before(trigger.words[0]))
    out: list[Argument] = []
    if trigger.pronoun:
        span = view.words[trigger.head].span
        out.append(Argument("of" if trigger.feature == "noun" else "object", span, span, pronoun=True))
    bare = [n for n in after if not n.preposition]
    relative = trigger.words[0] > 0 and view.words[trigger.words[0] - 1].text in grammar.relative
    passive = any(view.words[i].text in grammar.passive for i in range(max(0, trigger.words[0] - 2), trigger.words[1]))
    verbal = trigger.feature in ("fin", "inf", "ger")
    if verbal:
        out += reader.verb(bare, before, trigger, passive=passive, relative=relative)
    elif trigger.feature == "part":
        out += reader.participle(bare, before, trigger)
    else:
        out += reader.noun(bare, before, trigger, passive=passive)
    for nominal in after:
        if nominal.preposition:
            slot = "subject" if nominal.preposition in grammar.agentive else f"prep:{nominal.preposition}"
            out.append(reader.argument(slot, nominal))
    return tuple(dict.fromkeys(out))


class _Reader:
    def __init__(self, view: View, grammar: Grammar) -> None:
        self.view = view
        self.grammar = grammar

    def verb(
        self, bare: list[_Nominal], before: tuple[_Nominal, ...], trigger: Trigger, *, passive: bool, relative: bool
    ) -> Iterator[Argument]:
        if relative and before:
            # "X whom the police arrested": the antecedent is the object where an actor follows, else where none acts.
            yield self.argument("object", before[0])
            if bare and bare[0].authority:
                yield self.argument("subject", bare[0])
            return
        subject = None
        if not passive and bare and (bare[0].authority or trigger.pronoun):
            subject, bare = bare[0], bare[1:]
        elif not passive and before and not before[0].preposition and before[0].authority:
            subject = before[0]
        if subject is not None:
            yield self.argument("subject", subject)
        if bare and not trigger.pronoun:
            yield self.argument("object", bare[0])
        elif not trigger.pronoun and before and not before[0].preposition and before[0] is not subject:
            yield self.argument("object" if subject is not None or passive or not bare else "subject", before[0])

    def participle(self, bare: list[_Nominal], before: tuple[_Nominal, ...], trigger: Trigger) -> Iterator[Argument]:
        near = bool(bare) and bare[0].first - trigger.words[1] <= 1
        if before and trigger.words[0] - before[0].last <= 2:
            yield self.argument("object", before[0])
        elif near:
            yield self.argument("object", bare[0])

    def noun(self, bare: list[_Nominal], before: tuple[_Nominal, ...], trigger: Trigger, *, passive: bool) -> Iterator[Argument]:
        rest = bare
        if bare and not trigger.pronoun and bare[0].first - trigger.words[1] <= 1:
            yield self.argument("of", bare[0])
            rest = bare[1:]
        for nominal in rest[:1]:
            yield self.argument("subject" if nominal.authority else "vobject", nominal)
        if before and not passive and not before[0].preposition:
            yield self.argument("vsubject" if before[0].authority else "usubject", before[0])

    def argument(self, slot: str, nominal: _Nominal) -> Argument:
        return Argument(slot, nominal.span, nominal.span, nominal.pronoun, (nominal.span,))

    def after(self, start: int) -> Iterator[_Nominal]:
        """Nominals behind the trigger up to the end of its clause."""
        yield from self.nominals(start, min(len(self.view.words), start + _REACH))

    def before(self, stop: int) -> Iterator[_Nominal]:
        """Nominals before the trigger, the nearest first, back to the start of its clause."""
        first = stop
        while first > max(0, stop - _REACH) and self.view.words[first - 1].text not in _HARD:
            first -= 1
        yield from reversed(tuple(self.nominals(first, stop, through=True)))

    def nominals(self, start: int, stop: int, through: bool = False) -> Iterator[_Nominal]:
        words, grammar = self.view.words, self.grammar
        preposition = ""
        index = start
        while index < stop:
            word = words[index]
            if word.text == "(":
                index = self.behind_parenthesis(index, stop)
                continue
            if word.text in _HARD or (word.text in grammar.boundary and not through):
                if through:
                    preposition = ""
                    index += 1
                    continue
                return
            named = next((n for n in self.view.names if n.span.start < word.span.end and word.span.start < n.span.end), None)
            if named is not None:
                covered = self.view.words_in(named.span)
                attached = self.attached(index, named.span.start)
                authority = named.kind is Kind.ORGANIZATION
                yield _Nominal(index, covered.stop, named.span, attached or preposition, True, authority)
                index = max(covered.stop, index + 1)
                preposition = "" if index >= stop or words[index].text not in ("و", ",") else preposition
                continue
            if word.text in grammar.prepositions:
                preposition = word.text
            elif self.with_pronoun(word.text):
                base = self.with_pronoun(word.text)
                yield _Nominal(index, index + 1, word.span, base, False, False, pronoun=True)
                preposition = ""
            elif self.noun_class(word.text) is not None:
                outside, authority = self.noun_class(word.text) or (0, False)
                last = index + 1
                while last < min(stop, index + _DESCRIPTION) and self.continues(last):
                    last += 1
                lead = word.text[:outside][-1:] if outside else ""
                lead = lead if lead in grammar.attached else ""
                span = Span(word.span.start + outside, words[last - 1].span.end)
                yield _Nominal(index, last, span, lead or preposition, False, authority)
                preposition = ""
                index = last
                continue
            elif not word.is_word:
                preposition = ""
            index += 1

    def behind_parenthesis(self, index: int, stop: int) -> int:
        """The word behind the parenthesis that opens at ``index`` (an age, a gloss); the next word where it stays open."""
        for last in range(index + 1, min(stop, index + _PARENTHESIS)):
            if self.view.words[last].text == ")":
                return last + 1
        return index + 1

    def continues(self, index: int) -> bool:
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
            if rest in self.grammar.persons or rest in self.grammar.definite:
                return outside, False
        return None

    def readings(self, text: str) -> Iterator[tuple[int, str]]:
        yield 0, text
        for size in (1, 2):
            if len(text) > size + 2 and all(letter in self.grammar.attached | {"و", "ف"} for letter in text[:size]):
                yield size, text[size:]
