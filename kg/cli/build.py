"""``kg build``: articles become one graph, in Turtle or another form."""

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
    StrictOption,
    WikidataOption,
    WorkOption,
    analyses,
    failures,
    parse_models,
    wikidata_mode,
)
from kg.cli.writing import BaseOption, FormatOption, OutputOption, PartsOption, targets, write_graph
from kg.errors import ConfigurationError
from kg.issues import IssueLog, printable


def build(
    inputs: InputsArgument,
    output: OutputOption = Path("output/kg.ttl"),
    formats: FormatOption = None,
    base: BaseOption = None,
    parts: PartsOption = 0,
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
    keep: Annotated[
        Path | None, typer.Option("--analyses", help="Folder for one JSON analysis per article, from which `kg update` goes on.")
    ] = None,
    report: ReportOption = None,
    log_format: LogFormatOption = LogFormat.TEXT,
    strict: StrictOption = False,
) -> None:
    """Read articles, merge what they say, and write the knowledge graph.

    The exit status is 1 if some articles failed; the graph then holds the others. Where none could be read the file of an
    earlier run stays as it is.
    """
    from kg.analysis_json import dumps
    from kg.assembly import Options, models_in_use
    from kg.batch.collection import path_of
    from kg.batch.report import RunReport
    from kg.files import write_atomically

    files, base = targets(output, formats, base)
    desk = open_desk(curation)
    if keep is not None and keep.is_dir() and any(keep.rglob("*.json")):
        raise ConfigurationError(f"{keep} holds analyses already: go on with `kg update {keep} INPUT…`, or name another folder")
    log, run = IssueLog(), RunReport()
    kbs = tuple(map(str, kb or ()))
    options = Options(parser, parse_models(spacy_model), curation, wikidata_mode(wikidata, wikidata_offline), kbs)
    batch = Batch(options, lang, jobs, work, log_format, cluster)
    done = list(analyses(inputs, batch, log, run))
    run.lap("analysis")
    # As they were read: decisions about actions are applied anew by every update.
    kept = done
    if desk is not None and done:
        done = [desk.apply(analysis) for analysis in done]
        told = len(log.issues)
        close_desk(desk, curation, log)
        tell_new(log, told, log_format, Progress())
    failed = failures(log)
    if not done:
        say(f"no article could be read; {printable(str(output))} was not written")
    elif strict and failed:
        say(f"{failed} articles failed and --strict was given; {printable(str(output))} was not written")
    else:
        if keep is not None:
            for analysis in kept:
                write_atomically(path_of(keep, analysis.article), dumps(analysis).encode("utf-8", "surrogatepass"))
        write_graph(done, files, base, run.lap, parts, desk.settle().decided if desk is not None else None)
        say(f"problems  {len(log.issues)}" + (f" ({failed} articles skipped)" if failed else ""))
    status = SOME_FAILED if failed or not done else 0
    if report:
        run.write(report, log, models_in_use(options), status)
    if status:
        raise typer.Exit(status)
