"""Readers of the annotated texts; every one gives stories of tagged sentences. Nothing of these texts is kept in the project."""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from training.names.examples import FROM_GOLD, Sentence, Story, spans_of, tag_units

SHARED = Path(__file__).resolve().parents[2].parent / "shared"
ANER_BLOCK = 20
_BREAK = re.compile(r"(?<=[.!?؟…])[\"”»)\]]*\s+(?=\S)|\s*\n\s*")
_ANER_KINDS = {"PERS": "PER", "PER": "PER", "LOC": "LOC", "ORG": "ORG"}
_NEREL_KINDS = {"PERSON": "PER", "ORGANIZATION": "ORG"} | dict.fromkeys(
    ("COUNTRY", "CITY", "STATE_OR_PROVINCE", "DISTRICT", "LOCATION", "FACILITY"), "LOC"
)
_HIPE_KINDS = {"pers": "PER", "org": "ORG", "loc": "LOC"}
_WOJOOD_KINDS = {"PERS": "PER", "ORG": "ORG", "GPE": "LOC", "LOC": "LOC", "FAC": "LOC"}


def join_tokens(rows: Iterable[tuple[str, str]], kinds: dict[str, str]) -> Sentence:
    """A sentence from tokens with tags in the IOB2 scheme; kinds that ``kinds`` lacks are no names."""
    text = ""
    spans: list[tuple[int, int, str]] = []
    for token, tag in rows:
        start = len(text) + 1 if text else 0
        text = f"{text} {token}" if text else token
        mark, _, kind = tag.partition("-")
        if kind in kinds and mark in "BI":
            if mark == "I" and spans and spans[-1][2] == kinds[kind] and spans[-1][1] == start - 1:
                spans[-1] = (spans[-1][0], len(text), kinds[kind])
            else:
                spans.append((start, len(text), kinds[kind]))
    return tag_units(text, 0, len(text), spans, exact=False)


def read_columns(path: Path, column: int = 1) -> Iterator[list[tuple[str, str]]]:
    """Sentences of a file with a token and its tag on each line and an empty line between sentences."""
    rows: list[tuple[str, str]] = []
    for line in path.read_text("utf-8-sig").splitlines():
        cells = line.split()
        if len(cells) > column:
            rows.append((cells[0], cells[column]))
        elif not cells and rows:
            yield rows
            rows = []
    if rows:
        yield rows


def read_anercorp(folder: Path) -> tuple[list[Story], list[Story]]:
    """ANERcorp's train side as (for training, held out): every tenth block of 20 consecutive sentences is held out."""
    (path,) = folder.glob("ANERCorp_*_train.txt")
    sentences = [join_tokens(rows, _ANER_KINDS) for rows in read_columns(path)]
    blocks = [tuple(sentences[i : i + ANER_BLOCK]) for i in range(0, len(sentences), ANER_BLOCK)]
    stories = [Story("anercorp", "ar", block, f"anercorp-{number}") for number, block in enumerate(blocks)]
    return [s for n, s in enumerate(stories) if n % 10 != 9], [s for n, s in enumerate(stories) if n % 10 == 9]


def read_aqmar(folder: Path) -> list[Story]:
    """AQMAR's Wikipedia articles; its kinds of other names count as no names."""
    return [
        Story("aqmar", "ar", tuple(join_tokens(rows, _ANER_KINDS) for rows in read_columns(path)), path.stem)
        for path in sorted(folder.glob("*.txt"))
        if path.name != "ORIGIN.txt"
    ]


def read_wojood(folder: Path) -> list[Story]:
    """Wojood's sample, outermost names; tags are nested, joined by blanks, and the outermost is the longest."""
    stories = []
    for path in sorted(folder.glob("*.txt")):
        if path.name == "ORIGIN.txt":
            continue
        sentences, rows = [], []
        for line in [*path.read_text("utf-8").splitlines(), ""]:
            cells = line.split()
            if cells and cells[0] != "$#$":
                rows.append((cells[0], cells[1:]))
            elif not cells and rows:
                sentences.append(_outermost(rows))
                rows = []
        stories.append(Story("kg", "ar", tuple(sentences), path.stem))
    return stories


def _outermost(rows: list[tuple[str, list[str]]]) -> Sentence:
    text, starts, ends = "", [], []
    for token, _ in rows:
        starts.append(len(text) + bool(text))
        text = f"{text} {token}" if text else token
        ends.append(len(text))
    found = [(starts[first], ends[last - 1], _WOJOOD_KINDS[kind]) for kind in _WOJOOD_KINDS for first, last in _runs(rows, kind)]
    return tag_units(text, 0, len(text), _outer(found), exact=False)


def _runs(rows: list[tuple[str, list[str]]], kind: str) -> Iterator[tuple[int, int]]:
    """Where the names of ``kind`` stand, as (first token, end token)."""
    first = None
    for i, (_, tags) in enumerate([*rows, ("", [])]):
        if first is not None and f"I-{kind}" not in tags:
            yield first, i
            first = None
        if f"B-{kind}" in tags:
            if first is not None:
                yield first, i
            first = i


def _outer(spans: Iterable[tuple[int, int, str]]) -> list[tuple[int, int, str]]:
    """The spans that no longer one covers, without overlaps."""
    kept: list[tuple[int, int, str]] = []
    for start, end, kind in sorted(set(spans), key=lambda span: (span[0] - span[1], span)):
        if all(end <= a or start >= b for a, b, _ in kept):
            kept.append((start, end, kind))
    return sorted(kept)


