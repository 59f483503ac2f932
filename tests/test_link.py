"""Mentions grouped into entities, and entities linked or honestly left without a QID."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.lang.pack import load_pack
from kg.link.calibration import confidence, threshold
from kg.link.cascade import LinkStage
from kg.link.coreference import fullest
from kg.link.echo import echoes_of
from kg.link.evidence import Scored
from kg.link.inflection import with_inflections
from kg.link.kb import open_shipped
from kg.link.kbstack import StackedKnowledgeBase
from kg.link.keys import initials, name_key, skeleton
from kg.mention.stage import MentionStage
from kg.model import Analysis, Article, Document, Entity, Kind, Mention, Span
from kg.parse.rules import RuleParser

LINK = LinkStage()
P, B, L = Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE
Named = tuple[str, Kind]


def entities(text: str, lang: str, names: tuple[Named, ...]) -> tuple[Entity, ...]:
    """The entities of ``text`` whose mentions are ``names`` in order: each at its next place."""
    mentions, at = [], 0
    for name, kind in names:
        at = text.index(name, at)
        mentions.append(Mention(Span(at, at + len(name)), kind, "test"))
        at += len(name)
    article = Article("t", text, (Span(0, len(text)),), lang)
    document = RuleParser(load_pack(lang))(article)
    return LINK(Analysis(article, document, tuple(mentions))).entities or ()


def groups(text: str, lang: str, names: tuple[Named, ...]) -> list[list[str]]:
    """The words of each entity's mentions."""
    return [[span.of(text) for span in entity.mentions] for entity in entities(text, lang, names)]


def qids(text: str, lang: str, names: tuple[Named, ...]) -> dict[str, str | None]:
    """Name of each entity → its QID."""
    return {entity.name: entity.qid for entity in entities(text, lang, names)}


@pytest.mark.parametrize(
    ("lang", "text", "names", "expected"),
    [
        (
            "fr",
            "Aldo Fenwick et Mme Rossi. Fenwick parle, puis A. Fenwick sort.",
            (("Aldo Fenwick", P), ("Rossi", P), ("Fenwick", P), ("A. Fenwick", P)),
            [["Aldo Fenwick", "Fenwick", "A. Fenwick"], ["Rossi"]],
        ),
        ("fr", "Fenwick parle. Aldo Fenwick sort.", (("Fenwick", P), ("Aldo Fenwick", P)), [["Fenwick", "Aldo Fenwick"]]),
        ("fr", "Eric Lambrun et Éric Lambrun.", (("Eric Lambrun", P), ("Éric Lambrun", P)), [["Eric Lambrun", "Éric Lambrun"]]),
        (
            "en",
            "Aldo B. Fenwick met Aldo Fenwick.",
            (("Aldo B. Fenwick", P), ("Aldo Fenwick", P)),
            [["Aldo B. Fenwick", "Aldo Fenwick"]],
        ),
        (
            "fr",
            "L'union européenne (UE) hésite ; l'UE attend.",
            (("union européenne", B), ("UE", B), ("UE", B)),
            [["union européenne", "UE", "UE"]],
        ),
        (
            "en",
            "The Zorbian Widget Bureau (ZWB) closed; ZWB staff left.",
            (("Zorbian Widget Bureau", B), ("ZWB", B), ("ZWB", B)),
            [["Zorbian Widget Bureau", "ZWB", "ZWB"]],
        ),
        ("ar", "وصل بافيل دوروف ثم غادر دوروف.", (("بافيل دوروف", P), ("دوروف", P)), [["بافيل دوروف", "دوروف"]]),
        (
            "ar",
            "قالت مارتا زيكو إن مارتا زيكواو بخير وزيكواو معها.",
            (("مارتا زيكو", P), ("مارتا زيكواو", P), ("زيكواو", P)),
            [["مارتا زيكو", "مارتا زيكواو", "زيكواو"]],
        ),
        ("ar", "أطلق Telegram خدمة، وتيليجرام ناجح.", (("Telegram", B), ("تيليجرام", B)), [["Telegram", "تيليجرام"]]),
        ("en", "The US is large. The United States agreed.", (("US", L), ("United States", L)), [["US", "United States"]]),
        (
            "en",
            "Supreme Court judges of the US Supreme Court.",
            (("Supreme Court", B), ("US Supreme Court", B)),
            [["Supreme Court", "US Supreme Court"]],
        ),
        # not the same
        (
            "en",
            "Aldo Fenwick and Berta Fenwick.",
            (("Aldo Fenwick", P), ("Berta Fenwick", P)),
            [["Aldo Fenwick"], ["Berta Fenwick"]],
        ),
        ("en", "Paris the club is in Paris.", (("Paris", B), ("Paris", L)), [["Paris"], ["Paris"]]),
        (
            "en",
            "The Zorbia Court and the Zorbia Church.",
            (("Zorbia Court", B), ("Zorbia Church", B)),
            [["Zorbia Court"], ["Zorbia Church"]],
        ),
    ],
)
def test_grouping(lang: str, text: str, names: tuple[Named, ...], expected: list[list[str]]) -> None:
    assert groups(text, lang, names) == expected


