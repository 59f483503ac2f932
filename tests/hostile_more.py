"""More malicious files: bombs in every compression, archives that reach out of their folder, records with wrong lengths."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Iterator

STORY = (
    "The Ravenford prosecutor charged Anna Bellamy with fraud on Monday, her lawyer said.\nThe trial opens in London in May.\n"
)
RECORD = json.dumps({"text": STORY}).encode() + b"\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n"
ZEROS = 66_000_000
"""Bytes that a bomb becomes: over what is read freely, and soon made."""


def bombs() -> Iterator[tuple[str, bytes]]:
    """Small files that become large ones."""
    import zstandard

    yield "bomb.txt.gz", gzip.compress(b"\0" * ZEROS, 9, mtime=0)
    yield "bomb.txt.bz2", bz2.compress(b"\0" * ZEROS)
    yield "bomb.txt.xz", lzma.compress(b"\0" * ZEROS, preset=1)
    yield "bomb.txt.zst", zstandard.ZstdCompressor().compress(b"\0" * ZEROS)
    yield "bomb.jsonl.gz", gzip.compress(b'{"text": "' + b"a" * ZEROS, 9, mtime=0)
    yield "newlines.jsonl.gz", gzip.compress(b"\n" * 8_000_000, 9, mtime=0)
    yield "bomb.warc.gz", gzip.compress(_warc(b"a" * ZEROS), 9, mtime=0)
    yield "bomb.zip", _zip(("a.txt", b"\0" * ZEROS), ("b.txt", STORY.encode()))
    yield "nested.zip", _zip(("a.zip", _zip(("b.zip", _zip(("c.txt", b"\0" * 10_000_000))))))
    yield "overlap.zip", _overlapping()
    yield "bomb.tgz", gzip.compress(_tar(("a.txt", b"\0" * ZEROS)), 9, mtime=0)
    yield "window.txt.zst", b"\x28\xb5\x2f\xfd\x00\xf8" + b"\x00" * 40
    yield "concatenated.jsonl.gz", gzip.compress(RECORD, mtime=0) * 50 + b"trailing garbage"
    yield "bomb.pdf", _pdf(zlib.compress(b"BT (" + b"a" * 60_000_000 + b") Tj ET", 9))
    yield "pages.pdf", _pdf(b"", b"/Kids [" + b"3 0 R " * 50_000 + b"] /Count 50000")
    yield "bomb.docx", _docx(b"<w:p><w:r><w:t>" + b"a" * ZEROS + b"</w:t></w:r></w:p>")


def reaching_out() -> Iterator[tuple[str, bytes]]:
    """Members that want to be somewhere else."""
    names = ("../../evil.txt", "/tmp/evil.txt", "C:\\evil.txt", "..\\..\\evil.txt", "a/../../evil.txt", "./.hidden/evil.txt")
    yield "outside.zip", _zip(*((name, STORY.encode()) for name in names))
    yield "outside.tar", _tar(*((name, STORY.encode()) for name in names))
    links = io.BytesIO()
    with tarfile.open(fileobj=links, mode="w") as archive:
        for name, kind, target in (
            ("soft.txt", tarfile.SYMTYPE, "/etc/passwd"),
            ("hard.txt", tarfile.LNKTYPE, "../../etc/passwd"),
            ("pipe.txt", tarfile.FIFOTYPE, ""),
            ("device.txt", tarfile.CHRTYPE, ""),
        ):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, target
            archive.addfile(info)
    yield "links.tar", links.getvalue()
    link = zipfile.ZipInfo("link.txt")
    link.external_attr = 0o120777 << 16
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as packed:
        packed.writestr(link, "/etc/passwd")
    yield "link.zip", stream.getvalue()
    pax = tarfile.TarInfo("a.txt")
    pax.pax_headers = {"path": "../" * 500 + "x.txt", "size": "99999999999999999999", "comment": "x" * 100_000}
    yield "pax.tar", pax.tobuf(tarfile.PAX_FORMAT) + STORY.encode().ljust(512, b"\0")
    yield "twice.zip", _zip(("a.txt", STORY.encode())) + _zip(("a.txt", b"other"))
    encrypted = bytearray(_zip(("a.txt", STORY.encode())))
    encrypted[6] |= 1
    encrypted[encrypted.rindex(b"PK\x01\x02") + 8] |= 1
    yield "encrypted.zip", bytes(encrypted)


def lying_records() -> Iterator[tuple[str, bytes]]:
    """Web archives whose lengths are wrong."""
    body = STORY.encode()
    for name, length in {
        "short": b"10",
        "long": b"100000",
        "huge": b"9" * 30,
        "negative": b"-5",
        "words": b"many",
        "none": b"",
        "float": b"1e3",
    }.items():
        yield f"length-{name}.warc", _warc(body, length) + _warc(body)
        yield f"length-{name}.warc.gz", gzip.compress(_warc(body, length), mtime=0) + gzip.compress(_warc(body), mtime=0)
    yield "no-blank-line.warc", _warc(body).rstrip() + _warc(body)
    yield "half.warc.gz", gzip.compress(_warc(body), mtime=0)[:-20]
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFF\r\n<p>" + body
    yield "chunks.warc", _response(chunked)
    bomb = OK + b"Content-Encoding: gzip\r\n\r\n" + gzip.compress(b"a" * ZEROS, 9, mtime=0)
    yield "gzip-inside.warc", _response(bomb)
    yield (
        "brotli.warc",
        _response(OK + b"Content-Encoding: br\r\n\r\n\x8b\x02\x80" + body),
    )
    yield "status.warc", _response(b"HTTP/1.1 200\x00\r\nContent-Type: text/html; charset=\xff\r\n\r\n" + body)
    fields = b"KG-Article-ID: ../../evil\r\nKG-Published: 99999-99-99\r\n"
    page = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n" + body
    yield "fields.warc", _response(page, fields)


def documents() -> Iterator[tuple[str, bytes]]:
    """Entities, depth and cycles in documents and mails."""
    laughs = b"".join(b"<!ENTITY l%d '%s'>" % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
    head = b"<!DOCTYPE l [<!ENTITY l0 'ha'>" + laughs + b"]>"
    yield "laughs.docx", _docx(b"<w:p><w:r><w:t>&l11;</w:t></w:r></w:p>", head)
    outside = b"<!DOCTYPE l [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>"
    yield "external.docx", _docx(b"<w:p><w:r><w:t>&e;" + STORY.encode() + b"</w:t></w:r></w:p>", outside)
    yield "deep.docx", _docx(b"<w:p>" * 20_000 + STORY.encode())
    yield (
        "quadratic.xhtml",
        b"<!DOCTYPE x [<!ENTITY a '" + b"a" * 50_000 + b"'>]><html><body><p>" + b"&a;" * 50_000 + b"</p></body></html>",
    )
    yield "parameter.xhtml", b"<!DOCTYPE x [<!ENTITY % p SYSTEM 'http://127.0.0.1:9/x.dtd'>%p;]><html><p>" + STORY.encode() * 3
    yield "cycle.pdf", _pdf(b"", b"/Kids [2 0 R] /Count 1 /Parent 2 0 R")
    yield "rfc822.eml", b"Content-Type: message/rfc822\n\n" * 2_000 + STORY.encode()
    yield "headers.eml", b"".join(b"X-%d: y\n" % n for n in range(100_000)) + b"\n" + STORY.encode()
    yield "base64.eml", b"Content-Transfer-Encoding: base64\nContent-Type: text/plain\n\n" + b"!@#$" * 200_000
    yield "subject.eml", b"Subject: " + b"=?utf-8?b?////?= " * 20_000 + b"\n\n" + STORY.encode()
    yield "keys.json", b"{" + b",".join(b'"k%d": 1' % n for n in range(200_000)) + b"}"
    yield "escapes.jsonl", b'{"text": "' + b"\\ud83d" * 100_000 + STORY.encode().replace(b"\n", b" ") + b'"}'
    yield "bidi.jsonl", json.dumps({"id": "\u202e\u2066", "title": "\u202etxt.exe", "text": f"\u2067{STORY}\u2069"}).encode()
    yield "tables.html", b"<html><body>" + b"<table><tr><td>" * 3_000 + STORY.encode()
    yield "links.html", b"<html><body>" + b"<a href='/x'>x</a> " * 30_000 + STORY.encode() * 3
    yield "refresh.html", b"<html><meta http-equiv=refresh content='0;url=file:///etc/passwd'><body><p>" + STORY.encode() * 4
    yield (
        "charsets.html",
        b"<html><meta charset=utf-16><meta charset=idna><meta charset=zlib><body><p>" + STORY.encode() * 4 + b"\xe9",
    )
    yield "halves.txt", STORY.encode("utf-8") * 3 + STORY.encode("utf-16-le")


def _zip(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def _tar(*members: tuple[str, bytes]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


def _overlapping() -> bytes:
    """A zip archive in which fifty entries share one kernel of compressed zeros (Fifield, A better zip bomb, 2019)."""
    kernel = _zip(("a.txt", b"\0" * 50_000_000))
    start = kernel.index(b"PK\x01\x02")
    entry = kernel[start : kernel.index(b"PK\x05\x06")]
    entries = b"".join(entry.replace(b"a.txt", b"%c.txt" % (97 + n % 26), 1) for n in range(50))
    return kernel[:start] + entries + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 50, 50, len(entries), start, 0)


def _warc(body: bytes, length: bytes | None = None) -> bytes:
    size = b"%d" % len(body) if length is None else length
    head = b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://n.example/a\r\nContent-Type: text/plain\r\n"
    return head + b"Content-Length: " + size + b"\r\n\r\n" + body + b"\r\n\r\n"


def _response(http: bytes, fields: bytes = b"") -> bytes:
    head = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://n.example/a\r\n" + fields
    return (
        head + b"Content-Type: application/http; msgtype=response\r\nContent-Length: %d\r\n\r\n" % len(http) + http + b"\r\n\r\n"
    )


def _pdf(stream: bytes, pages: bytes = b"/Kids [3 0 R] /Count 1") -> bytes:
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages " + pages + b" >>",
        b"<< /Type /Page /Parent 2 0 R /Contents 4 0 R /MediaBox [0 0 9 9] >>",
        b"<< /Length %d /Filter /FlateDecode >>\nstream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return (
        out
        + b"xref\n0 5\n0000000000 65535 f \n"
        + table
        + b"trailer << /Size 5 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % len(out)
    )


def _docx(body: bytes, doctype: bytes = b"") -> bytes:
    space = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    kind = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
    relation = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument"
    types = b'<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    types += b'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    types += b'<Override PartName="/word/document.xml" ContentType="' + kind + b'"/></Types>'
    links = b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    links += b'<Relationship Id="r1" Type="' + relation + b'" Target="word/document.xml"/></Relationships>'
    text = doctype + b"<w:document " + space + b"><w:body>" + body + b"</w:body></w:document>"
    return _zip(("[Content_Types].xml", types), ("_rels/.rels", links), ("word/document.xml", text))


def more() -> Iterator[tuple[str, bytes]]:
    """All of them."""
    for part in (bombs, reaching_out, lying_records, documents):
        yield from part()
