"""Malformed and malicious inputs by the hundred: each ends soon, with a clear record, and harms nothing beside it.

The inputs are made here: by hand, and by changing good files of every format at random places. They are read in a process of
its own with bounded memory; the analysis goes over what could be read.
"""

from __future__ import annotations

import gzip
import io
import json
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from random import Random

import pytest

from tests.hostile_more import more

STORY = (
    "Mayor charged in Ravenford\n\nThe Ravenford prosecutor charged Anna Bellamy with fraud on Monday, her lawyer said.\n"
    "She was released on bail of $20,000 and barred from leaving the country. The trial opens in London in May.\n"
)
ARABIC = (
    "توقيف رجل أعمال\n\nأوقفت الشرطة في بيروت يوم الاثنين رجل الأعمال سليم حداد بتهمة الاحتيال، وقال محاميه إنه بريء.\n"
    "وأمرت المحكمة بحبسه على ذمة التحقيق.\n"
)
PAGE = f"<html><head><title>Mayor charged</title></head><body><article><p>{STORY}</p><p>{STORY}</p></article></body></html>"
MEMORY = 3_000_000_000
SECONDS = 10.0

RUN = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (int(sys.argv[1]), int(sys.argv[1])))
from pathlib import Path
from kg.assembly import Options, default_pipeline
from kg.batch.pool import analyse
from kg.issues import IssueLog
from kg.read.inputs import read_inputs
pipeline = default_pipeline(Options(parser="rules"))
for path in sorted(Path(sys.argv[2]).iterdir()):
    log, began, count, wrong = IssueLog(), time.process_time(), 0, ""
    for article in read_inputs([str(path)], log):
        count += 1
        if any(not 0 <= s.start <= s.end <= len(article.text) for s in article.body):
            wrong = "a span outside the text"
        if len(article.text) < 20_000:
            content, failure = analyse(pipeline, article)
            if failure:
                log.error(failure.source, failure.reason)
            elif content:
                json.loads(content)
    lines = [str(issue) for issue in log.issues]
    seconds = time.process_time() - began
    print(json.dumps({"name": path.name, "articles": count, "lines": lines, "seconds": seconds, "wrong": wrong}))
