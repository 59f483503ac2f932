"""Triples as JSON-LD 1.1: one object per node, with a context that is part of the document, so that nothing has to be fetched."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import groupby
from types import MappingProxyType
from typing import Any, Final

from pyoxigraph import Literal, NamedNode, Triple

from kg.errors import KgError
from kg.rdf import vocab

Value = str | dict[str, Any]

_NODE: Final = "@id"
_KINDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        **dict.fromkeys(
            (
                *(p.value for p in (vocab.KG_REPORTS, vocab.KG_INVOLVES, vocab.KG_TARGET, vocab.KG_AGENT, vocab.KG_STATUS)),
                *(p.value for p in (vocab.KG_MODALITY, vocab.KG_ATTRIBUTED_TO, vocab.KG_VIA, vocab.KG_TRIGGER, vocab.KG_ROLE)),
                *(p.value for p in (vocab.KG_EVIDENCE, vocab.KG_WORDS, vocab.KG_CONFLICT, vocab.KG_HAS_ACTION)),
                *(p.value for p in (vocab.KG_PART_OF_CASE, vocab.SEM_HAS_PLACE, vocab.GAF_DENOTED_BY, vocab.SCHEMA_URL)),
                *(p.value for p in (vocab.NIF_REFERENCE_CONTEXT, vocab.NIF_IN_SENTENCE, vocab.ITSRDF_TA_IDENT_REF)),
                *(p.value for p in (vocab.ITSRDF_TA_CLASS_REF, vocab.PROV_WAS_ASSOCIATED_WITH, vocab.PROV_WAS_DERIVED_FROM)),
                vocab.PROV_WAS_GENERATED_BY.value,
            ),
            _NODE,
        ),
        **dict.fromkeys((vocab.KG_AMOUNT.value, vocab.KG_CONFIDENCE.value), vocab.XSD_DECIMAL.value),
        vocab.ITSRDF_TA_CONFIDENCE.value: vocab.XSD_DECIMAL.value,
        **dict.fromkeys((vocab.NIF_BEGIN_INDEX.value, vocab.NIF_END_INDEX.value), vocab.XSD_NON_NEGATIVE_INTEGER.value),
        vocab.KG_STAGE.value: vocab.XSD_INTEGER.value,
        vocab.KG_DURATION.value: vocab.XSD_DURATION.value,
    }
)
"""What the bare strings under a property are: IRIs, or literals of one datatype; under other properties they are plain text."""


def to_bytes(triples: Iterable[Triple]) -> bytes:
    """``triples`` as a JSON-LD document in UTF-8; those of a node must follow each other, as ``sort_triples`` puts them.

    Raises:
        KgError: a triple holds a blank node or another triple, which graphs of this project do not.
    """
    context = _context()
    terms = {entry["@id"] if isinstance(entry, dict) else entry: term for term, entry in context.items() if term != "@version"}
    head = json.dumps({"@context": context}, ensure_ascii=False, indent=1)[:-2]
    # A node a line: large documents can be read, compared and cut by line.
    nodes = (
        json.dumps(_node(subject, list(facts), terms), ensure_ascii=False)
        for subject, facts in groupby(triples, key=lambda triple: triple.subject)
    )
    listed = ",\n".join(nodes)
    return f'{head},\n "@graph": [\n{listed}\n]}}\n'.encode()


def _context() -> dict[str, Any]:
    """Terms of the vocabulary by local name, prefixed where two vocabularies use one, and the prefixes."""
    out: dict[str, Any] = {"@version": 1.1, **vocab.PREFIXES}
    known = sorted({node.value for node in _properties()})
    locals_ = [_local(iri) for iri in known]
    for iri, local in zip(known, locals_, strict=True):
        compact = vocab.shorten(iri)
        term = local if locals_.count(local) == 1 and local not in out else compact
        kind = _KINDS.get(iri)
        entry: dict[str, str] = {"@id": compact}
        if kind is not None:
            entry["@type"] = kind if kind == _NODE else vocab.shorten(kind)
        out[term] = entry
    return out


def _properties() -> Iterable[NamedNode]:
    """Every property that the code can write."""
    for value in vars(vocab).values():
        if isinstance(value, NamedNode) and _is_property(value.value):
            yield value


def _is_property(iri: str) -> bool:
    return iri != vocab.RDF_TYPE.value and not iri.startswith(vocab.XSD) and _local(iri)[0].islower()


def _local(iri: str) -> str:
    return iri.rpartition("#")[2].rpartition("/")[2]


def _node(subject: object, facts: list[Triple], terms: Mapping[str, str]) -> dict[str, Any]:
    if not isinstance(subject, NamedNode):
        raise KgError("JSON-LD is written for graphs without blank nodes")
    out: dict[str, Any] = {"@id": subject.value}
    for predicate, same in groupby(facts, key=lambda triple: triple.predicate):
        if predicate == vocab.RDF_TYPE:
            values: list[Value] = [_short(triple.object.value) for triple in same]  # type: ignore[union-attr]
            out["@type"] = values if len(values) > 1 else values[0]
            continue
        short = _short(predicate.value)
        term = terms.get(short, short)
        values = [_value(triple.object, _KINDS.get(predicate.value)) for triple in same]
        out[term] = values if len(values) > 1 else values[0]
    return out


_short = lru_cache(maxsize=1_000)(vocab.shorten)
"""Terms of the vocabularies in short: few are used, and often."""


def _value(term: object, kind: str | None) -> Value:
    match term:
        case NamedNode():
            return term.value if kind == _NODE else {"@id": term.value}
        case Literal():
            if term.language is not None:
                return {"@value": term.value, "@language": term.language}
            datatype = term.datatype.value
            plain = datatype == vocab.XSD + "string"
            if datatype == kind or (plain and kind is None):
                return term.value
            return {"@value": term.value} if plain else {"@value": term.value, "@type": _short(datatype)}
    raise KgError("JSON-LD is written for plain RDF 1.1 without blank nodes")
