"""Entities of several articles become one: by QID, and without one only on strong evidence.

Two entities without a QID are one if their names agree in full (``kg.merge.names``) and their articles have enough in common:
other entities, or the same part in the same type of action. A bare surname never merges, two entities of one article never do,
and where an entity fits two others of an article equally well it merges with neither. What people decided goes before all that.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import inf

from kg.merge.clusters import cluster
from kg.merge.context import WEIGHTS, Member, Shared, far_apart, only_relays, role_points, roles, shared
from kg.merge.joins import Tie, joins_of
from kg.merge.names import is_full_name, name_keys, name_likeness
from kg.merge.rulings import ANY_ITEM, Rulings
from kg.merge.sounds import rough_key, sounds_of
from kg.model import Analysis, Entity, Join, Kind, MergedEntity, Report

_MOST_IN_BLOCK = 200
"""Names under one key, and bearers of one name, that are compared all with all; of more only neighbours are."""

_NEIGHBOURS = 40


@dataclass(frozen=True)
class Merged:
    """The entities of the graph, the key of each member's entity, and what articles share."""

    entities: tuple[MergedEntity, ...]
    keys: Mapping[Member, str]
    context: Shared


@dataclass(frozen=True)
class _Corpus:
    """Lookups that every comparison needs."""

    analyses: Mapping[str, Analysis]
    entities: Mapping[Member, Entity]
    parts: Mapping[Member, list[tuple[str, Report]]]
    relays: frozenset[Member]
    rulings: Rulings

    def name(self, member: Member) -> tuple[str, str]:
        """Name and language of a member."""
        return self.entities[member].name, self.analyses[member[0]].article.lang

    def published(self, member: Member) -> str:
        """When the article of a member was published; empty where that is not known."""
        return self.analyses[member[0]].article.published or ""

    def ruled_out(self, a: Member, b: Member) -> bool:
        """Whether it was decided that two members are not one."""
        if self.rulings.apart(a, b):
            return True
        return self.rulings.refuses(a, self.entities[b].qid) or self.rulings.refuses(b, self.entities[a].qid)


def merge_entities(analyses: Sequence[Analysis], rulings: Rulings) -> Merged:
    """The entities of ``analyses``, whose article ids differ; the order of the articles does not matter."""
    corpus = _corpus(analyses, rulings)
    likely = _likely(corpus)
    context = _context(corpus, likely)
    ties = _decide(corpus, likely, context)
    traits = rulings.keeping(lambda m: _Identity(m[0], corpus.entities[m].qid, rulings.refused.get(m, frozenset())))
    items = [(members[0], other) for members in _by_qid(corpus).values() for other in members[1:]]
    decided = [Tie(inf, a, b, (who,)) for a, b, who in rulings.same if a in corpus.entities and b in corpus.entities]
    certain = [*items, *((tie.a, tie.b) for tie in decided)]
    groups = cluster(corpus.entities, (tie[:3] for tie in ties), traits, lambda member: member, certain)
    joins = joins_of(groups, [*decided, *ties], lambda member: corpus.entities[member].qid is not None)
    entities = tuple(sorted((_merged(corpus, group, joins) for group in groups), key=lambda entity: entity.key))
    keys = {member: entity.key for entity in entities for member in entity.members}
    return Merged(entities, keys, _final_context(corpus, entities))


class _Identity:
    """What a group of members is known by: its item, and in which articles it has members, with and without one.

    Two items never meet, nor do an entity and an item that it ``refused``, nor two entities of one article, unless both have the
    item.
    """

    def __init__(self, article: str, qid: str | None, refused: frozenset[str]) -> None:
        self.qid = qid
        self.refused = refused
        self.articles = {article}
        self.open = set() if qid is not None else {article}

    def may_meet(self, other: _Identity) -> bool:
        if self.qid is not None and other.qid is not None and self.qid != other.qid:
            return False
        for one, item in ((self, other.qid), (other, self.qid)):
            if one.refused and item is not None and not one.refused.isdisjoint((item, ANY_ITEM)):
                return False
        return self.open.isdisjoint(other.articles) and self.articles.isdisjoint(other.open)

    def absorb(self, other: _Identity) -> None:
        self.qid = self.qid if self.qid is not None else other.qid
        self.articles |= other.articles
        self.open |= other.open
        self.refused |= other.refused


