"""Analysing articles on several machines, by way of dask.distributed (extra ``cluster``).

The scheduler hands articles to its workers, and those of a worker that died to others. Every worker needs ``kg`` of the same
version; the cache of analyses and the merging stay on the machine that asks.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from kg.assembly import Options, default_pipeline
from kg.batch.cache import AnalysisCache
from kg.batch.fingerprint import fingerprint
from kg.batch.pool import AHEAD, DIED, Found, Outcome, Reply, keep, reply
from kg.errors import ArticleError, ConfigurationError
from kg.model import Analysis, Article

if TYPE_CHECKING:
    from kg.pipeline import Pipeline

LOCAL = "local"
"""The address that means worker processes on this machine, under a scheduler of their own."""


def connect(address: str, jobs: int) -> Any:
    """A client of the scheduler at ``address`` (``tcp://host:8786``), or of ``jobs`` new local workers for ``local``.

    Raises:
        ConfigurationError: dask is not installed, or nothing answers there.
    """
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise ConfigurationError("--cluster needs dask.distributed: run `make setup-cluster`") from error
    try:
        if address == LOCAL:
            return Client(  # type: ignore[no-untyped-call]
                LocalCluster(  # type: ignore[no-untyped-call]
                    n_workers=jobs, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
                )
            )
        return Client(address, timeout="10s")  # type: ignore[no-untyped-call]
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"no dask scheduler answers at {address}: {error}") from error


def on_cluster(found: Found, options: Options, client: Any, store: AnalysisCache | None) -> Iterator[Outcome]:
    """The outcomes of the articles in ``found`` in their order; what is known already is not sent.

    Raises:
        ConfigurationError: a worker runs another version of ``kg``, or lacks a model.
    """
    from distributed import KilledWorker

    version = fingerprint(options)
    waiting: deque[tuple[Article, Analysis | None, Any]] = deque()
    source = iter(found)
    while True:
        ahead = AHEAD * max(1, sum(client.nthreads().values()))
        while len(waiting) < ahead and (item := next(source, None)) is not None:
            article, known = item
            sent = None if known else client.submit(_work, article, options, version, pure=False)
            waiting.append((article, known, sent))
        if not waiting:
            return
        article, known, future = waiting.popleft()
        if future is None:
            yield Outcome(article, known, cached=True)
            continue
        try:
            content, reason, _ = future.result()
        except KilledWorker:
            content, reason = None, (article.source or article.id, DIED)
        yield keep(article, content, ArticleError(*reason) if reason else None, store)


def _work(article: Article, options: Options, version: str) -> Reply:
    return reply(_pipeline(options, version), article)


_pipelines: dict[str, Pipeline] = {}


def _pipeline(options: Options, version: str) -> Pipeline:
    """The pipeline of this worker, loaded once; its threads are one, as the scheduler gives it one article at a time."""
    if version not in _pipelines:
        if fingerprint(options) != version:
            raise ConfigurationError(
                "a worker of the cluster has another version of kg, its models or tables: install the same on all"
            )
        os.environ.setdefault("OMP_NUM_THREADS", "1")
        _pipelines[version] = default_pipeline(options)
    return _pipelines[version]
