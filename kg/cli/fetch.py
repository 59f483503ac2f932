"""``kg fetch``: articles from feeds, sitemaps and addresses, into a web archive."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from kg.cli.common import SOME_FAILED, say
from kg.cli.progress import LogFormat, Progress, tell_new
from kg.cli.work import LogFormatOption
from kg.errors import ConfigurationError
from kg.issues import IssueLog, Severity, printable


def fetch(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE…", help="Addresses of feeds, sitemaps or pages, or files that list them; - for standard input."
        ),
    ],
    output: Annotated[Path, typer.Option("-o", "--output", help="The web archive to write (.warc.gz).")] = Path(
        "output/news.warc.gz"
    ),
    contact: Annotated[
        str, typer.Option(envvar="KG_CONTACT", help="Your mail address or page, for the owners of the sites.")
    ] = "",
    work: Annotated[Path | None, typer.Option(help="Folder that keeps what was fetched (default: beside the output).")] = None,
    rate: Annotated[float, typer.Option(help="Requests a second to one host, at most.")] = 1.0,
    jobs: Annotated[int, typer.Option(min=1, max=64, help="Hosts that are asked side by side.")] = 4,
    max_age: Annotated[float, typer.Option(min=0, help="Hours for which a page is not asked for again.")] = 24.0,
    limit: Annotated[int, typer.Option(min=1, help="Pages of one run, at most.")] = 2_000,
    patience: Annotated[float, typer.Option(min=0, help="Longest wait in seconds that a server may ask for.")] = 60.0,
    deadline: Annotated[float, typer.Option(min=1, help="Seconds in which an answer must be there.")] = 60.0,
    allow_private: Annotated[
        bool, typer.Option("--allow-private", help="Also ask machines of private networks, and this one (intranets, tests).")
    ] = False,
    report: Annotated[Path | None, typer.Option(help="Write counts, problems and times as JSON to this file.")] = None,
    log_format: LogFormatOption = LogFormat.TEXT,
) -> None:
    """Fetch the articles that feeds and sitemaps list, and write them as a web archive that ``kg build`` reads.

    What was fetched stays in the work folder: a run that is stopped goes on where it was, and the archive grows with each run.
    The exit status is 1 if some addresses failed.
    """
    from kg.batch.report import RunReport
    from kg.fetch.client import Client
    from kg.fetch.listing import Listed
    from kg.fetch.run import Got, Round
    from kg.fetch.settings import Settings
    from kg.fetch.store import Store, write_archive

    if not output.name.endswith(".warc.gz"):
        raise ConfigurationError(f"--output must end in .warc.gz, not {output.name}")
    settings = Settings(
        contact.strip(), rate, deadline=deadline, patience=patience, max_age=3600.0 * max_age, private=allow_private
    )
    folder = work or output.parent / "fetched"
    around = Round(Client(settings), Store(folder, "pages"), Store(folder, "lists"))
    for store in (around.pages, around.lists):
        store.sweep()
    log, run, counts, told = IssueLog(), RunReport(), Counter[str](), 0
    progress = Progress("lists")
    wanted: dict[str, Listed] = {}
    for pages, result in around.listed(_addresses(sources, log), jobs):
        for page in pages:
            wanted.setdefault(page.url, page)
        if not pages and result.got is Got.NEW:
            counts[result.got] += 1
        if result.issue is not None:
            log.issues.append(result.issue)
        told = tell_new(log, told, log_format, progress)
        progress.step()
    progress.clear()
    run.lap("lists")
    chosen = list(wanted.values())
    if len(chosen) > limit:
        log.warning("sources", f"they list {len(chosen):,} pages; the first {limit:,} are fetched (see --limit)")
        chosen = chosen[:limit]
    progress = Progress("pages", lambda done: done / len(chosen))
    for result in around.fetched(chosen, jobs):
        counts[result.got] += 1
        if result.issue is not None:
            log.issues.append(result.issue)
        told = tell_new(log, told, log_format, progress)
        progress.step()
    progress.clear()
    tell_new(log, told, log_format, progress)
    run.lap("pages")
    kept = write_archive(output, around.pages) if any(True for _ in around.pages) else 0
    run.lap("write")
    say(f"pages     {', '.join(f'{name} {counts[name]}' for name in Got if counts[name]) or 'none'}")
    say(f"written   {kept} pages → {printable(str(output))}" if kept else "nothing was fetched; no archive was written")
    failed = any(issue.severity is Severity.ERROR for issue in log.issues)
    status = SOME_FAILED if failed or not kept else 0
    if report:
        run.write(report, log, (), status, {"pages": {name.value: counts[name] for name in Got}, "kept": kept})
    if status:
        raise typer.Exit(status)


def _addresses(sources: list[str], log: IssueLog) -> list[str]:
    """The addresses that the user names, those in files included."""
    found: list[str] = []
    for source in sources:
        if source == "-":
            found += _lines(sys.stdin.read())
        elif "://" in source:
            found.append(source)
        else:
            try:
                found += _lines(Path(source).read_text("utf-8-sig"))
            except (OSError, ValueError) as error:
                reason = (error.strerror if isinstance(error, OSError) else None) or "it is no UTF-8 text"
                log.error(source, f"is no address (they begin with http:// or https://), and no list of them: {reason}")
    return found


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
