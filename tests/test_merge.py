"""Merging: entities, actions and cases across articles and languages."""

from __future__ import annotations

import dataclasses
import itertools
import json
import random
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.analysis_json import from_dict
from kg.errors import KgError
from kg.merge import merge
from kg.merge.concepts import concepts_of, contradicts, similar
from kg.merge.dates import days, gap, precision
from kg.merge.history import history, latest
from kg.merge.names import is_full_name, name_keys, name_likeness
from kg.merge.sounds import distance, rough_key, sounds_of
from kg.model import Action, ActionType, Analysis, Graph, Kind, MergedEntity, Modality
from kg.rdf.triples import graph_triples
from kg.rdf.validation import validate
from kg.rdf.vocab import KG_POSSIBLE_CURRENT_ACTION

stories = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("stories.py"))))


def entity(graph: Graph, article: str, key: str) -> MergedEntity:
    return next(e for e in graph.entities if (article, key) in e.members)


def action(graph: Graph, article: str, key: str) -> Action:
    return next(a for a in graph.actions if (article, key) in a.reports)


def replaced(analysis: Analysis, report: str, **slots: object) -> Analysis:
    reports = tuple(dataclasses.replace(r, **slots) if r.id == report else r for r in analysis.reports or ())
    return dataclasses.replace(analysis, reports=reports)


def pair(left: dict, right: dict, **options: str) -> list[Analysis]:
    """Two articles on one person with an item, each with one report."""
    out = []
    for name, report, published in (("a", left, options.get("a")), ("b", right, options.get("b"))):
        text = "Dana Rook of the Brindle Bank is in the news in Arlen: acted. Nothing else is known."
        entities = {
            "e1": ("person", "Dana Rook", "Q900000009"),
            "e2": ("organization", "Brindle Bank", "Q900000010"),
            "e3": ("place", "Arlen", "Q900000011"),
        }
        told = {"type": "arrest", "trigger": "acted", "target": ["e1"], **report}
        out.append(stories.analysis(name, "en", text, entities, [told], published=published))
    return out


def merged(left: dict, right: dict, **options: str) -> bool:
    return len(merge(pair(left, right, **options)).actions) == 1


# Names


@pytest.mark.parametrize(
    ("latin", "other"),
    [
        ("Henri Castellan", "هنري كاستيلان"),
        ("Patricia Fortescue", "باتريسيا فورتسكيو"),
        ("Giorgio Benvenuti", "جورجيو بينفينوتي"),
        ("Khaled al-Masri", "خالد المصري"),
        ("Abdelkader Benali", "عبد القادر بن علي"),
        ("Charles Rutherglen", "تشارلز رذرغلين"),
        ("Vladimir Sokolov", "Владимир Соколов"),
        ("Olga Ivanova", "Ольга Иванова"),
    ],
)
def test_names_meet_across_scripts(latin: str, other: str) -> None:
    assert distance(sounds_of(latin), sounds_of(other)) < 0.2
    assert name_likeness(latin, "en", other, "ar", Kind.PERSON) > 0.8
    assert set(name_keys(latin, "en", Kind.PERSON)) & set(name_keys(other, "ar", Kind.PERSON))


@pytest.mark.parametrize(
    ("one", "lang", "other", "other_lang"),
    [
        ("Maria Lopez", "en", "Mario Lopez", "en"),
        ("Karim Haddad", "en", "كريمة حداد", "ar"),
        ("John Smith", "en", "Joan Smith", "en"),
        ("Peter Keller", "en", "Peter Kessler", "en"),
        ("Anna Berg", "en", "Hannah Burke", "en"),
        ("أحمد سالم", "ar", "حامد سليم", "ar"),
        ("David Mann", "en", "ديفيد مور", "ar"),
    ],
)
def test_names_of_different_people_stay_apart(one: str, lang: str, other: str, other_lang: str) -> None:
    likeness = name_likeness(one, lang, other, other_lang, Kind.PERSON)
    # A feminine ending is all that tells some names apart between scripts: such a likeness needs more in common.
    assert likeness < (0.97 if "كريمة" in other else 0.001)


