"""A graph as sorted N-Triples in parts by key range, for what is too large to be one file.

The key of a triple is the hash of its subject without its fragment, so that an article and the stretches of its text stand in
one part. Part ``n`` of ``N`` holds the keys from ``n/N`` to ``(n+1)/N``: parts of a finer division nest in those of a coarser
one, and the same part of several graphs is merged by reading them side by side (``sort -m -u``), whatever the other parts hold.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from pyoxigraph import RdfFormat, Triple, serialize

from kg.errors import ConfigurationError
from kg.files import write_atomically

MANIFEST = "manifest.json"
"""The file that is written last: where it stands, all parts are whole."""

MOST = 65_536


def part_of(subject: str, count: int) -> int:
    """The number of the part, of ``count``, in which the triples of ``subject`` stand."""
    key = hashlib.sha256(subject.partition("#")[0].encode("utf-8", "surrogatepass")).digest()[:8]
    return int.from_bytes(key, "big") * count >> 64


def part_name(number: int, count: int) -> str:
    """The name of a part's file."""
    return f"part-{number:05}-of-{count:05}.nt"


def to_parts(triples: Iterable[Triple], count: int) -> list[bytes]:
    """``triples`` as N-Triples in ``count`` parts, the lines of each in the order of their bytes, each line once.

    Raises:
        ConfigurationError: ``count`` makes no sense.
    """
    if not 1 <= count <= MOST:
        raise ConfigurationError(f"a graph is written in 1 to {MOST:,} parts, not {count}")
    found: list[list[Triple]] = [[] for _ in range(count)]
    for triple in triples:
        found[part_of(str(getattr(triple.subject, "value", triple.subject)), count)].append(triple)
    return [_sorted(serialize(part, format=RdfFormat.N_TRIPLES) or b"") for part in found]


def write_parts(folder: Path, triples: Iterable[Triple], count: int) -> None:
    """Write ``triples`` in ``count`` parts into ``folder``, and at last the manifest: lines and SHA-256 of each part.

    The manifest of an earlier graph goes first, and its parts last, so that no mixture is ever taken for a graph.

    Raises:
        ConfigurationError: ``count`` makes no sense, or a file cannot be written.
    """
    parts = {part_name(number, count): content for number, content in enumerate(to_parts(triples, count))}
    try:
        (folder / MANIFEST).unlink(missing_ok=True)
        for name, content in parts.items():
            write_atomically(folder / name, content)
        for path in folder.glob("part-*-of-*.nt"):
            if path.name not in parts:
                path.unlink()
    except OSError as error:
        raise ConfigurationError(f"cannot write {folder}: {error.strerror or error}") from error
    table = [{"file": n, "lines": c.count(b"\n"), "sha256": hashlib.sha256(c).hexdigest()} for n, c in parts.items()]
    write_atomically(folder / MANIFEST, (json.dumps({"format": 1, "parts": table}, indent=1) + "\n").encode())


def _sorted(lines: bytes) -> bytes:
    return b"".join(sorted(set(lines.splitlines(keepends=True))))
