"""The graph as triples and Turtle: what is stated, under which names, in which bytes."""

from __future__ import annotations

import dataclasses
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from pyoxigraph import Literal, NamedNode, Quad, QuerySolutions, Store, Triple

from kg.errors import ConfigurationError, KgError
from kg.files import write_atomically
from kg.model import (
    Action,
    ActionType,
    Amount,
    Analysis,
    Article,
    Case,
    Document,
    Entity,
    Evidence,
    Graph,
    Kind,
    MergedEntity,
    Modality,
    Report,
    Sentence,
    Span,
    Tools,
)
from kg.rdf import vocab
from kg.rdf.builder import sort_triples
from kg.rdf.names import name_nodes
from kg.rdf.triples import Run, graph_triples
from kg.rdf.turtle import Syntax, to_bytes
from kg.rdf.validation import validate

RUN = Run("0.0.0", models=("sample names 1",))

# Invented people and facts.
FRENCH = (
    "Lina Sorel mise en examen\n"
    "Lina Sorel a été arrêtée à Lyon le 3 mars 2031. Elle a été mise en examen pour faux en écriture le 5 mars 2031, "
    "a déclaré le parquet de Valmont à l'agence Nordpresse. Elle est libre contre une caution de 20 000 euros. "
    "Deux gendarmes n'ont pas été inculpés."
)
ARABIC = "لينا سوريل أمام القضاء\nأوقفت لينا سوريل في ليون يوم 4 مارس 2031. ووجهت إليها النيابة تهمة التزوير."


def at(text: str, words: str, after: str = "") -> Span:
    start = text.index(words, text.index(after) if after else 0)
    return Span(start, start + len(words))


def french() -> Analysis:
    def span(words: str, after: str = "") -> Span:
        return at(FRENCH, words, after)

    arrested = span("Lina Sorel a été arrêtée à Lyon le 3 mars 2031.")
    charged = span(
        "Elle a été mise en examen pour faux en écriture le 5 mars 2031, a déclaré le parquet de Valmont à l'agence Nordpresse."
    )
    bailed = span("Elle est libre contre une caution de 20 000 euros.")
    spared = span("Deux gendarmes n'ont pas été inculpés.")
    return Analysis(
        Article(
            id="fr-1",
            text=FRENCH,
            body=(Span(0, len(FRENCH)),),
            lang="fr",
            title="Lina Sorel mise en examen",
            title_span=span("Lina Sorel mise en examen"),
            published="2031-03-06",
            publisher="Gazette de Valmont",
            url="https://gazette.example/2031/sorel",
        ),
        document=Document(
            sentences=tuple(Sentence(s, 0, 0) for s in (span("Lina Sorel mise en examen"), arrested, charged, bailed, spared)),
            tokens=(),
            parser="rules 1",
        ),
        entities=(
            Entity("e1", Kind.PERSON, "Lina Sorel", (span("Lina Sorel"), span("Lina Sorel", "examen\n"))),
            Entity("e2", Kind.PLACE, "Lyon", (span("Lyon"),), qid="Q456", confidence=0.97),
            Entity("e3", Kind.ORGANIZATION, "parquet de Valmont", (span("parquet de Valmont"),)),
            Entity("e4", Kind.ORGANIZATION, "Nordpresse", (span("Nordpresse"),)),
        ),
        reports=(
            Report("a1", ActionType.ARREST, span("arrêtée"), arrested, target=("e1",), place=("e2",), date="2031-03-03"),
            Report(
                "a2",
                ActionType.CHARGE,
                span("mise en examen", "Elle"),
                charged,
                triggers=(span("mise en examen"), span("mise en examen", "Elle")),
                target=("e1",),
                agent=("e3",),
                date="2031-03-05",
                offence=span("faux en écriture"),
                attributed_to=("e3",),
                via=("e4",),
                confidence=0.91,
                pattern="fr.charge.1",
                evidence=(Evidence("target", span("Lina Sorel", "examen\n"), "subject of the verb, through the pronoun"),),
            ),
            Report("a3", ActionType.BAIL, span("caution"), bailed, target=("e1",), amount=Amount(20000, "EUR"), confidence=0.8),
            Report(
                "a4",
                ActionType.CHARGE,
                span("inculpés"),
                spared,
                target_text=span("Deux gendarmes"),
                modality=Modality.NEGATED,
            ),
        ),
    )


