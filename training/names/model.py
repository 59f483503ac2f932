"""The encoder in plain torch: BERT's layers with the weights of multilingual-e5-small, and two linear heads."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.names.examples import TAGS
from training.names.weights import Weights

CLITICS = 3
HEADS, EPSILON = 12, 1e-12  # of multilingual-e5-small
UPPER_LAYERS = 4
"""The highest layers, which are exported apart: other models have layers of their own instead."""


class Layer(nn.Module):  # type: ignore[misc]
    """Self-attention and a two-layer network, each followed by addition and normalisation (Devlin et al. 2019)."""

    def __init__(self, hidden: int, heads: int, inner: int, epsilon: float, dropout: float) -> None:
        super().__init__()
        self.heads = heads
        self.query, self.key, self.value, self.output = (nn.Linear(hidden, hidden) for _ in range(4))
        self.up, self.down = nn.Linear(hidden, inner), nn.Linear(inner, hidden)
        self.norm_attention, self.norm_output = nn.LayerNorm(hidden, epsilon), nn.LayerNorm(hidden, epsilon)
        self.dropout = nn.Dropout(dropout)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """One layer over ``x`` (batch, length, hidden); ``mask`` (batch, 1, 1, length) is added to the attention scores."""
        batch, length, hidden = x.shape

        def split(y: Tensor) -> Tensor:
            return y.view(batch, length, self.heads, hidden // self.heads).transpose(1, 2)

        query, key, value = split(self.query(x)), split(self.key(x)), split(self.value(x))
        scores = query @ key.transpose(-1, -2) * (hidden // self.heads) ** -0.5 + mask
        mixed = scores.float().softmax(-1).to(value.dtype) @ value
        mixed = self.output(mixed.transpose(1, 2).reshape(batch, length, hidden))
        x = self.norm_attention(x + self.dropout(mixed))
        return self.norm_output(x + self.dropout(self.down(functional.gelu(self.up(x)))))


class NamesModel(nn.Module):  # type: ignore[misc]
    """Pieces to scores: for every piece one score a tag, then one for each length of proclitics (0, 1, 2)."""

    def __init__(self, vocabulary: int, hidden: int, layers: int, heads: int, inner: int, positions: int, epsilon: float) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, hidden)
        self.styles = nn.Embedding(16, hidden)
        self.places = nn.Embedding(positions, hidden)
        self.norm = nn.LayerNorm(hidden, epsilon)
        self.dropout = nn.Dropout(0.1)
        self.layers = nn.ModuleList(Layer(hidden, heads, inner, epsilon, 0.1) for _ in range(layers))
        self.head = nn.Linear(hidden, len(TAGS) + CLITICS)

    def embed(self, ids: Tensor, styles: Tensor) -> Tensor:
        """Embeddings of ``ids`` (batch, length) with that of ``styles`` (batch) in the second place."""
        x = self.words(ids)
        x = torch.cat([x[:, :1], self.styles(styles)[:, None], x[:, 2:]], dim=1)
        return self.norm(x + self.places.weight[: ids.shape[1]])

    def encode(self, x: Tensor, kept: Tensor) -> Tensor:
        """Hidden states of the last layer; ``kept`` (batch, length) is 1 for pieces and 0 for padding."""
        mask = (1.0 - kept[:, None, None, :].float()) * -10000.0
        for layer in self.layers:
            x = layer(x, mask)
        return x

    def forward(self, ids: Tensor, styles: Tensor, kept: Tensor) -> Tensor:
        """Scores (batch, length, tags + lengths of proclitics)."""
        scores: Tensor = self.head(self.dropout(self.encode(self.dropout(self.embed(ids, styles)), kept)))
        return scores


def build_model(weights: Weights, pieces: list[int], layers: int) -> NamesModel:
    """A model with the rows of ``pieces`` and the first ``layers`` layers of ``weights``; heads and styles are new."""
    model = NamesModel(len(pieces), weights.hidden, layers, weights.heads, weights.inner, weights.positions, weights.epsilon)
    t = {name: torch.from_numpy(values) for name, values in weights.tensors.items()}
    with torch.no_grad():
        model.words.weight.copy_(t["emb.word"][pieces])
        model.places.weight.copy_(t["emb.pos"] + t["emb.type"][0])
        model.styles.weight.copy_(t["emb.word"].mean(0) + 0.02 * torch.randn(model.styles.weight.shape))
        model.norm.weight.copy_(t["emb.ln.w"])
        model.norm.bias.copy_(t["emb.ln.b"])
        nn.init.normal_(model.head.weight, std=0.02)
        nn.init.zeros_(model.head.bias)
        names = {
            "query": "q", "key": "k", "value": "v", "output": "ao",
            "up": "fi", "down": "fo", "norm_attention": "aln", "norm_output": "oln",
        }  # fmt: skip
        for number, layer in enumerate(model.layers):
            for ours, theirs in names.items():
                part = getattr(layer, ours)
                part.weight.copy_(t[f"l{number}.{theirs}.w"])
                part.bias.copy_(t[f"l{number}.{theirs}.b"])
    return model


def load_model(work: Path) -> NamesModel:
    """The trained model of a work folder (``model.pt``)."""
    state = torch.load(work / "model.pt", weights_only=True)
    hidden, inner = state["layers.0.up.weight"].shape[1], state["layers.0.up.weight"].shape[0]
    depth = 1 + max(int(name.split(".")[1]) for name in state if name.startswith("layers."))
    model = NamesModel(state["words.weight"].shape[0], hidden, depth, HEADS, inner, state["places.weight"].shape[0], EPSILON)
    model.load_state_dict(state)
    model.eval()
    return model
