"""What a text says of itself: title, publisher, date, taken from the lines that are not prose.

Nothing is guessed: a date counts where a line of its own or the dateline of the first paragraph gives it whole, a publisher
where it is named beside the date, at the end of the title, or after a cue such as "Published by".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kg.lang.fold import fold_word
from kg.model import Span
from kg.read.dates import find_dates
from kg.read.lines import Line, LineKind, is_medium_name, read_date_line
from kg.read.words import key, reading_words

_TAIL = re.compile(r"(?:\s[-–—|:»]{1,2}\s|\s?\|\s?)(?!.*(?:\s[-–—|:»]{1,2}\s|\|))")
_SEPARATOR = re.compile(r"\s[-–—|:»]{1,2}\s|\s?\|\s?")
_OPENING = re.compile(r"\s*(?:utc|gmt)?\s*[.,:]?\s*(?:\([^()]{2,40}\)\s*)?(?:--?|[–—])\s|\s*\([^()]{2,40}\)\s*[-–—:]")


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a text says of itself; None where it says nothing.

    ``title_span`` covers the title without the name of the site after it; ``published`` is an ISO date.
    """

    title: str | None = None
    title_span: Span | None = None
    published: str | None = None
    publisher: str | None = None


def mine(text: str, lines: Sequence[Line], lang: str | None = None) -> Metadata:
    """The metadata that the classified ``lines`` of ``text`` give; ``lang`` decides the order of dates in digits."""
    title, span, publisher = _title(text, lines)
    published, beside = _date(text, lines, lang)
    return Metadata(title, span, published or _dateline(text, lines, lang), publisher or beside or _named_publisher(text, lines))


def split_title(title: str, site: str = "") -> tuple[str, str | None]:
    """A page's title and the site's name that stands after it ("Title – RT World News"), None where there is none.

    A tail counts as a site's name where it reads as a medium's, follows a vertical bar and is short, or is ``site``, the name
    that the page gives elsewhere (a domain without its ending counts too).
    """
    known = {key(site), key(site.rsplit(".", 1)[0])} - {""}
    for separator in _SEPARATOR.finditer(title[:400]):
        if key(title[separator.end() :]) in known and len(title[: separator.start()].split()) >= 2:
            return title[: separator.start()].rstrip(), title[separator.end() :].strip()
    match = _TAIL.search(title[:400])
    if match is None:
        return title, None
    head, tail = title[: match.start()].rstrip(), title[match.end() :].strip()
    short = 0 < len(tail) <= 40 and 0 < len(tail.split()) <= 5 and not tail[0].islower()
    if len(head.split()) < 2 or not (short or is_medium_name(tail)):
        return title, None
    if not (is_medium_name(tail) or "|" in match.group()):
        return title, None
    further = _TAIL.search(head)
    if further is not None and key(head[further.end() :]) in reading_words().menu:
        head = head[: further.start()].rstrip()
    return head, tail


def _title(text: str, lines: Sequence[Line]) -> tuple[str | None, Span | None, str | None]:
    line = next((line for line in lines if line.kind is LineKind.TITLE), None)
    if line is None:
        return None, None, None
    title, publisher = split_title(line.span.of(text))
    span = Span(line.span.start, line.span.start + len(title))
    return " ".join(title.split()), span, publisher


def _date(text: str, lines: Sequence[Line], lang: str | None) -> tuple[str | None, str | None]:
    """Date and publisher of the date lines, a day of publication before an update.

    Those between the title and the second paragraph under it come first, then those over the title, last what says "published"
    further down: other dates there belong to other articles.
    """
    title = next((index for index, line in enumerate(lines) if line.kind is LineKind.TITLE), 0)
    prose = [index for index, line in enumerate(lines) if line.kind is LineKind.PROSE and index > title]
    head = prose[1] if len(prose) > 1 else len(lines)
    cue = reading_words().lines["published"]
    found: list[tuple[bool, int, str, str | None]] = []
    for index, line in enumerate(lines):
        if found and index > head:
            break
        words = line.span.of(text)
        said = read_date_line(words, lang) if line.kind is LineKind.DATE else None
        if said is None or (index > head and not cue.match(" ".join(fold_word(words).split()))):
            continue
        place = 0 if title < index <= head else 1 if index < title else 2
        found.append((said.updated, place, said.iso, said.publisher))
    best = min(found, key=lambda item: item[:2], default=None)
    return (best[2], best[3]) if best else (None, None)


def _dateline(text: str, lines: Sequence[Line], lang: str | None) -> str | None:
    """The date that opens the first paragraph ("16 June 2012. – …", "LONDON, March 3, 2021 (Reuters) - …")."""
    first = next((line for line in lines if line.kind is LineKind.PROSE), None)
    if first is None:
        return None
    opening = " ".join(fold_word(text[first.span.start : min(first.span.end, first.span.start + 160)]).split())
    found = next(iter(find_dates(opening, lang)), None)
    if found is None or found.start > 40 or not _OPENING.match(opening, found.end):
        return None
    before = [word for word in re.findall(r"[^\W\d_]+", opening[: found.start]) if word not in reading_words().weekdays]
    return (
        found.iso if not before or (len(before) <= 4 and opening[: found.start].rstrip().endswith((",", "،", "-", "–"))) else None
    )


def _named_publisher(text: str, lines: Sequence[Line]) -> str | None:
    cue = reading_words().lines["publisher"]
    for line in lines:
        if line.kind in (LineKind.TITLE, LineKind.PROSE) or len(line.span) > 120:
            continue
        words = line.span.of(text).split()
        for count in range(1, min(4, len(words))):
            if cue.fullmatch(fold_word(" ".join(words[:count]))):
                return " ".join(words[count:])
    return None
