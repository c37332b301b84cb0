"""What a fault is, and the list of all of them."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

NOTHING = "nothing"
"""What is lost where a product behaves."""


class Failed(Exception):
    """The product did not stand the fault; says how."""


@dataclass(frozen=True)
class Bench:
    """What a fault has at hand.

    Attributes:
        folder: an empty folder of its own.
        shared: folder of what several faults need and one makes, such as logs.
        share: of the full number of strings, logs or kills, in (0, 1].
        seed: of whatever is drawn.
    """

    folder: Path
    shared: Path
    share: float = 1.0
    seed: int = 0

    def count(self, full: int) -> int:
        """How many of ``full`` are asked of this run; at least one."""
        return max(1, round(full * self.share))


@dataclass(frozen=True)
class Seen:
    """What became of a fault.

    Attributes:
        happens: what the product does, with figures.
        said: the one line that its user sees; empty where there is nothing to say.
        lost: what is lost.
    """

    happens: str
    said: str = ""
    lost: str = NOTHING


@dataclass(frozen=True)
class Fault:
    """One fault.

    Attributes:
        area: heading of the table that it stands in.
        title: what is done to the product.
        run: does it, and says what became of it; raises where something is lost.
    """

    area: str
    title: str
    run: Callable[[Bench], Seen]


FAULTS: list[Fault] = []


def fault(area: str, title: str) -> Callable[[Callable[[Bench], Seen]], Callable[[Bench], Seen]]:
    """Put a function into the list."""

    def put(run: Callable[[Bench], Seen]) -> Callable[[Bench], Seen]:
        FAULTS.append(Fault(area, title, run))
        return run

    return put


def load() -> list[Fault]:
    """All faults, module by module in the order of their names."""
    package = importlib.import_module("benchmarks.faults")
    for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        if module != "__main__":
            importlib.import_module(f"benchmarks.faults.{module}")
    return FAULTS


def require(good: bool, what: str) -> None:
    """Fail unless something holds."""
    if not good:
        raise Failed(what)
