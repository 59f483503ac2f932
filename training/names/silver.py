"""Names found by the spaCy pipelines in further texts, as silver annotation.

Run as ``python -m training.names.silver [--work FOLDER] [--texts N]``. English: WikiEvents' news, whose text may be learnt
from. French: the parallel PUD sentences, kept where the pipeline finds as many persons, organisations and places as the
English sentence has by hand; names that both sentences spell alike take the kind of the English one. ``silver.json`` in the
work folder then holds the texts and places; training reads it where it is.
"""

from __future__ import annotations

import argparse
import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from kg.lang.pack import load_pack
from kg.parse.spacy_ import load_spacy
from training.names.corpora import SHARED, read_iob2, read_text
from training.names.examples import Story

KINDS = {"PERSON": "PER", "PER": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}
_NO_BLANK_BEFORE = re.compile(r" (?=[,.;:!?)\]”’%])|(?<=[(\[“$#]) |(?<=’) (?=(?:s|t|re|ve|ll|d|m)\b)")
_ARTICLE = re.compile(r"(?:the|l['’]|la|le|les)\b\s*", re.IGNORECASE)
_POSSESSIVE = re.compile(r"['’]s?$")
Span = tuple[int, int, str]
Record = dict[str, Any]


def name_spans(document: Any) -> list[Span]:
    """The pipeline's names without article and genitive ending."""
    found = []
    for entity in document.ents:
        kind = KINDS.get(entity.label_)
        start, end = entity.start_char, entity.end_char
        article = _ARTICLE.match(entity.text)
        if article is not None and article.end() < len(entity.text):
            start += article.end()
        ending = _POSSESSIVE.search(document.text[start:end])
        if ending is not None:
            end = start + ending.start()
        if kind is not None and end > start and any(c.isupper() for c in document.text[start:end]):
            found.append((start, end, kind))
    return found


def wikievents_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """(id, text) of WikiEvents' training passages, with blanks before punctuation taken out."""
    for path in sorted(folder.glob("train_passages/*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            record = json.loads(line)
            yield record["docid"], _NO_BLANK_BEFORE.sub("", " ".join(record["tokens"]).replace(" - ", "-"))


def french_pud(folder: Path, pipeline: Any) -> Iterator[Record]:
    """French PUD sentences whose names agree in number and kind with the English ones."""
    english: dict[str, list[tuple[str, str]]] = {}
    for _, text, rows in read_iob2(folder / "en_pud-ud-test.iob2"):
        english[text] = _names_of(rows)
    for text, source in _parallel(folder / "fr_pud-ud-test.conllu"):
        wanted = english.get(source)
        if wanted is None:
            continue
        kinds = dict(wanted)
        spans = [(a, b, kinds.get(text[a:b], kind)) for a, b, kind in name_spans(pipeline(text))]
        if Counter(kind for _, _, kind in spans) == Counter(kind for _, kind in wanted):
            yield {"name": source[:40], "lang": "fr", "text": text, "spans": spans}


def _names_of(rows: list[tuple[str, str]]) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    for token, tag in rows:
        if tag[0] == "B":
            found.append((token, tag[2:]))
        elif tag[0] == "I" and found:
            found[-1] = (f"{found[-1][0]} {token}", found[-1][1])
    return found


def _parallel(path: Path) -> Iterator[tuple[str, str]]:
    text = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("# text = "):
            text = line[9:]
        elif line.startswith("# text_en = "):
            yield text, line[12:]


def read_silver(path: Path) -> list[Story]:
    """The stories of ``silver.json``; none where it is absent."""
    if not path.exists():
        return []
    records: list[Record] = json.loads(path.read_text("utf-8"))
    return [
        read_text(r["text"], [(a, b, k) for a, b, k in r["spans"]], "silver", r["lang"], r["name"], exact=False) for r in records
    ]


def main() -> None:
    """Write ``silver.json`` and print how many names it has."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("output") / "names")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--texts", type=int, help="so many texts of each language at most: a trial of the recipe")
    options = parser.parse_args()
    data = options.shared / "data" / "train"
    records = list(islice(french_pud(data / "pud_parallel", load_spacy(load_pack("fr")).nlp), options.texts))
    pipeline = load_spacy(load_pack("en")).nlp
    for name, text in islice(wikievents_texts(data / "en_wikievents"), options.texts):
        records.append({"name": name, "lang": "en", "text": text, "spans": name_spans(pipeline(text))})
    options.work.mkdir(parents=True, exist_ok=True)
    (options.work / "silver.json").write_text(json.dumps(records, ensure_ascii=False), "utf-8")
    counts = Counter(record["lang"] for record in records), Counter(r["lang"] for r in records for _ in r["spans"])
    print(f"texts {dict(counts[0])}, names {dict(counts[1])}")


if __name__ == "__main__":
    main()
