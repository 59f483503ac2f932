"""Trains the model: ``python -m training.actions.train [--work FOLDER] [--fold N] [--free-only]``.

The windows of all texts run once through the frozen layers; what follows trains on those states, so that an epoch takes about a
minute on two cores. ``--fold N`` keeps a third of the gold articles apart, with all of their story and translations, and writes
what the model says of their words to ``fold-N.npz``; without it what ships is trained. A stopped run goes on from its last epoch.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from kg.mention.pieces import PieceReader
from kg.mention.windows import make_windows
from training.actions.model import FROZEN, LAYERS, build, choose_pieces, lower, upper
from training.actions.stories import STYLES, TYPES, UNKNOWN, Story, read_stories
from training.names.corpora import SHARED
from training.names.model import NamesModel
from training.names.vocabulary import count_pieces, write_tokenizer
from training.names.weights import read_weights, shipped_path

SIZE, LONGEST, OVERLAP = 128, 256, 24
RATE, HEAD_RATE, WARMUP = 4e-4, 2e-3, 0.08
PIECES, EPOCHS, FOLDS, SEED = 1024, 8, 3, 20
QUIET = 0.4
"""Share of the windows without an action that an epoch reads."""


@dataclass(frozen=True)
class Example:
    """A window of ``story``: pieces, a label each, and where the first piece of each of its own words stands."""

    story: Story
    ids: tuple[int, ...]
    labels: tuple[int, ...]
    places: tuple[tuple[int, int, int], ...]

    @property
    def tells(self) -> bool:
        """Whether an action is marked in it."""
        return any(label > 0 for label in self.labels)


def cut_windows(story: Story, reader: PieceReader) -> Iterator[Example]:
    """The windows of a story; ``places`` are (piece, start, end) of the words that a window decides."""
    label_of = {
        (unit.start, unit.end): label for line in story.lines for unit, label in zip(line.units, line.labels, strict=True)
    }
    for window in make_windows([line.units for line in story.lines], reader, SIZE, LONGEST, OVERLAP):
        labels = [UNKNOWN] * len(window.ids)
        places = []
        for number in range(*window.sure):
            unit = window.units[number]
            labels[window.first[number]] = label_of[unit.start, unit.end]
            places.append((window.first[number], unit.start, unit.end))
        yield Example(story, window.ids, tuple(labels), tuple(places))


def fold_of(story: Story) -> int:
    """The third that an article belongs to, by its group's name; -1 for what only trains: WikiEvents and examples."""
    if story.style != "kg" or story.name[2:3] == ".":
        return -1
    return hashlib.sha256(story.group.encode()).digest()[0] % FOLDS


def prepare(work: Path, stories: Sequence[Story]) -> list[int]:
    """Write the tokenizer and return the kept pieces; those of an earlier run stay."""
    kept = work / "pieces.json"
    if kept.exists():
        pieces: list[int] = json.loads(kept.read_text("utf-8"))
        return pieces
    work.mkdir(parents=True, exist_ok=True)
    weights = read_weights(shipped_path())
    units = [unit for story in stories for line in story.lines for unit in line.units]
    pieces = choose_pieces(weights, count_pieces(weights, units, work))
    write_tokenizer(
        [(weights.pieces[p], weights.scores[p]) for p in pieces], pieces.index(weights.unknown), work / "tokenizer.json"
    )
    kept.write_text(json.dumps(pieces), "utf-8")
    return pieces


def stack(examples: Sequence[Example]) -> tuple[Tensor, Tensor, Tensor]:
    """Ids, styles and kept of some windows, padded."""
    length = max(len(e.ids) for e in examples)
    ids = torch.ones(len(examples), length, dtype=torch.long)
    kept = torch.zeros(len(examples), length, dtype=torch.long)
    for row, example in enumerate(examples):
        ids[row, : len(example.ids)] = torch.tensor(example.ids)
        kept[row, : len(example.ids)] = 1
    return ids, torch.tensor([STYLES.index(e.story.style) for e in examples]), kept


def batches(numbers: Sequence[int], examples: Sequence[Example], rng: Random | None) -> list[list[int]]:
    """Windows of like length together, about ``PIECES`` pieces with the padding."""
    ordered = sorted(numbers, key=lambda n: (len(examples[n].ids) + (rng.random() * 24 if rng else 0), n))
    out: list[list[int]] = [[]]
    for number in ordered:
        longest = max((len(examples[n].ids) for n in [*out[-1], number]), default=0)
        if out[-1] and longest * (len(out[-1]) + 1) > PIECES:
            out.append([])
        out[-1].append(number)
    if rng:
        rng.shuffle(out)
    return [batch for batch in out if batch]


def frozen_states(model: NamesModel, examples: Sequence[Example]) -> list[Tensor]:
    """What the frozen layers make of each window, in half precision."""
    states: list[Tensor] = [torch.empty(0)] * len(examples)
    model.eval()
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for batch in batches(range(len(examples)), examples, None):
            x = lower(model, *stack([examples[n] for n in batch])).to(torch.bfloat16)
            for row, number in enumerate(batch):
                states[number] = x[row, : len(examples[number].ids)].clone()
    return states


