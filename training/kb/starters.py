"""Organisations and persons of ``starter.tsv``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kg.lang.fold import fold_word
from kg.link.kb import Entry
from kg.link.kbfile import Alias
from kg.model import Kind
from training.kb.sources import LANGUAGES, rows, starter

if TYPE_CHECKING:
    from training.kb.build import Collection

_SHORT = {"US": "Q30", "UK": "Q145"}


def add_starters(collection: Collection, demonyms: Mapping[tuple[str, str], str]) -> None:
    """Add the rows of ``starter.tsv``, and the spellings of ``starter_names.tsv`` (QID, language, name).

    Names of one word of a person, names that many bear (``common_names.tsv``: QID, language, name) and names of one or two
    letters are weak: they count only with other evidence.
    """
    kinds: dict[str, Kind] = {}
    common = {(qid, lang, name) for qid, lang, name in rows("common_names.tsv")}
    for row in starter():
        qid, kind = row["qid"], Kind(row["kind"])
        kinds[qid] = kind
        names = tuple((lang, row[f"name_{lang}"]) for lang in LANGUAGES if row.get(f"name_{lang}"))
        aliases = [(lang, name) for lang, _, name in (pair.partition(":") for pair in row["aliases"].split(";")) if name]
        entry = Entry(
            qid=qid,
            kind=kind,
            feature=kind.value,
            names=names,
            prior=round(min(0.9, 0.5 + 0.1 * int(row["sources"])), 3),
            country=_country(row["description_en"], demonyms),
            description=row["description_en"],
        )
        collection.entries.setdefault(qid, entry)
        for lang, name in (*names, *aliases):
            weak = (qid, lang, name) in common or ((lang, name) not in names and _is_weak(name, kind))
            collection.aliases.append(Alias(qid, name, (lang,), weak))
    for qid, lang, name in rows("starter_names.tsv"):
        collection.aliases.append(Alias(qid, name, (lang,), _is_weak(name, kinds[qid])))


def _country(description: str, demonyms: Mapping[tuple[str, str], str]) -> str | None:
    """The country that the first demonym of a description names (``Russian state news agency``)."""
    for word in re.findall(r"[A-Z][\w-]+", description):
        qid = demonyms.get(("en", fold_word(word)))
        if qid is not None:
            return qid
    return _SHORT.get(description.split(" ", 1)[0])


def _is_weak(name: str, kind: Kind) -> bool:
    if kind is Kind.PERSON:
        return len(name.split()) < 2
    return len(name) < 3
