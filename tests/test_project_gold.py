"""`kg gold`: scores by the real scoring program, and floors that only rise."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg.cli.gold import FIGURES, FLOORS, below, find_scorer, raised, read_floors, render_floors
from kg.cli.main import build_app
from kg.errors import ConfigurationError

SCORES = {
    "fr": {
        "mention": {"p": 0.9, "r": 0.8, "f1": 0.847, "n": 10},
        "mention~": {"p": 0.9, "r": 0.9, "f1": 0.9, "n": 10},
        "link": {"p": 1.0, "r": 0.29, "f1": 0.45, "n": 7},
        "action": {"p": 0.5, "r": 0.5, "f1": 0.5, "n": 4},
    }
}


def test_floors_are_what_was_reached_rounded_down() -> None:
    floors = raised({}, SCORES)
    assert floors == {"fr": {"mention": 0.84, "mention_overlap": 0.9, "link_precision": 1.0, "link_recall": 0.29, "action": 0.5}}
    assert below(floors, SCORES) == []


def test_floors_only_rise() -> None:
    old = {"fr": {"mention": 0.86, "action": 0.1}, "de": {"action": 0.3}}
    assert raised(old, SCORES)["fr"] | {} == raised({}, SCORES)["fr"] | {"mention": 0.86}
    assert raised(old, SCORES)["de"] == {"action": 0.3}


def test_what_lies_below_is_named() -> None:
    lines = below({"fr": {"mention": 0.9, "action": 0.5}, "de": {"action": 0.3}}, SCORES)
    assert lines == ["below the floor: fr mention 0.847, floor 0.90"]


def test_floors_survive_the_file(tmp_path: Path) -> None:
    floors = raised({}, SCORES)
    path = tmp_path / "floors.toml"
    path.write_text(render_floors(floors))
    assert read_floors(path) == floors
    assert read_floors(tmp_path / "absent.toml") == {}


@pytest.mark.parametrize("text", ["[fr]\nmentoin = 0.5\n", "[fr]\nmention = 'high'\n", "fr = 3\n", "[fr\n"])
def test_broken_floors_are_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "floors.toml"
    path.write_text(text)
    with pytest.raises(ConfigurationError, match=r"floors\.toml"):
        read_floors(path)


def test_the_recorded_floors_are_sound() -> None:
    for values in read_floors(FLOORS).values():
        assert set(values) <= set(FIGURES)
        assert all(0 <= value <= 1 for value in values.values())


def test_the_scorer_is_found_above_the_gold(tmp_path: Path) -> None:
    gold = tmp_path / "material" / "gold" / "dev"
    gold.mkdir(parents=True)
    with pytest.raises(ConfigurationError, match="--scorer"):
        find_scorer(gold)
    (tmp_path / "material" / "eval").mkdir()
    (tmp_path / "material" / "eval" / "score.py").touch()
    assert find_scorer(gold).name == "score.py"


# -- the whole command --------------------------------------------------------------------------------------------------


def _places(text: str, word: str) -> list[list[int]]:
    return [[match.start(), match.end()] for match in re.finditer(re.escape(word), text)]


def annotated(folder: Path, name: str, text: str, *mentions: tuple[str, str]) -> None:
    entities = [
        {"id": f"e{i}", "type": kind, "name": word, "mentions": _places(text, word), "qid": None}
        for i, (word, kind) in enumerate(mentions)
    ]
    data = {"id": name, "lang": name[:2], "published": "2023-05-02", "text": text, "entities": entities, "actions": []}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.json").write_text(json.dumps(data, ensure_ascii=False), "utf-8")


@pytest.fixture
def gold_dir(tmp_path: Path) -> Path:
    folder = tmp_path / "dev"
    text = "Une exposition ouvre à Lyon\nLa ville de Lyon présente des tableaux venus de Belgique et d'Espagne."
    annotated(folder / "fr", "fr-801", text, ("Lyon", "place"), ("Belgique", "place"), ("Espagne", "place"))
    return folder


def run(*arguments: str | Path):
    return CliRunner().invoke(build_app(), ["gold", *map(str, arguments)])


def test_gold_scores_and_holds_the_floors(gold_dir: Path, tmp_path: Path, shared: Path) -> None:
    floors, output = tmp_path / "floors.toml", tmp_path / "out"
    options = (gold_dir, "-o", output, "--scorer", shared / "eval" / "score.py", "--floors-file", floors)
    first = run(*options, "--floors", "update")
    assert first.exit_code == 0, first.output
    assert "mention P 1.00" in first.output
    prediction = json.loads((output / "fr" / "fr-801.json").read_text("utf-8"))
    assert prediction["published"] == "2023-05-02"
    assert {e["name"] for e in prediction["entities"]} == {"Lyon", "Belgique", "Espagne"}
    assert read_floors(floors)["fr"]["mention_overlap"] == 1.0
    assert run(*options).exit_code == 0
    annotated(gold_dir / "fr", "fr-802", "Le port est calme\nRien ne bouge au port.", ("port", "organization"))
    after = run(*options)
    assert after.exit_code == 1
    assert "below the floor: fr mention" in after.output
    assert run(*options, "--floors", "off").exit_code == 0


def test_gold_without_articles_says_what_to_do(tmp_path: Path) -> None:
    done = run(tmp_path)
    assert done.exit_code == 2
    assert "no annotated articles" in done.output


def test_a_file_that_is_no_annotation_stops_the_run(gold_dir: Path, shared: Path, tmp_path: Path) -> None:
    (gold_dir / "fr" / "fr-803.json").write_text("[1, 2]", "utf-8")
    done = run(gold_dir, "-o", tmp_path / "out", "--scorer", shared / "eval" / "score.py")
    assert done.exit_code == 2
    assert "fr-803.json is no annotated article" in done.output


def test_a_scorer_that_fails_is_told(gold_dir: Path, tmp_path: Path) -> None:
    scorer = tmp_path / "score.py"
    scorer.write_text("raise SystemExit(3)\n")
    done = run(gold_dir, "-o", tmp_path / "out", "--scorer", scorer, "--floors", "off")
    assert done.exit_code == 2
    assert "failed with status 3" in done.output
