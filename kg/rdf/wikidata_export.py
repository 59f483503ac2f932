"""Statements that Wikidata could take, as QuickStatements (version 1) for a human to check and approve.

Nothing here is sent anywhere. A statement is proposed only where all of this holds: the type of action is the same thing as an
item (``skos:exactMatch`` in the alignment); the target has an item; every report says that it happened, two articles or more tell
it, and they contradict each other nowhere; the day is known; and an article has an address to cite.
"""

from __future__ import annotations

from functools import lru_cache

from kg.model import Action, ActionType, Article, Graph, Modality
from kg.rdf import iri, vocab
from kg.rdf.files import ontology_path
from kg.rdf.names import Names
from kg.rdf.reading import read_triples

SIGNIFICANT_EVENT = "P793"
POINT_IN_TIME = "P585"
LOCATION = "P276"
REFERENCE_URL = "S854"
PUBLICATION_DATE = "S577"
MINIMUM_ARTICLES = 2
"""How many articles must agree on an action before it is proposed; copies of one text count once."""


def to_quickstatements(graph: Graph, names: Names) -> bytes:
    """One line per statement and reference: item, significant event, qualifiers, source; the comment names the action."""
    articles = {a.article.id: a.article for a in graph.analyses}
    items = {e.key: e.qid for e in graph.entities if e.qid is not None}
    modalities = {(a.article.id, r.id): r.modality for a in graph.analyses for r in a.reports or ()}
    lines: set[str] = set()
    for action in graph.actions:
        event = event_items().get(action.type)
        told = sorted({member[0] for member in action.reports})
        if (
            event is None
            or not _agreed(action, [modalities[member] for member in action.reports])
            or len(graph.independent(told)) < MINIMUM_ARTICLES
        ):
            continue
        places = [items[key] for key in action.place if key in items]
        for target in action.target:
            if target in items:
                for article in told:
                    if (source := _source(articles[article])) is not None:
                        lines.add(_line(items[target], event, action, places, source, names.action(action.id)))
    return "".join(f"{line}\n" for line in sorted(lines)).encode("utf-8")


@lru_cache(maxsize=1)
def event_items() -> dict[ActionType, str]:
    """The Wikidata item of each type of action that is exactly the same thing, from the alignment.

    Raises:
        ConfigurationError: the alignment is missing or broken.
    """
    types = {node.value: kind for kind, node in vocab.ACTION_CLASSES.items()}
    out = {}
    for triple in sorted(read_triples([ontology_path("alignment.ttl")]), key=str):
        kind = types.get(getattr(triple.subject, "value", ""))
        value = getattr(triple.object, "value", "")
        if kind is not None and triple.predicate.value == vocab.SKOS + "exactMatch" and value.startswith(vocab.WD):
            out[kind] = value.removeprefix(vocab.WD)
    return out


def _agreed(action: Action, modalities: list[Modality]) -> bool:
    day = action.date is not None and len(action.date) == 10
    return day and not action.conflicts and set(modalities) == {Modality.ACTUAL}


def _source(article: Article) -> list[str] | None:
    """The reference to an article: its address, and the day of its publication where known."""
    url = iri.checked_url(article.url)
    if url is None or '"' in url:
        return None
    published = [PUBLICATION_DATE, _time(article.published)] if article.published and len(article.published) == 10 else []
    return [REFERENCE_URL, f'"{url}"', *published]


def _line(item: str, event: str, action: Action, places: list[str], source: list[str], name: str) -> str:
    place = [LOCATION, places[0]] if len(places) == 1 else []
    assert action.date is not None  # noqa: S101 - _agreed has seen to it
    return "\t".join([item, SIGNIFICANT_EVENT, event, POINT_IN_TIME, _time(action.date), *place, *source]) + f" /* {name} */"


def _time(day: str) -> str:
    """An ISO day as Wikidata writes times of that precision."""
    return f"+{day}T00:00:00Z/11"
