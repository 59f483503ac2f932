"""The client of Wikidata against a server of this machine: politeness, failures, the cache, and real answers."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from kg.assembly import Options, Wikidata
from kg.batch.fingerprint import cache_key, fingerprint
from kg.errors import ConfigurationError
from kg.lang.pack import load_pack
from kg.link.cascade import LinkStage
from kg.model import Analysis, Article, Kind, Mention, Span
from kg.parse.rules import RuleParser
from kg.wikidata.client import BATCH, TRIES, Client
from kg.wikidata.items import is_called, read_item
from kg.wikidata.lookup import LiveLookup
from kg.wikidata.settings import Settings, default_cache, settings_of

Item = dict[str, Any]


def item(qid: str, label: str, of: str = "Q5", description: str = "", **claims: Any) -> Item:
    """A small item in the layout of the API."""
    statements = {"P31": [_statement({"id": of})], **{p: [_statement(v)] for p, v in claims.items()}}
    texts = {
        "labels": {"en": {"language": "en", "value": label}},
        "descriptions": {"en": {"language": "en", "value": description}},
    }
    return {"id": qid, "type": "item", **texts, "aliases": {}, "claims": statements, "sitelinks": {"enwiki": {}}}


def _statement(value: Any) -> Item:
    return {"rank": "normal", "mainsnak": {"snaktype": "value", "datavalue": {"value": value}}}


class Wiki:
    """A server that knows some items and can be told to fail: each of ``failures`` answers one request."""

    def __init__(self, server: HTTPServer, items: dict[str, Item]) -> None:
        self.items, self.requests, self.failures = items, [], []  # type: ignore[var-annotated]
        server.expect_request("/api").respond_with_handler(self.answer)
        self.url = server.url_for("/api")

    def answer(self, request: Request) -> Response:
        self.requests.append(request)
        if self.failures:
            return self.failures.pop(0)()
        if request.args["action"] == "wbsearchentities":
            found = [q for q, i in self.items.items() if request.args["search"].lower() in str(i["labels"]).lower()]
            return _json({"search": [{"id": qid} for qid in found], "success": 1})
        ids = request.args["ids"].split("|")
        return _json({"entities": {qid: self.items.get(qid, {"id": qid, "missing": ""}) for qid in ids}, "success": 1})


def _json(data: Any, status: int = 200, **headers: str) -> Response:
    return Response(json.dumps(data), status, {k.replace("_", "-"): v for k, v in headers.items()}, mimetype="application/json")


@pytest.fixture
def wiki(httpserver: HTTPServer) -> Wiki:
    return Wiki(httpserver, {"Q900001": item("Q900001", "Aldo Fenwick", description="Italian judge")})


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def make(wiki: Wiki, tmp_path: Path, waits: list[float], told: list[str]) -> Iterator[Callable[..., Client]]:
    def client(**changes: Any) -> Client:
        clock = changes.pop("clock", time.time)
        options = {
            "contact": "desk@example.org",
            "endpoint": wiki.url,
            "cache": tmp_path / "answers",
            "rate": 1e6,
            "timeout": 2.0,
        }
        return Client(Settings(**{**options, **changes}), told.append, waits.append, clock)

    yield client


def test_who_asks_is_said_and_how(make: Callable[..., Client], wiki: Wiki) -> None:
    assert make().search("Aldo Fenwick", "en") == ("Q900001",)
    (request,) = wiki.requests
    assert "desk@example.org" in request.headers["User-Agent"]
    assert request.headers["User-Agent"].startswith("kg/")
    assert request.args["maxlag"] == "5"
    assert (request.args["language"], request.args["type"], request.args["format"]) == ("en", "item", "json")


@pytest.mark.parametrize("contact", ["", "desk", "a b@example.org", "desk@example.org\r\nX: y", "dèsk@example.org"])
def test_without_a_contact_nothing_is_asked(contact: str, tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="KG_WIKIDATA_CONTACT"):
        Settings(contact, cache=tmp_path)
    assert Settings(contact, cache=tmp_path, offline=True).offline


def test_the_environment_sets_it_up(tmp_path: Path) -> None:
    found = settings_of({"KG_WIKIDATA_CONTACT": "https://example.org/about", "KG_WIKIDATA_CACHE": str(tmp_path)})
    assert (found.contact, found.cache) == ("https://example.org/about", tmp_path)
    assert default_cache({"XDG_CACHE_HOME": str(tmp_path)}) == tmp_path / "kg" / "wikidata"


def test_items_come_in_batches(make: Callable[..., Client], wiki: Wiki) -> None:
    qids = [f"Q{900_000 + n}" for n in range(2 * BATCH + 1)]
    assert list(make().items([*qids, *qids])) == ["Q900001"]
    assert [len(request.args["ids"].split("|")) for request in wiki.requests] == [BATCH, BATCH, 1]


def test_what_was_answered_is_not_asked_again_until_it_is_old(make: Callable[..., Client], wiki: Wiki) -> None:
    for _ in range(2):
        client = make()
        assert client.search("Aldo", "en") == ("Q900001",)
        assert list(client.items(["Q900001", "Q900002"])) == ["Q900001"]
    assert len(wiki.requests) == 2
    later = make(clock=lambda: time.time() + 40 * 86_400)
    assert list(later.items(["Q900001"])) == ["Q900001"]
    assert len(wiki.requests) == 3


def test_offline_uses_old_answers_alone(make: Callable[..., Client], wiki: Wiki, told: list[str]) -> None:
    make().search("Aldo", "en")
    offline = make(offline=True, contact="", clock=lambda: time.time() + 400 * 86_400)
    assert offline.search("Aldo", "en") == ("Q900001",)
    assert offline.search("Berta", "en") == ()
    assert offline.items(["Q900001"]) == {}
    assert (len(wiki.requests), told) == (1, [])


@pytest.mark.parametrize(
    ("failure", "wait"),
    [
        (lambda: _json({}, 429, Retry_After="7"), 7.0),
        (lambda: _json({}, 503, Retry_After="7"), 7.0),
        (lambda: _json({}, 503, Retry_After=formatdate(time.time() + 30, usegmt=True)), 30.0),
        (lambda: _json({}, 503, Retry_After="soon"), 1.0),
        (lambda: _json({}, 500), 1.0),
        (lambda: _json({"error": {"code": "maxlag", "lag": 6}}, Retry_After="5"), 5.0),
        (lambda: _json({"error": {"code": "ratelimited"}}), 1.0),
        (lambda: Response('{"search": [', 200, mimetype="application/json"), 1.0),
        (lambda: Response("<html>busy</html>", 200), 1.0),
        (lambda: _json([1, 2]), 1.0),
    ],
)
def test_who_is_told_to_come_back_does(
    failure: Callable[[], Response], wait: float, make: Callable[..., Client], wiki: Wiki, waits: list[float], told: list[str]
) -> None:
    wiki.failures = [failure]
    assert make().search("Aldo", "en") == ("Q900001",)
    assert waits == pytest.approx([wait], abs=2)
    assert (len(wiki.requests), told) == (2, [])


@pytest.mark.parametrize("failure", [lambda: _json({}, 503), lambda: Response("{", 200), lambda: _json({}, 403)])
def test_a_server_that_fails_is_left_alone_and_told_of_once(
    failure: Callable[[], Response], make: Callable[..., Client], wiki: Wiki, told: list[str]
) -> None:
    wiki.failures = [failure] * 20
    client = make()
    assert client.search("Aldo", "en") == ()
    assert client.items(["Q900001"]) == {}
    assert len(wiki.requests) in (1, TRIES)
    assert len(told) == 1
    wiki.failures = []
    assert make().search("Aldo", "en") == ("Q900001",), "a failure must not be kept"


def test_old_answers_are_better_than_none(make: Callable[..., Client], wiki: Wiki, told: list[str]) -> None:
    first = make()
    first.search("Aldo", "en")
    first.items(["Q900001"])
    wiki.failures = [lambda: _json({}, 503)] * 20
    client = make(clock=lambda: time.time() + 40 * 86_400)
    assert client.search("Aldo", "en") == ("Q900001",)
    assert list(client.items(["Q900001"])) == ["Q900001"]
    assert len(told) == 1


def test_nobody_waits_for_an_hour(make: Callable[..., Client], wiki: Wiki, waits: list[float], told: list[str]) -> None:
    wiki.failures = [lambda: _json({}, 429, Retry_After="3600")]
    assert make().search("Aldo", "en") == ()
    assert (waits, len(told)) == ([], 1)
    assert "3600 s" in told[0]


def test_an_error_of_the_question_stops_nothing(make: Callable[..., Client], wiki: Wiki, told: list[str]) -> None:
    wiki.failures = [lambda: _json({"error": {"code": "no-such-entity"}})]
    client = make()
    assert client.search("Aldo", "en") == ()
    assert client.search("Aldo", "en") == ("Q900001",)
    assert told == []


def test_time_out_and_nobody_there(make: Callable[..., Client], wiki: Wiki, told: list[str]) -> None:
    def slow() -> Response:
        time.sleep(0.3)
        return _json({})

    wiki.failures = [slow] * TRIES
    assert make(timeout=0.05).search("Aldo", "en") == ()
    assert make(endpoint="http://127.0.0.1:9/api").search("Aldo", "en") == ()
    assert len(told) == 2
    assert all("\n" not in line for line in told)


def test_analyses_are_made_anew_when_wikidata_has_said_more(
    make: Callable[..., Client], wiki: Wiki, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KG_WIKIDATA_CACHE", str(tmp_path / "answers"))
    options = Options(parser="rules", wikidata=Wikidata.ASK)
    first = cache_key(options)
    assert cache_key(Options(parser="rules")) == fingerprint(Options(parser="rules"))
    make().search("Aldo", "en")
    second = cache_key(options)
    make(clock=lambda: time.time() + 40 * 86_400).search("Aldo", "en")  # the same answer at another time
    assert first != second == cache_key(options)
    wiki.failures = [lambda: _json({}, 403)]
    make().search("Berta", "en")
    assert cache_key(options) != second, "what was linked during an outage is no result to keep"


def test_no_faster_than_agreed(make: Callable[..., Client], waits: list[float]) -> None:
    client = make(rate=2.0, clock=lambda: 1000.0)
    for name in ("Aldo", "Berta", "Carla"):
        client.search(name, "en")
    assert waits == pytest.approx([0.5, 1.0])


def test_a_spoilt_cache_is_no_cache(make: Callable[..., Client], wiki: Wiki, tmp_path: Path) -> None:
    make().search("Aldo", "en")
    for path in (tmp_path / "answers").rglob("*.json"):
        path.write_bytes(b'{"question"')
    assert make().search("Aldo", "en") == ("Q900001",)
    assert len(wiki.requests) == 2


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {"claims": []},
        {"claims": {"P31": "x"}, "labels": []},
        {"claims": {"P31": [{"mainsnak": {"datavalue": {"value": {"id": "Q5"}}}, "rank": "deprecated"}]}},
        {"claims": {"P31": [None, {}, {"mainsnak": None}]}},
    ],
)
def test_what_is_no_item_of_ours_is_none(broken: Item) -> None:
    assert read_item("Q1", broken, "en") is None


def test_strange_values_are_left_out() -> None:
    strange = item("Q1", "Zorb", "Q515", P625={"latitude": 1e9, "longitude": "x"}, P1082={"amount": "+many"}, P17={"id": 7})
    entry = read_item("Q1", strange, "en")
    assert entry is not None
    assert (entry.latitude, entry.longitude, entry.population, entry.country) == (None, None, 0, None)


def _linked(text: str, names: list[tuple[str, Kind]], lookup: LiveLookup) -> dict[str, str | None]:
    mentions = tuple(Mention(Span(text.index(n), text.index(n) + len(n)), kind, "test") for n, kind in names)
    article = Article("t", text, (Span(0, len(text)),), "en")
    done = LinkStage(further=lookup)(Analysis(article, RuleParser(load_pack("en"))(article), mentions))
    return {entity.name: entity.qid for entity in done.entities or ()}


def test_a_person_is_linked_on_evidence_alone(make: Callable[..., Client], wiki: Wiki) -> None:
    lookup = LiveLookup(make())
    names = [("Italy", Kind.PLACE), ("Aldo Fenwick", Kind.PERSON)]
    assert _linked("In Italy, the judge Aldo Fenwick ruled.", names, lookup)["Aldo Fenwick"] == "Q900001"
    assert _linked("Aldo Fenwick, a plumber, was fined.", names[1:], lookup)["Aldo Fenwick"] is None
    wiki.items["Q900009"] = item("Q900009", "Aldo Fenwick", description="English cricketer")
    again = LiveLookup(make(cache=Path(str(lookup.client.settings.cache) + "2")))
    assert _linked("The judge Aldo Fenwick ruled.", names[1:], again)["Aldo Fenwick"] is None


def test_wikidata_away_links_what_is_known_here(make: Callable[..., Client], wiki: Wiki, told: list[str]) -> None:
    wiki.failures = [lambda: _json({}, 503)] * 50
    names = [("Italy", Kind.PLACE), ("Aldo Fenwick", Kind.PERSON), ("Berta Olsen", Kind.PERSON)]
    found = _linked("In Italy, the judge Aldo Fenwick met Berta Olsen.", names, LiveLookup(make()))
    assert found == {"Italy": "Q38", "Aldo Fenwick": None, "Berta Olsen": None}
    assert len(told) == 1


@pytest.fixture(scope="module")
def real(shared: Path) -> Path:
    """Real answers of the API and of its dumps."""
    folder = shared / "data" / "dev" / "wikidata_fixtures"
    if not folder.is_dir():
        pytest.skip("needs real answers beside the checkout")
    return folder


REAL = {
    "opentapioca/wbgetentities_response.json": {"Q456": (Kind.PLACE, "city", "Q142")},
    "wikidata-toolkit/wbgetentities-Douglas-Adams.json": {"Q42": (Kind.PERSON, "person", "Q145")},
    "wikidata-toolkit/wbgetentities-Q6-Q42-P31.json": {"Q42": (Kind.PERSON, "person", "Q145")},
    "wikidata-toolkit/wbgetentities-bogus.json": {},
    "wikidata-toolkit/wbgetentities-1234567890-missing.json": {},
}


@pytest.mark.parametrize("file", sorted(REAL))
def test_real_answers_of_wbgetentities(file: str, real: Path, make: Callable[..., Client], wiki: Wiki) -> None:
    content = (real / file).read_bytes()
    wiki.failures = [lambda: Response(content, 200, mimetype="application/json")]
    items = make().items(["Q6", "Q42", "Q123", "Q456", "Q789"])
    entries = {qid: entry for qid, found in items.items() if (entry := read_item(qid, found, "fr")) is not None}
    assert {qid: (entry.kind, entry.feature, entry.country) for qid, entry in entries.items()} == REAL[file]
    for qid, entry in entries.items():
        assert entry.description
        assert 0.5 < entry.prior <= 0.95
        assert is_called(items[qid], entry.label("fr"), "fr") is True


def test_real_answers_of_wbsearchentities(real: Path, make: Callable[..., Client], wiki: Wiki) -> None:
    full, empty = ((real / "wikidata-toolkit" / f"wbsearchentities-{name}.json").read_bytes() for name in ("abc", "empty"))
    wiki.failures = [lambda: Response(full, 200), lambda: Response(empty, 200)]
    client = make()
    assert client.search("abc", "en")[:2] == ("Q169889", "Q286874")
    assert client.search("some search string with no results", "en") == ()
