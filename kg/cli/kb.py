"""``kg kb``: search, check, make and import knowledge bases."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kg.cli.common import SOME_FAILED, say, tell
from kg.cli.work import KbOption
from kg.errors import ConfigurationError
from kg.issues import IssueLog, printable

if TYPE_CHECKING:
    from kg.kb.importer import Progress
    from kg.link.kb import KnowledgeBase
    from kg.link.kbfile import FileKnowledgeBase

FolderArgument = Annotated[Path | None, typer.Argument(metavar="[FOLDER]", help="A knowledge base (default: the shipped one).")]
LanguagesOption = Annotated[str, typer.Option("--languages", help="Languages of names, by commas; up to eight.")]
ContactOption = Annotated[
    str,
    typer.Option(
        "--contact",
        envvar=["KG_WIKIDATA_CONTACT", "KG_CONTACT"],
        help="Your address of mail or web, sent with every request as Wikimedia asks.",
    ),
]


def build(
    output: Annotated[Path | None, typer.Option("-o", "--output", help="Folder to write (default: the shipped one).")] = None,
    npm: Annotated[Path | None, typer.Option(help="Folder of the npm packages (default: installed beside the recipe).")] = None,
) -> None:
    """Make the shipped knowledge base anew from its packages; needs a checkout and `make setup-kb`."""
    _run_recipe(output, npm)


def import_(
    source: Annotated[
        str, typer.Argument(metavar="SOURCE", help="A Wikidata dump (.json, .json.gz, .json.bz2), or a .tsv table.")
    ] = "",
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder of the knowledge base to write.")] = Path("output/kb"),
    sparql: Annotated[str | None, typer.Option("--sparql", help="A SPARQL endpoint to read instead of a file.")] = None,
    languages: LanguagesOption = "en,fr,ar,ru,es,de",
    only: Annotated[
        list[str] | None, typer.Option(help="Take this kind or feature only (person, city …); may be repeated.")
    ] = None,
    classes: Annotated[Path | None, typer.Option(help="More classes to take: a TSV file of class, kind and feature.")] = None,
    subclasses: Annotated[bool, typer.Option("--subclasses", help="Take all classes below too; a dump is read twice.")] = False,
    min_sitelinks: Annotated[int, typer.Option(min=0, help="Take items with at least so many pages in wikis.")] = 0,
    limit: Annotated[int, typer.Option(min=1, help="Keep so many entries, those with most pages in wikis.")] = 1_000_000,
    contact: ContactOption = "",
) -> None:
    """Make a knowledge base of a Wikidata dump, a SPARQL endpoint or a table of your own.

    An import of a dump that was stopped goes on when it is started again. The exit status is 1 if some records were skipped.
    """
    from kg.kb.classes import read_classes
    from kg.kb.importer import Wish, import_dump, import_entries
    from kg.kb.tables import read_table

    codes = _languages(languages)
    log = IssueLog()
    if bool(source) == bool(sparql):
        raise ConfigurationError("what is to be imported? Give a dump, a .tsv table, or --sparql ENDPOINT")
    if sparql:
        from kg.kb.endpoint import checked_endpoint, read_endpoint
        from kg.wikidata.asker import Asker, user_agent

        found = read_endpoint(Asker(user_agent(contact)), checked_endpoint(sparql), read_classes(only or (), classes), codes)
        kept = import_entries(found, output, codes, limit, {"endpoint": sparql})
    elif Path(source).suffix in (".tsv", ".txt"):
        kept = import_entries(read_table(Path(source), codes, log), output, codes, limit, {"table": Path(source).name})
    elif source.endswith((".json", ".json.gz", ".json.bz2", ".jsonl", ".gz", ".bz2")):
        wish = Wish(read_classes(only or (), classes), codes, min_sitelinks, limit, subclasses)
        progress = import_dump(Path(source), output, wish, log, _show_progress)
        if sys.stderr.isatty():
            sys.stderr.write("\r\033[K")
        if progress.resumed:
            tell(f"went on after line {progress.resumed}")
        kept = progress.kept
    else:
        raise ConfigurationError(f"{source} is neither a dump (.json, .json.gz, .json.bz2) nor a table (.tsv)")
    for issue in log.issues[:20]:
        tell(str(issue))
    if len(log.issues) > 20:
        tell(f"… and {len(log.issues) - 20} more")
    say(f"{kept} entries → {printable(str(output))}")
    if log.issues:
        raise typer.Exit(SOME_FAILED)


def search(
    name: Annotated[str, typer.Argument(help="A name.")],
    lang: Annotated[str, typer.Option(help="The language in which it is a name.")] = "en",
    kb: KbOption = None,
) -> None:
    """List the entries that bear a name, most likely first. The exit status is 1 if there is none."""
    found = _stack(kb).match(name, lang)
    for match in found:
        entry = match.entry
        notes = [note for note, true in (("weak", match.weak), ("another language", not match.lang_match)) if true]
        say("\t".join([entry.qid, f"{entry.prior:.3f}", entry.feature, entry.label(lang), entry.country or "", ", ".join(notes)]))
    if not found:
        tell(f"no entry is called {printable(name)!r}")
        raise typer.Exit(SOME_FAILED)


def show(qid: Annotated[str, typer.Argument(help="Like Q142.")], kb: KbOption = None) -> None:
    """Show all that is known of an entry. The exit status is 1 if there is none."""
    stack = _stack(kb)
    entry = stack.entry(qid)
    if entry is None:
        tell(f"there is no entry {printable(qid)}")
        raise typer.Exit(SOME_FAILED)
    country = stack.entry(entry.country) if entry.country else None
    say(f"{entry.qid}  {entry.kind.value}, {entry.feature}")
    for lang, name in entry.names:
        say(f"  {lang}           {name}")
    rows = {
        "population": str(entry.population or ""),
        "prior": f"{entry.prior:.3f}",
        "country": f"{entry.country} {country.label('en') if country else ''}".strip() if entry.country else "",
        "place": f"{entry.latitude:.3f}, {entry.longitude:.3f}"
        if entry.latitude is not None and entry.longitude is not None
        else "",
        "described": entry.description,
    }
    for title, value in rows.items():
        if value:
            say(f"  {title:<12} {value}")


def stats(folder: FolderArgument = None) -> None:
    """Count what a knowledge base holds: entries by kind and feature, labels by language, size."""
    base = _open(folder)
    features: Counter[tuple[str, str]] = Counter()
    labels: Counter[str] = Counter()
    for entry in _entries(base):
        features[entry.kind.value, entry.feature] += 1
        labels.update({lang for lang, _ in entry.names})
    size = sum(file.stat().st_size for file in base.folder.iterdir() if file.is_file())
    say(f"{base.version}: {len(base)} entries, {base.names} names, {size / 1e6:.1f} MB")
    for (kind, feature), count in sorted(features.items(), key=lambda pair: (-pair[1], pair[0])):
        say(f"  {count:>8}  {kind}, {feature}")
    say("labels: " + ", ".join(f"{lang} {labels[lang]}" for lang in base.languages))


def check(
    folder: FolderArgument = None,
    rebuild: Annotated[bool, typer.Option("--rebuild", help="Make it anew from the packages and compare the bytes.")] = False,
    wikidata: Annotated[bool, typer.Option("--wikidata", help="Compare the names of all entries with Wikidata.")] = False,
    api: Annotated[str | None, typer.Option("--api", help="The api.php to ask instead of Wikidata's.")] = None,
    contact: ContactOption = "",
    only: Annotated[list[str] | None, typer.Option(help="Compare this kind or feature only; may be repeated.")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="Compare the first so many entries only.")] = None,
) -> None:
    """Say whether the files are whole and agree with the recipe; the exit status is 1 if they do not."""
    from kg.kb.check import problems, same_files

    base = _open(folder)
    found = list(problems(base.folder))
    if rebuild:
        import tempfile

        with tempfile.TemporaryDirectory() as scratch:
            _run_recipe(Path(scratch), None)
            found += [f"{base.folder / name} is not what the recipe makes" for name in same_files(base.folder, Path(scratch))]
    for problem in found:
        say(printable(problem, 1000))
    if not found:
        say(f"{base.folder}: {len(base)} entries, as they were made")
    if wikidata:
        found += _compare(base, api, contact, set(only or ()), limit)
    if found:
        raise typer.Exit(SOME_FAILED)


COMMANDS: dict[str, Callable[..., Any]] = {
    "build": build,
    "import": import_,
    "search": search,
    "show": show,
    "stats": stats,
    "check": check,
}
"""The commands below ``kg kb``."""


def _compare(base: FileKnowledgeBase, api: str | None, contact: str, only: set[str], limit: int | None) -> list[str]:
    from itertools import islice

    from kg.kb.compare import compare
    from kg.wikidata.asker import Asker, user_agent
    from kg.wikidata.settings import ENDPOINT

    if api is None and not contact:
        raise ConfigurationError("Wikidata wants to know who asks: give --contact, your address of mail or web")
    entries = (e for e in _entries(base) if not only or e.kind.value in only or e.feature in only)
    found = []
    for difference in compare(islice(entries, limit), Asker(user_agent(contact)), base.languages, api or ENDPOINT):
        line = "\t".join([difference.qid, difference.lang, printable(difference.reason)])
        say(line)
        found.append(line)
    say(f"{len(found)} differences")
    return found


def _run_recipe(output: Path | None, npm: Path | None) -> None:
    import subprocess

    from kg.kb.check import CHECKOUT, RECIPE

    if not (RECIPE / "build.py").is_file():
        raise ConfigurationError("the recipe is not part of the installed package: run this in a checkout of kg")
    command = [sys.executable, "-m", "training.kb.build"]
    command += ["--out", str(output.resolve())] if output else []
    command += ["--npm", str(npm.resolve())] if npm else []
    tell("$ " + " ".join(command))
    if subprocess.run(command, cwd=CHECKOUT, check=False).returncode:
        raise ConfigurationError("the knowledge base could not be made; are its packages installed (`make setup-kb`)?")


def _languages(text: str) -> tuple[str, ...]:
    from kg.link.kbwrite import MOST_LANGUAGES

    codes = tuple(dict.fromkeys(code.strip() for code in text.split(",") if code.strip()))
    if not 1 <= len(codes) <= MOST_LANGUAGES or not all(len(c) == 2 and c.isascii() and c.islower() for c in codes):
        raise ConfigurationError(f"--languages takes 1 to {MOST_LANGUAGES} codes of two letters (en,fr,ar), not {text!r}")
    return codes


def _show_progress(progress: Progress) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{progress.lines} lines read, {progress.parsed} items looked at")
        sys.stderr.flush()


def _stack(folders: list[Path] | None) -> KnowledgeBase:
    from kg.link.kbstack import open_stack

    return open_stack(folders or ())


def _open(folder: Path | None) -> FileKnowledgeBase:
    from kg.link.kb import SHIPPED
    from kg.link.kbfile import FileKnowledgeBase

    return FileKnowledgeBase(folder or SHIPPED)


def _entries(base: FileKnowledgeBase) -> Any:
    return (entry for entry in map(base.entry, base.qids()) if entry is not None)
