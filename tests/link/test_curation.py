"""The user's decisions about links, and finished analyses linked again."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kg.analysis_json import dumps, from_dict
from kg.cli.main import build_app
from kg.errors import ConfigurationError
from kg.lang.pack import load_pack
from kg.link.cascade import LinkStage
from kg.link.curation import Curation, read_curation
from kg.link.refresh import relink
from kg.model import ActionType, Analysis, Article, Kind, Mention, Report, Span
from kg.parse.rules import RuleParser

TEXT = "Aldo Fenwick of Paris met Berta Olsen. Fenwick left Paris."
NAMES = (("Aldo Fenwick", Kind.PERSON), ("Paris", Kind.PLACE), ("Berta Olsen", Kind.PERSON), ("Fenwick", Kind.PERSON))
HEAD = "name\tlang\tarticle\tverdict\tqid\tnote\n"


def table(path: Path, *rows: str) -> Path:
    path.write_text(HEAD + "".join(row.replace("|", "\t") + "\n" for row in rows), "utf-8")
    return path


def analysis(stage: LinkStage, key: str = "a1") -> Analysis:
    mentions, at = [], 0
    for name, kind in NAMES:
        at = TEXT.index(name, at)
        mentions.append(Mention(Span(at, at + len(name)), kind, "test"))
        at += len(name)
    article = Article(key, TEXT, (Span(0, len(TEXT)),), "en", source=f"in/{key}.txt", url=f"https://example.org/{key}")
    return stage(Analysis(article, RuleParser(load_pack("en"))(article), tuple(mentions)))


def linked(tmp_path: Path, *rows: str, key: str = "a1") -> dict[str, str | None]:
    stage = LinkStage(curation=read_curation(table(tmp_path / "curation.tsv", *rows)))
    return {entity.name: entity.qid for entity in analysis(stage, key).entities or ()}


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ((), {"Aldo Fenwick": None, "Paris": "Q90", "Berta Olsen": None}),
        (("Aldo Fenwick|||is|Q900001",), {"Aldo Fenwick": "Q900001", "Paris": "Q90", "Berta Olsen": None}),
        (("ALDO*|en||is|Q900001",), {"Aldo Fenwick": "Q900001", "Paris": "Q90", "Berta Olsen": None}),
        (("Fenwick|en|a1|is|Q900001|by his family name",), {"Aldo Fenwick": "Q900001", "Paris": "Q90", "Berta Olsen": None}),
        (("Aldo Fenwick|fr||is|Q900001",), {"Aldo Fenwick": None, "Paris": "Q90", "Berta Olsen": None}),
        (("Aldo Fenwick||b*|is|Q900001",), {"Aldo Fenwick": None, "Paris": "Q90", "Berta Olsen": None}),
        (("Aldo Fenwick||https://example.org/*|is|Q900001",), {"Aldo Fenwick": "Q900001", "Paris": "Q90", "Berta Olsen": None}),
        (("Paris|||is not|Q90",), {"Aldo Fenwick": None, "Paris": None, "Berta Olsen": None}),
        (("Paris|||is|NIL",), {"Aldo Fenwick": None, "Paris": None, "Berta Olsen": None}),
        (("Paris|||is|Q830149", "Paris||a1|is|Q90"), {"Aldo Fenwick": None, "Paris": "Q90", "Berta Olsen": None}),
        (("# Paris|||is|NIL", "", "*Olsen|||is|Q900002"), {"Aldo Fenwick": None, "Paris": "Q90", "Berta Olsen": "Q900002"}),
    ],
)
def test_decisions(rows: tuple[str, ...], expected: dict[str, str | None], tmp_path: Path) -> None:
    assert linked(tmp_path, *rows) == expected


def test_what_the_user_decided_is_certain_and_repeats(tmp_path: Path) -> None:
    stage = LinkStage(curation=read_curation(table(tmp_path / "c.tsv", "Paris|||is|NIL", "Berta Olsen|||is|Q900002")))
    first, second = analysis(stage), analysis(stage)
    assert dumps(first) == dumps(second)
    by_name = {entity.name: entity for entity in first.entities or ()}
    assert by_name["Berta Olsen"].confidence == 1.0
    assert by_name["Paris"].confidence == 0.0
    assert by_name["Paris"].candidates, "what was considered is kept"


def test_wrong_rows_are_named_in_one_line(tmp_path: Path) -> None:
    rows = [
        "Paris|||is|Q90",
        "Paris|||iz|Q90",
        "Paris|english||is|Q90",
        "Paris|||is|90",
        "||| is|Q1",
        "Paris|Q90",
        "Paris|||is|Q1",
    ]
    with pytest.raises(ConfigurationError) as caught:
        read_curation(table(tmp_path / "c.tsv", *rows, "Lyon|||is not|NIL", "*|||is|Q1"))
    message = str(caught.value)
    assert "\n" not in message
    for line in (3, 4, 5, 6, 7, 8, 9, 10):
        assert f"line {line}:" in message, line
    assert "line 2:" not in message
    assert "c.tsv" in message


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", None])
def test_a_file_that_cannot_be_read(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "c.tsv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_curation(path)


def test_hostile_rows_are_told_on_one_safe_line(tmp_path: Path) -> None:
    path = tmp_path / "c.tsv"
    path.write_text("Paris\t\t\t\x1b[31m\u202eis\tQ90\n" * 30, "utf-8")
    with pytest.raises(ConfigurationError) as caught:
        read_curation(path)
    assert "and 20 more" in str(caught.value)
    assert not set("\x1b\u202e\n") & set(str(caught.value))


def with_report(done: Analysis) -> Analysis:
    """The analysis with a report on all of its entities."""
    ids = tuple(entity.id for entity in done.entities or ())
    report = Report("r1", ActionType.ARREST, Span(0, 4), Span(0, 10), target=ids[:1], place=ids[1:2], attributed_to=ids[2:])
    return Analysis(done.article, done.document, None, done.entities, (report,))


def test_linking_again_changes_nothing_where_nothing_changed() -> None:
    done = from_dict(json.loads(dumps(with_report(analysis(LinkStage())))))
    again, changes = relink(done, LinkStage())
    assert (again.entities, again.reports, changes) == (done.entities, done.reports, ())


def test_entities_that_become_one_keep_their_reports(tmp_path: Path) -> None:
    done = from_dict(json.loads(dumps(with_report(analysis(LinkStage())))))
    rules = read_curation(table(tmp_path / "c.tsv", "Aldo Fenwick|||is|Q900001", "Berta Olsen|||is|Q900001"))
    again, changes = relink(done, LinkStage(curation=rules))
    assert [(c.name, c.old, c.new) for c in changes] == [("Aldo Fenwick", None, "Q900001"), ("Berta Olsen", None, "Q900001")]
    assert [entity.id for entity in again.entities or ()] == ["e1", "e2"]
    (report,) = again.reports or ()
    assert (report.target, report.place, report.attributed_to) == (("e1",), ("e2",), ("e1",))
    assert relink(done, LinkStage(curation=Curation()))[1] == ()


def test_the_command_shows_then_writes(tmp_path: Path) -> None:
    folder = tmp_path / "analyses"
    folder.mkdir()
    for key in ("a1", "a2"):
        (folder / f"{key}.json").write_text(dumps(analysis(LinkStage(), key)), "utf-8")
    before = (folder / "a1.json").read_bytes()
    rules = str(table(tmp_path / "c.tsv", "Aldo Fenwick||a1|is|Q900001", "Paris||a2|is|NIL"))
    run = CliRunner()

    shown = run.invoke(build_app(), ["link", str(folder), "--curation", rules])
    assert shown.exit_code == 0, shown.output
    assert "a1\tAldo Fenwick\tNIL → Q900001" in shown.output
    assert "a2\tParis\tQ90 → NIL" in shown.output
    assert "2 analyses: NIL → item 1, another item 0, item → NIL 1 (nothing written: add --refresh)" in shown.output
    assert (folder / "a1.json").read_bytes() == before

    assert run.invoke(build_app(), ["link", "--refresh", str(folder)], env={"KG_CURATION": rules}).exit_code == 0
    assert {e["name"]: e["qid"] for e in json.loads((folder / "a1.json").read_bytes())["entities"]}["Aldo Fenwick"] == "Q900001"
    again = run.invoke(build_app(), ["link", "--refresh", str(folder), "--curation", rules])
    assert again.stdout.splitlines()[-1] == "2 analyses: NIL → item 0, another item 0, item → NIL 0"
    undone = run.invoke(build_app(), ["link", "--refresh", str(folder)])
    assert "NIL → item 1, another item 0, item → NIL 1" in undone.output
    assert (folder / "a1.json").read_bytes() == before


def test_what_is_no_analysis_is_told_and_the_others_are_done(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text("[]", "utf-8")
    (tmp_path / "b.json").write_text(dumps(analysis(LinkStage(), "b")), "utf-8")
    (tmp_path / "c.json").write_bytes(b"\xff{")
    done = CliRunner().invoke(build_app(), ["link", str(tmp_path)])
    assert done.exit_code == 1
    assert "1 analyses" in done.output
    assert CliRunner().invoke(build_app(), ["link", str(tmp_path / "none")]).exit_code == 2
