"""Every form of output: readable by others, the same graph and the same bytes on every run, and safe in other tools."""

from __future__ import annotations

import csv
import dataclasses
import hashlib
import io
import json
import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pyoxigraph as ox
import pytest
import rdflib
from typer.testing import CliRunner

from kg.cli.main import build_app
from kg.errors import ConfigurationError
from kg.merge import merge
from kg.model import Analysis, Graph
from kg.rdf import vocab
from kg.rdf.action_table import COLUMNS
from kg.rdf.annotations import RDF_REIFIES
from kg.rdf.article_graphs import by_graph, to_trig
from kg.rdf.outputs import OUTPUTS, Written, choose, prepare
from kg.rdf.triples import Run
from kg.rdf.wikidata_export import event_items

HERE = Path(__file__).parent
stories = SimpleNamespace(**runpy.run_path(str(HERE / "stories.py")))
RUN = Run("0.0.0", models=("sample names 1",))
FORMATS = {
    "turtle": (ox.RdfFormat.TURTLE, "turtle"),
    "nt": (ox.RdfFormat.N_TRIPLES, "nt"),
    "trig": (ox.RdfFormat.TRIG, "trig"),
    "jsonld": (ox.RdfFormat.JSON_LD, "json-ld"),
}
HOSTILE = '\u202egnorw =1+1 \x00\x1b[31m "quoted" \\u0000 @id\n<script> \U0001f600 \udc80'


def graph(*extra: Analysis) -> Graph:
    return merge([*stories.everything(), *extra])


def hostile() -> Analysis:
    """An article whose every word may be an attack on somebody's reader."""
    text = f"{HOSTILE} was fined."
    entities = {"e1": ("person", HOSTILE, None)}
    told = [{"type": "fine", "trigger": "fined", "target": ["e1"], "target_text": "=1+1", "offence": "@id"}]
    return stories.analysis("=cmd", "en", text, entities, told, title=HOSTILE, publisher=HOSTILE, url="https://x.example/a%22b")


@pytest.fixture(scope="module")
def written() -> Written:
    return prepare(graph(hostile()), run=RUN)


def canonical(quads: object) -> str:
    """The hash of the canonical form (RDFC-1.0) of all triples, whatever graph they are in."""
    dataset = ox.Dataset(ox.Quad(q.subject, q.predicate, q.object) for q in quads)  # type: ignore[attr-defined]
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return hashlib.sha256("\n".join(sorted(map(str, dataset))).encode()).hexdigest()


def read(name: str, content: bytes) -> list[ox.Quad]:
    return list(ox.parse(content, FORMATS[name][0]))


def test_the_forms_that_the_command_knows() -> None:
    assert list(OUTPUTS) == ["turtle", "nt", "trig", "jsonld", "rdf12", "ftm", "quickstatements", "csv"]
    assert len({form.ending for form in OUTPUTS.values()}) == len(OUTPUTS)


@pytest.mark.parametrize("name", FORMATS)
def test_pyoxigraph_reads_the_same_graph(written: Written, name: str) -> None:
    assert canonical(read(name, OUTPUTS[name].write(written))) == canonical(written.triples)


@pytest.mark.parametrize("name", FORMATS)
def test_rdflib_reads_the_same_graph(written: Written, name: str) -> None:
    data = rdflib.Dataset(default_union=True)
    rdflib.NORMALIZE_LITERALS = False
    try:
        data.parse(data=OUTPUTS[name].write(written), format=FORMATS[name][1])
    finally:
        rdflib.NORMALIZE_LITERALS = True
    flat = rdflib.Graph()
    for s, p, o, _ in data.quads():
        flat.add((s, p, o))
    content = flat.serialize(format="nt", encoding="utf-8")
    assert canonical(ox.parse(content, ox.RdfFormat.N_TRIPLES)) == canonical(written.triples)


