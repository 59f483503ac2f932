"""The stretch of an article that the action model reads around a trigger: headline, sentences before, its own, the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kg.mention.pieces import PieceReader, Unit, split_units
from kg.mention.windows import BEGIN, END, STYLE_SLOT
from kg.model import Span

SIZE, HEADLINE, OWN, NEXT = 160, 32, 110, 40
"""Pieces of a stretch, and of them at most those of the headline, of the trigger's sentence and of the next one."""
_REST = 4
"""Words that the end of a sentence must have to be worth reading."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Pieces with the words that they spell: ``first[i]`` is the place of the first piece of the word at ``places[i]``.

    ``marked`` are the pieces of the trigger.
    """

    ids: tuple[int, ...]
    places: tuple[tuple[int, int], ...]
    first: tuple[int, ...]
    marked: tuple[int, ...]


def stretch_around(
    text: str, sentences: Sequence[Span], index: int, trigger: Span, headline: int | None, reader: PieceReader
) -> Stretch:
    """What is read for ``trigger`` in the sentence ``index``; ``headline`` is the number of the headline among ``sentences``."""

    def cost(units: Sequence[Unit]) -> int:
        return 1 + sum(len(reader.spell(unit)) for unit in units)

    own = _around(_units(text, sentences[index]), trigger, reader)
    room = SIZE - 2 - cost(own)
    top: list[Unit] = []
    if headline is not None and headline != index:
        top = _opening(_units(text, sentences[headline]), HEADLINE, reader)
        room -= cost(top) if top else 0
    parts = [own]
    if index + 1 < len(sentences):
        following = _opening(_units(text, sentences[index + 1]), NEXT, reader)
        if following and cost(following) <= room:
            parts.append(following)
            room -= cost(following)
    for number in range(index - 1, -1, -1):
        if number == headline:
            break
        before = _units(text, sentences[number])
        if not before:
            continue
        if cost(before) > room:
            before = _ending(before, room, reader)
            if len(before) >= _REST:
                parts.insert(0, before)
            break
        parts.insert(0, before)
        room -= cost(before)
    return _joined([top, *parts] if top else parts, trigger, reader)


def _units(text: str, sentence: Span) -> list[Unit]:
    return [unit for start, end in _lines(text, sentence) for unit in split_units(text, start, end)]


def _lines(text: str, sentence: Span) -> Iterator[tuple[int, int]]:
    start = sentence.start
    for part in sentence.of(text).split("\n"):
        yield start, start + len(part)
        start += len(part) + 1


def _around(units: list[Unit], trigger: Span, reader: PieceReader) -> list[Unit]:
    """The words of a sentence, of a long one those around the trigger: the longer side loses a word until it fits."""
    inside = [n for n, unit in enumerate(units) if unit.start < trigger.end and trigger.start < unit.end]
    if not inside:
        return _opening(units, OWN, reader)
    sizes = [len(reader.spell(unit)) for unit in units]
    low, high, size = 0, len(units), 1 + sum(sizes)
    while size > OWN and (low < inside[0] or high > inside[-1] + 1):
        if inside[0] - low > high - 1 - inside[-1]:
            size -= sizes[low]
            low += 1
        else:
            high -= 1
            size -= sizes[high]
    return units[low:high]


def _opening(units: list[Unit], limit: int, reader: PieceReader) -> list[Unit]:
    used = 1
    for number, unit in enumerate(units):
        used += len(reader.spell(unit))
        if used > limit:
            return units[:number]
    return units


def _ending(units: list[Unit], limit: int, reader: PieceReader) -> list[Unit]:
    used = 1
    for number in range(len(units) - 1, -1, -1):
        used += len(reader.spell(units[number]))
        if used > limit:
            return units[number + 1 :]
    return units


def _joined(parts: Sequence[Sequence[Unit]], trigger: Span, reader: PieceReader) -> Stretch:
    ids, first = [BEGIN, STYLE_SLOT], list[int]()
    places, marked = list[tuple[int, int]](), list[int]()
    for part in parts:
        for unit in part:
            pieces = reader.spell(unit)
            if unit.start < trigger.end and trigger.start < unit.end:
                marked += range(len(ids), len(ids) + len(pieces))
            first.append(len(ids))
            places.append((unit.start, unit.end))
            ids += pieces
        ids.append(END)
    return Stretch(tuple(ids), tuple(places), tuple(first), tuple(marked))
