"""An analysis as JSON, in the format of the gold annotation, and back.

The named fields (``id lang text entities actions …``) mean what the annotation guide says; further fields carry what the
guide does not have: the body, confidences, candidates, evidence. Output is deterministic.
"""

from __future__ import annotations

import json
from typing import Any

from kg.model import (
    ActionType,
    Amount,
    Analysis,
    Article,
    Candidate,
    Document,
    Entity,
    Evidence,
    Kind,
    Modality,
    Report,
    Review,
    Sentence,
    Span,
    Tools,
    Verdict,
)

FORMAT = 1
"""Version of the JSON layout; it grows when a field changes its meaning."""


def to_dict(analysis: Analysis) -> dict[str, Any]:
    """The analysis as plain data, ready for ``json.dumps``; offsets count code points of ``text``."""
    article = analysis.article
    return {
        "format": FORMAT,
        "id": article.id,
        "lang": article.lang,
        "source": article.source,
        "published": article.published,
        "title": article.title,
        "title_span": _pair(article.title_span),
        "publisher": article.publisher,
        "url": article.url,
        "text": article.text,
        "made_with": None
        if analysis.tools is None
        else {"software": analysis.tools.software, "models": list(analysis.tools.models)},
        "body": [_pair(span) for span in article.body],
        "parser": analysis.document.parser if analysis.document else None,
        "sentences": [_pair(sentence.span) for sentence in analysis.document.sentences] if analysis.document else None,
        "entities": [_entity(e) for e in analysis.entities or ()],
        "actions": [_action(r) for r in analysis.reports or ()],
    }


def dumps(analysis: Analysis) -> str:
    """The analysis as JSON text with a final newline."""
    return json.dumps(to_dict(analysis), ensure_ascii=False, indent=1) + "\n"


def from_dict(data: dict[str, Any]) -> Analysis:
    """Read an analysis that ``to_dict`` made, or a gold article. Of the document layer JSON keeps the parser and the sentences.

    Raises:
        KeyError, ValueError, TypeError: the data do not have the format.
    """
    text = data["text"]
    article = Article(
        id=data["id"],
        text=text,
        body=tuple(Span(*pair) for pair in data.get("body") or [(0, len(text))]),
        lang=data["lang"],
        title=data.get("title"),
        title_span=_span(data.get("title_span")),
        published=data.get("published"),
        publisher=data.get("publisher"),
        url=data.get("url"),
        source=data.get("source") or "",
    )
    entities = tuple(
        Entity(
            id=e["id"],
            kind=Kind(e["type"]),
            name=e["name"],
            mentions=tuple(Span(*pair) for pair in e["mentions"]),
            qid=e.get("qid"),
            confidence=e.get("confidence", 1.0 if e.get("qid") else 0.0),
            candidates=tuple(Candidate(c["qid"], c["label"], c["score"]) for c in e.get("candidates", ())),
        )
        for e in data["entities"]
    )
    document = None
    if data.get("sentences") is not None:
        sentences = tuple(Sentence(Span(*pair), 0, 0) for pair in data["sentences"])
        document = Document(sentences, (), parser=data.get("parser") or "")
    made = data.get("made_with")
    tools = None if made is None else Tools(made["software"], tuple(made["models"]))
    return Analysis(article, document, entities=entities, reports=tuple(_report(a) for a in data["actions"]), tools=tools)


def _pair(span: Span | None) -> list[int] | None:
    return None if span is None else [span.start, span.end]


def _span(pair: list[int] | None) -> Span | None:
    return None if pair is None else Span(*pair)


def _number(value: float) -> float | int:
    return int(value) if float(value).is_integer() else value


def _entity(entity: Entity) -> dict[str, Any]:
    return {
        "id": entity.id,
        "type": entity.kind.value,
        "name": entity.name,
        "mentions": [_pair(span) for span in entity.mentions],
        "qid": entity.qid,
        "confidence": round(entity.confidence, 4),
        "candidates": [{"qid": c.qid, "label": c.label, "score": round(c.score, 4)} for c in entity.candidates],
    }


def _action(report: Report) -> dict[str, Any]:
    amount = report.amount
    return {
        "id": report.id,
        "type": report.type.value,
        "trigger": _pair(report.trigger),
        "triggers": [_pair(span) for span in report.triggers],
        "sentence": _pair(report.sentence),
        "target": list(report.target),
        "target_text": _pair(report.target_text),
        "agent": list(report.agent),
        "place": list(report.place),
        "date": report.date,
        "offence": _pair(report.offence),
        "amount": None if amount is None else {"value": _number(amount.value), "currency": amount.currency},
        "duration": report.duration,
        "modality": report.modality.value,
        "attributed_to": list(report.attributed_to),
        "via": list(report.via),
        "confidence": round(report.confidence, 4),
        "pattern": report.pattern,
        "evidence": [{"role": e.role, "span": _pair(e.span), "reason": e.reason} for e in report.evidence],
    } | _reviewed(report.review)


def _reviewed(review: Review | None) -> dict[str, Any]:
    return {} if review is None else {"review": {"verdict": review.verdict.value, "by": review.by, "at": review.at}}


def _review(data: dict[str, Any] | None) -> Review | None:
    return None if data is None else Review(Verdict(data["verdict"]), data["by"], data["at"])


def _report(data: dict[str, Any]) -> Report:
    trigger = Span(*data["trigger"])
    amount = data.get("amount")
    return Report(
        id=data["id"],
        type=ActionType(data["type"]),
        trigger=trigger,
        sentence=_span(data.get("sentence")) or trigger,
        triggers=tuple(Span(*pair) for pair in data.get("triggers") or [data["trigger"]]),
        target=tuple(data.get("target") or ()),
        target_text=_span(data.get("target_text")),
        agent=tuple(data.get("agent") or ()),
        place=tuple(data.get("place") or ()),
        date=data.get("date"),
        offence=_span(data.get("offence")),
        amount=Amount(float(amount["value"]), amount["currency"]) if amount else None,
        duration=data.get("duration"),
        modality=Modality(data.get("modality") or "actual"),
        attributed_to=tuple(data.get("attributed_to") or ()),
        via=tuple(data.get("via") or ()),
        confidence=data.get("confidence", 1.0),
        pattern=data.get("pattern", ""),
        evidence=tuple(Evidence(e["role"], Span(*e["span"]), e["reason"]) for e in data.get("evidence", ())),
        review=_review(data.get("review")),
    )
