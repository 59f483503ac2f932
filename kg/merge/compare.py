"""How far two reports tell the same action: points for what agrees, and what rules it out.

Points are read like this: a shared target counts 3, a shared day 3; together they are enough. Slots that identify an action
(amount, duration, day) rule it out where they differ, unless the reports agree so far otherwise that the difference is a
contradiction between sources, which the action then shows (``CONFLICT``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kg.merge.concepts import Concepts, concepts_of, contradicts, similar
from kg.merge.context import Member, Shared
from kg.merge.dates import days, gap, precision
from kg.merge.names import is_full_name, surname, surname_likeness
from kg.merge.sounds import Sounds
from kg.model import ActionType, Analysis, Kind, Modality, Report

NAMED = 4.0
"""Points that make two reports with a common target one action."""

NAMELESS = 4.5
"""The same where no target with a name is common."""

BY_SURNAME = 5.0
"""The same where one of them calls the target by a surname alone: many bear it."""

CONFLICT_DAYS: Mapping[ActionType, int] = {
    ActionType.EXECUTION: 400,
    ActionType.CONVICTION: 7,
    ActionType.SENTENCE: 7,
    ActionType.ACQUITTAL: 7,
    ActionType.PARDON: 7,
    ActionType.EXTRADITION: 7,
    ActionType.TRIAL: 0,
    ActionType.SUMMONS: 0,
    ActionType.SEARCH: 1,
}
"""How many days apart two sources may date one action; a person is tried on many days, but executed once."""

Ground = tuple[float, str]
"""Points for two reports being of one action (or against it), and why, in words."""

_USUAL_CONFLICT = 3
_OF_TARGET, _WHOLE_STORY = 2.0, 6.0
_CLOSE, _NEAR, _FAR = 7, 60, 400


@dataclass(frozen=True, slots=True)
class Item:
    """A report with what is known of it in the graph: merged entity keys, and what its words are about.

    ``of_type`` counts the reports of this type in the article. ``bare`` is the surname of a target who has no item and no other
    name in the article, ``surnames`` are those of the people who have a full one.
    """

    member: Member
    report: Report
    published: tuple[int, int] | None
    date: tuple[int, int] | None
    target: frozenset[str]
    agent: frozenset[str]
    place: frozenset[str]
    description: Concepts
    offence: Concepts
    of_type: int
    lang: str = ""
    bare: Sounds | None = None
    surnames: tuple[Sounds, ...] = ()


def items_of(analysis: Analysis, keys: Mapping[Member, str]) -> list[Item]:
    """The reports of one article, with the keys of their merged entities."""
    article = analysis.article

    def merged(ids: tuple[str, ...]) -> frozenset[str]:
        return frozenset(keys[article.id, entity] for entity in ids)

    reports = analysis.reports or ()
    people = {e.id: e for e in analysis.entities or () if e.kind is Kind.PERSON}

    def bare(report: Report) -> Sounds | None:
        found = [people[key] for key in report.target if key in people]
        if len(report.target) != 1 or not found or found[0].qid is not None or is_full_name(found[0].name):
            return None
        return surname(found[0].name)

    def surnames(report: Report) -> tuple[Sounds, ...]:
        full = (people[key].name for key in report.target if key in people and is_full_name(people[key].name))
        return tuple(sound for name in full if (sound := surname(name)) is not None)

    return [
        Item(
            member=(article.id, report.id),
            report=report,
            published=days(article.published),
            date=days(report.date),
            target=merged(report.target),
            agent=merged(report.agent),
            place=merged(report.place),
            description=concepts_of(report.target_text.of(article.text) if report.target_text else "", article.lang),
            offence=concepts_of(report.offence.of(article.text) if report.offence else "", article.lang),
            of_type=sum(other.type is report.type for other in reports),
            lang=article.lang,
            bare=bare(report),
            surnames=surnames(report),
        )
        for report in reports
    ]


def points(a: Item, b: Item, context: Shared) -> float | None:
    """How much speaks for two reports of different articles being of one action; None: they cannot be."""
    return sum(worth for worth, _ in grounds(a, b, context)) if compatible(a, b) else None


def grounds(a: Item, b: Item, context: Shared) -> list[Ground]:
    """What speaks for two reports being of one action, and what against, in points and words; they must be compatible."""
    # The common target is counted by itself: a story is what the articles share besides.
    besides = context.story(a.member[0], b.member[0]) - _OF_TARGET * len(a.target & b.target)
    story = min(1.0, max(0.0, besides) / _WHOLE_STORY)
    alone = a.of_type == b.of_type == 1
    found = [
        _target(a, b),
        _date(a, b),
        _sets(a.place, b.place, "the same place", "different places"),
        _sets(a.agent, b.agent, "the same agent", "different agents"),
        _offence(a, b),
        _value(a.report.amount, b.report.amount, 2.0, "amount"),
        _value(a.report.duration, b.report.duration, 1.5, "duration"),
        (3.5 * story if alone else 2.0 * story, "other names that the articles share"),
        (0.0 if a.report.modality is b.report.modality else -1.5, "different modality"),
    ]
    return [ground for ground in found if ground[0]]


def enough(a: Item, b: Item) -> float:
    """How many points these two reports need."""
    if a.target & b.target:
        return NAMED
    return BY_SURNAME if a.target and b.target else NAMELESS


def compatible(a: Item, b: Item) -> bool:
    """Whether two reports can be of one action at all, conflicts between sources allowed."""
    if a.report.type is not b.report.type or a.member[0] == b.member[0]:
        return False
    if a.target and b.target and not a.target & b.target and not by_surname(a, b):
        return False
    if not (a.target or b.target) and contradicts(a.description, b.description):
        return False
    return _times(a, b) and _modalities(a, b) and _identities(a, b)


def by_surname(a: Item, b: Item) -> bool:
    """Whether one report calls its target by a surname alone, and the target of the other can be the same person."""
    if (a.bare is None) == (b.bare is None) and not (a.bare and b.bare):
        return False
    left = (a.bare,) if a.bare is not None else a.surnames
    right = (b.bare,) if b.bare is not None else b.surnames
    return any(surname_likeness(x, y, a.lang == b.lang) > 0 for x in left for y in right)


def same_day(a: Item, b: Item) -> bool:
    """Whether both reports date their action, to the same day."""
    return a.date is not None and a.date == b.date and precision(a.date) == 3


def _times(a: Item, b: Item) -> bool:
    if a.date is not None and b.date is not None:
        return gap(a.date, b.date) <= CONFLICT_DAYS.get(a.report.type, _USUAL_CONFLICT)
    if a.date is None and b.date is None and a.published and b.published and gap(a.published, b.published) > _FAR:
        return False
    for dated, other in ((a, b), (b, a)):
        # Nobody reports as done what is done only later.
        told = other.published if other.report.modality is Modality.ACTUAL and other.date is None else None
        if dated.date and told and dated.date[0] > told[1] + 1:
            return False
    return True


def _modalities(a: Item, b: Item) -> bool:
    """Requests are actions of their own; what is possible may have become actual on its day; yes and no contradict each other."""
    found = {a.report.modality, b.report.modality}
    if len(found) == 1:
        return True
    if Modality.REQUESTED in found:
        return False
    if same_day(a, b):
        return True
    if a.date or b.date or a.published is None or b.published is None:
        return False
    return gap(a.published, b.published) <= (3 if Modality.NEGATED in found else 1)


def _identities(a: Item, b: Item) -> bool:
    """Another sum or another term is another action, unless target and day are the same."""
    other_sum = a.report.amount is not None and b.report.amount is not None and a.report.amount != b.report.amount
    other_term = a.report.duration is not None and b.report.duration is not None and a.report.duration != b.report.duration
    return not (other_sum or other_term) or (same_day(a, b) and bool(a.target & b.target))


def _target(a: Item, b: Item) -> Ground:
    common = a.target & b.target
    if common:
        return (3.5, "the same target") if a.target == b.target else (3.0, "a target in common")
    if a.target and b.target:
        return 1.5, "a target of the same surname"
    if similar(a.description, b.description) > 0:
        counted = bool(a.description.numbers & b.description.numbers)
        return (1.5, "targets described alike, as many") if counted else (1.0, "targets described alike")
    if a.target or b.target:
        return -0.5, "a target with a name and one without"
    return (-1.0 if a.description.ideas and b.description.ideas else 0.0), "targets described differently"


_SAME_DATE = {3: (3.0, "the same day"), 2: (1.5, "the same month"), 1: (0.5, "the same year")}


def _date(a: Item, b: Item) -> Ground:
    if a.date is not None and b.date is not None:
        return (-0.5, "different dates") if gap(a.date, b.date) else _SAME_DATE[min(precision(a.date), precision(b.date))]
    if a.date is None and b.date is None:
        return _distance(a.published, b.published)
    dated, other = (a, b) if a.date is not None else (b, a)
    return _distance(dated.date, other.published)


def _distance(a: tuple[int, int] | None, b: tuple[int, int] | None) -> Ground:
    if a is None or b is None:
        return 0.0, ""
    between = gap(a, b)
    if between <= _NEAR:
        return (1.0, "told within a week") if between <= _CLOSE else (0.5, "told within two months")
    return (-1.0 if between <= _FAR else -2.0), "told long apart"


def _sets(a: frozenset[str], b: frozenset[str], same: str, other: str) -> Ground:
    if a & b:
        return 1.0, same
    return (-0.5 if a and b else 0.0), other


def _offence(a: Item, b: Item) -> Ground:
    if similar(a.offence, b.offence) > 0:
        return 1.0, "the same kind of offence"
    return (-0.5 if a.offence.ideas and b.offence.ideas else 0.0), "different offences"


def _value(left: object, right: object, worth: float, what: str) -> Ground:
    if left is None or right is None:
        return 0.0, ""
    return (worth, f"the same {what}") if left == right else (-1.0, f"different {what}s")
