"""Finished analyses on disk, by what they were made from.

A file ``analyses/ab/abcd….json`` is named by the hash of its article and of the fingerprint of the program; it is written beside
and renamed, so what stands under that name is whole. Runs that share a folder therefore can only agree, and a run that was
stopped goes on where it was.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kg.analysis_json import from_dict
from kg.files import sweep, write_atomically
from kg.model import Analysis, Article


@dataclass(frozen=True, slots=True)
class AnalysisCache:
    """The analyses below ``folder`` that a program of this ``fingerprint`` made."""

    folder: Path
    fingerprint: str

    def path(self, article: Article) -> Path:
        """Where the analysis of ``article`` stands or would stand."""
        content = json.dumps(asdict(article), sort_keys=True, ensure_ascii=True)
        name = hashlib.sha256(f"{self.fingerprint}\n{content}".encode()).hexdigest()
        return self.folder / "analyses" / name[:2] / f"{name}.json"

    def get(self, article: Article) -> Analysis | None:
        """The analysis, if it is there and can be read; a file that a failing disk has spoilt counts as absent."""
        try:
            return from_dict(json.loads(self.path(article).read_bytes()))
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def sweep(self) -> None:
        """Remove what killed runs left half written."""
        with contextlib.suppress(OSError):
            for part in (self.folder / "analyses").iterdir():
                sweep(part)

    def put(self, article: Article, content: bytes) -> None:
        """Keep the JSON text ``content`` as the analysis of ``article``.

        Raises:
            ConfigurationError: it cannot be written.
        """
        write_atomically(self.path(article), content)