def _corpus(analyses: Sequence[Analysis], rulings: Rulings) -> _Corpus:
    by_id = {a.article.id: a for a in sorted(analyses, key=lambda a: a.article.id)}
    entities = {(key, e.id): e for key, a in by_id.items() for e in a.entities or ()}
    parts = {(key, entity): found for key, a in by_id.items() for entity, found in roles(a).items()}
    relays = frozenset(m for m, entity in entities.items() if only_relays(by_id[m[0]], entity))
    return _Corpus(by_id, entities, parts, relays, rulings)


def _by_qid(corpus: _Corpus) -> dict[str, list[Member]]:
    out: dict[str, list[Member]] = defaultdict(list)
    for member, entity in corpus.entities.items():
        if entity.qid is not None:
            out[entity.qid].append(member)
    return out


def _likely(corpus: _Corpus) -> list[tuple[Member, Member, float]]:
    """Pairs of members of two articles whose names can be the same, at least one of them without a QID, with the likeness.

    Names are compared, each with what it can be; then those who bear them are paired. So a name that many bear is read once.
    """
    bearers: dict[Form, list[Member]] = defaultdict(list)
    for member in corpus.entities:
        bearers[corpus.entities[member].kind, *corpus.name(member)].append(member)
    unlinked = {form for form, members in bearers.items() if any(corpus.entities[m].qid is None for m in members)}
    out: list[tuple[Member, Member, float]] = []
    for (one, other), likeness in _alike(bearers, unlinked).items():
        for a, b in _paired(bearers[one], bearers[other] if other != one else (), corpus.published):
            if a[0] == b[0] or (corpus.entities[a].qid is not None and corpus.entities[b].qid is not None):
                continue
            if not corpus.ruled_out(a, b):
                out.append((a, b, likeness) if a < b else (b, a, likeness))
    return _unambiguous(out)


Form = tuple[Kind, str, str]
"""A name as it is written: of what kind of thing, and in which language."""


def _alike(forms: Iterable[Form], unlinked: Collection[Form]) -> dict[tuple[Form, Form], float]:
    """Pairs of forms that can be the same name, at least one of them ``unlinked``, with their likeness; each form with itself."""
    blocks: dict[tuple[Kind, str], list[Form]] = defaultdict(list)
    ordered = sorted(forms, key=lambda form: (rough_key(sounds_of(form[1])), form))
    out: dict[tuple[Form, Form], float] = {}
    for form in ordered:
        kind, name, lang = form
        keys = name_keys(name, lang, kind)
        if keys and form in unlinked:
            out[form, form] = 1.0
        for key in keys:
            blocks[kind, key].append(form)
    unlike: set[tuple[Form, Form]] = set()
    for block in blocks.values():
        # Of a large block those are compared that sound most alike.
        span = len(block) if len(block) <= _MOST_IN_BLOCK else _NEIGHBOURS
        for index, one in enumerate(block):
            for other in block[index + 1 : index + 1 + span]:
                pair = (one, other)
                if pair in out or pair in unlike or not (one in unlinked or other in unlinked):
                    continue
                likeness = name_likeness(*one[1:], *other[1:], one[0])
                if likeness > 0:
                    out[pair] = likeness
                else:
                    unlike.add(pair)
    return out


def _paired(one: Sequence[Member], other: Sequence[Member], when: Callable[[Member], object]) -> Iterable[tuple[Member, Member]]:
    """Pairs of who bears one name and who bears the other, or of those who bear one; of very many neighbours in time."""
    if len(one) + len(other) <= _MOST_IN_BLOCK:
        yield from product(one, other) if other else combinations(one, 2)
        return
    bearers = sorted([*((when(m), m, False) for m in one), *((when(m), m, True) for m in other)])
    for index, (_, a, side) in enumerate(bearers):
        for _, b, far in bearers[index + 1 : index + 1 + _NEIGHBOURS]:
            if side != far or not other:
                yield a, b


def _unambiguous(pairs: list[tuple[Member, Member, float]]) -> list[tuple[Member, Member, float]]:
    """Without the pairs of a member that fits two of the other article about equally well."""
    # The best and the second likeness that a member has to those of another article.
    best: dict[tuple[Member, str], tuple[float, float]] = {}
    for a, b, likeness in pairs:
        for key in ((a, b[0]), (b, a[0])):
            first, second = best.get(key, (-1.0, -1.0))
            best[key] = (likeness, first) if likeness > first else (first, max(second, likeness))

    def clear(member: Member, other: Member, likeness: float) -> bool:
        first, second = best[member, other[0]]
        return likeness == first and (second < 0 or first - second > 0.05)

    return [(a, b, x) for a, b, x in pairs if clear(a, b, x) and clear(b, a, x)]


