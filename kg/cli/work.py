"""Analysing many articles from the command line: options, progress, one line per problem."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.progress import LogFormat, Progress, tell_new
from kg.errors import ConfigurationError
from kg.issues import IssueLog, Severity

if TYPE_CHECKING:
    from kg.assembly import Options, Wikidata
    from kg.batch.report import RunReport
    from kg.model import Analysis, Article


InputsArgument = Annotated[list[str], typer.Argument(metavar="INPUT…", help="Files, folders, patterns, or - for standard input.")]
LangOption = Annotated[str | None, typer.Option(help="Language of all articles; else each is detected.")]
ParserOption = Annotated[str, typer.Option(help="Parser backend: auto, spacy, stanza or rules.")]
SpacyModelOption = Annotated[list[str] | None, typer.Option(help="Another spaCy pipeline: en=en_core_web_trf.")]
CurationOption = Annotated[
    Path | None,
    typer.Option(envvar="KG_CURATION", help="Table of your decisions: a name in a language or article is, or is not, an item."),
]
WikidataOption = Annotated[
    bool, typer.Option("--wikidata", help="Ask Wikidata for what the knowledge base does not have (set KG_WIKIDATA_CONTACT).")
]
OfflineOption = Annotated[bool, typer.Option("--wikidata-offline", help="Use only what Wikidata answered in earlier runs.")]
JobsOption = Annotated[int, typer.Option(min=0, help="Worker processes; 0: one per processor.")]
ClusterOption = Annotated[str | None, typer.Option(help="Analyse on a dask cluster: tcp://HOST:PORT of its scheduler, or local.")]
WorkOption = Annotated[
    Path | None, typer.Option(help="Folder that keeps finished analyses: the next run analyses only what is new or changed.")
]
ReportOption = Annotated[Path | None, typer.Option(help="Write counts, problems, versions and times as JSON to this file.")]
LogFormatOption = Annotated[LogFormat, typer.Option(help="How problems are told.")]
KbOption = Annotated[
    list[Path] | None,
    typer.Option("--kb", envvar="KG_KB", help="Folder of a knowledge base that goes before the shipped one; may be repeated."),
]
StrictOption = Annotated[bool, typer.Option("--strict", help="Write nothing if any article failed.")]


@dataclass(frozen=True)
class Batch:
    """How many articles are analysed: pipeline options, language, workers, cache, and how problems are told."""

    options: Options
    lang: str | None = None
    jobs: int = 1
    work: Path | None = None
    log_format: LogFormat = LogFormat.TEXT
    cluster: str | None = None

    @property
    def workers(self) -> int:
        """The number of worker processes, 0 resolved to the processors that this process may use."""
        if self.jobs:
            return self.jobs
        return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def wikidata_mode(ask: bool, offline: bool) -> Wikidata:
    """What the options ``--wikidata`` and ``--wikidata-offline`` want; offline wins."""
    from kg.assembly import Wikidata

    return Wikidata.OFFLINE if offline else Wikidata.ASK if ask else Wikidata.OFF


def parse_models(values: Sequence[str] | None) -> dict[str, str]:
    """``en=en_core_web_trf`` options as a table.

    Raises:
        ConfigurationError: a value is not of that form.
    """
    table = {}
    for value in values or ():
        code, equals, model = value.partition("=")
        if not (code and equals and model):
            raise ConfigurationError(f"--spacy-model takes LANGUAGE=PIPELINE (en=en_core_web_trf), not {value!r}")
        table[code] = model
    return table


def analyses(inputs: Sequence[str], batch: Batch, log: IssueLog, report: RunReport) -> Iterator[Analysis]:
    """Analyse the articles of ``inputs`` in order; what fails is logged and told, and the rest goes on.

    Raises:
        ConfigurationError: an option or the installation is wrong.
    """
    from kg.read.inputs import Extent, read_inputs

    extent = Extent()
    return analyses_of(read_inputs(list(inputs), log, lang=batch.lang, extent=extent), batch, log, report, extent.share)


def analyses_of(
    articles: Iterable[Article],
    batch: Batch,
    log: IssueLog,
    report: RunReport,
    share: Callable[[], float | None] = lambda: None,
) -> Iterator[Analysis]:
    """Analyse ``articles`` in order; what fails is logged and told, and the rest goes on.

    On a terminal standard error shows how many are done, how fast, and, where ``share`` knows which part is read, the time left;
    in a pipe it stays quiet but for problems.

    Raises:
        ConfigurationError: an option or the installation is wrong.
    """
    from kg.batch.cache import AnalysisCache
    from kg.batch.fingerprint import cache_key
    from kg.batch.pool import analyse_all

    cache = AnalysisCache(batch.work, cache_key(batch.options)) if batch.work else None
    if cache:
        cache.sweep()
    told, progress = len(log.issues), Progress("articles", lambda done: share())
    for outcome in analyse_all(articles, batch.options, batch.workers, cache, batch.cluster):
        report.count(outcome)
        if outcome.failure is not None:
            log.error(outcome.failure.source, outcome.failure.reason)
        told = tell_new(log, told, batch.log_format, progress)
        progress.step()
        if outcome.analysis is not None:
            yield outcome.analysis
    progress.clear()
    tell_new(log, told, batch.log_format, progress)


def failures(log: IssueLog) -> int:
    """How many records were skipped."""
    return sum(issue.severity is Severity.ERROR for issue in log.issues)
