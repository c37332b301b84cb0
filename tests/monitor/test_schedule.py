"""Intervals as people write them, and audits on their grid."""

from __future__ import annotations

import pytest

from fiduciary.errors import UsageError
from fiduciary.monitor.schedule import Stopped, as_interval, repeat, seconds_of

NO_INTERVALS = ("", "h", "1", "-1h", "1 h", "1w", "0.5s", "0m", "1h-", "9999d", "1e3s", "\u0661h")


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("30s", 30), ("15m", 900), ("1h", 3600), ("1H30m", 5400), ("1d", 86400), (" 1.5h ", 5400)],
)
def test_intervals(text: str, seconds: float) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", NO_INTERVALS)
def test_what_is_no_interval(text: str) -> None:
    with pytest.raises(UsageError, match="--every must be an interval such as 30s, 15m, 1h30m or 1d"):
        seconds_of(text)


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.21, "0.2 s"),
        (45, "45 s"),
        (59.7, "1 min"),
        (720, "12 min"),
        (3600, "1 h"),
        (11_100, "3 h 5 min"),
        (187_200, "2 d 4 h"),
        (86_400, "1 d"),
    ],
)
def test_durations_in_words(seconds: float, said: str) -> None:
    assert as_interval(seconds) == said


class Clock(Stopped):
    """Time that passes only while somebody works or waits."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 100.0

    def wait(self, seconds: float) -> None:
        self.now += seconds


def test_audits_begin_on_a_grid_whatever_they_take() -> None:
    clock, begun = Clock(), []
    takes = iter([1.0, 9.0, 25.0, 0.0, 3.0])

    def audit() -> int:
        begun.append(clock.now - 100)
        clock.now += next(takes)
        return len(begun)

    assert repeat(audit, 10.0, 5, clock, lambda: clock.now) == 5
    assert begun == pytest.approx([0, 10, 20, 50, 60])


def test_it_ends_when_told() -> None:
    clock = Clock()

    def audit() -> int:
        clock.set()
        return 1

    assert repeat(audit, 10.0, None, clock, lambda: clock.now) == 1
