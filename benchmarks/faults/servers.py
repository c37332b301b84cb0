"""Our own servers, asked by clients who send nonsense, nothing, too much, or go away."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.faults.product import Called, an_audit, command, environment, obeyed
from benchmarks.faults.registry import Bench, Seen, fault, require

AREA, SERVE = "Servers", "Serving and going on"

NAME = "assistant"
EVIL = "<script>alert(1)</script>\x1b[31m\u202e"

SILENT = 45.0
"""Seconds by which a server has given up a client that sends nothing more."""

TOO_LARGE = 5 * 2**20

_SHIPPED = Path(__file__).resolve().parents[2] / "subjects" / "tiny_manager"
_PATH = "/v1/chat/completions"
_HEAD = f"POST {_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n".encode()


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    kind: str
    body: bytes

    @property
    def said(self) -> str:
        """The one line of an error, as OpenAI's clients show it.

        Raises:
            Failed: it is no error of theirs, of several lines, or nothing for a terminal.
        """
        require(self.kind == "application/json", f"an answer of {self.kind}")
        line = str(json.loads(self.body)["error"]["message"])
        require(len(line.splitlines()) == 1 and len(line) <= 400, f"no line: {line[:300]!r}")
        require(not obeyed(line), f"a terminal would obey {line!r}")
        return line


@dataclass(frozen=True)
class Server:
    """A server in a process of its own."""

    port: int

    def asked(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """One request on a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=SILENT)
        try:
            connection.request(method, path, body)
            response = connection.getresponse()
            return Answer(response.status, response.headers.get("Content-Type", ""), response.read())
        finally:
            connection.close()

    def chat(self, model: str = NAME, **changed: Any) -> Answer:
        """A request for a reply."""
        request = {"model": model, "messages": [{"role": "user", "content": "Good morning."}], **changed}
        return self.asked("POST", _PATH, json.dumps(request).encode())

    def spoken(self, sent: bytes) -> bytes:
        """All that is answered to bytes after which nothing comes, until the server hangs up.

        Raises:
            TimeoutError: it does not.
        """
        with socket.create_connection(("127.0.0.1", self.port), timeout=SILENT) as connection:
            connection.sendall(sent)
            return b"".join(iter(lambda: connection.recv(1 << 16), b""))

    def left(self, sent: bytes) -> None:
        """Send bytes and go away without a word: the connection is reset."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=SILENT) as connection:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.sendall(sent)


@contextmanager
def running(words: Sequence[str], folder: Path, ready: Callable[[str], int | None]) -> Iterator[Server]:
    """A command that serves while the context lasts; it then ends by Ctrl-C, having said nothing of clients.

    Args:
        words: of the command.
        folder: of what it prints.
        ready: the port, of what it has printed so far; None where it does not say yet.
    """
    out, err = folder / "out.txt", folder / "err.txt"
    with out.open("wb") as told, err.open("wb") as complained:
        process = subprocess.Popen(command(words), env=environment(), stdout=told, stderr=complained)
    try:
        until, port = time.monotonic() + 600, None
        while (port := ready(_text(out) + _text(err))) is None:
            require(process.poll() is None, f"it ended: {_text(err)[-300:]!r}")
            require(time.monotonic() < until, f"it does not start: {_text(err)[-300:]!r}")
            time.sleep(0.1)
        yield Server(port)
        require(process.poll() is None, f"it ended: {_text(err)[-300:]!r}")
        process.send_signal(signal.SIGINT)
        process.wait(120)
    finally:
        process.kill()
        process.wait()
    said = _text(out) + _text(err)
    require("Traceback" not in said and not obeyed(said), f"it printed {said[-300:]!r}")


def _text(file: Path) -> str:
    return file.read_text("utf-8", "replace")


@contextmanager
def subject(bench: Bench, served: str = NAME) -> Iterator[Server]:
    """``fiduciary subject``, which answers a right question as before when the context ends."""

    def ready(said: str) -> int | None:
        _, found, rest = said.partition("VLLM_BASE_URL=http://127.0.0.1:")
        return int(rest.partition("/")[0]) if found and "/v1\n" in rest else None

    words = ("subject", "study1", "--port", "0", "--served-model-name", served)
    with running(words, bench.folder, ready) as server:
        yield server
        require(server.chat(served).status == 200, "it answers nobody any more")


@contextmanager
def found_at(server: Server) -> Iterator[None]:
    """Inspect's ``vllm/`` models are this server's while the context lasts."""
    with patch.dict(os.environ, {"VLLM_BASE_URL": f"http://127.0.0.1:{server.port}/v1"}):
        yield


def answered(status: int, ask: Callable[[Server], Sequence[Answer]]) -> Callable[[Bench], Seen]:
    """Whatever is no request gets a status and one line from the subject's server."""

    def run(bench: Bench) -> Seen:
        with subject(bench) as server:
            found = ask(server)
        for one in found:
            require(one.status == status, f"answered {one.status}: {one.body[:300]!r}")
        said = [one.said for one in found]
        return Seen(f"{status} with one line of JSON; the next request is answered", said[0][:160])

    return run


