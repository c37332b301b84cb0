"""Ready is a generated token, not an open port."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from fiduciary.serving.ready import probe


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.path != "/v1/completions" or body["max_tokens"] != 1:
            return self.answer(400, {})
        if self.headers["Authorization"] != "Bearer key":
            return self.answer(401, {"error": "Unauthorized"})
        match body["model"]:
            case "good":
                self.answer(200, {"usage": {"completion_tokens": 1}})
            case "silent":
                self.answer(200, {"usage": {"completion_tokens": 0}})
            case "odd":
                self.answer(200, [])
            case "loading":
                self.answer(503, {"error": "loading"})
            case "rude":
                self.close_connection = True
            case _:
                self.answer(404, {"error": "no such model"})

    def answer(self, status: int, body: object) -> None:
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/v1"
        server.shutdown()


def test_a_token(url, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")  # nobody there
    assert probe(url, "key", "good").ready


@pytest.mark.parametrize("name", ["silent", "odd", "loading", "rude"])
def test_no_token_yet(url, name):
    answer = probe(url, "key", name)
    assert not answer.ready
    assert not answer.final
    assert answer.reason


def test_asking_again_is_of_no_use(url):
    assert probe(url, "key", "other").final
    assert "401" in probe(url, "wrong", "good").reason


def test_nobody_there():
    answer = probe("http://127.0.0.1:1/v1", "key", "good")
    assert not answer.ready
    assert not answer.final
