"""``kg diff``: what one graph says that another does not, in words."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.cli.common import SOME_FAILED, say
from kg.issues import printable

if TYPE_CHECKING:
    from kg.rdf.difference import Difference, Entry


class DiffFormat(StrEnum):
    """How differences are told: lines to read, or one JSON object."""

    TEXT = "text"
    JSON = "json"


def diff(
    old: Annotated[Path, typer.Argument(metavar="OLD", help="A graph: .ttl .nt .jsonld .rdf .trig .nq.")],
    new: Annotated[Path, typer.Argument(metavar="NEW", help="The graph to compare with it.")],
    form: Annotated[DiffFormat, typer.Option("--format", help="Lines to read, or JSON.")] = DiffFormat.TEXT,
    limit: Annotated[int, typer.Option(min=0, help="Show at most this many of each section; 0 shows all.")] = 50,
) -> None:
    """Tell what differs between two graphs: articles, entities and their items, actions, reports, cases.

    The exit status is 0 if they hold the same triples, 1 if not, 2 if one cannot be read.
    """
    from kg.rdf.difference import compare
    from kg.rdf.reading import QUADS, TRIPLES, stream_triples
    from kg.rdf.snapshot import take

    before, after = (take(stream_triples(path, {**TRIPLES, **QUADS})) for path in (old, new))
    found = compare(before, after)
    if form is DiffFormat.JSON:
        say(json.dumps(as_data(found), ensure_ascii=False, indent=1))
    else:
        for line in rendered(found, limit):
            say(line)
    if not found.same:
        raise typer.Exit(SOME_FAILED)


def rendered(found: Difference, limit: int = 0) -> list[str]:
    """The difference as lines: a count for each section, then its entries, at most ``limit`` of them (0: all)."""
    if found.same:
        return [f"the graphs are the same: {found.triples[0]} triples"]
    lines = []
    for section, entries in found.sections.items():
        if not entries:
            continue
        counts = ((how, sum(entry.how == how for entry in entries)) for how in ("gone", "changed", "new"))
        lines.append(f"{section}: {', '.join(f'{count} {how}' for how, count in counts if count)}")
        for entry in entries[:limit] if limit else entries:
            lines += _entry(entry)
        if limit and len(entries) > limit:
            lines.append(f"  … and {len(entries) - limit} more (--limit 0 shows all)")
    if found.rest:
        lines.append(f"also different: {', '.join(found.rest)}")
    lines.append(f"triples: {found.triples[0]} → {found.triples[1]}")
    return lines


def _entry(entry: Entry) -> list[str]:
    sign = {"gone": "-", "new": "+", "changed": "~"}[entry.how]
    lines = [f"  {sign} {printable(entry.what, 600)}"]
    for change in entry.changes:
        gone, came = ("; ".join(printable(value, 200) for value in values) for values in (change.gone, change.came))
        if change.slot == "text":
            lines.append("      the text was corrected")
        elif gone and came:
            lines.append(f"      {change.slot}: {gone} → {came}")
        else:
            lines.append(f"      {change.slot}: {'gone' if gone else 'new'}: {gone or came}")
    return lines


def as_data(found: Difference) -> dict[str, Any]:
    """The difference as plain data, ready for ``json.dumps``."""
    return {
        "same": found.same,
        "triples": {"old": found.triples[0], "new": found.triples[1]},
        **{
            section: [
                {
                    "how": entry.how,
                    "iri": entry.iri,
                    **({"was": entry.was} if entry.was else {}),
                    "what": entry.what,
                    **({"changes": [_change(change) for change in entry.changes]} if entry.changes else {}),
                }
                for entry in entries
            ]
            for section, entries in found.sections.items()
        },
        "also": list(found.rest),
    }


def _change(change: Any) -> dict[str, Any]:
    return {"slot": change.slot, "gone": list(change.gone), "came": list(change.came)}
