"""The model: the layers of a trained names model, the lower ones as they are, and one score for each type of action.

Reading names has taught those layers to look at words. The file that ships holds all of its weights and its own vocabulary: the
two models are replaced apart.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import torch
from torch import Tensor, nn

from training.actions.stories import TYPES
from training.names.model import EPSILON, HEADS, NamesModel, build_model
from training.names.weights import Weights

LAYERS, FROZEN = 10, 8
SHARES = {"arabic": 11_000, "latin": 24_000}
_RANGES = {"arabic": ("\u0600", "\u06ff"), "latin": ("A", "\u024f")}


def build(weights: Weights, pieces: list[int], names: Path | None) -> NamesModel:
    """The encoder with the rows of ``pieces`` and a new head of one score for no action and one for each type.

    The layers are those of the names model in the work folder ``names`` (None: of multilingual-e5-small, from which it came).
    """
    model = build_model(weights, pieces, LAYERS)
    if names is not None:
        state = torch.load(names / "model.pt", weights_only=True)
        names_of = set(model.state_dict()) - {"words.weight", "head.weight", "head.bias", "styles.weight"}
        model.load_state_dict({name: state[name] for name in sorted(names_of)}, strict=False)
        with torch.no_grad():
            model.styles.weight.copy_(state["styles.weight"][0])
    model.head = nn.Linear(weights.hidden, 1 + len(TYPES))
    nn.init.normal_(model.head.weight, std=0.02)
    nn.init.zeros_(model.head.bias)
    return model


def load(path: Path) -> NamesModel:
    """The trained model of a file ``model.pt``."""
    state = torch.load(path, weights_only=True)
    hidden, inner = state["layers.0.up.weight"].shape[1], state["layers.0.up.weight"].shape[0]
    depth = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("layers."))
    model = NamesModel(state["words.weight"].shape[0], hidden, depth, HEADS, inner, state["places.weight"].shape[0], EPSILON)
    model.head = nn.Linear(hidden, 1 + len(TYPES))
    model.load_state_dict(state)
    model.eval()
    return model


def lower(model: NamesModel, ids: Tensor, styles: Tensor, kept: Tensor) -> Tensor:
    """The states behind the frozen layers."""
    mask = (1.0 - kept[:, None, None, :].float()) * -10000.0
    x = model.embed(ids, styles)
    for layer in list(model.layers)[:FROZEN]:
        x = layer(x, mask)
    return x


def upper(model: NamesModel, x: Tensor, kept: Tensor) -> Tensor:
    """Scores (batch, length, 1 + types) from the states behind the frozen layers."""
    mask = (1.0 - kept[:, None, None, :].float()) * -10000.0
    for layer in list(model.layers)[FROZEN:]:
        x = layer(x, mask)
    scores: Tensor = model.head(model.dropout(x))
    return scores


def choose_pieces(weights: Weights, counts: Counter[int], least: int = 2) -> list[int]:
    """The kept pieces: special ones, characters, those seen ``least`` times, the most frequent of Arabic and Latin script."""
    kept = {weights.bos, weights.pad, weights.eos, weights.unknown}
    kept.update(piece for piece, times in counts.items() if times >= least)
    ranked = sorted(range(len(weights.pieces)), key=lambda piece: (-weights.scores[piece], piece))
    for script, share in SHARES.items():
        first, last = _RANGES[script]
        of_script = [p for p in ranked if (word := weights.pieces[p].lstrip("▁")) and all(first <= c <= last for c in word)]
        kept.update(of_script[:share])
    kept.update(piece for piece in ranked if len(weights.pieces[piece]) == 1 and ord(weights.pieces[piece]) < 0x2E80)
    return sorted(kept)
