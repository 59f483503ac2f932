"""Finished analyses linked anew: the articles are not read again, what was found in them stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from kg.link.cascade import LinkStage
from kg.model import Analysis, Document, Entity, Mention, Report


@dataclass(frozen=True, slots=True)
class Change:
    """An entity of an article whose item is another than before; None stands for NIL."""

    article: str
    name: str
    old: str | None
    new: str | None

    @property
    def gained(self) -> bool:
        """Whether a NIL got an item."""
        return self.old is None and self.new is not None


def relink(analysis: Analysis, stage: LinkStage) -> tuple[Analysis, tuple[Change, ...]]:
    """Group and link the mentions of a finished analysis again, and say what changed, in the order of the text.

    Reports keep their values; they name the entity that now has the first mention of the one they named.

    Raises:
        ConfigurationError: the language's ``names.toml`` is broken.
    """
    old = analysis.entities or ()
    mentions = tuple(sorted({Mention(span, entity.kind, "kept") for entity in old for span in entity.mentions}))
    document = analysis.document or Document((), ())
    new = stage(replace(analysis, document=document, mentions=mentions)).entities or ()
    at = {(entity.kind, span): entity for entity in new for span in entity.mentions}
    homes = {entity.id: at[entity.kind, entity.mentions[0]] for entity in old if entity.mentions}
    changes = tuple(
        Change(analysis.article.id, entity.name, entity.qid, homes[entity.id].qid)
        for entity in old
        if entity.id in homes and entity.qid != homes[entity.id].qid
    )
    reports = tuple(_with_homes(report, homes) for report in analysis.reports) if analysis.reports is not None else None
    return replace(analysis, entities=new, reports=reports), changes


def _with_homes(report: Report, homes: Mapping[str, Entity]) -> Report:
    def moved(ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(homes[key].id for key in ids if key in homes))

    return replace(
        report,
        target=moved(report.target),
        agent=moved(report.agent),
        place=moved(report.place),
        attributed_to=moved(report.attributed_to),
        via=moved(report.via),
    )
