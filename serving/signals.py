"""Ctrl-C and its like: raised once, as an exception, and never in the middle of what belongs together."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

CAUGHT = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stopped(BaseException):
    """The launcher was told to stop.

    Args:
        number: of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number


class Signals:
    """Turns the first signal into ``Stopped``; takes no notice of later ones, when all is being ended."""

    def __init__(self) -> None:
        self._caught: int | None = None
        self._pending = False
        self._held = 0

    def install(self) -> None:
        """From here on signals are caught; this process only ends after it."""
        for number in CAUGHT:
            signal.signal(number, self._on)

    @contextmanager
    def held(self) -> Iterator[None]:
        """A signal that comes meanwhile is raised at the end: what was started is known by then."""
        self._held += 1
        try:
            yield
        finally:
            self._held -= 1
        if self._pending and not self._held and self._caught is not None:
            self._pending = False
            raise Stopped(self._caught)

    def done(self) -> None:
        """There is nothing left to stop."""
        self._caught = self._caught or 0

    def _on(self, number: int, frame: FrameType | None) -> None:
        if self._caught is not None:
            return
        self._caught = number
        if self._held:
            self._pending = True
        else:
            raise Stopped(number)
