"""Pages of the ontology in three languages, and the diagram of the model, made from the ontology itself.

``python docs/build.py FOLDER`` writes ``en.html``, ``fr.html``, ``ar.html``, ``index.html`` and ``model.svg``; without a folder,
into ``output/docs``. The diagram is laid out by graphviz (``dot``); where that is absent, the one beside this file is used.
``--diagram`` writes that one anew, with its source ``model.dot``.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from html import escape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from pyoxigraph import Literal, NamedNode

from kg.errors import ConfigurationError
from kg.files import write_atomically
from kg.rdf import vocab
from kg.rdf.files import ontology_path
from kg.rdf.ontology_readme import LANGUAGES, ONTOLOGY, Index, index
from kg.rdf.reading import read_triples
from kg.rdf.vocab import KG, KGT, OWL, RDFS, SCHEMA, SH, SKOS, shorten
from kg.store.queries import named_queries

HERE = Path(__file__).resolve().parent
DCTERMS = "http://purl.org/dc/terms/"
MATCHES = ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch")
SECTIONS = ("about", "diagram", "actions", "classes", "modalities", "properties", "national", "reused", "alignment", "queries")
# One shape is for phrases and sentences, but only phrases name something.
_NEVER = (vocab.NIF_SENTENCE.value, vocab.ITSRDF_TA_IDENT_REF.value)
_THINGS = {SCHEMA + name for name in ("Person", "Organization", "Place")}


@dataclass(frozen=True)
class Term:
    """A term as a page shows it, in one language; ``anchor`` is empty for a term of others."""

    iri: str
    short: str
    anchor: str = ""
    label: str = ""
    definition: str = ""
    facts: dict[str, Any] = field(default_factory=dict)

    def __getattr__(self, name: str) -> Any:
        try:
            return self.facts[name]
        except KeyError:
            raise AttributeError(name) from None


class Pages:
    """The ontology, its alignment and its terms of national law, as pages."""

    def __init__(self) -> None:
        self.ontology, self.alignment, self.national, self.shapes = (
            index(read_triples([ontology_path(name)])) for name in ("kg.ttl", "alignment.ttl", "terms.ttl", "shapes.ttl")
        )
        self.words: dict[str, dict[str, str]] = tomllib.loads((HERE / "words.toml").read_text("utf-8"))

    def render(self, language: str, diagram: str) -> str:
        """The page in ``language``, with the diagram as SVG."""
        ontology = self.ontology
        environment = Environment(
            loader=FileSystemLoader(HERE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            keep_trailing_newline=True,
        )

        def own(names: Iterable[str]) -> list[Term]:
            return [self._own(name, language) for name in names]

        classes = ontology.subjects(vocab.RDF_TYPE.value, OWL + "Class")
        actions = ontology.subjects(RDFS + "subClassOf", KG + "LegalAction")
        properties = [
            name
            for kind in ("ObjectProperty", "DatatypeProperty")
            for name in ontology.subjects(vocab.RDF_TYPE.value, OWL + kind)
        ]
        reused = sorted({s for s, p in ontology.table if p == SKOS + "scopeNote" and s != ONTOLOGY})
        return environment.get_template("ontology.html.jinja").render(
            language=language,
            words=self.words[language],
            languages=[(code, self.words[code]["language"]) for code in LANGUAGES],
            title=ontology.text(ONTOLOGY, DCTERMS + "title", language),
            description=ontology.text(ONTOLOGY, DCTERMS + "description", language),
            namespace=KG,
            version_iri=ontology.values(ONTOLOGY, OWL + "versionIRI")[0].value,
            licence=ontology.values(ONTOLOGY, DCTERMS + "license")[0].value,
            notes=[ontology.text(ONTOLOGY, SKOS + note, language) for note in ("editorialNote", "scopeNote", "changeNote")],
            sections=SECTIONS,
            diagram=Markup(diagram),  # noqa: S704 - made by graphviz from the ontology
            actions=own(sorted(actions, key=lambda name: int(ontology.text(name, vocab.KG_STAGE.value)))),
            classes=own(name for name in classes if name not in set(actions)),
            modalities=own(ontology.subjects(vocab.RDF_TYPE.value, KG + "Modality")),
            properties=own(sorted(properties)),
            national=[self._national(name, language) for name in self.national.subjects(vocab.RDF_TYPE.value, SKOS + "Concept")],
            reused=[
                Term(name, shorten(name), facts={"note": ontology.text(name, SKOS + "scopeNote", language)}) for name in reused
            ],
            alignment=[
                (self._reference(subject), match, others)
                for subject in sorted({s for s, _ in self.alignment.table})
                for match, others in self._matches(subject)
            ],
            queries=named_queries(),
        )

    def _own(self, name: str, language: str) -> Term:
        values = self.ontology.values
        facts = {
            "stage": self.ontology.text(name, vocab.KG_STAGE.value),
            "supers": self._references(values(name, RDFS + "subClassOf") + values(name, RDFS + "subPropertyOf")),
            "domains": self._references(values(name, SCHEMA + "domainIncludes")),
            "ranges": self._references(values(name, SCHEMA + "rangeIncludes")),
            "inverses": self._references(values(name, OWL + "inverseOf")),
            "matches": self._matches(name),
        }
        label = self.ontology.text(name, vocab.RDFS_LABEL.value, language)
        definition = self.ontology.text(name, SKOS + "definition", language)
        return Term(name, shorten(name), _anchor(name), label, definition, facts)

    def _national(self, name: str, language: str) -> Term:
        values = self.national.values
        labels = [*values(name, SKOS + "prefLabel"), *values(name, SKOS + "altLabel")]
        label = self.national.text(name, SKOS + "prefLabel", language)
        facts = {
            "jurisdictions": ", ".join(value.value for value in values(name, vocab.KG_JURISDICTION.value)),
            "others": [(v.language, v.value) for v in labels if isinstance(v, Literal) and v.value != label],
            "source": self.national.text(name, DCTERMS + "source"),
            "related": self._references(values(name, vocab.SKOS_RELATED_MATCH.value) + values(name, SKOS + "related")),
        }
        return Term(name, shorten(name), _anchor(name), label, self.national.text(name, SKOS + "definition", language), facts)

    def _matches(self, name: str) -> list[tuple[str, list[Term]]]:
        found = ((match, self._references(self.alignment.values(name, SKOS + match))) for match in MATCHES)
        return [(match, others) for match, others in found if others]

    def _reference(self, name: str) -> Term:
        known = (name, SKOS + "definition") in self.ontology.table or (name, SKOS + "definition") in self.national.table
        return Term(name, shorten(name), _anchor(name) if known else "")

    def _references(self, values: Iterable[NamedNode | Literal]) -> list[Term]:
        return [self._reference(value.value) for value in values if isinstance(value, NamedNode)]


def _anchor(name: str) -> str:
    return name.removeprefix(KG) if name.startswith(KG) else f"term-{name.removeprefix(KGT)}"


def diagram_source(ontology: Index, shapes: Index) -> str:
    """The diagram in the language of graphviz: classes with their values, and properties as arrows.

    Properties of this ontology go from and to what they say (``schema:domainIncludes``, ``schema:rangeIncludes``); those of
    others go where the shapes want them.
    """
    edges: dict[tuple[str, str], set[str]] = {}
    values: dict[str, set[str]] = {}
    for kind in ("ObjectProperty", "DatatypeProperty"):
        for name in ontology.subjects(vocab.RDF_TYPE.value, OWL + kind):
            for domain in ontology.values(name, SCHEMA + "domainIncludes"):
                if kind == "DatatypeProperty":
                    values.setdefault(_node(domain.value), set()).add(name)
                    continue
                for target in ontology.values(name, SCHEMA + "rangeIncludes"):
                    edges.setdefault((_node(domain.value), _node(target.value)), set()).add(name)
    for shape in shapes.subjects(vocab.RDF_TYPE.value, SH + "NodeShape"):
        for domain in shapes.values(shape, SH + "targetClass"):
            for rule in shapes.values(shape, SH + "property"):
                for path in shapes.values(rule.value, SH + "path"):
                    if path.value.startswith((KG, KGT, SKOS)):
                        continue
                    targets = [target.value for target in shapes.values(rule.value, SH + "class")]
                    # Or the shape of a class says that it holds for the values of the property.
                    for other in shapes.subjects(SH + "targetObjectsOf", path.value):
                        targets += [target.value for target in shapes.values(other, SH + "targetClass")]
                    for goal in targets:
                        if domain.value != goal and (domain.value, path.value) != _NEVER:
                            edges.setdefault((_node(domain.value), _node(goal)), set()).add(path.value)
    modality = edges.pop((KG + "Report", KG + "Modality"), set()) | edges.pop((KG + "LegalAction", KG + "Modality"), set())
    values.setdefault(KG + "Report", set()).update(modality & {KG + "modality"})
    values.setdefault(KG + "LegalAction", set()).update(modality & {KG + "status"})
    drawn = {pair: names for pair, names in edges.items() if not any(end.endswith("#Property") for end in pair)}
    nodes = sorted({end for pair in drawn for end in pair} | (set(values) & {KG + "Case"}))
    lines = [
        "// Made from ontology/kg.ttl and shapes.ttl by docs/build.py; change those.",
        "digraph model {",
        '  graph [rankdir=TB, nodesep=0.5, ranksep=0.55, fontname="Helvetica", bgcolor="white"];',
        '  node [shape=box, style="filled,rounded", fillcolor="#f5f7fa", color="#8792a2", fontname="Helvetica", fontsize=11];',
        '  edge [color="#525c6b", fontname="Helvetica", fontsize=9, arrowsize=0.7];',
    ]
    for name in nodes:
        rows = "".join(f'<BR ALIGN="LEFT"/>{escape(shorten(value))}' for value in sorted(values.get(name, ())))
        rows = f'<FONT POINT-SIZE="9">{rows}<BR ALIGN="LEFT"/></FONT>' if rows else '<BR ALIGN="LEFT"/>'
        title = escape(_title(name)).replace("\n", '<BR ALIGN="LEFT"/>')
        colour = ', fillcolor="#e3eefb"' if name.startswith(KG) else ""
        lines.append(f'  "{name}" [label=<<B>{title}</B>{rows}>{colour}];')
    for (start, end), names in sorted(drawn.items()):
        text = "\\n".join(shorten(name) for name in sorted(names))
        lines.append(f'  "{start}" -> "{end}" [label="{text}"];')
    return "\n".join([*lines, "}"]) + "\n"


def _node(name: str) -> str:
    """The node of a class: people, organisations and places share one, phrases and sentences are told apart."""
    return "things" if name in _THINGS else name


def _title(name: str) -> str:
    return "schema:Person\nschema:Organization\nschema:Place" if name == "things" else shorten(name)


def draw(source: str) -> str | None:
    """The diagram as SVG, without the lines that tell the version of graphviz; None where graphviz is absent."""
    dot = shutil.which("dot")
    if dot is None:
        return None
    done = subprocess.run([dot, "-Tsvg"], input=source.encode(), capture_output=True, check=False)
    if done.returncode:
        raise ConfigurationError(f"graphviz cannot draw the model: {done.stderr.decode('utf-8', 'replace').strip()[:300]}")
    svg = done.stdout.decode()
    svg = re.sub(r"<!--.*?-->\n?", "", svg[svg.index("<svg") :], flags=re.DOTALL)
    return svg.replace("<svg ", '<svg role="img" aria-label="kg" ', 1)


def main(arguments: list[str]) -> None:
    """Write the pages, or with ``--diagram`` the diagram that lies beside this file."""
    pages = Pages()
    source = diagram_source(pages.ontology, pages.shapes)
    drawing = draw(source)
    if arguments == ["--diagram"]:
        if drawing is None:
            raise ConfigurationError("drawing needs graphviz: install it, so that there is a command dot")
        write_atomically(HERE / "model.dot", source.encode())
        write_atomically(HERE / "model.svg", drawing.encode())
        return
    folder = Path(arguments[0] if arguments else "output/docs")
    folder.mkdir(parents=True, exist_ok=True)
    drawing = drawing or (HERE / "model.svg").read_text("utf-8")
    for language in LANGUAGES:
        write_atomically(folder / f"{language}.html", pages.render(language, drawing).encode())
    write_atomically(folder / "index.html", (folder / "en.html").read_bytes())
    write_atomically(folder / "model.svg", drawing.encode())
    print(f"{folder / 'index.html'}")  # noqa: T201 - says where the pages are


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except ConfigurationError as problem:
        sys.exit(f"docs: {problem}")