def test_romanisations_of_one_name_meet_between_languages_only() -> None:
    assert name_likeness("Vladimir Sokolov", "en", "Vladimir Sokoloff", "fr", Kind.PERSON) > 0.9
    assert name_likeness("Mohammed Rashid", "en", "Mohamed Rashid", "fr", Kind.PERSON) > 0.9
    assert name_likeness("Éric Lemaître", "fr", "Eric Lemaitre", "en", Kind.PERSON) == 1.0


def test_a_surname_is_no_full_name() -> None:
    assert not is_full_name("Castellan") and not is_full_name("W. Castellan") and not is_full_name("كاستيلان")
    assert not is_full_name("Al-Masri") and is_full_name("Khaled al-Masri")
    assert name_keys("Castellan", "en", Kind.PERSON) == ()


@pytest.mark.parametrize(
    ("one", "lang", "other", "other_lang"),
    [
        ("Court of Appeal of Malvern", "en", "cour d'appel de Malvern", "fr"),
        ("Malvern Police", "en", "شرطة مالفيرن", "ar"),
        ("Ministry of Justice", "en", "ministère de la Justice", "fr"),
        ("Supreme Court", "en", "المحكمة العليا", "ar"),
    ],
)
def test_institutions_meet_by_their_words(one: str, lang: str, other: str, other_lang: str) -> None:
    assert name_likeness(one, lang, other, other_lang, Kind.ORGANIZATION) > 0.8
    assert set(name_keys(one, lang, Kind.ORGANIZATION)) & set(name_keys(other, other_lang, Kind.ORGANIZATION))


@pytest.mark.parametrize(
    ("one", "lang", "other", "other_lang"),
    [
        ("Supreme Court", "en", "محكمة الاستئناف", "ar"),
        ("Malvern Police", "en", "شرطة دورست", "ar"),
        ("Ministry of Justice", "en", "ministère de l'Intérieur", "fr"),
    ],
)
def test_other_institutions_do_not(one: str, lang: str, other: str, other_lang: str) -> None:
    assert name_likeness(one, lang, other, other_lang, Kind.ORGANIZATION) == 0.0


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_has_sounds_and_a_symmetric_distance(a: str, b: str) -> None:
    left, right = sounds_of(a), sounds_of(b)
    assert distance(left, left) == 0.0
    assert abs(distance(left, right) - distance(right, left)) < 1e-9
    assert 0.0 <= distance(left, right) <= 1.0
    assert all(c.isprintable() for c in rough_key(left))


def test_descriptions_compare_across_languages() -> None:
    en, fr, ar = (concepts_of(t, lang) for t, lang in (("three men", "en"), ("Trois hommes", "fr"), ("ثلاثة رجال", "ar")))
    assert en == fr == ar and similar(en, ar) == 1.0
    assert contradicts(en, concepts_of("deux hommes", "fr"))
    assert not contradicts(en, concepts_of("des hommes", "fr"))
    assert similar(concepts_of("money laundering", "en"), concepts_of("غسل الأموال", "ar")) > 0
    assert concepts_of("trois hommes", "xx").ideas == frozenset()


def test_dates_of_any_precision() -> None:
    assert gap(days("2031-03"), days("2031-03-31")) == 0 and gap(days("2031"), days("2031-03-05")) == 0
    assert gap(days("2031-03-01"), days("2031-02-27")) == 2
    assert [precision(days(d)) for d in ("2031", "2031-02", "2031-02-03")] == [1, 2, 3]
    assert days("2031-02-30") is None and days("soon") is None and days("99999-01-01") is None and days(None) is None


# Entities


def test_people_without_an_item_merge_across_three_languages() -> None:
    graph = merge(stories.everything())
    mayor = entity(graph, "sorel-ar", "e1")
    assert mayor.members == (("sorel-ar", "e1"), ("sorel-en", "e1"), ("sorel-fr", "e1"))
    assert mayor.qid is None and mayor.key == "sorel-ar/e1" and mayor.confidence == 0.0
    assert dict(mayor.labels) == {"ar": "لينا سوريل", "en": "Lina Sorel", "fr": "Lina Sorel"}
    assert entity(graph, "sorel-fr", "e5") == entity(graph, "sorel-ar", "e4") == entity(graph, "sorel-en", "e3")
    assert entity(graph, "sorel-fr", "e3") == entity(graph, "sorel-ar", "e3")


