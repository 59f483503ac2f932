"""Mails, PDF and Word documents: their text, as a text file would be read."""

from __future__ import annotations

import email
import email.policy
import io
import logging
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage
from typing import Any

from kg.errors import ArticleError
from kg.model import Article
from kg.read.decode import UnreadableError, read_limited
from kg.read.html_ import read_html
from kg.read.plain import read_text
from kg.read.source import Source

MAX_PAGES = 300
"""Pages of a PDF document that is read."""

FILE_LIMIT = 50_000_000
"""Largest PDF or Word file in bytes; their text may have no more than other documents."""


LONGEST_HEADER = 10_000
"""Characters of a header of a mail that is read: the time that the standard library takes grows with the square."""


class _Policy(email.policy.EmailPolicy):
    """The standard policy, which refuses what it would work on for minutes."""

    def header_fetch_parse(self, name: str, value: str) -> Any:
        if len(value) > LONGEST_HEADER:
            raise ValueError(f"a header has over {LONGEST_HEADER:,} characters")
        return super().header_fetch_parse(name, value)


def read_mail(source: Source) -> Iterator[Article]:
    """The article of a mail (RFC 5322): its plain text if it has one, else its HTML. The subject is its first line.

    Raises:
        ArticleError: it is no mail, or has no text.
    """
    try:
        message = email.message_from_bytes(read_limited(source.stream, source.limit), policy=_Policy())
        assert isinstance(message, EmailMessage)  # noqa: S101 - what the policy makes
        if not message.keys():
            raise ArticleError(source.name, "is no mail: it has no headers")
        part = message.get_body(("plain", "html"))
        content = part.get_content() if part is not None else ""
        subject = " ".join(str(message.get("subject") or "").split())
        markup = part is not None and part.get_content_type() == "text/html"
    except UnreadableError as error:
        raise ArticleError(source.name, str(error)) from error
    except (LookupError, ValueError, TypeError, AttributeError, IndexError, RecursionError) as error:
        raise ArticleError(source.name, f"is no mail that can be read: {error}") from error
    if not str(content).strip():
        raise ArticleError(source.name, "the mail has no text")
    if markup:
        yield from read_html(_as(source, str(content)))
    else:
        yield from read_text(_as(source, f"{subject}\n\n{content}" if subject else str(content)))


def read_pdf(source: Source) -> Iterator[Article]:
    """The article of a PDF document, by way of pypdf; a scan without a text layer has none.

    Raises:
        ArticleError: it is no PDF document, encrypted, or without text; or pypdf is not installed.
    """
    try:
        import pypdf
    except ImportError as error:
        raise ArticleError(source.name, "reading PDF needs pypdf: run `make setup-documents`") from error
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)  # its remarks carry bytes of the file
    data = _read(source)
    try:
        document = pypdf.PdfReader(io.BytesIO(data))
        if document.is_encrypted and not document.decrypt(""):
            raise ArticleError(source.name, "is encrypted; save it without a password")
        if len(document.pages) > MAX_PAGES:
            raise ArticleError(source.name, f"has over {MAX_PAGES} pages, more than an article")
        text = "\n\n".join(page.extract_text() for page in document.pages)
    except ArticleError:
        raise
    except Exception as error:  # pypdf meets broken files with errors of every kind
        raise ArticleError(source.name, f"is no PDF document that can be read: {error}") from error
    if not text.strip():
        raise ArticleError(source.name, "has no text layer; run it through OCR first")
    yield from read_text(_as(source, text))


def read_docx(source: Source) -> Iterator[Article]:
    """The article of a Word document (.docx), by way of python-docx.

    Raises:
        ArticleError: it is no such document, or has no text; or python-docx is not installed.
    """
    try:
        import docx
    except ImportError as error:
        raise ArticleError(source.name, "reading .docx needs python-docx: run `make setup-documents`") from error
    data = _read(source)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > FILE_LIMIT:
                raise ArticleError(source.name, f"becomes over {FILE_LIMIT:,} bytes when it is decompressed")
        text = "\n".join(paragraph.text for paragraph in docx.Document(io.BytesIO(data)).paragraphs)
    except ArticleError:
        raise
    except Exception as error:  # zip, XML and package errors of every kind
        raise ArticleError(source.name, f"is no Word document that can be read: {error}") from error
    if not text.strip():
        raise ArticleError(source.name, "has no text")
    yield from read_text(_as(source, text))


def _read(source: Source) -> bytes:
    try:
        return read_limited(source.stream, FILE_LIMIT)
    except UnreadableError as error:
        raise ArticleError(source.name, str(error)) from error


def _as(source: Source, text: str) -> Source:
    return replace(source, stream=io.BytesIO(text.encode("utf-8", "replace")))
