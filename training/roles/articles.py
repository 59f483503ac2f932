"""The annotated articles from which the choice of arguments is learnt, analysed up to their entities."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from kg.assembly import Options, default_pipeline
from kg.issues import IssueLog
from kg.model import Analysis
from kg.pipeline import run
from kg.read.inputs import read_inputs
from training.actions.stories import ANNOTATIONS
from training.actions.texts import find_text

FOLDERS = ("train", "parallel", "more")
"""Folders of the gold that may be learnt from."""

Annotated = tuple[str, dict[str, Any], Analysis]
"""The story (never split between learning and testing), the annotation, and the analysis up to the entities."""

_STORIES = re.compile(r"(?<!\d)\d+(?:/\d+)+")
_NOT_FREE = ("ar_news", "en_wikievents")


def analyses(gold: Path, folders: tuple[str, ...] = FOLDERS, annotations: bool = True, free: bool = False) -> Iterator[Annotated]:
    """The annotated articles below ``gold``, then those of ``training/actions/annotations``.

    ``free`` leaves out texts that may be used for research only.
    """
    pipeline = default_pipeline(Options("auto"))
    records = [*_gold(gold, folders), *(_annotations(gold.parent, free) if annotations else ())]
    for group, data in records:
        record = {"id": data["id"], "lang": data["lang"], "text": data["text"], "published": data.get("published")}
        for article in _read(record):
            yield group, data, run(pipeline.stages[:-1], Analysis(article))


def _gold(gold: Path, folders: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    stories = same_stories(gold / "README.md")
    for folder in folders:
        for path in sorted((gold / folder).rglob("*.json")):
            group = path.parent.name if folder == "parallel" else stories.get(path.stem, path.stem)
            yield group, json.loads(path.read_text("utf-8")) | {"id": path.stem}


def _annotations(shared: Path, free: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The marked texts as records of the gold; they mark targets and agents, as places. The text comes from ``shared``."""
    for path in sorted(ANNOTATIONS.glob("*.json")):
        if free and path.stem in _NOT_FREE:
            continue
        for row in json.loads(path.read_text("utf-8")):
            yield f"{path.stem}-{row['key']}", as_gold(row, find_text(shared, row["file"], row["key"]))


def as_gold(row: Mapping[str, Any], text: str) -> dict[str, Any]:
    """A marked text as a record of the gold: each place of a target or agent is an entity of its own.

    ``roles`` says which roles are marked.
    """
    entities: list[dict[str, Any]] = []

    def entity(place: list[int]) -> str:
        entities.append({"id": f"e{len(entities)}", "mentions": [place]})
        return str(entities[-1]["id"])

    actions = [
        {
            "type": a["type"],
            "trigger": a["triggers"][0],
            "triggers": a["triggers"],
            "target": [entity(place) for place in a["target"]],
            "agent": [entity(place) for place in a["agent"]],
            "modality": a["modality"],
        }
        for a in row["actions"]
    ]
    record = {"id": f"{row['lang']}-{row['key']}", "lang": row["lang"], "text": text}
    return record | {"entities": entities, "actions": actions, "roles": ("target", "agent")}


def _read(record: Mapping[str, Any]) -> Iterator[Any]:
    """The article of a record, read in the ordinary way."""
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
