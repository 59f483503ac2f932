"""The texts of articles, which the graph does not hold: read from the analyses that ``kg extract`` wrote."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from kg.rdf.iri import text_sha256
from kg.read.ids import safe_id

LONGEST = 5_000_000
"""Bytes of an analysis that is read."""


@dataclass(frozen=True, slots=True)
class Text:
    """An article's text and the stretches of it that are prose."""

    text: str
    body: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Texts:
    """Analyses in ``folder``, named after the ids of their articles; None where there are none."""

    folder: Path | None = None

    def find(self, identifier: str, sha256: str) -> Text | None:
        """The text of the article with this id, if it is the one that the graph was made from (the hash tells)."""
        if self.folder is None or not identifier or safe_id(identifier) != identifier:
            return None
        path = self.folder / f"{identifier}.json"
        try:
            if path.stat().st_size > LONGEST:
                return None
            data = json.loads(path.read_text("utf-8", "surrogatepass"))
            text = data["text"]
            body = tuple((int(start), int(end)) for start, end in data.get("body") or [(0, len(text))])
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return Text(text, body) if isinstance(text, str) and text_sha256(text) == sha256 else None