def _nonsense(server: Server) -> Sequence[Answer]:
    bodies = (b'{"model":', b"", b"\xff\xfe", b"[]", b'{"a":' * 100_000, b"1" * 10_000)
    return [server.asked("POST", _PATH, body) for body in bodies]


def _half(server: Server) -> Sequence[Answer]:
    return [server.chat(messages=[{"role": "user", "content": "half \ud800"}])]


def _nowhere(server: Server) -> Sequence[Answer]:
    return [server.asked("GET", "/nothing"), server.asked("POST", "/v1/../etc/passwd", b"{}")]


for _title, _status, _ask in (
    ("a body of bad JSON", 400, _nonsense),
    ("a body above 4 MiB", 413, lambda server: [server.asked("POST", _PATH, b" " * TOO_LARGE)]),
    ("10^9 answers to one request", 400, lambda server: [server.chat(n=10**9)]),
    ("half a surrogate pair in a message", 400, _half),
    ("an unknown path", 404, _nowhere),
):
    fault(AREA, f"subject: {_title}")(answered(_status, _ask))


@fault(AREA, "subject: a body that never comes")
def silent(bench: Bench) -> Seen:
    """It is not waited for without end, and others need not wait at all."""
    with (
        subject(bench) as server,
        socket.create_connection(("127.0.0.1", server.port), timeout=SILENT) as connection,
    ):
        connection.sendall(_HEAD % 50 + b"{}")
        require(server.chat().status == 200, "another client has to wait")
        answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    require(head.startswith(b"HTTP/1.1 408 "), f"answered {head[:100]!r}")
    said = Answer(408, "application/json", body).said
    return Seen("408 after 30 seconds, and the connection is closed; others are answered meanwhile", said)


@fault(AREA, "subject: clients that go away in the middle")
def gone(bench: Bench) -> Seen:
    """Of the request, or before its answer."""
    request = {"model": NAME, "n": 500, "messages": [{"role": "user", "content": "Good morning."}]}
    body = json.dumps(request).encode()
    with subject(bench) as server:
        for _ in range(20):
            server.left(_HEAD[:40])
            server.left(_HEAD % len(body) + body[:20])
            server.left(_HEAD % len(body) + body)
    return Seen("60 broken connections; nothing is printed, the next request is answered")


@fault(AREA, "subject: script, escapes and direction marks in the name it is served under")
def evil_name(bench: Bench) -> Seen:
    """Browsers are given no page, terminals nothing that they obey."""
    with subject(bench, EVIL) as server:
        listed, other = server.asked("GET", "/v1/models"), server.chat("<script>alert(2)</script>")
    require(listed.kind == other.kind == "application/json", "a browser might run it")
    require([one["id"] for one in json.loads(listed.body)["data"]] == [EVIL], "it is called otherwise")
    require(other.status == 404, f"answered {other.status}")
    return Seen("JSON, which no browser runs; the terminal shows it without what it would obey", other.said)


