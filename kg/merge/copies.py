"""Articles that are one text: agency copy that several papers print, found by MinHash.

Two articles of one language are copies if their sets of three words in a row are alike by half (Jaccard), or the shorter is
nearly contained in the longer, a paper having cut its end. Pairs are looked for with MinHash in bands (Broder, On the
resemblance and containment of documents, 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, 3.4) and measured
exactly, so that chance decides nothing but which pairs of less than about .4 are measured at all. Seeds are fixed: the same
articles in any order give the same copies.

Texts from one form with other names in it (a court's daily list) are no copies: where both name people, they must share one.
"""

from __future__ import annotations

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from kg.lang.fold import fold_word
from kg.model import Analysis, Kind

WORDS = 3
"""Words in a row that make one feature."""
FEWEST = 20
"""Features that an article must have: shorter ones are alike by chance."""
ALIKE = 0.5
"""Share of the features of both (Jaccard) from which they are copies."""
CONTAINED = 0.85
"""Share of the features of the shorter one that the longer has, from which they are copies."""
BANDS, ROWS = 42, 3
"""Two articles are compared if the ``ROWS`` smallest hashes of one of the ``BANDS`` agree."""

Features = np.ndarray[Any, np.dtype[np.uint64]]

# Scripts without blanks between words count by letter: Chinese, Japanese, Thai, Lao, Khmer, Burmese.
_UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_MARKS = "\u0300-\u036f\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed"
_TOKEN = re.compile(rf"[{_UNSPACED}]|(?:(?![{_UNSPACED}])[^\W_]|[{_MARKS}])+")
_ODD = np.uint64(0x9E3779B97F4A7C15)


def find_copies(analyses: Iterable[Analysis]) -> tuple[tuple[str, str], ...]:
    """Pairs of article ids: a copy, and the article that stands for all that are alike; sorted.

    That is the one published first, of equals the first by id. It is a copy of none, and each of its copies is like it:
    likeness is not passed on from copy to copy.
    """
    ordered = sorted(analyses, key=lambda a: (a.article.published or "9", a.article.id))
    candidates = _candidates(ordered)
    features: dict[int, Features] = {}
    people: dict[int, frozenset[str]] = {}
    original: dict[int, int] = {}
    for number in sorted(candidates):
        for other in sorted(candidates[number]):
            if other >= number:
                break
            if other in original or ordered[other].article.lang != ordered[number].article.lang:
                continue
            for one in (other, number):
                if one not in features:
                    features[one], people[one] = features_of(ordered[one]), _people(ordered[one])
            if alike(features[other], features[number]) and not _strangers(people[other], people[number]):
                original[number] = other
                break
    return tuple(sorted((ordered[copy].article.id, ordered[first].article.id) for copy, first in original.items()))


def alike(first: Features, second: Features) -> bool:
    """Whether two articles with these features are one text."""
    if min(first.size, second.size) < FEWEST:
        return False
    shared = int(np.intersect1d(first, second, assume_unique=True).size)
    return shared >= ALIKE * (first.size + second.size - shared) or shared >= CONTAINED * min(first.size, second.size)


def features_of(analysis: Analysis) -> Features:
    """The hashes of all ``WORDS`` words in a row in the article's body, each once, in order."""
    text = analysis.article.text
    words = [_hash(word) for span in analysis.article.body for word in _TOKEN.findall(text, span.start, span.end)]
    if len(words) < WORDS:
        return np.empty(0, np.uint64)
    hashes = np.array(words, np.uint64)
    rows = hashes.size - WORDS + 1
    mixed = np.zeros(rows, np.uint64)
    for place in range(WORDS):
        mixed = _mixed(mixed * _ODD + hashes[place : place + rows])
    return np.unique(mixed)


def _candidates(ordered: Sequence[Analysis]) -> dict[int, set[int]]:
    """For each article the others that share a band with it."""
    bands = np.zeros((len(ordered), BANDS), np.uint64)
    usable = np.zeros(len(ordered), bool)
    seeds = _mixed(np.arange(1, BANDS * ROWS + 1, dtype=np.uint64) * _ODD)[:, np.newaxis]
    factors = _mixed(seeds) | np.uint64(1)
    for number, analysis in enumerate(ordered):
        features = features_of(analysis)
        if features.size >= FEWEST:
            usable[number] = True
            smallest = ((features ^ seeds) * factors).min(axis=1).reshape(BANDS, ROWS)
            for row in range(ROWS):
                bands[number] = _mixed(bands[number] * _ODD + smallest[:, row])
    out: dict[int, set[int]] = defaultdict(set)
    for band in range(BANDS):
        places = np.flatnonzero(usable)
        order = places[np.argsort(bands[places, band], kind="stable")]
        values = bands[order, band]
        starts = np.flatnonzero(np.r_[True, values[1:] != values[:-1]]) if values.size else np.empty(0, int)
        for group in np.split(order, starts[1:]):
            if group.size > 1:
                # The first stands for the group, as it will if they are copies; neighbours cover groups that chance made.
                numbers = sorted(map(int, group))
                for place, number in enumerate(numbers[1:], 1):
                    out[number].update(numbers[max(0, place - NEAREST) : place])
                    out[number].update(numbers[:NEAREST])
    return out


NEAREST = 50
"""Articles of one band with which each is compared, from the first and from the last before it."""


def _people(analysis: Analysis) -> frozenset[str]:
    """The words of the names of people."""
    names = (entity.name for entity in analysis.entities or () if entity.kind is Kind.PERSON)
    return frozenset(word for name in names for word in _TOKEN.findall(fold_word(name)) if len(word) > 2)


def _strangers(first: frozenset[str], second: frozenset[str]) -> bool:
    return bool(first and second) and not first & second


@lru_cache(maxsize=200_000)
def _hash(word: str) -> int:
    """A hash of the folded word, the same on every machine."""
    return int.from_bytes(hashlib.blake2b(fold_word(word).encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")


def _mixed(values: Features) -> Features:
    """The numbers well mixed: the last steps of SplitMix64 (Steele, Lea and Flood, 2014)."""
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    out: Features = values ^ (values >> np.uint64(31))
    return out
