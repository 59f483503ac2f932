"""Whether the files of a knowledge base are whole, and agree with the recipe that made them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from kg.link.kbfile import read_manifest
from kg.link.kbwrite import FILES

CHECKOUT = Path(__file__).resolve().parents[2]
RECIPE = CHECKOUT / "training" / "kb"
_PARTS = (".py", ".tsv", ".toml", ".json")


def recipe_digest(folder: Path = RECIPE) -> str:
    """The SHA-256 of the recipe: its code, its tables and the list of its npm packages, in order of their names."""
    digest = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.suffix in _PARTS and path.is_file():
            digest.update(f"{path.name}\n".encode() + path.read_bytes())
    return digest.hexdigest()


def problems(folder: Path, recipe: Path = RECIPE) -> Iterator[str]:
    """What is wrong with the files of ``folder``, in words; nothing where all agrees.

    The recipe is compared where it stands beside the package (a checkout) and the manifest names one.

    Raises:
        ConfigurationError: the manifest is broken.
    """
    manifest = read_manifest(folder)
    hashes = manifest.get("sha256")
    if not isinstance(hashes, dict):
        yield f"{folder} has no manifest that says what its files should be"
        return
    for name in FILES:
        path = folder / name
        if not path.is_file():
            yield f"{path} is missing"
        elif hashlib.sha256(path.read_bytes()).hexdigest() != hashes.get(name):
            yield f"{path} is not the file that was made"
    made = manifest.get("made_from", {}).get("recipe")
    if made is not None and recipe.is_dir() and made != recipe_digest(recipe):
        yield f"{recipe} has changed since {folder} was made: run `make kb`"


def same_files(one: Path, other: Path) -> Iterator[str]:
    """The names of the files of two knowledge bases whose bytes differ."""
    for name in FILES:
        if (one / name).read_bytes() != (other / name).read_bytes():
            yield name