def test_a_namesake_without_shared_context_stays_apart() -> None:
    graph = merge(stories.everything())
    assert entity(graph, "skater-en", "e1").members == (("skater-en", "e1"),)


def test_equal_items_are_one_entity_and_different_ones_never() -> None:
    graph = merge(stories.everything())
    assert entity(graph, "sorel-ar", "e2").key == "Q456" and len(entity(graph, "sorel-ar", "e2").members) == 3
    left, right = stories.orlov()
    other = dataclasses.replace(
        right, entities=tuple(dataclasses.replace(e, qid="Q900000002") if e.qid == "Q149067" else e for e in right.entities)
    )
    graph = merge([left, other])
    assert entity(graph, "orlov-en", "e2").key == "Q149067" and entity(graph, "orlov-fr", "e1").key == "Q900000002"


def test_a_surname_alone_never_merges() -> None:
    articles = stories.sorel()
    bare = dataclasses.replace(
        articles[2], entities=tuple(dataclasses.replace(e, name="Sorel") if e.id == "e1" else e for e in articles[2].entities)
    )
    graph = merge([articles[0], articles[1], bare])
    assert entity(graph, "sorel-en", "e1").members == (("sorel-en", "e1"),)


def test_two_people_of_one_article_never_merge() -> None:
    left = stories.sorel()[0]
    double = dataclasses.replace(left.entities[0], id="e9", mentions=left.entities[0].mentions[1:])
    left = dataclasses.replace(left, entities=(*left.entities, double))
    graph = merge([left, stories.sorel()[1]])
    assert entity(graph, "sorel-fr", "e1") != entity(graph, "sorel-fr", "e9")
    # The other article's Sorel fits both: it is given to neither.
    assert entity(graph, "sorel-ar", "e1").members == (("sorel-ar", "e1"),)


# Actions


def test_one_charge_told_in_three_languages_is_one_action() -> None:
    graph = merge(stories.everything())
    charge = action(graph, "sorel-fr", "r2")
    assert charge.reports == (("sorel-ar", "r2"), ("sorel-en", "r2"), ("sorel-fr", "r2"))
    assert charge.date == "2031-03-05" and charge.conflicts == ()
    assert charge.offence == (("ar", "التزوير"), ("en", "forgery"), ("fr", "faux en écriture"))
    assert action(graph, "sorel-ar", "r3") == action(graph, "sorel-en", "r1")


def test_two_dates_stay_two_reports_and_a_conflict() -> None:
    arrest = action(merge(stories.everything()), "sorel-fr", "r1")
    assert len(arrest.reports) == 2 and arrest.conflicts == ("date",) and arrest.date is None


def test_people_without_names_merge_by_description_place_and_date() -> None:
    graph = merge(stories.everything())
    assert action(graph, "orlov-en", "r4") == action(graph, "orlov-fr", "r2")
    left, right = stories.orlov()
    text = right.article.text.replace("Trois hommes", "Cinq hommes.")
    other = dataclasses.replace(right, article=dataclasses.replace(right.article, text=text))
    graph = merge([left, other])
    assert action(graph, "orlov-en", "r4") != action(graph, "orlov-fr", "r2")


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ({"date": "2031-03-03"}, {"date": "2031-03-03"}, True),
        ({"date": "2031-03-03"}, {"date": "2031-03"}, True),
        ({"date": "2031-03-03"}, {"date": "2031-03-05"}, True),
        ({"date": "2031-03-03"}, {"date": "2031-04-05"}, False),
        ({"date": "2031-03-03"}, {"date": "2033"}, False),
        ({"date": "2031-03-03"}, {"date": "2031-03-03", "type": "charge"}, False),
        ({"date": "2031-03-03"}, {"date": "2031-03-03", "target": ["e2"]}, False),
        ({"date": "2031-03-03"}, {"date": "2031-03-03", "modality": "requested"}, False),
        ({"date": "2031-03-03"}, {"date": "2031-03-03", "modality": "negated"}, True),
        ({"date": "2031-03-03"}, {"date": "2031-03-03", "modality": "possible"}, True),
        ({"modality": "negated"}, {}, False),
        ({"modality": "requested"}, {"modality": "requested"}, True),
        ({"type": "fine", "amount": (100.0, "EUR")}, {"type": "fine", "amount": (100.0, "EUR")}, True),
        ({"type": "fine", "amount": (100.0, "EUR")}, {"type": "fine", "amount": (250.0, "EUR")}, False),
        ({"type": "sentence", "duration": "P3Y"}, {"type": "sentence", "duration": "P5Y"}, False),
        ({"type": "trial", "date": "2031-03-03"}, {"type": "trial", "date": "2031-03-04"}, False),
        ({"type": "execution", "date": "2031-03-03"}, {"type": "execution", "date": "2031-03-20"}, True),
    ],
)
def test_which_reports_are_of_one_action(left: dict, right: dict, same: bool) -> None:
    assert merged(left, right) is same
    assert merged(right, left) is same


