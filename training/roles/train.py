"""Learn the weights of all roles and write them, with their figures by cross-validation, to ``kg/data/roles``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from kg.extract.actions import with_targets
from kg.extract.draft import Story, read_story
from kg.extract.ranker import FOLDER, Ranker
from training.actions.folds import Readings, read_readings, with_readings
from training.roles.articles import Annotated, kept_analyses
from training.roles.evaluate import DECIDES, chosen, count, fold_of, rankers_by_fold, scored_apart, with_thresholds
from training.roles.examples import FIELDS, Example, examples
from training.roles.fit import Settings, fit

SETTINGS = {
    "target": Settings(4.0),
    "date": Settings(4.0),
    "agent": Settings(2.0),
    "place": Settings(2.0),
    "offence": Settings(4.0),
    "attribution": Settings(2.0),
}
"""By role, chosen by cross-validation."""


def learn(role: str, data: Sequence[Example]) -> tuple[Ranker, list[Ranker], list[str]]:
    """The ranker of a role, those of the folds with the same thresholds, and lines with figures beside those of the rules."""
    apart = rankers_by_fold(role, data, SETTINGS[role])
    scored = scored_apart(data, apart)
    ranker = with_thresholds(fit(role, data, SETTINGS[role]), scored)
    folds = [replace(r, threshold=ranker.threshold, thresholds=ranker.thresholds) for r in apart]
    choice = {id(pair[0]): chosen(pair, ranker.needed(pair[0].language)) for pair in scored}
    lines = []
    for language in ("all", *sorted({e.language for e in data})):
        some = [e for e, _ in scored if language in ("all", e.language)]
        ruled, ranked = (count(some, way, role in DECIDES) for way in (lambda e: e.rule, lambda e: choice[id(e)]))
        lines.append(f"{role:12}{language:4} rules {ruled}  ranked {ranked}")
    needed = " ".join(f"{name} {value}" for name, value in sorted(ranker.thresholds.items()))
    return ranker, folds, [*lines, f"{role:12}threshold {ranker.threshold} {needed}"]


def learn_all(articles: Sequence[Annotated], table: Readings) -> dict[str, tuple[Ranker, list[Ranker]]]:
    """The rankers of all roles with those of the folds; prints the figures.

    ``table`` is what the action model made of the triggers.
    The target comes first: the other roles are learnt from stories whose targets a ranker chose that did not see them.
    """
    stories = [with_readings(read_story(analysis), group, record["id"], table) for group, record, analysis in articles]
    out: dict[str, tuple[Ranker, list[Ranker]]] = {}
    for role in FIELDS:
        data = [e for (g, d, a), story in zip(articles, stories, strict=True) for e in examples(role, g, d, a, story)]
        ranker, folds, lines = learn(role, data)
        print("\n".join(lines), flush=True)
        out[role] = (ranker, folds)
        if role == "target":
            stories = [_aimed(story, group, folds) for (group, _, _), story in zip(articles, stories, strict=True)]
    return out


def _aimed(story: Story, group: str, folds: Sequence[Ranker]) -> Story:
    return with_targets(story, folds[fold_of(group)])


def write(ranker: Ranker, folder: Path) -> None:
    """Write a ranker as JSON, one weight a line, the heaviest first."""
    data = {
        "role": ranker.role,
        "threshold": ranker.threshold,
        "thresholds": dict(sorted(ranker.thresholds.items())),
        "bias": ranker.bias,
        "none": _heaviest_first(ranker.none),
        "weights": _heaviest_first(ranker.weights),
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{ranker.role}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def _heaviest_first(weights: Mapping[str, float]) -> dict[str, float]:
    return dict(sorted(weights.items(), key=lambda pair: (-abs(pair[1]), pair[0])))


def main() -> None:
    """Learn, print the figures, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, help="the folder with train, parallel and more")
    parser.add_argument("--work", type=Path, default=Path("output") / "actions", help="the work folder of training.actions")
    parser.add_argument("--output", type=Path, default=FOLDER)
    parser.add_argument("--free", action="store_true", help="leave out texts that are for research only (see README.md)")
    parser.add_argument("--analyses", type=Path, help="keep the analyses of the articles in this file, and take them from there")
    args = parser.parse_args()
    table = read_readings(args.work)
    for ranker, _ in learn_all(kept_analyses(args.gold, args.analyses, args.free), table).values():
        write(ranker, args.output)


if __name__ == "__main__":
    main()
