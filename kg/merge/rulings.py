"""What people decided about members of articles being one thing or not; merging keeps to it, whatever the evidence says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Generic

from kg.merge.clusters import S
from kg.merge.context import Member

ANY_ITEM = "*"
"""Stands among refused items for all of them: the entity is to have none."""

_NONE: frozenset[int] = frozenset()
_NO_ITEMS: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Rulings:
    """Decisions about entities, or about reports, that do not contradict each other.

    ``same`` pairs members that are one, with who says so in words. ``sides`` gives the sides that a member stands on: a side
    ``n`` is opposite ``n ^ 1``, and nothing on a side is what anything opposite is. ``refused`` are the items that an entity is
    not.
    """

    same: tuple[tuple[Member, Member, str], ...] = ()
    sides: Mapping[Member, frozenset[int]] = field(default_factory=dict)
    refused: Mapping[Member, frozenset[str]] = field(default_factory=dict)

    def apart(self, a: Member, b: Member) -> bool:
        """Whether two members are not one."""
        return bool(self.sides) and _opposite(self.sides.get(a, _NONE), self.sides.get(b, _NONE))

    def refuses(self, member: Member, qid: str | None) -> bool:
        """Whether a member is not the item ``qid``."""
        return qid is not None and bool(self.refused.get(member, _NO_ITEMS) & {qid, ANY_ITEM})

    def keeping(self, traits: Callable[[Member], S]) -> Callable[[Member], Ruled[S]]:
        """The ``traits`` of groups that also keep apart what is apart."""
        return lambda member: Ruled(traits(member), self.sides.get(member, _NONE))


class Ruled(Generic[S]):
    """The traits of a group, and the sides that its members stand on."""

    def __init__(self, traits: S, sides: frozenset[int]) -> None:
        self._traits, self._sides = traits, sides

    def may_meet(self, other: Ruled[S]) -> bool:
        """Whether no decision and none of the traits is against it."""
        return not _opposite(self._sides, other._sides) and self._traits.may_meet(other._traits)

    def absorb(self, other: Ruled[S]) -> None:
        """Take over what ``other`` knows, which is not used again."""
        self._traits.absorb(other._traits)
        self._sides |= other._sides


@dataclass(frozen=True, slots=True)
class Decided:
    """The rulings of a merge: about entities, and about reports of one action."""

    entities: Rulings = field(default_factory=Rulings)
    reports: Rulings = field(default_factory=Rulings)


def _opposite(a: frozenset[int], b: frozenset[int]) -> bool:
    return any(side ^ 1 in b for side in a)
