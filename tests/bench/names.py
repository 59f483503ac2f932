"""Names and links against gold, stage by stage.

Run as ``python tests/bench/names.py [SPLIT …] [--perfect]``: precision, recall and F1 of mentions (exact span and kind) and of
links, per language and split, and the time of the two stages per article. ``--perfect`` gives the stage the gold mentions as a
further recogniser: what the rules then lose is theirs. ``train``, ``parallel`` and ``more`` may be learnt from, ``dev`` only
measures.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

from kg.link.cascade import LinkStage
from kg.mention.stage import MentionStage, Recogniser
from kg.model import Analysis, Article, Document, Kind, Mention, Span
from kg.parse.stage import ParseStage

GOLD = Path(__file__).resolve().parents[2].parent / "shared" / "gold"
SPLITS = ("train", "parallel", "more", "dev")


def gold_mentions(record: dict[str, Any]) -> tuple[Mention, ...]:
    """The mentions of a gold article."""
    return tuple(
        Mention(Span(start, end), Kind(e["type"]), "encoder") for e in record["entities"] for start, end in e["mentions"]
    )


def perfect(record: dict[str, Any]) -> Recogniser:
    """A recogniser that knows the gold mentions of one article."""

    def recognise(article: Article, document: Document) -> tuple[Mention, ...]:
        return gold_mentions(record)

    return recognise


def show(right: int, given: int, wanted: int) -> str:
    """Precision, recall and F1."""
    precision, recall = right / given if given else 0.0, right / wanted if wanted else 0.0
    total = precision + recall
    return f"P {precision:.3f} R {recall:.3f} F {2 * precision * recall / total if total else 0.0:.3f}"


def measure(split: str, lang: str, records: list[dict[str, Any]], with_gold: bool) -> None:
    """Print a line for one language of one split."""
    parse, link = ParseStage(), LinkStage()
    counts: Counter[tuple[str, str]] = Counter()
    seconds = 0.0
    for record in records:
        text = record["text"]
        parsed = parse(Analysis(Article(record["id"], text, (Span(0, len(text)),), lang, published=record["published"])))
        if with_gold and parsed.document is not None:
            parsed = replace(parsed, document=replace(parsed.document, names=()))
        start = time.perf_counter()
        done = link(MentionStage(recogniser=perfect(record) if with_gold else None)(parsed))
        seconds += time.perf_counter() - start
        gold = {(m.span, m.kind) for m in gold_mentions(record)}
        found = {(m.span, m.kind) for m in done.mentions or ()}
        for kind in Kind:
            g, f = {m for m in gold if m[1] is kind}, {m for m in found if m[1] is kind}
            for name in (kind.value, "all"):
                counts.update({(name, "right"): len(g & f), (name, "given"): len(f), (name, "wanted"): len(g)})
        for entity in record["entities"]:
            if entity["qid"]:
                spans = [Span(*span) for span in entity["mentions"]]
                given = {e.qid for e in done.entities or () if e.qid and any(a.overlaps(b) for a in e.mentions for b in spans)}
                counts.update({("link", "right"): entity["qid"] in given, ("link", "given"): len(given), ("link", "wanted"): 1})
    figures = [f"{name} {show(*(counts[name, part] for part in ('right', 'given', 'wanted')))}" for name in ("all", "link")]
    kinds = [f"{k.value} {show(*(counts[k.value, part] for part in ('right', 'given', 'wanted')))[-5:]}" for k in Kind]
    each = seconds / len(records) * 1000
    print(f"{split:8} {lang} {len(records):3} articles  {'  '.join((*figures, *kinds))}  {each:.0f} ms each")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("splits", nargs="*", default=["train", "dev"], choices=SPLITS)
    parser.add_argument("--perfect", action="store_true", help="give the gold mentions as a recogniser")
    options = parser.parse_args()
    for split in options.splits:
        records = [json.loads(path.read_text("utf-8")) for path in sorted((GOLD / split).rglob("*.json"))]
        for lang in ("ar", "fr", "en"):
            chosen = [record for record in records if record["lang"] == lang]
            if chosen:
                measure(split, lang, chosen, options.perfect)


if __name__ == "__main__":
    main()
