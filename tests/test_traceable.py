"""Nothing in a graph that no words say: every triple leads to a stretch of an article, or is about the reading itself."""

from __future__ import annotations

import dataclasses
import runpy
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from types import SimpleNamespace

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from kg.assembly import default_pipeline
from kg.issues import IssueLog
from kg.lang.fold import fold_word
from kg.merge import merge
from kg.model import Analysis, Modality
from kg.rdf import vocab as v
from kg.rdf.files import ontology_path
from kg.rdf.iri import text_sha256
from kg.rdf.reading import read_triples
from kg.rdf.triples import graph_triples
from kg.read.inputs import read_inputs

stories = SimpleNamespace(**runpy.run_path(str(Path(__file__).with_name("stories.py"))))

ABOUT_THE_READING = {
    v.RDF_TYPE,
    v.KG_REPORTS,
    v.KG_CONFIDENCE,
    v.KG_PATTERN,
    v.KG_TRIGGER,
    v.GAF_DENOTED_BY,
    v.KG_EVIDENCE,
    v.PROV_WAS_DERIVED_FROM,
    v.PROV_WAS_GENERATED_BY,
    v.KG_JOINED_TO,
    v.KG_JOIN_SCORE,
    v.KG_JOIN_REASON,
}
"""What a report says of itself; everything else on it is a value that needs words."""

ABOUT_THE_ARTICLE = {
    v.RDF_TYPE,
    v.SCHEMA_IDENTIFIER,
    v.SCHEMA_IN_LANGUAGE,
    v.SCHEMA_HEADLINE,
    v.SCHEMA_DATE_PUBLISHED,
    v.SCHEMA_PUBLISHER,
    v.SCHEMA_URL,
    v.KG_SHA256,
    v.NIF_BEGIN_INDEX,
    v.NIF_END_INDEX,
    v.PROV_WAS_USED_BY,
}
ORDER = {v.KG_STAGE, v.KG_PART_OF_CASE, v.KG_POSITION, v.KG_CONFLICT}
"""What merging adds to an action: it follows from the type and the reports."""

FORMS: dict[NamedNode, set[str]] = defaultdict(set)
for _triple in read_triples([ontology_path("terms.ttl")]):
    if _triple.predicate == v.SKOS_HIDDEN_LABEL:
        FORMS[_triple.subject].add(fold_word(_triple.object.value))  # type: ignore[index,union-attr]


