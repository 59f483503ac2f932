"""The forms in which a graph can be written, by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

from pyoxigraph import Triple

from kg.errors import ConfigurationError
from kg.model import Graph
from kg.rdf import action_table, article_graphs, followthemoney, jsonld, turtle, wikidata_export
from kg.rdf.annotations import annotated
from kg.rdf.names import Names, name_nodes
from kg.rdf.triples import Run, graph_triples
from kg.rdf.vocab import DATA


@dataclass(frozen=True, slots=True)
class Written:
    """What is written: the graph, the names of its nodes under ``base``, and its triples in their order."""

    graph: Graph
    names: Names
    triples: tuple[Triple, ...]
    base: str


@dataclass(frozen=True, slots=True)
class Output:
    """A form of output: how its files end, what it is, and the function that makes its bytes.

    ``whole`` tells whether it holds the whole graph as RDF.
    """

    ending: str
    meaning: str
    write: Callable[[Written], bytes]
    whole: bool = True


OUTPUTS: Final[Mapping[str, Output]] = MappingProxyType(
    {
        "turtle": Output(".ttl", "Turtle, RDF 1.1", lambda w: turtle.to_bytes(w.triples, base=w.base)),
        "nt": Output(".nt", "N-Triples", lambda w: turtle.to_bytes(w.triples, turtle.Syntax.N_TRIPLES)),
        "trig": Output(".trig", "TriG, a named graph per article", lambda w: article_graphs.to_trig(w.triples, w.names, w.base)),
        "jsonld": Output(".jsonld", "JSON-LD 1.1 with its context", lambda w: jsonld.to_bytes(w.triples)),
        "rdf12": Output(
            ".rdf12.ttl",
            "Turtle, RDF 1.2: facts annotated with the reports that tell them",
            lambda w: turtle.to_bytes(annotated(w.triples), base=w.base),
        ),
        "ftm": Output(
            ".ftm.json", "FollowTheMoney entities, one a line", lambda w: followthemoney.to_lines(w.graph, w.names), whole=False
        ),
        "quickstatements": Output(
            ".quickstatements.tsv",
            "statements that Wikidata could take, for a human to approve",
            lambda w: wikidata_export.to_quickstatements(w.graph, w.names),
            whole=False,
        ),
        "csv": Output(
            ".csv", "the actions as a table for a spreadsheet", lambda w: action_table.to_csv(w.graph, w.names), whole=False
        ),
    }
)
"""Every form by the name that ``kg build --format`` knows it by."""


def choose(output: Path, names: Sequence[str]) -> dict[str, Path]:
    """The file of each form: ``output`` with the ending of the form, or ``output`` itself where no form is named.

    Raises:
        ConfigurationError: there is no such form, or no form is named and the ending of ``output`` is that of none.
    """
    # The longest first: graph.rdf12.ttl is no Turtle of RDF 1.1.
    known = sorted(OUTPUTS, key=lambda name: (-len(OUTPUTS[name].ending), name))
    told = next((name for name in known if output.name.endswith(OUTPUTS[name].ending)), None)
    for name in names:
        if name not in OUTPUTS:
            raise ConfigurationError(f"no format {name!r} (known: {', '.join(OUTPUTS)})")
    if not names:
        if told is None:
            endings = " or ".join(sorted(form.ending for form in OUTPUTS.values()))
            raise ConfigurationError(f"--output must end in {endings}, not {output.name!r}; or choose a --format")
        return {told: output}
    stem = output.name.removesuffix(OUTPUTS[told].ending) if told else output.name
    return {name: output.with_name(stem + OUTPUTS[name].ending) for name in dict.fromkeys(names)}


def prepare(graph: Graph, base: str = DATA, run: Run | None = None) -> Written:
    """Everything that the forms of output need.

    Raises:
        KgError: the graph is not whole.
        ConfigurationError: ``base`` is no address to build names under.
    """
    names = name_nodes(graph, base)
    return Written(graph, names, graph_triples(graph, base, run, names), base)
