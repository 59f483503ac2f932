"""A graph of the model as RDF triples, sorted, without blank nodes and without a clock."""

from __future__ import annotations

from dataclasses import dataclass

from pyoxigraph import NamedNode, Triple

from kg import __version__
from kg.model import Action, Analysis, Graph, MergedEntity, Tools
from kg.rdf import iri, terms, vocab
from kg.rdf.builder import Triples
from kg.rdf.claims import slot_property, write_amount, write_joins, write_reports
from kg.rdf.names import Member, Names, name_nodes
from kg.rdf.text_layer import naming_span, write_article


@dataclass(frozen=True, slots=True)
class Run:
    """With what analyses were made that do not say so themselves: the version of ``kg``, and models with versions."""

    version: str = __version__
    models: tuple[str, ...] = ()


def graph_triples(graph: Graph, base: str = vocab.DATA, run: Run | None = None, names: Names | None = None) -> tuple[Triple, ...]:
    """Every triple of ``graph``, in an order that depends on nothing but its content.

    ``run`` stands for the tools of analyses that do not name theirs; ``names`` are those of ``name_nodes``, where they are known.

    Raises:
        KgError: the graph is not whole: an id twice, a reference that leads nowhere, a report without an action, an unknown slot.
        ConfigurationError: ``base`` is no address to build names under.
    """
    names = names or name_nodes(graph, base)
    out = Triples()
    runs = _Runs(out, base, run or Run())
    actions: dict[Member, str] = {member: names.action(a.id) for a in graph.actions for member in a.reports}
    for analysis in graph.analyses:
        activity = runs.of(analysis)
        write_article(out, analysis, names, activity)
        write_reports(out, analysis, names, actions, activity)
    for copy, original in graph.copies:
        out.add(out.node(names.articles[copy]), vocab.KG_COPY_OF, out.node(names.articles[original]))
    forms = {(a.article.id, e.id): (a.article.lang, e.name) for a in graph.analyses for e in a.entities or ()}
    called = {
        (a.article.id, e.id): iri.span_iri(names.articles[a.article.id], naming_span(a.article, e))
        for a in graph.analyses
        for e in a.entities or ()
        if e.mentions
    }
    for entity in graph.entities:
        _write_entity(out, entity, names, [forms[member] for member in sorted(entity.members) if member in forms])
        write_joins(out, entity.joins, called.__getitem__)
    descriptions = _descriptions(graph)
    for action in graph.actions:
        _write_action(out, action, names, descriptions)
        write_joins(out, action.joins, names.report)
    for case in graph.cases:
        if not case.actions:
            continue
        node = out.node(names.cases[case.id])
        out.add_node(node, (vocab.KG_CASE,), ((vocab.RDFS_LABEL, terms.text_literal(case.title) if case.title else None),))
        out.add_all(node, vocab.KG_INVOLVES, (out.node(names.entity(key)) for key in case.people))
        if case.current is not None:
            out.add(node, vocab.KG_CURRENT_ACTION, out.node(names.action(case.current)))
        out.add_all(node, vocab.KG_POSSIBLE_CURRENT_ACTION, (out.node(names.action(key)) for key in case.open))
        for position, member in enumerate(case.actions, 1):
            step = out.node(names.action(member))
            out.add(node, vocab.KG_HAS_ACTION, step)
            out.add(step, vocab.KG_PART_OF_CASE, node)
            out.add(step, vocab.KG_POSITION, terms.integer_literal(position))
    return out.sorted()


