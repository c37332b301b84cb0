"""What stands between the page and everybody else: an ASGI layer that needs no framework."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from typing import Any
from urllib.parse import urlsplit

Scope = MutableMapping[str, Any]
Event = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Event]]
Send = Callable[[Event], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK = ("127.0.0.1", "localhost", "::1")

CONTENT_POLICY = "; ".join(
    [
        # Whatever a model writes, the browser asks nobody but this server.
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:",  # the page's framework needs both
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data: blob:",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
)

_HEADERS = [
    (b"content-security-policy", CONTENT_POLICY.encode()),
    (b"referrer-policy", b"no-referrer"),
    (b"x-content-type-options", b"nosniff"),
]

_UNUSED = re.compile(r"/upload$|/proxy=|/file[=/]https?:", re.IGNORECASE)
"""Routes of the page's framework that take files or fetch addresses; the chat needs none of them."""


class Guard:
    """Refuses requests that are not the page's own, and forbids the page to ask anybody else.

    A page on another site can make a browser send requests to this machine, under a name of its own
    that it points here: so both the host that is asked for and the origin must be this server.

    Args:
        app: what is guarded.
        hosts: names under which the server may be asked; empty for any.
    """

    def __init__(self, app: App, hosts: Sequence[str] = LOOPBACK) -> None:
        self.app = app
        self.hosts = tuple(hosts)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
            return
        refusal = self._refusal(scope)
        if refusal is not None or scope["type"] != "http":
            await _refuse(scope, send, refusal or "not offered")
            return

        async def send_guarded(event: Event) -> None:
            if event["type"] == "http.response.start":
                event["headers"] = [*event.get("headers", []), *_HEADERS]
            await send(event)

        await self.app(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> str | None:
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        host = headers.get(b"host", "")
        if self.hosts and _hostname(f"//{host}") not in self.hosts:
            return "this chat can only be reached under its own address"
        origin = headers.get(b"origin")
        if origin is not None and urlsplit(origin).netloc != host:
            return "this chat only answers its own page"
        if _UNUSED.search(scope["path"]):
            return "not offered"
        return None


def _hostname(address: str) -> str | None:
    try:
        return urlsplit(address).hostname
    except ValueError:
        return None


async def _refuse(scope: Scope, send: Send, why: str) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": 1008})
        return
    await send({"type": "http.response.start", "status": 403, "headers": [(b"content-type", b"text/plain")]})
    await send({"type": "http.response.body", "body": why.encode()})
