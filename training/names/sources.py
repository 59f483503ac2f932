"""Which texts train the model, which measure it, and under which licence they come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from training.names.corpora import read_anercorp, read_aqmar, read_gold, read_hipe, read_nerel, read_pud, read_wojood
from training.names.examples import Story, settle_clitics
from training.names.silver import read_silver

STYLES = ("kg", "anercorp", "aqmar", "pud", "nerel", "silver")
# How often the windows of a style and language are taken in an epoch; the others once.
SHARES = {"kg-ar": 2.0, "nerel-ru": 0.25, "pud-de": 0.7, "pud-ru": 0.4, "pud-en": 0.4, "silver-fr": 0.7, "silver-en": 0.2}
# The same for the second phase, in which Arabic counts for more.
LATE_SHARES = {
    **{"anercorp-ar": 1.3, "aqmar-ar": 2.0, "kg-ar": 2.0, "kg-fr": 0.8, "kg-en": 0.8},
    **{"nerel-ru": 0.15, "pud-de": 0.4, "pud-ru": 0.2, "pud-en": 0.2, "silver-fr": 0.4, "silver-en": 0.1},
}
# The third phase: Arabic newswire and Russian, which the second had little of.
LAST_SHARES = {
    **{"anercorp-ar": 2.0, "aqmar-ar": 1.5, "kg-ar": 1.5, "kg-fr": 0.5, "kg-en": 0.5},
    **{"nerel-ru": 0.8, "pud-de": 0.3, "pud-ru": 0.2, "pud-en": 0.2, "silver-fr": 0.2, "silver-en": 0.05},
}
# A training text is left out if it shares this many runs of eight words with a text that measures.
RUN, SHARED_RUNS = 8, 3


def training_stories(shared: Path, work: Path, restricted: bool = True) -> list[Story]:
    """All annotated texts that may be learnt from, below the folder ``shared``, and the silver ones in ``work``.

    Texts that share passages with those that measure are left out: windows of ANERcorp, follow-ups of the same event.

    ``restricted`` takes the Arabic newspapers whose text is under CC BY-NC-SA too (``gold/more``).
    """
    data, gold = shared / "data" / "train", shared / "gold"
    stories = read_anercorp(data / "ar_anercorp")[0] + read_aqmar(data / "ar_aqmar")
    stories += read_gold(gold / "train") + read_gold(gold / "parallel")
    if restricted:
        stories += read_gold(gold / "more")
    others = read_pud(data / "pud_parallel") + read_nerel(data / "ru_nerel" / "train.tar.gz")
    stories += others + read_silver(work / "silver.json")
    measured = {run for stories_ in _measuring(shared) for story in stories_ for run in runs(story)}
    stories = [story for story in stories if len(runs(story) & measured) < SHARED_RUNS]
    arabic = settle_clitics([story for story in stories if story.lang == "ar"])
    return [*arabic, *(settle_clitics([story])[0] for story in stories if story.lang != "ar")]


def runs(story: Story) -> set[tuple[str, ...]]:
    """All runs of eight words in the sentences of ``story``."""
    found: set[tuple[str, ...]] = set()
    for sentence in story.sentences:
        words = [unit.text for unit in sentence.units if unit.text[0].isalnum()]
        found.update(tuple(words[i : i + RUN]) for i in range(len(words) - RUN + 1))
    return found


def _measuring(shared: Path) -> list[Sequence[Story]]:
    return [*measuring_sets(shared).values(), read_gold(shared / "gold" / "dev")]


def measuring_sets(shared: Path) -> dict[str, Sequence[Story]]:
    """The sets by name that only measure, without the annotated articles of ``gold/dev``."""
    data = shared / "data"
    return {
        "ANERcorp held out": read_anercorp(data / "train" / "ar_anercorp")[1],
        "AQMAR dev": read_aqmar(data / "dev" / "ar_aqmar"),
        "Wojood": read_wojood(data / "dev" / "ar_wojood"),
        "NEREL dev": read_nerel(data / "dev" / "ru_nerel" / "dev.tar.gz"),
        "HIPE German": read_hipe(data / "dev" / "hipe2022" / "HIPE-2022-v2.1-hipe2020-dev-de.tsv.gz", "de"),
    }
