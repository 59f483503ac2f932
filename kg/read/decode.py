"""Bytes become text, or one clear line says why not."""

from __future__ import annotations

import codecs
import re
from typing import BinaryIO

from kg.lang.pack import languages
from kg.read.language import detect

MAX_BYTES = 5_000_000
"""Largest document that is read, in bytes; a file of records may be larger, a record may not."""

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF-", "a PDF document"),
    (b"PK\x03\x04", "a ZIP archive (or an office document)"),
    (b"PK\x05\x06", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ\x00", "an xz archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"\x89PNG\r\n", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"RIFF", "a RIFF file (image, sound or film)"),
    (b"\x7fELF", "a program"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"SQLite format 3\x00", "an SQLite database"),
    (b"{\\rtf", "an RTF document"),
)
"""First bytes of files that hold no text, and what they are."""

LEGACY = ("cp1256", "cp1252")
"""Encodings that are tried where text is not UTF-8 and says nothing of its own, Arabic and Western European."""

CONVERT = "convert it with: iconv -f ENCODING -t UTF-8"

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"""<(?:meta|\?xml)[^<>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.I)


class UnreadableError(ValueError):
    """The bytes are no text that can be read; the text says what they are and what to do."""


def read_limited(stream: BinaryIO, limit: int = MAX_BYTES) -> bytes:
    """All bytes of ``stream``.

    Raises:
        UnreadableError: there are more than ``limit`` bytes.
        OSError: the stream cannot be read.
    """
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise UnreadableError(
            f"over {limit:,} bytes, more than an article has; split it into records (JSONL, one article a line)"
        )
    return data


def decode(data: bytes, markup: bool = False) -> str:
    """The text of ``data``: line ends and everything else as they are, without a byte order mark.

    UTF-8, UTF-16 and UTF-32 by their mark, UTF-8 without one; else the encoding that a page declares (``markup``), else Windows
    1256 or 1252 where exactly that reading gives a text in a known language.

    Raises:
        UnreadableError: the bytes are binary, or no encoding fits.
    """
    for magic, what in MAGIC:
        if data.startswith(magic):
            raise UnreadableError(f"is {what}, not text; extract its text first")
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _strictly(data, encoding)
    if b"\x00" in data:
        raise UnreadableError(f"has NUL bytes: it is binary, or UTF-16 without a byte order mark; if it is text, {CONVERT}")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        place = error.start
    declared = _declared(data) if markup else None
    if declared:
        return _strictly(data, declared)
    guessed = _guess(data)
    if guessed is None:
        raise UnreadableError(f"is not UTF-8 text (byte {place} does not fit); {CONVERT}")
    return data.decode(guessed)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise UnreadableError(f"says that it is {encoding}, but byte {error.start} does not fit; {CONVERT}") from error


def _declared(data: bytes) -> str | None:
    """The encoding that the head of a page names, if Python knows it as a text encoding and it is not UTF-8 (tried before)."""
    match = _DECLARED.search(data[:8192])
    if match is None:
        return None
    try:
        info = codecs.lookup(match[1].decode("ascii"))
    except LookupError:
        return None
    if info.name.startswith("utf") or not getattr(info, "_is_text_encoding", True):
        return None
    # Browsers read Latin-1 and ASCII labels as Windows 1252 (WHATWG Encoding Standard).
    return "cp1252" if info.name in ("iso8859-1", "ascii") else info.name


def _guess(data: bytes) -> str | None:
    """The legacy encoding in which ``data`` reads as text; None where none does, or two equally well."""
    found = []
    for encoding in LEGACY:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        sample = text[:20_000]
        lang, confidence = detect(sample)
        if lang in languages() and confidence >= 0.6 and _looks_like_text(sample):
            found.append((_strangers(sample), -confidence, encoding, text))
    found.sort()
    if len(found) > 1 and found[0][0] == found[1][0] and abs(found[0][1] - found[1][1]) < 0.05 and found[0][3] != found[1][3]:
        return None
    return found[0][2] if found else None


def _looks_like_text(text: str) -> bool:
    """Letters, digits, blanks and common punctuation make nearly all of it, and hardly a word mixes Arabic and Latin letters."""
    common = sum(
        char.isalnum() or char.isspace() or char in ".,;:!?'\"()-–—«»‘’“”…%/&،؛؟€£$°ـ" or "\u064b" <= char <= "\u0652"
        for char in text
    )
    return common >= 0.97 * len(text) and _mixed_words(text) <= 0.002 * len(text)


def _strangers(text: str) -> int:
    """Letters of the rarer of the two scripts: a wrong reading of French or English has some Arabic ones."""
    arabic = len(re.findall(r"[\u0600-\u06ff]", text))
    return min(arabic, len(re.findall(r"[a-zA-Z\u00c0-\u024f]", text)))


def _mixed_words(text: str) -> int:
    return len(re.findall(r"[\u0600-\u06ff][a-zA-Z\u00c0-\u024f]|[a-zA-Z\u00c0-\u024f][\u0600-\u06ff]", text))
