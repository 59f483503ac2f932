"""Templates: regular expressions with placeholders for word tables, so that a grammar of dates is a list in TOML.

A placeholder ``<m>`` stands for any word of the table ``m`` and becomes the group ``m`` of the match; ``<m2>`` is a second one
in the same template, ``<m0>`` one without a group. A placeholder that names a fragment is replaced by that fragment (without a
group). ``<_>`` marks where the mention begins, so that what precedes is context. A blank stands for one to three blanks,
`` ?`` for none to three. Everything is folded.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word

_PLACEHOLDER = re.compile(r"<([a-z_]+)(\d?)>")
_BEHIND = 40


@dataclass(frozen=True)
class Template:
    """One compiled template; ``read`` names its reader, ``options`` are the further keys of its row."""

    read: str
    source: str
    regex: re.Pattern[str]
    options: Mapping[str, Any]
    unless_before: re.Pattern[str] | None


@dataclass(frozen=True, slots=True)
class Found:
    """A match of ``template``: the mention is ``text[start:end]``."""

    template: Template
    match: re.Match[str]
    start: int
    end: int

    def group(self, name: str) -> str | None:
        """The words of the placeholder ``name`` with single blanks, or None where the template lacks it or left it out."""
        try:
            found = self.match.group(name)
        except IndexError:
            return None
        return None if found is None else re.sub(" +", " ", found)


@dataclass(frozen=True)
class Templates:
    """The templates of one language; the longest match at a place wins, then the earliest template."""

    rows: tuple[Template, ...]
    gate: re.Pattern[str]

    def find(self, text: str) -> Iterator[Found]:
        """All mentions in the folded ``text``, in order and without overlap."""
        place = 0
        while (gate := self.gate.search(text, place)) is not None:
            best = self._longest(text, gate.start(), None)
            if best is not None and best.start > gate.start():
                best = self._longest(text, best.start, best)
            if best is not None:
                yield best
            place = best.end if best is not None else gate.start() + 1

    def _longest(self, text: str, place: int, best: Found | None) -> Found | None:
        """The longest mention whose template begins at ``place``, if it reaches beyond ``best``."""
        for template in self.rows:
            match = template.regex.match(text, place)
            if match is None or (best is not None and match.end() <= best.end):
                continue
            behind = template.unless_before
            if behind is not None and behind.search(text, max(0, place - _BEHIND), place):
                continue
            start = match.start("_") if "_" in template.regex.groupindex and match.start("_") >= 0 else place
            best = Found(template, match, start, match.end())
        return best


def compile_templates(
    language: str,
    rows: Iterable[Mapping[str, Any]],
    tables: Mapping[str, str],
    fragments: Mapping[str, str],
    readers: Iterable[str],
) -> Templates:
    """Compile the ``rows`` of a table (``pattern``, ``read``, ``unless_before``, ``unless_after`` and options of the reader).

    ``tables`` maps placeholders to regular expressions that become groups, ``fragments`` those that do not.

    Raises:
        ConfigurationError: a row lacks its pattern, names an unknown placeholder or reader, or is no regular expression.
    """
    known = set(readers)
    made = []
    for row in rows:
        try:
            source, read = row["pattern"], row["read"]
        except KeyError as error:
            raise ConfigurationError(f"language {language}: a template lacks the key {error}: {dict(row)}") from error
        if read not in known:
            raise ConfigurationError(f"language {language}: template {source!r} names the unknown reader {read!r}")
        after = row.get("unless_after")
        tail = "" if after is None else f"(?!{_expand(language, after, tables, fragments, grouped=False)})"
        pattern = _expand(language, source, tables, fragments, grouped=True) + r"(?!\w)" + tail
        behind = row.get("unless_before")
        options = {key: value for key, value in row.items() if key not in ("pattern", "read", "unless_before", "unless_after")}
        try:
            made.append(
                Template(
                    read=read,
                    source=source,
                    regex=re.compile(rf"(?<!\w){pattern}"),
                    options=MappingProxyType(options),
                    unless_before=None
                    if behind is None
                    else re.compile(rf"(?<!\w)(?:{_expand(language, behind, tables, fragments, grouped=False)}) {{0,3}}\Z"),
                )
            )
        except re.error as error:
            raise ConfigurationError(f"language {language}: template {source!r} is no regular expression: {error}") from error
    ungrouped = "|".join(re.sub(r"\(\?P<\w+>", "(?:", row.regex.pattern) for row in made) or "(?!)"
    return Templates(tuple(made), re.compile(rf"(?<!\w)(?:{ungrouped})"))


def _expand(language: str, source: str, tables: Mapping[str, str], fragments: Mapping[str, str], grouped: bool) -> str:
    def replace(match: re.Match[str]) -> str:
        name, second = match.groups()
        if name == "_":
            return "(?P<_>)"
        if name in tables:
            return f"(?P<{name}{second}>{tables[name]})" if grouped and second != "0" else f"(?:{tables[name]})"
        if name in fragments:
            return f"(?:{_expand(language, fragments[name], tables, fragments, grouped)})"
        known = ", ".join(sorted([*tables, *fragments]))
        raise ConfigurationError(
            f"language {language}: template {source!r} names the unknown placeholder <{name}> (known: {known})"
        )

    folded = fold_word(source)
    pieces = re.split(r"(<[a-z_]+\d?>)", folded)
    return "".join(
        _PLACEHOLDER.sub(replace, piece) if piece.startswith("<") and piece.endswith(">") else _blanks(piece) for piece in pieces
    )


def _blanks(source: str) -> str:
    spread = {" ": " {1,3}", " ?": " {0,3}"}
    return re.sub(r"\[[^\]]*\]| \??", lambda match: spread.get(match.group(), match.group()), source)
