"""Graphs in parts: each triple in one part, sorted, the same on every run, and merged by reading side by side."""

from __future__ import annotations

import hashlib
import heapq
import json
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, RdfFormat, Triple, parse
from typer.testing import CliRunner

from kg.cli.main import build_app
from kg.errors import ConfigurationError
from kg.rdf.parts import MANIFEST, part_name, part_of, to_parts, write_parts

EX = "https://data.example/id/"


def triples(count: int, start: int = 0) -> list[Triple]:
    label = NamedNode(EX + "label")
    return [Triple(NamedNode(f"{EX}entity/{n}"), label, Literal(f"name {n} \u202e\n")) for n in range(start, start + count)]


@pytest.mark.parametrize("count", [1, 2, 7, 64])
def test_each_triple_stands_in_one_sorted_part(count: int) -> None:
    given = triples(500)
    parts = to_parts(given, count)
    assert len(parts) == count
    assert {t for part in parts for t in (q.triple for q in parse(part, format=RdfFormat.N_TRIPLES))} == set(given)
    for number, part in enumerate(parts):
        lines = part.splitlines()
        assert lines == sorted(set(lines))
        assert all(part_of(q.subject.value, count) == number for q in parse(part, format=RdfFormat.N_TRIPLES))
    assert to_parts([*reversed(given), *given], count) == parts


def test_parts_are_of_one_size_and_nest() -> None:
    sizes = [part.count(b"\n") for part in to_parts(triples(4000), 8)]
    assert min(sizes) > 400 and max(sizes) < 600
    for number in range(1000):
        assert part_of(f"{EX}{number}", 16) // 4 == part_of(f"{EX}{number}", 4)


def test_an_article_stands_with_its_words() -> None:
    assert part_of(EX + "article/a", 4096) == part_of(EX + "article/a#char=3,9", 4096)


def test_the_same_part_of_two_graphs_is_merged_side_by_side() -> None:
    one, two = to_parts(triples(300), 4), to_parts(triples(300, 200), 4)
    whole = to_parts(triples(500), 4)
    for first, second, both in zip(one, two, whole, strict=True):
        lines = heapq.merge(first.splitlines(keepends=True), second.splitlines(keepends=True))
        assert list(dict.fromkeys(lines)) == both.splitlines(keepends=True)


def test_manifest_stands_for_whole_parts(tmp_path: Path) -> None:
    write_parts(tmp_path, triples(50), 4)
    table = json.loads((tmp_path / MANIFEST).read_text())["parts"]
    assert [row["file"] for row in table] == [part_name(n, 4) for n in range(4)] and sum(row["lines"] for row in table) == 50
    for row in table:
        assert hashlib.sha256((tmp_path / row["file"]).read_bytes()).hexdigest() == row["sha256"]
    write_parts(tmp_path, triples(50), 2)
    assert sorted(p.name for p in tmp_path.iterdir()) == [MANIFEST, part_name(0, 2), part_name(1, 2)]


def test_parts_that_cannot_be_written_leave_no_manifest(tmp_path: Path) -> None:
    write_parts(tmp_path, triples(5), 2)
    (tmp_path / part_name(1, 3)).mkdir()
    with pytest.raises(ConfigurationError, match="cannot write"):
        write_parts(tmp_path, triples(5), 3)
    assert not (tmp_path / MANIFEST).exists()
    with pytest.raises(ConfigurationError, match="parts"):
        to_parts([], 0)


def test_parts_from_the_command_line(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(
        "Court news\n\nPolice in London arrested Carla Reyes on 3 March 2021, the prosecutor said.\n", "utf-8"
    )
    out = tmp_path / "kg.ttl"
    command = ["build", str(tmp_path / "a.txt"), "-o", str(out), "--format", "nt", "--parser", "rules", "--parts", "4"]
    done = CliRunner().invoke(build_app(), command)
    assert done.exit_code == 0, done.output
    lines = [line for n in range(4) for line in (tmp_path / "kg.parts" / part_name(n, 4)).read_bytes().splitlines()]
    whole = out.with_suffix(".nt") if out.with_suffix(".nt").exists() else out
    assert sorted(lines) == sorted(whole.read_bytes().splitlines())
