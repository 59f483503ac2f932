"""``kg fetch`` against a server on this machine that behaves as servers do, and as they should not."""

from __future__ import annotations

import contextlib
import gzip
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from kg.cli.main import build_app
from kg.errors import ConfigurationError
from kg.fetch.addresses import checked_url, is_public
from kg.fetch.client import Client
from kg.fetch.listing import Listed, read_list
from kg.fetch.settings import DeadlineError, ForbiddenError, RefusedError, Settings
from kg.fetch.store import Store, article_id
from kg.issues import IssueLog
from kg.read.inputs import read_inputs

CONTACT = "desk@example.org"
STORY = (
    "<html><head><title>Mayor of Ravenford charged</title></head><body><article><p>The Ravenford prosecutor charged Anna Bellamy "
    "with fraud on Monday, her lawyer said.</p><p>She was released on bail, and the trial opens in London in {}.</p>"
    "</article></body></html>"
)
Reply = Callable[[BaseHTTPRequestHandler], None]


class Site:
    """A server whose addresses are functions; it notes what it was asked."""

    def __init__(self) -> None:
        site = self
        self.pages: dict[str, Reply] = {"/robots.txt": answer(b"", 404)}
        self.asked: list[tuple[str, dict[str, str], float]] = []

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site.asked.append((self.path, {k.lower(): v for k, v in self.headers.items()}, time.monotonic()))
                self.close_connection = True
                with contextlib.suppress(OSError):  # the client had enough
                    site.pages.get(self.path, answer(b"none", 404))(self)

            def log_message(self, *unused: object) -> None: ...

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def page(self, path: str, month: str = "May", **headers: str) -> str:
        self.pages[path] = answer(STORY.format(month).encode(), **{"Content-Type": "text/html; charset=utf-8", **headers})
        return self.url + path

    def paths(self) -> list[str]:
        return [path for path, _, _ in self.asked if path != "/robots.txt"]


def answer(body: bytes, status: int = 200, **headers: str) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def in_turn(*replies: Reply) -> Reply:
    waiting = list(replies)
    return lambda handler: (waiting.pop(0) if len(waiting) > 1 else waiting[0])(handler)


@pytest.fixture
def site() -> Iterator[Site]:
    made = Site()
    yield made
    made.server.shutdown()
    made.server.server_close()


def client(sleeps: list[float] | None = None, **settings: float) -> Client:
    slept: list[float] = [] if sleeps is None else sleeps
    return Client(Settings(CONTACT, private=True, **{"rate": 100.0, **settings}), sleep=slept.append)  # type: ignore[arg-type]


def kg(*arguments: str | Path) -> Result:
    return CliRunner().invoke(build_app(), [str(a) for a in arguments])


def fetch(tmp_path: Path, *arguments: str | Path) -> Result:
    return kg("fetch", *arguments, "-o", tmp_path / "news.warc.gz", "--contact", CONTACT, "--allow-private", "--rate", "100")


def refusal(action: Callable[[], object]) -> RefusedError:
    with pytest.raises(RefusedError) as caught:
        action()
    assert caught.value.reason.isprintable()
    return caught.value


# -- addresses ----------------------------------------------------------------------------------------------------------


PRIVATE = (
    "127.0.0.1 10.1.2.3 172.16.0.1 192.168.1.1 169.254.169.254 100.64.0.1 0.0.0.0 224.0.0.1 255.255.255.255 240.0.0.1 192.0.2.7 "
    "::1 :: fe80::1%eth0 fc00::1 fd12::1 ff02::1 fec0::1 ::ffff:127.0.0.1 ::ffff:10.0.0.1 64:ff9b::7f00:1 64:ff9b::a9fe:a9fe "
    "64:ff9b:1::1 2002:7f00:1:: 2002:c0a8:101::1 ::127.0.0.1 2001:db8::1"
)


