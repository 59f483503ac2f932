"""Articles and the stretches of their text: names, triggers, evidence and the sentences they stand in (NIF 2, ITS RDF)."""

from __future__ import annotations

from bisect import bisect_right

from pyoxigraph import NamedNode

from kg.model import Analysis, Article, Entity, Report, Span
from kg.rdf import iri, terms, vocab
from kg.rdf.builder import Triples
from kg.rdf.names import Names


def write_article(out: Triples, analysis: Analysis, names: Names, run: NamedNode) -> None:
    """State the article, the run that read it, and every stretch of it that the graph cites.

    Only sentences that tell an action are quoted whole: the article itself is not copied into the graph.
    """
    article = analysis.article
    name = names.articles[article.id]
    _write_head(out, article, out.node(name))
    # The inverse of prov:used that PROV-O reserves: it stands with the article, and goes with it.
    out.add(out.node(name), vocab.PROV_WAS_USED_BY, run)
    quotes = _Quotes(out, article, name, _sentences(analysis))
    for entity in analysis.entities or ():
        target = out.node(names.member(article.id, entity.id))
        for span in entity.mentions:
            mention = quotes.phrase(span)
            out.add(mention, vocab.ITSRDF_TA_IDENT_REF, target)
            out.add(mention, vocab.ITSRDF_TA_CLASS_REF, vocab.KIND_CLASSES[entity.kind])
            if entity.qid is not None:
                out.add(mention, vocab.ITSRDF_TA_CONFIDENCE, terms.decimal_literal(entity.confidence))
    for report in analysis.reports or ():
        for span in cited_spans(report):
            quotes.phrase(span)
    for span in quotes.sentences:
        quotes.sentence(span)


def cited_spans(report: Report) -> tuple[Span, ...]:
    """Every stretch that a report rests on: its triggers, its evidence, and what it quotes."""
    quoted = (span for span in (report.target_text, report.offence) if span is not None)
    return tuple(sorted({report.trigger, *report.triggers, *(e.span for e in report.evidence), *quoted}))


def naming_span(article: Article, entity: Entity) -> Span:
    """The mention that stands for an entity of an article: the first that writes its name, else its first."""
    return next((span for span in entity.mentions if span.of(article.text) == entity.name), entity.mentions[0])


def _write_head(out: Triples, article: Article, node: NamedNode) -> None:
    url = iri.checked_url(article.url)
    out.add_node(
        node,
        (vocab.SCHEMA_NEWS_ARTICLE, vocab.NIF_CONTEXT),
        (
            (vocab.SCHEMA_IDENTIFIER, terms.text_literal(article.id)),
            (vocab.SCHEMA_IN_LANGUAGE, terms.text_literal(article.lang)),
            (vocab.SCHEMA_HEADLINE, terms.text_literal(article.title, article.lang) if article.title else None),
            (vocab.SCHEMA_DATE_PUBLISHED, terms.date_literal(article.published) if article.published else None),
            (vocab.SCHEMA_PUBLISHER, terms.text_literal(article.publisher) if article.publisher else None),
            (vocab.SCHEMA_URL, out.node(url) if url else None),
            (vocab.KG_SHA256, terms.text_literal(iri.text_sha256(article.text))),
            (vocab.NIF_BEGIN_INDEX, terms.index_literal(0)),
            (vocab.NIF_END_INDEX, terms.index_literal(len(article.text))),
        ),
    )


def _sentences(analysis: Analysis) -> tuple[Span, ...]:
    """The sentences of the reports, and those of the document in which anything that a report cites stands; in order."""
    reports = analysis.reports or ()
    found = {report.sentence for report in reports}
    if analysis.document is not None:
        all_sentences = tuple(sorted(sentence.span for sentence in analysis.document.sentences))
        for report in reports:
            found.update(span for span in (_around(all_sentences, cited) for cited in cited_spans(report)) if span is not None)
    return tuple(sorted(found))


def _around(sentences: tuple[Span, ...], span: Span) -> Span | None:
    """The sentence that contains ``span``; of several the one that starts last. ``sentences`` are in order."""
    index = bisect_right(sentences, span.start, key=lambda sentence: sentence.start) - 1
    while index >= 0 and not sentences[index].contains(span):
        index -= 1
    return sentences[index] if index >= 0 else None


class _Quotes:
    """Writes the stretches of one article, each once."""

    def __init__(self, out: Triples, article: Article, name: str, sentences: tuple[Span, ...]) -> None:
        self.sentences = sentences
        self._out, self._article, self._name = out, article, name
        self._phrases: dict[Span, NamedNode] = {}

    def phrase(self, span: Span) -> NamedNode:
        """The node of a name, a trigger or other cited words."""
        if span not in self._phrases:
            node = self._phrases[span] = self._write(span, vocab.NIF_PHRASE)
            around = _around(self.sentences, span)
            if around is not None:
                self._out.add(node, vocab.NIF_IN_SENTENCE, self._out.node(iri.span_iri(self._name, around)))
        return self._phrases[span]

    def sentence(self, span: Span) -> NamedNode:
        """The node of a whole sentence."""
        return self._write(span, vocab.NIF_SENTENCE)

    def _write(self, span: Span, kind: NamedNode) -> NamedNode:
        node = self._out.node(iri.span_iri(self._name, span))
        self._out.add_node(
            node,
            (kind, vocab.NIF_RFC5147_STRING),
            (
                (vocab.NIF_ANCHOR_OF, terms.text_literal(span.of(self._article.text), self._article.lang)),
                (vocab.NIF_BEGIN_INDEX, terms.index_literal(span.start)),
                (vocab.NIF_END_INDEX, terms.index_literal(span.end)),
                (vocab.NIF_REFERENCE_CONTEXT, self._out.node(self._name)),
            ),
        )
        return node
