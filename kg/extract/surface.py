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


def surface_arguments(view: View, trigger: Trigger, grammar: Grammar) -> tuple[Argument, ...]:
    """The arguments of a trigger by position."""
    reader = _Reader(view, grammar)
    after = tuple(reader.after(trigger.head + 1))
    before = tuple(reader.before(trigger.words[0]))
    out: list[Argument] = []
    if trigger.pronoun:
        span = view.words[trigger.head].span
        out.append(Argument("of" if trigger.feature == "noun" else "object", span, span, pronoun=True))
    within = reader.nominals(trigger.words[0], trigger.words[1], apart=trigger.span)
    inside = tuple(n for n in within if n.authority or reader.is_state(n))
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
    out += [reader.argument("subject" if verbal else "vsubject", n) for n in inside if not n.preposition]
    out += reader.prepositional(after)
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
        if not passive and bare and (bare[0].authority or self.is_state(bare[0]) or trigger.pronoun):
            subject, bare = bare[0], bare[1:]
        elif not passive and before and not before[0].preposition and before[0].authority:
            subject = before[0]
        if subject is not None:
            yield self.argument("subject", subject)
        if bare and not trigger.pronoun:
            for nominal in self.group(bare):
                yield self.argument("object", nominal)
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
            group = self.group(bare)
            for nominal in group:
                yield self.argument("of", nominal)
            rest = bare[len(group) :]
        for nominal in rest[:1]:
            yield self.argument("subject" if nominal.authority else "vobject", nominal)
        if before and not passive and not before[0].preposition:
            acts = before[0].authority or (self.is_state(before[0]) and before[0].last == trigger.words[0])
            yield self.argument("vsubject" if acts else "usubject", before[0])

    def group(self, nominals: list[_Nominal]) -> list[_Nominal]:
        """The first nominal and those that are coordinated with it."""
        size = 1
        while size < len(nominals) and nominals[size].joined:
            size += 1
        return nominals[:size]

    def prepositional(self, nominals: tuple[_Nominal, ...]) -> Iterator[Argument]:
        """Complements behind prepositions: of each preposition the nearest, with those coordinated with it.

        A later one of the same preposition belongs to a word in between ("an inquiry with X in an interview with Y").
        """
        seen: set[str] = set()
        latest = ""
        for nominal in nominals:
            preposition = nominal.preposition
            if not preposition or (preposition in seen and not (nominal.joined and preposition == latest)):
                latest = "" if not nominal.joined else latest
                continue
            seen.add(preposition)
            latest = preposition
            yield self.argument("subject" if preposition in self.grammar.agentive else f"prep:{preposition}", nominal)

    def is_state(self, nominal: _Nominal) -> bool:
        """Whether the nominal names a place, which acts where it is the subject of a verb ("France opened an inquiry")."""
        return any(n.kind is Kind.PLACE and n.span == nominal.span for n in self.view.names)

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

    def nominals(self, start: int, stop: int, through: bool = False, apart: Span | None = None) -> Iterator[_Nominal]:
        """Nominals among words ``[start, stop)``, in order.

        They end with the clause, unless ``through`` says to go on behind its boundaries. Words of the span ``apart`` are
        passed over.
        """
        words, grammar = self.view.words, self.grammar
        preposition = ""
        previous: _Nominal | None = None
        index = start
        while index < stop:
            word = words[index]
            if word.text == "(":
                index = self.behind_parenthesis(index, stop)
                continue
            if word.text in _HARD or (word.text in grammar.boundary and not through):
                if not through:
                    return
                preposition, previous = "", None
                index += 1
                continue
            nominal = (
                None if apart is not None and word.span.overlaps(apart) else self.nominal(index, stop, preposition, previous)
            )
            if nominal is not None:
                yield nominal
                previous, preposition = nominal, ""
                index = max(nominal.last, index + 1)
                continue
            if word.text in grammar.prepositions:
                preposition = word.text
            elif not word.is_word:
                preposition = ""
            index += 1

    def nominal(self, index: int, stop: int, preposition: str, previous: _Nominal | None) -> _Nominal | None:
        """The nominal that begins at word ``index``, if one does."""
        word = self.view.words[index]
        joined = previous is not None and self.is_joined(index, previous)
        led = preposition or (previous.preposition if joined and previous is not None else "")
        named = next((n for n in self.view.names if n.span.overlaps(word.span)), None)
        if named is not None:
            attached = self.attached(index, named.span.start)
            last = self.view.words_in(named.span).stop
            authority = named.kind is Kind.ORGANIZATION
            return _Nominal(index, last, named.span, attached or led, True, authority, joined=joined and not attached)
        if word.text in self.grammar.prepositions:
            return None
        base = self.with_pronoun(word.text)
        if base:
            return _Nominal(index, index + 1, word.span, base, False, False, pronoun=True)
        described = self.noun_class(word.text)
        if described is None:
            return None
        outside, authority = described
        last = index + 1
        while last < min(stop, index + _DESCRIPTION) and self.continues(last):
            last += 1
        attached = word.text[:outside][-1:]
        attached = attached if attached in self.grammar.attached else ""
        span = Span(word.span.start + outside, self.view.words[last - 1].span.end)
        return _Nominal(index, last, span, attached or led, False, authority, joined=joined and not attached)

    def is_joined(self, index: int, previous: _Nominal) -> bool:
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
