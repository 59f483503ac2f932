"""Turns marks that quote into annotations that point: ``python -m training.actions.mark MARKS --into FILE``.

A reader writes one JSON object a line, with the words of the text as they stand. For a text at hand: ``file`` and ``key`` (see
``texts.find_text``); for one of our own: ``lang``, ``published`` and ``text``. Then ``actions``, each with ``type``,
``modality``, ``triggers`` and whatever it has of ``target``, ``target_text``, ``agent``, ``place``, ``date``, ``offence``,
``amount``, ``duration`` and ``attributed_to``; and ``unsure``, words that may or may not tell an action.

A quote that stands more than once in the text is given with its neighbours, itself in brackets: ``was [released] on``. A name
(``target``, ``agent``, ``place``, ``attributed_to``) takes all of its places, and other forms of it behind bars:
``Rosa Delgado|Delgado``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kg.model import ActionType, Modality
from training.actions.texts import find_text
from training.names.corpora import SHARED

ANNOTATIONS = Path(__file__).parent / "annotations"
"""Where the annotations are."""

NAMED = ("target", "agent", "place", "attributed_to")
"""Roles whose values are names: lists of entities, an entity being the list of its places."""
QUOTED = ("target_text", "offence")
PLAIN = ("date", "amount", "duration")
_PROCLITICS = "وفبلك"


class MarkError(ValueError):
    """A mark that does not fit its text."""


def find_quote(text: str, quote: str) -> tuple[int, int]:
    """The only place of a quote, with or without neighbours around its brackets.

    Raises:
        MarkError: there is none, or more than one.
    """
    before, inner, after = quote, "", ""
    if "[" in quote and "]" in quote and quote not in text:
        before, rest = quote.split("[", 1)
        inner, after = rest.split("]", 1)
        whole, offset, size = before + inner + after, len(before), len(inner)
    else:
        whole, offset, size = quote, 0, len(quote)
    starts = [n for n in _starts(text, whole) if _is_whole(text, n + offset, n + offset + size)]
    if len(starts) != 1:
        raise MarkError(f"{quote!r} stands {len(starts)} times in the text" + ("; give its neighbours" if starts else ""))
    return starts[0] + offset, starts[0] + offset + size


def find_names(text: str, names: str) -> list[tuple[int, int]]:
    """All places of the forms of a name, the longest first where they overlap.

    Raises:
        MarkError: one of them stands nowhere.
    """
    spans: list[tuple[int, int]] = []
    for name in sorted(names.split("|"), key=len, reverse=True):
        if "[" in name:
            found = [find_quote(text, name)]
        else:
            found = [(n, n + len(name)) for n in _starts(text, name) if _is_whole(text, n, n + len(name))]
        if not found:
            raise MarkError(f"{name!r} does not stand in the text")
        spans += [span for span in found if not any(a < span[1] and span[0] < b for a, b in spans)]
    return sorted(spans)


def _starts(text: str, quote: str) -> Iterator[int]:
    start = text.find(quote) if quote else -1
    while start >= 0:
        yield start
        start = text.find(quote, start + 1)


def _is_whole(text: str, start: int, end: int) -> bool:
    """Whether a stretch ends with a word, and begins with one or behind the short words that Arabic writes together with it."""
    if end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        return False
    front = start
    while front > 0 and text[front - 1].isalnum():
        front -= 1
    return front == start or (start - front <= 2 and all(letter in _PROCLITICS for letter in text[front:start]))


def read_mark(row: dict[str, Any], shared: Path) -> dict[str, Any]:
    """The annotation that a mark stands for.

    Raises:
        MarkError: something does not fit the text; one line for each problem.
    """
    own = "text" in row
    text = str(row["text"]) if own else find_text(shared, row["file"], row["key"])
    problems: list[str] = []
    actions = []
    for action in row["actions"]:
        try:
            actions.append(_read_action(action, text))
        except MarkError as error:
            problems.append(f"{action.get('type')}: {error}")
    unsure = []
    for quote in row.get("unsure", ()):
        try:
            unsure.append(list(find_quote(text, quote)))
        except MarkError as error:
            problems.append(f"unsure: {error}")
    if problems:
        raise MarkError("\n".join(problems))
    head = (
        {name: row.get(name) for name in ("lang", "published", "text")}
        if own
        else {"file": row["file"], "key": row["key"], "lang": row["lang"], "sha256": hashlib.sha256(text.encode()).hexdigest()}
    )
    return head | {"actions": actions, "unsure": unsure}


def _read_action(action: dict[str, Any], text: str) -> dict[str, Any]:
    unknown = set(action) - {"type", "modality", "triggers", *NAMED, *QUOTED, *PLAIN}
    if unknown:
        raise MarkError(f"unknown keys {sorted(unknown)}")
    if action.get("type") not in set(ActionType) or action.get("modality") not in set(Modality):
        raise MarkError(f"unknown type or modality: {action.get('type')}, {action.get('modality')}")
    if not action.get("triggers"):
        raise MarkError("no trigger")
    out: dict[str, Any] = {"type": action["type"], "modality": action["modality"]}
    out["triggers"] = [list(find_quote(text, quote)) for quote in action["triggers"]]
    for role in NAMED:
        out[role] = [[list(span) for span in find_names(text, names)] for names in action.get(role) or ()]
    for role in QUOTED:
        out[role] = list(find_quote(text, action[role])) if action.get(role) else None
    return out | {role: action.get(role) for role in PLAIN}


def main() -> None:
    """Write the annotations, or say what does not fit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("marks", type=Path, nargs="+")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--into", type=Path, help="the file of annotations (without it: only check)")
    options = parser.parse_args()
    records, wrong = [], 0
    for path in options.marks:
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            if not line.strip():
                continue
            try:
                records.append(read_mark(json.loads(line), options.shared))
            except (MarkError, KeyError, json.JSONDecodeError) as error:
                wrong += 1
                print(*(f"{path.name}:{number}: {part}" for part in str(error).splitlines()), sep="\n", file=sys.stderr)
    print(f"{len(records)} texts, {sum(len(r['actions']) for r in records)} actions, {wrong} that do not fit", file=sys.stderr)
    if options.into and not wrong:
        lines = [json.dumps(record, ensure_ascii=False, separators=(",", ":")) for record in records]
        options.into.write_text("[\n" + ",\n".join(lines) + "\n]\n", "utf-8")
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
