"""The stage that finds legal actions and their arguments in one article."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from kg.extract.choice import choose
from kg.extract.draft import Draft, Story, read_story
from kg.extract.roles import ALWAYS_OF_SOMEBODY
from kg.extract.tagger import Judge
from kg.extract.verdicts import share_verdicts
from kg.lang.pack import load_pack
from kg.model import ActionType, Analysis, Evidence, Modality, Report

_RANKED = frozenset({"date", "agent", "place", "offence", "attribution"})
"""Roles whose candidates are ranked; what the rules found for them is one observation among others."""
_UNSURE = 0.75
"""Factor on the confidence of a report whose target rests on a pronoun or on nearness."""


@dataclass(frozen=True)
class ExtractStage:
    """Fills ``reports``: what the article says of legal actions, one report per action, in order of their triggers.

    ``judge`` has a say in which triggers count; without one the patterns decide alone.
    """

    judge: Judge | None = None
    name: str = field(default="extract", init=False)
    reads: tuple[str, ...] = field(default=("article", "document", "entities"), init=False)
    writes: str = field(default="reports", init=False)

    def __call__(self, analysis: Analysis) -> Analysis:
        """Find the actions.

        Raises:
            ConfigurationError: the language has no pack, or one of its tables is broken.
        """
        story = read_story(analysis, self.judge)
        reports = [_report(story, draft) for draft in story.drafts]
        merged = merge_reports(reports)
        pack = load_pack(analysis.article.lang)
        if not pack.table("pack").get("extract", {}).get("keep_without_target", True):
            merged = tuple(r for r in merged if _has_target(r))
        kept = share_verdicts(merged)
        return replace(analysis, reports=tuple(replace(r, id=f"a{n}") for n, r in enumerate(kept, 1)))


def _report(story: Story, draft: Draft) -> Report:
    trigger, filled = draft.trigger, draft.filled
    evidence = [piece for piece in filled.evidence if piece.role not in _RANKED]
    date = choose(story, draft, "date")
    agent = choose(story, draft, "agent", filled.agent)
    place = choose(story, draft, "place", filled.place)
    offence = choose(story, draft, "offence")
    source = choose(story, draft, "attribution", draft.source.speakers)
    for choice in (date, agent, place, offence, source):
        evidence += choice.evidence
    if not date.values and draft.date is not None and draft.date.whole is None:
        evidence.append(Evidence("date", draft.date.span, "a date that the article does not let us count"))
    if draft.amount:
        evidence.append(Evidence("amount", draft.amount[1], "nearest sum of money"))
    if draft.duration:
        evidence.append(Evidence("duration", draft.duration[1], "nearest length of time"))
    if draft.decider is not None:
        evidence.append(Evidence("modality", draft.decider, f"makes it {draft.modality.value}"))
    via = draft.source.via if set(source.ids) & set(draft.source.speakers) else ()
    agencies = (a for s in source.ids for a in story.agencies.get(s, ()))
    return Report(
        id="",
        type=trigger.pattern.type,
        trigger=trigger.span,
        sentence=draft.view.span,
        triggers=(trigger.span,),
        target=filled.target,
        target_text=filled.target_text,
        agent=agent.ids,
        place=place.ids,
        date=next(iter(date.ids), None),
        offence=offence.span,
        amount=draft.amount[0] if draft.amount else None,
        duration=draft.duration[0] if draft.duration else None,
        modality=draft.modality,
        attributed_to=source.ids,
        via=tuple(a for a in via or _union((), agencies) if a not in source.ids),
        confidence=round(trigger.pattern.confidence * (1 if filled.certain else _UNSURE), 4),
        pattern=trigger.pattern.id,
        evidence=tuple(sorted(evidence)),
    )


def _has_target(report: Report) -> bool:
    """Whether the report says to whom it was done, where its type always concerns somebody."""
    return report.type not in ALWAYS_OF_SOMEBODY or any(e.role == "target" for e in report.evidence)


def merge_reports(reports: Sequence[Report]) -> tuple[Report, ...]:
    """Reports of one article that tell the same action become one with several triggers.

    Same type and modality, targets that share an entity or of which one is unknown, and no contradiction in date, sum or
    length. The report with the most arguments leads; what it lacks is taken from the others.
    """
    # Twice: a report without a target may come before the one that names it.
    out = _joined(_joined(reports))
    bailed = {r.sentence for r in out if r.type is ActionType.BAIL}
    out = [r for r in out if r.type is not ActionType.RELEASE or r.sentence not in bailed]
    return tuple(sorted(out, key=lambda r: (r.trigger, r.type.value)))


def _joined(reports: Sequence[Report]) -> list[Report]:
    """Each report joined to the first one before it that tells the same action."""
    out: list[Report] = []
    for report in reports:
        place = next((i for i, other in enumerate(out) if _same_action(other, report)), None)
        if place is None:
            out.append(report)
        else:
            out[place] = _join(out[place], report)
    return out


def _same_action(a: Report, b: Report) -> bool:
    if a.type is not b.type or a.modality is not b.modality:
        return False
    if a.target and b.target:
        if not set(a.target) & set(b.target):
            return False
    elif (a.target and b.target_text) or (b.target and a.target_text):
        return False
    if a.date and b.date and not (a.date.startswith(b.date) or b.date.startswith(a.date)):
        return False
    if a.amount and b.amount and a.amount != b.amount:
        return False
    return not (a.duration and b.duration and a.duration != b.duration)


def _join(a: Report, b: Report) -> Report:
    lead, other = (b, a) if _fullness(b) > _fullness(a) else (a, b)
    date = max((d for d in (lead.date, other.date) if d), key=len, default=None)
    target = _union(lead.target, other.target)
    return replace(
        lead,
        triggers=tuple(sorted({*a.triggers, *b.triggers})),
        target=target,
        target_text=lead.target_text or (None if lead.target else other.target_text),
        agent=tuple(e for e in (lead.agent or other.agent) if e not in target),
        place=lead.place or other.place,
        date=date,
        offence=lead.offence or other.offence,
        amount=lead.amount or other.amount,
        duration=lead.duration or other.duration,
        attributed_to=lead.attributed_to or other.attributed_to,
        via=lead.via or other.via,
        confidence=max(a.confidence, b.confidence),
        evidence=tuple(sorted({*a.evidence, *b.evidence})),
    )


def _union(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _fullness(report: Report) -> tuple[int, float]:
    slots = (report.target, report.target_text, report.agent, report.date, report.offence, report.amount, report.duration)
    return sum(bool(slot) for slot in slots) + 2 * bool(report.target) + (report.modality is Modality.ACTUAL), report.confidence
