"""Lengths of time: terms, custody, bans; and what is none."""

from __future__ import annotations

import re
import time
from itertools import pairwise
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import ConfigurationError
from kg.extract.duration import DurationKind, DurationMention, find_durations
from kg.lang.fold import fold
from kg.lang.pack import LanguagePack, load_pack

LANGUAGES = ("ar", "en", "fr")


def durations(lang: str, text: str) -> list[DurationMention]:
    return list(find_durations(fold(text), load_pack(lang)))


TERMS = [
    ("en", "three years for fraud", "three years", "P3Y"),
    ("en", "18 months in prison", "18 months", "P18M"),
    ("en", "an 18-month term", "18-month", "P18M"),
    ("en", "a two-year suspended sentence", "two-year", "P2Y"),
    ("en", "a twenty-five-year sentence", "twenty-five-year", "P25Y"),
    ("en", "two years and six months behind bars", "two years and six months", "P2Y6M"),
    ("en", "two and a half years", "two and a half years", "P2Y6M"),
    ("en", "2.5 years", "2.5 years", "P2Y6M"),
    ("en", "held for four days", "four days", "P4D"),
    ("en", "held for 48 hours", "48 hours", "PT48H"),
    ("en", "held for two weeks", "two weeks", "P2W"),
    ("en", "three years' imprisonment", "three years", "P3Y"),
    ("en", "sentenced to a year and a day", "year and a day", "P1Y1D"),
    ("en", "he got a year in prison", "year", "P1Y"),
    ("en", "a decade behind bars", "decade", "P10Y"),
    ("fr", "trois ans pour fraude", "trois ans", "P3Y"),
    ("fr", "condamné en 2010 à deux ans de prison", "deux ans", "P2Y"),
    ("fr", "dix-huit mois de prison", "dix-huit mois", "P18M"),
    ("fr", "douze mois ferme", "douze mois", "P12M"),
    ("fr", "un an et demi de prison", "un an et demi", "P1Y6M"),
    ("fr", "deux ans et six mois", "deux ans et six mois", "P2Y6M"),
    ("fr", "gardé à vue pendant quatre jours", "quatre jours", "P4D"),
    ("fr", "une garde à vue de 48 heures", "48 heures", "PT48H"),
    ("fr", "une peine de 18 ans", "18 ans", "P18Y"),
    ("fr", "écroué depuis quatre-vingt-dix jours", "quatre-vingt-dix jours", "P90D"),
    ("ar", "بالسجن ثلاث سنوات", "ثلاث سنوات", "P3Y"),
    ("ar", "بالسجن لمدة ١٥ عاماً", "١٥ عاماً", "P15Y"),
    ("ar", "لخمسة وعشرين عاما", "خمسة وعشرين عاما", "P25Y"),
    ("ar", "خمس عشرة سنة نافذة", "خمس عشرة سنة", "P15Y"),
    ("ar", "بالحبس ستة أشهر", "ستة أشهر", "P6M"),
    ("ar", "بالسجن سنتين", "سنتين", "P2Y"),
    ("ar", "بالسجن شهرين", "شهرين", "P2M"),
    ("ar", "حبسه 15 يوماً على ذمة التحقيق", "15 يوماً", "P15D"),
    ("ar", "بالسجن سنة ونصف", "سنة ونصف", "P1Y6M"),
    ("ar", "بالسجن عامين وستة أشهر", "عامين وستة أشهر", "P2Y6M"),
    ("ar", "بالسجن ثلاث سنوات وشهرين", "ثلاث سنوات وشهرين", "P3Y2M"),
    ("ar", "بالسجن لمدة عام", "عام", "P1Y"),
    ("ar", "بالسجن سنة واحدة", "سنة", "P1Y"),
    ("ar", "احتجز 48 ساعة", "48 ساعة", "PT48H"),
    ("ar", "بـ10 سنوات", "10 سنوات", "P10Y"),
]


@pytest.mark.parametrize(("lang", "text", "words", "value"), TERMS)
def test_terms(lang: str, text: str, words: str, value: str) -> None:
    assert [(mention.span.of(text), mention.value, mention.kind) for mention in durations(lang, text)] == [(words, value, "term")]


KINDS = [
    ("en", "three to five years", DurationKind.RANGE, None),
    ("en", "between three and ten years", DurationKind.RANGE, None),
    ("en", "3-5 years", DurationKind.RANGE, None),
    ("en", "between six months and two years", DurationKind.RANGE, None),
    ("en", "six months to a year", DurationKind.RANGE, None),
    ("fr", "de six mois à un an", DurationKind.RANGE, None),
    ("ar", "بين ثلاث سنوات وسبع سنوات", DurationKind.RANGE, None),
    ("ar", "من ستة أشهر إلى عام", DurationKind.RANGE, None),
    ("en", "up to five years in prison", DurationKind.LIMIT, "P5Y"),
    ("en", "at least ten years", DurationKind.LIMIT, "P10Y"),
    ("en", "life in prison", DurationKind.LIFE, None),
    ("en", "was jailed for life", DurationKind.LIFE, None),
    ("en", "life plus 20 years", DurationKind.LIFE, None),
    ("en", "life imprisonment plus 20 years", DurationKind.LIFE, None),
    ("fr", "de trois à cinq ans", DurationKind.RANGE, None),
    ("fr", "entre trois et dix ans", DurationKind.RANGE, None),
    ("fr", "jusqu’à cinq ans de prison", DurationKind.LIMIT, "P5Y"),
    ("fr", "réclusion criminelle à perpétuité", DurationKind.LIFE, None),
    ("fr", "condamné à la prison à vie", DurationKind.LIFE, None),
    ("ar", "بين ثلاث وعشر سنوات", DurationKind.RANGE, None),
    ("ar", "بين 3 و10 سنوات", DurationKind.RANGE, None),
    ("ar", "من 3 إلى 10 سنوات", DurationKind.RANGE, None),
    ("ar", "تصل إلى خمس سنوات", DurationKind.LIMIT, "P5Y"),
    ("ar", "بالسجن المؤبد", DurationKind.LIFE, None),
    ("ar", "بالسجن مدى الحياة", DurationKind.LIFE, None),
]


