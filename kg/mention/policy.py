"""What a language's ``names.toml`` says about names, made ready for use."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word
from kg.lang.pack import LanguagePack, load_pack
from kg.model import Kind


@dataclass(frozen=True)
class Pattern:
    """A pattern of named institutions.

    In ``regex`` the group ``dem`` must be a demonym, ``place`` a known place (cut to its longest known beginning; with ``loose``
    its first word will do). The mention is what the whole pattern covers.
    """

    id: str
    regex: re.Pattern[str]
    kind: Kind
    loose: bool


@dataclass(frozen=True)
class Policy:
    """Rules of one language; every word is folded.

    ``has_case``: names begin with a capital. ``proclitics``: letters written together with the next word that are no part of a
    name. ``vetoed``: no name when they stand alone; ``vetoed_first``: no name begins so; ``homographs``: words that are known
    names too, which the gazetteer leaves to recognisers that see the sentence. ``titles``, ``articles`` and ``generic``
    heads are cut off in front, ``suffixes`` and ``endings`` behind; the dot of ``abbreviations`` stays. ``particles``: small
    words inside names. ``first_kinds`` and ``last_kinds``: the kind that the first or last word of a name proves. ``patterns``:
    named institutions. ``fixed``: names of one form with their kind, ``beginnings`` their beginnings. ``given``, ``connectors``,
    ``stops``, ``offices``: words for the rules for persons, where a word beginning with one of ``verbs`` is no family name.
    ``leads``: an acronym behind one of them is an organisation. ``stopgaps``: rules (``person``, ``capitals``) for want of a
    trained recogniser. ``not_before``: a place with one of these phrases behind it is none. ``beside``: the kinds of names
    that the parser's own recogniser may add where the trained one finds none; None lets it propose whatever it finds. Where
    the trained one is less sure than ``unsure``, a longer name of the same kind around its own counts too; where it is less
    sure than ``doubtful``, the parser's kind of the same words goes before its own.
    ``style``: which annotation the trained recogniser follows. ``adjectives``: endings of adjectives; a word with one that
    begins a sentence is no place.
    """

    lang: str
    has_case: bool
    proclitics: tuple[str, ...]
    vetoed: frozenset[str]
    vetoed_first: frozenset[str]
    homographs: frozenset[str]
    titles: frozenset[str]
    articles: frozenset[str]
    generic: frozenset[str]
    suffixes: tuple[str, ...]
    particles: frozenset[str]
    first_kinds: dict[str, Kind]
    last_kinds: dict[str, Kind]
    patterns: tuple[Pattern, ...]
    fixed: dict[str, Kind]
    given: frozenset[str]
    connectors: frozenset[str]
    stops: frozenset[str]
    offices: frozenset[str]
    verbs: tuple[str, ...]
    beginnings: frozenset[str] = field(repr=False)
    leads: frozenset[str]
    stopgaps: frozenset[str]
    abbreviations: frozenset[str]
    endings: frozenset[str]
    not_before: tuple[str, ...]
    beside: frozenset[Kind] | None = None
    unsure: float = 0.0
    doubtful: float = 0.0
    style: str = "kg"
    adjectives: tuple[str, ...] = ()


@cache
def policy_of(lang: str) -> Policy:
    """The policy of the language ``lang``.

    Raises:
        ConfigurationError: there is no such language, or its ``names.toml`` has a broken pattern or an unknown kind.
    """
    return read_policy(load_pack(lang))


def read_policy(pack: LanguagePack) -> Policy:
    """Make the table ``names`` of ``pack`` ready.

    Raises:
        ConfigurationError: a pattern is broken, or a kind unknown.
    """
    table = pack.table("names")
    try:
        fixed = _kinds(table.get("fixed", {}))
        return Policy(
            lang=pack.code,
            has_case=bool(table.get("has_case", True)),
            proclitics=tuple(table.get("proclitics", ())),
            vetoed=_words(table, "vetoed"),
            vetoed_first=_words(table, "vetoed_first"),
            homographs=_words(table, "homographs"),
            titles=_words(table, "titles"),
            articles=_words(table, "articles"),
            generic=_words(table, "generic"),
            suffixes=tuple(table.get("suffixes", ())),
            particles=_words(table, "particles"),
            first_kinds=_kinds(table.get("first", {})),
            last_kinds=_kinds(table.get("last", {})),
            patterns=tuple(
                _pattern(item, table.get("macros", {}), bool(table.get("has_case", True)), tuple(table.get("proclitics", ())))
                for item in table.get("pattern", ())
            ),
            fixed=fixed,
            beginnings=frozenset(name[:end] for name in fixed for end in range(1, len(name) + 1)),
            given=_words(table, "given"),
            connectors=_words(table, "connectors"),
            stops=_words(table, "stops"),
            offices=_words(table, "offices"),
            leads=_words(table, "leads"),
            abbreviations=_words(table, "abbreviations"),
            endings=_words(table, "endings"),
            stopgaps=frozenset(table.get("stopgaps", ())),
            not_before=tuple(fold_word(phrase) for phrase in table.get("not_before", ())),
            verbs=tuple(sorted(_words(table, "verbs"))),
            beside=frozenset(map(Kind, table["beside"])) if "beside" in table else None,
            unsure=float(table.get("unsure", 0.0)),
            doubtful=float(table.get("doubtful", 0.0)),
            style=str(table.get("style", "kg")),
            adjectives=tuple(table.get("adjectives", ())),
        )
    except (re.error, KeyError, ValueError, TypeError) as error:
        raise ConfigurationError(f"kg/lang/{pack.code}/names.toml: {error}") from error


def _words(table: Any, key: str) -> frozenset[str]:
    value = table.get(key, ())
    words = value.split() if isinstance(value, str) else value
    return frozenset(fold_word(word) for word in words)


def _kinds(table: Any) -> dict[str, Kind]:
    """``{kind: words}`` turned round."""
    return {fold_word(word): Kind(kind) for kind, words in table.items() for word in words}


def _pattern(item: Any, macros: dict[str, str], has_case: bool, proclitics: tuple[str, ...]) -> Pattern:
    source: str = item["regex"]
    for name, body in macros.items():
        source = source.replace("{" + name + "}", body)
    if not has_case:
        letters = "[\u0621-\u064a]"
        source = f"(?<!{letters})(?:[{''.join(proclitics)}]{{1,2}})?(?P<whole>{fold_pattern(source)})(?!{letters})"
    return Pattern(item["id"], re.compile(source), Kind(item.get("kind", "organization")), bool(item.get("loose", False)))


def fold_pattern(source: str) -> str:
    """A pattern whose letters are folded and whose escapes and group names stay as they are."""
    parts = re.split(r"(\\.|\(\?P<\w+>|\(\?P=\w+\)|\(\?[a-zA-Z:!=<]+)", source)
    return "".join(part if index % 2 else fold_word(part) for index, part in enumerate(parts))
