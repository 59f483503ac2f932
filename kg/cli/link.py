"""``kg link``: finished analyses are linked again, without reading their articles."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import SOME_FAILED, say
from kg.cli.deciding import close_desk, line_of, open_desk
from kg.cli.progress import LogFormat, Progress, tell_new
from kg.cli.work import (
    CurationOption,
    KbOption,
    LogFormatOption,
    OfflineOption,
    WikidataOption,
    failures,
    wikidata_mode,
)
from kg.errors import ConfigurationError
from kg.issues import IssueLog, printable

if TYPE_CHECKING:
    from kg.link.refresh import Change
    from kg.model import Analysis


def link(
    analyses: Annotated[list[Path], typer.Argument(metavar="ANALYSIS…", help="Analyses (*.json) of kg extract, or folders.")],
    refresh: Annotated[bool, typer.Option("--refresh", help="Write what changed; else it is only shown.")] = False,
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder for all analyses, changed or not.")] = None,
    curation: CurationOption = None,
    kb: KbOption = None,
    wikidata: WikidataOption = False,
    wikidata_offline: OfflineOption = False,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Link finished analyses again: with a newer knowledge base, your decisions, or Wikidata. Decisions about actions apply too.

    Prints every entity whose item is another than before, and every report that was decided about.
    The exit status is 1 if a file is no analysis; the others are done.
    """
    from kg.analysis_json import dumps
    from kg.assembly import Options, link_stage, tools_in_use
    from kg.files import write_atomically
    from kg.link.refresh import relink

    paths = found_in(analyses)
    options = Options(curation=curation, wikidata=wikidata_mode(wikidata, wikidata_offline), kbs=tuple(map(str, kb or ())))
    stage = link_stage(options)
    desk = open_desk(curation)
    log, told, progress = IssueLog(), 0, Progress("analyses", lambda done: done / len(paths))
    changes: list[Change] = []
    for path in paths:
        analysis = _read(path, log)
        told = tell_new(log, told, log_format, progress)
        if analysis is None:
            continue
        done, changed = relink(analysis, stage)
        if analysis.tools is not None:
            done = replace(done, tools=tools_in_use(options, analysis.tools))
        for change in changed:
            say(f"{printable(change.article)}\t{printable(change.name)}\t{change.old or 'NIL'} → {change.new or 'NIL'}")
        changes.extend(changed)
        if desk is not None:
            before = len(desk.applied)
            done = desk.apply(done)
            for applied in desk.applied[before:]:
                say(line_of(applied))
        target = output / path.name if output else path
        if output or (refresh and done != analysis):
            write_atomically(target, dumps(done).encode("utf-8", "surrogatepass"))
    kinds = Counter("NIL → item" if c.gained else "item → NIL" if c.new is None else "another item" for c in changes)
    parts = ", ".join(f"{name} {kinds[name]}" for name in ("NIL → item", "another item", "item → NIL"))
    decided = desk is not None and bool(desk.applied)
    note = "" if refresh or output or not (changes or decided) else " (nothing written: add --refresh)"
    told = len(log.issues)
    close_desk(desk, curation, log)
    tell_new(log, told, log_format, progress)
    say(f"{len(paths) - failures(log)} analyses: {parts}{note}")
    if failures(log):
        raise typer.Exit(SOME_FAILED)


def found_in(paths: list[Path]) -> list[Path]:
    """The files named, and the ``*.json`` below folders, in order.

    Raises:
        ConfigurationError: a path does not exist, or there is nothing at all.
    """
    found: list[Path] = []
    for path in paths:
        if not path.exists():
            raise ConfigurationError(f"{path} does not exist: name analyses that `kg extract` wrote, or their folder")
        found.extend(sorted(path.rglob("*.json")) if path.is_dir() else [path])
    if not found:
        raise ConfigurationError("there are no analyses (*.json) there: write some with `kg extract INPUT… -o DIR`")
    return list(dict.fromkeys(found))


def _read(path: Path, log: IssueLog) -> Analysis | None:
    from kg.analysis_json import from_dict

    try:
        return from_dict(json.loads(path.read_bytes()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        log.error(str(path), f"it is no analysis ({type(error).__name__}: {error}); write it again with `kg extract`")
        return None
