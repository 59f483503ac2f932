"""What the views of the page share: the graph, the index, words for its terms, texts of articles, and remembered answers."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph
from pyoxigraph import Literal, NamedNode

from kg.errors import ConfigurationError
from kg.link.kb import KnowledgeBase, open_shipped
from kg.rdf import vocab
from kg.rdf.files import ontology_path
from kg.serve.clean import clean_name
from kg.serve.curation import Curation
from kg.serve.index import Index, Item, read_index
from kg.serve.paths import to_node, to_path
from kg.serve.reader import Asked, Reader
from kg.serve.texts import Texts

LANGUAGES = ("en", "fr", "ar")
"""Languages of the page."""


class Site:
    """The graph as the page shows it. ``analyses`` is the folder that ``kg extract`` wrote, where the texts are.

    What is read once is kept: the graph does not change while it is served.
    """

    def __init__(self, store: Asked, analyses: Path | None = None, curation: Curation | None = None) -> None:
        self._store = store
        self._lock = threading.RLock()
        self._kept: dict[Any, Any] = {}
        self.texts = Texts(analyses)
        self.curation = curation

    @cached_property
    def reader(self) -> Reader:
        """Asks the graph."""
        found = self._store.query(f"SELECT ?a {{ ?a a <{vocab.SCHEMA}NewsArticle> }} LIMIT 1").dicts()
        base, slash, _ = found[0]["a"].rpartition("article/") if found else ("", "", "")
        return Reader(self._store, base if slash else vocab.DATA)

    @property
    def index(self) -> Index:
        """Everything with a name; read at the first call."""
        return self.kept("index", lambda: read_index(self.reader, self.kb))  # type: ignore[no-any-return]

    @cached_property
    def kb(self) -> KnowledgeBase | None:
        """The shipped knowledge base, for places and names in further languages; None where it is missing."""
        try:
            return open_shipped()
        except ConfigurationError:
            return None

    @cached_property
    def terms(self) -> dict[str, dict[str, dict[str, str]]]:
        """Labels and definitions of the ontology's terms: local name → ``label`` or ``definition`` → language → words."""
        out: dict[str, dict[str, dict[str, str]]] = {}
        wanted = {vocab.RDFS_LABEL.value: "label", vocab.SKOS + "definition": "definition"}
        for quad in pyoxigraph.parse(path=str(ontology_path("kg.ttl"))):
            what = wanted.get(quad.predicate.value)
            if what and isinstance(quad.subject, NamedNode) and quad.subject.value.startswith(vocab.KG):
                assert isinstance(quad.object, Literal)  # noqa: S101
                name = quad.subject.value.removeprefix(vocab.KG)
                out.setdefault(name, {}).setdefault(what, {})[quad.object.language or "en"] = quad.object.value
        return out

    @cached_property
    def law(self) -> dict[str, dict[str, dict[str, str]]]:
        """Labels and definitions of the terms of national law: IRI → ``label`` or ``definition`` → language → words."""
        out: dict[str, dict[str, dict[str, str]]] = {}
        wanted = {vocab.SKOS + "prefLabel": "label", vocab.SKOS + "definition": "definition"}
        for quad in pyoxigraph.parse(path=str(ontology_path("terms.ttl"))):
            what = wanted.get(quad.predicate.value)
            if what and isinstance(quad.subject, NamedNode) and isinstance(quad.object, Literal):
                out.setdefault(quad.subject.value, {}).setdefault(what, {})[quad.object.language or "en"] = quad.object.value
        return out

    def kept(self, key: Any, make: Callable[[], Any]) -> Any:
        """What ``make`` gives, made once for each ``key``."""
        with self._lock:
            if key not in self._kept:
                self._kept[key] = make()
            return self._kept[key]

    def path(self, iri: str) -> str:
        """The address of a node within the page."""
        return to_path(iri, self.reader.base)

    def node(self, path: str) -> NamedNode:
        """The node at an address."""
        return to_node(path, self.reader.base)

    def ref(self, iri: str) -> dict[str, Any]:
        """A node as it is named: path, sort, labels by language, and QID."""
        item = self.index.items.get(iri)
        path = self.path(iri)
        out: dict[str, Any] = {"path": path, "sort": item.sort if item else "", "labels": item.labels if item else {}}
        if not out["labels"]:
            out["labels"] = {"": clean_name(path)}
        if item and item.sort == "article":
            out |= {"lang": item.lang, "date": item.date, "publisher": item.publisher}
        return out

    def refs(self, iris: Iterable[str]) -> list[dict[str, Any]]:
        """Several nodes as they are named."""
        return [self.ref(iri) for iri in iris]


def item_ref(site: Site, item: Item) -> dict[str, Any]:
    """An item as it is named, with its weight."""
    return site.ref(item.iri) | {"weight": item.weight}
