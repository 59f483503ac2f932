"""Names of nodes: IRIs that hash content, and checks of IRIs that come from outside.

The same article gives the same names on every run and machine. A node that gathers others (an entity without a Wikidata item, an
action, a case) is named after the member that was published first, so that its name stays while later ones are added.
"""

from __future__ import annotations

import base64
import hashlib
import re
import unicodedata
from collections.abc import Iterable
from urllib.parse import quote, urlsplit

from kg.errors import ConfigurationError, KgError
from kg.lang.fold import fold_word
from kg.model import ActionType, Article, Kind, Span
from kg.rdf.vocab import WD

HASH_LENGTH = 16
"""Letters of a hash in an IRI: 80 bits in base 32, so that a thousand million nodes collide with odds of one in two million."""

_QID = re.compile(r"Q[1-9][0-9]{0,14}")
_BASE = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~!$&'()*+,;=:@%/-]*)?/")
_HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\]")
_URL_LIMIT = 2048
# What RFC 3986 allows in a path and a query, and the sign of an escape that is there already.
_URL_SAFE = "!$&'()*+,;=:@/?%~-._"


def digest(*parts: str) -> str:
    """The hash of ``parts`` as ``HASH_LENGTH`` lower-case letters and digits; ("ab", "c") and ("a", "bc") differ."""
    sha = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        sha.update(b"%d:" % len(data))
        sha.update(data)
    return base64.b32encode(sha.digest()).decode("ascii")[:HASH_LENGTH].lower()


def text_sha256(text: str) -> str:
    """The SHA-256 of ``text`` in UTF-8, in 64 lower-case hexadecimal digits, as ``sha256sum`` prints it."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def checked_base(base: str) -> str:
    """``base`` itself, if names can be built under it.

    Raises:
        ConfigurationError: it is no absolute http(s) IRI in ASCII that ends in ``/``; a ``#`` in it would make two with that of
            ``…#char=12,24``.
    """
    if len(base) > _URL_LIMIT or not _BASE.fullmatch(base):
        raise ConfigurationError(f"the base {base!r} must be an http or https address without # that ends in /")
    return base


def checked_qid(qid: str) -> str:
    """``qid`` itself.

    Raises:
        KgError: it is no identifier of a Wikidata item.
    """
    if not _QID.fullmatch(qid):
        raise KgError(f"{qid!r} is no Wikidata item (one looks like Q42)")
    return qid


def checked_url(text: str | None) -> str | None:
    """The address of an article as a plain ASCII URI, or None where ``text`` is not a safe http(s) address.

    Letters beyond ASCII are escaped (RFC 3987, section 3.1). Other schemes, user names and passwords, blanks, control and
    format characters are refused; so is what is longer than 2,048 characters.
    """
    if not text or len(text) > _URL_LIMIT or any(_unsafe(char) for char in text):
        return None
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return None
    if parts.scheme not in ("http", "https") or "@" in parts.netloc:
        return None
    ascii_host = _ascii_host(host)
    if ascii_host is None:
        return None
    out = f"{parts.scheme}://{ascii_host}{'' if port is None else f':{port}'}{quote(_escaped(parts.path), safe=_URL_SAFE)}"
    if parts.query:
        out += "?" + quote(_escaped(parts.query), safe=_URL_SAFE)
    if parts.fragment:
        out += "#" + quote(_escaped(parts.fragment), safe=_URL_SAFE)
    return out


def article_iri(base: str, article: Article) -> str:
    """``…/article/<hash of text, address and id>``; the id keeps apart two copies that were given under two names."""
    return f"{base}article/{digest('article', article.text, article.url or '', article.id)}"


def span_iri(article: str, span: Span) -> str:
    """The name of a stretch of the article's text, by RFC 5147: ``<article>#char=12,24``."""
    return f"{article}#char={span.start},{span.end}"


def wikidata_iri(qid: str) -> str:
    """The IRI of a Wikidata item.

    Raises:
        KgError: ``qid`` is no identifier of an item.
    """
    return WD + checked_qid(qid)


def local_entity_iri(base: str, kind: Kind, name: str, article: str, number: int = 1) -> str:
    """``…/entity/<hash>`` for an entity without a Wikidata item, from its kind, its name folded, and its first article.

    ``number`` tells namesakes of one article apart, counted by their first mention.
    """
    folded = " ".join(fold_word(unicodedata.normalize("NFC", name)).split())
    return f"{base}entity/{digest('entity', kind.value, folded, article, *([] if number == 1 else [str(number)]))}"


def report_iri(base: str, article: str, kind: ActionType, triggers: Iterable[Span], number: int = 1) -> str:
    """``…/report/<hash>`` from the article, the type and the places of the triggers.

    ``number`` tells apart reports that one trigger tells (two people charged in one word, with different values).
    """
    places = [f"{span.start},{span.end}" for span in sorted(set(triggers))]
    return f"{base}report/{digest('report', article, kind.value, *places, *([] if number == 1 else [f'no {number}']))}"


def evidence_iri(report: str, role: str, number: int) -> str:
    """The name of a piece of evidence: ``<report>#target-1``; ``role`` is the local name of a property."""
    return f"{report}#{role}-{number}"


def action_iri(base: str, kind: ActionType, first_report: str) -> str:
    """``…/action/<hash>`` from the type and the action's first report."""
    return f"{base}action/{digest('action', kind.value, first_report)}"


def case_iri(base: str, first_action: str) -> str:
    """``…/case/<hash>`` from the case's first action."""
    return f"{base}case/{digest('case', first_action)}"


def _unsafe(char: str) -> bool:
    return char in '<>"{}|\\^` ' or unicodedata.category(char) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zs", "Zl", "Zp")


def _escaped(text: str) -> str:
    """``text`` with every ``%`` that starts no escape written as ``%25``."""
    return re.sub(r"%(?![0-9A-Fa-f]{2})", "%25", text)


def _ascii_host(host: str) -> str | None:
    if not host.isascii():
        try:
            host = host.encode("idna").decode("ascii").lower()
        except UnicodeError:
            return None
    if ":" in host:
        host = f"[{host}]"
    return host if len(host) <= 253 and _HOST.fullmatch(host) else None
