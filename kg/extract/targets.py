"""Candidates for whom an action is done to: what the grammar of the sentence says is one observation among others.

An article often names its person once and then says "the trial", "he", "the sentence": who is meant follows from whom the rest of
the article concerns as much as from the sentence.
"""

from __future__ import annotations

from collections.abc import Iterator

from kg.extract.draft import Draft, Story
from kg.extract.nearby import Candidate, names_near
from kg.extract.offence import crimes
from kg.extract.reference import is_owner, tells_of_several
from kg.extract.roles import OF_OWNERS, target_kinds
from kg.extract.sentences import Named, View
from kg.extract.surroundings import lead_of
from kg.model import ActionType, Kind, Span

_PLACES = frozenset({ActionType.LAWSUIT, ActionType.FINE, ActionType.TRIAL, ActionType.SANCTION, ActionType.INVESTIGATION})
"""Types that a state may undergo."""
_AFTER = 60
"""Characters behind a description within which a name may say who is described."""


def targets(story: Story, draft: Draft) -> Iterator[Candidate]:
    """Names of those whom the action may concern: around the trigger, in the headline, and whom the article is about.

    A name within a description is somebody else's ("X's lawyers"), judges and lawyers are no targets, and a sentence that tells
    of several people without a name takes none from elsewhere.
    """
    own = draft.trigger.pattern.type
    kinds = tuple(
        sorted({Kind.PERSON, Kind.ORGANIZATION, *target_kinds(draft.trigger)} | ({Kind.PLACE} if own in _PLACES else set()))
    )
    rule = frozenset(draft.filled.target)
    reasons = _reasons(draft)
    others = [d for d in story.drafts if d is not draft and d.filled.target]
    sure = [d for d in others if d.filled.certain]
    only = {e for d in others for e in d.filled.target}
    shape = "tree" if draft.view.document.trees else "flat"
    feature = draft.trigger.feature or "none"
    text = draft.filled.target_text
    several = not rule and tells_of_several(draft.view, story.grammar)
    for named, view, seen in names_near(story, draft, kinds, wide=True, main=True):
        kind = named.kind.value
        lead = lead_of(story, view, named.span)
        same = view.index == draft.view.index
        if named.entity not in rule and (
            several if not same else text is not None and own not in OF_OWNERS and named.span.overlaps(text)
        ):
            continue
        if named.entity not in rule and (
            is_owner(view, story.grammar, named.span) or named.entity in story.discourse.counsel - only
        ):
            continue
        seen += [f"{shape}:{s}" for s in seen if s.startswith(("order", "far", "between", "argument", "tree"))]
        seen += [f"kind:{kind}", f"kind:{kind}:type:{own.value}", *(f"kind:{kind}:{s}" for s in lead)]
        seen += [f"{feature}:{s}" for s in seen if s.startswith(("order", "sentence"))]
        seen += [f"main:{s}" for s in story.salience.get(named.entity, ())]
        if same:
            seen += [f"same:{kind}:{s}" for s in lead]
        if named.entity in rule:
            seen += ["rule", *reasons.get(named.entity, ()), "rule:sure" if draft.filled.certain else "rule:unsure"]
            seen.append(f"rule:{own.value}")
        elif rule:
            seen.append("rule:another:sure" if draft.filled.certain else "rule:another:unsure")
        if text is not None and named.entity not in rule:
            seen += _described(view, named, text, same)
        told = [d for d in others if named.entity in d.filled.target]
        if told:
            alike = any(d.trigger.pattern.type is own for d in told)
            seen += ["target-of-another", "target-of-same-type" if alike else "target-of-other-type"]
            if any(d in sure for d in told):
                seen.append("target-surely")
            if len(only) == 1:
                seen.append("only-target")
            if 2 * len(told) >= len(others):
                seen.append("target-of-most")
            if any(d.view.index in (draft.view.index, draft.view.index - 1) for d in told):
                seen.append("target-just-now")
        elif others:
            seen.append("others-are-targets")
        if named.entity in draft.filled.agent:
            seen.append("is-agent")
        if any(named.entity in d.filled.agent for d in story.drafts):
            seen.append("agent-of-some")
        if named.entity in draft.source.speakers:
            seen += ["is-source", f"is-source:{kind}"]
        seen += _behind_crime(story, view, named)
        yield Candidate(named.entity, named.span, tuple(seen), named.entity in rule)


def _reasons(draft: Draft) -> dict[str, list[str]]:
    """Entity → the slots by which the rules found it as the target."""
    out: dict[str, list[str]] = {}
    notes = [piece for piece in draft.filled.evidence if piece.role == "target"]
    for entity, piece in zip(draft.filled.target, notes, strict=False):
        out.setdefault(entity, []).append(f"rule:{piece.reason}")
    return out


def _described(view: View, named: Named, text: Span, same: bool) -> list[str]:
    """How a name stands to the description that the rules took for the target."""
    out = ["text"]
    if same and named.span.overlaps(text):
        out.append("text:holds-name")
    elif same and 0 <= named.span.start - text.end <= _AFTER:
        between = view.folded.text[text.end - view.span.start : named.span.start - view.span.start]
        out.append("text:then-name" if len(between) <= 3 else "text:then-words-and-name")
    return out


def _behind_crime(story: Story, view: View, named: Named) -> list[str]:
    """Whether the name ends a phrase that tells a crime ("the murder of X"): that is its victim."""
    held = any(span.start < named.span.start < span.end for span, _ in crimes(view, story.grammar, story.language))
    return ["behind-crime"] if held else []
