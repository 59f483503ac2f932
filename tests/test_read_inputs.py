"""Files, directories, patterns, records, pages, standard input, and what is refused."""

from __future__ import annotations

import gzip
import io
import json
import socket
import time
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import ArticleError, ConfigurationError
from kg.issues import IssueLog
from kg.model import Article, Span
from kg.read.decode import UnreadableError, decode
from kg.read.html_ import MAX_ELEMENTS, read_html
from kg.read.ids import LONGEST, NAMELESS, safe_id
from kg.read.inputs import READERS, read_inputs
from kg.read.records import read_jsonl
from kg.read.source import Source

EN = "The magistrate in Norwick sent the two brothers to trial on Monday for the theft of a church bell."
FR = "À Morteville, le juge a renvoyé lundi les deux frères devant le tribunal pour le vol d'une cloche d'église."
AR = "أحال القاضي يوم الاثنين الأخوين إلى المحاكمة بتهمة سرقة جرس الكنيسة، وقال محاميهما إنهما سيطعنان في القرار."


def run(
    *inputs: str | Path, lang: str | None = None, limit: int = 5_000_000, stdin: bytes = b""
) -> tuple[list[Article], IssueLog]:
    log = IssueLog()
    return list(read_inputs([str(each) for each in inputs], log, lang, limit, io.BytesIO(stdin))), log


def page(body: str, head: str = "", lang: str = "en") -> bytes:
    return f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{head}</head><body>{body}</body></html>'.encode()


def html(data: bytes, lang: str | None = None) -> Article:
    return next(read_html(Source("page.html", "page", io.BytesIO(data), IssueLog(), lang)))


def bodies(article: Article) -> str:
    return "\n".join(span.of(article.text) for span in article.body)


# Files, directories, patterns


def test_a_directory_is_read_below_in_order_without_hidden_and_unknown(tmp_path: Path) -> None:
    for name in ("b/two.txt", "a.txt", "b/.hidden.txt", ".git/x.txt", "notes.md", "b/c/three.TXT"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(EN, "utf-8")
    articles, log = run(tmp_path)
    assert [article.id for article in articles] == ["a", "three", "two"]
    assert not log.issues


def test_a_pattern_and_a_file_named_twice_read_it_once(tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "b.md"):
        (tmp_path / name).write_text(EN, "utf-8")
    articles, log = run(tmp_path / "*.txt", tmp_path / "a.txt", tmp_path)
    assert [article.id for article in articles] == ["a", "b"]
    assert not log.issues


def test_a_name_with_brackets_is_a_file_before_a_pattern(tmp_path: Path) -> None:
    (tmp_path / "a[1].txt").write_text(EN, "utf-8")
    articles, log = run(tmp_path / "a[1].txt")
    assert [article.id for article in articles] == ["a[1]"]
    assert not log.issues


def test_inputs_that_yield_nothing_are_errors(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "a.rtf").write_text(EN, "utf-8")
    (tmp_path / "link.txt").symlink_to(tmp_path / "gone")
    articles, log = run(
        tmp_path / "empty", tmp_path / "*.csv", tmp_path / "none.txt", tmp_path / "a.rtf", tmp_path / "link.txt", "a\0b"
    )
    assert not articles
    reasons = [issue.reason for issue in log.errors]
    assert len(reasons) == 6
    assert "no articles found" in reasons[0]
    assert "no articles found" in reasons[1]
    assert reasons[2] == "there is no such file or directory"
    assert ".rtf is not known" in reasons[3]
    assert all(ending in reasons[3] for ending in READERS)
    assert all("\n" not in str(issue) for issue in log.issues)


def test_a_bad_file_does_not_stop_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(b"%PDF-1.7 ...")
    (tmp_path / "b.txt").write_text(EN, "utf-8")
    (tmp_path / "c.html").write_bytes(b"")
    articles, log = run(tmp_path)
    assert [article.id for article in articles] == ["b"]
    assert [Path(issue.source).name for issue in log.errors] == ["a.txt", "c.html"]


def test_what_is_no_regular_file_is_refused(tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.txt"))
        articles, log = run(tmp_path / "s.txt")
    assert not articles
    assert log.errors[0].reason == "is no regular file"


def test_an_unknown_language_stops_the_run() -> None:
    with pytest.raises(ConfigurationError, match="there are ar, de, en, es, fr, ru"):
        read_inputs(["-"], IssueLog(), lang="pl")


def test_the_language_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "pl.txt").write_text("W poniedziałek sąd skazał burmistrza na karę grzywny za oszustwo i fałszerstwo.", "utf-8")
    assert run(tmp_path / "pl.txt")[1].errors[0].reason.startswith("language 'pl'")
    assert run(tmp_path / "pl.txt", lang="fr")[0][0].lang == "fr"


def test_a_language_without_actions_is_told_once(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.txt").write_text(f"Das Gericht hat den Bürgermeister von {name} wegen Betrugs verurteilt.", "utf-8")
    articles, log = run(tmp_path)
    assert [article.lang for article in articles] == ["de", "de"]
    assert [str(issue) for issue in log.issues if "no legal actions" in issue.reason] == [
        f"warning: {tmp_path / 'a.txt'}: articles in German give names and links, no legal actions"
    ]


# Ids


def test_articles_of_one_id_stay_both(tmp_path: Path) -> None:
    texts = {"x/A.txt": EN, "y/a.txt": EN + " It rang no more.", "z/a.txt": EN}
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text, "utf-8")
    first, log = run(tmp_path)
    again, _ = run(tmp_path)
    assert [article.id for article in first] == [article.id for article in again]
    assert len({article.id.casefold() for article in first}) == 3
    assert first[0].id == "A"
    assert first[1].id.startswith("a-")
    assert len(log.issues) == 2
    assert not log.errors


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fr-001", "fr-001"),
        ("my article", "my article"),
        ("../../etc/passwd", "__etc-passwd"),
        ("a/b\\c:d", "a-b-c-d"),
        ("..", NAMELESS),
        ("", NAMELESS),
        ("-rf", "_rf"),
        (".hidden", "_hidden"),
        ("a\n\x1b[31m\u202eb\ud800", "a[31mb"),
        ("nul.txt", "_nul.txt"),
        ("قضية", "قضية"),
    ],
)
def test_ids_are_safe_names(name: str, expected: str) -> None:
    assert safe_id(name) == expected


