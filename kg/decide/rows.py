"""Decisions about actions: lines of the table of decisions that begin with ``#action``.

A line has the columns ``#action``, the IRI of the action or report that was looked at, the verdict (``confirm``, ``reject`` or
``correct``), the correction, who decided, when (``2031-05-03T12:00:00Z``), the IRIs of the reports that were judged, and those of
the words that told each (``…/article/x#char=12,24``), both separated by blanks. ``kg.link.curation`` leaves these lines out.

A correction is written ``slot=value; slot=value``: ``type`` (arrest …), ``modality`` (actual …), ``date`` (ISO), and ``target``,
``agent``, ``place``: names as the article writes them or Wikidata items, separated by ``|``. An empty value takes it away.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

from kg.errors import ConfigurationError
from kg.issues import printable
from kg.model import ActionType, Modality

R = TypeVar("R")

MARK = "#action"
VERDICTS = ("confirm", "reject", "correct")
ROLES = ("target", "agent", "place")
"""Slots of a report that hold entities and that a correction can change."""

_DATE = re.compile(r"[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?")
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class Correction:
    """What is right: the slots that change. None leaves a slot as it is, empty text or no names take its value away."""

    type: ActionType | None = None
    modality: Modality | None = None
    date: str | None = None
    target: tuple[str, ...] | None = None
    agent: tuple[str, ...] | None = None
    place: tuple[str, ...] | None = None

    def roles(self) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """The roles that change, with the names that fill them."""
        found = ((role, getattr(self, role)) for role in ROLES)
        return tuple((role, names) for role, names in found if names is not None)


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision; ``line`` is where it stands in its file, ``words`` the place of each report in ``reports``, where known."""

    subject: str
    verdict: str
    by: str
    at: str
    correction: Correction = Correction()
    reports: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    line: int = 0


def parse_correction(text: str) -> Correction:
    """Read ``type=charge; target=Marta Olsen|Q42``.

    Raises:
        ConfigurationError: a slot is unknown or twice, or a value is none of it.
    """
    found: dict[str, object] = {}
    for part in text.split(";"):
        slot, equals, value = (piece.strip() for piece in part.partition("="))
        if not slot and not value:
            continue
        read = _SLOTS.get(slot)
        if read is None or not equals:
            given = printable(part.strip(), 60)
            raise ConfigurationError(
                f"a correction looks like type=charge; target=NAME (slots: {', '.join(_SLOTS)}), not {given!r}"
            )
        if slot in found:
            raise ConfigurationError(f"the correction gives {slot} twice")
        found[slot] = read(value)
    if not found:
        raise ConfigurationError("a correction needs the right value, like type=charge")
    return Correction(**found)  # type: ignore[arg-type]


def _type(value: str) -> ActionType:
    try:
        return ActionType(value.lower())
    except ValueError:
        known = ", ".join(kind.value for kind in ActionType)
        raise ConfigurationError(f"{printable(value, 40)!r} is no type of action (known: {known})") from None


def _modality(value: str) -> Modality:
    try:
        return Modality(value.lower())
    except ValueError:
        known = ", ".join(kind.value for kind in Modality)
        raise ConfigurationError(f"{printable(value, 40)!r} is no modality (known: {known})") from None


def _date(value: str) -> str:
    if value and not _DATE.fullmatch(value):
        raise ConfigurationError(f"a date looks like 2031-05-03, 2031-05 or 2031, not {printable(value, 40)!r}")
    try:
        if len(value) == 10:
            datetime.strptime(value, "%Y-%m-%d")
    except ValueError:
        raise ConfigurationError(f"the calendar has no {value}") from None
    return value


def _names(value: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for part in value.split("|") if (name := " ".join(part.split()))))


_SLOTS: Mapping[str, Callable[[str], object]] = MappingProxyType(
    {"type": _type, "modality": _modality, "date": _date, **dict.fromkeys(ROLES, _names)}
)


def read_decisions(path: Path) -> tuple[Decision, ...]:
    """The decisions about actions in a table of decisions, in the order of their lines.

    Raises:
        ConfigurationError: the file cannot be read, or lines are wrong; one line names them all.
    """
    return marked(path, MARK, _decision)


def marked(path: Path, mark: str, read: Callable[[int, list[str]], R]) -> tuple[R, ...]:
    """What ``read`` makes of the number and the other cells of each line of a table of decisions whose first cell is ``mark``.

    Raises:
        ConfigurationError: the file cannot be read, or lines are wrong; one line names them all.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the curation file {path} cannot be read: {error}") from error
    out: list[R] = []
    wrong: list[str] = []
    for number, line in enumerate(lines, 1):
        cells = [cell.strip() for cell in line.split("\t")]
        if cells[0] != mark:
            continue
        try:
            out.append(read(number, cells[1:]))
        except ConfigurationError as error:
            wrong.append(f"line {number}: {error}")
    if wrong:
        more = f"; and {len(wrong) - _MOST_TOLD} more" if len(wrong) > _MOST_TOLD else ""
        raise ConfigurationError(f"{path}: {'; '.join(wrong[:_MOST_TOLD])}{more}: mend the lines or take them out")
    return tuple(out)


def _decision(number: int, cells: list[str]) -> Decision:
    if len(cells) < 5:
        raise ConfigurationError("a decision about an action has an IRI, a verdict, a value, a name and a time")
    subject, verdict, value, by, at, *cited = cells
    if verdict not in VERDICTS:
        raise ConfigurationError(f"the verdict must be one of {', '.join(VERDICTS)}, not {printable(verdict, 30)!r}")
    if not subject or not by:
        raise ConfigurationError("it does not say what the decision is about, or who took it")
    try:
        datetime.fromisoformat(at)
    except ValueError:
        raise ConfigurationError(f"{printable(at, 40)!r} is no time like 2031-05-03T12:00:00Z") from None
    correction = parse_correction(value) if verdict == "correct" else Correction()
    reports = tuple(cited[0].split()) if cited else ()
    words = tuple(cited[1].split()) if len(cited) > 1 else ()
    return Decision(subject, verdict, by, at, correction, reports, words if len(words) == len(reports) else (), number)
