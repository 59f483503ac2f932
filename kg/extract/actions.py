"""The stage that finds legal actions and their arguments in one article."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from kg.extract.choice import choose
from kg.extract.draft import Draft, Story, read_story, with_readings
from kg.extract.joining import merge_reports, telling_of
from kg.extract.ranker import Ranker
from kg.extract.reader import ActionReader, Reader
from kg.extract.roles import ALWAYS_OF_SOMEBODY, OF_OWNERS
from kg.extract.verdicts import share_verdicts
from kg.lang.pack import load_pack
from kg.model import Analysis, Evidence, Report

_RANKED = frozenset({"date", "agent", "place", "offence", "attribution"})
"""Roles whose candidates are ranked; what the rules found for them is one observation among others."""
_UNSURE = 0.75
"""Factor on the confidence of a report whose target rests on a pronoun or on nearness."""


@dataclass(frozen=True)
class ExtractStage:
    """Fills ``reports``: what the article says of legal actions, one report per action, in order of their triggers.

    ``reader`` is the model that reads each trigger in its surroundings.
    """

    reader: Reader = field(default_factory=ActionReader)
    name: str = field(default="extract", init=False)
    reads: tuple[str, ...] = field(default=("article", "document", "entities"), init=False)
    writes: str = field(default="reports", init=False)

    def __call__(self, analysis: Analysis) -> Analysis:
        """Find the actions; none in a language whose pack says that only names are read.

        Raises:
            ConfigurationError: the language has no pack, or one of its tables is broken.
        """
        pack = load_pack(analysis.article.lang)
        if not pack.has_actions:
            return replace(analysis, reports=())
        options = pack.table("pack").get("extract", {})
        story = with_readings(read_story(analysis), self.reader)
        story = with_targets(without_unlikely(story, float(options.get("least", "-inf"))))
        reports = [_report(story, draft) for draft in story.drafts]
        merged = merge_reports(reports, telling_of(story))
        if not options.get("keep_without_target", True):
            merged = tuple(r for r in merged if _has_target(r))
        kept = share_verdicts(merged)
        return replace(analysis, reports=tuple(replace(r, id=f"a{n}") for n, r in enumerate(kept, 1)))


def without_unlikely(story: Story, least: float) -> Story:
    """The story without the triggers of which the model thinks that they tell no action: log odds below ``least``."""
    drafts = tuple(draft for draft in story.drafts if draft.reading is None or draft.reading.stands >= least)
    return replace(story, drafts=drafts)


def with_targets(story: Story, ranker: Ranker | None = None) -> Story:
    """The story with the target of each draft chosen in view of the whole article, by the shipped ranker or another one."""
    return replace(story, drafts=tuple(_aimed(story, draft, ranker) for draft in story.drafts))


def _aimed(story: Story, draft: Draft, ranker: Ranker | None) -> Draft:
    filled = draft.filled
    choice = choose(story, draft, "target", filled.target, ranker)
    if set(choice.ids) == set(filled.target):
        return draft
    kept = tuple(e for e in filled.target if e in choice.ids)
    target = (*kept, *(e for e in choice.ids if e not in kept))
    owned = draft.trigger.pattern.type in OF_OWNERS
    changed = replace(
        filled,
        target=target,
        target_text=filled.target_text if owned or not target else None,
        agent=tuple(e for e in filled.agent if e not in target),
        place=tuple(e for e in filled.place if e not in target),
        evidence=(*(piece for piece in filled.evidence if piece.role != "target" or (owned or not target)), *choice.evidence),
        certain=choice.grammar,
    )
    return replace(draft, filled=changed)


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
        via=tuple(a for a in via or tuple(dict.fromkeys(agencies)) if a not in source.ids),
        confidence=round(trigger.pattern.confidence * (1 if filled.certain else _UNSURE), 4),
        pattern=trigger.pattern.id,
        evidence=tuple(sorted(evidence)),
    )


def _has_target(report: Report) -> bool:
    """Whether the report says to whom it was done, where its type always concerns somebody."""
    return report.type not in ALWAYS_OF_SOMEBODY or any(e.role == "target" for e in report.evidence)