@given(st.text(max_size=400))
def test_any_id_is_safe(name: str) -> None:
    safe = safe_id(name)
    assert 0 < len(safe.encode("utf-8")) <= LONGEST + 1
    assert not set(safe) & set('/\\:*?"<>|\0\n')
    assert safe not in (".", "..")
    assert not safe.startswith((".", "-"))
    assert safe_id(safe).encode("utf-8")


def test_long_ids_stay_different() -> None:
    assert safe_id("ق" * 300 + "a") != safe_id("ق" * 300 + "b")


# Bytes


@pytest.mark.parametrize(
    ("text", "encoding"),
    [(EN, "utf-8"), (AR, "utf-8-sig"), (FR, "utf-16"), (AR, "utf-32"), (FR * 3, "cp1252"), (AR * 3, "cp1256")],
)
def test_encodings(text: str, encoding: str) -> None:
    assert decode(text.encode(encoding)) == text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"%PDF-1.4\n%\xe2\xe3", "PDF"),
        (gzip.compress(b"x"), "gzip"),
        (b"\x89PNG\r\n\x1a\n\x00", "PNG"),
        (b"plain \x00 text", "NUL"),
        ("Он был арестован полицией в среду".encode("cp1251"), "not UTF-8"),
        (EN.encode("utf-16-le"), "NUL"),
        (b"\xff\xfea", "utf-16"),
        (bytes(range(128, 256)) * 20, "not UTF-8"),
    ],
)
def test_bytes_that_are_no_text_say_what_they_are(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableError, match=words):
        decode(data)


def test_an_office_document_is_an_archive() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", EN)
    with pytest.raises(UnreadableError, match="office document"):
        decode(stream.getvalue())


