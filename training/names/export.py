"""Writes the trained model as an int8 ONNX graph: ``python -m training.names.export [--work FOLDER] [--out FOLDER]``.

Every matrix is kept as bytes with one scale for each output, the embedding table with one for each row. What is multiplied with
them is rounded to bytes as well, with a scale for each piece of the text: that is 2.4 times as fast as floats (AMD EPYC, one
thread), and changes the best tag of about one word in 2,000. One scale for a whole batch, as ``DynamicQuantizeMatMul`` has it,
changes one in 200, and makes a text's result depend on what is read with it. Before it is rounded, half of what makes some
channels larger than others is moved from the inputs to the weights (SmoothQuant, Xiao et al. 2023).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from kg.mention.encoder import SHIPPED, open_encoder
from kg.mention.pieces import PieceReader, split_units
from kg.mention.windows import Window, make_windows
from training.names.corpora import SHARED
from training.names.evaluate import measure_all, table
from training.names.model import UPPER_LAYERS, NamesModel, load_model
from training.names.train import torch_encoder

MICROSOFT = "com.microsoft"
LIMIT, MIDDLE = 127, 128
LAST = np.array([-1], np.int64)
Ranges = dict[str, Any]
"""The largest input of every channel, by the name of the matrix."""


class Graph:
    """Nodes and constants of an ONNX graph under construction."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.names: set[str] = set()
        self.ranges: Ranges = {}

    def constant(self, name: str, values: Any) -> str:
        """Add an array and return its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def add(self, kind: str, inputs: list[str], output: str, domain: str = "", **attributes: Any) -> str:
        """Add a node with one output and return its name."""
        self.nodes.append(helper.make_node(kind, inputs, [output], domain=domain, **attributes))
        return output

    def linear(self, name: str, x: str, weight: Any, bias: Any) -> str:
        """``x`` times the rounded ``weight`` (outputs × inputs) plus ``bias``; rows of ``x`` are rounded, each by its scale."""
        if name in self.ranges:
            factors = smoothing(self.ranges[name], weight)
            weight = weight * factors
            x = self.add("Mul", [x, self.constant(f"{name}.e", (1 / factors).astype(np.float32))], f"{name}.x")
        scale = np.maximum(np.abs(weight).max(axis=1), 1e-8) / LIMIT
        rounded = self.constant(f"{name}.w", np.rint(weight / scale[:, None]).astype(np.int8).T)
        outputs, inputs = weight.shape
        rows = self.add("Reshape", [x, self.shared(f"rows.{inputs}", np.array([-1, inputs], np.int64))], f"{name}.rows")
        largest = self.add(
            "ReduceMax", [self.add("Abs", [rows], f"{name}.abs"), self.shared("last", LAST)], f"{name}.max", keepdims=1
        )
        largest = self.add("Max", [largest, self.shared("tiny", np.array(1e-8, np.float32))], f"{name}.most")
        step = self.add("Mul", [largest, self.shared("share", np.array(1 / LIMIT, np.float32))], f"{name}.step")
        steps = self.add("Reshape", [step, self.shared("flat", LAST)], f"{name}.steps")
        middle = self.shared("middle", np.array(MIDDLE, np.uint8))
        middles = self.add("Expand", [middle, self.add("Shape", [steps], f"{name}.count")], f"{name}.middles")
        whole = self.add("QuantizeLinear", [rows, steps, middles], f"{name}.bytes", axis=0)
        product = self.add("MatMulInteger", [whole, rounded, middle], f"{name}.p")
        product = self.add("Mul", [self.add("Cast", [product], f"{name}.f", to=TensorProto.FLOAT), step], f"{name}.q")
        product = self.add("Mul", [product, self.constant(f"{name}.s", scale.astype(np.float32))], f"{name}.m")
        product = self.add("Add", [product, self.constant(f"{name}.b", bias.astype(np.float32))], f"{name}.t")
        return self.add("Reshape", [product, self.shape(outputs)], f"{name}.y")

    def shape(self, size: int) -> str:
        """The shape (batch, length, ``size``)."""
        name = f"shape.{size}"
        if name not in self.names:
            self.names.add(name)
            self.add("Concat", ["shape", self.constant(f"{name}.last", np.array([size], np.int64))], name, axis=0)
        return name

    def shared(self, name: str, values: Any) -> str:
        """A constant that several nodes use."""
        if name not in self.names:
            self.names.add(name)
            self.constant(name, values)
        return name

    def norm(self, name: str, x: str, skip: str, module: torch.nn.LayerNorm) -> str:
        """The sum of ``x`` and ``skip``, normalised; by two nodes, as SkipLayerNormalization takes five times as long."""
        weight, bias = (self.constant(f"{name}.{part}", values(getattr(module, part))) for part in ("weight", "bias"))
        both = self.add("Add", [x, skip], f"{name}.sum")
        return self.add("LayerNormalization", [both, weight, bias], f"{name}.y", axis=-1, epsilon=float(module.eps))


def values(tensor: torch.Tensor) -> Any:
    """A tensor as an array."""
    return tensor.detach().float().numpy()


def smoothing(ranges: Any, weight: Any) -> Any:
    """By what the channels of the inputs are divided and the weights multiplied; their product over all channels is 1."""
    factors = np.sqrt(np.maximum(ranges, 1e-5) / np.maximum(np.abs(weight).max(axis=0), 1e-5))
    return (factors / np.exp(np.log(factors).mean())).astype(np.float32)


def measure_ranges(model: NamesModel, windows: Sequence[Window]) -> Ranges:
    """The largest input of every channel of every matrix of the layers, over ``windows``, by the matrix' name in the graph."""
    ranges: Ranges = {}

    def watch(name: str) -> Any:
        def see(module: Any, inputs: Any) -> None:
            largest = inputs[0].detach().float().abs().flatten(0, -2).max(0).values.numpy()
            ranges[name] = np.maximum(ranges.get(name, 0), largest)

        return see

    parts = {"qkv": "query", "out": "output", "up": "up", "down": "down"}
    hooks = [
        getattr(layer, part).register_forward_pre_hook(watch(f"l{number}.{name}"))
        for number, layer in enumerate(model.layers)
        for name, part in parts.items()
    ]
    with torch.no_grad():
        for window in windows:
            ids = torch.tensor([window.ids])
            model(ids, torch.zeros(1, dtype=torch.long), torch.ones_like(ids))
    for hook in hooks:
        hook.remove()
    return ranges


