"""JSON and JSON Lines: articles as records, whose text is taken as it is."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO
from urllib.parse import urlsplit

from kg.errors import ArticleError
from kg.lang.fold import fold_word
from kg.model import Article, Span
from kg.read.boilerplate import classify
from kg.read.dates import find_dates
from kg.read.decode import UnreadableError, decode, read_limited
from kg.read.ids import safe_id
from kg.read.language import UnknownLanguageError, choose_language
from kg.read.lines import split_lines
from kg.read.metadata import mine
from kg.read.source import Source, has_letters, writable

TOO_DEEP = "is nested too deeply"


def read_jsonl(source: Source) -> Iterator[Article]:
    """The articles of a file of records, one JSON object a line, read line by line.

    A line that is no record is logged with its number, and the others go on. See ``article_of_record`` for the keys.

    Raises:
        ArticleError: the file is binary, or not in UTF-8.
    """
    number = 0
    empty = True
    for line in _lines(source.stream, source.limit):
        number += 1
        where = f"{source.name}:{number}"
        if number == 1 and line is not None:
            line = line.removeprefix(b"\xef\xbb\xbf")
            if line.startswith((b"\xff\xfe", b"\xfe\xff")):
                raise ArticleError(source.name, "is UTF-16; records must be UTF-8; convert it with: iconv -f UTF-16 -t UTF-8")
            if b"\x00" in line[:1000]:
                raise ArticleError(source.name, "is binary, not JSON Lines")
        if line is not None and not line.strip():
            continue
        empty = False
        try:
            if line is None:
                raise ArticleError(where, f"the record is over {source.limit:,} bytes")
            yield article_of_record(_parsed(line, where), where, f"{source.stem}-{number}", source)
        except ArticleError as error:
            source.log.error(error.source, error.reason)
    if empty:
        raise ArticleError(source.name, "is empty")


def read_json(source: Source) -> Iterator[Article]:
    """The articles of a JSON file: one object, a list of objects, or, in spite of its name, JSON Lines.

    Raises:
        ArticleError: the file is no JSON text, or too large.
    """
    try:
        text = decode(read_limited(source.stream, source.limit))
    except UnreadableError as error:
        raise ArticleError(source.name, str(error)) from error
    if not text.strip():
        raise ArticleError(source.name, "is empty")
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        yield from _as_lines(text, source)
        return
    if not isinstance(value, list):
        yield article_of_record(value, source.name, source.stem, source)
        return
    if not value:
        raise ArticleError(source.name, "is an empty list")
    for number, record in enumerate(value, 1):
        try:
            yield article_of_record(record, f"{source.name}[{number}]", f"{source.stem}-{number}", source)
        except ArticleError as error:
            source.log.error(error.source, error.reason)


def article_of_record(record: object, where: str, name: str, source: Source) -> Article:
    """The article of one record.

    ``text`` is required and taken as it is: every line that is not blank is body (NUL and lone surrogates alone become U+FFFD,
    which leaves offsets as they are). ``id``, ``lang``, ``published``, ``title``, ``url``, ``publisher`` are believed where
    they are given; what is absent is detected. Other keys are ignored. ``name`` is the id where the record has none.

    Raises:
        ArticleError: the record is no object, has no text, or its language has no pack.
    """
    if not isinstance(record, Mapping):
        raise ArticleError(where, f'a record must be a JSON object with the key "text", not {_what(record)}')
    text = record.get("text")
    if not isinstance(text, str):
        reason = f"is {_what(text)}, not a string" if "text" in record else "is missing"
        raise ArticleError(where, f'the key "text" {reason}')
    text, changed = writable(text)
    if not has_letters(text):
        raise ArticleError(where, 'the "text" is empty')
    if changed:
        source.log.warning(where, "characters that cannot be written (NUL, lone surrogates) became U+FFFD; offsets are the same")
    given = _Given(record, where, source)
    try:
        lang = choose_language(text, given.lang() or source.lang)
    except UnknownLanguageError as error:
        raise ArticleError(where, str(error)) from error
    said = mine(text, classify(text, lang), lang)
    title = given.text("title")
    return Article(
        id=safe_id(given.id() or name),
        text=text,
        body=split_lines(text),
        lang=lang,
        title=title or said.title,
        title_span=_place(text, title) if title else said.title_span,
        published=given.date(lang) or said.published,
        publisher=given.text("publisher") or said.publisher,
        url=given.url(),
        source=where,
    )


class _Given:
    """What a record says besides its text; what has the wrong type is warned of and counts as absent."""

    def __init__(self, record: Mapping[str, Any], where: str, source: Source) -> None:
        self.record, self.where, self.source = record, where, source

    def text(self, key: str) -> str | None:
        value = self._value(key, lambda value: isinstance(value, str))
        return None if value is None else str(value)

    def id(self) -> str | None:
        value = self._value("id", lambda value: isinstance(value, str | int) and not isinstance(value, bool))
        return None if value is None else str(value)

    def lang(self) -> str | None:
        value = self.text("lang")
        return None if value is None else value.replace("_", "-").split("-")[0].lower()

    def url(self) -> str | None:
        value = self.text("url")
        if value is None:
            return None
        try:
            fine = urlsplit(value).scheme in ("http", "https") and not any(
                char.isspace() or char in '<>"{}|\\^`' for char in value
            )
        except ValueError:
            fine = False
        if not fine:
            self._ignored("url", "is no web address")
        return value if fine else None

    def date(self, lang: str) -> str | None:
        value = self.text("published")
        if value is None:
            return None
        found = find_dates(" ".join(fold_word(value[:200]).split()), lang)
        if len(found) != 1:
            self._ignored("published", "is no date such as 2024-09-06")
            return None
        return found[0].iso

    def _value(self, key: str, fits: Callable[[object], bool]) -> Any:
        value = self.record.get(key)
        if value is None or value == "":
            return None
        if not fits(value):
            self._ignored(key, f"is {_what(value)}")
            return None
        return " ".join(writable(value)[0].split()) or None if isinstance(value, str) else value

    def _ignored(self, key: str, why: str) -> None:
        self.source.log.warning(self.where, f'the key "{key}" {why}; it is ignored')


def _place(text: str, title: str) -> Span | None:
    """Where the text's first line is the title."""
    first = next(iter(split_lines(text)), None)
    if first is None or len(first) > 2 * len(title) + 20:
        return None
    return first if fold_word(first.of(text)).split() == fold_word(title).split() else None


