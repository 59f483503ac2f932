"""Why the members of a group are one: of each, the strongest tie that brought it there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from math import isfinite
from typing import NamedTuple

from kg.merge.context import Member
from kg.model import Join


class Tie(NamedTuple):
    """What holds two members together: how strongly, and why in words; without end where it was decided."""

    score: float
    a: Member
    b: Member
    reasons: tuple[str, ...]


def joins_of(groups: Iterable[Sequence[Member]], ties: Iterable[Tie], known: Callable[[Member], bool]) -> dict[Member, Join]:
    """By member, why it is in its group: the tie on the way to the first of the group over the strongest ties there are.

    What is ``known`` by itself, for it has an item, needs no reason, and every such member is where a way may end.
    """
    home = {member: number for number, group in enumerate(groups) for member in group}
    first: dict[int, Member] = {}
    for member, number in home.items():
        first.setdefault(number, member)
    # A maximum spanning forest (Kruskal); members of an item are one node, ``tops`` leads to the top of each tree.
    tops: dict[Member, Member] = {}

    def top(member: Member) -> Member:
        while (above := tops.get(member, member)) != member:
            tops[member] = tops.get(above, above)
            member = above
        return member

    anchors: dict[int, Member] = {}
    for member, number in home.items():
        if known(member):
            tops[member] = anchors.setdefault(number, member)
    near: dict[Member, list[Tie]] = defaultdict(list)
    for tie in sorted(ties, key=lambda tie: (-tie.score, tie.a, tie.b)):
        if home[tie.a] == home[tie.b] and (left := top(tie.a)) != (right := top(tie.b)):
            tops[left] = right
            near[tie.a].append(tie)
            near[tie.b].append(tie)
    out: dict[Member, Join] = {}
    reached = [member for member, number in home.items() if known(member) or (number not in anchors and first[number] == member)]
    seen = set(reached)
    for member in reached:
        for tie in near.get(member, ()):
            other = tie.b if tie.a == member else tie.a
            if other not in seen:
                seen.add(other)
                reached.append(other)
                out[other] = Join(other, member, round(tie.score, 4) if isfinite(tie.score) else 0.0, tie.reasons)
    return out
