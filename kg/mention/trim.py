"""Proposals of other recognisers made to fit the annotation: titles and articles cut off, kinds put right, non-names dropped."""

from __future__ import annotations

from kg.lang.fold import fold_word
from kg.link.kb import KnowledgeBase
from kg.mention.policy import Policy
from kg.mention.text import Body, Word
from kg.model import Kind, Mention, Span

_OPEN, _CLOSE = '([{«“"‘', ')]}»”"’'
_TRAINED = "encoder"
"""The source of a recogniser trained on this annotation: the mere shape of a word does not overrule its kinds."""


def trim(mention: Mention, body: Body, policy: Policy, kb: KnowledgeBase) -> Mention | None:
    """``mention`` as a name, or None where it is none."""
    edges = _edges(mention, body)
    if edges is None:
        return None
    begin, end = edges
    inside = mention.span.start if mention.span.start > body.words[begin].start else None  # behind a proclitic
    short = mention.span.end if mention.span.end < body.words[end - 1].end else None  # before a word without its blank
    first, last = _widen(begin, end, mention.kind, body, policy)
    while first < last and (cut := _front(first, last, mention.kind, body, policy, kb)) > first:
        first = cut
    last = _behind(first, last, mention.kind, body, policy)
    if first >= last or _is_vetoed(first, last, mention, body, policy, kb):
        return None
    kind = kind_of(first, last, mention.kind, body, policy, kb)
    if mention.source != _TRAINED:
        kind = _acronym_kind(body.slice(first, last), kind, policy, kb)
    start = inside if inside is not None and first == begin else body.words[first].start
    stop = short if short is not None and last == end and short > start else body.words[last - 1].end
    start = _behind_proclitic(start, stop, body, policy, kb)
    return Mention(Span(start, stop), kind, mention.source, mention.confidence)


def _behind_proclitic(start: int, stop: int, body: Body, policy: Policy, kb: KnowledgeBase) -> int:
    """Where the name begins: behind one or two letters if it is known only without them, before them if only with them."""
    if not policy.proclitics:
        return start
    word = body.words[_at(body, start)]
    if _is_name(body.text[start:stop], policy, kb):
        return start
    if start > word.start and (_is_name(body.text[word.start : stop], policy, kb) or _always_whole(word, start, body)):
        return word.start
    for size in (1, 2):
        letters, rest = body.text[start : start + size], body.text[start + size : stop]
        if all(letter in policy.proclitics for letter in letters) and len(rest) >= 3 and _is_name(rest, policy, kb):
            return start + size
    return start


def _always_whole(word: Word, start: int, body: Body) -> bool:
    """Whether the article has the word more than once, and what follows its first letters never alone or behind others."""
    rest = fold_word(body.text[start : word.end])
    return body.counts[word.folded] > 1 and sum(body.endings[rest].values()) == body.counts[word.folded]


def _is_name(name: str, policy: Policy, kb: KnowledgeBase) -> bool:
    """Whether the knowledge base knows ``name``, or it begins with a given name or a word like it (``ابو``)."""
    first = fold_word(name.split(" ", 1)[0])
    return first in policy.given or (first in policy.connectors and " " in name) or _is_known(name, policy, kb)


def _is_known(name: str, policy: Policy, kb: KnowledgeBase) -> bool:
    return any(match.lang_match and not match.weak for match in kb.match(name, policy.lang))


def kind_of(first: int, last: int, kind: Kind, body: Body, policy: Policy, kb: KnowledgeBase) -> Kind:
    """The kind of a name: what the knowledge base says of the whole, else what its first or last word proves, else ``kind``."""
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
    return kind


def is_part_of_other(mention: Mention, body: Body, policy: Policy) -> bool:
    """Whether a place is only part of another name or of a sum of money (``US$``, ``Iraq War``)."""
    if mention.kind is not Kind.PLACE or not policy.not_before:
        return False
    behind = fold_word(body.text[mention.span.end : mention.span.end + 40]).lstrip(" -")
    return any(behind.startswith(phrase) and not behind[len(phrase) : len(phrase) + 1].isalpha() for phrase in policy.not_before)


def _acronym_kind(name: str, kind: Kind, policy: Policy, kb: KnowledgeBase) -> Kind:
    """Words in capitals that the knowledge base does not know are organisations rather than places or people."""
    shaped = policy.has_case and 3 <= len(name) <= 6 and name.isascii() and name.isalpha() and name.isupper()
    return Kind.ORGANIZATION if shaped and not kb.match(name, policy.lang) else kind


def _edges(mention: Mention, body: Body) -> tuple[int, int] | None:
    """The words that the mention covers, at least in part, on its first line."""
    first = _at(body, mention.span.start)
    if first == len(body.words) or body.words[first].start >= mention.span.end:
        return None
    last = first
    while (
        last < len(body.words) and body.words[last].start < mention.span.end and body.words[last].line == body.words[first].line
    ):
        last += 1
    return first, last


def _at(body: Body, offset: int) -> int:
    """The first word that ends behind ``offset``."""
    low, high = 0, len(body.words)
    while low < high:
        middle = (low + high) // 2
        if body.words[middle].end <= offset:
            low = middle + 1
        else:
            high = middle
    return low


