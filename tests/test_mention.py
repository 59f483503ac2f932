"""Names found by gazetteer, patterns, rules and what a recogniser proposes."""

from __future__ import annotations

import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ConfigurationError
from kg.lang.pack import LanguagePack, languages, load_pack
from kg.mention.policy import fold_pattern, policy_of, read_policy
from kg.mention.stage import MentionStage
from kg.model import Analysis, Article, Document, Kind, Mention, Span
from kg.parse.rules import RuleParser

STAGE = MentionStage()
P, B, L = Kind.PERSON, Kind.ORGANIZATION, Kind.PLACE


def analyse(text: str, lang: str, names: tuple[tuple[str, Kind], ...] = (), body: tuple[Span, ...] | None = None) -> Analysis:
    """The mention layer of ``text``; ``names`` are what the parser's own recogniser proposes at their first place."""
    article = Article("t", text, body or (Span(0, len(text)),), lang)
    document = RuleParser(load_pack(lang))(article)
    proposed = tuple(Mention(Span(text.index(name), text.index(name) + len(name)), kind, "parser") for name, kind in names)
    return STAGE(Analysis(article, Document(document.sentences, document.tokens, names=proposed, parser="test")))


def found(text: str, lang: str, names: tuple[tuple[str, Kind], ...] = ()) -> list[tuple[str, Kind]]:
    """Names and kinds in order of place."""
    return [(m.span.of(text), m.kind) for m in analyse(text, lang, names).mentions or ()]


@pytest.mark.parametrize(
    ("lang", "text", "expected"),
    [
        # named institutions, lower case too; the place inside is no mention of its own
        ("fr", "Il a comparu devant la cour d'appel de Rennes.", [("cour d'appel de Rennes", B)]),
        ("fr", "Le parquet de Paris a requis deux ans.", [("parquet de Paris", B)]),
        ("fr", "Jugé par le tribunal correctionnel de Lyon hier.", [("tribunal correctionnel de Lyon", B)]),
        ("fr", "La police judiciaire de Lille enquête.", [("police judiciaire de Lille", B)]),
        ("fr", "La police italienne l'a arrêté.", [("police italienne", B)]),
        ("fr", "Le ministère de la Justice a répondu.", [("ministère de la Justice", B)]),
        ("fr", "La police l'a arrêté, le parquet aussi.", []),
        # peoples, languages and adjectives are no names
        ("fr", "Les Russes et les Français parlent l'arabe.", []),
        ("en", "The Russians and a French lawyer met.", []),
        ("ar", "قال الفرنسيون إن المحامي الروسي غادر.", []),
        # places and unions
        ("fr", "Il vit en France, puis au Caire et à Moscou.", [("France", L), ("Caire", L), ("Moscou", L)]),
        ("fr", "l’union européenne (UE) a tranché.", [("union européenne", B), ("UE", B)]),
        ("en", "He flew from the United States to Paris.", [("United States", L), ("Paris", L)]),
        ("en", "The fine was US$2 million, tell us.", []),
        ("en", "The Italian police searched London Bridge.", [("Italian police", B), ("London Bridge", L)]),
        ("en", "A clerk of the Department of Justice spoke.", [("Department of Justice", B)]),
        ("en", "The Federal Widget Bureau (FWB) closed. FWB staff left.", []),
        # Arabic: proclitics are outside, the article inside; after لل the name begins at the second lam
        ("ar", "سافر إلى فرنسا وبريطانيا.", [("فرنسا", L), ("بريطانيا", L)]),
        ("ar", "عاد لباريس ثم للولايات المتحدة.", [("باريس", L), ("لولايات المتحدة", L)]),
        ("ar", "حكمت محكمة جنايات القاهرة عليه.", [("محكمة جنايات القاهرة", B)]),
        ("ar", "طلبت النيابة العامة في باريس حبسه.", [("النيابة العامة في باريس", B)]),
        ("ar", "أوقفته الشرطة الإيطالية ليلا.", [("الشرطة الإيطالية", B)]),
        ("ar", "ذكرت وزارة الداخلية المصرية ذلك.", [("وزارة الداخلية المصرية", B)]),
        ("ar", "صرح مكتب المدعي العام في باريس بذلك.", [("مكتب المدعي العام في باريس", B)]),
        ("ar", "وصل إلى مدينة مراكش في المغرب.", [("مراكش", L), ("المغرب", L)]),
        ("ar", "قالت الشرطة والمحكمة إن الوزارة رفضت.", []),
        ("ar", "أغلق موقع Blue Box وقناة QRT أمس.", [("Blue Box", B), ("QRT", B)]),
        ("ar", "في سانت كيتس ونيفيس والإمارات العربية المتحدة.", [("سانت كيتس ونيفيس", L), ("الإمارات العربية المتحدة", L)]),
    ],
)
def test_names_in_the_text(lang: str, text: str, expected: list[tuple[str, Kind]]) -> None:
    assert found(text, lang) == expected


