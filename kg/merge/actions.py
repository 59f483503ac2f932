"""Reports of several articles become actions, and what the reports agree on becomes the action's.

Reports of one article are of different actions: the article tells them apart. An action's status is the strongest that its
reports assert (actual before requested before possible); where one affirms what another denies, the action is no more than
possible and the conflict is named. Other slots in conflict stay empty.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import TypeVar

from kg.lang.fold import fold_word
from kg.merge.clusters import cluster
from kg.merge.compare import Item, compatible, enough, grounds, items_of, points
from kg.merge.context import Member, Shared
from kg.merge.dates import days, gap, precision
from kg.merge.rulings import Rulings
from kg.merge.sounds import lookup_keys
from kg.model import Action, Analysis, Join, Modality

T = TypeVar("T", bound=Hashable)

_MOST_IN_BLOCK = 200
"""Reports under one key that are compared all with all; of more only neighbours in time are."""

_NEIGHBOURS = 30

_MOST_ARTICLES = 50
"""Articles that share an entity are compared if it is in no more than these; what everybody mentions tells no story."""

_STRENGTH = (Modality.ACTUAL, Modality.REQUESTED, Modality.POSSIBLE, Modality.NEGATED)


def merge_actions(
    analyses: Sequence[Analysis], keys: Mapping[Member, str], context: Shared, rulings: Rulings
) -> tuple[Action, ...]:
    """The actions that the reports of ``analyses`` tell, by id; ``keys`` and ``context`` come from ``merge_entities``."""
    by_article = {a.article.id: a for a in analyses}
    items = {item.member: item for key in sorted(by_article) for item in items_of(by_article[key], keys)}
    pairs = _unambiguous(_pairs(items, context, rulings))
    traits = rulings.keeping(lambda m: _Reports([items[m]]))
    groups = cluster(items, pairs, traits, lambda member: member, ((a, b) for a, b, _ in rulings.same))
    said = {tuple(sorted((a, b))): who for a, b, who in rulings.same}
    made = (_action([items[m] for m in group], by_article, context, said) for group in groups)
    return tuple(sorted(made, key=lambda action: action.id))


class _Reports:
    """The reports of a group: all of them must be able to tell one action."""

    def __init__(self, items: list[Item]) -> None:
        self.items = items

    def may_meet(self, other: _Reports) -> bool:
        return all(compatible(a, b) for a in self.items for b in other.items)

    def absorb(self, other: _Reports) -> None:
        self.items += other.items


def _pairs(items: Mapping[Member, Item], context: Shared, rulings: Rulings) -> list[tuple[float, Member, Member]]:
    # Reports are numbered in order of time: the blocks are in that order, and a pair is one number.
    members = sorted(items, key=lambda m: (_when(items[m]), m))
    count = len(members)
    blocks: dict[tuple[str, ...], list[int]] = defaultdict(list)
    wanted = {key for item in items.values() if item.bare is not None for key in lookup_keys(item.bare)}
    for number, member in enumerate(members):
        item = items[member]
        for key in _block_keys(item):
            blocks[key].append(number)
        for sound in (item.bare,) if item.bare is not None else item.surnames:
            for heard in lookup_keys(sound):
                if heard in wanted:
                    blocks[item.report.type.value, "surname", heard].append(number)
    candidates: set[int] = set()
    for block in blocks.values():
        span = len(block) if len(block) <= _MOST_IN_BLOCK else _NEIGHBOURS
        for index, first in enumerate(block):
            candidates.update(first * count + second for second in block[index + 1 : index + 1 + span])
    numbers = {member: number for number, member in enumerate(members)}
    for a, b in _neighbours(items, context):
        first, second = sorted((numbers[a], numbers[b]))
        candidates.add(first * count + second)
    out: list[tuple[float, Member, Member]] = []
    for pair in sorted(candidates):
        a, b = members[pair // count], members[pair % count]
        if rulings.apart(a, b):
            continue
        score = points(items[a], items[b], context)
        if score is not None and score >= enough(items[a], items[b]):
            out.append((score, min(a, b), max(a, b)))
    return _one_person(out, items)


def _one_person(pairs: list[tuple[float, Member, Member]], items: Mapping[Member, Item]) -> list[tuple[float, Member, Member]]:
    """Without the pairs of a report by surname alone that fits two people about equally well."""
    fits: dict[Member, dict[frozenset[str], float]] = defaultdict(dict)
    for score, a, b in pairs:
        for bare, other in ((a, b), (b, a)):
            if items[bare].bare is not None and items[other].bare is None and items[other].target:
                found = fits[bare]
                found[items[other].target] = max(score, found.get(items[other].target, 0.0))

    def doubtful(bare: Member, other: Member, score: float) -> bool:
        rivals = [best for target, best in fits[bare].items() if not target & items[other].target] if bare in fits else []
        return items[bare].bare is not None and items[other].bare is None and max(rivals, default=0.0) > score - 1.0

    return [(score, a, b) for score, a, b in pairs if not doubtful(a, b, score) and not doubtful(b, a, score)]


def _block_keys(item: Item) -> Iterable[tuple[str, ...]]:
    kind = item.report.type.value
    for target in item.target:
        yield kind, "target", target
    if item.date and precision(item.date) == 3:
        yield kind, "date", str(item.date[0])


def _neighbours(items: Mapping[Member, Item], context: Shared) -> Iterable[tuple[Member, Member]]:
    """Reports of the same type in articles that share something, where at least one has no target with a name."""
    by_article: dict[str, list[Member]] = defaultdict(list)
    for member in items:
        by_article[member[0]].append(member)
    seen: set[tuple[str, str]] = set()
    for first, second in context.neighbours(_MOST_ARTICLES):
        if first not in by_article or second not in by_article or (first, second) in seen:
            continue
        seen.add((first, second))
        pairs = [
            (min(a, b), max(a, b))
            for a in by_article[first]
            for b in by_article[second]
            if items[a].report.type is items[b].report.type and not (items[a].target and items[b].target)
        ]
        if pairs and context.story(first, second) >= 2.0:
            yield from pairs


def _when(item: Item) -> int:
    found = item.date or item.published
    return found[0] if found else 0


def _unambiguous(pairs: list[tuple[float, Member, Member]]) -> list[tuple[float, Member, Member]]:
    """Without the pairs of a report that fits two reports of another article equally well."""
    # The best score that a report has with those of another article, and how often.
    best: dict[tuple[Member, str], tuple[float, int]] = {}
    for score, a, b in pairs:
        for key in ((a, b[0]), (b, a[0])):
            first, count = best.get(key, (score, 0))
            best[key] = (score, 1) if score > first else (first, count + (score == first))

    def clear(member: Member, other: Member, score: float) -> bool:
        first, count = best[member, other[0]]
        return score < first or count == 1

    return [(score, a, b) for score, a, b in pairs if clear(a, b, score) and clear(b, a, score)]


def _action(
    group: Sequence[Item], articles: Mapping[str, Analysis], context: Shared, said: Mapping[tuple[Member, ...], str]
) -> Action:
    conflicts: list[str] = []
    date = _agreed_date(group)
    if date is None and any(item.date for item in group):
        conflicts.append("date")
    amount = _agreed((item.report.amount for item in group), "amount", conflicts)
    duration = _agreed((item.report.duration for item in group), "duration", conflicts)
    found = {item.report.modality for item in group}
    status = min(found, key=_STRENGTH.index)
    if Modality.NEGATED in found and len(found) > 1:
        status = Modality.POSSIBLE
        conflicts.append("modality")
    return Action(
        id="/".join(group[0].member),
        type=group[0].report.type,
        target=_targets(group),
        target_description=_descriptions(group, articles),
        agent=tuple(sorted(set().union(*(item.agent for item in group)))),
        place=tuple(sorted(set().union(*(item.place for item in group)))),
        date=date,
        offence=_offences(group, articles),
        amount=amount,
        duration=duration,
        status=status,
        reports=tuple(item.member for item in group),
        conflicts=tuple(sorted(conflicts)),
        joins=tuple(_joins(group, context, said)),
    )


def _joins(group: Sequence[Item], context: Shared, said: Mapping[tuple[Member, ...], str]) -> Iterable[Join]:
    """Of each report but the first of the group, what ties it most to one of those before it: a decision, else evidence."""
    for index, item in enumerate(group):
        if index:
            tied = [
                ((who := said.get((other.member, item.member), "")) != "", sum(worth for worth, _ in found), found, who, other)
                for other in group[:index]
                if (found := grounds(item, other, context) if compatible(item, other) else [])
                or (other.member, item.member) in said
            ]
            _, score, found, who, other = max(tied, key=lambda tie: tie[:2], default=(False, 0.0, [], "", group[0]))
            weighty = sorted(found, key=lambda ground: (-ground[0], ground[1]))
            reasons = (*([who] if who else []), *(why if worth > 0 else f"but {why}" for worth, why in weighty))
            yield Join(item.member, other.member, round(score, 4), reasons)


def _targets(group: Sequence[Item]) -> tuple[str, ...]:
    """The targets that the reports name; one that has only a surname does not stand beside the person who has a full name."""
    full = set().union(*(item.target for item in group if item.bare is None))
    return tuple(sorted(full or set().union(*(item.target for item in group))))


def _agreed_date(group: Sequence[Item]) -> str | None:
    """The most precise date, if every other date contains it; a date that the calendar lacks counts only where it is alone."""
    dated = sorted((item.report.date for item in group if item.report.date), key=lambda d: (-len(d), d))
    known = [(value, found) for value in dated if (found := days(value)) is not None]
    if not known:
        return dated[0] if len(set(dated)) == 1 else None
    best = known[0]
    return best[0] if all(gap(best[1], other) == 0 for _, other in known) else None


def _agreed(values: Iterable[T | None], slot: str, conflicts: list[str]) -> T | None:
    """The value that all give who give one; where they differ, none, and the slot is in conflict."""
    found = {value for value in values if value is not None}
    if len(found) > 1:
        conflicts.append(slot)
    return found.pop() if len(found) == 1 else None


def _descriptions(group: Sequence[Item], articles: Mapping[str, Analysis]) -> tuple[str, ...]:
    words = {
        item.report.target_text.of(articles[item.member[0]].article.text) for item in group if item.report.target_text is not None
    }
    return tuple(sorted(words))


def _offences(group: Sequence[Item], articles: Mapping[str, Analysis]) -> tuple[tuple[str, str], ...]:
    """Language and words of each offence, spellings that fold alike once."""
    found: dict[tuple[str, str], str] = {}
    for item in group:
        if item.report.offence is not None:
            article = articles[item.member[0]].article
            words = item.report.offence.of(article.text)
            key = (article.lang, " ".join(fold_word(words).split()))
            found[key] = min(found.get(key, words), words)
    return tuple(sorted((lang, words) for (lang, _), words in found.items()))
