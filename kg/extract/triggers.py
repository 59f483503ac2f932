"""Where a sentence tells a legal action: the patterns of the language, matched over its words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from kg.extract.forms import Form
from kg.extract.patterns import Element, Pattern, PatternBook, Phrase
from kg.extract.sentences import View
from kg.model import Span

_STOPS = frozenset(".;:!?؟؛…")


@dataclass(frozen=True, slots=True)
class Trigger:
    """A match of a pattern in a sentence.

    ``span`` is the trigger, ``words`` the word indices of the whole match ``[first, last)``; ``head`` is the word on which
    arguments depend, with ``feature`` its reading (``fin part inf ger noun``, empty where unknown) and ``pronoun`` whether
    it carries an attached pronoun.
    """

    pattern: Pattern
    span: Span
    words: tuple[int, int]
    head: int
    feature: str
    pronoun: bool


@dataclass(frozen=True, slots=True)
class _Step:
    """How an element matched: its index, the words it took, letters outside, and the reading of a lexeme."""

    element: int
    first: int
    last: int
    outside: int = 0
    feature: str = ""
    pronoun: bool = False


def find_triggers(view: View, book: PatternBook) -> tuple[Trigger, ...]:
    """All triggers of a sentence, in order; where matches overlap the one of higher priority, then the longer one, stays."""
    found: list[Trigger] = []
    words, lexemes = _vocabulary(view, book)
    possible: dict[tuple[int, int], bool] = {}  # by pattern and phrase: the sentence has the words it needs, wherever it begins
    for start, word in enumerate(view.words):
        if not word.is_word:
            continue
        seen: set[tuple[int, int]] = set(book.unindexed)
        for _, rest, forms in book.readings(word.text):
            seen.update(book.by_word.get(rest, ()))
            for form in forms:
                seen.update(book.by_lexeme.get(form.lexeme, ()))
        for i, j in seen:
            if (i, j) not in possible:
                allowed = view.headline or not book.patterns[i].headline
                possible[i, j] = allowed and book.patterns[i].phrases[j].may_match(words, lexemes)
        for i, j in sorted(pair for pair in seen if possible[pair]):
            pattern = book.patterns[i]
            steps = next(_match(pattern.phrases[j], view, book, 0, start), None)
            if steps is None:
                continue
            trigger = _trigger(pattern, pattern.phrases[j], steps, view)
            if trigger is not None and _context_allows(trigger, view):
                found.append(trigger)
    found.sort(key=lambda t: (-t.pattern.priority, -(t.words[1] - t.words[0]), t.span, t.pattern.id))
    kept: list[Trigger] = []
    for trigger in found:
        if not any(trigger.span.overlaps(other.span) for other in kept):
            kept.append(trigger)
    return tuple(sorted(kept, key=lambda t: (t.span, t.pattern.id)))


def _vocabulary(view: View, book: PatternBook) -> tuple[set[str], set[str]]:
    """The words of a sentence, with and without clitics, and the lexemes that they may belong to."""
    words: set[str] = set()
    lexemes: set[str] = set()
    for word in view.words:
        for dropped, rest, forms in book.readings(word.text):
            words.update((rest, word.text[dropped:]))
            lexemes.update(form.lexeme for form in forms)
    return words, lexemes


def _match(phrase: Phrase, view: View, book: PatternBook, element: int, at: int) -> Iterator[tuple[_Step, ...]]:
    """Ways to match the elements from ``element`` on at word ``at``; the shortest gaps come first."""
    if element == len(phrase.elements):
        yield ()
        return
    this = phrase.elements[element]
    if this.kind == "gap":
        for width in range(this.gap + 1):
            if at + width > len(view.words):
                return
            if width and view.words[at + width - 1].text in _STOPS:
                return
            yield from _match(phrase, view, book, element + 1, at + width)
        return
    for step in _steps(this, element, view, book, at):
        for rest in _match(phrase, view, book, element + 1, step.last):
            yield (step, *rest)
    if this.optional:
        yield from _match(phrase, view, book, element + 1, at)


def _steps(element: Element, number: int, view: View, book: PatternBook, at: int) -> Iterator[_Step]:
    if at >= len(view.words):
        return
    word = view.words[at]
    if element.kind == "words":
        for dropped, rest, _ in book.readings(word.text):
            if rest in element.words or word.text[dropped:] in element.words:
                yield _Step(number, at, at + 1, dropped)
                return
    elif element.kind == "lexeme":
        for dropped, _, forms in book.readings(word.text):
            for form in forms:
                if form.lexeme == element.lexeme and _has_feature(form, element.feature):
                    yield _Step(number, at, at + 1, dropped, form.feature, form.pronoun)
                    return
    elif element.kind == "regex":
        assert element.regex is not None  # noqa: S101 - the compiler sets it for this kind
        for dropped, _, _ in book.readings(word.text):
            if element.regex.fullmatch(word.text[dropped:]):
                yield _Step(number, at, at + 1, dropped)
                return
    elif element.kind == "layer":
        for span in view.layers.get(element.layer, ()):
            covered = view.words_in(span)
            if covered and covered.start == at:
                yield _Step(number, at, covered.stop)
                return


def _has_feature(form: Form, wanted: str) -> bool:
    if wanted.endswith("+"):
        return form.pronoun and form.feature == wanted[:-1]
    return wanted in ("", form.feature)


def _trigger(pattern: Pattern, phrase: Phrase, steps: tuple[_Step, ...], view: View) -> Trigger | None:
    inner = [step for step in steps if phrase.first <= step.element < phrase.last]
    if not inner:
        return None
    lexemes = [step for step in inner if phrase.elements[step.element].kind == "lexeme"]
    lexemes = lexemes or [step for step in steps if phrase.elements[step.element].kind == "lexeme"]
    verbs = [step for step in lexemes if step.feature != "noun"]
    head = (verbs or lexemes or inner)[0]
    start = view.words[inner[0].first].span.start + inner[0].outside
    return Trigger(
        pattern=pattern,
        span=Span(start, view.words[inner[-1].last - 1].span.end),
        words=(min(step.first for step in steps), max(step.last for step in steps)),
        head=head.first,
        feature=head.feature,
        pronoun=any(step.pronoun for step in inner),
    )


def _context_allows(trigger: Trigger, view: View) -> bool:
    pattern = trigger.pattern
    text = view.folded.text
    start, _ = view.folded.to_folded(view.words[trigger.words[0]].span)
    _, end = view.folded.to_folded(view.words[trigger.words[1] - 1].span)
    if pattern.unless_before and pattern.unless_before.search(text[max(0, start - 60) : start]):
        return False
    if pattern.unless_after and pattern.unless_after.search(text[end : end + 80]):
        return False
    if pattern.unless_in and pattern.unless_in.search(text):
        return False
    return not (pattern.only_in and not pattern.only_in.search(text))
