"""A polite client of the Wikibase API: wbsearchentities and wbgetentities."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import requests

from kg.issues import printable
from kg.waiting import retry_after
from kg.wikidata.answers import Answers
from kg.wikidata.settings import Settings

BATCH = 50
"""Items that one request may ask for."""
TRIES = 4
MAXLAG = 5
"""Seconds by which the server's copies may lag before it asks to come back later."""
HITS = 7
_TRANSIENT = frozenset({429, 500, 502, 503, 504})
_TRANSIENT_CODES = ("maxlag", "ratelimited", "readonly", "internal_api_error")
_LARGEST = 20_000_000


class Unreachable(Exception):  # noqa: N818 - a state, not an error of the user
    """The server gave no usable answer."""


def _warn(message: str) -> None:
    sys.stderr.write(f"warning: {printable(message)}\n")


@dataclass
class Client:
    """Asks one endpoint, no faster than ``settings.rate``, and keeps what it answers.

    A server that says to come back later is asked again, ``TRIES`` times in all, after the time that it names or after 1, 2, 4
    seconds. Once it gave up, nothing more is asked in this run: ``warn`` is told once, and the cache answers alone, old answers
    included. Errors are never kept.
    """

    settings: Settings
    warn: Callable[[str], None] = _warn
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    down: bool = field(default=False, init=False)
    requests_made: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.headers["User-Agent"] = self.settings.user_agent
        self._answers = Answers(self.settings.cache)
        self._next = 0.0

    def search(self, text: str, lang: str, limit: int = HITS) -> tuple[str, ...]:
        """QIDs of the items that ``text`` may name in ``lang``, in the order of the server."""
        question = f"{lang} {limit} {text}"
        known = self._known("search", question)
        if known is None:
            parameters = {"action": "wbsearchentities", "search": text, "language": lang, "uselang": lang, "type": "item"}
            answer = self._ask({**parameters, "limit": str(limit)})
            if answer is None:
                return _qids(self._old("search", question, ()))
            hits = answer.get("search")
            known = [hit.get("id") for hit in hits if isinstance(hit, dict)] if isinstance(hits, list) else []
            self._answers.put("search", question, self.clock(), known)
        return _qids(known)

    def items(self, qids: Sequence[str]) -> dict[str, dict[str, Any]]:
        """The items of ``qids`` that exist, as the server describes them, under the QID asked for."""
        found: dict[str, dict[str, Any]] = {}
        missing = []
        for qid in dict.fromkeys(qids):
            known = self._known("item", qid)
            if known is None:
                missing.append(qid)
            elif isinstance(known, dict) and known:
                found[qid] = known
        for batch in _batches(missing):
            answer = self._ask({"action": "wbgetentities", "ids": "|".join(batch), "props": PROPS})
            for qid in batch:
                item = self._item(answer, qid)
                if item:
                    found[qid] = item
        return {qid: found[qid] for qid in dict.fromkeys(qids) if qid in found}

    def _item(self, answer: dict[str, Any] | None, qid: str) -> dict[str, Any]:
        entities = answer.get("entities") if answer is not None else None
        if not isinstance(entities, dict) or not isinstance(entities.get(qid), dict):
            old = self._old("item", qid, {})
            return old if isinstance(old, dict) else {}
        item: dict[str, Any] = {} if "missing" in entities[qid] else entities[qid]
        self._answers.put("item", qid, self.clock(), item)
        return item

    def _known(self, kind: str, question: str) -> Any:
        """A kept answer that is fresh enough; offline, of any age."""
        kept = self._answers.get(kind, question)
        if kept is None or (not self.settings.offline and self.clock() - kept[0] > self.settings.max_age):
            return None
        return kept[1]

    def _old(self, kind: str, question: str, otherwise: Any) -> Any:
        kept = self._answers.get(kind, question)
        return otherwise if kept is None else kept[1]

    def _ask(self, parameters: dict[str, str]) -> dict[str, Any] | None:
        """The answer, or None where there is none; the first time this is said."""
        if self.settings.offline or self.down:
            return None
        try:
            return self._try({**parameters, "format": "json", "maxlag": str(MAXLAG)})
        except Unreachable as error:
            self.down = True
            self.warn(f"Wikidata cannot be used in this run ({error}); what is known of it from before still counts")
            return None

    def _try(self, parameters: dict[str, str]) -> dict[str, Any] | None:
        reason = ""
        for attempt in range(TRIES):
            wait = float(2**attempt)
            try:
                response = self._get(parameters)
            except requests.RequestException as error:
                reason = f"{type(error).__name__} at {self.settings.endpoint}"
            else:
                answer = _json(response)
                code = _code(answer)
                transient = response.status_code in _TRANSIENT or code.startswith(_TRANSIENT_CODES)
                if response.status_code == requests.codes.ok and answer is not None and not transient:
                    return None if code else answer  # an error of the question, not of the server
                reason = f"it answers {response.status_code}, {code or ('no JSON' if answer is None else 'an error')}"
                if not transient and response.status_code != requests.codes.ok:
                    raise Unreachable(reason)
                wait = max(wait, retry_after(response.headers.get("Retry-After", ""), self.clock()))
            if wait > self.settings.patience:
                raise Unreachable(f"{reason}, and asks to wait {wait:.0f} s")
            if attempt + 1 < TRIES:
                self.sleep(wait)
        raise Unreachable(reason)

    def _get(self, parameters: dict[str, str]) -> requests.Response:
        now = self.clock()
        if self._next > now:
            self.sleep(self._next - now)
        self._next = max(now, self._next) + 1.0 / self.settings.rate
        self.requests_made += 1
        return self._session.get(self.settings.endpoint, params=parameters, timeout=self.settings.timeout)


PROPS = "labels|aliases|descriptions|claims|sitelinks"


def _batches(qids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(qids), BATCH):
        yield qids[start : start + BATCH]


def _qids(values: Any) -> tuple[str, ...]:
    return tuple(value for value in values if _is_qid(value)) if isinstance(values, list) else ()


def _is_qid(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("Q") and value[1:].isdecimal() and value.isascii() and len(value) < 14


def _json(response: requests.Response) -> dict[str, Any] | None:
    """The object of an answer, or None where it holds none."""
    if len(response.content) > _LARGEST:
        return None
    try:
        data = response.json()
    except (ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None


def _code(answer: dict[str, Any] | None) -> str:
    """The code of an error that the API reports in an answer of status 200."""
    error = answer.get("error") if answer is not None else None
    if not isinstance(error, dict):
        return ""
    return printable(str(error.get("code") or "error"), 60)
