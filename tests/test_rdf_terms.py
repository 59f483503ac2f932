"""Literals and IRIs: valid whatever comes in."""

from __future__ import annotations

import hashlib
import re
import xml.etree.ElementTree as ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import NamedNode, RdfFormat, Triple, parse, serialize

from kg.errors import KgError
from kg.model import ActionType, Article, Kind, Span
from kg.rdf import iri, terms, vocab
from kg.rdf.vocab import DATA, shorten

ANY_TEXT = st.text(st.characters(exclude_categories=()) | st.sampled_from("\x00\x1b\u202e\ud800\udfff\ufffe\U0010ffff"))


def kind_of(literal: object) -> str:
    return shorten(literal.datatype.value)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("2024-08-28", "xsd:date"),
        ("2024-02-29", "xsd:date"),
        ("2024-08", "xsd:gYearMonth"),
        ("2024", "xsd:gYear"),
        ("2024-08-28T10:00:00+02:00", "xsd:dateTime"),
        ("2023-02-29", "xsd:string"),
        ("2024-13", "xsd:string"),
        ("0000", "xsd:string"),
        ("24", "xsd:string"),
        ("2024-8-2", "xsd:string"),
        ("٢٠٢٤", "xsd:string"),
        ("2024-08-28\n", "xsd:string"),
        ("T", "xsd:string"),
        ("", "xsd:string"),
    ],
)
def test_a_date_has_the_type_of_its_precision(value: str, kind: str) -> None:
    assert kind_of(terms.date_literal(value)) == kind
    assert terms.date_literal(value).value == value


@pytest.mark.parametrize(
    ("value", "written", "kind"),
    [
        ("P4D", "P4D", "xsd:duration"),
        ("P1Y6M", "P1Y6M", "xsd:duration"),
        ("PT48H", "PT48H", "xsd:duration"),
        ("P1DT12H", "P1DT12H", "xsd:duration"),
        ("P2W", "P14D", "xsd:duration"),
        ("P", "P", "xsd:string"),
        ("PT", "PT", "xsd:string"),
        ("P1DT", "P1DT", "xsd:string"),
        ("4D", "4D", "xsd:string"),
        ("-P1D", "-P1D", "xsd:string"),
        ("P1D\n", "P1D\n", "xsd:string"),
    ],
)
def test_a_duration_is_one_that_xml_schema_knows(value: str, written: str, kind: str) -> None:
    literal = terms.duration_literal(value)
    assert (literal.value, kind_of(literal)) == (written, kind)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (5_000_000.0, "5000000"),
        (0.9125, "0.9125"),
        (0.00001, "0"),
        (-0.0, "0"),
        (1e21, "1" + "0" * 21),
        (100.0, "100"),
        (1e-9, "0"),
    ],
)
def test_a_number_is_written_without_exponent_or_needless_zeros(value: float, written: str) -> None:
    assert terms.decimal_literal(value).value == written


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_every_number_is_a_decimal_or_plain_text(value: float) -> None:
    literal = terms.decimal_literal(value)
    if kind_of(literal) == "xsd:decimal":
        assert re.fullmatch(r"-?[0-9]+(\.[0-9]{1,4})?", literal.value)
        assert float(literal.value) == pytest.approx(value, abs=1e-4)
    else:
        assert value in (float("inf"), float("-inf")) or value != value


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\tb\nc\r", "a\tb\nc\r"),
        ("a\x00b", "a\ufffdb"),
        ("\x1b[1m", "\ufffd[1m"),
        ("\ud83d\ude00", "\ufffd\ufffd"),
        ("\U0001f600", "\U0001f600"),
        ("\ufffe\uffff\U0002fffe", "\ufffd\ufffd\ufffd"),
        ("\u202eabc\u202c", "\u202eabc\u202c"),
        ("\u0085", "\ufffd"),
        ("e\u0301", "e\u0301"),
    ],
)
def test_characters_that_no_string_can_hold_are_replaced_one_for_one(text: str, safe: str) -> None:
    assert terms.safe_text(text) == safe


@given(ANY_TEXT, ANY_TEXT)
def test_any_text_in_any_language_survives_turtle_and_xml(text: str, language: str) -> None:
    literal = terms.text_literal(text, language)
    assert len(literal.value) == len(text)
    triple = Triple(NamedNode("http://x/s"), NamedNode("http://x/p"), literal)
    for syntax in (RdfFormat.TURTLE, RdfFormat.N_TRIPLES):
        (back,) = parse(serialize([triple], format=syntax), syntax)
        assert back.triple == triple
    xml = ElementTree.fromstring(serialize([triple], format=RdfFormat.RDF_XML) or b"")
    assert "".join(xml[0].itertext()).strip() == literal.value.replace("\r\n", "\n").replace("\r", "\n").strip() or "\r" in text


@pytest.mark.parametrize(
    ("tag", "language"),
    [("fr", "fr"), ("zh-Hant", "zh-hant"), ("x y", None), ("", None), ("fr>", None), ("f", None), ("AA-0", None)],
)
def test_what_is_no_language_tag_is_left_out(tag: str, language: str | None) -> None:
    assert terms.text_literal("a", tag).language == language
    assert terms.is_language(tag) is (language is not None)


