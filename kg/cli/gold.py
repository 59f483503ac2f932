"""``kg gold``: score the whole way of an article against annotated articles, and hold the floors.

The scorer is a program beside the annotation (``eval/score.py`` in one of the folders above it); it is run as it is.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from kg.cli.common import SOME_FAILED, say, tell
from kg.errors import ArticleError, ConfigurationError
from kg.files import write_atomically
from kg.issues import IssueLog

CHECKOUT = Path(__file__).resolve().parents[2]
GOLD = CHECKOUT.parent / "shared" / "gold" / "dev"
"""Where the annotated articles stand if nothing else is said."""

FLOORS = CHECKOUT / "tests" / "gold" / "floors.toml"
"""Scores that must not be lost, per language."""

FIGURES: Mapping[str, tuple[str, str]] = {
    "mention": ("mention", "f1"),
    "mention_overlap": ("mention~", "f1"),
    "link_precision": ("link", "p"),
    "link_recall": ("link", "r"),
    "action": ("action", "f1"),
    "action_type": ("action~", "f1"),
}
"""Name of a floor → name and figure in the scorer's output."""

STEP = 0.01
"""Floors are multiples of this, rounded down."""


class Floors(StrEnum):
    """What to do with the floors: compare, raise them to what was reached, or leave them alone."""

    CHECK = "check"
    UPDATE = "update"
    OFF = "off"


def gold(
    directory: Annotated[Path, typer.Argument(metavar="GOLD_DIR", help="Annotated articles, one JSON file each.")] = GOLD,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the analyses and the scores.")] = Path("output/gold"),
    floors: Annotated[
        Floors, typer.Option(help="Fail below the floors, raise them to what was reached, or leave them.")
    ] = Floors.CHECK,
    floors_file: Annotated[Path, typer.Option(help="The file of floors.")] = FLOORS,
    scorer: Annotated[Path | None, typer.Option(help="The scoring program; else eval/score.py above GOLD_DIR.")] = None,
    parser: Annotated[str, typer.Option(help="Parser backend: auto, spacy, stanza or rules.")] = "auto",
    verbose: Annotated[bool, typer.Option("--verbose", help="List missed and spurious actions.")] = False,
) -> None:
    """Analyse annotated articles and score the result.

    The exit status is 1 below a floor, or if an article failed.
    """
    paths = sorted(directory.rglob("*.json"))
    if not paths:
        raise ConfigurationError(f"no annotated articles (*.json) under {directory}: name their folder, `kg gold GOLD_DIR`")
    program = scorer or find_scorer(directory)
    log = IssueLog()
    started = time.perf_counter()
    count = predict(paths, output, log, parser)
    tell(f"{count} of {len(paths)} articles analysed in {time.perf_counter() - started:.1f} s")
    for issue in log.issues:
        tell(str(issue))
    scores = run_scorer(program, directory, output, verbose)
    if floors is Floors.UPDATE:
        write_atomically(floors_file, render_floors(raised(read_floors(floors_file), scores)).encode())
        tell(f"floors written to {floors_file}")
    failures = [] if floors is Floors.OFF else below(read_floors(floors_file), scores)
    for line in failures:
        tell(line)
    if failures or log.errors:
        raise typer.Exit(SOME_FAILED)


def find_scorer(directory: Path) -> Path:
    """``eval/score.py`` in the nearest folder above ``directory`` that has it.

    Raises:
        ConfigurationError: there is none.
    """
    for folder in directory.resolve().parents:
        if (folder / "eval" / "score.py").is_file():
            return folder / "eval" / "score.py"
    raise ConfigurationError(f"no eval/score.py in a folder above {directory}: name the scoring program with --scorer")


