"""Where the served graph is: a store on this machine, or an endpoint behind this server."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Protocol

from pyoxigraph import NamedNode, QueryResultsFormat, RdfFormat, parse_query_results, serialize
from starlette.concurrency import run_in_threadpool

from kg.errors import ConfigurationError, StoreError
from kg.rdf.vocab import PREFIXES
from kg.serve.lexer import keywords
from kg.serve.media import RESULTS, TRIPLES
from kg.serve.pool import Answer, Pool
from kg.store.embedded import EmbeddedStore, is_store, load_store, open_store
from kg.store.queries import check
from kg.store.results import Results, to_json
from kg.store.sparql import Endpoint


@dataclass(frozen=True, slots=True)
class Asked:
    """A query of the protocol: its text, the graphs it may see (empty: all), and the media type for either form of answer."""

    query: str
    default: Sequence[str] = ()
    named: Sequence[str] = ()
    results: str | None = None
    triples: str | None = None


class Backend(Protocol):
    """What the server stands in front of."""

    @property
    def name(self) -> str:
        """Where it is, for messages."""
        ...

    def query(self, text: str) -> Results:
        """The answer to a query of the page itself."""
        ...

    async def start(self) -> None:
        """Make ready to answer."""
        ...

    async def close(self) -> None:
        """Let go of processes and files."""
        ...

    async def answer(self, asked: Asked) -> Answer:
        """The answer to a query that someone wrote, within the limits of time and length."""
        ...


@dataclass
class Embedded:
    """A store directory of pyoxigraph, or an RDF file, which is loaded into one that lives as long as the server.

    ``seconds`` and ``limit`` (bytes) bound the answer to a query; ``workers`` is the number of queries that run at once.

    Raises:
        ConfigurationError: there is no such store or file.
        StoreError: it is damaged or not valid.
    """

    source: Path
    seconds: float = 30.0
    limit: int = 100_000_000
    workers: int = 2
    name: str = field(init=False)

    def __post_init__(self) -> None:
        self.name = str(self.source)
        self._temporary: Path | None = None
        if is_store(self.source):
            location = self.source
        elif self.source.is_file():
            self._temporary = Path(tempfile.mkdtemp(prefix="kg-serve-"))
            location = self._temporary / "store"
            try:
                load_store(location, [self.source])
            except BaseException:
                self._remove()
                raise
        else:
            raise ConfigurationError(
                f"{self.source} is no store and no file: make one with `kg load FILE.ttl --store {self.source}`"
            )
        self._store: EmbeddedStore = open_store(location)
        self._pool = Pool(location, self.workers, self.seconds)

    def __len__(self) -> int:
        return len(self._store)

    def query(self, text: str) -> Results:
        """The answer to a query of the page itself."""
        return self._store.query(text)

    async def start(self) -> None:
        """Start the first process."""
        await self._pool.start()

    async def close(self) -> None:
        """End the processes, and remove the store that was made from a file."""
        await self._pool.close()
        self._remove()

    async def answer(self, asked: Asked) -> Answer:
        """The answer, from a process of its own that is stopped when its time is up."""
        request: dict[str, Any] = {
            "query": asked.query,
            "default": list(asked.default),
            "named": list(asked.named),
            "results": asked.results,
            "triples": asked.triples,
            "limit": self.limit,
        }
        return await self._pool.ask(request)

    def _remove(self) -> None:
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)


@dataclass
class Remote:
    """An endpoint that this server asks for its readers."""

    endpoint: Endpoint
    limit: int = 100_000_000

    @property
    def name(self) -> str:
        """The address of the endpoint."""
        return self.endpoint.url

    def query(self, text: str) -> Results:
        """The answer to a query of the page itself."""
        return self.endpoint.query(text)

    async def start(self) -> None:
        """Nothing is needed: the first query tells whether the endpoint is there."""

    async def close(self) -> None:
        """Nothing is held."""

    async def answer(self, asked: Asked) -> Answer:
        """The answer of the endpoint, written anew in the media type that was asked for."""
        return await run_in_threadpool(self._answer, asked)

    def _answer(self, asked: Asked) -> Answer:
        if "SERVICE" in keywords(asked.query):
            return 400, "text/plain", b"this endpoint asks no other endpoints: leave SERVICE out"
        if len(asked.default) > 1 or asked.named:
            return 400, "text/plain", b"the endpoint behind this one is asked with one default-graph-uri at most"
        try:
            check(asked.query)
            endpoint = replace(self.endpoint, graph=NamedNode(asked.default[0])) if asked.default else self.endpoint
            found = endpoint.query(asked.query)
        except (ConfigurationError, ValueError) as error:
            return 400, "text/plain", str(error).encode()
        except StoreError as error:
            return 502, "text/plain", str(error).encode()
        media = asked.triples if found.triples is not None else asked.results
        if media is None:
            return 406, "text/plain", f"the answer comes as one of: {', '.join((*RESULTS, *TRIPLES))}".encode()
        body = written(found, media)
        if len(body) > self.limit:
            return 500, "text/plain", f"the answer is longer than {self.limit:,} bytes: ask for less with LIMIT".encode()
        return 200, media, body


def written(found: Results, media: str) -> bytes:
    """``found`` in the media type."""
    if found.triples is not None:
        syntax = TRIPLES[media]
        prefixes = dict(PREFIXES) if syntax in (RdfFormat.TURTLE, RdfFormat.TRIG, RdfFormat.RDF_XML) else None
        return serialize(found.triples, format=syntax, prefixes=prefixes) or b""
    again = parse_query_results(to_json(found).encode(), format=QueryResultsFormat.JSON)
    return again.serialize(format=RESULTS[media]) or b""
