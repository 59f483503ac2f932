"""The names encoder: reading of text, windows, decoding, and the shipped model."""

from __future__ import annotations

import itertools
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ConfigurationError
from kg.mention.decode import allowed, best_tags, find_names, log_softmax
from kg.mention.encoder import SHIPPED, EncoderRecogniser, NamesEncoder, open_encoder, read_settings
from kg.mention.pieces import PieceReader, read_as, skip_letters, split_units
from kg.mention.windows import END, make_windows
from kg.model import Article, Document, Kind, Sentence, Span

TAGS = ("O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC")
HOSTILE = st.text(alphabet=st.one_of(st.characters(), st.sampled_from("ابتولكـًّ\u200f\u202e\x00'’.-\n ")), max_size=200)


@pytest.fixture(scope="module")
def encoder() -> NamesEncoder:
    return open_encoder(threads=1)


@pytest.fixture(scope="module")
def reader() -> PieceReader:
    return PieceReader(SHIPPED / "tokenizer.json")


def document(text: str, *bounds: tuple[int, int]) -> tuple[Article, Document]:
    bounds = bounds or ((0, len(text)),)
    sentences = tuple(Sentence(Span(a, b), 0, 0) for a, b in bounds)
    return Article("t", text, (Span(0, len(text)),), "xx"), Document(sentences, ())


def names(encoder: NamesEncoder, text: str) -> list[tuple[str, str]]:
    return [(m.span.of(text), m.kind.value) for m in encoder.find(text, [(0, len(text))])]


# -- reading ---------------------------------------------------------------------------------------------------------


@given(HOSTILE)
def test_units_are_in_order_apart_and_without_blanks(text: str) -> None:
    units = list(split_units(text))
    assert all(a.end <= b.start for a, b in itertools.pairwise(units))
    for unit in units:
        assert 0 <= unit.start < unit.end <= len(text)
        assert unit.text and unit.text.isprintable() and not any(c.isspace() for c in unit.text)


@given(st.text(alphabet="ابتثجدرسشعفقكلمنهوي ", max_size=60), st.text(alphabet="ًٌٍَُِّْـ", min_size=1, max_size=1))
def test_marks_and_tatweel_are_not_read(text: str, mark: str) -> None:
    marked = "".join(char + mark if char != " " else char for char in text)
    assert [(u.text, u.spaced) for u in split_units(marked)] == [(u.text, u.spaced) for u in split_units(text)]


def test_units_split_scripts_and_punctuation() -> None:
    text = "بTelegram قال: L'État-major, co-op"
    assert [u.text for u in split_units(text)] == [
        "ب",
        "Telegram",
        "قال",
        ":",
        "L",
        "'",
        "État",
        "-",
        "major",
        ",",
        "co",
        "-",
        "op",
    ]
    assert [u.spaced for u in split_units(text)][:4] == [True, False, True, False]


def test_presentation_forms_are_read_as_letters() -> None:
    assert read_as("ﻻ") == "لا"
    assert read_as("ﷺ")
    assert len(read_as("ا" * 10**6)) == 64


def test_skip_letters_counts_letters_and_passes_their_marks() -> None:
    text = "وَبِبَيْرُوتَ"
    assert skip_letters(text, 0, len(text), 0) == 0
    assert text[skip_letters(text, 0, len(text), 1)] == "ب"
    assert text[skip_letters(text, 0, len(text), 2) :].startswith("بَيْ")


def test_reader_spells_every_word_with_few_pieces(reader: PieceReader) -> None:
    for unit in split_units("القاهرة Marseille Новосибирск 👩‍🚀 \u0e01\u0e02 " + "x" * 500):
        pieces = reader.spell(unit)
        assert 1 <= len(pieces) <= 12
        assert pieces == reader.spell(unit)


