"""The model beside the patterns: how its probabilities change what patterns found. The sentences are our own."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from kg.errors import ConfigurationError
from kg.extract.actions import ExtractStage
from kg.extract.patterns import pattern_book
from kg.extract.sentences import View, build_views
from kg.extract.tagger import AND_MODEL, BY_MODEL, Policy, Scored, model_patterns, read_settings, revise
from kg.extract.triggers import Trigger, find_triggers
from kg.lang.pack import load_pack
from kg.mention.pieces import split_units
from kg.model import ActionType, Analysis, Article, Span
from kg.parse.rules import RuleParser

TYPES = tuple(ActionType)
TEXT = "Police arrested the baker on Monday. A judge later let him walk away."


def scored(text: str, said: dict[str, tuple[ActionType, float]]) -> Scored:
    """Probabilities as a model would give them: ``said`` by word, everything else is surely no action."""
    units = list(split_units(text))
    rows = np.zeros((len(units), 1 + len(TYPES)), np.float32)
    for row, unit in zip(rows, units, strict=True):
        kind, probability = said.get(unit.text, (TYPES[0], 0.0))
        row[1 + TYPES.index(kind)] = probability
        row[0] = 1 - probability
    return Scored(TYPES, tuple((unit.start, unit.end) for unit in units), rows)


def views_of(text: str) -> tuple[View, ...]:
    article = Article("t", text, (Span(0, len(text)),), "en")
    return build_views(text, RuleParser(load_pack("en"))(article), (), article.body, {}, None)


@pytest.mark.parametrize(
    ("probability", "policy", "expected"),
    [
        (0.9, Policy(drop=0.1), [("arrested", AND_MODEL)]),
        (0.3, Policy(drop=0.1), [("arrested", "")]),
        (0.05, Policy(drop=0.1), []),
        (0.0, Policy(), [("arrested", "")]),
    ],
)
def test_the_model_judges_what_a_pattern_found(probability: float, policy: Policy, expected: list[tuple[str, str]]) -> None:
    view = views_of(TEXT)[0]
    triggers = find_triggers(view, pattern_book("en"))
    said = scored(TEXT, {"arrested": (ActionType.ARREST, probability)})
    found = revise(view, triggers, said, policy, model_patterns("en"))
    assert [t.span.of(TEXT) for t in triggers] == ["arrested"]
    ids = [t.pattern.id.removeprefix(triggers[0].pattern.id) for t in found]
    assert list(zip([t.span.of(TEXT) for t in found], ids, strict=True)) == expected


@pytest.mark.parametrize(("probability", "add", "count"), [(0.95, 0.9, 1), (0.85, 0.9, 0), (0.95, 1.0, 0)])
def test_sure_words_become_a_trigger(probability: float, add: float, count: int) -> None:
    view = views_of(TEXT)[1]
    said = scored(TEXT, dict.fromkeys(("walk", "away"), (ActionType.RELEASE, probability)))
    found = revise(view, (), said, Policy(add=add), model_patterns("en"))
    assert len(found) == count
    for trigger in found:
        assert trigger.span.of(TEXT) == "walk away"
        assert trigger.pattern.id == f"{BY_MODEL}release"
        assert trigger.pattern.needs == ("target",)
        assert trigger.pattern.confidence <= probability


def test_the_model_adds_nothing_over_a_pattern() -> None:
    view = views_of(TEXT)[0]
    said = scored(TEXT, {"arrested": (ActionType.DETENTION, 0.99)})
    found = revise(view, find_triggers(view, pattern_book("en")), said, Policy(add=0.5), model_patterns("en"))
    assert [t.pattern.type for t in found] == [ActionType.ARREST]


def test_words_are_found_by_place() -> None:
    said = scored(TEXT, {"walk": (ActionType.RELEASE, 0.7)})
    start = TEXT.index("walk")
    assert said.of(Span(start - 4, start + 2), ActionType.RELEASE) == pytest.approx(0.7)
    assert said.of(Span(start, start + 4), ActionType.ARREST) == 0
    assert said.of(Span(len(TEXT) + 5, len(TEXT) + 9), ActionType.RELEASE) == 0
    assert not said.words(Span(start + 4, start + 5))


@pytest.mark.parametrize("lang", ["ar", "fr", "en"])
def test_every_type_has_roles_for_what_the_model_finds(lang: str) -> None:
    own = model_patterns(lang)
    assert set(own) == set(ActionType)
    assert all({"target", "matter", "agent"} & set(pattern.roles.values()) for pattern in own.values())


@dataclass(frozen=True)
class Says:
    """A judge with fixed probabilities."""

    said: dict[str, tuple[ActionType, float]]
    policy: Policy

    def revise(
        self, article: Article, views: Sequence[View], found: Sequence[tuple[Trigger, ...]]
    ) -> Sequence[tuple[Trigger, ...]]:
        result, own = scored(article.text, self.said), model_patterns(article.lang)
        return [revise(view, triggers, result, self.policy, own) for view, triggers in zip(views, found, strict=True)]


def test_reports_say_who_found_them() -> None:
    article = Article("t", TEXT, (Span(0, len(TEXT)),), "en")
    analysis = Analysis(article, RuleParser(load_pack("en"))(article), entities=())
    plain = ExtractStage()(analysis).reports or ()
    both = ExtractStage(Says({"arrested": (ActionType.ARREST, 0.9)}, Policy(drop=0.5)))(analysis).reports or ()
    none = ExtractStage(Says({}, Policy(drop=0.5)))(analysis).reports or ()
    assert [r.pattern for r in both] == [r.pattern + AND_MODEL for r in plain]
    assert plain and not none


@pytest.mark.parametrize(
    "text", ["", "{}", '{"types": ["theft"], "policies": {}}', '{"types": [], "policies": {"en": {"x": 1}}}']
)
def test_broken_settings_are_named(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.json"
    path.write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match="actions model"):
        read_settings(path)


def test_settings_are_read(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps({"types": ["arrest"], "policies": {"en": {"drop": 0.1}}, "size": 64, "version": "v"}), "utf-8")
    settings = read_settings(path)
    assert settings.policies == {"en": Policy(drop=0.1)}
    assert (settings.types, settings.size, settings.version) == ((ActionType.ARREST,), 64, "v")
