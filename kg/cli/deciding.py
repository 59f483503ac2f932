"""Decisions in a run of the command line: read before the work, applied after it, and told."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from kg.cli.common import say
from kg.issues import IssueLog, printable

if TYPE_CHECKING:
    from kg.decide.apply import Applied, Desk


_MOST_TOLD = 10


def open_desk(curation: Path | None) -> Desk | None:
    """The decisions in the table of decisions; None where none is given.

    Raises:
        ConfigurationError: the table cannot be read or is wrong.
    """
    if curation is None:
        return None
    from kg.decide.apply import Desk
    from kg.decide.merging import read_merge_decisions
    from kg.decide.rows import read_decisions
    from kg.link.curation import read_curation

    return Desk(read_decisions(curation), read_curation(curation).rules, read_merge_decisions(curation))


def close_desk(desk: Desk | None, curation: Path | None, log: IssueLog) -> None:
    """Say how many decisions were applied; those that fit nothing any more are warnings in ``log``."""
    if desk is None:
        return
    from kg.decide.apply import counts

    if desk.rules:
        idle = desk.idle_rules()
        lines = ", ".join(str(rule.line) for rule in idle[:_MOST_TOLD]) + (" …" if len(idle) > _MOST_TOLD else "")
        told = f", {len(idle)} fit none: line {lines}" if idle else ""
        say(f"decisions {len(desk.rules)} about links ({len(desk.rules) - len(idle)} fit a name{told})")
    if desk.merging:
        problems = desk.settle().problems
        for unkept, why in problems:
            log.warning(_place(curation, unkept.line), f"not kept: {why}")
        kept = len(desk.merging) - len(problems)
        say(f"decisions {len(desk.merging)} about what is one (kept {kept}, not applicable {len(problems)})")
    if not desk.decisions:
        return

    found = counts(desk.applied)
    for applied in desk.applied:
        if applied.problem:
            log.warning(_place(curation, applied.decision.line), f"not applied to {applied.article}: {applied.problem}")
    lost = desk.unmatched()
    for decision in lost:
        why = f"no report fits the decision of {decision.by} to {decision.verdict} it"
        log.warning(_place(curation, decision.line), f"{why}: its article is not there, or is read otherwise now")
    parts = ", ".join(f"{name} {count}" for name, count in found.items() if name != "failed")
    say(f"decisions {len(desk.decisions)} about actions (reports {parts}; not applicable {found['failed'] + len(lost)})")


def line_of(applied: Applied) -> str:
    """What a decision did to a report, on one line."""
    past = {"confirm": "confirmed", "reject": "rejected", "correct": "corrected"}[applied.decision.verdict]
    told = f"not {past}: {applied.problem}" if applied.problem else f"{past} by {applied.decision.by} at {applied.decision.at}"
    return "\t".join(printable(part) for part in (applied.article, f"report {applied.report}", told))


def _place(curation: Path | None, line: int) -> str:
    return f"{curation}, line {line}"
