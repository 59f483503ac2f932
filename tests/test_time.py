"""Dates in text: values, kinds, flags and what is none."""

from __future__ import annotations

import datetime
import time
from itertools import pairwise
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ConfigurationError
from kg.extract.time import DateMention, find_dates, from_context
from kg.lang.fold import fold
from kg.lang.pack import LanguagePack, load_pack

# A Thursday.
ANCHOR = datetime.date(2023, 6, 15)
LANGUAGES = ("ar", "en", "fr")


def dates(lang: str, text: str, anchor: datetime.date | None = ANCHOR, **options: object) -> list[DateMention]:
    return list(find_dates(fold(text), load_pack(lang), anchor, **options))  # type: ignore[arg-type]


def found(lang: str, text: str, anchor: datetime.date | None = ANCHOR, **options: object) -> list[tuple[str, str | None]]:
    return [(mention.span.of(text), mention.value) for mention in dates(lang, text, anchor, **options)]


FULL = [
    ("en", "The baker was held on 3 May 2021 in Ghent.", "3 May 2021", "2021-05-03"),
    ("en", "The baker was held on May 3, 2021, in Ghent.", "May 3, 2021", "2021-05-03"),
    ("en", "A hearing took place on Monday, 3rd of May 2021.", "Monday, 3rd of May 2021", "2021-05-03"),
    ("en", "It was signed on Nov. 9, 1989.", "Nov. 9, 1989", "1989-11-09"),
    ("en", "Filed 2021-05-03 at the registry", "2021-05-03", "2021-05-03"),
    ("en", "Filed 27/05/2021 at the registry", "27/05/2021", "2021-05-27"),
    ("en", "Filed 05/27/2021 at the registry", "05/27/2021", "2021-05-27"),
    ("fr", "La boulangère a été entendue le 3 mai 2021 à Gand.", "le 3 mai 2021", "2021-05-03"),
    ("fr", "Le contrat date du 1er avril 1998.", "1er avril 1998", "1998-04-01"),
    ("fr", "L'audience du lundi 3 mai 2021 fut brève", "lundi 3 mai 2021", "2021-05-03"),
    ("fr", "Déposé le 03/05/2021 au greffe", "03/05/2021", "2021-05-03"),
    ("fr", "Déposé le 3.5.2021 au greffe", "3.5.2021", "2021-05-03"),
    ("ar", "استمع القاضي إلى الخباز في 3 مايو 2021 بمدينة غنت", "3 مايو 2021", "2021-05-03"),
    ("ar", "استمع القاضي إليه في ٣ أيار ٢٠٢١", "٣ أيار ٢٠٢١", "2021-05-03"),
    ("ar", "منتصف ليل 20 يوليو تموز 2012", "20 يوليو تموز 2012", "2012-07-20"),
    ("ar", "بتاريخ 3 أيار/مايو 2021 قرر القاضي", "3 أيار/مايو 2021", "2021-05-03"),
    ("ar", "في 12 تشرين الثاني (نوفمبر) 2020", "12 تشرين الثاني (نوفمبر) 2020", "2020-11-12"),
    ("ar", "يوم الاثنين 3 مايو 2021", "يوم الاثنين 3 مايو 2021", "2021-05-03"),
    ("ar", "في الثالث من مايو 2021", "الثالث من مايو 2021", "2021-05-03"),
    ("ar", "في الخامس والعشرين من كانون الأول 2020", "الخامس والعشرين من كانون الأول 2020", "2020-12-25"),
    ("ar", "بتاريخ 03/05/2021 قرر القاضي", "03/05/2021", "2021-05-03"),
    ("ar", "بتاريخ 2021/05/03 قرر القاضي", "2021/05/03", "2021-05-03"),
    ("ar", "يوم 7 غشت 2019", "يوم 7 غشت 2019", "2019-08-07"),
    ("ar", "يوم 7 جويلية 2019", "يوم 7 جويلية 2019", "2019-07-07"),
    ("ar", "في 9 شتنبر 2019", "9 شتنبر 2019", "2019-09-09"),
]


@pytest.mark.parametrize(("lang", "text", "words", "value"), FULL)
def test_full_dates_need_no_anchor(lang: str, text: str, words: str, value: str) -> None:
    assert found(lang, text, None) == [(words, value)]


