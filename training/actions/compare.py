"""Compares patterns, model, and both: ``python -m training.actions.compare [--work FOLDER]``, after the folds were trained.

For every gold article the model speaks that has not seen it, its story or its translations. Thresholds are chosen on two thirds
and applied to the last one; the figures are sums over the three. Run it in the ordinary environment.
"""

from __future__ import annotations

import argparse
import json
import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from kg.assembly import default_pipeline
from kg.extract.actions import ExtractStage
from kg.extract.sentences import View
from kg.extract.tagger import Policy, Scored, model_patterns, revise
from kg.extract.triggers import Trigger
from kg.model import ActionType, Analysis, Article, Report, Span
from kg.pipeline import run
from training.actions.stories import ANNOTATIONS, LANGUAGES
from training.actions.texts import find_text

DROPS = (0.0, 0.0003, 0.001, 0.003, 0.01, 0.05)
ADDS = (1.0, 0.95, 0.85, 0.7, 0.5)
FOLDS = 3
Counts = tuple[int, int, int, int]
"""Actions found with type and target, with the type, said, and marked."""


@dataclass(frozen=True)
class Marked:
    """An article, its analysis up to the names, the fold that keeps it apart, and what that fold's model says of it.

    ``unseen``: no pattern was written with it in view.
    """

    name: str
    fold: int
    gold: dict[str, Any]
    analysis: Analysis
    scored: Scored
    unseen: bool = False


@dataclass(frozen=True)
class Recorded:
    """A judge that speaks from ``scored``; ``alone``: without the patterns."""

    scored: Scored
    policy: Policy
    alone: bool = False

    def revise(
        self, article: Article, views: Sequence[View], found: Sequence[tuple[Trigger, ...]]
    ) -> Sequence[tuple[Trigger, ...]]:
        """The triggers by the recorded probabilities."""
        own = model_patterns(article.lang)
        pairs = zip(views, found, strict=True)
        return [revise(view, () if self.alone else triggers, self.scored, self.policy, own) for view, triggers in pairs]


def read_marked(work: Path, shared: Path, prefix: str = "") -> list[Marked]:
    """The gold articles that some fold kept apart."""
    scores: dict[str, tuple[int, Scored]] = {}
    for fold in range(FOLDS):
        path = work / f"{prefix}fold-{fold}.npz"
        if not path.exists():
            continue
        data = np.load(path)
        types = tuple(ActionType(str(name)) for name in data["types"])
        places, rows, names = data["places"], data["scores"].astype(np.float32), data["names"]
        for name in sorted(set(names.tolist())):
            own = np.flatnonzero(names == name)
            order = own[np.argsort(places[own, 0], kind="stable")]
            spans = tuple((int(a), int(b)) for a, b in places[order])
            scores[name] = (fold, Scored(types, spans, rows[order]))
    stored = work / "analyses.pickle"
    analyses: dict[str, Analysis] = pickle.loads(stored.read_bytes()) if stored.exists() else {}
    stages = default_pipeline().stages[:-1]
    found = []
    for name, gold, unseen in [*gold_articles(shared), *annotated_articles(shared)]:
        if name not in scores:
            continue
        if name not in analyses:
            text = gold["text"]
            article = Article(name, text, (Span(0, len(text)),), gold["lang"], published=gold.get("published"))
            analyses[name] = run(stages, Analysis(article))
        found.append(Marked(name, scores[name][0], gold, analyses[name], scores[name][1], unseen))
    stored.write_bytes(pickle.dumps(analyses))
    return found


def gold_articles(shared: Path) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """The articles of ``gold``: name, record, and that the patterns' makers have read them."""
    for part in ("train", "parallel", "more"):
        for path in sorted((shared / "gold" / part).rglob("*.json")):
            name = f"{path.parent.name}-{path.stem}" if part == "parallel" else path.stem
            yield name, json.loads(path.read_text("utf-8")), False


def annotated_articles(shared: Path) -> Iterator[tuple[str, dict[str, Any], bool]]:
    """The articles annotated here, like gold's records: targets are places, ``doubt`` lists words that may go either way."""
    for path in sorted(ANNOTATIONS.glob("*.json")):
        for record in json.loads(path.read_text("utf-8")):
            actions = [
                {"type": a["type"], "trigger": a["triggers"][0], "target_text": (a["target"] or [None])[0]}
                for a in record["actions"]
            ]
            text = find_text(shared, record["file"], record["key"])
            gold = {"lang": record["lang"], "text": text, "entities": [], "actions": actions, "doubt": record["unsure"]}
            yield f"{path.stem}-{record['key']}", gold, True


def as_record(analysis: Analysis, reports: Sequence[Report]) -> dict[str, Any]:
    """Entities and actions of an analysis as the scorer reads them."""
    return {
        "lang": analysis.article.lang,
        "text": analysis.article.text,
        "entities": [
            {"id": e.id, "type": e.kind.value, "mentions": [(m.start, m.end) for m in e.mentions]}
            for e in analysis.entities or ()
        ],
        "actions": [
            {
                "type": r.type.value,
                "trigger": (r.trigger.start, r.trigger.end),
                "target": list(r.target),
                "target_text": (r.target_text.start, r.target_text.end) if r.target_text else None,
            }
            for r in reports
        ],
    }


