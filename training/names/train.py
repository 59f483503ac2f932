"""Trains the names model: ``python -m training.names.train [--work FOLDER] [--layers N] [--free] [--steps N]``.

The work folder keeps the tokenizer, the settings and a checkpoint; a run that was stopped goes on from there.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
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
from training.names.sources import LAST_SHARES, LATE_SHARES, SHARES, STYLES, training_stories
from training.names.vocabulary import choose_pieces, count_pieces, write_tokenizer
from training.names.weights import read_weights, shipped_path

DECAY, WARMUP, PIECES = 0.88, 0.06, 1024


@dataclass(frozen=True)
class Phase:
    """A part of the training with its own schedule.

    ``rate`` is the highest learning rate of the last layer, ``head_rate`` that of heads and styles, ``word_rate`` that of the
    word embeddings (0: they stay as they are); ``shares`` weigh the sources; epoch ``n`` draws from the seed ``seed + n``.
    """

    epochs: int
    rate: float
    head_rate: float
    word_rate: float
    shares: Mapping[str, float]
    seed: int


PHASES = (
    Phase(3, 1.5e-4, 1e-3, 0.0, SHARES, 20),
    Phase(2, 8e-5, 2e-4, 2e-5, LATE_SHARES, 40),
    Phase(1, 6e-5, 2e-4, 2e-5, LAST_SHARES, 60),
)


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


def parameter_groups(model: NamesModel, phase: Phase) -> list[dict[str, Any]]:
    """Parameters with their learning rates: lower for deeper layers (Howard and Ruder 2018)."""
    groups: list[dict[str, Any]] = [
        {"params": list(model.head.parameters()), "lr": phase.head_rate},
        {"params": list(model.styles.parameters()), "lr": phase.head_rate},
    ]
    depth = len(model.layers)
    for number, layer in enumerate(model.layers):
        rate = phase.rate * DECAY ** (depth - 1 - number)
        groups.append({"params": [p for p in layer.parameters() if p.dim() > 1], "lr": rate, "weight_decay": 0.01})
        groups.append({"params": [p for p in layer.parameters() if p.dim() == 1], "lr": rate})
    model.words.weight.requires_grad_(phase.word_rate > 0)
    if phase.word_rate > 0:
        groups.append({"params": [model.words.weight], "lr": phase.word_rate})
    model.places.weight.requires_grad_(False)
    groups.append({"params": list(model.norm.parameters()), "lr": phase.rate * DECAY**depth})
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


@dataclass
class Run:
    """What a stopped run goes on from: the model, the moving average of its weights, and the steps done."""

    model: NamesModel
    mean: dict[str, Tensor]
    step: int = 0

    def save(self, work: Path, optimiser: Any) -> None:
        """Write the checkpoint, whole or not at all."""
        parts = {"model": self.model.state_dict(), "mean": self.mean, "step": self.step, "optimiser": optimiser.state_dict()}
        torch.save(parts, work / "state.tmp")
        (work / "state.tmp").replace(work / "state.pt")


def train(work: Path, shared: Path, layers: int, restricted: bool, steps: int | None = None) -> None:
    """Train and leave ``model.pt`` in ``work``: a moving average of the weights.

    ``steps`` ends the run after so many steps, with a checkpoint, unmeasured; the next run goes on from there.
    """
    torch.manual_seed(PHASES[0].seed)
    stories = training_stories(shared, work, restricted)
    pieces = prepare(work, stories)
    reader, pools = PieceReader(work / "tokenizer.json"), build_pools(stories)
    model = build_model(read_weights(shipped_path()), pieces, layers)
    run = Run(model, {name: value.detach().clone() for name, value in model.state_dict().items()})
    saved = torch.load(work / "state.pt", weights_only=True) if (work / "state.pt").exists() else None
    print(f"{len(stories)} stories, {len(pieces)} pieces, {layers} layers", flush=True)
    if saved is not None:
        model.load_state_dict(saved["model"])
        run.mean, run.step = saved["mean"], saved["step"]
    before = 0
    for number, phase in enumerate(PHASES):
        plan = [
            batch
            for epoch in range(phase.epochs)
            for batch in make_batches(epoch_items(stories, phase.shares, STYLES, reader, pools, phase.seed + epoch), PIECES)
        ]
        print(f"phase {number + 1}: {len(plan)} steps, {sum(int(batch.kept.sum()) for batch in plan)} pieces", flush=True)
        if run.step < before + len(plan):
            if run.step == before:
                model.load_state_dict(run.mean)
            optimiser = torch.optim.AdamW(parameter_groups(model, phase), betas=(0.9, 0.98))
            if saved is not None and run.step > before:
                optimiser.load_state_dict(saved["optimiser"])
            run_phase(run, plan, before, optimiser, work, steps)
            if steps is not None:
                return
        before += len(plan)
    print(table(measure_all(torch_encoder(load_model(work), work), shared)))


def run_phase(run: Run, plan: list[Batch], before: int, optimiser: Any, work: Path, steps: int | None = None) -> None:
    """Go through ``plan`` from where ``run`` stands, ``steps`` at most; ``before`` steps were those of earlier phases."""
    began, losses = time.monotonic(), []
    start = run.step - before
    stop = len(plan) if steps is None else min(len(plan), start + steps)
    for place in range(start, stop):
        run.model.train()
        progress = place / len(plan)
        factor = max(min(1.0, progress / WARMUP) * (1.0 - progress), 1e-3)
        for group in optimiser.param_groups:
            group["lr"] = group["full"] * factor
        loss = loss_of(run.model, plan[place])
        optimiser.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_([p for group in optimiser.param_groups for p in group["params"]], 1.0)
        optimiser.step()
        losses.append(loss.item())
        run.step += 1
        _follow(run.mean, run.model, min(0.998, (place + 1) / (place + 10)))
        if run.step % 100 == 0 or place + 1 == stop:
            print(f"step {run.step} loss {np.mean(losses[-100:]):.4f} {time.monotonic() - began:.0f} s", flush=True)
        if run.step % 200 == 0 or place + 1 == stop:
            run.save(work, optimiser)
            torch.save(run.mean, work / "model.pt")


def _follow(mean: dict[str, Tensor], model: NamesModel, share: float) -> None:
    """Exponential moving average of the weights (Polyak)."""
    with torch.no_grad():
        for name, value in model.state_dict().items():
            mean[name].lerp_(value, 1.0 - share)


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("output") / "names")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--layers", type=int, default=12)
    parser.add_argument("--free", action="store_true", help="leave out the texts under CC BY-NC-SA")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, help="stop after so many steps, unmeasured: a trial of the recipe")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train(options.work, options.shared, options.layers, not options.free, options.steps)


if __name__ == "__main__":
    main()
