"""Importing a knowledge base: from a dump of Wikidata, from tables, from a SPARQL endpoint."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from kg.errors import ConfigurationError
from kg.issues import IssueLog
from kg.kb.classes import Classes
from kg.kb.dump import add_subclasses, lines_of, may_be_wanted, parse
from kg.kb.items import Found, read_item
from kg.kb.spool import Spool
from kg.link.kbwrite import LANGUAGES

SPOOL = ".import.sqlite"
STEP = 5_000
"""Lines between two saved states."""


@dataclass(frozen=True)
class Wish:
    """What an import takes: classes and all below them if ``subclasses``, languages, at least ``min_sitelinks`` pages in wikis,
    and of those the ``limit`` with most.
    """

    classes: Classes
    languages: Sequence[str] = LANGUAGES
    min_sitelinks: int = 0
    limit: int = 1_000_000
    subclasses: bool = False


@dataclass
class Progress:
    """How far an import is: lines read, items parsed, entries kept."""

    lines: int = 0
    parsed: int = 0
    kept: int = 0
    resumed: int = 0
    skipped: list[str] = field(default_factory=list)


def import_dump(
    path: Path, folder: Path, wish: Wish, log: IssueLog, tell: Callable[[Progress], None] = lambda progress: None
) -> Progress:
    """Read a dump and write the knowledge base ``folder``; an import that was stopped goes on where it was.

    A line that is no item is logged and skipped.

    Raises:
        ConfigurationError: the dump is missing or damaged, the folder holds the beginning of another import, or nothing was kept.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror or error}") from error
    spool = Spool(folder / SPOOL, wish.languages)
    done = False
    try:
        want = {"dump": path.name, "size": size, "languages": list(wish.languages), "sitelinks": wish.min_sitelinks}
        want["classes"] = sorted(wish.classes.features)
        want["subclasses"] = wish.subclasses
        state = spool.state()
        if state and state["want"] != want:
            raise ConfigurationError(
                f"{folder} holds the beginning of another import: give the same dump and options, or delete {folder / SPOOL}"
            )
        progress = Progress(lines=_number(state, "lines"), parsed=_number(state, "parsed"), resumed=_number(state, "lines"))
        classes = add_subclasses(path, wish.classes) if wish.subclasses else wish.classes
        wanted = frozenset(str(number).encode() for number in classes.features)
        lines = lines_of(path, skip=progress.lines)
        while batch := list(islice(lines, STEP)):
            spool.add(_read(batch, classes, wanted, wish, log, progress, path.name))
            progress.lines = batch[-1][0]
            spool.commit({"want": want, "lines": progress.lines, "parsed": progress.parsed})
            tell(progress)
        if not len(spool):
            done = True
            raise ConfigurationError(f"{path} has no item of the classes and languages wanted")
        made_from = {"dump": path.name, "bytes": size, "items": progress.lines}
        progress.kept = spool.write(folder, wish.limit, made_from)
        done = True
    finally:
        spool.close(delete=done)
    return progress


def import_entries(
    found: Iterable[Found], folder: Path, languages: Sequence[str], limit: int, made_from: dict[str, object]
) -> int:
    """Write entries that come from a table or an endpoint as the knowledge base ``folder``; how many were kept.

    Raises:
        ConfigurationError: there is none.
    """
    spool = Spool(folder / SPOOL, languages)
    try:
        if spool.state():
            raise ConfigurationError(f"{folder} holds the beginning of another import: finish it, or delete {folder / SPOOL}")
        stream = iter(found)
        while batch := list(islice(stream, STEP)):
            spool.add(batch)
        if not len(spool):
            raise ConfigurationError("there is no entry to import")
        return spool.write(folder, limit, made_from)
    finally:
        spool.close(delete=not spool.state())


def _read(
    batch: Iterable[tuple[int, bytes]],
    classes: Classes,
    wanted: frozenset[bytes],
    wish: Wish,
    log: IssueLog,
    progress: Progress,
    source: str,
) -> Iterable[Found]:
    for number, line in batch:
        if not may_be_wanted(line, wanted):
            continue
        try:
            item = parse(line)
            progress.parsed += 1
            found = read_item(item, classes, wish.languages) if item else None
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            log.error(f"{source}, line {number}", f"it is no item of Wikidata ({type(error).__name__}: {error})")
            continue
        if found is not None and found.sitelinks >= wish.min_sitelinks:
            yield found


def _number(state: dict[str, object], name: str) -> int:
    value = state.get(name, 0)
    return value if isinstance(value, int) else 0
