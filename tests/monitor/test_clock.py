"""Somebody sets the clock while a monitor runs: durations stay what they were, lines keep their order."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fiduciary.monitor import clock
from fiduciary.monitor.clock import Moment
from tests.monitor.conftest import Watch
from tests.monitor.watched import Watched, failing

START = datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
SetTo = Callable[[datetime], None]


@pytest.fixture
def set_to(monkeypatch: pytest.MonkeyPatch) -> SetTo:
    """Sets the clock on the wall; what the machine counts goes on."""
    return lambda when: monkeypatch.setattr(clock, "wall", lambda: when)


@pytest.fixture
def berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize("step", [timedelta(days=-400), timedelta(days=400), timedelta(hours=-1)])
def test_an_outage_lasts_as_long_as_it_lasts(
    watch: Watch, server: Watched, set_to: SetTo, step: timedelta
) -> None:
    """Every call is a process of its own from cron, so the count has to be the machine's."""
    begun = time.monotonic()
    server.before = failing(400)
    set_to(START)
    assert watch().code == 3
    set_to(START + step)
    assert watch().code == 3
    said = watch("--status").out
    server.before = lambda number: None
    assert watch().code == 0
    most = time.monotonic() - begun
    first, second, third = watch.lines
    assert [first["seconds"], second["line"], third["line"]] == [0.0, 2, 3]
    assert 0 <= second["seconds"] <= third["outage_ended"]["seconds"] <= most + 0.1
    assert watch.progress.outage_seconds == third["outage_ended"]["seconds"]
    assert set(third["outage_ended"]) == {"since", "reason", "calls", "seconds"}
    assert " d)" not in said and " h)" not in said
    assert third["time"] == (START + step).isoformat()


def test_an_audit_after_a_restart_of_the_machine_goes_by_the_clock(
    watch: Watch, server: Watched, set_to: SetTo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    server.before = failing(400)
    set_to(START)
    assert watch().code == 3
    (tmp_path / "boot_id").write_text("another\n")
    monkeypatch.setattr(clock, "_BOOT", tmp_path / "boot_id")
    set_to(START + timedelta(hours=2))
    assert watch().code == 3
    set_to(START - timedelta(hours=2))
    assert watch().code == 3
    assert [line["seconds"] for line in watch.lines] == [0.0, 7200.0, 0.0]


def test_lines_keep_their_order_though_the_clock_goes_back(
    watch: Watch, server: Watched, set_to: SetTo
) -> None:
    offsets = (0, -3600, 7200, -86_400)
    for seconds in offsets:
        set_to(START + timedelta(seconds=seconds))
        assert watch().code == 0
    assert [line["line"] for line in watch.lines] == [1, 2, 3, 4]
    assert [line["audit"] for line in watch.lines] == [1, 2, 3, 4]
    assert watch.progress.last == watch.lines[-1]
    assert [line["time"] for line in watch.lines] == [
        (START + timedelta(seconds=seconds)).isoformat() for seconds in offsets
    ]
    assert len({(text, seed) for text, seed in server.asked()}) == 12 * len(offsets)


@pytest.mark.parametrize("summer_ends", [True, False])
def test_a_change_of_daylight_saving_is_no_change(
    watch: Watch, server: Watched, set_to: SetTo, berlin: None, summer_ends: bool
) -> None:
    """02:30 comes twice in Berlin in October, and not at all in March; times are UTC, and say so."""
    start = START if summer_ends else datetime(2026, 3, 29, 0, 30, tzinfo=UTC)
    assert start.astimezone().hour == (2 if summer_ends else 1)
    for minutes in (0, 45, 90):
        set_to(start + timedelta(minutes=minutes))
        assert watch().code == 0
    times = [datetime.fromisoformat(line["time"]) for line in watch.lines]
    assert [line["time"][-6:] for line in watch.lines] == ["+00:00"] * 3
    assert [(later - start).total_seconds() for later in times] == [0, 2700, 5400]


def test_moments_of_one_start_of_the_machine_are_told_apart_by_its_count() -> None:
    early, late = Moment(START, "boot", 100.0), Moment(START - timedelta(days=1), "boot", 160.0)
    assert (late.since(early), early.since(late)) == (60.0, 0.0)
    elsewhere = Moment(START + timedelta(seconds=7), "later", 5.0)
    unknown = Moment(START + timedelta(seconds=9))
    assert (elsewhere.since(early), unknown.since(early), unknown.since(unknown)) == (7.0, 9.0, 0.0)


def test_now_is_this_machines() -> None:
    first = clock.now()
    second = clock.now()
    assert second.boot == first.boot and second.uptime >= first.uptime
    assert second.time.utcoffset() == timedelta(0)
    assert first.stamp.endswith("+00:00")
