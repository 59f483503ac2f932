"""`kg doctor` tells the truth about the installation."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from kg import __version__
from kg.cli import doctor
from kg.cli.doctor import Part, diagnose, render
from kg.cli.main import build_app
from kg.lang.pack import languages, load_pack


def run(*arguments: str):
    return CliRunner().invoke(build_app(), ["doctor", *arguments])


def test_it_says_how_every_language_works() -> None:
    found = diagnose()
    assert [state.code for state in found.languages] == list(languages())
    by_code = {state.code: state for state in found.languages}
    assert (by_code["ar"].backend, by_code["ar"].trees) == ("rules", False)
    assert (by_code["fr"].backend, by_code["fr"].trees) == ("spacy", True)
    assert by_code["fr"].parser.startswith("spacy fr_core_news_md 3.")
    assert not any("pipeline" in reason for state in found.languages for reason in state.wrong)


def test_deep_loads_the_parsers_and_tries_them() -> None:
    for state in diagnose(deep=True).languages:
        assert "loaded in" in state.parser
        assert state.recogniser == (state.backend == "spacy")


def test_packages_carry_their_versions() -> None:
    parts = {part.name: part for part in diagnose().packages}
    assert parts["spacy"].version
    assert all(part.version and not part.advice for part in parts.values() if part.needed)


def test_json_and_text_agree_with_the_exit_status() -> None:
    result = run("--json")
    data = json.loads(result.stdout)
    assert data["version"] == __version__
    assert {state["code"] for state in data["languages"]} == set(languages())
    assert result.exit_code == (0 if data["healthy"] else 1)
    text = run()
    assert text.exit_code == result.exit_code
    assert f"kg {__version__}" in text.stdout
    assert "extra stanza" in text.stdout


def test_a_pipeline_that_is_not_installed_is_unhealthy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KG_SPACY_EN", "no_such_pipeline")
    found = diagnose()
    english = next(state for state in found.languages if state.code == "en")
    assert any("'no_such_pipeline' is not installed" in reason for reason in english.wrong)
    assert not found.healthy
    assert run().exit_code == 1


def test_a_language_without_patterns_is_told() -> None:
    pack = replace(load_pack("en"), patterns={})
    state = doctor._language(pack, deep=False)
    assert any("no patterns of legal actions" in reason for reason in state.wrong)


def test_what_is_missing_is_shown_with_advice() -> None:
    healthy = replace(diagnose(), packages=(Part("some-package", "1.0", True),), languages=())
    assert healthy.healthy
    broken = replace(healthy, packages=(Part("some-package", None, True, "run `make setup`"),))
    assert not broken.healthy
    assert any("some-package" in line and "make setup" in line for line in render(broken))
    assert render(broken)[-1].startswith("something is missing")


def test_it_imports_neither_torch_nor_spacy() -> None:
    code = "import sys; from kg.cli.doctor import diagnose; diagnose(); print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"torch", "spacy", "stanza"} & set(done.stdout.split()) == set()
