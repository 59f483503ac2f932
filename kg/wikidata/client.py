"""A polite client of the Wikibase API: wbsearchentities and wbgetentities."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from kg.issues import printable
from kg.wikidata.answers import Answers
from kg.wikidata.asker import TRIES, Asker, Unreachable, error_code
from kg.wikidata.settings import Settings

__all__ = ["BATCH", "HITS", "MAXLAG", "TRIES", "Client"]

BATCH = 50
"""Items that one request may ask for."""
MAXLAG = 5
"""Seconds by which the server's copies may lag before it asks to come back later."""
HITS = 7


def _warn(message: str) -> None:
    sys.stderr.write(f"warning: {printable(message)}\n")


@dataclass
class Client:
    """Asks one endpoint, in the manner of ``Asker``, and keeps what it answers.

    Once that gave up, nothing more is asked in this run: ``warn`` is told once, and the cache answers alone, old answers
    included. Errors are never kept, only the time of the last outage.
    """

    settings: Settings
    warn: Callable[[str], None] = _warn
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.time
    down: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        said = self.settings
        self._asker = Asker(said.user_agent, said.rate, said.timeout, said.patience, self.sleep, self.clock)
        self._answers = Answers(said.cache)

    @property
    def requests_made(self) -> int:
        """How often the server was asked."""
        return self._asker.requests_made

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
            answer = self._asker.ask(self.settings.endpoint, {**parameters, "format": "json", "maxlag": str(MAXLAG)})
        except Unreachable as error:
            self.down = True
            self._answers.put("outage", "the last", self.clock(), self.clock())  # what is made now is not made of all answers
            self.warn(f"Wikidata cannot be used in this run ({error}); what is known of it from before still counts")
            return None
        return None if error_code(answer) else answer  # an error of the question, not of the server


PROPS = "labels|aliases|descriptions|claims|sitelinks"


def _batches(qids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(qids), BATCH):
        yield qids[start : start + BATCH]


def _qids(values: Any) -> tuple[str, ...]:
    return tuple(value for value in values if _is_qid(value)) if isinstance(values, list) else ()


def _is_qid(value: Any) -> bool:
    return isinstance(value, str) and value.startswith("Q") and value[1:].isdecimal() and value.isascii() and len(value) < 14
