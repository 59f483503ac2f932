"""spaCy pipelines as parsers: sentences, words, trees and proposed names.

The language's ``[parser]`` lists the packages that may be used (``pipelines``, the first that is installed); a setting names any
other. Relation names become Universal Dependencies by its table ``relations``, labels of names become kinds by ``names``.
"""

from __future__ import annotations

import importlib
import importlib.util
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.errors import ArticleError, ConfigurationError
from kg.lang.pack import LanguagePack
from kg.model import Article, Document, Kind
from kg.parse.assemble import Parsed, Piece, assemble, kinds, settings
from kg.parse.blocks import Block, blocks

BATCH = 32
"""Blocks that the pipeline sees at once."""

_UNUSED = ("senter", "textcat", "textcat_multilabel", "entity_linker", "spancat", "coref")


@dataclass(frozen=True)
class SpacyParser:
    """A loaded pipeline for one language; ``model`` is its name with version, ``nlp`` spaCy's own object."""

    pack: LanguagePack
    model: str
    nlp: Any

    @property
    def name(self) -> str:
        """``spacy`` and the model with its version."""
        return f"spacy {self.model}"

    def __call__(self, article: Article) -> Document:
        """Parse the body, block by block, in batches.

        Raises:
            ArticleError: the pipeline failed on this text.
        """
        cut = blocks(article)
        relations = settings(self.pack).get("relations", {})
        labels = kinds(self.pack)
        try:
            docs = list(self.nlp.pipe([block.text for block in cut], batch_size=BATCH))
        except (ValueError, KeyError, IndexError, MemoryError, RecursionError) as error:
            raise ArticleError(article.source or article.id, f"{self.model} could not parse the text: {error}") from error
        parsed: Iterator[tuple[Block, Parsed]] = ((b, _parsed(d, relations, labels)) for b, d in zip(cut, docs, strict=True))
        return assemble(parsed, self.name, "spacy", trees=self.nlp.has_pipe("parser"))


def _parsed(doc: Any, relations: dict[str, str], labels: dict[str, Kind]) -> Parsed:
    """The document without its blank tokens; what hangs on one hangs on its governor."""
    kept = [token for token in doc if not token.is_space]
    place = {token.i: index for index, token in enumerate(kept)}
    pieces = []
    for token in kept:
        head = token.head
        while head.is_space and head.head.i != head.i:
            head = head.head
        pieces.append(
            Piece(
                start=token.idx,
                end=token.idx + len(token),
                lemma=token.lemma_,
                pos=token.pos_,
                dep=relations.get(token.dep_, token.dep_),
                head=place.get(head.i, -1),
                morph=str(token.morph),
            )
        )
    sentences = [(first, last) for first, last in _sentences(doc, place) if first < last]
    names = [(ent.start_char, ent.end_char, labels[ent.label_]) for ent in doc.ents if ent.label_ in labels and ent.text.strip()]
    return Parsed(pieces, sentences, names)


def _sentences(doc: Any, place: dict[int, int]) -> Iterator[tuple[int, int]]:
    if not doc.has_annotation("SENT_START"):
        yield 0, len(place)
        return
    for sentence in doc.sents:
        inside = [place[token.i] for token in sentence if token.i in place]
        if inside:
            yield inside[0], inside[-1] + 1


def load_spacy(pack: LanguagePack, model: str | None = None) -> SpacyParser:
    """The parser of ``pack``'s language; ``model`` names an installed pipeline or its folder, else the pack chooses.

    Loading takes seconds, happens once per process and model.

    Raises:
        ConfigurationError: nothing suitable is installed; the text says what to install.
    """
    name = model or installed_pipeline(pack)
    if name is None:
        wanted = settings(pack).get("pipelines", ())
        if not wanted:
            raise ConfigurationError(
                f"there is no spaCy pipeline for {pack.name}: use --parser auto, "
                f"or name an installed one with --spacy-model {pack.code}=NAME"
            )
        raise ConfigurationError(
            f"no spaCy pipeline for {pack.name} is installed (looked for {', '.join(wanted)}): run `make setup`, "
            f"or name an installed one with --spacy-model {pack.code}=NAME"
        )
    nlp = _load(name)
    if nlp.lang not in (pack.code, "xx"):
        raise ConfigurationError(
            f"the spaCy pipeline {name} is for the language {nlp.lang!r}, not for {pack.code!r} ({pack.name})"
        )
    meta = nlp.meta
    return SpacyParser(pack, f"{meta['lang']}_{meta['name']} {meta['version']}", nlp)


def installed_pipeline(pack: LanguagePack) -> str | None:
    """The first of the language's pipelines that is installed, without loading it; None where none is."""
    for name in settings(pack).get("pipelines", ()):
        if importlib.util.find_spec(name) is not None:
            found: str = name
            return found
    return None


@cache
def _load(name: str) -> Any:
    try:
        import spacy
    except ImportError as error:
        raise ConfigurationError(f"spaCy can't be imported ({error}): run `make setup`") from error
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message=r"\[W095\]")
        try:
            nlp = spacy.load(pipeline_source(name), exclude=list(_UNUSED))
        except (OSError, ValueError, ImportError) as error:
            first = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise ConfigurationError(f"the spaCy pipeline {name!r} can't be loaded: {first}") from error
    nlp.max_length = max(nlp.max_length, 1_000_000)
    return nlp


def pipeline_source(name: str) -> str | Path:
    """What ``spacy.load`` takes for ``name``: a folder, or a package with its model inside or by a function ``model_path``."""
    if Path(name).is_dir():
        return Path(name)
    if not name.isidentifier() or importlib.util.find_spec(name) is None:
        return name
    module = importlib.import_module(name)
    if hasattr(module, "model_path"):
        return Path(module.model_path())
    folder = Path(str(module.__file__)).parent
    found = sorted(path.parent for path in folder.glob("*/config.cfg"))
    return found[-1] if found else name
