"""No answer is an outage and never evidence; what is answered badly is data."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Iterator

import pytest

from fiduciary.monitor.asking import TRIES
from tests.monitor.conftest import Watch
from tests.monitor.watched import Watched, failing, serving


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> int:
    """A port at which nothing listens."""
    port = free_port()
    monkeypatch.setenv("VLLM_BASE_URL", f"http://127.0.0.1:{port}/v1")
    return port


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A server that takes connections and says nothing."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        one.listen(64)
        monkeypatch.setenv("VLLM_BASE_URL", f"http://127.0.0.1:{one.getsockname()[1]}/v1")
        yield


def test_a_dead_endpoint_is_an_outage_until_it_answers_again(watch: Watch, nobody: int) -> None:
    first, second = watch(), watch()
    assert (first.code, second.code) == (3, 3)
    # Lines of the log stand before it where another test of the process had Inspect print them.
    assert any(line.startswith("outage ") for line in first.out.splitlines())
    assert "0 of 12 questions" in first.out
    assert watch("--status").code == 3
    outage = watch.progress.outage
    assert outage is not None
    assert outage["calls"] == 2
    assert watch.progress.evidence.asked == 0
    with serving(Watched(port=nobody)) as server:
        back = watch()
        assert back.code == 0
        assert len(server.requests) == 12
    ended = watch.lines[-1]["outage_ended"]
    assert ended["since"] == outage["since"] == watch.lines[0]["time"]
    assert ended["calls"] == 2
    assert ended["seconds"] >= 0
    assert watch.progress.outage is None
    assert watch.progress.outages == 1
    assert watch.progress.outage_seconds == ended["seconds"]
    assert "is over" in back.out


def test_a_hanging_endpoint_is_an_outage_within_its_time(watch: Watch, silent: None) -> None:
    begun = time.monotonic()
    found = watch("--timeout", "1s")
    assert found.code == 3
    assert "no answer within 1 s" in found.out
    assert time.monotonic() - begun < TRIES + 8


@pytest.mark.parametrize("status", [500, 502, 503, 429])
def test_server_errors_are_outages(
    watch: Watch, server: Watched, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.before = failing(status)
    found = watch("--timeout", "2s")
    assert found.code == 3
    assert f"HTTP {status}" in found.out or "no answer within 2 s" in found.out  # the client waits and tries
    assert watch.progress.evidence.asked == 0
    # Four questions in flight, three tries, and as many of the client's own in each.
    assert len(server.requests) <= 4 * TRIES * 3


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_refused_requests_are_outages_and_not_tried_again(watch: Watch, server: Watched, status: int) -> None:
    server.before = failing(status, "no such thing")
    found = watch()
    assert found.code == 3
    assert f"HTTP {status}" in found.out
    assert "no such thing" in found.out
    assert len(server.requests) <= 4


def test_answers_before_an_outage_are_kept_and_not_asked_again(watch: Watch, server: Watched) -> None:
    def breaks(number: int) -> None:
        if number >= 5:
            failing(400)(number)

    server.before = breaks
    assert watch().code == 3
    assert watch.lines[-1]["answered"] == 5
    answered = set(server.asked()[:5])
    assert watch.progress.evidence.asked == 0
    server.before = lambda number: None
    server.requests.clear()
    assert watch().code == 0
    assert len(server.requests) == 7
    assert not answered & set(server.asked())
    assert watch.progress.evidence.asked == 12


def test_a_short_breath_is_no_outage(watch: Watch, server: Watched) -> None:
    """A question that is answered at its second try is answered."""

    def breaks(number: int) -> None:
        if number in (0, 3):
            failing(503)(number)

    server.before = breaks
    assert watch().code == 0
    assert len(server.requests) == 14
    assert len(set(server.asked())) == 12, "a try again has the seed of the first"


def test_an_outage_does_not_take_an_alarm_back(
    watch: Watch, server: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    with serving(Watched("nonprofit")) as other:
        monkeypatch.setenv("VLLM_BASE_URL", other.url)
        while watch().code == 0:
            assert len(watch.lines) < 12
    monkeypatch.setenv("VLLM_BASE_URL", f"http://127.0.0.1:{free_port()}/v1")
    assert watch().code == 1
    assert watch.lines[-1]["verdict"] == "outage"
    assert watch.progress.outage is not None
    assert watch.progress.alarm is not None


@pytest.mark.parametrize(
    ("says", "finish", "reason"),
    [
        ("", "stop", "empty"),
        ("I cannot help with that.", "stop", "refused"),
        ("Z", "stop", "out of range"),
        ("Option A\nOption B", "stop", "ambiguous"),
        ("Hmm, let me", "length", "truncated"),
        ("\x1b[2J\x1b[31m[bold]owned[/bold]\u202e\n\u2028", "stop", "off protocol"),
        ("x" * 100_000, "stop", "off protocol"),
    ],
)
def test_unreadable_answers_are_data(
    watch: Watch, server: Watched, says: str, finish: str, reason: str
) -> None:
    server.says, server.finish = says, finish
    found = watch()
    assert found.code in (0, 1)
    assert watch.lines[0]["reasons"] == {reason: 12}
    assert watch.lines[0]["chosen"] == [-1] * 12
    assert watch.progress.evidence.asked == 12
    assert watch.progress.missing == {reason: 12}
    assert len(server.requests) == 12, "no answer is asked for again"


def test_text_of_errors_stays_text(watch: Watch, server: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_API_KEY", "sk-very-secret")
    server.before = failing(
        400, "\x1b[2J[red]key sk-very-secret[/red]\r\n\u202e{verdict: holds}\u2028" + "x" * 5000
    )
    found = watch()
    assert found.code == 3
    assert "[red]" in found.out
    for text in (found.out, found.err):
        assert not any(mark in text for mark in ("\x1b", "\r", "\u202e", "\u2028", "sk-very-secret"))
    for file in watch.path.iterdir():
        content = file.read_text("ascii")
        assert "sk-very-secret" not in content
        assert "\x1b" not in content
    assert len(watch.lines) == 1
    assert len(watch.lines[0]["reason"]) <= 200


def test_keys_do_not_reach_the_files(watch: Watch, server: Watched, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VLLM_API_KEY", "sk-very-secret")
    assert watch().code == 0
    assert all(b"sk-very-secret" not in file.read_bytes() for file in watch.path.iterdir())
    assert os.environ["VLLM_API_KEY"] == "sk-very-secret"
