"""`kg build` and `kg extract` as a user runs them: good and bad input, exit statuses, the same bytes, time."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest
from typer.testing import CliRunner, Result

from kg.analysis_json import from_dict, to_dict
from kg.cli.main import COMMANDS, build_app

STORY = """Former mayor charged in Ravenford

The Ravenford prosecutor charged Anna Bellamy with fraud on 3 March 2021. She was released on bail of $20,000.
A judge barred her from leaving the country. Her lawyer, Peter Holt, said the charges were baseless.
The trial of the former mayor is due to open in London in May, the court said in a statement on Thursday evening.
"""


def kg(*arguments: str | Path, stdin: str | None = None) -> Result:
    return CliRunner().invoke(build_app(), [str(a) for a in arguments], input=stdin)


@pytest.fixture
def story(tmp_path: Path) -> Path:
    path = tmp_path / "story.txt"
    path.write_text(STORY, "utf-8")
    return path


BAD = {
    "empty.txt": (b"", "empty"),
    "blank.txt": (b" \n\t\n ", ""),
    "picture.txt": (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, ""),
    "nul.txt": (b"The court \x00 sentenced him.\n" * 20, ""),
    "broken.html": (b"<html><body><div><p><<<<", ""),
    "deep.html": (b"<div>" * 50_000, ""),
    "latin.txt": (b"\x81\x8d\x8f\x90\x9d\xff\xc3" * 200, ""),
    "polish.txt": (("W poniedziałek sąd skazał byłego burmistrza na trzy lata więzienia za oszustwo. " * 5).encode(), "pl"),
    "records.jsonl": (b'{"text": 3}\nnot json\n["a"]\n', ""),
    "huge.txt": (b"word " * 2_000_000, ""),
    "unknown.xyz": (b"text", "xyz"),
}


@pytest.mark.parametrize("name", sorted(BAD))
def test_bad_input_leaves_the_rest_built(name: str, story: Path, tmp_path: Path) -> None:
    bad = tmp_path / name
    content, word = BAD[name]
    bad.write_bytes(content)
    out = tmp_path / "out" / "kg.ttl"
    result = kg("build", bad, story, "-o", out)
    assert result.exit_code == 1, result.output
    lines = [line for line in result.stderr.splitlines() if line.startswith("error:")]
    assert lines and all(name in line for line in lines), result.stderr
    assert word in " ".join(lines)
    assert len(lines) == (3 if name == "records.jsonl" else 1)
    store = ox.Store()
    store.load(path=str(out), format=ox.RdfFormat.TURTLE)
    assert len(list(store.query("SELECT ?a { ?a a <https://schema.org/NewsArticle> }"))) == 1


def test_hostile_markup_is_text(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    page.write_text(
        "<html><head><title>Court fines \"\\u0000'</title></head><body><article>"
        "<h1>Court fines Carla Reyes</h1><p>A court in London fined Carla Reyes $500 on Monday, the prosecutor said. "
        '&lt;script&gt;alert(1)&lt;/script&gt; . } ; DROP ALL """ \\ &lt;x&gt; </p><p>The former minister said that she '
        "would appeal against the fine, which is the largest of its kind.</p></article></body></html>",
        "utf-8",
    )
    out = tmp_path / "kg.ttl"
    assert kg("build", page, "-o", out).exit_code == 0
    ox.Store().load(path=str(out), format=ox.RdfFormat.TURTLE)


def test_nothing_written_is_lost(tmp_path: Path) -> None:
    out = tmp_path / "kg.ttl"
    out.write_text("# kept\n")
    empty = tmp_path / "empty.txt"
    empty.write_bytes(b"")
    assert kg("build", empty, "-o", out).exit_code == 1
    assert out.read_text() == "# kept\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "{story}", "-o", "kg.rdfxml"),
        ("build", "{story}", "--parser", "magic"),
        ("build", "{story}", "--lang", "xx"),
        ("build", "{story}", "--base", "no iri"),
        ("extract", "{story}", "--spacy-model", "english"),
        ("build",),
    ],
)
def test_wrong_usage(arguments: tuple[str, ...], story: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = kg(*(a.format(story=story) for a in arguments))
    assert result.exit_code == 2, result.output
    assert not list(tmp_path.glob("kg.*"))


def test_extract_writes_the_format(story: Path, tmp_path: Path) -> None:
    assert kg("extract", story, "-o", tmp_path / "out").exit_code == 0
    data = json.loads((tmp_path / "out" / "story.json").read_text("utf-8"))
    assert data["text"] == STORY and data["lang"] == "en"
    analysis = from_dict(data)
    assert to_dict(analysis)["actions"] == data["actions"]
    names = {e["id"]: e["name"] for e in data["entities"]}
    charge = next(a for a in data["actions"] if a["type"] == "charge" and a["target"])
    assert [names[e] for e in charge["target"]] == ["Anna Bellamy"]
    assert charge["date"] == "2021-03-03"
    bail = next(a for a in data["actions"] if a["type"] == "bail")
    assert bail["amount"] == {"value": 20000, "currency": "USD"}


def test_standard_input(tmp_path: Path) -> None:
    result = kg("extract", "-", "-o", tmp_path, stdin=STORY)
    assert result.exit_code == 0, result.output
    assert len(list(tmp_path.glob("*.json"))) == 1


def test_order_of_inputs_does_not_matter(root: Path, tmp_path: Path) -> None:
    files = sorted(p for p in (root / "articles").iterdir() if p.suffix == ".txt")[:4]
    assert kg("build", *files, "-o", tmp_path / "a.ttl").exit_code == 0
    assert kg("build", *reversed(files), "-o", tmp_path / "b.ttl").exit_code == 0
    assert (tmp_path / "a.ttl").read_bytes() == (tmp_path / "b.ttl").read_bytes()


def test_help_is_quick_and_complete() -> None:
    script = Path(sys.executable).with_name("kg")
    times = []
    for _ in range(3):
        started = time.perf_counter()
        run = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
        times.append(time.perf_counter() - started)
    assert all(name in run.stdout for name in COMMANDS)
    assert min(times) < 1.0, times


@pytest.mark.slow
def test_one_article_takes_under_ten_seconds(root: Path, tmp_path: Path) -> None:
    script = Path(sys.executable).with_name("kg")
    started = os.times()
    command = [script, "build", root / "articles" / "fr-durov.txt", "-o", tmp_path / "kg.ttl"]
    subprocess.run(command, check=True, capture_output=True)
    ended = os.times()
    # Processor time of the child: the machine may be shared.
    assert ended.children_user + ended.children_system - started.children_user - started.children_system < 10


def test_graph_from_the_written_analyses_is_the_same(story: Path, tmp_path: Path) -> None:
    from kg.assembly import default_pipeline
    from kg.issues import IssueLog
    from kg.merge import merge
    from kg.rdf.triples import Run, graph_triples
    from kg.rdf.vocab import DATA
    from kg.read.inputs import read_inputs

    pipeline = default_pipeline()
    direct = [pipeline.run(article) for article in read_inputs([str(story)], IssueLog())]
    read = [from_dict(json.loads(json.dumps(to_dict(analysis)))) for analysis in direct]
    assert any(analysis.reports for analysis in direct)
    assert list(graph_triples(merge(read), DATA, Run())) == list(graph_triples(merge(direct), DATA, Run()))
