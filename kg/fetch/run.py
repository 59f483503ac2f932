"""One round over the sources: lists first, then the pages that they name, hosts side by side, each in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import StrEnum
from urllib.parse import urlsplit

from kg.fetch.addresses import checked_url
from kg.fetch.client import Answer, Client
from kg.fetch.listing import Listed, is_list, read_list
from kg.fetch.settings import ForbiddenError, RefusedError, Settings
from kg.fetch.store import Kept, Store, article_id
from kg.issues import Issue, Severity

MEDIA = ("text/html", "application/xhtml+xml", "text/plain")
"""What a page may be."""

NESTED = 200
"""Lists that one sitemap index may lead to."""


class Got(StrEnum):
    """What became of an address: new or changed, the same as before, still fresh (not asked), or a problem."""

    NEW = "new"
    SAME = "unchanged"
    FRESH = "fresh"
    FAILED = "failed"
    LEFT = "left out"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one address, with the problem where there is one."""

    url: str
    got: Got
    issue: Issue | None = None


@dataclass(slots=True)
class Round:
    """A round of fetching: a ``client``, the stores of pages and lists, and the time in seconds since 1970."""

    client: Client
    pages: Store
    lists: Store
    now: Callable[[], float] = time.time
    _seen: set[str] = field(default_factory=set)

    @property
    def settings(self) -> Settings:
        """The limits."""
        return self.client.settings

    def listed(self, sources: Iterable[str], jobs: int) -> Iterator[tuple[tuple[Listed, ...], Result]]:
        """The pages of each source, in order: those that a feed or sitemap names, or the source itself if it is a page."""
        wanted = [Listed(source) for source in dict.fromkeys(sources)]
        depth = nested = 0
        while wanted:
            further: list[Listed] = []
            for entries, result in self._by_host(wanted, self._source, jobs):
                yield tuple(entry for entry in entries if not entry.nested), result
                further += [entry for entry in entries if entry.nested and entry.url not in self._seen]
            self._seen.update(entry.url for entry in further)
            depth += 1
            wanted = further[: max(0, NESTED - nested)] if depth <= 2 else []
            nested += len(wanted)

    def fetched(self, pages: Sequence[Listed], jobs: int) -> Iterator[Result]:
        """What became of each of ``pages``, in order."""
        for _, result in self._by_host(pages, self._page, jobs):
            yield result

    def _by_host(
        self, items: Sequence[Listed], work: Callable[[Listed], tuple[tuple[Listed, ...], Result]], jobs: int
    ) -> Iterator[tuple[tuple[Listed, ...], Result]]:
        """``work`` for all items, those of one host one after the other, hosts in ``jobs`` threads; results in order."""
        hosts: dict[str, list[int]] = {}
        for number, item in enumerate(items):
            hosts.setdefault(_host(item.url), []).append(number)
        done: dict[int, tuple[tuple[Listed, ...], Result]] = {}
        stopped = False

        def all_of(numbers: list[int]) -> None:
            for number in numbers:
                if stopped:
                    return
                done[number] = work(items[number])

        with ThreadPoolExecutor(jobs, thread_name_prefix="fetch") as pool:
            waiting = {host: pool.submit(all_of, numbers) for host, numbers in hosts.items()}
            try:
                for number, item in enumerate(items):
                    while number not in done:
                        future = waiting[_host(item.url)]
                        if future.done():
                            future.result()  # what nobody foresaw stops the run
                        time.sleep(0.01)
                    yield done.pop(number)
            finally:
                stopped = True
                pool.shutdown(wait=True, cancel_futures=True)

    def _source(self, item: Listed) -> tuple[tuple[Listed, ...], Result]:
        try:
            url = checked_url(item.url)
            kept = self.lists.get(url)
            answer = self._ask(url, self.settings.list_bytes, kept)
            same = answer.status == 304 and kept is not None
            if same and kept is not None:
                self.lists.touch(url, self.now())
                answer = kept.answer
            if not is_list(answer.body):
                self._check_page(url, answer)
                if len(answer.body) > self.settings.page_bytes:
                    raise RefusedError(url, f"is over {self.settings.page_bytes:,} bytes")
                self.pages.put(url, answer, item.published, self.now())
                return (), Result(url, Got.NEW)
            entries = read_list(answer.body, answer.url, _charset(answer))
            if not same:
                self.lists.put(url, answer, None, self.now())
            return entries, Result(url, Got.SAME if same else Got.NEW)
        except RefusedError as error:
            return (), _failed(item.url, error)

    def _page(self, item: Listed) -> tuple[tuple[Listed, ...], Result]:
        url, kept = item.url, self.pages.get(item.url)
        if kept is not None and 0 <= self.now() - kept.asked < self.settings.max_age:
            return (), Result(url, Got.FRESH)
        try:
            answer = self._ask(url, self.settings.page_bytes, kept)
            if answer.status == 304 and kept is not None:
                self.pages.touch(url, self.now())
                return (), Result(url, Got.SAME)
            self._check_page(url, answer)
            if is_list(answer.body):
                raise RefusedError(url, "is a feed or sitemap, not a page; give it as a source of its own")
            if kept is not None and kept.answer.body == answer.body and kept.answer.url == answer.url:
                self.pages.touch(url, self.now())
                return (), Result(url, Got.SAME)
            self.pages.put(url, answer, item.published, self.now())
            return (), Result(url, Got.NEW)
        except RefusedError as error:
            if kept is not None and error.reason.startswith(_GONE):
                reason = f"{error.reason}; the copy {article_id(url)} stays: delete {self.pages.path(url)} to forget it"
                return (), Result(url, Got.LEFT, Issue(url, reason, Severity.WARNING))
            return (), _failed(url, error)

    def _ask(self, url: str, limit: int, kept: Kept | None) -> Answer:
        answer = self.client.get(url, limit, kept.conditions if kept else None, kept.answer.url if kept else None)
        if answer.status == 304 and kept is not None:
            return answer
        if answer.status in (404, 410):
            raise RefusedError(url, f"{_GONE} (the server answers {answer.status})")
        if answer.status != 200:
            raise RefusedError(url, f"cannot be had (the server answers {answer.status})")
        return answer

    def _check_page(self, url: str, answer: Answer) -> None:
        media = answer.headers.get("content-type", "").split(";")[0].strip().lower()
        if media not in MEDIA:
            raise RefusedError(url, f"is {media[:60] or 'of no stated kind'}, not a page of text")
        if not answer.body.strip():
            raise RefusedError(url, "is empty")


_GONE = "is not there any more"


def _failed(url: str, error: RefusedError) -> Result:
    if isinstance(error, ForbiddenError):
        return Result(url, Got.LEFT, Issue(error.source, error.reason, Severity.WARNING))
    return Result(url, Got.FAILED, Issue(error.source, error.reason))


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""


def _charset(answer: Answer) -> str | None:
    _, equals, value = answer.headers.get("content-type", "").partition("charset=")
    return value.split(";")[0].strip(" \"'")[:40] or None if equals else None
