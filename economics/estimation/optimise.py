"""Projected Fisher scoring on a simplex and a box."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray

DECREMENT = 1e-13
"""Convergence: the log-likelihood still to be gained by a full step, gᵀF⁻¹g."""

NEGLIGIBLE = 1e-7
"""The same where rounding, or a coordinate on its way to infinity, leaves no more than small steps."""


@dataclass(frozen=True)
class Region:
    """Where parameters may lie.

    Attributes:
        simplexes: index arrays; the coordinates of each are ≥ 0 and sum to 1.
        low, high: bounds of every coordinate, (p,).
        fixed: coordinates held at their start, (p,).
    """

    simplexes: tuple[IntArray, ...]
    low: FloatArray
    high: FloatArray
    fixed: BoolArray

    def references(self, x: FloatArray) -> list[int]:
        """The largest free weight of each simplex: the one that gives way when the others move."""
        chosen = []
        for simplex in self.simplexes:
            free = simplex[~self.fixed[simplex]]
            if free.size:
                chosen.append(int(free[np.argmax(x[free])]))
        return chosen

    def basis(self, x: FloatArray, held: BoolArray) -> FloatArray:
        """Directions (p, f) that keep every Σθ and move no held coordinate."""
        references = self.references(x)
        free = [k for k in np.flatnonzero(~held) if k not in references]
        columns = np.zeros((len(x), len(free)))
        for j, k in enumerate(free):
            columns[k, j] = 1.0
            for simplex in self.simplexes:
                if k in simplex:
                    columns[next(r for r in references if r in simplex), j] = -1.0
        return columns

    def project(self, x: FloatArray) -> FloatArray:
        """Clip to the box and give the slack of each simplex to its reference weights."""
        y = np.clip(x, self.low, self.high)
        y[self.fixed] = x[self.fixed]
        for simplex in self.simplexes:
            free = simplex[~self.fixed[simplex]]
            room = 1 - y[simplex[self.fixed[simplex]]].sum()
            if free.size and y[free].sum() > 0:
                y[free] *= max(room, 0.0) / y[free].sum()
            elif free.size:
                y[free] = max(room, 0.0) / free.size
        return y

    def at_bound(self, x: FloatArray) -> BoolArray:
        """Coordinates that sit on a bound."""
        return np.asarray((x <= self.low) | (x >= self.high))


@dataclass(frozen=True)
class Optimum:
    """Where the search ended: the point, its value, and whether it converged."""

    x: FloatArray
    value: float
    converged: bool
    iterations: int


class Evaluated(Protocol):
    """A log-likelihood at a point, with gradient (p,) and Fisher information (p, p)."""

    @property
    def loglik(self) -> float: ...

    @property
    def gradient(self) -> FloatArray: ...

    @property
    def information(self) -> FloatArray: ...


class Likelihood(Protocol):
    """A function of a vector of parameters that can be climbed."""

    def loglik(self, x: FloatArray) -> float: ...

    def evaluate(self, x: FloatArray) -> Evaluated: ...


def climb(likelihood: Likelihood, start: FloatArray, region: Region, *, rough: bool = False) -> Optimum:
    """Maximise from one start; rough stops once less than 1e-4 of log-likelihood is left to gain."""

    def evaluate(x: FloatArray) -> tuple[float, FloatArray, FloatArray]:
        e = likelihood.evaluate(x)
        return e.loglik, e.gradient, e.information

    if rough:
        return maximise(evaluate, likelihood.loglik, start, region, decrement=1e-4, max_iterations=30)
    return maximise(evaluate, likelihood.loglik, start, region)


def maximise(
    evaluate: Callable[[FloatArray], tuple[float, FloatArray, FloatArray]],
    value_at: Callable[[FloatArray], float],
    start: FloatArray,
    region: Region,
    *,
    decrement: float = DECREMENT,
    max_iterations: int = 100,
) -> Optimum:
    """Maximise a log-likelihood by damped Fisher scoring with an active set.

    Coordinates at a bound whose gradient points outside are held; the rest take a Fisher step, which
    is projected and halved until the value rises (Bertsekas 1982).

    Args:
        evaluate: gives value, gradient (p,) and information (p, p).
        value_at: gives the value alone.
        start: a point of the region; fixed coordinates keep its values.
        region: constraints.
        decrement: stop when gᵀF⁻¹g falls below it.

    Raises:
        FloatingPointError: the value at the start is not finite.
    """
    x = region.project(np.asarray(start, float))
    value, gradient, information = evaluate(x)
    if not np.isfinite(value):
        raise FloatingPointError(f"the log-likelihood is {value} at the start {np.round(x, 4).tolist()}")
    damping, gain = 1e-6, np.inf
    for iteration in range(max_iterations):
        held = region.fixed | _outward(x, gradient, region)
        direction, gain = _fisher_step(x, gradient, information, held, region, damping)
        if gain < decrement:
            return Optimum(x, value, True, iteration)
        scale, accepted = 1.0, False
        while scale > 1e-10:
            candidate = region.project(x + scale * direction)
            new = value_at(candidate)
            if np.isfinite(new) and new > value:
                accepted = True
                break
            scale /= 2
        if not accepted:
            # No ascent along a Fisher direction: rounding has been reached, or damping is too light.
            if gain < NEGLIGIBLE or damping > 1e4:
                return Optimum(x, value, bool(gain < NEGLIGIBLE), iteration)
            damping *= 100
            continue
        # Backtracking says that the quadratic model reaches too far: stay closer next time.
        damping = min(max(damping * (0.1 if scale == 1.0 else 10.0), 1e-10), 10.0)
        x = candidate
        value, gradient, information = evaluate(x)
    return Optimum(x, value, bool(gain < NEGLIGIBLE), max_iterations)


def _outward(x: FloatArray, gradient: FloatArray, region: Region) -> BoolArray:
    slope = gradient.copy()
    for simplex in region.simplexes:
        reference = [r for r in region.references(x) if r in simplex]
        if reference:
            slope[simplex] -= gradient[reference[0]]
    return np.asarray(((x <= region.low) & (slope <= 0)) | ((x >= region.high) & (slope >= 0)))


def _fisher_step(
    x: FloatArray,
    gradient: FloatArray,
    information: FloatArray,
    held: BoolArray,
    region: Region,
    damping: float,
) -> tuple[FloatArray, float]:
    """Direction and promised gain gᵀF⁻¹g, with no component that leaves the region at once."""
    while True:
        basis = region.basis(x, held)
        if basis.shape[1] == 0:
            return np.zeros_like(x), 0.0
        g = basis.T @ gradient
        f = basis.T @ information @ basis
        step = np.linalg.solve(f + damping * np.diag(np.maximum(np.diag(f), 1e-10)), g)
        direction = basis @ step
        leaving = ((x <= region.low) & (direction < 0)) | ((x >= region.high) & (direction > 0))
        leaving &= ~held
        if not leaving.any():
            return direction, float(g @ step)
        held = held | leaving