@pytest.mark.parametrize("tool", ["serdi", "rapper"])
@pytest.mark.parametrize("name", ["turtle", "nt", "trig"])
def test_other_parsers_read_the_same_graph(written: Written, tool: str, name: str, tmp_path: Path) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"needs {tool}")
    path = tmp_path / f"kg{OUTPUTS[name].ending}"
    path.write_bytes(OUTPUTS[name].write(written))
    syntax = {"turtle": "turtle", "nt": "ntriples", "trig": "trig"}[name]
    quads = "nquads" if name == "trig" else "ntriples"
    command = {
        "serdi": ["serdi", "-i", syntax, "-o", quads, str(path)],
        "rapper": ["rapper", "-q", "-i", syntax, "-o", quads, str(path)],
    }
    done = subprocess.run(command[tool], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr[:2000]
    form = ox.RdfFormat.N_QUADS if name == "trig" else ox.RdfFormat.N_TRIPLES
    assert canonical(ox.parse(done.stdout, form)) == canonical(written.triples)


def test_each_article_has_a_graph_and_what_is_shared_has_none(written: Written) -> None:
    quads = read("trig", OUTPUTS["trig"].write(written))
    graphs = {q.graph_name.value for q in quads if isinstance(q.graph_name, ox.NamedNode)}
    assert graphs == set(written.names.articles.values())
    for quad in quads:
        if isinstance(quad.graph_name, ox.NamedNode):
            assert quad.subject.value.startswith((quad.graph_name.value, f"{vocab.DATA}report/"))
        else:
            assert "/report/" not in quad.subject.value and "#char=" not in quad.subject.value
    reports = {q.subject: q.graph_name for q in quads if q.predicate == vocab.PROV_WAS_DERIVED_FROM}
    assert all(name == q.object for q in quads if q.predicate == vocab.PROV_WAS_DERIVED_FROM for name in [reports[q.subject]])


def test_another_base_keeps_evidence_with_its_report() -> None:
    written = prepare(graph(), "https://news.example/kg/", RUN)
    quads = read("trig", OUTPUTS["trig"].write(written))
    assert canonical(quads) == canonical(written.triples)
    assert all(isinstance(q.graph_name, ox.NamedNode) for q in quads if q.predicate in (vocab.KG_WORDS, vocab.KG_REPORTS))
    with pytest.raises(ConfigurationError, match="without # that ends in /"):
        prepare(graph(), "https://news.example/kg#", RUN)


def test_annotations_say_which_report_tells_which_fact(written: Written) -> None:
    triples = [q.triple for q in ox.parse(OUTPUTS["rdf12"].write(written), ox.RdfFormat.TURTLE)]
    plain = [t for t in triples if t.predicate != RDF_REIFIES]
    assert canonical(plain) == canonical(written.triples)
    stated, told = set(plain), {t.subject: t.object for t in plain if t.predicate == vocab.KG_REPORTS}
    annotations = [t for t in triples if t.predicate == RDF_REIFIES]
    assert len(annotations) > 30
    for triple in annotations:
        assert triple.object in stated and triple.object.subject == told[triple.subject]
    # Nothing of an action but type, stage, place in a case and conflicts stands without a report; a doubt is no report's word.
    facts = {t.object for t in annotations}
    own = {vocab.RDF_TYPE, vocab.KG_STAGE, vocab.KG_PART_OF_CASE, vocab.KG_POSITION, vocab.KG_CONFLICT}
    actions = set(told.values())
    assert [t for t in plain if t.subject in actions and t.predicate not in own and t not in facts] == []


def test_the_context_of_json_ld_is_in_the_document(written: Written) -> None:
    document = json.loads(OUTPUTS["jsonld"].write(written))
    assert isinstance(document["@context"], dict)
    case = next(node for node in document["@graph"] if node.get("@type") == "kg:Case")
    assert case["hasAction"] and case["label"]
    report = next(node for node in document["@graph"] if node.get("@type") == "kg:Report" and "date" in node)
    assert isinstance(report["reports"], str) and isinstance(report["confidence"], str)


def test_every_order_and_run_gives_the_same_bytes(tmp_path: Path) -> None:
    script = (
        "import hashlib, runpy, sys, random; from types import SimpleNamespace; from kg.merge import merge;"
        "from kg.rdf.outputs import OUTPUTS, prepare; from kg.rdf.triples import Run;"
        f"s = runpy.run_path({str(HERE / 'stories.py')!r})['everything']();"
        "random.Random(int(sys.argv[1])).shuffle(s); w = prepare(merge(s), run=Run('0.0.0'));"
        "print(*(hashlib.sha256(f.write(w)).hexdigest() for f in OUTPUTS.values()))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", script, seed],
            env={**os.environ, "PYTHONHASHSEED": seed},
            cwd=HERE.parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(runs) == 1 and len(runs.pop().split()) == len(OUTPUTS)


# -- other people's tools -----------------------------------------------------------------------------------------------


def test_the_table_has_a_line_for_each_action_and_no_formula(written: Written) -> None:
    content = OUTPUTS["csv"].write(written)
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert tuple(rows[0]) == COLUMNS and len(rows) == len(written.graph.actions)
    assert not any(value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
    assert not any(char in value for row in rows for value in row.values() for char in "\x00\x1b\u202e\n\r")
    charge = next(row for row in rows if row["type"] == "charge" and "Lina Sorel" in row["targets"])
    assert (charge["reports"], charge["date"], charge["agents"]) == ("3", "2031-03-05", "نيابة فالمونت")
    assert charge["articles"] == "sorel-ar; sorel-en; sorel-fr" and "forgery" in charge["offence"]
    assert next(row for row in rows if row["conflicts"])["conflicts"] == "date"
    assert next(row for row in rows if row["articles"] == "'=cmd")["target_description"] == "'=1+1"


def test_follow_the_money_entities_hang_together(written: Written) -> None:
    entities = [json.loads(line) for line in OUTPUTS["ftm"].write(written).decode().splitlines()]
    by_id = {entity["id"]: entity for entity in entities}
    assert len(by_id) == len(entities)
    assert {e["schema"] for e in entities} <= {"Article", "CourtCase", "CourtCaseParty", "Organization", "Person", "Sanction"}
    for entity in entities:
        assert all(values and all(isinstance(v, str) and v for v in values) for values in entity["properties"].values())
        for name, schemata in {"case": {"CourtCase"}, "party": {"Person", "Organization"}, "proof": {"Article"}}.items():
            assert {by_id[key]["schema"] for key in entity["properties"].get(name, ())} <= schemata
    assert by_id["Q149067"]["properties"]["wikidataId"] == ["Q149067"]
    parties = [e["properties"] for e in entities if e["schema"] == "CourtCaseParty"]
    assert {("bail", "actual"), ("sentence", "requested")} <= {(p["role"][0], p["status"][0]) for p in parties}


def test_follow_the_money_accepts_the_entities(written: Written) -> None:
    followthemoney = pytest.importorskip("followthemoney", reason="needs followthemoney")
    for line in OUTPUTS["ftm"].write(written).decode().splitlines():
        data = json.loads(line)
        proxy = followthemoney.model.get_proxy(data, cleaned=False)
        proxy.schema.validate(proxy.to_dict())
        lost = {name for name, values in data["properties"].items() if len(proxy.get(name)) < len(set(values))}
        assert lost <= {"alias"}, data


def agreed(**changes: object) -> Graph:
    """Two articles on one arrest of somebody with an item, both with an address."""
    out = []
    for number, lang in ((1, "en"), (2, "fr")):
        text = "Dana Rook was arrested in Arlen."
        entities = {"e1": ("person", "Dana Rook", "Q900000009"), "e2": ("place", "Arlen", "Q900000011")}
        slots = {"type": "arrest", "trigger": "arrested", "target": ["e1"], "place": ["e2"], "date": "2031-03-03"}
        slots |= changes if number == 2 else {}  # type: ignore[arg-type]
        head = {"published": "2031-03-04", "url": f"https://paper{number}.example/rook"}
        out.append(stories.analysis(f"rook-{number}", lang, text, entities, [slots], **head))
    return merge(out)


def statements(graph: Graph) -> list[list[str]]:
    lines = OUTPUTS["quickstatements"].write(prepare(graph, run=RUN)).decode().splitlines()
    return [line.partition(" /* ")[0].split("\t") for line in lines]


def test_a_statement_for_wikidata_has_qualifiers_and_a_reference() -> None:
    assert event_items().items() >= {("arrest", "Q1403016"), ("sentence", "Q1763090")}
    assert statements(agreed()) == [
        f"Q900000009 P793 Q1403016 P585 +2031-03-03T00:00:00Z/11 P276 Q900000011 S854 {url} S577 +2031-03-04T00:00:00Z/11".split()
        for url in ('"https://paper1.example/rook"', '"https://paper2.example/rook"')
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"date": "2031-03-04"},
        {"modality": "negated"},
        {"modality": "possible"},
        {"date": "2031-06-01"},
        {"type": "release"},
    ],
    ids=lambda changes: "-".join(map(str, changes.values())),
)
def test_nothing_is_proposed_that_is_not_agreed(changes: dict[str, str]) -> None:
    assert statements(agreed(**changes)) == []


