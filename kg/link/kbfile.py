"""A knowledge base in read-only, memory-mapped files.

Three files in a folder:

``aliases.marisa``
    a ``marisa_trie.RecordTrie`` from folded names to records ``<IBB``: index of the entry, mask of languages, flags.
``entries.bin``
    the entries in order of QID: magic, count, then the numbers of the QIDs and the offsets of the rows as little-endian u32,
    then the rows, tab-separated UTF-8.
``demonyms.marisa``
    a ``RecordTrie`` from ``<language> <folded word>`` to ``<I``, the number of the country's QID.

Building them from the same rows gives the same bytes.
"""

from __future__ import annotations

import mmap
import struct
import unicodedata
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import marisa_trie

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word
from kg.link.kb import Entry, Match
from kg.model import Kind

MAGIC = b"KGKB0001"
LANGUAGES = ("en", "fr", "ar", "ru", "es", "de")
ANY = 0  # a name without language: good wherever its script is written
ACRONYM = 1  # only as written, in capitals
STRIPPED = 2  # the spelling without its diacritics: a second resort
WEAK = 4  # poor evidence on its own

_ALIAS = "<IBB"
_DEMONYM = "<I"
_KINDS = {"p": Kind.PERSON, "o": Kind.ORGANIZATION, "l": Kind.PLACE}
_CODES = {kind: code for code, kind in _KINDS.items()}
_ARTICLE = "ال"


class Alias(NamedTuple):
    """A name of an entry: as written, the languages that use it (none: any), and whether it is poor evidence."""

    qid: str
    name: str
    languages: tuple[str, ...] = ()
    weak: bool = False


def strip_marks(text: str) -> str:
    """``text`` without combining marks: the spelling of those who leave accents out."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


def is_acronym(name: str) -> bool:
    """Whether ``name`` is a short Latin acronym, which only counts in capitals (``US``, ``ONU``, ``U.K.``)."""
    letters = name.replace(".", "")
    return 1 < len(letters) <= 5 and letters.isascii() and letters.isalnum() and letters.isupper()


def write_kb(folder: Path, entries: Iterable[Entry], aliases: Iterable[Alias], demonyms: Mapping[tuple[str, str], str]) -> None:
    """Write the files of a knowledge base into ``folder``.

    ``demonyms`` maps a pair of language and word to the QID of a country.

    Raises:
        ValueError: two entries share a QID, or an alias belongs to none.
    """
    rows = sorted(entries, key=lambda entry: _number(entry.qid))
    index = {entry.qid: i for i, entry in enumerate(rows)}
    if len(index) != len(rows):
        raise ValueError("two entries share a QID")
    records: dict[tuple[str, int, int], int] = {}
    for alias in aliases:
        if alias.qid not in index:
            raise ValueError(f"the alias {alias.name!r} belongs to {alias.qid}, which is no entry")
        folded = fold_word(alias.name).strip()
        if not folded:
            continue
        flags = (ACRONYM if is_acronym(alias.name) else 0) | (WEAK if alias.weak else 0)
        mask = sum(1 << LANGUAGES.index(lang) for lang in sorted(set(alias.languages)))
        _put(records, (folded, index[alias.qid], flags), mask)
        bare = strip_marks(folded)
        if bare != folded:
            _put(records, (bare, index[alias.qid], flags | STRIPPED), mask)
    items = sorted((key, (entry, mask, flags)) for (key, entry, flags), mask in records.items())
    folder.mkdir(parents=True, exist_ok=True)
    marisa_trie.RecordTrie(_ALIAS, items).save(str(folder / "aliases.marisa"))
    words = sorted((f"{lang} {fold_word(word)}", (_number(qid),)) for (lang, word), qid in demonyms.items())
    marisa_trie.RecordTrie(_DEMONYM, dict.fromkeys(words)).save(str(folder / "demonyms.marisa"))
    (folder / "entries.bin").write_bytes(_pack(rows))


class FileKnowledgeBase:
    """A knowledge base read from the files of ``write_kb``; names found lie in memory only when asked for.

    Raises:
        ConfigurationError: the files are missing or damaged.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self._aliases = marisa_trie.RecordTrie(_ALIAS).mmap(str(folder / "aliases.marisa"))
            self._demonyms = marisa_trie.RecordTrie(_DEMONYM).mmap(str(folder / "demonyms.marisa"))
            with (folder / "entries.bin").open("rb") as file:
                self._data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            magic, count = struct.unpack_from("<8sI", self._data)
            if magic != MAGIC or len(self._data) < 12 + 8 * count + 4:
                raise ValueError("entries.bin has an unknown format")
        except (OSError, ValueError, RuntimeError, struct.error) as error:
            raise ConfigurationError(f"the knowledge base in {folder} cannot be read ({error}): run `make kb`") from error
        self._qids = struct.unpack_from(f"<{count}I", self._data, 12)
        self._offsets = struct.unpack_from(f"<{count + 1}I", self._data, 12 + 4 * count)
        self.version = f"{folder.name}-{count}-{len(self._aliases)}"
        self._row = lru_cache(maxsize=20_000)(self._read_row)
        self._match = lru_cache(maxsize=20_000)(self._find)
        self._begins = lru_cache(maxsize=50_000)(self._has_prefix)

    def __len__(self) -> int:
        return len(self._qids)

    def qids(self) -> tuple[str, ...]:
        """The QIDs of all entries, in the order of their numbers."""
        return tuple(f"Q{number}" for number in self._qids)

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
            number = _number(qid)
        except ValueError:
            return None
        place = bisect_left(self._qids, number)
        if place == len(self._qids) or self._qids[place] != number:
            return None
        entry: Entry = self._row(place)
        return entry

    def demonym(self, word: str, lang: str) -> str | None:
        """The QID of the country whose people or adjective ``word`` is, or None."""
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
        bit = 1 << LANGUAGES.index(lang) if lang in LANGUAGES else 0
        capitals = name.isupper()
        best: dict[int, Match] = {}
        for place, mask, flags in records:
            if flags & ACRONYM and not capitals:
                continue
            match = Match(self._row(place), bool(mask & bit) or mask == ANY, bool(flags & (WEAK | STRIPPED)))
            if place not in best or _rank(match) < _rank(best[place]):
                best[place] = match
        return tuple(sorted(best.values(), key=_rank))

    def _read_row(self, place: int) -> Entry:
        base = 12 + 8 * len(self._qids) + 4
        row = self._data[base + self._offsets[place] : base + self._offsets[place + 1]].decode("utf-8")
        kind, feature, population, prior, country, latitude, longitude, description, *names = row.split("\t")
        return Entry(
            qid=f"Q{self._qids[place]}",
            kind=_KINDS[kind],
            feature=feature,
            names=tuple((LANGUAGES[int(name[0])], name[1:]) for name in names),
            population=int(population or 0),
            prior=int(prior or 0) / 1000,
            country=f"Q{country}" if country else None,
            latitude=float(latitude) if latitude else None,
            longitude=float(longitude) if longitude else None,
            description=description,
        )


