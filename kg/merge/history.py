"""The order in which a case went: by date where one is told, else by the stage at which such an action usually comes.

The usual order is good for reading, and no knowledge: where a case stands is said only by what is known to have come last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from kg.merge.dates import days, precision
from kg.model import Action, ActionType, Modality

_ORDER = {kind: number for number, kind in enumerate(ActionType)}
_EVER = 10**9


@dataclass(frozen=True, slots=True)
class _Placed:
    action: Action
    day: int


def history(actions: Iterable[Action], told: Mapping[str, int]) -> tuple[Action, ...]:
    """``actions`` of one case in the order in which they happened, as far as it is known.

    Actions with a day stand in the order of their days, those of one day by stage. Each other, in the order of stages, comes
    behind the last of the earlier and equal stages that its month or year allows; and not behind what happened only after it
    was told. ``told`` gives by id the day (ordinal) on which an action was first told; what may only happen later has none.
    """
    dated: list[tuple[int, int, str, Action]] = []
    rest: list[tuple[int, int, str, Action]] = []
    for action in actions:
        when = days(action.date)
        exact = when is not None and precision(when) == 3
        key = (when[0] if when else -1, _ORDER[action.type], action.id, action)
        if exact:
            dated.append(key)
        else:
            rest.append((key[1], key[0], action.id, action))
    placed = [_Placed(action, day) for day, _, _, action in sorted(dated, key=lambda item: item[:3])]
    for _, _, _, action in sorted(rest, key=lambda item: item[:3]):
        first, last = _window(action, told)
        at = max((i + 1 for i, before in enumerate(placed) if _may_follow(before, action, first, last)), default=0)
        placed.insert(at, _Placed(action, max(first, placed[at - 1].day if at else -1)))
    return tuple(item.action for item in placed)


def latest(actions: Iterable[Action], told: Mapping[str, int], in_text: Callable[[Action, Action], bool]) -> tuple[Action, ...]:
    """Where a case may stand: those of ``actions`` that were done, and of which it is not known that another came later.

    One alone is where the case stands. That an action came before another is known by their dates, and by when it was told, for
    what is told was done; those of one day come by stage. Else an article must tell first the one and then the other
    (``in_text``), which is of no lower stage; what has no date is not taken to have come before what has one, for articles end
    with what came before.
    """
    done = [action for action in actions if action.status is Modality.ACTUAL]
    windows = {action.id: _window(action, told) for action in done}

    def dated(a: Action, b: Action) -> bool:
        (start, last), (first, end) = windows[a.id], windows[b.id]
        if last != first:
            return last < first
        return _ORDER[a.type] < _ORDER[b.type] or (_ORDER[a.type] == _ORDER[b.type] and (start < last or first < end))

    def before(a: Action, b: Action) -> bool:
        if a is b or dated(b, a):
            return False
        if dated(a, b):
            return True
        return _ORDER[a.type] <= _ORDER[b.type] and not (b.date and not a.date) and in_text(a, b) and not in_text(b, a)

    return tuple(a for a in done if not any(before(a, b) for b in done)) or tuple(done)


def _window(action: Action, told: Mapping[str, int]) -> tuple[int, int]:
    """The days between which an action without a day happened."""
    when = days(action.date)
    first, last = when if when else (-1, _EVER)
    if action.status is not Modality.POSSIBLE:
        last = min(last, max(first, told.get(action.id, _EVER)))
    return first, last


def _may_follow(before: _Placed, action: Action, first: int, last: int) -> bool:
    if before.day > last:
        return False
    return before.day < first or _ORDER[before.action.type] <= _ORDER[action.type]
