"""Servers that speak OpenAI's protocol as some endpoints do: well, badly, or not at all."""

from __future__ import annotations

import http.server
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

ANSWER = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "m",
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Therefore, I choose: Option A"},
        }
    ],
    "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
}


@dataclass
class Reply:
    """One answer of a server."""

    status: int = 200
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


REFUSED = {"error": {"message": "no such thing", "type": "error", "code": None}}


@dataclass
class Server:
    """What a server does.

    Attributes:
        models: the body of ``GET …/models``; None: that it lists none (HTTP 404).
        posts: replies to questions, in turn; the last one stays.
        key: that it asks for; None: any.
        starting: how often it says first that it is not ready (HTTP 503).
        silent: whether it keeps questions without an answer.
        asked: how often each method and path was asked.
    """

    models: Any = field(default_factory=lambda: {"data": [{"id": "m", "root": "org/M-Instruct"}]})
    posts: list[Reply] = field(default_factory=lambda: [Reply(200, ANSWER)])
    key: str | None = None
    starting: int = 0
    silent: bool = False
    asked: Counter[str] = field(default_factory=Counter)
    url: str = ""

    def reply(self, method: str, path: str, key: str | None) -> Reply:
        """The answer to one request."""
        self.asked[f"{method} {path}"] += 1
        if self.starting:
            self.starting -= 1
            return Reply(503)
        if self.key is not None and key != f"Bearer {self.key}":
            return Reply(401, REFUSED)
        if method == "GET":
            return Reply(404) if self.models is None else Reply(200, self.models)
        return self.posts.pop(0) if len(self.posts) > 1 else self.posts[0]


@contextmanager
def serving(server: Server) -> Iterator[Server]:
    """The server, at an address of this machine; ``url`` is that address with ``/v1``."""
    over = threading.Event()

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self, method: str) -> None:
            self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if server.silent:
                over.wait()
                return
            reply = server.reply(method, self.path, self.headers["Authorization"])
            body = json.dumps(reply.body).encode() if reply.body is not None else b""
            self.send_response(reply.status)
            for name, value in {"Content-Type": "application/json", **reply.headers}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self) -> None:
            self.answer("GET")

        def do_POST(self) -> None:
            self.answer("POST")

        def log_message(self, *_: object) -> None:
            pass

    listener = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=listener.serve_forever, daemon=True).start()
    server.url = f"http://127.0.0.1:{listener.server_port}/v1"
    try:
        yield server
    finally:
        over.set()
        listener.shutdown()
        listener.server_close()
