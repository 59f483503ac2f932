"""Articles of our own about invented people, as analyses: what the tests of merging, stores and queries stand on."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

from kg.merge import merge
from kg.model import (
    ActionType,
    Amount,
    Analysis,
    Article,
    Document,
    Entity,
    Evidence,
    Kind,
    Mention,
    Modality,
    Report,
    Sentence,
    Span,
)
from kg.rdf.triples import graph_triples
from kg.rdf.turtle import to_bytes

NEWS = Path(__file__).parent / "fixtures" / "store" / "news.ttl"
_END = re.compile(r"[.!?؟](?=\s|$)\s*")


def analysis(
    id: str,
    lang: str,
    text: str,
    entities: dict[str, tuple[Any, ...]],
    reports: list[dict[str, Any]],
    **head: Any,
) -> Analysis:
    """An analysis whose spans are found by their words.

    ``entities``: id → (kind, name, QID or None, further forms …); all places where a form stands are mentions. ``reports``: type
    and trigger, other slots as in ``Report``, with words for spans; ``after`` looks for the trigger behind these words.
    """
    ends = [0, *(m.end() for m in _END.finditer(text))]
    if ends[-1] < len(text):
        ends.append(len(text))
    sentences = [Span(a, a + len(text[a:b].rstrip())) for a, b in pairwise(ends) if text[a:b].strip()]

    def span(words: str, start: int = 0) -> Span:
        at = text.index(words, start)
        return Span(at, at + len(words))

    def around(place: Span) -> Span:
        return next(s for s in sentences if s.contains(place))

    made = []
    for key, (kind, name, qid, *forms) in entities.items():
        spans: list[Span] = []
        for form in sorted({name, *forms}, key=len, reverse=True):
            for match in re.finditer(re.escape(form), text):
                found = Span(*match.span())
                if not any(found.overlaps(s) for s in spans):
                    spans.append(found)
        assert spans, (id, name)
        made.append(Entity(key, Kind(kind), name, tuple(sorted(spans)), qid, 0.9 if qid else 0.0))

    told = []
    for number, slots in enumerate(reports, 1):
        slots = dict(slots)
        after = text.index(slots.pop("after")) if "after" in slots else 0
        trigger = span(slots.pop("trigger"), after)
        amount = slots.pop("amount", None)
        told.append(
            Report(
                id=f"r{number}",
                type=ActionType(slots.pop("type")),
                trigger=trigger,
                sentence=around(trigger),
                triggers=(trigger,),
                target_text=span(slots.pop("target_text")) if "target_text" in slots else None,
                offence=span(slots.pop("offence")) if "offence" in slots else None,
                amount=Amount(*amount) if amount else None,
                modality=Modality(slots.pop("modality", "actual")),
                evidence=tuple(Evidence(role, span(words), why) for role, words, why in slots.pop("evidence", ())),
                pattern=slots.pop("pattern", f"{lang}.sample"),
                **{key: tuple(value) if isinstance(value, list) else value for key, value in slots.items()},
            )
        )
    head.setdefault("title", None)
    article = Article(id=id, text=text, body=(Span(0, len(text)),), lang=lang, **head)
    document = Document(tuple(Sentence(s, 0, 0) for s in sentences), (), parser="sample 1")
    mentions = tuple(sorted(Mention(s, e.kind, "sample") for e in made for s in e.mentions))
    return Analysis(article, document, mentions, tuple(made), tuple(told))


def sorel() -> list[Analysis]:
    """Three articles on one case, in three languages; nobody in it has a Wikidata item, the place has. "
    "Dates of the arrest differ."""
    return [
        analysis(
            "sorel-fr",
            "fr",
            "La maire Lina Sorel a été arrêtée à Lyon le 3 mars 2031. Elle a été mise en examen pour faux en "
            "écriture le 5 mars, a "
            "indiqué le parquet de Valmont à l'agence Nordpresse. Lina Sorel est libre contre une caution de 20 "
            "000 euros. Son avocat "
            "Henri Castellan dit qu'elle n'a rien falsifié.",
            {
                "e1": ("person", "Lina Sorel", None),
                "e2": ("place", "Lyon", "Q456"),
                "e3": ("organization", "parquet de Valmont", None),
                "e4": ("organization", "Nordpresse", None),
                "e5": ("person", "Henri Castellan", None),
            },
            [
                {"type": "arrest", "trigger": "arrêtée", "target": ["e1"], "place": ["e2"], "date": "2031-03-03"},
                {
                    "type": "charge",
                    "trigger": "mise en examen",
                    "target": ["e1"],
                    "agent": ["e3"],
                    "date": "2031-03-05",
                    "offence": "faux en écriture",
                    "attributed_to": ["e3"],
                    "via": ["e4"],
                    "evidence": [("target", "Lina Sorel", "subject of the verb, through the pronoun")],
                    "pattern": "fr.charge.1",
                },
                {"type": "bail", "trigger": "caution", "target": ["e1"], "amount": (20000.0, "EUR")},
            ],
            title="Lina Sorel mise en examen",
            published="2031-03-06",
            publisher="Gazette de Valmont",
            url="https://gazette.example/2031/sorel",
        ),
        analysis(
            "sorel-ar",
            "ar",
            "أوقفت الشرطة لينا سوريل في ليون يوم 4 مارس 2031. ووجهت نيابة فالمونت تهمة التزوير إلى لينا سوريل. وقال المحامي هنري "
            "كاستيلان إنها بريئة. ومنع القاضي لينا سوريل من السفر.",
            {
                "e1": ("person", "لينا سوريل", None),
                "e2": ("place", "ليون", "Q456"),
                "e3": ("organization", "نيابة فالمونت", None),
                "e4": ("person", "هنري كاستيلان", None),
            },
            [
                {"type": "arrest", "trigger": "أوقفت", "target": ["e1"], "place": ["e2"], "date": "2031-03-04"},
                {"type": "charge", "trigger": "تهمة", "target": ["e1"], "agent": ["e3"], "offence": "التزوير"},
                {"type": "restriction", "trigger": "منع", "target": ["e1"]},
            ],
            published="2031-03-07",
            publisher="صحيفة النهر",
        ),
        analysis(
            "sorel-en",
            "en",
            "Mayor Lina Sorel of Valmont may not leave France, a judge in Lyon ruled. She was charged with "
            "forgery this month. Her "
            "lawyer Henri Castellan, quoted by Nordpresse, called the charge absurd.",
            {
                "e1": ("person", "Lina Sorel", None),
                "e2": ("place", "Lyon", "Q456"),
                "e3": ("person", "Henri Castellan", None),
                "e4": ("place", "France", "Q142"),
                "e5": ("organization", "Nordpresse", None),
                "e6": ("place", "Valmont", None),
            },
            [
                {"type": "restriction", "trigger": "may not leave", "target": ["e1"]},
                {"type": "charge", "trigger": "charged", "target": ["e1"], "date": "2031-03", "offence": "forgery"},
            ],
            title="Mayor barred from leaving",
            published="2031-03-08",
            publisher="The Harbour Post",
        ),
    ]


