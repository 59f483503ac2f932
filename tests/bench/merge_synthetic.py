"""How well, and how fast, merging finds made-up actions again that are told several times in three languages, with noise.

Run it with ``python tests/bench/merge_synthetic.py [EVENTS] [SEED]``. People bear names put together from cities as the shipped
knowledge base writes them in Arabic, English and French, so that spellings differ as real ones do; nobody has a Wikidata item,
places have. Each event is told by one to six articles; an article leaves out the date (3 in 10), gives only its month (2 in 10),
is a day off (1 in 20), leaves out the place, the offence or the lawyer, or uses the bare surname (1 in 20). A person has up to
three events, some of one type at different times. Figures are over pairs of reports, and B-cubed.

Seen with seed 1, in seconds of processor time on one core of a busy machine:

=======  =======  =======  =========  ======  =====
events   reports  seconds  precision  recall  B3 F1
=======  =======  =======  =========  ======  =====
    300    1,063      0.4       .998    .889   .957
  2,800    9,891      4.2       .997    .906   .965
 15,000   52,298     30.5       .997    .908   .964
 28,500   99,439     72.8       .997    .911   .966
=======  =======  =======  =========  ======  =====

Ten times the reports cost 17 times as much: the names are put together from a fixed stock of words, so that more of them sound
alike the more people there are. What cannot be found is a person called by names that do not sound alike in two languages (the
cities have exonyms), and most reports by surname alone that have no day.
"""

from __future__ import annotations

import random
import sys
import time
from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from itertools import combinations

from kg.link.kb import open_shipped
from kg.merge import merge
from kg.model import ActionType, Amount, Analysis, Article, Entity, Graph, Kind, Report, Span

LANGUAGES = ("ar", "en", "fr")
OFFENCES = (
    {"en": "fraud", "fr": "escroquerie", "ar": "الاحتيال"},
    {"en": "murder", "fr": "meurtre", "ar": "القتل"},
    {"en": "corruption", "fr": "corruption", "ar": "الفساد"},
    {"en": "espionage", "fr": "espionnage", "ar": "التجسس"},
    {"en": "money laundering", "fr": "blanchiment d'argent", "ar": "غسل الأموال"},
)
TYPES = (ActionType.ARREST, ActionType.CHARGE, ActionType.BAIL, ActionType.TRIAL, ActionType.SENTENCE, ActionType.RELEASE)
Names = dict[str, str]


def cities() -> list[tuple[str, Names]]:
    """QID and names of cities that are called by one word in every language, by a word of their own in each script."""
    kb = open_shipped()
    out = []
    for qid in kb.qids():  # type: ignore[attr-defined]
        entry = kb.entry(qid)
        if entry is not None and entry.kind is Kind.PLACE and entry.feature in ("city", "capital"):
            labels = dict(reversed(entry.names))
            names = {lang: labels.get(lang, "") for lang in LANGUAGES}
            if all(name and " " not in name and "-" not in name and len(name) > 3 for name in names.values()):
                out.append((qid, names))
    return out


def tell(rng: random.Random, events: int) -> tuple[list[Analysis], dict[tuple[str, str], int]]:
    """Articles on ``events`` events, and the event of each report."""
    pool = cities()
    rng.shuffle(pool)
    places, parts = pool[:40], [names for _, names in pool[40:]]

    def person() -> Names:
        first, last = rng.choice(parts), rng.choice(parts)
        return {lang: f"{first[lang]} {last[lang]}" for lang in LANGUAGES}

    articles: list[Analysis] = []
    truth: dict[tuple[str, str], int] = {}
    event = 0
    while event < events:
        who, lawyer = person(), person()
        for _ in range(min(rng.randint(1, 3), events - event)):
            kind, where, offence = rng.choice(TYPES), rng.choice(places), rng.choice(OFFENCES)
            day = date(2030, 1, 1) + timedelta(days=rng.randrange(1500))
            amount = Amount(1000.0 * rng.randint(1, 900), "EUR") if kind is ActionType.BAIL else None
            for _ in range(rng.randint(1, 6)):
                key = f"n{len(articles):06d}"
                articles.append(article(rng, key, kind, who, lawyer, where, offence, day, amount))
                truth[key, "r1"] = event
            event += 1
    return articles, truth


