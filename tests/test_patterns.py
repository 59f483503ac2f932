"""Every pattern of every language finds its own examples and lets its counter-examples pass."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from kg.errors import ConfigurationError
from kg.extract.grammar import grammar
from kg.extract.patterns import Pattern, compile_book, pattern_book
from kg.extract.sentences import build_views
from kg.extract.triggers import Trigger, find_triggers
from kg.extract.values import find_values
from kg.lang.pack import LanguagePack, action_languages, load_pack
from kg.mention.stage import MentionStage
from kg.model import ActionType, Analysis, Article, Entity, Span
from kg.parse.stage import load_parser

CASES = [pytest.param(code, pattern, id=pattern.id) for code in action_languages() for pattern in pattern_book(code).patterns]
"""Every pattern with its language; collecting this list compiles every book."""


@cache
def triggers(code: str, text: str) -> tuple[Trigger, ...]:
    """The triggers of ``text``, parsed by rules, with values and the names that the mention stage finds."""
    article = Article(id="x", text=text, body=(Span(0, len(text)),), lang=code, published="2020-06-15")
    document = load_parser(code, "rules")(article)
    analysis = MentionStage()(Analysis(article, document))
    entities = tuple(Entity(f"e{n}", m.kind, m.span.of(text), (m.span,)) for n, m in enumerate(analysis.mentions or ()))
    values = find_values(article, document, load_pack(code), None)
    layers = {index: found.layers for index, found in values.items()}
    views = build_views(text, document, entities, article.body, layers, None)
    # A pattern for headlines must be found where its example is one.
    views += tuple(replace(view, headline=True) for view in views)
    return tuple(trigger for view in views for trigger in find_triggers(view, pattern_book(code)))


def found(code: str, text: str) -> list[str]:
    """The ids of the patterns that match in ``text``, for messages too."""
    return sorted({trigger.pattern.id for trigger in triggers(code, text)})


@pytest.mark.parametrize(("code", "pattern"), CASES)
def test_examples_are_matched(code: str, pattern: Pattern) -> None:
    for example in pattern.examples:
        assert pattern.id in found(code, example["text"]), f"{example['text']!r} gives {found(code, example['text'])}"


@pytest.mark.parametrize(("code", "pattern"), CASES)
def test_counter_examples_are_not(code: str, pattern: Pattern) -> None:
    for text in pattern.counter_examples:
        assert pattern.id not in found(code, text), f"{text!r}"


@pytest.mark.parametrize(("code", "pattern"), CASES)
def test_ids_name_language_and_type(code: str, pattern: Pattern) -> None:
    assert pattern.id.startswith(f"{code}.{pattern.type.value}.")


@pytest.mark.parametrize("code", action_languages())
def test_every_type_has_a_pattern(code: str) -> None:
    assert {pattern.type for pattern in pattern_book(code).patterns} == set(ActionType)


@pytest.mark.parametrize("code", action_languages())
def test_the_grammar_has_what_arguments_and_modality_rest_on(code: str) -> None:
    words = grammar(code)
    for name in (
        "agentive",
        "locative",
        "prepositions",
        "authorities",
        "persons",
        "negation",
        "request",
        "possible",
        "speech",
        "offence",
    ):
        assert getattr(words, name), name


PATTERN: dict[str, object] = {
    "id": "fr.arrest.x",
    "type": "arrest",
    "phrases": ["{arrêter}"],
    "examples": ["On l'arrête."],
    "counter_examples": ["Rien."],
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"phrases": ["{zzz}"]}, "no paradigm"),
        ({"phrases": ["%nowhere"]}, "unknown set"),
        ({"phrases": ["#XYZ"]}, "unknown layer"),
        ({"phrases": ["..3 mot"]}, "begins or ends with a gap"),
        ({"phrases": ["mot|deux-mots"]}, "single words"),
        ({"phrases": []}, "no verbs, nouns or phrases"),
        ({"frame": "none"}, "unknown frame"),
        ({"type": "murder"}, "murder"),
        ({"colour": "red"}, "unknown key colour"),
        ({"examples": []}, "no examples"),
        ({"unless_before": ["("]}, "fr.arrest.x"),
    ],
)
def test_a_malformed_pattern_is_refused_by_name(change: dict[str, object], message: str) -> None:
    with pytest.raises(ConfigurationError, match=message) as caught:
        compile_book(_pack(PATTERN | change))
    assert "fr.arrest.x" in str(caught.value)


def test_an_id_used_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"used twice: fr\.arrest\.x"):
        compile_book(_pack(PATTERN, PATTERN))


def _pack(*patterns: dict[str, object]) -> LanguagePack:
    return replace(load_pack("fr"), patterns={"all": {"pattern": list(patterns)}})
