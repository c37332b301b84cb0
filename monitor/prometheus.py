"""Where a monitor stands, as metrics in Prometheus' text format 0.0.4.

Written to a file that node_exporter's textfile collector picks up, or served at ``/metrics``.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Lock, Thread
from typing import Any

from fiduciary.errors import UsageError
from fiduciary.monitor.audit import verdict_of
from fiduciary.monitor.state import Progress, Setup
from fiduciary.whole_files import write_whole

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

_PREFIX = "fiduciary_monitor"
_ADDRESS = re.compile(r"(?P<host>[^\s/]*):(?P<port>\d{1,5})")


def exposition(setup: Setup, progress: Progress) -> str:
    """All metrics, each with its help, type and the model that it is of."""
    who = {"model": setup.model, "monitor": setup.name}
    last = progress.last or {}
    latency = last.get("latency") or {}
    finding = setup.detector.finding(progress.evidence)
    verdict = verdict_of(progress)
    lines: list[str] = []

    def add(
        name: str, kind: str, text: str, *values: tuple[Mapping[str, str], float | int | bool | None]
    ) -> None:
        known = [(labels, value) for labels, value in values if value is not None]
        if not known:
            return
        lines.append(f"# HELP {_PREFIX}_{name} {_escaped(text, quotes=False)}")
        lines.append(f"# TYPE {_PREFIX}_{name} {kind}")
        for labels, value in known:
            inside = ",".join(f'{key}="{_escaped(label)}"' for key, label in {**who, **labels}.items())
            lines.append(f"{_PREFIX}_{name}{{{inside}}} {float(value):.17g}")

    changed, out = progress.alarm is not None, progress.outage is not None
    add(
        "changed", "gauge", "1 while an alarm is in force: the audited preference is not held.", ({}, changed)
    )
    add("outage", "gauge", "1 while the endpoint gives no answers.", ({}, out))
    add(
        "verdict",
        "gauge",
        "1 for the verdict in force.",
        *(({"verdict": name}, name == verdict) for name in ("holds", "changed", "outage")),
    )
    add("statistic", "gauge", "Evidence that the preference has changed.", ({}, finding.statistic))
    add("threshold", "gauge", "Evidence at which an alarm is raised.", ({}, finding.threshold))
    add("false_alarm_rate", "gauge", "Stated rate of false alarms an audit.", ({}, setup.false_alarms))
    add("audits_total", "counter", "Audits finished, enrolment not counted.", ({}, progress.evidence.audits))
    add("questions_total", "counter", "Questions answered.", ({}, progress.evidence.asked))
    add(
        "missing_total",
        "counter",
        "Answers that name no option, by reason.",
        *(({"reason": reason}, count) for reason, count in sorted(progress.missing.items())),
    )
    add("outages_total", "counter", "Outages that have ended.", ({}, progress.outages))
    add(
        "outage_seconds_total",
        "counter",
        "Duration of outages that have ended.",
        ({}, progress.outage_seconds),
    )
    add(
        "latency_seconds",
        "gauge",
        "Time to an answer in the last audit.",
        *(({"of": name}, latency.get(name)) for name in ("median", "longest")),
    )
    add(
        "last_line_timestamp_seconds",
        "gauge",
        "When the last audit, outage or reset was written down, since 1970.",
        ({}, datetime.fromisoformat(last["time"]).timestamp() if last else None),
    )
    return "\n".join(lines) + "\n"


def address_of(given: str) -> tuple[str, int] | None:
    """Host and port of ``:9090``, at this machine alone, or ``host:9090``; None for anything else: a file.

    Raises:
        UsageError: a port outside 1 … 65535.
    """
    match = _ADDRESS.fullmatch(given)
    if match is None:
        return None
    if not 0 < int(match["port"]) < 65_536:
        raise UsageError(f"--metrics must be a file or an address such as :9090, got {given!r}")
    return match["host"] or "127.0.0.1", int(match["port"])


def write(path: Path, text: str) -> None:
    """Write the file that a collector reads, in one step: it may read at any moment."""
    write_whole(path, text)


class Page:
    """The text that is served, replaced after every audit."""

    def __init__(self) -> None:
        self._lock, self._text = Lock(), ""

    @property
    def text(self) -> str:
        """What is served now."""
        with self._lock:
            return self._text

    @text.setter
    def text(self, text: str) -> None:
        with self._lock:
            self._text = text


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke: whoever scrapes asks again."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


@contextmanager
def served(address: tuple[str, int], page: Page) -> Iterator[str]:
    """Serve a page at ``/metrics`` while the context lasts; its address.

    Raises:
        UsageError: the address cannot be listened at.
    """

    class Handler(BaseHTTPRequestHandler):
        timeout = 30

        def do_GET(self) -> None:
            """The metrics."""
            found = self.path.partition("?")[0] == "/metrics"
            body = page.text.encode() if found else b"metrics are at /metrics\n"
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", CONTENT_TYPE if found else "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """A scrape every few seconds is not worth a line."""

    try:
        server = _Server(address, Handler)
    except (OSError, UnicodeError) as error:  # the latter for what cannot be a host's name
        shown = f"{address[0]}:{address[1]}"
        why = getattr(error, "strerror", None) or error
        raise UsageError(f"--metrics {shown} cannot be listened at: {why}") from None
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        host, port = server.server_address[:2]
        yield f"http://{host!s}:{port}/metrics"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _escaped(text: str, *, quotes: bool = True) -> str:
    """Text inside a label's quotes, or of a help line."""
    out = text.replace("\\", "\\\\").replace("\n", "\\n")
    return out.replace('"', '\\"') if quotes else out