class Walk:
    """Finds the triples of a graph from which no path leads to the words of ``analyses``."""

    def __init__(self, triples: Iterable[Triple], analyses: Iterable[Analysis]) -> None:
        self.triples = tuple(triples)
        self.texts = {text_sha256(a.article.text): a.article.text for a in analyses}
        self.facts: dict[NamedNode, dict[NamedNode, set[NamedNode | Literal]]] = defaultdict(lambda: defaultdict(set))
        self.into: dict[tuple[NamedNode, NamedNode], set[NamedNode]] = defaultdict(set)
        for triple in self.triples:
            assert isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal)
            self.facts[triple.subject][triple.predicate].add(triple.object)
            if isinstance(triple.object, NamedNode):
                self.into[triple.predicate, triple.object].add(triple.subject)
        self.actions = {node for node, facts in self.facts.items() if facts[v.RDF_TYPE] & set(v.ACTION_CLASSES.values())}
        self.entities = {node for node, facts in self.facts.items() if facts[v.RDF_TYPE] & set(v.KIND_CLASSES.values())}

    def untraced(self) -> list[Triple]:
        return [triple for triple in self.triples if not self.leads_to_words(triple)]

    def leads_to_words(self, triple: Triple) -> bool:
        node = triple.subject
        assert isinstance(node, NamedNode)
        types = self.facts[node][v.RDF_TYPE]
        if v.NIF_PHRASE in types or v.NIF_SENTENCE in types:
            return self.is_quoted(node)
        if v.SCHEMA_NEWS_ARTICLE in types:
            return triple.predicate in ABOUT_THE_ARTICLE and self.only(node, v.KG_SHA256).value in self.texts
        if v.KG_REPORT in types:
            return self.of_report(node, triple)
        if v.KG_EVIDENCE_CLASS in types:
            return bool(self.into[v.KG_EVIDENCE, node]) and self.is_quoted(self.only(node, v.KG_WORDS))
        if node in self.actions:
            return self.of_action(node, triple)
        if node in self.entities:
            return self.of_entity(node, triple)
        if v.KG_CASE in types:
            return self.of_case(node, triple)
        # With what it was read: no article says that.
        return bool(types & {v.PROV_ACTIVITY, v.PROV_SOFTWARE_AGENT})

    def only(self, node: NamedNode, predicate: NamedNode) -> NamedNode | Literal:
        (value,) = self.facts[node][predicate]
        return value

    def is_quoted(self, stretch: NamedNode | Literal) -> bool:
        """Whether the words of a stretch stand at its place in the text of its article."""
        assert isinstance(stretch, NamedNode)
        article = self.only(stretch, v.NIF_REFERENCE_CONTEXT)
        assert isinstance(article, NamedNode)
        text = self.texts[self.only(article, v.KG_SHA256).value]
        start, end = (int(self.only(stretch, p).value) for p in (v.NIF_BEGIN_INDEX, v.NIF_END_INDEX))
        return text[start:end] == self.only(stretch, v.NIF_ANCHOR_OF).value and stretch.value.endswith(f"#char={start},{end}")

    def of_report(self, report: NamedNode, triple: Triple) -> bool:
        trigger = self.only(report, v.KG_TRIGGER)
        if not self.is_quoted(trigger) or trigger not in self.facts[report][v.GAF_DENOTED_BY]:
            return False
        if triple.predicate in ABOUT_THE_READING:
            return True
        if triple.predicate == v.KG_USES_TERM:
            # A term of law is used where one of its forms stands in the sentence that tells the action.
            sentences = {self.only(s, v.NIF_ANCHOR_OF).value for s in self.facts[trigger][v.NIF_IN_SENTENCE]}  # type: ignore[index,arg-type]
            return any(form in fold_word(sentence) for sentence in sentences for form in FORMS[triple.object])  # type: ignore[index]
        if triple.predicate == v.KG_MODALITY:
            # That a thing is told at all says that it was done; anything less needs words of its own.
            return triple.object == v.MODALITIES[Modality.ACTUAL] or self.has_evidence(report, v.KG_MODALITY)
        role = v.KG_AMOUNT if triple.predicate == v.KG_CURRENCY else triple.predicate
        return self.has_evidence(report, role)

    def has_evidence(self, report: NamedNode, role: NamedNode) -> bool:
        pieces = (piece for piece in self.facts[report][v.KG_EVIDENCE] if role in self.facts[piece][v.KG_ROLE])  # type: ignore[index]
        return any(self.is_quoted(self.only(piece, v.KG_WORDS)) for piece in pieces)  # type: ignore[arg-type]

    def of_action(self, action: NamedNode, triple: Triple) -> bool:
        reports = self.into[v.KG_REPORTS, action]
        if not reports:
            return False
        if triple.predicate == v.RDF_TYPE or triple.predicate in ORDER:
            return True
        if triple.predicate == v.KG_STATUS:
            said = {value for report in reports for value in self.facts[report][v.KG_MODALITY]}
            return triple.object in said or (v.KG_MODALITY in self.facts[action][v.KG_CONFLICT] and len(said) > 1)
        return any(triple.object in self.facts[report][triple.predicate] for report in reports)

    def of_entity(self, entity: NamedNode, triple: Triple) -> bool:
        mentions = self.into[v.ITSRDF_TA_IDENT_REF, entity]
        if triple.predicate in (v.RDFS_LABEL, v.SKOS_ALT_LABEL):
            return any(self.only(mention, v.NIF_ANCHOR_OF) == triple.object for mention in mentions)
        return triple.predicate == v.RDF_TYPE and bool(mentions)

    def of_case(self, case: NamedNode, triple: Triple) -> bool:
        actions = self.facts[case][v.KG_HAS_ACTION]
        if triple.predicate in (v.KG_HAS_ACTION, v.KG_CURRENT_ACTION, v.KG_POSSIBLE_CURRENT_ACTION):
            return triple.object in actions and triple.object in self.actions
        if triple.predicate == v.KG_INVOLVES:
            return any(triple.object in self.facts[action][v.KG_TARGET] for action in actions)  # type: ignore[index]
        return bool(actions)


