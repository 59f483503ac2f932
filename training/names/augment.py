"""Variants of a sentence for training: other names in the same place, clitics, spelling, case, missing punctuation."""

from __future__ import annotations

from random import Random

from kg.mention.pieces import Unit
from training.names.examples import TAGS, UNKNOWN, Sentence, clitic_choices, spans_of
from training.names.pools import Name, Pools

# Shares of sentences or names that are changed.
REPLACED, LATIN, CLITIC, PLAIN_HAMZA, PLAIN_ENDS, UPPER, LOWER, UNMARKED = 0.25, 0.04, 0.06, 0.15, 0.05, 0.04, 0.03, 0.06
_HAMZA = str.maketrans("أإآ", "ااا")
_ENDS = str.maketrans("ىة", "يه")
_PROCLITICS = ("و", "ب", "ل", "ف", "ك", "وب", "ول", "فب", "ول")
_ARTICLE = "ال"


def vary(sentence: Sentence, lang: str, pools: Pools, rng: Random, has_clitics: bool) -> Sentence:
    """A variant of ``sentence``; ``has_clitics`` tells that its language writes proclitics together with names."""
    sentence = _replace_names(sentence, lang, pools, rng, has_clitics)
    units, tags, clitics = list(sentence.units), list(sentence.tags), list(sentence.clitics)
    if has_clitics:
        for i, length in enumerate(clitics):
            if length == 0 and units[i].spaced and units[i].text[0] >= "\u0620" and rng.random() < CLITIC:
                prefix = rng.choice(_PROCLITICS)
                text = attach(prefix, units[i].text)
                if len(prefix) in clitic_choices(text):
                    units[i] = _with_text(units[i], text)
                    clitics[i] = len(prefix)
        if rng.random() < PLAIN_HAMZA:
            units = [_with_text(unit, unit.text.translate(_HAMZA)) for unit in units]
        if rng.random() < PLAIN_ENDS:
            units = [_with_text(unit, unit.text.translate(_ENDS)) for unit in units]
    else:
        draw = rng.random()
        if draw < UPPER:
            units = [_with_text(unit, unit.text.upper()) for unit in units]
        elif draw < UPPER + LOWER:
            units = [_with_text(unit, unit.text.lower()) for unit in units]
    if rng.random() < UNMARKED:
        kept = [i for i, unit in enumerate(units) if tags[i] or unit.text[0].isalnum()]
        units, tags, clitics = [units[i] for i in kept], [tags[i] for i in kept], [clitics[i] for i in kept]
    return Sentence(tuple(units), tuple(tags), tuple(clitics))


def attach(prefix: str, word: str) -> str:
    """``word`` with a proclitic; before ``ل`` the alif of the article falls away.

    >>> attach("ل", "العراق"), attach("وب", "بغداد")
    ('للعراق', 'وببغداد')
    """
    if prefix.endswith("ل") and word.startswith(_ARTICLE) and len(word) > 3:
        return prefix + word[1:]
    return prefix + word


def _with_text(unit: Unit, text: str) -> Unit:
    return Unit(unit.start, unit.end, unit.spaced, text)


def _replace_names(sentence: Sentence, lang: str, pools: Pools, rng: Random, has_clitics: bool) -> Sentence:
    names = spans_of(sentence)
    if not names:
        return sentence
    units: list[Unit] = []
    tags: list[int] = []
    clitics: list[int] = []
    place = 0
    for first, last, kind in names:
        units.extend(sentence.units[place:first])
        tags.extend(sentence.tags[place:first])
        clitics.extend(sentence.clitics[place:first])
        length = sentence.clitics[first]
        other = _draw(kind, lang, pools, rng, has_clitics) if length != UNKNOWN and rng.random() < REPLACED else None
        if other is None:
            units.extend(sentence.units[first:last])
            tags.extend(sentence.tags[first:last])
            clitics.extend(sentence.clitics[first:last])
        else:
            prefix = sentence.units[first].text[:length]
            head = attach(prefix, other[0].text)
            if length not in clitic_choices(head):
                head, length = other[0].text, 0
            units.append(Unit(0, 0, sentence.units[first].spaced, head))
            units.extend(other[1:])
            tags.extend(TAGS.index(f"{'I' if i else 'B'}-{kind}") for i in range(len(other)))
            clitics.extend([length] + [UNKNOWN] * (len(other) - 1))
        place = last
    units.extend(sentence.units[place:])
    tags.extend(sentence.tags[place:])
    clitics.extend(sentence.clitics[place:])
    return Sentence(tuple(units), tuple(tags), tuple(clitics))


def _draw(kind: str, lang: str, pools: Pools, rng: Random, has_clitics: bool) -> Name | None:
    source = "en" if has_clitics and kind != "LOC" and rng.random() < LATIN / REPLACED else lang
    lists = pools.get((kind, source))
    if not lists:
        return None
    return rng.choice(rng.choice(lists))
