"""The user's own decisions about links, from a table, applied alike in every run.

A tab-separated file with the columns ``name``, ``lang``, ``article``, ``verdict``, ``qid`` and, if wanted, ``note``. ``name`` is
compared folded, ``*`` in it stands for anything; ``lang`` and ``article`` (an id, a source or an address, ``*`` as above) may be
empty: everywhere. ``verdict`` is ``is`` or ``is not``; ``qid`` is a QID, or ``NIL`` behind ``is`` for what must stay without.
Lines that begin with ``#`` are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from kg.errors import ConfigurationError
from kg.issues import printable
from kg.lang.fold import fold_word
from kg.model import Article

COLUMNS = ("name", "lang", "article", "verdict", "qid")
NIL = "NIL"
_QID = re.compile(r"Q[1-9]\d{0,11}")
_LANG = re.compile(r"[a-z]{2,3}")
_MOST_TOLD = 10


@dataclass(frozen=True, slots=True)
class Rule:
    """One decision; ``name`` is folded, ``qid`` None stands for ``NIL``, ``line`` is where it stands in its file."""

    name: str
    lang: str
    article: str
    same: bool
    qid: str | None
    line: int

    def covers(self, names: Iterable[str], article: Article) -> bool:
        """Whether the decision is about an entity of these names in ``article``."""
        if self.lang and self.lang != article.lang:
            return False
        if self.article and not stands_in(article, self.article):
            return False
        return named_so((fold_word(name) for name in names), self.name)


def stands_in(article: Article, pattern: str) -> bool:
    """Whether the id, the source or the address of an article is what ``pattern`` says; ``*`` in it stands for anything."""
    return any(fnmatchcase(known, pattern) for known in (article.id, article.source, article.url or ""))


def named_so(folded: Iterable[str], pattern: str) -> bool:
    """Whether one of some names is what ``pattern`` says; both are folded."""
    return any(fnmatchcase(name, pattern) for name in folded)


@dataclass(frozen=True)
class Verdict:
    """What the rules say of one entity: ``decided`` with the QID (None: no item), and the QIDs that it is not."""

    decided: bool = False
    qid: str | None = None
    never: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Curation:
    """Rules in the order of their file; of several that decide about one entity the last counts."""

    rules: tuple[Rule, ...] = ()

    def verdict(self, names: Iterable[str], article: Article) -> Verdict:
        """What the rules say of an entity of these names."""
        if not self.rules:
            return Verdict()
        known = tuple(names)
        found = [rule for rule in self.rules if rule.covers(known, article)]
        never = frozenset(rule.qid for rule in found if not rule.same and rule.qid is not None)
        chosen = next((rule for rule in reversed(found) if rule.same), None)
        return Verdict(chosen is not None, chosen.qid if chosen else None, never)


def read_curation(path: Path) -> Curation:
    """Read a table of decisions.

    Raises:
        ConfigurationError: the file cannot be read, or rows are wrong; one line names them all.
    """
    try:
        lines = path.read_text("utf-8-sig").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"the curation file {path} cannot be read: {error}") from error
    rows = [(n, line.split("\t")) for n, line in enumerate(lines, 1) if line.strip() and not line.startswith("#")]
    if rows and tuple(cell.strip().lower() for cell in rows[0][1][: len(COLUMNS)]) == COLUMNS:
        rows = rows[1:]
    rules: list[Rule] = []
    wrong: list[str] = []
    taken: dict[tuple[str, str, str], Rule] = {}
    for number, cells in rows:
        rule = _rule(number, [cell.strip() for cell in cells])
        if isinstance(rule, str):
            wrong.append(f"line {number}: {rule}")
            continue
        if rule.same:
            other = taken.setdefault((rule.name, rule.lang, rule.article), rule)
            if other.qid != rule.qid:
                wrong.append(f"line {number}: it says {rule.qid or NIL} where line {other.line} says {other.qid or NIL}")
        rules.append(rule)
    if wrong:
        more = f"; and {len(wrong) - _MOST_TOLD} more" if len(wrong) > _MOST_TOLD else ""
        raise ConfigurationError(f"{path}: {'; '.join(wrong[:_MOST_TOLD])}{more}: mend the rows or take them out")
    return Curation(tuple(rules))


def linker_rows(path: Path) -> bytes:
    """What of a table of decisions the linker reads: other decisions come later, and change no analysis."""
    try:
        lines = path.read_bytes().splitlines(keepends=True)
    except OSError:
        return b""  # whoever reads the table says what is wrong with it
    return b"".join(line for line in lines if not line.startswith(b"#"))


def _rule(number: int, cells: list[str]) -> Rule | str:
    """The rule of a row, or what is wrong with it."""
    if len(cells) < len(COLUMNS):
        return f"{len(cells)} columns instead of {len(COLUMNS)} ({', '.join(COLUMNS)}, separated by tabs)"
    name, lang, article, verdict, qid = cells[: len(COLUMNS)]
    folded = fold_word(name).strip()
    if not folded.strip("*"):
        return "the name is empty or matches everything"
    if lang and not _LANG.fullmatch(lang):
        return f"the language must be a code like fr or empty, not {printable(lang, 30)!r}"
    if verdict not in ("is", "is not"):
        return f"the verdict must be `is` or `is not`, not {printable(verdict, 30)!r}"
    if qid == NIL and verdict == "is not":
        return "`is not NIL` says nothing; write `is` and the QID"
    if qid != NIL and not _QID.fullmatch(qid):
        return f"{printable(qid, 30)!r} is neither a QID nor NIL"
    return Rule(folded, lang, article, verdict == "is", None if qid == NIL else qid, number)