def counts_of(marked: Marked, judge: Recorded | None, scorer: Any) -> Counts:
    """The counts of one article."""
    analysis = ExtractStage(judge)(marked.analysis)
    reports = analysis.reports or ()
    gold, said = scorer.Article(marked.gold), scorer.Article(as_record(analysis, reports))
    exact, loose = scorer.pair(gold, said, True), scorer.pair(gold, said, False)
    right = [pair[1] for pair in loose]
    doubt = marked.gold.get("doubt", ())
    rest = [a for a in said.actions if not any(a is b for b in right)]
    open_ones = [a for a in rest if any(scorer.overlap(a["trigger"], d) for d in doubt)]
    return len(exact), len(loose), len(reports) - len(open_ones), len(gold.actions)


def f1(counts: Iterable[Counts], which: int = 0) -> tuple[float, float, float]:
    """Precision, recall and F1 over articles: of type and target (0) or of the type (1)."""
    rows = list(counts)
    right, said, marked = (sum(r[i] for r in rows) for i in (which, 2, 3))
    return right / max(said, 1), right / max(marked, 1), 2 * right / max(said + marked, 1)


def load_scorer(shared: Path) -> Any:
    """The module ``eval/score.py``."""
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("score", shared / "eval" / "score.py")
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("output") / "actions")
    parser.add_argument("--shared", type=Path, default=Path(__file__).resolve().parents[2].parent / "shared")
    parser.add_argument("--free-only", action="store_true", help="the runs without texts that are not under a free licence")
    options = parser.parse_args()
    scorer = load_scorer(options.shared)
    marked = read_marked(options.work, options.shared, "free-" if options.free_only else "")
    for lang in LANGUAGES:
        for unseen in (True, False):
            own = [m for m in marked if m.gold["lang"] == lang and m.unseen == unseen]
            if own:
                what = "articles that no pattern was written with in view" if unseen else "articles of gold"
                print(f"\n{lang}: {len(own)} {what}, {sum(len(m.gold['actions']) for m in own)} actions")
                compare(own, scorer)


def compare(own: Sequence[Marked], scorer: Any) -> None:
    """Print the ways for the articles of one language."""
    known: dict[tuple[str, Policy | None, bool], Counts] = {}

    def count(m: Marked, policy: Policy | None, alone: bool = False) -> Counts:
        key = (m.name, policy, alone)
        if key not in known:
            known[key] = counts_of(m, Recorded(m.scored, policy, alone) if policy else None, scorer)
        return known[key]

    def show(name: str, rows: Sequence[Counts], note: str = "") -> None:
        (p, r, f), (_, _, loose) = f1(rows), f1(rows, 1)
        print(f"  {name:22} P {p:.3f} R {r:.3f} F {f:.3f}   type alone F {loose:.3f}   {note}", flush=True)

    def nested(options: Sequence[Policy], alone: bool = False) -> tuple[list[Counts], list[Policy]]:
        rows, chosen = [], []
        for fold in range(FOLDS):
            rest = [m for m in own if m.fold != fold]
            best = max(
                options, key=lambda p: (round(sum(f1([count(m, p, alone) for m in rest], w)[2] for w in (0, 1)), 6), -p.drop)
            )
            chosen.append(best)
            rows += [count(m, best, alone) for m in own if m.fold == fold]
        return rows, chosen

    show("patterns", [count(m, None) for m in own])
    ways: dict[str, tuple[list[Policy], bool]] = {
        "model alone": ([Policy(add=a) for a in ADDS[1:]], True),
        "judge (drop)": ([Policy(drop=d) for d in DROPS], False),
        "union (add)": ([Policy(add=a) for a in ADDS], False),
    }
    best: dict[str, Policy] = {}
    for name, (policies, alone) in ways.items():
        rows, chosen = nested(policies, alone)
        show(name, rows, " ".join(f"{p.drop:g}/{p.add:g}" for p in chosen))
        best[name] = max(policies, key=lambda p: sum(f1([count(m, p, alone) for m in own], w)[2] for w in (0, 1)))
    drops = near(DROPS, best["judge (drop)"].drop)
    adds = near(ADDS, best["union (add)"].add)
    rows, chosen = nested([Policy(drop=d, add=a) for d in drops for a in adds])
    show("both", rows, " ".join(f"{p.drop:g}/{p.add:g}" for p in chosen))
    grid = [Policy(drop=d, add=a) for d in drops for a in adds]
    final = max(grid, key=lambda p: sum(f1([count(m, p) for m in own], w)[2] for w in (0, 1)))
    show("both, chosen on all", [count(m, final) for m in own], f"{final.drop:g}/{final.add:g}")
    show("vote (both agree)", [count(m, Policy(drop=0.5)) for m in own])


def near(values: Sequence[float], centre: float, reach: int = 1) -> list[float]:
    """``centre`` and its neighbours, and the value that changes nothing."""
    at = values.index(centre)
    return sorted({values[0], *values[max(0, at - reach) : at + reach + 1]})


if __name__ == "__main__":
    main()
