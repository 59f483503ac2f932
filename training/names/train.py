"""Trains the names model: ``python -m training.names.train [--work FOLDER] [--epochs N] [--layers N]``.

The work folder keeps the tokenizer, the settings and a checkpoint; a run that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from kg.mention.encoder import NamesEncoder, Settings, read_settings
from kg.mention.pieces import PieceReader
from training.names.batches import Batch, epoch_items, make_batches
from training.names.corpora import SHARED
from training.names.evaluate import measure_all, table
from training.names.examples import FIRST_CLITICS, FROM_GOLD, SECOND_CLITICS, TAGS, UNKNOWN, Story
from training.names.model import NamesModel, build_model, load_model
from training.names.pools import build_pools
from training.names.sources import SHARES, STYLES, training_stories
from training.names.vocabulary import choose_pieces, count_pieces, write_tokenizer
from training.names.weights import read_weights, shipped_path

RATE, HEAD_RATE, DECAY, WARMUP = 1.5e-4, 1e-3, 0.88, 0.06
PIECES = 1024
SEED = 20


def prepare(work: Path, stories: list[Story]) -> list[int]:
    """Write tokenizer and settings into ``work`` and return the kept pieces; the files of an earlier run stay."""
    kept = work / "pieces.json"
    if kept.exists():
        pieces: list[int] = json.loads(kept.read_text("utf-8"))
        return pieces
    work.mkdir(parents=True, exist_ok=True)
    weights = read_weights(shipped_path())
    units = [unit for story in stories for sentence in story.sentences for unit in sentence.units]
    units += [unit for lists in build_pools(stories).values() for names in lists for name in names[:20000] for unit in name]
    pieces = choose_pieces(weights, count_pieces(weights, units, work), least=2)
    write_tokenizer(
        [(weights.pieces[p], weights.scores[p]) for p in pieces], pieces.index(weights.unknown), work / "tokenizer.json"
    )
    settings = {
        "tags": TAGS,
        "kinds": {short: kind for kind, short in FROM_GOLD.items()},
        "styles": STYLES,
        "proclitics": [FIRST_CLITICS + SECOND_CLITICS, SECOND_CLITICS],
        "size": 128,
        "longest": 256,
        "overlap": 24,
        "batch": 1024,
    }
    (work / "config.json").write_text(json.dumps(settings, ensure_ascii=False, indent=1) + "\n", "utf-8")
    kept.write_text(json.dumps(pieces), "utf-8")
    return pieces


def parameter_groups(model: NamesModel) -> list[dict[str, Any]]:
    """Parameters with their learning rates: lower for deeper layers (Howard and Ruder 2018); word embeddings stay as they are."""
    groups: list[dict[str, Any]] = [
        {"params": list(model.head.parameters()), "lr": HEAD_RATE},
        {"params": list(model.styles.parameters()), "lr": HEAD_RATE},
    ]
    depth = len(model.layers)
    for number, layer in enumerate(model.layers):
        rate = RATE * DECAY ** (depth - 1 - number)
        groups.append({"params": [p for p in layer.parameters() if p.dim() > 1], "lr": rate, "weight_decay": 0.01})
        groups.append({"params": [p for p in layer.parameters() if p.dim() == 1], "lr": rate})
    model.words.weight.requires_grad_(False)
    model.places.weight.requires_grad_(False)
    groups.append({"params": list(model.norm.parameters()), "lr": RATE * DECAY**depth})
    for group in groups:
        group.setdefault("weight_decay", 0.0)
        group["full"] = group["lr"]
    return groups


def loss_of(model: NamesModel, batch: Batch) -> Tensor:
    """Cross entropy of tags, and of the lengths of proclitics where known."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        scores = model(batch.ids, batch.styles, batch.kept)
    scores = scores.float()
    tags = functional.cross_entropy(scores[..., : len(TAGS)].flatten(0, 1), batch.tags.flatten(), ignore_index=UNKNOWN)
    lengths = scores[..., len(TAGS) :].flatten(0, 1)
    known = batch.clitics.flatten() != UNKNOWN
    if known.any():
        tags = tags + 0.3 * functional.cross_entropy(lengths[known], batch.clitics.flatten()[known])
    return tags


