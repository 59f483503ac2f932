"""What the model of legal actions learns from: texts cut into words, each with a type of action, and the story it belongs to.

A label is 0 for no action, 1 to 23 for the types in the order of ``TYPES``, and ``UNKNOWN`` where no loss is taken: further words
for an action that the annotation marks only once, and words that a reader was in doubt about. The two styles keep different ideas
of an action apart: ``kg`` is ``gold/SCHEMA.md``, ``wikievents`` the KAIROS events of WikiEvents.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.extract.patterns import pattern_book
from kg.extract.sentences import build_views
from kg.extract.triggers import find_triggers
from kg.lang.pack import load_pack
from kg.mention.pieces import Unit, split_units
from kg.model import ActionType, Article, Span
from kg.parse.rules import RuleParser
from training.actions.texts import WIKIEVENTS, find_text, join_tokens, records
from training.names.corpora import cut_sentences

TYPES = tuple(kind.value for kind in ActionType)
STYLES = ("kg", "wikievents")
UNKNOWN = -100
ANNOTATIONS = Path(__file__).parent / "annotations"
LANGUAGES = ("ar", "fr", "en")
# Stories of gold/more that tell the same events, by its README; they stay together when the articles are divided.
SAME_STORY = (
    "1/11/13", "8/17/36", "20/23/28/35", "18/19", "26/27", "33/34", "7/32", "2/3", "31/40", "63/65", "68/71", "55/56", "49/64",
)  # fmt: skip
_WIKIEVENTS_TYPES = {
    "Justice.ArrestJailDetain": "arrest",
    "Justice.ChargeIndict": "charge",
    "Justice.InvestigateCrime": "investigation",
    "Justice.Sentence": "sentence",
    "Justice.Convict": "conviction",
    "Justice.TrialHearing": "trial",
    "Justice.ReleaseParole": "release",
    "Justice.Acquit": "acquittal",
}
_STEM = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence: its words and their labels."""

    units: tuple[Unit, ...]
    labels: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Story:
    """One text. ``group`` names those that must not be divided, ``free`` whether its text is under a free licence."""

    name: str
    group: str
    lang: str
    style: str
    free: bool
    lines: tuple[Line, ...]


def read_stories(shared: Path) -> list[Story]:
    """All texts to learn from; those of ``gold`` come first and are the ones that cross-validation divides."""
    return [*read_gold(shared), *read_annotations(shared), *read_wikievents(shared), *read_examples()]


def label_text(text: str, spans: list[tuple[int, int, int]], start: int = 0, end: int | None = None) -> tuple[Line, ...]:
    """The lines of ``text`` with the label of each span (start, end, label); earlier spans win over later ones."""
    lines = []
    for a, b in cut_sentences(text):
        units = tuple(split_units(text, a, b))
        labels = [next((kind for s, e, kind in spans if s < unit.end and unit.start < e), 0) for unit in units]
        if units:
            lines.append(Line(units, tuple(labels)))
    return tuple(lines)


