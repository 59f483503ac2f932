"""Grouping by scored pairs, best pair first, where some things must not meet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from typing import TypeVar

T = TypeVar("T", bound=Hashable)


def cluster(
    items: Iterable[T],
    pairs: Iterable[tuple[float, T, T]],
    may_meet: Callable[[list[T], list[T]], bool],
    rank: Callable[[T], object],
) -> list[list[T]]:
    """Groups of ``items``: pairs are joined from the highest score down if ``may_meet`` allows their whole groups to be one.

    ``rank`` orders items; it settles equal scores, so that the result does not depend on the order of what comes in. Groups
    and their members are in that order.
    """
    order = {item: number for number, item in enumerate(sorted(items, key=rank))}  # type: ignore[arg-type]
    group: dict[T, list[T]] = {item: [item] for item in order}
    numbered = sorted((-score, min(order[a], order[b]), max(order[a], order[b])) for score, a, b in pairs)
    by_number = list(order)
    for _, first, second in numbered:
        left, right = group[by_number[first]], group[by_number[second]]
        if left is right or not may_meet(left, right):
            continue
        small, large = sorted((left, right), key=len)
        large.extend(small)
        for item in small:
            group[item] = large
    seen: set[int] = set()
    out: list[list[T]] = []
    for item in order:
        members = group[item]
        if id(members) not in seen:
            seen.add(id(members))
            out.append(sorted(members, key=order.__getitem__))
    return out
