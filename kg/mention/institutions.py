"""Named courts, prosecutors' offices, police forces and ministries, found by the patterns of the language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.lang.fold import Folded, fold
from kg.link.kb import KnowledgeBase
from kg.mention.policy import Pattern, Policy
from kg.model import Article, Kind, Mention, Span

_SOURCE = "pattern"
_LEVEL = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00a0": " ", "\u202f": " ", "\u2011": "-", "\u2010": "-"})
_HIDDEN_ARTICLE = re.compile("(?<![\u0621-\u064a])[وف]?(لل)(?=[\u0621-\u064a]{3})")


def find_institutions(article: Article, policy: Policy, kb: KnowledgeBase) -> Iterator[Mention]:
    """What the language's patterns find in the body, stretch by stretch, pattern by pattern."""
    for span in article.body:
        text = span.of(article.text)
        if policy.has_case:
            yield from _cased(text.translate(_LEVEL), span.start, policy, kb)
        else:
            yield from _caseless(fold(text, span.start), policy, kb)


def _cased(level: str, offset: int, policy: Policy, kb: KnowledgeBase) -> Iterator[Mention]:
    for pattern in policy.patterns:
        for match, end in _matches(level, pattern, policy, kb):
            yield Mention(Span(offset + match.start(), offset + end), pattern.kind, _SOURCE)


def _caseless(folded: Folded, policy: Policy, kb: KnowledgeBase) -> Iterator[Mention]:
    """Patterns over folded text; ``لل`` is read as an article that begins at its second letter."""
    hidden = {match.start(1) for match in _HIDDEN_ARTICLE.finditer(folded.text)}
    level = "".join("ا" if index in hidden else letter for index, letter in enumerate(folded.text))
    for pattern in policy.patterns:
        for match, end in _matches(level, pattern, policy, kb):
            start = match.start("whole")
            yield Mention(folded.to_original(start + (start in hidden), end), pattern.kind, _SOURCE)


def _matches(level: str, pattern: Pattern, policy: Policy, kb: KnowledgeBase) -> Iterator[tuple[re.Match[str], int]]:
    """The matches whose groups are what they must be, with the ends of their mentions; behind a refused one the search goes on at
    its next word."""
    position = 0
    while (match := pattern.regex.search(level, position)) is not None:
        end = _end(match, pattern, policy, kb)
        if end is not None:
            yield match, end
            position = max(end, match.start() + 1)
        else:
            blank = level.find(" ", match.start(), match.end())
            position = blank + 1 if blank >= 0 else max(match.end(), match.start() + 1)


def _end(match: re.Match[str], pattern: Pattern, policy: Policy, kb: KnowledgeBase) -> int | None:
    """Where the mention ends, or None where a group is not what it must be."""
    groups = match.groupdict()
    if groups.get("dem") and kb.demonym(groups["dem"], policy.lang) is None:
        return None
    place = groups.get("place")
    if not place:
        return _plain_end(match)
    if match.end("place") < match.end():
        return match.end() if _is_place(place, policy, kb) else None
    words = list(re.finditer(r"\S+", place))
    for last in reversed(words):
        if _is_place(place[: last.end()], policy, kb):
            return match.start("place") + last.end()
    if pattern.loose and words[0].group() not in policy.stops:
        return match.start("place") + words[0].end()
    return None


def _plain_end(match: re.Match[str]) -> int:
    """The end without the full stop of the sentence."""
    end = match.end()
    if match.group().endswith(".") and not re.search(r"\b[A-Z]\.$", match.group()):
        end -= 1
    return end


def _is_place(name: str, policy: Policy, kb: KnowledgeBase) -> bool:
    if policy.fixed.get(name) is Kind.PLACE:
        return True
    if name in policy.vetoed or name in policy.homographs or name in policy.stops:
        return False
    return any(found.entry.kind is Kind.PLACE and found.lang_match for found in kb.match(name, policy.lang))
