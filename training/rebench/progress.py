"""A line that tells how far the asking is: Inspect's own display ends in pages of figures for each model."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from inspect_ai.hooks import Hooks, SampleEnd, hooks


class _Counter:
    def __init__(self, label: str, total: int) -> None:
        self.label, self.total, self.done = label, total, 0
        self.began, self.told = time.monotonic(), 0.0
        self.terminal = sys.stdout.isatty()

    def count(self) -> None:
        self.done += 1
        now = time.monotonic()
        last = self.done == self.total
        if last or now - self.told > (0.2 if self.terminal else 15.0):
            self.told = now
            rate = self.done / max(now - self.began, 1e-9)
            left = max(self.total - self.done, 0) / rate
            text = f"rebench: {self.done:,}/{self.total:,} {self.label}, {rate:.0f}/s, {left:.0f} s left"
            print(text, end="\r" if self.terminal and not last else "\n", flush=True)


_now: list[_Counter] = []


@contextmanager
def progress(label: str, total: int) -> Iterator[None]:
    """Tell how many of ``total`` samples are done while the block runs."""
    _now.append(_Counter(label, total))
    try:
        yield
    finally:
        _now.pop()


@hooks(name="rebench_progress", description="counts samples of a re-benchmark")
class _Progress(Hooks):
    def enabled(self) -> bool:
        return bool(_now)

    async def on_sample_end(self, data: SampleEnd) -> None:
        _now[-1].count()
