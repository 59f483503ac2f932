"""Writes the trained action model as an int8 ONNX graph: ``python -m training.actions.export [--work FOLDER]``."""

from __future__ import annotations

import argparse
import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto

from kg.extract.reader import SHIPPED
from kg.extract.reading import MODALITIES, ROLES
from training.actions.cases import TYPES
from training.actions.model import ActionModel, new_model, shipped_encoder
from training.names.export import Graph, add_layers, finish, values


def build_graph(model: ActionModel) -> Any:
    """The graph: ``states`` (1, length, hidden), ``marks`` (1, length), ``kinds`` (1), ``head`` (1) → ``roles``, ``trigger``."""
    g = Graph()
    for name, value in (("zero", 0), ("one", 1), ("two", 2), ("far", np.iinfo(np.int64).max)):
        g.constant(name, np.array([value], np.int64))
    g.constant("marks.table", values(model.marks.weight))
    g.add("Shape", ["marks"], "shape")
    x = g.add("Add", ["states", g.add("Gather", ["marks.table", "marks"], "marks.y")], "marked")
    kind = g.add("Unsqueeze", [g.add("Gather", ["marks.table", "kinds"], "kinds.rows"), "one"], "kinds.y")
    slot = g.add("Add", [g.add("Slice", [x, "one", "two", "one"], "slot"), kind], "slot.y")
    first, rest = g.add("Slice", [x, "zero", "one", "one"], "first"), g.add("Slice", [x, "two", "far", "one"], "rest")
    x = add_layers(g, model.layers, g.add("Concat", [first, slot, rest], "told", axis=1))
    for name, inputs, head in (("roles", x, model.roles), ("trigger", g.add("Gather", [x, "head"], "at", axis=1), model.trigger)):
        product = g.add("MatMul", [inputs, g.constant(f"{name}.w", values(head.weight).T)], f"{name}.p")
        bias = g.constant(f"{name}.b", values(head.bias))
        if name == "trigger":
            product = g.add("Squeeze", [product, "one"], f"{name}.s")
        g.add("Add", [product, bias], name)
    shape: list[Any] = [1, "length"]
    whole, real = TensorProto.INT64, TensorProto.FLOAT
    inputs = [
        ("states", real, [*shape, model.marks.embedding_dim]),
        ("marks", whole, shape),
        ("kinds", whole, [1]),
        ("head", whole, [1]),
    ]
    outputs = [("roles", real, [*shape, len(ROLES)]), ("trigger", real, [1, model.trigger.out_features])]
    return finish(g, "actions", inputs, outputs)


def export(work: Path, out: Path) -> None:
    """Write ``model.onnx`` and ``config.json`` from the trained ``work`` into ``out``."""
    model = new_model(shipped_encoder())
    model.load_state_dict(torch.load(work / "model.pt", weights_only=True))
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(build_graph(model.eval()), str(out / "model.onnx"))
    settings = {
        "types": list(TYPES),
        "roles": list(ROLES),
        "modalities": [modality.value for modality in MODALITIES],
        "version": hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest()[:12],
    }
    (out / "config.json").write_text(json.dumps(settings, indent=1) + "\n", "utf-8")


def main() -> None:
    """Read the options and export."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("output") / "actions")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    options = parser.parse_args()
    export(options.work, options.out)
    print(*(f"{path.name} {path.stat().st_size / 1e6:.1f} MB" for path in sorted(options.out.glob("*"))))


if __name__ == "__main__":
    main()
