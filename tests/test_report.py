"""One file that shows a graph: opened from disk in a real browser, in three languages, without requests, errors or violations."""

from __future__ import annotations

import base64
import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kg.cli.main import build_app
from kg.errors import ConfigurationError
from kg.report import pages as gathered
from kg.report.bundle import bundle
from kg.report.document import document
from tests.stories import sorel
from tests.test_web import CHROMIUM, HOSTILE, NEWS, browser  # noqa: F401 - a fixture
from tests.test_web_reader import written

needs_browser = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")


def made(folder: Path, *arguments: object) -> Path:
    path = folder / "report.html"
    run = CliRunner().invoke(build_app(), ["report", *map(str, arguments), "-o", str(path)])
    assert run.exit_code == 0, run.output
    return path


def held(path: Path) -> dict[str, Any]:
    found = re.search(r'id="data">([^<]+)<', path.read_text("utf-8"))
    assert found
    return json.loads(gzip.decompress(base64.b64decode(found[1])))  # type: ignore[no-any-return]


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return made(tmp_path_factory.mktemp("report"), NEWS, "--title", "For <Ida> & you")


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:  # noqa: F811
    """A page that notes what goes wrong in ``page.wrong``."""
    found = browser.new_page(viewport={"width": 1100, "height": 900}, locale="fr-FR")
    found.wrong = []
    found.on("console", lambda message: message.type == "error" and found.wrong.append(message.text))
    found.on("pageerror", lambda error: found.wrong.append(str(error)))
    found.on("request", lambda request: request.url.startswith("file:") or found.wrong.append(request.url))
    yield found
    found.close()


def opened(page: Any, file: Path, address: str = "") -> Any:
    page.goto(f"{file.as_uri()}{address}")
    page.wait_for_selector("main:not([aria-busy]) h1")
    return page


@needs_browser
@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
def test_every_view_from_disk(page: Any, file: Path, lang: str, root: Path) -> None:
    from axe_playwright_python.sync_playwright import Axe

    data = held(file)
    shots = root / "output" / "screens"
    shots.mkdir(parents=True, exist_ok=True)
    case, action, article = (max(data[sort], key=lambda one: len(str(data[sort][one]))) for sort in ("case", "action", "article"))
    views = [
        "",
        "search?q=orlov",
        "search?sort=article",
        "search?sort=action&type=Charge",
        "entity/Q149067",
        case,
        action,
        article,
    ]
    views += [next(iter(data["reports"])), "network", f"network?about={case}", "network?about=Q149067", "map"]
    for number, view in enumerate(views):
        opened(page, file, f"?{number}#/{lang}/{view}")
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
            lang,
            "rtl" if lang == "ar" else "ltr",
        ]
        assert not page.locator(".problem").count(), view
        if number % 3 == ["en", "fr", "ar"].index(lang):
            assert [violation["id"] for violation in Axe().run(page).response["violations"]] == [], view
        page.screenshot(path=shots / f"report-{lang}-{view.partition('?')[0].partition('/')[0] or 'start'}.png", full_page=True)
    assert page.wrong == []


@needs_browser
def test_a_reader_finds_the_way(page: Any, file: Path) -> None:
    opened(page, file)
    assert page.evaluate("document.documentElement.lang") == "fr"
    page.locator("#find").fill("لِينا سُوريل")
    page.keyboard.press("Enter")
    page.wait_for_selector("main:not([aria-busy]) .line .person")
    page.locator(".languages a[lang=ar]").click()
    page.wait_for_selector("html[lang=ar] main:not([aria-busy]) .line .person")
    page.locator(".line .person").first.click()
    page.wait_for_selector("main:not([aria-busy]) .badge.person")
    page.locator("a.ref.case").first.click()
    page.wait_for_selector("main:not([aria-busy]) .timeline")
    page.locator(".stages a").first.click()
    assert page.evaluate("document.activeElement.className").startswith("step")
    assert "#/ar/case/" in page.url
    page.go_back()
    page.wait_for_selector("main:not([aria-busy]) .badge.person")
    assert page.locator(".downloads, a[href*=sparql]").count() == 0
    opened(page, file, "#/en/case/none")
    assert page.locator(".problem").count() == 1
    assert page.wrong == []


