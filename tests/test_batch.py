"""Many articles: workers, their deaths, the cache of analyses, the run report, and builds that are killed at any moment."""

from __future__ import annotations

import json
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kg.assembly import Options
from kg.batch.cache import AnalysisCache
from kg.batch.fingerprint import fingerprint
from kg.batch.pool import DIED, analyse_all
from kg.cli.main import build_app
from kg.errors import ConfigurationError
from kg.model import Article, Span

RULES = Options(parser="rules")
KILLS = int(os.environ.get("KG_SOAK", "4"))
"""How often a build is killed; ``make soak`` sets more."""


def kg(*arguments: str | Path) -> Result:
    return CliRunner().invoke(build_app(), [str(a) for a in arguments])


def article(number: int) -> Article:
    text = f"Police in London arrested Carla Reyes on {number} March 2021 on suspicion of fraud, the prosecutor said."
    return Article(id=f"a{number}", text=text, body=(Span(0, len(text)),), lang="en", source=f"a{number}.txt")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "news"
    path.mkdir()
    for number in range(1, 9):
        (path / f"a{number}.txt").write_text(f"Court news {number}\n\n{article(number).text}\n", "utf-8")
    return path


def test_workers_find_the_same_in_the_same_order() -> None:
    articles = [article(number) for number in range(1, 12)]
    alone = [outcome.analysis for outcome in analyse_all(articles, RULES)]
    together = list(analyse_all(iter(articles), RULES, jobs=2))
    assert all(alone) and alone == [outcome.analysis for outcome in together]
    assert all(outcome.memory > 10_000_000 for outcome in together)


def test_workers_know_nothing_of_each_other_after_other_options() -> None:
    """Workers are forked from a process that loaded models for the first run; a run with other options gets its own."""
    [first] = analyse_all([article(1)], RULES, jobs=2)
    [second] = analyse_all([article(1)], Options(parser="spacy"), jobs=2)
    assert first.analysis and first.analysis.document and first.analysis.document.parser == "rules"
    assert second.analysis and second.analysis.document and second.analysis.document.parser.startswith("spacy")
    assert "KG_WARM" not in os.environ


def test_dead_worker_costs_no_article() -> None:
    outcomes = analyse_all((article(number) for number in range(1, 10)), RULES, jobs=2)
    got = [next(outcomes)]
    multiprocessing.active_children()[0].kill()
    got += outcomes
    assert [outcome.article.id for outcome in got] == [f"a{number}" for number in range(1, 10)]
    assert all(outcome.analysis for outcome in got)


def test_article_that_kills_every_worker_is_reported() -> None:
    stop = threading.Event()

    def killer() -> None:
        while not stop.is_set():
            for child in multiprocessing.active_children():
                child.kill()
            time.sleep(0.05)

    thread = threading.Thread(target=killer)
    thread.start()
    try:
        outcomes = list(analyse_all([article(1), article(2)], RULES, jobs=2))
    finally:
        stop.set()
        thread.join()
    assert [outcome.failure.reason for outcome in outcomes if outcome.failure] == [DIED, DIED]
    assert outcomes[0].failure and outcomes[0].failure.source == "a1.txt"


def test_options_are_refused_before_workers_start() -> None:
    with pytest.raises(ConfigurationError, match="no parser"):
        list(analyse_all([article(1)], Options(parser="none"), jobs=2))
    assert not multiprocessing.active_children()


def test_cache_computes_only_what_is_new(tmp_path: Path) -> None:
    cache = AnalysisCache(tmp_path, fingerprint(RULES))
    first = list(analyse_all([article(1)], RULES, cache=cache))
    second = list(analyse_all([article(1), article(2)], RULES, cache=cache))
    assert [outcome.cached for outcome in first + second] == [False, True, False]
    assert first[0].analysis == second[0].analysis
    assert cache.path(article(1)) != AnalysisCache(tmp_path, fingerprint(Options(parser="auto"))).path(article(1))


@pytest.mark.parametrize("spoilt", [b"", b'{"format": 1', b"[]", b'{"id": "a1"}', b"\xff"])
def test_spoilt_cache_file_is_made_anew(tmp_path: Path, spoilt: bytes) -> None:
    cache = AnalysisCache(tmp_path, fingerprint(RULES))
    [before] = analyse_all([article(1)], RULES, cache=cache)
    whole = cache.path(article(1)).read_bytes()
    cache.path(article(1)).write_bytes(spoilt)
    [after] = analyse_all([article(1)], RULES, cache=cache)
    assert not after.cached and after.analysis == before.analysis
    assert cache.path(article(1)).read_bytes() == whole


