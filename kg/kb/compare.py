"""Comparing the names of a knowledge base with those that Wikidata has now."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from kg.errors import StoreError
from kg.lang.fold import fold_word
from kg.link.kb import Entry
from kg.link.kbwrite import strip_marks
from kg.wikidata.asker import Asker
from kg.wikidata.client import BATCH, MAXLAG
from kg.wikidata.settings import ENDPOINT


@dataclass(frozen=True, slots=True)
class Difference:
    """What does not agree: the entry, the language (or empty for the item itself), and what in words."""

    qid: str
    lang: str
    reason: str


def compare(entries: Iterable[Entry], asker: Asker, languages: Sequence[str], url: str = ENDPOINT) -> Iterator[Difference]:
    """What differs between ``entries`` and Wikidata, in their order.

    An item is reported that is gone or has become a redirect; a label that is neither label nor alias there in its language; and
    the lot as suspicious where no name of the entry is a name of the item in any of ``languages``.

    Raises:
        StoreError: Wikidata could not be asked.
    """
    stream = iter(entries)
    while batch := list(islice(stream, BATCH)):
        answer = asker.demand(
            url,
            {
                "action": "wbgetentities",
                "format": "json",
                "ids": "|".join(entry.qid for entry in batch),
                "props": "labels|aliases",
                "languages": "|".join(languages),
                "maxlag": str(MAXLAG),
            },
        )
        items = answer.get("entities")
        if not isinstance(items, dict):
            error = answer.get("error", {})
            said = error.get("info", "no entities in the answer") if isinstance(error, dict) else error
            raise StoreError(f"{url} did not tell the items of {batch[0].qid} …: {said}")
        for entry in batch:
            yield from _differences(entry, items.get(entry.qid))


def _differences(entry: Entry, item: Any) -> Iterator[Difference]:
    if not isinstance(item, dict) or "missing" in item:
        yield Difference(entry.qid, "", f"there is no such item; here it is {entry.label('en')!r}")
        return
    if item.get("id", entry.qid) != entry.qid:
        yield Difference(entry.qid, "", f"it has become a redirect to {item['id']}")
    theirs = {lang: list(_names(item, lang)) for lang in {*(item.get("labels") or ()), *(item.get("aliases") or ())}}
    every = {_key(name) for names in theirs.values() for name in names}
    if not every & {_key(name) for _, name in entry.names}:
        label = next((names[0] for lang, names in sorted(theirs.items(), key=lambda p: (p[0] != "en", p[0])) if names), "nothing")
        yield Difference(entry.qid, "", f"another thing? Here it is {entry.label('en')!r}, there {label!r}")
        return
    for lang, name in entry.names:
        if theirs.get(lang) and _key(name) not in {_key(other) for other in theirs[lang]}:
            yield Difference(entry.qid, lang, f"{name!r} is no name there; its label is {theirs[lang][0]!r}")


def _names(item: dict[str, Any], lang: str) -> Iterator[str]:
    label = (item.get("labels") or {}).get(lang)
    if isinstance(label, dict):
        yield str(label.get("value", ""))
    for alias in (item.get("aliases") or {}).get(lang, ()):
        yield str(alias.get("value", ""))


def _key(name: str) -> str:
    return strip_marks(fold_word(name)).strip()
