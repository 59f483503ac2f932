"""RDF 1.2: which report says which fact of an action, as annotations of the fact itself.

Turtle of RDF 1.1 says of an action and of its report the same values; that a value of the action comes from a certain report
has to be compared. Here a report reifies each fact of its action that it tells too (``rdf:reifies <<( action kg:date … )>>``).
Readers of RDF 1.1 refuse such a file.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from pyoxigraph import NamedNode, Triple

from kg.rdf import vocab
from kg.rdf.builder import sort_triples

RDF_REIFIES = NamedNode(vocab.RDF + "reifies")
_TOLD = {
    vocab.KG_MODALITY,
    vocab.KG_TARGET,
    vocab.KG_TARGET_DESCRIPTION,
    vocab.KG_AGENT,
    vocab.SEM_HAS_PLACE,
    vocab.KG_DATE,
    vocab.KG_OFFENCE,
    vocab.KG_AMOUNT,
    vocab.KG_CURRENCY,
    vocab.KG_DURATION,
}


def annotated(triples: Iterable[Triple]) -> tuple[Triple, ...]:
    """``triples`` with an ``rdf:reifies`` for every fact of an action and every report of it that tells the same.

    The status of an action is annotated by the reports whose modality it is. The triples of a report must follow each other,
    as ``sort_triples`` puts them; those of the result do so too.
    """
    given = tuple(triples)
    facts = set(given)
    actions = {t.subject: t.object for t in given if t.predicate == vocab.KG_REPORTS and isinstance(t.object, NamedNode)}
    out: list[Triple] = []
    for subject, said in groupby(given, key=lambda triple: triple.subject):
        action = actions.get(subject)
        if action is None:
            out.extend(said)
            continue
        own = list(said)
        told = (
            Triple(action, vocab.KG_STATUS if t.predicate == vocab.KG_MODALITY else t.predicate, t.object)
            for t in own
            if t.predicate in _TOLD
        )
        out.extend(sort_triples((*own, *(Triple(subject, RDF_REIFIES, fact) for fact in told if fact in facts))))
    return tuple(out)
