"""Addresses of endpoints."""

from __future__ import annotations

from urllib.parse import urlsplit

from kg.errors import ConfigurationError
from kg.issues import printable


def checked_endpoint(url: str) -> str:
    """``url`` itself, if requests can be sent there.

    Raises:
        ConfigurationError: it is not http(s), has no host, or carries a user or password, which would show in messages.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigurationError(f"{printable(url, 100)!r} is no address: {error}") from None
    if parts.username is not None or parts.password is not None:
        raise ConfigurationError("an address may not carry a user or password: use --user, and KG_PASSWORD or the prompt")
    if parts.scheme not in ("http", "https") or not parts.hostname or port == 0 or not url.isprintable() or " " in url:
        raise ConfigurationError(f"{printable(url, 100)!r} is no http or https address")
    return url
