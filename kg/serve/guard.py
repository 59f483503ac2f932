"""What every answer carries, and which requests are turned away unread.

The server listens on this machine alone, but a page from elsewhere that is open in the same browser could still reach it: by a
name that it makes point here (DNS rebinding), against which stands the list of hosts, or across origins, which a browser forbids
unless the answer allows it.
"""

from __future__ import annotations

import logging
from collections.abc import Collection

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]")
OPEN_PATHS = ("/sparql", "/query", "/store", "/id/", "/data")
"""Where other origins may read, if the user allows it: the data, not the page nor its curation."""

CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
    )
)
HEADERS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Guard:
    """Refuses hosts that are not in ``hosts``, adds the headers of security, and lets ``origins`` read the data (``*``: all)."""

    def __init__(self, app: ASGIApp, hosts: Collection[str] = (), origins: Collection[str] = ()) -> None:
        self._app = app
        self._hosts = {host.lower() for host in (*LOCAL_HOSTS, *hosts)}
        self._origins = set(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or hand on."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        shared = self._shared(scope["path"], headers.get("origin", ""))

        begun = False

        async def guarded(message: Message) -> None:
            nonlocal begun
            if message["type"] == "http.response.start":
                begun = True
                out = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    out.setdefault(name, value)
                if shared:
                    out["Access-Control-Allow-Origin"] = shared
                    out["Access-Control-Expose-Headers"] = "Content-Disposition"
                    out.add_vary_header("Origin")
                else:
                    out["Cross-Origin-Resource-Policy"] = "same-origin"
            await send(message)

        if _name(headers.get("host", "")) not in self._hosts:
            await PlainTextResponse("this server does not answer to that name\n", 421)(scope, receive, guarded)
        elif shared and scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
            allowed = {
                "Access-Control-Allow-Methods": "GET, HEAD, POST",
                "Access-Control-Allow-Headers": "Accept, Content-Type",
                "Access-Control-Max-Age": "3600",
            }
            await PlainTextResponse("", 204, headers=allowed)(scope, receive, guarded)
        else:
            try:
                await self._app(scope, receive, guarded)
            except Exception as error:
                # The log has the trace, the reader has none.
                logging.getLogger("kg.serve").error("%s failed", scope["path"], exc_info=error)
                if not begun:
                    await PlainTextResponse("something went wrong here; the log of the server says what\n", 500)(
                        scope, receive, guarded
                    )

    def _shared(self, path: str, origin: str) -> str:
        if not origin or not path.startswith(OPEN_PATHS):
            return ""
        if "*" in self._origins:
            return "*"
        return origin if origin in self._origins else ""


def _name(host: str) -> str:
    """The host without its port, in lower case."""
    if host.startswith("["):
        return host.partition("]")[0].lower() + "]"
    return host.partition(":")[0].lower()
