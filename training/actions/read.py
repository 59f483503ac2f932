"""Reads every trigger by the model of the fold that did not see its story: ``python -m training.actions.read GOLD``.

``training.roles`` learns the choice of arguments from what this writes.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch

from kg.extract.reading import Reading
from training.actions.cases import Case
from training.actions.folds import FOLDS, fold_of, write_readings
from training.actions.model import new_model, shipped_encoder
from training.actions.train import all_cases, figures, readings, states_of
from training.roles.articles import Annotated, kept_analyses


def read_apart(work: Path, articles: Sequence[Annotated]) -> Iterator[tuple[Case, Reading]]:
    """Each case with its reading."""
    data = [case for case in all_cases(articles) if case.draft is not None]
    encoder = shipped_encoder()
    states = states_of(encoder, data)
    for fold in range(FOLDS):
        model = new_model(encoder)
        model.load_state_dict(torch.load(work / f"fold-{fold}.pt", weights_only=True))
        yield from readings(model.eval(), data, states, [n for n, case in enumerate(data) if fold_of(case.group) == fold])


def main() -> None:
    """Read the options, read the triggers, and print how well."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, help="the folder with train, parallel and more")
    parser.add_argument("--work", type=Path, default=Path("output") / "actions")
    parser.add_argument("--analyses", type=Path, help="keep the analyses of the articles in this file, and take them from there")
    parser.add_argument("--free", action="store_true", help="leave out the texts that are not under a free licence")
    options = parser.parse_args()
    pairs = list(read_apart(options.work, kept_analyses(options.gold, options.analyses, options.free)))
    for language in ("ar", "en", "fr"):
        print(language, *figures([pair for pair in pairs if pair[0].lang == language]), sep="\n")
    write_readings(pairs, options.work)


if __name__ == "__main__":
    main()
