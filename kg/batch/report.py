"""The machine-readable report of a run: what was read, what failed and why, with which versions, how long it took."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg import __version__
from kg.batch.pool import Outcome, peak_memory
from kg.files import write_atomically
from kg.issues import IssueLog

FORMAT = 1
"""Version of the report's layout."""


@dataclass(slots=True)
class RunReport:
    """Counts of a run as it goes on.

    ``worker`` is the most memory of a worker, in bytes; ``seconds`` are of the wall, by part of the run.
    """

    analysed: int = 0
    cached: int = 0
    failed: int = 0
    worker: int = 0
    languages: Counter[str] = field(default_factory=Counter)
    seconds: dict[str, float] = field(default_factory=dict)
    began: float = field(default_factory=time.monotonic)

    def count(self, outcome: Outcome) -> None:
        """Note one article."""
        self.worker = max(self.worker, outcome.memory)
        if outcome.failure is not None:
            self.failed += 1
            return
        self.languages[outcome.article.lang] += 1
        if outcome.cached:
            self.cached += 1
        else:
            self.analysed += 1

    def lap(self, part: str) -> None:
        """The time since the last lap goes to ``part``."""
        now = time.monotonic()
        self.seconds[part] = round(self.seconds.get(part, 0.0) + now - self.began, 3)
        self.began = now

    def to_dict(self, log: IssueLog, models: tuple[str, ...], status: int) -> dict[str, Any]:
        """The report as plain data: counts, problems in order, versions, times, and the most memory of this
        process and its largest worker together, in bytes."""
        return {
            "format": FORMAT,
            "status": status,
            "articles": {"analysed": self.analysed, "cached": self.cached, "failed": self.failed},
            "languages": dict(sorted(self.languages.items())),
            "problems": [{"severity": i.severity.value, "source": i.source, "reason": i.reason} for i in log.issues],
            "versions": {"kg": __version__, "python": sys.version.split()[0], "models": list(models)},
            "seconds": self.seconds,
            "peak_memory": None if (own := peak_memory()) is None else own + self.worker,
        }

    def write(
        self, path: Path, log: IssueLog, models: tuple[str, ...], status: int, more: Mapping[str, Any] = MappingProxyType({})
    ) -> None:
        """Write the report as JSON, with what a command has to say of its own (``more``).

        Raises:
            ConfigurationError: it cannot be written.
        """
        text = json.dumps({**self.to_dict(log, models, status), **more}, ensure_ascii=False, indent=1) + "\n"
        write_atomically(path, text.encode("utf-8", "replace"))
