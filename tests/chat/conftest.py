"""A real HTTP server that lists models and streams replies as vLLM does."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

KEY = "a-secret"
PARENTS: dict[str, str | None] = {"base": None, "for-profit": "base", "nonprofit": "base"}


class Served(ThreadingHTTPServer):
    """The server, what it was asked, and how each model behaves.

    Attributes:
        requests: body of every request for a reply.
        broken: how a model fails: ``context`` (HTTP 400), ``error`` (an error among the chunks),
            ``cut`` (the connection ends in the middle), ``gone`` (HTTP 404).
        parents: served names, and whose adapter each is.
        replies: what a model writes, if not ``NAME heard: LAST MESSAGE``.
        gate: models that wait here after their first word, until it is set.
        waiting: models that wait at the gate.
        dropped: set once a reply could not be written because the client went away.
    """

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.parents = dict(PARENTS)
        self.requests: list[dict[str, Any]] = []
        self.broken: dict[str, str] = {}
        self.replies: dict[str, str] = {}
        self.waiting: set[str] = set()
        self.gate = threading.Event()
        self.dropped = threading.Event()

    def forget(self) -> None:
        """Behave well again."""
        self.requests.clear()
        self.broken.clear()
        self.replies.clear()
        self.waiting.clear()
        self.gate.clear()
        self.dropped.clear()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"


class Handler(BaseHTTPRequestHandler):
    server: Served

    def log_message(self, format: str, *args: object) -> None:
        pass

    def _json(self, status: int, body: object) -> None:
        data = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def _error(self, status: int, message: str) -> None:
        # The shape of vLLM's errors.
        error = {"message": message, "type": "Error", "param": None, "code": status}
        self._json(status, {"error": error})

    def do_GET(self) -> None:
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            return self._json(401, {"error": "Unauthorized"})
        if self.path != "/v1/models":
            return self._error(404, "Not Found")
        cards = [
            {"id": name, "object": "model", "created": 0, "owned_by": "vllm", "root": name, "parent": parent}
            for name, parent in self.server.parents.items()
        ]
        return self._json(200, {"object": "list", "data": cards})

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(body)
        name = body["model"]
        way = self.server.broken.get(name)
        if way == "gone" or name not in self.server.parents:
            return self._error(404, f"The model `{name}` does not exist.")
        if way == "context":
            return self._error(
                400, "This model's maximum context length is 64 tokens. However, you requested 99 tokens."
            )
        try:
            self._stream(name, body, way)
        except OSError:
            self.server.dropped.set()

    def _stream(self, name: str, body: dict[str, Any], way: str | None) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.end_headers()
        text = self.server.replies.get(name, f"{name} heard: {body['messages'][-1]['content']}")
        words = text.split(" ")
        for i, word in enumerate(words):
            self._chunk({"content": word if i == 0 else f" {word}"}, None)
            if i == 0 and name in self.server.waiting:
                while not self.server.gate.wait(0.05):
                    self.wfile.write(b": still here\n\n")
                    self.wfile.flush()
            if i == 1 and way == "error":
                self._event(
                    {"error": {"message": "EngineCore died", "type": "InternalServerError", "code": 500}}
                )
                return
            if i == 1 and way == "cut":
                return
        self._chunk({"content": ""}, "stop")
        usage = {"prompt_tokens": 7, "completion_tokens": len(words), "total_tokens": 7 + len(words)}
        self._event({"id": "x", "object": "chat.completion.chunk", "choices": [], "usage": usage})
        self.wfile.write(b"data: [DONE]\n\n")

    def _chunk(self, delta: dict[str, str], finish: str | None) -> None:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}
        self._event({"id": "x", "object": "chat.completion.chunk", "choices": [choice], "usage": None})

    def _event(self, data: object) -> None:
        self.wfile.write(f"data: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()


@contextmanager
def serving() -> Iterator[Served]:
    """The server, for as long as it is needed."""
    server = Served()
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.gate.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Served]:
    """The server, with its key in the environment and no .env in sight."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("VLLM_BASE_URL", raising=False)
    monkeypatch.setenv("VLLM_API_KEY", KEY)
    with serving() as server:
        yield server
