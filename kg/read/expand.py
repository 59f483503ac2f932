"""Compressed streams, opened so that a small file cannot become an endless one."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, BinaryIO

from kg.errors import ArticleError

FREE = 64_000_000
"""Bytes that any compressed file may become."""

RATIO = 200
"""How many times its own size a file may become beyond that; text rarely reaches 20."""


def _zstd(stream: BinaryIO) -> Any:
    import zstandard

    return zstandard.ZstdDecompressor(max_window_size=2**27).stream_reader(stream, read_across_frames=True)


OPENERS: Mapping[str, Callable[[BinaryIO], Any]] = MappingProxyType(
    {
        ".bz2": bz2.BZ2File,
        ".gz": lambda stream: gzip.GzipFile(fileobj=stream),
        ".xz": lzma.LZMAFile,
        ".zst": _zstd,
    }
)
"""How the stream behind each ending is decompressed."""


def damages() -> tuple[type[Exception], ...]:
    """What a damaged compressed stream raises."""
    import zstandard

    return (EOFError, OSError, lzma.LZMAError, zlib.error, zstandard.ZstdError)


class Expanded(io.RawIOBase):
    """The decompressed bytes of a stream.

    Reading raises ``ArticleError`` where the stream is damaged, or is over ``FREE`` bytes and over ``RATIO`` times its own size.
    """

    def __init__(self, name: str, stream: BinaryIO, opener: Callable[[BinaryIO], Any]) -> None:
        self._name, self._given = name, _Counted(stream)
        self._stream = opener(self._given)  # type: ignore[arg-type]
        self._out = 0

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        """Read into ``buffer``; 0 at the end."""
        try:
            data: bytes = self._stream.read1(len(buffer))  # what is whole before a damage counts
        except damages() as error:
            raise ArticleError(self._name, f"is damaged after {self._out:,} bytes: {error}") from error
        self._out += len(data)
        if self._out > FREE and self._out > RATIO * self._given.count:
            raise ArticleError(self._name, f"becomes over {RATIO} times as large when it is decompressed: it is left out")
        buffer[: len(data)] = data
        return len(data)


class _Counted(io.RawIOBase):
    """Counts what is read."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self.count = stream, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        data = self._stream.read(len(buffer))
        self.count += len(data)
        buffer[: len(data)] = data
        return len(data)


def expanded(name: str, stream: BinaryIO, ending: str) -> BinaryIO:
    """The decompressed stream of a file that ends in ``ending``, a key of ``OPENERS``."""
    return io.BufferedReader(Expanded(name, stream, OPENERS[ending]), 1 << 16)