"""


def by_hand() -> Iterator[tuple[str, bytes]]:
    yield "empty.txt", b""
    yield "blank.txt", b" \n\t \r\n"
    yield "nul.txt", b"\x00" * 5000
    yield "nul-inside.txt", STORY.encode().replace(b"Anna", b"An\x00na")
    yield "half-utf8.txt", ARABIC.encode()[:-7]
    yield "overlong-utf8.txt", b"\xc0\xaf\xe0\x80\xaf " * 200
    yield "surrogates.txt", b"\xed\xa0\x80\xed\xb0\x80 court " * 200
    yield "mixed-encodings.txt", ARABIC.encode("cp1256") + ARABIC.encode()
    yield "utf16-odd.txt", b"\xff\xfe" + STORY.encode("utf-16-le")[:-1]
    yield "utf16.txt", STORY.encode("utf-16")
    yield "utf32-broken.txt", b"\xff\xfe\x00\x00" + b"\x11\x22\x33\x44" * 50
    yield "utf7.html", b"<html><meta charset=utf-7><body><p>+ADw-script+AD4-" + STORY.encode() * 3
    yield "bidi.txt", f"\u202e{STORY}\u202c\u2066{ARABIC}\u2069\u200f\u200b".encode()
    yield "bidi-name.txt", STORY.replace("Anna Bellamy", "Anna \u202eymalleB\u202c").encode()
    yield "zero-width.txt", "\u200b".join(STORY).encode()
    yield "combining.txt", STORY.replace("a", "a" + "\u0301" * 500).encode()
    yield "one-line.txt", b"word " * 900_000
    yield "long-word.txt", b"a" * 4_000_000
    yield "too-large.txt", b"A court said so. " * 1_000_000
    yield "many-lines.txt", b"a\n" * 2_000_000
    yield "control.txt", STORY.replace(" ", "\x1b[31m \x07").encode()
    yield "emoji.txt", ("\U0001f469\u200d\U0001f692" * 3000 + STORY).encode()
    yield "brackets.txt", (b"(" * 20_000 + STORY.encode() + b")" * 20_000)
    yield "quotes.txt", (b'"' * 30_000 + STORY.encode())
    yield "dots.txt", b"." * 1_000_000
    yield "digits.txt", b"9" * 500_000 + b" euros " + STORY.encode()
    yield "money.txt", b"fined $" + b"1," * 50_000 + b"000 million. " + STORY.encode()
    yield "dates.txt", b"on 31 February 99999999999 and 00/00/0000, " * 300 + STORY.encode()
    yield "turtle.txt", b'<> a """ ; . } INSERT DATA { <x> <y> <z> } \\u0000 \\uD800 ' * 30 + STORY.encode()
    yield "templates.txt", b"{{7*7}} ${x} %s %n {0} {article.__class__} " * 50 + STORY.encode()
    yield "language.txt", b"Der Richter verurteilte den Mann zu einer Geldstrafe. " * 20
    yield "deep.html", b"<div>" * 100_000 + STORY.encode()
    yield "deep-spans.html", b"<p>" + b"<span>" * 50_000 + STORY.encode()
    yield (
        "entities.html",
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><html><p>&b;' + STORY.encode(),
    )
    yield (
        "laughs.xhtml",
        b"<!DOCTYPE l [<!ENTITY l0 'ha'>"
        + b"".join(b"<!ENTITY l%d '%s'>" % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 12))
        + b"]><html><body><p>&l11;</p></body></html>",
    )
    yield "external.xhtml", b"<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><html><body><p>&a; " + STORY.encode() * 3
    yield "script.html", PAGE.replace("<p>", "<script>alert(1)</script><img src=x onerror=alert(1)><p>").encode()
    yield "attributes.html", b"<p " + b" ".join(b"a%d='x'" % n for n in range(50_000)) + b">" + STORY.encode()
    yield "hidden-attributes.html", b"<p " + b" ".join(b"a%d='>'" % n for n in range(200_000)) + b">" + STORY.encode()
    yield "bare-attributes.html", b"<p " + b" ".join(b"a%d" % n for n in range(300_000)) + b">" + STORY.encode()
    yield "comment.html", b"<!--" * 50_000 + STORY.encode()
    yield "unclosed.html", b"<html><body><article><p>" + STORY.encode() + b"<a href='" + b"x" * 500_000
    yield "cdata.html", b"<![CDATA[" * 20_000 + STORY.encode()
    yield (
        "json-ld.html",
        PAGE.replace("<body>", '<script type="application/ld+json">' + "[" * 50_000 + "</script><body>").encode(),
    )
    yield (
        "meta-date.html",
        PAGE.replace("<body>", '<meta property="article:published_time" content="9999-99-99T99"><body>').encode(),
    )
    yield "url.html", PAGE.replace("<body>", '<link rel="canonical" href="javascript:alert(1)//<>"><body>').encode()
    yield "not-html.html", bytes(range(256)) * 200
    yield "deep.json", b"[" * 200_000
    yield "deep-object.json", b'{"a":' * 100_000
    yield "numbers.json", b'{"text": ' + b"9" * 100_000 + b"}"
    yield "huge-number.jsonl", b'{"text": "x", "id": 1e999999}\n' + b"9" * 5000 + b"\n"
    yield "duplicate-keys.json", b'{"text": "a", "text": ' + json.dumps(STORY).encode() + b"}"
    yield "surrogate.jsonl", json.dumps({"text": f"{STORY}\ud800\udfff\x00"}).encode()
    yield (
        "types.jsonl",
        b"\n".join(
            json.dumps({"text": STORY, key: value}).encode()
            for key in ("id", "lang", "published", "title", "url", "publisher")
            for value in (None, 5, [], {}, True, "", "\x00", "../../x", "9" * 5000)
        ),
    )
    yield "nan.jsonl", b'{"text": NaN}\n{"text": Infinity}\nnull\ntrue\n"a"\n[]\n{}\n'
    yield "long-line.jsonl", b'{"text": "' + b"a" * 100_000_000
    yield (
        "ids.jsonl",
        b"\n".join(
            json.dumps({"id": name, "text": STORY}).encode()
            for name in (
                "../../etc/passwd",
                "/abs",
                "CON",
                "a\x00b",
                ".",
                "..",
                "-rf",
                "a/b\\c",
                "x" * 5000,
                "\u202e",
                "é",
                "e\u0301",
                "A",
                "a",
            )
        ),
    )
    yield "cr.jsonl", RECORD.replace(b"\n", b"\r")
    yield "gzip-twice.txt.gz", gzip.compress(gzip.compress(STORY.encode()))
    yield "not-gzip.txt.gz", STORY.encode()
    yield "empty.txt.gz", b""
    yield "not-zip.zip", b"PK\x03\x04" + b"\x00" * 100
    yield "empty.zip", packed([])
    yield "not-tar.tar", b"\x01" * 2000
    yield "no-members.tar", b"\x00" * 10240
    yield "zip-quine.zip", packed([("a.zip", b"PK\x03\x04"), ("b.txt", STORY.encode())])
    yield "many.zip", packed([(f"{n}.txt", b"") for n in range(500)])
    yield (
        "names.zip",
        packed(
            [(name, STORY.encode()) for name in ("../x.txt", "/y.txt", "a\x1b[31m.txt", "\u202etxt.exe.txt", "n" * 300 + ".txt")]
        ),
    )
    yield "lying.zip", packed([("a.txt", STORY.encode())]).replace(b"a.txt", b"b.txt", 1)
    yield "sparse.tar", sparse()
    yield "bad.warc", b"WARC/1.0\r\n" + b"A: b\r\n" * 100_000
    yield "http.warc", b"HTTP/1.1 200 OK\r\n\r\n" + PAGE.encode()
    yield "bad.eml", b"\xff\xfe: \x00\n\n\xff"
    yield (
        "multipart.eml",
        b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\nContent-Type: multipart/mixed; boundary=x\n\n" * 3000,
    )
    yield "charset.eml", b"Subject: =?x-unknown?q?a?=\nContent-Type: text/plain; charset=x-none\n\n" + STORY.encode()
    yield "bad.pdf", b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 1 0 R>>endobj\ntrailer<</Root 1 0 R/Size 2>>\nstartxref\n9\n%%EOF"
    yield "bad.docx", packed([("[Content_Types].xml", b"<!DOCTYPE x [<!ENTITY a 'b'>]><Types>&a;</Types>")])


