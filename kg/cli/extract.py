"""``kg extract``: one JSON file per article."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import SOME_FAILED, say
from kg.cli.work import analyses, failures, parse_models
from kg.issues import IssueLog


def extract(
    inputs: Annotated[list[str], typer.Argument(metavar="INPUT…", help="Files, folders, patterns, or - for standard input.")],
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the JSON files.")] = Path("output/analyses"),
    lang: Annotated[str | None, typer.Option(help="Language of all articles; else each is detected.")] = None,
    parser: Annotated[str, typer.Option(help="Parser backend: auto, spacy, stanza or rules.")] = "auto",
    spacy_model: Annotated[list[str] | None, typer.Option(help="Another spaCy pipeline: en=en_core_web_trf.")] = None,
) -> None:
    """Read articles and write what they say as JSON, one file per article.

    The exit status is 1 if some articles failed.
    """
    from kg.analysis_json import dumps
    from kg.assembly import Options
    from kg.files import write_atomically

    log = IssueLog()
    count = actions = 0
    for analysis in analyses(inputs, Options(parser, parse_models(spacy_model or [])), log, lang):
        path = output / f"{analysis.article.id}.json"
        write_atomically(path, dumps(analysis).encode("utf-8", "surrogatepass"))
        count += 1
        actions += len(analysis.reports or ())
    say(f"{count} articles, {actions} legal actions → {output}")
    if failures(log) or not count:
        raise typer.Exit(SOME_FAILED)