def some_windows(work: Path, shared: Path) -> list[Window]:
    """Windows of a few training articles in each language."""
    reader = PieceReader(work / "tokenizer.json")
    out: list[Window] = []
    for folder in sorted((shared / "gold" / "train").glob("*")):
        for path in sorted(folder.glob("*.json"))[:6]:
            lines = json.loads(path.read_text("utf-8"))["text"].split("\n")
            out.extend(make_windows([tuple(split_units(line)) for line in lines], reader, 128, 256, 24))
    return out


def add_layers(g: Graph, layers: Iterable[Any], x: str, mask: str = "", first: int = 0) -> str:
    """Add the nodes of ``layers``, numbered from ``first`` on, above ``x``; ``mask`` names what is padding (else nothing is)."""
    for number, layer in enumerate(layers, first):
        name = f"l{number}"
        parts = [layer.query, layer.key, layer.value]
        weight = np.concatenate([values(part.weight) for part in parts])
        bias = np.concatenate([values(part.bias) for part in parts])
        mixed = g.linear(f"{name}.qkv", x, weight, bias)
        g.nodes.append(helper.make_node("Split", [mixed], [f"{name}.q", f"{name}.k", f"{name}.v"], axis=2, num_outputs=3))
        inputs = [f"{name}.q", f"{name}.k", f"{name}.v", *(["", mask] if mask else [])]
        mixed = g.add("MultiHeadAttention", inputs, f"{name}.mixed", MICROSOFT, num_heads=layer.heads)
        mixed = g.linear(f"{name}.out", mixed, values(layer.output.weight), values(layer.output.bias))
        x = g.norm(f"{name}.na", mixed, x, layer.norm_attention)
        up = g.add("Gelu", [g.linear(f"{name}.up", x, values(layer.up.weight), values(layer.up.bias))], f"{name}.gelu", MICROSOFT)
        down = g.linear(f"{name}.down", up, values(layer.down.weight), values(layer.down.bias))
        x = g.norm(f"{name}.no", down, x, layer.norm_output)
    return x


