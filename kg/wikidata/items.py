"""Items as the API describes them, read as entries of a knowledge base."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from kg.link.kb import Entry
from kg.link.keys import name_key
from kg.model import Kind

TABLE = Path(__file__).with_name("classes.toml")
LANGUAGES = ("en", "fr", "ar", "ru", "es", "de")
_COUNTRY = ("P17", "P27")
_MOST = 0.95


@cache
def classes() -> Mapping[str, Any]:
    """The table of classes and properties."""
    return tomllib.loads(TABLE.read_text("utf-8"))


def read_item(qid: str, item: Mapping[str, Any], lang: str) -> Entry | None:
    """The entry that ``item`` describes; None where it is neither a person nor an organisation nor a place.

    The prior grows with the number of wikis that have a page on it: 0.3 for none, 0.95 for some 300.
    """
    claims = item.get("claims")
    claims = claims if isinstance(claims, dict) else {}
    sort = _sort(claims)
    if sort is None:
        return None
    kind, feature = sort
    point = next(_values(claims, "P625"), None)
    point = point if isinstance(point, dict) else {}
    population = max((_number(value.get("amount")) for value in _values(claims, "P1082") if isinstance(value, dict)), default=0)
    country = qid if feature == "country" else next((found for p in _COUNTRY for found in _ids(claims, p)), None)
    links = item.get("sitelinks")
    return Entry(
        qid=qid,
        kind=kind,
        feature=feature,
        names=tuple((code, label) for code in dict.fromkeys((lang, *LANGUAGES)) if (label := _text(item, "labels", code))),
        population=population,
        prior=min(_MOST, 0.3 + 0.08 * math.log2(1 + (len(links) if isinstance(links, dict | list) else 0))),
        country=country,
        latitude=_degrees(point.get("latitude"), 90),
        longitude=_degrees(point.get("longitude"), 180),
        description=_text(item, "descriptions", "en"),
    )


def is_called(item: Mapping[str, Any], name: str, lang: str) -> bool | None:
    """Whether ``name`` is the label (True) or another name (False) of ``item`` in ``lang`` or English; None: neither."""
    key = name_key(name)
    codes = dict.fromkeys((lang, "en", "mul"))
    if any(name_key(_text(item, "labels", code)) == key for code in codes):
        return True
    aliases = item.get("aliases")
    aliases = aliases if isinstance(aliases, dict) else {}
    names = [a.get("value") for code in codes for a in aliases.get(code) or () if isinstance(a, dict)]
    return False if any(isinstance(n, str) and name_key(n) == key for n in names) else None


def _sort(claims: Mapping[str, Any]) -> tuple[Kind, str] | None:
    of = set(_ids(claims, "P31"))
    table = classes()
    if of & set(table["nothing"]):
        return None
    properties = table["properties"]
    if of & set(table["person"]) or any(p in claims for p in properties["person"]):
        return Kind.PERSON, "person"
    if of & set(table["organization"]):
        return Kind.ORGANIZATION, "organization"
    for feature in ("country", "capital", "region"):
        if of & set(table[feature]):
            return Kind.PLACE, feature
    if any(p in claims for p in properties["organization"]):
        return Kind.ORGANIZATION, "organization"
    if any(p in claims for p in properties["place"]):
        return Kind.PLACE, "city"
    return None


def _values(claims: Mapping[str, Any], prop: str) -> Iterator[Any]:
    """Values of the statements of ``prop``, the preferred first, the deprecated left out."""
    statements = claims.get(prop)
    found = [s for s in statements if isinstance(s, dict)] if isinstance(statements, list) else []
    for statement in sorted(found, key=lambda s: s.get("rank") != "preferred"):
        snak = statement.get("mainsnak")
        value = snak.get("datavalue") if isinstance(snak, dict) else None
        if statement.get("rank") != "deprecated" and isinstance(value, dict):
            yield value.get("value")


def _ids(claims: Mapping[str, Any], prop: str) -> Iterator[str]:
    for value in _values(claims, prop):
        if isinstance(value, dict) and isinstance(value.get("id"), str):
            yield value["id"]
        elif isinstance(value, dict) and isinstance(value.get("numeric-id"), int):
            yield f"Q{value['numeric-id']}"


def _text(item: Mapping[str, Any], part: str, lang: str) -> str:
    texts = item.get(part)
    value = texts.get(lang) if isinstance(texts, dict) else None
    text = value.get("value") if isinstance(value, dict) else None
    return " ".join(text.split()) if isinstance(text, str) else ""


def _number(amount: Any) -> int:
    try:
        return max(0, int(float(amount)))
    except (TypeError, ValueError, OverflowError):
        return 0


def _degrees(value: Any, most: int) -> float | None:
    return float(value) if isinstance(value, int | float) and abs(value) <= most else None
