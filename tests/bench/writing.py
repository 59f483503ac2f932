"""How fast a graph is made, written in each form, and checked against the shapes.

Run it with ``python tests/bench/writing.py [ARTICLES] [--no-shapes]`` (1,000 by default). The articles are the annotated ones
that may stand beside the checkout, as often as it takes; where they are absent, made-up ones of a single action each, from
``merge_synthetic.py``. *Making* is naming nodes, stating triples and sorting them, once for all forms; then comes what each form
adds to it.
"""

from __future__ import annotations

import dataclasses
import json
import random
import runpy
import sys
import time
from itertools import count, islice
from pathlib import Path

from kg.analysis_json import from_dict
from kg.merge import merge
from kg.model import Analysis
from kg.rdf.outputs import OUTPUTS, prepare
from kg.rdf.validation import validate

HERE = Path(__file__).resolve().parent
GOLD = HERE.parents[2] / "shared" / "gold" / "train"


def articles(number: int) -> list[Analysis]:
    """``number`` analysed articles."""
    paths = sorted(GOLD.rglob("*.json"))
    if not paths:
        made, _ = runpy.run_path(str(HERE / "merge_synthetic.py"))["tell"](random.Random(1), number)
        return list(islice(made, number))
    told = [from_dict(json.loads(path.read_text("utf-8"))) for path in paths]
    again = (
        dataclasses.replace(one, article=dataclasses.replace(one.article, id=f"{one.article.id}-{turn}"))
        for turn in count()
        for one in told
    )
    return list(islice(again, number))


def main(arguments: list[str]) -> None:
    """Print seconds and triples a second of each step; the best of three for what is quick."""
    number = int(next((text for text in arguments if text.isdigit()), "1000"))
    graph = merge(articles(number))
    times = []
    for _ in range(3):
        start = time.perf_counter()
        written = prepare(graph)
        times.append(time.perf_counter() - start)
    triples = len(written.triples)
    print(f"{number:,} articles, {triples:,} triples")
    print(f"{'making':16} {min(times):6.2f} s {triples / min(times):12,.0f} triples/s")
    for name, form in OUTPUTS.items():
        times = []
        for _ in range(3):
            start = time.perf_counter()
            content = form.write(written)
            times.append(time.perf_counter() - start)
        rate = f"{triples / min(times):12,.0f} triples/s" if form.whole else ""
        print(f"{name:16} {min(times):6.2f} s {len(content) / 1e6:8.1f} MB {rate}")
    if "--no-shapes" not in arguments:
        start, used = time.perf_counter(), time.process_time()
        verdict = validate(written.triples)
        spent = f"{time.perf_counter() - start:6.2f} s ({time.process_time() - used:.2f} s of processor)"
        print(f"{'shapes':16} {spent}, {len(verdict.results)} results")


if __name__ == "__main__":
    main(sys.argv[1:])
