"""Looking up word sequences of closed classes in a sentence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from kg.extract.sentences import View, split_words


@cache
def _sequences(words: frozenset[str]) -> dict[str, tuple[tuple[str, ...], ...]]:
    table: dict[str, set[tuple[str, ...]]] = {}
    for word in words:
        parts = tuple(split_words(word))
        if parts:
            table.setdefault(parts[0], set()).add(parts)
    return {first: tuple(sorted(rows, key=lambda r: (-len(r), r))) for first, rows in table.items()}


def occurrences(view: View, words: frozenset[str], where: Iterable[int] | None = None) -> Iterator[tuple[int, int]]:
    """Places ``[first, last)`` of the words and word sequences of a class among the words of a sentence, the longest at
    each place."""
    table = _sequences(words)
    for index in range(len(view.words)) if where is None else where:
        for sequence in table.get(view.words[index].text, ()):
            if all(index + k < len(view.words) and view.words[index + k].text == part for k, part in enumerate(sequence)):
                yield index, index + len(sequence)
                break