def test_articles_years_apart_tell_of_different_actions() -> None:
    assert merged({}, {}, a="2031-03-03", b="2031-03-09")
    assert not merged({}, {}, a="2031-03-03", b="2034-03-09")
    # What is reported as done in 2031 is not what happened in 2033.
    assert not merged({}, {"date": "2033-01-01"}, a="2031-03-03", b="2033-01-02")


def test_amounts_on_the_same_day_contradict_each_other() -> None:
    day = {"type": "bail", "date": "2031-03-03"}
    graph = merge(pair({**day, "amount": (100.0, "EUR")}, {**day, "amount": (200.0, "EUR")}))
    assert graph.actions[0].conflicts == ("amount",) and graph.actions[0].amount is None and len(graph.actions[0].reports) == 2


def test_yes_and_no_contradict_each_other() -> None:
    graph = merge(pair({"date": "2031-03-03"}, {"date": "2031-03-03", "modality": "negated"}))
    assert graph.actions[0].conflicts == ("modality",) and graph.actions[0].status == "possible"
    graph = merge(pair({"date": "2031-03-03"}, {"date": "2031-03-03", "modality": "possible"}))
    assert graph.actions[0].conflicts == () and graph.actions[0].status == "actual"


def test_a_report_that_fits_two_merges_with_neither() -> None:
    left, right = pair({"date": "2031-03-03"}, {})
    twin = dataclasses.replace(left.reports[0], id="r2")
    graph = merge([dataclasses.replace(left, reports=(left.reports[0], twin)), right])
    assert len(graph.actions) == 3


# Cases


def test_cases_gather_people_and_matter_in_order_of_stage() -> None:
    graph = merge(stories.everything())
    case = next(c for c in graph.cases if "Q149067" in c.people)
    types = [next(a for a in graph.actions if a.id == key).type.value for key in case.actions]
    assert types[:3] == ["investigation", "charge", "bail"] and case.people == ("Q149067", "Q900000001")
    assert case.title == "Pavel Orlov, Borealis Telecom"
    assert next(c for c in graph.cases if "orlov-fr/e4" in c.people).people == ("orlov-fr/e4",)
    assert len([c for c in graph.cases if "sorel-ar/e1" in c.people]) == 1
    mayor = next(c for c in graph.cases if "sorel-ar/e1" in c.people)
    assert [next(a for a in graph.actions if a.id == key).type.value for key in mayor.actions] == [
        "arrest",
        "charge",
        "bail",
        "restriction",
    ]


def test_every_case_names_its_people_and_no_action_is_in_two() -> None:
    graph = merge(stories.everything())
    listed = [key for case in graph.cases for key in case.actions]
    assert len(listed) == len(set(listed))
    assert all(case.people and case.title for case in graph.cases)


# The whole


@settings(deadline=None, max_examples=25)
@given(st.permutations(stories.everything()))
def test_the_order_of_articles_does_not_matter(articles: list[Analysis]) -> None:
    assert merge(articles) == merge(stories.everything())


