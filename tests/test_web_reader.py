"""The article reader with whole texts (``--analyses``) in a real browser, ordinary and hostile."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import requests

from kg.analysis_json import dumps
from kg.merge import merge
from kg.model import Analysis
from kg.rdf.triples import graph_triples
from kg.rdf.turtle import to_bytes
from tests.serving import served
from tests.stories import analysis, sorel
from tests.test_web import CHROMIUM, browser, visit  # noqa: F401 - a fixture

pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")

LURE = (
    "<script>window.hit=1</script><img src=x onerror=window.hit=1> javascript:window.hit=1 "
    '\u202egnorw\u202c } " \' \\ <a> <p> """ . #'
)
EVIL = analysis(
    "evil",
    "en",
    f"{LURE} Judge <b>Ida</b> arrested Nora\u202e Vale\u2069 in Lyon. {'x' * 1_000_000}. The end {LURE}.",
    {"e1": ("person", "<b>Ida</b>", None), "e2": ("person", "Nora\u202e Vale\u2069", None), "e3": ("place", "Lyon", "Q456")},
    [{"type": "arrest", "trigger": "arrested", "target": ["e2"], "agent": ["e1"], "place": ["e3"], "offence": "<b>Ida</b>"}],
    title=LURE,
    publisher=LURE,
    url="javascript:window.hit=1",
)


def written(folder: Path, analyses: list[Analysis]) -> tuple[Path, Path]:
    """A graph of the analyses, and the folder of their texts."""
    (folder / "texts").mkdir()
    for one in analyses:
        (folder / "texts" / f"{one.article.id}.json").write_text(dumps(one), "utf-8", "surrogatepass")
    (folder / "kg.ttl").write_bytes(to_bytes(graph_triples(merge(analyses))))
    return folder / "kg.ttl", folder / "texts"


def articles(url: str) -> dict[str, str]:
    """Address of each article by its language."""
    items = requests.get(f"{url}/api/search", {"sort": "article"}, timeout=20).json()["items"]
    return {item["lang"]: item["path"] for item in items}


def test_a_whole_article_is_read_with_its_marks(browser: Any, tmp_path: Path) -> None:  # noqa: F811
    graph, texts = written(tmp_path, sorel())
    with served(graph, "--analyses", texts) as url:
        path = articles(url)["ar"]
        page = browser.new_page()
        page.goto(f"{url}/fr/{path}")
        page.wait_for_selector(".text .told")
        assert page.locator(".caution[role=note]").count() == 0
        text = page.locator(".text")
        assert (text.get_attribute("dir"), text.get_attribute("lang")) == ("rtl", "ar")
        assert text.text_content().split() == sorel()[1].article.text.split()
        assert page.locator(".text .told").count() == 3 and page.locator(".text .m.person").count() >= 3
        page.locator(".text .told").first.click()
        page.wait_for_selector(".card mark")
        assert "أوقفت" in page.locator(".card mark").all_text_contents()
        page.close()
        assert visit(browser, url, [f"ar/{path}" for path in articles(url).values()], (390, 844)) == []
    (texts / "sorel-ar.json").write_text(dumps(sorel()[0]), "utf-8")
    with served(graph, "--analyses", texts) as url:
        assert requests.get(f"{url}/api/article", {"id": path}, timeout=20).json()["whole"] is False


def test_a_hostile_article_stays_text(browser: Any, tmp_path: Path) -> None:  # noqa: F811
    graph, texts = written(tmp_path, [EVIL])
    with served(graph, "--analyses", texts, "--curate", "--curation", tmp_path / "c.tsv") as url:
        items = requests.get(f"{url}/api/search", timeout=20).json()["items"]
        data = requests.get(f"{url}/api/article", {"id": articles(url)["en"]}, timeout=20).json()
        paths = ["", "search?q=<script>", "network", "map", data["actions"][0]["path"]]
        paths += [item["path"] if "/" in item["path"] else f"entity/{item['path']}" for item in items]
        assert visit(browser, url, [f"en/{path}" for path in paths], (1280, 900), opened=True, plain=True) == []
        assert visit(browser, url, [f"ar/{articles(url)['en']}"], (390, 844)) == []
        shown = "".join(piece[0] for segment in data["segments"] for piece in segment["pieces"])
        assert "\u202e" not in shown and "<script>" in shown and data["url"] == ""
