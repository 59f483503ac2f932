"""Proposals of other recognisers made to fit the annotation: titles and articles cut off, kinds put right, non-names dropped."""

from __future__ import annotations

from kg.lang.fold import fold_word
from kg.link.kb import KnowledgeBase
from kg.mention.policy import Policy
from kg.mention.text import Body
from kg.model import Kind, Mention, Span

_OPEN, _CLOSE = '([{«“"‘', ')]}»”"’'


def trim(mention: Mention, body: Body, policy: Policy, kb: KnowledgeBase) -> Mention | None:
    """``mention`` as a name, or None where it is none."""
    edges = _edges(mention, body)
    if edges is None:
        return None
    first, last = edges
    inside = mention.span.start if mention.span.start > body.words[first].start else None  # behind a proclitic
    begin = first
    first, last = _widen(first, last, mention.kind, body, policy)
    kind = mention.kind
    while first < last:
        cut = _front(first, last, kind, body, policy, kb)
        if cut == first:
            break
        first = cut
    while first < last and not body.words[last - 1].is_word and not _keeps_end(first, last, body):
        last -= 1
    last = _behind(first, last, body, policy)
    if first >= last or _is_vetoed(first, last, body, policy, kb):
        return None
    span = body.span(first, last)
    if inside is not None and first == begin and inside < span.end:
        span = Span(inside, span.end)
    return Mention(span, kind_of(first, last, kind, body, policy, kb), mention.source, mention.confidence)


def _acronym_kind(name: str, kind: Kind, policy: Policy, kb: KnowledgeBase) -> Kind:
    """Words in capitals that the knowledge base does not know are organisations rather than places or people."""
    if (
        policy.has_case
        and 3 <= len(name) <= 6
        and name.isascii()
        and name.isalpha()
        and name.isupper()
        and not kb.match(name, policy.lang)
    ):
        return Kind.ORGANIZATION
    return kind


def kind_of(first: int, last: int, kind: Kind, body: Body, policy: Policy, kb: KnowledgeBase) -> Kind:
    """The kind of a name: what its first or last word proves, else what the knowledge base says of the whole, else ``kind``."""
    name = body.slice(first, last)
    kinds = {
        match.entry.kind
        for match in kb.match(name, policy.lang)
        if match.lang_match and not match.weak and match.entry.prior >= 0.5
    }
    if len(kinds) == 1 and (kind is not Kind.PERSON or last - first == 1 or kinds == {Kind.PERSON} or Kind.ORGANIZATION in kinds):
        return kinds.pop()
    if last - first > 1:
        for word, table in ((body.words[last - 1], policy.last_kinds), (body.words[first], policy.first_kinds)):
            proved = table.get(word.folded)
            if proved is not None:
                return proved
    return _acronym_kind(name, kind, policy, kb)


def is_part_of_other(mention: Mention, body: Body, policy: Policy) -> bool:
    """Whether a place is only part of another name or of a sum of money (``US$``, ``Iraq War``)."""
    if mention.kind is not Kind.PLACE or not policy.not_before:
        return False
    behind = fold_word(body.text[mention.span.end : mention.span.end + 40]).lstrip(" -")
    return any(behind.startswith(phrase) and not behind[len(phrase) : len(phrase) + 1].isalpha() for phrase in policy.not_before)


def _edges(mention: Mention, body: Body) -> tuple[int, int] | None:
    """The words that the mention covers, whole, on one line."""
    inside = (
        [
            index
            for index in range(_at(body, mention.span.start), len(body.words))
            if body.words[index].start < mention.span.end and body.words[index].end > mention.span.start
        ]
        if mention.span.start < mention.span.end
        else []
    )
    if not inside:
        return None
    line = body.words[inside[0]].line
    inside = [index for index in inside if body.words[index].line == line]
    return inside[0], inside[-1] + 1


def _at(body: Body, offset: int) -> int:
    low, high = 0, len(body.words)
    while low < high:
        middle = (low + high) // 2
        if body.words[middle].end <= offset:
            low = middle + 1
        else:
            high = middle
    return low


