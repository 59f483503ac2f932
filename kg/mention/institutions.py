"""Named courts, prosecutors' offices, police forces and ministries, found by the patterns of the language."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kg.lang.fold import fold
from kg.link.kb import KnowledgeBase
from kg.mention.policy import Pattern, Policy
from kg.model import Article, Kind, Mention, Span

_SOURCE = "pattern"
_LEVEL = str.maketrans({"\u2019": "'", "\u2018": "'", "\u02bc": "'", "\u00a0": " ", "\u202f": " ", "\u2011": "-", "\u2010": "-"})


def find_institutions(article: Article, policy: Policy, kb: KnowledgeBase) -> Iterator[Mention]:
    """What the language's patterns find in the body, in the order of patterns and places."""
    for span in article.body:
        text = span.of(article.text)
        if policy.has_case:
            level, to_span = text.translate(_LEVEL), lambda start, end, base=span.start: Span(base + start, base + end)
        else:
            folded = fold(text, span.start)
            level, to_span = folded.text, folded.to_original
        for pattern in policy.patterns:
            for match in pattern.regex.finditer(level):
                end = _end(match, pattern, policy, kb)
                if end is not None:
                    yield Mention(to_span(match.start(), end), pattern.kind, _SOURCE)


def _end(match: re.Match[str], pattern: Pattern, policy: Policy, kb: KnowledgeBase) -> int | None:
    """Where the mention ends, or None where a group is not what it must be."""
    groups = match.groupdict()
    if groups.get("dem") and kb.demonym(groups["dem"], policy.lang) is None:
        return None
    place = groups.get("place")
    if not place:
        return match.end()
    if match.end("place") < match.end():
        return match.end() if _is_place(place, policy, kb) else None
    words = list(re.finditer(r"\S+", place))
    for last in reversed(words):
        if _is_place(place[: last.end()], policy, kb):
            return match.start("place") + last.end()
    if pattern.loose and words[0].group() not in policy.stops:
        return match.start("place") + words[0].end()
    return None


def _is_place(name: str, policy: Policy, kb: KnowledgeBase) -> bool:
    return any(found.entry.kind is Kind.PLACE and found.lang_match for found in kb.match(name, policy.lang))
