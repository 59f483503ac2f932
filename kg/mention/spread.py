"""What one mention tells about the rest of the article: the same name elsewhere, surnames, acronyms in brackets."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator

from kg.lang.fold import fold_word
from kg.link.kb import KnowledgeBase
from kg.mention.policy import Policy
from kg.mention.text import Body
from kg.model import Kind, Mention, Span

_SOURCE = "repeated"
_RANK = {"pattern": 0, "gazetteer": 1, "capitals": 4, "person": 5, _SOURCE: 6}
_EXPLAINED = re.compile(r"\s?\(\s*([A-Z][A-Za-z0-9&.-]{1,9})\s*\)")


def flatten(mentions: Iterable[Mention]) -> tuple[Mention, ...]:
    """Mentions without overlap in order of place: the longest wins, then the more trusted source, then the first."""
    kept: list[Mention] = []  # in order of place
    starts: list[int] = []
    for mention in sorted(mentions, key=lambda m: (-len(m.span), _RANK.get(m.source, 3), m.span.start, m.kind)):
        at = bisect_left(starts, mention.span.start)
        if (at == len(starts) or starts[at] >= mention.span.end) and (at == 0 or kept[at - 1].span.end <= mention.span.start):
            starts.insert(at, mention.span.start)
            kept.insert(at, mention)
    return tuple(kept)


def settle_kinds(mentions: tuple[Mention, ...], text: str, policy: Policy, kb: KnowledgeBase) -> tuple[Mention, ...]:
    """Give every mention of a name the same kind: a person's surname is that person, else the kind that most mentions have."""
    surnames = {part for m in mentions if m.kind is Kind.PERSON for part in _surnames(m.span.of(text), policy)}
    votes: dict[str, Counter[Kind]] = defaultdict(Counter)
    sure: dict[str, Kind] = {}
    for mention in mentions:
        name = mention.span.of(text)
        votes[name][mention.kind] += 1
        if mention.source in ("pattern", "gazetteer"):
            sure.setdefault(name, mention.kind)
    settled = []
    for mention in mentions:
        name = mention.span.of(text)
        if name in surnames and not _is_great(name, policy, kb):
            kind = Kind.PERSON
        elif name in sure:
            kind = sure[name]
        else:
            kind = max(votes[name], key=lambda k: (votes[name][k], k is mention.kind, k))
        settled.append(Mention(mention.span, kind, mention.source, mention.confidence))
    return tuple(settled)


def _is_great(name: str, policy: Policy, kb: KnowledgeBase) -> bool:
    """Whether a surname is a country's or capital's name as well."""
    return any(m.entry.feature in ("country", "capital") and m.lang_match and not m.weak for m in kb.match(name, policy.lang)[:1])


def repeat(mentions: tuple[Mention, ...], body: Body, policy: Policy, kb: KnowledgeBase) -> Iterator[Mention]:
    """Every other place where a name, a surname of a full name, or an acronym that was explained stands in the body."""
    names: dict[str, Kind] = {}
    written = frozenset(word.text for word in body.words)
    for mention in mentions:
        name = mention.span.of(body.text)
        if _may_repeat(name, policy, written):
            names.setdefault(name, mention.kind)
    for mention in mentions:
        if mention.kind is Kind.PERSON:
            for part in _surnames(mention.span.of(body.text), policy):
                if _may_repeat(part, policy, written) and (policy.has_case or kb.demonym(part, policy.lang) is None):
                    names.setdefault(part, Kind.PERSON)
    for name, span in sorted(_explained(mentions, body)):
        names.setdefault(name, Kind.ORGANIZATION)
        yield Mention(span, Kind.ORGANIZATION, _SOURCE)
    by_first: dict[str, list[str]] = defaultdict(list)
    for name in names:
        found = re.match(r"\w+", name)
        if found:
            by_first[found.group()].append(name)
    for word in body.words:
        if not word.is_word:
            continue
        for cut in (0, *((1, 2) if policy.proclitics else ())):
            if cut and not all(letter in policy.proclitics for letter in word.text[:cut]):
                continue
            for name in by_first.get(_head(word.text[cut:]), ()):
                start = word.start + cut
                end = start + len(name)
                if body.text.startswith(name, start) and not body.text[end : end + 1].isalnum():
                    yield Mention(Span(start, end), names[name], _SOURCE)


def _head(text: str) -> str:
    found = re.match(r"\w+", text)
    return found.group() if found else ""


def _may_repeat(name: str, policy: Policy, written: frozenset[str]) -> bool:
    """Whether a name is safe to look for: more than two letters, and not a word that the article also writes small."""
    if len(name) < 3 or name.isdigit():
        return False
    if not policy.has_case:
        return len(name) >= 4 or " " in name
    if not name[0].isupper() and " " not in name:
        return False
    return " " in name or name.lower() not in written


def _surnames(name: str, policy: Policy) -> Iterator[str]:
    """The last name of a full name, with its particles too (``Van Ruymbeke``); no part of it that a connector binds."""
    parts = name.split()
    if len(parts) < 2:
        return
    last = parts[-1]
    bound = fold_word(parts[-2]) in policy.connectors or fold_word(last) in policy.vetoed | policy.stops
    if len(last) >= 3 and last.rstrip(".") == last and (last[0].isupper() if policy.has_case else not bound):
        yield last
    if len(parts) >= 3 and parts[-2].lower() in policy.particles:
        yield " ".join(parts[-2:])


def _explained(mentions: tuple[Mention, ...], body: Body) -> Iterator[tuple[str, Span]]:
    """Acronyms in brackets behind an organisation, and organisations' acronyms before one in brackets."""
    for mention in mentions:
        if mention.kind is not Kind.ORGANIZATION:
            continue
        found = _EXPLAINED.match(body.text, mention.span.end)
        if found and sum(letter.isupper() for letter in found.group(1)) >= 2:
            yield found.group(1), Span(*found.span(1))