def test_a_surname_of_two_goes_to_the_full_name_before_it() -> None:
    text = "Aldo Fenwick spoke. Fenwick left. Berta Fenwick came. Fenwick sang."
    names = (("Aldo Fenwick", P), ("Fenwick", P), ("Berta Fenwick", P), ("Fenwick", P))
    assert [len(group) for group in groups(text, "en", names)] == [2, 2]
    assert {e.name for e in entities(text, "en", names)} == {"Aldo Fenwick", "Berta Fenwick"}


def test_a_surname_of_two_without_a_full_name_near_stays_alone() -> None:
    text = "Fenwick sang." + " " * 700 + "Aldo Fenwick and Berta Fenwick came."
    names = (("Fenwick", P), ("Aldo Fenwick", P), ("Berta Fenwick", P))
    assert groups(text, "en", names) == [["Fenwick"], ["Aldo Fenwick"], ["Berta Fenwick"]]


def test_ids_follow_the_first_mention() -> None:
    text = "In Italy, Aldo Fenwick met the UN."
    found = entities(text, "en", (("Italy", L), ("Aldo Fenwick", P), ("UN", B)))
    assert [(e.id, e.name) for e in found] == [("e1", "Italy"), ("e2", "Aldo Fenwick"), ("e3", "UN")]


LINKED = [
    (
        "fr",
        "Pavel Durov, patron de Telegram, est libre.",
        (("Pavel Durov", P), ("Telegram", B)),
        {"Pavel Durov": "Q149067", "Telegram": "Q15616276"},
    ),
    (
        "ar",
        "قال بافيل دوروف مؤسس تيليجرام.",
        (("بافيل دوروف", P), ("تيليجرام", B)),
        {"بافيل دوروف": "Q149067", "تيليجرام": "Q15616276"},
    ),
    ("fr", "À Paris, en France.", (("Paris", L), ("France", L)), {"Paris": "Q90", "France": "Q142"}),
    (
        "en",
        "The United Arab Emirates and the EU agreed.",
        (("United Arab Emirates", L), ("EU", B)),
        {"United Arab Emirates": "Q878", "EU": "Q458"},
    ),
    ("en", "President Emmanuel Macron spoke.", (("Emmanuel Macron", P),), {"Emmanuel Macron": "Q3052772"}),
    ("ar", "استقبل الرئيس الفرنسي إيمانويل ماكرون الوفد.", (("إيمانويل ماكرون", P),), {"إيمانويل ماكرون": "Q3052772"}),
    (
        "en",
        "In Damascus, Syria, and in Tripoli, Libya.",
        (("Damascus", L), ("Syria", L), ("Tripoli", L), ("Libya", L)),
        {"Damascus": "Q3766", "Syria": "Q858", "Tripoli": "Q3579", "Libya": "Q1016"},
    ),
    ("fr", "Il vit à Rennes, en France.", (("Rennes", L), ("France", L)), {"Rennes": "Q647", "France": "Q142"}),
    (
        "ar",
        "سافر من القاهرة في مصر إلى موسكو.",
        (("القاهرة", L), ("مصر", L), ("موسكو", L)),
        {"القاهرة": "Q85", "مصر": "Q79", "موسكو": "Q649"},
    ),
    (
        "en",
        "The United Nations and Reuters said so.",
        (("United Nations", B), ("Reuters", B)),
        {"United Nations": "Q1065", "Reuters": "Q130879"},
    ),
]


