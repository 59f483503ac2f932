"""HTML pages, by way of trafilatura."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

from kg.errors import ArticleError
from kg.lang.fold import fold_word
from kg.model import Article, Span
from kg.read.boilerplate import body_of, is_repeat, light
from kg.read.dates import find_dates
from kg.read.decode import UnreadableError, decode, read_limited
from kg.read.ids import safe_id
from kg.read.language import UnknownLanguageError, choose_language
from kg.read.lines import Line, LineKind
from kg.read.metadata import split_title
from kg.read.source import Source, has_letters

DATE_NAMES = (
    "article:published_time",
    "og:article:published_time",
    "og:published_time",
    "datepublished",
    "article.published",
    "published_at",
    "publish-date",
    "publishdate",
    "pubdate",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date.created",
    "dcterms.created",
    "dc.date",
    "dcterms.date",
    "parsely-pub-date",
    "sailthru.date",
    "cxenseparse:recs:publishtime",
    "date",
)
"""Names under which ``<meta>`` gives the day of publication, the surest first."""

MAX_ELEMENTS = 100_000
"""Elements of a page that is read, thirty times what the pages of newspapers have: more would take longer than ten seconds."""

MAX_ATTRIBUTES = 30_000
"""Attributes of a page that is read; libxml2 compares each with all others of its element."""

_DECLARATION = re.compile(r"^\s*<\?xml[^>]{0,300}\?>")
# XML forbids these; trafilatura hands them to lxml, which refuses them or cuts the text there.
_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def read_html(source: Source) -> Iterator[Article]:
    """The one article of an HTML page.

    ``text`` is what trafilatura extracts, one paragraph a line, with the title on the first line, so offsets count its code
    points and not those of the file. Title, site, address, language and date come from the page's metadata; the date only where a
    ``<meta>``, JSON-LD or ``<time>`` gives it as the day of publication.

    Raises:
        ArticleError: the bytes are no text, the page holds no article, or its language has no pack.
    """
    try:
        page = decode(read_limited(source.stream, source.limit), markup=True)
        yield _article(page, source)
    except (UnreadableError, UnknownLanguageError) as error:
        raise ArticleError(source.name, str(error)) from error


def _article(page: str, source: Source) -> Article:
    import trafilatura
    from trafilatura.metadata import extract_metadata

    if not page.strip():
        raise ArticleError(source.name, "is empty")
    if attributes_at_most(page) > MAX_ATTRIBUTES:
        raise ArticleError(source.name, f"has over {MAX_ATTRIBUTES:,} attributes, more than a page of news")
    tree = trafilatura.load_html(_FORBIDDEN.sub("\ufffd", _DECLARATION.sub("", page, count=1)))
    if tree is None:
        raise ArticleError(source.name, "is no HTML page")
    if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
        raise ArticleError(source.name, f"has over {MAX_ELEMENTS:,} elements, more than a page of news")
    meta = extract_metadata(tree, date_config={"extensive_search": False, "original_date": True, "max_date": "2100-01-01"})
    sitename = " ".join((meta.sitename or "").split())
    title, tail = split_title(" ".join((meta.title or "").split()), sitename)
    text = _with_title(_extracted(tree, source), title)
    title_span = Span(0, len(title)) if title else None
    lines = tuple(Line(line.span, LineKind.TITLE) if line.span == title_span else line for line in light(text))
    if not any(line.kind is LineKind.PROSE for line in lines):
        raise ArticleError(source.name, "holds no article text; if the page shows one, save it as plain text")
    declared = _declared_language(tree)
    try:
        lang = choose_language(text, source.lang)
    except UnknownLanguageError:
        if declared is None:
            raise
        lang = choose_language(text, declared)
    return Article(
        id=safe_id(source.stem),
        text=text,
        body=body_of(lines),
        lang=lang,
        title=title or None,
        title_span=title_span,
        published=_published(tree, lang),
        publisher=sitename or tail,
        url=web_address(meta.url),
        source=source.name,
    )


def attributes_at_most(page: str) -> int:
    """About how many attributes ``page`` has at most, in linear time: signs of equality outside scripts, or words in tags.

    A sign of equality stands at every attribute with a value; attributes without one are words between ``<`` and ``>``, and
    nothing can hide those signs there but the quotes of a value.
    """
    kept, place, small = [], 0, page.lower()
    while (start := small.find("<script", place)) >= 0 and (end := small.find("</script", start)) >= 0:
        kept.append(page[place : start + 1])
        place = end
    kept.append(page[place:])
    rest = "".join(kept)
    words = sum(len(part.partition(">")[0].split()) for part in rest.split("<")[1:])
    return max(rest.count("="), words)


def _extracted(tree: Any, source: Source) -> str:
    """The paragraphs that trafilatura finds, once more with a wider net where it finds none."""
    import trafilatura

    for wide in (False, True):
        found = trafilatura.bare_extraction(tree, include_comments=False, include_tables=False, favor_recall=wide)
        text = str(getattr(found, "text", None) or "")
        lines = (" ".join(line.split()) for line in text.splitlines())
        joined = "\n".join(line for line in lines if line)
        if has_letters(joined):
            return joined
    raise ArticleError(source.name, "holds no article text; if the page shows one, save it as plain text")


def _with_title(text: str, title: str) -> str:
    """``text`` under ``title``, which is not said twice."""
    if not title:
        return text
    first, _, rest = text.partition("\n")
    if len(first) <= 1.5 * len(title) + 20 and is_repeat(first, title):
        return f"{title}\n{rest}" if rest else title
    return f"{title}\n{text}"


def _declared_language(tree: Any) -> str | None:
    value = str(tree.get("lang") or tree.get("{http://www.w3.org/XML/1998/namespace}lang") or "")
    return value.split("-")[0].strip().lower() or None


def web_address(url: str | None) -> str | None:
    """``url`` if it is a web address that an IRI may hold, else None."""
    try:
        fine = url is not None and urlsplit(url).scheme in ("http", "https") and not re.search(r'[\s<>"{}|\\^`]', url)
    except ValueError:
        fine = False
    return url if fine else None


def _published(tree: Any, lang: str) -> str | None:
    """The day of publication that the page's metadata gives; None where they give none."""
    named: dict[str, str] = {}
    for element in tree.iter("meta"):
        for attribute in ("property", "name", "itemprop"):
            name = str(element.get(attribute) or "").strip().lower()
            if name in DATE_NAMES and element.get("content"):
                named.setdefault(name, str(element.get("content")))
    values = [named[name] for name in DATE_NAMES if name in named]
    values[1:1] = _json_ld_dates(tree)
    for element in tree.iter("time"):
        if element.get("datetime") and (
            element.get("pubdate") is not None or "datepublished" in str(element.get("itemprop") or "").lower()
        ):
            values.append(str(element.get("datetime")))
    for value in values:
        found = find_dates(" ".join(fold_word(value[:60]).split()), lang)
        if found:
            return found[0].iso
    return None


def _json_ld_dates(tree: Any) -> list[str]:
    """Values of ``datePublished`` in the page's JSON-LD, in order."""
    dates: list[str] = []
    for element in tree.iter("script"):
        if str(element.get("type") or "").strip().lower() != "application/ld+json" or not element.text:
            continue
        try:
            pending = [json.loads(element.text, strict=False)]
        except (ValueError, RecursionError):
            continue
        while pending and len(dates) < 20:
            value = pending.pop(0)
            if isinstance(value, dict):
                if isinstance(value.get("datePublished"), str):
                    dates.append(value["datePublished"])
                pending.extend(value.get(key) for key in ("@graph", "mainEntity", "mainEntityOfPage", "hasPart"))
            elif isinstance(value, list):
                pending.extend(value)
    return dates
