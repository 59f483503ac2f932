"""Files that hold files: compressed ones, zip and tar archives. Nothing is ever unpacked to disk.

A member is read by the reader of its ending and named ``archive.zip:folder/page.html`` in messages. Archives inside archives are
left out, and so are members that are encrypted, links, devices, or hidden.
"""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from kg.errors import ArticleError
from kg.model import Article
from kg.read.expand import FREE, OPENERS, RATIO, expanded
from kg.read.source import Reader, Source

MAX_MEMBERS = 1_000_000
"""Members of an archive that are looked at."""

ARCHIVES = (".tar", ".tgz", ".zip")
"""Endings of files that hold several files."""

Lookup = Callable[[str], Reader | None]
"""Finds the reader of a file by its name."""


def compressed(lookup: Lookup) -> Reader:
    """A reader of ``news.jsonl.gz`` and the like, which asks ``lookup`` for the reader of ``news.jsonl``.

    Raises:
        ArticleError: the inner ending is not known, or the stream is damaged or expands without end.
    """

    def read(source: Source) -> Iterator[Article]:
        path = PurePosixPath(source.name)
        inner = lookup(path.stem)
        if inner is None:
            raise ArticleError(source.name, f"what is compressed has no known ending (like news.jsonl{path.suffix})")
        stream = expanded(source.name, source.stream, path.suffix.lower())
        yield from inner(replace(source, stem=PurePosixPath(path.stem).stem, stream=stream))

    return read


def zipped(lookup: Lookup) -> Reader:
    """A reader of zip archives, members in the order of their names.

    Raises:
        ArticleError: it is no zip archive, damaged, or has nothing that can be read.
    """

    def read(source: Source) -> Iterator[Article]:
        if not source.stream.seekable():
            raise ArticleError(source.name, "a zip archive must be a file of its own")
        try:
            archive = zipfile.ZipFile(source.stream)
        except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
            raise ArticleError(source.name, f"is no zip archive that can be read: {error}") from error
        with archive:
            members = [member for member in archive.infolist()[:MAX_MEMBERS] if not member.is_dir()]
            used = 0
            for member in sorted(members, key=lambda member: member.filename):
                reader = _member_reader(member.filename, lookup)
                if reader is None:
                    continue
                used += 1
                where = f"{source.name}:{member.filename}"
                try:
                    if member.file_size > max(FREE, RATIO * member.compress_size):
                        raise ArticleError(where, f"becomes over {RATIO} times as large when it is decompressed: it is left out")
                    with archive.open(member) as stream:
                        yield from reader(_inside(source, where, member.filename, cast("BinaryIO", stream)))
                except ArticleError as error:
                    source.log.error(error.source, error.reason)
                except (
                    zipfile.BadZipFile,
                    RuntimeError,
                    NotImplementedError,
                    OSError,
                    EOFError,
                    zlib.error,
                    ValueError,
                ) as error:
                    source.log.error(where, f"cannot be read from the archive: {error}")
        if not used:
            raise ArticleError(source.name, "holds no file of a known ending")

    return read


def tarred(lookup: Lookup) -> Reader:
    """A reader of tar archives, as a stream, members in the order of the archive.

    Raises:
        ArticleError: it is no tar archive, damaged, or has nothing that can be read.
    """

    def read(source: Source) -> Iterator[Article]:
        stream = source.stream
        if source.name.lower().endswith(".tgz"):
            stream = expanded(source.name, stream, ".gz")
        used = 0
        try:
            with tarfile.open(fileobj=stream, mode="r|") as archive:
                for number, member in enumerate(archive):
                    reader = _member_reader(member.name, lookup) if member.isreg() else None
                    if reader is None or number >= MAX_MEMBERS:
                        continue
                    used += 1
                    where = f"{source.name}:{member.name}"
                    opened = archive.extractfile(member)
                    try:
                        if opened is not None:
                            yield from reader(_inside(source, where, member.name, cast("BinaryIO", opened)))
                    except ArticleError as error:
                        if error.source == source.name:
                            raise
                        source.log.error(error.source, error.reason)
        except (tarfile.TarError, EOFError, ValueError, OverflowError) as error:
            raise ArticleError(source.name, f"is no tar archive that can be read to its end: {error}") from error
        if not used:
            raise ArticleError(source.name, "holds no file of a known ending")

    return read


def _member_reader(name: str, lookup: Lookup) -> Reader | None:
    path = _path(name)
    hidden = any(part.startswith(".") and part not in (".", "..") for part in path.parts) or "__MACOSX" in path.parts
    inner = PurePosixPath(path.stem) if path.suffix.lower() in OPENERS else path
    return None if hidden or inner.suffix.lower() in ARCHIVES else lookup(name)


def _inside(source: Source, where: str, name: str, stream: BinaryIO) -> Source:
    return replace(source, name=where, stem=_path(name).stem, stream=stream)


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))