@pytest.mark.parametrize("address", PRIVATE.split())
def test_addresses_that_are_not_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07::1", "64:ff9b::5db8:d70e", "::ffff:93.184.215.14"])
def test_addresses_that_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        *[
            "ftp://a.example/x",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "http://",
            "http://a.example:99999/",
            "http://[::1/",
            "x",
        ],
        *("http://user:secret@a.example/", "http://a.example/a b", "http://a.example/\x1b[31m", "", "http://a/" + "b" * 3000),
        *("http://\ud800.example/", "http://*.example/"),
    ],
)
def test_what_is_no_web_address(url: str) -> None:
    error = refusal(lambda: checked_url(url))
    assert "secret" not in str(error)


def test_addresses_are_put_in_ascii_without_their_fragment() -> None:
    assert checked_url("http://münchen.example/ä?q=é#top") == "http://xn--mnchen-3ya.example/%C3%A4?q=%C3%A9"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "2130706433", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"])
def test_this_machine_is_not_asked(site: Site, host: str) -> None:
    url = site.page("/a").replace("127.0.0.1", host)
    error = refusal(lambda: Client(Settings(CONTACT)).get(url, 1000))
    assert "not public" in error.reason or "cannot be reached" in error.reason
    assert not site.asked


def test_name_that_changes_its_address_is_not_followed(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once a connection, and what was checked is what is connected to."""
    answers = [[(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.215.14", 80)), (2, 1, 6, "", ("127.0.0.1", 80))]]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answers[0])
    assert (
        "127.0.0.1, an address that is not public"
        in refusal(lambda: Client(Settings(CONTACT)).get("http://r.example/", 9)).reason
    )
    lookups = []
    port = site.server.server_address[1]

    def once(*arguments: object, **unused: object) -> list[object]:
        lookups.append(arguments[0])
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    site.page("/a")
    monkeypatch.setattr(socket, "getaddrinfo", once)
    assert client().get("http://r.example/a", 10_000).status == 200
    assert lookups == ["r.example"] * 2 and len(site.asked) == 2  # robots.txt and the page


def test_redirect_to_a_private_address(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only the first host counts as public here."""
    monkeypatch.setattr("kg.fetch.addresses.is_public", lambda address: address == "127.0.0.1")
    site.pages["/a"] = answer(b"", 302, Location="http://169.254.169.254/latest/meta-data/")
    error = refusal(lambda: Client(Settings(CONTACT, rate=100)).get(site.url + "/a", 1000))
    assert "169.254.169.254, an address that is not public" in error.reason


# -- one request --------------------------------------------------------------------------------------------------------


def test_request_says_who_asks(site: Site) -> None:
    got = client().get(site.page("/a"), 10_000)
    assert got.status == 200 and b"Bellamy" in got.body
    agent = site.asked[-1][1]["user-agent"]
    assert agent.startswith("kg/") and CONTACT in agent
    assert "cookie" not in site.asked[-1][1]


@pytest.mark.parametrize("contact", ["", "me", "a@b", "a b@c.example", "x@y.example\r\nX: 1", "é@x.example"])
def test_contact_is_wanted(contact: str) -> None:
    with pytest.raises(ConfigurationError, match="who fetches"):
        Settings(contact)


def test_robots_are_obeyed(site: Site) -> None:
    site.page("/open/a")
    site.page("/closed/a")
    site.pages["/robots.txt"] = answer(b"User-agent: *\nDisallow: /\n\nUser-agent: kg\nDisallow: /closed*\nCrawl-delay: 7\n")
    sleeps: list[float] = []
    asking = client(sleeps)
    assert asking.get(site.url + "/open/a", 10_000).status == 200
    with pytest.raises(ForbiddenError, match=r"robots\.txt forbids"):
        asking.get(site.url + "/closed/a", 10_000)
    asking.get(site.url + "/open/a", 10_000)
    assert [path for path, _, _ in site.asked] == ["/robots.txt", "/open/a", "/open/a"]
    assert sleeps[-1] == pytest.approx(7, abs=0.5)


@pytest.mark.parametrize("status", [500, 503, 429])
def test_robots_in_trouble_forbid_all(site: Site, status: int) -> None:
    site.pages["/robots.txt"] = answer(b"", status)
    assert "robots.txt cannot be read" in refusal(lambda: client().get(site.page("/a"), 10_000)).reason
    assert site.paths() == []


def test_robots_too_large_count_in_part(site: Site) -> None:
    site.pages["/robots.txt"] = answer(b"User-agent: *\nDisallow: /closed\n" + b"# filler\n" * 100_000)
    asking = client()
    assert asking.get(site.page("/a"), 10_000).status == 200
    with pytest.raises(ForbiddenError):
        asking.get(site.page("/closed"), 10_000)


def test_robots_of_the_place_where_a_redirect_leads(site: Site) -> None:
    other = Site()
    try:
        other.pages["/robots.txt"] = answer(b"User-agent: *\nDisallow: /\n")
        site.pages["/a"] = answer(b"", 301, Location=other.page("/b"))
        with pytest.raises(ForbiddenError):
            client().get(site.url + "/a", 10_000)
        assert other.paths() == []
    finally:
        other.server.server_close()


def test_rate_is_kept_for_each_host(site: Site) -> None:
    asking = Client(Settings(CONTACT, private=True, rate=10.0))
    url = site.page("/a")
    for _ in range(4):
        asking.get(url, 10_000)
    times = [moment for _, _, moment in site.asked]
    assert len(times) == 5 and times[-1] - times[0] > 0.25  # 0.4, less what the machine holds up


def test_busy_server_is_asked_again_when_it_says(site: Site) -> None:
    site.pages["/a"] = in_turn(answer(b"", 429, Retry_After="9"), answer(b"", 503), answer(b"fine", 200))
    sleeps: list[float] = []
    assert client(sleeps).get(site.url + "/a", 1000).body == b"fine"
    assert 9.0 in sleeps and 2.0 in sleeps


def test_server_that_stays_busy_is_left_alone(site: Site) -> None:
    site.pages["/a"] = answer(b"", 503)
    asking = client()
    assert refusal(lambda: asking.get(site.url + "/a", 1000)).reason == "answers 503 (3 times)"
    assert "the host answers 503" in refusal(lambda: asking.get(site.page("/b"), 1000)).reason
    assert site.paths() == ["/a"] * 3


def test_long_wait_is_not_waited(site: Site) -> None:
    site.pages["/a"] = answer(b"", 429, Retry_After="86400")
    asking = client()
    assert "asks to wait 86,400 s" in refusal(lambda: asking.get(site.url + "/a", 1000)).reason
    refusal(lambda: asking.get(site.page("/b"), 1000))
    assert site.paths() == ["/a"]


def test_redirects_without_end(site: Site) -> None:
    site.pages["/a"] = answer(b"", 302, Location="/a")
    assert refusal(lambda: client().get(site.url + "/a", 1000)).reason == "redirects more than 5 times"
    assert len(site.paths()) == 6


@pytest.mark.parametrize("target", ["file:///etc/passwd", "http://u:p@x.example/", "http://[", "gopher://x.example/", ""])
def test_redirects_to_no_web_address(site: Site, target: str) -> None:
    site.pages["/a"] = answer(b"", 302, Location=target)
    assert "redirects to" in (reason := refusal(lambda: client().get(site.url + "/a", 1000)).reason) or "where to" in reason


def drip(head: bool) -> Reply:
    def reply(handler: BaseHTTPRequestHandler) -> None:
        if not head:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n")
        for _ in range(200):
            handler.wfile.write(b"HTTP/1.1 200 OK\r\nX: "[:1] if head else b"a")
            handler.wfile.flush()
            time.sleep(0.05)

    return reply


@pytest.mark.parametrize("head", [False, True])
def test_slow_drip_is_cut(site: Site, head: bool) -> None:
    site.pages["/a"] = drip(head)
    began = time.monotonic()
    with pytest.raises(DeadlineError, match=r"took longer than 0\.5 s"):
        client(deadline=0.5, timeout=5.0).get(site.url + "/a", 10_000)
    assert time.monotonic() - began < 3.0


def test_silence_is_not_waited_for(site: Site) -> None:
    site.pages["/a"] = lambda handler: time.sleep(2)
    began = time.monotonic()
    assert "cannot be reached" in refusal(lambda: client(timeout=0.3, tries=1).get(site.url + "/a", 1000)).reason
    assert time.monotonic() - began < 2.0


def test_huge_bodies(site: Site) -> None:
    site.pages["/long"] = answer(b"a" * 3_000_000)
    site.pages["/bomb"] = answer(gzip.compress(b"\0" * 50_000_000), Content_Encoding="gzip")
    asking = client()
    for path in ("/long", "/bomb"):
        assert refusal(lambda path=path: asking.get(site.url + path, 1_000_000)).reason == "is over 1,000,000 bytes"


def test_broken_answers(site: Site) -> None:
    site.pages["/short"] = answer(b"half", Content_Length="5000")
    site.pages["/garbage"] = lambda handler: handler.wfile.write(b"\x00\xff not http\r\n\r\n") and None
    site.pages["/gzip"] = answer(b"no gzip", Content_Encoding="gzip")
    site.pages["/br"] = answer(b"no", Content_Encoding="br")
    site.pages["/headers"] = lambda handler: handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 5000 + b"\r\n") and None
    for path in ("/short", "/garbage", "/gzip", "/br", "/headers"):
        refusal(lambda path=path: client(tries=1).get(site.url + path, 100_000))


