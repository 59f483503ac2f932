"""Which Wikidata classes an import takes, and what kind and feature their instances get."""

from __future__ import annotations

import csv
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kg.errors import ConfigurationError
from kg.model import Kind

_TABLE = Path(__file__).with_name("classes.toml")
_QID = re.compile(r"Q[1-9][0-9]{0,9}")


@dataclass(frozen=True)
class Classes:
    """Features by the number of a class, in order of precedence: ``features`` maps class → (rank, kind, feature)."""

    features: Mapping[int, tuple[int, Kind, str]]

    def choose(self, classes: Iterable[int]) -> tuple[Kind, str] | None:
        """Kind and feature of an item with these classes, or None where none is wanted."""
        found = min((self.features[number] for number in classes if number in self.features), default=None)
        return None if found is None else found[1:]

    def with_subclasses(self, edges: Mapping[int, Iterable[int]]) -> Classes:
        """The same with every class below, given the direct subclasses of each class; the nearest wanted class decides."""
        features = dict(self.features)
        level = sorted(features)
        while level:
            below: dict[int, tuple[int, Kind, str]] = {}
            for parent in level:
                for child in edges.get(parent, ()):
                    if child not in features:
                        below[child] = min(below.get(child, features[parent]), features[parent])
            features.update(below)
            level = sorted(below)
        return Classes(features)


def read_classes(only: Iterable[str] = (), table: Path | None = None) -> Classes:
    """The shipped classes, with those of ``table`` before them, restricted to the kinds or features ``only``.

    ``table`` is a TSV file of class (QID), kind and feature.

    Raises:
        ConfigurationError: ``only`` names something unknown, or a line of ``table`` is wrong.
    """
    rows = [*(_read_table(table) if table else ()), *_shipped()]
    wanted = set(only)
    known = {kind.value for _, kind, _ in rows} | {feature for _, _, feature in rows}
    if wanted - known:
        raise ConfigurationError(f"no class is of kind or feature {min(wanted - known)!r}; there are {', '.join(sorted(known))}")
    features: dict[int, tuple[int, Kind, str]] = {}
    ranks = {name: rank for rank, name in enumerate(dict.fromkeys(feature for _, _, feature in rows))}
    for qid, kind, feature in rows:
        if not wanted or kind.value in wanted or feature in wanted:
            features.setdefault(int(qid[1:]), (ranks[feature], kind, feature))
    return Classes(features)


def _shipped() -> list[tuple[str, Kind, str]]:
    table = tomllib.loads(_TABLE.read_text("utf-8"))
    return [(qid, Kind(section["kind"]), feature) for feature, section in table.items() for qid in section["classes"]]


def _read_table(path: Path) -> list[tuple[str, Kind, str]]:
    rows = []
    try:
        with path.open(encoding="utf-8", newline="") as file:
            for count, row in enumerate(csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE), 1):
                if not row or row[0].startswith("#") or row[0] == "class":
                    continue
                if len(row) < 3 or not _QID.fullmatch(row[0]) or row[1] not in list(Kind) or not row[2].strip():
                    raise ConfigurationError(
                        f"{path}, line {count}: it must be a class (Q…), a kind and a feature, with tabs between"
                    )
                rows.append((row[0], Kind(row[1]), row[2].strip()))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error
    return rows
