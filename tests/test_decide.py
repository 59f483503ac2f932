"""Decisions about actions: rejected reports go, corrected ones change, confirmed ones say so; what fits no longer is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg.analysis_json import dumps, from_dict, to_dict
from kg.cli.main import build_app
from kg.decide.apply import Desk, counts
from kg.decide.rows import Correction, Decision, parse_correction, read_decisions
from kg.errors import ConfigurationError
from kg.link.curation import read_curation
from kg.merge import merge
from kg.model import ActionType, Analysis, Modality, Report, Review, Span, Verdict
from kg.rdf import iri
from kg.rdf.names import name_nodes
from kg.rdf.triples import graph_triples
from kg.rdf.turtle import to_bytes
from kg.rdf.validation import read_triples, validate
from tests.stories import everything, sorel

AT = "2031-05-03T12:00:00Z"
GRAPH = merge(everything())
NAMES = name_nodes(GRAPH)


def decision(verdict: str, article: str, report: str, value: str = "", line: int = 2, words: str = "") -> Decision:
    correction = parse_correction(value) if value else Correction()
    name = NAMES.reports[article, report]
    return Decision(name, verdict, "Ida", AT, correction, (name,), (words,) if words else (), line)


def decided(*decisions: Decision) -> tuple[dict[tuple[str, str], Report], Desk]:
    desk = Desk(decisions)
    done = [desk.apply(analysis) for analysis in everything()]
    return {(a.article.id, r.id): r for a in done for r in a.reports or ()}, desk


def test_a_rejected_report_goes_and_its_action_with_it() -> None:
    reports, desk = decided(decision("reject", "orlov-en", "r6"))
    assert ("orlov-en", "r6") not in reports and len(reports) == len(NAMES.reports) - 1
    graph = merge([Desk(desk.decisions).apply(analysis) for analysis in everything()])
    kinds = [action.type for action in graph.actions]
    assert ActionType.BAN in [action.type for action in GRAPH.actions] and ActionType.BAN not in kinds
    assert counts(desk.applied) == {"confirmed": 0, "rejected": 1, "corrected": 0, "failed": 0}


def test_a_confirmed_report_says_who_and_when_and_the_graph_is_valid() -> None:
    reports, desk = decided(decision("confirm", "sorel-fr", "r2"))
    assert reports["sorel-fr", "r2"].review == Review(Verdict.CONFIRMED, "Ida", AT)
    triples = graph_triples(merge([Desk(desk.decisions).apply(analysis) for analysis in everything()]))
    said = {t.predicate.value.rpartition("#")[2]: t.object.value for t in triples if "review" in t.predicate.value}  # type: ignore[union-attr]
    assert said == {"review": "confirmed", "reviewedBy": "Ida", "reviewedAt": AT}
    assert [r for r in validate(set(triples)).results if r.severity == "Violation"] == []


def test_a_correction_changes_type_modality_date_and_roles() -> None:
    value = "type=trial; modality=possible; date=2032-06; target=Pavel Orlov|Nobody; agent=; place=Q1770"
    reports, _ = decided(decision("correct", "orlov-en", "r5", value))
    report = reports["orlov-en", "r5"]
    assert (report.type, report.modality, report.date) == (ActionType.TRIAL, Modality.POSSIBLE, "2032-06")
    assert (report.target, report.agent, report.place) == (("e2",), (), ("e3",))
    assert report.review == Review(Verdict.CORRECTED, "Ida", AT)


def test_evidence_of_a_value_that_went_goes_too() -> None:
    before = next(r for a in sorel() for r in a.reports or () if (a.article.id, r.id) == ("sorel-fr", "r2"))
    assert before.evidence
    reports, _ = decided(decision("correct", "sorel-fr", "r2", "target=Henri Castellan"))
    assert reports["sorel-fr", "r2"].evidence == () and reports["sorel-fr", "r2"].target == ("e5",)


def test_a_name_that_the_article_lacks_changes_nothing_and_is_told() -> None:
    reports, desk = decided(decision("correct", "sorel-fr", "r2", "type=fine; agent=Nobody"))
    assert reports["sorel-fr", "r2"].type is ActionType.CHARGE and reports["sorel-fr", "r2"].review is None
    assert counts(desk.applied)["failed"] == 1


def test_a_report_read_with_more_words_is_known_by_its_clearest() -> None:
    base = iri.checked_base("https://a.example/")
    analysis = sorel()[0]
    article = iri.article_iri(base, analysis.article)
    old = (analysis.reports or ())[0]
    newer = Report(**{name: getattr(old, name) for name in old.__slots__} | {"triggers": (old.trigger, Span(0, 2))})
    changed = Analysis(analysis.article, analysis.document, analysis.mentions, analysis.entities, (newer,))
    gone = iri.report_iri(base, article, old.type, (old.trigger,))
    reject = Decision(gone, "reject", "Ida", AT, reports=(gone,), words=(iri.span_iri(article, old.trigger),), line=2)
    assert Desk([reject]).apply(changed).reports == ()
    assert Desk([Decision(gone, "reject", "Ida", AT, reports=(gone,), line=2)]).apply(changed).reports == (newer,)


def test_of_two_decisions_the_last_counts_and_what_fits_nothing_is_told() -> None:
    lost = Decision("https://a.example/report/none", "reject", "Ida", AT, reports=("https://a.example/report/none",), line=4)
    reports, desk = decided(decision("reject", "sorel-en", "r1"), decision("confirm", "sorel-en", "r1", line=3), lost)
    assert reports["sorel-en", "r1"].review is not None
    assert [d.line for d in desk.unmatched()] == [4]


def test_an_action_without_its_reports_named_is_found_by_its_first() -> None:
    action = next(a for a in GRAPH.actions if a.type is ActionType.BAN)
    desk = Desk([Decision(NAMES.actions[action.id], "reject", "Ida", AT, line=2)])
    assert sum(len(desk.apply(a).reports or ()) for a in everything()) == len(NAMES.reports) - 1


def test_a_review_survives_json() -> None:
    desk = Desk([decision("confirm", "sorel-fr", "r2")])
    analysis = desk.apply(sorel()[0])
    assert from_dict(to_dict(analysis)).reports == analysis.reports
    assert "review" not in dumps(sorel()[0])


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "needs the right value"),
        ("a charge", "looks like"),
        ("kind=charge", "looks like"),
        ("type=crime", "no type of action"),
        ("modality=sure", "no modality"),
        ("date=yesterday", "a date looks like"),
        ("date=2031-02-30", "the calendar has no"),
        ("type=fine; type=bail", "twice"),
    ],
)
def test_corrections_that_are_none(value: str, message: str) -> None:
    with pytest.raises(ConfigurationError, match=message):
        parse_correction(value)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("#action\tx", "line 1: a decision about an action has"),
        ("#action\tx\tmaybe\t\tIda\t" + AT, "the verdict must be"),
        ("#action\tx\treject\t\t\t" + AT, "who took it"),
        ("#action\tx\treject\t\tIda\tnoon", "no time like"),
    ],
)
def test_lines_that_are_wrong_stop_the_run(tmp_path: Path, line: str, message: str) -> None:
    path = tmp_path / "curation.tsv"
    path.write_text(line + "\n", "utf-8")
    with pytest.raises(ConfigurationError, match=message):
        read_decisions(path)


def test_finished_analyses_are_decided_by_kg_link(tmp_path: Path) -> None:
    for analysis in sorel():
        (tmp_path / f"{analysis.article.id}.json").write_text(dumps(analysis), "utf-8")
    name = NAMES.reports["sorel-en", "r1"]
    table = tmp_path / "decisions.tsv"
    rows = [f"#action\t{name}\treject\t\tIda\t{AT}\t{name}", f"#action\t{name}x\tconfirm\t\tIda\t{AT}\t{name}x", "# a remark"]
    links = ["Lina Sorel\ten\t\tis\tQ7", "Nobody*\t\t\tis not\tQ8", "Lina Sorel\tde\t\tis\tQ7"]
    table.write_text("\n".join(rows + links) + "\n", "utf-8")
    assert len(read_curation(table).rules) == 3
    arguments = ["link", str(tmp_path), "--curation", str(table), "-o", str(tmp_path / "new")]
    runs = [CliRunner().invoke(build_app(), arguments) for _ in range(2)]
    assert runs[0].exit_code == 0, runs[0].output
    assert "sorel-en\treport r1\trejected by Ida at 2031-05-03T12:00:00Z" in runs[0].stdout
    assert "decisions 2 about actions (reports confirmed 0, rejected 1, corrected 0; not applicable 1)" in runs[0].stdout
    assert "decisions 3 about links (1 fit a name, 2 fit none: line 5, 6)" in runs[0].stdout
    assert "line 2: no report fits the decision of Ida to confirm it" in runs[0].stderr
    new = from_dict(json.loads((tmp_path / "new" / "sorel-en.json").read_text("utf-8")))
    assert [report.id for report in new.reports or ()] == ["r2"]


def test_a_build_applies_decisions_without_analysing_again(tmp_path: Path) -> None:
    (tmp_path / "story.txt").write_text("The Ravenford prosecutor charged Anna Bellamy with fraud on 3 March 2021.\n", "utf-8")
    table, graph = tmp_path / "curation.tsv", tmp_path / "kg.ttl"
    table.write_text("name\tlang\tarticle\tverdict\tqid\n", "utf-8")
    arguments = ["build", tmp_path / "story.txt", "-o", graph, "--work", tmp_path / "work", "--curation", table]

    def build() -> str:
        run = CliRunner().invoke(build_app(), [*map(str, arguments), "--report", str(tmp_path / "run.json")])
        assert run.exit_code == 0, run.output
        return run.output

    build()
    report = next(
        t.subject.value  # type: ignore[union-attr]
        for t in read_triples([graph])
        if t.predicate.value.endswith("#reports")
    )
    table.write_text(table.read_text("utf-8") + f"#action\t{report}\tconfirm\t\tIda\t{AT}\t{report}\t\n", "utf-8")
    assert "decisions 1 about actions (reports confirmed 1, rejected 0, corrected 0; not applicable 0)" in build()
    assert "confirmed" in graph.read_text("utf-8")
    assert '"analysed": 0' in (tmp_path / "run.json").read_text("utf-8")
    again = graph.read_bytes()
    build()
    assert graph.read_bytes() == again
    table.write_text(table.read_text("utf-8") + f"#action\t{report}\treject\t\tIda\t{AT}\t{report}\t\n", "utf-8")
    assert "rejected 1" in build()
    assert report.rpartition("/")[2] not in graph.read_text("utf-8")


def test_an_explanation_says_who_checked(tmp_path: Path) -> None:
    desk = Desk([decision("confirm", "sorel-fr", "r2")])
    (tmp_path / "kg.ttl").write_bytes(to_bytes(graph_triples(merge(map(desk.apply, sorel())))))
    run = CliRunner().invoke(build_app(), ["explain", NAMES.reports["sorel-fr", "r2"], str(tmp_path / "kg.ttl")])
    assert "confirmed by Ida at 2031-05-03T12:00:00Z" in run.stdout, run.output