@fault(AREA, "monitor --metrics: unknown paths, other methods, clients that are silent or go away")
def metrics(bench: Bench) -> Seen:
    """The page of metrics stays up, for this machine alone."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = ("monitor", "--baseline", str(an_audit(bench)), "--model", f"vllm/{NAME}", "--every", "1h")
    words += ("--state", str(bench.folder / "state"), "--metrics", f":{port}")
    place = bench.folder / "monitor"
    place.mkdir()

    def ready(said: str) -> int | None:
        written = bench.folder / "state" / "audits.jsonl"
        return port if written.exists() and written.stat().st_size else None

    with subject(bench) as asked, found_at(asked), running(words, place, ready) as server:
        status = [server.asked(*one).status for one in (("GET", "/"), ("GET", "/<script>"))]
        require(status == [404, 404], f"unknown paths are answered {status}")
        require(server.asked("POST", "/metrics", b"{}").status == 501, "a POST is taken")
        for _ in range(20):
            server.left(b"GET /metr")
            server.left(b"GET /metrics HTTP/1.1\r\n\r\n")
        require(server.spoken(b"GET /metr") == b"", "half a request is answered")
        page = server.asked("GET", "/metrics")
        require(page.status == 200 and b"fiduciary_monitor_audits_total" in page.body, "no metrics")
        said = (place / "err.txt").read_text("utf-8")
        require("others can reach" not in said, "others can reach them")
    [line] = [line for line in said.splitlines() if line.startswith("Metrics are served")]
    return Seen("404, 501, closed after 30 seconds; the next scrape is answered, at 127.0.0.1 alone", line)


def refused(words: Sequence[str], folder: Path, python: str | None = None) -> Called:
    """A command in a process of its own that is to end with 2 and one line.

    Args:
        words: of the command.
        folder: where it is run.
        python: of another environment.
    """
    whole = command(words) if python is None else [python, "-m", "fiduciary", *words]
    ended = subprocess.run(whole, env=environment(), cwd=folder, capture_output=True, text=True, check=False)
    found = Called(ended.returncode, ended.stdout, ended.stderr)
    require(found.code == 2, f"it returned {found.code}: {found.err[-300:]!r}")
    require(len(found.err.strip().splitlines()) == 1, f"several lines: {found.err[-300:]!r}")
    require(not obeyed(found.err) and "root:" not in found.err, f"it shows too much: {found.err[-300:]!r}")
    return found


def _serve(model: Path, adapter: Path) -> tuple[str, ...]:
    return ("serve", str(model), "--adapter", f"own={adapter}", "--device", "cpu")


def _other_weights(base: Path, adapter: Path) -> None:
    weights = bytearray((base / "model.safetensors").read_bytes())
    weights[-2] ^= 1
    (base / "model.safetensors").write_bytes(weights)


def _other_shapes(base: Path, adapter: Path) -> None:
    """As of a wider base, with no notes that would say so."""
    (adapter / "training.json").unlink()
    file = adapter / "adapter_model.safetensors"
    data = file.read_bytes()
    (size,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8 : 8 + size])
    for name, about in header.items():
        if name.endswith("lora_A.weight"):
            rank, width = about["shape"]
            # Half the rank and twice the width are the same bytes.
            about["shape"] = [rank // 2, width * 2]
        elif name.endswith("lora_B.weight"):
            width, rank = about["shape"]
            about["shape"] = [width * 2, rank // 2]
    config = json.loads((adapter / "adapter_config.json").read_text("utf-8"))
    (adapter / "adapter_config.json").write_text(json.dumps(config | {"r": config["r"] // 2}), "utf-8")
    text = json.dumps(header).encode()
    file.write_bytes(struct.pack("<Q", len(text)) + text + data[8 + size :])


def _linked(which: int, name: str) -> Callable[[Path, Path], None]:
    def change(*places: Path) -> None:
        (places[which] / name).unlink()
        (places[which] / name).symlink_to("/etc/passwd")

    return change


SERVED: dict[str, Callable[[Path, Path], None]] = {
    "serve: an adapter that was trained on other weights": _other_weights,
    "serve: an adapter for a base of twice the width": _other_shapes,
    "serve: an adapter's weights that are a link to /etc/passwd": _linked(1, "adapter_model.safetensors"),
    "serve: a model's tokenizer that is a link to /etc/passwd": _linked(0, "tokenizer.json"),
}
"""What is done to a sound base and its adapter before they are served."""


def not_served(damage: Callable[[Path, Path], None]) -> Callable[[Bench], Seen]:
    """They are refused before anything is asked of Docker."""

    def run(bench: Bench) -> Seen:
        base, adapter = bench.folder / "base", bench.folder / "adapter"
        shutil.copytree(_SHIPPED / "base", base)
        shutil.copytree(_SHIPPED / "nonprofit", adapter)
        damage(base, adapter)
        found = refused(_serve(base, adapter), bench.folder)
        require("Docker" not in found.error, "Docker was asked first")
        require(not (bench.folder / ".env").exists(), "something was written")
        said = found.error.replace(str(bench.folder), "…")[:160]
        return Seen("refused before a container is started or a file mounted, exit code 2", said)

    return run


for _title, _damage in SERVED.items():
    fault(SERVE, _title)(not_served(_damage))


@fault(SERVE, "train dpo --start: an adapter of another factor α")
def other_alpha(bench: Bench) -> Seen:
    """Its weights would mean another change."""
    python = os.environ.get("TRAIN_PYTHON")
    if not python:
        return Seen("left out: no training environment (TRAIN_PYTHON)")
    recipe = _SHIPPED.parents[1] / "training" / "recipes" / "tiny-dpo.yaml"
    out = bench.folder / "out"
    words = ("train", "dpo", "--recipe", str(recipe), "--base", str(_SHIPPED / "base"), "--out", str(out))
    words += ("--principal", "nonprofit", "--start", str(_SHIPPED / "nonprofit"), "--lora_alpha", "8")
    found = refused(words, bench.folder, python)
    require(not out.exists(), "something was written")
    said = found.error.replace(str(_SHIPPED), "…")[:200]
    return Seen("refused before anything is trained or written, exit code 2", said)
