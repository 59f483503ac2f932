"""A verdict tells several actions at once: what one of them says of date, court and offence holds for the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kg.model import ActionType, Evidence, Modality, Report

PARTS = frozenset({ActionType.CONVICTION, ActionType.SENTENCE, ActionType.FINE, ActionType.RESTRICTION})
"""The actions that one verdict may tell."""


def share_verdicts(reports: Sequence[Report]) -> tuple[Report, ...]:
    """Fill empty dates, agents, places and offences of a verdict's parts from each other.

    Parts belong together that stand in one sentence, agree in modality and share a target; a sentence takes its offence from the
    conviction of the same people anywhere in the article. The order of ``reports`` stays.
    """
    return tuple(_filled(report, reports) for report in reports)


def _filled(report: Report, reports: Sequence[Report]) -> Report:
    if report.type not in PARTS:
        return report
    for other in reports:
        if other is report or other.type not in PARTS or other.modality is not report.modality:
            continue
        if not set(report.target) & set(other.target):
            continue
        if other.sentence == report.sentence:
            report = _take(report, other, ("date", "agent", "place", "offence"))
        elif other.type is ActionType.CONVICTION and report.modality is Modality.ACTUAL:
            report = _take(report, other, ("offence",))
    return report


def _take(report: Report, other: Report, slots: Sequence[str]) -> Report:
    for slot in slots:
        value = getattr(other, slot)
        if value and not getattr(report, slot):
            why = Evidence(slot, other.trigger, f"from the {other.type.value} of the same verdict")
            report = replace(report, evidence=tuple(sorted({*report.evidence, why})), **{slot: value})
    return report
