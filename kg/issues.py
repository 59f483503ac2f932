"""The log of records that were skipped or are doubtful: one line each, safe to print."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum


class Severity(StrEnum):
    """``ERROR``: the record was skipped. ``WARNING``: it was kept, with something missing."""

    ERROR = "error"
    WARNING = "warning"


def printable(text: str, limit: int = 300) -> str:
    """``text`` on one line, without control, format or surrogate characters, cut to ``limit`` characters.

    Names of files and words of articles are hostile: they may carry escape sequences or bidi overrides.
    """
    out = []
    for char in text[: limit * 2]:
        category = unicodedata.category(char)
        if category in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"):
            out.append(" " if char in "\n\r\t\u2028\u2029" else "\ufffd")
        else:
            out.append(char)
    line = " ".join("".join(out).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


@dataclass(frozen=True, slots=True)
class Issue:
    """One problem: where (file or record), what, and how bad."""

    source: str
    reason: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        return f"{self.severity}: {printable(self.source)}: {printable(self.reason)}"


@dataclass(slots=True)
class IssueLog:
    """Collects issues in the order in which they came."""

    issues: list[Issue] = field(default_factory=list)

    def error(self, source: str, reason: str) -> Issue:
        """Note that the record was skipped."""
        return self._add(Issue(source, reason, Severity.ERROR))

    def warning(self, source: str, reason: str) -> Issue:
        """Note that the record was kept, but is doubtful."""
        return self._add(Issue(source, reason, Severity.WARNING))

    @property
    def errors(self) -> list[Issue]:
        """The issues that cost a record."""
        return [issue for issue in self.issues if issue.severity is Severity.ERROR]

    def _add(self, issue: Issue) -> Issue:
        self.issues.append(issue)
        return issue