# -- windows ---------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=40)
@given(st.lists(st.integers(0, 90), max_size=12), st.integers(24, 60))
def test_every_unit_is_decided_once_and_windows_are_bounded(reader: PieceReader, lengths: list[int], longest: int) -> None:
    place, sentences = 0, []
    for length in lengths:
        text = " " * place + "mot " * length
        sentences.append(tuple(split_units(text, place)))
        place = len(text)
    decided: list[int] = []
    for window in make_windows(sentences, reader, longest // 2, longest, 8):
        assert len(window.ids) <= longest + 2
        assert window.ids[-1] == END
        assert len(window.first) == len(window.units)
        decided.extend(unit.start for unit in window.units[slice(*window.sure)])
    assert decided == [unit.start for sentence in sentences for unit in sentence]


# -- decoding --------------------------------------------------------------------------------------------------------


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sets(st.integers(1, 3)))
def test_best_tags_are_the_best_of_all_allowed(seed: int, length: int, breaks: set[int]) -> None:
    logs = log_softmax(np.random.default_rng(seed).normal(size=(length, len(TAGS))).astype(np.float32) * 3)
    matrix = allowed(TAGS)

    def is_allowed(path: tuple[int, ...]) -> bool:
        if TAGS[path[0]].startswith("I-") or any(TAGS[path[i]].startswith("I-") for i in breaks if i < length):
            return False
        return all(matrix[a, b] == 0 for a, b in itertools.pairwise(path))

    paths = [p for p in itertools.product(range(len(TAGS)), repeat=length) if is_allowed(p)]
    best = max(float(sum(logs[i, t] for i, t in enumerate(p))) for p in paths)
    found = best_tags(logs, TAGS, frozenset(breaks))
    assert is_allowed(tuple(found))
    assert sum(logs[i, t] for i, t in enumerate(found)) == pytest.approx(best, abs=1e-4)


def test_find_names_reads_neighbouring_names_apart() -> None:
    order = ["B-PER", "I-PER", "B-PER", "O", "B-LOC"]
    logs = np.full((5, len(TAGS)), -9.0, np.float32)
    for row, tag in enumerate(order):
        logs[row, TAGS.index(tag)] = np.log(0.5)
    assert [(n.first, n.last, n.kind) for n in find_names(logs, TAGS)] == [(0, 2, "PER"), (2, 3, "PER"), (4, 5, "LOC")]
    assert [n.probability for n in find_names(logs, TAGS)] == pytest.approx([0.5] * 3)
    assert list(find_names(logs[:0], TAGS)) == []


# -- the shipped model -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Les policiers de Lyon ont arrêté Paul Martin mardi.", [("Lyon", "place"), ("Paul Martin", "person")]),
        ("A judge in Chicago fined Microsoft on Monday.", [("Chicago", "place"), ("Microsoft", "organization")]),
        ("وصل الرئيس إلى القاهرة قادما من باريس.", [("القاهرة", "place"), ("باريس", "place")]),
        ("Die Polizei in Hamburg hat Peter Schneider festgenommen.", [("Hamburg", "place"), ("Peter Schneider", "person")]),
        ("Полиция Казани задержала Ивана Петрова.", [("Ивана Петрова", "person")]),
    ],
)
def test_names_in_five_languages(encoder: NamesEncoder, text: str, expected: list[tuple[str, str]]) -> None:
    found = names(encoder, text)
    assert [name for name in expected if name not in found] == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("سافر الوفد من دمشق وبغداد إلى عمان.", "بغداد"),
        ("قدم الوزير شكره لفرنسا أمس.", "فرنسا"),
        ("انتقل المهندس ببيروت من حي إلى حي.", "بيروت"),
        ("زار الوفد بغداد وبيروت.", "بغداد"),
    ],
)
def test_proclitics_stay_outside(encoder: NamesEncoder, text: str, expected: str) -> None:
    assert expected in [name for name, _ in names(encoder, text)]


def test_lam_with_article_begins_at_the_second_lam(encoder: NamesEncoder) -> None:
    assert "لعراق" in [name for name, _ in names(encoder, "وجه السفير دعوة للعراق أمس.")]


