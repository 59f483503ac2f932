"""Measures the encoder alone on the sets that it has not learnt from.

Run as ``python -m training.names.evaluate [--model FOLDER] [--shared FOLDER]``. A name is right when its words and its
kind agree; on ``gold/dev`` its code points must. The last figure counts overlaps of one kind as right.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kg.lang.pack import load_pack
from kg.link.inflection import InflectedKnowledgeBase
from kg.link.kb import open_shipped
from kg.mention.encoder import SHIPPED, EncoderRecogniser, NamesEncoder, open_encoder
from kg.mention.pieces import split_units
from kg.mention.stage import MentionStage
from kg.model import Analysis, Article
from kg.model import Span as SpanOf
from kg.parse.rules import RuleParser
from training.names.corpora import SHARED, cut_sentences
from training.names.examples import FROM_GOLD, Story, spans_of
from training.names.sources import measuring_sets

Span = tuple[int, int, str]


@dataclass
class Tally:
    """Counts of names: right, predicted and gold, exactly and with any overlap, by kind."""

    right: Counter[str] = field(default_factory=Counter)
    predicted: Counter[str] = field(default_factory=Counter)
    gold: Counter[str] = field(default_factory=Counter)
    touched: Counter[str] = field(default_factory=Counter)
    touching: Counter[str] = field(default_factory=Counter)

    def add(self, gold: Iterable[Span], predicted: Iterable[Span]) -> None:
        """Count the names of one text."""
        gold, predicted = set(gold), set(predicted)
        for counter, spans in ((self.right, gold & predicted), (self.predicted, predicted), (self.gold, gold)):
            counter.update(kind for _, _, kind in spans)
        self.touched.update(g[2] for g in gold if any(_touch(g, p) for p in predicted))
        self.touching.update(p[2] for p in predicted if any(_touch(g, p) for g in gold))

    def f1(self, kind: str | None = None) -> float:
        """The harmonic mean of precision and recall, exact; of one kind or of all."""
        right, predicted, gold = (c[kind] if kind else c.total() for c in (self.right, self.predicted, self.gold))
        return 2 * right / (predicted + gold) if predicted + gold else 0.0

    def overlap_f1(self) -> float:
        """The same with any overlap of one kind counting as right."""
        precision = self.touching.total() / max(1, self.predicted.total())
        recall = self.touched.total() / max(1, self.gold.total())
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _touch(a: Span, b: Span) -> bool:
    return a[2] == b[2] and a[0] < b[1] and b[0] < a[1]


def lay_out(story: Story) -> tuple[str, list[tuple[int, int]], list[Span]]:
    """The sentences of a story joined to a text, their places in it, and those of the names."""
    text, bounds, gold = "", [], []
    for sentence in story.sentences:
        if not sentence.units:
            continue
        start, end = sentence.units[0].start, sentence.units[-1].end
        shift = len(text) - start
        bounds.append((len(text), len(text) + end - start))
        text += sentence.text[start:end] + "\n"
        for first, last, kind in spans_of(sentence):
            gold.append((sentence.units[first].start + shift, sentence.units[last - 1].end + shift, kind))
    return text, bounds, gold


def predict_story(encoder: NamesEncoder, story: Story, style: str) -> tuple[list[Span], list[Span]]:
    """(gold, predicted) names of a story, as places of the first and last word in the joined text of its sentences."""
    text, bounds, gold = lay_out(story)
    words = {place: unit.start for unit in split_units(text) for place in range(unit.start, unit.end)}
    kinds = {value: FROM_GOLD[value] for value in FROM_GOLD}
    predicted = [(words[m.span.start], m.span.end, kinds[m.kind]) for m in encoder.find(text, bounds, style)]
    return gold, predicted


def measure_stories(encoder: NamesEncoder, stories: Sequence[Story], style: str | None = None) -> Tally:
    """Counts over ``stories``, following the annotation of each or ``style``."""
    tally = Tally()
    for story in stories:
        tally.add(*predict_story(encoder, story, style or story.style))
    return tally


def measure_stage(encoder: NamesEncoder, stories: Sequence[Story]) -> Tally:
    """Counts over ``stories`` of the whole mention stage: encoder, knowledge base and rules, without a parser's names."""
    stage, tally = MentionStage(InflectedKnowledgeBase(open_shipped()), EncoderRecogniser(given=encoder)), Tally()
    for story in stories:
        text, _, gold = lay_out(story)
        article = Article("x", text, (SpanOf(0, len(text)),), story.lang)
        document = RuleParser(load_pack(story.lang))(article)
        mentions = stage(Analysis(article, document)).mentions or ()
        words = {place: unit.start for unit in split_units(text) for place in range(unit.start, unit.end)}
        tally.add(gold, [(words[m.span.start], m.span.end, FROM_GOLD[m.kind]) for m in mentions])
    return tally


def measure_gold(encoder: NamesEncoder, folder: Path) -> Tally:
    """Counts over annotated articles, by code points."""
    tally = Tally()
    for path in sorted(folder.rglob("*.json")):
        record = json.loads(path.read_text("utf-8"))
        gold = [(a, b, FROM_GOLD[entity["type"]]) for entity in record["entities"] for a, b in entity["mentions"]]
        found = encoder.find(record["text"], list(cut_sentences(record["text"])))
        tally.add(gold, [(m.span.start, m.span.end, FROM_GOLD[m.kind]) for m in found])
    return tally


def measure_all(encoder: NamesEncoder, shared: Path) -> dict[str, Tally]:
    """Every set by name."""
    sets = measuring_sets(shared)
    results = {name: measure_stories(encoder, stories) for name, stories in sets.items()}
    for name in ("NEREL dev", "HIPE German"):
        results[f"{name}, whole stage"] = measure_stage(encoder, sets[name])
    for lang in ("ar", "fr", "en"):
        results[f"gold/dev {lang}"] = measure_gold(encoder, shared / "gold" / "dev" / lang)
    return results


def table(results: dict[str, Tally]) -> str:
    """``results`` as a Markdown table of F1."""
    lines = ["| set | names | F1 | person | organisation | place | overlapping |", "|---|---|---|---|---|---|---|"]
    for name, tally in results.items():
        figures = [tally.f1(), *(tally.f1(kind) for kind in ("PER", "ORG", "LOC")), tally.overlap_f1()]
        lines.append(f"| {name} | {tally.gold.total()} | " + " | ".join(f"{figure:.3f}" for figure in figures) + " |")
    return "\n".join(lines)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=SHIPPED, help="folder of the model (default: the shipped one)")
    parser.add_argument("--shared", type=Path, default=SHARED, help="folder with data/ and gold/")
    options = parser.parse_args()
    print(table(measure_all(open_encoder(options.model), options.shared)))


if __name__ == "__main__":
    main()
