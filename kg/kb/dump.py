"""Reading Wikidata's JSON dumps: an array with an item a line, plain or compressed, whatever its size."""

from __future__ import annotations

import bz2
import gzip
import json
import re
import zlib
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any, cast

from kg.errors import ConfigurationError
from kg.kb.classes import Classes
from kg.kb.items import superclasses

_NUMBERS = re.compile(rb'"(?:numeric-id": ?|id": ?"Q)(\d+)')
_SUBCLASS = b'"P279":'
_LONGEST = 64_000_000  # bytes; Wikidata's largest items have a few million


def open_dump(path: Path) -> IO[bytes]:
    """The bytes of a dump, decompressed by the ending of its name.

    Raises:
        ConfigurationError: it cannot be opened.
    """
    try:
        if path.suffix == ".gz":
            return cast("IO[bytes]", gzip.open(path, "rb"))
        if path.suffix == ".bz2":
            return cast("IO[bytes]", bz2.open(path, "rb"))
        return path.open("rb")
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be opened: {error.strerror or error}") from error


def lines_of(path: Path, skip: int = 0) -> Iterator[tuple[int, bytes]]:
    """The lines of a dump with their numbers, from 1, without the first ``skip``, the brackets and the commas between.

    Raises:
        ConfigurationError: the file is damaged; what came before has been given.
    """
    number = 0
    try:
        with open_dump(path) as file:
            while line := file.readline(_LONGEST):
                number += 1
                if number <= skip:
                    continue
                line = line.strip().rstrip(b",")
                if line.startswith(b"{"):
                    yield number, line
    except (OSError, EOFError, zlib.error) as error:
        raise ConfigurationError(
            f"{path} breaks off or is damaged after line {number} ({error}): mend it and run the same command again, it goes on"
        ) from error


def may_be_wanted(line: bytes, wanted: frozenset[bytes]) -> bool:
    """Whether an item speaks of a wanted class at all; spares the parsing of those that do not."""
    return not wanted.isdisjoint(_NUMBERS.findall(line))


def parse(line: bytes) -> dict[str, Any] | None:
    """The item of a line; None for a property or a lexeme.

    Raises:
        ValueError: it is no JSON object of an entity.
    """
    item = json.loads(line)
    if not isinstance(item, dict) or not isinstance(item.get("id"), str):
        raise ValueError("it is no entity")
    return item if item["id"].startswith("Q") else None


def add_subclasses(path: Path, classes: Classes) -> Classes:
    """``classes`` with all below them, after reading the whole dump for its subclass statements.

    Raises:
        ConfigurationError: the file is damaged.
    """
    edges: dict[int, list[int]] = defaultdict(list)
    for _, line in lines_of(path):
        if _SUBCLASS in line:
            try:
                item = parse(line)
                for parent in superclasses(item) if item else ():
                    edges[parent].append(int(item["id"][1:]) if item else 0)
            except (ValueError, TypeError, KeyError):
                continue  # the second reading tells
    return classes.with_subclasses(edges)