def cut_sentences(text: str) -> Iterator[tuple[int, int]]:
    """A rough division into sentences: at ends of lines, and after final marks with a blank behind."""
    start = 0
    for match in _BREAK.finditer(text):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    if start < len(text):
        yield start, len(text)


def read_text(text: str, spans: list[tuple[int, int, str]], style: str, lang: str, name: str, exact: bool) -> Story:
    """A story from running text and the places of its names; a sentence is never cut inside a name."""
    bounds: list[tuple[int, int]] = []
    for start, end in cut_sentences(text):
        if bounds and any(a < start and b > bounds[-1][1] for a, b, _ in spans):
            bounds[-1] = (bounds[-1][0], end)
        else:
            bounds.append((start, end))
    sentences = [tag_units(text, a, b, [s for s in spans if a <= s[0] < b], exact) for a, b in bounds]
    return Story(style, lang, tuple(s for s in sentences if s.units), name)


def read_gold(folder: Path) -> list[Story]:
    """Annotated articles in the JSON format of the project."""
    stories = []
    for path in sorted(folder.rglob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        spans = [(a, b, FROM_GOLD[entity["type"]]) for entity in record["entities"] for a, b in entity["mentions"]]
        name = f"{path.parent.name}-{path.stem}"
        stories.append(read_text(record["text"], spans, "kg", record["lang"], name, exact=True))
    return stories


def read_pud(folder: Path) -> list[Story]:
    """The names of Universal NER on the parallel sentences in English, German and Russian, one story a document."""
    stories: list[Story] = []
    for path in sorted(folder.glob("*.iob2")):
        lang = path.name[:2]
        grouped: dict[str, list[Sentence]] = {}
        for key, text, tokens in read_iob2(path):
            grouped.setdefault(key, []).append(_place_tokens(text, tokens))
        stories.extend(Story("pud", lang, tuple(sentences), f"pud-{lang}-{key}") for key, sentences in grouped.items())
    return stories


def read_iob2(path: Path) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """(document, text, tokens with tags) of each sentence of a Universal NER file."""
    key, text, rows = "", "", []
    for line in [*path.read_text("utf-8").splitlines(), ""]:
        if line.startswith("# sent_id = "):
            key = line[12:].rsplit("-", 1)[0]
        elif line.startswith("# text = "):
            text = line[9:]
        elif line and not line.startswith("#"):
            cells = line.split("\t")
            rows.append((cells[1], cells[2]))
        elif not line and rows:
            yield key, text, rows
            rows = []


def _place_tokens(text: str, rows: list[tuple[str, str]]) -> Sentence:
    place, spans = 0, []
    for token, tag in rows:
        found = text.find(token, place)
        start = place if found < 0 else found
        place = start + len(token) if found >= 0 else place
        if tag[0] == "B":
            spans.append((start, place, tag[2:]))
        elif tag[0] == "I" and spans:
            spans[-1] = (spans[-1][0], place, spans[-1][2])
    return tag_units(text, 0, len(text), spans, exact=False)


def read_nerel(path: Path, style: str = "nerel") -> list[Story]:
    """NEREL from its archive, outermost names that are persons, organisations or places."""
    texts: dict[str, str] = {}
    notes: dict[str, str] = {}
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member)
            if file is not None and member.name.endswith((".txt", ".ann")):
                place = texts if member.name.endswith(".txt") else notes
                place[Path(member.name).stem] = io.TextIOWrapper(file, "utf-8", newline="").read()
    stories = []
    for name in sorted(texts):
        spans = []
        for line in notes.get(name, "").splitlines():
            cells = line.split("\t")
            if cells[0].startswith("T") and ";" not in cells[1]:
                kind, start, end = cells[1].split(" ")
                if kind in _NEREL_KINDS:
                    spans.append((int(start), int(end), _NEREL_KINDS[kind]))
        stories.append(read_text(texts[name], _outer(spans), style, "ru", f"nerel-{name}", exact=False))
    return stories


def read_hipe(path: Path, lang: str) -> list[Story]:
    """A file of HIPE-2022 (historical newspapers, recognised by machine): literal names, one story a document."""
    texts: list[tuple[str, list[tuple[int, int, str]]]] = []
    for line in gzip.decompress(path.read_bytes()).decode("utf-8").splitlines()[1:]:
        if line.startswith("# hipe2022:document_id"):
            texts.append(("", []))
        cells = line.split("\t")
        if line.startswith("#") or len(cells) < 10 or not texts:
            continue
        text, spans = texts[-1]
        mark, _, kind = cells[1].partition("-")
        if mark == "I" and spans and spans[-1][2] == _HIPE_KINDS.get(kind.lower()):
            spans[-1] = (spans[-1][0], len(text) + len(cells[0]), spans[-1][2])
        elif mark == "B" and kind.lower() in _HIPE_KINDS:
            spans.append((len(text), len(text) + len(cells[0]), _HIPE_KINDS[kind.lower()]))
        end = "" if "NoSpaceAfter" in cells[9] else "\n" if "EndOfSentence" in cells[9] else " "
        texts[-1] = (text + cells[0] + end, spans)
    return [read_text(text, spans, "kg", lang, f"hipe-{number}", exact=False) for number, (text, spans) in enumerate(texts)]


def count_names(stories: Iterable[Story]) -> tuple[int, int, int]:
    """Sentences, words and names in ``stories``."""
    sentences = [sentence for story in stories for sentence in story.sentences]
    return len(sentences), sum(len(s.units) for s in sentences), sum(len(spans_of(s)) for s in sentences)