def arabic() -> Analysis:
    def span(words: str, after: str = "") -> Span:
        return at(ARABIC, words, after)

    return Analysis(
        Article(id="ar-1", text=ARABIC, body=(Span(0, len(ARABIC)),), lang="ar", published="2031-03"),
        entities=(
            Entity("e1", Kind.PERSON, "لينا سوريل", (span("لينا سوريل"), span("لينا سوريل", "أوقفت"))),
            Entity("e2", Kind.PLACE, "ليون", (span("ليون"),), qid="Q456", confidence=0.9),
        ),
        reports=(
            Report(
                "a1",
                ActionType.ARREST,
                span("أوقفت"),
                span("أوقفت لينا سوريل في ليون يوم 4 مارس 2031."),
                target=("e1",),
                place=("e2",),
                date="2031-03-04",
            ),
            Report(
                "a2",
                ActionType.CHARGE,
                span("وجهت"),
                span("ووجهت إليها النيابة تهمة التزوير."),
                target=("e1",),
                offence=span("التزوير"),
            ),
        ),
    )


def sample() -> Graph:
    return Graph(
        analyses=(french(), arabic()),
        entities=(
            MergedEntity(
                "ar-1/e1", Kind.PERSON, None, (("ar", "لينا سوريل"), ("fr", "Lina Sorel")), (("ar-1", "e1"), ("fr-1", "e1"))
            ),
            MergedEntity("Q456", Kind.PLACE, "Q456", (("ar", "ليون"), ("en", "Lyon")), (("ar-1", "e2"), ("fr-1", "e2")), 0.97),
            MergedEntity("fr-1/e3", Kind.ORGANIZATION, None, (("fr", "parquet de Valmont"),), (("fr-1", "e3"),)),
            MergedEntity("fr-1/e4", Kind.ORGANIZATION, None, (("fr", "Nordpresse"),), (("fr-1", "e4"),)),
        ),
        actions=(
            Action(
                "arrest",
                ActionType.ARREST,
                target=("ar-1/e1",),
                place=("Q456",),
                reports=(("ar-1", "a1"), ("fr-1", "a1")),
                conflicts=("date",),
            ),
            Action(
                "charge",
                ActionType.CHARGE,
                target=("ar-1/e1",),
                agent=("fr-1/e3",),
                date="2031-03-05",
                offence=(("fr", "faux en écriture"), ("ar", "التزوير")),
                reports=(("ar-1", "a2"), ("fr-1", "a2")),
            ),
            Action("bail", ActionType.BAIL, target=("ar-1/e1",), amount=Amount(20000, "EUR"), reports=(("fr-1", "a3"),)),
            Action(
                "spared",
                ActionType.CHARGE,
                target_description=("Deux gendarmes",),
                status=Modality.NEGATED,
                reports=(("fr-1", "a4"),),
            ),
        ),
        cases=(Case("sorel", "Lina Sorel", ("arrest", "charge", "bail"), ("ar-1/e1",)),),
    )


def shuffled(graph: Graph, seed: int) -> Graph:
    """The same graph with everything that has no order of its own in another order."""
    rng = random.Random(seed)

    def mixed(values: tuple) -> tuple:  # type: ignore[type-arg]
        return tuple(rng.sample(values, len(values)))

    return Graph(
        mixed(graph.analyses),
        mixed(tuple(dataclasses.replace(e, members=mixed(e.members)) for e in graph.entities)),
        mixed(tuple(dataclasses.replace(a, reports=mixed(a.reports), target=mixed(a.target)) for a in graph.actions)),
        mixed(graph.cases),
    )


