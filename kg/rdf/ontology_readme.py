"""The page ``ontology/README.md``, made from the ontology itself: ``python -m kg.rdf.ontology_readme``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from pyoxigraph import Literal, NamedNode, Triple

from kg.files import write_atomically
from kg.rdf import vocab
from kg.rdf.files import ontology_path
from kg.rdf.reading import read_triples
from kg.rdf.vocab import KG, OWL, RDFS, SCHEMA, SKOS, shorten

LANGUAGES = ("en", "fr", "ar")
ONTOLOGY = KG.removesuffix("#")
_DCTERMS = "http://purl.org/dc/terms/"
_MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
_FILES = (
    ("kg.ttl", "the terms"),
    ("terms.ttl", "terms of the law of one country or legal system, related to the types of actions"),
    ("alignment.ttl", "how they meet Wikidata, schema.org, SEM, PROV-O, FollowTheMoney and the IPTC Media Topics"),
    ("shapes.ttl", "what a graph must look like (SHACL); `kg validate` checks it"),
    ("examples/", "small graphs that are valid"),
    ("counterexamples/", "small graphs that each break one shape, or make it warn: the first line names it"),
    ("queries/", "questions to a graph in SPARQL; `kg query --list` shows them"),
)


@dataclass(frozen=True)
class Index:
    """Triples by subject and predicate, with values in a fixed order."""

    table: dict[tuple[str, str], list[NamedNode | Literal]]

    def values(self, subject: str, predicate: str) -> list[NamedNode | Literal]:
        """Every value, sorted."""
        return self.table.get((subject, predicate), [])

    def names(self, subject: str, predicate: str) -> str:
        """The IRIs among the values, shortened, as code."""
        return ", ".join(f"`{shorten(value.value)}`" for value in self.values(subject, predicate) if isinstance(value, NamedNode))

    def text(self, subject: str, predicate: str, language: str = "en") -> str:
        """The literal in ``language``, else the first without one, else nothing."""
        literals = [value for value in self.values(subject, predicate) if isinstance(value, Literal)]
        chosen = [v for v in literals if v.language == language] or [v for v in literals if v.language is None]
        return chosen[0].value.replace("|", "\\|") if chosen else ""

    def subjects(self, predicate: str, value: str) -> list[str]:
        """Every subject with the value, sorted."""
        return sorted(s for (s, p), values in self.table.items() if p == predicate and any(v.value == value for v in values))


def index(triples: Iterable[Triple]) -> Index:
    """Put triples in order; blank nodes are left out."""
    table: dict[tuple[str, str], list[NamedNode | Literal]] = {}
    for triple in sorted(triples, key=str):
        if isinstance(triple.subject, NamedNode) and isinstance(triple.object, NamedNode | Literal):
            table.setdefault((triple.subject.value, triple.predicate.value), []).append(triple.object)
    return Index(table)


def render(ontology: Index, alignment: Index, concepts: Index) -> str:
    """The page as Markdown."""
    out = [
        f"# {ontology.text(ONTOLOGY, _DCTERMS + 'title')}",
        "<!-- Made from kg.ttl, alignment.ttl and terms.ttl by `python -m kg.rdf.ontology_readme`; change those. -->",
        ontology.text(ONTOLOGY, _DCTERMS + "description"),
        f"Namespace `{KG}`, prefix `kg:`, version {ontology.text(ONTOLOGY, OWL + 'versionInfo')}, licence "
        f"<{ontology.values(ONTOLOGY, _DCTERMS + 'license')[0].value}>.",
        *(ontology.text(ONTOLOGY, SKOS + note) for note in ("editorialNote", "scopeNote", "changeNote")),
        _table(("File", "What it holds"), ((f"[{name}]({name})", what) for name, what in _FILES)),
    ]
    classes = ontology.subjects(vocab.RDF_TYPE.value, OWL + "Class")
    actions = set(ontology.subjects(RDFS + "subClassOf", KG + "LegalAction"))
    out += ["## Classes", _terms(ontology, (name for name in classes if name not in actions))]
    staged = sorted(actions, key=lambda name: int(ontology.text(name, vocab.KG_STAGE.value)))
    out += ["## Legal actions", "In the order in which a case usually meets them."]
    out.append(_terms(ontology, staged, ("Stage", lambda name: ontology.text(name, vocab.KG_STAGE.value))))
    out += ["## Modalities", _terms(ontology, ontology.subjects(vocab.RDF_TYPE.value, KG + "Modality"))]
    properties = {*ontology.subjects(vocab.RDF_TYPE.value, OWL + "ObjectProperty")}
    properties |= {*ontology.subjects(vocab.RDF_TYPE.value, OWL + "DatatypeProperty")}
    out += ["## Properties", _terms(ontology, sorted(properties))]
    usage = (
        (
            f"`{shorten(name)}`",
            ontology.names(name, SCHEMA + "domainIncludes"),
            ontology.names(name, SCHEMA + "rangeIncludes"),
            ontology.names(name, RDFS + "subPropertyOf"),
        )
        for name in sorted(properties)
    )
    out += ["### Where they go", _table(("Property", "From", "To", "Special case of"), usage)]
    reused = sorted({s for s, p in ontology.table if p == SKOS + "scopeNote" and s != ONTOLOGY})
    notes = ((f"`{shorten(name)}`", ontology.text(name, SKOS + "scopeNote")) for name in reused)
    out += ["## Terms of others", _table(("Term", "How this graph uses it"), notes)]
    matches = (
        (f"`{shorten(subject)}`", match, alignment.names(subject, SKOS + match))
        for subject in sorted({s for s, _ in alignment.table})
        for match in _MATCHES
        if alignment.values(subject, SKOS + match)
    )
    out += ["## Other vocabularies", _table(("Term", "Match", "Other term"), matches)]
    national = (
        (
            f"`{shorten(name)}`",
            ", ".join(value.value for value in concepts.values(name, vocab.KG_JURISDICTION.value)),
            ", ".join(concepts.text(name, SKOS + "prefLabel", language) for language in LANGUAGES),
            concepts.text(name, SKOS + "definition"),
            concepts.names(name, vocab.SKOS_RELATED_MATCH.value),
        )
        for name in concepts.subjects(vocab.RDF_TYPE.value, SKOS + "Concept")
    )
    out += ["## Terms of national law", "Each is near to types of actions, and the same as none; `terms.ttl` has more."]
    out.append(_table(("Term", "Jurisdiction", "Label (en, fr, ar)", "Definition", "Related to"), national))
    return "\n\n".join(out) + "\n"


def page() -> str:
    """The page for the ontology of this installation.

    Raises:
        ConfigurationError: a file of the ontology is missing or broken.
    """
    files = ("kg.ttl", "alignment.ttl", "terms.ttl")
    return render(*(index(read_triples([ontology_path(name)])) for name in files))


def main() -> None:
    """Write the page beside the ontology."""
    write_atomically(Path(ontology_path()) / "README.md", page().encode())


def _terms(ontology: Index, names: Iterable[str], extra: tuple[str, Callable[[str], str]] | None = None) -> str:
    head = ("Term", "Label (en, fr, ar)", "Definition", *([extra[0]] if extra else []))
    rows = (
        (
            f"`{shorten(name)}`",
            ", ".join(ontology.text(name, vocab.RDFS_LABEL.value, language) for language in LANGUAGES),
            ontology.text(name, SKOS + "definition"),
            *([extra[1](name)] if extra else []),
        )
        for name in names
    )
    return _table(head, rows)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [f"| {' | '.join(columns)} |", f"|{'---|' * len(columns)}"]
    lines += [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