class _Runs:
    """States the runs of the software: one for the articles that were analysed with the same tools.

    A run is named after these, so that an article more or less does not change the name.
    """

    def __init__(self, out: Triples, base: str, usual: Run) -> None:
        self._out, self._base = out, base
        self._usual = Tools(usual.version, usual.models)
        self._known: dict[tuple[Tools, str], NamedNode] = {}

    def of(self, analysis: Analysis) -> NamedNode:
        """The run that analysed an article."""
        tools = analysis.tools or self._usual
        parser = analysis.document.parser if analysis.document else ""
        if (tools, parser) not in self._known:
            self._known[tools, parser] = self._write(tools, parser)
        return self._known[tools, parser]

    def _write(self, tools: Tools, parser: str) -> NamedNode:
        out, models = self._out, sorted(set(tools.models))
        software = out.node(f"{self._base}software/{iri.digest('software', tools.software)}")
        out.add_node(
            software,
            (vocab.PROV_SOFTWARE_AGENT,),
            (
                (vocab.RDFS_LABEL, terms.text_literal(f"kg {tools.software}")),
                (vocab.SCHEMA_SOFTWARE_VERSION, terms.text_literal(tools.software)),
            ),
        )
        node = out.node(f"{self._base}run/{iri.digest('run', tools.software, 'parser', parser, 'models', *models)}")
        out.add_node(
            node,
            (vocab.PROV_ACTIVITY,),
            (
                (vocab.PROV_WAS_ASSOCIATED_WITH, software),
                (vocab.KG_PARSER, terms.text_literal(parser) if parser else None),
            ),
        )
        out.add_all(node, vocab.KG_MODEL, (terms.text_literal(model) for model in models))
        return node


def _write_entity(out: Triples, entity: MergedEntity, names: Names, forms: list[tuple[str, str]]) -> None:
    """State type and names: the first label of a language, or the fullest name that its articles use, is the label."""
    node = out.node(names.entity(entity.key))
    out.add(node, vocab.RDF_TYPE, vocab.KIND_CLASSES[entity.kind])
    fullest = sorted(forms, key=lambda form: (-len(form[1]), form[1]))
    labels: dict[str, str] = {}
    for language, name in (*entity.labels, *fullest):
        labels.setdefault(language if terms.is_language(language) else "", name)
    written = {terms.text_literal(name, language) for language, name in labels.items()}
    out.add_all(node, vocab.RDFS_LABEL, written)
    others = {terms.text_literal(name, language) for language, name in (*entity.labels, *forms)}
    out.add_all(node, vocab.SKOS_ALT_LABEL, others - written)


def _descriptions(graph: Graph) -> dict[Member, tuple[str, str]]:
    """Language and words of the description by which each report names its target, if it does."""
    return {
        (a.article.id, r.id): (a.article.lang, r.target_text.of(a.article.text))
        for a in graph.analyses
        for r in a.reports or ()
        if r.target_text is not None
    }


def _write_action(out: Triples, action: Action, names: Names, descriptions: dict[Member, tuple[str, str]]) -> None:
    node = out.node(names.action(action.id))
    out.add_node(
        node,
        (vocab.ACTION_CLASSES[action.type],),
        (
            (vocab.KG_STATUS, vocab.MODALITIES[action.status]),
            (vocab.KG_STAGE, terms.integer_literal(vocab.STAGES[action.type])),
            (vocab.KG_DATE, terms.date_literal(action.date) if action.date else None),
            (vocab.KG_DURATION, terms.duration_literal(action.duration) if action.duration else None),
        ),
    )
    out.add_all(node, vocab.KG_TARGET, (out.node(names.entity(key)) for key in action.target))
    out.add_all(node, vocab.KG_AGENT, (out.node(names.entity(key)) for key in action.agent))
    out.add_all(node, vocab.SEM_HAS_PLACE, (out.node(names.entity(key)) for key in action.place))
    languages = {words: language for language, words in (descriptions[m] for m in action.reports if m in descriptions)}
    for words in action.target_description:
        out.add(node, vocab.KG_TARGET_DESCRIPTION, terms.text_literal(words, languages.get(words, "")))
    out.add_all(node, vocab.KG_OFFENCE, (terms.text_literal(words, language) for language, words in action.offence))
    write_amount(out, node, action.amount)
    out.add_all(node, vocab.KG_CONFLICT, (slot_property(slot) for slot in action.conflicts))
