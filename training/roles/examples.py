"""Examples for the choice of arguments: drafts of annotated articles, paired with the actions that the annotation has there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from kg.extract.candidates import candidates_of, context_of
from kg.extract.draft import Draft, Story, read_story
from kg.extract.nearby import Candidate
from kg.model import Analysis, Span


@dataclass(frozen=True)
class Example:
    """The candidates for one role of one draft, and the observations on the draft as a whole (``context``).

    ``right`` says of each whether it is what the annotation has; ``filled`` whether the annotation fills the role at all.
    ``group`` is the story, which is never split between learning and testing; ``exact`` says that the draft stands on the very
    words of the annotated trigger; ``rule`` whether what the rules alone chose is right (None where they chose nothing).
    """

    group: str
    language: str
    exact: bool
    filled: bool
    candidates: tuple[Candidate, ...]
    context: tuple[str, ...]
    together: tuple[str | Span, ...]
    right: tuple[bool, ...]
    rule: bool | None


def examples(role: str, group: str, data: Mapping[str, Any], analysis: Analysis, story: Story | None = None) -> Iterator[Example]:
    """The examples of a role in one article."""
    if role not in data.get("roles", FIELDS):
        return
    story = story or read_story(analysis)
    mentions = {e.id: e.mentions for e in analysis.entities or ()}
    for draft, action, exact in paired(story, data, mentions, role == "target"):
        candidates = candidates_of(story, draft, role)
        fits = _fitting(role, action, data, mentions)
        right = tuple(fits(candidate.value) for candidate in candidates)
        context = context_of(story, draft, candidates)
        # Where only some roles are marked, people who are described and those who are named were not told apart.
        filled = bool(action.get(FIELDS[role])) if set(FIELDS) <= set(data.get("roles", FIELDS)) else any(right)
        together = GROUPS.get(role, lambda _: ())(draft)
        yield Example(group, data["lang"], exact, filled, candidates, context, together, right, _rule(role, draft, fits))


GROUPS: Mapping[str, Callable[[Draft], tuple[str, ...]]] = {
    "target": lambda draft: draft.filled.target,
    "agent": lambda draft: draft.filled.agent,
    "place": lambda draft: draft.filled.place,
    "attribution": lambda draft: draft.source.speakers,
}
"""Role → what the grammar found in one slot."""

FIELDS = {
    "target": "target",
    "date": "date",
    "agent": "agent",
    "place": "place",
    "offence": "offence",
    "attribution": "attributed_to",
}
"""Role → field of the annotation."""


def paired(
    story: Story, data: Mapping[str, Any], mentions: Mapping[str, tuple[Span, ...]], open_target: bool = False
) -> Iterator[tuple[Draft, Mapping[str, Any], bool]]:
    """Drafts with the annotated action that they tell: on the same words, else of the same type and target.

    With ``open_target`` the target that the rules found does not help to pair: the type must be the only one.
    """
    for draft in story.drafts:
        same = [a for a in data["actions"] if a["type"] == draft.trigger.pattern.type.value]
        here = [a for a in same if any(draft.trigger.span.overlaps(Span(*t)) for t in a.get("triggers", [a["trigger"]]))]
        if here:
            yield draft, here[0], True
            continue
        if open_target:
            alike = same if len(same) == 1 else []
        else:
            alike = [a for a in same if _shares(draft.filled.target, a.get("target") or [], data, mentions)]
        if alike:
            yield draft, min(alike, key=lambda a: abs(a["trigger"][0] - draft.trigger.span.start)), False


def _shares(found: tuple[str, ...], wanted: list[str], data: Mapping[str, Any], mentions: Mapping[str, tuple[Span, ...]]) -> bool:
    gold = [Span(*pair) for e in data["entities"] if e["id"] in wanted for pair in e["mentions"]]
    return any(span.overlaps(g) for e in found for span in mentions.get(e, ()) for g in gold)


def _fitting(
    role: str, action: Mapping[str, Any], data: Mapping[str, Any], mentions: Mapping[str, tuple[Span, ...]]
) -> Callable[[str | Span], bool]:
    wanted = action.get(FIELDS[role])
    if role == "date":
        return lambda value: value == wanted
    if role == "offence":
        return lambda value: isinstance(value, Span) and bool(wanted) and value.overlaps(Span(*wanted))
    return lambda value: isinstance(value, str) and _shares((value,), wanted or [], data, mentions)


def _rule(role: str, draft: Draft, fits: Callable[[str | Span], bool]) -> bool | None:
    """Whether what the rules chose is right; None where they chose nothing."""
    values: list[str | Span] = {
        "target": lambda: list(draft.filled.target),
        "date": lambda: [draft.date.whole] if draft.date and draft.date.whole else [],
        "agent": lambda: list(draft.filled.agent),
        "place": lambda: list(draft.filled.place),
        "offence": lambda: [s for s in (draft.filled.offence or (draft.offence and draft.offence[0]),) if s],
        "attribution": lambda: list(draft.source.speakers),
    }[role]()
    return any(fits(value) for value in values) if values else None
