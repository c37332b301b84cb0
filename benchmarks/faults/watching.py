"""A killed monitor: it goes on as if nothing had been, and asks again only what was in flight."""

from __future__ import annotations

import http.client
import json
import random
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from benchmarks.faults.product import an_audit
from benchmarks.faults.registry import Bench, Seen, fault, require
from benchmarks.faults.servers import NAME, subject
from benchmarks.faults.writing import KILLED, KILLS, SHORTER, fork, kill, wait

AUDITS = 3
"""Audits after which a monitor is compared with an undisturbed one."""

_OF_THE_DAY = ("time", "created", "monitor", "latency", "since", "seconds")
"""What another hour makes different; a monitor's own name holds when it was set up."""


class _Counting(BaseHTTPRequestHandler):
    """Hands questions on to the subject's server, and counts them."""

    protocol_version = "HTTP/1.1"
    port, asked = 0, 0
    lock = threading.Lock()

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        with self.lock:
            type(self).asked += 1
        self._handed_on("POST", body)

    def do_GET(self) -> None:
        self._handed_on("GET", None)

    def _handed_on(self, method: str, body: bytes | None) -> None:
        there = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        there.request(method, self.path, body, {"Content-Type": "application/json"})
        answer = there.getresponse()
        content = answer.read()
        there.close()
        try:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.headers["Content-Type"])
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except ConnectionError:  # whoever asked was killed
            self.close_connection = True

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def counting(port: int) -> Iterator[tuple[str, type[_Counting]]]:
    """An address that leads to a port of this machine, and what counts the questions that pass it."""
    counter = type("Counting", (_Counting,), {"port": port})
    with ThreadingHTTPServer(("127.0.0.1", 0), counter) as server:
        server.handle_error = lambda *_: None  # type: ignore[method-assign]  # clients that are gone
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1", counter
        server.shutdown()


def known(state: Path) -> tuple[Any, ...]:
    """All that a monitor knows, but for what another hour makes different."""
    return (
        _timeless(json.loads((state / "monitor.json").read_text("utf-8"))),
        _timeless(json.loads((state / "state.json").read_text("utf-8"))),
        [_timeless(line) for line in lines(state)],
        {file.name for file in state.iterdir()},
    )


def lines(state: Path) -> list[dict[str, Any]]:
    """The audits that a folder tells of; what a kill left of a last line was never there."""
    file = state / "audits.jsonl"
    found = file.read_bytes().split(b"\n")[:-1] if file.exists() else []
    return [json.loads(line) for line in found]


def _timeless(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _timeless(v) for k, v in value.items() if k not in _OF_THE_DAY}
    return [_timeless(item) for item in value] if isinstance(value, list) else value


@fault(KILLS, "kill -9 of monitor")
def kill_monitor(bench: Bench) -> Seen:
    """Killed in its first call or a later one, and called again until it has made as many audits."""
    from fiduciary.monitor.asking import AT_ONCE

    audit = str(an_audit(bench))

    def words(state: Path) -> tuple[str, ...]:
        return ("monitor", "--baseline", audit, "--model", f"vllm/{NAME}", "--state", str(state))

    draw, hit, again = random.Random(bench.seed), 0, 0
    with subject(bench) as server, counting(server.port) as (url, counter):

        def begin(state: Path) -> int:
            return fork(words(state), VLLM_BASE_URL=url, VLLM_API_KEY="local")

        undisturbed, one = bench.folder / "undisturbed", bench.folder / "one"
        seconds = []
        for number in range(AUDITS):
            began = time.monotonic()
            require(wait(begin(undisturbed)) == 0, f"audit {number + 1} fails undisturbed")
            seconds.append(time.monotonic() - began)
            if number == 0:
                shutil.copytree(undisturbed, one)
                first = counter.asked
        wanted, asked = known(undisturbed), counter.asked
        require(len(lines(undisturbed)) == AUDITS, "an audit has no line")
        for k in range(bench.count(KILLED)):
            state = bench.folder / f"kill{k}"
            new = k % 25 == 0  # setting up takes longest and writes least
            if not new:
                shutil.copytree(one, state)
            counter.asked = 0 if new else first
            which = 0 if new else 1
            code = kill(begin(state), draw.uniform(0, seconds[which]))
            hit += code != 0
            if code == 0:  # other work on this machine had made the undisturbed run longer
                seconds[which] *= SHORTER
            calls = 0
            while not state.exists() or len(lines(state)) < AUDITS:
                require(calls < AUDITS, f"after kill {k} audits are lost")
                require(wait(begin(state)) == 0, f"after kill {k} the monitor fails")
                calls += 1
            found = known(state)
            for name, ours, theirs in zip(("setup", "state", "lines", "files"), found, wanted, strict=True):
                require(ours == theirs, f"after kill {k} its {name} are not those of an undisturbed monitor")
            more = counter.asked - asked
            require(0 <= more <= AT_ONCE, f"after kill {k} {more} questions were asked again")
            again += more
            shutil.rmtree(state)
    return Seen(
        f"{bench.count(KILLED)} kills, {hit} of them at work: audits, lines and state as undisturbed; "
        f"{again} of {bench.count(KILLED) * asked:,} questions, in flight at a kill, were asked again"
    )
