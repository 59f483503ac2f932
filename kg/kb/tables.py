"""A user's own entities from a TSV file."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from kg.errors import ConfigurationError
from kg.issues import IssueLog
from kg.kb.items import Found, is_weak
from kg.kb.priors import OWN
from kg.link.kb import Entry
from kg.link.kbwrite import Alias
from kg.model import Kind

COLUMNS = "qid, kind, name, name_<language>, aliases, feature, population, prior, country, latitude, longitude, description"
"""The columns that count; ``qid``, ``kind`` and a name are required, and others are passed over."""
_QID = re.compile(r"Q[1-9][0-9]{0,9}")


def read_table(path: Path, languages: Sequence[str], log: IssueLog) -> Iterator[Found]:
    """The entries of a TSV file with a head line; a row that is wrong is logged and skipped.

    ``aliases`` are separated by ``;``, each with its language before a colon or for any (``fr:DSK;Strauss-Kahn``). ``prior`` is
    between 0 and 1; without it the entry goes before nearly all others of its name.

    Raises:
        ConfigurationError: the file cannot be read, or a required column is missing.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            reader = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE, restkey="", restval="")
            columns = reader.fieldnames or ()
            if not {"qid", "kind"} <= set(columns) or not any(c == "name" or c.startswith("name_") for c in columns):
                raise ConfigurationError(f"{path}: the first line must name the columns, separated by tabs: {COLUMNS}")
            for count, row in enumerate(reader, 2):
                try:
                    yield entry_of_row(row, languages)
                except ValueError as error:
                    log.error(f"{path}, line {count}", str(error))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error


def entry_of_row(row: Mapping[str, str], languages: Sequence[str]) -> Found:
    """The entry of a row.

    Raises:
        ValueError: a value is missing or wrong.
    """
    qid, kind = row["qid"].strip(), row["kind"].strip()
    if not _QID.fullmatch(qid) or int(qid[1:]) >= 1 << 32:
        raise ValueError(f"the qid must be like Q42, not {qid!r}")
    if kind not in list(Kind):
        raise ValueError(f"the kind must be one of {', '.join(Kind)}, not {kind!r}")
    country = row.get("country", "").strip()
    if country and not _QID.fullmatch(country):
        raise ValueError(f"the country must be a QID, not {country!r}")
    labels = [(lang, name) for lang in languages if (name := " ".join(row.get(f"name_{lang}", "").split()))]
    plain = " ".join(row.get("name", "").split())
    if not labels and not plain:
        raise ValueError("it has no name in the languages of the knowledge base")
    aliases = list(_aliases(row.get("aliases", ""), languages))
    description = row.get("description") or row.get("description_en") or ""
    entry = Entry(
        qid=qid,
        kind=Kind(kind),
        feature=row.get("feature", "").strip() or ("city" if kind == Kind.PLACE else kind),
        names=tuple(labels) or ((languages[0], plain),),
        population=int(_number(row, "population", 0, 1e11) or 0),
        prior=_number(row, "prior", 0, 1, OWN) or 0.0,
        country=country or None,
        latitude=_number(row, "latitude", -90, 90),
        longitude=_number(row, "longitude", -180, 180),
        description=" ".join(description.split()),
    )
    names = [Alias(qid, name, (lang,)) for lang, name in labels]
    names += [Alias(qid, plain)] if plain else []
    names += [Alias(qid, name, (lang,) if lang else (), is_weak(name, entry.kind)) for lang, name in aliases]
    return Found(entry, tuple(names), 0)


def _aliases(cell: str, languages: Sequence[str]) -> Iterator[tuple[str, str]]:
    for part in cell.split(";"):
        lang, colon, name = part.partition(":")
        if not colon or not re.fullmatch(r"\s*[a-z]{2}\s*", lang):
            lang, name = "", part
        lang, name = lang.strip(), " ".join(name.split())
        if name and (not lang or lang in languages):
            yield lang, name


def _number(row: Mapping[str, str], column: str, least: float, most: float, default: float | None = None) -> float | None:
    text = row.get(column, "").strip()
    if not text:
        return default
    try:
        value = float(text)
    except ValueError as error:
        raise ValueError(f"the {column} must be a number, not {text!r}") from error
    if not least <= value <= most:
        raise ValueError(f"the {column} must be between {least:g} and {most:g}, not {text}")
    return value
