"""Lines, titles, dates and languages of plain text."""

from __future__ import annotations

import io
import time
import tomllib
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ArticleError
from kg.issues import IssueLog
from kg.lang.fold import fold_word
from kg.lang.pack import ROOT, languages
from kg.model import Article
from kg.read.boilerplate import body_of, classify, paragraphs
from kg.read.dates import find_dates
from kg.read.language import UnknownLanguageError, choose_language, detect
from kg.read.lines import LineKind, is_medium_name, kind_alone, read_date_line, split_lines
from kg.read.metadata import split_title
from kg.read.plain import read_text
from kg.read.source import Source
from kg.read.words import reading_words

PROSE = "The magistrate in Norwick sent the two brothers to trial on Monday for the theft of a church bell.\n"
PROSE2 = "Their lawyer said that they would plead not guilty and that the bell had been a present from the vicar.\n"
PROSE3 = "The police had searched their barn in March and found the bell under a heap of straw and old newspapers.\n"


def read(text: str, lang: str | None = None) -> Article:
    return next(read_text(Source("page.txt", "page", io.BytesIO(text.encode()), IssueLog(), lang)))


def body(article: Article) -> list[str]:
    return [span.of(article.text) for span in article.body]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Home", LineKind.MENU),
        ("Comments (12)", LineKind.MENU),
        ("Accueil    Monde    Sports    Annonces", LineKind.MENU),
        ("Accueil > Justice", LineKind.MENU),
        ("الرئيسية | سياسة | اقتصاد", LineKind.MENU),
        ("* * *", LineKind.MENU),
        ("https://example.org/a?b=c", LineKind.MENU),
        ("Share this story on social media", LineKind.SHARE),
        ("Partager sur Facebook", LineKind.SHARE),
        ("شارك هذا الخبر", LineKind.SHARE),
        ("Read more: The bell of Norwick", LineKind.MORE),
        ("À lire aussi : les voleurs de cloches", LineKind.MORE),
        ("اقرأ أيضا:", LineKind.MORE),
        ("By Ann Other and Joe Bloggs", LineKind.BYLINE),
        ("Par Jeanne de La Tour, avec AFP", LineKind.BYLINE),
        ("بقلم: سعاد المنير", LineKind.BYLINE),
        ("Reuters", LineKind.BYLINE),
        ("AFP - Paris", LineKind.BYLINE),
        ("© Press Pictures 2019", LineKind.CREDIT),
        ("Photo : Jean Untel / Agence", LineKind.CREDIT),
        ("صورة: أرشيف", LineKind.CREDIT),
        ("Tags: theft, bells", LineKind.TAGS),
        ("Mots-clés : vol, cloches", LineKind.TAGS),
        ("#bells #theft", LineKind.TAGS),
        ("Subscribe to our newsletter", LineKind.PROMO),
        ("Abonnez-vous à notre lettre", LineKind.PROMO),
        ("Published 3 March 2021", LineKind.DATE),
        ("Publié le mardi 2 mars 2021 à 14h30", LineKind.DATE),
        ("نُشر في ٥ آذار ٢٠٢٣", LineKind.DATE),
        ("2021-03-02T10:00:00Z", LineKind.DATE),
    ],
)
def test_lines_that_name_themselves(line: str, kind: LineKind) -> None:
    assert kind_alone(line) is kind


@pytest.mark.parametrize(
    "line",
    [
        "By Friday the court had heard all nine witnesses, and the jury went home.",
        "Par ailleurs, le juge a rejeté la demande de mise en liberté.",
        "Share prices of the bank fell after the judgment.",
        "Comment le juge a-t-il tranché ?",
        "La rédaction du journal a été perquisitionnée",
        "شارك في الجلسة ثلاثة قضاة واستمعت المحكمة إلى الشهود.",
        "On 3 March 2021 the police arrested him.",
        "Le 2 mars 2021, il a été libéré",
        "Published accounts of the trial differ",
        "Copyright infringement cost the firm two million",
        "« La vérité » et « la justice »",
        "He was fined.",
        "مشاركة المتهم في السرقة ثابتة بحسب المحكمة",
        "Updated rules were laid before the court on 3 March 2021, the ministry's lawyers said",
    ],
)
def test_lines_of_prose_stay(line: str) -> None:
    assert kind_alone(line) is None


def test_a_clean_text_keeps_every_line() -> None:
    text = "Two brothers sent to trial\n\n" + PROSE + "A barn in March\n" + PROSE3 + "- the bell\n- a ladder\n"
    assert body(read(text)) == [line for line in text.split("\n") if line]


