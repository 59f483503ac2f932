"""`kg update`: a graph that was brought up to date has the bytes of one that was built at once."""

from __future__ import annotations

import dataclasses
import json
import runpy
import shutil
from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from kg.analysis_json import dumps, from_dict
from kg.batch.collection import Collection, Kept, address, locked, path_of, read_collection
from kg.batch.update import Plan
from kg.cli.main import build_app
from kg.errors import ConfigurationError
from kg.merge import merge
from kg.model import Analysis, Tools
from kg.rdf.names import name_nodes
from kg.rdf.outputs import OUTPUTS, prepare

stories = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("stories.py"))))
TOOLS = Tools("0", ("sample",))
NEWS = {
    "a": "Mayor charged\n\nThe Ravenford prosecutor charged Anna Bellamy with fraud on 3 March 2021. Her lawyer denied it.\n",
    "b": "Former mayor released\n\nAnna Bellamy was released on bail of $20,000 in Ravenford. A judge barred her from leaving.\n",
    "c": "Banker fined\n\nA court in London fined the banker Carla Reyes $500 on 9 May 2021, the Ravenford prosecutor said.\n",
}


def kg(*arguments: object) -> Result:
    return CliRunner().invoke(build_app(), [str(a) for a in arguments])


def graph_of(analyses: list[Analysis] | tuple[Analysis, ...]) -> bytes:
    return OUTPUTS["turtle"].write(prepare(merge(analyses)))


def through_json(analysis: Analysis) -> Analysis:
    return from_dict(json.loads(dumps(analysis)))


def updated(folder: Path, came: list[Analysis], removed: tuple[str, ...] = ()) -> Plan:
    """The folder after an update, as the command would leave it."""
    plan = Plan(read_collection(folder), TOOLS)
    for name in removed:
        plan.remove(plan.collection.meant_by(name))
    by_id = {analysis.article.id: analysis for analysis in came}
    for article in plan.to_analyse([analysis.article for analysis in came]):
        plan.add(dataclasses.replace(by_id[article.id], article=article, tools=TOOLS))
    for one in plan.gone:
        one.path.unlink(missing_ok=True)
    for analysis in plan.came:
        path_of(folder, analysis.article).write_text(dumps(analysis), "utf-8")
    return plan


ALL = [dataclasses.replace(analysis, tools=TOOLS) for analysis in stories.everything()]
AT_ONCE = graph_of(ALL)


@settings(deadline=None, max_examples=20)
@given(st.permutations(ALL), st.lists(st.integers(0, len(ALL)), max_size=4), st.data())
def test_any_split_into_runs_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory, order: list[Analysis], cuts: list[int], data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("analyses")
    edges = [0, *sorted(cuts), len(order)]
    for start, end in pairwise(edges):
        # Some are given again in a later run, which changes nothing.
        again = data.draw(st.lists(st.sampled_from(order[:start]), max_size=2, unique_by=lambda a: a.article.id)) if start else []
        plan = updated(folder, [*order[start:end], *again])
        assert plan.unchanged == len(again) and not plan.corrected
    assert graph_of([one.analysis for one in read_collection(folder).kept]) == AT_ONCE
    shutil.rmtree(folder)


@settings(deadline=None, max_examples=20)
@given(st.lists(st.sampled_from(range(len(ALL))), unique=True, max_size=4))
def test_articles_that_come_and_go_leave_no_trace(numbers: list[int]) -> None:
    kept = [Kept(Path(f"{a.article.id}.json"), through_json(a)) for a in ALL]
    plan = Plan(Collection(kept), TOOLS)
    for number in numbers:
        plan.remove(plan.collection.meant_by(ALL[number].article.id))
    assert graph_of(plan.result) == graph_of([a for n, a in enumerate(ALL) if n not in numbers])
    for article in plan.to_analyse([ALL[number].article for number in numbers]):
        plan.add(next(a for a in ALL if a.article.id == article.id))
    assert graph_of(plan.result) == AT_ONCE


@pytest.mark.parametrize("languages", [("ar",), ("fr",), ("en",), ("ar", "fr"), ("en", "ar"), ("fr", "en")])
def test_languages_may_come_in_any_mix(languages: tuple[str, ...]) -> None:
    first = [a for a in ALL if a.article.lang in languages]
    plan = Plan(Collection(Kept(Path(f"{a.article.id}.json"), through_json(a)) for a in first), TOOLS)
    for article in plan.to_analyse([a.article for a in ALL]):
        plan.add(next(a for a in ALL if a.article.id == article.id))
    assert plan.unchanged == len(first) and graph_of(plan.result) == AT_ONCE


