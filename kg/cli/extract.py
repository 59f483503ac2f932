"""``kg extract``: one JSON file per article."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import SOME_FAILED, say
from kg.cli.deciding import close_desk, open_desk
from kg.cli.progress import LogFormat, Progress, tell_new
from kg.cli.work import (
    Batch,
    ClusterOption,
    CurationOption,
    InputsArgument,
    JobsOption,
    KbOption,
    LangOption,
    LogFormatOption,
    OfflineOption,
    ParserOption,
    ReportOption,
    SpacyModelOption,
    WikidataOption,
    WorkOption,
    analyses,
    failures,
    parse_models,
    wikidata_mode,
)
from kg.issues import IssueLog


def extract(
    inputs: InputsArgument,
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder for the JSON files.")] = Path("output/analyses"),
    lang: LangOption = None,
    parser: ParserOption = "auto",
    spacy_model: SpacyModelOption = None,
    kb: KbOption = None,
    curation: CurationOption = None,
    wikidata: WikidataOption = False,
    wikidata_offline: OfflineOption = False,
    jobs: JobsOption = 1,
    cluster: ClusterOption = None,
    work: WorkOption = None,
    report: ReportOption = None,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Read articles and write what they say as JSON, one file per article.

    The exit status is 1 if some articles failed.
    """
    from kg.analysis_json import dumps
    from kg.assembly import Options, models_in_use
    from kg.batch.report import RunReport
    from kg.files import sweep, write_atomically

    desk = open_desk(curation)
    log, run = IssueLog(), RunReport()
    kbs = tuple(map(str, kb or ()))
    options = Options(parser, parse_models(spacy_model), curation, wikidata_mode(wikidata, wikidata_offline), kbs)
    batch = Batch(options, lang, jobs, work, log_format, cluster)
    sweep(output)
    count = actions = 0
    for analysis in analyses(inputs, batch, log, run):
        if desk is not None:
            analysis = desk.apply(analysis)
        path = output / f"{analysis.article.id}.json"
        write_atomically(path, dumps(analysis).encode("utf-8", "surrogatepass"))
        count += 1
        actions += len(analysis.reports or ())
    run.lap("analysis")
    if count:
        told = len(log.issues)
        close_desk(desk, curation, log)
        tell_new(log, told, log_format, Progress())
    say(f"{count} articles, {actions} legal actions → {output}")
    status = SOME_FAILED if failures(log) or not count else 0
    if report:
        run.write(report, log, models_in_use(options), status)
    if status:
        raise typer.Exit(status)
