"""Where a monitor's news goes besides its folder: another file of lines, metrics, and a receiver."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from fiduciary.errors import UsageError
from fiduciary.leaderboard.log_files import Say
from fiduciary.monitor import prometheus, webhook
from fiduciary.monitor.files import add_once, last_line
from fiduciary.monitor.state import Folder, Progress, Setup

_LOOPBACK = ("127.0.0.1", "localhost")


@dataclass(frozen=True)
class Outlets:
    """What was asked for.

    Attributes:
        jsonl: file that gets every line.
        hook: address that messages are posted to.
        metrics: file of metrics.
        address: host and port that serve them.
    """

    jsonl: Path | None = None
    hook: str | None = None
    metrics: Path | None = None
    address: tuple[str, int] | None = None
    _page: prometheus.Page = field(default_factory=prometheus.Page, repr=False)

    @classmethod
    def of(cls, options: argparse.Namespace) -> Outlets:
        """Read and check the arguments.

        Raises:
            UsageError: a path that cannot be a file, or an invalid address.
        """
        hook = None if options.webhook is None else webhook.checked(options.webhook)
        address = None if options.metrics is None else prometheus.address_of(options.metrics)
        if address is not None and options.every is None:
            raise UsageError("--metrics with a port goes with --every; name a file for single audits")
        file = Path(options.metrics) if options.metrics is not None and address is None else None
        for argument, path in (("--jsonl", options.jsonl), ("--metrics", file)):
            if path is not None and (path.is_dir() or not path.absolute().parent.is_dir()):
                raise UsageError(f"{argument} must be a file in a folder that exists, got {str(path)!r}")
        return cls(options.jsonl, hook, file, address)

    @contextmanager
    def open(self, say: Say) -> Iterator[None]:
        """Serve metrics, where they are to be served, while the context lasts.

        Raises:
            UsageError: the address cannot be listened at.
        """
        if self.address is None:
            yield
            return
        with prometheus.served(self.address, self._page) as url:
            others = "" if self.address[0] in _LOOPBACK else ", which others can reach too"
            say(f"Metrics are served at {url}{others}")
            yield

    def catch_up(self, progress: Progress) -> None:
        """Add the last line to the file that a crash kept it from."""
        last = progress.last
        there = None if self.jsonl is None or last is None else last_line(self.jsonl)
        if there is None or last is None or self.jsonl is None:
            return
        if (there.get("monitor"), there.get("line")) == (last["monitor"], last["line"] - 1):
            add_once(self.jsonl, last)

    def line(self, line: Mapping[str, Any]) -> None:
        """A new line."""
        if self.jsonl is not None:
            add_once(self.jsonl, line)

    def publish(self, setup: Setup, progress: Progress) -> None:
        """Metrics of where the monitor stands."""
        if self.metrics is None and self.address is None:
            return
        text = prometheus.exposition(setup, progress)
        if self.metrics is not None:
            prometheus.write(self.metrics, text)
        self._page.text = text

    def deliver(self, folder: Folder, progress: Progress, say: Say) -> Progress:
        """Post what waits; what the receiver does not take waits for the next call."""
        if self.hook is None or not progress.waiting:
            return progress
        left, why = webhook.deliver(self.hook, progress.waiting)
        progress = replace(progress, waiting=tuple(left))
        folder.save(progress)
        if left:
            say(f"Webhook: {why}; {len(left)} {'message waits' if len(left) == 1 else 'messages wait'}")
        return progress