def torch_encoder(model: NamesModel, work: Path) -> NamesEncoder:
    """The recogniser of ``kg`` around the torch model, for measuring while training."""
    model.eval()
    settings: Settings = read_settings(work / "config.json")

    def score(ids: Any, styles: Any, kept: Any) -> Any:
        with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
            arrays = [torch.from_numpy(np.ascontiguousarray(a)) for a in (ids, styles, kept)]
            return model(*arrays).float().numpy()

    return NamesEncoder(settings, PieceReader(work / "tokenizer.json"), score)


def train(work: Path, shared: Path, epochs: int, layers: int, restricted: bool) -> None:
    """Train and leave ``model.pt`` in ``work``: the mean of the weights over the last part of the run."""
    torch.manual_seed(SEED)
    stories = training_stories(shared, work, restricted)
    pieces = prepare(work, stories)
    reader, pools = PieceReader(work / "tokenizer.json"), build_pools(stories)
    model = build_model(read_weights(shipped_path()), pieces, layers)
    print(f"{len(stories)} stories, {len(pieces)} pieces, {layers} layers", flush=True)
    groups = parameter_groups(model)
    optimiser = torch.optim.AdamW(groups, betas=(0.9, 0.98))
    mean = {name: value.detach().clone() for name, value in model.state_dict().items() if name != "words.weight"}
    state, done = work / "state.pt", 0
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"], strict=False)
        optimiser.load_state_dict(saved["optimiser"])
        mean, done = saved["mean"], saved["step"]
    items = [epoch_items(stories, SHARES, STYLES, reader, pools, SEED + epoch) for epoch in range(epochs)]
    plan: list[tuple[int, Batch]] = [(n, batch) for n, part in enumerate(items) for batch in make_batches(part, PIECES)]
    print(f"{len(plan)} steps, {sum(len(i.ids) for part in items for i in part)} pieces in all", flush=True)
    began, losses = time.monotonic(), []
    for step, (epoch, batch) in enumerate(plan):
        if step < done:
            continue
        model.train()
        progress = step / len(plan)
        factor = min(1.0, progress / WARMUP) * (1.0 - progress)
        for group in optimiser.param_groups:
            group["lr"] = group["full"] * max(factor, 1e-3)
        loss = loss_of(model, batch)
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for g in groups for p in g["params"]], 1.0)
        optimiser.step()
        losses.append(loss.item())
        _follow(mean, model, min(0.998, (step + 1) / (step + 10)))
        last = step + 1 == len(plan) or plan[step + 1][0] != epoch
        if (step + 1) % 100 == 0:
            print(f"step {step + 1} epoch {epoch} loss {np.mean(losses[-100:]):.4f} {time.monotonic() - began:.0f} s", flush=True)
        if (step + 1) % 200 == 0 or last:
            kept = {name: value for name, value in model.state_dict().items() if name != "words.weight"}
            torch.save({"model": kept, "optimiser": optimiser.state_dict(), "mean": mean, "step": step + 1}, work / "state.tmp")
            (work / "state.tmp").replace(state)
        if last:
            torch.save(build_like(model, mean).state_dict(), work / "model.pt")
            print(f"epoch {epoch} done, {time.monotonic() - began:.0f} s", flush=True)
    print(table(measure_all(torch_encoder(load_model(work), work), shared)))


def build_like(model: NamesModel, mean: dict[str, Tensor]) -> NamesModel:
    """A copy of ``model`` with the weights ``mean``."""
    first = next(iter(model.layers))
    copy = NamesModel(
        model.words.num_embeddings, model.words.embedding_dim, len(model.layers), first.heads, first.up.out_features,
        model.places.num_embeddings, model.norm.eps,
    )  # fmt: skip
    copy.load_state_dict({**mean, "words.weight": model.words.weight})
    return copy


def _follow(mean: dict[str, Tensor], model: NamesModel, share: float) -> None:
    """Exponential moving average of the weights (Polyak)."""
    with torch.no_grad():
        for name, value in model.state_dict().items():
            if name in mean:
                mean[name].lerp_(value, 1.0 - share)


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("output") / "names")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--free", action="store_true", help="leave out the texts under CC BY-NC-SA")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train(options.work, options.shared, options.epochs, options.layers, not options.free)


if __name__ == "__main__":
    main()
