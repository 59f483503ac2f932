"""Names of persons by rule: an office or title with a name behind it, or a known given name with what follows."""

from __future__ import annotations

from collections.abc import Iterator

from kg.link.kb import KnowledgeBase
from kg.mention.capitals import capital_lines
from kg.mention.gazetteer import starts_of
from kg.mention.policy import Policy
from kg.mention.text import Body, Word
from kg.model import Kind, Mention, Span

_SOURCE = "person"
_LONGEST = 6


def find_persons(body: Body, policy: Policy, kb: KnowledgeBase) -> Iterator[Mention]:
    """Names of persons that the language's given names and titles tell.

    With capitals: a title or given name and the capitalised words behind it. Without: a given name, the connectors and given
    names behind it, and one more word that is neither a function word nor a known place.
    """
    index = 0
    headlines = capital_lines(body) if policy.has_case else frozenset()
    while index < len(body.words):
        found = _capitals(body, index, policy, headlines) if policy.has_case else _letters(body, index, policy, kb)
        if found is None:
            index += 1
            continue
        last, span = found
        yield Mention(span, Kind.PERSON, _SOURCE)
        index = last


def _capitals(body: Body, first: int, policy: Policy, headlines: frozenset[int]) -> tuple[int, Span] | None:
    word = body.words[first]
    if word.folded in policy.titles and word.is_word:
        start = first + 1
        while start < len(body.words) and (body.words[start].text == "." or body.words[start].folded in policy.titles):
            start += 1
        last = _run(body, start, policy)
        if (
            last > start
            and word.text[0].isupper()
            and body.words[start].folded not in policy.vetoed | policy.titles | policy.vetoed_first
        ):
            return last, body.span(start, last)
        return None
    if word.folded in policy.given and word.is_capital and word.line not in headlines:
        last = _run(body, first, policy)
        if sum(w.is_word for w in body.words[first:last]) >= 2:
            return last, body.span(first, last)
    return None


def _run(body: Body, first: int, policy: Policy) -> int:
    """The end of the capitalised words from ``first`` on, with particles, hyphens and initials between them."""
    last = index = first
    while index < len(body.words) and index - first < 2 * _LONGEST and body.words[index].line == body.words[first].line:
        word = body.words[index]
        if word.is_word and word.is_capital and (index == first or not word.opens):
            last = index + 1
        elif index == first or not _joins(body, index, policy):
            break
        index += 1
    return last


def _joins(body: Body, index: int, policy: Policy) -> bool:
    """Whether a word may stand inside a name: a particle, a hyphen, the dot of an initial."""
    word = body.words[index]
    if word.text == ".":
        return len(body.words[index - 1].text) == 1
    return word.folded in policy.particles or word.text in "-‑'’"


def _letters(body: Body, first: int, policy: Policy, kb: KnowledgeBase) -> tuple[int, Span] | None:
    word = body.words[first]
    for start in starts_of(word, policy):
        cut = start.cut
        if start.added or not _is_given(word.folded[cut:], policy):
            continue
        last = first + 1
        open_end = True
        while last < len(body.words) and last - first < _LONGEST and body.words[last].line == word.line:
            folded = body.words[last].folded
            before = body.words[last - 1].folded
            if not body.words[last].is_word or folded in policy.stops:
                break
            if _is_given(folded, policy) or folded in policy.connectors or before in policy.connectors:
                last += 1
                continue
            if open_end and _may_follow(body.words[last], policy, kb):
                last += 1
                open_end = False
                continue
            break
        while last > first + 1 and body.words[last - 1].folded in policy.connectors:
            last -= 1
        if last - first >= 2:
            return last, Span(word.start + cut, body.words[last - 1].end)
    return None


def _is_given(folded: str, policy: Policy) -> bool:
    return folded in policy.given


def _may_follow(word: Word, policy: Policy, kb: KnowledgeBase) -> bool:
    """Whether a word may be the family name behind given names."""
    if not word.text[0].isalpha() or word.text[0].isascii() or len(word.text) < 3 or word.folded.startswith(policy.verbs):
        return False
    if word.folded in policy.vetoed or word.folded in policy.offices or kb.demonym(word.folded, policy.lang) is not None:
        return False
    return not (word.folded[0] in policy.proclitics and word.folded[1:] in policy.stops)
