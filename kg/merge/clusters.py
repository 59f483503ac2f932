"""Grouping by scored pairs, best pair first, where some things must not meet."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable
from itertools import chain
from math import inf
from typing import Protocol, Self, TypeVar

T = TypeVar("T", bound=Hashable)


class Traits(Protocol):
    """What a group has to know of its members to tell whether it may become one with another; it grows with the group."""

    def may_meet(self, other: Self) -> bool:
        """Whether the members of both may be in one group."""
        ...

    def absorb(self, other: Self) -> None:
        """Take over what ``other`` knows, which is not used again."""
        ...


class Free:
    """The traits of groups that may always meet."""

    def may_meet(self, other: Self) -> bool:
        """Always."""
        return True

    def absorb(self, other: Self) -> None:
        """Nothing is to be known."""


S = TypeVar("S", bound=Traits)


def cluster(
    items: Iterable[T],
    pairs: Iterable[tuple[float, T, T]],
    traits: Callable[[T], S],
    rank: Callable[[T], object],
    certain: Iterable[tuple[T, T]] = (),
) -> list[list[T]]:
    """Groups of ``items``: pairs are joined from the highest score down if the ``traits`` of their whole groups allow it.

    ``certain`` pairs are joined before all others, whatever the traits say; those of what is no item count for nothing. ``rank``
    orders items; it settles equal scores, so that the result does not depend on the order of what comes in. Groups and their
    members are in that order. The smaller group is absorbed: the cost grows little faster than the number of pairs.
    """
    by_number = sorted(items, key=rank)  # type: ignore[arg-type]
    order = {item: number for number, item in enumerate(by_number)}
    group = {item: [item] for item in by_number}
    known: dict[int, S] = {}
    numbered = sorted((-score, min(order[a], order[b]), max(order[a], order[b])) for score, a, b in pairs)
    forced = ((-inf, order[a], order[b]) for a, b in certain if a in order and b in order)
    for score, first, second in chain(forced, numbered):
        left, right = group[by_number[first]], group[by_number[second]]
        if left is right:
            continue
        small, large = sorted((left, right), key=len)
        for members in (small, large):
            if id(members) not in known:
                known[id(members)] = traits(members[0])
        less, more = known[id(small)], known[id(large)]
        if score > -inf and not more.may_meet(less):
            continue
        more.absorb(less)
        del known[id(small)]
        large.extend(small)
        for item in small:
            group[item] = large
    seen: set[int] = set()
    out: list[list[T]] = []
    for item in by_number:
        members = group[item]
        if id(members) not in seen:
            seen.add(id(members))
            out.append(sorted(members, key=order.__getitem__))
    return out
