"""Decisions about what is one: lines of the table of decisions that begin with ``#merge``.

A line has the columns ``#merge``, what it is about (``entity`` or ``action``), the verdict (``same`` or ``different``), two cells
for each of two sides and, if wanted, who decided and when (``2031-05-03T12:00:00Z``). A side is

- of entities: names as the articles write them, and the articles: ids, sources or addresses (none: every article). Names are
  compared folded, ``*`` stands for anything in both;
- of actions: the IRIs of reports and, if wanted, of the words that tell each (``…/article/x#char=12,24``).

Several names or articles are separated by ``|``, several IRIs by blanks. ``different`` keeps all of one side apart from all of
the other; what is on both is on the first alone, so that ``*`` on the second means: all others. Of decisions that contradict each
other the later line counts. ``kg.link.curation`` leaves these lines out.
"""

from __future__ import annotations

import glob
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from kg.decide.rows import marked
from kg.errors import ConfigurationError
from kg.issues import printable
from kg.lang.fold import fold_word

MARK = "#merge"


class About(StrEnum):
    """What is one, or is not."""

    ENTITY = "entity"
    ACTION = "action"


class Same(StrEnum):
    """The verdicts: two sides are one, or nothing of one is anything of the other."""

    SAME = "same"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Side:
    """Names and the articles in which they stand, as patterns; or the IRIs of reports and of their words."""

    what: tuple[str, ...]
    where: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MergeDecision:
    """One decision; ``line`` is where it stands in its file."""

    about: About
    verdict: Same
    one: Side
    other: Side
    by: str = ""
    at: str = ""
    line: int = 0

    @property
    def reason(self) -> str:
        """Who decided, in words."""
        return " ".join(["decided by", self.by or "hand", *(["at", self.at] if self.at else [])])


def read_merge_decisions(path: Path) -> tuple[MergeDecision, ...]:
    """The decisions about what is one in a table of decisions, in the order of their lines.

    Raises:
        ConfigurationError: the file cannot be read, or lines are wrong; one line names them all.
    """
    return marked(path, MARK, _decision)


def entity_apart(name: str, article: str, names: Iterable[str], by: str = "", at: str = "") -> MergeDecision:
    """That what ``article`` calls ``name`` is nobody whom any other article calls by one of ``names``."""
    one = Side(_exactly([_shown(name)]), _exactly([article]))
    return MergeDecision(About.ENTITY, Same.DIFFERENT, one, Side(_exactly(map(_shown, names)), ("*",)), by, at)


def report_apart(report: str, told: Iterable[tuple[str, str]], by: str = "", at: str = "") -> MergeDecision:
    """That ``report`` is not of the action that the others of ``told`` tell; they come with the IRIs of their words."""
    pairs = tuple(told)
    one, others = (tuple(pair for pair in pairs if (pair[0] == report) is here) for here in (True, False))
    sides = (Side(tuple(name for name, _ in side), tuple(words for _, words in side)) for side in (one, others))
    return MergeDecision(About.ACTION, Same.DIFFERENT, next(sides), next(sides), by, at)


def line_of(decision: MergeDecision) -> str:
    """The line that says ``decision``."""
    cells = [MARK, decision.about.value, decision.verdict.value]
    for side in (decision.one, decision.other):
        for texts in (side.what, side.where):
            cells.append((" " if decision.about is About.ACTION else "|").join(texts))
    return "\t".join([*cells, decision.by, decision.at]).rstrip("\t")


def _exactly(texts: Iterable[str]) -> tuple[str, ...]:
    """Patterns that stand for nothing else; any sign stands for the one that separates patterns, and for what does not show."""
    signs = (("?" if char == "|" or not char.isprintable() else glob.escape(char) for char in text) for text in texts)
    return tuple(dict.fromkeys(map("".join, signs)))


def _shown(text: str) -> str:
    """``text`` without what folding drops or makes a blank."""
    return " ".join("".join(char for char in text if char.isprintable() or char.isspace()).split())


def _decision(number: int, cells: list[str]) -> MergeDecision:
    if len(cells) < 5:
        raise ConfigurationError("a decision about what is one has `entity` or `action`, a verdict, and two cells for each side")
    about, verdict, *sides, by, at = (*cells, "", "", "")[:8]
    if about not in tuple(About):
        raise ConfigurationError(f"it must be about `entity` or `action`, not {printable(about, 30)!r}")
    if verdict not in tuple(Same):
        raise ConfigurationError(f"the verdict must be `same` or `different`, not {printable(verdict, 30)!r}")
    kind = About(about)
    one, other = (_side(kind, *sides[start : start + 2]) for start in (0, 2))
    if one == other:
        raise ConfigurationError("both sides are the same")
    try:
        if at:
            datetime.fromisoformat(at)
    except ValueError:
        raise ConfigurationError(f"{printable(at, 40)!r} is no time like 2031-05-03T12:00:00Z") from None
    return MergeDecision(kind, Same(verdict), one, other, by, at, number)


_IRI = re.compile(r"https?://\S+")


def _side(about: About, what: str, where: str) -> Side:
    if about is About.ACTION:
        reports, words = tuple(what.split()), tuple(where.split())
        if not reports or not all(map(_IRI.fullmatch, reports)):
            raise ConfigurationError("a side of actions is the IRI of a report, or of several")
        return Side(reports, words if len(words) == len(reports) else ())
    names, articles = (tuple(part.strip() for part in cell.split("|") if part.strip()) for cell in (what, where))
    folded = tuple(" ".join(fold_word(name).split()) for name in names)
    if not folded or not all(folded):
        raise ConfigurationError("a side of entities has a name (`*` for all)")
    return Side(folded, articles)
