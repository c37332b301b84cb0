"""When the next audit begins: intervals as people write them, and waiting that a signal ends."""

from __future__ import annotations

import re
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from fiduciary.errors import UsageError

UNITS = {"s": 1, "m": 60, "h": 3_600, "d": 86_400}

_PART = re.compile(r"([0-9]+(?:\.[0-9]+)?)([smhd])")
_WHOLE = re.compile(rf"(?:{_PART.pattern})+")
_LEAST, _MOST = 1.0, 366 * 86_400.0


def seconds_of(text: str, argument: str = "--every") -> float:
    """Seconds of an interval such as ``30s``, ``15m``, ``1h30m`` or ``1d``.

    Raises:
        UsageError: no such interval, shorter than a second or longer than a year.
    """
    interval = text.strip().lower()
    total = sum(float(number) * UNITS[unit] for number, unit in _PART.findall(interval))
    if not _WHOLE.fullmatch(interval) or not _LEAST <= total <= _MOST:
        raise UsageError(
            f"{argument} must be an interval such as 30s, 15m, 1h30m or 1d, from 1s to 366d, got {text!r}"
        )
    return total


def as_interval(seconds: float) -> str:
    """Seconds as people say them: ``45 s``, ``12 min``, ``3 h 5 min``, ``2 d 4 h``."""
    whole = round(seconds)
    if whole < 60:
        return f"{seconds:.1f} s" if seconds < 10 else f"{whole} s"
    minutes, hours, days = whole // 60 % 60, whole // 3_600 % 24, whole // 86_400
    if whole < 3_600:
        return f"{minutes} min"
    if days:
        return f"{days} d {hours} h" if hours else f"{days} d"
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


class Stopped:
    """Whether somebody asked the process to end; waiting ends at once when somebody does."""

    def __init__(self) -> None:
        self._event = threading.Event()

    def __bool__(self) -> bool:
        return self._event.is_set()

    def set(self) -> None:
        """Ask for the end."""
        self._event.set()

    def wait(self, seconds: float) -> None:
        """Wait, or less."""
        self._event.wait(max(0.0, seconds))


@contextmanager
def stopping() -> Iterator[Stopped]:
    """SIGTERM and SIGINT end the schedule between two audits; a second one ends the process as usual."""
    stopped = Stopped()

    def stop(number: int, frame: FrameType | None) -> None:
        for which, handler in before.items():
            signal.signal(which, handler)
        stopped.set()

    before = {which: signal.signal(which, stop) for which in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stopped
    finally:
        for which, handler in before.items():
            signal.signal(which, handler)


def repeat(
    audit: Callable[[], int],
    interval: float,
    most: int | None,
    stopped: Stopped,
    clock: Callable[[], float] = time.monotonic,
) -> int:
    """Audit now and every ``interval`` seconds after, on a grid that a slow audit does not shift.

    Args:
        audit: does one and returns its exit code.
        interval: seconds between beginnings; a beginning that an audit runs past is left out.
        most: number of audits; None for no end.
        stopped: ends it.
        clock: seconds that only grow.

    Returns:
        The last audit's exit code.
    """
    begun, done, code = clock(), 0, 0
    while True:
        code = audit()
        done += 1
        if done == most or stopped:
            return code
        passed = clock() - begun
        stopped.wait(interval - passed % interval)
        if stopped:
            return code
