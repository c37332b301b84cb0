"""A real endpoint that can be told to misbehave, and a receiver of messages."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, TypeVar

from fiduciary.subjects.chat_format import RequestError
from fiduciary.subjects.server import SubjectServer

NAME = "watched"

S = TypeVar("S", bound=ThreadingHTTPServer)


class Watched(SubjectServer):
    """A served subject.

    Attributes:
        requests: every request for a reply, in the order of arrival.
        before: called with a request's number before it is answered: may sleep, or raise.
        says: text in place of the subject's own, if not None.
    """

    def __init__(self, subject: str = "study1", port: int = 0, **arguments: Any) -> None:
        self.requests: list[dict[str, Any]] = []
        self.before: Callable[[int], None] = lambda number: None
        self.says: str | None = None
        self.finish = "stop"
        self._requests_lock = Lock()
        super().__init__(subject, arguments, NAME, ("127.0.0.1", port))

    def complete(self, request: Any) -> dict[str, Any]:
        with self._requests_lock:
            number = len(self.requests)
            self.requests.append(request)
        self.before(number)
        reply = super().complete(request)
        if self.says is not None:
            reply["choices"][0]["message"]["content"] = self.says
            reply["choices"][0]["finish_reason"] = self.finish
        return reply

    def asked(self) -> list[tuple[str, int]]:
        """Question and seed of every request."""
        return [(request["messages"][-1]["content"], request["seed"]) for request in self.requests]


class Receiver(ThreadingHTTPServer):
    """Takes messages, or answers with ``status``."""

    daemon_threads = True

    def __init__(self) -> None:
        self.messages: list[dict[str, Any]] = []
        self.status = 200
        super().__init__(("127.0.0.1", 0), _Receiving)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/services/a-secret-path?token=another-secret"


class _Receiving(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        message = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.server.status == 200:
            self.server.messages.append(message)
        self.send_response(self.server.status)
        if self.server.status in (301, 302, 307):
            self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        raise AssertionError("a message was turned into a question")

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def serving(server: S) -> Iterator[S]:
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def failing(status: int, message: str = "overloaded") -> Callable[[int], None]:
    """Answer every request with an error."""

    def before(number: int) -> None:
        raise RequestError(status, message)

    return before
