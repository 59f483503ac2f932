"""The ontology: complete in three languages, in step with the code, and its shapes refuse what they should."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pyoxigraph import Literal, NamedNode, Triple

from kg.errors import ConfigurationError
from kg.model import ActionType
from kg.rdf import files, legal_terms, ontology_readme, vocab
from kg.rdf.files import ontology_path
from kg.rdf.reading import read_triples
from kg.rdf.validation import validate

ROOT = Path(__file__).resolve().parents[1] / "ontology"
EXAMPLES = sorted((ROOT / "examples").glob("*.ttl"))
COUNTEREXAMPLES = sorted((ROOT / "counterexamples").glob("*.ttl"))
KGSH = vocab.KGSH


@pytest.fixture(scope="module")
def terms() -> set[Triple]:
    return read_triples([ROOT / "kg.ttl"])


def subjects(triples: set[Triple], predicate: NamedNode, value: str) -> set[str]:
    return {t.subject.value for t in triples if t.predicate == predicate and t.object == NamedNode(value)}  # type: ignore[union-attr]


def own_terms(triples: set[Triple]) -> set[str]:
    return {t.subject.value for t in triples if t.predicate == vocab.RDF_TYPE and t.subject.value.startswith(vocab.KG)}  # type: ignore[union-attr]


def named_shapes(path: Path) -> set[tuple[str, str]]:
    """The shapes that the first line of a counterexample names, and how severe their results are."""
    head = re.match(r"# (Violates|Warns) ((?:kgsh:\w+ ?)+): .+\n", path.read_text("utf-8"))
    assert head, "the first line must name the shapes"
    severity = {"Violates": "Violation", "Warns": "Warning"}[head[1]]
    return {(KGSH + name.removeprefix("kgsh:"), severity) for name in head[2].split()}


def test_every_term_has_label_and_definition_in_three_languages(terms: set[Triple]) -> None:
    for predicate in (vocab.RDFS_LABEL.value, vocab.SKOS + "definition"):
        found = Counter(
            (t.subject.value, t.object.language)  # type: ignore[union-attr]
            for t in terms
            if t.predicate.value == predicate and isinstance(t.object, Literal)
        )
        assert set(found) == {(term, language) for term in own_terms(terms) for language in ("en", "fr", "ar")}
        assert set(found.values()) == {1}


def test_no_two_terms_have_one_label_or_one_definition(terms: set[Triple]) -> None:
    for kind in ("Class", "ObjectProperty", "DatatypeProperty"):
        members = subjects(terms, vocab.RDF_TYPE, vocab.OWL + kind)
        for predicate in (vocab.RDFS_LABEL.value, vocab.SKOS + "definition"):
            texts = Counter(t.object for t in terms if t.predicate.value == predicate and t.subject.value in members)  # type: ignore[union-attr]
            assert [text for text, count in texts.items() if count > 1] == []


def test_text_is_in_the_script_of_its_language(terms: set[Triple]) -> None:
    for triple in terms:
        if isinstance(triple.object, Literal) and triple.object.language == "ar":
            letters = re.sub(r"SHA-256|UTF-8|ISO \d+|\w+:\w+|\w+\.ttl|\.\w+", "", triple.object.value)
            assert re.search("[\u0600-\u06ff]", triple.object.value)
            assert not re.search("[a-zA-Z]", letters), triple.object.value


def test_the_classes_of_actions_are_those_of_the_model_in_its_order(terms: set[Triple]) -> None:
    classes = subjects(terms, NamedNode(vocab.RDFS + "subClassOf"), vocab.KG + "LegalAction")
    assert classes == {vocab.ACTION_CLASSES[kind].value for kind in ActionType}
    assert len(classes) == 23
    stages = {t.subject.value: int(t.object.value) for t in terms if t.predicate == vocab.KG_STAGE}  # type: ignore[union-attr]
    assert stages == {vocab.ACTION_CLASSES[kind].value: vocab.STAGES[kind] for kind in ActionType}


def test_every_term_that_the_code_writes_is_defined(terms: set[Triple]) -> None:
    used = {v.value for v in vars(vocab).values() if isinstance(v, NamedNode) and v.value.startswith(vocab.KG)}
    used |= {v.value for v in (*vocab.ACTION_CLASSES.values(), *vocab.MODALITIES.values())}
    assert used == own_terms(terms) - {vocab.KG + "LegalAction", vocab.KG + "Modality"}


def test_the_files_name_no_term_that_is_not_defined(terms: set[Triple]) -> None:
    defined = own_terms(terms)
    for path in (*ROOT.glob("*.ttl"), *EXAMPLES):
        for triple in read_triples([path]):
            for term in (triple.subject, triple.predicate, triple.object):
                if isinstance(term, NamedNode) and term.value.startswith(vocab.KG):
                    assert term.value in defined, f"{path.name} uses {term.value}"


def test_wikidata_is_named_in_the_alignment_alone() -> None:
    for name in ("kg.ttl", "shapes.ttl"):
        assert "wikidata.org" not in (ROOT / name).read_text("utf-8")
    predicates = {t.predicate.value for t in read_triples([ROOT / "alignment.ttl"])} - {vocab.RDF_TYPE.value}
    assert {p.removeprefix(vocab.SKOS) for p in predicates if p.startswith(vocab.SKOS)} <= set(ontology_readme._MATCHES)


def test_other_vocabularies_have_the_terms_that_the_alignment_names() -> None:
    from rdflib.namespace import PROV, SDO

    known: dict[str, Any] = {vocab.SCHEMA: SDO, vocab.PROV: PROV}
    theirs = (*known, vocab.SEM, vocab.FTM, vocab.MEDTOP, vocab.WD, vocab.WDT)
    counts: Counter[str] = Counter()
    for triple in read_triples([ROOT / "alignment.ttl"]):
        if triple.predicate.value.startswith(vocab.SKOS):
            assert isinstance(triple.object, NamedNode)
            namespace = next(ns for ns in theirs if triple.object.value.startswith(ns))
            local = triple.object.value.removeprefix(namespace)
            counts[namespace] += 1
            if namespace in known:
                assert local in known[namespace], local
            elif namespace == vocab.MEDTOP:
                assert re.fullmatch("[0-9]{8}", local)
            else:
                assert re.fullmatch("[QP][1-9][0-9]*|[A-Z][A-Za-z]+", local)
    assert set(counts) == set(theirs)
    assert counts[vocab.WD] >= 20 and counts[vocab.SCHEMA] >= 15


def test_the_alignment_has_no_item_where_none_is_certain() -> None:
    triples = read_triples([ROOT / "alignment.ttl"])
    aligned = {t.subject.value for t in triples if isinstance(t.object, NamedNode) and t.object.value.startswith(vocab.WD)}  # type: ignore[union-attr]
    assert not aligned & {vocab.KG + "Restriction", vocab.KG + "Fine"}


@pytest.fixture(scope="module")
def concepts() -> dict[str, list[tuple[str, NamedNode | Literal]]]:
    """What terms.ttl says of each term, as pairs of predicate and value."""
    out: dict[str, list[tuple[str, NamedNode | Literal]]] = {}
    for t in read_triples([ROOT / "terms.ttl"]):
        out.setdefault(t.subject.value, []).append((t.predicate.value, t.object))  # type: ignore[union-attr, arg-type]
    del out[vocab.KGT.removesuffix("#")]
    return out


def test_terms_of_many_legal_systems_obey_the_shapes(concepts: dict[str, list[tuple[str, NamedNode | Literal]]]) -> None:
    assert validate(read_triples([ROOT / "terms.ttl"])).results == ()
    assert len(concepts) >= 80 and all(name.startswith(vocab.KGT) for name in concepts)
    systems = Counter(value.value for facts in concepts.values() for p, value in facts if p == vocab.KG_JURISDICTION.value)
    assert set(systems) >= {"FR", "BE", "LB", "EG", "MA", "TN", "DZ", "GB-EAW", "GB-SCT", "US"}
    assert min(systems.values()) >= 2


def test_terms_are_related_both_ways_and_never_equated(concepts: dict[str, list[tuple[str, NamedNode | Literal]]]) -> None:
    pairs = {(name, value.value) for name, facts in concepts.items() for p, value in facts if p == vocab.SKOS + "related"}
    assert len(pairs) > 40
    assert pairs == {(b, a) for a, b in pairs} and all(a != b for a, b in pairs)
    kinds = {p for facts in concepts.values() for p, _ in facts}
    assert not {
        p for p in kinds if p.removeprefix(vocab.SKOS) in ("exactMatch", "closeMatch", "broader", "narrower", "broadMatch")
    }


def test_each_term_is_told_apart_by_label_and_definition(concepts: dict[str, list[tuple[str, NamedNode | Literal]]]) -> None:
    for predicate in ("prefLabel", "definition"):
        texts = Counter(value for facts in concepts.values() for p, value in facts if p == vocab.SKOS + predicate)
        assert len(texts) == 3 * len(concepts)
        for value in texts:
            assert isinstance(value, Literal)
            if value.language == "ar":
                assert re.search("[\u0600-\u06ff]", value.value) and not re.search("[a-zA-Z]", value.value), value
            elif predicate == "definition":
                assert value.value[0].isupper() and value.value.endswith("."), value


def test_words_are_recognised_in_three_languages() -> None:
    assert set(legal_terms.forms_by_language()) == {"ar", "en", "fr"}


def test_every_shape_has_a_message_that_is_a_sentence() -> None:
    shapes = read_triples([ROOT / "shapes.ttl"])
    messages = [t.object.value for t in shapes if t.predicate.value == vocab.SH + "message"]  # type: ignore[union-attr]
    named = subjects(shapes, vocab.RDF_TYPE, vocab.SH + "PropertyShape")
    assert len(messages) >= len(named) > 50
    assert all(message[0].isupper() and message.endswith(".") for message in messages)


def test_the_ontology_obeys_its_own_shapes() -> None:
    assert validate(read_triples([ROOT / "kg.ttl", ROOT / "alignment.ttl"])).results == ()


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_is_valid(path: Path) -> None:
    assert validate(read_triples([path])).results == ()


@pytest.mark.parametrize("path", COUNTEREXAMPLES, ids=lambda path: path.stem)
def test_a_counterexample_violates_the_shapes_that_it_names_and_no_other(path: Path) -> None:
    results = {(result.shape, result.severity) for result in validate(read_triples([path])).results}
    # A graph that is wrong may be doubtful besides.
    named = named_shapes(path)
    worst = {severity for _, severity in named}
    assert {(shape, severity) for shape, severity in results if severity in worst or severity == "Violation"} == named


def test_every_shape_that_can_be_violated_has_a_counterexample() -> None:
    shapes = read_triples([ROOT / "shapes.ttl"])
    queries = {t.object: t.subject for t in shapes if t.predicate.value == vocab.SH + "sparql"}
    checked = {queries.get(t.subject, t.subject) for t in shapes if t.predicate.value == vocab.SH + "message"}
    names = {shape.value for shape in checked if isinstance(shape, NamedNode)}
    assert names == {name for path in COUNTEREXAMPLES for name, _ in named_shapes(path)}


def test_the_page_is_up_to_date() -> None:
    message = "run: python -m kg.rdf.ontology_readme"
    assert (ROOT / "README.md").read_text("utf-8") == ontology_readme.page(), message


def test_the_files_are_found_beside_the_package() -> None:
    assert ontology_path("kg.ttl") == ROOT / "kg.ttl"
    assert ontology_path() == ROOT
    with pytest.raises(ConfigurationError, match=r"'nothing\.ttl' of the ontology is missing"):
        ontology_path("nothing.ttl")


def test_the_files_are_found_inside_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/kg.ttl").write_text("")
    monkeypatch.setattr(files, "FOLDERS", (tmp_path / "absent", tmp_path / "data"))
    assert ontology_path("kg.ttl") == tmp_path / "data/kg.ttl"
