"""RDF 1.2: which report says which fact of an action, as annotations of the fact itself.

Turtle of RDF 1.1 says of an action and of its report the same values; that a value of the action comes from a certain report
has to be compared. Here a report reifies each fact of its action that it tells too (``rdf:reifies <<( action kg:date … )>>``).
Readers of RDF 1.1 refuse such a file.
"""

from __future__ import annotations

from collections.abc import Iterable

from pyoxigraph import NamedNode, Triple

from kg.rdf import vocab
from kg.rdf.builder import sort_triples

RDF_REIFIES = NamedNode(vocab.RDF + "reifies")
_TOLD = (
    vocab.KG_TARGET,
    vocab.KG_TARGET_DESCRIPTION,
    vocab.KG_AGENT,
    vocab.SEM_HAS_PLACE,
    vocab.KG_DATE,
    vocab.KG_OFFENCE,
    vocab.KG_AMOUNT,
    vocab.KG_CURRENCY,
    vocab.KG_DURATION,
)


def annotated(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    """``triples`` with an ``rdf:reifies`` for every fact of an action and every report of it that tells the same; sorted.

    The status of an action is annotated by the reports whose modality it is.
    """
    given = tuple(triples)
    facts = {(t.subject, t.predicate, t.object) for t in given}
    actions = {t.subject: t.object for t in given if t.predicate == vocab.KG_REPORTS and isinstance(t.object, NamedNode)}
    added = []
    for triple in given:
        action = actions.get(triple.subject)
        if action is None:
            continue
        predicate = vocab.KG_STATUS if triple.predicate == vocab.KG_MODALITY else triple.predicate
        if predicate in (*_TOLD, vocab.KG_STATUS) and (action, predicate, triple.object) in facts:
            added.append(Triple(triple.subject, RDF_REIFIES, Triple(action, predicate, triple.object)))
    return sort_triples((*given, *added))
