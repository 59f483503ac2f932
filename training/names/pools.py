"""Names by kind and language, from the annotated texts, the shipped knowledge base and a table of Arabic personal names."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import closing
from importlib.util import find_spec
from pathlib import Path

from kg.link.kb import SHIPPED
from kg.link.kbfile import FileKnowledgeBase
from kg.mention.pieces import Unit, split_units
from training.names.examples import Story, spans_of

FROM_KIND = {"person": "PER", "organization": "ORG", "place": "LOC"}
_ARABIC = re.compile("[\u0621-\u064a ]+")  # leaves Persian and Urdu spellings out
Name = tuple[Unit, ...]
Pools = dict[tuple[str, str], list[list[Name]]]


def build_pools(stories: Sequence[Story]) -> Pools:
    """Names by (kind, language), as several lists of which one is drawn first: seen in texts, known, Arabic persons.

    Names seen in the texts come as often as they were seen; each source is in a fixed order.
    """
    pools: Pools = defaultdict(list)
    seen: dict[tuple[str, str], list[Name]] = defaultdict(list)
    for story in stories:
        for sentence in story.sentences:
            for first, last, kind in spans_of(sentence):
                if sentence.clitics[first] == 0:
                    seen[kind, story.lang].append(sentence.units[first:last])
    for key, names in seen.items():
        pools[key].append(names)
    for key, names in _known().items():
        if len(names) >= 50:
            pools[key].append(names)
    arabic, latin = _arabic_persons()
    pools["PER", "ar"].extend([arabic, arabic])
    for lang in ("fr", "en", "de"):
        pools["PER", lang].append(latin)
    return dict(pools)


def _known() -> dict[tuple[str, str], list[Name]]:
    kb = FileKnowledgeBase(SHIPPED)
    found: dict[tuple[str, str], list[Name]] = defaultdict(list)
    for qid in kb.qids():
        entry = kb.entry(qid)
        if entry is not None:
            for lang in sorted({lang for lang, _ in entry.names}):
                label = entry.label(lang)
                if not entry.feature or entry.prior >= 0.3 or entry.kind != "place":
                    found[FROM_KIND[entry.kind], lang].extend(_names([label]))
    return found


def _arabic_persons() -> tuple[list[Name], list[Name]]:
    """Full names of the package arabic-name-romanizer (Wikidata, CC0) in Arabic script, and their Latin spellings."""
    spec = find_spec("arabic_name_romanizer")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package arabic-name-romanizer is not installed: run `make setup-train`")
    path = Path(spec.origin).parent / "resources" / "names.sqlite3"
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as table:
        rows = table.execute("select distinct arabic_key, latin from full_names order by 1, 2").fetchall()
    rows = [row for row in rows if _ARABIC.fullmatch(row[0])]
    return list(_names(row[0] for row in rows)), list(_names(row[1] for row in rows))


def _names(labels: Iterable[str]) -> Iterable[Name]:
    for label in labels:
        units = tuple(split_units(label))
        if 0 < len(units) <= 6:
            yield units
