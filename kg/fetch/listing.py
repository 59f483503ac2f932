"""Feeds (RSS, Atom) and sitemaps: the addresses that they list, by way of lxml.

A feed is hostile input: entities are not resolved, and a document that declares any is refused (billion laughs); libxml2 bounds
depth and sizes, and mends what is merely ill-formed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from kg.fetch.addresses import checked_url
from kg.fetch.settings import RefusedError
from kg.read.dates import find_dates

MOST = 50_000
"""Addresses that one list may hold, as the protocol of sitemaps says."""

FEEDS = ("rss", "RDF", "feed")
SITEMAPS = ("urlset", "sitemapindex")
_ROOT = re.compile(rb"<(?:[A-Za-z_][\w.-]*:)?(rss|RDF|feed|urlset|sitemapindex)[\s>/]")
_TRACKING = re.compile(r"utm_\w+", re.I)


@dataclass(frozen=True, slots=True)
class Listed:
    """An address that a list names, with the day of publication (ISO) that it gives, and whether it is a list itself."""

    url: str
    published: str | None = None
    nested: bool = False


def is_list(body: bytes) -> bool:
    """Whether ``body`` begins as a feed or a sitemap, whatever the server calls it."""
    head = body[:4096].replace(b"\x00", b"")
    return not re.search(rb"<(?:!doctype\s+html|html)\b", head, re.I) and _ROOT.search(head) is not None


def read_list(body: bytes, url: str, charset: str | None = None) -> tuple[Listed, ...]:
    """What the feed or sitemap ``body``, found at ``url``, lists: each address once, in order.

    ``charset`` is what the server says of its encoding.

    Raises:
        RefusedError: it is no feed and no sitemap, or declares entities.
    """
    root = _parsed(body, url, charset)
    name = _local(root)
    if name not in (*FEEDS, *SITEMAPS):
        raise RefusedError(url, f"is no feed and no sitemap, but <{name[:40]}>")
    entries = _of_sitemap(root) if name in SITEMAPS else _of_feed(root)
    found: dict[str, Listed] = {}
    for address, date, nested in entries:
        try:
            clean = without_tracking(checked_url(urljoin(url, address.strip())))
        except (RefusedError, ValueError):
            continue
        found.setdefault(clean, Listed(clean, _day(date), nested))
        if len(found) >= MOST:
            break
    return tuple(found.values())


def without_tracking(url: str) -> str:
    """``url`` without the parameters ``utm_…``, which say only where a reader came from."""
    parts = urlsplit(url)
    if "utm_" not in parts.query.lower():
        return url
    kept = [(name, value) for name, value in parse_qsl(parts.query, keep_blank_values=True) if not _TRACKING.fullmatch(name)]
    return parts._replace(query=urlencode(kept)).geturl()


def _parsed(body: bytes, url: str, charset: str | None) -> Any:
    from lxml import etree

    if re.search(rb"<!ENTITY", body.replace(b"\x00", b""), re.I):
        raise RefusedError(url, "declares XML entities, which a feed does not need")
    for encoding in (charset, None):
        try:
            parser = etree.XMLParser(
                resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=True, encoding=encoding
            )
            root = etree.fromstring(body.lstrip(), parser)
        except (LookupError, ValueError, etree.XMLSyntaxError):
            continue
        if root is not None:
            return root
    raise RefusedError(url, "is no XML that can be read")


def _of_sitemap(root: Any) -> Iterator[tuple[str, str, bool]]:
    nested = _local(root) == "sitemapindex"
    for entry in root.iterchildren():
        values = {_local(element): str(element.text or "") for element in reversed(list(entry.iter()))}
        if _local(entry) in ("url", "sitemap") and values.get("loc"):
            yield values["loc"], values.get("publication_date", ""), nested


def _of_feed(root: Any) -> Iterator[tuple[str, str, bool]]:
    for entry in root.iter():
        if _local(entry) not in ("item", "entry"):
            continue
        links: list[tuple[bool, str]] = []
        date = identity = ""
        for element in entry.iterchildren():
            name, text = _local(element), str(element.text or "").strip()
            if name == "link" and element.get("href"):
                links.append((element.get("rel", "alternate") != "alternate", str(element.get("href"))))
            elif name == "link" and text:
                links.append((False, text))
            elif name in ("guid", "id") and element.get("isPermaLink", "true").lower() != "false":
                identity = text
            elif name in ("pubDate", "published", "date", "issued") and not date:
                date = text
        links.sort(key=lambda pair: pair[0])  # an Atom entry may link its replies or files too
        link = links[0][1] if links else identity if identity.startswith(("http://", "https://")) else ""
        if link:
            yield link, date, False


def _local(element: Any) -> str:
    """The name of an element without its namespace; nothing for comments and instructions."""
    tag = element.tag
    return tag.rpartition("}")[2].rpartition(":")[2] if isinstance(tag, str) else ""


def _day(value: str) -> str | None:
    """The day in ``value``: RFC 822 (``Wed, 02 Oct 2024 13:00:00 GMT``) or ISO 8601."""
    from kg.lang.fold import fold_word

    found = find_dates(" ".join(fold_word(value[:60]).split()))
    return found[0].iso if len(found) == 1 else None
