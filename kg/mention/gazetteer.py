"""Names that the knowledge base or the language's own list knows, found in the text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.link.kb import Entry, KnowledgeBase, Match
from kg.mention.policy import Policy
from kg.mention.text import Body, Word
from kg.model import Kind, Mention, Span

LONGEST = 6
"""Words of the longest name that is looked for."""
_KNOWN = 1_000_000
_LARGE = 100_000
_SOURCE = "gazetteer"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a name may begin in a word: ``cut`` letters are left out, ``added`` is put before the rest to look it up."""

    cut: int
    added: str = ""


def find_known(body: Body, policy: Policy, kb: KnowledgeBase) -> tuple[Mention, ...]:
    """The names of ``body`` that are known; the longest at each place, left to right.

    Countries, regions, capitals, cities of ``_KNOWN`` inhabitants, organisations and full names of persons always count; smaller
    cities only where something else in the text speaks of their country. In languages without capitals the proclitics of
    ``policy`` are taken off where the word is not known whole.
    """
    sure = list(_scan(body, policy, kb, frozenset()))
    countries = {country for mention in sure for country in _countries(mention.span.of(body.text), policy, kb)}
    for word in body.words:
        if len(word.text) > 3:
            qid = kb.demonym(word.folded, policy.lang)
            if qid is not None:
                countries.add(qid)
    return tuple(_scan(body, policy, kb, frozenset(countries)))


def starts_of(word: Word, policy: Policy) -> Iterator[Start]:
    """Where a name may begin in ``word``: at its first letter, then behind each run of proclitics.

    ``لل`` hides the article: the name is looked up with it and begins at the second letter.
    """
    yield Start(0)
    if not policy.proclitics or not word.is_word:
        return
    for length in (1, 2):
        rest = word.text[length:]
        if len(rest) >= 3 and all(letter in policy.proclitics for letter in word.text[:length]):
            if rest[0] == word.text[length - 1] == "ل":
                yield Start(length, "ا")
            yield Start(length)


def _scan(body: Body, policy: Policy, kb: KnowledgeBase, countries: frozenset[str]) -> Iterator[Mention]:
    index = 0
    while index < len(body.words):
        found = _longest(body, index, policy, kb, countries)
        if found is None:
            index += 1
            continue
        last, mention = found
        yield mention
        index = last


def _longest(body: Body, first: int, policy: Policy, kb: KnowledgeBase, countries: frozenset[str]) -> tuple[int, Mention] | None:
    word = body.words[first]
    if not word.is_word or word.text.isdigit():
        return None
    for start in starts_of(word, policy):
        place = word.start + start.cut
        for last, folded in reversed(list(_candidates(body, first, start, policy, kb))):
            name = start.added + " ".join(body.text[place : body.words[last - 1].end].split())
            kind = policy.fixed.get(folded) or _kind(name, last - first, start, word, policy, kb, countries)
            if kind is not None and not _has_outer_head(word, last - first, name, kind, policy, kb):
                return last, Mention(Span(place, body.words[last - 1].end), kind, _SOURCE)
    return None


def _candidates(body: Body, first: int, start: Start, policy: Policy, kb: KnowledgeBase) -> Iterator[tuple[int, str]]:
    """The ends of possible names with their folded text, the shortest first, as long as some known name begins so."""
    folded = start.added + body.words[first].folded[start.cut :]
    done = first + 1
    for last in _ends(body, first):
        for index in range(done, last):
            gap = " " if body.words[index].start > body.words[index - 1].end else ""
            folded += gap + body.words[index].folded
        done = last
        if not kb.begins(folded) and folded not in policy.beginnings:
            return
        yield last, folded


def _ends(body: Body, first: int) -> Iterator[int]:
    """Where a name that begins at ``first`` may end, the shortest first: on the line, at a word or at the dot of an acronym."""
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


def _kind(
    name: str, length: int, start: Start, word: Word, policy: Policy, kb: KnowledgeBase, countries: frozenset[str]
) -> Kind | None:
    """The kind of the best entry called ``name``, where the name may count as one."""
    forms = {word.folded, start.added + word.folded[start.cut :]}
    if length == 1 and not forms.isdisjoint(policy.vetoed | policy.homographs):
        return None
    if length == 1 and word.folded in policy.vetoed_first:
        return None
    if length == 1 and kb.demonym(name, policy.lang) is not None and not _is_country(name, kb, policy):
        return None
    for match in kb.match(name, policy.lang):
        if _counts(match, name, length, start, policy, countries):
            return match.entry.kind
    return None


def _counts(match: Match, name: str, length: int, start: Start, policy: Policy, countries: frozenset[str]) -> bool:
    """Whether a match is a name in the text, and not another word of the same letters."""
    entry, latin = match.entry, name.isascii()
    if match.weak and not _is_union(name, match):
        return False
    if not match.lang_match and (policy.has_case or not latin):
        return False
    if (policy.has_case or latin) and not name[0].isupper():
        small = [word for word in name.lower().split() if word not in policy.articles]
        return entry.kind is Kind.ORGANIZATION and len(small) >= 2 and len(name) >= 10 and policy.has_case
    if entry.kind is Kind.PERSON:
        return len(name.split()) >= 2 or "-" in name
    if entry.kind is Kind.ORGANIZATION:
        return policy.has_case or latin or length >= 2 or (len(name) >= 5 and start.cut == 0) or len(name) >= 7
    if entry.feature == "city" and entry.population < _KNOWN:
        least = 4 if policy.has_case else 5 if start.cut else 4
        return entry.country in countries and len(name) >= least and (entry.population >= _LARGE or length > 1 or start.cut == 0)
    return policy.has_case or latin or len(name) >= 3


def _has_outer_head(word: Word, length: int, name: str, kind: Kind, policy: Policy, kb: KnowledgeBase) -> bool:
    """Whether the first word is an article or a general head outside a name that is known without it (``the New York Times``)."""
    if length < 2 or " " not in name:
        return False
    rest = name.split(" ", 1)[1]
    if word.folded in policy.articles:
        return not word.is_capital or (
            kind is Kind.PLACE and any(m.lang_match and not m.weak for m in kb.match(rest, policy.lang))
        )
    return word.folded in policy.generic and any(
        m.entry.kind is kind and m.lang_match and not m.weak for m in kb.match(rest, policy.lang)
    )


def _countries(name: str, policy: Policy, kb: KnowledgeBase) -> Iterator[str]:
    """The country that a sure name tells."""
    for entry in kb.lookup(name, policy.lang)[:1]:
        if _is_sure(entry) and entry.country is not None:
            yield entry.country


def _is_sure(entry: Entry) -> bool:
    return entry.kind is not Kind.PLACE or entry.feature != "city" or entry.population >= _KNOWN


def _is_country(name: str, kb: KnowledgeBase, policy: Policy) -> bool:
    """Whether a demonym is a country's name as well (``Suisse``)."""
    return any(m.entry.feature in ("country", "territory") and m.lang_match and not m.weak for m in kb.match(name, policy.lang))


def _is_union(name: str, match: Match) -> bool:
    """Two-letter acronyms in capitals of large unions (``UE``, ``EU``) count though they are weak."""
    return (
        match.entry.kind is Kind.ORGANIZATION and len(name.replace(".", "")) >= 2 and name.isupper() and match.entry.prior >= 0.9
    )
