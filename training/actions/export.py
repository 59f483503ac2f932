"""Writes the trained model as int8 ONNX with its tokenizer and settings: ``python -m training.actions.export [--work FOLDER]``.

``policies.json`` beside this file says in which languages the model has a say and with which thresholds (``compare`` finds them).
"""

from __future__ import annotations

import argparse
import hashlib
import json
import shutil
from pathlib import Path

import numpy as np
import onnx

from kg.extract.tagger import open_tagger
from kg.model import Span
from training.actions.model import load
from training.actions.stories import TYPES
from training.actions.train import LONGEST, OVERLAP, PIECES, SIZE
from training.names.export import build_graph

POLICIES = Path(__file__).parent / "policies.json"
SENTENCES = (
    "The court in Leeds fined Acme Holdings after a complaint by Mary Brown, and police searched its office.",
    "Les policiers de Lyon ont arrêté hier Paul Martin, mis en examen pour escroquerie.",
    "أفرجت الشرطة في تونس عن سامي بن علي بعد أن برأته المحكمة.",
)


def export(work: Path, out: Path, prefix: str = "") -> None:
    """Write ``model.onnx``, ``tokenizer.json`` and ``config.json`` from the trained ``work`` into ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    onnx.save(build_graph(load(work / f"{prefix}model.pt"), {}), str(out / "model.onnx"))
    shutil.copyfile(work / "tokenizer.json", out / "tokenizer.json")
    settings = {
        "types": list(TYPES),
        "policies": json.loads(POLICIES.read_text("utf-8")),
        "size": SIZE,
        "longest": LONGEST,
        "overlap": OVERLAP,
        "batch": PIECES,
        "version": hashlib.sha256((out / "model.onnx").read_bytes()).hexdigest()[:12],
    }
    (out / "config.json").write_text(json.dumps(settings, indent=1) + "\n", "utf-8")


def agreement(work: Path, out: Path, prefix: str = "") -> float:
    """The largest difference of a probability between the graph and torch on a few sentences."""
    import torch

    tagger, model = open_tagger(out), load(work / f"{prefix}model.pt")

    def score(ids: np.ndarray, styles: np.ndarray, kept: np.ndarray) -> np.ndarray:
        with torch.inference_mode():
            result: np.ndarray = model(torch.from_numpy(ids), torch.from_numpy(styles), torch.from_numpy(kept)).numpy()
            return result

    plain = type(tagger)(tagger.settings, tagger.reader, score)
    worst = 0.0
    for text in SENTENCES:
        a, b = (t.score(text, [Span(0, len(text))]).rows for t in (tagger, plain))
        worst = max(worst, float(np.abs(a - b).max()))
    return worst


def main() -> None:
    """Read the options, export, and print sizes and how the graph agrees with torch."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--work", type=Path, default=Path("output") / "actions")
    parser.add_argument("--out", type=Path, default=Path("output") / "actions" / "out")
    parser.add_argument("--free-only", action="store_true", help="the model without texts that are not under a free licence")
    options = parser.parse_args()
    prefix = "free-" if options.free_only else ""
    export(options.work, options.out, prefix)
    sizes = {path.name: path.stat().st_size for path in sorted(options.out.glob("*")) if path.is_file()}
    print(" ".join(f"{name} {size / 1e6:.1f} MB" for name, size in sizes.items()))
    print(f"probabilities of the graph and of torch differ by {agreement(options.work, options.out, prefix):.3f} at most")


if __name__ == "__main__":
    main()