@pytest.mark.parametrize(
    ("lang", "text", "proposed", "expected"),
    [
        ("fr", "M. Lenoir se tait.", ("M. Lenoir", P), [("Lenoir", P)]),
        ("fr", "Le président Lenoir se tait.", ("président Lenoir", P), [("Lenoir", P)]),
        ("fr", "Inculpé hier, il nie.", ("Inculpé", L), []),
        ("fr", "Comment a-t-il pu ?", ("Comment", P), []),
        ("fr", "On le vit lundi en mars.", ("mars", L), []),
        ("fr", "Ils vivent dans la Zorbie.", ("la Zorbie", L), [("Zorbie", L)]),
        ("en", "He met Dr Halvorsen's lawyer.", ("Dr Halvorsen's", P), [("Halvorsen", P)]),
        ("en", "It was the Zorbian Chess Federation.", ("the Zorbian Chess Federation", B), [("Zorbian Chess Federation", B)]),
        ("en", "She read The Daily Widget there.", ("The Daily Widget", B), [("The Daily Widget", B)]),
        ("en", "He faced the Zorbia Court then.", ("Zorbia Court", L), [("Zorbia Court", B)]),
        ("en", "Monday came.", ("Monday", B), []),
        ("en", "He met Kim Dae-su there.", ("Kim Dae", P), [("Kim Dae-su", P)]),
    ],
)
def test_proposals_are_trimmed(lang: str, text: str, proposed: tuple[str, Kind], expected: list[tuple[str, Kind]]) -> None:
    assert found(text, lang, (proposed,)) == expected


def test_a_name_found_once_is_marked_everywhere() -> None:
    text = "Aldo Fenwickson a comparu. Selon Fenwickson, Aldo Fenwickson est malade."
    names = [name for name, kind in found(text, "fr", (("Aldo Fenwickson", P),)) if kind is P]
    assert names == ["Aldo Fenwickson", "Fenwickson", "Aldo Fenwickson"]


def test_a_surname_takes_the_kind_of_its_bearer() -> None:
    text = "Aldo Warren spoke. Then Warren left."
    assert found(text, "en", (("Aldo Warren", P),)) == [("Aldo Warren", P), ("Warren", P)]


def test_an_explained_acronym_is_marked_everywhere() -> None:
    text = "The Zorbian Widget Bureau (ZWB) closed. Staff of ZWB left."
    assert found(text, "en", (("Zorbian Widget Bureau", B),)) == [("Zorbian Widget Bureau", B), ("ZWB", B), ("ZWB", B)]


def test_nothing_outside_the_body() -> None:
    text = "France\nIl vit en Italie.\nEspagne"
    start = text.index("Il")
    analysis = analyse(text, "fr", body=(Span(start, start + len("Il vit en Italie.")),))
    assert [m.span.of(text) for m in analysis.mentions or ()] == ["Italie"]


def test_mentions_are_flat_and_in_order() -> None:
    text = "Le parquet de Paris et la cour d'appel de Paris siègent à Paris, en France."
    mentions = analyse(text, "fr", (("Paris", L),)).mentions or ()
    assert list(mentions) == sorted(mentions, key=lambda m: m.span)
    assert all(a.span.end <= b.span.start for a, b in pairwise(mentions))


def test_a_further_recogniser_is_heard() -> None:
    text = "قال زرقون كلاما."

    def recogniser(article: Article, document: Document) -> tuple[Mention, ...]:
        start = article.text.index("زرقون")
        return (Mention(Span(start, start + 5), P, "encoder", 0.9),)

    article = Article("t", text, (Span(0, len(text)),), "ar")
    document = RuleParser(load_pack("ar"))(article)
    mentions = MentionStage(recogniser=recogniser)(Analysis(article, document)).mentions or ()
    assert [(m.span.of(text), m.kind, m.source) for m in mentions] == [("زرقون", P, "encoder")]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300), st.sampled_from(["ar", "fr", "en"]))
def test_any_text_gives_flat_mentions_inside_the_body(text: str, lang: str) -> None:
    mentions = analyse(text, lang).mentions or ()
    assert all(0 <= m.span.start < m.span.end <= len(text) for m in mentions)
    assert all(a.span.end <= b.span.start for a, b in pairwise(mentions))


@pytest.mark.parametrize(
    "text", ["", "\u202eParis\u202c", "\x00\x01France\x7f", "A" * 20_000, "ب" * 20_000, "Paris " * 3000, "«" * 5000]
)
def test_hostile_text_is_linear(text: str) -> None:
    start = time.perf_counter()
    for lang in languages():
        analyse(text, lang)
    assert time.perf_counter() - start < 12