def test_an_article_given_twice_counts_once_and_another_of_its_name_is_refused() -> None:
    articles = stories.everything()
    assert merge([*articles, articles[0]]) == merge(articles)
    changed = dataclasses.replace(articles[1], article=dataclasses.replace(articles[1].article, id=articles[0].article.id))
    with pytest.raises(KgError, match="two different articles have the id 'sorel-fr'"):
        merge([*articles, changed])


def test_a_report_of_an_unknown_entity_is_refused() -> None:
    left = stories.sorel()[0]
    with pytest.raises(KgError, match="unknown entity 'e77'"):
        merge([replaced(left, "r1", target=("e77",))])


def test_nothing_gives_an_empty_graph() -> None:
    assert merge([]) == Graph((), (), (), ())
    bare = Analysis(stories.namesake().article)
    assert merge([bare]) == Graph((bare,), (), (), ())


def test_hostile_names_do_no_harm() -> None:
    names = ["\u202egnorw name\u202c", "\x00\x1b[31m red", "a" * 5000 + " b", "'' ''", "١٢٣ ٤٥٦", "Ω≈ç√ ∫˜µ≤"]
    articles = []
    for number, name in enumerate(names):
        text = f"{name} was fined."
        entities = {"e1": ("person", name, None)}
        articles.append(
            stories.analysis(f"h{number}", "en", text, entities, [{"type": "fine", "trigger": "fined", "target": ["e1"]}])
        )
    graph = merge(articles)
    assert len(graph.entities) == len(graph.actions) == len(names)


def _gold(shared: Path, *folders: str) -> list[Analysis]:
    return [from_dict(json.loads(p.read_text("utf-8"))) for f in folders for p in sorted((shared / "gold" / f).rglob("*.json"))]


@pytest.mark.shared
def test_real_articles_merge_in_any_order(shared: Path) -> None:
    articles = _gold(shared, "train", "parallel")
    graph = merge(articles)
    random.Random(7).shuffle(articles)
    assert merge(articles) == graph
    members = [member for e in graph.entities for member in e.members]
    reports = [member for a in graph.actions for member in a.reports]
    assert len(members) == len(set(members)) == sum(len(a.entities or ()) for a in articles)
    assert len(reports) == len(set(reports)) == sum(len(a.reports or ()) for a in articles)


@pytest.mark.shared
def test_figures_across_languages_hold(shared: Path) -> None:
    bench = SimpleNamespace(**runpy.run_path(str(Path(__file__).parent / "bench" / "merge_parallel.py")))
    articles = bench.read(shared / "gold" / "parallel")
    given = bench.with_items(articles, lambda key, kind: kind is not Kind.PERSON)
    graph = merge(given)
    precision_, recall, _ = bench.score(bench.pairs(e.members for e in graph.entities), bench.truth(given, "entities"))
    assert precision_ >= 0.97 and recall >= 0.95
    people = {m for e in graph.entities if e.kind is Kind.PERSON for m in [e.members]}
    precision_, recall, _ = bench.score(bench.pairs(people), bench.truth(given, "entities", Kind.PERSON))
    assert precision_ >= 0.97 and recall >= 0.88
    precision_, recall, _ = bench.score(bench.pairs(a.reports for a in graph.actions), bench.truth(given, "reports"))
    assert precision_ >= 0.97 and recall >= 0.80


# Why reports are of one action


def test_an_action_says_why_its_reports_are_of_one() -> None:
    arrest = action(merge(stories.everything()), "sorel-fr", "r1")
    (join,) = arrest.joins
    assert (join.member, join.other) == (("sorel-fr", "r1"), ("sorel-ar", "r1")) and join.score >= 4
    assert join.reasons[0] == "the same target" and join.reasons[-1] == "but different dates"
    for one in merge(stories.everything()).actions:
        assert [join.member for join in one.joins] == list(one.reports[1:])
        assert all(join.other in one.reports and join.other < join.member for join in one.joins)


# The order of a case


def step(key: str, kind: str, date: str | None = None, status: str = "actual") -> Action:
    return Action(key, ActionType(kind), date=date, status=Modality(status))


def order(*actions: Action, told: dict[str, str] | None = None) -> list[str]:
    known = {key: found[1] for key, value in (told or {}).items() if (found := days(value))}
    found = history(actions, known)
    assert all(history(shuffled, known) == found for shuffled in itertools.islice(itertools.permutations(actions), 30))
    return [action.id for action in found]


