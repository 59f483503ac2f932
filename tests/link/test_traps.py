"""Sentences in which a name is not the item that one thinks of first: no wrong item may be given."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kg.lang.pack import load_pack
from kg.link.cascade import LinkStage
from kg.model import Analysis, Article, Kind, Mention, Span
from kg.parse.rules import RuleParser

TRAPS = tomllib.loads(Path(__file__).with_name("traps.toml").read_text("utf-8"))
CASES = [(name, lang, text) for name, by_lang in TRAPS.items() for lang, texts in by_lang.items() for text in texts]
KINDS = {"p": Kind.PERSON, "o": Kind.ORGANIZATION, "l": Kind.PLACE}
MARKED = re.compile(r"\[([^|\]]+)\|([pol])(?:=(!?)([Q\d/]+))?\]")


def read(marked: str) -> tuple[str, list[tuple[Mention, bool, frozenset[str]]]]:
    """The plain text, and each mention with whether it must have an item and which it may have."""
    text, at, found = "", 0, []
    for match in MARKED.finditer(marked):
        text += marked[at : match.start()]
        words, kind, must, qids = match.groups()
        mention = Mention(Span(len(text), len(text) + len(words)), KINDS[kind], "test")
        found.append((mention, bool(must), frozenset(qids.split("/") if qids else ())))
        text += words
        at = match.end()
    return text + marked[at:], found


def test_there_are_enough() -> None:
    assert len(CASES) >= 220
    assert {lang for _, lang, _ in CASES} == {"ar", "en", "fr"}
    for _, _, marked in CASES:
        text, found = read(marked)
        assert found, marked
        assert not set("[]|") & set(text), marked


@pytest.mark.parametrize(("trap", "lang", "marked"), CASES)
def test_no_wrong_item(trap: str, lang: str, marked: str) -> None:
    text, expected = read(marked)
    article = Article("t", text, (Span(0, len(text)),), lang)
    document = RuleParser(load_pack(lang))(article)
    done = LinkStage()(Analysis(article, document, tuple(mention for mention, _, _ in expected)))
    given = {span: entity.qid for entity in done.entities or () for span in entity.mentions}
    for mention, must, allowed in expected:
        qid = given[mention.span]
        assert qid in allowed or (qid is None and not must), f"{trap}: {mention.span.of(text)} is {qid}, not {allowed or 'NIL'}"