def _widen(first: int, last: int, kind: Kind, body: Body, policy: Policy) -> tuple[int, int]:
    """A person's name that was cut at a hyphen, or behind an initial, made whole."""
    words = body.words
    if kind is not Kind.PERSON:
        return first, last
    while (
        last + 1 < len(words)
        and words[last].text in "-‑"
        and _touch(words[last - 1], words[last])
        and _touch(words[last], words[last + 1])
    ):
        last += 2
    if policy.has_case and first >= 2 and words[first - 1].text == ".":
        initial = words[first - 2]
        if (
            len(initial.text) == 1
            and initial.is_capital
            and initial.line == words[first].line
            and initial.folded not in policy.titles
        ):
            first -= 2
    return first, last


def _touch(left: Word, right: Word) -> bool:
    return left.end == right.start and (left.is_word or right.is_word)


def _front(first: int, last: int, kind: Kind, body: Body, policy: Policy, kb: KnowledgeBase) -> int:
    """One step to the right, where the first word does not belong to the name; else ``first``."""
    word = body.words[first]
    if not word.is_word:
        return first + 1
    person = kind is Kind.PERSON
    if person and _is_initial(first, last, body) and word.folded not in policy.titles:
        return first  # A. Smith
    if person and policy.has_case and word.is_capital and word.folded in policy.particles and not word.opens and last - first > 1:
        return first  # De Gaulle
    if word.folded in policy.articles and last - first > 1:
        named = word.is_capital and (not word.opens or _has_article(first, last, body, policy, kb))
        return first if named and not person else first + 1
    if person and word.folded in policy.titles:
        return first + 1
    if person and policy.has_case and word.text[0].islower() and word.folded not in policy.particles:
        return first + 1
    if word.folded in policy.generic and not (policy.has_case and word.is_capital and not word.opens):
        return first if _known(first, last, body, policy, kb) else first + 1
    return first


def _is_initial(first: int, last: int, body: Body) -> bool:
    """Whether a capital with its dot begins a name, and no word of one letter."""
    word = body.words[first]
    return len(word.text) == 1 and word.is_capital and first + 2 < last and body.words[first + 1].text == "."


def _has_article(first: int, last: int, body: Body, policy: Policy, kb: KnowledgeBase) -> bool:
    """Whether a name that begins the sentence is known with its article only (``Le Caire``)."""
    return bool(kb.match(body.slice(first, last), policy.lang)) and not kb.match(body.slice(first + 1, last), policy.lang)


def _known(first: int, last: int, body: Body, policy: Policy, kb: KnowledgeBase) -> bool:
    return any(match.lang_match for match in kb.match(body.slice(first, last), policy.lang))


def _behind(first: int, last: int, kind: Kind, body: Body, policy: Policy) -> int:
    """The end without marks, genitive endings, the letters of degrees and offices (``QC``) and words that lead on (``of``)."""
    while first < last:
        word = body.words[last - 1]
        if word.is_word:
            cut = _suffix(first, last, body, policy)
            if cut:
                last -= cut
            elif last - first > 1 and (word.folded in policy.endings or _is_small(word, kind, policy)):
                last -= 1
            else:
                break
        elif _keeps_end(first, last, body, policy):
            break
        else:
            last -= 1
    return last


def _is_small(word: Word, kind: Kind, policy: Policy) -> bool:
    """Whether a word only leads to what follows: no name but an Arabic person's (``علي``, folded like ``على``) ends with it."""
    return word.folded in policy.stops and not (word.is_capital if policy.has_case else kind is Kind.PERSON)


def _suffix(first: int, last: int, body: Body, policy: Policy) -> int:
    """How many words a genitive ending takes (``'`` and ``s``), 0 where there is none."""
    if last - first < 3:
        return 0
    tail = fold_word(body.text[body.words[last - 2].start : body.words[last - 1].end])
    return 2 if tail in policy.suffixes else 0


def _keeps_end(first: int, last: int, body: Body, policy: Policy) -> bool:
    """The dot of an acronym or abbreviation, and a bracket that was opened inside, stay."""
    text = body.words[last - 1].text
    if text == "." and last - first > 1:
        before = body.words[last - 2]
        inside = last - first > 2 and body.words[last - 3].text == "."
        return before.folded in policy.abbreviations or (len(before.text) == 1 and (inside or not policy.has_case))
    return text in _CLOSE and _OPEN[_CLOSE.index(text)] in body.slice(first, last - 1)


def _is_vetoed(first: int, last: int, mention: Mention, body: Body, policy: Policy, kb: KnowledgeBase) -> bool:
    """Whether the words are no name: titles, menu words, dates, peoples and languages, single letters, plain lower case."""
    words = [word for word in body.words[first:last] if word.is_word]
    if not words or all(word.text.isdigit() for word in words):
        return True
    if words[0].folded in policy.vetoed_first and not _is_initial(first, last, body):
        return True
    if len(words) == 1 and _is_vetoed_alone(words[0], mention.kind, policy):
        return True
    name = body.slice(first, last)
    plain = mention.source != _TRAINED and all(word.folded in policy.vetoed for word in words)  # but Home Office is none
    if plain or kb.demonym(name, policy.lang) is not None:
        return not any(match.entry.feature == "country" and match.lang_match for match in kb.match(name, policy.lang))
    if policy.has_case and not any(letter.isupper() for letter in name):
        head = policy.first_kinds.get(words[0].folded)
        return not (head is mention.kind and len(words) > 1) and not _known(first, last, body, policy, kb)
    return False


def _is_vetoed_alone(word: Word, kind: Kind, policy: Policy) -> bool:
    if len(word.text) < 2 or word.folded in policy.vetoed or word.folded in policy.titles:
        return True
    if kind is Kind.PLACE and word.opens and word.folded.endswith(policy.adjectives):
        return True
    return kind is not Kind.PERSON and (word.folded in policy.first_kinds or word.folded in policy.last_kinds)