COARSE = [
    ("en", "since March 2019 nothing was heard", "2019-03"),
    ("en", "in late 2019 the shop closed", "2019"),
    ("en", "the shop opened in 2006.", "2006"),
    ("en", "the 2016 verdict was upheld", "2016"),
    ("en", "in the summer of 2018 they met", "2018"),
    ("fr", "depuis mars 2019 plus rien", "2019-03"),
    ("fr", "fin 2019, la boutique ferma", "2019"),
    ("fr", "la boutique ouvrit en 2006.", "2006"),
    ("fr", "jusqu'en 2014", "2014"),
    ("fr", "au printemps 2018 ils se virent", "2018"),
    ("fr", "- 1987 : la fabrique est saisie", "1987"),
    ("ar", "منذ مارس 2019 لا خبر", "2019-03"),
    ("ar", "في كانون الثاني 2019", "2019-01"),
    ("ar", "افتتح المتجر عام 2006.", "2006"),
    ("ar", "افتتح المتجر سنة ٢٠٠٦", "2006"),
    ("ar", "في عام 1887م", "1887"),
    ("ar", "صيف 2018 التقيا", "2018"),
]


@pytest.mark.parametrize(("lang", "text", "value"), COARSE)
def test_months_and_years(lang: str, text: str, value: str) -> None:
    assert [mention.value for mention in dates(lang, text, None)] == [value]


RELATIVE = [
    ("en", "was held on Monday", "2023-06-12"),
    ("en", "was held on Thursday", "2023-06-15"),
    ("en", "was held last Thursday", "2023-06-08"),
    ("en", "will be heard next Thursday", "2023-06-22"),
    ("en", "was held yesterday", "2023-06-14"),
    ("en", "was held today", "2023-06-15"),
    ("en", "will be heard tomorrow", "2023-06-16"),
    ("en", "the day before yesterday", "2023-06-13"),
    ("en", "three days ago", "2023-06-12"),
    ("en", "two weeks ago", "2023-06"),
    ("en", "in three days' time", "2023-06-18"),
    ("en", "four months ago", "2023-02"),
    ("en", "a year ago", "2022"),
    ("en", "last week he left", "2023-06"),
    ("en", "last month", "2023-05"),
    ("en", "last year", "2022"),
    ("en", "earlier this year", "2023"),
    ("en", "in August", "2022-08"),
    ("en", "in July", "2023-07"),
    ("en", "last June", "2022-06"),
    ("en", "in late May", "2023-05"),
    ("en", "mid-May", "2023-05"),
    ("en", "on May 3", "2023-05-03"),
    ("en", "on December 3", "2022-12-03"),
    ("en", "on July 2", "2023-07-02"),
    ("en", "on Saturday, August 19", "2023-08-19"),
    ("en", "last summer", "2022"),
    ("en", "in recent days", "2023-06"),
    ("fr", "arrêté lundi", "2023-06-12"),
    ("fr", "arrêté lundi dernier", "2023-06-12"),
    ("fr", "arrêté ce jeudi", "2023-06-15"),
    ("fr", "jugé jeudi prochain", "2023-06-22"),
    ("fr", "arrêté hier soir", "2023-06-14"),
    ("fr", "arrêté avant-hier", "2023-06-13"),
    ("fr", "arrêté aujourd’hui", "2023-06-15"),
    ("fr", "il y a trois jours", "2023-06-12"),
    ("fr", "il y a deux semaines", "2023-06"),
    ("fr", "il y a quatre mois", "2023-02"),
    ("fr", "la semaine dernière", "2023-06"),
    ("fr", "le mois dernier", "2023-05"),
    ("fr", "l’an dernier", "2022"),
    ("fr", "cette année", "2023"),
    ("fr", "en août", "2022-08"),
    ("fr", "fin mai", "2023-05"),
    ("fr", "au mois de mai", "2023-05"),
    ("fr", "en mars dernier", "2023-03"),
    ("fr", "le 3 mai", "2023-05-03"),
    ("fr", "le 3 décembre", "2022-12-03"),
    ("fr", "le 3 décembre prochain", "2023-12-03"),
    ("fr", "le 28 mai dernier", "2023-05-28"),
    ("fr", "le samedi 19 août", "2023-08-19"),
    ("fr", "ces derniers jours", "2023-06"),
    ("ar", "أوقف يوم الاثنين", "2023-06-12"),
    ("ar", "أوقف الاثنين الماضي", "2023-06-12"),
    ("ar", "أوقف الخميس", "2023-06-15"),
    ("ar", "يحاكم الخميس المقبل", "2023-06-22"),
    ("ar", "أوقف أمس", "2023-06-14"),
    ("ar", "أوقف أول أمس", "2023-06-13"),
    ("ar", "أوقف اليوم في منزله", "2023-06-15"),
    ("ar", "أوقف أمس (الأربعاء)", "2023-06-14"),
    ("ar", "قبل ثلاثة أيام", "2023-06-12"),
    ("ar", "قبل أسبوعين", "2023-06"),
    ("ar", "قبل أربعة أشهر", "2023-02"),
    ("ar", "قبل عام", "2022"),
    ("ar", "الشهر الماضي", "2023-05"),
    ("ar", "العام الماضي", "2022"),
    ("ar", "هذا العام", "2023"),
    ("ar", "في أغسطس الماضي", "2022-08"),
    ("ar", "أواخر مايو", "2023-05"),
    ("ar", "خلال شهر مايو", "2023-05"),
    ("ar", "في 3 مايو الماضي", "2023-05-03"),
    ("ar", "في 3 ديسمبر", "2022-12-03"),
    ("ar", "إلى جلسة 3 ديسمبر المقبل", "2023-12-03"),
]


