"""A polite client: one request at a time to a host, as often as it likes, as ``robots.txt`` says, within limits."""

from __future__ import annotations

import contextlib
import os
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import requests
from urllib3.exceptions import HTTPError

from kg.fetch.addresses import Guard, GuardedAdapter, checked_url
from kg.fetch.settings import TOKEN, DeadlineError, ForbiddenError, RefusedError, Settings
from kg.waiting import retry_after

if TYPE_CHECKING:
    from protego import Protego

BUSY = frozenset({429, 500, 502, 503, 504})
"""Answers after which a server is asked again."""
MOVED = frozenset({301, 302, 303, 307, 308})
ENCODINGS = frozenset({"", "identity", "gzip", "x-gzip", "deflate"})
ACCEPT = "text/html,application/xhtml+xml,application/rss+xml,application/atom+xml,application/xml;q=.9,text/*;q=.8"
ROBOTS_BYTES = 512_000
"""Bytes of a ``robots.txt`` that are read (RFC 9309 wants 500 KiB at least)."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered at ``url``, where redirects led; the names of ``headers`` are in small letters."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class _Host:
    """What is known of one host: when it may be asked next, its rules, and why it is not asked any more in this run."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    next: float = 0.0
    rules: Protego | None = None
    unreadable: str | None = None
    asked: bool = False
    closed: str | None = None


