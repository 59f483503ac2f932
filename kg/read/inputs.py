"""Inputs as a user names them: files, directories, patterns, standard input."""

from __future__ import annotations

import glob
import io
import os
import re
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO

from kg.errors import ArticleError
from kg.issues import IssueLog
from kg.lang.pack import load_pack
from kg.model import Article
from kg.read.containers import compressed, tarred, zipped
from kg.read.decode import MAX_BYTES
from kg.read.documents import read_docx, read_mail, read_pdf
from kg.read.expand import OPENERS
from kg.read.html_ import read_html
from kg.read.ids import safe_id, short_hash
from kg.read.language import check_language
from kg.read.plain import read_text
from kg.read.records import read_json, read_jsonl
from kg.read.source import Reader, Source
from kg.read.warc import read_warc


def _by_name(name: str) -> Reader | None:
    """The reader for a file of that name; a compressed one needs a known ending under that of its compression."""
    path = Path(name)
    ending = path.suffix.lower()
    return None if ending in OPENERS and _by_name(path.stem) is None else READERS.get(ending)


READERS: Mapping[str, Reader] = MappingProxyType(
    {
        ".bz2": compressed(_by_name),
        ".docx": read_docx,
        ".eml": read_mail,
        ".gz": compressed(_by_name),
        ".htm": read_html,
        ".html": read_html,
        ".json": read_json,
        ".jsonl": read_jsonl,
        ".ndjson": read_jsonl,
        ".pdf": read_pdf,
        ".tar": tarred(_by_name),
        ".text": read_text,
        ".tgz": tarred(_by_name),
        ".txt": read_text,
        ".warc": read_warc,
        ".wet": read_warc,
        ".xhtml": read_html,
        ".xz": compressed(_by_name),
        ".zip": zipped(_by_name),
        ".zst": compressed(_by_name),
    }
)
"""The reader of each ending, in small letters."""

STANDARD_INPUT = "-"
"""The input that means standard input."""

_HTML = re.compile(rb"<(?:!doctype\s+html|html|head|body|\?xml|!--|article|div|p|meta|title|h1)\b", re.I)


@dataclass(slots=True)
class Extent:
    """How much there is to read, in bytes of files as they lie on disk, and how much of it was read.

    ``whole`` is None while it is not known: before the first article, and where standard input is among the inputs.
    """

    whole: int | None = None
    before: int = 0
    current: BinaryIO | None = None

    def share(self) -> float | None:
        """Which part is read, from 0 to 1; None where the whole is not known."""
        if not self.whole:
            return None
        try:
            place = self.current.tell() if self.current is not None else 0
        except (OSError, ValueError):  # a stream that cannot tell, or is closed
            place = 0
        return min(1.0, (self.before + place) / self.whole)


def read_inputs(
    inputs: Sequence[str],
    log: IssueLog,
    lang: str | None = None,
    limit: int = MAX_BYTES,
    stdin: BinaryIO | None = None,
    extent: Extent | None = None,
) -> Iterator[Article]:
    """The articles of ``inputs``, in order: what cannot be read goes to ``log`` and the rest goes on.

    An input is a file, a directory (all files of known endings below it, sorted, hidden ones apart), a pattern such as
    ``news/**/*.txt``, or ``-`` for standard input, where text, HTML and JSON are told apart by looking. A file that is reached
    twice is read once. Articles of one id stay both: the later gets a hash of its text at the end of its id, with a warning.

    Args:
        inputs: what the user named.
        log: where problems go, one line each.
        lang: the language of all articles; None detects each, and a record's own ``lang`` goes before both.
        limit: largest document, or record of a file of records, in bytes.
        stdin: the bytes that ``-`` stands for; None takes the process's.
        extent: is kept at how far the reading is.

    Raises:
        ConfigurationError: ``lang`` has no language pack.
    """
    check_language(lang)
    return _names_only(_distinct(_all(inputs, log, lang, limit, stdin, extent or Extent()), log), log)


def reader_of(path: Path) -> Reader | None:
    """The reader for the ending of ``path``; None where the ending is not known."""
    return _by_name(path.name)


