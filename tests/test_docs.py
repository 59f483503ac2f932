"""The pages of the ontology: whole, in three languages, in a real browser; and the diagram that is checked in."""

from __future__ import annotations

import re
import runpy
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from html import unescape
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace

import pytest

from kg.rdf import vocab
from kg.rdf.files import ontology_path
from kg.rdf.reading import read_triples
from kg.store.queries import named_queries

ROOT = Path(__file__).resolve().parents[1]
docs = SimpleNamespace(**runpy.run_path(str(ROOT / "docs/build.py"), run_name="docs"))
SVG = (ROOT / "docs/model.svg").read_text("utf-8")


class Reader(HTMLParser):
    """Notes ids and local links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.links: set[str] = set()
        self.outside: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id" and value:
                self.ids.append(value)
            if name == "href" and value and value.startswith("#"):
                self.links.add(value[1:])
            if name == "src" or (tag in ("link", "script") and name in ("href", "src")):
                self.outside.add(value or "")


@pytest.fixture(scope="module")
def pages() -> dict[str, str]:
    made = docs.Pages()
    return {language: made.render(language, SVG) for language in ("en", "fr", "ar")}


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_each_term_has_its_place_and_every_link_leads_somewhere(pages: dict[str, str], language: str) -> None:
    reader = Reader()
    reader.feed(pages[language])
    anchors = [name for name in reader.ids if not re.fullmatch(r"(node|edge|graph)\d+", name)]
    assert len(anchors) == len(set(anchors))
    assert reader.links <= set(anchors)
    assert reader.outside == set()
    subjects = {
        t.subject.value  # type: ignore[union-attr]
        for t in read_triples([ontology_path("kg.ttl"), ontology_path("terms.ttl")])
        if t.predicate.value == vocab.SKOS + "definition"
    }
    assert len(subjects) > 140
    assert {docs._anchor(name) for name in subjects} <= set(anchors)


def test_each_language_has_its_own_words(pages: dict[str, str]) -> None:
    assert '<html lang="ar" dir="rtl">' in pages["ar"]
    assert "An arrest is not a charge." in pages["en"] and "An arrest is not a charge." not in pages["fr"]
    assert "والتوقيف ليس توجيه اتهام" in pages["ar"]
    for language, page in pages.items():
        assert all(query.question(language) in unescape(page) for query in named_queries())


def test_the_same_words_are_there_in_each_language() -> None:
    words = docs.Pages().words
    assert list(words) == ["en", "fr", "ar"]
    assert len({frozenset(table) for table in words.values()}) == 1


def test_the_diagram_is_that_of_the_ontology() -> None:
    made = docs.Pages()
    source = docs.diagram_source(made.ontology, made.shapes)
    assert (ROOT / "docs/model.dot").read_text("utf-8") == source, "run: python docs/build.py --diagram"
    drawn = "".join(ET.fromstring(SVG).itertext())
    for name in (
        "kg:LegalAction",
        "kg:Report",
        "kg:Case",
        "kg:Evidence",
        "schema:NewsArticle",
        "prov:wasDerivedFrom",
        "kg:usesTerm",
    ):
        assert name in source and name in drawn
    if shutil.which("dot") is None:
        pytest.skip("needs graphviz to draw it again")
    again = docs.draw(source)
    assert sorted("".join(ET.fromstring(again).itertext()).split()) == sorted(drawn.split())


def test_the_command_writes_pages(tmp_path: Path) -> None:
    docs.main([str(tmp_path / "new/docs")])
    assert {path.name for path in (tmp_path / "new/docs").iterdir()} == {
        "en.html",
        "fr.html",
        "ar.html",
        "index.html",
        "model.svg",
    }
    first = {path.name: path.read_bytes() for path in (tmp_path / "new/docs").iterdir()}
    docs.main([str(tmp_path / "new/docs")])
    assert first == {path.name: path.read_bytes() for path in (tmp_path / "new/docs").iterdir()}


@pytest.fixture(scope="module")
def browser() -> Iterator[object]:
    sync_api = pytest.importorskip("playwright.sync_api")
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.skip("needs chromium")
    with sync_api.sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-background-networking"])
        yield found
        found.close()


@pytest.mark.parametrize("language", ["en", "ar"])
def test_a_browser_shows_it_to_everyone(browser: object, language: str, pages: dict[str, str]) -> None:
    from axe_playwright_python.sync_playwright import Axe

    for width, scheme in ((1200, "light"), (360, "dark")):
        page = browser.new_page(viewport={"width": width, "height": 800}, color_scheme=scheme)  # type: ignore[attr-defined]
        page.set_content(pages[language])
        assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"), width
        violations = Axe().run(page).response["violations"]
        assert [(v["id"], v["nodes"][0]["html"][:200]) for v in violations] == []
        page.close()
