"""What may fill a role, and the names around a trigger with the observations that all roles of names share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.extract.draft import Draft, Story
from kg.extract.roles import arguments_of
from kg.extract.sentences import Named, View
from kg.extract.surroundings import LEAD, WINDOW, place_of, tree_of
from kg.merge.concepts import concepts_of
from kg.model import Kind, Span

_ACTING = frozenset(
    {"court", "police", "prosecution", "army", "ministry", "security", "intelligence", "justice", "parliament", "assembly"}
    | {"congress", "senate", "council", "committee", "prison", "interior", "city", "appeal", "general", "supreme"}
)
"""Concepts of the section ``bodies`` that tell what kind of institution acts, or where."""


@dataclass(frozen=True)
class Candidate:
    """What might fill a role: ``value`` (an entity id, an ISO date, or a span), the words it rests on, and observations.

    ``ruled`` says that the grammar of the sentence chose it.
    """

    value: str | Span
    span: Span
    observations: tuple[str, ...]
    ruled: bool = False


def window(story: Story, draft: Draft, wide: bool = False) -> list[View]:
    """The sentences in which arguments are looked for: those around the trigger and the headline.

    ``wide`` adds the lead for a headline, and wherever the like is told of the same target.
    """
    low, high = draft.view.index + WINDOW[0], draft.view.index + WINDOW[1]
    alike: set[int] = set()
    if wide:
        high = max(high, LEAD) if draft.view.headline else high
        own, target = draft.trigger.pattern.type, set(draft.filled.target)
        like = [d for d in story.drafts if d.trigger.pattern.type is own and (not target or target & set(d.filled.target))]
        alike = {d.view.index for d in like}
    return [v for v in story.discourse.views if low <= v.index <= high or v.headline or v.index in alike]


def names_near(
    story: Story, draft: Draft, kinds: tuple[Kind, ...], wide: bool = False, main: bool = False
) -> Iterator[tuple[Named, View, list[str]]]:
    """The mention of each entity that lies nearest to the trigger, with observations common to all roles of names.

    ``main`` adds the entities that the whole article is about, and those that its actions are done to.
    """
    best: dict[str, tuple[tuple[int, int], Named, View]] = {}
    near = window(story, draft, wide)
    known = {e for e, seen in story.salience.items() if "most-named" in seen} if main else set()
    known |= {e for d in story.drafts for e in d.filled.target} if main else set()
    views = [*near, *(v for v in story.discourse.views if v not in near)] if known else near
    for view in views:
        for named in view.names:
            if named.kind not in kinds or named.span.overlaps(draft.trigger.span):
                continue
            if view not in near and named.entity not in known:
                continue
            cost = (abs(view.index - draft.view.index), abs(named.span.start - draft.trigger.span.start))
            if named.entity not in best or cost < best[named.entity][0]:
                best[named.entity] = (cost, named, view)
    order = sorted(best.values(), key=lambda item: item[1].span)
    arguments = arguments_of(draft.view, draft.trigger, story.grammar, story.discourse)
    for rank, (_, named, view) in enumerate(sorted(order, key=lambda item: item[0])):
        seen = [*place_of(story, draft, view, named.span), *tree_of(story, draft, view, named.span)]
        seen.append(f"rank:{min(rank, 3)}")
        for piece in draft.filled.evidence:
            if piece.span.overlaps(named.span):
                seen += [f"slot:{piece.role}", f"slot:{piece.role}:{piece.reason.split(',')[0]}"]
            elif piece.role in ("agent", "place"):
                seen.append(f"slot:{piece.role}:another")
        for argument in arguments:
            if any(span.overlaps(named.span) for span in argument.names):
                seen.append(f"argument:{argument.slot}")
        if any(named.entity in d.filled.target for d in story.drafts):
            seen.append("target-of-some")
        bodies = _bodies(story, view, named.span)
        seen += [f"body:{b}" for b in bodies] or ["body:none"]
        seen += [f"{b}:type:{draft.trigger.pattern.type.value}" for b in bodies]
        yield named, view, seen


def _bodies(story: Story, view: View, span: Span) -> list[str]:
    """Kinds of institutions that the name, or a word right beside it, speaks of ("in:court", "by:police")."""
    covered = view.words_in(span)
    beside = [i for i in (covered.start - 2, covered.start - 1, covered.stop, covered.stop + 1) if 0 <= i < len(view.words)]
    out = {f"in:{idea}" for i in covered for idea in _idea(story, view, i)}
    return sorted(out | {f"by:{idea}" for i in beside for idea in _idea(story, view, i)})


def _idea(story: Story, view: View, index: int) -> frozenset[str]:
    return concepts_of(view.words[index].text, story.language, ("bodies",)).ideas & _ACTING
