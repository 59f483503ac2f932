"""A model beside the patterns: what it thinks of each word, and how that changes the triggers that patterns found.

A folder holds the model (int8 ONNX), its vocabulary and ``config.json``, which says for each language whether the model has a
say: ``drop`` is the probability below which a trigger of a pattern is dropped, ``add`` the one above which words that no pattern
matched become a trigger. ``training/actions`` makes such folders and shows by cross-validation what they gain; none ships yet.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Protocol

import numpy as np
import numpy.typing as npt

from kg.errors import ConfigurationError
from kg.extract.patterns import Pattern, pattern_book
from kg.extract.roles import ALWAYS_OF_SOMEBODY
from kg.extract.sentences import View
from kg.extract.triggers import Trigger
from kg.mention.decode import log_softmax
from kg.mention.encoder import Scorer, open_session
from kg.mention.pieces import PieceReader, split_units
from kg.mention.windows import batches, make_windows
from kg.model import ActionType, Article, Span

AND_MODEL = " + model"
"""Behind the id of a pattern whose trigger the model takes for one too."""
BY_MODEL = "model."
"""Before the type, as the id of a trigger that the model alone found."""
Probabilities = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Policy:
    """What the model may do in a language; ``agrees`` is the probability from which it is named beside the pattern."""

    drop: float = 0.0
    add: float = 1.0
    agrees: float = 0.5


@dataclass(frozen=True)
class Settings:
    """What ``config.json`` says: the types in the order of the scores (behind that for no action), and the policies."""

    types: tuple[ActionType, ...]
    policies: Mapping[str, Policy]
    size: int = 128
    longest: int = 256
    overlap: int = 24
    batch: int = 1024
    version: str = ""


@dataclass(frozen=True)
class Scored:
    """Probabilities for the words of an article: ``places`` in order, one row each; the first column is no action."""

    types: tuple[ActionType, ...]
    places: tuple[tuple[int, int], ...]
    rows: Probabilities

    def words(self, span: Span) -> range:
        """The numbers of the words that overlap ``span``."""
        first = bisect_left(self.places, (span.start, 0))
        while first > 0 and self.places[first - 1][1] > span.start:
            first -= 1
        last = first
        while last < len(self.places) and self.places[last][0] < span.end:
            last += 1
        return range(first, last)

    def of(self, span: Span, kind: ActionType) -> float:
        """The highest probability of ``kind`` among the words of ``span``; 0 where it has none."""
        words = self.words(span)
        return float(self.rows[words.start : words.stop, 1 + self.types.index(kind)].max()) if words else 0.0

    def runs(self, span: Span, least: float) -> Iterator[tuple[Span, ActionType, float]]:
        """Runs of words of ``span`` that have the same type with a probability of ``least`` or more, with the highest one."""
        words = self.words(span)
        number = words.start
        while number < words.stop:
            best = int(self.rows[number].argmax())
            if best == 0 or self.rows[number, best] < least:
                number += 1
                continue
            last = number + 1
            while last < words.stop and int(self.rows[last].argmax()) == best:
                last += 1
            highest = float(self.rows[number:last, best].max())
            yield Span(self.places[number][0], self.places[last - 1][1]), self.types[best - 1], highest
            number = last


def read_settings(path: Path) -> Settings:
    """Read ``config.json``.

    Raises:
        ConfigurationError: it is missing or not as expected.
    """
    try:
        data = json.loads(path.read_text("utf-8"))
        numbers = {name: int(data[name]) for name in ("size", "longest", "overlap", "batch") if name in data}
        return Settings(
            types=tuple(ActionType(name) for name in data["types"]),
            policies={lang: Policy(**values) for lang, values in data["policies"].items()},
            version=str(data.get("version", "")),
            **numbers,
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ConfigurationError(
            f"{path}: the settings of the actions model are missing or broken ({error}); install anew"
        ) from error


@dataclass(frozen=True)
class ActionTagger:
    """Settings, vocabulary and model together."""

    settings: Settings
    reader: PieceReader
    scorer: Scorer

    def score(self, text: str, sentences: Sequence[Span], only: Sequence[Span] | None = None) -> Scored:
        """What the model thinks of the words of ``sentences``; neighbouring sentences serve as context.

        With ``only`` the windows that hold none of these spans are left unread, and their words without probabilities.
        """
        settings = self.settings
        units = [tuple(split_units(text, span.start, span.end)) for span in sentences]
        windows = list(make_windows(units, self.reader, settings.size, settings.longest, settings.overlap))
        if only is not None:
            windows = [w for w in windows if any(s.start < w.units[-1].end and w.units[0].start < s.end for s in only)]
        places: list[tuple[int, int]] = []
        rows: list[Probabilities] = []
        for group in batches(windows, settings.batch):
            length = max(len(window.ids) for window in group)
            ids, kept = np.ones((len(group), length), np.int64), np.zeros((len(group), length), np.int64)
            for row, window in enumerate(group):
                ids[row, : len(window.ids)] = window.ids
                kept[row, : len(window.ids)] = 1
            scores = self.scorer(ids, np.zeros(len(group), np.int64), kept)
            for row, window in enumerate(group):
                own = range(*window.sure)
                places.extend((window.units[n].start, window.units[n].end) for n in own)
                rows.append(np.exp(log_softmax(scores[row, [window.first[n] for n in own]])))
        order = sorted(range(len(places)), key=places.__getitem__)
        stacked = np.concatenate(rows) if rows else np.zeros((0, 1 + len(settings.types)), np.float32)
        return Scored(settings.types, tuple(places[n] for n in order), stacked[order])


def revise(
    view: View, triggers: Sequence[Trigger], scored: Scored, policy: Policy, own: Mapping[ActionType, Pattern]
) -> tuple[Trigger, ...]:
    """The triggers of a sentence once the model has spoken: very unlikely ones are left out, sure ones of its own added.

    The id of a trigger's pattern says who found it: the pattern's alone, followed by ``AND_MODEL``, or ``BY_MODEL`` and the type.
    ``own`` are the patterns of the model's triggers (``model_patterns``).
    """
    kept = []
    for trigger in triggers:
        probability = scored.of(trigger.span, trigger.pattern.type)
        if probability >= policy.agrees:
            kept.append(replace(trigger, pattern=replace(trigger.pattern, id=trigger.pattern.id + AND_MODEL)))
        elif probability >= policy.drop:
            kept.append(trigger)
    if policy.add < 1.0:
        for span, kind, probability in scored.runs(view.span, policy.add):
            words = view.words_in(span)
            if words and kind in own and not any(trigger.span.overlaps(span) for trigger in triggers):
                kept.append(_own_trigger(view, span, words, own[kind], probability))
    return tuple(sorted(kept, key=lambda t: (t.span, t.pattern.id)))


def _own_trigger(view: View, span: Span, words: range, pattern: Pattern, probability: float) -> Trigger:
    tokens = view.document.tokens
    verbs = [n for n in words if tokens[view.words[n].token].pos == "VERB"]
    head = (verbs or list(words))[0]
    pattern = replace(pattern, confidence=round(min(pattern.confidence, probability), 4))
    return Trigger(pattern, span, (words.start, words.stop), head, "", False)


@cache
def model_patterns(code: str) -> Mapping[ActionType, Pattern]:
    """The patterns that stand for the model's own triggers in a language: the roles that most patterns of a type have.

    A type that always concerns somebody needs its target.
    """
    patterns = pattern_book(code).patterns
    made = {}
    for kind in ActionType:
        alike = [p for p in patterns if p.type is kind]
        if not alike:
            continue
        frames = Counter(tuple(p.roles.items()) for p in alike)
        lead = max(alike, key=lambda p: (frames[tuple(p.roles.items())], p.confidence))
        made[kind] = replace(
            lead,
            id=f"{BY_MODEL}{kind.value}",
            phrases=(),
            modality=None,
            needs=("target",) if kind in ALWAYS_OF_SOMEBODY else (),
            role_kinds={},
        )
    return made


@cache
def open_settings(path: Path) -> Settings:
    """The settings of the model in the folder ``path``, read once.

    Raises:
        ConfigurationError: they are missing or broken.
    """
    return read_settings(path / "config.json")


@cache
def open_tagger(path: Path, threads: int | None = None) -> ActionTagger:
    """The model in the folder ``path``, opened once.

    Raises:
        ConfigurationError: a file is missing or broken.
    """
    session = open_session(path / "model.onnx", threads)
    return ActionTagger(open_settings(path), PieceReader(path / "tokenizer.json"), session)


class Judge(Protocol):
    """Has a say in which triggers of an article count."""

    def revise(
        self, article: Article, views: Sequence[View], found: Sequence[tuple[Trigger, ...]]
    ) -> Sequence[tuple[Trigger, ...]]:
        """The triggers of each sentence in ``views``, from those that patterns ``found`` there."""
        ...


@dataclass(frozen=True)
class ModelJudge:
    """The model in the folder ``path`` as judge, in the languages that it has a policy for; opened when first needed.

    Where it may only drop triggers, it reads the windows that have some, and nothing of an article without.

    Raises:
        ConfigurationError: when asked, if a file is missing or broken.
    """

    path: Path
    threads: int | None = None

    def revise(
        self, article: Article, views: Sequence[View], found: Sequence[tuple[Trigger, ...]]
    ) -> Sequence[tuple[Trigger, ...]]:
        """What the model makes of ``found``; the same in a language that it has no say in."""
        policy = open_settings(self.path).policies.get(article.lang)
        spans = [trigger.span for triggers in found for trigger in triggers]
        if policy is None or (policy.add >= 1.0 and not spans):
            return found
        only = spans if policy.add >= 1.0 else None
        scored = open_tagger(self.path, self.threads).score(article.text, [view.span for view in views], only)
        own = model_patterns(article.lang)
        return [revise(view, triggers, scored, policy, own) for view, triggers in zip(views, found, strict=True)]
