"""From a few sentences to legal actions: who, whom, when, where, for what, according to whom. All sentences are our own."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from kg.assembly import default_pipeline
from kg.model import Analysis, Article, Report, Span

CASES = json.loads((Path(__file__).parent / "fixtures" / "extract" / "cases.json").read_text("utf-8"))


@dataclass(frozen=True)
class Case:
    """A text and one action that must be found in it; slots that are not named are not looked at."""

    lang: str
    text: str
    expected: dict[str, Any]


def cases() -> list[Case]:
    return [Case(c["lang"], c["text"], e) for c in CASES for e in c["actions"]]


@cache
def analyse(lang: str, text: str) -> Analysis:
    body = []
    start = 0
    for line in text.split("\n"):
        if line.strip():
            body.append(Span(start, start + len(line)))
        start += len(line) + 1
    return default_pipeline().run(Article("t", text, tuple(body), lang, published="2023-05-10"))


def told(analysis: Analysis, report: Report) -> dict[str, Any]:
    """The slots of a report as words."""
    text = analysis.article.text
    names = {e.id: e.name for e in analysis.entities or ()}
    return {
        "type": report.type.value,
        "target": [names[i] for i in report.target],
        "target_text": report.target_text.of(text) if report.target_text else None,
        "agent": [names[i] for i in report.agent],
        "place": [names[i] for i in report.place],
        "date": report.date,
        "offence": report.offence.of(text) if report.offence else None,
        "amount": [report.amount.value, report.amount.currency] if report.amount else None,
        "duration": report.duration,
        "modality": report.modality.value,
        "attributed_to": [names[i] for i in report.attributed_to],
        "via": [names[i] for i in report.via],
    }


@pytest.mark.parametrize("case", cases(), ids=lambda c: f"{c.lang}-{c.expected['type']}-{c.text[:24]}")
def test_action(case: Case) -> None:
    analysis = analyse(case.lang, case.text)
    found = [told(analysis, r) for r in analysis.reports or ()]
    for action in found:
        if all(
            wanted in (action[slot] or "") if slot == "offence" else action[slot] == wanted
            for slot, wanted in case.expected.items()
        ):
            return
    pytest.fail(f"expected {case.expected}\nfound " + "\n      ".join(map(str, found)))


@pytest.mark.parametrize("case", [c for c in CASES if not c["actions"]], ids=lambda c: f"{c['lang']}-{c['text'][:30]}")
def test_no_action(case: dict[str, Any]) -> None:
    analysis = analyse(case["lang"], case["text"])
    assert [told(analysis, r) for r in analysis.reports or ()] == []


def test_every_slot_rests_on_words_of_the_body() -> None:
    for case in CASES:
        analysis = analyse(case["lang"], case["text"])
        for report in analysis.reports or ():
            assert report.sentence.contains(report.trigger)
            for evidence in report.evidence:
                assert any(span.contains(evidence.span) for span in analysis.article.body), (report, evidence)
            assert report.pattern


def test_the_same_action_told_twice_is_one() -> None:
    text = "Police arrested Marta Quill in Leeds on 2 May 2023.\nThe arrest of Quill was announced a day later by the police."
    analysis = analyse("en", text)
    arrests = [r for r in analysis.reports or () if r.type.value == "arrest"]
    assert len(arrests) == 1
    assert len(arrests[0].triggers) == 2


def test_a_man_who_is_named_later_is_told_once() -> None:
    text = "Police arrested a man in Leeds on Tuesday.\nOfficers said that they arrested Peter Quill near the station."
    arrests = [r for r in analyse("en", text).reports or () if r.type.value == "arrest"]
    assert [told(analyse("en", text), r)["target"] for r in arrests] == [["Peter Quill"]]


def test_two_people_described_apart_from_a_named_one_stay_apart() -> None:
    text = "Police arrested two women in Leeds on Tuesday.\nOfficers said that they arrested Peter Quill near the station."
    assert len([r for r in analyse("en", text).reports or () if r.type.value == "arrest"]) == 2


def test_what_is_told_of_others_is_not_done_to_the_person_of_the_article() -> None:
    text = "Peter Quill was charged with fraud in Leeds.\nFor ten other defendants the judge announced a sentence of two years."
    found = [told(analyse("en", text), r) for r in analyse("en", text).reports or ()]
    assert [f["target"] for f in found if f["type"] == "charge"] == [["Peter Quill"]]
    assert all(f["target"] == [] for f in found if f["type"] == "sentence")


def test_a_pronoun_does_not_mean_the_lawyer() -> None:
    text = "Marta Dale, a lawyer, spoke to the press.\nShe was arrested in Leeds on Monday."
    plain = text.replace(", a lawyer,", "")
    assert [told(analyse("en", plain), r)["target"] for r in analyse("en", plain).reports or ()] == [["Marta Dale"]]
    assert all(told(analyse("en", text), r)["target"] == [] for r in analyse("en", text).reports or ())
