"""What every reader gets and the way in which it fails."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kg.issues import IssueLog
from kg.model import Article
from kg.read.decode import MAX_BYTES


@dataclass(frozen=True, slots=True)
class Source:
    """An opened input: ``name`` for messages, ``stem`` for ids, the bytes, where problems go, and what the user said.

    ``lang`` is the language that the user names for all articles (None: each is detected), ``limit`` the bytes of a document.
    """

    name: str
    stem: str
    stream: BinaryIO
    log: IssueLog
    lang: str | None = None
    limit: int = MAX_BYTES


Reader = Callable[[Source], Iterator[Article]]
"""Reads the articles of a source. A document that cannot be read raises ``ArticleError``; a bad record of several is logged."""


def writable(text: str) -> tuple[str, bool]:
    """``text`` without NUL and lone surrogates, which neither UTF-8 nor RDF can hold, and whether there were any.

    Each becomes U+FFFD, so that offsets stay.
    """
    if text.isascii() and "\x00" not in text:
        return text, False
    cleaned = "".join("\ufffd" if char == "\x00" or "\ud800" <= char <= "\udfff" else char for char in text)
    return cleaned, cleaned != text


def has_letters(text: str) -> bool:
    """Whether there is anything to read in ``text``."""
    return any(unicodedata.category(char).startswith("L") for char in text)