def test_an_article_is_known_by_its_address_or_by_its_id(tmp_path: Path) -> None:
    one = ALL[0]
    path_of(tmp_path, one.article).write_text(dumps(one), "utf-8")

    def again(**head: str | None) -> Plan:
        plan = Plan(read_collection(tmp_path), TOOLS)
        for article in plan.to_analyse([dataclasses.replace(one.article, **head)]):
            plan.add(dataclasses.replace(one, article=article))
        return plan

    assert again(source="elsewhere/a.txt").unchanged == 1
    assert again(id="other", url="http://Gazette.example/2031/sorel/?utm_source=mail#top").corrected == ["other"]
    assert again(url=None, title="Another").corrected == ["sorel-fr"]
    # The same id under another address is another article, and is called as if both had been read at once.
    other = again(url="https://elsewhere.example/sorel")
    assert other.new == [f"sorel-fr-{other.came[0].article.id[-8:]}"] and len(other.result) == 2
    assert again(id="other", url="https://elsewhere.example/sorel").new == ["other"]
    # Other tools: the article is read anew.
    plan = Plan(read_collection(tmp_path), Tools("1"))
    assert [article.id for article in plan.to_analyse([one.article])] == ["sorel-fr"]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("https://news.example/a", "http://news.example/a/", True),
        ("https://news.example/a?utm_campaign=x&id=3", "https://NEWS.example:443/a?id=3#part", True),
        ("https://news.example/a?id=3", "https://news.example/a?id=4", False),
        ("https://news.example/été", "https://news.example/%C3%A9t%C3%A9", True),
    ],
)
def test_addresses_of_one_article(one: str, other: str, same: bool) -> None:
    assert (address(one) == address(other)) is same


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "story.txt", "", None, "https://user:pw@x.example/", "http://[", "ftp://x/y"]
)
def test_what_is_no_address_means_nothing(url: str | None) -> None:
    assert address(url) is None


def test_a_file_is_meant_by_its_name_and_the_records_in_it(tmp_path: Path) -> None:
    sources = ["news/a.txt", "news/records.jsonl:1", "news/records.jsonl:2", "old/pack.zip:b.txt", "new/a.txt"]
    kept = Collection(
        Kept(
            tmp_path / f"{n}.json", dataclasses.replace(ALL[0], article=dataclasses.replace(ALL[0].article, id=f"x{n}", source=s))
        )
        for n, s in enumerate(sources)
    )

    def meant(name: str) -> list[str]:
        return [one.analysis.article.id for one in kept.meant_by(name)]

    assert meant("records.jsonl") == meant("/home/me/news/records.jsonl") == ["x1", "x2"]
    assert meant("records.jsonl:2") == ["x2"] and meant("pack.zip") == ["x3"] and meant("X4") == ["x4"]
    assert meant("other.txt") == meant("https://gazette.example/2031/other") == meant("") == []
    assert meant("https://gazette.example/2031/sorel") == ["x0", "x1", "x2", "x3", "x4"]
    with pytest.raises(ConfigurationError, match=r"a\.txt may mean new/a\.txt or news/a\.txt"):
        kept.meant_by("a.txt")
    assert meant("new/a.txt") == ["x4"]


# The command


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """News with a graph of all three articles, and its analyses."""
    folder = tmp_path_factory.mktemp("built")
    (folder / "news").mkdir()
    for name, text in NEWS.items():
        (folder / "news" / f"{name}.txt").write_text(text, "utf-8")
    result = kg("build", folder / "news", "-o", folder / "kg.ttl", "--analyses", folder / "analyses", "--parser", "rules")
    assert result.exit_code == 0, result.output
    return folder


@pytest.fixture
def copy(built: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(built, tmp_path / "copy"))


def update(copy: Path, *arguments: object) -> Result:
    return kg("update", copy / "analyses", *arguments, "-o", copy / "kg.ttl", "--parser", "rules")


def rebuilt(copy: Path) -> bytes:
    out = copy / "again" / "kg.ttl"
    assert kg("build", copy / "news", "-o", out, "--parser", "rules").exit_code == 0
    return out.read_bytes()


