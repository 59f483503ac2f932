"""Decisions taken in a real browser: about a link, an action, one report; without errors, and as the next build reads them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from kg.decide.merging import read_merge_decisions
from kg.decide.rows import read_decisions
from kg.link.curation import read_curation
from kg.model import ActionType
from tests.serving import served
from tests.test_web import CHROMIUM, NEWS, browser, visit  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("curate") / "curation.tsv"


@pytest.fixture(scope="module")
def url(table: Path) -> Iterator[str]:
    with served(NEWS, "--curate", "--curation", table) as address:
        yield address


def charge(url: str) -> str:
    """The action that most reports tell."""
    case = requests.get(f"{url}/api/search", {"sort": "case", "q": "sorel"}, timeout=20).json()["items"][0]["path"]
    actions = requests.get(f"{url}/api/case", {"id": case}, timeout=20).json()["actions"]
    return max(actions, key=lambda action: len(action["reports"]))["path"]


def test_an_action_is_corrected_and_a_report_rejected(browser: object, url: str, table: Path) -> None:  # noqa: F811
    page = browser.new_page(viewport={"width": 390, "height": 844})  # type: ignore[attr-defined]
    wrong: list[str] = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.goto(f"{url}/ar/{charge(url)}")
    form = page.locator("details.curate").first
    form.locator("summary").click()
    assert not form.locator(".corrected").is_visible()
    form.locator("input[value=correct]").check()
    form.locator("select[name=type]").select_option("fine")
    form.locator("input[name=agent]").fill("")
    form.locator("input[name=by]").fill("Ida\t#")
    form.locator("button").click()
    page.wait_for_selector(".curate .done")
    report = page.locator(".card details.curate").first
    report.locator("summary").click()
    report.locator("input[value=correct]").check()
    assert report.locator("select[name=type]").input_value() == "charge"
    report.locator("input[value=reject]").check()
    assert report.locator("input[name=by]").input_value()
    report.locator("button").click()
    page.wait_for_selector(".card .done")
    page.reload()
    page.wait_for_selector(".card .decided li")
    assert page.locator(".decided li").count() >= 2
    page.close()
    assert wrong == []
    first, second = read_decisions(table)
    assert (first.verdict, first.correction.type, first.correction.agent) == ("correct", ActionType.FINE, ())
    assert len(first.reports) == len(first.words) >= 2 and second.reports[0] in first.reports
    assert (second.verdict, second.by) == ("reject", "Ida #")


def test_what_was_merged_is_taken_apart(browser: object, url: str, table: Path) -> None:  # noqa: F811
    page = browser.new_page()  # type: ignore[attr-defined]
    page.goto(f"{url}/fr/{charge(url)}")
    report = page.locator(".card details.curate").first
    report.locator("summary").click()
    report.locator("input[value=different]").check()
    report.locator("input[name=by]").fill("Ida")
    report.locator("button").click()
    page.wait_for_selector(".card .done")
    page.goto(
        f"{url}/fr/{requests.get(f'{url}/api/action', {'id': charge(url)}, timeout=20).json()['action']['target'][0]['path']}"
    )
    form = page.locator("details.curate").nth(1)
    form.locator("summary").click()
    assert form.locator("select[name=article] option").count() == 3
    form.locator("button").click()
    page.wait_for_selector(".curation .done")
    page.close()
    assert [(one.about, one.verdict, one.by) for one in read_merge_decisions(table)] == [
        ("action", "different", "Ida"),
        ("entity", "different", "Ida"),
    ]


def test_a_link_is_decided(browser: object, url: str, table: Path) -> None:  # noqa: F811
    page = browser.new_page()  # type: ignore[attr-defined]
    page.goto(f"{url}/en/entity/Q149067")
    form = page.locator("details.curate")
    form.locator("summary").click()
    form.locator("input[value=correct]").check()
    form.locator("input[name=value]").fill("Q7")
    form.locator("input[name=by]").fill("Ida")
    form.locator("button").click()
    page.wait_for_selector(".done")
    form.locator("input[name=value]").fill("Q8")
    form.locator("button").click()
    page.wait_for_selector(".curation .problem")
    page.close()
    assert [(rule.same, rule.qid) for rule in read_curation(table).rules] == [(True, "Q7")]


@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_forms_are_accessible(browser: object, url: str, lang: str) -> None:  # noqa: F811
    paths = [f"{lang}/{charge(url)}", f"{lang}/entity/Q149067"]
    assert visit(browser, url, paths, (1280, 900), opened=True) == []
    assert visit(browser, url, paths, (390, 844), opened=True) == []
