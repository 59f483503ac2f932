"""Article ids that are safe as names of files."""

from __future__ import annotations

import hashlib
import unicodedata

LONGEST = 100
"""Bytes of UTF-8 that an id may have; longer ones are cut and get a hash, so that they stay different."""

NAMELESS = "article"
"""The id where nothing usable is left of a name."""

_FORBIDDEN = frozenset('/\\:*?"<>|%#')
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))})


def safe_id(name: str) -> str:
    """``name`` in NFC as it can name a file on every system.

    Separators and wildcards become ``-``, controls, format characters and surrogates go, dots and hyphens at the start become
    ``_`` (hidden files, options, ``..``), and no name is longer than ``LONGEST`` bytes or that of a device.
    """
    kept = []
    for char in unicodedata.normalize("NFC", name[:10_000]):
        category = unicodedata.category(char)
        if char in _FORBIDDEN:
            kept.append("-")
        elif category.startswith("Z"):
            kept.append(" ")
        elif not category.startswith("C"):
            kept.append(char)
    safe = " ".join("".join(kept).split()).rstrip(". ")
    bare = safe.lstrip(".-")
    if bare != safe:
        safe = "_" * min(len(safe) - len(bare), 2) + bare
    if not safe.strip("_"):
        return NAMELESS
    if safe.split(".")[0].lower() in _DEVICES:
        safe = f"_{safe}"
    data = safe.encode("utf-8")
    if len(data) > LONGEST or len(name) > 10_000:
        safe = f"{data[: LONGEST - 9].decode('utf-8', 'ignore').rstrip()}-{short_hash(name)}"
    return safe


def short_hash(text: str) -> str:
    """Eight hexadecimal digits of the SHA-256 of ``text``; lone surrogates count as they are."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