def test_bidi_marks_do_not_hide_a_name() -> None:
    text = "\u202bسافر إلى \u200fفرنسا\u202c."
    assert [name for name, _ in found(text, "ar")] == ["فرنسا"]


def test_the_same_text_gives_the_same_mentions() -> None:
    text = "Le parquet de Paris et Aldo Fenwickson, en Italie. Fenwickson parle."
    assert analyse(text, "fr", (("Aldo Fenwickson", P),)) == analyse(text, "fr", (("Aldo Fenwickson", P),))


@pytest.mark.parametrize("lang", languages())
def test_every_language_has_a_policy(lang: str) -> None:
    policy = policy_of(lang)
    assert policy.patterns
    ids = [pattern.id for pattern in policy.patterns]
    assert len(ids) == len(set(ids))


def _pack(names: dict[str, object], tmp_path: Path) -> LanguagePack:
    return LanguagePack("zz", "Test", "ltr", {"pack": {}, "names": names}, {})


@pytest.mark.parametrize(
    "names",
    [
        {"pattern": [{"id": "a", "regex": "("}]},
        {"pattern": [{"regex": "a"}]},
        {"pattern": [{"id": "a", "regex": "a", "kind": "ship"}]},
        {"first": {"ship": ["le"]}},
    ],
)
def test_a_broken_table_is_refused(names: dict[str, object], tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"kg/lang/zz/names\.toml"):
        read_policy(_pack(names, tmp_path))


def test_patterns_fold_their_letters_only() -> None:
    assert fold_pattern(r"(?P<place>أمة\b)") == r"(?P<place>امه\b)"


def test_the_seed_articles(shared: Path) -> None:
    """The people, organisations and places of the two seed articles, by name and kind."""
    expected = {
        "fr": {("Pavel Durov", P), ("Telegram", B), ("France", L), ("union européenne", B)},
        "ar": {
            ("بافيل دوروف", P),
            ("دوروف", P),
            ("Telegram", B),
            ("تيليجرام", B),
            ("فرنسا", L),
            ("باريس", L),
            ("لور بيكواو", P),
            ("RTL", B),
            ("Sky ECC", B),
            ("Coco", B),
            ("الإمارات العربية المتحدة", L),
            ("سانت كيتس ونيفيس", L),
        },
    }
    for lang, names in expected.items():
        text = (shared / "seeds" / f"{lang}-durov.txt").read_text("utf-8")
        proposed = (("Pavel Durov", P), ("Telegram", B)) if lang == "fr" else ()
        assert names <= set(found(text, lang, proposed))


def test_a_recogniser_that_keeps_a_proclitic_is_put_right() -> None:
    assert found("يعمل الطبيب بالقاهرة منذ عام.", "ar", (("بالقاهرة", L),)) == [("القاهرة", L)]
    assert found("زار الوفد بيروت أمس.", "ar", (("بيروت", L),)) == [("بيروت", L)]


@pytest.mark.parametrize(
    ("text", "cut", "whole"),
    [
        ("زار وليد حداد المدرسة.", "ليد حداد", "وليد حداد"),  # the given name is known
        ("وصل الوفد بيروت أمس.", "يروت", "بيروت"),  # the place is known
        ("تكلم كرزوم. ثم غاب كرزوم.", "رزوم", "كرزوم"),  # the article has it whole each time
    ],
)
def test_a_first_letter_taken_for_a_proclitic_comes_back(text: str, cut: str, whole: str) -> None:
    assert found(text, "ar", ((cut, P if cut != "يروت" else L),))[0][0] == whole


def test_a_proclitic_before_a_given_name_is_cut_off() -> None:
    assert found("حضر المحامي وابو فارس الجلسة.", "ar", (("وابو فارس", P),)) == [("ابو فارس", P)]


def test_words_that_are_names_too_are_left_to_the_recogniser() -> None:
    text = "قرأ الخبر في جدة."
    assert found(text, "ar") == []
    assert found(text, "ar", (("جدة", L),)) == [("جدة", L)]
    assert found("Das Essen in Halle schmeckt in Deutschland.", "de") == [("Deutschland", L)]


def test_half_of_a_bound_name_and_adjectives_are_not_repeated() -> None:
    assert found("تكلم سامر عبد الله. رحم الله الجميع.", "ar", (("سامر عبد الله", P),)) == [("سامر عبد الله", P)]
    assert found("غاب فارس التركي. عاد الوفد التركي.", "ar", (("فارس التركي", P),)) == [("فارس التركي", P)]


