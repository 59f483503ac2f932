"""Language packs: a folder of TOML per language, and nothing else.

``kg/lang/<code>/pack.toml`` says what the language is and how it is parsed; each further ``<name>.toml`` beside it is a table
that one part of the code reads (``pack.table("time")``), and ``patterns/*.toml`` hold the triggers of legal actions. A new
language is a new folder; no code knows a language by name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg.errors import ConfigurationError

ROOT = Path(__file__).parent
Table = Mapping[str, Any]


@dataclass(frozen=True)
class LanguagePack:
    """One language as data.

    ``code`` is its two-letter code, ``direction`` ``ltr`` or ``rtl``; ``tables`` are the parsed TOML files by stem,
    ``patterns`` those of ``patterns/`` by stem.
    """

    code: str
    name: str
    direction: str
    tables: Table = field(repr=False)
    patterns: Table = field(repr=False)

    @property
    def has_actions(self) -> bool:
        """Whether legal actions are read in this language; with ``actions = false`` in ``pack.toml`` only names are."""
        return bool(self.tables["pack"].get("actions", True))

    def table(self, name: str) -> Table:
        """The table ``name``; empty where the language has none."""
        found: Table = self.tables.get(name, MappingProxyType({}))
        return found


def languages() -> tuple[str, ...]:
    """Codes of the languages that have a pack, sorted."""
    return tuple(sorted(path.parent.name for path in ROOT.glob("*/pack.toml")))


def action_languages() -> tuple[str, ...]:
    """Codes of the languages in which legal actions are read, sorted."""
    return tuple(code for code in languages() if load_pack(code).has_actions)


@cache
def load_pack(code: str) -> LanguagePack:
    """The pack of the language ``code``.

    Raises:
        ConfigurationError: there is no such pack, or one of its files is not valid TOML.
    """
    folder = ROOT / code
    if code not in languages():
        raise ConfigurationError(f"no language pack for {code!r} (there are: {', '.join(languages())})")
    tables = {path.stem: _read(path) for path in sorted(folder.glob("*.toml"))}
    head = tables.pop("pack")
    try:
        name, direction = head["name"], head["direction"]
    except KeyError as error:
        raise ConfigurationError(f"{folder / 'pack.toml'}: the key {error} is missing") from error
    return LanguagePack(
        code=code,
        name=name,
        direction=direction,
        tables=MappingProxyType({"pack": head, **tables}),
        patterns=MappingProxyType({path.stem: _read(path) for path in sorted((folder / "patterns").glob("*.toml"))}),
    )


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path}: {error}") from error
