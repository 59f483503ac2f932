"""Reports of one article that tell the same action become one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from kg.extract.draft import Story
from kg.model import ActionType, Modality, Report, Span


@dataclass(frozen=True, slots=True)
class Telling:
    """How a report's sentence tells its action.

    ``noun`` where a noun names it ("the trial"), ``single`` where the target is described as one person ("a man"). ``date`` is
    what its own clause says: a date that was brought from elsewhere in the article contradicts nothing.
    """

    noun: bool = False
    single: bool = False
    date: str | None = None


Key = tuple[ActionType, Span]


def telling_of(story: Story) -> dict[Key, Telling]:
    """How each draft of the article tells its action, by type and trigger."""
    out: dict[Key, Telling] = {}
    for draft in story.drafts:
        span = draft.filled.target_text
        words = [draft.view.words[i] for i in draft.view.words_in(span)] if span else []
        counted = any(w.text in story.grammar.counting or w.text.isdigit() for w in words)
        tokens = [draft.view.document.tokens[w.token] for w in words] if draft.view.document.trees else []
        if tokens:
            single = not counted and any("Number=Sing" in t.morph and t.pos in ("NOUN", "PROPN") for t in tokens)
            single = single and not any("Number=Plur" in t.morph and t.pos in ("NOUN", "NUM") for t in tokens)
        else:
            endings = tuple(story.grammar.plural_endings)
            single = bool(words) and not counted and not any(w.text.endswith(endings) for w in words)
        out[draft.trigger.pattern.type, draft.trigger.span] = Telling(
            draft.trigger.feature == "noun", single, draft.date.whole if draft.date else None
        )
    return out


def merge_reports(reports: Sequence[Report], tellings: Mapping[Key, Telling] | None = None) -> tuple[Report, ...]:
    """Reports of one article that tell the same action become one with several triggers.

    Same type and modality, targets that share an entity or of which one is unknown, and no contradiction in date, sum or
    length. The report with the most arguments leads; what it lacks is taken from the others.
    """
    # Twice: a report without a target may come before the one that names it.
    known = tellings or {}
    out = _joined(_joined(reports, known), known)
    bailed = {r.sentence for r in out if r.type is ActionType.BAIL}
    out = [r for r in out if r.type is not ActionType.RELEASE or r.sentence not in bailed]
    out = _introduced(out, known)
    return tuple(sorted(out, key=lambda r: (r.trigger, r.type.value)))


def _joined(reports: Sequence[Report], tellings: Mapping[Key, Telling]) -> list[Report]:
    """Each report joined to the first one before it that tells the same action."""
    out: list[Report] = []
    for report in reports:
        place = next((i for i, other in enumerate(out) if _same_action(other, report, tellings)), None)
        if place is None:
            out.append(report)
        else:
            out[place] = _join(out[place], report)
    return out


def _introduced(reports: Sequence[Report], tellings: Mapping[Key, Telling]) -> list[Report]:
    """Join "a man was arrested" to the later report of the same type that names him, where only one does."""
    out = list(reports)
    for report in reports:
        if report.target or not _telling(report, tellings).single:
            continue
        named = [r for r in out if r.type is report.type and r.modality is report.modality and r.target]
        later = [r for r in named if r.trigger > report.trigger and len(r.target) == 1 and _agree(report, r, tellings)]
        if len(named) == 1 and later:
            out[out.index(later[0])] = _join(replace(report, target_text=None), later[0])
            out.remove(report)
    return out


def _same_action(a: Report, b: Report, tellings: Mapping[Key, Telling]) -> bool:
    if a.type is not b.type:
        return False
    if a.modality is not b.modality and not _mentioned(a, b, tellings):
        return False
    if a.target and b.target:
        if not set(a.target) & set(b.target):
            return False
    elif (a.target and b.target_text) or (b.target and a.target_text):
        return False
    return _agree(a, b, tellings)


def _agree(a: Report, b: Report, tellings: Mapping[Key, Telling]) -> bool:
    """Whether date, sum and length of two reports do not contradict each other."""
    one, two = _date(a, tellings), _date(b, tellings)
    if one and two and not (one.startswith(two) or two.startswith(one)):
        return False
    if a.amount and b.amount and a.amount != b.amount:
        return False
    return not (a.duration and b.duration and a.duration != b.duration)


def _mentioned(a: Report, b: Report, tellings: Mapping[Key, Telling]) -> bool:
    """Whether one of two reports of different modality is but a mention by a noun of what the other, an actual one, tells."""
    if Modality.ACTUAL not in (a.modality, b.modality) or not set(a.target) & set(b.target):
        return False
    other = b if a.modality is Modality.ACTUAL else a
    if other.modality is Modality.REQUESTED or other.date or other.duration or other.amount:
        return False
    return _telling(other, tellings).noun


def _date(report: Report, tellings: Mapping[Key, Telling]) -> str | None:
    """The fullest date that the clauses of the report's triggers give; the report's own where it is not known how it was told."""
    known = [tellings[report.type, trigger] for trigger in report.triggers if (report.type, trigger) in tellings]
    if not known:
        return report.date
    return max((telling.date for telling in known if telling.date), key=len, default=None)


def _telling(report: Report, tellings: Mapping[Key, Telling]) -> Telling:
    return tellings.get((report.type, report.trigger), Telling())


def _join(a: Report, b: Report) -> Report:
    lead, other = (b, a) if _fullness(b) > _fullness(a) else (a, b)
    if lead.modality is not other.modality and other.modality is Modality.ACTUAL:
        lead, other = other, lead
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
    """How much the report's sentence tells, and how sure; what was brought from other sentences does not count."""
    slots = {
        "target": report.target or report.target_text,
        "agent": report.agent,
        "date": report.date,
        "offence": report.offence,
        "amount": report.amount,
        "duration": report.duration,
    }
    told = sum(bool(value) and _near(report, role) for role, value in slots.items())
    return told + 2 * bool(report.target) + (report.modality is Modality.ACTUAL), report.confidence


def _near(report: Report, role: str) -> bool:
    spans = [piece.span for piece in report.evidence if piece.role == role]
    return not spans or any(report.sentence.contains(span) for span in spans)
