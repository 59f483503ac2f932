"""The action model in torch: a few layers above the lower ones of the names encoder, told which words are the trigger.

The layers below stay as they are and are the shipped ones, read from their file: both models share them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor, nn

from kg.extract.reading import MODALITIES, ROLES
from kg.mention.encoder import SHIPPED
from training.actions.cases import TYPES
from training.names.model import EPSILON, HEADS, UPPER_LAYERS, Layer, NamesModel


class ActionModel(nn.Module):  # type: ignore[misc]
    """From the states of the encoder and the pieces of the trigger to scores.

    ``marks`` (batch, length) is 0, and 1 + the number of the type on the pieces of the trigger; ``kinds`` (batch) the same number
    once, ``heads`` (batch) the place of the trigger's first piece, ``kept`` (batch, length) 1 for pieces and 0 for padding.
    """

    def __init__(self, hidden: int, inner: int, dropout: float = 0.1) -> None:
        super().__init__()
        self.layers = nn.ModuleList(Layer(hidden, HEADS, inner, EPSILON, dropout) for _ in range(UPPER_LAYERS))
        self.marks = nn.Embedding(1 + len(TYPES), hidden, padding_idx=0)
        self.roles = nn.Linear(hidden, len(ROLES))
        self.trigger = nn.Linear(hidden, 1 + len(MODALITIES))
        self.dropout = nn.Dropout(dropout)
        nn.init.normal_(self.marks.weight, std=0.3)
        with torch.no_grad():
            self.marks.weight[0] = 0

    def forward(self, states: Tensor, marks: Tensor, kinds: Tensor, heads: Tensor, kept: Tensor) -> tuple[Tensor, Tensor]:
        """Scores of the roles (batch, length, roles), and of each trigger: whether it stands, and its modalities."""
        x = states + self.marks(marks)
        x = torch.cat([x[:, :1], x[:, 1:2] + self.marks(kinds)[:, None], x[:, 2:]], dim=1)
        mask = (1.0 - kept[:, None, None, :].float()) * -10000.0
        for layer in self.layers:
            x = layer(x, mask)
        x = self.dropout(x)
        return self.roles(x), self.trigger(x[torch.arange(len(x)), heads])


def new_model(encoder: NamesModel) -> ActionModel:
    """A model to be trained; its layers begin as the highest ones of the encoder."""
    up = encoder.layers[0].up
    model = ActionModel(up.in_features, up.out_features)
    for ours, theirs in zip(model.layers, list(encoder.layers)[-UPPER_LAYERS:], strict=True):
        ours.load_state_dict(theirs.state_dict())
    return model


def lower_states(encoder: NamesModel, ids: Tensor, kept: Tensor) -> Tensor:
    """The states (batch, length, hidden) that the action model stands on: those below the highest ``UPPER_LAYERS`` layers."""
    mask = (1.0 - kept[:, None, None, :].float()) * -10000.0
    x = encoder.embed(ids, torch.zeros(len(ids), dtype=torch.long))
    for layer in list(encoder.layers)[:-UPPER_LAYERS]:
        x = layer(x, mask)
    return x


def shipped_encoder(folder: Path = SHIPPED) -> NamesModel:
    """The shipped names model as it computes, its bytes multiplied out."""
    graphs = [onnx.load(str(folder / name)).graph for name in ("lower.onnx", "upper.onnx")]
    arrays = {array.name: numpy_helper.to_array(array) for graph in graphs for array in graph.initializer}

    def tensor(values: Any) -> Tensor:
        return torch.from_numpy(np.array(values, np.float32, order="C"))

    words = arrays["words"].astype(np.float32) * arrays["words.scale"]
    depth = sum(name.endswith(".na.weight") for name in arrays)
    inner = len(arrays["l0.up.p.qb"])
    model = NamesModel(*words.shape, depth, HEADS, inner, len(arrays["places"]), EPSILON)
    state = {
        "words.weight": tensor(words),
        "styles.weight": tensor(arrays["styles.table"]),
        "places.weight": tensor(arrays["places"]),
    }
    state |= {f"norm.{part}": tensor(arrays[f"norm.{part}"]) for part in ("weight", "bias")}
    state |= {"head.weight": tensor(arrays["head.w"].T), "head.bias": tensor(arrays["head.b"])}
    for number in range(depth):

        def matrix(name: str, number: int = number) -> tuple[Tensor, Tensor]:
            name = f"l{number}.{name}.p"
            weight = arrays[f"{name}.q"].astype(np.float32) * arrays[f"{name}.qs"] * arrays[f"{name}.inv"][:, None]
            return tensor(weight.T), tensor(arrays[f"{name}.qb"])

        layer = f"layers.{number}"
        weight, bias = matrix("qkv")
        for part, some, base in zip(("query", "key", "value"), weight.chunk(3), bias.chunk(3), strict=True):
            state |= {f"{layer}.{part}.weight": some, f"{layer}.{part}.bias": base}
        for part, name in (("output", "out"), ("up", "up"), ("down", "down")):
            state[f"{layer}.{part}.weight"], state[f"{layer}.{part}.bias"] = matrix(name)
        for part, name in (("norm_attention", "na"), ("norm_output", "no")):
            state |= {f"{layer}.{part}.{kind}": tensor(arrays[f"l{number}.{name}.{kind}"]) for kind in ("weight", "bias")}
    model.load_state_dict(state)
    return model.eval()
