"""Graphs made from annotated articles: they are valid, quick to make, and everyone reads them."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from kg.analysis_json import from_dict
from kg.model import Action, Analysis, Graph, MergedEntity
from kg.rdf.triples import graph_triples
from kg.rdf.turtle import to_bytes
from kg.rdf.validation import validate

pytestmark = pytest.mark.shared


def unmerged(analyses: list[Analysis]) -> Graph:
    """A graph in which only Wikidata items are shared by articles, and each report is an action of its own."""
    members: dict[str, list[tuple[str, str]]] = {}
    kinds = {}
    names = {}
    actions = []
    for analysis in analyses:
        article = analysis.article
        keys = {e.id: e.qid or f"{article.id}/{e.id}" for e in analysis.entities or ()}
        for entity in analysis.entities or ():
            key = keys[entity.id]
            members.setdefault(key, []).append((article.id, entity.id))
            kinds.setdefault(key, (entity.kind, entity.qid))
            names.setdefault(key, {}).setdefault(article.lang, entity.name)
        for report in analysis.reports or ():
            actions.append(
                Action(
                    id=f"{article.id}/{report.id}",
                    type=report.type,
                    target=tuple(keys[entity] for entity in report.target),
                    agent=tuple(keys[entity] for entity in report.agent),
                    place=tuple(keys[entity] for entity in report.place),
                    date=report.date,
                    amount=report.amount,
                    duration=report.duration,
                    status=report.modality,
                    reports=((article.id, report.id),),
                )
            )
    entities = [MergedEntity(key, *kinds[key], tuple(names[key].items()), tuple(members[key])) for key in members]
    return Graph(tuple(analyses), tuple(entities), tuple(actions))


@pytest.fixture(scope="module")
def graph(shared: Path) -> Graph:
    paths = sorted((shared / "gold" / "train").rglob("*.json"))
    return unmerged([from_dict(json.loads(path.read_text("utf-8"))) for path in paths])


def test_a_part_of_the_articles_makes_a_valid_graph(graph: Graph) -> None:
    some = unmerged([analysis for analysis in graph.analyses if analysis.reports][::6])
    verdict = validate(graph_triples(some))
    assert verdict.triples > 3000
    assert verdict.results == ()


def test_making_and_writing_is_fast(graph: Graph) -> None:
    rates = []
    for _ in range(3):
        start = time.perf_counter()
        triples = graph_triples(graph)
        content = to_bytes(triples)
        rates.append(len(triples) / (time.perf_counter() - start))
    assert content.count(b"nif:Phrase") > 4000
    # About 190,000 on two shared cores; a tenth of that still means that something became quadratic.
    assert max(rates) > 20_000