def test_a_case_goes_by_its_dates_and_else_by_stages() -> None:
    assert order(step("a", "charge"), step("b", "arrest"), step("c", "sentence"), step("d", "trial")) == ["b", "a", "d", "c"]
    # A second arrest after the charge stays behind it; what has no date goes where its stage says.
    dated = (step("a", "arrest", "2031-03-02"), step("b", "charge", "2031-03-05"), step("c", "arrest", "2032-01-01"))
    assert order(*dated, step("d", "bail")) == ["a", "b", "c", "d"]
    assert order(*dated, step("d", "bail"), told={"d": "2031-03-09"}) == ["a", "b", "d", "c"]
    # A month or a year is a window, not a day.
    assert order(*dated, step("d", "release", "2031")) == ["a", "b", "d", "c"]
    assert order(*dated, step("d", "investigation", "2031-04")) == ["a", "b", "d", "c"]
    # On one day the stage decides.
    assert order(step("a", "sentence", "2031-03-02"), step("b", "conviction", "2031-03-02")) == ["b", "a"]


ARREST, CHARGE = step("a", "arrest", "2031-03-02"), step("b", "charge", "2031-03-05")


@pytest.mark.parametrize(
    ("more", "told", "text", "last"),
    [
        ([step("c", "trial", None, "possible")], {}, "", "b"),
        ([step("c", "trial", None, "negated")], {}, "abc", "b"),
        # Without a date a trial is not known to have come after the charge, unless an article tells it so.
        ([step("c", "trial")], {}, "", "bc"),
        ([step("c", "trial")], {}, "bc", "c"),
        ([step("c", "trial")], {}, "cb", "bc"),
        # What was told before the charge was done before it, whatever its stage.
        ([step("c", "trial")], {"c": "2031-03-04"}, "", "b"),
        ([step("c", "trial")], {"c": "2031-03-05"}, "", "bc"),
        ([step("c", "arrest")], {"c": "2031-03-05"}, "", "b"),
        ([step("c", "arrest")], {}, "bc", "bc"),
        # A month is a window; one day goes by stage, and has two last actions of one stage.
        ([step("c", "trial", "2031-03")], {}, "", "bc"),
        ([step("c", "trial", "2031-04")], {}, "", "c"),
        ([step("c", "trial", "2031-03-05")], {}, "", "c"),
        ([step("c", "charge", "2031-03-05")], {}, "", "bc"),
        # Articles end with what came before: what has no date did not come before it for being told first.
        ([step("c", "arrest")], {}, "cb", "bc"),
        # One thing leads to another: the dates say b, and the text that c and d came after it.
        ([step("c", "trial"), step("d", "sentence")], {}, "bcd", "d"),
        ([step("c", "trial"), step("d", "sentence")], {}, "bc", "cd"),
    ],
)
def test_a_case_stands_where_it_is_known_to(more: list[Action], told: dict[str, str], text: str, last: str) -> None:
    known = {key: found[1] for key, value in told.items() if (found := days(value))}

    def in_text(a: Action, b: Action) -> bool:
        return -1 < text.find(a.id) < text.find(b.id)

    for actions in itertools.permutations([ARREST, CHARGE, *more]):
        assert "".join(sorted(action.id for action in latest(actions, known, in_text))) == last


def test_nothing_that_was_done_is_nowhere_to_stand() -> None:
    assert latest([step("a", "arrest", None, "negated")], {}, lambda a, b: False) == ()


