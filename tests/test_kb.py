"""The shipped knowledge base, its format and its recipe."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest

from kg.errors import ConfigurationError
from kg.lang.fold import fold_word
from kg.link.kb import SHIPPED, Entry, open_shipped
from kg.link.kbfile import Alias, FileKnowledgeBase, is_acronym, write_kb
from kg.model import Kind


@pytest.mark.parametrize(
    ("name", "lang", "qid"),
    [
        ("France", "fr", "Q142"),
        ("الشرق الأوسط", "ar", "Q7204"),
        ("USSR", "en", "Q15180"),
        ("Anvers", "fr", "Q12892"),
        ("فرنسا", "ar", "Q142"),
        ("Франция", "ru", "Q142"),
        ("Frankreich", "de", "Q142"),
        ("Francia", "es", "Q142"),
        ("Paris", "en", "Q90"),
        ("باريس", "ar", "Q90"),
        ("Russie", "fr", "Q159"),
        ("الإمارات العربية المتحدة", "ar", "Q878"),
        ("الامارات", "ar", "Q878"),
        ("سانت كيتس ونيفيس", "ar", "Q763"),
        ("Saint-Christophe-et-Niévès", "fr", "Q763"),
        ("union européenne", "fr", "Q458"),
        ("UE", "fr", "Q458"),
        ("EU", "en", "Q458"),
        ("الاتحاد الأوروبي", "ar", "Q458"),
        ("Telegram", "ar", "Q15616276"),
        ("تيليجرام", "ar", "Q15616276"),
        ("Pavel Durov", "fr", "Q149067"),
        ("بافيل دوروف", "ar", "Q149067"),
        ("Etats-Unis", "fr", "Q30"),
        ("U.S.", "en", "Q30"),
        ("القاهرة", "ar", "Q85"),
        ("Le Caire", "fr", "Q85"),
        ("Kiev", "fr", "Q1899"),
        ("Kyiv", "en", "Q1899"),
        ("Rome", "en", "Q220"),
        ("Moscou", "fr", "Q649"),
        ("Londres", "fr", "Q84"),
        ("Genève", "fr", "Q71"),
        ("رام الله", "ar", "Q158119"),
        ("Washington", "fr", "Q61"),
        ("New York", "en", "Q60"),
        ("Californie", "fr", "Q99"),
        ("Besancon", "fr", "Q37776"),
        ("قطاع غزة", "ar", "Q39760"),
    ],
)
def test_names_of_six_languages_lead_to_their_item(name: str, lang: str, qid: str) -> None:
    assert open_shipped().lookup(name, lang)[0].qid == qid


@pytest.mark.parametrize(
    ("name", "lang"),
    [("us", "en"), ("who", "en"), ("Qqxzzt", "en"), ("", "fr"), ("\u202e\u0000", "ar"), ("البورصة", "ar"), ("x" * 5000, "en")],
)
def test_what_is_no_name_finds_nothing(name: str, lang: str) -> None:
    assert open_shipped().lookup(name, lang) == ()


@pytest.mark.parametrize(
    ("word", "lang", "qid"),
    [
        ("française", "fr", "Q142"),
        ("Françaises", "fr", "Q142"),
        ("الفرنسية", "ar", "Q142"),
        ("فرنسيون", "ar", "Q142"),
        ("French", "en", "Q142"),
        ("Russians", "en", "Q159"),
        ("مصريين", "ar", "Q79"),
        ("émiratie", "fr", "Q878"),
        ("congolais", "fr", None),  # of two countries
        ("table", "fr", None),
        ("française", "en", None),
    ],
)
def test_demonyms(word: str, lang: str, qid: str | None) -> None:
    assert open_shipped().demonym(word, lang) == qid


def test_ambiguous_names_keep_all_their_entries() -> None:
    kb = open_shipped()
    assert {"Q230", "Q1428"} <= {entry.qid for entry in kb.lookup("Georgia", "en")}
    assert {"Q3579", "Q168954"} <= {entry.qid for entry in kb.lookup("Tripoli", "en")}
    assert {"Q948", "Q3572"} <= {entry.qid for entry in kb.lookup("تونس", "ar")}


def test_surnames_are_weak() -> None:
    kb = open_shipped()
    assert [match.weak for match in kb.match("Durov", "fr")] == [True]
    assert [match.weak for match in kb.match("Pavel Durov", "fr")] == [False]


def test_every_country_has_a_label_in_six_languages() -> None:
    kb = FileKnowledgeBase(SHIPPED)
    countries = [entry for entry in map(kb.entry, kb.qids()) if entry is not None and entry.feature == "country"]
    assert len(countries) > 190
    missing = [
        (entry.qid, lang) for entry in countries for lang in ("en", "fr", "ar", "ru", "es", "de") if lang not in dict(entry.names)
    ]
    assert not missing


def test_every_capital_lies_in_a_country() -> None:
    kb = FileKnowledgeBase(SHIPPED)
    capitals = [entry for entry in map(kb.entry, kb.qids()) if entry is not None and entry.feature == "capital"]
    assert len(capitals) > 180
    for capital in capitals:
        country = kb.entry(capital.country or "")
        assert country is not None
        assert country.feature in ("country", "territory")


def test_it_is_small_and_opens_at_once() -> None:
    assert sum(file.stat().st_size for file in SHIPPED.iterdir()) < 10_000_000
    start = time.perf_counter()
    kb = FileKnowledgeBase(SHIPPED)
    kb.lookup("Lyon", "fr")
    assert time.perf_counter() - start < 0.5


def test_towns_are_there_but_their_names_alone_are_weak() -> None:
    kb = FileKnowledgeBase(SHIPPED)
    towns = [e for e in map(kb.entry, kb.qids()) if e is not None and e.feature == "city" and 0 < e.population < 15_000]
    assert len(towns) > 7_000
    for town in towns[::500]:
        assert any(m.entry.qid == town.qid and m.weak for m in kb.match(town.label("en"), "en"))


def test_begins_never_denies_a_name_that_match_finds() -> None:
    kb = open_shipped()
    for name, lang in [("États-Unis", "fr"), ("São Paulo", "en"), ("Orléans", "fr"), ("الولايات المتحدة", "ar"), ("قاهرة", "ar")]:
        assert kb.match(name, lang)
        for end in range(1, len(fold_word(name)) + 1):
            assert kb.begins(fold_word(name)[:end]), (name, end)


def test_entry_of_nonsense_is_none() -> None:
    kb = open_shipped()
    assert kb.entry("Q999999999") is None
    assert kb.entry("Durov") is None
    assert kb.entry("Q١٢") is None


def _entry(qid: str, name: str, kind: Kind = Kind.PLACE) -> Entry:
    return Entry(qid, kind, "city", (("en", name), ("fr", name)), 1000, 0.3, "Q5", 1.5, -2.25, "a made-up town")


def test_written_and_read_again(tmp_path: Path) -> None:
    entries = [_entry("Q20", "Bråby"), _entry("Q3", "Dolmen"), _entry("Q100", "ACME", Kind.ORGANIZATION)]
    aliases = [Alias("Q20", "Bråby", ("fr",)), Alias("Q3", "Dolmen", (), True), Alias("Q100", "ACM", ("en",))]
    write_kb(tmp_path, entries, aliases, {("fr", "dolménien"): "Q3"})
    kb = FileKnowledgeBase(tmp_path)
    assert len(kb) == 3
    assert kb.entry("Q20") == entries[0]
    assert [(match.entry.qid, match.lang_match, match.weak) for match in kb.match("bråby", "fr")] == [("Q20", True, False)]
    assert [(match.entry.qid, match.lang_match, match.weak) for match in kb.match("Braby", "en")] == [("Q20", False, True)]
    assert [(match.entry.qid, match.lang_match, match.weak) for match in kb.match("Dolmen", "de")] == [("Q3", True, True)]
    assert kb.lookup("acm", "en") == ()
    assert [entry.qid for entry in kb.lookup("ACM", "en")] == ["Q100"]
    assert kb.demonym("Dolménien", "fr") == "Q3"
    assert kb.demonym("Dolménien", "en") is None


def test_the_same_rows_give_the_same_bytes(tmp_path: Path) -> None:
    entries = [_entry("Q20", "Bråby"), _entry("Q3", "Dolmen")]
    aliases = [Alias("Q20", "Bråby"), Alias("Q3", "Dolmen", ("fr", "en"))]
    write_kb(tmp_path / "a", entries, aliases, {})
    write_kb(tmp_path / "b", entries[::-1], aliases[::-1], {})
    for name in ("aliases.marisa", "entries.bin", "demonyms.marisa"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_bad_rows_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="share a QID"):
        write_kb(tmp_path, [_entry("Q3", "a"), _entry("Q3", "b")], [], {})
    with pytest.raises(ValueError, match="no entry"):
        write_kb(tmp_path, [_entry("Q3", "a")], [Alias("Q4", "b")], {})
    with pytest.raises(ValueError, match="no QID"):
        write_kb(tmp_path, [_entry("P3", "a")], [], {})


@pytest.mark.parametrize("damage", ["missing", "cut", "magic"])
def test_damaged_files_say_what_to_do(tmp_path: Path, damage: str) -> None:
    write_kb(tmp_path, [_entry("Q3", "Dolmen")], [Alias("Q3", "Dolmen")], {("fr", "x"): "Q3"})
    file = tmp_path / "entries.bin"
    if damage == "missing":
        file.unlink()
    else:
        file.write_bytes(file.read_bytes()[:10] if damage == "cut" else b"NOTAKB00" + file.read_bytes()[8:])
    with pytest.raises(ConfigurationError, match="make kb"):
        FileKnowledgeBase(tmp_path)


def test_acronyms() -> None:
    assert [name for name in ("US", "U.S.", "ONU", "Orange", "A", "CNRTL1", "É") if is_acronym(name)] == ["US", "U.S.", "ONU"]


def test_label_falls_back() -> None:
    entry = _entry("Q3", "Dolmen")
    assert entry.label("fr") == "Dolmen"
    assert entry.label("ar") == "Dolmen"
    assert Entry("Q1", Kind.PLACE, "city", ()).label("ar") == "Q1"


def test_the_tables_of_the_recipe_name_each_city_once(root: Path) -> None:
    seen = set()
    for line in (root / "training/kb/city_qids.tsv").read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, code, qid, where = line.split("\t")
        assert (name, code) not in seen
        seen.add((name, code))
        assert qid[0] == "Q"
        assert where
        assert open_shipped().entry(qid) is not None, name


def test_a_qid_that_far_places_share_is_doubtful() -> None:
    claims = pytest.importorskip("training.kb.claims")
    row = {"name": "Stenby", "country_code": "SE", "latitude": "58.1", "longitude": "15.2", "wikiDataId": "Q7"}
    assert claims.Claims([row, {**row, "latitude": "58.12"}]).is_sole("Q7")
    assert not claims.Claims([row, {**row, "latitude": "59.9"}]).is_sole("Q7")
    assert not claims.Claims([row, {**row, "name": "Norrby"}]).is_sole("Q7")
    assert not claims.Claims([row, {**row, "country_code": "NO"}]).is_sole("Q7")


def test_regions_are_what_the_table_says(root: Path) -> None:
    found = [line.split("\t") for line in (root / "training/kb/regions.tsv").read_text("utf-8").splitlines() if line[0] != "#"]
    assert len({code for code, *_ in found}) == len({qid for _, qid, *_ in found}) == len(found) > 800
    assert all(re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", code) and re.fullmatch(r"Q[1-9]\d*", qid) for code, qid, *_ in found)
    shipped = open_shipped()
    entries = {code: shipped.entry(qid) for code, qid, *_ in found}
    assert all(entry is not None and entry.kind is Kind.PLACE for entry in entries.values())
    countries: dict[str, set[str | None]] = {}
    for code, entry in entries.items():
        countries.setdefault(code[:2], set()).add(entry.country if entry else None)
    assert all(len(found) == 1 for found in countries.values())


def test_a_region_called_after_its_town_has_a_weak_name() -> None:
    matches = {match.entry.feature: match.weak for match in open_shipped().match("حمص", "ar")}
    assert matches == {"city": False, "region": True}
    assert [match.entry.qid for match in open_shipped().match("Homs Governorate", "en")] == ["Q214094"]
    assert not open_shipped().match("البحر الأحمر", "ar")
