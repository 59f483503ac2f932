"""Wikidata items (the JSON of dumps and of ``wbgetentities``) as entries with their names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kg.kb.classes import Classes
from kg.kb.priors import item_prior
from kg.link.kb import Entry
from kg.link.kbwrite import Alias
from kg.model import Kind

_INSTANCE, _SUBCLASS, _COUNTRY, _CITIZEN, _POPULATION, _PLACE = "P31", "P279", "P17", "P27", "P1082", "P625"
LONGEST = 120
"""Letters of the longest name that is taken; longer ones are titles of works and remarks."""


class Found(NamedTuple):
    """An entry, its names, and in how many wikis it has a page."""

    entry: Entry
    names: tuple[Alias, ...]
    sitelinks: int


def read_item(item: Mapping[str, Any], classes: Classes, languages: Sequence[str]) -> Found | None:
    """The entry of an item, or None where it is of no class wanted or has no name in ``languages``.

    Deprecated statements do not count; where a property has a preferred value that is taken. The name of a person in one word,
    and every name of one or two letters, is weak.

    Raises:
        ValueError, TypeError, KeyError: the item has not the form of Wikidata's JSON.
    """
    claims = item.get("claims") or {}
    chosen = classes.choose(_items(claims, _INSTANCE))
    if chosen is None:
        return None
    kind, feature = chosen
    qid = item["id"]
    labels = _texts(item.get("labels"), languages)
    if not labels:
        return None
    population = int(next(_amounts(claims, _POPULATION), 0.0))
    latitude, longitude = next(_coordinates(claims), (None, None))
    country = next(iter(_items(claims, _CITIZEN if kind is Kind.PERSON else _COUNTRY)), None)
    sitelinks = len(item.get("sitelinks") or ())
    entry = Entry(
        qid=qid,
        kind=kind,
        feature=feature,
        names=tuple((lang, labels[lang][0]) for lang in languages if lang in labels),
        population=max(0, population),
        prior=item_prior(kind, feature, population, sitelinks),
        country=qid if feature == "country" else f"Q{country}" if country else None,
        latitude=latitude,
        longitude=longitude,
        description=next(iter(_texts(item.get("descriptions"), ("en",)).get("en", ())), ""),
    )
    return Found(entry, tuple(_names(qid, kind, labels, _texts(item.get("aliases"), languages))), sitelinks)


def superclasses(item: Mapping[str, Any]) -> tuple[int, ...]:
    """The classes that an item is a direct subclass of."""
    return tuple(_items(item.get("claims") or {}, _SUBCLASS))


def is_weak(name: str, kind: Kind) -> bool:
    """Whether a name is poor evidence: a person's of one word, any of one or two letters."""
    return len(name) < 3 or (kind is Kind.PERSON and len(name.split()) < 2)


def _names(qid: str, kind: Kind, labels: dict[str, list[str]], aliases: dict[str, list[str]]) -> Iterator[Alias]:
    for table in (labels, aliases):
        for lang, names in table.items():
            for name in names:
                yield Alias(qid, name, (lang,), is_weak(name, kind))


def _texts(table: Any, languages: Sequence[str]) -> dict[str, list[str]]:
    """Labels, aliases or descriptions by language; an empty list stands for an empty table in dumps."""
    found: dict[str, list[str]] = {}
    if not isinstance(table, dict):
        return found
    for lang in languages:
        values = table.get(lang, ())
        values = [values] if isinstance(values, dict) else values
        names = [" ".join(str(value["value"]).split()) for value in values]
        names = [name for name in dict.fromkeys(names) if name and len(name) <= LONGEST]
        if names:
            found[lang] = names
    return found


def _values(claims: Mapping[str, Any], prop: str) -> Iterator[Any]:
    """The values of a property, the preferred first."""
    statements = [s for s in claims.get(prop, ()) if s.get("rank") != "deprecated"]
    for statement in sorted(statements, key=lambda s: s.get("rank") != "preferred"):
        snak = statement["mainsnak"]
        if snak.get("snaktype") == "value":
            yield snak["datavalue"]["value"]


def _items(claims: Mapping[str, Any], prop: str) -> list[int]:
    """The numbers of items; old dumps have no ``id`` beside ``numeric-id``."""
    return [int(value["numeric-id"] if "numeric-id" in value else value["id"][1:]) for value in _values(claims, prop)]


def _amounts(claims: Mapping[str, Any], prop: str) -> Iterator[float]:
    for value in _values(claims, prop):
        yield float(value["amount"])


def _coordinates(claims: Mapping[str, Any]) -> Iterator[tuple[float, float]]:
    for value in _values(claims, _PLACE):
        if abs(value["latitude"]) <= 90 and abs(value["longitude"]) <= 360:
            yield float(value["latitude"]), float(value["longitude"])
