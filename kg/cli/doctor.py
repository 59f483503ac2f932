"""``kg doctor``: what is installed, and which language works how."""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib import metadata, util
from pathlib import Path
from typing import Annotated

import typer
from packaging.requirements import Requirement

from kg import __version__
from kg.cli.common import SOME_FAILED, say
from kg.errors import KgError
from kg.lang.pack import LanguagePack, languages, load_pack
from kg.parse.assemble import settings
from kg.parse.stage import AUTO, backend_of, chosen_model, load_parser

DISTRIBUTION = "kg-exporter"
PROGRAMS = ("make", "serdi", "rapper", "chromium", "oxigraph")
"""Programs that checks and tests use where they are there; nothing else needs them."""


@dataclass(frozen=True, slots=True)
class Part:
    """One thing that may be installed: its ``version`` (None: absent), and ``advice`` where something is wrong with it."""

    name: str
    version: str | None
    needed: bool
    advice: str = ""


@dataclass(frozen=True, slots=True)
class LanguageState:
    """How one language works: its parser with model, whether it has trees, patterns by count, and what is ``wrong`` with it."""

    code: str
    name: str
    backend: str
    parser: str
    trees: bool
    recogniser: bool
    patterns: int
    wrong: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """Everything that ``kg doctor`` says."""

    version: str
    python: str
    system: str
    packages: tuple[Part, ...]
    languages: tuple[LanguageState, ...]
    data: tuple[Part, ...]
    extras: dict[str, tuple[Part, ...]] = field(default_factory=dict)
    programs: tuple[Part, ...] = ()

    @property
    def healthy(self) -> bool:
        """Whether everything that is needed is there."""
        parts = (*self.packages, *self.data)
        return not any(part.needed and part.advice for part in parts) and not any(state.wrong for state in self.languages)


def diagnose(deep: bool = False) -> Diagnosis:
    """Look at the installation; ``deep`` loads every parser and tries it on a sentence. Without it nothing heavy is imported."""
    core, extras = _requirements()
    return Diagnosis(
        version=__version__,
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}, {os.cpu_count() or '?'} cores",
        packages=tuple(_package(requirement, needed=True) for requirement in core),
        languages=tuple(_language(load_pack(code), deep) for code in languages()),
        data=(_knowledge_base(), _names_model(), _action_model()),
        extras={name: tuple(_package(r, needed=False) for r in parts) for name, parts in extras.items()},
        programs=tuple(Part(name, _program(name), needed=False) for name in PROGRAMS),
    )


def _requirements() -> tuple[list[Requirement], dict[str, list[Requirement]]]:
    """What the installed project asks of this Python, and its extras."""
    core: list[Requirement] = []
    extras: dict[str, list[Requirement]] = {}
    try:
        names = metadata.metadata(DISTRIBUTION).get_all("Provides-Extra") or []
        lines = metadata.requires(DISTRIBUTION) or []
    except metadata.PackageNotFoundError:
        return core, extras
    for requirement in map(Requirement, lines):
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            core.append(requirement)
            continue
        for name in names:
            if requirement.marker.evaluate({"extra": name}):
                extras.setdefault(name, []).append(requirement)
    return core, extras


def _package(requirement: Requirement, needed: bool) -> Part:
    try:
        version = metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return Part(requirement.name, None, needed, "run `make setup`" if needed else "")
    if requirement.specifier.contains(version, prereleases=True):
        return Part(requirement.name, version, needed)
    return Part(requirement.name, version, needed, f"{requirement.specifier} is asked for: run `make setup`")


def _language(pack: LanguagePack, deep: bool) -> LanguageState:
    wrong: list[str] = []
    backend = parser = "?"
    trees = recogniser = False
    try:
        chosen = chosen_model(pack.code)
        backend = "spacy" if chosen else backend_of(pack)
        trees, recogniser, parser = backend != "rules", backend != "rules", backend
        if backend == "spacy":
            parser = _pipeline(pack, chosen)
        if deep:
            trees, recogniser, parser = _try(pack)
    except KgError as error:
        wrong.append(str(error))
    if pack.has_actions and not pack.patterns:
        wrong.append("no patterns of legal actions: nothing but names will be found")
    return LanguageState(pack.code, pack.name, backend, parser, trees, recogniser, len(pack.patterns), tuple(wrong))