# -- lists --------------------------------------------------------------------------------------------------------------

RSS = """<?xml version="1.0"?><rss version="2.0"><channel><title>News</title><link>http://n.example/</link>
<item><title>One</title><link>http://n.example/1?utm_source=rss&amp;id=7</link>
<pubDate>Wed, 02 Oct 2024 13:00:00 GMT</pubDate></item>
<item><title>Two</title><guid>http://n.example/2</guid></item><item><guid isPermaLink="false">77</guid></item>
<item><link>javascript:alert(1)</link></item><item><link>/3</link></item><item><link>http://n.example/1?id=7</link></item>
</channel></rss>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom"><link href="http://n.example/"/><entry><link rel="replies" href="/r"/>
<link rel="alternate" href="/1"/><updated>2024-11-01T00:00:00Z</updated>
<published>2024-10-02T13:00:00Z</published></entry></feed>"""
RDF = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"
xmlns:dc="http://purl.org/dc/elements/1.1/"><item><link>http://n.example/1</link><dc:date>2024-10-02</dc:date></item></rdf:RDF>"""
SITEMAP = """<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9">
<url><loc> http://n.example/1 </loc><news:news><news:publication_date>2024-10-02</news:publication_date></news:news></url>
<url><loc>http://n.example/2</loc><lastmod>2025-01-01</lastmod></url></urlset>"""
INDEX = "<sitemapindex><sitemap><loc>http://n.example/s1.xml</loc></sitemap></sitemapindex>"


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (RSS, [("1?id=7", "2024-10-02"), ("2", None), ("3", None)]),
        (ATOM, [("1", "2024-10-02")]),
        (RDF, [("1", "2024-10-02")]),
        (SITEMAP, [("1", "2024-10-02"), ("2", None)]),
    ],
)
def test_lists(text: str, wanted: list[tuple[str, str | None]]) -> None:
    assert read_list(text.encode(), "http://n.example/feed") == tuple(Listed(f"http://n.example/{u}", d) for u, d in wanted)


