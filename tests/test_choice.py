"""The choice of arguments among candidates: the ranker's arithmetic, and whom an article in our own words concerns."""

from __future__ import annotations

import numpy as np
import pytest

from kg.extract.choice import best_of
from kg.extract.nearby import Candidate
from kg.extract.ranker import Ranker, load_ranker
from kg.model import Span
from training.roles.articles import as_gold
from training.roles.examples import FIELDS, Example
from training.roles.fit import Settings, fit

RANKER = Ranker("agent", {"near": 2.0, "far": -1.0}, {"type:arrest": 1.0}, 0.0, 0.4, {"xx": 0.9})


def candidate(value: str, *seen: str, ruled: bool = False) -> Candidate:
    return Candidate(value, Span(0, 1), seen, ruled)


def test_probabilities_share_one_with_none() -> None:
    near, far = RANKER.probabilities([("near",), ("far",)])
    none = 1 - near - far
    assert near > none > far > 0
    assert RANKER.probabilities([("near",)], ("type:arrest",))[0] < RANKER.probabilities([("near",)])[0]
    assert RANKER.probabilities([]) == ()


def test_an_observation_counts_once_and_an_unknown_one_not_at_all() -> None:
    assert RANKER.probabilities([("near", "near", "never seen")]) == RANKER.probabilities([("near",)])


def test_extreme_weights_neither_overflow_nor_lose_the_order() -> None:
    wild = Ranker("agent", {"a": 1e9, "b": -1e9}, {}, 0.0, 0.4, {})
    high, low = wild.probabilities([("a",), ("b",)])
    assert high == pytest.approx(1.0)
    assert 0 <= low < 1e-9


def test_thresholds_of_a_language_go_first() -> None:
    assert (RANKER.needed("xx"), RANKER.needed("yy")) == (0.9, 0.4)


def test_candidates_of_one_value_add_up() -> None:
    two = [candidate("2031-05-03"), candidate("2031-05-04"), candidate("2031-05-03")]
    assert best_of(two, (0.25, 0.3, 0.25), (), 0.4) == 0
    assert best_of(two, (0.15, 0.3, 0.05), (), 0.4) is None


def test_what_the_grammar_chose_needs_half_as_much() -> None:
    assert best_of([candidate("e1")], (0.25,), (), 0.4) is None
    assert best_of([candidate("e1", ruled=True)], (0.25,), (), 0.4) == 0


def test_coordinated_names_stand_together() -> None:
    three = [candidate("e1"), candidate("e2"), candidate("e3")]
    assert best_of(three, (0.25, 0.25, 0.4), ("e1", "e2"), 0.45) == 0


@pytest.mark.parametrize("role", sorted(FIELDS))
def test_each_role_has_weights(role: str) -> None:
    ranker = load_ranker(role)
    assert ranker.weights
    assert 0 < ranker.threshold < 1


def test_the_fit_learns_what_tells_right_from_wrong_and_from_none() -> None:
    def example(number: int, filled: bool) -> Example:
        seen = ("by",) if filled else ("of",)
        offered = (candidate("e1", *seen), candidate("e2", "of"))
        return Example(str(number), "en", True, filled, offered, ("type:arrest",), (), (filled, False), None)

    ranker = fit("agent", [example(n, n % 2 == 0) for n in range(40)], Settings(0.5))
    by, of = ranker.probabilities([("by",), ("of",)], ("type:arrest",))
    assert by > 0.7
    assert of < 0.15
    assert sum(ranker.probabilities([("of",), ("of",)], ("type:arrest",))) < 0.3
    assert np.isfinite(list(ranker.weights.values())).all()


def test_a_marked_text_becomes_a_record() -> None:
    row = {
        "lang": "en",
        "key": "7",
        "text": "Held Anna",
        "published": None,
        "actions": [{"type": "arrest", "modality": "actual", "triggers": [[0, 4]], "target": [[[5, 9]]], "agent": []}],
        "unsure": [],
    }
    record = as_gold(row, "en_news-7")
    assert record["id"] == "en_news-7"
    assert record["roles"] == ("target", "agent")
    assert record["actions"][0]["target"] == ["e0"]
    assert record["entities"] == [{"id": "e0", "mentions": [[5, 9]]}]
