"""The logs that the leaderboard is tested on, and copies of them in which one thing is different."""

from __future__ import annotations

from tests.leaderboard.conftest import copied, logs

__all__ = ["copied", "logs"]
