"""Where an import gathers entries on disk, so that its memory does not grow with them and it can go on after a stop."""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from kg.errors import ConfigurationError
from kg.kb.items import Found
from kg.link.kbwrite import Record, line_of, number_of, records_of, write_rows

_SCHEMA = """
CREATE TABLE IF NOT EXISTS entry (number INTEGER PRIMARY KEY, sitelinks INTEGER, prior REAL, line BLOB);
CREATE TABLE IF NOT EXISTS alias (key TEXT, number INTEGER, flags INTEGER, mask INTEGER);
CREATE TABLE IF NOT EXISTS state (name TEXT PRIMARY KEY, value TEXT);
"""


class Spool:
    """Entries and names in an SQLite file; what was committed is there after a crash.

    Raises:
        ConfigurationError: the file cannot be made, or is none.
    """

    def __init__(self, path: Path, languages: Sequence[str]) -> None:
        self.path = path
        self.languages = tuple(languages)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("PRAGMA cache_size=-65536")
            self._db.executescript(_SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise ConfigurationError(f"{path} cannot be used ({error}): delete it, or choose another folder") from error

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM entry").fetchone()[0])

    def add(self, found: Iterable[Found]) -> None:
        """Add entries; of two with one QID the first stays, with the names of both."""
        entries: list[tuple[int, int, float, bytes]] = []
        names: list[Record] = []
        for entry, aliases, sitelinks in found:
            number = number_of(entry.qid)
            entries.append((number, sitelinks, entry.prior, line_of(entry, self.languages)))
            names.extend(record for alias in aliases for record in records_of(alias, self.languages))
        self._db.executemany("INSERT OR IGNORE INTO entry VALUES (?, ?, ?, ?)", entries)
        self._db.executemany("INSERT INTO alias VALUES (?, ?, ?, ?)", names)

    def commit(self, state: Mapping[str, object]) -> None:
        """Make what was added last, and ``state`` with it."""
        self._db.execute("INSERT OR REPLACE INTO state VALUES ('state', ?)", (json.dumps(state, sort_keys=True),))
        self._db.commit()

    def state(self) -> dict[str, object]:
        """The state of the last ``commit``; empty at first."""
        row = self._db.execute("SELECT value FROM state WHERE name = 'state'").fetchone()
        return dict(json.loads(row[0])) if row else {}

    def write(self, folder: Path, limit: int, made_from: Mapping[str, object]) -> int:
        """Write the knowledge base of the ``limit`` entries with most sitelinks, and how many these are.

        Names are sorted on disk; in memory lie the numbers of the entries and the tree of names.
        """
        self._db.execute("CREATE TEMP TABLE kept (number INTEGER PRIMARY KEY)")
        self._db.execute(
            "INSERT INTO kept SELECT number FROM entry ORDER BY sitelinks DESC, prior DESC, number LIMIT ?", (limit,)
        )
        numbers = array("I", (row[0] for row in self._db.execute("SELECT number FROM kept ORDER BY number")))
        lines = (
            row[0] for row in self._db.execute("SELECT line FROM entry WHERE number IN (SELECT number FROM kept) ORDER BY number")
        )
        write_rows(folder, numbers, lines, self._records(), {}, self.languages, made_from)
        return len(numbers)

    def close(self, delete: bool) -> None:
        """Close the file, and remove it where it is no longer needed."""
        self._db.close()
        if delete:
            for ending in ("", "-wal", "-shm"):
                Path(f"{self.path}{ending}").unlink(missing_ok=True)

    def _records(self) -> Iterator[Record]:
        rows = self._db.execute(
            "SELECT DISTINCT key, number, flags, mask FROM alias"
            " WHERE number IN (SELECT number FROM kept) ORDER BY key, number, flags"
        )
        return (Record(*row) for row in rows)