def test_a_page_says_its_encoding() -> None:
    data = f'<html><head><meta charset="windows-1256"><title>خبر</title></head><body><p>{AR}</p><p>{AR}</p></body></html>'.encode(
        "cp1256"
    )
    assert AR in html(data).text


def test_a_document_over_the_limit_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(EN * 3, "utf-8")
    articles, log = run(tmp_path / "a.txt", limit=100)
    assert not articles
    assert "over 100 bytes" in log.errors[0].reason


# Records


def jsonl(*records: object, lang: str | None = None, limit: int = 5_000_000) -> tuple[list[Article], IssueLog]:
    lines = b"".join(record if isinstance(record, bytes) else json.dumps(record).encode() + b"\n" for record in records)
    log = IssueLog()
    return list(read_jsonl(Source("r.jsonl", "r", io.BytesIO(lines), log, lang, limit))), log


def test_what_a_record_says_is_believed_and_its_text_taken_as_it_is() -> None:
    text = f"Bell thieves\nHome\n\n{EN}\nShare this article\n"
    record = {
        "id": 7,
        "text": text,
        "lang": "fr-FR",
        "published": "2018-05-04T10:00:00Z",
        "title": "A bell",
        "url": "https://a.example/b",
        "publisher": "N",
    }
    (article,), log = jsonl(record)
    assert article == Article(
        "7", text, article.body, "fr", "A bell", None, "2018-05-04", "N", "https://a.example/b", source="r.jsonl:1"
    )
    assert [span.of(text) for span in article.body] == ["Bell thieves", "Home", EN, "Share this article"]
    assert not log.issues


def test_what_a_record_leaves_out_is_detected() -> None:
    (article,), _ = jsonl({"text": f"Deux frères jugés pour le vol d'une cloche\n4 mai 2018\n{FR}\n{FR}"})
    assert (article.id, article.lang, article.title, article.published) == (
        "r-1",
        "fr",
        "Deux frères jugés pour le vol d'une cloche",
        "2018-05-04",
    )
    assert article.title_span == Span(0, 42)
    assert len(article.body) == 4


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        (b"{\n", "is not JSON"),
        (b"12\n", "not a number"),
        (b"null\n", "not null"),
        (b"[]\n", "not a list"),
        (b"{}\n", '"text" is missing'),
        ({"text": 3}, '"text" is a number'),
        ({"text": " \n"}, "is empty"),
        ({"text": EN, "lang": "pl"}, "language 'pl' is not supported"),
        (b'{"text": "\xff"}\n', "is not UTF-8"),
        (b"[" * 100_000 + b"\n", "nested too deeply"),
        (b'{"text": "a", "id": ' + b"1" * 9000 + b"}\n", "not JSON that can be read"),
        (b'{"text": "' + b"a" * 3000 + b'"}\n', "over 2,000 bytes"),
    ],
)
def test_a_bad_record_names_its_line_and_the_others_go_on(record: object, reason: str) -> None:
    articles, log = jsonl({"text": EN}, record, {"text": EN}, limit=2000 if reason.startswith("over") else 5_000_000)
    assert [article.id for article in articles] == ["r-1", "r-3"]
    assert [issue.source for issue in log.errors] == ["r.jsonl:2"]
    assert reason in log.errors[0].reason


def test_characters_that_cannot_be_written_keep_offsets() -> None:
    (article,), log = jsonl(json.dumps({"text": "\ud800\x00" + EN}).encode() + b"\n")
    assert article.text == "\ufffd\ufffd" + EN
    assert "U+FFFD" in log.issues[0].reason
    assert not log.errors


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("published", "soon"),
        ("published", 2018),
        ("title", ["a"]),
        ("url", "javascript:alert(1)"),
        ("url", "http://[x"),
        ("id", True),
    ],
)
def test_values_of_the_wrong_kind_are_warned_of(key: str, value: object) -> None:
    (article,), log = jsonl({"text": EN, key: value})
    assert getattr(article, key) in (None, "r-1")
    assert f'"{key}"' in log.issues[0].reason
    assert not log.errors