@pytest.mark.parametrize(("lang", "text", "value"), RELATIVE)
def test_relative_dates_rest_on_the_anchor(lang: str, text: str, value: str) -> None:
    (mention,) = dates(lang, text)
    assert (mention.value, mention.relative) == (value, True)
    (bare,) = dates(lang, text, None)
    assert (bare.value, bare.span, bare.precision) == (None, mention.span, None)


NOTHING = [
    ("en", "He may appeal and they march to the court."),
    ("en", "Section 2019 of the code and article 1998 apply."),
    ("en", "In 2000 people lived there; 2019 people live there now."),
    ("en", "The team won 3-2 and 2019 votes were cast."),
    ("en", "They paid 2000 dollars to 1950 workers."),
    ("en", "It is open every Monday; on Mondays it is busy."),
    ("en", "The Sunday Times wrote it, on Black Friday it sold."),
    ("en", "The August body agreed with Ms April Summers."),
    ("en", "the September 11 attacks"),
    ("en", "on 31 June 2021 or 2021-02-30"),
    ("en", "a 39-year-old man, aged 25"),
    ("fr", "L'article 2019 du code et la loi 1998."),
    ("fr", "une amende de 2000 euros, plus de 1950 personnes"),
    ("fr", "près de 2000 manifestants"),
    ("fr", "tous les lundis et chaque mardi"),
    ("fr", "Le robot se pose sur Mars, la juge Avril Dupuis sourit."),
    ("fr", "les attentats du 11 septembre"),
    ("fr", "le 31 juin 2021"),
    ("fr", "un homme de 39 ans"),
    ("ar", "المادة 2019 من القانون"),
    ("ar", "مارس المحامي عمله وهو أب لطفلين"),
    ("ar", "في 2000 دولار"),
    ("ar", "كل جمعة تقام صلاة الجمعة"),
    ("ar", "بعد ثورة 25 يناير"),
    ("ar", "نشرت صحيفة المصري اليوم الخبر"),
    ("ar", "البالغ من العمر 39 عاما"),
    ("ar", "31 يونيو 2021"),
]


@pytest.mark.parametrize(("lang", "text"), NOTHING)
def test_what_is_no_date(lang: str, text: str) -> None:
    assert found(lang, text) == []


def test_an_open_order_of_figures_gives_the_year_alone() -> None:
    assert found("en", "on 03/04/2021") == [("03/04/2021", "2021")]
    assert found("en", "on 04/04/2021") == [("04/04/2021", "2021-04-04")]


def test_weeks_give_a_month_only_when_they_lie_in_one() -> None:
    assert found("en", "last week", datetime.date(2023, 6, 7)) == [("last week", None)]
    assert found("en", "the week of June 19") == [("the week of June 19", "2023-06")]


FUTURE = [
    ("en", "on Monday", "2023-06-12", "2023-06-19"),
    ("en", "on May 3", "2023-05-03", "2024-05-03"),
    ("en", "in August", "2022-08", "2023-08"),
    ("fr", "lundi", "2023-06-12", "2023-06-19"),
    ("fr", "le 3 mai", "2023-05-03", "2024-05-03"),
    ("ar", "يوم الاثنين", "2023-06-12", "2023-06-19"),
    ("ar", "في 2 يوليو", "2022-07-02", "2023-07-02"),
]