def predict(paths: list[Path], output: Path, log: IssueLog, parser: str = "auto") -> int:
    """Analyse the articles by the ordinary way of a JSONL file and write ``output/<lang>/<id>.json``; how many could be analysed.

    The pipeline is told text, language and day of publication, nothing of the annotation.
    """
    from kg.analysis_json import dumps
    from kg.assembly import Options, default_pipeline
    from kg.read.inputs import read_inputs

    lines, targets = [], {}
    for path in paths:
        data = _annotated(path)
        target = output / data["lang"] / path.name
        target.unlink(missing_ok=True)
        targets[path.stem] = target
        record = {"id": path.stem, "lang": data["lang"], "published": data.get("published"), "text": data["text"]}
        lines.append(json.dumps({key: value for key, value in record.items() if value is not None}, ensure_ascii=False))
    source = output / "articles.jsonl"
    write_atomically(source, ("\n".join(lines) + "\n").encode())
    pipeline = default_pipeline(Options(parser))
    count = 0
    for article in read_inputs([str(source)], log):
        try:
            analysis = pipeline.run(article)
        except ArticleError as error:
            log.error(error.source, error.reason)
            continue
        write_atomically(targets[article.id], dumps(analysis).encode("utf-8", "surrogatepass"))
        count += 1
    return count


def _annotated(path: Path) -> dict[str, Any]:
    try:
        data: dict[str, Any] = json.loads(path.read_text("utf-8"))
        if not (isinstance(data["text"], str) and isinstance(data["lang"], str)):
            raise TypeError("text and lang must be strings")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"{path} is no annotated article: {error}") from error
    return data


def run_scorer(program: Path, directory: Path, output: Path, verbose: bool) -> dict[str, Any]:
    """Run the scoring program, print its table, and give its figures: language → name → values.

    Raises:
        ConfigurationError: it failed.
    """
    figures = output / "scores.json"
    command = [sys.executable, str(program), str(directory), str(output), "--json", str(figures)]
    done = subprocess.run(
        [*command, *(["--verbose"] if verbose else [])], capture_output=True, text=True, encoding="utf-8", check=False
    )
    if done.stderr:
        tell(done.stderr.rstrip())
    if done.returncode:
        raise ConfigurationError(f"the scoring program {program} failed with status {done.returncode}")
    say(done.stdout.rstrip())
    result: dict[str, Any] = json.loads(figures.read_text("utf-8"))
    return result


def read_floors(path: Path) -> dict[str, dict[str, float]]:
    """Language → name of the figure → floor; empty where there is no such file.

    Raises:
        ConfigurationError: the file is broken, or names a figure that does not exist.
    """
    if not path.exists():
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8"))
        floors = {lang: {name: float(value) for name, value in values.items()} for lang, values in table.items()}
    except (OSError, ValueError, TypeError, AttributeError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
    for lang, values in floors.items():
        for name in values:
            if name not in FIGURES:
                raise ConfigurationError(f"{path}: [{lang}] {name}: no such figure (known: {', '.join(FIGURES)})")
    return floors


def reached(scores: Mapping[str, Any], lang: str, name: str) -> float | None:
    """The value of a figure in the scorer's output; None where it was not scored."""
    key, part = FIGURES[name]
    value = scores.get(lang, {}).get(key, {}).get(part)
    return None if value is None else float(value)


def below(floors: Mapping[str, Mapping[str, float]], scores: Mapping[str, Any]) -> list[str]:
    """One line for each floor of a scored language that was not reached."""
    out = []
    for lang in sorted(set(floors) & set(scores)):
        for name, floor in floors[lang].items():
            value = reached(scores, lang, name)
            if value is not None and value < floor:
                out.append(f"below the floor: {lang} {name} {value:.3f}, floor {floor:.2f}")
    return out


def raised(floors: Mapping[str, Mapping[str, float]], scores: Mapping[str, Any]) -> dict[str, dict[str, float]]:
    """The floors at what was reached, rounded down to ``STEP``, but never lower than they were."""
    out = {lang: dict(values) for lang, values in floors.items()}
    for lang in scores:
        for name in FIGURES:
            value = reached(scores, lang, name)
            if value is not None:
                step = int(value / STEP + 1e-9) * STEP
                out.setdefault(lang, {})[name] = round(max(step, out.get(lang, {}).get(name, 0.0)), 2)
    return out


def render_floors(floors: Mapping[str, Mapping[str, float]]) -> str:
    """The floors as TOML."""
    lines = ["# Scores that `make gold` must reach; `make gold-floors` raises them, nothing lowers them."]
    for lang in sorted(floors):
        lines += ["", f"[{lang}]"]
        lines += [f"{name} = {floors[lang][name]:.2f}" for name in FIGURES if name in floors[lang]]
    return "\n".join(lines) + "\n"
