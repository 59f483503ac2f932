"""Namespaces and terms of the graph, and how values of the model are named in it."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pyoxigraph import NamedNode

from kg.model import ActionType, Kind, Modality

KG: Final = "https://w3id.org/kg-exporter/ontology#"
KGT: Final = "https://w3id.org/kg-exporter/terms#"
DATA: Final = "https://w3id.org/kg-exporter/id/"
RDF: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS: Final = "http://www.w3.org/2000/01/rdf-schema#"
OWL: Final = "http://www.w3.org/2002/07/owl#"
SH: Final = "http://www.w3.org/ns/shacl#"
KGSH: Final = "https://w3id.org/kg-exporter/shapes#"
FTM: Final = "https://schema.followthemoney.tech/#"
MEDTOP: Final = "http://cv.iptc.org/newscodes/mediatopic/"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
PROV: Final = "http://www.w3.org/ns/prov#"
SCHEMA: Final = "https://schema.org/"
SEM: Final = "http://semanticweb.cs.vu.nl/2009/11/sem/"
NIF: Final = "http://persistence.uni-leipzig.org/nlp2rdf/ontologies/nif-core#"
ITSRDF: Final = "http://www.w3.org/2005/11/its/rdf#"
GAF: Final = "http://groundedannotationframework.org/gaf#"
TIME: Final = "http://www.w3.org/2006/time#"
WD: Final = "http://www.wikidata.org/entity/"
WDT: Final = "http://www.wikidata.org/prop/direct/"

PREFIXES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "gaf": GAF,
        "itsrdf": ITSRDF,
        "kg": KG,
        "kgt": KGT,
        "nif": NIF,
        "owl": OWL,
        "prov": PROV,
        "rdf": RDF,
        "rdfs": RDFS,
        "schema": SCHEMA,
        "sem": SEM,
        "skos": SKOS,
        "time": TIME,
        "wd": WD,
        "wdt": WDT,
        "xsd": XSD,
    }
)
"""Prefixes of the vocabularies, by the name under which this project writes them."""


def data_prefixes(base: str = DATA) -> dict[str, str]:
    """Prefixes for the nodes under ``base`` whose local names are flat.

    Articles have none: mentions are called ``<article>#char=12,24``, and escapes would make a shortened name harder to read.
    """
    return {name: f"{base}{name}/" for name in ("action", "case", "entity", "report", "run", "software")}


# Reused terms.
RDF_TYPE: Final = NamedNode(RDF + "type")
RDFS_LABEL: Final = NamedNode(RDFS + "label")
SKOS_ALT_LABEL: Final = NamedNode(SKOS + "altLabel")
SKOS_HIDDEN_LABEL: Final = NamedNode(SKOS + "hiddenLabel")
SKOS_RELATED_MATCH: Final = NamedNode(SKOS + "relatedMatch")
SCHEMA_NEWS_ARTICLE: Final = NamedNode(SCHEMA + "NewsArticle")
SCHEMA_HEADLINE: Final = NamedNode(SCHEMA + "headline")
SCHEMA_IDENTIFIER: Final = NamedNode(SCHEMA + "identifier")
SCHEMA_IN_LANGUAGE: Final = NamedNode(SCHEMA + "inLanguage")
SCHEMA_DATE_PUBLISHED: Final = NamedNode(SCHEMA + "datePublished")
SCHEMA_PUBLISHER: Final = NamedNode(SCHEMA + "publisher")
SCHEMA_SOFTWARE_VERSION: Final = NamedNode(SCHEMA + "softwareVersion")
SCHEMA_URL: Final = NamedNode(SCHEMA + "url")
NIF_CONTEXT: Final = NamedNode(NIF + "Context")
NIF_PHRASE: Final = NamedNode(NIF + "Phrase")
NIF_SENTENCE: Final = NamedNode(NIF + "Sentence")
NIF_RFC5147_STRING: Final = NamedNode(NIF + "RFC5147String")
NIF_ANCHOR_OF: Final = NamedNode(NIF + "anchorOf")
NIF_BEGIN_INDEX: Final = NamedNode(NIF + "beginIndex")
NIF_END_INDEX: Final = NamedNode(NIF + "endIndex")
NIF_REFERENCE_CONTEXT: Final = NamedNode(NIF + "referenceContext")
NIF_IN_SENTENCE: Final = NamedNode(NIF + "sentence")
ITSRDF_TA_IDENT_REF: Final = NamedNode(ITSRDF + "taIdentRef")
ITSRDF_TA_CLASS_REF: Final = NamedNode(ITSRDF + "taClassRef")
ITSRDF_TA_CONFIDENCE: Final = NamedNode(ITSRDF + "taConfidence")
GAF_DENOTED_BY: Final = NamedNode(GAF + "denotedBy")
SEM_HAS_PLACE: Final = NamedNode(SEM + "hasPlace")
PROV_ACTIVITY: Final = NamedNode(PROV + "Activity")
PROV_SOFTWARE_AGENT: Final = NamedNode(PROV + "SoftwareAgent")
PROV_WAS_ASSOCIATED_WITH: Final = NamedNode(PROV + "wasAssociatedWith")
PROV_WAS_DERIVED_FROM: Final = NamedNode(PROV + "wasDerivedFrom")
PROV_WAS_USED_BY: Final = NamedNode(PROV + "wasUsedBy")
PROV_WAS_GENERATED_BY: Final = NamedNode(PROV + "wasGeneratedBy")

# Own terms; ``ontology/kg.ttl`` defines them.
KG_REPORT: Final = NamedNode(KG + "Report")
KG_CASE: Final = NamedNode(KG + "Case")
KG_EVIDENCE_CLASS: Final = NamedNode(KG + "Evidence")
KG_REPORTS: Final = NamedNode(KG + "reports")
KG_INVOLVES: Final = NamedNode(KG + "involves")
KG_TARGET: Final = NamedNode(KG + "target")
KG_TARGET_DESCRIPTION: Final = NamedNode(KG + "targetDescription")
KG_AGENT: Final = NamedNode(KG + "agent")
KG_DATE: Final = NamedNode(KG + "date")
KG_OFFENCE: Final = NamedNode(KG + "offence")
KG_AMOUNT: Final = NamedNode(KG + "amount")
KG_CURRENCY: Final = NamedNode(KG + "currency")
KG_DURATION: Final = NamedNode(KG + "duration")
KG_STATUS: Final = NamedNode(KG + "status")
KG_MODALITY: Final = NamedNode(KG + "modality")
KG_ATTRIBUTED_TO: Final = NamedNode(KG + "attributedTo")
KG_VIA: Final = NamedNode(KG + "via")
KG_CONFIDENCE: Final = NamedNode(KG + "confidence")
KG_PATTERN: Final = NamedNode(KG + "pattern")
KG_REVIEW: Final = NamedNode(KG + "review")
KG_REVIEWED_BY: Final = NamedNode(KG + "reviewedBy")
KG_REVIEWED_AT: Final = NamedNode(KG + "reviewedAt")
KG_USES_TERM: Final = NamedNode(KG + "usesTerm")
KG_JURISDICTION: Final = NamedNode(KG + "jurisdiction")
KG_TRIGGER: Final = NamedNode(KG + "trigger")
KG_EVIDENCE: Final = NamedNode(KG + "evidence")
KG_ROLE: Final = NamedNode(KG + "role")
KG_REASON: Final = NamedNode(KG + "reason")
KG_WORDS: Final = NamedNode(KG + "words")
KG_CONFLICT: Final = NamedNode(KG + "conflict")
KG_STAGE: Final = NamedNode(KG + "stage")
KG_HAS_ACTION: Final = NamedNode(KG + "hasAction")
KG_PART_OF_CASE: Final = NamedNode(KG + "partOfCase")
KG_JOINED_TO: Final = NamedNode(KG + "joinedTo")
KG_JOIN_SCORE: Final = NamedNode(KG + "joinScore")
KG_JOIN_REASON: Final = NamedNode(KG + "joinReason")
KG_POSITION: Final = NamedNode(KG + "position")
KG_CURRENT_ACTION: Final = NamedNode(KG + "currentAction")
KG_POSSIBLE_CURRENT_ACTION: Final = NamedNode(KG + "possibleCurrentAction")
KG_COMES_AFTER: Final = NamedNode(KG + "comesAfter")
KG_PRESUPPOSES: Final = NamedNode(KG + "presupposes")
KG_COPY_OF: Final = NamedNode(KG + "copyOf")
KG_SHA256: Final = NamedNode(KG + "sha256")
KG_PARSER: Final = NamedNode(KG + "parser")
KG_MODEL: Final = NamedNode(KG + "model")

# Datatypes.
XSD_ANY_URI: Final = NamedNode(XSD + "anyURI")
XSD_DATE: Final = NamedNode(XSD + "date")
XSD_DATE_TIME: Final = NamedNode(XSD + "dateTime")
XSD_DECIMAL: Final = NamedNode(XSD + "decimal")
XSD_DURATION: Final = NamedNode(XSD + "duration")
XSD_G_YEAR: Final = NamedNode(XSD + "gYear")
XSD_G_YEAR_MONTH: Final = NamedNode(XSD + "gYearMonth")
XSD_INTEGER: Final = NamedNode(XSD + "integer")
XSD_NON_NEGATIVE_INTEGER: Final = NamedNode(XSD + "nonNegativeInteger")

KIND_CLASSES: Final[Mapping[Kind, NamedNode]] = MappingProxyType(
    {
        Kind.PERSON: NamedNode(SCHEMA + "Person"),
        Kind.ORGANIZATION: NamedNode(SCHEMA + "Organization"),
        Kind.PLACE: NamedNode(SCHEMA + "Place"),
    }
)
"""The class of an entity, by its kind."""

ACTION_CLASSES: Final[Mapping[ActionType, NamedNode]] = MappingProxyType(
    {kind: NamedNode(KG + kind.value.capitalize()) for kind in ActionType}
)
"""The class of an action, by its type (``kg:Investigation`` … ``kg:Ban``)."""

STAGES: Final[Mapping[ActionType, int]] = MappingProxyType({kind: number for number, kind in enumerate(ActionType, 1)})
"""The place of an action's type in the usual course of a case, from 1; the ontology says the same of the classes."""