@pytest.mark.parametrize(("lang", "text", "names", "expected"), LINKED)
def test_known_things_get_their_item(lang: str, text: str, names: tuple[Named, ...], expected: dict[str, str]) -> None:
    assert qids(text, lang, names) == expected


@pytest.mark.parametrize(
    ("lang", "text", "name", "qid"),
    [
        ("en", "He lives in Lille, France now.", "Lille, France", "Q648"),
        ("en", "He lives in the Netherlands now.", "the Netherlands", "Q55"),
        ("en", "He lives in New-York now.", "New-York", "Q60"),
        ("en", "The State of Maryland sued.", "State of Maryland", "Q1391"),
        ("en", "A Russian court sat.", "Russian", "Q159"),
        ("en", "A British court sat.", "British", None),
        ("fr", "Il vit en Egypte.", "Egypte", "Q79"),
        ("fr", "La ville de Lyon porte plainte.", "ville de Lyon", "Q456"),
        ("fr", "Une cour Russe siège.", "Russe", None),
        ("ar", "وقع في محافظة نينوى حادث.", "محافظة نينوى", "Q189352"),
        ("ar", "وقع في محافظة نينوى حادث.", "نينوى", "Q189352"),
    ],
)
def test_other_forms_of_a_place(lang: str, text: str, name: str, qid: str | None) -> None:
    assert qids(text, lang, ((name, L),)) == {name: qid}


def test_candidates_are_kept_where_the_text_does_not_decide() -> None:
    (springfield,) = entities("He drove through Springfield.", "en", (("Springfield", L),))
    assert springfield.qid is None
    assert springfield.confidence == 0.0
    assert len(springfield.candidates) > 1
    assert all(0 <= candidate.score <= 1 for candidate in springfield.candidates)


def test_confidence_grows_with_evidence() -> None:
    (alone,) = entities("He was seen in Paris.", "en", (("Paris", L),))
    paris, _ = entities("He was seen in Paris, France.", "en", (("Paris", L), ("France", L)))
    assert 0 < alone.confidence < paris.confidence <= 1


def test_entities_of_different_kind_stay_apart() -> None:
    found = entities(
        "The White House in Washington is the White House.", "en", (("White House", B), ("Washington", L), ("White House", L))
    )
    assert [entity.kind for entity in found] == [B, L, L]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200), st.sampled_from(["ar", "fr", "en"]))
def test_every_mention_is_in_exactly_one_entity(text: str, lang: str) -> None:
    article = Article("t", "Paris, Aldo Fenwick. " + text, (Span(0, len(text) + 21),), lang)
    document: Document = RuleParser(load_pack(lang))(article)
    analysis = LINK(MentionStage()(Analysis(article, document)))
    spans = sorted(span for entity in analysis.entities or () for span in entity.mentions)
    assert spans == [mention.span for mention in analysis.mentions or ()]
    assert LINK(analysis) == analysis


def test_keys() -> None:
    assert name_key("L'Éric-Marie") == name_key("eric marie")
    assert name_key("الأسد") == name_key("أسد")
    assert name_key("للأمم المتحدة") == name_key("الأمم المتحدة")
    assert skeleton("زيكو") == skeleton("زيكواو")
    assert skeleton("Durov") == "Durov"
    assert "UE" in initials("union européenne", frozenset())
    assert {"FBI", "FBOI"} <= initials("Federal Bureau of Investigation", frozenset({"of"}))
    assert fullest(["A. B", "Aldo Bert", "Bert"]) == "Aldo Bert"


