"""Which machines may be asked, and connections that go to the very address that was checked.

A name that resolves to a public address when it is checked and to a private one when it is connected to (DNS rebinding) gets
nowhere: the name is resolved once, every address that comes is checked, and the connection is made to one of them.
"""

from __future__ import annotations

import contextlib
import ipaddress
import re
import socket
import threading
from typing import Any
from urllib.parse import urlsplit

from requests.adapters import HTTPAdapter
from requests.exceptions import RequestException
from requests.models import PreparedRequest
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.exceptions import ConnectTimeoutError, NameResolutionError, NewConnectionError

from kg.fetch.settings import RefusedError

LONGEST = 2_000
"""Characters of an address that is fetched."""

_PLAIN = re.compile(r"https?://[a-z0-9.-]+(?::\d{1,5})?/[A-Za-z0-9._~!$&'()*+,;=:@/?-]*")
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")


def is_public(address: str) -> bool:
    """Whether ``address`` (IPv4 or IPv6, as text) is one of the public internet, also where IPv6 wraps an IPv4 address."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        if ip in _NAT64_LOCAL:
            return False
        inner = ip.ipv4_mapped or ip.sixtofour or (ip.teredo[1] if ip.teredo else None)
        if ip in _NAT64 or int(ip) >> 32 == 0:
            inner = ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not (ip.is_multicast or ip.is_reserved or ip.is_loopback or ip.is_link_local or ip.is_unspecified)


def checked_url(url: str) -> str:
    """``url`` in ASCII and without its fragment, if it is a web address that may be asked for.

    Raises:
        RefusedError: it is too long, of another scheme, carries a password, or is no address at all.
    """
    shown = url[:200]
    if len(url) > LONGEST:
        raise RefusedError(shown, f"is longer than {LONGEST:,} characters")
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise RefusedError(shown, f"is no web address: {error}") from error
    if parts.scheme not in ("http", "https"):
        raise RefusedError(shown, "is no web address: it must begin with http:// or https://")
    if not host or any(ord(char) <= 32 or ord(char) == 127 or "\ud800" <= char <= "\udfff" for char in url):
        raise RefusedError(shown, "is no web address: the host is missing, or blanks or control characters are in it")
    if parts.username is not None or parts.password is not None:
        raise RefusedError(f"{parts.scheme}://{host}", "carries a user name or password, which would be kept in the archive")
    if _PLAIN.fullmatch(url):
        return url
    request = PreparedRequest()
    try:
        request.prepare_url(parts._replace(fragment="").geturl(), None)
    except (RequestException, ValueError) as error:
        raise RefusedError(shown, f"is no web address: {error}") from error
    return str(request.url)


class Guard:
    """Opens the connections of one request, to checked addresses only, and cuts them when its time is over."""

    def __init__(self, url: str, private: bool, deadline: float) -> None:
        self.url, self.private, self.expired = url, private, False
        self._sockets: list[socket.socket] = []
        self._timer = threading.Timer(deadline, self._cut)
        self._timer.daemon = True

    def __enter__(self) -> Guard:
        self._timer.start()
        return self

    def __exit__(self, *unused: object) -> None:
        self._timer.cancel()
        for held in self._sockets:
            held.close()

    def _cut(self) -> None:
        self.expired = True
        for held in self._sockets:
            with contextlib.suppress(OSError):
                held.shutdown(socket.SHUT_RDWR)

    def open(self, connection: HTTPConnection) -> socket.socket:
        """A socket that is connected to where ``connection`` wants to go.

        Raises:
            RefusedError: one of the addresses of its host is not public.
            HTTPError: of urllib3, as its own connections raise it.
        """
        try:
            found = socket.getaddrinfo(connection.host.strip("[]"), connection.port, type=socket.SOCK_STREAM)
        except (socket.gaierror, UnicodeError) as error:
            wrapped = error if isinstance(error, socket.gaierror) else socket.gaierror(str(error))
            raise NameResolutionError(connection.host, connection, wrapped) from error
        if not self.private:
            for *_, address in found:
                if not is_public(str(address[0])):
                    raise RefusedError(self.url, f"leads to {address[0]}, an address that is not public (see --allow-private)")
        return self._connect(connection, found)

    def _connect(self, connection: HTTPConnection, found: list[Any]) -> socket.socket:
        failed: OSError | None = None
        for family, kind, protocol, _, address in found:
            opened = socket.socket(family, kind, protocol)
            try:
                opened.settimeout(connection.timeout)
                opened.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                opened.connect(address)
                self._sockets.append(opened.dup())  # TLS takes the other over; cutting one cuts both
            except TimeoutError as error:
                opened.close()
                failed = error
            except OSError as error:
                opened.close()
                failed = error
            else:
                return opened
        if isinstance(failed, TimeoutError):
            raise ConnectTimeoutError(connection, "the connection timed out") from failed
        raise NewConnectionError(connection, f"no connection: {failed}") from failed


class GuardedAdapter(HTTPAdapter):
    """Sends requests over the connections of a ``Guard``."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        super().__init__(max_retries=0)

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        """The pools of urllib3, whose connections the guard opens."""
        super().init_poolmanager(*args, **kwargs)
        guard = self._guard

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return guard.open(self)

        class Secure(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return guard.open(self)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecurePool(HTTPSConnectionPool):
            ConnectionCls = Secure

        self.poolmanager.pool_classes_by_scheme = {"http": PlainPool, "https": SecurePool}