def ask(triples: tuple[Triple, ...], query: str) -> list[tuple[str, ...]]:
    store = Store()
    for triple in triples:
        store.add(Quad(triple.subject, triple.predicate, triple.object))
    prefixes = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in vocab.PREFIXES.items())
    found = store.query(prefixes + query)
    assert isinstance(found, QuerySolutions)
    return sorted(tuple("" if value is None else value.value for value in row) for row in found)  # type: ignore[union-attr]


@pytest.fixture(scope="module")
def triples() -> tuple[Triple, ...]:
    return graph_triples(sample(), run=RUN)


def test_the_sample_is_valid(triples: tuple[Triple, ...]) -> None:
    verdict = validate(triples)
    assert verdict.triples == len(triples) > 200
    assert verdict.results == ()


def test_the_sample_is_the_example_that_the_ontology_shows(triples: tuple[Triple, ...], root: Path) -> None:
    assert to_bytes(triples) == (root / "ontology/examples/two-articles.ttl").read_bytes()


def test_reports_keep_their_values_and_the_action_has_the_agreed_ones(triples: tuple[Triple, ...]) -> None:
    query = "SELECT ?date WHERE { ?r kg:reports ?a ; kg:date ?date . ?a a kg:Arrest }"
    assert ask(triples, query) == [("2031-03-03",), ("2031-03-04",)]
    assert ask(triples, "SELECT ?date WHERE { ?a a kg:Arrest ; kg:date ?date }") == []


def test_a_conflict_names_the_property_in_which_the_reports_differ(triples: tuple[Triple, ...]) -> None:
    query = "SELECT ?p ?value WHERE { ?a kg:conflict ?p . ?r kg:reports ?a ; ?p ?value }"
    assert ask(triples, query) == [(vocab.KG + "date", "2031-03-03"), (vocab.KG + "date", "2031-03-04")]


def test_one_action_has_the_reports_of_both_articles(triples: tuple[Triple, ...]) -> None:
    query = """SELECT ?lang ?offence WHERE {
        ?a a kg:Charge ; kg:status kg:Actual . ?r kg:reports ?a ; kg:offence ?offence ;
           prov:wasDerivedFrom/schema:inLanguage ?lang }"""
    assert ask(triples, query) == [("ar", "التزوير"), ("fr", "faux en écriture")]


def test_claims_name_their_source_and_the_way_they_came(triples: tuple[Triple, ...]) -> None:
    query = "SELECT ?who ?via WHERE { ?r kg:attributedTo/rdfs:label ?who ; kg:via/rdfs:label ?via }"
    assert ask(triples, query) == [("parquet de Valmont", "Nordpresse")]


def test_the_graph_alone_can_explain_a_report(triples: tuple[Triple, ...]) -> None:
    query = """SELECT ?words ?sentence ?begin WHERE { ?r kg:pattern "fr.charge.1" ; gaf:denotedBy ?t .
        ?t nif:anchorOf ?words ; nif:sentence ?s . ?s a nif:Sentence ; nif:anchorOf ?sentence ; nif:beginIndex ?begin }"""
    rows = ask(triples, query)
    assert [row[0] for row in rows] == ["mise en examen"] * 2
    for words, sentence, begin in rows:
        assert words in sentence
        assert FRENCH[int(begin) :].startswith(sentence)


def test_only_sentences_that_tell_an_action_are_quoted(triples: tuple[Triple, ...]) -> None:
    quoted = {row[0] for row in ask(triples, "SELECT ?s WHERE { ?n a nif:Sentence ; nif:anchorOf ?s }")}
    assert len(quoted) == 7
    assert not quoted & {FRENCH, ARABIC}


