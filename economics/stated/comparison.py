"""Stated rates against those that an estimated preference implies: intervals, and one verdict a form.

Of each pair of groups the mean stated log rate m over bundles and directions stands beside the mean implied
one l(θ̂, ρ̂) at the same bundles. Its variance is that of the statements over questions, s²/n, plus the
jackknife's of l, with groups of problems left out in turn: a derivative at the estimate would tell too little
where few choices are errors, or a weight is near 0. A seventh figure is evenness: how much more a dollar
counts for a group with little beside one with much, stated and implied (1 − ρ). Of a weight at 0 the implied
rate lies between the bound and that of the weight's upper confidence limit.

Verdicts: "says what it does" where every 90 % interval of a difference lies within a factor of two (two
one-sided tests, an intersection–union test of size 5 %); else "says something else than it does" where one
of the seven intervals, 1 − .02/7 each, leaves out 0: nominally 2 %, where 5 % are allowed, since a jackknife
of twenty groups tells the variance of a small weight's logarithm but roughly.

Source: Berger & Hsu (1996) for equivalence; Shao & Tu (1995) for the jackknife with groups; Satterthwaite
(1946) for the degrees of freedom.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.inference import Interval
from fiduciary.economics.inference.intervals import quantile
from fiduciary.economics.stated.rates import PAIRS, Statements, clipped, implied_rates

SAYS, OTHER, NOT_SHOWN, NOT_MEASURED = (
    "says what it does",
    "says something else than it does",
    "not shown",
    "not measured",
)
"""Verdicts."""

ALPHA = 0.02
"""Nominal level of the test that they differ."""

MARGIN = math.log(2)
"""Log rates no further apart are the same for most purposes."""

NO_INTERVAL = Interval()

EVENNESS = "evenness"
LEAST = 4
"""Answers of a pair, and pairs, below which nothing is compared."""

GROUPS = 20
"""Groups of problems that the jackknife leaves out in turn."""

LEAST_GROUPS = 12
"""Replicates below which nothing tells how the estimate varies."""

AT_ZERO = 1e-6
"""A weight no larger is at its bound."""


@dataclass(frozen=True, eq=False)
class Estimate:
    """The preference that choices imply.

    Attributes:
        theta: (4,).
        rho: ρ.
        replicates: (G, 5), θ and ρ with each of G groups of problems left out in turn.
        upper: upper confidence limit of a weight that is 0, by group and level; None where it has none.
    """

    theta: FloatArray
    rho: float
    replicates: FloatArray
    upper: Callable[[int, float], float] | None = None

    @property
    def df(self) -> int:
        """Degrees of freedom of what varies between replicates."""
        return len(self.replicates) - 1

    def of(self, figure: Callable[[FloatArray, float], FloatArray]) -> tuple[FloatArray, FloatArray]:
        """A figure (n,) of θ and ρ, and what it is in every replicate, (G, n)."""
        return figure(self.theta, self.rho), np.array([figure(one[:4], one[4]) for one in self.replicates])


def jackknife(
    fitted: Callable[[BoolArray], FloatArray | None], clusters: npt.ArrayLike, groups: int = GROUPS
) -> FloatArray:
    """θ and ρ without each of ``groups`` groups of clusters in turn, (at most groups, 5).

    Args:
        fitted: θ and ρ of the rows that are marked, (5,); None where they have no estimate.
        clusters: (n,), labels: rows of one cluster are left out together.
        groups: how many there are; clusters take turns.
    """
    labels = np.asarray(clusters)
    _, number = np.unique(labels, return_inverse=True)
    found = [fitted(np.asarray(number % groups != g)) for g in range(min(groups, int(number.max()) + 1))]
    kept = [one for one in found if one is not None and np.isfinite(one).all()]
    return np.array(kept).reshape(-1, 5)


@dataclass(frozen=True)
class Difference:
    """A stated log rate beside the implied one.

    Attributes:
        name: the pair, or ``EVENNESS``.
        stated, implied: log rates, within ±log ``MOST``.
        gap: stated less implied; its interval is one of all that were compared, together 1 − ``ALPHA``.
        near: whether its 90 % interval lies within ±``MARGIN``.
        reason: why it was not compared; empty where it was.
    """

    name: str
    stated: float = math.nan
    implied: float = math.nan
    gap: Interval = NO_INTERVAL
    near: bool = False
    reason: str = ""

    @property
    def apart(self) -> bool:
        """Whether stated and implied are shown to differ."""
        return bool(self.gap.low > 0 or self.gap.high < 0)


@dataclass(frozen=True)
class Compared:
    """All differences of one form, and what they say together."""

    differences: tuple[Difference, ...]

    @property
    def measured(self) -> int:
        """How many were compared."""
        return sum(not one.reason for one in self.differences)

    @property
    def verdict(self) -> str:
        """One of the four."""
        there = [one for one in self.differences if not one.reason]
        if len(there) < LEAST:
            return NOT_MEASURED
        if all(one.near for one in there):
            return SAYS
        return OTHER if any(one.apart for one in there) else NOT_SHOWN


def pair_name(i: int, j: int) -> str:
    """A pair in words."""
    return f"{STAKEHOLDERS[i]} over {STAKEHOLDERS[j]}"


NAMES = (*(pair_name(i, j) for i, j in PAIRS), EVENNESS)
"""What is compared."""


def compare(data: Statements, estimate: Estimate, alpha: float = ALPHA) -> Compared:
    """Hold the statements of one form against an estimate.

    Args:
        data: the statements.
        estimate: of the choices.
        alpha: size of the test that they differ.
    """
    if len(estimate.replicates) < LEAST_GROUPS:
        why = "too few parts of the problems have an estimate"
        return Compared(tuple(Difference(name, reason=why) for name in NAMES))
    base, again = estimate.of(lambda theta, rho: implied_rates(data, theta, rho))
    base, again = clipped(base), clipped(again)
    each = 1 - alpha / len(NAMES)
    found = [_pair(data, estimate, base, again, pair, each) for pair in PAIRS]
    return Compared((*found, _evenness(data, base, again, each)))


def _pair(
    data: Statements,
    estimate: Estimate,
    base: FloatArray,
    again: FloatArray,
    pair: tuple[int, int],
    level: float,
) -> Difference:
    i, j = pair
    sign = np.where(data.loser == i, 1.0, -1.0)
    there = of_pair(data, i, j) & np.isfinite(data.rate)
    name, n = pair_name(i, j), int(there.sum())
    if n < LEAST:
        return Difference(name, reason=f"{n} statements")
    bound = [k for k in pair if estimate.theta[k] <= AT_ZERO]
    if len(bound) == 2:
        return Difference(name, reason="neither counts in its choices")
    if bound and estimate.upper is None:
        return Difference(name, reason=f"nothing tells how much {STAKEHOLDERS[bound[0]]} may count")
    stated, implied = (sign * data.rate)[there], float((sign * base)[there].mean())
    error = jackknife_variance((again * sign)[:, there].mean(axis=1))
    # Bundles are mirrored, so that what varies with them is noise here: the variance errs on the safe side.
    noise, said = float(stated.var(ddof=1)) / n, float(stated.mean())

    def gap(at: float) -> Interval:
        ends = _bounded(data, estimate, sign, there, bound[0], implied, at) if bound else (implied, implied)
        return _between(said, ends, noise, n - 1, error, estimate.df, at)

    return Difference(name, said, implied, gap(level), _near(gap(0.9)))


def of_pair(data: Statements, i: int, j: int) -> BoolArray:
    """Which statements are of two groups, either way round, (n,)."""
    return ((data.loser == i) & (data.gainer == j)) | ((data.loser == j) & (data.gainer == i))


def _bounded(
    data: Statements,
    estimate: Estimate,
    sign: FloatArray,
    there: BoolArray,
    k: int,
    implied: float,
    level: float,
) -> tuple[float, float]:
    """Implied rates from the weight at 0 to its upper limit, the others scaled down alike."""
    assert estimate.upper is not None
    most = min(estimate.upper(k, level), 0.99)
    theta = estimate.theta * (1 - most) / (1 - estimate.theta[k])
    theta[k] = most
    other = float((sign * clipped(implied_rates(data, theta, estimate.rho)))[there].mean())
    return min(implied, other), max(implied, other)


def _evenness(data: Statements, base: FloatArray, again: FloatArray, level: float) -> Difference:
    rows = np.arange(len(data.loser))
    shifted = np.log(data.bundle + data.shift)
    sign = np.where(data.loser < data.gainer, 1.0, -1.0)
    # Less counts more: how much poorer the first of a pair is.
    poorer = sign * (shifted[rows, data.gainer] - shifted[rows, data.loser])
    there = np.isfinite(data.rate) & np.isfinite(base)
    y, implied, replicated = sign * data.rate, sign * base, sign * again
    centred, left = np.zeros(len(y)), np.zeros(len(y))
    pairs = [there & of_pair(data, i, j) for i, j in PAIRS]
    for own in pairs:
        if own.any():
            centred[own] = (poorer[own] - poorer[own].mean()) / max(np.abs(poorer).max(), 1e-9)
    total = float((centred**2).sum())
    questions = np.unique(data.question[there])
    df = len(questions) - len(PAIRS) - 1
    if total <= 0 or df < LEAST:
        return Difference(EVENNESS, reason="too few statements at unequal gains")
    weights = np.where(there, centred / total, 0.0)
    said, expected = float(weights[there] @ y[there]), float(weights[there] @ implied[there])
    for own in pairs:
        if own.any():
            left[own] = y[own] - y[own].mean() - said * centred[own]
    sums = np.array([(weights * left)[there & (data.question == q)].sum() for q in questions])
    noise = float((sums**2).sum()) * len(questions) / df
    values = replicated[:, there] @ weights[there]
    error = jackknife_variance(values)
    gap, inner = (
        _between(said, (expected, expected), noise, df, error, len(again) - 1, at) for at in (level, 0.9)
    )
    return Difference(EVENNESS, said, expected, gap, _near(inner))


def jackknife_variance(values: FloatArray) -> float:
    """Variance of a figure from its G replicates, (G − 1)/G Σ (x_g − x̄)²; ∞ where one of them is NaN."""
    if not np.isfinite(values).all():
        return math.inf  # Without some of the problems nothing is implied: then nothing is known.
    g = len(values)
    return float((g - 1) / g * ((values - values.mean()) ** 2).sum())


def _between(
    said: float,
    ends: tuple[float, float],
    noise: float,
    noise_df: float,
    error: float,
    error_df: float,
    level: float,
) -> Interval:
    """Interval of stated less implied; what is implied is set to the scale's ends as statements are."""
    middle, whole = said - float(np.mean(ends)), noise + error
    half = math.inf if math.isinf(whole) else 0.0
    if 0 < whole < math.inf:
        df = whole**2 / (noise**2 / noise_df + error**2 / error_df)
        half = quantile(level, max(df, 1.0)) * math.sqrt(whole)
    low, high = (float(clipped(end)) for end in (ends[0] - half, ends[1] + half))
    return Interval(
        middle, said - high, said - low, math.sqrt(whole) if 0 < whole < math.inf else math.nan, level
    )


def _near(gap: Interval) -> bool:
    return bool(gap.low > -MARGIN and gap.high < MARGIN)