def _keys(folded: str) -> Iterable[tuple[str, bool]]:
    """The keys to try in order, each with whether spellings without diacritics count."""
    yield folded, False
    if folded.startswith(_ARTICLE) and len(folded) > 4:
        yield folded.removeprefix(_ARTICLE), False
    yield strip_marks(folded), True


def _rank(match: Match) -> tuple[bool, bool, float, int]:
    return (not match.lang_match, match.weak, -match.entry.prior, _number(match.entry.qid))


def _number(qid: str) -> int:
    if not (qid.startswith("Q") and qid[1:].isdecimal() and qid.isascii()):
        raise ValueError(f"{qid!r} is no QID")
    return int(qid[1:])


def _put(records: dict[tuple[str, int, int], int], key: tuple[str, int, int], mask: int) -> None:
    """Add languages to a record; a name of any language stays one of any."""
    old = records.get(key)
    records[key] = mask if old is None else (ANY if ANY in (old, mask) else old | mask)


def _pack(rows: list[Entry]) -> bytes:
    lines = [_line(entry) for entry in rows]
    offsets = [0]
    for line in lines:
        offsets.append(offsets[-1] + len(line))
    head = struct.pack("<8sI", MAGIC, len(rows))
    numbers = struct.pack(f"<{len(rows)}I", *(_number(entry.qid) for entry in rows))
    return head + numbers + struct.pack(f"<{len(offsets)}I", *offsets) + b"".join(lines)


def _line(entry: Entry) -> bytes:
    fields = [
        _CODES[entry.kind],
        entry.feature,
        str(entry.population or ""),
        str(round(entry.prior * 1000) or ""),
        entry.country[1:] if entry.country else "",
        "" if entry.latitude is None else f"{entry.latitude:.3f}",
        "" if entry.longitude is None else f"{entry.longitude:.3f}",
        entry.description,
        *(f"{LANGUAGES.index(lang)}{name}" for lang, name in entry.names),
    ]
    return "\t".join(" ".join(field.split()) for field in fields).encode("utf-8")
