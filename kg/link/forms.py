"""Other forms of a name under which it is looked up where nobody is called so as it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import NamedTuple

from kg.lang.fold import fold_word
from kg.lang.pack import languages, load_pack
from kg.link.kb import KnowledgeBase, Match
from kg.mention.policy import Policy
from kg.model import Kind

_COMMA = re.compile(r"\s*[,،]\s*")
_WIDE = ("country", "territory", "region")


class Form(NamedTuple):
    """Entries found under another form; ``told``: the name itself says their country."""

    match: Match
    told: bool = False


def other_forms(name: str, kind: Kind, policy: Policy, kb: KnowledgeBase) -> tuple[Form, ...]:
    """What ``name`` is called without its article (``the US``), with another hyphen (``New-York``), before the comma and in the
    country behind it (``Lille, France``), without the word for its sort (``Province of Salamanca``); or the country whose
    adjective it is. The first form that finds entries of the kind counts.
    """
    for found in _forms(name, kind, policy, kb):
        fitting = tuple(form for form in found if (form.match.entry.kind is Kind.PERSON) == (kind is Kind.PERSON))
        if fitting:
            return fitting
    return ()


def _forms(name: str, kind: Kind, policy: Policy, kb: KnowledgeBase) -> Iterator[tuple[Form, ...]]:
    first, _, rest = name.partition(" ")
    if rest and policy.has_case and fold_word(first) in policy.articles:
        yield tuple(Form(match) for match in kb.match(rest, policy.lang))
    if kind is Kind.PERSON:
        return
    for hyphened in (name.replace("-", " "), name.replace(" ", "-")):
        if hyphened != name:
            yield tuple(Form(match) for match in kb.match(hyphened, policy.lang))
    if kind is not Kind.PLACE:
        return
    parts = _COMMA.split(name)
    if len(parts) > 1 and all(parts):
        yield _inside(parts[0], parts[1:], policy, kb)
    for bare, features in _without_sort(name, policy.lang):
        found = [match for match in kb.match(bare, policy.lang) if match.entry.feature in features]
        yield tuple(Form(replace(match, weak=match.weak and len(found) > 1)) for match in found)
    country = kb.demonym(name, policy.lang) if name[:1].isupper() and _may_be_adjective(name, policy.lang) else None
    entry = kb.entry(country) if country is not None else None
    if entry is not None:
        yield (Form(Match(entry, True, False)),)


def _inside(name: str, wider: list[str], policy: Policy, kb: KnowledgeBase) -> tuple[Form, ...]:
    """The places called ``name`` in the country that all of ``wider`` agree on."""
    countries: set[str | None] | None = None
    for part in wider:
        here = {match.entry.country for match in kb.match(part, policy.lang) if match.entry.feature in _WIDE}
        countries = here if countries is None else countries & here
    return tuple(
        Form(match, True) for match in kb.match(name, policy.lang) if match.entry.country in (countries or set()) - {None}
    )


def _without_sort(name: str, lang: str) -> Iterator[tuple[str, frozenset[str]]]:
    """``name`` without a word that says its sort, with the features that this sort has."""
    folded = fold_word(name)
    for phrase, behind, features in _sorts(lang):
        if behind and folded.endswith(phrase) and folded[: -len(phrase)].endswith(" "):
            yield name[: -len(phrase)].strip(), features
        elif not behind and folded.startswith(phrase):
            rest = name[len(phrase) :]
            if rest and (phrase.endswith("'") or rest[0] == " "):
                yield rest.strip(), features


def _may_be_adjective(name: str, lang: str) -> bool:
    """Whether the language writes adjectives of countries like names, and ``name`` means none of the parts of its country."""
    table = load_pack(lang).table("names").get("forms", {}) if lang in languages() else {}
    return bool(table.get("adjectives", False)) and fold_word(name) not in table.get("not", ())


@cache
def _sorts(lang: str) -> tuple[tuple[str, bool, frozenset[str]], ...]:
    """The folded phrases that say the sort of a place, the longest first, each with its side (behind the name) and features."""
    tables = load_pack(lang).table("names").get("sorts", {}) if lang in languages() else {}
    found = [
        (fold_word(phrase), side == "behind", frozenset(table["features"]))
        for table in tables.values()
        if "organization" not in table["features"]
        for side in ("before", "behind")
        for phrase in table.get(side, ())
    ]
    return tuple(sorted(found, key=lambda row: (-len(row[0]), row[0])))
