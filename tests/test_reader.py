"""The model that reads triggers in their surroundings. The sentences are our own."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from kg.errors import ConfigurationError
from kg.extract.reader import SHIPPED, ActionReader, Place, open_settings
from kg.extract.reading import ROLES, UNLIKELY, Reading, heard
from kg.extract.stretch import HEADLINE, OWN, SIZE, Stretch, stretch_around
from kg.mention.encoder import shipped_encoder
from kg.model import ActionType, Span

TEXT = (
    "Mayor of Brindale held\n"
    "Rain fell on Sunday. Police in Brindale arrested Tom Archer over fraud. His lawyer Ann Lowe denied it. "
    "Nobody else is sought."
)
SENTENCES = tuple(
    Span(TEXT.index(part), TEXT.index(part) + len(part))
    for part in (
        "Mayor of Brindale held",
        "Rain fell on Sunday.",
        "Police in Brindale arrested Tom Archer over fraud.",
        "His lawyer Ann Lowe denied it.",
        "Nobody else is sought.",
    )
)


def span_of(part: str, text: str = TEXT) -> Span:
    return Span(text.index(part), text.index(part) + len(part))


def words(stretch: Stretch, text: str = TEXT) -> list[str]:
    return [text[start:end] for start, end in stretch.places]


# -- what is read ----------------------------------------------------------------------------------------------------


def test_a_stretch_is_the_headline_what_goes_before_and_the_next_sentence() -> None:
    reader = shipped_encoder().reader
    read = stretch_around(TEXT, SENTENCES, 2, span_of("arrested"), 0, reader)
    said = words(read)
    assert said[:4] == ["Mayor", "of", "Brindale", "held"]
    assert said[4:6] == ["Rain", "fell"]
    assert said[-2:] == ["it", "."]
    number = said.index("arrested")
    assert read.marked[0] == read.first[number]
    assert read.marked == tuple(range(read.first[number], read.first[number + 1]))
    assert list(read.places) == sorted(read.places)


def test_a_headline_is_read_once() -> None:
    reader = shipped_encoder().reader
    for index, trigger in ((0, "held"), (1, "fell")):
        said = words(stretch_around(TEXT, SENTENCES, index, span_of(trigger), 0, reader))
        assert said.count("Mayor") == 1


@pytest.mark.parametrize("place", [0, 400, 799])
def test_a_long_sentence_is_cut_around_its_trigger(place: int) -> None:
    reader = shipped_encoder().reader
    parts = ["said"] * 800
    parts[place] = "arrested"
    text = "A headline of many words " * 40 + "\n" + " ".join(parts)
    cut = text.index("\n")
    read = stretch_around(text, [Span(0, cut), Span(cut + 1, len(text))], 1, span_of("arrested", text), 0, reader)
    said = words(read, text)
    assert said.count("arrested") == 1
    assert read.marked
    assert len(read.ids) <= SIZE
    assert said.count("said") + 1 <= OWN
    assert said.count("headline") <= HEADLINE


# -- readings as observations ----------------------------------------------------------------------------------------


def reading(scores: dict[str, float]) -> Reading:
    places = [(match, match + len(word)) for word in scores for match in [TEXT.index(word)]]
    table = np.full((len(places), len(ROLES)), -9.0, np.float32)
    table[:, ROLES.index("target")] = list(scores.values())
    return Reading(places, table, 0.0, (0.0, -9.0, -9.0, -9.0))


def test_a_name_is_as_likely_as_its_likeliest_word() -> None:
    said = reading({"Brindale": -3.0, "Tom": 1.0, "Archer": 2.0, "Ann": -1.0})
    assert said.of("target", [span_of("Tom Archer")]) == 2.0
    assert said.of("target", [span_of("Tom"), span_of("Ann")]) == 1.0
    assert said.of("agent", [span_of("Tom")]) == -9.0
    assert said.of("target", [span_of("Rain")]) is None
    assert said.of("target", [Span(TEXT.index("Archer") + 2, TEXT.index("Archer") + 4)]) == 2.0


def test_steps_add_up() -> None:
    low, high = heard(-2.5, 1.5), heard(1.5, 1.5)
    assert {step for step in low if "above" in step} < set(high)
    assert "reader:best" in high
    assert "reader:far-from-best" in low
    assert UNLIKELY in low
    assert UNLIKELY not in high
    assert heard(None, 1.5) == ["reader:unread"]


# -- the shipped model -----------------------------------------------------------------------------------------------


def test_the_shipped_model_knows_who_is_arrested() -> None:
    places = [Place(2, span_of("arrested"), ActionType.ARREST), Place(0, span_of("held"), ActionType.DETENTION)]
    read = ActionReader().read(TEXT, SENTENCES, 0, places)
    assert len(read) == 2
    target = {name: read[0].of("target", [span_of(name)]) or 0.0 for name in ("Tom Archer", "Ann Lowe", "Brindale")}
    assert max(target, key=lambda name: target[name]) == "Tom Archer"
    assert target["Tom Archer"] > 0 > target["Ann Lowe"]
    assert np.exp(read[0].modality).sum() == pytest.approx(1.0, abs=1e-4)
    assert int(np.argmax(read[0].modality)) == 0


def test_a_reading_does_not_depend_on_what_else_is_read() -> None:
    places = [Place(2, span_of("arrested"), ActionType.ARREST), Place(0, span_of("held"), ActionType.DETENTION)]
    both, alone = ActionReader().read(TEXT, SENTENCES, 0, places), ActionReader().read(TEXT, SENTENCES, 0, places[:1])
    assert np.array_equal(both[0].scores, alone[0].scores)
    assert (both[0].stands, both[0].modality) == (alone[0].stands, alone[0].modality)


def test_no_triggers_need_no_model(tmp_path: Path) -> None:
    assert ActionReader(tmp_path).read(TEXT, SENTENCES, 0, []) == []


@pytest.mark.parametrize("name", ["config.json", "model.onnx"])
@pytest.mark.parametrize("content", [None, b"", b"\x00\xff{"])
def test_broken_files_say_which(tmp_path: Path, name: str, content: bytes | None) -> None:
    for path in SHIPPED.iterdir():
        if path.name != name and path.suffix in {".json", ".onnx"}:
            (tmp_path / path.name).symlink_to(path)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    place = Place(2, span_of("arrested"), ActionType.ARREST)
    with pytest.raises(ConfigurationError, match=f"{tmp_path.name}.*"):
        ActionReader(tmp_path).read(TEXT, SENTENCES, 0, [place])


def test_settings_of_another_order_are_refused(tmp_path: Path) -> None:
    data = json.loads((SHIPPED / "config.json").read_text("utf-8"))
    data["roles"] = data["roles"][::-1]
    (tmp_path / "config.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(ConfigurationError, match="other roles"):
        open_settings(tmp_path)


def test_the_model_is_small_and_has_its_card() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 12_000_000
    assert "CC BY-NC-SA" in (SHIPPED / "README.md").read_text("utf-8")
    assert (SHIPPED / "LICENCE.md").exists()