@pytest.mark.parametrize(("lang", "text", "kind", "value"), KINDS)
def test_kinds(lang: str, text: str, kind: DurationKind, value: str | None) -> None:
    assert [(mention.kind, mention.value) for mention in durations(lang, text)] == [(kind, value)]


def test_a_suspended_part_is_marked_and_the_whole_comes_first() -> None:
    for lang, text, values in (
        ("fr", "quatre ans de prison dont 18 mois avec sursis", ["P4Y", "P18M"]),
        ("en", "four years in prison, including 18 months suspended", ["P4Y", "P18M"]),
        ("ar", "بالسجن أربع سنوات منها سنتان مع وقف التنفيذ", ["P4Y", "P2Y"]),
    ):
        found = durations(lang, text)
        assert [mention.value for mention in found] == values
        assert [mention.kind for mention in found] == [DurationKind.TERM, DurationKind.PART]
    assert [mention.value for mention in durations("fr", "trois ans dont deux avec sursis")] == ["P3Y"]


def test_how_many_terms_is_told() -> None:
    (mention,) = durations("en", "two 25-year terms")
    assert (mention.value, mention.times, mention.unit, mention.count) == ("P25Y", 2, "year", 25.0)


NOTHING = [
    ("en", "a 39-year-old man, aged 18 years"),
    ("en", "she is 39 years old"),
    ("en", "three years ago, two days later, four months earlier"),
    ("en", "every two years"),
    ("en", "one day he left, a day in the sun, that year"),
    ("en", "children under 5 years of age"),
    ("en", "last year, this month, in 2019"),
    ("en", "three men and 5 cars"),
    ("en", "for months, for hours"),
    ("fr", "une affaire vieille de 36 ans, un Lillois de 27 ans"),
    ("fr", "âgés de 33, 34 et 39 ans"),
    ("fr", "vers quatre heures et demie du matin, à 10h15 heure locale"),
    ("ar", "خلال هذين اليومين"),
    ("ar", "تتراوح أعمارهم بين 20 و30 عاما"),
    ("fr", "un homme de 39 ans, âgé de 18 ans"),
    ("fr", "une jeune femme de 25 ans"),
    ("fr", "Louise Meunier, 39 ans, boulangère"),
    ("fr", "Louise Meunier (39 ans)"),
    ("fr", "il y a trois ans, deux jours plus tard"),
    ("fr", "tous les deux ans"),
    ("fr", "à 14 heures, vers 18 heures"),
    ("fr", "un jour il partit, l'an dernier, ce mois-ci"),
    ("ar", "البالغ من العمر 39 عاما"),
    ("ar", "سليم (39 عاما) خباز"),
    ("ar", "وعمره 25 سنة"),
    ("ar", "قبل ثلاثة أيام وبعد شهرين"),
    ("ar", "في عام 2019 وهذا العام والشهر الماضي"),
    ("ar", "كل سنتين"),
]


@pytest.mark.parametrize(("lang", "text"), NOTHING)
def test_what_is_no_length(lang: str, text: str) -> None:
    assert [(mention.span.of(text), mention.value) for mention in durations(lang, text)] == []


def test_spans_are_those_of_the_original() -> None:
    text = "\u200fحكم بالسجن\u00a0ثـلاث سنوات."
    (mention,) = durations("ar", text)
    assert mention.span.of(text) == "ثـلاث سنوات"


def test_broken_tables_are_named() -> None:
    good = load_pack("en")
    table = {**good.table("time"), "duration": {}}
    pack = LanguagePack("xx", "X", "ltr", MappingProxyType({**good.tables, "time": table}), MappingProxyType({}))
    with pytest.raises(ConfigurationError, match=r"\[duration\]"):
        find_durations(fold("x"), pack)


# fmt: off
PIECES = st.sampled_from([
    "3", "18", "2.5", "three", "twenty-five", "deux", "trois", "ثلاث", "سنتين", "year",
    "years", "year-old", "ans", "mois", "سنوات", "شهر", "سنة", "ونصف", "و", "and",
    "et", "half", "a", "to", "-", "plus", "life", "perpétuité", "المؤبد", "dont",
    "jusqu'à", "لمدة", "قبل", ",", "(", ")",
])
# fmt: on
ISO = re.compile(r"P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=.)(\d+H)?(\d+M)?)?")


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(LANGUAGES), st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map(" ".join)))
def test_anything_gives_ordered_iso_values(lang: str, text: str) -> None:
    mentions = durations(lang, text)
    assert all(mention.value is None or ISO.fullmatch(mention.value) for mention in mentions)
    assert all(a.span.end <= b.span.start for a, b in pairwise(mentions))
    assert all(0 <= mention.span.start < mention.span.end <= len(text) for mention in mentions)


HOSTILE = [
    "1",
    "1 ",
    "5 years ",
    "life in prison 5 years ",
    "two ",
    "سنة و",
    "سنتين ",
    "un an et ",
    "a year and ",
    "5-",
    " ",
    "3 to ",
]


@pytest.mark.parametrize("lang", LANGUAGES)
def test_time_grows_with_the_length_alone(lang: str) -> None:
    durations(lang, "x")
    for piece in HOSTILE:
        text = fold(piece * (30_000 // len(piece)))
        began = time.perf_counter()
        find_durations(text, load_pack(lang))
        assert time.perf_counter() - began < 2.5, piece
