"""Checks the annotations against their texts: ``python -m training.actions.check``.

They hold places, and of texts that are not our own never words.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.model import ActionType, Modality
from training.actions.mark import ANNOTATIONS, NAMED, PLAIN, QUOTED
from training.actions.texts import find_text
from training.names.corpora import SHARED

_POINTING, _OWN = {"file", "key", "lang", "sha256"}, {"lang", "published", "text"}
_SOME = {"type", "modality", "triggers", "target", "agent"}
"""Of the first texts only this much was marked."""
_ALL = {"type", "modality", "triggers", *NAMED, *QUOTED, *PLAIN}


def check_record(record: dict[str, Any], shared: Path) -> Iterator[str]:
    """What is wrong with one annotated text, in words."""
    name = f"{record.get('file', 'own')} {record.get('key', str(record.get('text'))[:40])}"
    if set(record) - {"actions", "unsure"} not in (_POINTING, _OWN):
        yield f"{name}: keys {sorted(record)}"
        return
    if "text" in record:
        text = record["text"]
    else:
        try:
            text = find_text(shared, record["file"], record["key"])
        except (OSError, KeyError) as error:
            yield f"{name}: there is no such text ({error})"
            return
        if hashlib.sha256(text.encode()).hexdigest() != record["sha256"]:
            yield f"{name}: the text is not the one that was annotated"
            return
    kinds: dict[tuple[int, int], set[str]] = {}
    for action in record["actions"]:
        if set(action) not in (_SOME, _ALL) or not action["triggers"]:
            yield f"{name}: an action with keys {sorted(action)}, expected {sorted(_ALL)} and a trigger"
            continue
        if action["type"] not in set(ActionType) or action["modality"] not in set(Modality):
            yield f"{name}: unknown type or modality {action['type']}, {action['modality']}"
        for start, end in action["triggers"]:
            kinds.setdefault((start, end), set()).add(action["type"])
        for role, spans in spans_of(action):
            yield from (f"{name}: {role} {problem}" for problem in check_spans(text, spans))
    yield from (f"{name}: unsure {problem}" for problem in check_spans(text, record["unsure"]))
    yield from (f"{name}: {a}–{b} is marked and in doubt" for a, b in record["unsure"] if (a, b) in kinds)


def spans_of(action: dict[str, Any]) -> Iterator[tuple[str, list[list[int]]]]:
    """All places that an action is marked at, by role."""
    yield "triggers", action["triggers"]
    for role in NAMED:
        yield role, [span for places in action.get(role, ()) for span in places]
    for role in QUOTED:
        yield role, [action[role]] if action.get(role) else []


def check_spans(text: str, spans: list[list[int]]) -> Iterator[str]:
    """Spans that are empty, reach beyond the text, begin or end with a blank, or end inside a word."""
    for start, end in spans:
        if not 0 <= start < end <= len(text):
            yield f"{start}–{end} does not lie in the text"
        elif text[start].isspace() or text[end - 1].isspace():
            yield f"{start}–{end} begins or ends with a blank"
        elif end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
            yield f"{start}–{end} ends inside a word"


def check_all(shared: Path) -> tuple[list[str], Counter[tuple[str, str]]]:
    """All problems, and how many actions there are by language and type."""
    problems: list[str] = []
    counts: Counter[tuple[str, str]] = Counter()
    seen: set[tuple[str, str]] = set()
    for path in sorted(ANNOTATIONS.glob("*.json")):
        for record in json.loads(path.read_text("utf-8")):
            problems += check_record(record, shared)
            key = (record.get("file", "own"), record.get("key") or record["text"])
            if key in seen:
                problems.append(f"{key[0]} {key[1][:40]}: annotated twice")
            seen.add(key)
            counts.update((record["lang"], action["type"]) for action in record["actions"])
            counts[record["lang"], "texts"] += 1
    return problems, counts


def main() -> None:
    """Print the problems, or the counts where there are none."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shared", type=Path, default=SHARED)
    problems, counts = check_all(parser.parse_args().shared)
    for problem in problems:
        print(problem, file=sys.stderr)
    for (lang, kind), number in sorted(counts.items()):
        print(lang, kind, number)
    sys.exit(1 if problems else 0)


if __name__ == "__main__":
    main()