def test_marks_do_not_change_what_is_found(encoder: NamesEncoder) -> None:
    plain = "اعتقلت الشرطة في بيروت المحامي سامي خوري."
    marked = "اعتقلت الشرطة في بَيْرُوتَ المحامي ســامي خُوري."
    assert [read_as(m.span.of(marked)) for m in encoder.find(marked, [(0, len(marked))])] == [
        read_as(m.span.of(plain)) for m in encoder.find(plain, [(0, len(plain))])
    ]


def test_recogniser_gives_mentions_of_the_original_text() -> None:
    text = "Premier titre\nLe tribunal de Rennes juge Marie Dupont.\nLe procès de Marie Dupont reprend lundi."
    first = text.index("Le tribunal")
    second = text.index("Le procès")
    article, parsed = document(text, (0, first - 1), (first, second - 1), (second, len(text)))
    mentions = EncoderRecogniser(threads=1)(article, parsed)
    assert [m.span.of(text) for m in mentions].count("Marie Dupont") == 2
    assert all(m.source == "encoder" and 0 < m.confidence <= 1 and isinstance(m.kind, Kind) for m in mentions)
    assert list(mentions) == sorted(mentions)
    assert mentions == EncoderRecogniser(threads=1)(article, parsed)


def test_nothing_to_read() -> None:
    article, parsed = document("", (0, 0))
    assert EncoderRecogniser(threads=1)(article, parsed) == ()
    article, _ = document("نص")
    assert EncoderRecogniser(threads=1)(article, Document((), ())) == ()


@settings(deadline=None, max_examples=25)
@given(HOSTILE)
def test_hostile_text_gives_spans_inside(encoder: NamesEncoder, text: str) -> None:
    mentions = encoder.find(text, [(0, len(text))])
    assert all(0 <= m.span.start < m.span.end <= len(text) for m in mentions)
    assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(mentions))


def test_a_sentence_without_end_is_read_in_windows(encoder: NamesEncoder) -> None:
    text = "puis la police de Nantes a fouillé la maison et " * 200
    found = encoder.find(text, [(0, len(text))])
    assert sum("Nantes" in m.span.of(text) for m in found) > 195


def test_names_do_not_cross_lines(encoder: NamesEncoder) -> None:
    text = "Paul\nMartin\nLyon"
    assert all("\n" not in m.span.of(text) for m in encoder.find(text, [(0, len(text))]))


def test_unknown_style_is_an_error(encoder: NamesEncoder) -> None:
    with pytest.raises(ValueError, match="nonsense"):
        encoder.find("Lyon", [(0, 4)], style="nonsense")


# -- broken installations --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["config.json", "tokenizer.json", "lower.onnx", "upper.onnx"])
@pytest.mark.parametrize("content", [None, b"", b"\x00\xff{"])
def test_broken_files_say_which(tmp_path: Path, name: str, content: bytes | None) -> None:
    for path in SHIPPED.iterdir():
        if path.name != name and path.suffix in {".json", ".onnx"}:
            (tmp_path / path.name).symlink_to(path)
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigurationError, match=name):
        open_encoder(tmp_path)


def test_settings_with_a_missing_key_are_refused(tmp_path: Path) -> None:
    shutil.copy(SHIPPED / "config.json", tmp_path)
    data = json.loads((tmp_path / "config.json").read_text("utf-8"))
    del data["tags"]
    (tmp_path / "config.json").write_text(json.dumps(data), "utf-8")
    with pytest.raises(ConfigurationError, match="tags"):
        read_settings(tmp_path / "config.json")


def test_model_is_small_and_has_its_card() -> None:
    assert sum(path.stat().st_size for path in SHIPPED.iterdir()) < 60_000_000
    assert "CC BY-SA" in (SHIPPED / "README.md").read_text("utf-8")
    assert (SHIPPED / "LICENCE.md").exists()
