"""How well merging finds the same entities and actions across languages, on articles that exist in three.

Run it with ``python tests/bench/merge_parallel.py [FOLDER]``. FOLDER holds a folder per article with one annotated file per
language, in which equal ids mean equal things (default: ``gold/parallel`` of the material beside the checkout). Mentions and
actions are given; Wikidata items are given as the way of running says:

- ``partly``: everything but two thirds of the people has a made-up item, the same in all languages;
- ``no people``: everything but people has one;
- ``linked``: what the shipped knowledge base finds;
- ``none``: nothing has one, names and context alone must do.

Figures are over pairs of two languages of one article. Pairs of different articles have no truth by id; those of people whose
English names are equal or differ in full are counted apart.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import sys
from collections.abc import Callable, Iterable
from itertools import combinations
from pathlib import Path

from kg.analysis_json import from_dict
from kg.merge import merge
from kg.model import Analysis, Graph, Kind

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "gold" / "parallel"
Pair = tuple[tuple[str, str], tuple[str, str]]


def read(folder: Path) -> list[Analysis]:
    """The annotated articles; ``<article>-<language>`` is the id of each."""
    out = []
    for path in sorted(folder.glob("*/*.json")):
        analysis = from_dict(json.loads(path.read_text("utf-8")))
        article = dataclasses.replace(analysis.article, id=f"{path.parent.name}|{path.stem}")
        out.append(dataclasses.replace(analysis, article=article))
    return out


def with_items(analyses: Iterable[Analysis], keeps: Callable[[str, Kind], bool]) -> list[Analysis]:
    """The articles with a made-up Wikidata item on every entity that ``keeps`` wants."""
    out = []
    for analysis in analyses:
        group = analysis.article.id.split("|")[0]
        entities = []
        for entity in analysis.entities or ():
            number = int(hashlib.sha256(f"{group}/{entity.id}".encode()).hexdigest()[:8], 16)
            kept = keeps(f"{group}/{entity.id}", entity.kind)
            entities.append(dataclasses.replace(entity, qid=f"Q9{number}" if kept else None, confidence=1.0 if kept else 0.0))
        out.append(dataclasses.replace(analysis, entities=tuple(entities)))
    return out


def linked(analyses: Iterable[Analysis]) -> list[Analysis]:
    """The articles with the items that the shipped knowledge base finds for the annotated mentions."""
    from kg.link.cascade import LinkStage
    from kg.model import Mention
    from kg.parse.stage import ParseStage

    stage, parse = LinkStage(), ParseStage("rules")
    out = []
    for analysis in analyses:
        mentions = tuple(sorted(Mention(s, e.kind, "gold") for e in analysis.entities or () for s in e.mentions))
        found = {s: e for e in stage(dataclasses.replace(parse(analysis), mentions=mentions)).entities or () for s in e.mentions}
        entities = []
        for entity in analysis.entities or ():
            qids = {found[s].qid for s in entity.mentions if s in found and found[s].kind is entity.kind} - {None}
            entities.append(dataclasses.replace(entity, qid=qids.pop() if len(qids) == 1 else None, confidence=0.9))
        out.append(dataclasses.replace(analysis, entities=tuple(entities)))
    return out


def pairs(groups: Iterable[Iterable[tuple[str, str]]]) -> set[Pair]:
    """Pairs of members of one group that stand in two languages of one article."""
    out: set[Pair] = set()
    for group in groups:
        for a, b in combinations(sorted(group), 2):
            if a[0] != b[0] and a[0].split("|")[0] == b[0].split("|")[0]:
                out.add((a, b))
    return out


def truth(analyses: Iterable[Analysis], what: str, kind: Kind | None = None) -> set[Pair]:
    """Pairs with equal ids in two languages of one article: of ``entities`` (of a kind) or ``reports``."""
    groups: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for analysis in analyses:
        for thing in getattr(analysis, what) or ():
            if kind is None or thing.kind is kind:
                groups.setdefault((analysis.article.id.split("|")[0], thing.id), []).append((analysis.article.id, thing.id))
    return pairs(groups.values())


def score(found: set[Pair], right: set[Pair]) -> tuple[float, float, int]:
    """Precision, recall, and the number of pairs that are right."""
    common = len(found & right)
    return common / len(found) if found else 1.0, common / len(right) if right else 1.0, len(right)


def across(graph: Graph, analyses: list[Analysis]) -> tuple[int, int]:
    """Pairs of people of two different articles that were merged: how many bear one English name, how many do not."""
    english = {
        (a.article.id.split("|")[0], e.id): e.name for a in analyses if a.article.id.endswith("|en") for e in a.entities or ()
    }
    same = other = 0
    for entity in graph.entities:
        if entity.kind is Kind.PERSON:
            names = sorted({(m[0].split("|")[0], m[1]) for m in entity.members})
            for a, b in combinations(names, 2):
                if a[0] != b[0] and a in english and b in english:
                    alike = english[a].casefold().replace("-", " ") == english[b].casefold().replace("-", " ")
                    same, other = same + alike, other + (not alike)
    return same, other


def main(folder: Path) -> None:
    """Print the table."""
    analyses = read(folder)
    if not analyses:
        sys.exit(f"no annotated articles under {folder}: name their folder")

    def third(key: str) -> bool:
        return int(hashlib.sha256(f"people {key}".encode()).hexdigest(), 16) % 3 == 0

    ways = {
        "partly": with_items(analyses, lambda key, kind: kind is not Kind.PERSON or third(key)),
        "no people": with_items(analyses, lambda key, kind: kind is not Kind.PERSON),
        "linked": linked(analyses),
        "none": with_items(analyses, lambda key, kind: False),
    }
    print(f"{'items':<10} {'what':<13} {'precision':>9} {'recall':>7} {'pairs':>6}")
    for way, given in ways.items():
        graph = merge(given)
        for kind in Kind:
            p, r, n = score(pairs(e.members for e in graph.entities if e.kind is kind), truth(given, "entities", kind))
            print(f"{way:<10} {kind.value:<13} {p:>9.3f} {r:>7.3f} {n:>6}")
        p, r, n = score(pairs(e.members for e in graph.entities), truth(given, "entities"))
        print(f"{way:<10} {'entities':<13} {p:>9.3f} {r:>7.3f} {n:>6}")
        found, right = pairs(a.reports for a in graph.actions), truth(given, "reports")
        p, r, n = score(found, right)
        print(f"{way:<10} {'actions':<13} {p:>9.3f} {r:>7.3f} {n:>6}")
        same, other = across(graph, given)
        print(f"{way:<10} people merged across articles: {same} pairs with one English name, {other} with two")
        if "--verbose" in sys.argv:
            for pair in sorted(found ^ right):
                print("   ", "wrong" if pair in found else "missed", *pair)


if __name__ == "__main__":
    arguments = [argument for argument in sys.argv[1:] if not argument.startswith("--")]
    main(Path(arguments[0]) if arguments else FOLDER)