def test_evidence_names_the_property_the_words_and_the_rule(triples: tuple[Triple, ...]) -> None:
    query = """SELECT ?role ?words ?reason WHERE { ?r kg:pattern "fr.charge.1" ; kg:evidence ?e . ?e kg:role ?role ;
        kg:words/nif:anchorOf ?words . OPTIONAL { ?e kg:reason ?reason } }"""
    assert ask(triples, query) == [
        (vocab.KG + "offence", "faux en écriture", ""),
        (vocab.KG + "target", "Lina Sorel", "subject of the verb, through the pronoun"),
    ]


def test_every_mention_quotes_the_text_at_its_place(triples: tuple[Triple, ...]) -> None:
    rows = ask(triples, """SELECT ?lang ?words ?begin ?end WHERE { ?m nif:anchorOf ?words ; nif:beginIndex ?begin ;
        nif:endIndex ?end ; nif:referenceContext/schema:inLanguage ?lang }""")  # fmt: skip
    assert len(rows) > 15
    for lang, words, begin, end in rows:
        assert {"fr": FRENCH, "ar": ARABIC}[lang][int(begin) : int(end)] == words


def test_names_of_both_languages_are_labels_and_other_names_alternatives() -> None:
    graph = sample()
    renamed = dataclasses.replace(graph.entities[0], labels=(("fr", "Lina M. Sorel"), ("fr", "L. Sorel")))
    triples = graph_triples(dataclasses.replace(graph, entities=(renamed, *graph.entities[1:])))
    query = "SELECT ?p ?name WHERE { ?e a schema:Person ; ?p ?name . FILTER(isLiteral(?name)) }"
    assert ask(triples, query) == [
        (vocab.RDFS + "label", "Lina M. Sorel"),
        (vocab.RDFS + "label", "لينا سوريل"),
        (vocab.SKOS + "altLabel", "L. Sorel"),
        (vocab.SKOS + "altLabel", "Lina Sorel"),
    ]


def test_a_linked_entity_is_the_wikidata_item_and_an_unlinked_one_is_local(triples: tuple[Triple, ...]) -> None:
    (place,) = ask(triples, "SELECT DISTINCT ?p WHERE { ?x sem:hasPlace ?p }")
    (person,) = ask(triples, "SELECT ?p WHERE { ?p a schema:Person }")
    assert place == (vocab.WD + "Q456",)
    assert person[0].startswith(vocab.DATA + "entity/")


def test_cases_hold_their_actions_in_order_of_stage(triples: tuple[Triple, ...]) -> None:
    query = "SELECT ?stage ?type WHERE { ?c a kg:Case ; kg:hasAction ?a . ?a a ?type ; kg:stage ?stage ; kg:partOfCase ?c }"
    rows = sorted((int(stage), kind.removeprefix(vocab.KG)) for stage, kind in ask(triples, query))
    assert rows == [(6, "Arrest"), (8, "Charge"), (9, "Bail")]


def test_the_run_says_with_what_and_never_when_or_where(triples: tuple[Triple, ...], root: Path) -> None:
    query = """SELECT ?parser ?model ?version WHERE { ?r a prov:Activity ; kg:parser ?parser ; kg:model ?model ;
        prov:wasAssociatedWith/schema:softwareVersion ?version }"""
    assert ask(triples, query) == [("rules 1", "sample names 1", "0.0.0")]
    assert str(root) not in to_bytes(triples).decode()
    assert not [t for t in triples if t.predicate.value.startswith(vocab.PROV) and isinstance(t.object, Literal)]


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("syntax", list(Syntax))
def test_the_order_of_the_input_does_not_matter(seed: int, syntax: Syntax) -> None:
    assert to_bytes(graph_triples(shuffled(sample(), seed)), syntax) == to_bytes(graph_triples(sample()), syntax)


