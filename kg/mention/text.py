"""The body of an article as words with their places, whatever parser was used."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from kg.lang.fold import fold_word
from kg.model import Article, Document, Span

_MARKS = "\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed\u200c\u200d"
_ARABIC = "\u0621-\u064a\u066e-\u06d3"
# Letters of two scripts written together (a proclitic before a Latin name) are two words.
_WORD = re.compile(rf"[{_ARABIC}](?:[{_ARABIC}{_MARKS}]|\d)*|[^\W_](?:(?![{_ARABIC}])[^\W_]|[{_MARKS}])*|[^\w\s]|_")
_ENDERS = ".!?؟…:"


@dataclass(frozen=True, slots=True)
class Word:
    """A word or a single punctuation mark; ``line`` numbers the line it stands on, ``opens`` tells that it begins a sentence."""

    start: int
    end: int
    text: str
    folded: str
    line: int
    opens: bool

    @property
    def is_word(self) -> bool:
        """Whether it has letters or digits."""
        return self.text[0].isalnum()

    @property
    def is_capital(self) -> bool:
        """Whether it begins with a capital letter."""
        return self.text[0].isupper()


@dataclass(frozen=True)
class Body:
    """The words of the article's body in order, with the article's text."""

    text: str
    words: tuple[Word, ...]
    starts: dict[int, int] = field(repr=False)

    @cached_property
    def counts(self) -> Counter[str]:
        """How often each folded word occurs."""
        return Counter(word.folded for word in self.words)

    @cached_property
    def endings(self) -> dict[str, Counter[str]]:
        """For what is left of a word without none, one or two letters: the words that end so, with their counts."""
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for word, count in self.counts.items():
            for cut in range(min(3, len(word))):
                found[word[cut:]][word] += count
        return found

    def slice(self, first: int, last: int) -> str:
        """The original text from word ``first`` up to and without word ``last``."""
        return self.text[self.words[first].start : self.words[last - 1].end]

    def span(self, first: int, last: int) -> Span:
        """The place of the words ``[first, last)``."""
        return Span(self.words[first].start, self.words[last - 1].end)


def read_body(article: Article, document: Document) -> Body:
    """Cut the body into words. Sentence openings are those of the parser and every first word of a line."""
    openings = {sentence.span.start for sentence in document.sentences}
    words: list[Word] = []
    for line, (start, end) in enumerate(_lines(article)):
        fresh = True
        for match in _WORD.finditer(article.text, start, end):
            text = match.group()
            opens = text[0].isalnum() and (fresh or match.start() in openings)
            words.append(Word(match.start(), match.end(), text, fold_word(text), line, opens))
            fresh = (fresh and not text[0].isalnum()) or text in _ENDERS
    return Body(article.text, tuple(words), {word.start: index for index, word in enumerate(words)})


def _lines(article: Article) -> Iterator[tuple[int, int]]:
    """The lines of the body; names do not run across their ends."""
    for span in article.body:
        start = span.start
        for match in re.finditer(r"[\n\r\u2028\u2029\x0b\x0c]+", article.text[span.start : span.end]):
            yield start, span.start + match.start()
            start = span.start + match.end()
        yield start, span.end
