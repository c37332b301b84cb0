"""Problems to ask, one after the other, each with its weight in the population that it stands for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.designs.selection import POPULATION, Criterion
from fiduciary.economics.problems import ChoiceProblem, generate, stack

CYCLE = 20
FROM_POPULATION = (0, 7, 13)
"""Of so many problems, those at these places are the population's own, in its own order."""

if len(FROM_POPULATION) / CYCLE != POPULATION:
    raise AssertionError("the places of the population's problems contradict its share")

_AHEAD = 2000  # candidates that are looked at together, at least


@dataclass(frozen=True, eq=False)
class Asked:
    """A problem of a design.

    Attributes:
        problem: what is asked.
        weight: density of the population over that of the design at this problem: with these weights,
            averages over the design are averages over the population.
        batch: 0 for what did not depend on any answer, then 1, 2, …
        drawn: whether it was drawn from the population, whatever it tells.
    """

    problem: ChoiceProblem
    weight: float = 1.0
    batch: int = 0
    drawn: bool = True


class Stream:
    """Problems of a population, and among them, on request, those that tell most.

    What is drawn from the population are the problems that :func:`economics.problems.generate` gives for the
    seed, from the first on; the others come from a split of their own. The same seed and the same criteria
    give the same problems, and what was taken does not depend on what is taken later.

    Args:
        seed: seed of the problems, ≥ 0.
        trade_offs: a key of ``economics.problems.DESIGNS``, or some of ``TRADE_OFFS``.
    """

    def __init__(self, seed: int, trade_offs: str | tuple[str, ...] = "default") -> None:
        self.seed, self.trade_offs = seed, trade_offs
        self.asked: list[Asked] = []
        self._drawn = 0
        self._looked_at = 0  # candidates, of which none is offered twice

    def take(self, n: int, criterion: Criterion | None = None, batch: int = 0) -> list[Asked]:
        """The next n problems.

        Args:
            n: how many, ≥ 0.
            criterion: which problems tell enough; None takes all from the population.
            batch: as in :class:`Asked`.
        """
        places = range(len(self.asked), len(self.asked) + n)
        own = [criterion is None or place % CYCLE in FROM_POPULATION for place in places]
        drawn = self._population(sum(own), criterion, batch)
        chosen = [] if criterion is None else self._selected(n - sum(own), criterion, batch)
        taken = [drawn.pop(0) if from_population else chosen.pop(0) for from_population in own]
        self.asked += taken
        return taken

    def _population(self, n: int, criterion: Criterion | None, batch: int) -> list[Asked]:
        if not n:
            return []
        problems = generate(self._drawn + n, self.seed, trade_offs=self.trade_offs)[self._drawn :]
        self._drawn += n
        if criterion is None:
            return [Asked(problem, batch=batch) for problem in problems]
        weights = criterion.weight(criterion.chooses(stack(problems)))
        return [Asked(p, float(w), batch) for p, w in zip(problems, weights, strict=True)]

    def _selected(self, n: int, criterion: Criterion, batch: int) -> list[Asked]:
        weight = float(criterion.weight(np.array([True]))[0])
        found: list[ChoiceProblem] = []
        while len(found) < n:
            ahead = max(_AHEAD, round((n - len(found)) / criterion.selected))
            new = self._candidates(ahead)
            which = np.flatnonzero(criterion.chooses(stack(new)))[: n - len(found)]
            found += [new[k] for k in which]
            # What lies behind the last one taken was not looked at: a later call begins there.
            self._looked_at += int(which[-1]) + 1 if len(found) == n else ahead
        return [Asked(problem, weight, batch, drawn=False) for problem in found]

    def _candidates(self, n: int) -> Sequence[ChoiceProblem]:
        stop = self._looked_at + n
        return generate(stop, self.seed, trade_offs=self.trade_offs, split="candidates")[self._looked_at :]