def _pipeline(pack: LanguagePack, chosen: str | None) -> str:
    """The pipeline that would be used, with its version, without loading it."""
    from kg.errors import ConfigurationError
    from kg.parse.spacy_ import installed_pipeline

    name = chosen or installed_pipeline(pack)
    if name is None:
        wanted = ", ".join(settings(pack).get("pipelines", ()))
        raise ConfigurationError(f"no spaCy pipeline is installed (looked for {wanted}): run `make setup`")
    if Path(name).is_dir():
        return f"spacy {name}"
    if not name.isidentifier() or util.find_spec(name) is None:
        raise ConfigurationError(f"the chosen spaCy pipeline {name!r} is not installed")
    try:
        return f"spacy {name} {metadata.version(name)}"
    except metadata.PackageNotFoundError:
        return f"spacy {name}"


def _try(pack: LanguagePack) -> tuple[bool, bool, str]:
    """Load the parser and parse the sample of the language: trees, whether it proposes names, name with the seconds it took."""
    from kg.errors import ConfigurationError
    from kg.model import Article, Span

    sample: str = settings(pack).get("sample", pack.name)
    started = time.perf_counter()
    parser = load_parser(pack.code, AUTO)
    document = parser(Article("sample", sample, (Span(0, len(sample)),), pack.code))
    seconds = time.perf_counter() - started
    if not document.tokens:
        raise ConfigurationError(f"{parser.name} finds no words in {sample!r}")
    return document.trees, bool(document.names), f"{parser.name}, loaded in {seconds:.1f} s"


def _knowledge_base() -> Part:
    from kg.link.kb import open_shipped

    return _data("knowledge base", lambda: open_shipped().version, needed=True)


def _names_model() -> Part:
    from kg.mention.encoder import SHIPPED, read_settings

    return _model("names model", lambda: read_settings(SHIPPED / "config.json").version, SHIPPED, ("lower.onnx", "upper.onnx"))


def _action_model() -> Part:
    from kg.extract.reader import SHIPPED, open_settings

    return _model("action model", lambda: open_settings(SHIPPED).version, SHIPPED, ("model.onnx",))


def _model(name: str, version: Callable[[], str], folder: Path, files: tuple[str, ...]) -> Part:
    """A model that ships: its settings and its files."""
    part = _data(name, version, needed=True)
    missing = next((folder / file for file in files if not (folder / file).is_file()), None)
    if part.version and missing is not None:
        return Part(name, None, needed=True, advice=f"{missing} is missing: install kg anew")
    return part


def _program(name: str) -> str | None:
    """The path of a program, in the environment of this Python or on the search path."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)


def _data(name: str, version: Callable[[], str], needed: bool) -> Part:
    try:
        return Part(name, version(), needed)
    except KgError as error:
        return Part(name, None, needed, str(error))


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="Print the findings as JSON.")] = False,
    deep: Annotated[bool, typer.Option("--deep", help="Also load every parser and try it on a sentence.")] = False,
) -> None:
    """Say what is installed and which language works how.

    The exit status is 1 if something is missing that is needed.
    """
    found = diagnose(deep)
    if as_json:
        say(json.dumps({**asdict(found), "healthy": found.healthy}, ensure_ascii=False, indent=1))
    else:
        for line in render(found):
            say(line)
    if not found.healthy:
        raise typer.Exit(SOME_FAILED)


def render(found: Diagnosis) -> list[str]:
    """The findings as lines of text."""
    out = [f"kg {found.version}, Python {found.python}, {found.system}", "", "languages"]
    for state in found.languages:
        what = ["words and sentences", "trees" if state.trees else "no trees"]
        what.append(f"names by model, knowledge base and rules{', and its own' if state.recogniser else ''}")
        actions = f"{state.patterns} files of patterns" if state.patterns or state.wrong else "no actions, names alone"
        out.append(f"  {state.code}  {state.name:<10} {state.parser} ({', '.join(what)}); {actions}")
        out += [f"      wrong: {reason}" for reason in state.wrong]
    out += ["", "data", *map(_line, found.data), "", "packages", *map(_line, found.packages)]
    for name, parts in found.extras.items():
        there = all(part.version for part in parts)
        out += ["", f"extra {name}: {'installed' if there else 'not installed'}", *map(_line, parts)]
    out += ["", "programs for checks and tests (optional)", *map(_line, found.programs), ""]
    out.append("everything that is needed is there" if found.healthy else "something is missing: see above")
    return out


def _line(part: Part) -> str:
    return f"  {part.name:<36} {part.version or '–'}{f'  ({part.advice})' if part.advice else ''}"
