"""Writing the files of a knowledge base, from memory or from a stream of rows; ``kg.link.kbfile`` reads them.

Four files in a folder:

``aliases.marisa``
    a ``marisa_trie.RecordTrie`` from folded names to records ``<IBB``: index of the entry, mask of languages, flags.
``entries.bin``
    the entries in order of QID: magic, count, eight language codes of two letters (blank where unused), then the numbers of the
    QIDs and the offsets of the rows as little-endian u32, then the rows, tab-separated UTF-8.
``demonyms.marisa``
    a ``RecordTrie`` from ``<language> <folded word>`` to ``<I``, the number of the country's QID.
``manifest.json``
    how many entries and names there are, what they were made from, and the SHA-256 of the three other files.

Building them from the same rows gives the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import struct
import unicodedata
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import marisa_trie

from kg.lang.fold import fold_word
from kg.link.kb import Entry
from kg.model import Kind

MAGIC = b"KGKB0002"
LANGUAGES = ("en", "fr", "ar", "ru", "es", "de")
"""The languages of the shipped knowledge base; a file names its own, at most ``MOST_LANGUAGES``."""
MOST_LANGUAGES = 8
HEADER = struct.Struct("<8sI16s")
ALIAS_RECORD = "<IBB"
DEMONYM_RECORD = "<I"
FILES = ("aliases.marisa", "demonyms.marisa", "entries.bin")
MANIFEST = "manifest.json"

ANY = 0  # a name without language: good wherever its script is written
ACRONYM = 1  # only as written, in capitals
STRIPPED = 2  # the spelling without its diacritics: a second resort
WEAK = 4  # poor evidence on its own

KINDS = {"p": Kind.PERSON, "o": Kind.ORGANIZATION, "l": Kind.PLACE}
_CODES = {kind: code for code, kind in KINDS.items()}


class Alias(NamedTuple):
    """A name of an entry: as written, the languages that use it (none: any), and whether it is poor evidence."""

    qid: str
    name: str
    languages: tuple[str, ...] = ()
    weak: bool = False


class Record(NamedTuple):
    """A folded name of an entry (by the number of its QID), ready for the trie."""

    key: str
    number: int
    flags: int
    mask: int


def strip_marks(text: str) -> str:
    """``text`` without combining marks: the spelling of those who leave accents out."""
    return "".join(char for char in unicodedata.normalize("NFD", text) if unicodedata.category(char) != "Mn")


def is_acronym(name: str) -> bool:
    """Whether ``name`` is a short Latin acronym, which only counts in capitals (``US``, ``ONU``, ``U.K.``)."""
    letters = name.replace(".", "")
    return 1 < len(letters) <= 5 and letters.isascii() and letters.isalnum() and letters.isupper()


def number_of(qid: str) -> int:
    """The number of a QID.

    Raises:
        ValueError: it is none (``Q`` and up to ten digits).
    """
    if not (qid.startswith("Q") and qid[1:].isdecimal() and qid.isascii() and int(qid[1:]) < 1 << 32):
        raise ValueError(f"{qid!r} is no QID")
    return int(qid[1:])


def records_of(alias: Alias, languages: Sequence[str] = LANGUAGES) -> Iterator[Record]:
    """The records of a name: folded, and without its diacritics where it has any; none where nothing printable is left."""
    folded = fold_word(alias.name).strip()
    if not folded or not folded.isprintable():
        return
    number = number_of(alias.qid)
    flags = (ACRONYM if is_acronym(alias.name) else 0) | (WEAK if alias.weak else 0)
    mask = sum(1 << languages.index(lang) for lang in sorted(set(alias.languages)))
    yield Record(folded, number, flags, mask)
    bare = strip_marks(folded)
    if bare != folded:
        yield Record(bare, number, flags | STRIPPED, mask)


def write_kb(
    folder: Path,
    entries: Iterable[Entry],
    aliases: Iterable[Alias],
    demonyms: Mapping[tuple[str, str], str],
    languages: Sequence[str] = LANGUAGES,
    made_from: Mapping[str, object] | None = None,
) -> None:
    """Write the files of a knowledge base into ``folder``.

    ``demonyms`` maps a pair of language and word to the QID of a country; ``made_from`` goes into the manifest.

    Raises:
        ValueError: two entries share a QID, or an alias belongs to none.
    """
    rows = sorted(entries, key=lambda entry: number_of(entry.qid))
    numbers = [number_of(entry.qid) for entry in rows]
    known = set(numbers)
    if len(known) != len(rows):
        raise ValueError("two entries share a QID")
    records: set[Record] = set()
    for alias in aliases:
        if number_of(alias.qid) not in known:
            raise ValueError(f"the alias {alias.name!r} belongs to {alias.qid}, which is no entry")
        records.update(records_of(alias, languages))
    write_rows(
        folder,
        numbers,
        (line_of(entry, languages) for entry in rows),
        sorted(records),
        demonyms,
        languages,
        made_from,
    )


def write_rows(
    folder: Path,
    numbers: Sequence[int],
    lines: Iterable[bytes],
    records: Iterable[Record],
    demonyms: Mapping[tuple[str, str], str],
    languages: Sequence[str] = LANGUAGES,
    made_from: Mapping[str, object] | None = None,
) -> None:
    """Write rows that come in order: ``lines`` as ``numbers``, which ascend, and ``records`` sorted by key and number.

    Only the offsets and the trie lie in memory.

    Raises:
        ValueError: there are too many languages, or one has no code of two letters.
    """
    if len(languages) > MOST_LANGUAGES or any(len(lang) != 2 or not lang.isascii() for lang in languages):
        raise ValueError(f"a knowledge base has up to {MOST_LANGUAGES} languages with codes of two letters, not {languages}")
    folder.mkdir(parents=True, exist_ok=True)
    index = {number: place for place, number in enumerate(numbers)}
    names = 0

    def items() -> Iterator[tuple[str, tuple[int, int, int]]]:
        nonlocal names
        for record in _merged(records):
            names += 1
            yield record.key, (index[record.number], record.mask, record.flags)

    marisa_trie.RecordTrie(ALIAS_RECORD, items()).save(str(folder / "aliases.marisa"))
    words = sorted((f"{lang} {fold_word(word)}", (number_of(qid),)) for (lang, word), qid in demonyms.items())
    marisa_trie.RecordTrie(DEMONYM_RECORD, dict.fromkeys(words)).save(str(folder / "demonyms.marisa"))
    _write_entries(folder / "entries.bin", numbers, lines, languages)
    manifest = {
        "entries": len(numbers),
        "names": names,
        "languages": list(languages),
        "made_from": dict(sorted((made_from or {}).items())),
        "sha256": {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in FILES},
    }
    (folder / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1) + "\n", "utf-8")


def line_of(entry: Entry, languages: Sequence[str] = LANGUAGES) -> bytes:
    """An entry as its row of ``entries.bin``."""
    fields = [
        _CODES[entry.kind],
        entry.feature,
        str(entry.population or ""),
        str(round(entry.prior * 1000) or ""),
        entry.country[1:] if entry.country else "",
        "" if entry.latitude is None else f"{entry.latitude:.3f}",
        "" if entry.longitude is None else f"{entry.longitude:.3f}",
        entry.description,
        *(f"{languages.index(lang)}{name}" for lang, name in entry.names),
    ]
    return "\t".join(" ".join(field.split()) for field in fields).encode("utf-8")


def _merged(records: Iterable[Record]) -> Iterator[Record]:
    """Records of one key, entry and flags become one with the languages of all; a name of any language stays one of any."""
    last: Record | None = None
    for record in records:
        if last is None:
            last = record
        elif record[:3] == last[:3]:
            last = last._replace(mask=ANY if ANY in (last.mask, record.mask) else last.mask | record.mask)
        else:
            yield last
            last = record
    if last is not None:
        yield last


def _write_entries(path: Path, numbers: Sequence[int], lines: Iterable[bytes], languages: Sequence[str]) -> None:
    """Write the head, room for the table of offsets, the rows, and then the table."""
    offsets = array("Q", [0])
    head = HEADER.pack(MAGIC, len(numbers), "".join(languages).ljust(2 * MOST_LANGUAGES).encode("ascii"))
    with path.open("wb") as file:
        file.write(head)
        for start in range(0, len(numbers), 10_000):
            part = numbers[start : start + 10_000]
            file.write(struct.pack(f"<{len(part)}I", *part))
        table = file.tell()
        file.write(b"\0" * 4 * (len(numbers) + 1))
        for line in lines:
            file.write(line)
            offsets.append(offsets[-1] + len(line))
        if len(offsets) != len(numbers) + 1 or offsets[-1] >= 1 << 32:
            raise ValueError("there are not as many rows as numbers, or they take more than 4 GB")
        file.seek(table)
        for start in range(0, len(offsets), 10_000):
            part = offsets[start : start + 10_000]
            file.write(struct.pack(f"<{len(part)}I", *part))