def test_sitemap_of_sitemaps() -> None:
    assert read_list(INDEX.encode(), "http://n.example/") == (Listed("http://n.example/s1.xml", nested=True),)


LAUGHS = "".join(f"<!ENTITY l{n} '{f'&l{n - 1};' * 10}'>" for n in range(1, 12))


@pytest.mark.parametrize(
    "body",
    [
        f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{LAUGHS}]><rss><channel><item><link>&l11;</link></item></channel></rss>".encode(),
        f"<!DOCTYPE rss [<!ENTITY l0 'ha'>{LAUGHS}]><rss><item><link>&l11;</link></item></rss>".encode("utf-16"),
        b"<!DOCTYPE rss [<!ENTITY e SYSTEM 'file:///etc/passwd'>]><rss><item><link>http://a.example/&e;</link></item></rss>",
        b"<!DOCTYPE rss [<!ENTITY % p SYSTEM 'http://a.example/x.dtd'> %p;]><rss/>",
        b"<html><body>no feed</body></html>",
        b"\x00\xff\xfe",
        b"",
        b"{}",
    ],
)
def test_lists_that_are_refused(body: bytes) -> None:
    refusal(lambda: read_list(body, "http://n.example/feed"))


@pytest.mark.parametrize(
    "body",
    [
        b"<rss>" + b"<" * 2_000_000,
        b"\n" * 2_000_000 + b"<rss>",
        b"<rss>" + b"<item>" * 300_000,
        b"<rss><item " + b"a='b' " * 300_000,
        b"<rss><item><link>" + b"&amp" * 400_000,
        b"<rss>" + b"<![CDATA[" * 200_000,
        b"<rss>" + b"<item><link>http://a.example/1</link></item>" * 40_000,
        b"<rss><item><link>http://" + b"a" * 1_000_000 + b"</link></item>",
        b"<rss><item><link>http://a.example/</link><pubDate>" + b"1 " * 1_000_000 + b"</pubDate></item>",
    ],
)
def test_hostile_lists_end_soon(body: bytes) -> None:
    began = time.process_time()
    try:
        assert len(read_list(body, "http://n.example/feed")) <= 1
    except RefusedError as error:
        assert error.reason
    assert time.process_time() - began < 5.0


