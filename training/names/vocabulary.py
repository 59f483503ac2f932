"""Keeps the part of the unigram vocabulary that news in Arabic, Latin and Cyrillic script needs."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from kg.mention.pieces import PieceReader, Unit
from training.names.weights import Weights

_ARABIC = re.compile("▁?[\u0600-\u06ff]+")
_LATIN = re.compile("▁?[A-Za-z\u00c0-\u024f\u1e00-\u1eff'’.-]+")
_CYRILLIC = re.compile("▁?[\u0400-\u045f]+")
# Ranks by the vocabulary's own scores, which are log frequencies in the encoder's training text.
SHARES = ((_ARABIC, 13_000), (_LATIN, 30_000), (_CYRILLIC, 11_000))


def write_tokenizer(pieces: Iterable[tuple[str, float]], unknown: int, path: Path) -> None:
    """Write a ``tokenizer.json`` without normaliser and pre-tokeniser: words come one at a time, marked by ``▁``."""
    model = {"type": "Unigram", "unk_id": unknown, "vocab": [list(piece) for piece in pieces], "byte_fallback": False}
    body: dict[str, object] = {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [],
        "normalizer": None,
        "pre_tokenizer": None,
        "post_processor": None,
        "decoder": None,
        "model": model,
    }
    path.write_text(json.dumps(body, ensure_ascii=False, separators=(",", ":")), "utf-8")


def count_pieces(weights: Weights, units: Iterable[Unit], folder: Path) -> Counter[int]:
    """How often each piece of the whole vocabulary spells ``units``; ``folder`` takes a temporary file."""
    path = folder / "whole.json"
    write_tokenizer(zip(weights.pieces, weights.scores, strict=True), weights.unknown, path)
    reader = PieceReader(path, remembered=10**7)
    words = Counter((unit.text, unit.spaced) for unit in units)
    counts: Counter[int] = Counter()
    for (text, spaced), times in words.items():
        for piece in reader.spell(Unit(0, len(text), spaced, text)):
            counts[piece] += times
    return counts


def choose_pieces(weights: Weights, counts: Counter[int], least: int = 1) -> list[int]:
    """The kept piece ids in order: special ones, single characters, pieces seen ``least`` times, the best of each script."""
    kept = {weights.bos, weights.pad, weights.eos, weights.unknown}
    kept.update(piece for piece, times in counts.items() if times >= least)
    ranked = sorted(range(len(weights.pieces)), key=lambda piece: (-weights.scores[piece], piece))
    for pattern, share in SHARES:
        of_script = [piece for piece in ranked if pattern.fullmatch(weights.pieces[piece])]
        kept.update(of_script[:share])
        kept.update(piece for piece in of_script if len(weights.pieces[piece].lstrip("▁")) == 1)
    kept.update(piece for piece in ranked if len(weights.pieces[piece]) == 1 and ord(weights.pieces[piece]) < 0x2E80)
    return sorted(kept)