def test_a_correction_a_new_article_and_a_removed_one_give_the_bytes_of_a_build(copy: Path) -> None:
    (copy / "news" / "a.txt").write_text(NEWS["a"].replace("charged Anna Bellamy with fraud", "searched a house"), "utf-8")
    (copy / "news" / "d.txt").write_text("Banker freed\n\nCarla Reyes was released in London on Monday.\n", "utf-8")
    (copy / "news" / "c.txt").unlink()
    result = update(copy, copy / "news", "--remove", "c.txt")
    assert result.exit_code == 0, result.output
    assert "update    1 new, 1 corrected, 1 removed, 1 given again as they were; 3 articles in all" in result.output
    for line in ("  - “Banker fined”", "      the text was corrected", "  - fine of ", "  + search of ", "  + release of "):
        assert line in result.output, result.output
    assert (copy / "kg.ttl").read_bytes() == rebuilt(copy)
    assert sorted(path.name for path in (copy / "analyses").glob("*.json")) == ["a.json", "b.json", "d.json"]
    nothing = update(copy, copy / "news")
    assert nothing.exit_code == 0 and "nothing changed, 3 given again" in nothing.output
    assert "the graphs are the same" in nothing.output and (copy / "kg.ttl").read_bytes() == rebuilt(copy)


def test_a_dry_run_writes_nothing(copy: Path) -> None:
    before = {path: path.read_bytes() for path in copy.rglob("*.*") if path.is_file()}
    result = update(copy, "--remove", "a", "--dry-run")
    assert result.exit_code == 0 and "1 removed" in result.output and "nothing was written" in result.output
    assert {path: path.read_bytes() for path in copy.rglob("*.*") if path.is_file() and path.name != ".lock"} == before


def test_an_article_that_fails_keeps_its_old_version(copy: Path) -> None:
    (copy / "news" / "a.txt").write_bytes(b"")
    before = (copy / "kg.ttl").read_bytes()
    result = update(copy, copy / "news" / "a.txt")
    assert result.exit_code == 1 and "a.txt" in result.stderr
    assert (copy / "kg.ttl").read_bytes() == before
    result = update(copy, copy / "news" / "a.txt", "--remove", "b", "--strict")
    assert result.exit_code == 1 and (copy / "kg.ttl").read_bytes() == before and (copy / "analyses" / "b.json").exists()


def test_what_is_not_there_cannot_be_removed_but_the_rest_is_done(copy: Path) -> None:
    result = update(copy, "--remove", "nothing.txt", "--remove", "c.txt")
    assert result.exit_code == 1 and "nothing.txt" in result.stderr and "1 removed" in result.output
    assert b"Carla Reyes" not in (copy / "kg.ttl").read_bytes()


def test_everything_can_go(copy: Path) -> None:
    result = update(copy, "--remove", "a", "--remove", "b", "--remove", "c")
    assert result.exit_code == 0, result.output
    assert b"Anna" not in (copy / "kg.ttl").read_bytes() and not list((copy / "analyses").glob("*.json"))


def test_an_update_of_nothing_is_a_build(copy: Path) -> None:
    out = copy / "fresh.ttl"
    result = kg("update", copy / "fresh", copy / "news", "-o", out, "--parser", "rules")
    assert result.exit_code == 0 and out.read_bytes() == (copy / "kg.ttl").read_bytes()


def test_a_build_does_not_mix_its_analyses_with_others(copy: Path) -> None:
    result = kg("build", copy / "news", "-o", copy / "new.ttl", "--analyses", copy / "analyses", "--parser", "rules")
    assert result.exit_code == 2 and "kg update" in result.output and not (copy / "new.ttl").exists()


def test_a_broken_analysis_stops_the_update(copy: Path) -> None:
    (copy / "analyses" / "a.json").write_text("{", "utf-8")
    before = (copy / "kg.ttl").read_bytes()
    result = update(copy, "--remove", "b")
    assert result.exit_code == 2 and "a.json is no analysis" in result.output and (copy / "kg.ttl").read_bytes() == before


def test_two_updates_do_not_run_at_once(copy: Path) -> None:
    with locked(copy / "analyses"):
        result = update(copy, "--remove", "a")
    assert result.exit_code == 2 and "another update" in result.output


def test_what_is_known_keeps_its_name_when_later_articles_come() -> None:
    french, arabic, english = ALL[:3]
    assert french.article.published < arabic.article.published < english.article.published  # type: ignore[operator]

    def names(*analyses: Analysis) -> tuple[set[str], set[str], set[str]]:
        graph = merge(analyses)
        found = name_nodes(graph)
        return set(found.actions.values()), set(found.entities.values()), set(found.cases.values())

    # By id the Arabic article would come first, and everything that it tells again be called after it.
    assert arabic.article.id < french.article.id
    for before, after in zip(names(french), names(*ALL), strict=True):
        assert before <= after
