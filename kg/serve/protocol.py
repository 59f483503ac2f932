"""The SPARQL 1.1 protocol for queries, and the side of the Graph Store protocol that reads."""

from __future__ import annotations

from urllib.parse import parse_qsl

from pyoxigraph import NamedNode
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response

from kg.serve.backend import Asked, Backend
from kg.serve.elsewhere import answer_elsewhere, shipped
from kg.serve.media import RESULTS, TRIPLES, negotiate

LONGEST_QUERY = 1_000_000
"""Bytes of a request's body."""

_NOT_ELSEWHERE = "this question asks another endpoint: start `kg serve` with --wikidata, or ask `kg query {name}`"
_FORM = "application/x-www-form-urlencoded"
_DIRECT = "application/sparql-query"
_DESCRIPTION = """@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
<{url}> a sd:Service ;
  sd:endpoint <{url}> ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:feature sd:UnionDefaultGraph ;
  sd:resultFormat <http://www.w3.org/ns/formats/SPARQL_Results_JSON>, <http://www.w3.org/ns/formats/SPARQL_Results_XML>,
    <http://www.w3.org/ns/formats/SPARQL_Results_CSV>, <http://www.w3.org/ns/formats/SPARQL_Results_TSV>,
    <http://www.w3.org/ns/formats/Turtle>, <http://www.w3.org/ns/formats/N-Triples>, <http://www.w3.org/ns/formats/RDF_XML>,
    <http://www.w3.org/ns/formats/JSON-LD> .
"""


class ProtocolError(Exception):
    """A request that is not as the protocol wants it: ``status`` and the reason."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


def refused(error: ProtocolError) -> Response:
    """The answer to such a request."""
    return PlainTextResponse(f"{error}\n", error.status)


async def sparql(request: Request) -> Response:
    """Answer a query; without one, say what this service is."""
    backend: Backend = request.app.state.backend
    try:
        if request.method in ("GET", "HEAD") and not request.query_params:
            return _nothing_asked(request)
        asked = await _asked(request)
    except ProtocolError as error:
        return refused(error)
    elsewhere = shipped(asked.query)
    if elsewhere is None:
        status, media, body = await backend.answer(asked)
    elif request.app.state.wikidata:
        status, media, body = await run_in_threadpool(answer_elsewhere, backend, asked, elsewhere)
    else:
        status, media, body = 403, "text/plain", _NOT_ELSEWHERE.format(name=elsewhere.name).encode()
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    if status == 503:
        headers["Retry-After"] = "5"
    return Response(body if status == 200 else body + b"\n", status, headers, _with_charset(media))


async def graph_store(request: Request) -> Response:
    """A whole graph: ``?default``, or ``?graph=IRI``."""
    backend: Backend = request.app.state.backend
    given = request.query_params
    if ("default" in given) == ("graph" in given):
        return refused(ProtocolError(400, "say which graph: ?default or ?graph=IRI"))
    media = negotiate(request.headers.get("accept", ""), tuple(TRIPLES))
    if media is None:
        return refused(ProtocolError(406, f"graphs come as one of: {', '.join(TRIPLES)}"))
    pattern = "{ ?s ?p ?o }"
    if "graph" in given:
        try:
            graph = NamedNode(given["graph"])
        except ValueError as error:
            return refused(ProtocolError(400, f"that is no IRI of a graph: {error}"))
        pattern = f"{{ GRAPH {graph} {{ ?s ?p ?o }} }}"
        _, _, there = await backend.answer(Asked(f"ASK {pattern}", results="text/csv"))
        if there.strip() != b"true":
            return refused(ProtocolError(404, f"there is no graph {graph.value}"))
    status, media, body = await backend.answer(Asked(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {pattern}", triples=media))
    return Response(body, status, {"Vary": "Accept", "Cache-Control": "no-cache"}, _with_charset(media))


def _nothing_asked(request: Request) -> Response:
    media = negotiate(request.headers.get("accept", ""), ("text/turtle", "text/html"))
    if media == "text/html":
        return RedirectResponse("/en/sparql", 303)
    if media is None:
        raise ProtocolError(406, "the description of this service comes as text/turtle")
    url = str(request.url_for("sparql"))
    return Response(_DESCRIPTION.format(url=url), media_type="text/turtle", headers={"Vary": "Accept"})


async def _asked(request: Request) -> Asked:
    pairs = _pairs(request.url.query)
    if request.method == "POST":
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind == "application/sparql-update":
            raise ProtocolError(403, "this endpoint is for reading: it takes no updates")
        if kind not in (_FORM, _DIRECT):
            raise ProtocolError(415, f"send the query as {_FORM} or {_DIRECT}")
        body = await _body(request)
        if kind == _DIRECT:
            if any(name == "query" for name, _ in pairs):
                raise ProtocolError(400, "the query is in the body and in the address: send it once")
            pairs.append(("query", body))
        else:
            if any(name == "query" for name, _ in pairs):
                raise ProtocolError(400, "send the parameters in the body, not in the address")
            pairs += _pairs(body)
    return _asked_in(pairs, request.headers.get("accept", ""))


def _asked_in(pairs: list[tuple[str, str]], accept: str) -> Asked:
    def values(name: str) -> list[str]:
        return [value for key, value in pairs if key == name]

    if values("update"):
        raise ProtocolError(403, "this endpoint is for reading: it takes no updates")
    queries = values("query")
    if len(queries) != 1:
        raise ProtocolError(400, "give one query" if not queries else "give one query, not several")
    results, triples = negotiate(accept, tuple(RESULTS)), negotiate(accept, tuple(TRIPLES))
    if results is None and triples is None:
        raise ProtocolError(406, f"answers come as one of: {', '.join((*RESULTS, *TRIPLES))}")
    return Asked(queries[0], values("default-graph-uri"), values("named-graph-uri"), results, triples)


def _pairs(text: str) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=100)
    except ValueError as error:
        raise ProtocolError(400, f"the parameters cannot be read: {error}") from None


async def _body(request: Request) -> str:
    out = bytearray()
    async for part in request.stream():
        out += part
        if len(out) > LONGEST_QUERY:
            raise ProtocolError(413, f"a query may have {LONGEST_QUERY:,} bytes")
    try:
        return out.decode("utf-8")
    except UnicodeDecodeError:
        raise ProtocolError(400, "the body is not UTF-8") from None


def _with_charset(media: str) -> str:
    return f"{media}; charset=utf-8" if media.startswith("text/") else media
