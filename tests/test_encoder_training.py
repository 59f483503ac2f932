"""The recipe of the names encoder, as far as it runs without torch."""

from __future__ import annotations

from random import Random

import pytest

from training.names.augment import attach, vary
from training.names.corpora import cut_sentences, join_tokens, read_text
from training.names.examples import TAGS, UNKNOWN, Story, clitic_choices, settle_clitics, spans_of, tag_units

KINDS = {"LOC": "LOC", "PERS": "PER"}


def words(sentence: object, first: int, last: int) -> str:
    return " ".join(unit.text for unit in sentence.units[first:last])  # type: ignore[attr-defined]


def test_exact_spans_tell_the_length_of_clitics() -> None:
    text = "سافر إلى وبغداد وبيروت"
    start = text.index("بيروت")
    sentence = tag_units(text, 0, len(text), [(start, len(text), "LOC")], exact=True)
    assert [(words(sentence, a, b), k, sentence.clitics[a]) for a, b, k in spans_of(sentence)] == [("وبيروت", "LOC", 1)]


def test_tokens_with_brackets_begin_at_the_word() -> None:
    sentence = join_tokens([("(فرح", "B-PERS"), ("سالم)", "I-PERS"), ("هنا", "O")], KINDS)
    assert [words(sentence, a, b) for a, b, _ in spans_of(sentence)] == ["فرح سالم )"]


def test_a_kind_that_is_not_asked_for_is_no_name() -> None:
    sentence = join_tokens([("كتاب", "B-MISC"), ("دمشق", "B-LOC")], KINDS)
    assert [TAGS[tag] for tag in sentence.tags] == ["O", "B-LOC"]


def test_clitics_are_settled_by_names_seen_without() -> None:
    rows = [[("دمشق", "B-LOC")], [("ودمشق", "B-LOC")], [("بدمشق", "B-LOC")], [("وادي", "B-LOC")]]
    story = Story("anercorp", "ar", tuple(join_tokens(row, KINDS) for row in rows))
    (settled,) = settle_clitics([story])
    assert [sentence.clitics[0] for sentence in settled.sentences] == [0, 1, 1, UNKNOWN]


@pytest.mark.parametrize(
    ("prefix", "word", "whole"),
    [("ل", "العراق", "للعراق"), ("و", "العراق", "والعراق"), ("ول", "الأردن", "وللأردن"), ("ب", "حلب", "بحلب")],
)
def test_attach_writes_proclitics_as_arabic_does(prefix: str, word: str, whole: str) -> None:
    assert attach(prefix, word) == whole
    assert len(prefix) in clitic_choices(whole)


def test_variants_keep_the_tags_in_order() -> None:
    text = "التقى سامر حداد وزير الخارجية في دمشق ثم عاد إلى بيروت."
    spans = [(text.index(n), text.index(n) + len(n), k) for n, k in (("سامر حداد", "PER"), ("دمشق", "LOC"), ("بيروت", "LOC"))]
    sentence = tag_units(text, 0, len(text), spans, exact=True)
    pools = {("PER", "ar"): [[sentence.units[1:3]]], ("LOC", "ar"): [[sentence.units[6:7]]]}
    rng = Random(1)
    seen = set()
    for _ in range(200):
        varied = vary(sentence, "ar", pools, rng, has_clitics=True)
        assert [kind for _, _, kind in spans_of(varied)] == ["PER", "LOC", "LOC"]
        assert len(varied.units) == len(varied.tags) == len(varied.clitics)
        for first, _, _ in spans_of(varied):
            assert varied.clitics[first] in clitic_choices(varied.units[first].text)
        seen.add(tuple(unit.text for unit in varied.units))
    assert len(seen) > 10


def test_sentences_are_cut_at_lines_and_final_marks_but_not_inside_names() -> None:
    text = "Titre\nIl a vu J. Dupont. Puis rien."
    assert [text[a:b] for a, b in cut_sentences(text)] == ["Titre", "Il a vu J.", "Dupont.", "Puis rien."]
    start = text.index("J. Dupont")
    story = read_text(text, [(start, start + 9, "PER")], "kg", "fr", "t", exact=True)
    assert [words(s, 0, len(s.units)) for s in story.sentences] == ["Titre", "Il a vu J . Dupont .", "Puis rien ."]