def build_lower(model: NamesModel, ranges: Ranges) -> Any:
    """All but the highest layers: ``ids`` (batch, length), ``styles`` (batch), ``kept`` (batch, length) → ``states``."""
    g = Graph()
    g.ranges = ranges
    table_, styles = values(model.words.weight), values(model.styles.weight)
    scale = np.maximum(np.abs(table_).max(axis=1, keepdims=True), 1e-8) / 127
    g.constant("words", np.rint(table_ / scale).astype(np.int8))
    g.constant("words.scale", scale.astype(np.float32))
    g.constant("styles.table", styles)
    g.constant("places", values(model.places.weight))
    for name, value in (("zero", 0), ("one", 1), ("two", 2), ("far", np.iinfo(np.int64).max)):
        g.constant(name, np.array([value], np.int64))
    rows = g.add("Cast", [g.add("Gather", ["words", "ids"], "words.rows")], "words.float", to=TensorProto.FLOAT)
    rows = g.add("Mul", [rows, g.add("Gather", ["words.scale", "ids"], "words.scales")], "words.y")
    style = g.add("Unsqueeze", [g.add("Gather", ["styles.table", "styles"], "styles.rows"), "one"], "styles.y")
    head = g.add("Slice", [rows, "zero", "one", "one"], "rows.head")
    tail = g.add("Slice", [rows, "two", "far", "one"], "rows.tail")
    x = g.add("Concat", [head, style, tail], "rows.styled", axis=1)
    length = g.add("Slice", [g.add("Shape", ["ids"], "shape"), "one", "two"], "length")
    place = g.add("Slice", ["places", "zero", length, "zero"], "places.rows")
    place = g.add("Expand", [place, g.add("Shape", [x], "x.shape")], "places.y")
    x = g.norm("norm", x, place, model.norm)
    mask = g.add("Cast", ["kept"], "mask", to=TensorProto.INT32)
    x = add_layers(g, list(model.layers)[:-UPPER_LAYERS], x, mask)
    g.add("Identity", [x], "states")
    shape: list[Any] = ["batch", "length"]
    inputs = [("ids", TensorProto.INT64, shape), ("styles", TensorProto.INT64, shape[:1]), ("kept", TensorProto.INT64, shape)]
    return finish(g, "lower", inputs, [("states", TensorProto.FLOAT, [*shape, model.words.embedding_dim])])


def build_upper(model: NamesModel, ranges: Ranges) -> Any:
    """The highest layers and the head: ``states`` (batch, length, hidden), ``kept`` (batch, length) → ``scores``."""
    g = Graph()
    g.ranges = ranges
    g.add("Shape", ["kept"], "shape")
    mask = g.add("Cast", ["kept"], "mask", to=TensorProto.INT32)
    first = len(model.layers) - UPPER_LAYERS
    x = add_layers(g, list(model.layers)[first:], "states", mask, first)
    scores = g.add("MatMul", [x, g.constant("head.w", values(model.head.weight).T)], "head.y")
    g.add("Add", [scores, g.constant("head.b", values(model.head.bias))], "scores")
    shape: list[Any] = ["batch", "length"]
    inputs = [("states", TensorProto.FLOAT, [*shape, model.words.embedding_dim]), ("kept", TensorProto.INT64, shape)]
    return finish(g, "upper", inputs, [("scores", TensorProto.FLOAT, [*shape, model.head.out_features])])


