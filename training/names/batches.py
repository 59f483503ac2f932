"""Stories to batches of tensors: every epoch packs, varies and shuffles them anew, from the epoch's own seed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

import torch
from torch import Tensor

from kg.mention.pieces import PieceReader
from kg.mention.windows import BEGIN, END, STYLE_SLOT
from training.names.augment import vary
from training.names.examples import UNKNOWN, Sentence, Story
from training.names.pools import Pools

PAD = 1
CLITIC_LANGUAGES = frozenset({"ar"})


@dataclass(frozen=True, slots=True)
class Item:
    """One window: pieces with a tag and a length of proclitics each, ``UNKNOWN`` where no loss is taken."""

    ids: list[int]
    style: int
    tags: list[int]
    clitics: list[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Tensors (batch, length), and ``styles`` (batch)."""

    ids: Tensor
    styles: Tensor
    kept: Tensor
    tags: Tensor
    clitics: Tensor


def make_item(sentences: Sequence[Sentence], style: int, reader: PieceReader, longest: int) -> Item:
    """The window of ``sentences``, cut to ``longest`` pieces."""
    ids, tags, clitics = [BEGIN, STYLE_SLOT], [UNKNOWN] * 2, [UNKNOWN] * 2
    for sentence in sentences:
        for unit, tag, length in zip(sentence.units, sentence.tags, sentence.clitics, strict=True):
            pieces = reader.spell(unit)
            ids.extend(pieces)
            tags.extend([tag] + [UNKNOWN] * (len(pieces) - 1))
            clitics.extend([length] + [UNKNOWN] * (len(pieces) - 1))
        ids.append(END)
        tags.append(UNKNOWN)
        clitics.append(UNKNOWN)
    return Item(ids[:longest], style, tags[:longest], clitics[:longest])


def epoch_items(
    stories: Sequence[Story], shares: Mapping[str, float], styles: Sequence[str], reader: PieceReader, pools: Pools, seed: int
) -> list[Item]:
    """The windows of one epoch. ``shares`` says how many times each style's windows are taken on average (default 1)."""
    rng = Random(seed)
    items: list[Item] = []
    for story in stories:
        share = shares.get(f"{story.style}-{story.lang}", 1.0)
        while share > 0:
            if share >= 1 or rng.random() < share:
                items.extend(_windows(story, styles.index(story.style), reader, pools, rng))
            share -= 1
    rng.shuffle(items)
    return items


def _windows(story: Story, style: int, reader: PieceReader, pools: Pools, rng: Random) -> Iterator[Item]:
    """Consecutive sentences in windows of random size, from a single sentence up to some 160 pieces."""
    pending: list[Sentence] = []
    used, size = 0, rng.choice((1, 48, 96, 128, 160))
    for sentence in story.sentences:
        varied = vary(sentence, story.lang, pools, rng, story.lang in CLITIC_LANGUAGES)
        need = sum(len(reader.spell(unit)) for unit in varied.units) + 1
        if pending and used + need > size:
            yield make_item(pending, style, reader, 256)
            pending, used, size = [], 0, rng.choice((1, 48, 96, 128, 160))
        pending.append(varied)
        used += need
    if pending:
        yield make_item(pending, style, reader, 256)


def make_batches(items: Sequence[Item], pieces: int, pool: int = 64) -> Iterator[Batch]:
    """Batches of about ``pieces`` pieces; within each ``pool`` of windows those of like length go together."""
    seed = Random(len(items))
    groups = []
    for start in range(0, len(items), pool):
        group: list[Item] = []
        for item in sorted(items[start : start + pool], key=lambda item: len(item.ids)):
            if group and (len(group) + 1) * len(item.ids) > pieces:
                groups.append(group)
                group = []
            group.append(item)
        if group:
            groups.append(group)
    seed.shuffle(groups)
    for group in groups:
        yield _stack(group)


def _stack(items: Sequence[Item]) -> Batch:
    length = -(-max(len(item.ids) for item in items) // 8) * 8  # few shapes: torch prepares its kernels once for each

    def fill(rows: list[list[int]], value: int) -> Tensor:
        return torch.tensor([row + [value] * (length - len(row)) for row in rows])

    return Batch(
        fill([item.ids for item in items], PAD),
        torch.tensor([item.style for item in items]),
        fill([[1] * len(item.ids) for item in items], 0),
        fill([item.tags for item in items], UNKNOWN),
        fill([item.clitics for item in items], UNKNOWN),
    )
