"""Several knowledge bases as one: the first, the user's own, wins."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.link.kb import Entry, KnowledgeBase, Match, open_shipped


class StackedKnowledgeBase:
    """The entries of all ``layers``; where two layers know a QID, the first says what it is.

    Under a name the matches of the first layer come first, then those of the next that it does not know.
    """

    def __init__(self, layers: Sequence[KnowledgeBase]) -> None:
        if not layers:
            raise ValueError("a stack needs a knowledge base")
        self.layers = tuple(layers)

    @property
    def version(self) -> str:
        """The versions of all layers."""
        return " + ".join(layer.version for layer in self.layers)

    def match(self, name: str, lang: str) -> tuple[Match, ...]:
        """The matches of every layer, the first layer's first; an entry that a layer before describes is taken from there."""
        found: dict[str, Match] = {}
        for depth, layer in enumerate(self.layers):
            for match in layer.match(name, lang):
                qid = match.entry.qid
                if qid not in found:
                    above = self._above(qid, depth)
                    found[qid] = match if above is None else Match(above, match.lang_match, match.weak)
        return tuple(found.values())

    def lookup(self, name: str, lang: str) -> tuple[Entry, ...]:
        """The entries of ``match``."""
        return tuple(match.entry for match in self.match(name, lang))

    def begins(self, folded: str) -> bool:
        """Whether a layer may know a name that begins with ``folded``."""
        return any(layer.begins(folded) for layer in self.layers)

    def entry(self, qid: str) -> Entry | None:
        """The entry of the first layer that knows ``qid``."""
        return self._above(qid, len(self.layers))

    def qids(self, most: int | None = None) -> tuple[str, ...]:
        """The QIDs of the layers, the first layer's first; without those of a layer that has more than ``most``."""
        return tuple(dict.fromkeys(qid for layer in self.layers for qid in layer.qids(most)))

    def demonym(self, word: str, lang: str) -> str | None:
        """The country of the first layer that knows the demonym."""
        return next((qid for layer in self.layers if (qid := layer.demonym(word, lang)) is not None), None)

    def _above(self, qid: str, depth: int) -> Entry | None:
        return next((entry for layer in self.layers[:depth] if (entry := layer.entry(qid)) is not None), None)


def open_stack(folders: Iterable[Path], shipped: bool = True) -> KnowledgeBase:
    """The knowledge bases of ``folders``, the first on top, over the shipped one unless ``shipped`` is false.

    Raises:
        ConfigurationError: one cannot be read.
        ValueError: there is none.
    """
    from kg.link.kbfile import FileKnowledgeBase

    layers: list[KnowledgeBase] = [FileKnowledgeBase(folder) for folder in folders]
    if shipped:
        layers.append(open_shipped())
    return layers[0] if len(layers) == 1 else StackedKnowledgeBase(layers)
