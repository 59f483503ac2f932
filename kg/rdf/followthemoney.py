"""The graph as entities of FollowTheMoney: one JSON object per line, as Aleph, OpenSanctions tools and ``ftm`` read them.

People and organisations become ``Person`` and ``Organization``, cases ``CourtCase``, what is done to whom in a case
``CourtCaseParty``, actual sanctions ``Sanction``, and the articles that say so ``Article``, which every claim cites as ``proof``.
Places have no place there, and neither has what nobody with a name is the target of.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from kg.issues import printable
from kg.model import Action, ActionType, Article, Graph, Kind, MergedEntity, Modality
from kg.rdf import iri, vocab
from kg.rdf.names import Names, label_of

_SCHEMATA = {Kind.PERSON: "Person", Kind.ORGANIZATION: "Organization"}
_LONGEST = 1000


def to_lines(graph: Graph, names: Names) -> bytes:
    """The entities, one a line, by schema and id. The id of a linked entity is its Wikidata item, others are hashes of IRIs."""
    entities = {e.key: e for e in graph.entities}
    articles = {a.article.id: a.article for a in graph.analyses}
    out = [_article(names.articles[key], article) for key, article in articles.items()]
    out += [_party(names.entity(e.key), e) for e in graph.entities if e.kind in _SCHEMATA]
    actions = {a.id: a for a in graph.actions}
    for case in graph.cases:
        steps = [actions[key] for key in case.actions]
        node = names.cases.get(case.id)
        if node is None:
            continue
        out.append(_entity(node, "CourtCase", {"name": [case.title], **_sources(steps, articles, names)}))
        for action in steps:
            for target in action.target:
                if entities[target].kind in _SCHEMATA:
                    facts = {
                        "case": [_id(node)],
                        "party": [_id(names.entity(target))],
                        "role": [action.type.value],
                        "status": [action.status.value],
                        **_claim(action, articles, names),
                    }
                    out.append(_entity(f"{names.action(action.id)} {names.entity(target)}", "CourtCaseParty", facts))
    for action in graph.actions:
        if action.type is ActionType.SANCTION and action.status is Modality.ACTUAL:
            authority = [label_of(entities[key]) for key in action.agent]
            for target in action.target:
                if entities[target].kind in _SCHEMATA:
                    facts = {"entity": [_id(names.entity(target))], "authority": authority, **_claim(action, articles, names)}
                    facts["reason"] = sorted({words for _, words in action.offence})
                    out.append(_entity(f"{names.action(action.id)} {names.entity(target)} sanction", "Sanction", facts))
    out.sort(key=lambda entity: (entity["schema"], entity["id"]))
    return "".join(json.dumps(entity, ensure_ascii=False, sort_keys=True) + "\n" for entity in out).encode("utf-8", "replace")


def _id(name: str) -> str:
    """The id of what the graph calls ``name``: its Wikidata item, or ``kg-`` and a hash."""
    item = name.removeprefix(vocab.WD)
    return item if item != name else f"kg-{iri.digest('ftm', name)}"


def _entity(name: str, schema: str, properties: Mapping[str, Iterable[str]]) -> dict[str, Any]:
    cleaned = {key: [text for value in values if (text := printable(value, _LONGEST))] for key, values in properties.items()}
    return {"id": _id(name), "schema": schema, "properties": {key: values for key, values in cleaned.items() if values}}


def _article(name: str, article: Article) -> dict[str, Any]:
    url = iri.checked_url(article.url)
    facts = {
        "title": [article.title or article.id],
        "publishedAt": [article.published or ""],
        "publisher": [article.publisher or ""],
        "sourceUrl": [url or ""],
    }
    return _entity(name, "Article", facts)


def _party(node: str, entity: MergedEntity) -> dict[str, Any]:
    name = label_of(entity)
    others = [label for label in dict.fromkeys(label for _, label in entity.labels) if label != name]
    facts = {"name": [name], "alias": others, "wikidataId": [entity.qid or ""]}
    return _entity(node, _SCHEMATA[entity.kind], facts)


def _claim(action: Action, articles: Mapping[str, Article], names: Names) -> dict[str, list[str]]:
    """What every statement of an action carries: its day, its words, and the articles that tell it."""
    offences = sorted({words for _, words in action.offence})
    return {"date": [action.date or ""], "summary": offences, **_sources([action], articles, names)}


def _sources(actions: Iterable[Action], articles: Mapping[str, Article], names: Names) -> dict[str, list[str]]:
    told = sorted({article for action in actions for article, _ in action.reports})
    urls = {url for key in told if (url := iri.checked_url(articles[key].url))}
    return {"proof": sorted(_id(names.articles[key]) for key in told), "sourceUrl": sorted(urls)}