MODALITIES: Final[Mapping[Modality, NamedNode]] = MappingProxyType(
    {modality: NamedNode(KG + modality.value.capitalize()) for modality in Modality}
)
"""The individuals ``kg:Actual``, ``kg:Requested``, ``kg:Possible``, ``kg:Negated``."""

SLOTS: Final[Mapping[str, NamedNode]] = MappingProxyType(
    {
        "target": KG_TARGET,
        "target_text": KG_TARGET_DESCRIPTION,
        "target_description": KG_TARGET_DESCRIPTION,
        "agent": KG_AGENT,
        "place": SEM_HAS_PLACE,
        "date": KG_DATE,
        "offence": KG_OFFENCE,
        "amount": KG_AMOUNT,
        "currency": KG_CURRENCY,
        "duration": KG_DURATION,
        "modality": KG_MODALITY,
        "status": KG_MODALITY,
        "attributed_to": KG_ATTRIBUTED_TO,
        "attribution": KG_ATTRIBUTED_TO,
        "via": KG_VIA,
        "type": RDF_TYPE,
        "trigger": KG_TRIGGER,
    }
)
"""The property that holds a slot of a report or an action, by the slot's name in the model; conflicts and evidence name it."""


def shorten(iri: str) -> str:
    """``iri`` with a prefix of this project where that leaves a plain local name, else as it is; for showing, not for writing."""
    for prefix, namespace in (*PREFIXES.items(), ("kgsh", KGSH), ("sh", SH), ("ftm", FTM), ("medtop", MEDTOP)):
        local = iri.removeprefix(namespace)
        if local and len(local) < len(iri) and local.replace("_", "").replace("-", "").isalnum():
            return f"{prefix}:{local}"
    return iri
