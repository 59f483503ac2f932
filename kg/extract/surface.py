"""The grammatical slots around a trigger where there are no trees: clause boundaries, prepositions and word order.

The order is verb, subject, object, with the subject before the verb as the marked case; languages of another order need
trees. Slots are those of ``kg.extract.syntax``.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.extract.grammar import Grammar
from kg.extract.nominals import Nominal, NominalReader
from kg.extract.sentences import View
from kg.extract.syntax import Argument
from kg.extract.triggers import Trigger
from kg.model import Kind


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


class _Reader(NominalReader):
    """The slots that the nominals of a sentence fill."""

    def verb(
        self, bare: list[Nominal], before: tuple[Nominal, ...], trigger: Trigger, *, passive: bool, relative: bool
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

    def participle(self, bare: list[Nominal], before: tuple[Nominal, ...], trigger: Trigger) -> Iterator[Argument]:
        near = bool(bare) and bare[0].first - trigger.words[1] <= 1
        if before and trigger.words[0] - before[0].last <= 2:
            yield self.argument("object", before[0])
        elif near:
            yield self.argument("object", bare[0])

    def noun(self, bare: list[Nominal], before: tuple[Nominal, ...], trigger: Trigger, *, passive: bool) -> Iterator[Argument]:
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

    def group(self, nominals: list[Nominal]) -> list[Nominal]:
        """The first nominal and those that are coordinated with it."""
        size = 1
        while size < len(nominals) and nominals[size].joined:
            size += 1
        return nominals[:size]

    def prepositional(self, nominals: tuple[Nominal, ...]) -> Iterator[Argument]:
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

    def is_state(self, nominal: Nominal) -> bool:
        """Whether the nominal names a place, which acts where it is the subject of a verb ("France opened an inquiry")."""
        return any(n.kind is Kind.PLACE and n.span == nominal.span for n in self.view.names)

    def argument(self, slot: str, nominal: Nominal) -> Argument:
        return Argument(slot, nominal.span, nominal.span, nominal.pronoun, (nominal.span,))
