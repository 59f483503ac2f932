"""Cases: actions that concern the same people and matter, in the order in which a case goes."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from kg.merge.clusters import Free, cluster
from kg.merge.concepts import Concepts, concepts_of, similar
from kg.merge.dates import days, gap
from kg.merge.history import history, latest
from kg.model import Action, ActionType, Analysis, Case, Kind, MergedEntity, Report

_YEARS_APART = 3 * 365
"""Dated actions further apart (days) are one matter only if the same offence ties them."""


def build_cases(analyses: Sequence[Analysis], actions: Sequence[Action], entities: Sequence[MergedEntity]) -> tuple[Case, ...]:
    """The cases that ``actions`` belong to; an action on nobody that has a name is in a case only with others.

    Two actions are of one case if they have a person or organisation as target in common and either an article tells both or
    they are about the same offence. What is done to an organisation and what is done to a person belong together where an
    article tells both, with the same agent or offence, or in one sentence that names both.
    """
    matter = _Matter(analyses, actions, entities)
    pairs = [(1.0, a, b) for a, b in matter.candidates() if matter.together(a, b)]
    groups = cluster(matter.actions, pairs, lambda key: Free(), lambda key: key)
    cases = (matter.case(group) for group in groups)
    return tuple(sorted((case for case in cases if case is not None), key=lambda case: case.id))


class _Matter:
    """Lookups over the actions of a graph."""

    def __init__(self, analyses: Sequence[Analysis], actions: Sequence[Action], entities: Sequence[MergedEntity]) -> None:
        self.actions = {action.id: action for action in sorted(actions, key=lambda action: action.id)}
        self._entities = {entity.key: entity for entity in entities}
        self._articles = {a.article.id: a for a in analyses}
        self._reports: dict[tuple[str, str], Report] = {(a.article.id, r.id): r for a in analyses for r in a.reports or ()}
        self._members: dict[str, dict[str, list[str]]] = defaultdict(dict)
        for entity in entities:
            for article, member in entity.members:
                self._members[entity.key].setdefault(article, []).append(member)
        published = {key: found[1] for key, a in self._articles.items() if (found := days(a.article.published)) is not None}
        self._told = {
            key: min(known)
            for key, action in self.actions.items()
            if (known := [published[article] for article, _ in action.reports if article in published])
        }
        self._offences = {key: self._offence(action) for key, action in self.actions.items()}

    def candidates(self) -> Iterable[tuple[str, str]]:
        """Pairs of actions that have a target or an article in common."""
        by: dict[tuple[str, str], list[str]] = defaultdict(list)
        for key, action in self.actions.items():
            for target in self.people(action):
                by["target", target].append(key)
            for article in sorted({article for article, _ in action.reports}):
                by["article", article].append(key)
        out: set[tuple[str, str]] = set()
        for block in by.values():
            # A person with hundreds of actions: neighbours in the list are enough to find what hangs together.
            span = len(block) if len(block) <= 100 else 25
            for index, first in enumerate(block):
                out.update((first, second) for second in block[index + 1 : index + 1 + span])
        return sorted(out)

    def people(self, action: Action) -> tuple[str, ...]:
        """The targets that a case can be about: people and organisations, not places."""
        return tuple(key for key in action.target if self._entities[key].kind is not Kind.PLACE)

    def together(self, a: str, b: str) -> bool:
        """Whether two actions are of one case."""
        left, right = self.actions[a], self.actions[b]
        offence = similar(self._offences[a], self._offences[b])
        common = bool(set(self.people(left)) & set(self.people(right)))
        articles = {article for article, _ in left.reports} & {article for article, _ in right.reports}
        when, other = days(left.date), days(right.date)
        if when and other and gap(when, other) > _YEARS_APART and not offence:
            return False
        if common:
            return bool(articles) or offence > 0
        if not articles or not self._organisation_and_person(left, right):
            return False
        return offence > 0 or bool(set(left.agent) & set(right.agent)) or self._named_together(left, right)

    def case(self, keys: Sequence[str]) -> Case | None:
        """The case of a group of actions, or None where it concerns nobody that has a name."""
        actions = history((self.actions[key] for key in keys), self._told)
        people = sorted({key for action in actions for key in self.people(action)})
        if not people:
            return None
        weight = {key: sum(key in action.target for action in actions) for key in people}
        leading = sorted(
            people, key=lambda key: (self._entities[key].kind is not Kind.PERSON, -weight[key], self._entities[key].labels, key)
        )
        lang = self._language(people)
        names = [_name(self._entities[key], lang) for key in leading[:3]]
        title = ", ".join(names) + (f" + {len(people) - 3}" if len(people) > 3 else "")
        now = latest(actions, self._told, self._first_told)
        return Case(
            id=min(keys),
            title=title,
            actions=tuple(action.id for action in actions),
            people=tuple(people),
            current=now[0].id if len(now) == 1 else None,
            open=tuple(action.id for action in now) if len(now) > 1 else (),
        )

    def _first_told(self, a: Action, b: Action) -> bool:
        """Whether an article tells first one action and then another."""
        places: dict[str, int] = {}
        for article, report in a.reports:
            start = self._reports[article, report].trigger.start
            places[article] = min(start, places.get(article, start))
        return any(
            article in places and places[article] < self._reports[article, report].trigger.start for article, report in b.reports
        )

    def _language(self, people: Sequence[str]) -> str:
        """The language in which most of the people have a name; English where it is among those."""
        counts = Counter(lang for key in people for lang in {lang for lang, _ in self._entities[key].labels})
        return min(counts, key=lambda lang: (-counts[lang], lang != "en", lang)) if counts else ""

    def _organisation_and_person(self, a: Action, b: Action) -> bool:
        """One is done to an organisation, or it is an inquiry into nobody named, and the other to a person."""

        def kinds(action: Action) -> set[Kind]:
            return {self._entities[key].kind for key in self.people(action)}

        def loose(action: Action) -> bool:
            return kinds(action) == {Kind.ORGANIZATION} or (action.type is ActionType.INVESTIGATION and not action.target)

        return (loose(a) and Kind.PERSON in kinds(b)) or (loose(b) and Kind.PERSON in kinds(a))

    def _named_together(self, a: Action, b: Action) -> bool:
        """Whether a sentence that reports one of the actions also names a target of the other."""
        return self._named_in(a, b) or self._named_in(b, a)

    def _named_in(self, told: Action, other: Action) -> bool:
        for article, report in told.reports:
            sentence = self._reports[article, report].sentence
            entities = {e.id: e for e in self._articles[article].entities or ()}
            for target in self.people(other):
                for member in self._members[target].get(article, ()):
                    if any(sentence.contains(span) for span in entities[member].mentions):
                        return True
        return False

    def _offence(self, action: Action) -> Concepts:
        found = [concepts_of(words, lang, ("offences",)) for lang, words in action.offence]
        return Concepts(
            ideas=frozenset().union(*(c.ideas for c in found)), numbers=frozenset(), rest=tuple(w for c in found for w in c.rest)
        )


def _name(entity: MergedEntity, lang: str) -> str:
    """The name of an entity in ``lang``, else its first."""
    labels = dict(reversed(entity.labels))
    return labels.get(lang) or (entity.labels[0][1] if entity.labels else entity.key)
