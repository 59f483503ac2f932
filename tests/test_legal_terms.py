"""Terms of national law in reports: the words say so, and nothing else does."""

from __future__ import annotations

import pytest

from kg.model import ActionType, Article, Report, Span
from kg.rdf.legal_terms import legal_terms
from kg.rdf.vocab import KGT


def terms(lang: str, text: str, kind: str, trigger: str, sentence: str | None = None) -> list[str]:
    article = Article("a", text, (Span(0, len(text)),), lang)
    start = text.index(trigger)
    whole = sentence or text
    place = Span(text.index(whole), text.index(whole) + len(whole))
    report = Report("r", ActionType(kind), Span(start, start + len(trigger)), place)
    return [term.value.removeprefix(KGT) for term in legal_terms(article, report)]


@pytest.mark.parametrize(
    ("lang", "text", "kind", "trigger", "expected"),
    [
        ("fr", "Le maire a été mis en examen mardi.", "charge", "mis en examen", ["mise-en-examen"]),
        ("fr", "Il a été MIS EN\u00a0EXAMEN.", "charge", "EXAMEN", ["mise-en-examen"]),
        ("fr", "Elle reste sous contrôle judiciaire.", "restriction", "contrôle judiciaire",
         ["controle-judiciaire", "muraqaba-qadaiya-ma", "raqaba-qadaiya-dz"]),
        ("en", "She was arraigned on Monday.", "trial", "arraigned", ["arraignment-us"]),
        ("en", "Two men were indicted by a grand jury.", "charge", "indicted", ["indictment-us"]),
        ("en", "He got police bail.", "release", "bail", ["police-bail-eaw"]),
        ("ar", "قررت النيابة حبسه احتياطيّاً أربعة أيام.", "detention", "حبسه", ["habs-ihtiyati-eg"]),
        ("ar", "أصدر القاضي مذكرة توقيف وجاهية بحقه.", "warrant", "مذكرة توقيف", ["mudhakkira-wijahiya-lb"]),
    ],
)  # fmt: skip
def test_the_words_of_a_trigger_are_those_of_a_term(lang: str, text: str, kind: str, trigger: str, expected: list[str]) -> None:
    assert terms(lang, text, kind, trigger) == expected


@pytest.mark.parametrize(
    ("lang", "text", "kind", "trigger"),
    [
        # The words stand elsewhere in the sentence, and tell another action.
        ("fr", "Arrêté lundi, il a été mis en examen.", "charge", "Arrêté"),
        # The words are those of a term that belongs to other types of actions.
        ("fr", "Le maire a été mis en examen.", "acquittal", "mis en examen"),
        # A part of a longer word.
        ("en", "The subpoenaless witness came.", "summons", "subpoenaless"),
        # Words of everyday language, in whatever country.
        ("fr", "Deux hommes ont été inculpés.", "charge", "inculpés"),
        ("en", "Two men were indicted.", "charge", "indicted"),
        # No terms are known in the language.
        ("de", "Er wurde mis en examen.", "charge", "mis en examen"),
        # In another language the words are no term.
        ("en", "He was mis en examen.", "charge", "mis en examen"),
    ],
)
def test_other_words_are_not(lang: str, text: str, kind: str, trigger: str) -> None:
    assert terms(lang, text, kind, trigger) == []


def test_a_term_outside_the_sentence_is_not_read() -> None:
    text = "Il est jugé. Une mise en examen suit."
    assert terms("fr", text, "charge", "jugé", sentence="Il est jugé.") == []