@pytest.mark.parametrize(("lang", "text", "past", "coming"), FUTURE)
def test_tense_chooses_the_side(lang: str, text: str, past: str, coming: str) -> None:
    assert [mention.value for mention in dates(lang, text, future=False)] == [past]
    assert [mention.value for mention in dates(lang, text, future=True)] == [coming]


def test_a_year_named_earlier_holds_without_an_anchor() -> None:
    assert found("fr", "le 25 octobre", None, context_year=2006) == [("le 25 octobre", "2006-10-25")]
    assert found("en", "in March", None, context_year=2006) == [("March", "2006-03")]
    assert found("fr", "le 25 octobre 2011", None, context_year=2006) == [("le 25 octobre 2011", "2011-10-25")]


RANGES = [
    ("en", "from 2008 to 2012", "2008", "2012", None),
    ("en", "between May and June 2010", "2010-05", "2010-06", "2010"),
    ("en", "from 3 May 2021 to 5 June 2021", "2021-05-03", "2021-06-05", "2021"),
    ("en", "March 3-5, 2020", "2020-03-03", "2020-03-05", "2020-03"),
    ("en", "between December and January 2010", "2009-12", "2010-01", None),
    ("fr", "de 2008 à 2012", "2008", "2012", None),
    ("fr", "du 3 mai 2021 au 5 juin 2021", "2021-05-03", "2021-06-05", "2021"),
    ("fr", "du 3 au 5 mars 2020", "2020-03-03", "2020-03-05", "2020-03"),
    ("fr", "entre mai et juin 2010", "2010-05", "2010-06", "2010"),
    ("ar", "بين عامي 2008 و2012", "2008", "2012", None),
    ("ar", "بين 3 و5 مارس 2020", "2020-03-03", "2020-03-05", "2020-03"),
    ("ar", "من مايو 2010 إلى يونيو 2010", "2010-05", "2010-06", "2010"),
]


@pytest.mark.parametrize(("lang", "text", "first", "last", "whole"), RANGES)
def test_intervals(lang: str, text: str, first: str, last: str, whole: str | None) -> None:
    (mention,) = dates(lang, text, None)
    assert (mention.value, mention.end, mention.whole) == (first, last, whole)


def test_neighbours_share_the_year() -> None:
    assert found("fr", "en mai et juin 2010", None) == [("mai", "2010-05"), ("juin 2010", "2010-06")]
    assert found("en", "on May 3 and June 5, 2010", None) == [("May 3", "2010-05-03"), ("June 5, 2010", "2010-06-05")]


def test_since_and_until_are_noted() -> None:
    for lang, text in (("en", "since 3 May 2021"), ("fr", "depuis le 3 mai 2021"), ("ar", "منذ 3 مايو 2021")):
        (mention,) = dates(lang, text)
        assert (mention.value, mention.since, mention.until) == ("2021-05-03", True, False)
    for lang, text in (("en", "until 3 May 2021"), ("fr", "jusqu'au 3 mai 2021"), ("ar", "حتى 3 مايو 2021")):
        (mention,) = dates(lang, text)
        assert (mention.value, mention.since, mention.until) == ("2021-05-03", False, True)


def test_time_since_is_a_date_and_marked() -> None:
    for lang, text in (("fr", "détenu depuis trois ans"), ("ar", "معتقل منذ ثلاث سنوات")):
        (mention,) = dates(lang, text)
        assert (mention.value, mention.kind, mention.since) == ("2020", "ago", True)


CONTEXT = [
    ("en", "the next day", 1),
    ("en", "two days later", 2),
    ("en", "the day before the fair", -1),
    ("en", "the same day", 0),
    ("en", "two months later", None),
    ("fr", "la veille", -1),
    ("fr", "le lendemain", 1),
    ("fr", "le même jour", 0),
    ("fr", "deux jours plus tard", 2),
    ("ar", "في اليوم التالي", 1),
    ("ar", "في اليوم نفسه", 0),
    ("ar", "بعد يومين", 2),
]


@pytest.mark.parametrize(("lang", "text", "days"), CONTEXT)
def test_what_hangs_on_another_event_has_no_value(lang: str, text: str, days: int | None) -> None:
    (mention,) = dates(lang, text)
    assert (mention.kind, mention.value, mention.days) == ("context", None, days)


def test_context_is_counted_from_the_other_event() -> None:
    (after,) = dates("en", "the next day")
    assert from_context(after, "2021-12-31") == "2022-01-01"
    assert from_context(after, "2021-12") is None
    assert from_context(after, None) is None
    (same,) = dates("fr", "le même jour")
    assert from_context(same, "2021-12") == "2021-12"
    (plain,) = dates("en", "on 3 May 2021")
    assert from_context(plain, "2000-01-01") == "2021-05-03"


