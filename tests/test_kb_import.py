"""Importing knowledge bases, stacking them, and comparing one with Wikidata."""

from __future__ import annotations

import bz2
import gzip
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from pytest_httpserver import HTTPServer
from typer.testing import CliRunner
from werkzeug import Request, Response

from kg.cli.main import build_app
from kg.errors import ConfigurationError, StoreError
from kg.issues import IssueLog
from kg.kb.check import problems
from kg.kb.classes import read_classes
from kg.kb.compare import compare
from kg.kb.endpoint import read_endpoint
from kg.kb.importer import SPOOL, Wish, import_dump, import_entries
from kg.kb.items import read_item
from kg.kb.tables import read_table
from kg.link.kb import Entry, open_shipped
from kg.link.kbfile import Alias, FileKnowledgeBase, write_kb
from kg.link.kbstack import StackedKnowledgeBase, open_stack
from kg.model import Kind
from kg.wikidata.asker import Asker, user_agent

SIX = ("en", "fr", "ar", "ru", "es", "de")


def statement(value: Any, rank: str = "normal") -> dict[str, Any]:
    snak = {"snaktype": "value", "property": "P1", "datavalue": {"value": value}}
    return {"mainsnak": snak, "rank": rank, "type": "statement"}


def ref(number: int) -> dict[str, Any]:
    return {"entity-type": "item", "numeric-id": number, "id": f"Q{number}"}


def item(number: int, main: int, names: dict[str, str], **more: Any) -> dict[str, Any]:
    return {
        "type": "item",
        "id": f"Q{number}",
        "labels": {lang: {"language": lang, "value": name} for lang, name in names.items()},
        "aliases": {lang: [{"language": lang, "value": n} for n in found] for lang, found in more.get("aliases", {}).items()},
        "descriptions": {"en": {"language": "en", "value": "made-up"}},
        "claims": {"P31": [statement(ref(main))], **more.get("claims", {})},
        "sitelinks": {f"w{i}": {} for i in range(more.get("sitelinks", 1))},
    }


ITEMS = [
    item(901, 6256, {"en": "Veltria", "fr": "Veltrie"}, claims={"P17": [statement(ref(901))]}, sitelinks=200),
    item(
        902,
        515,
        {"en": "Morvane", "ar": "مورفان"},
        aliases={"en": ["Old Morvane"]},
        sitelinks=30,
        claims={
            "P17": [statement(ref(901))],
            "P1082": [statement({"amount": "+90000"}), statement({"amount": "+120000"}, "preferred")],
            "P625": [statement({"latitude": 10.5, "longitude": -20.25})],
        },
    ),
    item(903, 5, {"en": "Ilka Dorsen"}, aliases={"en": ["Dorsen"]}, claims={"P27": [statement(ref(901))]}, sitelinks=9),
    item(904, 13442814, {"en": "On the growth of moss"}),
    item(905, 99001, {"en": "Morvane Harbour Court"}),
    item(99001, 99002, {"en": "harbour court"}, claims={"P279": [statement(ref(41487))]}),
    {"type": "property", "id": "P31", "labels": {}, "claims": {}},
]


def write_dump(path: Path, items: list[dict[str, Any]] = ITEMS, broken: str = "") -> Path:
    lines = [json.dumps(it, ensure_ascii=False, separators=(",", ":")) for it in items] + ([broken] if broken else [])
    data = ("[\n" + ",\n".join(lines) + "\n]\n").encode()
    path.write_bytes({".gz": gzip.compress, ".bz2": bz2.compress}.get(path.suffix, bytes)(data))
    return path


@pytest.mark.parametrize("name", ["d.json", "d.json.gz", "d.json.bz2"])
def test_a_dump_is_read_in_every_form(tmp_path: Path, name: str) -> None:
    done = import_dump(write_dump(tmp_path / name), tmp_path / "kb", Wish(read_classes(), SIX), IssueLog())
    kb = FileKnowledgeBase(tmp_path / "kb")
    assert done.kept == len(kb) == 3
    city = kb.entry("Q902")
    assert city == Entry(
        "Q902", Kind.PLACE, "city", (("en", "Morvane"), ("ar", "مورفان")), 120_000, 0.508, "Q901", 10.5, -20.25, "made-up"
    )
    assert [m.entry.qid for m in kb.match("old morvane", "en")] == ["Q902"]
    assert [(m.entry.qid, m.weak) for m in kb.match("Dorsen", "en")] == [("Q903", True)]
    assert [(m.entry.qid, m.weak) for m in kb.match("Ilka Dorsen", "en")] == [("Q903", False)]
    assert not (tmp_path / "kb" / SPOOL).exists()


