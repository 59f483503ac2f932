"""Languages in which names are read and linked, without actions: German, Russian, Spanish."""

from __future__ import annotations

import pytest

from kg.assembly import default_pipeline
from kg.lang.pack import action_languages, languages
from kg.link.inflection import InflectedKnowledgeBase, base_forms, stem
from kg.link.kb import open_shipped
from kg.model import Analysis, Article, Kind, Span
from kg.read.language import choose_language

GERMAN = (
    "Polizei nimmt früheren Bürgermeister fest\n"
    "Die Polizei hat am Montag in Köln den früheren Bürgermeister Martin Tannhofer festgenommen, wie die Staatsanwaltschaft Köln "
    "mitteilte. Tannhofers Anwältin Eva Brandtner wies die Vorwürfe z. B. der Untreue zurück. Frankreichs Regierung äußerte sich "
    "nicht, in Berlins Ministerien hieß es, man prüfe den Fall."
)
RUSSIAN = (
    "Суд арестовал предпринимателя\n"
    "Советский районный суд Казани арестовал Ивана Берестова, сообщил адвокат Петр Лугин. Иван Берестов был задержан в Москве. "
    "Россия не выдаст Берестова Франции, говорится в сообщении. О деле напомнили президенту Владимиру Путину."
)
SPANISH = (
    "Detenida la exalcaldesa\n"
    "La policía detuvo el lunes en Sevilla a la exalcaldesa Marta Olivarroso, según la Fiscalía de Madrid. El abogado Julio "
    "Herranzo dijo que España no extraditará a Olivarroso a Francia."
)


def analyse(text: str, lang: str) -> Analysis:
    return default_pipeline().run(Article("x", text, (Span(0, len(text)),), lang))


def entities(analysis: Analysis) -> dict[str, tuple[Kind, str | None]]:
    return {entity.name: (entity.kind, entity.qid) for entity in analysis.entities or ()}


@pytest.mark.parametrize(("lang", "text", "sentences"), [("de", GERMAN, 4), ("ru", RUSSIAN, 5), ("es", SPANISH, 3)])
def test_the_article_is_detected_and_cut_and_gives_no_actions(lang: str, text: str, sentences: int) -> None:
    assert choose_language(text) == lang
    analysis = analyse(text, lang)
    assert analysis.document is not None
    assert len(analysis.document.sentences) == sentences
    assert analysis.reports == ()


def test_german_names_and_links() -> None:
    found = entities(analyse(GERMAN, "de"))
    assert found["Martin Tannhofer"] == (Kind.PERSON, None)
    assert found["Eva Brandtner"] == (Kind.PERSON, None)
    assert "Tannhofers" not in found
    assert found["Staatsanwaltschaft Köln"][0] is Kind.ORGANIZATION
    assert {found[name][1] for name in ("Köln", "Frankreichs", "Berlins")} == {"Q365", "Q142", "Q64"}


def test_russian_names_and_links() -> None:
    analysis = analyse(RUSSIAN, "ru")
    found = entities(analysis)
    assert found["Иван Берестов"] == (Kind.PERSON, None)
    assert found["Петр Лугин"] == (Kind.PERSON, None)
    assert [len(e.mentions) for e in analysis.entities or () if e.name == "Иван Берестов"] == [3]
    assert {found[name][1] for name in ("Москве", "Россия", "Франции")} == {"Q649", "Q159", "Q142"}
    assert found["Советский районный суд Казани"][0] is Kind.ORGANIZATION
    assert found["Владимиру Путину"] == (Kind.PERSON, "Q7747")


def test_spanish_names_and_links() -> None:
    analysis = analyse(SPANISH, "es")
    found = entities(analysis)
    assert found["Marta Olivarroso"] == (Kind.PERSON, None)
    assert [len(e.mentions) for e in analysis.entities or () if e.name == "Marta Olivarroso"] == [2]
    assert found["Fiscalía de Madrid"][0] is Kind.ORGANIZATION
    assert {found[name][1] for name in ("Sevilla", "España", "Francia")} == {"Q8717", "Q29", "Q142"}


def test_which_languages_have_actions() -> None:
    assert action_languages() == ("ar", "en", "fr")
    assert set(languages()) - set(action_languages()) == {"de", "es", "ru"}


def test_base_forms_and_stems() -> None:
    assert "Москва" in base_forms("Москве", "ru")
    assert "Нижний Тагил" in base_forms("Нижнего Тагила", "ru")
    assert base_forms("Berlins", "de") == ("Berlin",)
    assert base_forms("Lyons", "en") == ()
    assert stem("Россия", "ru") == stem("России", "ru") == stem("Россией", "ru")
    assert stem("Андрея", "ru") == stem("Андрей", "ru")
    assert stem("Paris", "fr") == "Paris"


def test_a_name_that_is_known_as_it_stands_is_not_taken_apart() -> None:
    kb = InflectedKnowledgeBase(open_shipped())
    assert [m.entry.qid for m in kb.match("Paris", "de")] == [m.entry.qid for m in open_shipped().match("Paris", "de")]
    assert kb.match("Казани", "ru")[0].entry.qid == "Q900"
    assert kb.match("Zorblatts", "de") == ()
