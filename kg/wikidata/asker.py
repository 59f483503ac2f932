"""Polite requests for JSON: who asks, how fast, and patience with a busy server. Wikidata and SPARQL endpoints are asked so."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import requests

from kg import __version__
from kg.errors import StoreError
from kg.issues import printable
from kg.waiting import retry_after

TRIES = 4
RATE = 5.0
"""Requests a second at most."""
TIMEOUT = 60.0
"""Seconds that a server may take to begin its answer."""
PATIENCE = 60.0
"""The longest wait in seconds that a server may ask for before it counts as unreachable."""
_TRANSIENT = frozenset({429, 500, 502, 503, 504})
_TRANSIENT_CODES = ("maxlag", "ratelimited", "readonly", "internal_api_error")
_LARGEST = 50_000_000
_NO_ADDRESS = (requests.exceptions.InvalidURL, requests.exceptions.MissingSchema, requests.exceptions.InvalidSchema)


class Unreachable(Exception):  # noqa: N818 - a state, not an error of the user
    """The server gave no usable answer."""


def user_agent(contact: str = "") -> str:
    """Who asks, by the User-Agent policy of the Wikimedia Foundation: name, version, contact, library."""
    return f"kg/{__version__} (https://w3id.org/kg-exporter{f'; {contact}' if contact else ''}) python-requests"


@dataclass
class Asker:
    """Asks no faster than ``rate`` requests a second.

    A server that is busy, lags or answers no JSON is asked again, ``TRIES`` times in all, after the time that it names or after
    1, 2, 4 seconds, ``patience`` seconds at most.
    """

    agent: str = field(default_factory=user_agent)
    rate: float = RATE
    timeout: float = TIMEOUT
    patience: float = PATIENCE
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    requests_made: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.headers["User-Agent"] = self.agent
        self._next = 0.0

    def demand(self, url: str, fields: Mapping[str, str], form: str = "") -> dict[str, Any]:
        """The answer of ``ask``.

        Raises:
            StoreError: there is none.
        """
        try:
            return self.ask(url, fields, form)
        except Unreachable as error:
            raise StoreError(
                f"{printable(url, 200)} could not be asked ({error}): check the address and the network, or try later"
            ) from error

    def ask(self, url: str, fields: Mapping[str, str], form: str = "") -> dict[str, Any]:
        """The JSON object that ``url`` answers to ``fields``: as a query, or as a form that accepts the media type ``form``.

        An error of the question that the Wikibase API reports (``code``) is an answer.

        Raises:
            Unreachable: there is no answer, or none of use.
        """
        reason = ""
        for attempt in range(TRIES):
            wait = float(2**attempt)
            try:
                response = self._send(url, fields, form)
            except _NO_ADDRESS as error:
                raise Unreachable(f"it is no address: {type(error).__name__}") from error
            except requests.RequestException as error:
                reason = f"{type(error).__name__} at {url}"
            else:
                answer = _json(response)
                code = error_code(answer)
                transient = response.status_code in _TRANSIENT or code.startswith(_TRANSIENT_CODES)
                if response.status_code == requests.codes.ok and answer is not None and not transient:
                    return answer
                reason = f"it answers {response.status_code}, {code or ('no JSON' if answer is None else 'an error')}"
                if not transient and response.status_code != requests.codes.ok:
                    raise Unreachable(reason)
                wait = max(wait, retry_after(response.headers.get("Retry-After", ""), self.clock()))
            if wait > self.patience:
                raise Unreachable(f"{reason}, and asks to wait {wait:.0f} s")
            if attempt + 1 < TRIES:
                self.sleep(wait)
        raise Unreachable(reason)

    def _send(self, url: str, fields: Mapping[str, str], form: str) -> requests.Response:
        now = self.clock()
        if self._next > now:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 1.0 / self.rate
        self.requests_made += 1
        if form:
            return self._session.post(url, data=dict(fields), headers={"Accept": form}, timeout=self.timeout)
        return self._session.get(url, params=dict(fields), timeout=self.timeout)


def error_code(answer: Mapping[str, Any] | None) -> str:
    """The code of an error that the API reports in an answer of status 200; empty where there is none."""
    error = answer.get("error") if answer is not None else None
    if not isinstance(error, dict):
        return ""
    return printable(str(error.get("code") or "error"), 60)


def _json(response: requests.Response) -> dict[str, Any] | None:
    """The object of an answer, or None where it holds none."""
    if len(response.content) > _LARGEST:
        return None
    try:
        data = response.json()
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
