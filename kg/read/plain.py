"""Plain text: articles as typed, and raw dumps of pages with their menus."""

from __future__ import annotations

from collections.abc import Iterator

from kg.errors import ArticleError
from kg.model import Article
from kg.read.boilerplate import body_of, classify
from kg.read.decode import UnreadableError, decode, read_limited
from kg.read.ids import safe_id
from kg.read.language import UnknownLanguageError, choose_language
from kg.read.lines import LineKind
from kg.read.metadata import mine
from kg.read.source import Source


def read_text(source: Source) -> Iterator[Article]:
    """The one article of a text file.

    ``text`` is the file decoded, untouched (line ends included, a byte order mark apart); ``body`` leaves out what
    ``kg.read.boilerplate`` finds to be page; title, publisher and date come from ``kg.read.metadata``. A title is not cut from
    its line, but the site's name after it is.

    Raises:
        ArticleError: the bytes are no text, there is no prose, or its language has no pack.
    """
    try:
        yield article_of(decode(read_limited(source.stream, source.limit)), source)
    except (UnreadableError, UnknownLanguageError) as error:
        raise ArticleError(source.name, str(error)) from error


def article_of(text: str, source: Source) -> Article:
    """The article that is the plain text ``text``.

    Raises:
        ArticleError: there is no prose in it.
        UnknownLanguageError: its language has no pack or cannot be told.
    """
    if not text.strip():
        raise ArticleError(source.name, "is empty")
    lang = choose_language(text, source.lang)
    lines = classify(text, lang)
    if not any(line.kind is LineKind.PROSE for line in lines) and not any(line.kind is LineKind.TITLE for line in lines):
        raise ArticleError(source.name, "holds no prose, only links and labels of a page")
    said = mine(text, lines, lang)
    body = body_of(lines)
    if said.title_span is not None:
        whole = next(line.span for line in lines if line.kind is LineKind.TITLE)
        body = tuple(said.title_span if span == whole else span for span in body)
    return Article(
        id=safe_id(source.stem),
        text=text,
        body=body,
        lang=lang,
        title=said.title,
        title_span=said.title_span,
        published=said.published,
        publisher=said.publisher,
        source=source.name,
    )
