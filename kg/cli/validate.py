"""``kg validate``: check RDF files against the shapes of the ontology."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import SOME_FAILED, say


def validate(
    files: Annotated[list[Path], typer.Argument(help="RDF files: .ttl .nt .rdf .owl .jsonld; they are checked together.")],
    shapes: Annotated[list[Path] | None, typer.Option("--shapes", help="SHACL shapes to use instead of the ontology's.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings too.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Show at most this many results; 0 shows all.")] = 100,
) -> None:
    """Check a graph against the shapes of the ontology.

    The exit status is 1 if it violates one. Warnings (a sentence before the trial, bail without custody) name what is doubtful
    and which articles tell it; they are allowed unless --strict is given.
    """
    from kg.issues import printable
    from kg.rdf.reading import read_triples
    from kg.rdf.validation import SEVERITIES
    from kg.rdf.validation import validate as run
    from kg.rdf.vocab import shorten

    verdict = run(read_triples(files), shapes or ())
    shown = verdict.results[:limit] if limit else verdict.results
    for result in shown:
        value = f" (found: {printable(shorten(result.value), 100)})" if result.value else ""
        shape = f" [{printable(shorten(result.shape))}]" if result.shape.startswith("http") else ""
        say(f"{result.severity.lower()}: {printable(shorten(result.focus))}: {printable(result.message)}{value}{shape}")
    if len(shown) < len(verdict.results):
        say(f"… and {len(verdict.results) - len(shown)} more (--limit 0 shows all)")
    counts = {severity: sum(r.severity == severity for r in verdict.results) for severity in SEVERITIES}
    found = ", ".join(f"{count} {severity.lower()}{'' if count == 1 else 's'}" for severity, count in counts.items() if count)
    say(f"{verdict.triples} triples: {'valid' if verdict.conforms else 'not valid'}{f' ({found})' if found else ''}")
    if not verdict.conforms or (strict and counts["Warning"]):
        raise typer.Exit(SOME_FAILED)
