"""stanza as a parser: sentences, words, trees and proposed names, Arabic included.

stanza and torch are an extra (``make setup-stanza``), and its models are the user's to fetch; they are loaded from stanza's own
folder (``STANZA_RESOURCES_DIR``), never from the network. A token of several words (``وقالت`` = ``و`` + ``قالت``) becomes one
token per word, each with its own place in the text.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kg.errors import ArticleError, ConfigurationError
from kg.lang.fold import fold_word
from kg.lang.pack import LanguagePack
from kg.model import Article, Document, Kind
from kg.parse.assemble import Parsed, Piece, assemble, kinds, settings
from kg.parse.blocks import Block, blocks

PROCESSORS = ("tokenize", "mwt", "pos", "lemma", "depparse", "ner")
"""The parts of a stanza pipeline that are used; those that a language has no model for are left out."""

MAX_THREADS = 4
"""Most threads of torch, and never more than half the cores: its threads wait for each other, which is slow on a busy machine.
``OMP_NUM_THREADS`` goes first."""


@dataclass(frozen=True)
class StanzaParser:
    """A loaded stanza pipeline for one language; ``model`` names its packages, ``nlp`` is stanza's own object."""

    pack: LanguagePack
    model: str
    nlp: Any

    @property
    def name(self) -> str:
        """``stanza``, its version and the packages of its models."""
        return f"stanza {self.model}"

    def __call__(self, article: Article) -> Document:
        """Parse the body in one batch.

        Raises:
            ArticleError: stanza failed on this text.
        """
        cut = blocks(article)
        labels = kinds(self.pack)
        try:
            docs = self.nlp.bulk_process([block.text for block in cut]) if cut else []
        except (ValueError, KeyError, IndexError, RuntimeError, AssertionError, MemoryError) as error:
            raise ArticleError(article.source or article.id, f"{self.name} could not parse the text: {error}") from error
        parsed = ((block, parse_result(block, doc, labels)) for block, doc in zip(cut, docs, strict=True))
        return assemble(parsed, self.name, "stanza", trees="depparse" in self.nlp.processors)


def parse_result(block: Block, doc: Any, labels: Mapping[str, Kind]) -> Parsed:
    """What stanza's document says, in places of the block's text."""
    pieces: list[Piece] = []
    sentences: list[tuple[int, int]] = []
    for sentence in doc.sentences:
        first = len(pieces)
        for token in sentence.tokens:
            places = align_words(block.text[token.start_char : token.end_char], [word.text for word in token.words])
            for word, (start, end) in zip(token.words, places, strict=True):
                pieces.append(
                    Piece(
                        start=token.start_char + start,
                        end=token.start_char + end,
                        lemma=word.lemma or "",
                        pos=word.upos or "",
                        dep=word.deprel or "",
                        head=first + word.head - 1 if word.head else -1,
                        morph=word.feats or "",
                    )
                )
        sentences.append((first, len(pieces)))
    names = [(ent.start_char, ent.end_char, labels[ent.type]) for ent in getattr(doc, "ents", ()) if ent.type in labels]
    return Parsed(pieces, sentences, names)


def align_words(surface: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Places in ``surface`` of the words that it is a contraction of; none is empty, and they are in order.

    Words that are spelt out are taken from both ends (``وقالت`` = ``و`` + ``قالت``; ``مكتبته`` = ``مكتبة`` + ``ه``); what is
    left goes to the word in the middle, or in equal parts to the words there. Words of which nothing is left share the
    nearest character.
    """
    if len(words) <= 1:
        return [(0, len(surface))] * len(words)
    sizes: list[int | None] = [None] * len(words)
    left, right = 0, len(surface)
    low, high = 0, len(words)
    while low < high - 1 and (size := _prefix(surface[left:right], words[low])):
        sizes[low], left, low = size, left + size, low + 1
    while high - 1 > low and (size := _suffix(surface[left:right], words[high - 1])):
        sizes[high - 1], right, high = size, right - size, high - 1
    inner, room = high - low, right - left
    for offset in range(inner):
        sizes[low + offset] = room * (offset + 1) // inner - room * offset // inner
    out, at = [], 0
    for taken in sizes:
        end = at + (taken or 0)
        start = min(at, len(surface) - 1)
        out.append((start, max(end, start + 1)))
        at = end
    return out


def _prefix(surface: str, word: str) -> int:
    """How many characters of ``surface`` the ``word`` takes at its start; 0 where it is not there, or nothing would be left."""
    return next((n for n in reversed(_lengths(surface, word)) if _same(surface[:n], word)), 0)


def _suffix(surface: str, word: str) -> int:
    """The same at the end."""
    return next((n for n in _lengths(surface, word) if _same(surface[len(surface) - n :], word)), 0)


def _lengths(surface: str, word: str) -> range:
    """Lengths that a word may have on the surface, where diacritics come on top or are missing."""
    return range(max(1, len(word) - 3), min(len(surface) - 1, len(word) + 3) + 1)


def _same(part: str, word: str) -> bool:
    return fold_word(part) == fold_word(word) != ""


def load_stanza(pack: LanguagePack) -> StanzaParser:
    """The parser of ``pack``'s language with the models in stanza's folder.

    Loading takes seconds, happens once per process and language.

    Raises:
        ConfigurationError: stanza or its models are missing; the text says how to get them.
    """
    code = settings(pack).get("stanza")
    if not code:
        raise ConfigurationError(f"kg/lang/{pack.code}/pack.toml: [parser] names no stanza language; use --parser auto")
    return StanzaParser(pack, *_load(code))


@cache
def _load(code: str) -> tuple[str, Any]:
    try:
        import stanza
        import torch
        from stanza.resources.common import DEFAULT_MODEL_DIR
    except ImportError as error:
        raise ConfigurationError(f"--parser stanza needs the extra `stanza` ({error}): run `make setup-stanza`") from error
    folder = Path(os.environ.get("STANZA_RESOURCES_DIR") or DEFAULT_MODEL_DIR)
    packages = _packages(folder, code)
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, min(MAX_THREADS, (os.cpu_count() or 1) // 2)))
    try:
        nlp = stanza.Pipeline(
            code,
            dir=str(folder),
            package=None,
            processors=packages,
            download_method=None,
            use_gpu=False,
            verbose=False,
        )
    except Exception as error:  # stanza raises bare Exceptions of many kinds while it loads
        reason = " ".join(str(error).split())[:300] or type(error).__name__
        raise ConfigurationError(f"stanza can't load its models for {code!r} from {folder}: {reason}. {_advice(code)}") from error
    used = ",".join(sorted(set(packages.values())))
    return f"{code} {used} (stanza {stanza.__version__})", nlp


def _packages(folder: Path, code: str) -> dict[str, str]:
    """Processor → package of the language's default pipeline, from the index that stanza keeps beside its models."""
    index = folder / "resources.json"
    try:
        entry = json.loads(index.read_text("utf-8"))[code]
        defaults = entry["packages"]["default"]
        found = {processor: str(defaults[processor]) for processor in PROCESSORS if processor in defaults}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ConfigurationError(f"stanza has no models for {code!r} in {folder}. {_advice(code)}") from error
    if "tokenize" not in found:
        raise ConfigurationError(f"{index}: no tokenizer for {code!r}. {_advice(code)}")
    return found


def _advice(code: str) -> str:
    return f"Fetch them once with: .venv/bin/python -c \"import stanza; stanza.download('{code}')\""
