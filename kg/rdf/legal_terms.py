"""Terms of national law in the words of a report, by ``ontology/terms.ttl``.

Where the words that tell an action are those of such a term (*garde à vue*, *arraigned*), the report says so. That is a fact
about the words: where several legal systems share them, the term of each is given, and nothing is said of whose law applies.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pyoxigraph import Literal, NamedNode

from kg.lang.fold import fold, fold_word
from kg.model import Article, Report
from kg.rdf import vocab
from kg.rdf.files import ontology_path
from kg.rdf.reading import read_triples


@dataclass(frozen=True, slots=True)
class Forms:
    """The forms of one language as one expression, and the terms of each with the classes of actions that they belong to."""

    expression: re.Pattern[str]
    terms: Mapping[str, tuple[tuple[NamedNode, frozenset[NamedNode]], ...]]


def legal_terms(article: Article, report: Report) -> list[NamedNode]:
    """The terms whose words the triggers of ``report`` are or stand in, sorted; only those that belong to its type of action."""
    forms = forms_by_language().get(article.lang)
    if forms is None:
        return []
    kind = vocab.ACTION_CLASSES[report.type]
    triggers = (report.trigger, *report.triggers)
    sentence = fold(report.sentence.of(article.text), report.sentence.start)
    found: set[NamedNode] = set()
    for match in forms.expression.finditer(sentence.text):
        place = sentence.to_original(*match.span())
        if any(place.overlaps(trigger) for trigger in triggers):
            found.update(term for term, kinds in forms.terms[match[0]] if kind in kinds)
    return sorted(found, key=str)


@lru_cache(maxsize=1)
def forms_by_language() -> Mapping[str, Forms]:
    """The forms (``skos:hiddenLabel``) of every language.

    Raises:
        ConfigurationError: the file of the terms is missing or not valid.
    """
    kinds: dict[NamedNode, set[NamedNode]] = {}
    forms: dict[str, dict[str, set[NamedNode]]] = {}
    for triple in read_triples([ontology_path("terms.ttl")]):
        term, value = triple.subject, triple.object
        if not isinstance(term, NamedNode):
            continue
        if triple.predicate == vocab.SKOS_RELATED_MATCH and isinstance(value, NamedNode):
            kinds.setdefault(term, set()).add(value)
        elif triple.predicate == vocab.SKOS_HIDDEN_LABEL and isinstance(value, Literal) and value.language:
            forms.setdefault(value.language, {}).setdefault(fold_word(value.value), set()).add(term)
    out = {}
    for language, table in sorted(forms.items()):
        longest_first = sorted(table, key=lambda form: (-len(form), form))
        expression = re.compile(rf"(?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w)")
        out[language] = Forms(
            expression,
            {
                form: tuple((term, frozenset(kinds.get(term, ()))) for term in sorted(terms, key=str))
                for form, terms in table.items()
            },
        )
    return out
