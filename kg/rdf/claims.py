"""Reports: what one article says of one action, with its own values and the evidence for each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from pyoxigraph import Literal, NamedNode

from kg.errors import KgError
from kg.model import Amount, Analysis, Evidence, Join, Report
from kg.rdf import iri, terms, vocab
from kg.rdf.builder import Triples
from kg.rdf.legal_terms import legal_terms
from kg.rdf.names import Member, Names


def write_reports(out: Triples, analysis: Analysis, names: Names, actions: Mapping[Member, str], run: NamedNode) -> None:
    """State the reports of one article; ``actions`` gives the IRI of the action that each tells."""
    for report in analysis.reports or ():
        action = out.node(actions[analysis.article.id, report.id])
        _write_report(out, analysis, report, names, action, run)


def write_joins(out: Triples, joins: Iterable[Join], name: Callable[[Member], str]) -> None:
    """State why reports are of one action, or names of one entity; ``name`` gives the IRI that stands for a member."""
    for join in joins:
        node = out.node(name(join.member))
        out.add(node, vocab.KG_JOINED_TO, out.node(name(join.other)))
        out.add(node, vocab.KG_JOIN_SCORE, terms.decimal_literal(join.score))
        out.add(node, vocab.KG_JOIN_REASON, terms.text_literal("; ".join(join.reasons), "en") if join.reasons else None)


def write_amount(out: Triples, node: NamedNode, amount: Amount | None) -> None:
    """State a sum of money: its value and its currency (ISO 4217)."""
    if amount is not None:
        out.add(node, vocab.KG_AMOUNT, terms.decimal_literal(amount.value))
        out.add(node, vocab.KG_CURRENCY, terms.text_literal(amount.currency))


def slot_property(slot: str) -> NamedNode:
    """The property that holds the slot ``slot`` of the model.

    Raises:
        KgError: there is no such slot.
    """
    try:
        return vocab.SLOTS[slot]
    except KeyError:
        raise KgError(f"unknown slot {slot!r} (known: {', '.join(vocab.SLOTS)})") from None


def _write_report(out: Triples, analysis: Analysis, report: Report, names: Names, action: NamedNode, run: NamedNode) -> None:
    article = analysis.article
    name = names.report((article.id, report.id))
    source = names.articles[article.id]
    node = out.node(name)

    def entities(ids: Iterable[str]) -> list[NamedNode]:
        return [out.node(names.member(article.id, entity)) for entity in ids]

    out.add_node(
        node,
        (vocab.KG_REPORT,),
        (
            (vocab.KG_REPORTS, action),
            (vocab.KG_MODALITY, vocab.MODALITIES[report.modality]),
            (vocab.KG_CONFIDENCE, terms.decimal_literal(report.confidence)),
            (vocab.KG_PATTERN, terms.text_literal(report.pattern) if report.pattern else None),
            (vocab.KG_TRIGGER, out.node(iri.span_iri(source, report.trigger))),
            (vocab.KG_DATE, terms.date_literal(report.date) if report.date else None),
            (vocab.KG_DURATION, terms.duration_literal(report.duration) if report.duration else None),
            (vocab.PROV_WAS_DERIVED_FROM, out.node(source)),
            (vocab.PROV_WAS_GENERATED_BY, run),
        ),
    )
    if report.review is not None:
        out.add(node, vocab.KG_REVIEW, terms.text_literal(report.review.verdict.value))
        out.add(node, vocab.KG_REVIEWED_BY, terms.text_literal(report.review.by))
        out.add(node, vocab.KG_REVIEWED_AT, Literal(report.review.at, datatype=vocab.XSD_DATE_TIME))
    out.add_all(node, vocab.GAF_DENOTED_BY, (out.node(iri.span_iri(source, s)) for s in (report.trigger, *report.triggers)))
    out.add_all(node, vocab.KG_USES_TERM, legal_terms(article, report))
    out.add_all(node, vocab.KG_TARGET, entities(report.target))
    out.add_all(node, vocab.KG_AGENT, entities(report.agent))
    out.add_all(node, vocab.SEM_HAS_PLACE, entities(report.place))
    out.add_all(node, vocab.KG_ATTRIBUTED_TO, entities(report.attributed_to))
    out.add_all(node, vocab.KG_VIA, entities(report.via))
    for predicate, span in ((vocab.KG_TARGET_DESCRIPTION, report.target_text), (vocab.KG_OFFENCE, report.offence)):
        if span is not None:
            out.add(node, predicate, terms.text_literal(span.of(article.text), article.lang))
    write_amount(out, node, report.amount)
    _write_evidence(out, report, node, source)


def _write_evidence(out: Triples, report: Report, node: NamedNode, source: str) -> None:
    counts: dict[str, int] = {}
    for evidence in _evidence(report):
        role = slot_property(evidence.role)
        local = role.value.rpartition("#")[2].rpartition("/")[2]
        counts[local] = counts.get(local, 0) + 1
        piece = out.node(iri.evidence_iri(node.value, local, counts[local]))
        out.add(node, vocab.KG_EVIDENCE, piece)
        out.add_node(
            piece,
            (vocab.KG_EVIDENCE_CLASS,),
            (
                (vocab.KG_ROLE, role),
                (vocab.KG_WORDS, out.node(iri.span_iri(source, evidence.span))),
                (vocab.KG_REASON, terms.text_literal(evidence.reason, "en") if evidence.reason else None),
            ),
        )


def _evidence(report: Report) -> list[Evidence]:
    """The evidence of a report in order; words that it quotes as a value are evidence of themselves."""
    out = list(report.evidence)
    cited = {(slot_property(e.role), e.span) for e in out}
    for role, span in (("target_text", report.target_text), ("offence", report.offence)):
        if span is not None and (slot_property(role), span) not in cited:
            out.append(Evidence(role, span, ""))
    return sorted(out)
