"""Web archives: the pages of WARC files and the texts of WET files, by way of warcio."""

from __future__ import annotations

import codecs
import contextlib
import io
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kg.errors import ArticleError
from kg.model import Article
from kg.read.dates import find_dates
from kg.read.html_ import read_html, web_address
from kg.read.plain import read_text
from kg.read.source import Source

_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9_.:-]{2,40})", re.I)
_PAGE = ("text/html", "application/xhtml+xml")

ARTICLE_ID = "KG-Article-ID"
"""A field of a record that gives the id of its article; ``kg fetch`` writes it."""

PUBLISHED = "KG-Published"
"""A field of a record with the day (ISO) on which a feed or sitemap says that the page was published."""


def read_warc(source: Source) -> Iterator[Article]:
    """The articles of the records that are HTML pages (answers with status 200) or extracted texts.

    The address of a record becomes the article's where the page names none. The day of the crawl is no day of publication and
    is not used. A record that cannot be read is logged; other kinds of records are passed over.

    Raises:
        ArticleError: it is no WARC file, or ends within a record.
    """
    from warcio.archiveiterator import ArchiveIterator
    from warcio.exceptions import ArchiveLoadFailed

    used = number = 0
    try:
        records = ArchiveIterator(source.stream, arc2warc=False)
        while True:
            record, remarks = _next(records)
            if remarks:
                source.log.warning(f"{source.name}:{number}", f"the length of a record may be wrong: {_first_line(remarks)}")
            if record is None:
                break
            number += 1
            kind = _kind(record)
            if kind is None:
                continue
            used += 1
            where = f"{source.name}:{number}"
            try:
                yield from _articles(record, kind, where, source)
            except ArticleError as error:
                if error.source == source.name:
                    raise
                source.log.error(error.source, error.reason)
    except (ArchiveLoadFailed, ValueError, EOFError, OverflowError, MemoryError) as error:
        raise ArticleError(source.name, f"is damaged at record {number + 1}: {_first_line(error)}") from error
    if not number:
        raise ArticleError(source.name, "is no WARC file, or an empty one")
    if not used:
        raise ArticleError(source.name, "holds no page and no text")


def _next(records: Iterator[Any]) -> tuple[Any, str]:
    """The next record, None at the end, and what warcio would print of it, with bytes of the file, on standard error."""
    with contextlib.redirect_stderr(io.StringIO()) as remarks:
        record = next(records, None)
    return record, remarks.getvalue()


def _kind(record: Any) -> str | None:
    """``page`` or ``text``; None for other records."""
    if record.rec_type == "conversion":
        return "text"
    if record.rec_type != "response" or record.http_headers is None or record.http_headers.get_statuscode() != "200":
        return None
    media = str(record.http_headers.get_header("Content-Type") or "").split(";")[0].strip().lower()
    return "page" if media in _PAGE else "text" if media == "text/plain" and record.rec_headers.get_header(ARTICLE_ID) else None


def _articles(record: Any, kind: str, where: str, source: Source) -> Iterator[Article]:
    content: bytes = record.content_stream().read(source.limit + 1)
    charset = _CHARSET.search(str(record.http_headers.get_header("Content-Type") or "")) if record.http_headers else None
    if charset:
        content = _utf8(content, charset[1])
    name = record.rec_headers.get_header(ARTICLE_ID) or f"{source.stem}-{where.rpartition(':')[2]}"
    inner = replace(source, name=where, stem=name, stream=io.BytesIO(content))
    address = web_address(record.rec_headers.get_header("WARC-Target-URI"))
    day = _day(record.rec_headers.get_header(PUBLISHED))
    for article in (read_html if kind == "page" else read_text)(inner):
        yield replace(article, url=article.url or address, published=article.published or day)


def _day(value: str | None) -> str | None:
    found = find_dates(value[:20]) if value else ()
    return found[0].iso if found else None


def _utf8(content: bytes, charset: str) -> bytes:
    """``content`` in UTF-8 with its mark, if the server's ``charset`` reads it; else as it is.

    What is UTF-8 stays so whatever the server says: no text in another encoding reads as UTF-8 by chance.
    """
    try:
        if codecs.lookup(charset).name == "utf-8" or _is_utf8(content):
            return content
        return codecs.BOM_UTF8 + content.decode(charset).encode("utf-8")
    except (LookupError, UnicodeError, ValueError, TypeError):
        return content


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return b"\x00" not in content


def _first_line(error: object) -> str:
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)[:200]
