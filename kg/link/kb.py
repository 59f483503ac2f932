"""What a knowledge base is: entries with names in several languages, found by name, by QID or by demonym."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Protocol

from kg.model import Kind

SHIPPED = Path(__file__).parents[1] / "data" / "kb"


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing of the world.

    ``feature`` says what sort it is (``country``, ``territory``, ``region``, ``capital``, ``city``, ``organization``,
    ``person`` …); ``names`` are pairs of language code and label, the best label first; ``population`` counts people (0 where
    unknown); ``prior`` between 0 and 1 says how likely a news article means this entry rather than a namesake; ``country`` is
    the QID of the country it lies in or belongs to; ``latitude`` and ``longitude`` are degrees (None where unknown);
    ``description`` is a short English phrase or empty.
    """

    qid: str
    kind: Kind
    feature: str
    names: tuple[tuple[str, str], ...]
    population: int = 0
    prior: float = 0.0
    country: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    description: str = ""

    def label(self, lang: str) -> str:
        """The label in ``lang``, else in English, else the first there is, else the QID."""
        labels = dict(reversed(self.names))
        return labels.get(lang) or labels.get("en") or (self.names[0][1] if self.names else self.qid)


@dataclass(frozen=True, slots=True)
class Match:
    """An entry found under a name.

    ``lang_match``: the name is one of the entry's names in the language asked for (else it was found through another language
    or the bare script). ``weak``: the name alone is poor evidence (a surname, a nickname, a spelling without its accents, a
    name among many alternates).
    """

    entry: Entry
    lang_match: bool
    weak: bool


class KnowledgeBase(Protocol):
    """Where candidates come from. Several can stack; every answer is deterministic."""

    @property
    def version(self) -> str:
        """What identifies the content, for messages and caches."""
        ...

    def match(self, name: str, lang: str) -> tuple[Match, ...]:
        """All entries called ``name``, most likely first, with how well the name fits."""
        ...

    def lookup(self, name: str, lang: str) -> tuple[Entry, ...]:
        """All entries called ``name``, most likely first; empty where none is."""
        ...

    def begins(self, folded: str) -> bool:
        """Whether ``match`` may find a name that begins with the folded text ``folded``; False spares the look-up."""
        ...

    def entry(self, qid: str) -> Entry | None:
        """The entry of a QID."""
        ...

    def qids(self, most: int | None = None) -> tuple[str, ...]:
        """The QIDs of all entries, in an order that stays; without those of a layer that has more than ``most``."""
        ...

    def demonym(self, word: str, lang: str) -> str | None:
        """The QID of the country whose people or adjective ``word`` is (``française`` → Q142), or None."""
        ...


@cache
def open_shipped() -> KnowledgeBase:
    """The knowledge base that comes with the package, opened once.

    Raises:
        ConfigurationError: its files are missing or damaged.
    """
    from kg.link.kbfile import FileKnowledgeBase

    return FileKnowledgeBase(SHIPPED)