def article(
    rng: random.Random,
    key: str,
    kind: ActionType,
    who: Names,
    lawyer: Names,
    where: tuple[str, Names],
    offence: Names,
    day: date,
    amount: Amount | None,
) -> Analysis:
    """One telling, with its noise."""
    lang = rng.choice(LANGUAGES)
    words = [who[lang].split()[-1] if rng.random() < 0.05 else who[lang], lawyer[lang], where[1][lang], offence[lang]]
    text = " . ".join(words)
    spans, at = [], 0
    for word in words:
        spans.append(Span(at, at + len(word)))
        at += len(word) + 3
    entities = [Entity("e1", Kind.PERSON, words[0], (spans[0],))]
    if rng.random() < 0.7:
        entities.append(Entity("e2", Kind.PERSON, words[1], (spans[1],)))
    entities.append(Entity("e3", Kind.PLACE, words[2], (spans[2],), where[0], 1.0))
    told = day + timedelta(days=rng.choice((-1, 1))) if rng.random() < 0.05 else day
    dice = rng.random()
    report = Report(
        id="r1",
        type=kind,
        trigger=spans[0],
        sentence=Span(0, len(text)),
        target=("e1",),
        place=("e3",) if rng.random() < 0.6 else (),
        date=None if dice < 0.3 else told.isoformat()[:7] if dice < 0.5 else told.isoformat(),
        offence=spans[3] if rng.random() < 0.6 else None,
        amount=amount if rng.random() < 0.8 else None,
    )
    published = (day + timedelta(days=rng.randint(0, 5))).isoformat() if rng.random() < 0.9 else None
    head = Article(key, text, (Span(0, len(text)),), lang, published=published)
    return Analysis(head, entities=tuple(entities), reports=(report,))


def pairs(groups: Iterable[Iterable[tuple[str, str]]]) -> set[tuple[tuple[str, str], tuple[str, str]]]:
    """All pairs within groups."""
    return {pair for group in groups for pair in combinations(sorted(group), 2)}


def evaluate(graph: Graph, truth: dict[tuple[str, str], int]) -> dict[str, float]:
    """Pairwise precision and recall, and B-cubed precision, recall and F1 (Bagga and Baldwin 1998)."""
    groups: dict[int, list[tuple[str, str]]] = {}
    for member, event in truth.items():
        groups.setdefault(event, []).append(member)
    found, right = pairs(a.reports for a in graph.actions), pairs(groups.values())
    common = len(found & right)
    precision = recall = 0.0
    for action in graph.actions:
        counts = Counter(truth[member] for member in action.reports)
        for event, count in counts.items():
            precision += count * count / len(action.reports)
            recall += count * count / len(groups[event])
    b_precision, b_recall = precision / len(truth), recall / len(truth)
    return {
        "precision": common / len(found) if found else 1.0,
        "recall": common / len(right) if right else 1.0,
        "b3_precision": b_precision,
        "b3_recall": b_recall,
        "b3_f1": 2 * b_precision * b_recall / (b_precision + b_recall),
    }


def main(events: int, seed: int) -> None:
    """Print the figures."""
    articles, truth = tell(random.Random(seed), events)
    started = time.process_time()
    graph = merge(articles)
    seconds = time.process_time() - started
    print(f"{events} events, {len(articles)} reports, {len(graph.actions)} actions, {seconds:.1f} s of processor time")
    for name, value in evaluate(graph, truth).items():
        print(f"{name:<13} {value:.3f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300, int(sys.argv[2]) if len(sys.argv) > 2 else 1)
