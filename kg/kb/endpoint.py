"""Entries from a SPARQL endpoint that answers in Wikidata's terms, page by page."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from kg.errors import ConfigurationError, StoreError
from kg.kb.classes import Classes
from kg.kb.items import LONGEST, Found, is_weak
from kg.kb.priors import item_prior
from kg.link.kb import Entry
from kg.link.kbwrite import Alias
from kg.model import Kind
from kg.wikidata.asker import Asker

PAGE = 2_000
"""Items of one request."""
_QID = re.compile(r"https?://www\.wikidata\.org/entity/Q([1-9]\d{0,9})")
_POINT = re.compile(r"Point\((-?[\d.]+) (-?[\d.]+)\)", re.IGNORECASE)

QUERY = """PREFIX wd: <http://www.wikidata.org/entity/>
PREFIX wdt: <http://www.wikidata.org/prop/direct/>
PREFIX wikibase: <http://wikiba.se/ontology#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
SELECT ?item ?name ?alias ?population ?country ?point ?links WHERE {
  { SELECT DISTINCT ?item WHERE {
      ?item wdt:P31 wd:Q%(class)d ; rdfs:label ?label FILTER(lang(?label) IN (%(languages)s))
    } ORDER BY ?item LIMIT %(page)d OFFSET %(offset)d }
  { ?item rdfs:label ?name } UNION { ?item skos:altLabel ?name BIND(true AS ?alias) }
  FILTER(lang(?name) IN (%(languages)s))
  OPTIONAL { ?item wdt:P1082 ?population }
  OPTIONAL { ?item wdt:%(country)s ?country }
  OPTIONAL { ?item wdt:P625 ?point }
  OPTIONAL { ?item wikibase:sitelinks ?links }
}
ORDER BY ?item
"""


def read_endpoint(asker: Asker, url: str, classes: Classes, languages: Sequence[str], page: int = PAGE) -> Iterator[Found]:
    """The instances of every wanted class; the next page is asked for when the one before is used up.

    Raises:
        StoreError: the endpoint refused, could not be reached, or answers in no form that SPARQL knows.
    """
    for number, (_, kind, feature) in sorted(classes.features.items(), key=lambda pair: (pair[1][0], pair[0])):
        offset = 0
        while True:
            query = QUERY % {
                "class": number,
                "page": page,
                "offset": offset,
                "languages": ", ".join(f'"{lang}"' for lang in languages),
                "country": "P27" if kind is Kind.PERSON else "P17",
            }
            rows = _rows(asker, url, query)
            items = 0
            for item, group in groupby(rows, key=lambda row: str(row.get("item", {}).get("value", ""))):
                items += 1
                found = _found(item, list(group), kind, feature, languages)
                if found is not None:
                    yield found
            if not items:
                break
            offset += page


def _rows(asker: Asker, url: str, query: str) -> list[dict[str, Any]]:
    answer = asker.demand(url, {"query": query}, "application/sparql-results+json")
    try:
        rows = answer["results"]["bindings"]
        if not isinstance(rows, list):
            raise TypeError("bindings is no list")
    except (KeyError, TypeError) as error:
        raise StoreError(f"{url} does not answer with results of SPARQL in JSON: is it a SPARQL endpoint?") from error
    return rows


def _found(item: str, rows: list[dict[str, Any]], kind: Kind, feature: str, languages: Sequence[str]) -> Found | None:
    match = _QID.fullmatch(item)
    if match is None:
        return None
    qid = f"Q{match[1]}"
    labels: dict[str, str] = {}
    aliases: list[Alias] = []
    for row in rows:
        name, lang = " ".join(row["name"]["value"].split()), row["name"].get("xml:lang", "")
        if not name or len(name) > LONGEST or lang not in languages:
            continue
        if "alias" not in row:
            labels.setdefault(lang, name)
        aliases.append(Alias(qid, name, (lang,), is_weak(name, kind)))
    if not labels:
        return None
    country = _QID.fullmatch(_first(rows, "country"))
    point = _POINT.fullmatch(_first(rows, "point").strip())
    population = int(max((_float(row["population"]["value"]) for row in rows if "population" in row), default=0.0))
    links = int(_float(_first(rows, "links")))
    entry = Entry(
        qid=qid,
        kind=kind,
        feature=feature,
        names=tuple((lang, labels[lang]) for lang in languages if lang in labels),
        population=population,
        prior=item_prior(kind, feature, population, links),
        country=qid if feature == "country" else f"Q{country[1]}" if country else None,
        latitude=float(point[2]) if point else None,
        longitude=float(point[1]) if point else None,
    )
    return Found(entry, tuple(dict.fromkeys(aliases)), links)


def _first(rows: list[dict[str, Any]], name: str) -> str:
    return min((str(row[name]["value"]) for row in rows if name in row), default="")


def _float(text: str) -> float:
    try:
        return max(0.0, float(text))
    except ValueError:
        return 0.0


def checked_endpoint(url: str) -> str:
    """``url``, if it is one.

    Raises:
        ConfigurationError: it is no address of http or https.
    """
    if not re.match(r"https?://[^/\s]+", url):
        raise ConfigurationError(f"--sparql takes the address of an endpoint (https://…), not {url!r}")
    return url