def test_another_process_with_another_hash_seed_writes_the_same_bytes(triples: tuple[Triple, ...], tmp_path: Path) -> None:
    code = (
        "import sys, importlib.util as u; s = u.spec_from_file_location('t', sys.argv[1]); m = u.module_from_spec(s); "
        "s.loader.exec_module(m); sys.stdout.buffer.write(m.to_bytes(m.graph_triples(m.sample(), run=m.RUN)))"
    )
    for seed in ("1", "77"):
        environment = {"PYTHONHASHSEED": seed, "PYTHONPATH": str(Path(__file__).parents[1])}
        command = [sys.executable, "-c", code, __file__]
        out = subprocess.run(command, env=environment, capture_output=True, check=True, cwd=tmp_path)
        assert out.stdout == to_bytes(triples)


def test_names_stay_when_other_articles_come(triples: tuple[Triple, ...]) -> None:
    extra = Analysis(Article("zz-9", "Rien.", (), "fr"), entities=(), reports=())
    graph = sample()
    more = graph_triples(dataclasses.replace(graph, analyses=(extra, *graph.analyses)), run=RUN)
    assert set(triples) < set(more)


def test_no_two_nodes_share_a_name() -> None:
    names = name_nodes(sample())
    everything = [*names.articles.values(), *names.entities.values(), *names.reports.values(), *names.actions.values()]
    assert len(set(everything)) == len(everything)


def test_namesakes_of_one_article_stay_apart() -> None:
    text = "Jo Ba et Jo Ba"
    two = (Entity("e1", Kind.PERSON, "Jo Ba", (Span(0, 5),)), Entity("e2", Kind.PERSON, "Jo Ba", (Span(9, 14),)))
    analysis = Analysis(Article("x", text, (), "fr"), entities=two, reports=())
    merged = tuple(MergedEntity(f"x/{e.id}", e.kind, None, (("fr", e.name),), (("x", e.id),)) for e in two)
    names = name_nodes(Graph((analysis,), merged, ()))
    assert names.entities["x/e1"] != names.entities["x/e2"]
    assert names.entities == name_nodes(Graph((analysis,), merged[::-1], ())).entities


def test_two_reports_told_by_one_word_stay_apart() -> None:
    twice = tuple(Report(name, ActionType.FINE, Span(0, 4), Span(0, 4)) for name in ("a1", "a2"))
    analysis = Analysis(Article("x", "deux", (), "fr"), entities=(), reports=twice)
    actions = tuple(Action(r.id, r.type, reports=(("x", r.id),)) for r in twice)
    names = name_nodes(Graph((analysis,), (), actions))
    assert len({*names.reports.values()}) == len({*names.actions.values()}) == 2


def test_the_base_of_names_can_be_chosen() -> None:
    triples = graph_triples(sample(), base="https://kg.example/data/")
    text = to_bytes(triples, base="https://kg.example/data/").decode()
    assert vocab.DATA not in text
    assert "@prefix report: <https://kg.example/data/report/> ." in text


@pytest.mark.parametrize("base", ["", "kg", "ftp://x/", "https://x", "https://x/ y/", "https://x/<>/", "javascript:x/"])
def test_a_base_under_which_no_name_can_be_built_is_refused(base: str) -> None:
    with pytest.raises(ConfigurationError, match="must be an http or https address"):
        graph_triples(sample(), base=base)


