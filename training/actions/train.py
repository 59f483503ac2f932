"""Trains the action model: ``python -m training.actions.train GOLD [--work FOLDER] [--fold N] [--free]``.

What the encoder makes of each stretch is computed once; the layers above train on it, some four minutes an epoch on two cores.
``--fold N`` keeps a third of the stories apart and prints how well their triggers are read (weights: ``fold-N.pt``); without it
the model that ships is trained (``model.pt``).
"""

from __future__ import annotations

import argparse
import hashlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from kg.extract.reading import ROLES, Reading
from kg.mention.encoder import SHIPPED
from kg.mention.pieces import PieceReader
from training.actions.cases import TYPES, Case, cases
from training.actions.folds import FOLDS, fold_of
from training.actions.model import ActionModel, lower_states, new_model, shipped_encoder
from training.names.model import NamesModel
from training.roles.articles import Annotated, kept_analyses

RATE, HEAD_RATE, WARMUP, DECAY = 3e-4, 2e-3, 0.08, 0.01
PIECES, EPOCHS, SEED = 2048, 4, 20
ROLE_WEIGHT = 0.3
"""Weight of the loss of the roles, summed over the words of a stretch, beside those of the trigger."""
UNKNOWN = -100


class Batch(NamedTuple):
    """The inputs of ``ActionModel`` with what is right: ``labels`` and ``weights`` (batch, length, roles), ``stands`` (0, 1, or
    ``UNKNOWN``) and ``modality`` (its number, or ``UNKNOWN``)."""

    states: Tensor
    marks: Tensor
    kinds: Tensor
    heads: Tensor
    kept: Tensor
    labels: Tensor
    weights: Tensor
    stands: Tensor
    modality: Tensor


def batched(numbers: Sequence[int], sizes: Sequence[int], rng: Random | None = None) -> list[list[int]]:
    """Numbers of stretches of like length together, about ``PIECES`` pieces with the padding; in a new order with ``rng``."""
    out: list[list[int]] = [[]]
    for number in sorted(numbers, key=lambda n: (sizes[n] + (rng.random() * 30 if rng else 0), n)):
        if out[-1] and max(sizes[n] for n in [*out[-1], number]) * (len(out[-1]) + 1) > PIECES:
            out.append([])
        out[-1].append(number)
    if rng:
        rng.shuffle(out)
    return [batch for batch in out if batch]


def states_of(encoder: NamesModel, data: Sequence[Case]) -> list[Tensor]:
    """What the encoder makes of each stretch, in half precision; those of equal stretches are one tensor."""
    numbers: dict[tuple[int, ...], list[int]] = {}
    for number, case in enumerate(data):
        numbers.setdefault(case.stretch.ids, []).append(number)
    states = [torch.empty(0)] * len(data)
    unlike = list(numbers)
    with torch.inference_mode(), torch.autocast("cpu", dtype=torch.bfloat16):
        for batch in batched(range(len(unlike)), [len(ids) for ids in unlike]):
            length = max(len(unlike[n]) for n in batch)
            ids, kept = torch.ones(len(batch), length, dtype=torch.long), torch.zeros(len(batch), length, dtype=torch.long)
            for row, n in enumerate(batch):
                ids[row, : len(unlike[n])] = torch.tensor(unlike[n])
                kept[row, : len(unlike[n])] = 1
            x = lower_states(encoder, ids, kept).to(torch.bfloat16)
            for row, n in enumerate(batch):
                some = x[row, : len(unlike[n])].clone()
                for number in numbers[unlike[n]]:
                    states[number] = some
    return states


