"""Mentions of one article that name the same thing, put together before anything is looked up."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from kg.lang.pack import languages, load_pack
from kg.link.inflection import base_forms, stem
from kg.link.kb import KnowledgeBase
from kg.link.keys import initials, name_key, skeleton
from kg.mention.policy import Policy
from kg.model import Kind, Mention, Span

_NEAR = 600
"""Characters within which a full name decides which of two people a surname means."""


Key = tuple[Kind, str]
_ACRONYM = re.compile(r"[A-Z][A-Za-z.]{1,8}")


@dataclass(frozen=True, slots=True, order=True)
class Group:
    """Mentions of one thing in order of place; ``name`` is the fullest name among them."""

    kind: Kind
    name: str
    names: tuple[str, ...]
    mentions: tuple[Span, ...]


def group_mentions(mentions: Sequence[Mention], text: str, policy: Policy, kb: KnowledgeBase) -> tuple[Group, ...]:
    """Put mentions of one thing together, in order of first mention.

    Same name but for case, accents, article and endings of inflection; a shorter name of a person (surname, given name,
    initials, another spelling in Arabic) that fits exactly one fuller name of the article; an acronym and the one name with
    these initials; an organisation's name with and without its country. A surname of two people goes to the one whose full
    name stands last before it and near; otherwise it stays a person of its own.
    """
    by_key: dict[Key, list[Mention]] = defaultdict(list)
    for mention in mentions:
        by_key[mention.kind, name_key(stem(surface(mention.span, text, policy.lang), policy.lang))].append(mention)
    names = _Names(by_key, text, policy, kb)
    target: dict[Key, Key] = {}
    split: dict[Key, list[Key]] = {}
    for key in sorted(by_key, key=lambda k: (-len(k[1].split()), -len(k[1]), k)):
        fuller = names.fuller(key)
        if len(fuller) == 1:
            target[key] = fuller[0]
        elif len(fuller) > 1:
            roots = {_root(other, target): other for other in fuller}
            if len(roots) == 1:
                target[key] = fuller[0]
            else:
                split[key] = fuller
    members: dict[Key, list[Mention]] = defaultdict(list)
    for key, found in by_key.items():
        for mention in found:
            home = _root(key, target)
            if home in split:
                home = _nearest(mention, split[home], by_key, target) or home
            members[home].append(mention)
    return tuple(sorted((_group(found, text, policy.lang) for found in members.values()), key=lambda group: group.mentions[0]))


def merge_groups(groups: Iterable[Group]) -> Group:
    """One group of the mentions of several."""
    found = list(groups)
    names = [name for group in found for name in group.names]
    spans = sorted(span for group in found for span in group.mentions)
    name = fullest([group.name for group in found])
    return Group(found[0].kind, name, tuple(dict.fromkeys(names)), tuple(spans))


def fullest(names: Sequence[str]) -> str:
    """The name with most words, then most letters, then the first one."""
    return max(names, key=lambda name: (len(name.split()), len(name), -names.index(name)))


def surface(span: Span, text: str, lang: str) -> str:
    """The words of a mention, with the letters that a preposition swallowed put back (``للعراق`` names ``العراق``)."""
    words = " ".join(span.of(text).split())
    for fused, full in _fused(lang):
        if text[max(0, span.start - 1) : span.start + 1] == fused:
            return full + words[1:]
    return words


def unfused(words: str, lang: str) -> str:
    """``words`` with the article that a preposition swallowed, without the preposition (``للعراق`` → ``العراق``)."""
    for fused, full in _fused(lang):
        if words.startswith(fused):
            return full + words[len(fused) :]
    return words


@cache
def _fused(lang: str) -> tuple[tuple[str, str], ...]:
    table = load_pack(lang).table("names").get("fused", {}) if lang in languages() else {}
    return tuple(sorted(table.items()))


def _group(mentions: list[Mention], text: str, lang: str) -> Group:
    ordered = sorted(mentions, key=lambda mention: mention.span)
    names = [surface(mention.span, text, lang) for mention in ordered]
    chosen = fullest([name for name in names if set(names).isdisjoint(base_forms(name, lang))] or names)
    return Group(ordered[0].kind, chosen, tuple(dict.fromkeys(names)), tuple(mention.span for mention in ordered))


def _root(key: Key, target: dict[Key, Key]) -> Key:
    seen = {key}
    while key in target and target[key] not in seen:
        key = target[key]
        seen.add(key)
    return key


class _Names:
    """The distinct names of an article, found by their words, their consonants and their initials."""

    def __init__(self, by_key: Mapping[Key, Sequence[Mention]], text: str, policy: Policy, kb: KnowledgeBase) -> None:
        self._surface = {key: surface(found[0].span, text, policy.lang) for key, found in by_key.items()}
        self._policy, self._kb = policy, kb
        self._small = policy.particles | policy.articles | policy.stops
        self._by_mark: dict[Key, list[Key]] = defaultdict(list)
        self._by_initials: dict[str, list[Key]] = defaultdict(list)
        for kind, name in by_key:
            for mark in _marks(name):
                self._by_mark[kind, mark].append((kind, name))
            if kind is Kind.ORGANIZATION and " " in name:
                for letters in sorted(initials(self._surface[kind, name], self._small)):
                    self._by_initials[letters].append((kind, name))

    def fuller(self, key: Key) -> list[Key]:
        """The other names that ``key`` may be short for, in the order of the article."""
        kind, name = key
        if kind is Kind.PERSON:
            return [other for other in self._near(key) if _is_short_person(name, other[1], self._policy)]
        if kind is Kind.ORGANIZATION:
            surface = self._surface[key]
            if _ACRONYM.fullmatch(surface) and sum(letter.isupper() for letter in surface) >= 2:
                return self._by_initials.get(surface.replace(".", "").upper(), [])
            return [other for other in self._near(key) if _is_short_body(name, other[1], self._policy, self._kb)]
        return []

    def _near(self, key: Key) -> list[Key]:
        """The other names of the same kind that share a word or its consonants."""
        found = dict.fromkeys(other for mark in _marks(key[1]) for other in self._by_mark[key[0], mark])
        found.pop(key, None)
        return list(found)


def _marks(name: str) -> list[str]:
    """What two forms of one name share: a word, the consonants of an Arabic word, the last two words written as one."""
    words = name.split()
    skeletons = [f"~{skeleton(word)}" for word in words if skeleton(word) != word]
    return list(dict.fromkeys([*words, *skeletons, "".join(words[-2:])]))


def _is_short_person(short: str, full: str, policy: Policy) -> bool:
    """Whether ``short`` may be another form of the fuller name ``full``."""
    a, b = short.split(), full.split()
    if len(a) > len(b) or (len(a) == len(b) and short >= full):
        return False
    middle_a, middle_b = ([word for word in words[1:-1] if len(word) == 1] for words in (a, b))
    if middle_a and middle_b and middle_a != middle_b:
        return False  # George H. W. and George W.
    if len(a) == len(b):
        return len(a) >= 2 and all(x == y or _alike(x, y) or _is_initial(x, y) for x, y in zip(a, b, strict=True))
    if len(a) == 1:
        last = b[-1]
        return a[0] in (last, "".join(b[-2:])) or a[0] == b[0] or _alike(a[0], last)
    if a == b[-len(a) :] or a == b[: len(a)]:
        return True
    if (a[0] == b[0] or _is_initial(a[0], b[0]) or _alike(a[0], b[0])) and (a[-1] == b[-1] or _alike(a[-1], b[-1])):
        return True
    return all(word in b for word in a) and a[-1] == b[-1]


def _is_initial(a: str, b: str) -> bool:
    return (len(a) == 1 and b.startswith(a)) or (len(b) == 1 and a.startswith(b))


def _alike(a: str, b: str) -> bool:
    """Whether two Arabic spellings have the same consonants and begin alike; at least two of them, and none far longer."""
    if a == b:
        return True
    x, y = skeleton(a), skeleton(b)
    return x == y and len(x) >= 2 and (x != a or y != b) and a[:1] == b[:1] and abs(len(a) - len(b)) <= 3


def _is_short_body(short: str, full: str, policy: Policy, kb: KnowledgeBase) -> bool:
    """Whether ``full`` is ``short`` with its country, its city or its legal form added."""
    a, b = short.split(), full.split()
    if not a or len(a) >= len(b) or (len(a) == 1 and len(a[0]) < 4):
        return False
    if b[: len(a)] == a:
        rest = b[len(a) :]
    elif b[-len(a) :] == a:
        rest = b[: -len(a)]
    else:
        return False
    small = policy.particles | policy.articles | policy.stops
    words = [word for word in rest if word not in small]
    joined = " ".join(words)
    return (
        not words
        or kb.demonym(joined, policy.lang) is not None
        or any(e.kind is Kind.PLACE for e in kb.lookup(joined, policy.lang))
        or (len(words) == 1 and words[0] in ("inc", "ltd", "corp", "sa", "llc", "plc", "company", "corporation", "us", "uk"))
    )


def _nearest(
    mention: Mention,
    candidates: list[Key],
    by_key: dict[Key, list[Mention]],
    target: dict[Key, Key],
) -> Key | None:
    """The candidate whose full name stands last before ``mention`` and near it."""
    best: tuple[int, Key] | None = None
    for candidate in candidates:
        for other in by_key[candidate]:
            distance = mention.span.start - other.span.end
            if 0 <= distance <= _NEAR and (best is None or distance < best[0]):
                best = (distance, candidate)
    return _root(best[1], target) if best else None
