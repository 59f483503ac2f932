"""What was fetched, on disk: one small web archive per address, written whole, by way of warcio.

``pages/ab/<hash of the address>.warc.gz`` holds the answer with the headers that make the next request conditional; lists stand
under ``lists``. The file's time is when the server was last asked. Put one behind the other the pages are one web archive.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from kg.errors import ConfigurationError
from kg.fetch.client import Answer
from kg.files import sweep, write_atomically
from kg.read.warc import ARTICLE_ID, PUBLISHED

KEPT = ("content-type", "content-language", "etag", "last-modified")
"""Headers of an answer that are kept."""

_LONGEST = 1_000


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that is on disk, and when (seconds since 1970) the server was last asked for it."""

    answer: Answer
    asked: float

    @property
    def conditions(self) -> Mapping[str, str]:
        """The headers that ask for the answer only if it changed."""
        pairs = (("If-None-Match", "etag"), ("If-Modified-Since", "last-modified"))
        return {name: self.answer.headers[kept] for name, kept in pairs if kept in self.answer.headers}


@dataclass(frozen=True, slots=True)
class Store:
    """Answers below ``folder``, of one ``kind``: ``pages`` or ``lists``."""

    folder: Path
    kind: str

    def path(self, url: str) -> Path:
        """Where the answer for ``url`` stands or would stand."""
        name = hashlib.sha256(url.encode()).hexdigest()
        return self.folder / self.kind / name[:2] / f"{name}.warc.gz"

    def get(self, url: str) -> Kept | None:
        """The answer for ``url``; None where there is none, or the file is spoilt."""
        from warcio.archiveiterator import ArchiveIterator
        from warcio.exceptions import ArchiveLoadFailed

        path = self.path(url)
        try:
            with path.open("rb") as stream:
                asked = os.fstat(stream.fileno()).st_mtime
                for record in ArchiveIterator(stream):
                    target = record.rec_headers.get_header("WARC-Target-URI")
                    headers = {name.lower(): value for name, value in record.http_headers.headers}
                    body = record.content_stream().read()
                    if target and len(body) == int(record.http_headers.get_header("Content-Length")):
                        return Kept(Answer(target, 200, headers, body), asked)
                    break
        except (OSError, EOFError, ValueError, AttributeError, TypeError, ArchiveLoadFailed):
            return None
        return None

    def put(self, url: str, answer: Answer, published: str | None = None, now: float | None = None) -> None:
        """Keep ``answer`` for ``url``, with the day of publication that a list gave for it.

        Raises:
            ConfigurationError: it cannot be written.
        """
        write_atomically(self.path(url), record_of(url, answer, published, time.time() if now is None else now))

    def touch(self, url: str, now: float | None = None) -> None:
        """Note that the server was asked for ``url`` and had nothing new."""
        with contextlib.suppress(OSError):
            os.utime(self.path(url), None if now is None else (now, now))

    def __iter__(self) -> Iterator[Path]:
        """The files, in the order of their names."""
        top = self.folder / self.kind
        with contextlib.suppress(FileNotFoundError):
            for part in sorted(top.iterdir()):
                if part.is_dir():
                    yield from sorted(path for path in part.iterdir() if path.name.endswith(".warc.gz") and path.name[0] != ".")

    def sweep(self) -> None:
        """Remove what killed runs left half written."""
        with contextlib.suppress(OSError):
            for part in (self.folder / self.kind).iterdir():
                sweep(part)


def article_id(url: str) -> str:
    """The id of the article at ``url``: the host and a hash of the address, the same in every run."""
    return f"{urlsplit(url).hostname or 'page'}-{hashlib.sha256(url.encode()).hexdigest()[:12]}"


def record_of(url: str, answer: Answer, published: str | None, now: float) -> bytes:
    """One compressed WARC record; all but its date follows from ``url`` and ``answer``."""
    from warcio.statusandheaders import StatusAndHeaders
    from warcio.warcwriter import WARCWriter

    digest = hashlib.sha256(answer.body).hexdigest()
    kept = [(name.title(), answer.headers[name]) for name in KEPT if name in answer.headers]
    kept = [(name, value) for name, value in kept if len(value) <= _LONGEST and value.isascii() and value.isprintable()]
    fields = {
        "WARC-Record-ID": f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{url} {digest}')}>",
        "WARC-Date": datetime.fromtimestamp(int(now), UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        ARTICLE_ID: article_id(url),
        **({PUBLISHED: published} if published else {}),
    }
    stream = io.BytesIO()
    writer = WARCWriter(stream, gzip=True, warc_version="1.1")
    head = StatusAndHeaders("200 OK", [*kept, ("Content-Length", str(len(answer.body)))], protocol="HTTP/1.1")
    body = io.BytesIO(answer.body)
    record = writer.create_warc_record(
        answer.url, "response", payload=body, length=len(answer.body), http_headers=head, warc_headers_dict=fields
    )
    writer.write_record(record)
    return stream.getvalue()


def write_archive(path: Path, pages: Store) -> int:
    """Write all ``pages`` into one web archive at ``path``; how many there are.

    Raises:
        ConfigurationError: it cannot be written, or a page cannot be read.
    """
    files = list(pages)

    def contents() -> Iterator[bytes]:
        for file in files:
            try:
                yield file.read_bytes()
            except OSError as error:
                raise ConfigurationError(f"cannot read {file}: {error.strerror or error}") from error

    write_atomically(path, contents())
    return len(files)