def gather(batch: Sequence[int], data: Sequence[Case], states: Sequence[Tensor]) -> Batch:
    """A batch of cases, padded."""
    size, length = len(batch), max(len(data[n].stretch.ids) for n in batch)
    x = torch.zeros(size, length, states[batch[0]].shape[1])
    kept, marks = torch.zeros(size, length, dtype=torch.long), torch.zeros(size, length, dtype=torch.long)
    kinds, heads = torch.zeros(size, dtype=torch.long), torch.zeros(size, dtype=torch.long)
    labels, weights = torch.zeros(size, length, len(ROLES)), torch.zeros(size, length, len(ROLES))
    stands, modality = torch.full((size,), float(UNKNOWN)), torch.full((size,), UNKNOWN)
    for row, number in enumerate(batch):
        case, read = data[number], data[number].stretch
        x[row, : len(read.ids)] = states[number].float()
        kept[row, : len(read.ids)] = 1
        kinds[row] = 1 + TYPES.index(case.type)
        marks[row, list(read.marked)] = kinds[row]
        heads[row] = read.marked[0]
        for column, role in enumerate(ROLES):
            marked = case.labels[role]
            if marked is not None:
                labels[row, list(read.first), column] = torch.tensor(marked, dtype=torch.float)
                weights[row, list(read.first), column] = case.weight
        if case.stands is not None:
            stands[row] = float(case.stands)
        if case.modality is not None:
            modality[row] = case.modality
    return Batch(x, marks, kinds, heads, kept, labels, weights, stands, modality)


