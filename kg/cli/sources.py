"""Where commands find the graph: a file, a store directory, or an endpoint."""

from __future__ import annotations

import getpass
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from kg.cli.common import tell
from kg.errors import ConfigurationError

if TYPE_CHECKING:
    from kg.store.results import Results
    from kg.store.sparql import Endpoint

GRAPH = Path("output/kg.ttl")
"""The graph that ``make kg`` writes."""

STORE = Path("output/store")
"""The store that ``make load`` writes."""


class Source(Protocol):
    """What can be asked."""

    @property
    def name(self) -> str:
        """Where it is, for messages."""
        ...

    def query(self, text: str) -> Results:
        """The answer to a SPARQL query."""
        ...


def open_graph(
    source: Path | None, endpoint: str | None, user: str | None = None, auth: str | None = None, graph: str | None = None
) -> Source:
    """The graph that a command was told to read: ``endpoint`` if given, else the file or directory ``source`` (or ``GRAPH``).

    Raises:
        ConfigurationError: both were given, or there is no such file.
        StoreError: it cannot be read.
    """
    if endpoint is not None:
        if source is not None:
            raise ConfigurationError(f"both {source} and --endpoint are given: which one is to be asked?")
        return open_endpoint(endpoint, user=user, auth=auth, graph=graph)
    from kg.store.embedded import open_source

    return open_source(source or GRAPH)


def open_endpoint(
    url: str,
    user: str | None = None,
    auth: str | None = None,
    graph: str | None = None,
    graph_store: str | None = None,
    timeout: float | None = None,
) -> Endpoint:
    """An endpoint; the password comes from ``KG_PASSWORD`` or is asked for, a token from ``KG_TOKEN``.

    Raises:
        ConfigurationError: an address, the graph's IRI or the way to authenticate is wrong, or no secret can be had.
    """
    from kg.store.credentials import Credentials
    from kg.store.sparql import READ_TIMEOUT, Endpoint
    from kg.store.terms import parse_iri

    scheme = auth or ("basic" if user is not None else "bearer" if os.environ.get("KG_TOKEN") else None)
    credentials = None
    if scheme == "bearer":
        credentials = Credentials("bearer", secret=_secret("KG_TOKEN", "Token: "))
    elif scheme is not None:
        if user is None:
            raise ConfigurationError(f"--auth {scheme} needs --user")
        credentials = Credentials(scheme, user, _secret("KG_PASSWORD", f"Password of {user}: "))
    found = Endpoint(
        url, graph_store, None if graph is None else parse_iri(graph), credentials, READ_TIMEOUT if timeout is None else timeout
    )
    if credentials is not None and found.url.startswith("http://") and not _local(found.url):
        tell("kg: the secret is sent unencrypted: the address starts with http, not https")
    return found


def _secret(variable: str, prompt: str) -> str:
    found = os.environ.get(variable)
    if found:
        return found
    if not sys.stdin.isatty():
        raise ConfigurationError(f"there is no secret: set {variable} in the environment")
    return getpass.getpass(prompt)


def _local(url: str) -> bool:
    from urllib.parse import urlsplit

    return urlsplit(url).hostname in ("localhost", "127.0.0.1", "::1")