def further_words(text: str, triggers: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Words of the text that begin like a word of a trigger, or hold it behind proclitics: they may tell the same action."""
    stems = {unit.text.lower()[:_STEM] for a, b in triggers for unit in split_units(text, a, b) if len(unit.text) > 2}
    found = []
    for unit in split_units(text):
        word = unit.text.lower()
        if any(word.startswith(stem) or (len(stem) >= 4 and stem in word[:8]) for stem in stems):
            found.append((unit.start, unit.end))
    return found


def read_gold(shared: Path) -> list[Story]:
    """The annotated articles of ``gold/train``, ``gold/parallel`` and ``gold/more``; never ``gold/dev``."""
    same = {number: group.split("/")[0] for group in SAME_STORY for number in group.split("/")}
    stories = []
    for part in ("train", "parallel", "more"):
        for path in sorted((shared / "gold" / part).rglob("*.json")):
            record = json.loads(path.read_text("utf-8"))
            text = record["text"]
            spans = [(*action["trigger"], 1 + TYPES.index(action["type"])) for action in record["actions"]]
            spans += [(a, b, UNKNOWN) for a, b in further_words(text, [(s[0], s[1]) for s in spans])]
            name, group = path.stem, path.stem
            if part == "parallel":
                name, group = f"{path.parent.name}-{path.stem}", path.parent.name
            elif part == "more":
                number = str(int(re.sub(r"\D", "", path.stem)))
                group = f"more-{same.get(number, number)}"
            free = "NC" not in str(record.get("license", ""))
            stories.append(Story(name, group, record["lang"], "kg", free, label_text(text, spans)))
    return stories


def read_annotations(shared: Path) -> list[Story]:
    """The annotations of this folder over their texts."""
    stories = []
    for path in sorted(ANNOTATIONS.glob("*.json")):
        for record in json.loads(path.read_text("utf-8")):
            text = find_text(shared, record["file"], record["key"])
            spans = [(a, b, 1 + TYPES.index(x["type"])) for x in record["actions"] for a, b in x["triggers"]]
            spans += [(a, b, UNKNOWN) for a, b in record["unsure"]]
            name = f"{path.stem}-{record['key']}"
            free = path.stem in ("en_news", "fr_news")
            stories.append(Story(name, name, record["lang"], "kg", free, label_text(text, spans)))
    return stories


def read_wikievents(shared: Path) -> list[Story]:
    """The justice events of WikiEvents in their own style, without the texts that are annotated here."""
    ours = {
        r["key"] for path in ANNOTATIONS.glob("*.json") for r in json.loads(path.read_text("utf-8")) if r["file"] == WIKIEVENTS
    }
    stories = []
    for number, row in enumerate(records(shared / WIKIEVENTS)):
        if str(number) in ours:
            continue
        text, places = join_tokens(row["tokens"])
        spans = [(a, b, 1 + TYPES.index(kind)) for a, b, kind in _justice(row, places)]
        if spans:
            stories.append(Story(f"we-{number}", f"we-{number}", "en", "wikievents", False, label_text(text, spans)))
    return stories


def _justice(row: dict[str, Any], places: tuple[tuple[int, int], ...]) -> Iterator[tuple[int, int, str]]:
    for event in row["event_mentions"]:
        kind = next((ours for theirs, ours in _WIKIEVENTS_TYPES.items() if str(event["event_type"]).startswith(theirs)), None)
        trigger = event["trigger"]
        if kind and 0 <= trigger["start_idx"] < trigger["end_idx"] <= len(places):
            yield places[trigger["start_idx"]][0], places[trigger["end_idx"] - 1][1], kind


def read_examples() -> list[Story]:
    """The examples and counter-examples of the patterns, in own words; an example teaches where its pattern's type matches."""
    stories = []
    for lang in LANGUAGES:
        pack, book = load_pack(lang), pattern_book(lang)
        parser = RuleParser(pack)
        for pattern in book.patterns:
            texts = [(str(example["text"]), True) for example in pattern.examples]
            texts += [(text, False) for text in pattern.counter_examples]
            for number, (text, positive) in enumerate(texts):
                spans: list[tuple[int, int, int]] = []
                if positive:
                    article = Article("example", text, (Span(0, len(text)),), lang)
                    views = build_views(text, parser(article), (), article.body, {}, None)
                    found = [t for view in views for t in find_triggers(view, book)]
                    own = [t for t in found if t.pattern.type is pattern.type]
                    if not own:
                        continue
                    spans = [(t.span.start, t.span.end, 1 + TYPES.index(pattern.type.value)) for t in own]
                    # Whether the example tells a further action is not said.
                    spans += [(t.span.start, t.span.end, UNKNOWN) for t in found if t.pattern.type is not pattern.type]
                name = f"{pattern.id}-{number}"
                stories.append(Story(name, name, lang, "kg", True, label_text(text, spans)))
    return stories
