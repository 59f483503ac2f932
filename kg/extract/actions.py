"""The stage that finds legal actions and their arguments in one article."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from kg.errors import ConfigurationError
from kg.extract.attribution import agencies_by_speaker, find_source
from kg.extract.context import Discourse
from kg.extract.grammar import Grammar, grammar
from kg.extract.modality import find_modality
from kg.extract.offence import find_offence
from kg.extract.patterns import pattern_book
from kg.extract.roles import ALWAYS_OF_SOMEBODY, fill_roles
from kg.extract.sentences import View, build_views
from kg.extract.tagger import Judge
from kg.extract.triggers import Trigger, find_triggers
from kg.extract.values import WITH_AMOUNT, WITH_DURATION, Values, amount_of, date_of, duration_of, find_values
from kg.extract.verdicts import share_verdicts
from kg.lang.pack import load_pack
from kg.model import ActionType, Analysis, Evidence, Modality, Report

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
        article, document, entities = analysis.article, analysis.document, analysis.entities
        if document is None or entities is None:
            raise ConfigurationError("the extract stage needs the document and entities layers")
        pack = load_pack(article.lang)
        book, words = pattern_book(article.lang), grammar(article.lang)
        values = find_values(article, document, pack, None)
        layers = {index: found.layers for index, found in values.items()}
        views = build_views(article.text, document, entities, article.body, layers, article.title_span)
        discourse = Discourse(article.text, views, {entity.id: entity.kind for entity in entities})
        agencies = agencies_by_speaker(views, words)
        reports: list[Report] = []
        topics: list[str] = []
        found: Sequence[tuple[Trigger, ...]] = [find_triggers(view, book) for view in views]
        if self.judge is not None:
            found = self.judge.revise(article, views, found)
        for view, triggers in zip(views, found, strict=True):
            for trigger in triggers:
                report = _report(view, trigger, words, discourse, values[view.index], topics, agencies)
                if report is not None:
                    reports.append(report)
                    topics = list(dict.fromkeys((*report.target, *topics)))
        merged = merge_reports(reports)
        if not pack.table("pack").get("extract", {}).get("keep_without_target", True):
            merged = tuple(r for r in merged if _has_target(r))
        kept = share_verdicts(merged)
        return replace(analysis, reports=tuple(replace(r, id=f"a{n}") for n, r in enumerate(kept, 1)))


def _report(
    view: View,
    trigger: Trigger,
    words: Grammar,
    discourse: Discourse,
    values: Values,
    topics: Sequence[str],
    agencies: Mapping[str, tuple[str, ...]],
) -> Report | None:
    source = find_source(view, trigger.span, words, discourse)
    filled = fill_roles(view, trigger, words, discourse, topics, source.speakers)
    have: dict[str, object] = {
        "target": filled.target or filled.target_text,
        "agent": filled.agent,
        "place": filled.place,
    }
    evidence = list(filled.evidence)
    offence = filled.offence
    if offence is None:
        found = find_offence(view, trigger, words)
        if found is not None:
            offence, marker = found
            evidence.append(Evidence("offence", marker, "marker of an offence"))
    date = date_of(view, trigger.head, trigger.span, values)
    if date is not None:
        why = f"date of the clause ({date.kind})" if date.whole else "a date that the article does not let us count"
        evidence.append(Evidence("date", date.span, why))
    amount = amount_of(trigger.span, values) if trigger.pattern.type in WITH_AMOUNT else None
    duration = duration_of(trigger.span, values) if trigger.pattern.type in WITH_DURATION else None
    if amount:
        evidence.append(Evidence("amount", amount[1], "nearest sum of money"))
    if duration:
        evidence.append(Evidence("duration", duration[1], "nearest length of time"))
    modality, decider = find_modality(view, trigger, words, date is not None)
    if decider is not None:
        evidence.append(Evidence("modality", decider, f"makes it {modality.value}"))
    have |= {"offence": offence, "amount": amount, "duration": duration, "date": date}
    if any(not have.get(role) for role in trigger.pattern.needs):
        return None
    if source.span is not None and source.speakers:
        evidence.append(Evidence("attribution", source.span, "says so"))
    return Report(
        id="",
        type=trigger.pattern.type,
        trigger=trigger.span,
        sentence=view.span,
        triggers=(trigger.span,),
        target=filled.target,
        target_text=filled.target_text,
        agent=filled.agent,
        place=filled.place,
        date=date.whole if date else None,
        offence=offence,
        amount=amount[0] if amount else None,
        duration=duration[0] if duration else None,
        modality=modality,
        attributed_to=source.speakers,
        via=source.via or _union((), (a for s in source.speakers for a in agencies.get(s, ()) if a not in source.speakers)),
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
