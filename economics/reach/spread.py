r"""How far apart contexts put a preference, without the distance that noise alone puts between estimates.

A hull of estimates grows with their noise and with their number. The mean squared distance from the centre
does not, once what noise adds is taken off: with δ_f = θ̂_f − mean_f θ̂ and d_fg the influence of cluster g on
it,

    S² = mean_f { |δ_f|² − Σ_g |d_fg|² },

is unbiased up to second order, and S is the spread: the root-mean-square distance of a context's θ from the
centre of all. Contexts are those asked, no sample of others. Contexts share clusters (problems), so that
their influences are stacked, as are those of two models that were asked the same. The variance of S² is that
of its part linear in the influences, and of the quadratic one,

    Var S² = Σ_g (2/F Σ_f δ_f·d_fg)² + 2/F² |Ψ Ψᵀ|²,   Ψ (G, 4F) with rows d_·g.

Source: DerSimonian & Laird, Controlled Clinical Trials 7 (1986), for taking the noise off a spread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.estimation import THETA_NAMES, CESFit
from fiduciary.economics.inference import LEVEL, Interval, around, quantile


@dataclass(frozen=True, eq=False)
class Estimates:
    """θ under F contexts.

    Attributes:
        names: of the contexts.
        theta: (F, 4).
        influence: (F, G, 4), of every cluster on each θ; 0 for a weight at a bound, which stays there.
        clusters: (G,), labels.
    """

    names: tuple[str, ...]
    theta: FloatArray
    influence: FloatArray
    clusters: npt.NDArray[np.str_]

    def take(self, names: Sequence[str]) -> Estimates:
        """Those of the named contexts, in that order."""
        which = [self.names.index(name) for name in names]
        return Estimates(tuple(names), self.theta[which], self.influence[which], self.clusters)

    def covariance(self, name: str) -> FloatArray:
        """(4, 4), of one context's θ."""
        own = self.influence[self.names.index(name)]
        return np.asarray(own.T @ own)


@dataclass(frozen=True)
class Spread:
    """How far contexts reach.

    Attributes:
        centre: (4,), mean θ.
        spread: S, from 0.
        naive: the same with the noise left in.
        squared: S² with its standard error; may be negative.
    """

    centre: tuple[float, ...]
    spread: Interval
    naive: float
    squared: Interval


@dataclass(frozen=True)
class Moved:
    """How one set of contexts differs from another model's.

    Attributes:
        names: of the contexts that both have.
        centre: how far the centre moved, each of the four.
        before, after: spread of each.
        squared: S² after less S² before.
    """

    names: tuple[str, ...]
    centre: tuple[Interval, ...]
    before: Spread
    after: Spread
    squared: Interval


def estimates_of(fits: Mapping[str, CESFit]) -> Estimates:
    """Estimates under several contexts, their clusters matched by label.

    Raises:
        ValueError: no fit, or one that does not tell θ.
    """
    if not fits:
        raise ValueError("there is no fit to take estimates from")
    unclear = [name for name, fit in fits.items() if not fit.responds]
    if unclear:
        raise ValueError(f"the fit of {unclear[0]!r} does not tell θ")
    labels = np.unique(np.concatenate([np.asarray(fit.group_labels, str) for fit in fits.values()]))
    influence = np.zeros((len(fits), len(labels), len(STAKEHOLDERS)))
    for f, fit in enumerate(fits.values()):
        rows = np.searchsorted(labels, np.asarray(fit.group_labels, str))
        columns = [fit.names.index(name) for name in THETA_NAMES]
        influence[f, rows] = np.nan_to_num(fit.influence[:, columns])
    return Estimates(tuple(fits), np.array([fit.theta for fit in fits.values()]), influence, labels)


def spread(found: Estimates, level: float = LEVEL) -> Spread | None:
    """How far the contexts reach; None for fewer than two."""
    if len(found.names) < 2:
        return None
    delta, own = _centred(found)
    naive = float((delta**2).sum(axis=1).mean())
    squared = naive - float((own**2).sum(axis=(1, 2)).mean())
    variance = float((_linear(delta, own) ** 2).sum()) + _quadratic(own)
    return Spread(
        tuple(found.theta.mean(axis=0).tolist()),
        _root(squared, math.sqrt(variance), level),
        math.sqrt(naive),
        around(squared, math.sqrt(variance), level=level, units=len(found.clusters)),
    )


def moved(before: Estimates, after: Estimates, level: float = LEVEL) -> Moved | None:
    """How the set differs between two models asked under the same contexts; None for fewer than two.

    Problems that both were asked are paired by their labels.
    """
    names = tuple(name for name in before.names if name in after.names)
    if len(names) < 2:
        return None
    a, b = before.take(names), after.take(names)
    first, second = spread(a, level), spread(b, level)
    if first is None or second is None:
        return None
    labels = np.unique(np.concatenate([a.clusters, b.clusters]))
    shift, linear = np.zeros((len(labels), len(STAKEHOLDERS))), np.zeros(len(labels))
    quadratic = 0.0
    for sign, one in ((-1, a), (1, b)):
        rows = np.searchsorted(labels, one.clusters)
        delta, own = _centred(one)
        shift[rows] += sign * one.influence.mean(axis=0)
        linear[rows] += sign * _linear(delta, own)
        quadratic += _quadratic(own)
    change = np.array(second.centre) - np.array(first.centre)
    errors = np.sqrt((shift**2).sum(axis=0))
    error = math.sqrt(float((linear**2).sum()) + quadratic)
    units = len(labels)
    return Moved(
        names,
        tuple(
            around(float(c), float(e), level=level, units=units) for c, e in zip(change, errors, strict=True)
        ),
        first,
        second,
        around(second.squared.value - first.squared.value, error, level=level, units=units),
    )


def _centred(found: Estimates) -> tuple[FloatArray, FloatArray]:
    return found.theta - found.theta.mean(axis=0), found.influence - found.influence.mean(axis=0)


def _linear(delta: FloatArray, own: FloatArray) -> FloatArray:
    """(G,), influence of each cluster on S²."""
    return np.asarray(2 / len(delta) * np.einsum("fk,fgk->g", delta, own))


def _quadratic(own: FloatArray) -> float:
    stacked = np.moveaxis(own, 1, 0).reshape(own.shape[1], -1)
    return float(2 / len(own) ** 2 * ((stacked @ stacked.T) ** 2).sum())


def _root(squared: float, stderr: float, level: float) -> Interval:
    """S of S²; its standard error by the delta method where S² is clear of 0."""
    half = quantile(level) * stderr
    low, high = (math.sqrt(max(end, 0.0)) for end in (squared - half, squared + half))
    value = math.sqrt(max(squared, 0.0))
    error = stderr / (2 * value) if squared > half else math.nan
    return Interval(value, low, high, error, level)
