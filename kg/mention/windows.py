"""Sentences put together into the windows that the names encoder reads at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.mention.pieces import PieceReader, Unit

BEGIN, STYLE_SLOT, END = 0, 1, 2


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces of consecutive sentences; ``first[i]`` is the place of the first piece of unit ``units[i]``.

    The second place is left to the token of the style. ``sure`` bounds the units ``[a, b)`` that this window decides: the others
    are there for context and are decided by the neighbour.
    """

    ids: tuple[int, ...]
    units: tuple[Unit, ...]
    first: tuple[int, ...]
    breaks: frozenset[int]
    sure: tuple[int, int]


def make_windows(
    sentences: Sequence[Sequence[Unit]], reader: PieceReader, size: int, longest: int, overlap: int
) -> Iterator[Window]:
    """Pack consecutive sentences up to ``size`` pieces; a sentence above ``longest`` is cut, with ``overlap`` units shared."""
    pending: list[Sequence[Unit]] = []
    used = 2
    for sentence in sentences:
        if not sentence:
            continue
        need = 1 + sum(len(reader.spell(unit)) for unit in sentence)
        if pending and used + need > size:
            yield from _pack(pending, reader, longest, overlap)
            pending, used = [], 2
        pending.append(sentence)
        used += need
    if pending:
        yield from _pack(pending, reader, longest, overlap)


def _pack(sentences: list[Sequence[Unit]], reader: PieceReader, longest: int, overlap: int) -> Iterator[Window]:
    units = [unit for sentence in sentences for unit in sentence]
    ends: set[int] = set()
    total = 0
    for sentence in sentences:
        total += len(sentence)
        ends.add(total)
    lengths = [len(reader.spell(unit)) + (i + 1 in ends) for i, unit in enumerate(units)]
    start, decided = 0, 0
    while decided < len(units):
        stop, used = start, 2
        while stop < len(units) and used + lengths[stop] <= longest:
            used += lengths[stop]
            stop += 1
        stop = max(stop, decided + 1, start + 1)
        until = stop if stop == len(units) else max(decided + 1, stop - overlap // 2)
        yield _window(units[start:stop], {end - start for end in ends}, reader, (decided - start, until - start))
        decided = until
        start = max(start + 1, until - overlap // 2)


def _window(units: list[Unit], ends: set[int], reader: PieceReader, sure: tuple[int, int]) -> Window:
    ids, first = [BEGIN, STYLE_SLOT], []
    for i, unit in enumerate(units):
        first.append(len(ids))
        ids.extend(reader.spell(unit))
        if i + 1 in ends:
            ids.append(END)
    if ids[-1] != END:
        ids.append(END)
    return Window(tuple(ids), tuple(units), tuple(first), frozenset(ends), sure)


def batches(windows: Sequence[Window], pieces: int) -> Iterator[list[Window]]:
    """Windows of like length together, about ``pieces`` with the padding."""
    group: list[Window] = []
    for window in sorted(windows, key=lambda window: len(window.ids)):
        if group and (len(group) + 1) * len(window.ids) > pieces:
            yield group
            group = []
        group.append(window)
    if group:
        yield group
