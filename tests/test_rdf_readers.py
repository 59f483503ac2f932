"""A parser in another language reads what is written; and the bytes depend on nothing but the content."""

from __future__ import annotations

import dataclasses
import hashlib
import os
import random
import runpy
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kg.merge import merge
from kg.model import Graph
from kg.rdf.builder import sort_triples
from kg.rdf.outputs import OUTPUTS, prepare
from kg.rdf.triples import Run
from kg.rdf.turtle import Syntax, to_bytes

HERE = Path(__file__).parent
stories = SimpleNamespace(**runpy.run_path(str(HERE / "stories.py")))
RUN = Run("0.0.0", models=("sample names 1",))
HOSTILE = "\u202egnorw \x00\x1b[31m \"quoted\" 'single' \\u0000 @prefix a: <b> .\n\t\r<script> \U0001f600 ]]> \u0085\u2028 \ufffe"
# N3.js, read by node; `npm install --prefix .venv-tools n3` puts it where this looks.
N3 = """
const { Parser, Writer } = require('n3');
const quads = new Parser({ format: process.argv[1] }).parse(require('fs').readFileSync(0, 'utf-8'));
const writer = new Writer({ format: 'N-Quads' });
writer.addQuads(quads);
writer.end((error, result) => process.stdout.write(result));
"""


def node(script: str, *arguments: str, given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    paths = (str(HERE.parent / ".venv-tools/node_modules"), os.environ.get("NODE_PATH", ""))
    environment = {**os.environ, "NODE_PATH": os.pathsep.join(filter(None, paths))}
    return subprocess.run(["node", "-e", script, *arguments], input=given, capture_output=True, env=environment, check=False)


@pytest.fixture(scope="module")
def n3() -> None:
    if shutil.which("node") is None or node("require('n3')").returncode:
        pytest.skip("needs node and N3.js: npm install --prefix .venv-tools n3")


def canonical(quads: object) -> str:
    """The hash of the canonical form (RDFC-1.0) of all triples, whatever graph they are in."""
    dataset = ox.Dataset(ox.Quad(q.subject, q.predicate, q.object) for q in quads)  # type: ignore[attr-defined]
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return hashlib.sha256("\n".join(sorted(map(str, dataset))).encode()).hexdigest()


@pytest.fixture(scope="module")
def whole() -> Graph:
    told = [{"type": "fine", "trigger": "fined", "target": ["e1"], "offence": "script"}]
    hostile = stories.analysis("=x", "en", f"{HOSTILE} was fined.", {"e1": ("person", HOSTILE, None)}, told, title=HOSTILE)
    return merge([*stories.everything(), hostile])


@pytest.mark.usefixtures("n3")
@pytest.mark.parametrize(("name", "media"), [("turtle", "text/turtle"), ("nt", "N-Triples"), ("trig", "application/trig")])
def test_n3_reads_the_same_graph(whole: Graph, name: str, media: str) -> None:
    written = prepare(whole, run=RUN)
    done = node(N3, media, given=OUTPUTS[name].write(written))
    assert done.returncode == 0, done.stderr[:2000]
    assert canonical(ox.parse(done.stdout, ox.RdfFormat.N_QUADS)) == canonical(written.triples)


@pytest.mark.usefixtures("n3")
def test_n3_refuses_what_is_broken(whole: Graph) -> None:
    content = OUTPUTS["turtle"].write(prepare(whole, run=RUN))
    assert node(N3, "text/turtle", given=content[: len(content) // 2]).returncode != 0


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False), st.data())
def test_some_articles_in_any_order_give_the_same_bytes(rng: random.Random, data: st.DataObject) -> None:
    articles = stories.everything()
    chosen = data.draw(st.lists(st.sampled_from(range(len(articles))), unique=True, min_size=1))
    some = [articles[number] for number in sorted(chosen)]
    first = prepare(merge(some), run=RUN)
    mixed = list(some)
    rng.shuffle(mixed)
    again = prepare(merge(mixed), run=RUN)
    for name, form in OUTPUTS.items():
        assert form.write(again) == form.write(first), name


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.randoms(use_true_random=False))
def test_a_graph_whose_parts_change_places_gives_the_same_bytes(whole: Graph, rng: random.Random) -> None:
    def mixed(parts: tuple[object, ...]) -> tuple[object, ...]:
        return tuple(rng.sample(parts, len(parts)))

    other = dataclasses.replace(whole, **{f.name: mixed(getattr(whole, f.name)) for f in dataclasses.fields(whole)})
    for name in ("turtle", "nt", "trig", "jsonld", "rdf12"):
        assert OUTPUTS[name].write(prepare(other, run=RUN)) == OUTPUTS[name].write(prepare(whole, run=RUN)), name


IRIS = st.sampled_from("abcde").map(lambda x: ox.NamedNode(f"https://w3id.org/kg-exporter/id/entity/{x}")) | st.sampled_from(
    ("http://a.example/#char=1,2", "http://a.example/é/ß?x=y.", "http://www.wikidata.org/entity/Q1", "urn:x-a:b.c")
).map(ox.NamedNode)
TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=20)
LITERALS = (
    TEXT.map(ox.Literal)
    | TEXT.map(lambda text: ox.Literal(text, language="ar"))
    | st.sampled_from(("1", "-0.50", "1e5", "true", "P1D")).flatmap(
        lambda text: st.sampled_from(("decimal", "integer", "double", "boolean", "string", "duration")).map(
            lambda kind: ox.Literal(text, datatype=ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}"))
        )
    )
)
TRIPLES = st.lists(st.builds(ox.Triple, IRIS, IRIS, IRIS | LITERALS), max_size=12)


@settings(max_examples=150, deadline=None)
@given(TRIPLES, st.randoms(use_true_random=False))
def test_any_triples_are_read_back_and_written_as_before(triples: list[ox.Triple], rng: random.Random) -> None:
    for syntax, form in ((Syntax.TURTLE, ox.RdfFormat.TURTLE), (Syntax.N_TRIPLES, ox.RdfFormat.N_TRIPLES)):
        content = to_bytes(sort_triples(triples), syntax)
        back = [quad.triple for quad in ox.parse(content, form)]
        assert set(back) == set(triples)
        doubled = [*back, *triples]
        rng.shuffle(doubled)
        assert to_bytes(sort_triples(doubled), syntax) == content
