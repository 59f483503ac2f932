"""Filling the roles of an action from the slots around its trigger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.extract.context import Discourse
from kg.extract.grammar import Grammar
from kg.extract.locating import place_near
from kg.extract.reference import OWNER_NEAR, is_definite, is_plural, is_several, tells_of_others, with_owner
from kg.extract.sentences import Named, View
from kg.extract.surface import surface_arguments
from kg.extract.syntax import Argument, tree_arguments
from kg.extract.triggers import Trigger
from kg.lang.fold import fold_word
from kg.model import ActionType, Evidence, Kind, Span

MATTER = "matter"
"""A role in frames for what an inquiry is about: a person or body is its target, anything else its offence."""

_A = ActionType
_PEOPLE = (Kind.PERSON, Kind.ORGANIZATION)
_BY_TYPE: dict[ActionType, tuple[Kind, ...]] = {
    _A.ARREST: (Kind.PERSON,),
    _A.BAIL: (Kind.PERSON,),
    _A.DETENTION: (Kind.PERSON,),
    _A.EXECUTION: (Kind.PERSON,),
    _A.EXTRADITION: (Kind.PERSON,),
    _A.PARDON: (Kind.PERSON,),
    _A.RELEASE: (Kind.PERSON,),
    _A.SANCTION: (Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE),
    _A.SEARCH: (Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE),
    _A.SENTENCE: (Kind.PERSON,),
    _A.SUMMONS: (Kind.PERSON,),
    _A.WARRANT: (Kind.PERSON,),
}
"""Kinds of named targets by type; else people and organisations."""

ALWAYS_OF_SOMEBODY = frozenset(
    {_A.ARREST, _A.BAIL, _A.CHARGE, _A.CONVICTION, _A.ACQUITTAL, _A.DETENTION, _A.EXECUTION, _A.EXTRADITION, _A.FINE}
    | {_A.PARDON, _A.RELEASE, _A.RESTRICTION, _A.SENTENCE, _A.SUMMONS, _A.TRIAL, _A.WARRANT}
)
"""Types that always concern somebody: where no slot names a target, the topic of the sentence may."""


OF_OWNERS = frozenset({_A.SEARCH, _A.SEIZURE})
"""Types whose object is a thing with an owner."""
_OF_THINGS = OF_OWNERS | {_A.BAN, _A.INVESTIGATION, _A.SANCTION}
"""Types whose target need not be people."""
_SHARED = ("usubject", "vobject", "vsubject")
"""Slots of the verb that governs a trigger noun."""
_OWNER_LEAD = 14
"""Characters between that marker and the name, room for a title."""


@dataclass(frozen=True)
class Filled:
    """The roles of one trigger: entity ids in order, a description, and the evidence for each."""

    target: tuple[str, ...] = ()
    target_text: Span | None = None
    agent: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    offence: Span | None = None
    evidence: tuple[Evidence, ...] = ()
    certain: bool = True


def target_kinds(trigger: Trigger) -> tuple[Kind, ...]:
    """The kinds of names that may be the target of a trigger: its pattern's, else its type's."""
    listed = trigger.pattern.role_kinds.get("target")
    return tuple(Kind(kind) for kind in listed) if listed else _BY_TYPE.get(trigger.pattern.type, _PEOPLE)


def fill_roles(
    view: View,
    trigger: Trigger,
    grammar: Grammar,
    discourse: Discourse,
    topics: Sequence[str] = (),
    speakers: Sequence[str] = (),
) -> Filled:
    """Target, agent, place and offence of a trigger.

    ``topics`` are the entities that earlier actions of the article were done to, the latest first; ``speakers`` those who
    are said to tell the sentence. Both matter only where no slot names a target.
    """
    arguments = arguments_of(view, trigger, grammar, discourse)
    return _Filler(view, trigger, grammar, discourse, topics, speakers).fill(arguments)


def arguments_of(view: View, trigger: Trigger, grammar: Grammar, discourse: Discourse) -> tuple[Argument, ...]:
    """What stands in the grammatical slots around a trigger, by its tree where there is one, else by position."""
    if view.document.trees:
        return tree_arguments(view, trigger, grammar, discourse.text)
    return surface_arguments(view, trigger, grammar)


class _Filler:
    def __init__(
        self,
        view: View,
        trigger: Trigger,
        grammar: Grammar,
        discourse: Discourse,
        topics: Sequence[str],
        speakers: Sequence[str],
    ) -> None:
        self.topics = topics
        self.speakers = speakers
        self.view = view
        self.trigger = trigger
        self.grammar = grammar
        self.discourse = discourse
        self.evidence: list[Evidence] = []
        self.roles: dict[str, list[str]] = {"target": [], "agent": [], "place": []}
        self.target_text: Span | None = None
        self.offence: Span | None = None
        self.certain = True

    def fill(self, arguments: Sequence[Argument]) -> Filled:
        order = list(self.trigger.pattern.roles)
        ranked = sorted(
            (a for a in arguments if a.slot in self.trigger.pattern.roles),
            key=lambda a: (order.index(a.slot), a.head.start),
        )
        best: dict[str, str] = {}
        for argument in ranked:
            role = self.role_of(argument)
            # The first slot of the frame that yields something fills the role; conjuncts share a slot.
            if best.setdefault(role, argument.slot) != argument.slot and self.is_filled(role):
                continue
            if self.take(role, argument):
                best[role] = argument.slot
        open_target = not any(e.role == "target" for e in self.evidence)
        if open_target and self.trigger.pattern.type in ALWAYS_OF_SOMEBODY:
            self.fall_back()
        self.roles["agent"] = [e for e in self.roles["agent"] if e not in self.roles["target"]]
        self.find_owner()
        if not self.roles["place"]:
            near = place_near(self.view, self.trigger, self.grammar, {*self.roles["agent"], *self.roles["target"]})
            if near is not None:
                self.add("place", near, "place near the trigger")
        return Filled(
            target=tuple(self.roles["target"]),
            target_text=self.target_text,
            agent=tuple(self.roles["agent"]),
            place=tuple(e for e in self.roles["place"] if e not in self.roles["target"]),
            offence=self.offence,
            evidence=tuple(self.evidence),
            certain=self.certain,
        )

    def role_of(self, argument: Argument) -> str:
        """The role of the frame; ``matter`` is the target where a name or people stand in the slot, else the offence."""
        role = self.trigger.pattern.roles[argument.slot]
        if role != MATTER:
            return role
        named = self.discourse.named(self.view, argument.names)
        if named is not None:
            return "target" if named.kind in self.kinds("target") else "offence"
        words = {self.view.words[i].text for i in self.view.words_in(argument.span)}
        return "target" if argument.pronoun or words & self.grammar.persons else "offence"

    def is_filled(self, role: str) -> bool:
        if role == "offence":
            return self.offence is not None
        return bool(self.roles.get(role)) or (role == "target" and self.target_text is not None)

    def take(self, role: str, argument: Argument) -> bool:
        if role == "offence":
            word = fold_word(argument.head.of(self.discourse.text))
            if argument.pronoun or word in self.grammar.no_offence:
                return False
            if self.discourse.named(self.view, (argument.head,)) is None:
                self.offence = argument.span
                self.note(role, argument.span, f"slot {argument.slot}")
                return True
            return False
        kinds = self.kinds(role)
        named = self.discourse.named(self.view, argument.names)
        if named is not None and not self.is_beside(role, named, argument):
            if named.kind not in kinds:
                return False
            return self.add(role, named, f"slot {argument.slot}")
        nominal = self.view.words[self.view.word_at(argument.head.start)]
        if nominal.text in self.grammar.first_person:
            return self.take_speaker(role, argument)
        if nominal.text in self.grammar.second_person:
            return False
        if argument.pronoun and role == "target" and is_plural(self.view, self.grammar, argument, self.discourse.text):
            several = self.discourse.coordinated(self.view, argument.head.start, kinds, self.grammar.conjunctions)
            if several:
                self.certain = False
                for named in several:
                    self.add(role, named, f"slot {argument.slot}, which points back", argument.span)
                return True
            self.note(role, argument.span, "several, whom a pronoun stands for")
            self.certain = False
            return True
        described = is_definite(self.view, self.grammar, argument, self.discourse.text)
        points_back = argument.pronoun or (described and not is_several(self.view, self.grammar, nominal))
        if points_back and role in ("target", "agent"):
            wanted = tuple(k for k in kinds if k is not Kind.PLACE)
            apart = self.others(argument) if role == "target" else frozenset()
            antecedent = self.discourse.antecedent(
                self.view, argument.head.start, wanted if role == "agent" else kinds[:1], apart
            )
            if role == "target" and not argument.pronoun:
                # "The billionaire" is whom earlier actions concern rather than whoever was named last.
                known = self.discourse.last_mention(self.view, [t for t in self.topics if self.discourse.kinds.get(t) in kinds])
                antecedent = known or antecedent
            if antecedent is not None and antecedent.entity not in self.roles["agent" if role == "target" else "target"]:
                self.certain = False
                return self.add(role, antecedent, f"slot {argument.slot}, which points back", argument.span)
        if role == "target" and not argument.pronoun and self.target_text is None and self.may_describe(argument):
            owned = self.trigger.pattern.type in OF_OWNERS
            self.target_text = argument.span if owned else with_owner(self.view, self.grammar, argument.span)
            self.note(role, self.target_text, f"slot {argument.slot}, a description")
            return True
        return False

    def others(self, argument: Argument) -> frozenset[str]:
        """Whom a pronoun or description in the slot of the target does not mean, unless they are known as targets.

        Judges, lawyers and spokespeople; with a description ("the accused") whoever tells of it.
        """
        apart = self.discourse.counsel if argument.pronoun else self.discourse.counsel | self.discourse.tellers
        return apart - set(self.topics)

    def take_speaker(self, role: str, argument: Argument) -> bool:
        """Fill a role with the one who says the sentence (« J'ai été arrêté », dit X), where that is one and can fill it."""
        speaker = self.speakers[0] if len(self.speakers) == 1 else None
        if speaker is None or self.discourse.kinds.get(speaker) not in self.kinds(role) or speaker in self.roles[role]:
            return False
        self.roles[role].append(speaker)
        self.note(role, argument.span, f"slot {argument.slot}, who speaks")
        self.certain = False
        return True

    def is_beside(self, role: str, named: Named, argument: Argument) -> bool:
        """Whether the name only says whose or of where somebody is ("Smith's lawyers", "the Smith campaign", "a Chicago man").

        What is searched, seized or looked into is told by whose it is.
        """
        if not self.view.document.trees or (role == "target" and self.trigger.pattern.type in _OF_THINGS):
            return False
        if named.kind in self.kinds(role) and named.kind is not Kind.PERSON:
            return False
        return not any(named.span.overlaps(span) for span in argument.names if span != argument.span or span == argument.head)

    def may_describe(self, argument: Argument) -> bool:
        """Whether the nominal may describe a target: no sum or length of time, and no word for the case.

        A slot that the trigger only shares with a verb above it counts where there is a tree.
        """
        if argument.slot in _SHARED and not self.view.document.trees:
            return False
        if self.trigger.pattern.type in _OF_THINGS:
            return True
        if any(argument.head.overlaps(s) for layer in ("AMT", "DUR", "DATE") for s in self.view.layers.get(layer, ())):
            return False
        return fold_word(argument.head.of(self.discourse.text)) not in self.grammar.no_target

    def find_owner(self) -> None:
        """The named owner of what is searched or seized: the name behind a genitive marker right after the description."""
        if self.trigger.pattern.type not in OF_OWNERS or self.roles["target"] or self.target_text is None:
            return
        after = self.view.words_in(self.target_text).stop
        for index in range(after, min(after + OWNER_NEAR, len(self.view.words))):
            word = self.view.words[index]
            if not word.is_word or word.text in self.grammar.boundary:
                return
            if word.text not in self.grammar.genitive:
                continue
            named = next((n for n in self.view.names if word.span.end <= n.span.start <= word.span.end + _OWNER_LEAD), None)
            if named is not None and named.kind in _PEOPLE and named.entity not in self.roles["agent"]:
                self.add("target", named, "owner of what is described")
                return

    def kinds(self, role: str) -> tuple[Kind, ...]:
        listed = self.trigger.pattern.role_kinds.get(role)
        if listed:
            return tuple(Kind(kind) for kind in listed)
        if role == "target":
            return target_kinds(self.trigger)
        return (Kind.PLACE,) if role == "place" else (Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE)

    def add(self, role: str, named: Named, reason: str, span: Span | None = None) -> bool:
        if named.entity in self.roles[role]:
            return False
        self.roles[role].append(named.entity)
        self.note(role, span or named.span, reason)
        return True

    def note(self, role: str, span: Span, reason: str) -> None:
        self.evidence.append(Evidence(role, span, reason))

    def fall_back(self) -> None:
        """Whom earlier actions concern and no other, else the nearest name before a verb, else the only name of a headline.

        Somebody who speaks in the sentence is passed over: a lawyer who calls the charges baseless is not charged.
        """
        kinds = target_kinds(self.trigger)[:1]
        others = {*self.roles["agent"], *self.speakers}
        here = [n for n in self.view.names if n.kind in kinds and n.entity not in others]
        before = [n for n in here if n.span.end <= self.trigger.span.start]
        known = [n for n in before if n.entity in self.topics]
        people = [entity for entity in self.topics if self.discourse.kinds.get(entity) in kinds]
        if known:
            self.certain = not self.add("target", known[-1], "named before the trigger, and known as a target")
        elif (
            len(people) == 1
            and people[0] not in others
            and not tells_of_others(self.view, self.grammar, people[0], self.speakers)
        ):
            self.roles["target"].append(people[0])
            self.note("target", self.trigger.span, "the only person whom earlier actions of the article concern")
            self.certain = False
        elif before and self.trigger.feature != "noun":
            self.certain = not self.add("target", before[-1], "nearest name before the trigger")
        elif self.view.headline and len({n.entity for n in here}) == 1:
            self.certain = not self.add("target", here[0], "only name of the headline")
