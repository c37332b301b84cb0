"""Messages are received once or wait; metrics say what the state says."""

from __future__ import annotations

import json
import re
import socket
import threading
import urllib.request
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fiduciary.errors import UsageError
from fiduciary.monitor import prometheus, webhook
from fiduciary.monitor.prometheus import exposition
from tests.monitor.conftest import MODEL, Watch
from tests.monitor.test_outage import free_port
from tests.monitor.watched import Receiver, Watched, failing, serving

_LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|$)')


def parsed(text: str) -> dict[tuple[str, frozenset[tuple[str, str]]], float]:
    """Text format 0.0.4, read strictly: HELP and TYPE once each before their samples."""
    found: dict[tuple[str, frozenset[tuple[str, str]]], float] = {}
    helped, typed = set(), {}
    assert text.endswith("\n")
    for line in text.splitlines():
        if line.startswith("# HELP "):
            name = line.split(" ", 3)[2]
            assert name not in helped
            helped.add(name)
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert kind in ("gauge", "counter")
            assert name in helped
            assert name not in typed
            typed[name] = kind
            assert (kind == "counter") == name.endswith("_total")
        else:
            sample = re.fullmatch(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{(.*)\} (\S+)", line)
            assert sample is not None, line
            assert list(typed)[-1] == sample[1], "samples stand below their own type"
            labels, end = [], 0
            while match := _LABEL.match(sample[2], end):
                value = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], match[2])
                labels.append((match[1], value))
                end = match.end()
            assert end == len(sample[2]), line
            key = sample[1], frozenset(labels)
            assert key not in found
            found[key] = float(sample[3])
    return found


def value(text: str, name: str, **labels: str) -> float:
    found = [
        number
        for (metric, given), number in parsed(text).items()
        if metric == f"fiduciary_monitor_{name}" and set(labels.items()) <= given
    ]
    (number,) = found
    return number


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with serving(Receiver()) as one:
        yield one


