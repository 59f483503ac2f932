"""What the model learns from: texts cut into words, each with a tag, and the length of the clitics before a name."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from kg.mention.pieces import Unit, skip_letters, split_units

KINDS = ("PER", "ORG", "LOC")
TAGS = ("O", *(f"{mark}-{kind}" for kind in KINDS for mark in "BI"))
UNKNOWN = -100
FIRST_CLITICS, SECOND_CLITICS = "وف", "بلك"
FROM_GOLD = {"person": "PER", "organization": "ORG", "place": "LOC"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words of a sentence with the index into ``TAGS`` of each.

    ``clitics`` holds, for the first word of a name, how many of its letters are proclitics (0 to 2), and ``UNKNOWN`` where that
    is not known or does not matter. The units' places count in ``text``.
    """

    units: tuple[Unit, ...]
    tags: tuple[int, ...]
    clitics: tuple[int, ...]
    text: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """Consecutive sentences of one source; ``style`` names the annotation they follow, ``lang`` their language."""

    style: str
    lang: str
    sentences: tuple[Sentence, ...]
    name: str = ""


def clitic_choices(word: str) -> tuple[int, ...]:
    """How many letters at the beginning of ``word`` may be proclitics; at least two letters must be left.

    >>> clitic_choices("وبغداد"), clitic_choices("باريس"), clitic_choices("دمشق")
    ((0, 1, 2), (0, 1), (0,))
    """
    found = [0]
    if len(word) >= 3 and word[0] in FIRST_CLITICS + SECOND_CLITICS:
        found.append(1)
        if len(word) >= 4 and word[0] in FIRST_CLITICS and word[1] in SECOND_CLITICS:
            found.append(2)
    return tuple(found)


def tag_units(text: str, start: int, end: int, spans: Iterable[tuple[int, int, str]], exact: bool) -> Sentence:
    """Cut ``text[start:end]`` into a sentence with the tags that ``spans`` (start, end, kind) give.

    ``exact``: spans begin behind proclitics, so their beginnings say how long these are; else that stays unknown.
    """
    units = tuple(split_units(text, start, end))
    tags, clitics = [0] * len(units), [UNKNOWN] * len(units)
    for first, last, kind in sorted(spans):
        inside = [i for i, unit in enumerate(units) if unit.start < last and unit.end > first]
        while inside and not units[inside[0]].text[0].isalnum():
            inside.pop(0)
        for place, i in enumerate(inside):
            tags[i] = TAGS.index(f"{'I' if place else 'B'}-{kind}")
        if inside:
            unit = units[inside[0]]
            choices = clitic_choices(unit.text)
            if exact:
                length = next((n for n in choices if skip_letters(text, unit.start, unit.end, n) >= first), None)
                clitics[inside[0]] = UNKNOWN if length is None else length
            elif choices == (0,):
                clitics[inside[0]] = 0
    return Sentence(units, tuple(tags), tuple(clitics), text)


def spans_of(sentence: Sentence) -> list[tuple[int, int, str]]:
    """The names of a sentence as (first word, end word, kind)."""
    found: list[tuple[int, int, str]] = []
    for i, tag in enumerate(sentence.tags):
        name = TAGS[tag]
        if name[0] == "B":
            found.append((i, i + 1, name[2:]))
        elif name[0] == "I":
            first, _, kind = found[-1]
            found[-1] = (first, i + 1, kind)
    return found


def settle_clitics(stories: Sequence[Story]) -> list[Story]:
    """Fill unknown lengths of clitics where other names decide: the whole first word begins names, or only the rest does."""
    whole: set[str] = set()
    for story in stories:
        for sentence in story.sentences:
            for first, _, _ in spans_of(sentence):
                word, length = sentence.units[first].text, sentence.clitics[first]
                if length >= 0:
                    whole.add(word[length:])
    times: dict[str, int] = {}
    for story in stories:
        for sentence in story.sentences:
            for first, _, _ in spans_of(sentence):
                word = sentence.units[first].text
                times[word] = times.get(word, 0) + 1
    settled = []
    for story in stories:
        sentences = []
        for sentence in story.sentences:
            clitics = list(sentence.clitics)
            for first, _, _ in spans_of(sentence):
                if clitics[first] == UNKNOWN:
                    clitics[first] = _decide(sentence.units[first].text, whole, times)
            sentences.append(replace(sentence, clitics=tuple(clitics)))
        settled.append(Story(story.style, story.lang, tuple(sentences), story.name))
    return settled


def _decide(word: str, whole: set[str], times: dict[str, int]) -> int:
    known = [
        n for n in clitic_choices(word) if n and (word[n:] in whole or (word[n - 1 : n + 1] == "لل" and f"ا{word[n:]}" in whole))
    ]
    if word in whole:
        return 0 if not known else UNKNOWN
    if known:
        return known[-1]
    return 0 if times.get(word, 0) >= 3 else UNKNOWN
