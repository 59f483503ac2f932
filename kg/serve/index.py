"""What can be found by name, held in memory: entities, cases and articles.

Names are folded as the pipeline folds them, so that the spellings of a letter, of accents and of digits are one. Where no name
has the letters, the one that sounds alike is found, in whatever script it is written.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from kg.lang.fold import fold_word
from kg.link.kb import KnowledgeBase
from kg.link.kbfile import strip_marks
from kg.merge.sounds import lookup_keys, sounds_of
from kg.rdf import vocab
from kg.serve.clean import clean_name
from kg.serve.reader import Reader

KINDS: Mapping[str, str] = {
    vocab.SCHEMA + "Person": "person",
    vocab.SCHEMA + "Organization": "organization",
    vocab.SCHEMA + "Place": "place",
}
SORTS = ("person", "organization", "place", "case", "article")
"""Kinds of what is found, in the order in which the page offers them."""

_FAR = 0.35
_LONGEST_QUERY = 200

_LABELS = """SELECT ?e ?kind ?label (LANG(?label) AS ?lang) ?first {
  VALUES ?kind { schema:Person schema:Organization schema:Place }
  ?e a ?kind .
  { ?e rdfs:label ?label BIND (1 AS ?first) } UNION { ?e skos:altLabel ?label BIND (0 AS ?first) }
}"""
_MENTIONS = "SELECT ?e (COUNT(?m) AS ?n) { ?m itsrdf:taIdentRef ?e } GROUP BY ?e"
_CASES = """SELECT ?e ?label (COUNT(?action) AS ?n) {
  ?e a kg:Case ; kg:hasAction ?action . OPTIONAL { ?e rdfs:label ?label } } GROUP BY ?e ?label"""
_ARTICLES = """SELECT ?e ?label ?lang ?date ?publisher ?id {
  ?e a schema:NewsArticle .
  OPTIONAL { ?e schema:headline ?label } OPTIONAL { ?e schema:inLanguage ?lang } OPTIONAL { ?e schema:datePublished ?date }
  OPTIONAL { ?e schema:publisher ?publisher } OPTIONAL { ?e schema:identifier ?id } }"""


@dataclass(slots=True)
class Item:
    """Something with names: ``labels`` by language (the first is shown), other ``names``, and how much there is of it.

    ``weight`` counts mentions of an entity and actions of a case. The rest is of articles.
    """

    iri: str
    sort: str
    labels: dict[str, str] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    weight: int = 0
    lang: str = ""
    date: str = ""
    publisher: str = ""


class Index:
    """Items by IRI, and search among them."""

    def __init__(self, items: Iterable[Item]) -> None:
        self.items: dict[str, Item] = {item.iri: item for item in items}
        self.ranked = sorted(self.items.values(), key=lambda item: (-item.weight, item.iri))
        self.counts = Counter(item.sort for item in self.ranked)
        self._names: dict[str, tuple[str, ...]] = {}
        self._sounds: dict[str, list[Item]] | None = None

    def search(self, query: str, sort: str = "") -> list[Item]:
        """The items that ``query`` names, best first; every item by weight where it is empty. ``sort``: only those."""
        words = _folded(query[:_LONGEST_QUERY])
        pool = [item for item in self.ranked if not sort or item.sort == sort]
        if not words:
            return pool
        scored = [(score, item) for item in pool if (score := _score(words, self.names(item)))]
        if not scored:
            scored = [(1, item) for item in self._alike(query) if not sort or item.sort == sort]
        scored.sort(key=lambda pair: (-pair[0], -pair[1].weight, pair[1].iri))
        return [item for _, item in scored]

    def names(self, item: Item) -> tuple[str, ...]:
        """The names of an item, folded; made when they are first looked for, so that the first page does not wait for them."""
        found = self._names.get(item.iri)
        if found is None:
            names = dict.fromkeys(_folded(name) for name in (*item.labels.values(), *item.names))
            found = self._names[item.iri] = tuple(name for name in names if name)
        return found

    def _alike(self, query: str) -> list[Item]:
        """Items a name of which has, for each word of ``query``, a word that sounds like it, in any script."""
        if self._sounds is None:
            table: dict[str, list[Item]] = defaultdict(list)
            for item in self.ranked:
                if item.sort in KINDS.values():
                    for key in {key for name in (*item.labels.values(), *item.names) for key in _keys(name)}:
                        table[key].append(item)
            self._sounds = table
        wanted = [set(lookup_keys(sounds_of(word))) for word in query[:_LONGEST_QUERY].split()]
        wanted = [keys for keys in wanted if keys]
        if not wanted:
            return []
        found = [{item.iri for key in keys for item in self._sounds.get(key, ())} for keys in wanted]
        return [self.items[iri] for iri in set.intersection(*found)]


def read_index(reader: Reader, kb: KnowledgeBase | None) -> Index:
    """Everything with a name in the graph; ``kb`` adds names in other languages to Wikidata items."""
    items: dict[str, Item] = {}
    for row in sorted(reader.rows(_LABELS), key=lambda row: (row["e"], row["label"], row["lang"])):
        item = items.setdefault(row["e"], Item(row["e"], KINDS[row["kind"]]))
        if row["first"] == "1":
            item.labels.setdefault(row["lang"], clean_name(row["label"]))
        else:
            item.names.append(clean_name(row["label"]))
    for row in reader.rows(_MENTIONS):
        if row["e"] in items:
            items[row["e"]].weight = int(row["n"])
    for row in reader.rows(_CASES):
        label = clean_name(row.get("label", ""))
        items[row["e"]] = Item(row["e"], "case", {"": label} if label else {}, weight=int(row["n"]))
    for row in reader.rows(_ARTICLES):
        lang, label = row.get("lang", ""), clean_name(row.get("label") or row.get("id", ""))
        items[row["e"]] = Item(
            row["e"],
            "article",
            {lang: label},
            lang=lang,
            date=row.get("date", "")[:10],
            publisher=clean_name(row.get("publisher", "")),
        )
    if kb is not None:
        for iri, item in items.items():
            entry = kb.entry(iri.removeprefix(vocab.WD)) if iri.startswith(vocab.WD) else None
            for language, name in entry.names if entry else ():
                item.labels.setdefault(language, name)
    return Index(items.values())


def _folded(name: str) -> str:
    return " ".join(strip_marks(fold_word(name)).split())


def _keys(name: str) -> set[str]:
    return {key for word in name.split()[:8] if len(word) > 2 for key in lookup_keys(sounds_of(word))}


def _score(words: str, names: tuple[str, ...]) -> int:
    best = 0
    for name in names:
        if name == words:
            return 5
        if name.startswith(words):
            best = max(best, 4)
        elif f" {words}" in name:
            best = max(best, 3)
        elif words in name:
            best = max(best, 2)
        elif best < 1 and all(word in name for word in words.split()):
            best = 1
    return best
