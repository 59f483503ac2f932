"""The annotations of legal actions that the model learns from: they hold places only, and the places fit their texts."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from training.actions.check import check_all, check_record, check_spans, spans_of
from training.actions.mark import ANNOTATIONS, MarkError, find_names, find_quote, read_mark
from training.actions.texts import join_tokens


def test_spans_fit_their_texts(shared: Path) -> None:
    problems, counts = check_all(shared)
    assert problems == []
    assert sum(number for (_, kind), number in counts.items() if kind == "texts") >= 90
    assert sum(number for (_, kind), number in counts.items() if kind != "texts") >= 270


def test_annotations_of_texts_that_are_not_ours_hold_no_words() -> None:
    for path in ANNOTATIONS.glob("[a-z][a-z]_*.json"):
        for record in json.loads(path.read_text("utf-8")):
            words = [record["file"], record["key"], record["lang"], record["sha256"]]
            words += [value for action in record["actions"] for value in action.values() if isinstance(value, str)]
            assert all(" " not in word for word in words)
            places = [n for action in record["actions"] for _, spans in spans_of(action) for span in spans for n in span]
            assert all(isinstance(n, int) for n in places)


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


MARKED = {
    "lang": "en",
    "published": "2024-03-06",
    "text": "Rosa Delgado released\nA judge on Tuesday released Rosa Delgado. Delgado was charged with fraud in May.",
}


def test_quotes_become_places() -> None:
    action = {"type": "release", "modality": "actual", "triggers": ["Tuesday [released]"], "target": ["Rosa Delgado|Delgado"]}
    (found,) = read_mark(MARKED | {"actions": [action]}, Path())["actions"]
    text = MARKED["text"]
    assert [text[a:b] for a, b in found["triggers"]] == ["released"]
    assert found["triggers"][0][0] > text.index("\n")
    assert [[text[a:b] for a, b in places] for places in found["target"]] == [["Rosa Delgado", "Rosa Delgado", "Delgado"]]
    assert found["offence"] is None
    assert found["place"] == []


@pytest.mark.parametrize(("quote", "said"), [("released", "2 times"), ("[jailed]", "0 times"), ("releas", "0 times")])
def test_quotes_that_do_not_fit_are_named(quote: str, said: str) -> None:
    with pytest.raises(MarkError, match=said):
        find_quote(MARKED["text"], quote)


def test_names_in_arabic_stand_behind_proclitics() -> None:
    text = "أفرجت الشرطة عن سامي ولسامي محام"
    assert [text[a:b] for a, b in find_names(text, "سامي")] == ["سامي", "سامي"]
    with pytest.raises(MarkError, match="does not stand"):
        find_names(text, "ليلى")
