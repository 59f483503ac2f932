"""A sentence as the extractor sees it: folded words, their tokens, and the spans that other finders marked in it."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kg.lang.fold import Folded, fold
from kg.model import Document, Entity, Kind, Sentence, Span

_WORD = re.compile(r"[^\W_]+'(?=\w)|[^\W_]+|[^\w\s]|_")


@dataclass(frozen=True, slots=True)
class Word:
    """A folded word or punctuation mark with its place; ``token`` is the index of the parser's token that covers its start."""

    text: str
    span: Span
    token: int

    @property
    def is_word(self) -> bool:
        """Whether it is a word rather than a punctuation mark."""
        return self.text[0].isalnum()


@dataclass(frozen=True, slots=True, order=True)
class Named:
    """A mention in the sentence and the entity that it belongs to."""

    span: Span
    entity: str
    kind: Kind


@dataclass(frozen=True)
class View:
    """One sentence with everything that is known of it.

    ``layers`` are spans by name (``DUR``, ``AMT``, ``DATE``, ``PER``, ``ORG``, ``LOC``), ``index`` the sentence's number in
    the document, ``paragraph`` the number of the body span that it lies in (the headline is a paragraph of its own).
    """

    index: int
    paragraph: int
    sentence: Sentence
    folded: Folded
    words: tuple[Word, ...]
    names: tuple[Named, ...]
    layers: Mapping[str, tuple[Span, ...]]
    document: Document
    headline: bool = False

    @property
    def span(self) -> Span:
        """The sentence's place in the article."""
        return self.sentence.span

    @cached_property
    def _starts(self) -> list[int]:
        return [word.span.start for word in self.words]

    def word_at(self, offset: int) -> int:
        """The index of the word that covers ``offset`` or stands last before it (0 where none does)."""
        return max(0, bisect_right(self._starts, offset) - 1)

    def words_in(self, span: Span) -> range:
        """Indices of the words that overlap ``span``."""
        first = self.word_at(span.start)
        while first < len(self.words) and self.words[first].span.end <= span.start:
            first += 1
        last = first
        while last < len(self.words) and self.words[last].span.start < span.end:
            last += 1
        return range(first, last)

    def named_in(self, span: Span) -> tuple[Named, ...]:
        """The mentions that overlap ``span``, in order."""
        return tuple(named for named in self.names if named.span.overlaps(span))


def build_views(
    text: str,
    document: Document,
    entities: Sequence[Entity],
    body: Sequence[Span],
    layers: Mapping[int, Mapping[str, tuple[Span, ...]]],
    headline: Span | None,
) -> tuple[View, ...]:
    """The sentences of an article as views; ``layers`` holds the value spans of each sentence by its number."""
    named = sorted(Named(span, entity.id, entity.kind) for entity in entities for span in entity.mentions)
    starts = [item.span.start for item in named]
    body_starts = [span.start for span in body]
    names_of = {Kind.PERSON: "PER", Kind.ORGANIZATION: "ORG", Kind.PLACE: "LOC"}
    views = []
    for index, sentence in enumerate(document.sentences):
        folded = fold(sentence.span.of(text), sentence.span.start)
        low = bisect_right(starts, sentence.span.start - 1)
        high = bisect_right(starts, sentence.span.end - 1)
        names = tuple(named[low:high])
        own: dict[str, tuple[Span, ...]] = dict(layers.get(index, {}))
        for kind, layer in names_of.items():
            own[layer] = tuple(item.span for item in names if item.kind is kind)
        views.append(
            View(
                index=index,
                paragraph=bisect_right(body_starts, sentence.span.start),
                sentence=sentence,
                folded=folded,
                words=_words(folded, document, sentence),
                names=names,
                layers=own,
                document=document,
                headline=headline is not None and headline.overlaps(sentence.span),
            )
        )
    return tuple(views)


def split_words(folded: str) -> list[str]:
    """The words and marks of a folded text, as ``View`` splits them (patterns are split alike)."""
    return [match.group() for match in _WORD.finditer(folded)]


def _words(folded: Folded, document: Document, sentence: Sentence) -> tuple[Word, ...]:
    out = []
    token = sentence.first
    for match in _WORD.finditer(folded.text):
        span = folded.to_original(match.start(), match.end())
        while token + 1 < sentence.last and document.tokens[token + 1].start <= span.start:
            token += 1
        out.append(Word(match.group(), span, token))
    return tuple(out)
