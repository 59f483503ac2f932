"""The ``kg`` command: a registry of subcommands, each in a module of its own.

Modules of commands import nothing heavy at their top, so that ``kg --help`` answers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from kg import __version__
from kg.cli.build import build
from kg.cli.common import guarded, say
from kg.cli.diff import diff
from kg.cli.doctor import doctor
from kg.cli.explain import explain
from kg.cli.extract import extract
from kg.cli.fetch import fetch
from kg.cli.gold import gold
from kg.cli.kb import COMMANDS as KB_COMMANDS
from kg.cli.link import link
from kg.cli.load import load
from kg.cli.query import query
from kg.cli.report import report
from kg.cli.serve import serve
from kg.cli.update import update
from kg.cli.validate import validate

COMMANDS: dict[str, Callable[..., Any]] = {
    "fetch": fetch,
    "build": build,
    "update": update,
    "extract": extract,
    "link": link,
    "gold": gold,
    "doctor": doctor,
    "validate": validate,
    "diff": diff,
    "load": load,
    "query": query,
    "explain": explain,
    "serve": serve,
    "report": report,
}
"""Every subcommand by name, in the order in which ``kg --help`` lists them."""

GROUPS: dict[str, tuple[str, dict[str, Callable[..., Any]]]] = {
    "kb": ("Search, check, make and import knowledge bases.", KB_COMMANDS),
}
"""Groups of subcommands: what they are for, and their commands by name."""


def _version(wanted: bool) -> None:
    if wanted:
        say(f"kg {__version__}")
        raise typer.Exit


def build_app() -> typer.Typer:
    """The command line, put together from ``COMMANDS``."""
    app = typer.Typer(
        name="kg",
        help="Legal actions from news articles as a knowledge graph.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )

    @app.callback()
    def main(
        version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False,
    ) -> None:
        """Legal actions from news articles as a knowledge graph."""

    for name, command in COMMANDS.items():
        app.command(name)(guarded(command))
    for name, (purpose, commands) in GROUPS.items():
        group = typer.Typer(help=purpose, no_args_is_help=True, rich_markup_mode=None)
        for part, command in commands.items():
            group.command(part)(guarded(command))
        app.add_typer(group, name=name)
    return app


def run() -> None:
    """Entry point of the ``kg`` script."""
    build_app()()
