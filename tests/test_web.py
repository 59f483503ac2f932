"""The page in a real browser: each view in three languages, wide and narrow, without errors, outside requests, axe violations."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tests.serving import served

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="needs chromium")
NEWS = Path(__file__).parent / "fixtures" / "store" / "news.ttl"
EVIL = "<script>window.hit=1</script><img src=x onerror=window.hit=1>\\u202E \\\" ' } . # javascript:window.hit=1"
HOSTILE = f"""@prefix s: <https://schema.org/> . @prefix r: <http://www.w3.org/2000/01/rdf-schema#> .
<https://w3id.org/kg-exporter/id/entity/evil> a s:Person ; r:label "{EVIL}"@en , "{"x" * 1_000_000}"@fr .
<https://w3id.org/kg-exporter/id/article/evil> a s:NewsArticle ; s:headline "{EVIL}"@en ; s:inLanguage "en" ;
  s:url <javascript:window.hit=1> .
"""


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    with playwright.sync_playwright() as driver:
        found = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", "--disable-gpu"])
        yield found
        found.close()


def visit(
    browser: object, url: str, paths: list[str], size: tuple[int, int], shots: Path | None = None, **how: bool
) -> list[object]:
    """Open each path; what went wrong on the way, and violations that axe finds.

    ``opened``: with all details; ``dark``: in the dark; ``plain``: without axe.
    """
    from axe_playwright_python.sync_playwright import Axe

    page = browser.new_page(viewport={"width": size[0], "height": size[1]}, color_scheme="dark" if how.get("dark") else "light")  # type: ignore[attr-defined]
    wrong: list[object] = []
    page.on("console", lambda message: message.type == "error" and wrong.append(message.text))
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: request.url.startswith((url, "blob:")) or wrong.append(request.url))
    for path in paths:
        page.goto(f"{url}/{path}")
        page.wait_for_selector("main:not([aria-busy]) h1")
        if how.get("opened"):
            page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
            page.evaluate("document.querySelectorAll('.corrected').forEach((one) => (one.hidden = false))")
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            wrong.append(f"{path}: wider than the window")
        if page.evaluate("window.hit"):
            wrong.append(f"{path}: a script of the graph ran")
        for violation in () if how.get("plain") else Axe().run(page).response["violations"]:
            wrong.append((path, violation["id"], violation["nodes"][0]["html"][:200]))
        if shots is not None:
            page.screenshot(path=shots / f"{path.strip('/').replace('/', '-').partition('?')[0]}-{size[0]}.png", full_page=True)
    page.close()
    return wrong


@pytest.mark.parametrize("lang", ["en", "fr", "ar"])
def test_every_view(browser: object, lang: str, root: Path) -> None:
    shots = root / "output" / "screens"
    shots.mkdir(parents=True, exist_ok=True)
    with served(NEWS) as url:
        found = {
            s: requests.get(f"{url}/api/search", {"sort": s}, timeout=20).json()["items"][0]["path"] for s in ("case", "article")
        }
        action = requests.get(f"{url}/api/case", {"id": found["case"]}, timeout=20).json()["actions"][0]["path"]
        views = ["", "search?q=orlov", "entity/Q149067", action, *found.values(), "network", "map", "sparql?name=charges"]
        assert visit(browser, url, [f"{lang}/{view}" for view in views], (1280, 900), shots) == []
        narrow = views if lang == "ar" else ["", found["case"], "search?q=zzzz"]
        assert visit(browser, url, [f"{lang}/{view}" for view in narrow], (390, 844), shots, dark=True) == []


def test_by_keyboard_alone(browser: object) -> None:
    with served(NEWS) as url:
        page = browser.new_page(viewport={"width": 1280, "height": 900})  # type: ignore[attr-defined]
        page.goto(f"{url}/en/")
        page.wait_for_selector("main:not([aria-busy]) h1")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip"
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main"
        page.keyboard.press("Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") == "solid"
        page.focus("#find")
        page.keyboard.type("orlov")
        page.keyboard.press("Enter")
        page.wait_for_selector("main:not([aria-busy]) .line .person")
        assert page.evaluate("document.activeElement.tagName") == "H1"
        page.goto(f"{url}/en/map")
        page.wait_for_selector(".map-frame")
        before = page.get_attribute("svg.map", "viewBox")
        page.focus(".map-frame")
        page.keyboard.press("ArrowRight")
        page.keyboard.press("+")
        assert page.get_attribute("svg.map", "viewBox") != before
        page.goto(f"{url}/en/sparql")
        page.wait_for_selector("#query")
        page.focus("#query")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#results .small")
        page.goto(f"{url}/en/network?hide=place,action")
        page.wait_for_selector(".network")
        assert page.locator(".node.action, .node.place").count() == 0
        page.locator("input[type=checkbox]").nth(3).press("Space")
        assert "hide=place" in page.url and "action" not in page.url and page.locator(".node.action").count() > 0
        page.close()


def test_steps_within_a_view_and_back(browser: object) -> None:
    with served(NEWS) as url:
        case = requests.get(f"{url}/api/search", {"sort": "case"}, timeout=20).json()["items"][0]["path"]
        page = browser.new_page(viewport={"width": 1280, "height": 500})  # type: ignore[attr-defined]
        page.goto(f"{url}/en/{case}")
        page.wait_for_selector(".stages a")
        page.evaluate("document.querySelector('main').dataset.kept = 'yes'")
        page.locator(".stages a").last.click()
        assert "#s-" in page.url and page.evaluate("document.querySelector('main').dataset.kept") == "yes"
        page.locator(".step h3 a").first.click()
        page.wait_for_selector("main:not([aria-busy]) .card")
        page.go_back()
        page.wait_for_selector("main:not([aria-busy]) .timeline")
        page.close()


def test_what_went_wrong_is_said_in_the_language_of_the_page(browser: object) -> None:
    with served(NEWS) as url:
        page = browser.new_page()  # type: ignore[attr-defined]
        page.goto(f"{url}/fr/case/none")
        page.wait_for_selector(".problem")
        assert "Le graphe ne contient rien" in page.inner_text(".problem")
        page.goto(f"{url}/ar/search?q=zzzzqq")
        page.wait_for_selector(".empty a")
        page.route("**/api/overview*", lambda route: route.abort())
        page.goto(f"{url}/fr/")
        page.wait_for_selector(".problem button")
        page.unroute("**/api/overview*")
        page.locator(".problem button").click()
        page.wait_for_selector(".tiles")
        page.close()


def test_hostile_names_are_shown_as_text(browser: object, tmp_path: Path) -> None:
    (tmp_path / "evil.ttl").write_text(HOSTILE, "utf-8")
    with served(tmp_path / "evil.ttl") as url:
        paths = ["en/", "fr/search", "en/entity/evil", "fr/entity/evil", "en/article/evil", "ar/article/evil"]
        assert visit(browser, url, paths, (1280, 900)) == []
