"""Parsers: every token finds its way back to the article, whatever stands in it."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.errors import ConfigurationError
from kg.lang.pack import LanguagePack, languages, load_pack
from kg.model import Analysis, Article, Document, Kind, Span
from kg.parse.assemble import Parsed, Piece, assemble, kinds
from kg.parse.assemble import settings as parser_settings
from kg.parse.blocks import MAX_BLOCK, blocks
from kg.parse.rules import RuleParser
from kg.parse.spacy_ import load_spacy
from kg.parse.stage import BACKENDS, ParseStage, backend_of, load_parser


def article(text: str, lang: str = "en", *body: tuple[int, int]) -> Article:
    return Article("t", text, tuple(Span(*pair) for pair in body) or (Span(0, len(text)),), lang)


def words(document: Document, text: str) -> list[list[str]]:
    return [[t.span.of(text) for t in document.tokens[s.first : s.last]] for s in document.sentences]


def sentences(text: str, lang: str = "ar") -> list[str]:
    return [s.span.of(text) for s in RuleParser(load_pack(lang))(article(text, lang)).sentences]


def check(document: Document, source: Article) -> None:
    """What every document must satisfy."""
    places = [(t.start, t.end) for t in document.tokens]
    assert places == sorted(places)
    assert all(a[1] <= b[0] for a, b in pairwise(places))
    assert [i for s in document.sentences for i in range(s.first, s.last)] == list(range(len(document.tokens)))
    for sentence in document.sentences:
        assert sentence.first < sentence.last
        assert sentence.span == Span(document.tokens[sentence.first].start, document.tokens[sentence.last - 1].end)
        assert any(span.contains(sentence.span) for span in source.body)
        for index in range(sentence.first, sentence.last):
            token = document.tokens[index]
            assert token.start < token.end
            assert token.span.of(source.text).strip()
            assert sentence.first <= token.head < sentence.last
            if not document.trees:
                assert token.head == index
    for name in document.names:
        assert any(span.contains(name.span) for span in source.body)
        assert name.span.of(source.text).strip()


# -- blocks -------------------------------------------------------------------------------------------------------------


def test_blocks_are_the_lines_of_the_body() -> None:
    text = "Menu | Home\nA title\r\n\r\nFirst line.\n \nLast line."
    found = blocks(article(text, "en", (12, 19), (23, len(text))))
    assert [b.text for b in found] == ["A title", "First line.", "Last line."]
    assert [b.original(0, len(b.text)).of(text) for b in found] == [b.text for b in found]


def test_text_wrapped_at_a_fixed_width_is_joined() -> None:
    text = (
        "The court of the small town heard three witnesses on the\n"
        "second day of the hearing, and then it put the rest off to\n"
        "the spring because the judge had fallen ill.\n"
    )
    assert len(blocks(article(text))) == 1


def test_a_title_is_not_joined_with_the_paragraph_below() -> None:
    text = (
        "A mayor is questioned over the sale of a quay\nPolice spoke to the mayor for six hours.\n"
        + "He denies everything. " * 20
    )
    assert len(blocks(article(text))) == 3


def test_characters_that_confuse_parsers_are_dropped_and_counted() -> None:
    text = "The minis\u00adter \u202ewas\u202c\u200b freed\x00 l\u2019\u00a0an \ud800."
    (block,) = blocks(article(text))
    assert block.text == "The minister was freed l' an \ufffd."
    assert block.original(4, 12).of(text) == "minis\u00adter"
    assert block.original(len(block.text) - 2, len(block.text)).of(text) == "\ud800."


def test_an_empty_stretch_of_a_block_has_no_place() -> None:
    (block,) = blocks(article("Some words."))
    for start, end in ((3, 3), (-1, 2), (0, 99)):
        with pytest.raises(ValueError, match="no such stretch"):
            block.original(start, end)


def test_long_paragraphs_are_cut_at_sentence_ends() -> None:
    sentence = "The prosecutor asked for another week to read the files. "
    text = sentence * 200
    found = blocks(article(text))
    assert all(len(b.text) <= MAX_BLOCK for b in found)
    assert all(b.text.endswith("files.") for b in found)
    assert sum(b.text.count("prosecutor") for b in found) == 200


@given(st.text(alphabet=st.characters(codec=None, exclude_categories=()), max_size=300))
def test_blocks_of_any_text(text: str) -> None:
    for block in blocks(article(text)):
        assert block.text
        assert block.text == block.text.strip()
        assert len(block.text) == len(block.starts) == len(block.ends)
        assert list(block.starts) == sorted(set(block.starts))
        block.text.encode("utf-8")


# -- rules --------------------------------------------------------------------------------------------------------------

SPLITS = [
    ("ar", ["غادر الوزير القاعة.", "هل يعود غدا؟", "لا أحد يعلم!"]),
    ("ar", ["دفع الرجل 5.5 مليون دينار، ثم سافر إلى د. سامي في ٣٫٢ ساعة."]),
    ("ar", ["وصل م. ع. حداد إلى المحكمة.", "ثم خرج."]),
    ("ar", ["قال: «لن أعود.»", "وغادر المكان."]),
    ("ar", ["«أين ذهب المال؟» سأل القاضي."]),
    ("ar", ["سأل القاضي: «أين المال؟»", "ولم يجب المتهم."]),
    ("ar", ["كتب في موقع example.com أنه بريء.", "وانتهى الأمر..."]),
    ("ar", ["انتهت الجلسة.", "وقال المحامي إنه راض."]),
    ("en", ["Mr. Lee met J. Doe of the U.S. embassy at 5 p.m. on Monday.", "He left."]),
    ("en", ['"Why now?" he asked.', "No one answered... not even she."]),
    ("en", ["The fine is $5.5m.", "It is due on 1.2.2023."]),
    ("en", ["1. The first count is fraud.", "2. The second is theft."]),
    ("fr", ["M. Petit a vu Me Roux.", "« C'est fini ! »", "Il est parti."]),
    ("fr", ["L'art. 5 s'applique.", "La cour l'a dit."]),
]


@pytest.mark.parametrize(("lang", "expected"), SPLITS, ids=[f"{lang}-{i}" for i, (lang, _) in enumerate(SPLITS)])
def test_sentences_by_rule(lang: str, expected: list[str]) -> None:
    assert sentences(" ".join(expected), lang) == expected


def test_a_missing_blank_still_ends_a_sentence() -> None:
    assert sentences("انتهت الجلسة.وغادر القاضي.") == ["انتهت الجلسة.", "وغادر القاضي."]


def test_a_title_without_a_full_stop_is_a_sentence() -> None:
    assert sentences("محاكمة تاجر\nبدأت المحاكمة، كما قيل، أمس") == ["محاكمة تاجر", "بدأت المحاكمة، كما قيل، أمس"]


def test_words_by_rule() -> None:
    text = "كَتَبَ 1,200 كلمة (5%) عن AT&T وTelegram: a@b.example, https://a.example/x?y=1."
    (found,) = words(RuleParser(load_pack("ar"))(article(text, "ar")), text)
    assert found == [
        *("كَتَبَ", "1,200", "كلمة", "(", "5", "%", ")", "عن", "AT&T", "وTelegram", ":"),
        *("a@b.example", ",", "https://a.example/x?y=1", "."),
    ]


def test_rules_mark_numbers_and_marks() -> None:
    document = RuleParser(load_pack("en"))(article("Paid 500 euros."))
    assert [t.pos for t in document.tokens] == ["", "NUM", "", "PUNCT"]
    assert (document.trees, document.names, document.parser) == (False, (), "rules")


def test_endless_sentences_are_cut() -> None:
    text = "ثم قال الشاهد إنه رأى السيارة، " * 400
    document = RuleParser(load_pack("ar"))(article(text, "ar"))
    assert max(len(s.span) for s in document.sentences) < 2000
    check(document, article(text, "ar"))


@given(
    st.text(alphabet=st.sampled_from("ab اب.!?؟،\"'«»()[]5٣-…\n\t\u200f\u064e\ud800\x00@/:"), max_size=200),
    st.sampled_from(languages()),
)
def test_rules_on_any_text(text: str, lang: str) -> None:
    source = article(text, lang)
    check(RuleParser(load_pack(lang))(source), source)


@pytest.mark.parametrize(
    "unit", ["(", "a", "ا.", "5", "http://.", "a@", "\n", " \n", "a'", "\u064e", "!؟", '"', ". ", "\ud800", "1:"]
)
def test_rules_take_linear_time(unit: str) -> None:
    parser = RuleParser(load_pack("ar"))
    parser(article("مرحبا."))
    started = time.perf_counter()
    parser(article(unit * (100_000 // len(unit)), "ar"))
    assert time.perf_counter() - started < 5


# -- spaCy --------------------------------------------------------------------------------------------------------------

LIBERATION = {
    "en": "Anna Smith was arrested by police in London.\nThe trial\nShe was freed.",
    "fr": "Anna Martin a été arrêtée par la police à Lyon.\nLe procès\nElle a été libérée.",
}


@pytest.mark.parametrize("lang", sorted(LIBERATION))
def test_spacy_gives_trees_names_and_universal_relations(lang: str) -> None:
    text = LIBERATION[lang]
    source = article(text, lang)
    document = load_parser(lang)(source)
    check(document, source)
    assert document.trees
    assert [s.span.of(text) for s in document.sentences] == text.split("\n")
    kinds_found = {name.span.of(text): name.kind for name in document.names}
    assert kinds_found[text[: text.index(" ", 5)]] is Kind.PERSON
    assert kinds_found["London" if lang == "en" else "Lyon"] is Kind.PLACE
    assert {name.source for name in document.names} == {"spacy"}
    relations = {token.dep for token in document.tokens}
    assert {"root", "nsubj:pass", "aux:pass"} <= relations
    assert not relations & {"ROOT", "nsubjpass", "auxpass", "dobj"}
    subject = next(t for t in document.tokens if t.dep == "nsubj:pass")
    assert document.tokens[subject.head].span.of(text) in ("arrested", "arrêtée")
    roots = [i for i, t in enumerate(document.tokens) if t.dep == "root"]
    assert all(document.tokens[i].head == i for i in roots)
    assert document.parser.startswith("spacy ")


def test_spacy_sees_only_the_body() -> None:
    text = "Home | Berlin | Contact\nPeter Novak was tried in Prague.\nShare on Madrid"
    source = article(text, "en", (24, 56))
    document = load_parser("en")(source)
    check(document, source)
    assert {n.span.of(text) for n in document.names} == {"Peter Novak", "Prague"}


def test_spacy_is_deterministic_and_batches_do_not_matter() -> None:
    text = LIBERATION["en"]
    parser = load_parser("en")
    whole = parser(article(text))
    assert parser(article(text)) == whole
    first = text.index("\n")
    alone = parser(article(text, "en", (0, first)))
    assert alone.tokens == whole.tokens[: len(alone.tokens)]


def test_spacy_with_no_body() -> None:
    document = load_parser("en")(Article("t", "nothing", (), "en"))
    assert (document.sentences, document.tokens, document.names) == ((), (), ())


@settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.text(
        alphabet=st.one_of(st.sampled_from("Paris was .\n'’\u200b\u00a0\x00\ud800()"), st.characters(codec=None)), max_size=80
    ),
    st.sampled_from(["en", "fr"]),
)
def test_spacy_on_any_text(text: str, lang: str) -> None:
    source = article(text, lang)
    check(load_parser(lang)(source), source)


def test_an_unknown_pipeline_is_one_clear_error() -> None:
    with pytest.raises(ConfigurationError, match="no_such_pipeline"):
        load_spacy(load_pack("en"), "no_such_pipeline")


def test_a_pipeline_of_another_language_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="language 'fr'"):
        load_spacy(load_pack("en"), "fr_core_news_md")


def test_a_language_without_pipelines_says_so() -> None:
    with pytest.raises(ConfigurationError, match="no spaCy pipeline for Arabic"):
        load_spacy(load_pack("ar"))


def test_a_pipeline_in_a_folder_may_be_named(tmp_path) -> None:
    import spacy

    blank = spacy.blank("en")
    blank.add_pipe("sentencizer")
    blank.to_disk(tmp_path / "mine")
    parser = load_spacy(load_pack("en"), str(tmp_path / "mine"))
    document = parser(article("One. Two words."))
    assert not document.trees
    assert words(document, "One. Two words.") == [["One", "."], ["Two", "words", "."]]


def test_a_package_that_gives_the_path_of_its_model(tmp_path, monkeypatch) -> None:
    import spacy

    package = tmp_path / "vendored_pipeline"
    package.mkdir()
    spacy.blank("en").to_disk(package / "_model")
    (package / "__init__.py").write_text(
        "from pathlib import Path\ndef model_path():\n    return Path(__file__).parent / '_model'\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    document = load_spacy(load_pack("en"), "vendored_pipeline")(article("One. Two"))
    assert len(document.sentences) == 1
    assert len(document.tokens) == 3


# -- the stage ----------------------------------------------------------------------------------------------------------


def test_the_stage_fills_the_document() -> None:
    stage = ParseStage()
    assert (stage.name, stage.reads, stage.writes) == ("parse", ("article",), "document")
    analysis = stage(Analysis(article("Words here.", "ar")))
    assert analysis.document is not None
    assert analysis.document.parser == "rules"


@pytest.mark.parametrize("lang", ["ar", "en", "fr"])
def test_every_pack_says_how_it_is_parsed(lang: str) -> None:
    pack = load_pack(lang)
    assert backend_of(pack) in BACKENDS
    assert set(kinds(pack).values()) == set(Kind)
    assert parser_settings(pack)["stanza"] == lang


def test_one_backend_for_all_languages() -> None:
    analysis = ParseStage("rules")(Analysis(article("Words here. More.", "en")))
    assert analysis.document is not None
    assert (analysis.document.parser, len(analysis.document.sentences)) == ("rules", 2)


def test_unknown_backends_and_languages_are_refused() -> None:
    with pytest.raises(ConfigurationError, match=r"no parser 'magic' \(known: auto, spacy, stanza, rules\)"):
        ParseStage("magic")
    with pytest.raises(ConfigurationError, match="no language pack for 'xx'"):
        ParseStage(models={"xx": "some_pipeline"})


def test_the_environment_may_name_a_pipeline(monkeypatch) -> None:
    monkeypatch.setenv("KG_SPACY_AR", "no_such_pipeline")
    with pytest.raises(ConfigurationError, match="no_such_pipeline"):
        load_parser("ar")


def _broken(**section: object) -> LanguagePack:
    pack = load_pack("en")
    return replace(pack, tables={**pack.tables, "pack": {"parser": section}})


def test_broken_packs_are_named() -> None:
    with pytest.raises(ConfigurationError, match=r"\[parser\] backend: no parser 'oracle'"):
        backend_of(_broken(backend="oracle"))
    with pytest.raises(ConfigurationError, match=r"\[parser.names\] PER: no kind 'human'"):
        kinds(_broken(names={"PER": "human"}))
    with pytest.raises(ConfigurationError, match=r"section \[parser\] is missing"):
        parser_settings(replace(load_pack("en"), tables={"pack": {}}))


def test_heads_outside_the_sentence_become_roots() -> None:
    (block,) = blocks(article("Go home. Stay."))
    pieces = [
        Piece(0, 2, dep="root"),
        Piece(3, 7, dep="obj", head=3),
        Piece(7, 8, dep="punct", head=0),
        Piece(9, 13, dep="x", head=0),
    ]
    document = assemble([(block, Parsed(pieces, [(0, 3), (3, 4)]))], "p", "s", trees=True)
    assert [(t.head, t.dep) for t in document.tokens] == [(0, "root"), (1, "root"), (0, "punct"), (3, "root")]


def test_no_parser_is_loaded_before_it_is_needed() -> None:
    code = "import sys, kg.parse.stage as s; s.ParseStage(); print([m for m in ('spacy', 'stanza', 'torch') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