def test_charset_that_the_server_gets_wrong() -> None:
    body = '<?xml version="1.0" encoding="utf-8"?><rss><item><link>http://n.example/é</link></item></rss>'.encode()
    for charset in ("utf-8", "no-such", None):
        assert read_list(body, "http://n.example/", charset)[0].url == "http://n.example/%C3%A9"


# -- the command --------------------------------------------------------------------------------------------------------


def feed_of(*urls: str) -> bytes:
    return b"<rss>" + b"".join(f"<item><link>{u}</link><pubDate>2 Oct 2024</pubDate></item>".encode() for u in urls) + b"</rss>"


def test_feed_becomes_articles(site: Site, tmp_path: Path) -> None:
    site.pages["/feed"] = answer(feed_of(site.page("/a"), site.page("/b", "June")), Content_Type="application/rss+xml")
    report = tmp_path / "run.json"
    done = fetch(tmp_path, site.url + "/feed", "--report", report)
    assert done.exit_code == 0, done.output
    log = IssueLog()
    articles = sorted(read_inputs([str(tmp_path / "news.warc.gz")], log), key=lambda a: a.url or "")
    assert not log.issues
    assert [(a.id, a.url, a.published) for a in articles] == [
        (article_id(site.url + path), site.url + path, "2024-10-02") for path in ("/a", "/b")
    ]
    assert "released on bail" in articles[0].text
    said = json.loads(report.read_text("utf-8"))
    assert (
        said["pages"]["new"] == 2
        and said["kept"] == 2
        and said["status"] == 0
        and set(said["seconds"]) == {"lists", "pages", "write"}
    )


