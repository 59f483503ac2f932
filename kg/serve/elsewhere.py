"""The shipped queries that ask another endpoint: the only ones for which this server sends a request."""

from __future__ import annotations

from functools import lru_cache

from kg.errors import ConfigurationError, StoreError
from kg.serve.backend import Asked, Backend, written
from kg.serve.lexer import keywords
from kg.serve.media import RESULTS
from kg.serve.pool import Answer
from kg.store.federation import federate, open_service
from kg.store.queries import NamedQuery, named_queries


@lru_cache(maxsize=1)
def _known() -> dict[str, NamedQuery]:
    return {query.text.strip(): query for query in named_queries() if query.sends is not None}


def shipped(text: str) -> NamedQuery | None:
    """The shipped query of just this text, if it asks another endpoint; what differs in anything is a stranger's query."""
    return _known().get(text.replace("\r\n", "\n").strip()) if "SERVICE" in keywords(text) else None


def answer_elsewhere(backend: Backend, asked: Asked, query: NamedQuery) -> Answer:
    """The answer to ``query``; where the other endpoint cannot be asked, that of the local part."""
    if query.sends is None or asked.results is None:
        return 406, "text/plain", f"the answer comes as one of: {', '.join(RESULTS)}".encode()
    if asked.default or asked.named:
        return 400, "text/plain", b"this question is asked of the whole graph"
    try:
        answered = federate(backend, query.text, query.sends.variable, open_service)
    except (ConfigurationError, StoreError) as error:
        return 502, "text/plain", str(error).encode()
    return 200, asked.results, written(answered.results, asked.results)