@needs_browser
def test_hostile_words_are_shown_as_text(page: Any, tmp_path: Path) -> None:
    (tmp_path / "evil.ttl").write_text(HOSTILE, "utf-8")
    file = made(tmp_path, tmp_path / "evil.ttl", "--title", "</title><script>window.hit=1</script>{0}{style}")
    for view in ("en/", "en/search", "fr/entity/evil", "ar/article/evil", "en/node?iri=javascript:window.hit=1"):
        opened(page, file, f"#/{view}")
        assert not page.evaluate("window.hit") and page.evaluate("document.scripts.length") == 0
    assert "window.hit" in page.evaluate("document.body.textContent + document.title")
    assert page.wrong == []


def test_a_part_holds_what_it_names_and_no_more(tmp_path: Path) -> None:
    whole = held(made(tmp_path, NEWS))
    part = held(made(tmp_path, NEWS, "--entity", "Q149067"))
    assert 0 < len(part["action"]) < len(whole["action"])
    assert all(any(ref["path"] == "Q149067" for ref in one["action"]["target"]) for one in part["action"].values())
    for path, one in part["action"].items():
        assert one["reports"] and all(
            report["quotes"] and report["article"]["path"] in part["article"] for report in one["reports"]
        )
        assert all(ref["path"] in part["entity"] for role in ("target", "agent", "place") for ref in one["action"].get(role, []))
        assert one["action"]["case"]["path"] in part["case"], path
    for name, one in part["case"].items():
        assert {action["path"] for action in one["actions"]} == set(part["action"]) & {
            a["path"] for a in whole["case"][name]["actions"]
        }
    assert part["entity"]["Q149067"]["names"] == whole["entity"]["Q149067"]["names"]
    by_name = held(made(tmp_path, NEWS, "--query", "لينا سوريل"))
    assert {"Lina Sorel"} <= {text for one in by_name["entity"].values() for _, text in one["names"]}
    case = next(iter(part["case"]))
    assert list(held(made(tmp_path, NEWS, "--case", case))["case"]) == [case]


def test_the_same_graph_gives_the_same_bytes(tmp_path: Path) -> None:
    assert made(tmp_path, NEWS).read_bytes() == made(tmp_path, NEWS).read_bytes()


def test_what_cannot_be_written_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*arguments: object) -> str:
        run = CliRunner().invoke(build_app(), ["report", *map(str, arguments), "-o", str(tmp_path / "x.html")])
        assert run.exit_code == 2
        return run.stderr

    assert "nothing in the graph is called 'Nobody Atall'" in told(NEWS, "--entity", "Nobody Atall")
    assert "there is no folder" in told(NEWS, "--analyses", tmp_path / "none")
    monkeypatch.setattr(gathered, "MOST_ACTIONS", 2)
    assert "choose with --case, --entity or --query" in told(NEWS)
    assert not (tmp_path / "x.html").exists()


def test_modules_in_a_form_that_is_not_understood_are_refused(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text('import { b as c } from "./sub/b.js";\nc();\n', "utf-8")
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "b.js").write_text('import { d } from "../d.js";\nexport const b = () => d;\n', "utf-8")
    (tmp_path / "d.js").write_text("export class d {}\nexport default { x: 1 };\n", "utf-8")
    assert 'need("sub/b.js")' in bundle(tmp_path, "a.js")
    (tmp_path / "d.js").write_text('export * from "./e.js";\n', "utf-8")
    with pytest.raises(ConfigurationError, match="cannot be bundled"):
        bundle(tmp_path, "a.js")
    with pytest.raises(ConfigurationError, match="is missing"):
        bundle(tmp_path, "none.js")


def test_nothing_outside_is_named() -> None:
    text = document({}, "x").decode()
    assert "unsafe" not in text and "default-src 'none'" in text
    assert not re.search(r'(?:src|href)="(?!#)', text)


def test_whole_texts_go_in_where_they_are_given(tmp_path: Path) -> None:
    graph, texts = written(tmp_path, sorel())
    whole = held(made(tmp_path, graph, "--analyses", texts))["article"]
    assert all(one["whole"] for one in whole.values())
    quoted = held(made(tmp_path, graph))["article"]
    assert not any(one["whole"] for one in quoted.values())
    longest = "".join(piece[0] for one in whole.values() for segment in one["segments"] for piece in segment["pieces"])
    assert all(analysis.article.text in longest for analysis in sorel())
