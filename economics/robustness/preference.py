"""How far the preference moved: θ and ρ of calm and of pressed answers, each with a sharpness γ of its own.

The test is the likelihood ratio of two CES fits against one in which θ and ρ are common, while γ and the
constants of places stay each one's own (γ through noise proportional to a power of a temperature that only
marks pressed answers). It keeps its meaning where weights sit at 0 and where choices are perfectly
explained, as they tend to be once all figures are a hundred times larger; the Wald test does not.

It is held against χ² with all four degrees of freedom, after division by the largest factor λ ≥ 1 by which
clustering inflates the variance of any combination of θ and ρ: Σ λ_i χ²_1 is at most λ χ²_4, and bounds of
the parameters only take away from it. So the p-value is rather too large than too small, and needs no
simulation, whose smallest p-values many tests at once would not get by with.

Intervals of Δ are Wald's, stacked, where both estimates are in the interior; elsewhere they combine the
likelihood-ratio intervals of both as if these were independent (MOVER), which is cautious for answers
to the same problems.

Sources: Self & Liang, JASA 82 (1987), for likelihood ratios at bounds; Kent, Biometrika 69 (1982), for those
of misspecified models; Zou & Donner, Statistics in Medicine 27 (2008).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.estimation import THETA_NAMES, CESFit, fit_ces, wald_test
from fiduciary.economics.estimation.intervals import interior
from fiduciary.economics.estimation.results import Scale
from fiduciary.economics.inference import LEVEL, around
from fiduciary.economics.robustness.results import Estimate

FAILS = (ValueError, ArithmeticError, np.linalg.LinAlgError)
"""What a fit of answers that allow none may raise."""

STARTS = 5
"""Starts that a fit pursues."""

_COMMON = (*THETA_NAMES, "rho")
_MARK = (
    4.0  # "temperature" of pressed answers: γ may be 4³ = 64 times larger or 4⁴ times smaller under pressure
)


@dataclass(frozen=True, eq=False)
class Choices:
    """Answers as the estimator takes them, n questions of up to J options.

    Attributes:
        welfare: (n, J, 4), raw units, NaN-padded.
        chosen: (n,), −1 where there is no answer; None with probabilities.
        groups: (n,), cluster of each question.
        position: (n, J), place at which each option was shown, −1 for padding.
        probabilities: (n, J), NaN where not observed; None with choices.
        shift: K, raw units.
    """

    welfare: FloatArray
    chosen: IntArray | None
    groups: npt.NDArray[np.generic]
    position: IntArray
    probabilities: FloatArray | None = None
    shift: float = SHIFT


@dataclass(frozen=True)
class PreferenceShift:
    """Pressed minus calm.

    Attributes:
        moved: ½ Σ_k |Δθ_k|, the weight that changed hands, with the joint test of θ and ρ.
        theta: Δθ of shareholders, employees, consumers and society.
        rho: Δρ.
    """

    moved: Estimate
    theta: tuple[Estimate, Estimate, Estimate, Estimate]
    rho: Estimate


def no_shift(why: str) -> PreferenceShift:
    """What is said where nothing can be estimated."""
    nothing = Estimate(note=why)
    return PreferenceShift(nothing, (nothing, nothing, nothing, nothing), nothing)


def fit(*parts: Choices, starts: int = STARTS) -> tuple[CESFit | None, str]:
    """The preference behind answers, with constants for the places shown, or why there is none.

    All answers share one temperature, which θ and ρ do not depend on: γ stands for γ/τ.

    Args:
        parts: answers of one preference.
        starts: how many of the screened starts are pursued; one is enough where any sensible fit will do.
    """
    try:
        found = _fit(parts, starts=starts)
    except FAILS as error:
        return None, " ".join(str(error).split()) or type(error).__name__
    if all(found.status(name) == "not identified" for name in THETA_NAMES):
        return None, "not identified: answers do not depend on the figures"
    return found, ""


def preference_shift(
    calm: tuple[Choices, CESFit],
    pressed: tuple[Choices, CESFit],
    level: float = LEVEL,
    *,
    test: bool = True,
    ends: bool = True,
) -> PreferenceShift:
    """Δθ and Δρ with intervals, and the test that there is none.

    Args:
        calm: answers and their fit.
        pressed: answers under pressure and their fit, clustered by the same labels.
        level: of intervals, in (0, 1).
        test: whether the test is wanted.
        ends: whether intervals are wanted; near a bound they take up to a second each.
    """
    p, problem = float("nan"), ""
    if test:
        try:
            p = shift_p_value(calm, pressed)
        except FAILS as error:
            problem = " ".join(str(error).split())
    inside = interior(calm[1]) and interior(pressed[1])
    each = {name: _difference(calm[1], pressed[1], name, level, ends, inside) for name in _COMMON}
    theta = tuple(each[name] for name in THETA_NAMES)
    n = min(calm[1].n_groups, pressed[1].n_groups)
    if not all(estimate.known for estimate in theta):
        moved = Estimate(note="; ".join(sorted({e.note for e in theta if e.note})), n=n)
    else:
        moved = Estimate(sum(abs(e.value) for e in theta) / 2, p=p, n=n, note=problem)
    return PreferenceShift(moved, (theta[0], theta[1], theta[2], theta[3]), each["rho"])


def shift_p_value(calm: tuple[Choices, CESFit], pressed: tuple[Choices, CESFit]) -> float:
    """p-value of "θ and ρ are the same", at most too large.

    Raises:
        ValueError: answers that allow no common fit; so do ArithmeticError and LinAlgError.
    """
    (one, a), (two, b) = calm, pressed
    width = one.welfare.shape[1]
    # Places of pressed answers but the first get constants of their own; options that do not exist make room.
    second = np.where(two.position > 0, two.position + width - 1, two.position)
    parts = [_widened(one, one.position), _widened(two, second)]
    mark = np.repeat([1.0, _MARK], [len(one.welfare), len(two.welfare)])
    # Either may end in a local optimum; the better one counts.
    common = max(_fit(parts, mark, "power").loglik, _fit(parts).loglik)
    statistic = max(0.0, 2 * (a.loglik + b.loglik - common))
    factor = max(1.0, _inflation(a), _inflation(b))
    return float(scipy.stats.chi2.sf(statistic / factor, len(THETA_NAMES)))


def _fit(
    parts: tuple[Choices, ...] | list[Choices],
    temperature: FloatArray | float = 1.0,
    scale: Scale = "tau",
    starts: int = STARTS,
) -> CESFit:
    chosen = [part.chosen for part in parts if part.chosen is not None]
    soft = [part.probabilities for part in parts if part.probabilities is not None]
    return fit_ces(
        np.concatenate([part.welfare for part in parts]),
        np.concatenate(chosen) if chosen else None,
        temperature,
        groups=np.concatenate([part.groups for part in parts]),
        position=np.concatenate([part.position for part in parts]),
        probabilities=np.concatenate(soft) if soft else None,
        shift=parts[0].shift,
        scale=scale,
        starts=starts,
    )


def _widened(part: Choices, position: IntArray) -> Choices:
    """The same answers with room for further places."""
    n, width = position.shape
    more = width - 1
    soft = part.probabilities
    return Choices(
        np.concatenate([part.welfare, np.full((n, more, 4), np.nan)], axis=1),
        part.chosen,
        part.groups,
        np.concatenate([position, np.full((n, more), -1)], axis=1),
        None if soft is None else np.concatenate([soft, np.full((n, more), np.nan)], axis=1),
        part.shift,
    )


def _inflation(fit: CESFit) -> float:
    """Largest ratio of clustered to model-based variance of any combination of θ and ρ."""
    if fit.soft:
        return 1.0
    names = [name for name in _COMMON if fit.status(name) == "ok"]
    at = [fit.names.index(name) for name in names]
    at = [i for i in at if fit.cov_observed[i, i] > 0]
    observed, robust = fit.cov_observed[np.ix_(at, at)], fit.cov_robust[np.ix_(at, at)]
    if not at or not np.isfinite(observed).all() or not np.isfinite(robust).all():
        return 1.0
    # One weight follows from the others: keep the directions in which the estimates vary at all.
    scale = np.sqrt(np.diag(observed))
    values, vectors = np.linalg.eigh(observed / np.outer(scale, scale))
    firm = values > 1e-8 * values.max()
    root = vectors[:, firm] / np.sqrt(values[firm])
    return float(np.linalg.eigvalsh(root.T @ (robust / np.outer(scale, scale)) @ root).max())


def _difference(calm: CESFit, pressed: CESFit, name: str, level: float, ends: bool, inside: bool) -> Estimate:
    n = min(calm.n_groups, pressed.n_groups)
    unknown = ("not identified", "did not converge")
    for which, fit in (("calm", calm), ("under pressure", pressed)):
        if fit.status(name) in unknown or not np.isfinite(fit.estimate(name)):
            return Estimate(n=n, note=f"{name} {fit.status(name)} {which}")
    value = pressed.estimate(name) - calm.estimate(name)
    statuses = {fit.status(name) for fit in (calm, pressed)}
    if not ends:
        return Estimate(value, n=n)
    if inside and statuses == {"ok"}:
        _, se, _, p = wald_test(pressed, calm).z[name]
        return Estimate.of(around(value, se, max(n - 1, 1), level), n, p)
    (low_a, high_a, _), (low_b, high_b, _) = pressed.interval(name, level), calm.interval(name, level)
    a, b = pressed.estimate(name), calm.estimate(name)
    low = value - float(np.hypot(a - low_a, high_b - b))
    high = value + float(np.hypot(high_a - a, b - low_b))
    note = ", ".join(sorted(statuses - {"ok"})) or "near a bound"
    return Estimate(value, low, high, n=n, note=note)
