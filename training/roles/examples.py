"""Examples for the choice of arguments: drafts of annotated articles, paired with the actions that the annotation has there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.assembly import Options, default_pipeline
from kg.extract.candidates import CANDIDATES, Candidate
from kg.extract.draft import Draft, Story, read_story
from kg.issues import IssueLog
from kg.model import Analysis, Span
from kg.pipeline import run
from kg.read.inputs import read_inputs

FOLDERS = ("train", "parallel", "more")
_STORIES = re.compile(r"(?<!\d)\d+(?:/\d+)+")


@dataclass(frozen=True)
class Example:
    """The candidates for one role of one draft.

    ``right`` says of each whether it is what the annotation has; ``filled`` whether the annotation fills the role at all.
    ``group`` is the story, which is never split between learning and testing; ``exact`` says that the draft stands on the very
    words of the annotated trigger; ``rule`` whether what the rules alone chose is right (None where they chose nothing).
    """

    group: str
    language: str
    exact: bool
    filled: bool
    candidates: tuple[Candidate, ...]
    right: tuple[bool, ...]
    rule: bool | None


def analyses(gold: Path, folders: tuple[str, ...] = FOLDERS) -> Iterator[tuple[str, dict[str, Any], Analysis]]:
    """(group, annotation, analysis up to the entities) of each annotated article below ``gold``."""
    pipeline = default_pipeline(Options("auto"))
    stories = same_stories(gold / "README.md")
    for folder in folders:
        for path in sorted((gold / folder).rglob("*.json")):
            data = json.loads(path.read_text("utf-8"))
            record = {"id": path.stem, "lang": data["lang"], "text": data["text"], "published": data.get("published")}
            group = path.parent.name if folder == "parallel" else stories.get(path.stem, path.stem)
            for article in read_inputs_of(record):
                yield group, data, run(pipeline.stages[:-1], Analysis(article))


def read_inputs_of(record: Mapping[str, Any]) -> Iterator[Any]:
    """The article of a record, read in the ordinary way."""
    import tempfile

    with tempfile.NamedTemporaryFile("w", suffix=".jsonl", encoding="utf-8") as file:
        file.write(json.dumps({k: v for k, v in record.items() if v is not None}, ensure_ascii=False) + "\n")
        file.flush()
        yield from read_inputs([file.name], IssueLog())


def same_stories(page: Path) -> dict[str, str]:
    """Article → story, from the line of the gold's page that lists which articles of ``more`` tell the same."""
    table = {}
    line = next((line for line in page.read_text("utf-8").splitlines() if line.startswith("| `more/ar`")), "")
    for match in _STORIES.finditer(line):
        numbers = match.group().split("/")
        table.update({f"ar-m{int(n):03d}": f"ar-m{int(numbers[0]):03d}" for n in numbers})
    return table


def examples(role: str, group: str, data: Mapping[str, Any], analysis: Analysis, story: Story | None = None) -> Iterator[Example]:
    """The examples of a role in one article."""
    story = story or read_story(analysis)
    mentions = {e.id: e.mentions for e in analysis.entities or ()}
    for draft, action, exact in paired(story, data, mentions):
        candidates = tuple(CANDIDATES[role](story, draft))
        fits = _fitting(role, action, data, mentions)
        right = tuple(fits(candidate.value) for candidate in candidates)
        yield Example(group, data["lang"], exact, bool(action.get(FIELDS[role])), candidates, right, _rule(role, draft, fits))


FIELDS = {"date": "date", "agent": "agent", "place": "place", "offence": "offence", "attribution": "attributed_to"}
"""Role → field of the annotation."""


def paired(
    story: Story, data: Mapping[str, Any], mentions: Mapping[str, tuple[Span, ...]]
) -> Iterator[tuple[Draft, Mapping[str, Any], bool]]:
    """Drafts with the annotated action that they tell: on the same words, else of the same type and target."""
    for draft in story.drafts:
        same = [a for a in data["actions"] if a["type"] == draft.trigger.pattern.type.value]
        here = [a for a in same if draft.trigger.span.overlaps(Span(*a["trigger"]))]
        if here:
            yield draft, here[0], True
            continue
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
        "date": lambda: [draft.date.whole] if draft.date and draft.date.whole else [],
        "agent": lambda: list(draft.filled.agent),
        "place": lambda: list(draft.filled.place),
        "offence": lambda: [s for s in (draft.filled.offence or (draft.offence and draft.offence[0]),) if s],
        "attribution": lambda: list(draft.source.speakers),
    }[role]()
    return any(fits(value) for value in values) if values else None
