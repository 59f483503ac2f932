"""`kg diff`: what one graph says that another does not."""

from __future__ import annotations

import dataclasses
import json
import random
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner, Result

from kg.cli.main import build_app
from kg.merge import merge
from kg.model import Analysis, Entity, Report
from kg.rdf.difference import Difference, compare
from kg.rdf.outputs import OUTPUTS, prepare
from kg.rdf.snapshot import take
from kg.rdf.triples import graph_triples

stories = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("stories.py"))))


def difference(old: list[Analysis], new: list[Analysis]) -> Difference:
    return compare(*(take(graph_triples(merge(analyses))) for analyses in (old, new)))


def told(found: Difference, section: str) -> list[tuple[str, str]]:
    return [(entry.how, entry.what) for entry in found.sections[section]]


def changes(found: Difference, section: str) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {change.slot: (change.gone, change.came) for entry in found.sections[section] for change in entry.changes}


def with_report(analysis: Analysis, key: str, **slots: object) -> Analysis:
    reports: tuple[Report, ...] = analysis.reports or ()
    return dataclasses.replace(analysis, reports=tuple(dataclasses.replace(r, **slots) if r.id == key else r for r in reports))


def with_entity(analysis: Analysis, key: str, **slots: object) -> Analysis:
    entities: tuple[Entity, ...] = analysis.entities or ()
    return dataclasses.replace(analysis, entities=tuple(dataclasses.replace(e, **slots) if e.id == key else e for e in entities))


def corrected(analysis: Analysis, before: str) -> Analysis:
    """The article with ``before`` put in front of its text, and everything moved."""
    shift = len(before)

    def moved(value: object) -> object:
        if isinstance(value, tuple):
            return tuple(moved(v) for v in value)
        if type(value).__name__ == "Span":
            return dataclasses.replace(value, start=value.start + shift, end=value.end + shift)  # type: ignore[attr-defined]
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            if type(value).__name__ == "Article":
                return dataclasses.replace(value, text=before + value.text, body=moved(value.body))  # type: ignore[attr-defined]
            return dataclasses.replace(value, **{f.name: moved(getattr(value, f.name)) for f in dataclasses.fields(value)})
        return value

    out = moved(analysis)
    assert isinstance(out, Analysis)
    return out


def test_equal_graphs_do_not_differ_whatever_the_order_of_their_triples() -> None:
    triples = list(graph_triples(merge(stories.everything())))
    shuffled = random.Random(3).sample(triples, len(triples))
    found = compare(take(triples), take(shuffled))
    assert found.same and not any(found.sections.values())


def test_a_new_article_brings_its_reports_and_changes_actions_that_are_known() -> None:
    french, arabic, english = stories.sorel()
    found = difference([french, english], [french, arabic, english])
    assert [how for how, _ in told(found, "articles")] == ["new"]
    assert len(found.sections["reports"]) == 3 and {how for how, _ in told(found, "reports")} == {"new"}
    # The arrest is dated differently by the new report; the mayor's first report is another now, but she is the same.
    assert changes(found, "actions")["date"] == (("2031-03-03",), ())
    assert changes(found, "actions")["conflict"] == ((), ("date",))
    assert {entry.how for entry in found.sections["actions"]} == {"changed"}
    assert "gone" not in {how for how, _ in told(found, "entities")}


def test_a_removed_article_takes_its_reports_and_actions_that_nobody_else_tells() -> None:
    articles = stories.everything()
    found = difference(articles, [a for a in articles if a.article.id != "orlov-fr"])
    assert [how for how, _ in told(found, "articles")] == ["gone"]
    assert ("gone", "detention of Karl Rebane") in told(found, "actions")
    assert len([entry for entry in found.sections["actions"] if entry.how == "changed"]) == 2
    assert changes(found, "actions")["reports"] == (("2",), ("1",))
    assert [what for _, what in told(found, "cases")] == ["Karl Rebane"]


def test_a_corrected_article_is_the_same_article_and_what_it_still_says_stays() -> None:
    french = stories.sorel()[0]
    found = difference([french], [corrected(french, "Mis à jour. ")])
    assert [how for how, _ in told(found, "articles")] == ["changed"]
    assert set(changes(found, "articles")) == {"text"}
    assert not found.sections["actions"] and not found.sections["reports"] and not found.sections["entities"]
    assert found.rest == ("words and their places", "evidence") and not found.same


def test_a_changed_value_is_told_with_both_values() -> None:
    french = stories.sorel()[0]
    found = difference([french], [with_report(french, "r2", date="2031-03-06", modality="possible")])
    assert changes(found, "actions") == {
        "date": (("2031-03-05",), ("2031-03-06",)),
        "status": (("Actual",), ("Possible",)),
    }
    assert changes(found, "reports")["modality"] == (("Actual",), ("Possible",))