def test_second_round_asks_only_for_what_changed(site: Site, tmp_path: Path) -> None:
    def conditional(handler: BaseHTTPRequestHandler) -> None:
        same = handler.headers.get("If-None-Match") == '"v1"' and handler.headers.get("If-Modified-Since")
        body = b"" if same else STORY.format("May").encode()
        head = {"Content-Type": "text/html", "ETag": '"v1"', "Last-Modified": "Wed, 02 Oct 2024 13:00:00 GMT"}
        answer(body, 304 if same else 200, **head)(handler)

    site.pages["/a"] = conditional
    site.pages["/feed"] = answer(feed_of(site.url + "/a", site.page("/b")), Content_Type="text/xml")
    assert fetch(tmp_path, site.url + "/feed").exit_code == 0
    first = (tmp_path / "news.warc.gz").read_bytes()
    done = fetch(tmp_path, site.url + "/feed")
    assert "fresh 2" in done.output and site.paths() == ["/feed", "/a", "/b", "/feed"]
    done = fetch(tmp_path, site.url + "/feed", "--max-age", "0")
    assert "unchanged 2" in done.output and (tmp_path / "news.warc.gz").read_bytes() == first
    site.page("/b", "July")
    done = fetch(tmp_path, site.url + "/feed", "--max-age", "0")
    assert "new 1, unchanged 1" in done.output and (tmp_path / "news.warc.gz").read_bytes() != first


def test_clock_that_was_turned_back_asks_again(site: Site, tmp_path: Path) -> None:
    url = site.page("/a")
    site.pages["/feed"] = answer(feed_of(url))
    assert fetch(tmp_path, site.url + "/feed").exit_code == 0
    Store(tmp_path / "fetched", "pages").touch(url, time.time() + 1e6)
    assert "unchanged 1" in fetch(tmp_path, site.url + "/feed").output


def test_pages_that_left_the_feed_stay(site: Site, tmp_path: Path) -> None:
    site.pages["/feed"] = in_turn(answer(feed_of(site.page("/a"))), answer(feed_of(site.page("/b", "June"))))
    fetch(tmp_path, site.url + "/feed")
    assert "written   2 pages" in fetch(tmp_path, site.url + "/feed").output


def test_page_that_is_gone_is_told_and_kept(site: Site, tmp_path: Path) -> None:
    site.pages["/feed"] = answer(feed_of(site.page("/a")))
    fetch(tmp_path, site.url + "/feed")
    site.pages["/a"] = answer(b"", 410)
    done = fetch(tmp_path, site.url + "/feed", "--max-age", "0")
    assert done.exit_code == 0 and "to forget it" in done.stderr and "written   1 pages" in done.stdout


def test_one_bad_page_costs_no_other(site: Site, tmp_path: Path) -> None:
    site.pages["/pdf"] = answer(b"%PDF", Content_Type="application/pdf")
    site.pages["/gone"] = answer(b"", 404)
    site.pages["/blank"] = answer(b" ", Content_Type="text/html")
    site.pages["/again"] = answer(feed_of("http://n.example/"), Content_Type="text/html")
    site.pages["/nothing"] = answer(b"x")
    bad = ["/pdf", "/gone", "/blank", "/again", "/nothing"]
    site.pages["/feed"] = answer(feed_of(*(site.url + path for path in bad), site.page("/a")))
    done = fetch(tmp_path, site.url + "/feed", "--log-format", "json")
    assert done.exit_code == 1
    assert [json.loads(line)["source"] for line in done.stderr.splitlines()] == [site.url + path for path in bad]
    assert "written   1 pages" in done.stdout


def test_robots_are_a_warning_and_no_failure(site: Site, tmp_path: Path) -> None:
    site.pages["/robots.txt"] = answer(b"User-agent: *\nDisallow: /b\n")
    site.pages["/feed"] = answer(feed_of(site.page("/a"), site.page("/b")))
    done = fetch(tmp_path, site.url + "/feed")
    assert done.exit_code == 0 and done.stderr.startswith("warning: ") and "left out 1" in done.stdout


def test_list_of_addresses(site: Site, tmp_path: Path) -> None:
    listed = tmp_path / "sources.txt"
    site.pages["/index.xml"] = answer(f"<sitemapindex><sitemap><loc>{site.url}/s.xml</loc></sitemap></sitemapindex>".encode())
    site.pages["/s.xml"] = answer(
        f"<urlset><url><loc>{site.page('/c', 'April')}</loc></url></urlset>".encode(), Content_Type="text/xml"
    )
    listed.write_text(f"# mine\n\n{site.page('/a')}\n{site.url}/index.xml\n", "utf-8")
    done = fetch(tmp_path, listed)
    assert done.exit_code == 0 and "written   2 pages" in done.stdout, done.output


