"""A remote store: SPARQL 1.1 queries, and requests that are sent again while a server is busy."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import requests
from pyoxigraph import BlankNode, NamedNode, QueryResultsFormat, RdfFormat, Triple, parse, parse_query_results

from kg import __version__
from kg.errors import ConfigurationError, StoreError
from kg.issues import printable
from kg.rdf.vocab import DATA
from kg.store.addresses import checked_endpoint
from kg.store.credentials import Credentials
from kg.store.embedded import FORMATS, from_oxigraph
from kg.store.loading import TooLargeError, load
from kg.store.results import Results, mended
from kg.store.servers import Server

ATTEMPTS = 5
LONGEST_WAIT = 120.0
"""Seconds: a server that asks for more is not waited for."""

CONNECT_TIMEOUT = 10.0
READ_TIMEOUT = 300.0
_BUSY = (429, 502, 503, 504)
_BODY_LIMIT = 1 << 30


@dataclass
class Endpoint:
    """A SPARQL endpoint at ``url``; ``graph_store`` is the address of its Graph Store protocol, needed for loading.

    ``graph`` is the graph that is queried and loaded, the default graph if None. ``sleep`` waits between ``attempts``; ``agent``
    is who asks, as the server is told.

    Raises:
        ConfigurationError: an address is not http(s), or carries a user or password.
    """

    url: str
    graph_store: str | None = None
    graph: NamedNode | None = None
    credentials: Credentials | None = None
    timeout: float = READ_TIMEOUT
    attempts: int = ATTEMPTS
    agent: str = f"kg-exporter/{__version__}"
    sleep: Callable[[float], None] = field(default=time.sleep, repr=False)

    def __post_init__(self) -> None:
        self.url = checked_endpoint(self.url)
        if self.graph_store is not None:
            self.graph_store = checked_endpoint(self.graph_store)
        self._session = requests.Session()
        self._session.headers["User-Agent"] = self.agent
        self._auth = self.credentials.auth() if self.credentials else None

    @property
    def name(self) -> str:
        """The address, for messages."""
        return self.url

    def query(self, text: str) -> Results:
        """The answer to a SPARQL 1.1 query.

        Raises:
            StoreError: the endpoint cannot be reached, refuses, or answers with something else.
        """
        data = {"query": text}
        if self.graph is not None:
            data["default-graph-uri"] = self.graph.value
        answer = self.send(
            "POST",
            self.url,
            data=data,
            headers={"Accept": "application/sparql-results+json, application/n-triples;q=0.9, text/turtle;q=0.8"},
        )
        return _read_answer(answer, self.url)

    def load(
        self,
        triples: Iterable[Triple],
        progress: Callable[[int], None] | None = None,
        server: Server | None = None,
        chunk: int | None = None,
        resume: bool = False,
    ) -> int:
        """Make the graph hold just ``triples`` (see ``kg.store.loading.load``), and give how many it then has.

        Raises:
            StoreError, ConfigurationError: it refuses, or it is not known where it takes data.
        """
        return load(self, triples, progress, server, chunk, resume)

    def count(self) -> int:
        """How many triples the graph has.

        Raises:
            StoreError: the endpoint cannot be reached, refuses, or does not answer with a number.
        """
        found = self.query("SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }")
        try:
            return int(found.values("n")[0])
        except (IndexError, ValueError) as error:
            raise StoreError(f"{self.url} did not answer with a number of triples") from error

    def send(self, method: str, url: str, done: str = "", **arguments: Any) -> requests.Response:
        """One request, repeated while the server is busy or hangs up; the answer has status 2xx."""
        wait = 0.5
        for attempt in range(1, self.attempts + 1):
            pause = wait
            try:
                answer = self._session.request(
                    method,
                    url,
                    auth=self._auth,
                    timeout=(CONNECT_TIMEOUT, self.timeout),
                    allow_redirects=False,
                    stream=True,
                    **arguments,
                )
                answer._content = _body(answer)
            except requests.Timeout:
                problem = f"{url} did not answer within {self.timeout:g} seconds"
            except requests.exceptions.SSLError as error:
                raise StoreError(f"{url}: the connection is not safe ({_reason(error)}){done}") from None
            except requests.exceptions.InvalidSchema as error:
                raise ConfigurationError(f"{url}: {_reason(error)}") from None
            except requests.RequestException as error:
                problem = f"{url} cannot be reached or hung up ({_reason(error)})"
            else:
                if answer.ok and answer.status_code < 300:
                    return answer
                problem = f"{url} answered {_status(answer)}"
                if answer.status_code == 413:
                    raise TooLargeError(problem + _advice(answer) + done)
                if answer.status_code not in _BUSY:
                    raise StoreError(problem + _advice(answer) + done)
                pause = _retry_after(answer, wait)
                if pause > LONGEST_WAIT:
                    raise StoreError(f"{problem} and asks to wait {pause:.0f} seconds: try again then{done}")
            if attempt < self.attempts:
                self.sleep(pause)
                wait *= 2
        raise StoreError(f"{problem}, {self.attempts} times{done}")


def file_triples(path: Path) -> Iterator[Triple]:
    """The triples of an RDF file in the order in which they stand.

    Raises:
        ConfigurationError: there is no such file, of a known kind, or it has blank nodes or named graphs.
        StoreError: it is not valid.
    """
    syntax = FORMATS.get(path.suffix.lower())
    if syntax is None:
        raise ConfigurationError(f"{path}: unknown kind of file (known endings: {' '.join(FORMATS)})")
    try:
        with path.open("rb") as stream:
            for quad in parse(stream, syntax, base_iri=DATA):
                if isinstance(quad.subject, BlankNode) or isinstance(quad.object, BlankNode):
                    raise ConfigurationError(f"{path} has blank nodes, which cannot be sent in parts: use the store's own loader")
                if isinstance(quad.graph_name, NamedNode):
                    raise ConfigurationError(f"{path} names graphs: use a file of triples, and --graph")
                yield quad.triple
    except OSError as error:
        raise ConfigurationError(f"cannot read {path}: {error.strerror or error}") from error
    except (SyntaxError, ValueError) as error:
        raise StoreError(f"{path} is not valid: {error}") from None


def _body(answer: requests.Response) -> bytes:
    out = bytearray()
    for part in answer.iter_content(1 << 16):
        out += part
        if len(out) > _BODY_LIMIT:
            answer.close()
            raise StoreError(f"{answer.url} sent more than {_BODY_LIMIT >> 20} MB: ask for less with LIMIT")
    return bytes(out)


def _read_answer(answer: requests.Response, url: str) -> Results:
    kind = answer.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    try:
        if kind in ("application/sparql-results+json", "application/json"):
            return mended(from_oxigraph(parse_query_results(answer.content, format=QueryResultsFormat.JSON)))
        if kind in ("application/n-triples", "text/turtle"):
            syntax = RdfFormat.N_TRIPLES if kind == "application/n-triples" else RdfFormat.TURTLE
            return Results(triples=tuple(quad.triple for quad in parse(answer.content, syntax, base_iri=url)))
    except (SyntaxError, ValueError, OSError) as error:
        raise StoreError(f"{url} sent an answer that is not valid: {printable(str(error), 200)}") from None
    raise StoreError(
        f"{url} sent {printable(kind, 60) or 'something unnamed'} instead of query results: is it a SPARQL endpoint?"
    )


def _retry_after(answer: requests.Response, otherwise: float) -> float:
    """Seconds that the server asks to wait, from a number or a date (RFC 9110, section 10.2.3)."""
    text = answer.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        when = parsedate_to_datetime(text)
    except (TypeError, ValueError):
        return otherwise
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())


def _status(answer: requests.Response) -> str:
    text = answer.content[:20_000].decode("utf-8", "replace").strip()
    page = re.search(r"<(xmp|pre)[^>]*>\s*(.+?)\s*</\1>", text, re.DOTALL | re.IGNORECASE)
    lines = (page[2] if page else text).splitlines()
    first = printable(lines[0], 200) if lines and (page or "<" not in lines[0]) else ""
    return f"{answer.status_code} {printable(answer.reason or '', 60)}".strip() + (f": {first}" if first else "")


def _advice(answer: requests.Response) -> str:
    code = answer.status_code
    if 300 <= code < 400:
        where = printable(answer.headers.get("Location", ""), 200)
        return f": it has moved{f' to {where}' if where else ''}; give the new address"
    return {
        401: ": give --user and the right password (KG_PASSWORD), or a token (KG_TOKEN); does it want --auth digest?",
        403: ": this user may not do that",
        404: ": is the address right?",
        405: ": this address does not take such requests; is --graph-store right?",
        413: ": the server takes only smaller requests",
        415: ": the server does not take N-Triples",
    }.get(code, "")


def _reason(error: BaseException) -> str:
    """The innermost cause in short, without addresses of objects."""
    while (cause := error.__cause__ or error.__context__) is not None:
        error = cause
    text = re.sub(r"<[^>]*0x[0-9a-f]+[^>]*>[:,]?\s*", "", str(error))
    return printable(text, 160) or type(error).__name__
