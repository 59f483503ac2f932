"""What models that did not see a story make of its triggers: the choice of arguments is learnt from these readings."""

from __future__ import annotations

import pickle
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from kg.extract.draft import Story
from kg.extract.reading import Reading
from training.actions.cases import Case

FOLDS = 3
READINGS = "readings.pkl"
Readings = Mapping[tuple[str, str, int], Reading]
"""Story, article and number of a draft → the reading of its trigger."""


def fold_of(group: str) -> int:
    """The fold that keeps a story apart."""
    return zlib.crc32(f"actions {group}".encode()) % FOLDS


def write_readings(pairs: Iterable[tuple[Case, Reading]], work: Path) -> None:
    """Write the readings of the triggers that patterns found."""
    table = {(case.group, case.article, case.draft): reading for case, reading in pairs if case.draft is not None}
    (work / READINGS).write_bytes(pickle.dumps(table))


def read_readings(work: Path) -> Readings:
    """What ``training.actions.read`` wrote into ``work``."""
    table: Readings = pickle.loads((work / READINGS).read_bytes())  # a file of one's own making
    return table


def with_readings(story: Story, group: str, article: str, table: Readings) -> Story:
    """A story whose drafts were read by a model that did not see it."""
    drafts = [replace(draft, reading=table.get((group, article, number))) for number, draft in enumerate(story.drafts)]
    return replace(story, drafts=tuple(drafts))
