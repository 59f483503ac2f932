"""How fast ``kg serve`` answers on a made-up graph of a million triples: page data, competency queries, start-up, readers.

Run it with ``python tests/bench/serve.py [FOLDER]``; FOLDER keeps the graph for the next run. Articles are those of
``merge_synthetic``. Prints a table of medians and largest times in milliseconds and fails where one is above its aim: a page 300
ms at the median, a query 1 s, start-up 3 s (until the first page has its data) with a store that is there, and 50 readers at once
without an error.
"""

from __future__ import annotations

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import requests
from pyoxigraph import RdfFormat, serialize

from kg.merge import merge
from kg.model import Analysis, Evidence, Kind, Modality
from kg.rdf.triples import graph_triples
from kg.store.embedded import is_store, load_store
from kg.store.queries import named_queries
from tests.bench.merge_synthetic import tell
from tests.serving import served

EVENTS = 3900
"""Made-up events: their articles have a million triples."""

READERS = 50
AIMS = {"page": 300.0, "query": 1000.0, "start": 3000.0}
"""Milliseconds."""

REPEATS = 5


def richer(rng: random.Random, analysis: Analysis) -> Analysis:
    """The same article with what real ones have: agents, sources, evidence, modality, a publisher, a headline."""
    out = []
    for report in analysis.reports or ():
        others = tuple(
            entity.id for entity in analysis.entities or () if entity.kind is Kind.PERSON and entity.id not in report.target
        )
        out.append(
            replace(
                report,
                agent=others[:1] if rng.random() < 0.3 else (),
                attributed_to=others[:1] if rng.random() < 0.4 else (),
                modality=rng.choices(tuple(Modality), (80, 10, 7, 3))[0],
                evidence=(Evidence("target", report.trigger, "the subject of the verb"),),
                confidence=round(rng.uniform(0.3, 1.0), 2),
                pattern=f"{analysis.article.lang}.{report.type.value}.{rng.randrange(9)}",
            )
        )
    head = replace(analysis.article, publisher=f"Paper {rng.randrange(40)}", title=analysis.article.text[:60])
    return replace(analysis, article=head, reports=tuple(out))


def store_in(folder: Path) -> Path:
    """The store of the made-up graph, made if it is not there."""
    store = folder / "store"
    if not is_store(store):
        rng = random.Random(1)
        triples = graph_triples(merge(richer(rng, analysis) for analysis in tell(rng, EVENTS)[0]))
        serialize(triples, folder / "graph.nt", format=RdfFormat.N_TRIPLES)
        print(f"{load_store(store, [folder / 'graph.nt'])} triples")
    return store


def timed(call: Callable[[], Any]) -> tuple[float, Any]:
    """Milliseconds that ``call`` took, and what it gave."""
    began = time.perf_counter()
    found = call()
    return (time.perf_counter() - began) * 1000, found


def pages(url: str) -> list[str]:
    """Addresses of the data of pages: first pages, and some of each sort, those with most in them among them."""

    def get(view: str, **parameters: str) -> dict[str, Any]:
        answer = requests.get(f"{url}/api/{view}", parameters, timeout=60)
        answer.raise_for_status()
        return answer.json()  # type: ignore[no-any-return]

    out = [
        "overview",
        "network",
        "places",
        "search?q=",
        "search?q=mar",
        "search?q=zzzz",
        "search?q=%D9%85",
        "search?sort=article&page=300",
    ]
    kind = max(get("overview")["types"].items(), key=lambda pair: pair[1])[0]
    out += [f"actions?type={kind}", f"actions?type={kind}&page=20"]
    for sort in ("person", "place", "case", "article"):
        view = sort if sort in ("case", "article") else "entity"
        found = get("search", sort=sort)["items"][:3] + get("search", sort=sort, page="40")["items"][:3]
        out += [f"{view}?id={item['path']}" for item in found]
        out += [f"network?about={item['path']}" for item in found[:1]]
    case = get("search", sort="case")["items"][0]["path"]
    out += [f"action?id={action['path']}" for action in get("case", id=case)["actions"][:5]]
    listed = "&".join(f"iri={item['path']}" for item in get("search", sort="place")["items"])
    return [f"api/{address}" for address in out] + [f"data?format=ttl&{listed}", f"data?format=csv&iri={case}"]


def line(name: str, times: list[float], aim: float | None) -> bool:
    """Print a line of the table; whether the median is within ``aim``."""
    median = statistics.median(times)
    missed = aim is not None and median > aim
    print(f"{name:60s} {len(times):4d} {median:8.0f} {max(times):8.0f}  {'MISSED' if missed else ''}")
    return not missed


def bench(store: Path) -> bool:
    """Measure everything; whether all aims were met."""
    met = True
    print(f"{'':60s} {'n':>4s} {'median':>8s} {'largest':>8s}")
    starts = []
    for _ in range(3):
        began = time.perf_counter()
        with served(store) as url:
            requests.get(f"{url}/api/overview", timeout=60).raise_for_status()
            starts.append((time.perf_counter() - began) * 1000)
    met &= line("start until the first page has its data", starts, AIMS["start"])
    with served(store, "--workers", "2") as url:
        session = requests.Session()
        addresses = pages(url)
        first: list[float] = []
        for address in addresses:
            first.append(timed(lambda a=address: session.get(f"{url}/{a}", timeout=60).raise_for_status())[0])  # type: ignore[misc]
            times = [timed(lambda a=address: session.get(f"{url}/{a}", timeout=60).raise_for_status())[0] for _ in range(REPEATS)]  # type: ignore[misc]
            met &= line(address[:58], [first[-1], *times], AIMS["page"])
        met &= line("all pages, the first time", first, AIMS["page"])
        for query in named_queries():
            if "SERVICE" in query.text:
                continue

            def ask(number: int, text: str = query.text) -> int:
                # Another text each time: what is asked again word for word is answered from memory.
                return session.post(f"{url}/sparql", data={"query": f"{text}\n# {number}"}, timeout=60).status_code

            asked = [timed(lambda n=number: ask(n)) for number in range(REPEATS)]  # type: ignore[misc]
            met &= line(f"query {query.name}", [took for took, _ in asked], AIMS["query"])
            if any(status != 200 for _, status in asked):
                print(f"query {query.name} was refused")
                met = False
        met &= readers(url, addresses)
    return met


def readers(url: str, addresses: list[str]) -> bool:
    """Many readers at once, each opening pages and asking a query; whether none got an error."""
    query = next(q.text for q in named_queries() if q.name == "charges")

    def read(seed: int) -> list[tuple[float, int]]:
        rng, session, out = random.Random(seed), requests.Session(), []
        for address in rng.sample(addresses, 8):
            took, answer = timed(lambda a=address: session.get(f"{url}/{a}", timeout=120))  # type: ignore[misc]
            out.append((took, answer.status_code))
        took, answer = timed(lambda: session.post(f"{url}/sparql", data={"query": query}, timeout=120))
        return [*out, (took, answer.status_code)]

    with ThreadPoolExecutor(READERS) as pool:
        found = [one for part in pool.map(read, range(READERS)) for one in part]
    line(f"{READERS} readers at once", [took for took, _ in found], None)
    failed = sum(status != 200 for _, status in found)
    print(f"{failed} of {len(found)} requests failed")
    return not failed


def main() -> int:
    """Run the bench; 1 where an aim is missed."""
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        folder.mkdir(parents=True, exist_ok=True)
        return 0 if bench(store_in(folder)) else 1
    with tempfile.TemporaryDirectory() as folder:
        return 0 if bench(store_in(Path(folder))) else 1


if __name__ == "__main__":
    sys.exit(main())