def test_a_dump_loses_its_page_and_keeps_offsets() -> None:
    text = (
        "Home    News    Sport    Weather    Contact\nLog in\nWorld\n"
        "Two brothers stand trial over the stolen bell of Norwick\n"
        "Published 4 May 2018 | Norwick Herald\nBy Ann Other\nTop\n"
        "Two brothers stand trial over the stolen bell of Norwick\n"
        f"{PROSE}{PROSE2}Read more:\nVicar buys a new rope\n{PROSE3}Rk\n"
        "Share this article\nComments\nI always knew it was them, the two of them.\n"
    )
    article = read(text)
    assert body(article) == [
        "Two brothers stand trial over the stolen bell of Norwick",
        PROSE.strip(),
        PROSE2.strip(),
        PROSE3.strip(),
    ]
    assert article.text == text
    assert (article.title, article.published, article.publisher) == (body(article)[0], "2018-05-04", "Norwick Herald")
    assert article.title_span is not None
    assert article.title_span.of(text) == article.title


def test_the_site_after_the_title_is_no_part_of_the_body() -> None:
    article = read("Two brothers sent to trial – Norwick Evening News\n" + PROSE + PROSE2)
    assert (article.title, article.publisher) == ("Two brothers sent to trial", "Norwick Evening News")
    assert body(article)[0] == "Two brothers sent to trial"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Mayor jailed | BBC News", ("Mayor jailed", "BBC News")),
        ("قضية المرفأ – صحيفة المرفأ", ("قضية المرفأ", "صحيفة المرفأ")),
        ("Maire condamné - Justice - Le Monde", ("Maire condamné", "Le Monde")),
        ("Affaire du pont – le parquet répond", ("Affaire du pont – le parquet répond", None)),
        ("Mayor jailed - and freed again", ("Mayor jailed - and freed again", None)),
        ("Telegram", ("Telegram", None)),
    ],
)
def test_titles_and_sites(title: str, expected: tuple[str, str | None]) -> None:
    assert split_title(title) == expected


def test_a_site_that_the_page_names_is_cut() -> None:
    assert split_title("Le maire est condamné - Vivre Ici", "vivreici.fr") == ("Le maire est condamné - Vivre Ici", None)
    assert split_title("Le maire est condamné - Vivre Ici", "Vivre Ici") == ("Le maire est condamné", "Vivre Ici")


@pytest.mark.parametrize(
    ("text", "lang", "expected"),
    [
        ("vendredi 6 septembre 2024", "fr", "2024-09-06"),
        ("1er mars 2021", "fr", "2021-03-01"),
        ("March 3rd, 2021", "en", "2021-03-03"),
        ("Sept. 6, 2024", "en", "2024-09-06"),
        ("5 آذار/مارس 2023", "ar", "2023-03-05"),
        ("٢٠ كانون الأول ٢٠٢٢", "ar", "2022-12-20"),
        ("3 جويلية 2019", "ar", "2019-07-03"),
        ("7 شتنبر 2020", "ar", "2020-09-07"),
        ("06/09/2024", "fr", "2024-09-06"),
        ("06/09/2024", "en", None),
        ("25/09/2024", "en", "2024-09-25"),
        ("31 février 2024", "fr", None),
        ("12 mai 0024", "fr", None),
        ("version 1.2.2024", "en", None),
        ("2024-13-01", "en", None),
    ],
)
def test_dates(text: str, lang: str, expected: str | None) -> None:
    found = find_dates(fold_word(text), lang)
    assert (found[0].iso if found else None) == expected


def test_date_lines_say_update_and_publisher() -> None:
    line = read_date_line("Updated: 5 May 2018 at 10:15 GMT | example.org")
    assert line is not None
    assert (line.iso, line.publisher, line.updated) == ("2018-05-05", "example.org", True)


def test_publication_goes_before_the_update() -> None:
    text = "Two brothers sent to trial\nUpdated 6 May 2018\nPublished 4 May 2018\n" + PROSE + PROSE2
    assert read(text).published == "2018-05-04"


@pytest.mark.parametrize(
    ("opening", "expected"),
    [
        ("4 May 2018. - ", "2018-05-04"),
        ("NORWICK, May 4, 2018 (Reuters) - ", "2018-05-04"),
        ("On 4 May 2018 - a Friday - ", None),
        ("Friday, 4 May 2018 was the day when ", None),
    ],
)
def test_a_dateline_dates_the_article_and_stays(opening: str, expected: str | None) -> None:
    article = read(f"Two brothers sent to trial\n{opening}{PROSE}{PROSE2}")
    assert article.published == expected
    assert body(article)[1].startswith(opening)


def test_dates_of_other_articles_are_not_taken() -> None:
    text = (
        "Home    News    Sport\nTwo brothers sent to trial at last\n"
        + PROSE
        + PROSE2
        + PROSE3
        + "Read more:\nVicar sings\n4 May 2011\n"
    )
    assert read(text).published is None