def test_subclasses_languages_kinds_and_limits_choose(tmp_path: Path) -> None:
    dump = write_dump(tmp_path / "d.json")

    def qids(**more: Any) -> tuple[str, ...]:
        folder = tmp_path / "-".join(map(str, sorted(more)))
        only = more.pop("only", ())
        import_dump(dump, folder, Wish(read_classes(only), **more), IssueLog())
        return FileKnowledgeBase(folder).qids()

    assert qids(subclasses=True) == ("Q901", "Q902", "Q903", "Q905")
    assert qids(languages=("fr",)) == ("Q901",)
    assert qids(only=("person",)) == ("Q903",)
    assert qids(min_sitelinks=20) == ("Q901", "Q902")
    assert qids(limit=1) == ("Q901",)
    with pytest.raises(ConfigurationError, match="no class is of kind"):
        read_classes(["planet"])


def test_more_classes_come_from_a_table(tmp_path: Path) -> None:
    table = tmp_path / "classes.tsv"
    table.write_text("Q99001\torganization\tcourt\n")
    import_dump(write_dump(tmp_path / "d.json"), tmp_path / "kb", Wish(read_classes((), table)), IssueLog())
    entry = FileKnowledgeBase(tmp_path / "kb").entry("Q905")
    assert entry is not None
    assert (entry.kind, entry.feature) == (Kind.ORGANIZATION, "court")
    table.write_text("Q99001\tthing\tcourt\n")
    with pytest.raises(ConfigurationError, match="line 1"):
        read_classes((), table)


def test_what_is_no_item_is_logged_and_the_rest_goes_on(tmp_path: Path) -> None:
    log = IssueLog()
    broken = '{"id":"Q9","claims":{"P31":[{"mainsnak":{"numeric-id":5}'
    import_dump(write_dump(tmp_path / "d.json", broken=broken), tmp_path / "kb", Wish(read_classes()), log)
    assert [issue.source for issue in log.errors] == [f"d.json, line {len(ITEMS) + 2}"]
    assert len(FileKnowledgeBase(tmp_path / "kb")) == 3


