"""An article as it is read: its text (or what of it the graph quotes) cut into pieces that name something or tell an action."""

from __future__ import annotations

from bisect import bisect_right
from itertools import pairwise
from typing import Any

from pyoxigraph import NamedNode

from kg.errors import ConfigurationError
from kg.rdf import vocab
from kg.rdf.iri import checked_url
from kg.serve.clean import clean, clean_name
from kg.serve.site import Site
from kg.serve.views.actions import summaries

_MENTIONS = """SELECT ?begin ?end ?entity { ?m nif:referenceContext {node} ; itsrdf:taIdentRef ?entity ;
  nif:beginIndex ?begin ; nif:endIndex ?end }"""
_REPORTS = """SELECT ?report ?action ?modality ?begin ?end { ?report prov:wasDerivedFrom {node} ; kg:reports ?action ;
  kg:modality ?modality . OPTIONAL { ?report gaf:denotedBy ?m . ?m nif:beginIndex ?begin ; nif:endIndex ?end } }
ORDER BY ?report ?begin"""
_SENTENCES = (
    """SELECT ?begin ?text { ?s nif:referenceContext {node} ; a nif:Sentence ; nif:beginIndex ?begin ; nif:anchorOf ?text }"""
)
_PHRASES = (
    """SELECT ?begin ?text { ?s nif:referenceContext {node} ; a nif:Phrase ; nif:beginIndex ?begin ; nif:anchorOf ?text }"""
)
MOST_MARKS = 20_000

Mark = tuple[int, int, str]
"""Start, end, and what the stretch names or tells."""


def article(site: Site, node: NamedNode) -> dict[str, Any]:
    """An article with its pieces and its actions.

    Raises:
        ConfigurationError: the graph has no such article.
    """
    facts = site.reader.facts([node])[node.value]
    if vocab.SCHEMA_NEWS_ARTICLE.value not in facts.all(vocab.RDF_TYPE):
        raise ConfigurationError("the graph has no such article")
    mentions = [(_int(r["begin"]), _int(r["end"]), r["entity"]) for r in site.reader.rows(_MENTIONS, node=node)][:MOST_MARKS]
    rows = site.reader.rows(_REPORTS, node=node)
    triggers = [(_int(r["begin"]), _int(r["end"]), r["action"]) for r in rows if "begin" in r][:MOST_MARKS]
    found = site.texts.find(facts.first(vocab.SCHEMA_IDENTIFIER), facts.first(vocab.KG_SHA256))
    if found is not None:
        segments = _whole(found.text, found.body)
    else:
        segments = _quoted(site, node, mentions)
    actions = summaries(site, list(dict.fromkeys(r["action"] for r in rows)))
    at = {site.path(r["action"]): _int(r.get("begin", "0")) for r in reversed(rows)}
    modality = {site.path(r["action"]): r["modality"].removeprefix(vocab.KG) for r in rows}
    for told in actions:
        told["status"] = modality[told["path"]]
    cited = list(dict.fromkeys(iri for _, _, iri in sorted(mentions)))
    copy = facts.first(vocab.KG_COPY_OF)
    return {
        "article": site.ref(node.value),
        "copy": site.ref(copy) if copy else None,
        "iri": node.value,
        "url": checked_url(facts.first(vocab.SCHEMA_URL)) or "",
        "id": clean_name(facts.first(vocab.SCHEMA_IDENTIFIER)),
        "whole": found is not None,
        "segments": [
            {"prose": prose, "pieces": pieces(site, start, text, mentions, triggers)} for start, text, prose in segments
        ],
        "actions": sorted(actions, key=lambda a: (at[a["path"]], a["path"])),
        "entities": site.refs(cited),
    }


def _whole(text: str, body: tuple[tuple[int, int], ...]) -> list[tuple[int, str, bool]]:
    """The text as stretches of prose and of what is not."""
    out: list[tuple[int, str, bool]] = []
    at = 0
    for start, end in sorted(body):
        start = max(start, at)
        if text[at:start].strip():
            out.append((at, text[at:start], False))
        if start < end:
            out.append((start, text[start:end], True))
            at = end
    if text[at:].strip():
        out.append((at, text[at:], False))
    return out


def _quoted(site: Site, node: NamedNode, mentions: list[Mark]) -> list[tuple[int, str, bool]]:
    """The sentences that the graph quotes, and the names that stand outside them."""
    sentences = sorted((_int(r["begin"]), r["text"]) for r in site.reader.rows(_SENTENCES, node=node))
    out: list[tuple[int, str, bool]] = []
    end = 0
    for start, text in sentences:
        if start >= end:
            out.append((start, text, True))
            end = start + len(text)
    starts = [start for start, _, _ in out]
    texts = {_int(r["begin"]): r["text"] for r in site.reader.rows(_PHRASES, node=node)}
    outside = []
    for begin, _, _ in sorted(set(mentions)):
        index = bisect_right(starts, begin) - 1
        if (index < 0 or begin >= starts[index] + len(out[index][1])) and begin in texts:
            outside.append((begin, texts[begin], False))
    return sorted([*out, *dict.fromkeys(outside)])


def pieces(site: Site, start: int, text: str, mentions: list[Mark], triggers: list[Mark]) -> list[list[str]]:
    """``text``, which begins at ``start``, cut where a mark begins or ends: text, path of the entity, path of the action."""
    end = start + len(text)
    names = [m for m in mentions if m[0] < end and start < m[1]]
    told = [t for t in triggers if t[0] < end and start < t[1]]
    cuts = sorted({start, end, *(max(start, min(end, at)) for m in (*names, *told) for at in m[:2])})
    entity, action = _cover(cuts, names), _cover(cuts, told)
    shown = clean(text)
    return [
        [shown[a - start : b - start], site.path(entity[a]) if a in entity else "", site.path(action[a]) if a in action else ""]
        for a, b in pairwise(cuts)
    ]


def _cover(cuts: list[int], marks: list[Mark]) -> dict[int, str]:
    """What covers the piece that begins at each cut: of several marks the shortest."""
    out: dict[int, str] = {}
    for begin, stop, iri in sorted(marks, key=lambda m: (m[0] - m[1], m[0], m[2])):
        for at in cuts[bisect_right(cuts, begin - 1) :]:
            if at >= stop:
                break
            out[at] = iri
    return out


def _int(text: str) -> int:
    return int(text[:18]) if text.isascii() and text.isdigit() else 0
