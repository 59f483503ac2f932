"""Analysing articles in worker processes, in order, with bounded memory.

Models are loaded once, before the workers are forked (``kg.batch.warm``). At most ``AHEAD`` articles per worker are on their
way, so that the memory does not depend on how many there are. A worker that dies (killed for its memory, crashed in native code)
takes its article with it, not the run: the articles that were on their way are tried once more, each alone, and the one that
kills again is reported.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import chain, islice
from typing import TYPE_CHECKING

from kg.analysis_json import dumps, from_dict
from kg.assembly import Options, default_pipeline
from kg.batch import warm
from kg.batch.cache import AnalysisCache
from kg.errors import ArticleError
from kg.model import Analysis, Article

if TYPE_CHECKING:
    from kg.pipeline import Pipeline

AHEAD = 4
"""Articles on their way per worker."""

DIED = "the process that analysed it died (out of memory?); give it more memory with fewer --jobs, or leave it out"


@dataclass(frozen=True, slots=True)
class Outcome:
    """An article with its analysis, or with the reason why there is none; ``cached`` if nothing had to be computed.

    ``memory`` is the most that the worker process had when it was done, in bytes; 0 where there was none.
    """

    article: Article
    analysis: Analysis | None = None
    failure: ArticleError | None = None
    cached: bool = False
    memory: int = 0


def analyse_all(
    articles: Iterable[Article], options: Options, jobs: int = 1, cache: AnalysisCache | None = None, cluster: str | None = None
) -> Iterator[Outcome]:
    """Analyse ``articles`` and yield the outcomes in their order.

    ``jobs`` is the number of worker processes; 1 works in this process. ``cluster`` is the address of a dask scheduler, or
    ``local``. What ``cache`` holds is not computed again.

    Raises:
        ConfigurationError: a model is missing, or the cache cannot be written.
    """
    found = ((article, cache.get(article) if cache else None) for article in articles)
    if cluster:
        from kg.batch.cluster import connect, on_cluster

        default_pipeline(options)  # says here, not on every worker, what is wrong with the options
        with connect(cluster, jobs) as client:
            yield from on_cluster(found, options, client, cache)
        return
    yield from _in_workers(found, options, jobs, cache) if jobs > 1 else _here(found, options, cache)


Found = Iterable[tuple[Article, Analysis | None]]
"""Articles, each with its analysis where that is known already."""


def _here(found: Found, options: Options, cache: AnalysisCache | None) -> Iterator[Outcome]:
    pipeline = default_pipeline(options)
    for article, known in found:
        if known is not None:
            yield Outcome(article, known, cached=True)
            continue
        content, failure = analyse(pipeline, article)
        yield keep(article, content, failure, cache)


def analyse(pipeline: Pipeline, article: Article) -> tuple[bytes | None, ArticleError | None]:
    """The analysis of one article as JSON text, or why there is none."""
    try:
        return dumps(pipeline.run(article)).encode("utf-8", "surrogatepass"), None
    except ArticleError as error:
        return None, error
    except RecursionError:
        return None, ArticleError(article.source or article.id, "it nests too deeply to be analysed")
    except Exception as error:
        if not isinstance(error, MemoryError) and "bad_alloc" not in str(error):  # how native code says it
            raise
        return None, ArticleError(article.source or article.id, "there is not enough memory to analyse it")


def keep(article: Article, content: bytes | None, failure: ArticleError | None, cache: AnalysisCache | None) -> Outcome:
    """The outcome of an article whose analysis is ``content``, which goes into ``cache``."""
    if content is None:
        return Outcome(article, failure=failure)
    if cache:
        cache.put(article, content)
    return Outcome(article, from_dict(json.loads(content)))


def _in_workers(found: Found, options: Options, jobs: int, cache: AnalysisCache | None) -> Iterator[Outcome]:
    default_pipeline(options)  # says here, not in every worker, what is wrong with the options
    waiting: deque[tuple[Article, Analysis | None, Future[Reply] | None]] = deque()
    source = iter(found)
    first = list(islice(source, AHEAD * jobs))
    pool = _Pool(options, jobs, frozenset(article.lang for article, known in first if known is None))
    source = chain(first, source)
    try:
        while True:
            while len(waiting) < AHEAD * jobs and (item := next(source, None)) is not None:
                article, known = item
                waiting.append((article, known, pool.submit(article) if known is None else None))
            if not waiting:
                return
            article, known, future = waiting[0]
            if future is None:
                waiting.popleft()
                yield Outcome(article, known, cached=True)
                continue
            try:
                content, reason, memory = future.result()
            except BrokenProcessPool:
                lost = [a for a, _, f in waiting if f is not None and not _finished(f)]
                retried = dict(zip(map(id, lost), pool.one_by_one(lost), strict=True))
                waiting = deque((a, k, retried.get(id(a), f)) for a, k, f in waiting)
                continue
            waiting.popleft()
            yield replace(keep(article, content, ArticleError(*reason) if reason else None, cache), memory=memory)
    finally:
        pool.close()


Reply = tuple[bytes | None, tuple[str, str] | None, int]
"""What comes back from a worker: the analysis as JSON text, or source and reason of the failure; and its peak of memory."""


def _finished(future: Future[Reply]) -> bool:
    return future.done() and not future.cancelled() and future.exception() is None


class _Pool:
    """Workers that can be replaced when one of them died."""

    def __init__(self, options: Options, jobs: int, languages: frozenset[str]) -> None:
        self.options, self.jobs = options, jobs
        self.threads = max(1, (os.cpu_count() or 1) // jobs)
        self.languages = languages
        self.executor = self._open(jobs)

    def _open(self, jobs: int) -> ProcessPoolExecutor:
        context = warm.context(self.options, self.languages, self.threads)
        return ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(self.options, self.threads))

    def submit(self, article: Article) -> Future[Reply]:
        """Hand ``article`` to a worker; if the workers are broken, the future says so."""
        try:
            return self.executor.submit(_work, article)
        except BrokenProcessPool as error:
            broken: Future[Reply] = Future()
            broken.set_exception(error)
            return broken

    def one_by_one(self, articles: Iterable[Article]) -> Iterator[Future[Reply]]:
        """Replies for ``articles`` from a worker that has one at a time, to know which one kills it; then new workers."""
        self.executor.shutdown(wait=False, cancel_futures=True)
        self.executor = self._open(1)
        for article in articles:
            answer: Future[Reply] = Future()
            try:
                answer.set_result(self.executor.submit(_work, article).result())
            except BrokenProcessPool:
                answer.set_result((None, (article.source or article.id, DIED), 0))
                self.executor = self._open(1)
            yield answer
        self.executor.shutdown(wait=True)
        self.executor = self._open(self.jobs)

    def close(self) -> None:
        """Stop the workers; what they have not begun is dropped."""
        self.executor.shutdown(wait=True, cancel_futures=True)


_pipeline: Pipeline | None = None


def _start(options: Options, threads: int) -> None:
    """In a worker: models once, its share of the processors, and an end with the parent's."""
    global _pipeline
    os.environ["OMP_NUM_THREADS"] = str(threads)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _pipeline = default_pipeline(options)


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _work(article: Article) -> Reply:
    assert _pipeline is not None  # noqa: S101 - the initialiser ran
    return reply(_pipeline, article)


def reply(pipeline: Pipeline, article: Article) -> Reply:
    """What a worker sends back for ``article``."""
    content, failure = analyse(pipeline, article)
    return content, (failure.source, failure.reason) if failure else None, peak_memory() or 0


def peak_memory() -> int | None:
    """The largest resident memory that this process had, in bytes; None where the system does not tell."""
    try:
        import resource
    except ImportError:
        return None
    return (1 if sys.platform == "darwin" else 1024) * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
