"""Actions, in short for lists and whole with their reports and reasons."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from pyoxigraph import NamedNode

from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.serve.clean import clean, clean_name
from kg.serve.reader import Facts, as_nodes
from kg.serve.site import Site

ROLES = {
    "target": vocab.KG_TARGET,
    "agent": vocab.KG_AGENT,
    "place": vocab.SEM_HAS_PLACE,
    "attributedTo": vocab.KG_ATTRIBUTED_TO,
    "via": vocab.KG_VIA,
}
LONGEST_QUOTE = 2000
MOST = 500
"""Actions that one list shows."""

_REPORTS = "SELECT ?report ?action { VALUES ?action { {actions} } ?report kg:reports ?action } ORDER BY ?action ?report"

_JUDGED = """SELECT ?report ?words { { ?report kg:reports {node} } UNION { {node} kg:reports ?action BIND ({node} AS ?report) }
  ?report kg:trigger ?words } ORDER BY ?report LIMIT 500"""
_CAST = """SELECT DISTINCT ?entity { { ?report kg:reports {node} } UNION { {node} kg:reports ?action BIND ({node} AS ?report) }
  ?report prov:wasDerivedFrom ?article . ?m nif:referenceContext ?article ; itsrdf:taIdentRef ?entity }
ORDER BY ?entity LIMIT 300"""


def type_of(facts: Facts) -> str:
    """The local name of an action's class, or empty."""
    return next((t.removeprefix(vocab.KG) for t in facts.all(vocab.RDF_TYPE) if t.startswith(vocab.KG)), "")


def values(site: Site, facts: Facts) -> dict[str, Any]:
    """What an action or a report says: roles as references, the rest as texts."""
    out: dict[str, Any] = {role: site.refs(facts.all(p)) for role, p in ROLES.items() if facts.all(p)}
    for name, predicate in (("description", vocab.KG_TARGET_DESCRIPTION), ("offence", vocab.KG_OFFENCE)):
        found = [[lang, clean_name(text)] for lang, text in facts.texts(predicate)]
        if found:
            out[name] = found
    for name, predicate in (
        ("date", vocab.KG_DATE),
        ("amount", vocab.KG_AMOUNT),
        ("currency", vocab.KG_CURRENCY),
        ("duration", vocab.KG_DURATION),
    ):
        if facts.first(predicate):
            out[name] = clean_name(facts.first(predicate), 60)
    return out


def summaries(site: Site, iris: Sequence[str]) -> list[dict[str, Any]]:
    """Actions in short, in order of date, then stage; those without a date last."""
    facts = site.reader.facts(as_nodes(iris[:MOST]))
    out = [summary(site, iri, found) for iri, found in facts.items() if found]
    return sorted(out, key=lambda a: (not a.get("date"), a.get("date", ""), a["stage"], a["path"]))


def summary(site: Site, iri: str, facts: Facts) -> dict[str, Any]:
    """One action in short."""
    out = {
        "path": site.path(iri),
        "type": type_of(facts),
        "status": facts.first(vocab.KG_STATUS).removeprefix(vocab.KG),
        "stage": facts.number(vocab.KG_STAGE),
        "position": facts.number(vocab.KG_POSITION),
        "conflict": [site_slot(p) for p in facts.all(vocab.KG_CONFLICT)],
        **values(site, facts),
    }
    case = facts.first(vocab.KG_PART_OF_CASE)
    if case:
        out["case"] = site.ref(case)
    return out


def site_slot(iri: str) -> str:
    """The local name of a property."""
    return iri.rpartition("#")[2].rpartition("/")[2]


def action(site: Site, node: NamedNode) -> dict[str, Any]:
    """An action, or the one that a report tells, with all its reports.

    Raises:
        ConfigurationError: the node is neither.
    """
    facts = site.reader.facts([node])[node.value]
    told = facts.first(vocab.KG_REPORTS)
    if told:
        return action(site, NamedNode(told)) | {"report": site.path(node.value)}
    if not facts.first(vocab.KG_STATUS):
        raise ConfigurationError("the graph has no such action")
    out: dict[str, Any] = {
        "action": summary(site, node.value, facts),
        "iri": node.value,
        "reports": reports_of(site, [node.value], reasons=True).get(node.value, []),
    }
    if site.curation is not None:
        out["cast"] = site.refs(row["entity"] for row in site.reader.rows(_CAST, node=node))
        out["decided"] = site.curation.about(node.value)
        for report in out["reports"]:
            report["decided"] = site.curation.about(site.node(report["path"]).value)
    return out


def judged(site: Site, node: NamedNode) -> list[tuple[str, str]]:
    """The reports of an action, or the report itself, each with the IRI of the words that tell it most clearly."""
    rows = site.reader.rows(_JUDGED, node=node)
    return [(row["report"], row["words"]) for row in rows]


