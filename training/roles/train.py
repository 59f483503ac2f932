"""Learn the weights of all roles and write them, with their figures by cross-validation, to ``kg/data/roles``."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from kg.extract.draft import read_story
from kg.extract.ranker import FOLDER, Ranker
from training.roles.evaluate import count, cross_validate
from training.roles.examples import FIELDS, FOLDERS, Example, analyses, examples
from training.roles.fit import Settings, fit

SETTINGS = {
    "date": Settings(2.0, 0.1, 0.6),
    "agent": Settings(2.0, 0.1, 0.75),
    "place": Settings(2.0, 0.1, 0.42),
    "offence": Settings(4.0, 0.25, 0.33),
    "attribution": Settings(2.0, 0.1, 0.4),
}
"""By role, chosen by cross-validation."""


def gather(gold: Path, folders: Sequence[str]) -> dict[str, list[Example]]:
    """The examples of each role."""
    out: dict[str, list[Example]] = {role: [] for role in FIELDS}
    for group, data, analysis in analyses(gold, tuple(folders)):
        story = read_story(analysis)
        for role in FIELDS:
            out[role] += examples(role, group, data, analysis, story)
    return out


def learn(role: str, data: Sequence[Example]) -> tuple[Ranker, list[str]]:
    """The ranker of a role, and lines with its figures beside those of the rules."""
    tested = cross_validate(role, data, SETTINGS[role])
    choice = {id(example): found for example, found in tested}
    lines = []
    for language in ("all", *sorted({e.language for e in data})):
        some = [e for e, _ in tested if language in ("all", e.language)]
        lines.append(
            f"{role:12}{language:4} rules {count(some, lambda e: e.rule)}  ranked {count(some, lambda e: choice[id(e)])}"
        )
    return fit(role, data, SETTINGS[role]), lines


def write(ranker: Ranker, folder: Path) -> None:
    """Write a ranker as JSON, one weight a line, the heaviest first."""
    weights = dict(sorted(ranker.weights.items(), key=lambda pair: (-abs(pair[1]), pair[0])))
    data = {"role": ranker.role, "keep": ranker.keep, "threshold": ranker.threshold, "bias": ranker.bias, "weights": weights}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{ranker.role}.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", "utf-8")


def main() -> None:
    """Learn, print the figures, and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, help="the folder with train, parallel and more")
    parser.add_argument("--output", type=Path, default=FOLDER)
    parser.add_argument("--free", action="store_true", help="leave out the folder more, whose text is under CC BY-NC-SA")
    args = parser.parse_args()
    table = gather(args.gold, [f for f in FOLDERS if not (args.free and f == "more")])
    for role, data in table.items():
        ranker, lines = learn(role, data)
        write(ranker, args.output)
        print("\n".join(lines), flush=True)


if __name__ == "__main__":
    main()