def test_a_json_file_holds_one_record_a_list_or_lines(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps({"text": EN}, indent=1), "utf-8")
    (tmp_path / "list.json").write_text(json.dumps([{"text": EN}, 3, {"text": FR}]), "utf-8")
    (tmp_path / "lines.json").write_text(json.dumps({"text": EN}) + "\n" + json.dumps({"text": FR}) + "\n", "utf-8")
    (tmp_path / "broken.json").write_text('{"text": "', "utf-8")
    (tmp_path / "none.json").write_text("[]", "utf-8")
    articles, log = run(tmp_path)
    assert [article.id for article in articles] == ["lines-1", "lines-2", "list-1", "list-3", "one"]
    assert sorted(Path(issue.source).name for issue in log.errors) == ["broken.json", "list.json[2]", "none.json"]


# Pages


def test_a_page_gives_its_article_and_what_it_says_of_itself() -> None:
    head = (
        '<title>Two brothers sent to trial - Norwick Herald</title><meta property="og:site_name" content="Norwick Herald">'
        '<meta property="article:published_time" content="2018-05-04T10:00:00Z"><link rel="canonical" href="https://norwick.example/bell">'
        "<script>var a = 'The king was arrested in the script.';</script>"
    )
    nav = "<nav><ul><li><a href='/'>Home</a></li><li><a href='/s'>Sport</a></li></ul></nav>"
    last = "Their lawyer said that they denied it all."
    text = f"<article><h1>Two brothers sent to trial</h1><p>{EN}</p><p>Share this article</p><p>{last}</p></article>"
    article = html(page(f"<header>{nav}</header><main>{text}</main><footer><p>Privacy policy</p></footer>", head))
    assert bodies(article) == f"Two brothers sent to trial\n{EN}\n{last}"
    assert (article.title, article.published, article.publisher) == ("Two brothers sent to trial", "2018-05-04", "Norwick Herald")
    assert (article.url, article.lang, article.id) == ("https://norwick.example/bell", "en", "page")
    assert article.title_span == Span(0, 26)


def test_json_ld_dates_count_and_dates_in_the_text_do_not() -> None:
    data = '<script type="application/ld+json">{"@graph": [{"@type": "NewsArticle", "datePublished": "2018-05-04"}]}</script>'
    body = f"<article><p>{EN}</p><p>The bell was cast on 3 March 1701, says an old book that was found in 2017.</p></article>"
    assert html(page(body, data)).published == "2018-05-04"
    assert html(page(body)).published is None


def test_a_page_without_a_sure_language_believes_its_own_word() -> None:
    assert html(page("<article><p>Ok xqz bq vlk.</p></article>", lang="fr-CA")).lang == "fr"


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \n",
        page(""),
        page("<img src=a>"),
        page("<nav><a href=a>Home</a></nav>"),
        b"<" * 100_000,
        page("<i></i>" * (MAX_ELEMENTS + 1)),
        page("<div>" * 300_000 + EN),
    ],
)
def test_pages_without_an_article_are_refused(data: bytes) -> None:
    began = time.perf_counter()
    with pytest.raises(ArticleError):
        html(data, "en")
    assert time.perf_counter() - began < 10


@pytest.mark.parametrize(
    "junk",
    [
        "\x01\x1b[31m",
        "<![CDATA[ x ]]>",
        "&#0;&#xD800;",
        "<p " + "a='b' " * 20_000 + ">",
        "<script type='application/ld+json'>" + "[" * 50_000 + "</script>",
    ],
)
def test_broken_pages_are_read(junk: str) -> None:
    article = html(page(f"{junk}<article><p>{EN}</p><p>{EN} Again.</p></article>"))
    assert EN in article.text
    assert "\x00" not in article.text
    article.text.encode("utf-8")


def test_xhtml_with_a_declaration_is_read(tmp_path: Path) -> None:
    root = '<html xmlns="http://www.w3.org/1999/xhtml" xml:lang="fr">'
    head = f'<?xml version="1.0" encoding="utf-8"?>\n{root}<head><title>Cloche</title></head>'
    (tmp_path / "a.xhtml").write_text(f"{head}<body><p>{FR}</p><p>{FR}</p></body></html>", "utf-8")
    (article,), _ = run(tmp_path / "a.xhtml")
    assert (article.id, article.lang) == ("a", "fr")