def test_wrapped_lines_make_paragraphs() -> None:
    text = (
        "Two brothers sent to trial\n\nThe magistrate in Norwick sent the two brothers to trial on\n"
        "Monday for the theft of a church bell that had been rung for\n"
        "three hundred years and more by the good people of the old\n"
        "town, which he called a loss that no sum of money can repair\nin our time.\n\n"
        "They denied it, and their lawyer said that the bell had been\n"
        "a present from the vicar, who could not be heard in the trial\nfor he is dead.\n"
    )
    spans = paragraphs(text)
    assert [span.of(text).split()[0] for span in spans] == ["Two", "The", "They"]
    assert spans[1].of(text).endswith("in our time.")


def test_line_ends_and_marks_stay_in_the_text() -> None:
    text = "Two brothers sent to trial\r\n\r\n" + PROSE.strip() + "\r\n\x1b[31m\u202e" + PROSE2
    article = read("\ufeff" + text)
    assert article.text == text
    assert article.body[1].of(text) == PROSE.strip()


def test_media() -> None:
    assert is_medium_name("aBamako.com")
    assert is_medium_name("وكالة الأنباء")
    assert not is_medium_name("the court of appeal")
    assert not is_medium_name("")


@pytest.mark.parametrize("code", languages())
def test_tables_have_every_list(code: str) -> None:
    table = tomllib.loads((ROOT / code / "reading.toml").read_text("utf-8"))
    english = tomllib.loads((ROOT / "en" / "reading.toml").read_text("utf-8"))
    assert table.keys() == english.keys()
    assert table["lines"].keys() == english["lines"].keys()
    assert all(table["lines"][name] for name in english["lines"] if name != "particles")


def test_every_month_of_every_language_is_known() -> None:
    months = reading_words().months
    assert set(months.values()) == set(range(1, 13))
    assert (months["september"], months["septembre"], months[fold_word("أيلول")], months[fold_word("غشت")]) == (9, 9, 9, 8)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Le tribunal a condamné le maire.", "fr"),
        ("The court fined the mayor.", "en"),
        ("حكمت المحكمة على العمدة بالسجن.", "ar"),
        ("سجن", "ar"),
    ],
)
def test_languages(text: str, code: str) -> None:
    assert choose_language(text) == code


def test_a_text_in_capitals_is_detected() -> None:
    assert detect("THE COURT OF APPEAL FREED THE TWO BROTHERS ON MONDAY")[0] == "en"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Sąd skazał burmistrza na karę grzywny za oszustwo, powiedział w poniedziałek rzecznik prokuratury.", "language 'pl'"),
        ("دادگاه شهردار تهران را به جرم کلاهبرداری به پنج سال زندان محکوم کرد و او را از خروج از کشور منع کرد.", "language 'fa'"),
        ("Xq", "too short"),
        ("1234 !!", "no letters"),
    ],
)
def test_languages_without_a_pack_are_refused_with_a_reason(text: str, words: str) -> None:
    with pytest.raises(UnknownLanguageError, match=words):
        choose_language(text)
    assert choose_language(text, "fr") == "fr"


def test_what_is_detected_without_letters() -> None:
    assert detect("12 %") == ("und", 0.0)
    assert detect("\ud800") == ("und", 0.0)


@pytest.mark.parametrize(
    ("text", "reason"), [("", "empty"), (" \n\t\n", "empty"), ("Home    News    Sport\nShare this article\n", "no prose")]
)
def test_texts_without_prose_are_refused(text: str, reason: str) -> None:
    with pytest.raises(ArticleError, match=reason):
        read(text, "en")


@pytest.mark.parametrize(
    "unit",
    [
        "word ",
        "a | ",
        "Published March 3, 2021\n",
        "\n",
        " ",
        "March 3, 2021 ",
        "x",
        "Home\n",
        "(",
        "a.",
        "اقرأ المزيد:\n",
        "\u202e",
        "- ",
    ],
)
def test_time_is_linear_in_hostile_text(unit: str) -> None:
    began = time.perf_counter()
    article = read(PROSE + unit * (200_000 // len(unit)), "en")
    assert article.body
    assert time.perf_counter() - began < 5


@given(st.text(alphabet=st.sampled_from("Aب é.،|-\n\r\t\u2028\u202e1/:#©«»"), max_size=300))
def test_any_text_is_classified_in_order_and_inside(text: str) -> None:
    lines = classify(text)
    spans = [line.span for line in lines]
    assert spans == sorted(spans)
    assert all(0 <= one.start < one.end <= len(text) for one in spans)
    assert all(one.end <= two.start for one, two in pairwise(spans))
    assert set(body_of(lines)) <= set(spans)
    assert all(span.of(text).strip() for span in split_lines(text))