RECORD = json.dumps({"id": "r1", "text": STORY, "lang": "en"}).encode() + b"\n" + json.dumps({"text": ARABIC}).encode() + b"\n"


def packed(members: list[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def sparse() -> bytes:
    """A tar archive whose member says that it is a terabyte."""
    info = tarfile.TarInfo("a.txt")
    info.size = 10**12
    return info.tobuf(tarfile.GNU_FORMAT) + STORY.encode().ljust(512, b"\0")


def changed(per_file: int = 26) -> Iterator[tuple[str, bytes]]:
    """Good files with bytes turned, taken out, doubled or cut, from a fixed seed."""
    web = (
        b"WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: http://n.example/a\r\nContent-Type: text/plain\r\n"
        b"Content-Length: %d\r\n\r\n" % len(STORY.encode()) + STORY.encode() + b"\r\n\r\n"
    )
    mail = b"From: a@b.example\nSubject: Court\nContent-Type: text/plain; charset=utf-8\n\n" + STORY.encode()
    good = {
        "t.txt": ARABIC.encode(),
        "p.html": PAGE.encode(),
        "r.jsonl": RECORD,
        "o.json": RECORD.splitlines()[0],
        "z.zip": packed([("a.txt", STORY.encode()), ("b.html", PAGE.encode())]),
        "g.jsonl.gz": gzip.compress(RECORD, mtime=0),
        "w.warc": web,
        "m.eml": mail,
        "x.tar": tarfile_of(STORY.encode()),
    }
    for name, content in good.items():
        for number in range(per_file):
            rng = Random(f"{name}{number}")
            data = bytearray(content)
            for _ in range(rng.randint(1, 12)):
                place = rng.randrange(len(data))
                action = rng.randrange(5)
                if action == 0:
                    data[place] = rng.randrange(256)
                elif action == 1:
                    del data[place : place + rng.randint(1, 20)]
                elif action == 2:
                    data[place:place] = bytes(rng.choices(b"\x00\xff<>{}\"'\\&;%\n\xd9\x80", k=rng.randint(1, 8)))
                elif action == 3:
                    data[place:place] = data[place : place + rng.randint(1, 200)]
                elif len(data) > 40:
                    del data[rng.randrange(len(data) // 2, len(data)) :]
            stem, _, endings = name.partition(".")
            yield f"{stem}{number}.{endings}", bytes(data)


def tarfile_of(content: bytes) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        info = tarfile.TarInfo("a.txt")
        info.size = len(content)
        archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


@pytest.fixture(scope="module")
def outcome(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, object]]:
    folder = tmp_path_factory.mktemp("hostile") / "in"
    folder.mkdir()
    names = set()
    for name, content in (*by_hand(), *more(), *changed()):
        assert name not in names
        names.add(name)
        (folder / name).write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", RUN, str(MEMORY), str(folder)], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr[-3000:]
    assert not done.stderr.strip(), done.stderr[:3000]
    assert {path.name for path in folder.iterdir()} == names and len(list(folder.parent.iterdir())) == 1
    rows = [json.loads(line) for line in done.stdout.splitlines()]
    assert {row["name"] for row in rows} == names and len(names) >= 300
    return rows


def test_every_input_gives_articles_or_one_reason(outcome: list[dict[str, object]]) -> None:
    for row in outcome:
        lines = row["lines"]
        assert isinstance(lines, list)
        assert row["articles"] or lines, f"{row['name']} vanished without a word"
        assert not row["wrong"], row
        for line in lines:
            assert len(line) < 700 and line.isprintable(), line
            assert str(row["name"]).split(".")[0] in line, line


def test_every_input_ends_soon(outcome: list[dict[str, object]]) -> None:
    slow = {row["name"]: row["seconds"] for row in outcome if float(str(row["seconds"])) > SECONDS}
    assert not slow
