"""``kg validate``, run as a user runs it."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kg.cli.main import build_app
from kg.rdf.reading import read_triples
from kg.rdf.validation import validate

EXAMPLES = Path(__file__).resolve().parents[1] / "ontology"


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), ["validate", *map(str, arguments)])


def test_a_valid_file_says_how_many_triples_it_has() -> None:
    result = run(EXAMPLES / "examples/one-report.ttl")
    assert result.exit_code == 0
    assert result.output == "63 triples: valid\n"


def test_a_violation_shows_severity_node_message_and_shape() -> None:
    result = run(EXAMPLES / "counterexamples/report-too-sure.ttl")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "violation: https://data.example/id/report: A report has exactly one confidence, an xsd:decimal from 0 to 1. "
        "(found: 9.0) [kgsh:ReportConfidence]",
        "63 triples: not valid (1 violation)",
    ]


def test_a_warning_alone_is_no_failure(tmp_path: Path) -> None:
    path = tmp_path / "warning.ttl"
    text = (EXAMPLES / "examples/one-report.ttl").read_text("utf-8")
    path.write_text(text.replace("    kg:stage 17", "    sem:hasPlace ex:ida ;\n    kg:stage 17"), "utf-8")
    result = run(path)
    assert result.exit_code == 0
    assert "warning: https://data.example/id/action: The place of an action should be a schema:Place." in result.output
    assert "64 triples: valid (1 warning)" in result.output


def test_an_impossible_order_names_the_articles_and_fails_only_if_that_is_wanted() -> None:
    path = EXAMPLES / "counterexamples/order-sentence-before-trial.ttl"
    result = run(path)
    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "warning: https://data.example/id/sentence: The sentence of 2031-03-19 comes before every trial of the case, even that "
        "of 2031-09-01; told by note-2. (found: https://data.example/id/trial) [kgsh:Order]",
        "135 triples: valid (1 warning)",
    ]
    assert run(path, "--strict").exit_code == 1
    assert run(EXAMPLES / "examples/case-in-order.ttl", "--strict").exit_code == 0


@pytest.mark.parametrize("name", ["order-sentence-before-trial", "gap-bail-without-custody", "gap-bail-before-arrest"])
def test_a_shacl_processor_finds_the_same_by_itself(name: str) -> None:
    path = EXAMPLES / f"counterexamples/{name}.ttl"
    triples = read_triples([path])
    # Shapes that are named are left to the processor, queries included.
    alone, ours = validate(triples, [EXAMPLES / "shapes.ttl"]).results, validate(triples).results
    assert [(r.severity, r.focus, r.shape, r.value) for r in alone] == [(r.severity, r.focus, r.shape, r.value) for r in ours]
    assert len(ours) == 1 and ours[0].severity == "Warning"


def test_files_are_checked_together(tmp_path: Path) -> None:
    text = (EXAMPLES / "examples/one-report.ttl").read_text("utf-8")
    prefixes = "".join(line for line in text.splitlines(keepends=True) if line.startswith("@prefix"))
    entity = 'ex:ida a schema:Person ;\n    rdfs:label "Ida Norel"@en .\n'
    assert entity in text
    (tmp_path / "people.ttl").write_text(prefixes + entity, "utf-8")
    (tmp_path / "rest.ttl").write_text(text.replace(entity, ""), "utf-8")
    assert run(tmp_path / "rest.ttl").exit_code == 1
    assert run(tmp_path / "rest.ttl", tmp_path / "people.ttl").exit_code == 0


def test_long_lists_are_cut_and_the_rest_counted() -> None:
    path = EXAMPLES / "counterexamples/value-agent-in-words.ttl"
    every = run(path, "--limit", 0).output.splitlines()
    cut = run(path, "--limit", 1).output.splitlines()
    assert cut == [every[0], f"… and {len(every) - 2} more (--limit 0 shows all)", every[-1]]
    assert len(every) > 3


def test_other_shapes_can_be_given(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n@prefix kg: <https://w3id.org/kg-exporter/ontology#> .\n"
        "<x:NoAmount> a sh:NodeShape ; sh:targetClass kg:Fine ; "
        'sh:property [ sh:path kg:amount ; sh:maxCount 0 ; sh:message "No amounts here." ] .\n',
        "utf-8",
    )
    result = run(EXAMPLES / "examples/one-report.ttl", "--shapes", shapes)
    assert result.exit_code == 1
    assert result.output.startswith("violation: https://data.example/id/action: No amounts here.\n")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("absent.ttl", None, "cannot read"),
        ("words.txt", b"a", "unknown kind of file (known endings: .ttl .nt .rdf .owl .jsonld)"),
        ("broken.ttl", b"<a> <b> .", "line 1"),
        ("binary.ttl", b"\xff\xfe\x00", "binary.ttl"),
        ("folder.ttl", "folder", "cannot read"),
        ("\x1b[31mred.ttl", b"<a> <b> .", "red.ttl"),
    ],
)
def test_a_file_that_cannot_be_read_is_one_line_and_status_2(
    name: str, content: bytes | str | None, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    if content == "folder":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    result = run(path)
    assert result.exit_code == 2
    assert message in result.output
    assert result.output.startswith("kg: ")
    assert len(result.output.splitlines()) == 1
    assert "\x1b" not in result.output


def test_broken_shapes_are_said_to_be_broken(tmp_path: Path) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> .\n<x:S> a sh:NodeShape ; sh:targetNode <x:a> ; sh:minCount 1 .\n"
        "<x:P> a sh:PropertyShape ; sh:targetNode <x:a> ; sh:minCount 1 .\n",
        "utf-8",
    )
    result = run(EXAMPLES / "examples/one-report.ttl", "--shapes", shapes)
    assert result.exit_code == 2
    assert "the shapes are not valid" in result.output


def test_hostile_values_are_shown_safely(tmp_path: Path) -> None:
    path = tmp_path / "hostile.ttl"
    text = (EXAMPLES / "examples/one-report.ttl").read_text("utf-8")
    path.write_text(text.replace('kg:currency "EUR"', 'kg:currency "\\u001B[2J\\u202Eeuro\\n"'), "utf-8")
    result = run(path)
    assert result.exit_code == 1
    assert "\x1b" not in result.output
    assert "\u202e" not in result.output
    assert "euro" in result.output