def _context(corpus: _Corpus, likely: Sequence[tuple[Member, Member, float]]) -> Shared:
    """What articles share before anything without a QID is merged: equal QIDs, and names that can be the same."""
    certain = [
        (
            tuple(m for m in members if m not in corpus.relays),
            WEIGHTS[corpus.entities[members[0]].kind],
        )
        for members in _by_qid(corpus).values()
    ]
    links = [
        (a, b, WEIGHTS[corpus.entities[a].kind] * likeness)
        for a, b, likeness in likely
        if a not in corpus.relays and b not in corpus.relays
    ]
    return shared(certain, links, len(corpus.analyses))


def _final_context(corpus: _Corpus, entities: Sequence[MergedEntity]) -> Shared:
    groups = [(tuple(m for m in e.members if m not in corpus.relays), WEIGHTS[e.kind]) for e in entities]
    return shared(groups, (), len(corpus.analyses))


def _decide(corpus: _Corpus, likely: Sequence[tuple[Member, Member, float]], context: Shared) -> list[Tie]:
    """The pairs for which there is enough evidence, with its sum."""
    out: list[Tie] = []
    for a, b, likeness in likely:
        others, part = context.points(a, b), role_points(corpus.parts.get(a, ()), corpus.parts.get(b, ()))
        if others + part >= _needed(corpus, a, b, likeness):
            out.append(Tie(others + part + 10 * likeness, a, b, _reasons(likeness, others, part)))
    return out


def _reasons(likeness: float, others: float, part: float) -> tuple[str, ...]:
    """Why two names are of one entity, in words."""
    name = "the same name" if likeness == 1.0 else "names that are spelt or sound alike"
    told = ((others, "other names that the articles share"), (part, "the same part in the same type of action"))
    return name, *(why for points, why in sorted(told, key=lambda one: -one[0]) if points)


def _needed(corpus: _Corpus, a: Member, b: Member, likeness: float) -> float:
    """How much two articles must have in common for this pair of names, in points of ``kg.merge.context``."""
    kind = corpus.entities[a].kind
    words = min(len(sounds_of(corpus.entities[m].name).words) for m in (a, b))
    if kind is Kind.PERSON:
        needed = 1.0 if words >= 3 and likeness > 0.9 else 2.0
    else:
        needed = 2.0 if words >= 2 else 3.0
    if likeness < 0.9:
        needed += 1.0
    if far_apart(corpus.analyses[a[0]], corpus.analyses[b[0]]):
        needed += 2.0
    if corpus.entities[a].qid or corpus.entities[b].qid:
        # The linker saw the famous namesake and was not certain.
        needed += 1.0
    return needed


def _merged(corpus: _Corpus, group: Sequence[Member], joins: Mapping[Member, Join]) -> MergedEntity:
    members = tuple(sorted(group))
    found = [corpus.entities[member] for member in members]
    qid = next((entity.qid for entity in found if entity.qid is not None), None)
    kinds = Counter(entity.kind for entity in found)
    kind = min(kinds, key=lambda k: (-kinds[k], list(Kind).index(k)))
    return MergedEntity(
        key=qid or "/".join(members[0]),
        kind=kind,
        qid=qid,
        labels=_labels(corpus, members, kind),
        members=members,
        confidence=max((entity.confidence for entity in found if entity.qid is not None), default=0.0),
        joins=tuple(joins[member] for member in members if member in joins),
    )


def _labels(corpus: _Corpus, members: Sequence[Member], kind: Kind) -> tuple[tuple[str, str], ...]:
    """Language and name, per language the best first: a full name of a person, then the most used, then the longest."""
    counts = Counter((lang, name) for name, lang in map(corpus.name, members))

    def rank(item: tuple[str, str]) -> tuple[str, bool, int, int, str]:
        lang, name = item
        return lang, kind is Kind.PERSON and not is_full_name(name), -counts[item], -len(name), name

    return tuple((lang, name) for lang, name in sorted(counts, key=rank))
