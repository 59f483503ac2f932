"""Decisions from the page: written as the linker reads them, taken from the page alone."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import requests

from kg.decide.merging import read_merge_decisions
from kg.errors import ConfigurationError
from kg.link.curation import read_curation
from kg.model import Article
from kg.serve.curation import Curation
from tests.serving import served

NEWS = Path(__file__).parent / "fixtures" / "store" / "news.ttl"
LINK = {"what": "link", "subject": "Marta Olsen", "verdict": "confirm", "value": "Q7", "lang": "en", "article": "", "by": "Ida"}


@pytest.fixture
def curation(tmp_path: Path) -> Curation:
    return Curation(tmp_path / "curation.tsv", clock=lambda: datetime(2031, 5, 3, 12, tzinfo=UTC))


def test_a_decision_is_read_by_the_linker(curation: Curation) -> None:
    curation.add(LINK)
    curation.add({**LINK, "subject": "Jan *\tFalk", "verdict": "reject", "value": "Q8"})
    curation.add({**LINK, "what": "action", "subject": "https://a.example/action/1", "value": "a charge"})
    rules = read_curation(curation.path)
    article = Article("a", "", (), "en")
    assert [(rule.same, rule.qid) for rule in rules.rules] == [(True, "Q7"), (False, "Q8")]
    assert rules.rules[0].covers(["Marta Olsen"], article)
    assert not rules.rules[1].covers(["Jan X Falk"], article)
    text = curation.path.read_text("utf-8")
    assert "confirm by Ida at 2031-05-03T12:00:00Z" in text and "#action\thttps://a.example/action/1" in text


@pytest.mark.parametrize(
    "change",
    [
        {"verdict": "maybe"},
        {"what": "all"},
        {"by": " "},
        {"subject": ""},
        {"subject": "*"},
        {"value": "Q0"},
        {"value": "x"},
        {"verdict": "reject", "value": ""},
        {"verdict": "correct", "value": ""},
        {"lang": "e n"},
        {"by": "x" * 101},
        {"subject": 7},
    ],
)
def test_what_is_not_whole_is_not_written(curation: Curation, change: dict[str, object]) -> None:
    with pytest.raises(ConfigurationError):
        curation.add({**LINK, **change})
    assert not curation.path.exists()


def test_two_decisions_may_not_contradict_each_other(curation: Curation) -> None:
    curation.add(LINK)
    with pytest.raises(ConfigurationError, match="says Q7"):
        curation.add({**LINK, "verdict": "correct", "value": "Q9"})
    assert len(curation.rows()) == 1


def test_only_the_page_itself_decides(tmp_path: Path) -> None:
    path = tmp_path / "c.tsv"
    with served(NEWS, "--curate", "--curation", path) as url:
        token = requests.get(f"{url}/api/about", timeout=20).json()["curate"]

        def post(**headers: str) -> int:
            return requests.post(f"{url}/curate", json=LINK, headers=headers, timeout=20).status_code

        assert post() == post(Origin=url) == 403
        assert post(**{"Origin": "https://evil.example", "X-KG-Token": token}) == 403
        assert post(**{"X-KG-Token": token}) == 403
        assert not path.exists()
        assert post(**{"Origin": url, "X-KG-Token": token}) == 201
    assert "Marta Olsen" in path.read_text("utf-8")
    with served(NEWS) as url:
        assert requests.post(f"{url}/curate", json=LINK, headers={"Origin": url}, timeout=20).status_code == 403


def test_what_was_merged_is_taken_apart_on_the_page(tmp_path: Path) -> None:
    path = tmp_path / "c.tsv"
    with served(NEWS, "--curate", "--curation", path) as url:
        token = requests.get(f"{url}/api/about", timeout=20).json()["curate"]

        def get(what: str, **asked: str) -> dict[str, Any]:
            return requests.get(f"{url}/api/{what}", asked, timeout=20).json()

        def post(**row: str) -> requests.Response:
            head = {"Origin": url, "X-KG-Token": token}
            return requests.post(f"{url}/curate", json={"what": "merge", **row}, headers=head, timeout=20)

        case = get("case", id=get("search", sort="case", q="sorel")["items"][0]["path"])
        charge = max(case["actions"], key=lambda action: len(action["reports"]))
        person = charge["target"][0]["path"]
        reports = [report["path"] for report in charge["reports"]]
        article = get("entity", id=person)["articles"][0]["path"]
        assert post(subject=reports[0], by="Ida").status_code == 201
        assert post(subject=person, article=article, by="Ida").status_code == 201
        assert post(subject=person, by="Ida").status_code == post(subject=person, article=person, by="Ida").status_code == 404
        assert post(subject=reports[0], by=" ").status_code == 400
        assert [one["verdict"] for one in get("action", id=reports[0])["reports"][0]["decided"]] == ["different"]
    about_action, about_entity = read_merge_decisions(path)
    assert len(about_action.one.what) == 1 and len(about_action.other.what) == len(about_action.other.where) == len(reports) - 1
    assert about_entity.other.where == ("*",) and "lina sorel" in about_entity.other.what and about_entity.by == "Ida"
