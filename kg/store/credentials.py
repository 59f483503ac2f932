"""Who asks an endpoint: a user and a password, or a token."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import requests
from requests.auth import AuthBase, HTTPBasicAuth, HTTPDigestAuth

from kg.errors import ConfigurationError


class _Bearer(AuthBase):
    def __init__(self, token: str) -> None:
        self._token = token

    def __call__(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _basic(user: str, secret: str) -> AuthBase:
    return HTTPBasicAuth(user.encode("utf-8"), secret.encode("utf-8"))


def _digest(user: str, secret: str) -> AuthBase:
    return HTTPDigestAuth(user, secret)


def _bearer(user: str, secret: str) -> AuthBase:
    if not re.fullmatch(r"[A-Za-z0-9._~+/-]+=*", secret):
        raise ConfigurationError("the token is no bearer token: it may hold letters, digits and . _ ~ + / - only")
    return _Bearer(secret)


AUTHENTICATIONS: Mapping[str, Callable[[str, str], AuthBase]] = MappingProxyType(
    {"basic": _basic, "digest": _digest, "bearer": _bearer}
)
"""Ways to say who asks, by name: functions of user and secret (a password or a token)."""


@dataclass(frozen=True)
class Credentials:
    """Who asks, and the secret; ``scheme`` is a key of ``AUTHENTICATIONS``. The secret never shows in ``repr``."""

    scheme: str
    user: str = ""
    secret: str = field(default="", repr=False)

    def auth(self) -> AuthBase:
        """The same for ``requests``.

        Raises:
            ConfigurationError: the scheme is unknown, or the secret cannot be sent by it.
        """
        if self.scheme not in AUTHENTICATIONS:
            raise ConfigurationError(f"unknown authentication {self.scheme!r} (known: {', '.join(AUTHENTICATIONS)})")
        if not self.secret:
            raise ConfigurationError(f"{self.scheme} authentication needs a secret: set KG_PASSWORD or KG_TOKEN")
        return AUTHENTICATIONS[self.scheme](self.user, self.secret)