def _parsed(line: bytes, where: str) -> object:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise ArticleError(where, f"is not UTF-8 (byte {error.start} of the line)") from error
    except json.JSONDecodeError as error:
        raise ArticleError(where, f"is not JSON: {error.msg} (column {error.colno})") from error
    except RecursionError as error:
        raise ArticleError(where, TOO_DEEP) from error
    except ValueError as error:
        raise ArticleError(where, f"is not JSON that can be read: {error}") from error


def _as_lines(text: str, source: Source) -> Iterator[Article]:
    """Records of a file that is no single JSON value; where not even its first line is one, the file is broken."""
    lines = [(number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip()]
    if len(lines) == 1 or not isinstance(_parsed(lines[0][1].encode("utf-8", "surrogatepass"), source.name), Mapping):
        value = _parsed(text.encode("utf-8", "surrogatepass"), source.name)
        raise ArticleError(source.name, f"is {_what(value)}")
    for number, line in lines:
        where = f"{source.name}:{number}"
        try:
            yield article_of_record(_parsed(line.encode("utf-8"), where), where, f"{source.stem}-{number}", source)
        except ArticleError as error:
            source.log.error(error.source, error.reason)


def _lines(stream: BinaryIO, limit: int) -> Iterator[bytes | None]:
    """The lines of ``stream``; None for one of more than ``limit`` bytes, which is passed over without being held."""
    while line := stream.readline(limit + 1):
        if len(line) > limit and not line.endswith(b"\n"):
            while (rest := stream.readline(limit)) and not rest.endswith(b"\n"):
                pass
            yield None
        else:
            yield line


def _what(value: object) -> str:
    names = {dict: "an object", list: "a list", str: "a string", bool: "true or false", int: "a number", float: "a number"}
    return "null" if value is None else names.get(type(value), "something else")