def _widen(first: int, last: int, kind: Kind, body: Body, policy: Policy) -> tuple[int, int]:
    """Names that were cut at a hyphen, or after an initial, made whole."""
    words = body.words
    while (
        last + 1 < len(words)
        and words[last].text in "-‑"
        and words[last].start == words[last - 1].end
        and words[last + 1].start == words[last].end
        and words[last + 1].is_word
        and kind is Kind.PERSON
    ):
        last += 2
    if kind is Kind.PERSON and policy.has_case and first >= 2 and words[first - 1].text == ".":
        initial = words[first - 2]
        if (
            len(initial.text) == 1
            and initial.is_capital
            and initial.line == words[first].line
            and initial.folded not in policy.titles
        ):
            first -= 2
    return first, last


def _front(first: int, last: int, kind: Kind, body: Body, policy: Policy, kb: KnowledgeBase) -> int:
    """One step to the right, where the first word does not belong to the name; else ``first``."""
    word = body.words[first]
    if not word.is_word:
        return first + 1
    if word.folded in policy.articles and last - first > 1:
        if word.is_capital and (not word.opens or _is_title_name(first, last, body, policy, kb)) and kind is not Kind.PERSON:
            return first
        return first + 1
    if word.folded in policy.titles and kind is Kind.PERSON:
        return first + 1
    if policy.has_case and kind is Kind.PERSON and word.text[0].islower() and word.folded not in policy.particles:
        return first + 1
    if word.folded in policy.generic and not _known(first, last, body, policy, kb):
        return first + 1
    return first


def _is_title_name(first: int, last: int, body: Body, policy: Policy, kb: KnowledgeBase) -> bool:
    """Whether a name that begins the sentence has its article in the knowledge base too (``Le Caire``)."""
    name, bare = body.slice(first, last), body.slice(first + 1, last)
    return bool(kb.match(name, policy.lang)) and not kb.match(bare, policy.lang)


def _known(first: int, last: int, body: Body, policy: Policy, kb: KnowledgeBase) -> bool:
    return any(match.lang_match for match in kb.match(body.slice(first, last), policy.lang))


def _keeps_end(first: int, last: int, body: Body) -> bool:
    """A closing dot of an acronym, or a bracket that was opened inside, stays."""
    text = body.words[last - 1].text
    if (
        text == "."
        and last - first > 1
        and len(body.words[last - 2].text) == 1
        and last - first > 2
        and body.words[last - 3].text == "."
    ):
        return True
    if text in _CLOSE:
        opener = _OPEN[_CLOSE.index(text)]
        return opener in body.slice(first, last - 1)
    return False


def _behind(first: int, last: int, body: Body, policy: Policy) -> int:
    """The end without a genitive ending."""
    for suffix in policy.suffixes:
        width = 2 if len(suffix) == 2 else 1
        if last - first > width:
            tail = body.text[body.words[last - width].start : body.words[last - 1].end]
            if fold_word(tail) == suffix:
                last -= width
                break
    while first < last and not body.words[last - 1].is_word and not _keeps_end(first, last, body):
        last -= 1
    return last


def _is_vetoed(first: int, last: int, body: Body, policy: Policy, kb: KnowledgeBase) -> bool:
    """Whether the words are no name: titles, menu words, dates, peoples and languages, single letters, plain lower case."""
    words = [word for word in body.words[first:last] if word.is_word]
    if not words or all(word.text.isdigit() for word in words):
        return True
    if len(words) == 1:
        word = words[0]
        if (
            len(word.text) < 2
            or word.folded in policy.vetoed
            or word.folded in policy.titles
            or word.folded in policy.vetoed_first
        ):
            return True
        if word.folded in policy.first_kinds or word.folded in policy.last_kinds:
            return True
    if words[0].folded in policy.vetoed_first:
        return True
    name = body.slice(first, last)
    if kb.demonym(name, policy.lang) is not None or all(word.folded in policy.vetoed for word in words):
        return not any(match.entry.feature == "country" and match.lang_match for match in kb.match(name, policy.lang))
    if policy.has_case and not any(letter.isupper() for letter in name):
        return not _known(first, last, body, policy, kb)
    return False
