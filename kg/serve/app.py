"""The application: routes to the protocol, the linked data, the page and its data."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from kg.errors import ConfigurationError, KgError
from kg.issues import printable
from kg.rdf import vocab
from kg.serve.backend import Backend
from kg.serve.curation import Curation
from kg.serve.describe import nodes_of, written
from kg.serve.guard import Guard
from kg.serve.media import ENDINGS, TRIPLES, negotiate
from kg.serve.parting import parted
from kg.serve.protocol import graph_store, sparql
from kg.serve.site import LANGUAGES, Site
from kg.serve.views import overview as lists
from kg.serve.views.actions import action, judged
from kg.serve.views.articles import article
from kg.serve.views.cases import case
from kg.serve.views.entities import entity

WEB = Path(__file__).resolve().parents[1] / "web"
"""The files of the page."""

VIEWS = ("", "search", "entity", "action", "report", "case", "article", "network", "map", "sparql", "node")
"""Names of views in addresses (``/en/case/abc``)."""

_DATA = (*TRIPLES, "text/csv")
_RIGHT_TO_LEFT = ("ar",)


class Tight(JSONResponse):
    """JSON without blanks, that no other page keeps."""

    def render(self, content: Any) -> bytes:
        """The content in UTF-8."""
        return json.dumps(content, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")


def build_app(
    backend: Backend,
    analyses: Path | None = None,
    curation: Curation | None = None,
    hosts: Sequence[str] = (),
    origins: Sequence[str] = (),
    wikidata: bool = False,
) -> Starlette:
    """The server in front of ``backend``.

    ``analyses`` is the folder of the articles' texts, ``curation`` takes decisions (None: none are taken), ``hosts`` are further
    names under which it answers, and ``origins`` may read the data from pages of theirs. With ``wikidata`` the shipped questions
    to Wikidata are asked there.
    """

    @contextlib.asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        await backend.start()
        # The index is read while the first page loads; whoever needs it waits for it.
        reading = asyncio.create_task(run_in_threadpool(_warm, app.state.site))
        try:
            yield
        finally:
            reading.cancel()
            await backend.close()

    app = Starlette(
        routes=[
            Route("/", _home),
            Route("/sparql", sparql, methods=["GET", "POST"], name="sparql"),
            Route("/query", sparql, methods=["GET", "POST"]),
            Route("/store", graph_store, methods=["GET"]),
            Route("/id/{path:path}", _linked_data, methods=["GET"]),
            Route("/data", _data, methods=["GET"]),
            Route("/api/{view}", _api, methods=["GET"]),
            Route("/curate", _curate, methods=["POST"]),
            Mount("/static", StaticFiles(directory=WEB / "static")),
            *(Route(f"/{language}/{{path:path}}", _page, methods=["GET"]) for language in LANGUAGES),
            *(Route(f"/{language}", _page, methods=["GET"]) for language in LANGUAGES),
        ],
        middleware=[Middleware(Guard, hosts=hosts, origins=origins), Middleware(GZipMiddleware, minimum_size=2000)],
        exception_handlers={HTTPException: _refused, KgError: _failed},  # type: ignore[dict-item]
        lifespan=lifespan,
    )
    app.state.backend = backend
    app.state.wikidata = wikidata
    app.state.site = Site(backend, analyses, curation)
    return app


def _warm(site: Site) -> None:
    with contextlib.suppress(KgError):
        lists.overview(site)


async def _home(request: Request) -> Response:
    wanted = [part.partition(";")[0].strip()[:2].lower() for part in request.headers.get("accept-language", "").split(",")[:20]]
    language = next((lang for lang in wanted if lang in LANGUAGES), LANGUAGES[0])
    return RedirectResponse(f"/{language}/", 307, {"Vary": "Accept-Language"})


async def _page(request: Request) -> Response:
    language, _, rest = request.url.path.strip("/").partition("/")
    content = (WEB / "index.html").read_text("utf-8")
    content = content.replace("{lang}", language).replace("{dir}", "rtl" if language in _RIGHT_TO_LEFT else "ltr")
    status = 200 if rest.partition("/")[0] in VIEWS else 404
    return Response(content, status, {"Cache-Control": "no-cache"}, "text/html; charset=utf-8")


async def _linked_data(request: Request) -> Response:
    site: Site = request.app.state.site
    path = request.path_params["path"]
    stem, dot, ending = path.rpartition(".")
    named = ENDINGS.get(ending) if dot else None
    if named is not None:
        path = stem
    media = named or negotiate(request.headers.get("accept", ""), (*_DATA, "text/html"))
    if media == "text/html":
        node = await run_in_threadpool(site.node, path)
        local = await run_in_threadpool(site.path, node.value)
        if local.startswith("Q"):
            local = f"entity/{local}"
        return RedirectResponse(f"/en/{local}", 303, {"Vary": "Accept"})
    return await _described(request, [path], media, named is not None)


async def _data(request: Request) -> Response:
    ending = request.query_params.get("format", "ttl")
    if ending not in ENDINGS:
        raise HTTPException(400, f"no such format (known: {', '.join(ENDINGS)})")
    return await _described(request, request.query_params.getlist("iri"), ENDINGS[ending], True)


async def _described(request: Request, paths: Sequence[str], media: str | None, attached: bool) -> Response:
    site: Site = request.app.state.site
    if media is None:
        raise HTTPException(406, f"nodes come as one of: text/html, {', '.join(_DATA)}")
    nodes = await run_in_threadpool(nodes_of, site, paths)
    content = await run_in_threadpool(written, site, nodes, media)
    if not content:
        raise HTTPException(404, "the graph states nothing of it")
    headers = {"Vary": "Accept", "Cache-Control": "no-cache"}
    if attached:
        ending = next(e for e, m in ENDINGS.items() if m == media)
        name = paths[0].rpartition("/")[2] if len(paths) == 1 else "nodes"
        safe = "".join(char for char in name if char.isascii() and char.isalnum())[:60] or "node"
        headers["Content-Disposition"] = f'attachment; filename="{safe}.{ending}"'
    return Response(content, 200, headers, f"{media}; charset=utf-8" if media.startswith("text/") else media)


async def _api(request: Request) -> Response:
    view = _VIEWS.get(request.path_params["view"])
    if view is None:
        raise HTTPException(404, "there is no such view")
    site: Site = request.app.state.site
    return Tight(await run_in_threadpool(view, site, request), headers={"Cache-Control": "no-cache"})


def _number(request: Request, name: str) -> int:
    text = request.query_params.get(name, "0")
    return min(int(text), 100_000) if text.isascii() and text.isdigit() and len(text) < 7 else 0


def _get(request: Request, name: str) -> str:
    return request.query_params.get(name, "")


def _about(site: Site, request: Request) -> dict[str, Any]:
    """What the page must know before it shows anything: words for terms, and whether decisions are taken."""
    token = site.curation.token if site.curation else ""
    name = printable(request.app.state.backend.name, 200)
    kinds = [node.value.removeprefix(vocab.KG) for node in vocab.ACTION_CLASSES.values()]
    return {"terms": site.terms, "kinds": kinds, "curate": token, "base": site.reader.base, "source": name}


_VIEWS: dict[str, Callable[[Site, Request], Any]] = {
    "about": _about,
    "overview": lambda site, request: lists.overview(site),
    "search": lambda site, request: lists.search(site, _get(request, "q"), _get(request, "sort"), _number(request, "page")),
    "actions": lambda site, request: lists.actions_of_type(site, _get(request, "type"), _number(request, "page")),
    "network": lambda site, request: lists.network(site, _get(request, "about")),
    "places": lambda site, request: lists.places(site),
    "queries": lambda site, request: lists.queries(),
    "entity": lambda site, request: entity(site, site.node(_get(request, "id"))),
    "action": lambda site, request: action(site, site.node(_get(request, "id"))),
    "case": lambda site, request: case(site, site.node(_get(request, "id"))),
    "article": lambda site, request: article(site, site.node(_get(request, "id"))),
    "curation": lambda site, request: {"rows": site.curation.rows() if site.curation else []},
}
"""The data of each view."""


async def _curate(request: Request) -> Response:
    curation: Curation | None = request.app.state.site.curation
    if curation is None:
        raise HTTPException(403, "decisions are not taken here: start the server with --curate")
    if not _same_origin(request) or not secrets.compare_digest(
        request.headers.get("x-kg-token", "").encode(), curation.token.encode()
    ):
        raise HTTPException(403, "this did not come from the page itself: load it again")
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise HTTPException(415, "send JSON")
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > 20_000:
            raise HTTPException(413, "that is too long")
    try:
        given = json.loads(body)
    except ValueError:
        raise HTTPException(400, "that is no JSON") from None
    if not isinstance(given, dict):
        raise HTTPException(400, "send one decision as an object")
    return Tight(await run_in_threadpool(_decide, request.app.state.site, curation, given), 201)


def _decide(site: Site, curation: Curation, given: dict[str, Any]) -> dict[str, str]:
    """Write a decision; one about an action names the reports that the action has now."""
    if given.get("what") == "merge":
        return curation.keep(parted(site, given), given.get("by"))
    if given.get("what") != "action":
        return curation.add(given)
    node = site.node(str(given.get("subject", ""))[:500])
    reports = judged(site, node)
    if not reports:
        raise ConfigurationError("the graph has no such action or report")
    return curation.add({**given, "subject": node.value}, reports)


def _same_origin(request: Request) -> bool:
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    return request.headers.get("origin") == f"{request.url.scheme}://{request.headers.get('host', '')}"


async def _refused(request: Request, error: HTTPException) -> Response:
    return PlainTextResponse(f"{error.detail}\n", error.status_code, error.headers)


async def _failed(request: Request, error: KgError) -> Response:
    """An error of ours as one line: what is asked for is wrong, is not there, or the store fails."""
    wrong = isinstance(error, ConfigurationError)
    status = (404 if str(error).startswith("the graph has no") else 400) if wrong else 502
    return PlainTextResponse(f"{printable(str(error), 500)}\n", status)