@pytest.fixture(scope="module")
def read(root: Path) -> list[Analysis]:
    """Sample articles, two on one matter in two languages among them."""
    names = ("ar-durov.txt", "fr-durov.txt", "fr-lafarge.html")
    pipeline = default_pipeline()
    return [pipeline.run(article) for article in read_inputs([str(root / "articles" / name) for name in names], IssueLog())]


def test_every_fact_of_a_built_graph_leads_to_words(read: list[Analysis]) -> None:
    graph = merge(read)
    assert len(graph.actions) > 20 and any(len({article for article, _ in a.reports}) > 1 for a in graph.actions)
    assert Walk(graph_triples(graph), read).untraced() == []


def test_a_value_without_evidence_is_found_on_report_and_action(read: list[Analysis]) -> None:
    done = next(a for a in read if any(r.date and r.evidence for r in a.reports or ()))
    first = next(r for r in done.reports or () if r.date and r.evidence)
    bare = dataclasses.replace(first, evidence=tuple(e for e in first.evidence if e.role != "date"))
    changed = dataclasses.replace(done, reports=tuple(bare if r is first else r for r in done.reports or ()))
    assert {t.predicate for t in Walk(graph_triples(merge([changed])), [changed]).untraced()} == {v.KG_DATE}


@pytest.mark.parametrize("predicate", [v.KG_DATE, v.KG_TARGET, v.RDFS_LABEL, v.KG_INVOLVES, v.KG_WORDS, v.SCHEMA_URL])
def test_a_fact_that_nobody_told_is_found(read: list[Analysis], predicate: NamedNode) -> None:
    triples = list(graph_triples(merge(read)))
    made_up = {
        v.KG_DATE: Literal("1931-01-01", datatype=v.XSD_DATE),
        v.RDFS_LABEL: Literal("Nobody Inparticular", language="en"),
    }.get(predicate, NamedNode("https://nowhere.example/x"))
    classes = {
        v.KG_INVOLVES: {v.KG_CASE},
        v.RDFS_LABEL: set(v.KIND_CLASSES.values()),
    }.get(predicate, set(v.ACTION_CLASSES.values()))
    subject = next(t.subject for t in triples if t.predicate == v.RDF_TYPE and t.object in classes)
    false = Triple(subject, predicate, made_up)
    assert Walk([*triples, false], read).untraced() == [false]


def test_words_that_do_not_stand_in_the_text_are_found(read: list[Analysis]) -> None:
    triples = list(graph_triples(merge(read)))
    at = next(i for i, t in enumerate(triples) if t.predicate == v.NIF_ANCHOR_OF)
    triples[at] = Triple(triples[at].subject, v.NIF_ANCHOR_OF, Literal("other words", language="fr"))
    assert triples[at] in Walk(triples, read).untraced()


def test_stories_are_traced_but_for_the_values_that_they_give_no_evidence_of() -> None:
    articles = stories.everything()
    found = Walk(graph_triples(merge(articles)), articles).untraced()
    assert found and {t.predicate for t in found} <= {
        v.KG_TARGET,
        v.KG_AGENT,
        v.SEM_HAS_PLACE,
        v.KG_DATE,
        v.KG_AMOUNT,
        v.KG_CURRENCY,
        v.KG_DURATION,
        v.KG_ATTRIBUTED_TO,
        v.KG_VIA,
        v.KG_MODALITY,
    }
