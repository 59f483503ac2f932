"""Triggers of legal actions against gold, before any role is read.

Run as ``python tests/bench/triggers.py LANG SPLIT [--list] [--rules]``: the patterns of a language over the articles of a split,
with gold mentions. A trigger is right where it overlaps a gold trigger of its type; further triggers of a type that the article's
gold has are counted apart (``again``): they are mostly the same action told twice. ``P`` is the share of right ones, ``~`` with
those. Recall asks how many gold actions have an overlapping trigger (``R``) or one of their type in the same sentence (``~``).
``--list`` shows what is missed and what is spurious, with context: not for ``dev``, which only measures. ``--rules`` parses by
rules instead of the language's parser.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from kg.analysis_json import from_dict
from kg.extract.duration import find_durations
from kg.extract.money import find_amounts
from kg.extract.patterns import pattern_book
from kg.extract.sentences import View, build_views
from kg.extract.time import find_dates
from kg.extract.triggers import Trigger, find_triggers
from kg.lang.pack import LanguagePack, load_pack
from kg.model import ActionType, Report, Span
from kg.parse.stage import AUTO, ParseStage

GOLD = Path(__file__).resolve().parents[2].parent / "shared" / "gold"
SPLITS = ("train", "parallel", "more", "dev")
WIDTH = 80
"""Characters of context on each side in listings."""


def context(text: str, span: Span) -> str:
    """The words around ``span`` on one line, the span itself in double brackets."""
    left, right = max(0, span.start - WIDTH), min(len(text), span.end + WIDTH)
    return " ".join(f"{text[left : span.start]}[[{span.of(text)}]]{text[span.end : right]}".split())


def value_layers(view: View, pack: LanguagePack) -> dict[str, tuple[Span, ...]]:
    """Durations, sums and dates of one sentence, as layers of its view."""
    return {
        "DUR": tuple(item.span for item in find_durations(view.folded, pack)),
        "AMT": tuple(item.span for item in find_amounts(view.folded, pack)),
        "DATE": tuple(item.span for item in find_dates(view.folded, pack, None)),
    }


def figures(right: int, again: int, given: int, found: int, near: int, wanted: int) -> str:
    """One row: precision (strict, and with retellings), recall (exact, and near)."""
    precision, loose = (right / given, (right + again) / given) if given else (0.0, 0.0)
    recall, sentence = (found / wanted, near / wanted) if wanted else (0.0, 0.0)
    left = f"given {given:4} right {right:4} again {again:4} P {precision:.2f} ~{loose:.2f}"
    return f"{left}   gold {wanted:4} R {recall:.2f} ~{sentence:.2f}"


class Bench:
    """Counts over the articles of one language."""

    def __init__(self, lang: str, backend: str, listing: bool) -> None:
        self.pack = load_pack(lang)
        self.book = pattern_book(lang)
        self.parse = ParseStage(backend)
        self.listing = listing
        self.counts: Counter[tuple[str, str]] = Counter()

    def add(self, record: dict[str, Any]) -> None:
        """Count one article."""
        analysis = self.parse(from_dict(record))
        assert analysis.document is not None
        text, reports = analysis.article.text, analysis.reports or ()
        bare = build_views(text, analysis.document, analysis.entities or (), analysis.article.body, {}, None)
        layers = {view.index: value_layers(view, self.pack) for view in bare}
        end = text.find("\n")
        headline = Span(0, end if end > 0 else 0)
        views = build_views(text, analysis.document, analysis.entities or (), analysis.article.body, layers, headline)
        triggers = [(view, trigger) for view in views for trigger in find_triggers(view, self.book)]
        self.judge(record["id"], text, reports, triggers)

    def judge(self, name: str, text: str, reports: tuple[Report, ...], triggers: list[tuple[View, Trigger]]) -> None:
        """Count the triggers of one article against its gold actions."""
        types = {report.type for report in reports}
        for _, trigger in triggers:
            kind = trigger.pattern.type
            hit = any(r.type is kind and r.trigger.overlaps(trigger.span) for r in reports)
            part = "right" if hit else "again" if kind in types else "spurious"
            self.count(kind, "given", part)
            if part == "spurious" and self.listing:
                print(f"spurious {kind:13} {trigger.pattern.id:28} {name}: {context(text, trigger.span)}")
        for report in reports:
            self.count(report.type, "wanted")
            same = [(view, t) for view, t in triggers if t.pattern.type is report.type]
            if any(t.span.overlaps(report.trigger) for _, t in same):
                self.count(report.type, "found", "near")
            elif any(view.span.overlaps(report.trigger) for view, _ in same):
                self.count(report.type, "near")
            elif self.listing:
                print(f"missed   {report.type:13} {name}: {context(text, report.trigger)}")

    def count(self, kind: ActionType, *parts: str) -> None:
        """Add one to each of ``parts`` for the type and for all types."""
        self.counts.update((group, part) for group in (kind.value, "all") for part in parts)

    def report(self, per_type: bool) -> None:
        """Print the figures."""
        for group in (*(kind.value for kind in ActionType), "all") if per_type else ("all",):
            row = [self.counts[group, part] for part in ("right", "again", "given", "found", "near", "wanted")]
            if any(row):
                print(f"{group:13} {figures(*row)}")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lang")
    parser.add_argument("split", choices=SPLITS)
    parser.add_argument("--list", action="store_true", help="show what is missed and what is spurious (not for dev)")
    parser.add_argument("--rules", action="store_true", help="parse by rules")
    options = parser.parse_args()
    if options.split == "dev" and options.list:
        parser.error("dev only measures: its sentences are not shown")
    bench = Bench(options.lang, "rules" if options.rules else AUTO, options.list)
    records = [json.loads(path.read_text("utf-8")) for path in sorted((GOLD / options.split).rglob("*.json"))]
    chosen = [record for record in records if record["lang"] == options.lang]
    if not chosen:
        sys.exit(f"no articles in {options.lang} under {GOLD / options.split}")
    for record in chosen:
        bench.add(record)
    bench.report(per_type=options.split != "dev")


if __name__ == "__main__":
    main()