def test_metrics_say_what_the_state_says(watch: Watch, server: Watched, tmp_path: Path) -> None:
    file = tmp_path / "fiduciary.prom"
    assert watch("--metrics", str(file)).code == 0
    text, line = file.read_text(), watch.lines[0]
    assert value(text, "statistic") == line["statistic"]
    assert value(text, "threshold") == line["threshold"]
    assert value(text, "audits_total") == 1
    assert value(text, "questions_total") == 12
    assert value(text, "false_alarm_rate") == 0.001
    assert value(text, "verdict", verdict="holds") == 1
    assert value(text, "verdict", verdict="changed") == value(text, "changed") == value(text, "outage") == 0
    assert value(text, "latency_seconds", of="median") == line["latency"]["median"]
    assert all(("model", MODEL) in labels for _, labels in parsed(text))
    server.before = failing(400)
    assert watch("--metrics", str(file)).code == 3
    text = file.read_text()
    assert value(text, "outage") == value(text, "verdict", verdict="outage") == 1
    assert value(text, "statistic") == line["statistic"]
    assert [path for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_hostile_names_stay_inside_their_quotes(watch: Watch) -> None:
    name = 'vllm/a"} 1\nfake_metric{x="\\'
    setup = replace(watch.setup, model=name)
    progress = replace(watch.progress, missing={'r"\n\\': 2, "refused": 1})
    text = exposition(setup, progress)
    assert all(metric.startswith("fiduciary_monitor_") for metric, _ in parsed(text))
    assert all(("model", name) in labels for _, labels in parsed(text))
    assert value(text, "missing_total", reason='r"\n\\') == 2


def test_metrics_are_served_while_a_schedule_runs(watch: Watch, server: Watched) -> None:
    port = free_port()
    pages: list[str] = []
    types: list[str] = []

    def scrape(number: int) -> None:
        if number == 12:  # the second audit has begun: the page is that of the first
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics", timeout=5) as response:
                pages.append(response.read().decode())
                types.append(response.headers["Content-Type"])

    server.before = scrape
    found = watch("--every", "1s", "--audits", "2", "--metrics", f":{port}")
    assert found.code == 0
    assert f"Metrics are served at http://127.0.0.1:{port}/metrics\n" in found.err
    assert value(pages[0], "audits_total") == 1
    assert types == ["text/plain; version=0.0.4; charset=utf-8"]
    assert not [one for one in threading.enumerate() if "serve_forever" in one.name and not one.daemon]


def test_a_port_that_is_taken_is_named(watch: Watch, server: Watched) -> None:
    port = str(server.server_address[1])
    found = watch("--every", "1s", "--metrics", f"127.0.0.1:{port}")
    assert found.code == 2
    assert f"--metrics 127.0.0.1:{port} cannot be listened at" in found.err
    assert server.requests == []


def test_who_else_can_read_the_metrics_is_said(watch: Watch, server: Watched) -> None:
    given = f"0.0.0.0:{free_port()}"
    found = watch("--every", "1s", "--audits", "1", "--metrics", given)
    assert f"Metrics are served at http://{given}/metrics, which others can reach too\n" in found.err


@pytest.mark.parametrize("host", ["no such host", "a" * 80, "\u2024.example"])
def test_what_is_no_host_is_named(watch: Watch, server: Watched, host: str) -> None:
    found = watch("--every", "1s", "--metrics", f"{host.replace(' ', '-')}:9090")
    assert found.code == 2
    assert "cannot be listened at" in found.err and len(found.err.splitlines()) == 1


def test_messages_on_an_alarm_and_around_an_outage(
    watch: Watch, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Watched("switching", at=24, to="nonprofit")) as server:
        monkeypatch.setenv("VLLM_BASE_URL", server.url)
        assert watch("--webhook", receiver.url).code == 0
        assert receiver.messages == []
        server.before = failing(400)
        for _ in range(2):
            assert watch("--webhook", receiver.url).code == 3
        server.before = lambda number: None
        assert watch("--webhook", receiver.url).code == 0
        for _ in range(6):
            found = watch("--webhook", receiver.url)
    assert found.code == 1
    assert [message["event"] for message in receiver.messages] == ["outage", "outage_ended", "changed"]
    outage, ended, changed = receiver.messages
    assert outage["reason"].startswith("HTTP 400")
    assert ended["outage_ended"]["calls"] == 2
    assert changed["model"] == MODEL
    assert "no longer holds" in changed["sentence"]
    assert len({message["id"] for message in receiver.messages}) == 3
    assert changed["line"] in [line["line"] for line in watch.lines]


@pytest.mark.parametrize("status", [500, 404, 302, 307, None])
def test_a_message_that_is_not_received_waits(
    watch: Watch, server: Watched, receiver: Receiver, status: int | None
) -> None:
    """Whatever the receiver does, the audit is written down; the message comes with a later call."""
    server.before = failing(400)
    if status is not None:
        receiver.status = status
    url = receiver.url if status is not None else f"http://127.0.0.1:{free_port()}/a-secret-path"
    found = watch("--webhook", url)
    assert found.code == 3
    assert "1 message waits" in found.err
    assert len(watch.lines) == 1
    assert "1 message not received yet" in watch("--status").out
    server.before = lambda number: None
    assert watch("--webhook", url).code == 0
    assert len(watch.progress.to_json()["waiting"]) == 2
    assert watch().code == 0, "a call without a receiver leaves them"
    receiver.status = 200
    assert watch("--webhook", receiver.url).code == 0
    assert [message["event"] for message in receiver.messages] == ["outage", "outage_ended"]
    assert not watch.progress.waiting
    said = found.out + found.err
    for file in watch.path.iterdir():
        said += file.read_text("ascii")
    assert "secret" not in said


def test_a_receiver_that_hangs_does_not_hold_the_audit(
    watch: Watch, server: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(webhook, "SECONDS", 0.3)
    server.before = failing(400)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        found = watch("--webhook", f"http://127.0.0.1:{silent.getsockname()[1]}/hook")
    assert found.code == 3
    assert "1 message waits" in found.err


def test_a_proxy_that_cannot_be_used_does_not_end_the_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ALL_PROXY", f"socks5://127.0.0.1:{free_port()}")
    left, why = webhook.deliver("http://example.org/secret", [{"id": "0"}])
    assert left == [{"id": "0"}] and "was not reached" in why and "secret" not in why


def test_messages_that_nobody_takes_do_not_pile_up_for_ever() -> None:
    left, why = webhook.deliver(f"http://127.0.0.1:{free_port()}/", [{"id": str(k)} for k in range(3)])
    assert [one["id"] for one in left] == ["0", "1", "2"]
    assert "was not reached" in why


@pytest.mark.parametrize(
    "url",
    [
        "ftp://example.org/x",
        "file:///etc/passwd",
        "example.org",
        "http://",
        "http://host:99999999/",
        "https://a b/",
    ],
)
def test_addresses_that_are_none(url: str) -> None:
    with pytest.raises(UsageError, match="--webhook must be an address such as"):
        webhook.checked(url)


def test_a_password_in_an_address_is_refused_and_not_shown() -> None:
    with pytest.raises(UsageError) as raised:
        webhook.checked("https://me:hunter2@example.org/x")
    assert "hunter2" not in str(raised.value)
    assert webhook.shown("https://hooks.example.org/services/T0/secret?x=1") == "https://hooks.example.org/…"


@pytest.mark.parametrize(
    ("given", "address"),
    [
        (":9090", ("127.0.0.1", 9090)),
        ("0.0.0.0:9090", ("0.0.0.0", 9090)),
        ("127.0.0.1:9100", ("127.0.0.1", 9100)),
        ("metrics.prom", None),
        ("/var/lib/node/x.prom", None),
        ("dir:9/x", None),
    ],
)
def test_file_or_address(given: str, address: tuple[str, int] | None) -> None:
    assert prometheus.address_of(given) == address


def test_lines_that_a_crash_kept_from_the_other_file_come_later(
    watch: Watch, server: Watched, tmp_path: Path
) -> None:
    other = tmp_path / "all.jsonl"
    other.write_text('{"monitor": "somebody else\'s", "line": 7}\n')
    watch("--jsonl", str(other))
    watch("--jsonl", str(other))
    lines = other.read_text().splitlines(keepends=True)
    other.write_text("".join(lines[:-1]))
    watch("--jsonl", str(other))
    assert [json.loads(line)["line"] for line in other.read_text().splitlines()] == [7, 1, 2, 3]
