"""Names that the knowledge base knows, found in the text."""

from __future__ import annotations

from collections.abc import Iterator

from kg.link.kb import KnowledgeBase, Match
from kg.mention.policy import Policy
from kg.mention.text import Body, Word
from kg.model import Kind, Mention, Span

LONGEST = 6
"""Words of the longest name that is looked for."""
_LARGE = 100_000
_SOURCE = "gazetteer"


def find_known(body: Body, policy: Policy, kb: KnowledgeBase) -> Iterator[Mention]:
    """The names of ``body`` that the knowledge base holds; the longest at each place, left to right.

    A single word must be the name of a country, region, capital, large city or organisation; surnames alone are left to the other
    recognisers. In languages without capitals the proclitics of ``policy`` are taken off first where the word is not known whole.
    """
    index = 0
    while index < len(body.words):
        found = _longest(body, index, policy, kb)
        if found is None:
            index += 1
            continue
        last, mention = found
        yield mention
        index = last


def starts_of(word: Word, policy: Policy) -> Iterator[int]:
    """How many letters of ``word`` may stand before a name: none, then each run of proclitics."""
    yield 0
    if policy.proclitics and word.is_word:
        for length in (1, 2):
            rest = word.text[length:]
            if len(rest) >= 3 and all(letter in policy.proclitics for letter in word.text[:length]):
                yield length


def _longest(body: Body, first: int, policy: Policy, kb: KnowledgeBase) -> tuple[int, Mention] | None:
    word = body.words[first]
    if not word.is_word or word.text.isdigit():
        return None
    ends = list(_ends(body, first))
    for cut in starts_of(word, policy):
        for last in reversed(ends):
            start = word.start + cut
            name = body.text[start : body.words[last - 1].end]
            kind = _kind(name, last - first, body, first, policy, kb)
            if kind is not None:
                return last, Mention(Span(start, body.words[last - 1].end), kind, _SOURCE)
    return None


def _ends(body: Body, first: int) -> Iterator[int]:
    """Where a name that begins at ``first`` may end, the shortest first; never in another line, never at a mark but the dot of an acronym."""
    count = 0
    line = body.words[first].line
    for last in range(first, min(first + 2 * LONGEST + 2, len(body.words))):
        word = body.words[last]
        if word.line != line or count >= LONGEST:
            return
        if word.is_word:
            count += 1
            yield last + 1
        elif word.text == "." and len(body.words[last - 1].text) == 1:
            yield last + 1
        elif word.text not in "'’-–.&":
            return


def _kind(name: str, length: int, body: Body, first: int, policy: Policy, kb: KnowledgeBase) -> Kind | None:
    """The kind of the best entry called ``name``, where the name may count as one."""
    word = body.words[first]
    cased = policy.has_case and name[0].isascii() | name[0].isupper() | name[0].islower()
    capital = name[0].isupper()
    latin = name.isascii()
    folded = word.folded
    if length == 1 and (
        folded in policy.vetoed or kb.demonym(name, policy.lang) is not None and not _is_country(name, kb, policy)
    ):
        return None
    if folded in policy.vetoed_first and length == 1:
        return None
    for match in kb.match(name, policy.lang):
        if match.weak and not _strong_acronym(name, match):
            continue
        if not match.lang_match and not (latin and not policy.has_case):
            continue
        entry = match.entry
        if cased and not capital:
            if entry.kind is Kind.ORGANIZATION and length >= 2 and len(name) >= 10:
                return entry.kind
            continue
        if entry.kind is Kind.PERSON:
            if len(name.split()) >= 2 or "-" in name:
                return entry.kind
            continue
        if entry.feature == "city" and entry.population < _LARGE and length == 1:
            continue
        if entry.kind is Kind.PLACE and len(name) <= 3 and not name.replace(".", "").isupper() and entry.feature == "city":
            continue
        if not policy.has_case and not latin and entry.feature == "city" and length == 1 and len(name) < 4:
            continue
        return entry.kind
    return None


def _is_country(name: str, kb: KnowledgeBase, policy: Policy) -> bool:
    """Whether a demonym is a country's name as well (``Suisse``)."""
    return any(m.entry.feature in ("country", "territory") and m.lang_match and not m.weak for m in kb.match(name, policy.lang))


def _strong_acronym(name: str, match: Match) -> bool:
    """Two-letter acronyms in capitals of large unions (``UE``, ``EU``) count though they are weak."""
    return (
        match.entry.kind is Kind.ORGANIZATION and len(name.replace(".", "")) >= 2 and name.isupper() and match.entry.prior >= 0.9
    )
