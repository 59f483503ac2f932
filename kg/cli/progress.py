"""How far a run is, on a terminal; problems as lines to read or as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from kg.cli.common import tell
from kg.issues import Issue, IssueLog


class LogFormat(StrEnum):
    """How problems are told on standard error: a line to read, or a JSON object per line."""

    TEXT = "text"
    JSON = "json"


@dataclass(slots=True)
class Progress:
    """A line on the terminal: how many are done, how many a second, how much time is left; nothing where there is no terminal.

    ``noun`` says what is counted. ``share`` tells which part of the work is done, from 0 to 1 (None: not known, and no time is
    told). ``clock`` gives seconds that nobody turns back.
    """

    noun: str = "articles"
    share: Callable[[int], float | None] = lambda done: None
    done: int = 0
    terminal: bool = field(default_factory=lambda: sys.stderr.isatty())
    clock: Callable[[], float] = time.monotonic
    began: float = field(init=False)
    shown: float = field(default=-1.0, init=False)

    def __post_init__(self) -> None:
        self.began = self.clock()

    def step(self) -> None:
        """One more is done."""
        self.done += 1
        if self.terminal and (now := self.clock()) - self.shown > 0.1:
            self.shown = now
            sys.stderr.write(f"\r\033[K{self.line(now)}")
            sys.stderr.flush()

    def line(self, now: float) -> str:
        """What the terminal shows at ``now``."""
        seconds = max(now - self.began, 1e-6)
        share = self.share(self.done)
        line = f"{self.done:,} {self.noun}, {self.done / seconds:.1f} a second"
        if share is None or share <= 0.0 or seconds < 2.0:
            return line
        share = min(share, 1.0)
        return f"{line}, {share:.0%}, {_duration(seconds * (1.0 - share) / share)} left"

    def clear(self) -> None:
        """Take the line away, before another is printed."""
        if self.terminal and self.shown >= 0.0:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()


def _duration(seconds: float) -> str:
    """``seconds`` as ``42 s``, ``7 min`` or ``3 h 20 min``."""
    if seconds < 90:
        return f"{seconds:.0f} s"
    hours, minutes = divmod(round(seconds / 60), 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min"


def tell_new(log: IssueLog, told: int, log_format: LogFormat, progress: Progress) -> int:
    """Print the issues after the first ``told``; how many are told now."""
    if told < len(log.issues):
        progress.clear()
    for issue in log.issues[told:]:
        tell(_line(issue, log_format))
    return len(log.issues)


def _line(issue: Issue, log_format: LogFormat) -> str:
    if log_format is LogFormat.TEXT:
        return str(issue)
    return json.dumps({"severity": issue.severity.value, "source": issue.source, "reason": issue.reason})
