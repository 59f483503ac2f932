"""What people decide about links and actions, as lines of a file that the next build applies; the graph itself stays as it is.

A decision about a link is a row as ``kg.link.curation`` reads it, with who decided and when in its note. A decision about an
action, or about one report of it, is a line as ``kg.decide.rows`` reads it, one about what is one as ``kg.decide.merging`` does.
"""

from __future__ import annotations

import glob
import os
import re
import secrets
import threading
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from kg.decide.merging import MARK as MERGE
from kg.decide.merging import MergeDecision, line_of
from kg.decide.rows import MARK, VERDICTS, parse_correction
from kg.errors import ConfigurationError
from kg.lang.fold import fold_word
from kg.link.curation import COLUMNS, NIL

_QID = re.compile(r"Q[1-9][0-9]{0,11}")
_LANG = re.compile(r"[a-z]{2,3}")
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_LIMITS = {"subject": 500, "value": 2000, "article": 300, "by": 100}


def now() -> datetime:
    """The time of a decision."""
    return datetime.now(UTC)


@dataclass
class Curation:
    """Appends decisions to ``path``; ``token`` must come with each, so that no other page can make one.

    Raises:
        ConfigurationError: the file cannot be read.
    """

    path: Path
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24), repr=False)
    clock: Callable[[], datetime] = now

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self.rows()

    def rows(self) -> list[list[str]]:
        """The cells of each line so far, in order, without the names of the columns."""
        try:
            lines = self.path.read_text("utf-8-sig").splitlines()
        except FileNotFoundError:
            return []
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigurationError(f"cannot read {self.path}: {error}") from error
        rows = [line.split("\t") for line in lines if line.strip()]
        return [row for row in rows if tuple(row[: len(COLUMNS)]) != COLUMNS]

    def about(self, iri: str) -> list[dict[str, str]]:
        """The decisions so far about the action or report ``iri``, in order."""
        out = []
        for row in self.rows():
            cells = [*row, *[""] * 9][:9]
            if cells[0] == MARK and (cells[1] == iri or iri in cells[6].split()):
                out.append({"verdict": cells[2], "value": cells[3], "by": cells[4], "at": cells[5]})
            elif cells[0] == MERGE and iri in cells[3].split():
                out.append({"verdict": cells[2], "value": "", "by": cells[7], "at": cells[8]})
        return out

    def keep(self, decision: MergeDecision, by: object) -> dict[str, str]:
        """Write a decision about what is one, with who took it and when, and give what was written.

        Raises:
            ConfigurationError: it does not say who; nothing is written.
        """
        name, at = _field(by), self.clock().strftime(_TIME)
        if not name or len(name) > _LIMITS["by"]:
            raise ConfigurationError(f"say who decides, in at most {_LIMITS['by']} characters")
        line = line_of(replace(decision, by=name, at=at))
        with self._lock:
            self._write(line)
        return {"what": "merge", "verdict": decision.verdict.value, "by": name, "at": at}

    def add(self, given: Mapping[str, object], judged: Sequence[tuple[str, str]] = ()) -> dict[str, str]:
        """Check a decision, write it, and give what was written.

        ``what`` is ``link`` or ``action``, ``subject`` the name as written or the action's IRI, ``verdict`` one of ``VERDICTS``,
        ``value`` the Wikidata item or the correction, ``lang`` and ``article`` where the name stands, ``by`` who decides.
        ``judged`` are the reports that a decision about an action is about, each with the IRI of its clearest words.

        Raises:
            ConfigurationError: it is not whole, or an earlier decision says otherwise; nothing is written.
        """
        row = {name: _field(given.get(name, "")) for name in ("what", "subject", "verdict", "value", "lang", "article", "by")}
        row["at"] = self.clock().strftime(_TIME)
        _check(row)
        cells = _action(row, judged) if row["what"] == "action" else _link(row)
        with self._lock:
            if row["what"] == "link":
                self._agrees(cells)
            self._write("\t".join(cells))
        return row

    def _agrees(self, cells: list[str]) -> None:
        """A build refuses two decisions that contradict each other: the second is told here already."""
        name, lang, article, verdict, qid = cells[: len(COLUMNS)]
        for number, other in enumerate(self.rows(), 1):
            same = len(other) >= len(COLUMNS) and (fold_word(other[0]), other[1], other[2]) == (fold_word(name), lang, article)
            if same and verdict == other[3] == "is" and other[4] != qid:
                raise ConfigurationError(f"decision {number} of {self.path} says {other[4]} for this name: take it out first")

    def _write(self, line: str) -> None:
        try:
            new = not self.path.exists() or self.path.stat().st_size == 0
            self.path.parent.mkdir(parents=True, exist_ok=True)
            with self.path.open("a", encoding="utf-8", newline="") as out:
                if new:
                    out.write("\t".join((*COLUMNS, "note")) + "\n")
                out.write(line + "\n")
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise ConfigurationError(f"cannot write {self.path}: {error.strerror or error}") from error


def _link(row: Mapping[str, str]) -> list[str]:
    """A row for the linker; signs that stand for anything in it are escaped."""
    name, article = glob.escape(row["subject"]), glob.escape(row["article"])
    verdict = "is not" if row["verdict"] == "reject" else "is"
    return [name, row["lang"], article, verdict, row["value"] or NIL, f"{row['verdict']} by {row['by']} at {row['at']}"]


def _action(row: Mapping[str, str], judged: Sequence[tuple[str, str]]) -> list[str]:
    value = row["value"] if row["verdict"] == "correct" else ""
    reports, words = " ".join(report for report, _ in judged), " ".join(place for _, place in judged)
    return [MARK, row["subject"], row["verdict"], value, row["by"], row["at"], reports, words]


def _field(given: object) -> str:
    """One line without tabs, control or format characters."""
    text = given if isinstance(given, str) else ""
    kept = "".join(" " if unicodedata.category(char) in ("Cc", "Zl", "Zp") else char for char in text[:5000])
    return " ".join("".join(char for char in kept if unicodedata.category(char) not in ("Cf", "Cs", "Co")).split())


def _check(row: Mapping[str, str]) -> None:
    for column, limit in _LIMITS.items():
        if len(row[column]) > limit:
            raise ConfigurationError(f"{column} is longer than {limit} characters")
    if row["what"] not in ("link", "action"):
        raise ConfigurationError("what must be link or action")
    if row["verdict"] not in VERDICTS:
        raise ConfigurationError(f"the verdict must be one of {', '.join(VERDICTS)}")
    if not row["subject"] or row["subject"].startswith("#") or not row["by"]:
        raise ConfigurationError("say what the decision is about, and who takes it")
    if row["verdict"] == "correct" and not row["value"]:
        raise ConfigurationError("a correction needs the right value")
    if row["what"] == "action":
        if row["verdict"] == "correct":
            parse_correction(row["value"])
        return
    if not fold_word(row["subject"]).strip().strip("*"):
        raise ConfigurationError("the name has no letters")
    if row["lang"] and not _LANG.fullmatch(row["lang"]):
        raise ConfigurationError("lang is no code of a language")
    if row["value"] and not _QID.fullmatch(row["value"]):
        raise ConfigurationError("the value of a link is a Wikidata item, like Q42")
    if row["verdict"] == "reject" and not row["value"]:
        raise ConfigurationError("there is no item to reject: name the right one instead")
