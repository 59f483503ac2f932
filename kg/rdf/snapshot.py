"""What a graph says, in a form that can be compared with another: read from a stream of triples, without the text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pyoxigraph import Literal, NamedNode, Triple

from kg.rdf import vocab

Facts = dict[str, set[str]]
"""The values of a node by property. IRIs stand as they are, literals in the syntax of N-Triples."""

_TEXT = "#char="
_TYPE = vocab.RDF_TYPE.value
_ACTIONS = {node.value for node in vocab.ACTION_CLASSES.values()}
_KINDS = {node.value for node in vocab.KIND_CLASSES.values()}
_HOMES: Mapping[str, str] = {
    vocab.SCHEMA_NEWS_ARTICLE.value: "articles",
    vocab.KG_REPORT.value: "reports",
    vocab.KG_CASE.value: "cases",
    vocab.PROV_ACTIVITY.value: "origins",
    vocab.PROV_SOFTWARE_AGENT.value: "origins",
    **dict.fromkeys(_ACTIONS, "actions"),
    **dict.fromkeys(_KINDS, "entities"),
}
MASK = (1 << 64) - 1


@dataclass(slots=True)
class Snapshot:
    """The nodes of a graph by IRI, with their facts.

    ``mentions`` gives by entity where it is named: (article, hash of the words); ``words`` what the stretches of text say that
    name nobody. ``count`` is the number of triples, ``digests`` a sum over them by where they belong (``texts``, ``evidence``,
    ``nodes``), which does not depend on their order.
    """

    articles: dict[str, Facts] = field(default_factory=dict)
    reports: dict[str, Facts] = field(default_factory=dict)
    actions: dict[str, Facts] = field(default_factory=dict)
    entities: dict[str, Facts] = field(default_factory=dict)
    cases: dict[str, Facts] = field(default_factory=dict)
    origins: dict[str, Facts] = field(default_factory=dict)
    mentions: dict[str, set[tuple[str, int]]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    count: int = 0
    digests: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("texts", "evidence", "nodes"), 0))


def take(triples: Iterable[Triple]) -> Snapshot:
    """The snapshot of a graph, from its triples in any order; memory goes with the nodes, not with the text they rest on."""
    out = Snapshot()
    nodes: dict[str, Facts] = {}
    names: dict[str, str] = {}
    for triple in triples:
        out.count += 1
        subject, predicate, value = triple.subject, triple.predicate.value, triple.object
        if not isinstance(subject, NamedNode) or not isinstance(value, NamedNode | Literal):
            out.digests["nodes"] = (out.digests["nodes"] + hash(str(triple))) & MASK
            continue
        name = subject.value
        home = "texts" if _TEXT in name else "evidence" if "#" in name else "nodes"
        out.digests[home] = (out.digests[home] + hash(triple)) & MASK
        if home == "texts":
            if predicate == vocab.ITSRDF_TA_IDENT_REF.value:
                names[name] = value.value
            elif predicate == vocab.NIF_ANCHOR_OF.value:
                out.words[name] = value.value
            if name in names and name in out.words:
                _mention(out, name, names.pop(name), out.words.pop(name))
        elif home == "nodes":
            facts = nodes.get(name)
            if facts is None:
                facts = nodes[name] = {}
            facts.setdefault(predicate, set()).add(value.value if isinstance(value, NamedNode) else str(value))
    for name, facts in nodes.items():
        found = next((_HOMES[kind] for kind in sorted(facts.get(_TYPE, ())) if kind in _HOMES), None)
        if found is not None:
            getattr(out, found)[name] = facts
    return out


def _mention(out: Snapshot, place: str, entity: str, words: str) -> None:
    out.mentions.setdefault(entity, set()).add((place.partition("#")[0], hash(words)))
