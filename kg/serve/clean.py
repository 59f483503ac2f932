"""Words from articles as they may be shown: nothing in them changes the order or the look of what stands around them."""

from __future__ import annotations

import re

NAME_LIMIT = 300
"""Characters of a name that are shown."""

# Overrides, embeddings, isolates and marks of the bidirectional algorithm, and control characters but for line breaks.
_UNRULY = re.compile(
    "["
    "\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f"
    "]"
)


def clean(text: str) -> str:
    """``text`` with each unruly character as the sign ``U+FFFD``: as long as before, so that offsets stay."""
    return _UNRULY.sub("\ufffd", text)


def clean_name(text: str, limit: int = NAME_LIMIT) -> str:
    """A name on one line of at most ``limit`` characters."""
    line = " ".join(clean(text[: limit * 2]).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
