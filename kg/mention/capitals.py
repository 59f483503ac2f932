"""Names that their capitals betray: acronyms, and Latin words in a text of another script."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from kg.link.kb import KnowledgeBase
from kg.mention.policy import Policy
from kg.mention.text import Body, Word
from kg.model import Kind, Mention, Span

_SOURCE = "capitals"
_ROMAN = re.compile(r"[IVXLCDM]+")


def find_capitals(body: Body, policy: Policy, kb: KnowledgeBase) -> Iterator[Mention]:
    """Acronyms where the language has capitals, else runs of capitalised Latin words: organisations, if nothing else is known."""
    return _acronyms(body, policy) if policy.has_case else _latin_runs(body, policy, kb)


def is_within_capitals(mention: Mention, body: Body) -> bool:
    """Whether a place may be part of a longer title (``the Norland Fisheries Act``): a capital follows, in running text."""
    index = body.starts.get(mention.span.start)
    if index is None or mention.kind is not Kind.PLACE:
        return False
    while index < len(body.words) and body.words[index].start < mention.span.end:
        index += 1
    if index == len(body.words) or body.words[index].line in capital_lines(body):
        return False
    word = body.words[index]
    return word.is_word and word.is_capital and not word.opens and body.text[mention.span.end : word.start] == " "


def capital_lines(body: Body) -> frozenset[int]:
    """Lines whose longer words nearly all begin with a capital: there a capital tells nothing."""
    words: Counter[int] = Counter()
    capitals: Counter[int] = Counter()
    for word in body.words:
        if word.text.isalpha() and len(word.text) > 3:
            words[word.line] += 1
            capitals[word.line] += word.is_capital
    return frozenset(line for line in words if words[line] >= 3 and capitals[line] * 10 >= words[line] * 7)


def _acronyms(body: Body, policy: Policy) -> Iterator[Mention]:
    """Words of three to seven capitals behind an article or a preposition, on lines that are not all in capitals."""
    shouting = _shouting_lines(body)
    for before, word in pairwise(body.words):
        if not (3 <= len(word.text) <= 7 and word.text.isascii() and word.text.isalpha() and word.text.isupper()):
            continue
        if word.line in shouting or word.folded in policy.vetoed or _ROMAN.fullmatch(word.text):
            continue
        if before.folded in policy.articles or before.text in "'’" or before.folded in policy.leads:
            yield Mention(Span(word.start, word.end), Kind.ORGANIZATION, _SOURCE)


def _latin_runs(body: Body, policy: Policy, kb: KnowledgeBase) -> Iterator[Mention]:
    index = 0
    while index < len(body.words):
        last = index
        while last < len(body.words) and _is_latin_name(body.words[last]) and _is_near(body, index, last):
            last += 1
        if last == index:
            index += 1
            continue
        name = body.slice(index, last)
        if len(name) >= 3 and body.words[index].folded not in policy.vetoed:
            kinds = [match.entry.kind for match in kb.match(name, policy.lang) if not match.weak]
            yield Mention(body.span(index, last), kinds[0] if kinds else Kind.ORGANIZATION, _SOURCE)
        index = last


def _is_latin_name(word: Word) -> bool:
    return word.text.isascii() and word.is_capital and word.text.isalnum()


def _is_near(body: Body, first: int, last: int) -> bool:
    """Whether word ``last`` follows the run with a blank at most."""
    return last == first or (
        body.words[last].start - body.words[last - 1].end <= 1 and body.words[last].line == body.words[first].line
    )


def _shouting_lines(body: Body) -> frozenset[int]:
    """Lines most of whose words are in capitals."""
    words: Counter[int] = Counter()
    loud: Counter[int] = Counter()
    for word in body.words:
        if word.text.isalpha():
            words[word.line] += 1
            loud[word.line] += word.text.isupper()
    return frozenset(line for line in words if loud[line] * 2 > words[line])