def test_a_damaged_dump_says_where_and_the_mended_one_goes_on(tmp_path: Path) -> None:
    many = [item(n, 515, {"en": f"Town {n}"}) for n in range(1000, 13_000)]
    whole = write_dump(tmp_path / "d.json.gz", many).read_bytes()
    dump = tmp_path / "d.json.gz"
    dump.write_bytes(whole[: len(whole) // 2] + bytes(len(whole) - len(whole) // 2))
    with pytest.raises(ConfigurationError, match="damaged after line"):
        import_dump(dump, tmp_path / "kb", Wish(read_classes()), IssueLog())
    with pytest.raises(ConfigurationError, match="another import"):
        import_dump(dump, tmp_path / "kb", Wish(read_classes(), min_sitelinks=1), IssueLog())
    dump.write_bytes(whole)
    done = import_dump(dump, tmp_path / "kb", Wish(read_classes()), IssueLog())
    assert done.resumed == 5_001  # the bracket and one step
    assert len(FileKnowledgeBase(tmp_path / "kb")) == 12_000
    import_dump(dump, tmp_path / "again", Wish(read_classes()), IssueLog())
    for name in ("entries.bin", "aliases.marisa"):
        assert (tmp_path / "kb" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_an_import_that_was_killed_goes_on(tmp_path: Path, root: Path) -> None:
    pipe = tmp_path / "d.json"
    lines = [json.dumps(item(n, 515, {"en": f"Town {n}"}), separators=(",", ":")) for n in range(1000, 31_000)]
    pipe.write_text("[\n" + ",\n".join(lines) + "\n]\n")
    command = [sys.executable, "-m", "kg", "kb", "import", str(pipe), "-o", str(tmp_path / "kb")]
    with subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as run:
        wal = tmp_path / "kb" / f"{SPOOL}-wal"
        deadline = time.monotonic() + 60
        while run.poll() is None and time.monotonic() < deadline and not (wal.exists() and wal.stat().st_size > 500_000):
            time.sleep(0.01)
        run.send_signal(signal.SIGKILL)
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True)
    assert "30000 entries" in done.stdout
    assert len(FileKnowledgeBase(tmp_path / "kb")) == 30_000


def test_real_items_are_read(shared: Path, tmp_path: Path) -> None:
    dump = shared / "data/dev/wikidata_fixtures/opentapioca/sample_wikidata_items.json.bz2"
    if not dump.is_file():
        pytest.skip("the sample of a dump is not there")
    import_dump(dump, tmp_path, Wish(read_classes()), IssueLog())
    kb = FileKnowledgeBase(tmp_path)
    for name, lang in (("Belgium", "en"), ("Belgique", "fr"), ("بلجيكا", "ar"), ("Бельгия", "ru")):
        assert kb.match(name, lang)[0].entry.qid == "Q31"


def test_deprecated_and_unknown_values_do_not_count() -> None:
    unknown = {"mainsnak": {"snaktype": "somevalue", "property": "P1082"}, "rank": "normal"}
    old = statement({"amount": "+7"}, "deprecated")
    found = read_item(item(1, 515, {"en": "X town"}, claims={"P1082": [unknown, old]}), read_classes(), SIX)
    assert found is not None
    assert found.entry.population == 0
    assert read_item({"id": "Q1", "claims": [], "labels": []}, read_classes(), SIX) is None


TABLE = """qid\tkind\tname_en\tname_fr\taliases\tprior\tlatitude\tnote
Q700\tperson\tIlka Dorsen\t\tfr:Dorsen;I. Dorsen\t\t\tx
Q701\torganization\tHarbour Court\tCour du port\t\t0.5\t\t
701\tperson\tNobody\t\t\t\t\t
Q702\tperson\t\t\t\t\t\t
Q703\tplace\tMorvane\t\t\t2\t\t
Q704\tplace\tMorvane\t\t\t\tnorth\t
"""


def test_a_table_of_ones_own(tmp_path: Path) -> None:
    log, table = IssueLog(), tmp_path / "own.tsv"
    table.write_text(TABLE, "utf-8")
    import_entries(read_table(table, SIX, log), tmp_path / "kb", SIX, 100, {"table": "own.tsv"})
    assert [issue.source.rpartition(" ")[2] for issue in log.errors] == ["4", "5", "6", "7"]
    kb = FileKnowledgeBase(tmp_path / "kb")
    assert kb.qids() == ("Q700", "Q701")
    assert [(m.entry.prior, m.weak) for m in kb.match("Dorsen", "fr")] == [(0.95, True)]
    assert kb.match("cour du port", "fr")[0].entry.prior == 0.5
    table.write_text("qid\tname\nQ1\tx\n")
    with pytest.raises(ConfigurationError, match="must name the columns"):
        import_entries(read_table(table, SIX, log), tmp_path / "none", SIX, 100, {})


def test_the_users_own_wins(tmp_path: Path) -> None:
    own = Entry("Q90", Kind.PLACE, "capital", (("en", "Lutetia"),), 5, 0.95, "Q142")
    new = Entry("Q800", Kind.ORGANIZATION, "organization", (("fr", "Paris Contrôle"),), prior=0.9)
    names = [Alias("Q90", "Lutetia"), Alias("Q800", "Paris", ("fr",))]
    write_kb(tmp_path / "own", [own, new], names, {("fr", "française"): "Q800"})
    stack = open_stack([tmp_path / "own"])
    assert isinstance(stack, StackedKnowledgeBase)
    assert stack.entry("Q90") == own
    assert stack.entry("Q142") == open_shipped().entry("Q142")
    found = stack.match("Paris", "fr")
    assert [match.entry.qid for match in found][:2] == ["Q800", "Q90"]
    assert found[1].entry == own
    assert stack.lookup("Lutetia", "en") == (own,)
    assert stack.begins("lutet")
    assert stack.begins("franc")
    assert stack.demonym("française", "fr") == "Q800"
    assert stack.demonym("allemande", "fr") == "Q183"
    assert "own-2" in stack.version
    assert open_stack([]) is open_shipped()


WD = """@prefix wd: <http://www.wikidata.org/entity/> . @prefix wdt: <http://www.wikidata.org/prop/direct/> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix wikibase: <http://wikiba.se/ontology#> . @prefix geo: <http://www.opengis.net/ont/geosparql#> .
wd:Q902 wdt:P31 wd:Q515 ; rdfs:label "Morvane"@en, "Morvanie"@fr ; skos:altLabel "Old Morvane"@en ; wdt:P17 wd:Q901 ;
  wdt:P625 "Point(-20.25 10.5)"^^geo:wktLiteral ; wdt:P1082 120000 ; wikibase:sitelinks 30 .
wd:Q906 wdt:P31 wd:Q515 ; rdfs:label "Sotley"@en .
wd:Q907 wdt:P31 wd:Q515 ; rdfs:label "Nimmerhausen"@nl .
wd:Q908 wdt:P31 wd:Q515 ; rdfs:label "Zweitstadt"@de .
"""


def serve_sparql(request: Request) -> Response:
    store = ox.Store()
    store.load(WD, ox.RdfFormat.TURTLE)
    results = store.query(request.form["query"])
    assert isinstance(results, ox.QuerySolutions)
    return Response(results.serialize(format=ox.QueryResultsFormat.JSON), content_type="application/sparql-results+json")


def test_an_endpoint_is_read_page_by_page(httpserver: HTTPServer, tmp_path: Path) -> None:
    httpserver.expect_request("/sparql", method="POST").respond_with_handler(serve_sparql)
    found = read_endpoint(Asker(user_agent("me@example.org")), httpserver.url_for("/sparql"), read_classes(["city"]), SIX, page=1)
    import_entries(found, tmp_path, SIX, 100, {})
    kb = FileKnowledgeBase(tmp_path)
    assert kb.qids() == ("Q902", "Q906", "Q908")
    assert kb.entry("Q902") == Entry(
        "Q902", Kind.PLACE, "city", (("en", "Morvane"), ("fr", "Morvanie")), 120_000, 0.508, "Q901", 10.5, -20.25
    )
    assert kb.match("Old Morvane", "en")[0].entry.qid == "Q902"
    assert "me@example.org" in httpserver.log[0][0].headers["User-Agent"]
    whole = {f.entry.qid for f in read_endpoint(Asker(rate=1e6), httpserver.url_for("/sparql"), read_classes(["city"]), SIX)}
    assert whole == {"Q902", "Q906", "Q908"}


def test_a_busy_server_is_waited_for_and_a_broken_one_named(httpserver: HTTPServer) -> None:
    waits: list[float] = []
    asker = Asker(rate=1e6, sleep=waits.append)
    httpserver.expect_ordered_request("/x").respond_with_data("busy", status=429, headers={"Retry-After": "9"})
    httpserver.expect_ordered_request("/x").respond_with_data("down", status=503)
    httpserver.expect_ordered_request("/x").respond_with_json({"fine": 1})
    assert asker.demand(httpserver.url_for("/x"), {}) == {"fine": 1}
    assert waits == [9.0, 2.0]
    httpserver.clear()
    httpserver.expect_request("/html").respond_with_data("<html>")
    httpserver.expect_request("/refused").respond_with_data("no", status=403)
    with pytest.raises(StoreError, match="no JSON"):
        asker.demand(httpserver.url_for("/html"), {})
    with pytest.raises(StoreError, match="403"):
        asker.demand(httpserver.url_for("/refused"), {})
    with pytest.raises(StoreError, match="no address"):
        asker.demand("nowhere", {})


def wikidata_of(items: dict[str, Any]) -> Callable[[Request], Response]:
    def answer(request: Request) -> Response:
        ids = request.args["ids"].split("|")
        assert len(ids) <= 50
        return Response(json.dumps({"entities": {i: items.get(i, {"id": i, "missing": ""}) for i in ids}}))

    return answer


def test_names_are_compared_with_wikidata(httpserver: HTTPServer) -> None:
    def label(text: str, **more: Any) -> dict[str, Any]:
        return {"labels": {"en": {"language": "en", "value": text}}, **more}

    items = {
        "Q1": label("Dolmen", id="Q1"),
        "Q2": label("Stone", id="Q2", aliases={"en": [{"language": "en", "value": "Menhir"}]}),
        "Q3": label("A bus station", id="Q3"),
        "Q5": label("Cairn", id="Q6"),
        "Q7": label("Bråby", id="Q7", aliases={"fr": [{"language": "fr", "value": "Brabi"}]}),
    }
    httpserver.expect_request("/w/api.php").respond_with_handler(wikidata_of(items))
    entries = [
        Entry("Q1", Kind.PLACE, "city", (("en", "DOLMEN"),)),
        Entry("Q2", Kind.PLACE, "city", (("en", "Menhir"),)),
        Entry("Q3", Kind.PLACE, "city", (("en", "Tumulus"),)),
        Entry("Q4", Kind.PLACE, "city", (("en", "Gone"),)),
        Entry("Q5", Kind.PLACE, "city", (("en", "Cairn"),)),
        Entry("Q7", Kind.PLACE, "city", (("en", "Braby"), ("fr", "Bråville"))),
        *(Entry(f"Q{n}", Kind.PLACE, "city", (("en", "Gone"),)) for n in range(100, 160)),
    ]
    found = list(compare(entries, Asker(rate=1e6), SIX, httpserver.url_for("/w/api.php")))
    assert [(d.qid, d.lang, d.reason.split()[0]) for d in found[:4]] == [
        ("Q3", "", "another"),
        ("Q4", "", "there"),
        ("Q5", "", "it"),
        ("Q7", "fr", "'Bråville'"),
    ]
    assert len(found) == 64
    assert len(httpserver.log) == 2


def test_an_error_of_wikidata_is_told(httpserver: HTTPServer) -> None:
    httpserver.expect_request("/w/api.php").respond_with_json({"error": {"code": "no-such-entity", "info": "Invalid id"}})
    with pytest.raises(StoreError, match="Invalid id"):
        list(compare([Entry("Q1", Kind.PLACE, "city", ())], Asker(rate=1e6), SIX, httpserver.url_for("/w/api.php")))


def run(*arguments: str, **environment: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(build_app(), ["kb", *arguments], env=environment)
    return result.exit_code, result.stdout, result.stderr


def test_the_commands(tmp_path: Path, httpserver: HTTPServer) -> None:
    table = tmp_path / "own.tsv"
    table.write_text("qid\tkind\tname\nQ700\tperson\tIlka Dorsen\nQ701\tperson\t\n", "utf-8")
    own = str(tmp_path / "own")
    code, out, error = run("import", str(table), "-o", own)
    assert (code, "1 entries" in out, "line 3" in error) == (1, True, True)
    assert run("search", "Ilka Dorsen", "--kb", own)[1].startswith("Q700\t0.950\tperson\tIlka Dorsen")
    assert run("search", "Ilka Dorsen", KG_KB=own)[1].startswith("Q700")
    assert run("search", "Ilka Dorsen")[0] == 1
    assert "Paris" in run("show", "Q90")[1]
    assert run("show", "Q999999999")[0] == 1
    assert "1 entries" in run("stats", own)[1]
    assert run("check", own)[0] == 0
    httpserver.expect_request("/w/api.php").respond_with_handler(wikidata_of({}))
    code, out, _ = run("check", own, "--wikidata", "--api", httpserver.url_for("/w/api.php"))
    assert (code, "1 differences" in out, "Q700" in out) == (1, True, True)
    with (tmp_path / "own" / "entries.bin").open("ab") as file:
        file.write(b"x")
    code, out, _ = run("check", own)
    assert (code, "not the file that was made" in out) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import"], "what is to be imported"),
        (["import", "x.xml"], "neither a dump"),
        (["import", "nowhere.json"], "cannot be read"),
        (["import", "nowhere.tsv"], "cannot be read"),
        (["import", "--sparql", "ftp://x"], "address of an endpoint"),
        (["import", "x.json", "--languages", "english"], "codes of two letters"),
        (["search", "x", "--kb", "nowhere"], "cannot be read"),
        (["check", "--wikidata"], "who asks"),
    ],
)
def test_wrong_usage_is_one_line(tmp_path: Path, arguments: list[str], said: str) -> None:
    more = ["-o", str(tmp_path / "kb")] if arguments[0] == "import" else []
    code, _, error = run(*arguments, *more)
    assert (code, said in error, len(error.strip().splitlines())) == (2, True, 1)


def test_the_shipped_files_are_those_that_the_recipe_made() -> None:
    assert list(problems(open_shipped().folder)) == []  # type: ignore[attr-defined]


def test_a_changed_recipe_is_noticed(tmp_path: Path) -> None:
    write_kb(tmp_path / "kb", [Entry("Q3", Kind.PLACE, "city", ())], [], {}, made_from={"recipe": "0" * 64})
    (tmp_path / "recipe").mkdir()
    (tmp_path / "recipe" / "build.py").write_text("x = 1\n")
    assert ["has changed since" in problem for problem in problems(tmp_path / "kb", tmp_path / "recipe")] == [True]
    assert list(problems(tmp_path / "kb", tmp_path / "nowhere")) == []


def test_more_languages_than_six(tmp_path: Path) -> None:
    codes = ("en", "tr", "fa", "uk", "pt", "it", "nl", "sv")
    write_kb(tmp_path, [Entry("Q3", Kind.PLACE, "city", (("sv", "Stenby"),))], [Alias("Q3", "Stenby", ("sv",))], {}, codes)
    kb = FileKnowledgeBase(tmp_path)
    assert kb.languages == codes
    assert [m.lang_match for m in kb.match("Stenby", "sv")] == [True]
    assert [m.lang_match for m in kb.match("Stenby", "fr")] == [False]
    with pytest.raises(ValueError, match="up to 8"):
        write_kb(tmp_path, [], [], {}, (*codes, "ja"))


def test_a_server_that_cannot_be_reached_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "HTTPS_PROXY", "http://127.0.0.1:9")
    with pytest.raises(StoreError, match="could not be asked"):
        Asker(sleep=lambda _: None).demand("https://kb.invalid/w/api.php", {})