# Standard input


@pytest.mark.parametrize(
    ("data", "ids"),
    [
        (EN.encode(), ["stdin"]),
        (b"\xef\xbb\xbf" + FR.encode(), ["stdin"]),
        (page(f"<article><p>{EN}</p><p>{EN} Again.</p></article>"), ["stdin"]),
        (json.dumps({"text": EN}).encode(), ["stdin"]),
        (json.dumps({"text": EN}, indent=2).encode(), ["stdin"]),
        ((json.dumps({"text": EN}) + "\n" + json.dumps({"text": FR, "id": "f"})).encode(), ["stdin-1", "f"]),
        (json.dumps([{"text": EN}]).encode(), ["stdin-1"]),
        (b"[Norwick] " + EN.encode(), ["stdin"]),
    ],
)
def test_standard_input_is_told_by_its_look(data: bytes, ids: list[str]) -> None:
    articles, log = run("-", stdin=data)
    assert [article.id for article in articles] == ids
    assert all(article.text.find("<p>") < 0 and not article.text.startswith("{") for article in articles)
    assert not log.issues


def test_empty_standard_input_is_an_error() -> None:
    assert run("-", stdin=b"")[1].errors[0].source == "standard input"


# The samples, and what stands beside the checkout


def test_the_samples_are_read(root: Path) -> None:
    articles, log = run(root / "articles")
    assert not log.issues
    assert len(articles) >= 9
    assert {code: sum(article.lang == code for article in articles) for code in ("ar", "en", "fr")} == {"ar": 4, "en": 4, "fr": 4}
    assert all(article.title and article.published and article.title_span for article in articles)
    dump = next(article for article in articles if article.id == "ar-port-dump")
    assert dump.publisher == "صحيفة المرفأ"
    assert not any(word in bodies(dump) for word in ("فيسبوك", "التعليقات", "الوقود ترتفع", "نوال", "أرشيف", "الرئيسية"))
    readme = (root / "articles" / "README.md").read_text("utf-8")
    assert all(Path(article.source.rsplit(":", 1)[0]).name in readme for article in articles)


@pytest.mark.shared
def test_the_seeds_lose_their_pages(shared: Path) -> None:
    arabic, french = run(shared / "seeds")[0]
    assert (arabic.lang, arabic.publisher, arabic.published) == ("ar", "RT World News", None)
    assert (french.lang, french.publisher, french.published) == ("fr", "aBamako.com", "2024-09-06")
    assert len(arabic.body) == 13
    assert len(french.body) == 10
    assert "RT World News" not in bodies(arabic)
    assert not any(word in bodies(french) for word in ("Comment", "NEWS", "Autre presse", "aBamako", "Rk", "International\n"))
    assert bodies(french).count("première fois") == 2


@pytest.mark.shared
@pytest.mark.parametrize("part", ["train", "dev", "more"])
def test_no_trigger_of_the_gold_falls_outside_the_prose(shared: Path, part: str) -> None:
    from kg.read.boilerplate import body_of, classify

    lost = total = 0
    for file in sorted((shared / "gold" / part).glob("*/*.json")):
        gold = json.loads(file.read_text("utf-8"))
        body = body_of(classify(gold["text"], gold["lang"]))
        for action in gold["actions"]:
            total += 1
            lost += not any(span.contains(Span(*action["trigger"])) for span in body)
    assert total > 100
    assert lost == 0


@pytest.mark.shared
def test_real_pages_keep_what_they_must(shared: Path) -> None:
    folder = shared / "data" / "dev" / "html" / "segments"
    kept = wanted = wrong = unwanted = 0
    for entry in json.loads((folder / "expected.json").read_text("utf-8")):
        text = bodies(html((folder / entry["file"]).read_bytes(), "fr"))
        kept += sum(each in text for each in entry["with"])
        wrong += sum(each in text for each in entry["without"])
        wanted, unwanted = wanted + len(entry["with"]), unwanted + len(entry["without"])
    assert kept >= 0.96 * wanted
    assert wrong <= 0.07 * unwanted