def test_the_seed_articles_link_to_the_same_items(shared: Path) -> None:
    """Both seed articles: the people, organisations and places that must carry an item, and those that must not."""
    kb = open_shipped()
    expected = {"Q149067", "Q15616276", "Q142"}
    for lang, more in (("fr", {"Q458"}), ("ar", {"Q90", "Q878", "Q763"})):
        text = (shared / "seeds" / f"{lang}-durov.txt").read_text("utf-8")
        article = Article("t", text, (Span(0, len(text)),), lang)
        parsed = RuleParser(load_pack(lang))(article)
        proposed = [
            Mention(Span(text.index(n), text.index(n) + len(n)), k, "parser")
            for n, k in (("Pavel Durov", P), ("Sputnik", B))
            if n in text
        ]
        document = Document(parsed.sentences, parsed.tokens, names=tuple(proposed))
        found = LINK(MentionStage()(Analysis(article, document))).entities or ()
        assert expected | more <= {entity.qid for entity in found}
        durov = next(entity for entity in found if entity.qid == "Q149067")
        assert len(durov.mentions) >= 5
        assert len({entity.qid for entity in found if entity.qid}) == sum(entity.qid is not None for entity in found)
        for name in ("Laure Beccuau", "Sputnik", "RTL", "Sky ECC", "Coco", "لور بيكواو"):
            assert all(entity.qid is None for entity in found if entity.name == name)
        assert all(kb.entry(entity.qid) is not None for entity in found if entity.qid)


@pytest.mark.parametrize("name", ["Pavel Durov", "Pavel Dourov", "بافيل دوروف", "بافل دوروف", "Павел Дуров"])
def test_one_person_is_found_by_sound_from_every_script(name: str) -> None:
    assert "Q149067" in {match.entry.qid for match in echoes_of(open_shipped()).match(name, P)}


@pytest.mark.parametrize(
    ("name", "kind"), [("Durov", P), ("Mali", L), ("Nowhere Gulch", L), ("", L), ("\u202e", B), ("Bavaria Durov", P)]
)
def test_what_only_resembles_is_not_found_by_sound(name: str, kind: Kind) -> None:
    assert echoes_of(open_shipped()).match(name, kind) == ()


@pytest.mark.parametrize(
    ("lang", "text", "name", "qid"),
    [
        ("en", "In the United States, Donald Trump spoke. The Senate in Washington, United States, agreed.", "Senate", "Q66096"),
        ("ar", "قال مجلس الشيوخ الأمريكي ذلك.", "مجلس الشيوخ الأمريكي", "Q66096"),
        ("ar", "رفضت المحكمة العليا الأميركية الطعن.", "المحكمة العليا الأميركية", "Q11201"),
    ],
)
def test_institutions_of_a_country(lang: str, text: str, name: str, qid: str) -> None:
    names = [(n, k) for n, k in (("United States", L), ("Donald Trump", P), (name, B), ("Washington", L)) if n in text]
    assert qids(text, lang, tuple(names))[name] == qid


def test_a_preposition_written_with_the_article_hides_no_name() -> None:
    found = entities("زار العراق. وصل الوفد للعراق أمس.", "ar", (("العراق", L), ("لعراق", L)))
    assert [(e.name, e.qid, len(e.mentions)) for e in found] == [("العراق", "Q796", 2)]


def test_middle_initials_tell_people_apart() -> None:
    names = (("Aldo H. W. Fenwick", P), ("Aldo W. Fenwick", P))
    assert groups("Aldo H. W. Fenwick and Aldo W. Fenwick.", "en", names) == [["Aldo H. W. Fenwick"], ["Aldo W. Fenwick"]]


def test_a_language_without_a_pack_can_be_linked() -> None:
    text = "Er lebt in Deutschland."
    article = Article("t", text, (Span(0, len(text)),), "de")
    document = RuleParser(load_pack("en"))(article)
    done = LINK(Analysis(article, document, (Mention(Span(11, 22), L, "test"),)))
    assert [entity.qid for entity in done.entities or ()] == ["Q183"]


def test_confidence_is_a_share_and_evidence_helps() -> None:
    entry = open_shipped().entry("Q90")
    assert entry is not None
    poor, rich = Scored(entry, 0.4, False, False), Scored(entry, 0.9, True, True, True)
    assert 0 < confidence([poor]) < threshold() <= confidence([rich]) < 1
    assert confidence([rich, poor]) <= confidence([rich])


def test_a_knowledge_base_is_listed_through_what_is_laid_around_it() -> None:
    shipped = open_shipped()
    around = with_inflections(StackedKnowledgeBase([shipped, shipped]))
    assert around.qids() == shipped.qids()
    assert around.qids(most=10) == ()
    assert echoes_of(around).match("Donald Tramp", Kind.PERSON) == echoes_of(shipped).match("Donald Tramp", Kind.PERSON) != ()
