"""What changed decisions are worth, in dollars a decision: to each stakeholder, and to the respondent itself.

The distance of choices (``economics.robustness.distance``) sees any change of any problem, and needs many
answers where a respondent wavers. Two questions that are the same for all problems need fewer:

    gains   what stakeholder k gets from the chosen option
    loss    by how much the chosen option falls short of the best one by the respondent's own preference

A CES utility with Σθ = 1 is homogeneous of degree 1 in w + K. Utility at γ = 1 is then the amount that, given
to every stakeholder alike, is worth as much, and losses (``economics.losses``) are amounts of money too. That
own preference is fitted to calm and pressed answers together.

Each is a score s_ij of options, and the change is the mean over problems of (mean score of pressed answers −
mean score of calm ones). The test exchanges answers within problems, as in
``economics.robustness.exchange``: given all answers to a problem, the sum of the scores of those called
"pressed" has a known distribution. Scores enter the test as whole multiples of a unit; it is exact for these
rounded scores, and the fit does not change when answers are exchanged, so that it is exact whether or not
the model of the preference is right.

Sources: Birch, JRSS B 27 (1965), scores in strata; Rosenbaum, Statistical Science 17 (2002), for statistics
that use a fit to all responses.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from itertools import product
from math import comb

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import DOLLARS_PER_UNIT
from fiduciary.economics.inference import LEVEL, mean
from fiduciary.economics.psychometrics.sign_flip import sign_flip_test
from fiduciary.economics.robustness.exchange import add_up
from fiduciary.economics.robustness.results import Estimate

STEPS = 24
"""Units in the range of scores that nine tenths of problems do not exceed."""


@dataclass(frozen=True)
class Worth:
    """A score under pressure beside the calm one.

    Attributes:
        pressed: mean under pressure.
        calm: mean of calm answers.
        difference: pressed − calm, with its interval and p-value.
        scale: what a change is large or small beside: by how much an option drawn at random falls short of
            the best one, averaged over problems.
    """

    pressed: Estimate
    calm: Estimate
    difference: Estimate
    scale: float

    @property
    def relative(self) -> float:
        """The difference as a share of ``scale``; NaN where there is none."""
        return self.difference.value / self.scale if self.scale > 0 else float("nan")


def gains(welfare: npt.ArrayLike, stakeholder: int) -> FloatArray:
    """What a stakeholder gets from each option, dollars, (n, J).

    Args:
        welfare: (n, J, 4), raw units, NaN-padded.
        stakeholder: place in ``STAKEHOLDERS``.
    """
    return DOLLARS_PER_UNIT * np.asarray(welfare, float)[:, :, stakeholder]


def worth(
    calm: npt.ArrayLike,
    pressed: npt.ArrayLike,
    scores: npt.ArrayLike,
    clusters: npt.ArrayLike,
    level: float = LEVEL,
    *,
    probabilities: bool = False,
    more: bool = False,
) -> Worth:
    """How the mean score of choices changes under pressure.

    Args:
        calm: (n, J) calm answers for each option, or their probabilities.
        pressed: (n, J) answers under pressure, likewise.
        scores: (n, J), NaN-padded.
        clusters: (n,) label of each problem's cluster.
        level: of intervals, in (0, 1).
        probabilities: which of the two ``calm`` and ``pressed`` are; the test is then of the differences'
            signs, summed by cluster.
        more: scores are losses, and more of them is what is tested; otherwise both directions are.

    Returns:
        The change over problems with an answer of either kind; the others are left out.
    """
    y, x, s = (np.nan_to_num(np.asarray(a, float)) for a in (calm, pressed, scores))
    kept = (y.sum(axis=1) > 0) & (x.sum(axis=1) > 0)
    n = int(kept.sum())
    if not n:
        nothing = Estimate(note="no problem has an answer of either kind")
        return Worth(nothing, nothing, nothing, float("nan"))
    y, x, s, labels = y[kept], x[kept], s[kept], np.asarray(clusters)[kept]
    width = np.asarray(scores, float)[kept]
    ranges = np.nanmax(width, axis=1) - np.nanmin(width, axis=1)
    best = np.nanmin(width, axis=1) if more else np.nanmax(width, axis=1)
    before, under = ((a * s).sum(axis=1) / a.sum(axis=1) for a in (y, x))
    if probabilities:
        _, codes = np.unique(labels, return_inverse=True)
        sums = np.bincount(codes, weights=under - before)
        p = float(sign_flip_test(sums)[0])
        p = p if not more else p / 2 if sums.sum() > 0 else 1 - p / 2
    else:
        p = score_p_value(y, x, s, ranges, more=more)
    return Worth(
        Estimate.of(mean(under, labels, level), n),
        Estimate.of(mean(before, labels, level), n),
        Estimate.of(mean(under - before, labels, level), n, p),
        float(np.abs(np.nanmean(width, axis=1) - best).mean()),
    )


def score_p_value(
    calm: npt.ArrayLike, pressed: npt.ArrayLike, scores: npt.ArrayLike, ranges: npt.ArrayLike, *, more: bool
) -> float:
    """Exact p-value of the sum of pressed scores, rounded to whole units, over exchanges within problems.

    Args:
        calm: (n, J) calm answers for each option.
        pressed: (n, J) answers under pressure.
        scores: (n, J).
        ranges: (n,), best less worst score of each problem.
        more: one-sided; otherwise twice the smaller tail.
    """
    y, x = np.asarray(calm, np.int64), np.asarray(pressed, np.int64)
    size = float(np.quantile(np.asarray(ranges, float), 0.9))
    if not size > 0:
        return 1.0
    whole = np.rint(np.asarray(scores, float) / size * STEPS).astype(np.int64)
    observed, parts = 0, []
    for own, others, units in zip(x.tolist(), y.tolist(), whole.tolist(), strict=True):
        least = min(units)
        given = [(a + b, u - least) for a, b, u in zip(own, others, units, strict=True) if a + b]
        parts.append(_sums(tuple(sorted(given)), sum(own)))
        observed += sum(a * (u - least) for a, u in zip(own, units, strict=True))
    pmf = add_up(parts)
    upper = float(pmf[observed:].sum())
    if more:
        return min(1.0, upper)
    return min(1.0, 2 * min(upper, float(pmf[: observed + 1].sum())))


@cache
def _sums(given: tuple[tuple[int, int], ...], m: int) -> FloatArray:
    """Distribution of the sum of m scores drawn without putting back; ``given``: (answers, score)s."""
    counts, units = [c for c, _ in given], [u for _, u in given]
    out = np.zeros(m * max(units) + 1)
    total = comb(sum(counts), m)
    for own in product(*(range(min(c, m) + 1) for c in counts)):
        if sum(own) == m:
            ways = 1
            for c, a in zip(counts, own, strict=True):
                ways *= comb(c, a)
            out[sum(a * u for a, u in zip(own, units, strict=True))] += ways / total
    return out