def test_page_in_the_wrong_charset_is_read(site: Site, tmp_path: Path) -> None:
    story = STORY.format("été").replace("Anna", "Zoé")
    site.pages["/utf8"] = answer(story.encode(), Content_Type="text/html; charset=iso-8859-1")
    site.pages["/latin"] = answer(story.encode("cp1252"), Content_Type="text/html; charset=iso-8859-1")
    site.pages["/lie"] = answer(story.encode("cp1252"), Content_Type="text/html; charset=utf-8")
    site.pages["/feed"] = answer(feed_of(*(site.url + path for path in ("/utf8", "/latin", "/lie"))))
    assert fetch(tmp_path, site.url + "/feed").exit_code == 0
    log = IssueLog()
    articles = list(read_inputs([str(tmp_path / "news.warc.gz")], log))
    assert ["is not UTF-8 text" in issue.reason for issue in log.errors] == [True]
    assert len(articles) == 2 and all("Zoé Bellamy" in article.text for article in articles)


def test_wrong_usage(site: Site, tmp_path: Path) -> None:
    assert kg("fetch", site.url, "-o", tmp_path / "news.warc.gz").exit_code == 2
    assert kg("fetch", site.url, "-o", tmp_path / "news.txt", "--contact", CONTACT).exit_code == 2
    done = fetch(tmp_path, tmp_path / "none.txt")
    assert done.exit_code == 1 and "is no address" in done.stderr and "no archive was written" in done.stdout
    assert not site.asked


def test_spoilt_page_is_fetched_anew(site: Site, tmp_path: Path) -> None:
    url = site.page("/a")
    site.pages["/feed"] = answer(feed_of(url))
    fetch(tmp_path, site.url + "/feed")
    path = Store(tmp_path / "fetched", "pages").path(url)
    whole = path.read_bytes()
    for spoilt in (b"", whole[:-30], b"\x00" * 100, whole[:100]):
        path.write_bytes(spoilt)
        assert "new 1" in fetch(tmp_path, site.url + "/feed").stdout
        assert Store(tmp_path / "fetched", "pages").get(url) is not None


def test_two_runs_in_one_folder(site: Site, tmp_path: Path) -> None:
    site.pages["/feed"] = answer(feed_of(*(site.page(f"/{n}") for n in range(12))))
    command = [sys.executable, "-m", "kg", "fetch", site.url + "/feed", "-o", str(tmp_path / "news.warc.gz"), "--allow-private"]
    running = [subprocess.Popen([*command, "--contact", CONTACT, "--rate", "100"], stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait() for process in running] == [0, 0]
    assert len(list(read_inputs([str(tmp_path / "news.warc.gz")], IssueLog()))) == 12


def test_killed_run_goes_on(site: Site, tmp_path: Path) -> None:
    """Killed between two pages, the next run asks only for the rest."""
    site.pages["/feed"] = answer(feed_of(*(site.page(f"/{n}") for n in range(8))))
    command = [sys.executable, "-m", "kg", "fetch", site.url + "/feed", "-o", str(tmp_path / "news.warc.gz"), "--allow-private"]
    process = subprocess.Popen([*command, "--contact", CONTACT, "--rate", "4"], stdout=subprocess.DEVNULL)
    while len(site.paths()) < 5:
        time.sleep(0.02)
    process.kill()
    process.wait()
    assert not (tmp_path / "news.warc.gz").exists()
    kept = len(list(Store(tmp_path / "fetched", "pages")))
    assert 3 <= kept < 8
    done = fetch(tmp_path, site.url + "/feed")
    assert f"new {8 - kept}, fresh {kept}" in done.stdout and "written   8 pages" in done.stdout