def gather(batch: Sequence[int], examples: Sequence[Example], states: Sequence[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """States, kept and labels of a batch."""
    length = max(len(examples[n].ids) for n in batch)
    x = torch.zeros(len(batch), length, states[batch[0]].shape[1])
    kept = torch.zeros(len(batch), length, dtype=torch.long)
    labels = torch.full((len(batch), length), UNKNOWN)
    for row, number in enumerate(batch):
        size = len(examples[number].ids)
        x[row, :size] = states[number].float()
        kept[row, :size] = 1
        labels[row, :size] = torch.tensor(examples[number].labels)
    return x, kept, labels


def train(work: Path, shared: Path, names: Path | None, fold: int | None, free_only: bool, epochs: int) -> None:
    """Train one run and write its weights (``fold`` None) or what it says of the articles kept apart."""
    torch.manual_seed(SEED)
    stories = read_stories(shared)
    pieces = prepare(work, stories)
    reader = PieceReader(work / "tokenizer.json")
    examples = [e for story in stories for e in cut_windows(story, reader)]
    examples = [e for e in examples if e.story.style == "kg" or e.tells]
    model = build(read_weights(shipped_path()), pieces, names)
    stored = work / "states.pt"
    key = hashlib.sha256(json.dumps([e.ids for e in examples]).encode()).hexdigest()
    saved = torch.load(stored) if stored.exists() else {}
    if saved.get("key") != key:
        print(f"{len(examples)} windows through {FROZEN} frozen layers", flush=True)
        saved = {"key": key, "states": frozen_states(model, examples)}
        torch.save(saved, stored)
    states = saved["states"]
    learn = [n for n, e in enumerate(examples) if (fold is None or fold_of(e.story) != fold) and (e.story.free or not free_only)]
    name = f"{'free-' if free_only else ''}{'all' if fold is None else f'fold-{fold}'}"
    print(f"{name}: {len(learn)} of {len(examples)} windows, {len(pieces)} pieces, {LAYERS} layers", flush=True)
    fit(model, examples, states, learn, work / f"{name}.state", epochs)
    if fold is None:
        torch.save(model.state_dict(), work / f"{'free-' if free_only else ''}model.pt")
    else:
        held = [n for n, e in enumerate(examples) if fold_of(e.story) == fold]
        write_scores(model, examples, states, held, work / f"{name}.npz")


def fit(
    model: NamesModel, examples: Sequence[Example], states: Sequence[Tensor], learn: Sequence[int], state: Path, epochs: int
) -> None:
    """Fine-tune the layers above the frozen ones; the model ends with the moving average of its weights (Polyak)."""
    layers = [p for layer in list(model.layers)[FROZEN:] for p in layer.parameters()]
    groups = [{"params": layers, "full": RATE}, {"params": list(model.head.parameters()), "full": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), weight_decay=0.01)
    tuned = {n: p for n, p in model.named_parameters() if n.startswith("head") or _layer(n) >= FROZEN}
    mean = {n: p.detach().clone() for n, p in tuned.items()}
    plan: list[list[list[int]]] = []
    for epoch in range(epochs):
        rng = Random(SEED + epoch)
        chosen = [n for n in learn if examples[n].tells or rng.random() < QUIET]
        plan.append(batches(chosen, examples, rng))
    total, step, done = sum(map(len, plan)), 0, 0
    if state.exists():
        saved = torch.load(state, weights_only=True)
        model.load_state_dict(saved["model"], strict=False)
        optimiser.load_state_dict(saved["optimiser"])
        mean, done = saved["mean"], saved["epoch"]
    began = time.monotonic()
    for epoch, parts in enumerate(plan):
        if epoch < done:
            step += len(parts)
            continue
        model.train()
        losses = []
        for batch in parts:
            factor = min(1.0, step / (WARMUP * total)) * (1.0 - step / total)
            for group in optimiser.param_groups:
                group["lr"] = group["full"] * max(factor, 1e-3)
            x, kept, labels = gather(batch, examples, states)
            with torch.autocast("cpu", dtype=torch.bfloat16):
                scores = upper(model, x, kept)
            loss = functional.cross_entropy(scores.float().flatten(0, 1), labels.flatten(), ignore_index=UNKNOWN)
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            torch.nn.utils.clip_grad_norm_([p for g in groups for p in g["params"]], 1.0)  # type: ignore[misc]
            optimiser.step()
            step += 1
            with torch.no_grad():
                for n, p in tuned.items():
                    mean[n].lerp_(p, 1.0 - min(0.99, step / (step + 9)))
            losses.append(loss.item())
        weights = {n: p.detach() for n, p in tuned.items()}
        torch.save({"model": weights, "optimiser": optimiser.state_dict(), "mean": mean, "epoch": epoch + 1}, state)
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.4f}, {time.monotonic() - began:.0f} s", flush=True)
    model.load_state_dict(mean, strict=False)
    model.eval()


def _layer(name: str) -> int:
    return int(name.split(".")[1]) if name.startswith("layers.") else -1


def write_scores(
    model: NamesModel, examples: Sequence[Example], states: Sequence[Tensor], held: Sequence[int], path: Path
) -> None:
    """Write, for every word of the windows ``held``, the story's name, its place, and the probabilities of the labels."""
    names, places, rows = [], [], []
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for batch in batches(held, examples, None):
            x, kept, _ = gather(batch, examples, states)
            probabilities = upper(model, x, kept).float().softmax(-1).numpy()
            for row, number in enumerate(batch):
                for piece, start, end in examples[number].places:
                    names.append(examples[number].story.name)
                    places.append((start, end))
                    rows.append(probabilities[row, piece].astype(np.float16))
    np.savez_compressed(path, names=np.array(names), places=np.array(places), scores=np.array(rows), types=np.array(TYPES))


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("output") / "actions")
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--names", type=Path, help="work folder of a trained names model to begin with")
    parser.add_argument("--fold", type=int, choices=range(FOLDS), help="keep this third apart (without: train on all)")
    parser.add_argument("--free-only", action="store_true", help="leave out the texts that are not under a free licence")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    train(options.work, options.shared, options.names, options.fold, options.free_only, options.epochs)


if __name__ == "__main__":
    main()