def broken(**changes: object) -> Graph:
    return dataclasses.replace(sample(), **changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("graph", "message"),
    [
        (broken(analyses=(french(), french())), "two articles have the id 'fr-1'"),
        (broken(entities=sample().entities[:-1]), "no merged entity with the member"),
        (broken(entities=sample().entities * 2), "two entities of the graph have the key"),
        (broken(actions=sample().actions[1:]), "belongs to no action"),
        (
            broken(actions=(*sample().actions, Action("again", ActionType.BAIL, reports=(("fr-1", "a3"),)))),
            "belongs to the actions",
        ),
        (broken(actions=(*sample().actions, Action("none", ActionType.BAIL))), "has no report"),
        (broken(actions=(*sample().actions, Action("x", ActionType.BAIL, reports=(("fr-1", "a9"),)))), "no report"),
        (broken(cases=(Case("c", "t", ("nowhere",), ()),)), "no action 'nowhere'"),
        (broken(actions=tuple(dataclasses.replace(a, conflicts=("mood",)) for a in sample().actions)), "unknown slot 'mood'"),
        (broken(entities=(dataclasses.replace(sample().entities[1], qid="Q1> <x"), *sample().entities)), "no Wikidata item"),
    ],
)
def test_a_graph_that_is_not_whole_is_refused_with_the_reason(graph: Graph, message: str) -> None:
    with pytest.raises(KgError, match=message):
        graph_triples(graph)


def test_an_empty_graph_states_nothing() -> None:
    assert graph_triples(Graph((), (), ())) == ()


def test_articles_and_reports_name_the_run_that_read_them() -> None:
    tools = Tools("0.0.1+abc", ("sample names 2",))
    graph = dataclasses.replace(sample(), analyses=(dataclasses.replace(french(), tools=tools), arabic()))
    triples = graph_triples(graph, run=RUN)
    runs = {t.subject for t in triples if t.object == vocab.PROV_ACTIVITY}
    used = {t.subject: t.object for t in triples if t.predicate == vocab.PROV_WAS_USED_BY}
    assert set(used.values()) == runs and len(used) == len(runs) == 2
    sources = {t.subject: t.object for t in triples if t.predicate == vocab.PROV_WAS_DERIVED_FROM}
    made = {t.subject: t.object for t in triples if t.predicate == vocab.PROV_WAS_GENERATED_BY}
    assert made == {report: used[article] for report, article in sources.items()}  # type: ignore[index]
    models = {t.object.value for t in triples if t.predicate == vocab.KG_MODEL}  # type: ignore[union-attr]
    assert models == {"sample names 1", "sample names 2"}


def hostile_text() -> str:
    return (
        'a\x00b\x1b[31m\ud800"""\\ \u202eevil\u202c \ufffe\U0001ffff\u2028<script>\n@prefix x: <y> .\n\u0085 é\u0301 \U0001f600'
    )


def hostile() -> Graph:
    text = hostile_text()
    every = Span(0, len(text))
    analysis = Analysis(
        Article(
            id=text,
            text=text,
            body=(every,),
            lang="x y>",
            title=text,
            published="2024-13-45",
            publisher=text,
            url="javascript:alert(1)//\u202e",
            source=text,
        ),
        entities=(Entity("e>1", Kind.PERSON, text, (every,)),),
        reports=(
            Report(
                "r 1",
                ActionType.BAN,
                every,
                every,
                target=("e>1",),
                target_text=every,
                offence=every,
                date="soon",
                duration="long",
                amount=Amount(float("inf"), "€\x00"),
                pattern=text,
                evidence=(Evidence("target", every, text),),
            ),
        ),
    )
    return Graph(
        (analysis,),
        (MergedEntity("k", Kind.PERSON, None, ((text, text),), ((text, "e>1"),)),),
        (
            Action(
                "a", ActionType.BAN, target=("k",), target_description=(text,), offence=((text, text),), reports=((text, "r 1"),)
            ),
        ),
        (Case("c", text, ("a",), ("k",)),),
    )


@pytest.mark.parametrize("syntax", list(Syntax))
def test_hostile_text_is_written_so_that_it_reads_back(syntax: Syntax, tmp_path: Path) -> None:
    triples = graph_triples(hostile())
    path = tmp_path / f"hostile.{syntax}"
    path.write_bytes(to_bytes(triples, syntax))
    assert read_back(path) == {str(t) for t in triples}
    anchors = {t.object.value for t in triples if t.predicate == vocab.NIF_ANCHOR_OF}  # type: ignore[union-attr]
    assert [len(a) for a in anchors] == [len(hostile_text())]
    assert "\u202e" in anchors.pop()
    assert "javascript" not in path.read_text("utf-8")


