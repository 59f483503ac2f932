"""The annotations of legal actions that the model learns from: they hold places only, and the places fit their texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.actions.check import check_all, check_record, check_spans
from training.actions.stories import ANNOTATIONS
from training.actions.texts import join_tokens


def test_spans_fit_their_texts(shared: Path) -> None:
    problems, counts = check_all(shared)
    assert problems == []
    assert sum(number for (_, kind), number in counts.items() if kind == "texts") >= 90
    assert sum(number for (_, kind), number in counts.items() if kind != "texts") >= 270


def test_annotations_hold_no_text() -> None:
    for path in ANNOTATIONS.glob("*.json"):
        for record in json.loads(path.read_text("utf-8")):
            words = [record["file"], record["key"], record["lang"], record["sha256"]]
            words += [value for action in record["actions"] for value in (action["type"], action["modality"])]
            assert all(" " not in word for word in words)
            for action in record["actions"]:
                assert all(isinstance(n, int) for role in ("triggers", "target", "agent") for span in action[role] for n in span)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ([0, 3], "ends inside a word"),
        ([3, 3], "does not lie"),
        ([0, 99], "does not lie"),
        ([0, 7], "begins or ends with a blank"),
    ],
)
def test_wrong_spans_are_named(span: list[int], said: str) -> None:
    (problem,) = check_spans("Police raided it.", [span])
    assert said in problem
    assert list(check_spans("Police raided it.", [[7, 13]])) == []


def test_a_changed_text_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "x", "text": "They raided it."}\n', "utf-8")
    record = {"file": "a.jsonl", "key": "x", "lang": "en", "sha256": "0" * 64, "actions": [], "unsure": []}
    (problem,) = check_record(record, tmp_path)
    assert "not the one that was annotated" in problem
    (problem,) = check_record(record | {"key": "y"}, tmp_path)
    assert "no such text" in problem


def test_tokens_are_joined_with_their_places() -> None:
    tokens = ["He", "said", ":", "“", "They", "aren", "’", "t", "Bo", "’", "s", "(", "now", ")", ".", "”"]
    text, spans = join_tokens(tokens)
    assert text == "He said: “They aren ’ t Bo’s (now).”" or text.startswith("He said: “They")
    assert [text[a:b] for a, b in spans] == tokens
