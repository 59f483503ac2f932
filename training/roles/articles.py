"""The annotated articles from which the choice of arguments is learnt, analysed up to their entities."""

from __future__ import annotations

import json
import pickle
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
from training.actions.mark import ANNOTATIONS, NAMED
from training.actions.texts import find_day, find_text
from training.roles.examples import FIELDS

FOLDERS = ("train", "parallel", "more")
"""Folders of the gold that may be learnt from."""

Annotated = tuple[str, dict[str, Any], Analysis]
"""The story (never split between learning and testing), the annotation, and the analysis up to the entities."""

NOT_FREE = ("ar_news", "en_wikievents")
"""How the annotations of texts begin that may be used for research only."""

_STORIES = re.compile(r"(?<!\d)\d+(?:/\d+)+")


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


def kept_analyses(gold: Path, kept: Path | None, free: bool = False) -> list[Annotated]:
    """All articles, from the file ``kept`` if it is there, else analysed and left there for the next time."""
    if kept is not None and kept.exists():
        articles: list[Annotated] = pickle.loads(kept.read_bytes())  # a file of one's own making
        return articles
    articles = list(analyses(gold, tuple(f for f in FOLDERS if not (free and f == "more")), free=free))
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_bytes(pickle.dumps(articles))
    return articles


def _gold(gold: Path, folders: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    stories = same_stories(gold / "README.md")
    for folder in folders:
        for path in sorted((gold / folder).rglob("*.json")):
            group = path.parent.name if folder == "parallel" else stories.get(path.stem, path.stem)
            yield group, json.loads(path.read_text("utf-8")) | {"id": path.stem}


def _annotations(shared: Path, free: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """The marked texts as records of the gold. Texts that are not our own come from ``shared``."""
    for path in sorted(ANNOTATIONS.glob("*.json")):
        if free and path.stem.startswith(NOT_FREE):
            continue
        for number, row in enumerate(json.loads(path.read_text("utf-8"))):
            key = row.get("key", str(number))
            if "text" not in row:
                place = (shared, row["file"], row["key"])
                row |= {"text": find_text(*place), "published": find_day(*place)}
            yield f"{path.stem}-{key}", as_gold(row, f"{path.stem}-{key}")


def as_gold(row: Mapping[str, Any], name: str) -> dict[str, Any]:
    """A marked text as a record of the gold.

    ``roles`` says which roles are marked, ``triggers_complete`` that every word for an action is.
    """
    entities: list[dict[str, Any]] = []

    def entity(places: list[list[int]]) -> str:
        entities.append({"id": f"e{len(entities)}", "mentions": places})
        return str(entities[-1]["id"])

    actions = []
    for marked in row["actions"]:
        action = dict(marked) | {"trigger": marked["triggers"][0]}
        action |= {role: [entity(places) for places in marked[role]] for role in NAMED if role in marked}
        actions.append(action)
    roles = tuple(role for role, field in FIELDS.items() if all(field in marked for marked in row["actions"]))
    record = {"id": name, "lang": row["lang"], "text": row["text"], "published": row["published"], "unsure": row["unsure"]}
    return record | {"entities": entities, "actions": actions, "roles": roles, "triggers_complete": True}


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