def test_nothing_is_proposed_about_who_has_no_item_or_from_one_article() -> None:
    assert statements(graph(hostile())) == []
    one = agreed().analyses[0]
    assert statements(merge([one])) == []
    private = [
        dataclasses.replace(a, entities=tuple(dataclasses.replace(e, qid=None) for e in a.entities or ()))
        for a in agreed().analyses
    ]
    assert statements(merge(private)) == []
    silent = [dataclasses.replace(a, article=dataclasses.replace(a.article, url=None)) for a in agreed().analyses]
    assert statements(merge(silent)) == []


# -- the command --------------------------------------------------------------------------------------------------------


def test_the_ending_or_the_format_says_what_is_written(tmp_path: Path) -> None:
    assert choose(Path("a/kg.rdf12.ttl"), []) == {"rdf12": Path("a/kg.rdf12.ttl")}
    assert choose(Path("a/kg.ttl"), ["csv", "trig", "csv"]) == {"csv": Path("a/kg.csv"), "trig": Path("a/kg.trig")}
    assert choose(Path("a/kg"), ["ftm"]) == {"ftm": Path("a/kg.ftm.json")}
    with pytest.raises(ConfigurationError, match="must end in"):
        choose(Path("kg.xml"), [])
    with pytest.raises(ConfigurationError, match="no format 'xml'"):
        choose(Path("kg.ttl"), ["xml"])