class Client:
    """Gets addresses. Threads may share it: each host is asked by one at a time.

    A host that stays busy, or asks for a longer wait than ``settings.patience``, is not asked any more in this run.
    """

    def __init__(
        self,
        settings: Settings,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
        ticks: Callable[[], float] = time.monotonic,
    ) -> None:
        self.settings, self.sleep, self.clock, self.ticks = settings, sleep, clock, ticks
        self._hosts: dict[str, _Host] = {}
        self._lock = threading.Lock()

    def get(self, url: str, limit: int, known: Mapping[str, str] | None = None, at: str | None = None) -> Answer:
        """The answer at ``url``, redirects followed; ``known`` are headers for the address ``at`` alone.

        Every address on the way is checked like the first, its ``robots.txt`` included.

        Raises:
            RefusedError: there is no usable answer: forbidden, not public, too large, too slow, busy, unreachable.
        """
        here, first = checked_url(url), url
        for _ in range(self.settings.redirects + 1):
            self._may(here, first)
            answer = self._politely(here, limit, known if known and here == at else None)
            if answer.status not in MOVED:
                return answer
            target = answer.headers.get("location", "")
            if not target:
                raise RefusedError(first, f"answers {answer.status} and does not say where to")
            try:
                here = checked_url(urljoin(here, target))
            except ValueError as error:  # an address that cannot be joined
                raise RefusedError(first, "redirects to what is no web address") from error
            except RefusedError as error:
                raise RefusedError(first, f"redirects to an address that {error.reason}") from error
        raise RefusedError(first, f"redirects more than {self.settings.redirects} times")

    def _host(self, url: str) -> _Host:
        parts = urlsplit(url)
        with self._lock:
            return self._hosts.setdefault(f"{parts.scheme}://{parts.netloc.lower()}", _Host())

    def _may(self, url: str, first: str) -> None:
        """Read the rules of the host, the first time, and obey them."""
        host = self._host(url)
        name = urlsplit(url).netloc
        with host.lock:
            if not host.asked:
                host.asked = True
                self._read_rules(url, host)
        if host.unreadable is not None:
            raise RefusedError(first, f"is not fetched, as {name}/robots.txt cannot be read: {host.unreadable}")
        if host.rules is not None and not host.rules.can_fetch(url, TOKEN):
            raise ForbiddenError(first, f"is left out: {name}/robots.txt forbids it")

    def _read_rules(self, url: str, host: _Host) -> None:
        """RFC 9309: what cannot be found allows all, a server in trouble allows nothing."""
        from protego import Protego

        here = urljoin(url, "/robots.txt")
        try:
            for _ in range(self.settings.redirects + 1):
                answer = self._politely(here, ROBOTS_BYTES, None, cut=True)
                if answer.status not in MOVED or "location" not in answer.headers:
                    break
                here = checked_url(urljoin(here, answer.headers["location"]))
        except (RefusedError, ValueError) as error:
            host.unreadable = error.reason if isinstance(error, RefusedError) else "it redirects to what is no web address"
            return
        if answer.status in MOVED or answer.status >= 500 or answer.status == 429:
            host.unreadable = f"it answers {answer.status}"
        elif answer.status == 200:
            try:
                host.rules = Protego.parse(answer.body.decode("utf-8", "replace"))
            except (ValueError, RecursionError) as error:
                host.unreadable = f"it makes no sense ({error})"

    def _politely(self, url: str, limit: int, known: Mapping[str, str] | None, cut: bool = False) -> Answer:
        """Ask when the host may be asked, again where it is busy."""
        host = self._host(url)
        with host.lock:
            if host.closed:
                raise RefusedError(url, host.closed)
            reason = ""
            for attempt in range(self.settings.tries):
                self._wait(host)
                wait = float(2**attempt)
                try:
                    answer = self._once(url, limit, known, cut)
                except (requests.ConnectionError, requests.Timeout) as error:
                    reason = f"cannot be reached: {_cause(error)}"
                else:
                    if answer.status not in BUSY:
                        return answer
                    reason = f"answers {answer.status}"
                    wait = max(wait, retry_after(answer.headers.get("retry-after", ""), self.clock()))
                    if wait > self.settings.patience:
                        host.closed = f"is not fetched: the host asks to wait {wait:,.0f} s; try again later"
                        raise RefusedError(url, f"{reason} and asks to wait {wait:,.0f} s; try again later")
                if attempt + 1 < self.settings.tries:
                    self.sleep(wait)
            host.closed = f"is not fetched: the host {reason} ({self.settings.tries} times)"
            raise RefusedError(url, f"{reason} ({self.settings.tries} times)")

    def _wait(self, host: _Host) -> None:
        delay = host.rules.crawl_delay(TOKEN) if host.rules is not None else None
        gap = max(1.0 / self.settings.rate, min(float(delay or 0.0), self.settings.patience))
        now = self.ticks()
        if now < host.next:
            self.sleep(host.next - now)
        host.next = max(now, host.next) + gap

    def _once(self, url: str, limit: int, known: Mapping[str, str] | None, cut: bool) -> Answer:
        """One request, without redirects; ``cut`` keeps the first ``limit`` bytes of a larger answer.

        Raises:
            RefusedError: too large, too slow, not public, or no HTTP.
            RequestException: the host cannot be reached.
        """
        settings = self.settings
        verify = os.environ.get("REQUESTS_CA_BUNDLE") or os.environ.get("SSL_CERT_FILE") or True
        # No session: it would know cookies, passwords of .netrc, and proxies, which go round the check of addresses.
        with Guard(url, settings.private, settings.deadline) as guard, contextlib.closing(GuardedAdapter(guard)) as adapter:
            headers = {
                "User-Agent": settings.user_agent,
                "Accept": ACCEPT,
                "Accept-Encoding": "gzip, deflate",
                **(known or {}),
            }
            try:
                request = requests.Request("GET", url, headers=headers).prepare()
                response = adapter.send(request, stream=True, timeout=settings.timeout, verify=verify)
                found = {name.lower(): value for name, value in response.headers.items()}
                body = b"" if response.status_code in MOVED else self._body(response, found, url, limit, cut)
            except (requests.RequestException, HTTPError, OSError) as error:
                if guard.expired:
                    raise DeadlineError(url, f"took longer than {settings.deadline:g} s") from error
                if isinstance(error, requests.ConnectionError | requests.Timeout):
                    raise
                raise RefusedError(url, f"gives no answer that can be read: {_cause(error)}") from error
            if guard.expired:
                raise DeadlineError(url, f"took longer than {settings.deadline:g} s")
            return Answer(url, response.status_code, MappingProxyType(found), body)

    def _body(self, response: requests.Response, headers: Mapping[str, str], url: str, limit: int, cut: bool) -> bytes:
        coding = headers.get("content-encoding", "").strip().lower()
        if coding not in ENCODINGS:
            raise RefusedError(url, f"is encoded as {coding[:40]!r}, which was not asked for")
        parts, size = [], 0
        while part := response.raw.read1(65_536, decode_content=True):
            parts.append(part)
            size += len(part)
            if size > limit:
                if cut:
                    break
                raise RefusedError(url, f"is over {limit:,} bytes")
        return b"".join(parts)[:limit]


def _cause(error: BaseException) -> str:
    """The innermost reason in words, without the addresses of objects."""
    while True:
        inner = getattr(error, "reason", None) or (error.args[0] if error.args else None)
        if not isinstance(inner, BaseException):
            break
        error = inner
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return str(error).rpartition(">: ")[2] or type(error).__name__
