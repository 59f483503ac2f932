"""Lines of a page, and what each is when it is looked at alone: a link, a share button, a byline, a date, or words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from kg.lang.fold import fold_word
from kg.model import Span
from kg.read.dates import find_dates
from kg.read.words import key, reading_words


class LineKind(StrEnum):
    """What a line of a page is. ``TITLE`` and ``PROSE`` are the article, everything else stands round it.

    ``MORE`` is the teaser of another article and its label, ``REPEAT`` the title or a paragraph once more, ``SHORT`` a label
    that no list knows, ``AFTER`` what follows the article (comments, sources).
    """

    TITLE = "title"
    PROSE = "prose"
    MENU = "menu"
    SHARE = "share"
    MORE = "more"
    BYLINE = "byline"
    CREDIT = "credit"
    TAGS = "tags"
    PROMO = "promo"
    DATE = "date"
    REPEAT = "repeat"
    SHORT = "short"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Line:
    """A line (or a paragraph of lines wrapped at a fixed width): its place without blanks at the ends, and what it is."""

    span: Span
    kind: LineKind


@dataclass(frozen=True, slots=True)
class DateLine:
    """What a line that gives the date of the page says: the ISO date, the publisher beside it, and whether it is an update."""

    iso: str
    publisher: str | None = None
    updated: bool = False


SENTENCE_END = re.compile(r"[.!?…؟۔:;؛»”\"')\]\u2019][\s\u200e\u200f]*$")
"""How a line of prose ends; titles and labels mostly do not."""

LONG = 80
"""Code points from which a line counts as prose even without a full stop."""

_LINE = re.compile(r"[^\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029]+")
_CELLS = re.compile(r"[ \u00a0\u202f]{3,}|\t+|\s[|•·›>]\s|\s?\|\s?")
_WIDE_CELLS = re.compile(r"[ \u00a0\u202f]{2,}|\t+|\s?[|•·›>/]\s?|\s[-–—]\s")
_ADDRESS = re.compile(r"(?:https?://|www\.)\S+|\S+@\S+\.\w+|[\w.-]+\.(?:com|org|net|fr|ma|dz|tn|info|news)(?:/\S*)?", re.I)
_DOMAIN = re.compile(r"(?:[\w-]{1,60}\.){1,3}[a-z]{2,10}", re.I)
_CLOCK = re.compile(r"\d{1,2} ?[:h] ?\d{0,2}(?::\d{2})?|utc ?[+-] ?\d+|[+-]\d{1,2}:?\d{2}")
_LIMITS = {"share": 160, "more": 200, "byline": 110, "credit": 200, "tags": 400, "promo": 220}
_LEADING = re.compile(r"^[\W\d_]+")


def split_lines(text: str) -> tuple[Span, ...]:
    """The lines of ``text`` that are not blank, each without blanks at its ends; offsets are those of ``text``."""
    spans = []
    for match in _LINE.finditer(text):
        line = match.group()
        stripped = line.strip(" \t\u00a0\u202f\u3000\ufeff\u200b\u200e\u200f")
        if stripped:
            start = match.start() + line.index(stripped)
            spans.append(Span(start, start + len(stripped)))
    return tuple(spans)


def ends_sentence(line: str) -> bool:
    """Whether ``line`` ends as a sentence or a quotation does."""
    return SENTENCE_END.search(line[-40:]) is not None


def kind_alone(line: str, lang: str | None = None) -> LineKind | None:
    """What the words of ``line`` alone say that it is; None where they may be the article's.

    Works in time linear in the line: all but the shape of cells is asked of short lines only.
    """
    words = reading_words()
    if len(line) > max(_LIMITS.values()):
        return LineKind.MENU if _is_navigation(line) else None
    plain = key(line)
    if not plain or plain in words.menu or plain in words.end or _is_navigation(line) or _ADDRESS.fullmatch(line.strip()):
        return LineKind.MENU
    if all(word.startswith("#") for word in line.split()):
        return LineKind.TAGS
    if read_date_line(line, lang):
        return LineKind.DATE
    folded = " ".join(fold_word(line).split())
    starts = (folded, _LEADING.sub("", folded))
    for kind in (LineKind.SHARE, LineKind.MORE, LineKind.CREDIT, LineKind.TAGS, LineKind.PROMO):
        if len(line) <= _LIMITS[kind] and any(words.lines[kind].match(start) for start in starts):
            return kind
    if len(line) <= _LIMITS["byline"] and (_is_byline(line) or _is_medium(line)):
        return LineKind.BYLINE
    return None


def is_bare_label(line: str) -> bool:
    """Whether a line of kind ``MORE`` is only the label, so that the teaser stands on the next line."""
    folded = _LEADING.sub("", " ".join(fold_word(line).split()))
    match = reading_words().lines["more"].match(folded)
    return match is not None and len(key(folded[match.end() :])) < 3


def read_date_line(line: str, lang: str | None = None) -> DateLine | None:
    """What ``line`` says as a date line ("Published 3 March 2021 | example.org"); None where it is none.

    A line counts where it holds a whole date and, apart from it, only cues, week days, times and a publisher. A date that opens
    a paragraph makes no date line.
    """
    if len(line) > 160:
        return None
    words = reading_words()
    folded = " ".join(fold_word(line).split())
    dates = find_dates(folded, lang)
    if not dates:
        return None
    cue = words.lines["published"].match(_LEADING.sub("", folded))
    updated = not cue and words.lines["updated"].match(_LEADING.sub("", folded)) is not None
    publisher = None
    rest = []
    for cell in re.split(r"\s*[|•·]\s*|\s+[-–—]\s+|\s{3,}|\t+", line):
        small = " ".join(fold_word(cell).split())
        if find_dates(small, lang):
            rest.append(_without_date(small, lang))
        elif cell.strip() and is_medium_name(cell.strip()):
            publisher = publisher or cell.strip()
        else:
            rest.append(_without_date(small, lang))
    letters = sum(char.isalpha() for part in rest for char in part)
    allowed = 24 if cue or updated else 0
    if letters > allowed or (letters and line.rstrip().endswith((".", "…")) and letters > 8):
        return None
    return DateLine(dates[0].iso, publisher, updated)


def is_medium_name(name: str) -> bool:
    """Whether ``name`` reads as the name of a medium: a known one, a domain, or a short name with a word such as "News"."""
    words = reading_words()
    plain = key(name)
    parts = plain.split()
    if not parts or len(parts) > 5:
        return False
    return (
        plain in words.media_names
        or _DOMAIN.fullmatch(name.strip()) is not None
        or any(part in words.media_words for part in parts)
    )


def _without_date(folded: str, lang: str | None) -> str:
    words = reading_words()
    for found in reversed(find_dates(folded, lang)):
        folded = f"{folded[: found.start]} {folded[found.end :]}"
    folded = _LEADING.sub("", folded)
    for kind in ("published", "updated"):
        folded = words.lines[kind].sub(" ", folded, count=1) if words.lines[kind].match(folded) else folded
    folded = _CLOCK.sub(" ", folded)
    kept = [word for word in re.findall(r"[^\W\d_]+", folded) if word not in words.fillers and word not in words.weekdays]
    return " ".join(kept)


def _is_navigation(line: str) -> bool:
    menu = reading_words().menu
    cells = [cell for cell in _CELLS.split(line) if cell.strip()]
    if len(cells) >= 3 and all(
        len(cell) <= 40 and not cell.rstrip().endswith((".", "!", "?", "…", "؟", ",", "،")) for cell in cells
    ):
        return True
    cells = [cell for cell in _WIDE_CELLS.split(line[:2000]) if cell.strip()]
    return len(line) <= 2000 and len(cells) >= 2 and all(key(cell) in menu or not key(cell) for cell in cells)


def _is_byline(line: str) -> bool:
    words = reading_words()
    folded = " ".join(fold_word(line).split())
    match = words.lines["byline"].match(folded)
    if match is None or line.rstrip().endswith((".", "!", "?", "…", ":", "؟")):
        return False
    # Folding keeps the words of a line, so the cue covers as many of them as it has blanks.
    used = len(folded[: match.end()].split())
    names = line.split()[used:]
    return len(names) <= 9 and all(_may_be_name(name, words.particles) for name in names)


def _may_be_name(word: str, particles: frozenset[str]) -> bool:
    bare = word.strip(".,;:()[]/|-–—«»\"'’")
    return not bare or not bare[0].islower() or fold_word(bare) in particles or fold_word(bare)[:2] in ("d'", "l'")


def _is_medium(line: str) -> bool:
    """Whether the line only names media, perhaps with a place ("AFP - Paris")."""
    names = reading_words().media_names
    cells = [key(cell) for cell in re.split(r"\s*[|•·/,،()]\s*|\s+[-–—]\s+|\s+[-–—]$", line) if key(cell)]
    return 0 < len(cells) <= 3 and any(cell in names for cell in cells) and all(len(cell.split()) <= 3 for cell in cells)
