"""``kg update``: articles added to, corrected in or taken out of a finished graph."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kg.cli.common import SOME_FAILED, say
from kg.cli.deciding import close_desk, open_desk
from kg.cli.progress import LogFormat, Progress, tell_new
from kg.cli.work import (
    Batch,
    ClusterOption,
    CurationOption,
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
    analyses_of,
    failures,
    parse_models,
    wikidata_mode,
)
from kg.cli.writing import BaseOption, FormatOption, OutputOption, targets, write_forms
from kg.errors import ConfigurationError
from kg.issues import IssueLog, printable

if TYPE_CHECKING:
    from kg.batch.update import Plan
    from kg.rdf.snapshot import Snapshot


def update(
    folder: Annotated[Path, typer.Argument(metavar="ANALYSES", help="Folder of the graph's analyses (kg build --analyses).")],
    inputs: Annotated[
        list[str] | None, typer.Argument(metavar="[INPUT]…", help="New and corrected articles: files, folders, patterns, or -.")
    ] = None,
    output: OutputOption = Path("output/kg.ttl"),
    remove: Annotated[
        list[str] | None, typer.Option("--remove", help="Take out an article, by its address, id or file; may be repeated.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")] = False,
    limit: Annotated[int, typer.Option(min=0, help="Tell at most this many changes of each kind; 0 tells all.")] = 20,
    formats: FormatOption = None,
    base: BaseOption = None,
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
    strict: StrictOption = False,
) -> None:
    """Bring a finished graph up to date: the bytes are those of building it at once from the articles as they are now.

    An article with the address or the id of a known one takes its place, and the old reports go. Actions that lose their last
    report go with them. The exit status is 1 if an article failed or none is meant by --remove; the old version then stays.
    """
    from kg.assembly import Options, models_in_use, tools_in_use
    from kg.batch.collection import locked, read_collection
    from kg.batch.report import RunReport
    from kg.batch.update import Plan
    from kg.cli.diff import rendered
    from kg.merge import NOTHING, merge
    from kg.rdf.difference import compare
    from kg.rdf.outputs import prepare
    from kg.rdf.snapshot import take
    from kg.read.inputs import read_inputs

    files, base = targets(output, formats, base)
    desk = open_desk(curation)
    log, run = IssueLog(), RunReport()
    kbs = tuple(map(str, kb or ()))
    options = Options(parser, parse_models(spacy_model), curation, wikidata_mode(wikidata, wikidata_offline), kbs)
    batch = Batch(options, lang, jobs, work, log_format, cluster)
    with locked(folder):
        plan = Plan(read_collection(folder), tools_in_use(options))
        for name in remove or ():
            found = plan.collection.meant_by(name)
            plan.remove(found)
            if not found:
                log.error(name, f"no article of this address, id or file is in {folder}")
        tell_new(log, 0, log_format, Progress())
        if inputs:
            articles = plan.to_analyse(read_inputs(inputs, log, lang=lang))
            for analysis in analyses_of(articles, batch, log, run):
                plan.add(analysis)
        run.lap("analysis")
        result = plan.result
        if desk is not None:
            result, told = tuple(desk.apply(analysis) for analysis in result), len(log.issues)
            close_desk(desk, curation, log)
            tell_new(log, told, log_format, Progress())
        failed = failures(log)
        written = prepare(merge(result, desk.settle().decided if desk is not None else NOTHING), base)
        run.lap("merge")
        difference = compare(_before(plan, files, base), take(written.triples))
        run.lap("compare")
        _summary(plan)
        for line in rendered(difference, limit):
            say(line)
        if dry_run:
            say("nothing was written (--dry-run)")
        elif strict and failed:
            say(f"{failed} articles failed and --strict was given; nothing was written")
        else:
            _keep(plan, folder)
            write_forms(written, files)
            _drop(plan, folder)
            run.lap("write")
        say(f"problems  {len(log.issues)}" + (f" ({failed} articles failed)" if failed else ""))
    status = SOME_FAILED if failed else 0
    if report:
        run.write(report, log, models_in_use(options), status)
    if status:
        raise typer.Exit(status)


def _before(plan: Plan, files: dict[str, Path], base: str) -> Snapshot:
    """What the graph said before: as its file says, or else as the analyses that were kept do."""
    from kg.merge import merge
    from kg.rdf.outputs import prepare
    from kg.rdf.reading import stream_triples
    from kg.rdf.snapshot import take

    for form in ("nt", "turtle"):
        if form in files and files[form].is_file():
            try:
                return take(stream_triples(files[form]))
            except ConfigurationError:
                continue  # it will be written anew
    return take(prepare(merge(one.analysis for one in plan.collection.kept), base).triples)


def _summary(plan: Plan) -> None:
    counts = (("new", plan.new), ("corrected", plan.corrected), ("removed", plan.removed))
    parts = [f"{len(ids)} {what}" for what, ids in counts if ids] or ["nothing changed"]
    say(f"update    {', '.join(parts)}, {plan.unchanged} given again as they were; {len(plan.result)} articles in all")
    for what, ids in counts:
        for key in ids[:20]:
            say(f"  {what}: {printable(key)}")
        if len(ids) > 20:
            say(f"  … and {len(ids) - 20} more {what}")


def _keep(plan: Plan, folder: Path) -> None:
    """Write the analyses that came, before the graph: a run that is stopped here can be repeated."""
    from kg.analysis_json import dumps
    from kg.batch.collection import path_of
    from kg.files import write_atomically

    for analysis in plan.came:
        write_atomically(path_of(folder, analysis.article), dumps(analysis).encode("utf-8", "surrogatepass"))


def _drop(plan: Plan, folder: Path) -> None:
    """Take away the analyses that went, after the graph."""
    from kg.batch.collection import path_of

    written = {path_of(folder, analysis.article) for analysis in plan.came}
    for one in plan.gone:
        if one.path not in written:
            try:
                one.path.unlink(missing_ok=True)
            except OSError as error:
                raise ConfigurationError(f"cannot remove {one.path}: {error.strerror or error}; remove it by hand") from error