def _all(
    inputs: Sequence[str], log: IssueLog, lang: str | None, limit: int, stdin: BinaryIO | None, extent: Extent
) -> Iterator[Article]:
    named = [[] if given == STANDARD_INPUT else _expand(given, log) for given in inputs]
    if STANDARD_INPUT not in inputs:
        extent.whole = sum(map(_size, {os.path.realpath(path): path for paths in named for path in paths}.values()))
    seen: set[str] = set()
    for given, paths in zip(inputs, named, strict=True):
        if given == STANDARD_INPUT:
            stream = stdin if stdin is not None else sys.stdin.buffer
            yield from _guarded(_sniffed, Source("standard input", "stdin", stream, log, lang, limit))
        for path in paths:
            real = os.path.realpath(path)
            if real not in seen:
                seen.add(real)
                yield from _read_file(path, log, lang, limit, extent)
                extent.before += _size(path)


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def _expand(given: str, log: IssueLog) -> list[Path]:
    """The files that one input means; problems are logged."""
    path = Path(given)
    try:
        if path.is_dir():
            found = _below(path, log)
        elif path.exists() or path.is_symlink():
            if reader_of(path) is None:
                log.error(given, f"the ending {path.suffix or '(none)'} is not known; there are {_endings()}")
                return []
            return [path]
        elif glob.has_magic(given):
            found = []
            for name in sorted(glob.glob(given, recursive=True)):  # noqa: PTH207 - the pattern may be absolute
                match = Path(name)
                found += _below(match, log) if match.is_dir() else [match] if reader_of(match) else []
        else:
            log.error(given, "there is no such file or directory")
            return []
    except (OSError, ValueError) as error:
        log.error(given, f"cannot be looked at: {_reason(error)}")
        return []
    if not found:
        log.error(given, f"no articles found (files ending in {_endings()})")
    return found


def _below(folder: Path, log: IssueLog) -> list[Path]:
    def refused(error: OSError) -> None:
        log.error(str(error.filename or folder), f"cannot be listed: {_reason(error)}")

    found = []
    for parent, folders, names in os.walk(folder, onerror=refused):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(parent, name) for name in names if not name.startswith(".") and reader_of(Path(name))]
    return sorted(found, key=lambda path: path.parts)


def _read_file(path: Path, log: IssueLog, lang: str | None, limit: int, extent: Extent) -> Iterator[Article]:
    reader = reader_of(path)
    try:
        if reader is None or not path.is_file():
            raise ArticleError(str(path), "is no regular file")
        with path.open("rb") as stream:
            extent.current = stream
            yield from _guarded(reader, Source(str(path), path.stem, stream, log, lang, limit))
    except ArticleError as error:
        log.error(error.source, error.reason)
    except OSError as error:
        log.error(str(path), f"cannot be read: {_reason(error)}")
    finally:
        extent.current = None


def _guarded(reader: Reader, source: Source) -> Iterator[Article]:
    try:
        yield from reader(source)
    except ArticleError as error:
        source.log.error(error.source, error.reason)
    except OSError as error:
        source.log.error(source.name, f"cannot be read: {_reason(error)}")


def _sniffed(source: Source) -> Iterator[Article]:
    """Read a stream without a name by what it begins with."""
    stream = io.BufferedReader(_Peekable(source.stream), 65536)
    head = stream.peek(65536)[:65536]
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    reader: Reader = read_text
    if _HTML.match(text):
        reader = read_html
    elif re.match(rb'\{\s*"|\{\s*\}|\[\s*[\[{\]]', text):
        first, newline, rest = text.partition(b"\n")
        reader = read_jsonl if newline and rest.strip() and first.rstrip().endswith(b"}") and text.startswith(b"{") else read_json
    yield from reader(replace(source, stream=stream))


class _Peekable(io.RawIOBase):
    """A stream that may lack ``peek`` as the raw side of one that has it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)


def _distinct(articles: Iterator[Article], log: IssueLog) -> Iterator[Article]:
    """The articles with ids that differ even where a file system takes capitals and small letters as equal."""
    seen: set[str] = set()
    for article in articles:
        name = article.id
        if _same(name) in seen:
            name = f"{safe_id(article.id)}-{short_hash(article.text)}"
            number = 2
            while _same(name) in seen:
                name = f"{safe_id(article.id)}-{short_hash(article.text)}-{number}"
                number += 1
            log.warning(article.source, f"another article has the id {article.id!r}; this one is called {name!r}")
        seen.add(_same(name))
        yield article if name == article.id else replace(article, id=name)


def _names_only(articles: Iterator[Article], log: IssueLog) -> Iterator[Article]:
    """The articles, with one warning for each language in which no actions are read."""
    told: set[str] = set()
    for article in articles:
        pack = load_pack(article.lang)
        if not pack.has_actions and pack.code not in told:
            told.add(pack.code)
            log.warning(article.source, f"articles in {pack.name} give names and links, no legal actions")
        yield article


def _same(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


def _endings() -> str:
    return " ".join(sorted(READERS))


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)
