"""Answers on disk, with the time at which they were given."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.errors import ConfigurationError
from kg.files import write_atomically


@dataclass(frozen=True)
class Answers:
    """JSON files in ``folder``, one per question; what cannot be read counts as absent, what cannot be written is left out."""

    folder: Path

    def get(self, kind: str, question: str) -> tuple[float, Any] | None:
        """Time of the answer in seconds of the epoch, and the answer."""
        try:
            data = json.loads(self._path(kind, question).read_bytes())
            if data["question"] != question:
                return None
            return float(data["time"]), data["answer"]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, kind: str, question: str, time: float, answer: Any) -> None:
        """Keep an answer."""
        content = json.dumps({"question": question, "time": time, "answer": answer}, ensure_ascii=True, sort_keys=True)
        try:
            write_atomically(self._path(kind, question), content.encode("ascii"))
        except ConfigurationError:
            return  # a full or read-only disk costs speed, not the run

    def digest(self) -> str:
        """A hash of all that was answered, whenever it was; another one as soon as an answer comes or changes."""
        digest = hashlib.sha256()
        for path in sorted(self.folder.glob("*/*/*.json")):
            try:
                content = path.read_bytes()
            except OSError:
                continue
            digest.update(path.name.encode())
            digest.update(hashlib.sha256(content[: content.rfind(b', "time": ')]).digest())
        return digest.hexdigest()

    def _path(self, kind: str, question: str) -> Path:
        name = hashlib.sha256(question.encode("utf-8", "surrogatepass")).hexdigest()
        return self.folder / kind / name[:2] / f"{name}.json"