@pytest.mark.parametrize(
    ("given_url", "checked"),
    [
        ("https://news.example/a?b=1&c=2#d", "https://news.example/a?b=1&c=2#d"),
        ("HTTP://News.Example", "http://news.example"),
        ("https://news.example/أخبار/é", "https://news.example/%D8%A3%D8%AE%D8%A8%D8%A7%D8%B1/%C3%A9"),
        ("https://news.example/a%20b%2", "https://news.example/a%20b%252"),
        ("https://bücher.example/", "https://xn--bcher-kva.example/"),
        ("http://[::1]:8080/x", "http://[::1]:8080/x"),
        ("https://news.example/[1]", "https://news.example/%5B1%5D"),
        ("https://news.example/a'b(c)", "https://news.example/a'b(c)"),
    ],
)
def test_an_address_becomes_a_plain_uri(given_url: str, checked: str) -> None:
    assert iri.checked_url(given_url) == checked
    assert iri.checked_url(checked) == checked
    assert NamedNode(checked).value == checked


@pytest.mark.parametrize(
    "url",
    [
        None,
        "",
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//news.example/a",
        "news.example",
        "https://",
        "https:///a",
        "https://user:secret@news.example/",
        "https://news.example:99999/",
        "https://news.example/a b",
        "https://news.example/a\tb",
        "https://news.example/\x00",
        "https://news.example/\u202egnp",
        "https://news.example/\ud800",
        "https://news.example/<b>",
        'https://news.example/"',
        "https://news.example\\@evil.example/",
        "https://-a-.example/",
        "https://a..example/",
        "https://[::1/",
        "https://news.example/" + "a" * 2048,
    ],
)
def test_an_unsafe_address_is_refused(url: str | None) -> None:
    assert iri.checked_url(url) is None


@given(st.one_of(ANY_TEXT, ANY_TEXT.map("https://a.example/{}".format), ANY_TEXT.map("http://{}".format)))
def test_whatever_is_let_through_is_ascii_http_and_an_iri(url: str) -> None:
    checked = iri.checked_url(url)
    if checked is not None:
        assert re.fullmatch(r"https?://[!-~]+", checked)
        assert NamedNode(checked).value == checked
        assert iri.checked_url(checked) == checked or len(checked) > 2048


@pytest.mark.parametrize("qid", ["", "Q0", "Q01", "q1", "P31", "Q1 ", "Q1\n", "Q" + "1" * 16, "Q١"])
def test_what_is_no_wikidata_item_is_refused(qid: str) -> None:
    with pytest.raises(KgError, match="no Wikidata item"):
        iri.wikidata_iri(qid)


def test_a_wikidata_item_has_its_address() -> None:
    assert iri.wikidata_iri("Q142") == "http://www.wikidata.org/entity/Q142"


@given(st.lists(ANY_TEXT, max_size=4), st.lists(ANY_TEXT, max_size=4))
def test_hashes_differ_when_the_parts_do(left: list[str], right: list[str]) -> None:
    assert re.fullmatch("[a-z2-7]{16}", iri.digest(*left))
    assert (iri.digest(*left) == iri.digest(*right)) is (left == right)


def test_the_hash_is_the_beginning_of_sha_256() -> None:
    assert iri.text_sha256("é") == hashlib.sha256("é".encode()).hexdigest()
    # Known by computing it once; a change renames every node of every graph.
    assert iri.digest("article", "a", "", "b") == "jsajvqxsf46lsvsi"


def test_an_article_is_named_by_its_text_address_and_id() -> None:
    names = {
        iri.article_iri(DATA, Article(id=name, text=text, body=(), lang="fr", url=url))
        for name in ("1", "2")
        for text in ("a", "b")
        for url in (None, "https://x.example")
    }
    assert len(names) == 8
    # What is detected or corrected later does not rename it.
    assert iri.article_iri(DATA, Article("1", "a", (), "ar", title="t", published="2024")) in names


def test_spelling_of_a_name_does_not_rename_a_local_entity() -> None:
    def name(text: str, kind: Kind = Kind.PERSON) -> str:
        return iri.local_entity_iri(DATA, kind, text, "article")

    assert name("Élise  Ba") == name("e\u0301lise ba".replace("e", "E", 1)) == name("élise Ba")
    assert name("أحمد") == name("احمد")
    assert len({name("Elise Ba"), name("Élise Ba"), name("Élise Ba", Kind.PLACE), name("Élise")}) == 4


def test_a_report_is_named_by_article_type_and_places() -> None:
    names = [
        iri.report_iri(DATA, article, kind, triggers)
        for article in ("x", "y")
        for kind in (ActionType.BAIL, ActionType.FINE)
        for triggers in ((Span(0, 1),), (Span(0, 1), Span(5, 6)))
    ]
    assert len(set(names)) == 8
    assert iri.report_iri(DATA, "x", ActionType.BAIL, (Span(5, 6), Span(0, 1), Span(0, 1))) == names[1]
    assert iri.report_iri(DATA, "x", ActionType.BAIL, (Span(0, 1),), 2) not in names


def test_a_case_is_named_by_its_people_in_any_order() -> None:
    assert iri.case_iri(DATA, "x") != iri.case_iri(DATA, "y")


@pytest.mark.parametrize(
    ("long", "short"),
    [
        (vocab.KG + "Arrest", "kg:Arrest"),
        (vocab.WD + "Q1", "wd:Q1"),
        (vocab.KG, vocab.KG),
        (vocab.KG + "a/b", vocab.KG + "a/b"),
        ("http://x/", "http://x/"),
    ],
)
def test_names_are_shortened_for_showing(long: str, short: str) -> None:
    assert shorten(long) == short


@given(st.floats(0, 1))
def test_a_confidence_is_rounded_as_in_the_json_of_an_analysis(value: float) -> None:
    assert terms.decimal_literal(value) == terms.decimal_literal(round(value, 4))
