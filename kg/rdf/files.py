"""Where the ontology and its companions lie, in a checkout or in an installed package."""

from __future__ import annotations

from pathlib import Path

from kg.errors import ConfigurationError

_PACKAGE = Path(__file__).resolve().parents[1]
FOLDERS = (_PACKAGE.parent / "ontology", _PACKAGE / "data" / "ontology")
"""Where to look, in order: beside the package in a checkout, inside it where it was installed."""


def ontology_path(name: str = "") -> Path:
    """The path of ``ontology/<name>`` (``kg.ttl``, ``shapes.ttl``, ``queries``), or of the folder itself.

    Raises:
        ConfigurationError: there is no such file or folder.
    """
    for folder in FOLDERS:
        # A folder that only has the right name is not ours.
        if (folder / "kg.ttl").is_file() and (folder / name).exists():
            return folder / name
    raise ConfigurationError(f"the file {name or 'ontology'!r} of the ontology is missing: install kg again")