def test_a_case_says_where_it_stands_or_that_it_is_not_told() -> None:
    graph = merge(stories.everything())
    done = {a.id for a in graph.actions if a.status is Modality.ACTUAL}
    for one in graph.cases:
        assert (one.current is None) == (len(one.open) != 0 or not done & set(one.actions)) and len(one.open) != 1
        assert {*one.open, *([one.current] if one.current else [])} <= done & set(one.actions)
    text = "Dana Rook was arrested on 2 March 2031 in Arlen. Then she was charged with fraud."
    people = {"e1": ("person", "Dana Rook", "Q900000009")}
    arrest = {"type": "arrest", "trigger": "arrested", "target": ["e1"], "date": "2031-03-02"}
    charge = {"type": "charge", "trigger": "charged", "target": ["e1"], "offence": "fraud"}
    (case,) = merge([stories.analysis("a", "en", text, people, [arrest, charge], published="2031-03-09")]).cases
    assert case.current == "a/r2" and case.open == ()
    text = "Dana Rook was charged with fraud. She had been arrested on 2 March 2031 in Arlen."
    people = {"e1": ("person", "Dana Rook", "Q900000009")}
    graph = merge([stories.analysis("a", "en", text, people, [arrest, charge], published="2031-03-09")])
    (case,) = graph.cases
    assert case.current is None and case.open == ("a/r1", "a/r2")
    said = [t.object for t in graph_triples(graph) if t.predicate == KG_POSSIBLE_CURRENT_ACTION]
    assert len(said) == 2 and not [r for r in validate(graph_triples(graph)).results if r.severity == "Violation"]


# Surnames


def by_surname(one: str, other: str, left: dict, right: dict, lang: str = "en") -> Graph:
    """Two articles in which the target is called by these names, at one place."""
    out = []
    for key, name, slots, language in (("a", one, left, "en"), ("b", other, right, lang)):
        text = f"{name} acted in Arlen. Theft."
        told = {"type": "arrest", "trigger": "acted", "target": ["e1"], "place": ["e2"], "offence": "Theft", **slots}
        entities = {"e1": ("person", name, None), "e2": ("place", "Arlen", "Q900000011")}
        out.append(stories.analysis(key, language, text, entities, [told], published="2031-03-05"))
    return merge(out)


def test_a_report_by_surname_alone_joins_the_action_but_not_the_entity() -> None:
    day = {"date": "2031-03-04"}
    graph = by_surname("Lina Castellan", "Castellan", day, day)
    assert len(graph.actions) == 1 and len([e for e in graph.entities if e.kind is Kind.PERSON]) == 2
    assert graph.actions[0].target == ("a/e1",)
    assert len(by_surname("Lina Castellan", "كاستيلان", day, day, "ar").actions) == 1


@pytest.mark.parametrize(
    ("one", "other", "left", "right"),
    [
        ("Lina Castellan", "Moreno", {"date": "2031-03-04"}, {"date": "2031-03-04"}),
        ("Lina Castellan", "Castellan", {"date": "2031-03-04"}, {"date": "2031-04-04"}),
        ("Lina Castellan", "Castellan", {"date": "2031-03-04"}, {"date": "2031-03-04", "type": "charge"}),
        # The given name alone is no evidence, nor is a surname that hardly sounds.
        ("Lina Castellan", "Lina", {"date": "2031-03-04"}, {"date": "2031-03-04"}),
        ("Lina Ali", "Ali", {"date": "2031-03-04"}, {"date": "2031-03-04"}),
    ],
)
def test_a_surname_needs_the_same_type_and_time(one: str, other: str, left: dict, right: dict) -> None:
    assert len(by_surname(one, other, left, right).actions) == 2


def test_a_surname_that_fits_two_people_joins_neither() -> None:
    def told(key: str, name: str) -> Analysis:
        text = f"{name} acted in Arlen. Theft."
        report = {
            "type": "arrest",
            "trigger": "acted",
            "target": ["e1"],
            "place": ["e2"],
            "date": "2031-03-04",
            "offence": "Theft",
        }
        entities = {"e1": ("person", name, None), "e2": ("place", "Arlen", "Q900000011")}
        return stories.analysis(key, "en", text, entities, [report], published="2031-03-05")

    graph = merge([told("a", "Lina Castellan"), told("b", "Henri Castellan"), told("c", "Castellan")])
    assert len(graph.actions) == 3


def test_made_up_events_are_found_again() -> None:
    bench = SimpleNamespace(**runpy.run_path(str(Path(__file__).parent / "bench" / "merge_synthetic.py")))
    articles, truth = bench.tell(random.Random(1), 300)
    found = bench.evaluate(merge(articles), truth)
    assert found["precision"] >= 0.98 and found["recall"] >= 0.85 and found["b3_f1"] >= 0.94