def test_build_writes_several_forms(root: Path, tmp_path: Path) -> None:
    source = str(root / "articles" / "fr-durov.txt")
    arguments = ["build", source, "-o", str(tmp_path / "kg.ttl"), "--parser", "rules"]
    for name in OUTPUTS:
        arguments += ["--format", name]
    result = CliRunner().invoke(build_app(), arguments)
    assert result.exit_code == 0, result.output
    assert {p.name for p in tmp_path.iterdir()} == {f"kg{form.ending}" for form in OUTPUTS.values()}
    found = {canonical(read(name, (tmp_path / f"kg{OUTPUTS[name].ending}").read_bytes())) for name in FORMATS}
    assert len(found) == 1


def test_a_graph_of_trig_holds_what_a_quad_for_each_triple_would(written: Written) -> None:
    """The graphs are written one by one as Turtle; here they are read back."""
    quads = set(ox.parse(OUTPUTS["trig"].write(written), format=ox.RdfFormat.TRIG))
    graphs = by_graph(written.triples, written.names)
    homes = {home: ox.NamedNode(home) if home else ox.DefaultGraph() for home in graphs}
    expected = {ox.Quad(t.subject, t.predicate, t.object, homes[home]) for home, found in graphs.items() for t in found}
    assert quads == expected and len(quads) == len(written.triples) and len(graphs) == len(written.graph.analyses) + 1


def test_words_with_breaks_stay_in_their_graph(written: Written) -> None:
    name = next(iter(written.names.articles.values()))
    triple = ox.Triple(ox.NamedNode(name), vocab.SCHEMA_HEADLINE, ox.Literal('one\n} "two" {\r\n\tthree .\n', language="en"))
    (quad,) = ox.parse(to_trig([triple], written.names), format=ox.RdfFormat.TRIG)
    assert quad == ox.Quad(triple.subject, triple.predicate, triple.object, ox.NamedNode(name))
