"""Free text that annotations point into: found in place by file and key, never copied."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

WIKIEVENTS = "data/train/en_wikievents/train_passages/wiki-train-human.jsonl"
_GLUED_LEFT = re.compile(r"[.,;:!?%)\]}”]|n['’]t|['’](?:s|re|ve|ll|d|m|t)|['’]", re.IGNORECASE)
_GLUED_RIGHT = frozenset("([{“$€£#")


@cache
def records(path: Path) -> tuple[dict[str, Any], ...]:
    """The records of a JSONL file."""
    return tuple(json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip())


def find_text(shared: Path, file: str, key: str) -> str:
    """The text of ``key`` (an ``id``, or the number of the line, from 0) in the JSONL ``file`` under ``shared``.

    Raises:
        KeyError: no such record.
    """
    row = _row(shared, file, key)
    return str(row["text"]) if "text" in row else join_tokens(row["tokens"])[0]


def find_day(shared: Path, file: str, key: str) -> str | None:
    """The day on which a text was published, where its record says; see ``find_text``."""
    day = _row(shared, file, key).get("published")
    return None if day is None else str(day)


def _row(shared: Path, file: str, key: str) -> dict[str, Any]:
    rows = records(shared / file)
    return rows[int(key)] if key.isdecimal() and int(key) < len(rows) else {r.get("id"): r for r in rows}[key]


def join_tokens(tokens: Sequence[str]) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The running text of ``tokens`` and the span of each: blanks between them but where punctuation leans on a word."""
    parts: list[str] = []
    spans: list[tuple[int, int]] = []
    place, glue = 0, True
    for number, token in enumerate(tokens):
        follows = tokens[number + 1] if number + 1 < len(tokens) else ""
        possessive = token in ("’", "'") and follows in ("s", "re", "ve", "ll", "d", "m", "t")
        if not (glue or possessive or _GLUED_LEFT.fullmatch(token)):
            parts.append(" ")
            place += 1
        spans.append((place, place + len(token)))
        parts.append(token)
        place += len(token)
        glue = token in _GLUED_RIGHT or possessive
    return "".join(parts), tuple(spans)