Values = Sequence[tuple[str, int, list[Any]]]
"""Names, types and shapes of what goes into a graph or comes out."""


def finish(g: Graph, name: str, inputs: Values, outputs: Values) -> Any:
    """The ONNX model of a graph."""
    infos = ([helper.make_tensor_value_info(*value) for value in some] for some in (inputs, outputs))
    graph = helper.make_graph(g.nodes, name, *infos, g.constants)
    imports = [helper.make_opsetid("", 18), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(graph, opset_imports=imports, ir_version=9, producer_name="kg")


def export(work: Path, out: Path, shared: Path) -> None:
    """Write ``lower.onnx``, ``upper.onnx``, ``tokenizer.json`` and ``config.json`` from the trained ``work`` into ``out``."""
    model = load_model(work).eval()
    ranges = measure_ranges(model, some_windows(work, shared))
    out.mkdir(parents=True, exist_ok=True)
    graphs = {"lower.onnx": build_lower(model, ranges), "upper.onnx": build_upper(model, ranges)}
    for name, graph in graphs.items():
        onnx.save(graph, str(out / name))
    shutil.copyfile(work / "tokenizer.json", out / "tokenizer.json")
    settings = json.loads((work / "config.json").read_text("utf-8"))
    settings["batch"] = 1  # each window alone: no padding, which would cost a quarter of the time, and no neighbours
    settings["version"] = hashlib.sha256(b"".join((out / name).read_bytes() for name in graphs)).hexdigest()[:12]
    (out / "config.json").write_text(json.dumps(settings, ensure_ascii=False, indent=1) + "\n", "utf-8")


def agreement(work: Path, out: Path, texts: list[str]) -> tuple[float, float]:
    """The largest and the mean difference of probabilities between the graph and torch on ``texts``."""
    plain, rounded = torch_encoder(load_model(work), work), open_encoder(out)
    from kg.mention.decode import log_softmax

    worst, means = 0.0, []
    tags = len(plain.settings.tags)
    for text in texts:
        windows = list(make_windows([tuple(split_units(text))], plain.reader, 128, 256, 24))
        a, b = (np.exp(log_softmax(encoder.score(windows, 0)[..., :tags])) for encoder in (plain, rounded))
        for row, window in enumerate(windows):
            difference = np.abs(a[row, list(window.first)] - b[row, list(window.first)])
            worst = max(worst, float(difference.max()))
            means.append(float(difference.mean()))
    return worst, float(np.mean(means))


def main() -> None:
    """Read the options, export, and print how the graph agrees with torch and what it reaches."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("output") / "names")
    parser.add_argument("--out", type=Path, default=SHIPPED)
    parser.add_argument("--shared", type=Path, default=SHARED)
    parser.add_argument("--unmeasured", action="store_true", help="leave out the figures on the measuring sets")
    options = parser.parse_args()
    export(options.work, options.out, options.shared)
    sizes = {path.name: path.stat().st_size for path in sorted(options.out.glob("*")) if path.is_file()}
    print(" ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items()))
    texts = [
        "Les policiers de Lyon ont arrêté hier Paul Martin, ancien directeur de la Banque du Rhône.",
        "The court in Leeds fined Acme Holdings after a complaint by Mary Brown.",
        "قال متحدث باسم وزارة الداخلية في تونس إن الشرطة أوقفت سامي بن علي بمطار قرطاج.",
        "Суд в Казани оштрафовал компанию «Волга» по иску Ивана Петрова.",
    ]
    worst, mean = agreement(options.work, options.out, texts)
    print(f"probabilities of the graph and of torch differ by {mean:.4f} on average, {worst:.3f} at most")
    if not options.unmeasured:
        print(table(measure_all(open_encoder(options.out), options.shared)))


if __name__ == "__main__":
    main()