def loss_of(model: ActionModel, batch: Batch) -> Tensor:
    """The loss of a batch: cross entropy of each word's roles, of whether triggers stand, and of their modalities."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        roles, trigger = model(batch.states, batch.marks, batch.kinds, batch.heads, batch.kept)
    roles, trigger = roles.float(), trigger.float()
    words = functional.binary_cross_entropy_with_logits(roles, batch.labels, batch.weights, reduction="sum")
    known = (batch.stands != UNKNOWN).float()
    told = functional.binary_cross_entropy_with_logits(trigger[:, 0], batch.stands.clamp(0, 1), known, reduction="sum")
    loss: Tensor = (ROLE_WEIGHT * words + told) / len(batch.kinds)
    if bool((batch.modality != UNKNOWN).any()):
        loss = loss + functional.cross_entropy(trigger[:, 1:], batch.modality, ignore_index=UNKNOWN)
    return loss


def fit(model: ActionModel, data: Sequence[Case], states: Sequence[Tensor], learn: Sequence[int], epochs: int) -> None:
    """Train on the cases ``learn``; the model ends with the moving average of its weights (Polyak and Juditsky 1992)."""
    layers = list(model.layers.parameters())
    rest = [p for name, p in model.named_parameters() if not name.startswith("layers.")]
    groups = [{"params": layers, "full": RATE}, {"params": rest, "full": HEAD_RATE}]
    optimiser = torch.optim.AdamW(groups, lr=RATE, betas=(0.9, 0.98), weight_decay=DECAY)
    sizes = [len(case.stretch.ids) for case in data]
    plan = [batched(learn, sizes, Random(SEED + epoch)) for epoch in range(epochs)]
    total, step = sum(map(len, plan)), 0
    mean = {name: values.detach().clone() for name, values in model.state_dict().items()}
    began = time.monotonic()
    for epoch, batches in enumerate(plan):
        model.train()
        losses = []
        for batch in batches:
            factor = min(1.0, step / (WARMUP * total)) * (1.0 - step / total)
            for group in optimiser.param_groups:
                group["lr"] = group["full"] * max(factor, 1e-3)
            loss = loss_of(model, gather(batch, data, states))
            optimiser.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            optimiser.step()
            step += 1
            losses.append(loss.item())
            with torch.no_grad():
                for name, values in model.state_dict().items():
                    mean[name].lerp_(values, 1.0 - min(0.99, step / (step + 9)))
        print(f"epoch {epoch + 1}: loss {np.mean(losses):.3f}, {time.monotonic() - began:.0f} s", flush=True)
    model.load_state_dict(mean)
    model.eval()


def readings(
    model: ActionModel, data: Sequence[Case], states: Sequence[Tensor], held: Sequence[int]
) -> Iterator[tuple[Case, Reading]]:
    """What the model makes of the cases ``held``."""
    with torch.inference_mode():
        for batch in batched(held, [len(case.stretch.ids) for case in data]):
            some = gather(batch, data, states)
            roles, trigger = model(some.states, some.marks, some.kinds, some.heads, some.kept)
            modality = trigger[:, 1:].log_softmax(-1)
            for row, number in enumerate(batch):
                read = data[number].stretch
                scores = roles[row, list(read.first)].numpy().copy()
                yield data[number], Reading(read.places, scores, float(trigger[row, 0]), tuple(modality[row].tolist()))


def figures(pairs: Sequence[tuple[Case, Reading]]) -> Iterator[str]:
    """How good the readings are: for each role, how often the word with the highest score is right where the role is filled and
    the share of what stands above even odds that is right; how well triggers that stand are told from others; modalities."""
    for column, role in enumerate(ROLES):
        best = filled = true = found = wanted = 0
        for case, reading in pairs:
            marked = case.labels[role]
            if marked is None or case.weight < 1:
                continue
            right, scores = np.array(marked), reading.scores[:, column]
            filled += bool(right.any())
            best += bool(right[scores.argmax()])
            true += int(((scores > 0) & (right == 1)).sum())
            found += int((scores > 0).sum())
            wanted += int(right.sum())
        f1 = 2 * true / max(1, found + wanted)
        yield f"{role:12} best word right {best / max(1, filled):.3f} of {filled}, words F1 {f1:.3f}"
    stands = [(reading.stands, case.stands) for case, reading in pairs if case.stands is not None and case.draft is not None]
    good, bad = ([s for s, known in stands if known is wanted] for wanted in (True, False))
    better = sum((g > b) + 0.5 * (g == b) for g in good for b in bad)
    yield f"stands       area under the curve {better / max(1, len(good) * len(bad)):.3f} ({len(good)} do, {len(bad)} do not)"
    told = [int(np.argmax(r.modality)) == c.modality for c, r in pairs if c.modality is not None]
    yield f"modality     right {np.mean(told):.3f} of {len(told)}"


def all_cases(articles: Sequence[Annotated]) -> list[Case]:
    """The cases of all articles."""
    reader = PieceReader(SHIPPED / "tokenizer.json")
    return [case for group, record, analysis in articles for case in cases(group, record, analysis, reader)]


def train(work: Path, articles: Sequence[Annotated], fold: int | None, epochs: int) -> None:
    """Train one run and write its weights; with a fold, print how it reads the triggers kept apart."""
    torch.manual_seed(SEED)
    data = all_cases(articles)
    encoder = shipped_encoder()
    states = kept_states(work, encoder, data)
    model = new_model(encoder)
    learn = [n for n, case in enumerate(data) if fold is None or fold_of(case.group) != fold]
    print(f"{len(learn)} of {len(data)} triggers", flush=True)
    fit(model, data, states, learn, epochs)
    torch.save(model.state_dict(), work / ("model.pt" if fold is None else f"fold-{fold}.pt"))
    if fold is None:
        return
    pairs = list(readings(model, data, states, [n for n, case in enumerate(data) if fold_of(case.group) == fold]))
    print("\n".join(figures(pairs)), flush=True)


def kept_states(work: Path, encoder: NamesModel, data: Sequence[Case]) -> list[Tensor]:
    """The states of ``data``, from ``work`` where an earlier run left them."""
    key = hashlib.sha256(repr([case.stretch.ids for case in data]).encode()).hexdigest()
    path = work / "states.pt"
    saved = torch.load(path) if path.exists() else {}
    if saved.get("key") != key:
        saved = {"key": key, "states": states_of(encoder, data)}
        work.mkdir(parents=True, exist_ok=True)
        torch.save(saved, path)
    states: list[Tensor] = saved["states"]
    return states


def main() -> None:
    """Read the options and train."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gold", type=Path, help="the folder with train, parallel and more")
    parser.add_argument("--work", type=Path, default=Path("output") / "actions")
    parser.add_argument("--analyses", type=Path, help="keep the analyses of the articles in this file, and take them from there")
    parser.add_argument("--fold", type=int, choices=range(FOLDS), help="keep this third apart (without: train on all)")
    parser.add_argument("--free", action="store_true", help="leave out the texts that are not under a free licence")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    articles = kept_analyses(options.gold, options.analyses, options.free)
    train(options.work, articles, options.fold, options.epochs)


if __name__ == "__main__":
    main()
