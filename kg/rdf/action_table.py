"""The actions as a table for a spreadsheet (CSV, RFC 4180): a line for each action."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable

from kg.issues import printable
from kg.model import Action, Analysis, Graph, MergedEntity
from kg.rdf.names import Names, label_of

COLUMNS = (
    "action",
    "type",
    "status",
    "date",
    "targets",
    "target_items",
    "target_description",
    "agents",
    "agent_items",
    "places",
    "place_items",
    "offence",
    "amount",
    "currency",
    "duration",
    "conflicts",
    "case",
    "reports",
    "articles",
    "said_by",
    "words",
)
"""The columns in order. Several values of a cell are joined by ``; ``. ``articles`` holds ids, ``words`` sentences."""

_LONGEST = 1000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(graph: Graph, names: Names) -> bytes:
    """The table in UTF-8 with a byte order mark, without which spreadsheets read Arabic wrongly.

    A cell that a spreadsheet would take for a formula starts with an apostrophe: the words of articles are not to be trusted.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    articles = {a.article.id: a for a in graph.analyses}
    entities = {e.key: e for e in graph.entities}
    cases = {action: case.title for case in graph.cases for action in case.actions}
    rows = [_row(action, names, articles, entities, cases.get(action.id, "")) for action in graph.actions]
    for row in sorted(rows, key=lambda row: (row[1], row[3], row[4], row[0])):
        writer.writerow([_cell(value) for value in row])
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")


def _row(action: Action, names: Names, articles: dict[str, Analysis], entities: dict[str, MergedEntity], case: str) -> list[str]:
    reports = [(articles[article], report) for article, report in action.reports]
    told = [next(r for r in analysis.reports or () if r.id == key) for analysis, key in reports]
    sources = {
        entity.name
        for (analysis, _), report in zip(reports, told, strict=True)
        for entity in analysis.entities or ()
        if entity.id in report.attributed_to
    }

    def labels(keys: Iterable[str]) -> str:
        return _joined(label_of(entities[key]) for key in keys)

    def items(keys: Iterable[str]) -> str:
        return _joined(entities[key].qid or "" for key in keys)

    amount = action.amount
    return [
        names.action(action.id),
        action.type.value,
        action.status.value,
        action.date or "",
        labels(action.target),
        items(action.target),
        _joined(action.target_description),
        labels(action.agent),
        items(action.agent),
        labels(action.place),
        items(action.place),
        _joined(words for _, words in action.offence),
        "" if amount is None else f"{amount.value:.15g}",
        "" if amount is None else amount.currency,
        action.duration or "",
        _joined(action.conflicts),
        case,
        str(len(action.reports)),
        _joined(sorted({article for article, _ in action.reports})),
        _joined(sorted(sources)),
        _joined(report.sentence.of(analysis.article.text) for (analysis, _), report in zip(reports, told, strict=True)),
    ]


def _joined(values: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(value for value in values if value))


def _cell(value: str) -> str:
    line = printable(value, _LONGEST)
    return f"'{line}" if line.startswith(_FORMULA) else line
