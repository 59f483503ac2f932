"""A knowledge base in read-only, memory-mapped files; ``kg.link.kbwrite`` writes them and describes their format."""

from __future__ import annotations

import json
import mmap
import struct
import sys
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import marisa_trie

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word
from kg.link.kb import Entry, Match
from kg.link.kbwrite import (
    ACRONYM,
    ALIAS_RECORD,
    ANY,
    DEMONYM_RECORD,
    HEADER,
    KINDS,
    LANGUAGES,
    MAGIC,
    MANIFEST,
    STRIPPED,
    WEAK,
    Alias,
    is_acronym,
    number_of,
    strip_marks,
    write_kb,
)
from kg.model import Kind

__all__ = ["LANGUAGES", "Alias", "FileKnowledgeBase", "is_acronym", "read_manifest", "strip_marks", "write_kb"]

_ARTICLE = "ال"


class FileKnowledgeBase:
    """A knowledge base read from the files of ``write_kb``; names found lie in memory only when asked for.

    Raises:
        ConfigurationError: the files are missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._aliases = marisa_trie.RecordTrie(ALIAS_RECORD).mmap(str(folder / "aliases.marisa"))
            self._demonyms = marisa_trie.RecordTrie(DEMONYM_RECORD).mmap(str(folder / "demonyms.marisa"))
            with (folder / "entries.bin").open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            magic, count, languages = HEADER.unpack_from(self._data)
            self._base = HEADER.size + 8 * count + 4
            if magic != MAGIC or len(self._data) < self._base:
                raise ValueError("entries.bin has an unknown format")
            codes = languages.decode("ascii")
            self.languages = tuple(codes[i : i + 2] for i in range(0, len(codes), 2) if codes[i : i + 2].strip())
        except (OSError, ValueError, RuntimeError, struct.error) as error:
            raise ConfigurationError(
                f"the knowledge base in {folder} cannot be read ({error}): install kg anew, or run `make kb` "
                "(for one of your own `kg kb import`)"
            ) from error
        self._qids = _u32(self._data, HEADER.size, count)
        self._offsets = _u32(self._data, HEADER.size + 4 * count, count + 1)
        self._bits = {lang: 1 << index for index, lang in enumerate(self.languages)}
        self.folder = folder
        self.version = f"{folder.name}-{count}-{len(self._aliases)}-{_digest(folder)}"
        self._row = lru_cache(maxsize=20_000)(self._read_row)
        self._match = lru_cache(maxsize=20_000)(self._find)
        self._begins = lru_cache(maxsize=50_000)(self._has_prefix)
        self._demonym = lru_cache(maxsize=20_000)(self._find_demonym)

    def __len__(self) -> int:
        return len(self._qids)

    @property
    def names(self) -> int:
        """How many names lead to entries."""
        return len(self._aliases)

    def qids(self, most: int | None = None) -> tuple[str, ...]:
        """The QIDs of all entries, in the order of their numbers; none where there are more than ``most``."""
        return tuple(f"Q{number}" for number in self._qids) if most is None or len(self) <= most else ()

    def match(self, name: str, lang: str) -> tuple[Match, ...]:
        """All entries called ``name``, those known so in ``lang`` and the most likely first.

        The name is folded; where nothing is found it is tried without the Arabic article, then without Latin diacritics.
        Acronyms of up to five letters count only in capitals.
        """
        found: tuple[Match, ...] = self._match(name, lang)
        return found

    def lookup(self, name: str, lang: str) -> tuple[Entry, ...]:
        """The entries of ``match``."""
        return tuple(match.entry for match in self.match(name, lang))

    def begins(self, folded: str) -> bool:
        """Whether a name begins with ``folded``, also without the Arabic article or Latin diacritics."""
        found: bool = self._begins(folded)
        return found

    def entry(self, qid: str) -> Entry | None:
        """The entry of ``qid``, or None."""
        try:
            number = number_of(qid)
        except ValueError:
            return None
        place = bisect_left(self._qids, number)
        if place == len(self._qids) or self._qids[place] != number:
            return None
        entry: Entry = self._row(place)
        return entry

    def demonym(self, word: str, lang: str) -> str | None:
        """The QID of the country whose people or adjective ``word`` is, or None."""
        found: str | None = self._demonym(word, lang)
        return found

    def _find_demonym(self, word: str, lang: str) -> str | None:
        folded = fold_word(word)
        if not folded.isprintable():
            return None
        for form in (folded, folded.removeprefix(_ARTICLE)):
            found = self._demonyms.get(f"{lang} {form}")
            if found:
                return f"Q{found[0][0]}"
        return None

    def _has_prefix(self, folded: str) -> bool:
        if not folded.isprintable() or not folded:
            return False
        keys = {key for key, _ in _keys(folded)}
        return any(next(iter(self._aliases.iterkeys(key)), None) is not None for key in sorted(keys))

    def _find(self, name: str, lang: str) -> tuple[Match, ...]:
        folded = fold_word(name).strip()
        if not folded.isprintable() or not folded:  # the trie takes NUL for the end of a key
            return ()
        for key, stripped in _keys(folded):
            records = [r for r in self._aliases.get(key, ()) if stripped or not r[2] & STRIPPED]
            found = self._matches(records, name, lang)
            if found and key != folded and not stripped:  # without its article the name of a firm is another word
                found = tuple(replace(match, weak=match.weak or match.entry.kind is not Kind.PLACE) for match in found)
            if found:
                return found
        return ()

    def _matches(self, records: list[tuple[int, int, int]], name: str, lang: str) -> tuple[Match, ...]:
        bit = self._bits.get(lang, 0)
        capitals = name.isupper()
        best: dict[int, Match] = {}
        for place, mask, flags in records:
            if flags & ACRONYM and not capitals:
                continue
            entry = self._row(place)
            poor = bool(flags & WEAK) or (bool(flags & STRIPPED) and not _is_capital_alone(name, entry))
            match = Match(entry, bool(mask & bit) or mask == ANY, poor)
            if place not in best or _rank(match) < _rank(best[place]):
                best[place] = match
        return tuple(sorted(best.values(), key=_rank))

    def _read_row(self, place: int) -> Entry:
        row = self._data[self._base + self._offsets[place] : self._base + self._offsets[place + 1]].decode("utf-8")
        kind, feature, population, prior, country, latitude, longitude, description, *names = row.split("\t")
        return Entry(
            qid=f"Q{self._qids[place]}",
            kind=KINDS[kind],
            feature=feature,
            names=tuple((self.languages[int(name[0])], name[1:]) for name in names),
            population=int(population or 0),
            prior=int(prior or 0) / 1000,
            country=f"Q{country}" if country else None,
            latitude=float(latitude) if latitude else None,
            longitude=float(longitude) if longitude else None,
            description=description,
        )


def _is_capital_alone(name: str, entry: Entry) -> bool:
    """Whether ``name`` lacks only the accent of its capital, as many papers print it (``Egypte``, ``Etats-Unis``)."""
    bare = strip_marks(name[:1])
    return any(strip_marks(label[:1]) == bare and label[1:].casefold() == name[1:].casefold() for _, label in entry.names)


def _keys(folded: str) -> Iterable[tuple[str, bool]]:
    """The keys to try in order, each with whether spellings without diacritics count."""
    yield folded, False
    if folded.startswith(_ARTICLE) and len(folded) > 4:
        yield folded.removeprefix(_ARTICLE), False
    yield strip_marks(folded), True


def _rank(match: Match) -> tuple[bool, bool, float, int]:
    return (not match.lang_match, match.weak, -match.entry.prior, int(match.entry.qid[1:]))


def read_manifest(folder: Path) -> dict[str, Any]:
    """What ``manifest.json`` says of a knowledge base; empty where there is none.

    Raises:
        ConfigurationError: the file is broken.
    """
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be read ({error}): make or import the knowledge base anew") from error
    if not isinstance(manifest, dict):
        raise ConfigurationError(f"{path} is no manifest: make or import the knowledge base anew")
    return manifest


def _digest(folder: Path) -> str:
    """The first letters of the hash of the rows, as the manifest has it."""
    hashes = read_manifest(folder).get("sha256", {})
    return str(hashes.get("entries.bin", "unknown"))[:8]


def _u32(data: mmap.mmap, start: int, count: int) -> Sequence[int]:
    """``count`` little-endian numbers of four bytes, without a copy where the machine writes them so."""
    view = memoryview(data)[start : start + 4 * count]
    if sys.byteorder == "little":
        return view.cast("I")
    numbers = array("I", view.tobytes())
    numbers.byteswap()
    return numbers