def together(
    text: str, lang: str, trained: tuple[tuple[str, Kind, float], ...], parser: tuple[tuple[str, Kind], ...] = ()
) -> list[tuple[str, Kind]]:
    """Names and kinds where a trained recogniser proposes ``trained`` and the parser's own ``parser``."""

    def place(name: str) -> Span:
        return Span(text.index(name), text.index(name) + len(name))

    article = Article("t", text, (Span(0, len(text)),), lang)
    document = RuleParser(load_pack(lang))(article)
    document = Document(
        document.sentences, document.tokens, names=tuple(Mention(place(n), k, "parser") for n, k in parser), parser="test"
    )
    stage = MentionStage(recogniser=lambda a, d: tuple(Mention(place(n), k, "encoder", sure) for n, k, sure in trained))
    return [(m.span.of(text), m.kind) for m in stage(Analysis(article, document)).mentions or ()]


def test_what_the_parser_may_add_is_the_policy_of_the_language() -> None:
    text = "They met Zorbel in Quenby with people of Wexel Dynamics."
    parser = (("Quenby", L), ("Wexel Dynamics", B), ("Zorbel", P))
    assert together(text, "en", (("Zorbel", P, 0.99),), parser) == [("Zorbel", P), ("Quenby", L)]
    french = "Ils ont vu Zorbel à Quenby."
    assert together(french, "fr", (("Zorbel", P, 0.99),), (("Quenby", L),)) == [("Zorbel", P)]


def test_a_longer_name_counts_where_the_trained_recogniser_is_unsure() -> None:
    text = "They sued Wexel Dynamics Trust there."
    parser = (("Wexel Dynamics Trust", B),)
    assert together(text, "en", (("Wexel Dynamics", B, 0.8),), parser) == [("Wexel Dynamics Trust", B)]
    assert together(text, "en", (("Wexel Dynamics", B, 0.99),), parser) == [("Wexel Dynamics", B)]
    assert together(text, "en", (("Wexel Dynamics", L, 0.8),), parser) == [("Wexel Dynamics", L)]


def test_the_kind_of_the_parser_counts_where_the_trained_recogniser_is_in_doubt() -> None:
    text = "They left Quenby at dawn."
    assert together(text, "en", (("Quenby", P, 0.5),), (("Quenby", L),)) == [("Quenby", L)]
    assert together(text, "en", (("Quenby", P, 0.9),), (("Quenby", L),)) == [("Quenby", P)]


def test_towns_and_parts_of_titles_want_the_trained_recogniser() -> None:
    text = "Reading aloud in the United Kingdom, she praised once again, before many friends, the France Widget Act."
    assert together(text, "en", (("United Kingdom", L, 0.9),)) == [("United Kingdom", L)]
    assert together(text, "en", (("United Kingdom", L, 0.9), ("France", L, 0.9))) == [("United Kingdom", L), ("France", L)]


def test_a_pattern_does_not_swallow_a_person() -> None:
    text = "A student at University of Quenby Zora Felden spoke."
    assert together(text, "en", (("University of Quenby", B, 0.9), ("Zora Felden", P, 0.9))) == [
        ("University of Quenby", B),
        ("Zora Felden", P),
    ]


def test_vetoed_words_together_may_be_a_name_for_the_trained_recogniser() -> None:
    text = "The Home Office refused."
    assert together(text, "en", (("Home Office", B, 0.9),)) == [("Home Office", B)]
    assert together(text, "en", ()) == []


def test_words_that_lead_on_do_not_end_a_name() -> None:
    assert together("Le club Wexel de Quenby.", "fr", (("Wexel de", B, 0.9),)) == [("Wexel", B)]
    assert found("تكلم سامر علي أمس.", "ar", (("سامر علي", P),)) == [("سامر علي", P)]


def test_courts_in_lower_case_behind_a_place() -> None:
    assert found("He appeared at Leeds crown court today.", "en") == [("Leeds crown court", B)]
    assert found("A regional court sat in Leeds.", "en") == found("It sat in Leeds.", "en")


def test_an_initial_is_no_word_of_one_letter() -> None:
    assert together("Then A. Fenwickson spoke.", "en", (("A. Fenwickson", P, 0.9),)) == [("A. Fenwickson", P)]
    assert together("Ушел С.Берестов вчера.", "ru", (("С.Берестов", P, 0.9),)) == [("С.Берестов", P)]
    assert together("Hier M. Fenwickson a parlé.", "fr", (("M. Fenwickson", P, 0.9),)) == [("Fenwickson", P)]


def test_an_adjective_that_begins_a_sentence_is_no_place() -> None:
    assert together("Тагильские рабочие ушли.", "ru", (("Тагильские", L, 0.9),)) == []
    assert together("Рабочие в Тагиле ушли.", "ru", (("Тагиле", L, 0.9),)) == [("Тагиле", L)]