def test_values_that_have_no_type_are_kept_and_validation_reports_them() -> None:
    shapes = {
        result.shape.removeprefix("https://w3id.org/kg-exporter/shapes#") for result in validate(graph_triples(hostile())).results
    }
    assert {"ArticleDate", "ArticleLanguage", "ValueDate", "ValueDuration", "ValueAmount", "ValueCurrency"} <= shapes


def read_back(path: Path) -> set[str]:
    from kg.rdf.reading import read_triples

    return {str(t) for t in read_triples([path])}


@pytest.mark.parametrize("reader", ["rdflib", "serdi", "rapper"])
@pytest.mark.parametrize("which", ["sample", "hostile"])
@pytest.mark.parametrize("syntax", list(Syntax))
def test_parsers_of_others_read_the_same_triples(reader: str, which: str, syntax: Syntax, tmp_path: Path) -> None:
    triples = graph_triples({"sample": sample, "hostile": hostile}[which]())
    path = tmp_path / f"graph.{syntax}"
    path.write_bytes(to_bytes(triples, syntax))
    if reader == "rdflib":
        import rdflib

        out = rdflib.Graph().parse(path).serialize(format="nt")
    else:
        program = shutil.which(reader)
        if program is None:
            pytest.skip(f"needs the program {reader}")
        options = ["-q", "-i", {"ttl": "turtle", "nt": "ntriples"}[syntax]] if reader == "rapper" else []
        out = subprocess.run([program, *options, str(path)], capture_output=True, check=True).stdout.decode()
    other = tmp_path / "other.nt"
    other.write_text(out, "utf-8")
    assert read_back(other) == {str(t) for t in triples}


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path, triples: tuple[Triple, ...]) -> None:
    path = tmp_path / "deep" / "kg.ttl"
    write_atomically(path, to_bytes(triples))
    assert path.read_bytes() == to_bytes(triples)
    write_atomically(path, to_bytes(triples[:3]))
    assert path.read_bytes() == to_bytes(triples[:3])
    assert [p.name for p in path.parent.iterdir()] == ["kg.ttl"]
    with pytest.raises(ConfigurationError, match="cannot write"):
        write_atomically(path.parent, b"")
    with pytest.raises(ConfigurationError, match="cannot write"):
        write_atomically(path / "below", b"")
    assert [p.name for p in path.parent.iterdir()] == ["kg.ttl"]


def test_triples_are_sorted_by_subject_with_types_first() -> None:
    a, b, p = (NamedNode(f"http://x/{name}") for name in ("a", "a#char=1", "p"))
    given = [Triple(b, p, a), Triple(a, p, b), Triple(b, vocab.RDF_TYPE, a), Triple(a, vocab.RDF_TYPE, b), Triple(a, p, b)]
    assert sort_triples(given) == (
        Triple(a, vocab.RDF_TYPE, b),
        Triple(a, p, b),
        Triple(b, vocab.RDF_TYPE, a),
        Triple(b, p, a),
    )


@pytest.mark.parametrize("role", sorted(vocab.SLOTS))
def test_every_role_of_evidence_has_a_name_and_a_property(role: str) -> None:
    graph = sample()
    first, *others = graph.analyses
    reports = tuple(dataclasses.replace(r, evidence=(Evidence(role, r.trigger, "why"),) * 2) for r in first.reports or ())
    triples = graph_triples(dataclasses.replace(graph, analyses=(dataclasses.replace(first, reports=reports), *others)))
    assert ask(triples, 'SELECT DISTINCT ?p WHERE { ?e kg:role ?p ; kg:reason "why"@en }') == [(vocab.SLOTS[role].value,)]
    assert validate(triples).results == ()
