"""Articles a second from text to graph, beside what one would do without ``kg``; memory, start-up, and cost as articles grow.

Run as ``python tests/bench/end_to_end.py [--articles 60] [--jobs 2] [--growth 100,1000,10000] [--record]``. Each run of
``kg build`` is a process of its own, timed from outside; its memory is that of the whole family of processes (shared pages count
once). Beside it, in the same run: the bare spaCy pipeline of the language over the same texts (``nlp.pipe`` with as many
processes), and rdflib writing the same graph. Articles have about 300 words, with ``--growth-words`` fewer where growth is
measured. Start-up is the time for the first article of every worker; ``steady`` leaves it out, on both sides.
The stages are timed in this process, in seconds of one processor.

``--record`` adds the figures to ``history.jsonl`` beside this file, with the machine. On a machine that does other work look at
the ratios and at the time of processors, not at the articles a second.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import psutil
from _texts import ROOT, WORDS, known_languages, source, write

from kg.analysis_json import dumps, from_dict
from kg.assembly import default_pipeline
from kg.issues import IssueLog
from kg.lang.pack import load_pack
from kg.merge import merge
from kg.model import Analysis
from kg.parse.assemble import settings
from kg.parse.spacy_ import installed_pipeline, pipeline_source
from kg.rdf.outputs import OUTPUTS, prepare
from kg.read.inputs import read_inputs

HISTORY = Path(__file__).with_name("history.jsonl")
LIBRARIES = ("spacy", "onnxruntime", "numpy", "pyoxigraph", "rdflib")
POLL = 0.25
"""Seconds between two looks at the memory."""


@dataclass(frozen=True, slots=True)
class Timed:
    """What a process and its children took: seconds of the wall, of processors, and the most memory in MB."""

    wall: float
    cpu: float
    peak: float


def timed(command: Sequence[str]) -> Timed:
    """Run ``command``; its output is shown only where it fails."""
    began = time.perf_counter()
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, env={**os.environ, "PYTHONPATH": str(ROOT)})
        peak, spent = 0.0, {}
        while process.poll() is None:
            memory, processors = family(process.pid)
            peak = max(peak, memory)
            spent.update(processors)
            time.sleep(POLL)
        wall = time.perf_counter() - began
        if process.returncode:
            output.seek(0)
            sys.exit(f"{' '.join(command)}\n{output.read().decode('utf-8', 'replace')}")
    return Timed(wall, sum(spent.values()), peak)


def family(pid: int) -> tuple[float, dict[int, float]]:
    """The memory of a process and of those that it started, in MB (shared pages once), and the seconds of processors of each."""
    total, spent = 0, {}
    try:
        parent = psutil.Process(pid)
        for process in (parent, *parent.children(recursive=True)):
            full, times = process.memory_full_info(), process.cpu_times()
            total += getattr(full, "pss", full.rss)
            spent[process.pid] = times.user + times.system
    except psutil.Error:
        pass
    return total / 1e6, spent


def build(texts: Path, jobs: int) -> tuple[Timed, dict[str, float]]:
    """``kg build`` over ``texts``, and the seconds of its parts."""
    report = texts.with_suffix(".report.json")
    graph = texts.with_suffix(".ttl")
    command = [sys.executable, "-m", "kg", "build", str(texts), "-o", str(graph), "--jobs", str(jobs), "--report", str(report)]
    took = timed(command)
    return took, json.loads(report.read_text("utf-8"))["seconds"]


def bare(texts: Path, model: str, jobs: int) -> Timed:
    """The bare spaCy pipeline ``model`` over ``texts``."""
    return timed([sys.executable, __file__, "--bare", model, str(texts), "--jobs", str(jobs)])


def run_bare(model: str, texts: Path, jobs: int) -> None:
    """Load the pipeline as it was packaged, and read the texts."""
    import spacy

    nlp = spacy.load(pipeline_source(model))
    records = [json.loads(line)["text"] for line in texts.read_text("utf-8").splitlines()]
    tokens = sum(len(doc) for doc in nlp.pipe(records, batch_size=8, n_process=jobs))
    print(tokens)


def rate(count: int, run: Timed, start: Timed) -> float:
    """Articles a second without start-up."""
    return count / max(run.wall - start.wall, 1e-3)


def by_language(lang: str, count: int, jobs: int, folder: Path) -> dict[str, Any]:
    """The figures of one language."""
    texts, first = write(folder / f"{lang}.jsonl", (lang,), count), write(folder / f"{lang}-first.jsonl", (lang,), jobs)
    start, _ = build(first, jobs)
    run, _ = build(texts, jobs)
    row: dict[str, Any] = {
        "articles": count,
        "whole": count / run.wall,
        "steady": rate(count - jobs, run, start),
        "start_up": start.wall,
        "cpu_ms": 1000 * (run.cpu - start.cpu) / (count - jobs),
        "peak_mb": run.peak,
    }
    model = installed_pipeline(load_pack(lang)) if settings(load_pack(lang)).get("backend") == "spacy" else None
    if model is not None:
        start, run = bare(first, model, jobs), bare(texts, model, jobs)
        row["spacy"], row["spacy_cpu_ms"] = rate(count - jobs, run, start), 1000 * (run.cpu - start.cpu) / (count - jobs)
        row["ratio"] = row["steady"] / row["spacy"]
    return {name: round(value, 3) for name, value in row.items()}


def stages(texts: Path) -> tuple[dict[str, float], dict[str, float]]:
    """Milliseconds of one processor for an article, by stage; and seconds for the graph of all, by ``kg`` and by rdflib."""
    pipeline = default_pipeline()
    articles = list(read_inputs([str(texts)], IssueLog()))
    pipeline.run(articles[0])
    spent: dict[str, float] = defaultdict(float)

    def clock(part: str, began: float) -> None:
        spent[part] += 1000 * (time.process_time() - began) / len(articles)

    done = []
    for article in articles:
        analysis = Analysis(article)
        for stage in pipeline.stages:
            began = time.process_time()
            analysis = stage(analysis)
            clock(stage.name, began)
        began = time.process_time()
        done.append(from_dict(json.loads(dumps(analysis))))
        clock("json", began)
    began = time.process_time()
    graph = merge(done)
    clock("merge", began)
    began = time.process_time()
    triples = prepare(graph)
    clock("triples", began)
    began = time.process_time()
    content = OUTPUTS["turtle"].write(triples)
    ours = time.process_time() - began
    clock("write", began)
    import rdflib

    loaded = rdflib.Graph()
    loaded.parse(data=content, format="turtle")
    began = time.process_time()
    loaded.serialize(format="turtle")
    return dict(spent), {"triples": len(triples.triples), "kg": ours, "rdflib": time.process_time() - began}


def growth(counts: Sequence[int], langs: tuple[str, ...], jobs: int, words: int, folder: Path) -> list[dict[str, Any]]:
    """Time and memory of builds of so many articles, the languages in turn."""
    start, _ = build(write(folder / "start.jsonl", langs, len(langs) * jobs, words), jobs)
    rows = []
    for count in counts:
        run, parts = build(write(folder / "growth.jsonl", langs, count, words), jobs)
        each = 1000 * (run.wall - start.wall) / (count - len(langs) * jobs)
        cpu = 1000 * (run.cpu - start.cpu) / (count - len(langs) * jobs)
        row = {"articles": count, "wall": run.wall, "each_ms": each, "each_cpu_ms": cpu, "peak_mb": run.peak, **parts}
        rows.append({name: round(value, 3) for name, value in row.items()})
        print_growth(rows[-1:], header=len(rows) == 1)
    return rows


def machine() -> dict[str, Any]:
    """What the figures depend on."""
    lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines() if Path("/proc/cpuinfo").is_file() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    commit = subprocess.run(["git", "-C", str(ROOT), "describe", "--always", "--dirty"], capture_output=True, text=True)
    return {
        "date": time.strftime("%Y-%m-%d"),
        "commit": commit.stdout.strip(),
        "cpu": names[0] if names else platform.processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9, 1),
        "load": round(os.getloadavg()[0], 1),
        "python": platform.python_version(),
        **{name: version(name) for name in LIBRARIES},
    }


def print_growth(rows: Sequence[dict[str, Any]], header: bool = True) -> None:
    """The table of growth."""
    if header:
        heads = ("s", "ms each", "cpu ms", "analysis", "merge s", "write s", "peak MB")
        print(f"\n{'articles':>9}" + "".join(f"{head:>9}" for head in heads))
    for row in rows:
        keys = ("wall", "each_ms", "each_cpu_ms", "analysis", "merge", "write", "peak_mb")
        print(f"{row['articles']:9,}" + "".join(f"{row[key]:9.1f}" for key in keys), flush=True)


def main() -> None:
    """Measure, print, and record if asked to."""
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("--articles", type=int, default=60, help="articles of each language")
    cli.add_argument("--jobs", type=int, default=2)
    cli.add_argument("--growth", default="", help="numbers of articles, with commas")
    cli.add_argument("--growth-words", type=int, default=WORDS, help="words of an article where growth is measured")
    cli.add_argument("--only-growth", action="store_true")
    cli.add_argument("--record", action="store_true", help=f"add the figures to {HISTORY.name}")
    cli.add_argument("--bare", nargs=2, metavar=("MODEL", "TEXTS"), help=argparse.SUPPRESS)
    options = cli.parse_args()
    if options.bare:
        run_bare(options.bare[0], Path(options.bare[1]), options.jobs)
        return
    langs = known_languages()
    result: dict[str, Any] = {
        "machine": machine(),
        "texts": source(),
        "words": WORDS,
        "growth_words": options.growth_words,
        "jobs": options.jobs,
    }
    print(" ".join(f"{name} {value}" for name, value in result["machine"].items()))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if not options.only_growth:
            result["languages"], result["stages"], result["writing"] = {}, {}, {}
            print(
                f"\n{options.articles} articles of {WORDS} words, --jobs {options.jobs}; articles a second; cpu ms for an article"
            )
            heads = ("whole", "steady", "cpu ms", "spaCy", "its cpu", "ratio", "start-up", "peak MB")
            print(f"{'':4}" + "".join(f"{head:>10}" for head in heads))
            for lang in langs:
                row = by_language(lang, options.articles, options.jobs, folder)
                result["languages"][lang] = row
                keys = ("whole", "steady", "cpu_ms", "spacy", "spacy_cpu_ms", "ratio", "start_up", "peak_mb")
                print(f"{lang:4}" + "".join(f"{row[key]:10.2f}" if key in row else f"{'–':>10}" for key in keys), flush=True)
            print("\nmilliseconds of one processor for an article, by stage; seconds to write the graph of all as Turtle")
            for lang in langs:
                spent, writing = stages(folder / f"{lang}.jsonl")
                result["stages"][lang] = {part: round(value, 1) for part, value in spent.items()}
                result["writing"][lang] = {part: round(value, 3) for part, value in writing.items()}
                table = " ".join(f"{part} {value:.1f}" for part, value in spent.items())
                ratio = writing["rdflib"] / writing["kg"]
                print(
                    f"{lang:4}{table}; {writing['triples']} triples: kg {writing['kg']:.2f} s, rdflib {writing['rdflib']:.2f} s"
                    f" ({ratio:.0f} times as long)",
                    flush=True,
                )
        counts = [int(number) for number in options.growth.split(",") if number]
        if counts:
            result["growth"] = growth(counts, langs, options.jobs, options.growth_words, folder)
    if options.record:
        with HISTORY.open("a", encoding="utf-8") as stream:
            stream.write(json.dumps(result) + "\n")
        print(f"\nrecorded in {HISTORY.name}")


if __name__ == "__main__":
    main()
