"""When something was, and how long ago: also where somebody has set the clock since."""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_BOOT = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True)
class Moment:
    """A reading of the clocks, which another process may compare with its own.

    Attributes:
        time: what people call it, UTC; may be set back and forward.
        boot: this start of the machine; None where the system does not tell.
        uptime: seconds since then, asleep or awake; nobody sets them.
    """

    time: datetime
    boot: str | None = None
    uptime: float = 0.0

    @property
    def stamp(self) -> str:
        """The time in ISO 8601, to the second, with its offset."""
        return self.time.astimezone(UTC).isoformat(timespec="seconds")

    def since(self, earlier: Moment) -> float:
        """Seconds from an earlier moment to this one, at least 0.

        Of the machine's own count as long as it was not started anew; else of the clock.
        """
        if self.boot is not None and self.boot == earlier.boot:
            passed = self.uptime - earlier.uptime
        else:
            passed = (self.time - earlier.time).total_seconds()
        return max(0.0, round(passed, 1))


def wall() -> datetime:
    """What the clock says, UTC."""
    return datetime.now(UTC)


def now() -> Moment:
    """This moment."""
    try:
        return Moment(wall(), _BOOT.read_text("ascii").strip(), time.clock_gettime(time.CLOCK_BOOTTIME))
    except (OSError, AttributeError):  # not Linux
        return Moment(wall())
