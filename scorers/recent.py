"""What metrics found last, since Inspect asks for the same again and again.

Inspect computes every metric anew each time that it shows a running score, and several times at a run's end;
several metrics of one run rest on the same fit or test. No command relies on it: whoever reads a log computes
a figure once and hands it on.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Recent(Generic[T]):
    """The last results, by what they were computed from.

    Args:
        most: how many are kept.
    """

    def __init__(self, most: int = 4) -> None:
        self._most = most
        self._held: dict[Hashable, T] = {}

    def of(self, key: Hashable, find: Callable[[], T]) -> T:
        """What was found for this key, or is found now."""
        if key not in self._held:
            while len(self._held) >= self._most:
                del self._held[next(iter(self._held))]
            self._held[key] = find()
        return self._held[key]