def test_a_new_link_is_told_as_such() -> None:
    french = stories.sorel()[0]
    linked = with_entity(french, "e1", qid="Q900000077", confidence=0.9)
    found = difference([french], [linked])
    assert changes(found, "entities") == {"item": (("none",), ("wd:Q900000077",))}
    assert not found.sections["actions"] and not found.sections["links"]
    back = difference([linked], [french])
    assert changes(back, "entities") == {"item": (("wd:Q900000077",), ("none",))}


def test_names_that_move_to_another_item_are_counted() -> None:
    left, right = stories.orlov()
    moved = with_entity(right, "e1", qid="Q900000078", confidence=0.9)
    found = difference([left, right], [left, moved])
    assert [(entry.what, entry.changes[0].gone, entry.changes[0].came) for entry in found.sections["links"]] == [
        ("1 name", ("Pavel Orlov (wd:Q149067)",), ("Pavel Orlov (wd:Q900000078)",))
    ]


def test_only_the_evidence_or_the_version_differing_is_said_too() -> None:
    french = stories.sorel()[0]
    found = difference([french], [with_report(french, "r2", evidence=())])
    assert not found.same and found.rest == ("evidence", "other facts")
    parsed = dataclasses.replace(french, document=dataclasses.replace(french.document, parser="sample 2"))
    assert [(how, what) for how, what in told(difference([french], [parsed]), "origin") if "sample" in what] == [
        ("gone", "sample 1"),
        ("new", "sample 2"),
    ]


def run(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), ["diff", *map(str, arguments)])


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graphs")
    articles = stories.everything()
    for name, analyses in (("old", articles[1:]), ("new", articles)):
        written = prepare(merge(analyses))
        for form in ("turtle", "nt", "trig", "jsonld"):
            (folder / f"{name}{OUTPUTS[form].ending}").write_bytes(OUTPUTS[form].write(written))
    return folder


def test_the_command_tells_in_words_and_by_its_status(files: Path) -> None:
    same = run(files / "old.ttl", files / "old.nt")
    assert same.exit_code == 0 and same.output.startswith("the graphs are the same: ")
    found = run(files / "old.ttl", files / "new.ttl")
    assert found.exit_code == 1
    assert "articles: 1 new\n  + “Lina Sorel mise en examen”, Gazette de Valmont, 2031-03-06" in found.output
    assert "  ~ arrest of Lina Sorel, Lyon (wd:Q456)\n      date: gone: 2031-03-04\n" in found.output
    assert "… and" in run(files / "old.ttl", files / "new.ttl", "--limit", 1).output


@pytest.mark.parametrize("ending", [".nt", ".trig", ".jsonld"])
def test_every_syntax_tells_the_same(files: Path, ending: str) -> None:
    assert run(files / f"old{ending}", files / f"new{ending}").output == run(files / "old.ttl", files / "new.ttl").output


def test_json_holds_every_entry_with_names(files: Path) -> None:
    result = run(files / "old.ttl", files / "new.ttl", "--format", "json")
    data = json.loads(result.output)
    assert result.exit_code == 1 and data["same"] is False
    assert [entry["how"] for entry in data["articles"]] == ["new"]
    arrest = next(entry for entry in data["actions"] if entry["what"].startswith("arrest of Lina Sorel"))
    assert arrest["iri"].startswith("https://") and {"slot": "reports", "gone": ["1"], "came": ["2"]} in arrest["changes"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [("absent.ttl", None, "cannot read"), ("a.txt", b"", "known endings"), ("broken.ttl", b"<a> <b> .", "line 1")],
)
def test_what_cannot_be_read_is_one_line_and_status_2(
    name: str, content: bytes | None, message: str, files: Path, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    result = run(tmp_path / name, files / "old.ttl")
    assert result.exit_code == 2 and message in result.output and len(result.output.splitlines()) == 1


def test_hostile_values_are_told_on_one_line(tmp_path: Path) -> None:
    graph = '<https://x.example/a> a <https://schema.org/NewsArticle> ; <https://schema.org/headline> "\\u001B[2J\\u202Ea\\nb" .'
    (tmp_path / "a.ttl").write_text(graph, "utf-8")
    (tmp_path / "b.ttl").write_text("_:b <https://x.example/p> _:c .", "utf-8")
    result = run(tmp_path / "a.ttl", tmp_path / "b.ttl")
    assert result.exit_code == 1 and "\x1b" not in result.output and "\u202e" not in result.output
    assert len(result.output.splitlines()) == 3