def orlov() -> list[Analysis]:
    """Two articles on a company and its head (with items), with bail, a request, a claim and people without a name."""
    return [
        analysis(
            "orlov-en",
            "en",
            "Prosecutors in Tallinn opened an inquiry into Borealis Telecom over fraud in May 2032. Its head "
            "Pavel Orlov was charged "
            "with fraud and released on bail of 5 million euros. Three men were arrested in Tallinn on 9 May "
            "2032. Prosecutor Mari Kask "
            "asks for six years in prison for Orlov. Minister Juri Saar claims that Borealis Telecom was banned in Latvia.",
            {
                "e1": ("organization", "Borealis Telecom", "Q900000001"),
                "e2": ("person", "Pavel Orlov", "Q149067", "Orlov"),
                "e3": ("place", "Tallinn", "Q1770"),
                "e4": ("person", "Mari Kask", None),
                "e5": ("person", "Juri Saar", None),
                "e6": ("place", "Latvia", "Q211"),
            },
            [
                {
                    "type": "investigation",
                    "trigger": "inquiry",
                    "target": ["e1"],
                    "date": "2032-05",
                    "offence": "fraud",
                    "place": ["e3"],
                },
                {"type": "charge", "trigger": "charged", "target": ["e2"], "offence": "fraud"},
                {"type": "bail", "trigger": "bail", "target": ["e2"], "amount": (5000000.0, "EUR")},
                {"type": "arrest", "trigger": "arrested", "target_text": "Three men", "place": ["e3"], "date": "2032-05-09"},
                {
                    "type": "sentence",
                    "trigger": "six years",
                    "target": ["e2"],
                    "agent": ["e4"],
                    "duration": "P6Y",
                    "modality": "requested",
                },
                {"type": "ban", "trigger": "banned", "target": ["e1"], "place": ["e6"], "attributed_to": ["e5"]},
            ],
            title="Borealis under inquiry",
            published="2032-05-10",
            publisher="The Harbour Post",
            url="https://harbour.example/orlov",
        ),
        analysis(
            "orlov-fr",
            "fr",
            "Pavel Orlov, patron de Borealis Telecom, a été inculpé de fraude à Tallinn. Trois hommes ont été "
            "interpellés à Tallinn le "
            "9 mai 2032. Le dirigeant Karl Rebane a été placé en détention.",
            {
                "e1": ("person", "Pavel Orlov", "Q149067"),
                "e2": ("organization", "Borealis Telecom", "Q900000001"),
                "e3": ("place", "Tallinn", "Q1770"),
                "e4": ("person", "Karl Rebane", None),
            },
            [
                {"type": "charge", "trigger": "inculpé", "target": ["e1"], "offence": "fraude", "place": ["e3"]},
                {
                    "type": "arrest",
                    "trigger": "interpellés",
                    "target_text": "Trois hommes",
                    "place": ["e3"],
                    "date": "2032-05-09",
                },
                {"type": "detention", "trigger": "détention", "target": ["e4"]},
            ],
            published="2032-05-11",
        ),
    ]


def namesake() -> Analysis:
    """A skater who is called like the mayor, eight years before, with nothing else in common."""
    return analysis(
        "skater-en",
        "en",
        "The skater Lina Sorel was fined 300 euros in Oslo for speeding.",
        {"e1": ("person", "Lina Sorel", None), "e2": ("place", "Oslo", "Q585")},
        [{"type": "fine", "trigger": "fined", "target": ["e1"], "place": ["e2"], "amount": (300.0, "EUR")}],
        published="2023-01-15",
    )


def everything() -> list[Analysis]:
    """All of them."""
    return [*sorel(), *orlov(), namesake()]


def inland() -> Analysis:
    """The text of the first Orlov article as another paper prints it a day later; nothing was found in it."""
    printed = orlov()[0].article
    head = {"title": "Tallinn looks into Borealis", "publisher": "Inland Courier", "published": "2032-05-11", "url": None}
    return Analysis(replace(printed, id="orlov-inland", **head), entities=(), reports=())


def graph_of_stories() -> bytes:
    """The graph that the tests of stores, queries and the page stand on, ``fixtures/store/news.ttl``, in Turtle.

    ``python -m tests.stories`` writes it anew.
    """
    return to_bytes(graph_triples(merge([*everything(), inland()])))


if __name__ == "__main__":
    NEWS.write_bytes(graph_of_stories())