def reports_of(site: Site, actions: Sequence[str], reasons: bool) -> dict[str, list[dict[str, Any]]]:
    """The reports of each action; with ``reasons``, the grounds for each value too."""
    if not actions:
        return {}
    rows = site.reader.rows(_REPORTS, actions=as_nodes(actions[:MOST]))
    reports = site.reader.facts(as_nodes(row["report"] for row in rows))
    grounds = site.reader.facts(as_nodes(e for f in reports.values() for e in f.all(vocab.KG_EVIDENCE))) if reasons else {}
    spans = [s for f in reports.values() for s in (f.all(vocab.GAF_DENOTED_BY) if reasons else [f.first(vocab.KG_TRIGGER)]) if s]
    words = [e.first(vocab.KG_WORDS) for e in grounds.values() if e.first(vocab.KG_WORDS)]
    phrases = site.reader.facts(as_nodes([*spans, *words]))
    phrases |= site.reader.facts(as_nodes(s for f in list(phrases.values()) for s in f.all(vocab.NIF_IN_SENTENCE)))
    articles = site.reader.facts(as_nodes(f.first(vocab.PROV_WAS_DERIVED_FROM) for f in reports.values()))
    out: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        facts = reports[row["report"]]
        source = articles.get(facts.first(vocab.PROV_WAS_DERIVED_FROM))
        report = {
            "path": site.path(row["report"]),
            "article": site.ref(facts.first(vocab.PROV_WAS_DERIVED_FROM)),
            "modality": facts.first(vocab.KG_MODALITY).removeprefix(vocab.KG),
            "confidence": facts.first(vocab.KG_CONFIDENCE),
            "pattern": clean_name(facts.first(vocab.KG_PATTERN), 100),
            "quotes": quotes(
                phrases,
                facts.all(vocab.GAF_DENOTED_BY) if reasons else [facts.first(vocab.KG_TRIGGER)],
                facts.first(vocab.KG_TRIGGER),
            ),
            **values(site, facts),
        }
        if source and source.first(vocab.KG_COPY_OF):
            report["copy"] = site.ref(source.first(vocab.KG_COPY_OF))
        if facts.first(vocab.KG_JOIN_REASON):
            report["joined"] = clean_name(facts.first(vocab.KG_JOIN_REASON))
        law = [site.law[iri] for iri in facts.all(vocab.KG_USES_TERM) if iri in site.law]
        if law:
            report["law"] = law
        if facts.first(vocab.KG_REVIEW):
            report["review"] = {
                "verdict": clean_name(facts.first(vocab.KG_REVIEW), 20),
                "by": clean_name(facts.first(vocab.KG_REVIEWED_BY), 100),
                "at": clean_name(facts.first(vocab.KG_REVIEWED_AT), 30),
            }
        if reasons:
            report["grounds"] = [_ground(grounds[e], phrases) for e in facts.all(vocab.KG_EVIDENCE) if e in grounds]
        out[row["action"]].append(report)
    for found in out.values():
        found.sort(key=lambda r: (r["article"].get("date", ""), r["path"]))
    return dict(out)


def _ground(evidence: Facts, phrases: dict[str, Facts]) -> dict[str, str]:
    words = phrases.get(evidence.first(vocab.KG_WORDS))
    return {
        "role": site_slot(evidence.first(vocab.KG_ROLE)),
        "words": clean_name(words.first(vocab.NIF_ANCHOR_OF)) if words else "",
        "reason": clean_name(evidence.first(vocab.KG_REASON)),
    }


def quotes(phrases: dict[str, Facts], spans: Iterable[str], trigger: str) -> list[dict[str, Any]]:
    """The sentences in which ``spans`` stand, in order of the text: language, and pieces of text with a sign whether marked."""
    by_sentence: dict[str, set[tuple[int, int]]] = defaultdict(set)
    for iri in {*spans, trigger} - {""}:
        if found := phrases.get(iri):
            by_sentence[found.first(vocab.NIF_IN_SENTENCE) or iri].add(
                (found.number(vocab.NIF_BEGIN_INDEX), found.number(vocab.NIF_END_INDEX))
            )
    out = []
    for iri, marks in by_sentence.items():
        facts = phrases.get(iri)
        if not facts:
            continue
        lang, text = next(iter(facts.texts(vocab.NIF_ANCHOR_OF)), ("", ""))
        start = facts.number(vocab.NIF_BEGIN_INDEX)
        pieces = _pieces(clean(text[:LONGEST_QUOTE]), [(a - start, b - start) for a, b in sorted(marks)])
        out.append((start, {"lang": lang, "pieces": pieces}))
    return [quote for _, quote in sorted(out, key=lambda pair: pair[0])]


def _pieces(text: str, marks: list[tuple[int, int]]) -> list[tuple[str, bool]]:
    out: list[tuple[str, bool]] = []
    at = 0
    for start, end in marks:
        start, end = max(start, at), min(end, len(text))
        if start < end:
            out += [(text[at:start], False), (text[start:end], True)]
            at = end
    return [piece for piece in [*out, (text[at:], False)] if piece[0]]