def test_report_and_log_for_machines(folder: Path, tmp_path: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    out, report = tmp_path / "kg.ttl", tmp_path / "run.json"
    common = ("build", folder, "-o", out, "--parser", "rules", "--work", tmp_path / "work", "--report", report)
    result = kg(*common, "--log-format", "json")
    assert result.exit_code == 1 and out.exists()
    [line] = result.stderr.splitlines()
    assert json.loads(line)["severity"] == "error" and json.loads(line)["source"].endswith("empty.txt")
    said = json.loads(report.read_text("utf-8"))
    assert said["articles"] == {"analysed": 8, "cached": 0, "failed": 0} and said["status"] == 1
    assert said["languages"] == {"en": 8} and len(said["problems"]) == 1 and said["versions"]["models"]
    assert set(said["seconds"]) == {"analysis", "merge", "write"} and said["peak_memory"] > 10_000_000
    kg(*common)
    assert json.loads(report.read_text("utf-8"))["articles"] == {"analysed": 0, "cached": 8, "failed": 0}


def test_strict_writes_nothing_when_an_article_failed(folder: Path, tmp_path: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    out = tmp_path / "kg.ttl"
    result = kg("build", folder, "-o", out, "--parser", "rules", "--strict")
    assert result.exit_code == 1 and not out.exists() and "--strict" in result.stdout


def test_killed_builds_end_in_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """A build is killed at random moments, again and again over one work folder; the last run is left in peace."""
    rng = random.Random(5)
    quiet = tmp_path / "quiet.ttl"
    assert kg("build", folder, "-o", quiet, "--parser", "rules").exit_code == 0
    work, out = tmp_path / "work", tmp_path / "out" / "kg.ttl"
    command = [sys.executable, "-m", "kg", "build", folder, "-o", out, "--parser", "rules", "--work", work, "--jobs"]
    for number in range(KILLS):
        jobs = str(1 + number % 2)
        process = subprocess.Popen([*command, jobs], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(rng.uniform(0.3, 4.0))
        process.kill()
        process.wait()
        for path in sorted(work.rglob("*.json")):
            assert json.loads(path.read_bytes())["format"] == 1
        if out.exists():
            assert out.read_bytes() == quiet.read_bytes()
        if number % 5 == 4:
            shutil.rmtree(work, ignore_errors=True)
    assert subprocess.run([*command, "2"], stdout=subprocess.DEVNULL, check=False).returncode == 0
    assert out.read_bytes() == quiet.read_bytes()


def test_two_builds_share_a_work_folder(folder: Path, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "kg", "build", folder, "--parser", "rules", "--work", tmp_path / "work", "-o"]
    outs = [tmp_path / "one.ttl", tmp_path / "two.ttl"]
    running = [subprocess.Popen([*command, out], stdout=subprocess.DEVNULL) for out in outs]
    assert [process.wait() for process in running] == [0, 0]
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_work_folder_that_cannot_be_written_is_named(folder: Path, tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way", "utf-8")
    result = kg("build", folder, "-o", tmp_path / "kg.ttl", "--parser", "rules", "--work", blocked / "work")
    assert result.exit_code == 2 and result.stderr.startswith("kg: cannot write") and len(result.stderr.splitlines()) == 1
    assert blocked.read_text("utf-8") == "in the way"


def test_reading_stops_ahead_of_the_work() -> None:
    """However many articles there are, few are held."""
    taken = 0

    def endless() -> object:
        nonlocal taken
        for number in range(1, 100_000):
            taken += 1
            yield article(1 + number % 28)

    outcomes = analyse_all(endless(), RULES, jobs=2)  # type: ignore[arg-type]
    for _ in range(3):
        next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    assert taken < 20


def test_cluster_with_dying_workers_writes_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    """Two local workers, one of which is killed twice on the way."""
    from distributed import Client, LocalCluster

    from kg.batch.cluster import on_cluster

    quiet = [outcome.analysis for outcome in analyse_all((article(n) for n in range(1, 29)), RULES)]
    with (
        LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster) as client,
    ):
        got = []
        for outcome in on_cluster(((article(n), None) for n in range(1, 29)), RULES, client, None):
            got.append(outcome.analysis)
            if len(got) in (3, 12):
                os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
    assert got == quiet


def test_cluster_from_the_command_line(folder: Path, tmp_path: Path) -> None:
    outs = [tmp_path / "one.ttl", tmp_path / "two.ttl"]
    assert kg("build", folder, "-o", outs[0], "--parser", "rules").exit_code == 0
    command = [
        sys.executable,
        "-m",
        "kg",
        "build",
        folder,
        "--parser",
        "rules",
        "-o",
        outs[1],
        "--cluster",
        "local",
        "--jobs",
        "2",
    ]
    assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
    assert outs[0].read_bytes() == outs[1].read_bytes()


def test_cluster_knows_the_decisions_of_the_user(folder: Path, tmp_path: Path) -> None:
    table, outs = tmp_path / "mine.tsv", [tmp_path / "one.ttl", tmp_path / "two.ttl"]
    table.write_text("name\tlang\tarticle\tverdict\tqid\nLondon\ten\t*\tis\tQ900001\n", "utf-8")
    common = ("build", folder, "--parser", "rules", "--curation", table, "-o")
    assert kg(*common, outs[0]).exit_code == 0
    command = [sys.executable, "-m", "kg", *map(str, common), str(outs[1]), "--cluster", "local", "--jobs", "1"]
    assert subprocess.run(command, stdout=subprocess.DEVNULL, check=False).returncode == 0
    assert outs[0].read_bytes() == outs[1].read_bytes() and b"Q900001" in outs[0].read_bytes()


def test_cluster_that_does_not_answer_is_named(folder: Path, tmp_path: Path) -> None:
    result = kg("build", folder, "-o", tmp_path / "kg.ttl", "--parser", "rules", "--cluster", "tcp://127.0.0.1:1")
    assert result.exit_code == 2 and "no dask scheduler answers at tcp://127.0.0.1:1" in result.stderr
