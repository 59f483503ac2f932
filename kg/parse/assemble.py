"""What every backend shares: its interface, and the assembly of a document from parsed blocks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from kg.errors import ConfigurationError
from kg.lang.pack import LanguagePack
from kg.model import Article, Document, Kind, Mention, Sentence, Token
from kg.parse.blocks import Block


class Parser(Protocol):
    """One backend, ready for one language."""

    @property
    def name(self) -> str:
        """The backend and its model with versions, as it is written into documents."""
        ...

    def __call__(self, article: Article) -> Document:
        """Parse the body of ``article``.

        Raises:
            ArticleError: the text cannot be parsed.
        """
        ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A token of a block: places ``start`` to ``end`` in its text, ``head`` an index into the block's tokens (-1: root)."""

    start: int
    end: int
    lemma: str = ""
    pos: str = ""
    dep: str = ""
    head: int = -1
    morph: str = ""


@dataclass(frozen=True, slots=True)
class Parsed:
    """What a backend made of one block.

    ``sentences`` are pairs ``[first, last)`` of token indices, in order and without gaps; ``names`` are (start, end, kind)
    in places of the block's text.
    """

    pieces: Sequence[Piece]
    sentences: Sequence[tuple[int, int]]
    names: Sequence[tuple[int, int, Kind]] = ()


def assemble(results: Iterable[tuple[Block, Parsed]], parser: str, source: str, trees: bool) -> Document:
    """The document that the parsed blocks make together; heads outside a token's own sentence become roots.

    ``source`` is what the names are marked with.
    """
    tokens: list[Token] = []
    sentences: list[Sentence] = []
    names: list[Mention] = []
    for block, parsed in results:
        base = len(tokens)
        for first, last in parsed.sentences:
            if first == last:
                continue
            for index in range(first, last):
                piece = parsed.pieces[index]
                span = block.original(piece.start, piece.end)
                inside = first <= piece.head < last
                tokens.append(
                    Token(
                        start=span.start,
                        end=span.end,
                        lemma=piece.lemma,
                        pos=piece.pos,
                        dep=piece.dep if inside or not trees else "root",
                        head=base + (piece.head if inside else index),
                        morph=piece.morph,
                    )
                )
            place = block.original(parsed.pieces[first].start, parsed.pieces[last - 1].end)
            sentences.append(Sentence(place, base + first, base + last))
        for start, end, kind in parsed.names:
            names.append(Mention(block.original(start, end), kind, source))
    return Document(tuple(sentences), tuple(tokens), trees=trees, names=tuple(names), parser=parser)


def settings(pack: LanguagePack) -> Mapping[str, Any]:
    """The section ``[parser]`` of the language's ``pack.toml``.

    Raises:
        ConfigurationError: the pack has none.
    """
    try:
        found: Mapping[str, Any] = pack.table("pack")["parser"]
    except KeyError:
        raise ConfigurationError(f"kg/lang/{pack.code}/pack.toml: the section [parser] is missing") from None
    return found


def kinds(pack: LanguagePack) -> dict[str, Kind]:
    """Label of the parser's recogniser → kind of entity, from ``[parser.names]``; labels that are not listed are no names.

    Raises:
        ConfigurationError: a kind that does not exist.
    """
    out = {}
    for label, kind in settings(pack).get("names", {}).items():
        try:
            out[label] = Kind(kind)
        except ValueError:
            known = ", ".join(Kind)
            raise ConfigurationError(
                f"kg/lang/{pack.code}/pack.toml: [parser.names] {label}: no kind {kind!r} ({known})"
            ) from None
    return out