def test_islamic_dates_are_coarse() -> None:
    assert found("ar", "في 15 رمضان 1440 ه") == [("15 رمضان 1440 ه", "2019-05")]
    assert [mention.value for mention in dates("ar", "في رجب 1438")] == ["2017"]
    assert [mention.value for mention in dates("ar", "عام 1436 هـ")] == [None]


def test_a_gregorian_date_beside_an_islamic_one_wins() -> None:
    assert [mention.value for mention in dates("ar", "في 15 رمضان 1440 هـ الموافق 20 مايو 2019")] == ["2019-05-20"]
    assert [mention.value for mention in dates("ar", "في 20 مايو 2019 (15 رمضان 1440)")] == ["2019-05-20"]


def test_spans_are_those_of_the_original() -> None:
    text = "\u200fفي ٣ مـايو ٢٠٢١\u200f ثم"
    (mention,) = dates("ar", text)
    assert mention.span.of(text) == "٣ مـايو ٢٠٢١"
    whole = "Well. On May 3, 2021 it ended."
    (shifted,) = find_dates(fold(whole[6:], 6), load_pack("en"), None)
    assert shifted.span.of(whole) == "May 3, 2021"


def test_the_ends_of_time_raise_nothing() -> None:
    for anchor in (datetime.date.min, datetime.date.max):
        for lang, text in (
            ("en", "last year, next month, yesterday, tomorrow, last Monday, next Monday, in May, on May 3, last week"),
        ):
            assert dates(lang, text, anchor)
    assert [mention.value for mention in dates("en", "9000 years ago")] == [None]


def test_a_broken_table_is_named() -> None:
    good = load_pack("en")

    def broken(**change: object) -> LanguagePack:
        table = {**good.table("time"), **change}
        return LanguagePack("xx", "X", "ltr", MappingProxyType({**good.tables, "time": table}), MappingProxyType({}))

    for change, words in (
        ({"date": [{"pattern": "<nope>", "read": "absolute"}]}, "<nope>"),
        ({"date": [{"pattern": "<m>", "read": "nope"}]}, "nope"),
        ({"date": [{"pattern": "(<m>", "read": "absolute"}]}, "no regular expression"),
        ({"date": [{"read": "absolute"}]}, "pattern"),
        ({"cues": {}}, "since"),
        ({"unit": [{"unit": "eon", "forms": ["eon"]}]}, "eon"),
    ):
        with pytest.raises(ConfigurationError, match=words):
            find_dates(fold("x"), broken(**change), None)


def test_without_tables_the_language_is_named() -> None:
    bare = LanguagePack("xx", "X", "ltr", MappingProxyType({}), MappingProxyType({}))
    with pytest.raises(ConfigurationError, match="xx"):
        find_dates(fold("x"), bare, None)


# fmt: off
PIECES = st.sampled_from([
    "3", "12", "2021", "may", "monday", "last", "the", "mai", "lundi", "dernier",
    "le", "مايو", "الاثنين", "الماضي", "في", "عام", "/", "-", ".", ",",
    "،", "\u200f", "ago", "قبل", "ثلاثة", "three", "years", "ans", "سنوات", "1436",
    "هـ", "il y a", "depuis", "since", "from", "to",
])
# fmt: on


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(LANGUAGES), st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map(" ".join)))
def test_anything_gives_ordered_mentions_with_valid_values(lang: str, text: str) -> None:
    mentions = dates(lang, text)
    for mention in mentions:
        assert 0 <= mention.span.start < mention.span.end <= len(text)
        if mention.precision == "day":
            datetime.date.fromisoformat(mention.value or "")
    assert all(a.span.end <= b.span.start for a, b in pairwise(mentions))


HOSTILE = [
    "1",
    "1 ",
    "may ",
    "3 may ",
    "1/1/",
    "two ",
    "في ",
    "قبل ",
    "منذ ثلاثة ",
    "le ",
    "il y a ",
    "2021 ",
    "من 2010 ",
    "(",
    " ",
    "monday ",
    "and ",
]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_time_grows_with_the_length_alone(lang: str) -> None:
    dates(lang, "x")
    for piece in HOSTILE:
        text = fold(piece * (30_000 // len(piece)))
        began = time.perf_counter()
        find_dates(text, load_pack(lang), ANCHOR)
        assert time.perf_counter() - began < 2.5, piece
