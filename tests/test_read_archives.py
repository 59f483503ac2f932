"""Compressed files, archives, web archives, mails and documents: their articles, and what they must not do."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterable
from pathlib import Path

import docx
import pytest
import zstandard

from kg.issues import IssueLog
from kg.model import Article
from kg.read.expand import FREE
from kg.read.inputs import read_inputs

STORY = (
    "Harbour chief charged in Ravenford\n\nThe Ravenford prosecutor charged Anna Bellamy with fraud on Monday, her lawyer said.\n"
    "She was released on bail the same evening and will appear before a judge next week, the court said.\n"
)
PAGE = "<html><head><title>{0}</title></head><body><article><h1>{0}</h1><p>{1}</p><p>{1}</p></article></body></html>".format(
    *STORY.replace("\n", " ").strip().split("  ", 1)
)
RECORD = json.dumps({"id": "r1", "text": STORY, "lang": "en"}) + "\n"

PACKED: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": bz2.compress,
    "xz": lzma.compress,
    "zst": zstandard.ZstdCompressor().compress,
}


def read(*paths: Path) -> tuple[list[Article], list[str]]:
    log = IssueLog()
    articles = list(read_inputs([str(path) for path in paths], log))
    return articles, [str(issue) for issue in log.issues]


def one_error(*paths: Path) -> str:
    articles, issues = read(*paths)
    assert not articles and len(issues) == 1, issues
    return issues[0]


def warc(*records: tuple[str, str, bytes], length: int | None = None) -> bytes:
    """Records of (type, address, block)."""
    out = b""
    for kind, address, block in records:
        head = (
            f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: {address}\r\nWARC-Date: 2031-01-01T00:00:00Z\r\n"
            "WARC-Record-ID: <urn:uuid:00000000-0000-4000-8000-000000000000>\r\n"
            f"Content-Type: {'text/plain' if kind == 'conversion' else 'application/http'}\r\n"
            f"Content-Length: {len(block) if length is None else length}\r\n\r\n"
        )
        out += head.encode() + block + b"\r\n\r\n"
    return out


def answer(body: bytes, media: str = "text/html", status: str = "200 OK") -> bytes:
    return f"HTTP/1.1 {status}\r\nContent-Type: {media}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


def zipped(members: Iterable[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members:
            archive.writestr(name, content)
    return stream.getvalue()


def tarred(members: Iterable[tuple[str, bytes]]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as archive:
        for name, content in members:
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
        link = tarfile.TarInfo("link.txt")
        link.type, link.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(link)
    return stream.getvalue()


@pytest.mark.parametrize("ending", sorted(PACKED))
@pytest.mark.parametrize(("name", "content"), [("news.txt", STORY), ("news.jsonl", RECORD * 2), ("news.html", PAGE)])
def test_compressed_file_reads_as_the_plain_one(tmp_path: Path, ending: str, name: str, content: str) -> None:
    plain, packed = tmp_path / name, tmp_path / f"{name}.{ending}"
    plain.write_text(content, "utf-8")
    packed.write_bytes(PACKED[ending](content.encode()))
    expected, _ = read(plain)
    got, _ = read(packed)
    assert [article.text for article in got] == [article.text for article in expected] and got
    assert got[0].id == expected[0].id


def test_several_members_of_gzip_are_one_file(tmp_path: Path) -> None:
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress(RECORD.encode()) + gzip.compress(RECORD.replace("r1", "r2").encode()))
    articles, issues = read(path)
    assert [article.id for article in articles] == ["r1", "r2"] and not issues


@pytest.mark.parametrize("ending", sorted(PACKED))
def test_damaged_stream_is_named_and_what_came_before_stays(tmp_path: Path, ending: str) -> None:
    records = "".join(json.dumps({"id": f"r{n}", "text": f"{STORY} {n * 7919}", "lang": "en"}) + "\n" for n in range(3000))
    path = tmp_path / f"news.jsonl.{ending}"
    packed = PACKED[ending](records.encode())
    path.write_bytes(packed[: len(packed) * 3 // 4])
    articles, issues = read(path)
    assert len(issues) == 1 and "news.jsonl" in issues[0] and "damaged" in issues[0]
    assert len(articles) < 3000


def test_bomb_is_left_out_early(tmp_path: Path) -> None:
    path = tmp_path / "bomb.jsonl.gz"
    with gzip.open(path, "wb", compresslevel=9) as stream:
        for _ in range(FREE // 1_000_000 + 40):
            stream.write(b"\n" * 1_000_000)
    assert path.stat().st_size < 1_000_000
    assert "times as large" in one_error(path)


@pytest.mark.parametrize("pack", [zipped, tarred])
def test_archive_gives_the_articles_of_its_members(tmp_path: Path, pack: Callable[..., bytes]) -> None:
    members = [
        ("b/page.html", PAGE.encode()),
        ("a.txt", STORY.encode()),
        ("r.jsonl.gz", gzip.compress(RECORD.encode())),
        ("__MACOSX/a.txt", b"x"),
        (".hidden.txt", STORY.encode()),
        ("picture.png", b"\x89PNG"),
        ("empty.txt", b""),
    ]
    path = tmp_path / ("news.zip" if pack is zipped else "news.tar")
    path.write_bytes(pack(members))
    articles, issues = read(path)
    assert sorted(article.id for article in articles) == ["a", "page", "r1"]
    assert len(issues) == 1 and "empty.txt" in issues[0]
    assert all(article.source.startswith(str(path)) for article in articles)


def test_tgz_is_a_compressed_tar(tmp_path: Path) -> None:
    for name in ("one.tgz", "two.tar.gz"):
        (tmp_path / name).write_bytes(gzip.compress(tarred([("a.txt", STORY.encode())])))
        assert [article.id for article in read(tmp_path / name)[0]] == ["a"]


@pytest.mark.parametrize("name", ["../../evil.txt", "/etc/evil.txt", "..\\evil.txt", "a/../../evil.txt", "C:/evil.txt"])
@pytest.mark.parametrize("pack", [zipped, tarred])
def test_member_that_points_outside_writes_nothing(tmp_path: Path, name: str, pack: Callable[..., bytes]) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    path = folder / ("news.zip" if pack is zipped else "news.tar")
    path.write_bytes(pack([(name, STORY.encode())]))
    articles, _ = read(path)
    assert len(articles) == 1 and not set("/\\") & set(articles[0].id)
    assert [found for found in tmp_path.rglob("*") if found.is_file()] == [path]


def test_archives_inside_archives_are_left_out(tmp_path: Path) -> None:
    path = tmp_path / "outer.zip"
    path.write_bytes(zipped([("inner.zip", zipped([("a.txt", STORY.encode())])), ("t.tar.gz", b"x"), ("b.txt", STORY.encode())]))
    articles, issues = read(path)
    assert [article.id for article in articles] == ["b"] and not issues


def test_zip_bomb_and_encrypted_member_are_named(tmp_path: Path) -> None:
    path = tmp_path / "bomb.zip"
    path.write_bytes(zipped([("a.txt", b"\n" * (FREE + 1_000_000)), ("b.txt", STORY.encode())]))
    articles, issues = read(path)
    assert [article.id for article in articles] == ["b"] and len(issues) == 1 and "times as large" in issues[0]
    data = bytearray(zipped([("a.txt", STORY.encode())]))
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(mark) + place] |= 1
    path.write_bytes(bytes(data))
    assert "encrypted" in one_error(path)


def test_web_archive(tmp_path: Path) -> None:
    page = PAGE.encode()
    data = warc(
        ("response", "http://news.example/a", answer(page)),
        ("response", "http://news.example/moved", answer(page, status="404 Not Found")),
        ("response", "http://news.example/pic", answer(b"\x89PNG", "image/png")),
        ("conversion", "http://news.example/b", STORY.encode()),
        ("request", "http://news.example/a", b"GET /a HTTP/1.1\r\n\r\n"),
    )
    for name, content in (("w.warc", data), ("w.warc.gz", gzip.compress(data)), ("w.warc.zst", PACKED["zst"](data))):
        (tmp_path / name).write_bytes(content)
        articles, issues = read(tmp_path / name)
        assert [article.url for article in articles] == ["http://news.example/a", "http://news.example/b"] and not issues
        assert [article.id for article in articles] == ["w-1", "w-4"]
        assert articles[0].published is None


def test_web_archive_believes_the_charset_of_the_answer(tmp_path: Path) -> None:
    arabic = "قالت النيابة العامة إن المحكمة أمرت بحبس رجل الأعمال سليم حداد على ذمة التحقيق في قضية احتيال كبيرة. " * 3
    page = f"<html><body><article><p>{arabic}</p><p>{arabic}</p></article></body></html>".encode("cp1256")
    (tmp_path / "w.warc").write_bytes(warc(("response", "http://n.example/a", answer(page, "text/html; charset=windows-1256"))))
    [article], _ = read(tmp_path / "w.warc")
    assert article.lang == "ar" and "النيابة العامة" in article.text


@pytest.mark.parametrize("length", [10**12, 5, -4])
def test_web_archive_with_wrong_lengths_ends(tmp_path: Path, length: int) -> None:
    (tmp_path / "w.warc").write_bytes(warc(("response", "http://n.example/a", answer(PAGE.encode())), length=length))
    (tmp_path / "good.txt").write_text(STORY, "utf-8")
    articles, issues = read(tmp_path / "w.warc", tmp_path / "good.txt")
    assert articles[-1].id == "good" and len(issues) <= 1


def test_mail(tmp_path: Path) -> None:
    path = tmp_path / "m.eml"
    path.write_text(f"From: a@b.example\nSubject: Court news\nContent-Type: text/plain; charset=utf-8\n\n{STORY}", "utf-8")
    [article], _ = read(path)
    assert article.text.startswith("Court news\n\nHarbour chief")
    path.write_text(f"From: a@b.example\nSubject: x\nContent-Type: text/html; charset=utf-8\n\n{PAGE}", "utf-8")
    assert "charged Anna Bellamy" in read(path)[0][0].text
    path.write_bytes(b"From: a@b.example\nContent-Type: multipart/mixed; boundary=x\n\n--x\n")
    assert "no text" in one_error(path)


def test_word_document(tmp_path: Path) -> None:
    path = tmp_path / "d.docx"
    document = docx.Document()
    for line in STORY.splitlines():
        document.add_paragraph(line)
    document.save(str(path))
    [article], _ = read(path)
    assert "charged Anna Bellamy with fraud" in article.text
    path.write_bytes(zipped([("word/document.xml", b"<!DOCTYPE x [<!ENTITY a 'aa'>]><x>&a;</x>")]))
    assert "no Word document" in one_error(path)


def pdf(text: str) -> bytes:
    """A PDF document of one page with ``text`` in one line."""
    stream = f"BT /F1 9 Tf 40 700 Td ({text}) Tj ET".encode("latin-1")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 900 792] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    return out + b"xref\n0 6\n0000000000 65535 f \n%strailer << /Size 6 /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF" % (
        table,
        len(out),
    )


def test_pdf(tmp_path: Path) -> None:
    path = tmp_path / "d.pdf"
    path.write_bytes(pdf("The Ravenford prosecutor charged Anna Bellamy with fraud on Monday, her lawyer said in London."))
    [article], _ = read(path)
    assert "charged Anna Bellamy with fraud" in article.text
    path.write_bytes(pdf(""))
    assert "no text layer" in one_error(path)
    path.write_bytes(b"%PDF-1.7\n" + b"garbage " * 100)
    assert "no PDF document" in one_error(path)


def test_folder_passes_over_what_is_compressed_but_no_article(tmp_path: Path) -> None:
    (tmp_path / "dump.sql.gz").write_bytes(b"x")
    (tmp_path / "a.txt").write_text(STORY, "utf-8")
    articles, issues = read(tmp_path)
    assert len(articles) == 1 and not issues


def test_records_before_a_damage_count(tmp_path: Path) -> None:
    record = json.dumps({"text": "The court in Oslo fined Ida Norel on Monday, the paper says."}).encode() + b"\n"
    path = tmp_path / "news.jsonl.gz"
    path.write_bytes(gzip.compress(record * 5, mtime=0) + b"no gzip at all")
    log = IssueLog()
    assert len(list(read_inputs([str(path)], log))) == 5
    assert len(log.errors) == 1 and "is damaged" in log.errors[0].reason
