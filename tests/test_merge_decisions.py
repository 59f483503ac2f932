"""Decisions about what is one: merges are taken apart and put together, and stay so in whatever order articles come."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from pyoxigraph import Literal
from typer.testing import CliRunner, Result

from kg.analysis_json import dumps
from kg.cli.main import build_app
from kg.decide.apply import Desk
from kg.decide.merging import MergeDecision, entity_apart, line_of, read_merge_decisions, report_apart
from kg.decide.rows import Decision, parse_correction
from kg.errors import ConfigurationError
from kg.link.curation import read_curation
from kg.merge import merge
from kg.model import Action, ActionType, Analysis, Graph, Kind, MergedEntity
from kg.rdf.names import name_nodes
from kg.rdf.reading import read_triples
from kg.rdf.triples import graph_triples
from kg.rdf.turtle import to_bytes
from kg.rdf.validation import validate
from kg.rdf.vocab import RDFS_LABEL
from tests.stories import analysis, everything, sorel

AT = "2031-05-03T12:00:00Z"
GRAPH = merge(everything())
NAMES = name_nodes(GRAPH)
SOREL = (("sorel-ar", "e1"), ("sorel-en", "e1"), ("sorel-fr", "e1"))
CHARGES = (("sorel-ar", "r2"), ("sorel-en", "r2"), ("sorel-fr", "r2"))


def table(folder: Path, *rows: Sequence[str] | str) -> Path:
    path = folder / "curation.tsv"
    path.write_text("".join(f"{row if isinstance(row, str) else chr(9).join(row)}\n" for row in rows), "utf-8")
    return path


def entities(*cells: str) -> tuple[str, ...]:
    return ("#merge", "entity", *cells)


def reports(verdict: str, one: Iterable[tuple[str, str]], other: Iterable[tuple[str, str]], *by: str) -> tuple[str, ...]:
    sides = (" ".join(NAMES.reports[member] for member in side) for side in (one, other))
    return ("#merge", "action", verdict, next(sides), "", next(sides), "", *by)


def ruled(folder: Path, *rows: Sequence[str] | str, given: Sequence[Analysis] | None = None) -> tuple[Graph, list[str]]:
    """The graph of the stories under decisions, and why some of these are not kept."""
    path = table(folder, *rows)
    desk = Desk((), read_curation(path).rules, read_merge_decisions(path))
    done = [desk.apply(one) for one in given or everything()]
    settled = desk.settle()
    return merge(done, settled.decided), [why for _, why in settled.problems]


def homes(graph: Graph, members: Iterable[tuple[str, str]]) -> list[MergedEntity]:
    return [next(e for e in graph.entities if member in e.members) for member in members]


def acts(graph: Graph, members: Iterable[tuple[str, str]]) -> list[Action]:
    return [next(a for a in graph.actions if member in a.reports) for member in members]


def keys(graph: Graph, members: Iterable[tuple[str, str]]) -> list[str]:
    return [entity.key for entity in homes(graph, members)]


def test_an_entity_is_taken_apart_and_its_actions_with_it(tmp_path: Path) -> None:
    assert len(set(keys(GRAPH, SOREL))) == 1 and len({a.id for a in acts(GRAPH, CHARGES)}) == 1
    graph, problems = ruled(tmp_path, entities("different", "Lina Sorel", "sorel-en", "*", "*"))
    ar, en, fr = homes(graph, SOREL)
    assert ar == fr != en and problems == []
    first, second, third = acts(graph, CHARGES)
    assert first == third != second and second.target == (en.key,)
    assert [r.severity for r in validate(graph_triples(graph)).results if r.severity == "Violation"] == []


def test_two_sides_are_kept_apart_and_the_rest_goes_by_evidence(tmp_path: Path) -> None:
    graph, _ = ruled(tmp_path, entities("different", "lina  SOREL", "sorel-fr", "لينا سوريل", "sorel-ar"))
    ar, en, fr = keys(graph, SOREL)
    assert ar != fr and en in (ar, fr)


def test_an_action_is_taken_apart_while_its_target_stays_one(tmp_path: Path) -> None:
    graph, problems = ruled(tmp_path, reports("different", [CHARGES[1]], [CHARGES[0], CHARGES[2]]))
    assert len(set(keys(graph, SOREL))) == 1 and problems == []
    first, second, third = acts(graph, CHARGES)
    assert first == third != second and second.reports == (CHARGES[1],)


def test_what_evidence_leaves_apart_is_put_together(tmp_path: Path) -> None:
    pair = (("sorel-en", "e5"), ("sorel-ar", "e4"))
    assert len(set(keys(GRAPH, pair))) == 2
    rows = [
        entities("same", "Nordpresse", "sorel-en", "هنري كاستيلان", "sorel-ar", "Ida", AT),
        reports("same", [("sorel-fr", "r1")], [("sorel-ar", "r1")], "Ida", AT),
    ]
    graph, problems = ruled(tmp_path, *rows)
    (home,) = set(homes(graph, pair))
    assert problems == [] and f"decided by Ida at {AT}" in [reason for join in home.joins for reason in join.reasons]
    (join,) = acts(graph, [("sorel-fr", "r1")])[0].joins
    assert join.reasons[0] == f"decided by Ida at {AT}" and "the same target" in join.reasons


def test_two_charges_at_different_times_become_one_action_when_somebody_says_so(tmp_path: Path) -> None:
    far = [
        replace(a, reports=tuple(replace(r, date="2029-01-01") if r.id == "r2" else r for r in a.reports or ())) for a in sorel()
    ]
    far = [a if a.article.id == "sorel-fr" else b for a, b in zip(far, sorel(), strict=True)]
    assert CHARGES[2] not in acts(merge(far), CHARGES[1:2])[0].reports
    names = name_nodes(merge(far))
    rows = ("#merge", "action", "same", names.reports[CHARGES[1]], "", names.reports[CHARGES[2]], "")
    graph, _ = ruled(tmp_path, rows, given=far)
    (charge,) = set(acts(graph, CHARGES[1:]))
    assert charge.date is None and "date" in charge.conflicts


def test_of_decisions_that_contradict_each_other_the_later_counts(tmp_path: Path) -> None:
    apart = entities("different", "Lina Sorel", "sorel-en", "*", "*")
    together = entities("same", "Lina Sorel", "sorel-en", "Lina Sorel", "sorel-fr")
    graph, problems = ruled(tmp_path, together, entities("different", "Lina Sorel", "sorel-en", "Lina Sorel", "sorel-fr"))
    assert keys(graph, SOREL)[1] != keys(graph, SOREL)[2] and problems == ["a later decision says otherwise"]
    # A later exception narrows the earlier rule: these two are one, and apart from the third.
    graph, problems = ruled(tmp_path, apart, together)
    ar, en, fr = keys(graph, SOREL)
    assert en == fr != ar and problems == []


def test_items_and_types_cannot_be_overruled(tmp_path: Path) -> None:
    rows = [
        entities("different", "Pavel Orlov", "orlov-en", "*Orlov*", "*"),
        entities("same", "Lyon", "sorel-fr", "Tallinn", "orlov-en"),
        reports("same", [("sorel-fr", "r1")], [("sorel-en", "r2")]),
        entities("different", "Nobody", "", "Lina Sorel", ""),
    ]
    linked = [a for a in everything() if "Q149067" in {e.qid for e in a.entities or ()}]
    assert len(linked) > 1
    graph, problems = ruled(tmp_path, *rows)
    assert graph == GRAPH
    assert problems[0] == "both are Q149067: decide about the link of one of them"
    assert problems[1].startswith("they are the items Q1770 and Q456: decide about links first")
    assert problems[2].startswith("they are of the types charge and arrest: correct one of them first")
    assert problems[3].startswith("a side fits no name")


def story(key: str, qid: str | None, published: str) -> Analysis:
    text = "Paul Trask of the Brindle Bank was charged in Arlen by Dana Rook."
    people = {
        "e1": ("person", "Paul Trask", qid),
        "e2": ("organization", "Brindle Bank", "Q900000010"),
        "e3": ("place", "Arlen", "Q900000011"),
        "e4": ("person", "Dana Rook", None),
    }
    told = {"type": "charge", "trigger": "charged", "target": ["e1"], "agent": ["e4"], "date": "2031-03-03"}
    return analysis(key, "en", text, people, [told], published=published)


def test_who_is_not_an_item_does_not_become_it_by_merging(tmp_path: Path) -> None:
    given = [story("a", "Q900000001", "2031-03-04"), story("b", None, "2031-03-05"), story("c", None, "2031-03-05")]
    members = (("a", "e1"), ("b", "e1"), ("c", "e1"))
    assert keys(merge(given), members) == ["Q900000001"] * 3
    graph, _ = ruled(tmp_path, "Paul Trask\ten\tb\tis not\tQ900000001", given=given)
    a, b, c = keys(graph, members)
    assert a == "Q900000001" != b and c in (a, b)
    graph, _ = ruled(tmp_path, "Paul Trask\ten\t[bc]\tis\tNIL", given=given)
    assert keys(graph, members) == ["Q900000001", "b/e1", "b/e1"]
    row = entities("same", "Paul Trask", "a", "Paul Trask", "b")
    graph, problems = ruled(tmp_path, "Paul Trask\ten\tb\tis not\tQ900000001", row, given=given)
    assert keys(graph, members)[1] != "Q900000001" and "a decision about links says" in problems[0]
    # A person taken out of an item stays out of it, whichever article with the item is looked at.
    graph, _ = ruled(tmp_path, entities("different", "Paul Trask", "b", "*", "*"), given=given)
    assert keys(graph, members) == ["Q900000001", "b/e1", "Q900000001"]


def test_two_entities_of_one_article_can_be_one(tmp_path: Path) -> None:
    graph, problems = ruled(tmp_path, entities("same", "Henri Castellan", "sorel-fr", "Nordpresse", "sorel-fr"))
    home = homes(graph, [("sorel-fr", "e5")])[0]
    assert ("sorel-fr", "e4") in home.members and problems == []


def test_a_corrected_report_is_known_by_either_name(tmp_path: Path) -> None:
    old = NAMES.reports["sorel-fr", "r1"]
    fix = Decision(old, "correct", "Ida", AT, parse_correction("type=charge; date=2031-03-05"), (old,), (), 1)
    path = table(tmp_path, ("#merge", "action", "same", old, "", NAMES.reports["sorel-en", "r2"], ""))
    desk = Desk([fix], (), read_merge_decisions(path))
    graph = merge([desk.apply(a) for a in everything()], desk.settle().decided)
    assert ("sorel-en", "r2") in acts(graph, [("sorel-fr", "r1")])[0].reports
    new = name_nodes(graph).reports["sorel-fr", "r1"]
    assert new != old
    path = table(tmp_path, ("#merge", "action", "different", new, "", NAMES.reports["sorel-en", "r2"], ""))
    desk = Desk([fix], (), read_merge_decisions(path))
    graph = merge([desk.apply(a) for a in everything()], desk.settle().decided)
    assert ("sorel-en", "r2") not in acts(graph, [("sorel-fr", "r1")])[0].reports


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_decisions_hold_in_any_order_of_articles(tmp_path: Path, order: tuple[int, ...]) -> None:
    rows = [
        entities("different", "Lina Sorel", "sorel-en", "*", "*"),
        reports("different", [("sorel-fr", "r1")], [("sorel-ar", "r1")]),
        entities("same", "Nordpresse", "", "parquet de Valmont", ""),
    ]
    given = sorel()
    expected, _ = ruled(tmp_path, *rows, given=given)
    assert ruled(tmp_path, *rows, given=[given[i] for i in order])[0] == expected


# What makes the lines


def test_names_that_would_be_patterns_are_written_so_that_they_stand_for_themselves() -> None:
    decision = entity_apart("Jan [*] Falk", "news|a 1?\x07", ["Jan [*] Falk", "J\u200bF"], "Ida", AT)
    line = line_of(decision)
    assert line == f"#merge\tentity\tdifferent\tJan [[][*]] Falk\tnews?a 1[?]?\tJan [[][*]] Falk|JF\t*\tIda\t{AT}"
    assert line_of(report_apart("https://a/report/1", [("https://a/report/1", "w1"), ("https://a/report/2", "w2")])) == (
        "#merge\taction\tdifferent\thttps://a/report/1\tw1\thttps://a/report/2\tw2"
    )


def test_a_line_is_read_as_it_was_written(tmp_path: Path) -> None:
    made: list[MergeDecision] = [
        entity_apart("lina sorel", "sorel-en", ["lina sorel"], "Ida", AT),
        report_apart("https://a/report/1", [("https://a/report/1", "w1"), ("https://a/report/2", "w2")]),
    ]
    read = read_merge_decisions(table(tmp_path, *map(line_of, made)))
    assert [replace(decision, line=0) for decision in read] == made


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (entities("different", "Lina Sorel", ""), "two cells for each side"),
        (("#merge", "case", "same", "a", "", "b", ""), "`entity` or `action`"),
        (entities("is", "a", "", "b", ""), "`same` or `different`"),
        (entities("same", "a", "", " | ", ""), "has a name"),
        (entities("same", "a", "x", "A", "x"), "both sides are the same"),
        (("#merge", "action", "same", "r1", "", "https://a/report/2", ""), "is the IRI of a report"),
        (entities("same", "a", "", "b", "", "Ida", "noon"), "no time like"),
    ],
)
def test_lines_that_are_wrong_stop_the_run(tmp_path: Path, row: tuple[str, ...], message: str) -> None:
    with pytest.raises(ConfigurationError, match=f"line 1: .*{message}"):
        read_merge_decisions(table(tmp_path, row))


# The commands

STORY = "The Ravenford prosecutor charged Anna Bellamy of Brindle Bank with fraud in {} on 3 March 2021, said {}.\n"


def kg(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), list(map(str, arguments)))


def write_stories(folder: Path, *names: str) -> None:
    folder.mkdir(exist_ok=True)
    for name in names:
        (folder / f"{name}.txt").write_text(STORY.format("Lyon", "Jonas Whitlock"), "utf-8")


def test_what_was_taken_apart_stays_apart_in_updates_and_builds(tmp_path: Path) -> None:
    news, graph, whole = tmp_path / "news", tmp_path / "kg.ttl", tmp_path / "whole.ttl"
    write_stories(news, "one", "two")
    kept = tmp_path / "kept"
    assert kg("build", news, "-o", graph, "--analyses", kept).exit_code == 0

    def people(path: Path) -> list[str]:
        label = Literal("Anna Bellamy", language="en")
        return sorted(str(t.subject.value) for t in read_triples([path]) if t.predicate == RDFS_LABEL and t.object == label)  # type: ignore[union-attr]

    (person,) = people(graph)
    told = kg("explain", person, graph)
    assert told.exit_code == 0 and "the same name" in told.stdout, told.output
    line = next(line for line in told.stdout.splitlines() if line.startswith("#merge\tentity"))
    decisions = table(tmp_path, ("name", "lang", "article", "verdict", "qid"), line)
    update = kg("update", kept, "-o", graph, "--curation", decisions)
    assert "decisions 1 about what is one (kept 1, not applicable 0)" in update.stdout, update.output
    assert len(people(graph)) == 2
    write_stories(news, "three")
    assert kg("update", kept, news / "three.txt", "-o", graph, "--curation", decisions).exit_code == 0
    assert len(people(graph)) == 2
    assert kg("build", news, "-o", whole, "--curation", decisions).exit_code == 0
    assert whole.read_bytes() == graph.read_bytes()
    # Without the line they are one again.
    assert kg("update", kept, "-o", graph, "--curation", table(tmp_path, "# nothing")).exit_code == 0
    assert len(people(graph)) == 1
    lost = table(tmp_path, entities("same", "Nobody", "", "Anna Bellamy", ""))
    update = kg("update", kept, "-o", graph, "--curation", lost)
    assert "line 1: not kept: a side fits no name" in update.stderr and update.exit_code == 0


def test_an_explanation_gives_the_line_that_takes_a_report_out_of_its_action(tmp_path: Path) -> None:
    (tmp_path / "kg.ttl").write_bytes(to_bytes(graph_triples(merge(everything()))))
    run = kg("explain", NAMES.reports["sorel-en", "r2"], tmp_path / "kg.ttl")
    (line,) = [line for line in run.stdout.splitlines() if line.startswith("#merge\taction")]
    graph, problems = ruled(tmp_path, line)
    assert acts(graph, [("sorel-en", "r2")])[0].reports == (("sorel-en", "r2"),) and problems == []


def test_finished_analyses_that_lack_a_side_are_told_by_kg_link(tmp_path: Path) -> None:
    folder = tmp_path / "analyses"
    folder.mkdir()
    for one in sorel():
        (folder / f"{one.article.id}.json").write_text(dumps(one), "utf-8")
    path = table(tmp_path, entities("same", "Lina Sorel", "", "Henri Castellan", ""), entities("same", "X", "", "Y", ""))
    run = kg("link", folder, "--curation", path)
    assert run.exit_code == 0 and "decisions 2 about what is one (kept 1, not applicable 1)" in run.stdout, run.output


def test_every_join_of_the_stories_leads_to_the_first_of_its_entity() -> None:
    for entity in GRAPH.entities:
        if entity.qid is None:
            assert {join.member for join in entity.joins} == set(entity.members[1:]), entity.key
        step = {join.member: join.other for join in entity.joins}
        for member in step:
            seen = [member]
            while seen[-1] in step and seen[-1] not in seen[:-1]:
                seen.append(step[seen[-1]])
            assert seen[-1] in entity.members and seen[-1] not in step
    assert any(e.joins for e in GRAPH.entities if e.kind is Kind.PERSON)
    assert ActionType.CHARGE in {a.type for a in GRAPH.actions}
