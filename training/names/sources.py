"""Which texts train the model, which measure it, and under which licence they come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from training.names.corpora import read_anercorp, read_aqmar, read_gold, read_nerel, read_pud, read_wojood
from training.names.examples import Story, settle_clitics

STYLES = ("kg", "anercorp", "aqmar", "pud", "nerel", "silver")
# How often the windows of a style and language are taken in an epoch; the others once.
SHARES = {"kg-ar": 2.0, "nerel-ru": 0.3, "pud-de": 0.7, "pud-ru": 0.5, "pud-en": 0.5}


def training_stories(shared: Path, restricted: bool = True) -> list[Story]:
    """All annotated texts that may be learnt from, below the folder ``shared``.

    ``restricted`` takes the Arabic newspapers whose text is under CC BY-NC-SA too (``gold/more``).
    """
    data, gold = shared / "data" / "train", shared / "gold"
    stories = read_anercorp(data / "ar_anercorp")[0] + read_aqmar(data / "ar_aqmar")
    stories += read_gold(gold / "train") + read_gold(gold / "parallel")
    if restricted:
        stories += read_gold(gold / "more")
    arabic = settle_clitics([story for story in stories if story.lang == "ar"])
    others = [story for story in stories if story.lang != "ar"]
    others += read_pud(data / "pud_parallel") + read_nerel(data / "ru_nerel" / "train.tar.gz")
    return [*arabic, *(_without_clitics(story) for story in others)]


def _without_clitics(story: Story) -> Story:
    return settle_clitics([story])[0]


def measuring_sets(shared: Path) -> dict[str, Sequence[Story]]:
    """The sets by name that only measure, without the annotated articles of ``gold/dev``."""
    data = shared / "data"
    return {
        "ANERcorp held out": read_anercorp(data / "train" / "ar_anercorp")[1],
        "AQMAR dev": read_aqmar(data / "dev" / "ar_aqmar"),
        "Wojood": read_wojood(data / "dev" / "ar_wojood"),
        "NEREL dev": read_nerel(data / "dev" / "ru_nerel" / "dev.tar.gz"),
    }
