"""Maximum-likelihood estimation of CES preferences from choices made under known temperatures."""

from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.estimation.data import ChoiceData, prepare
from fiduciary.economics.estimation.joint import Fitted, join
from fiduciary.economics.estimation.likelihood import FIRST_CONSTANT, LOG_GAMMA, RHO, CESLikelihood
from fiduciary.economics.estimation.optimise import Optimum, Region, climb
from fiduciary.economics.estimation.response import responds_to_welfare
from fiduciary.economics.estimation.results import CESFit, PowerTest, Scale
from fiduciary.economics.estimation.separation import (
    Separation,
    constants_explain,
    explaining_range,
    explains,
)
from fiduciary.economics.estimation.uncertainty import assemble
from fiduciary.economics.estimation.weak_rho import along, grid, is_weak

RHO_MIN = -20.0
LOG_GAMMA_BOUNDS = (float(np.log(1e-5)), float(np.log(1e4)))
CONSTANT_BOUND = 1e3  # raw utils
ETA_BOUNDS = (-3.0, 4.0)
SCREENING = 1500  # problems that rank the starts; only the best goes on to the full data

_START_THETAS = np.array(
    [[0.25] * 4, *(np.where(np.eye(4, dtype=bool)[k], 0.7, 0.1) for k in range(4))], dtype=float
)


def fit_ces(
    welfare: npt.ArrayLike,
    chosen: npt.ArrayLike | None,
    temperature: npt.ArrayLike | None,
    *,
    groups: npt.ArrayLike | None = None,
    position: npt.ArrayLike | None = None,
    label: npt.ArrayLike | None = None,
    probabilities: npt.ArrayLike | None = None,
    importance: npt.ArrayLike | None = None,
    shift: float = SHIFT,
    scale: Scale = "tau",
    rho_max: float = 1.0,
    starts: int = 5,
) -> CESFit:
    """Fit V = γ (Σ_k θ_k (w_k + K)^ρ)^(1/ρ) + c, P = softmax(V/τ), by maximum likelihood.

    Analytic gradient, projected Fisher scoring from several starts. Constraints as in the source:
    Σθ = 1, θ ≥ 0, −20 ≤ ρ ≤ ``rho_max``, γ > 0.

    Args:
        welfare: (n, J, 4) displayed welfare in raw units, NaN-padded.
        chosen: (n,) integer option in the problem's own order, −1 where there was no valid answer
            (dropped and counted, never imputed). Ignored when ``probabilities`` are given.
        temperature: τ > 0, a number or (n,); may be None with ``scale="free"``.
        groups: (n,) labels of clusters; by default every row is its own.
        position: (n, J) 0-based display place of each option, −1 for padding; adds a constant
            ``place_p_of_k`` for each place p > 1 among k options, so that what a place does is not taken
            for a preference.
        label: (n, J) index of the letter that names each option, −1 for padding; adds a constant
            ``label_B`` … for each letter but A that answers to letters out of their places tell from the
            places. Others are left out, and the places' constants hold what these letters do.
        probabilities: (n, J) choice probabilities; NaN where a label was not returned (censored).
            Gives a quasi-likelihood with clustered sandwich standard errors only.
        importance: (n,) how often each problem counts: where problems were chosen with known probabilities,
            the inverse of these gives the estimate of the population (a pseudo-likelihood, with sandwich
            standard errors only).
        shift: positivity shift K, raw units.
        scale: "tau" noise proportional to τ; "free" one scale, τ ignored (γ then means γ/τ);
            "power" noise proportional to τ^η, with a likelihood-ratio test of η = 1.
        rho_max: upper bound of ρ.
        starts: how many of the screened starts are pursued.

    Returns:
        The fit. Standard errors are NaN where ``statuses`` says why.

    Raises:
        ValueError: bad shapes or values, naming the argument.
        TooFewChoices: fewer than 10 valid choices (a ``ValueError``).
        FloatingPointError: a likelihood that is not finite.

    Source: Foster & Rawski for the model; White (1982) for the sandwich.
    """
    if scale not in ("tau", "free", "power"):
        raise ValueError(f"scale must be 'tau', 'free' or 'power', got {scale!r}")
    if temperature is None and scale != "free":
        raise ValueError("temperature is needed unless scale='free'")
    if not RHO_MIN < rho_max < 20:
        raise ValueError(f"rho_max must lie between {RHO_MIN:g} and 20, got {rho_max}")
    if starts < 1:
        raise ValueError(f"starts must be at least 1, got {starts}")
    data = prepare(
        welfare,
        chosen,
        None if scale == "free" else temperature,
        groups=groups,
        position=position,
        label=label,
        probabilities=probabilities,
        importance=importance,
        shift=shift,
    )
    if scale == "power" and len(np.unique(data.temperature)) < 2:
        raise ValueError("scale='power' needs at least two temperatures to identify η")
    return fit_data(data, scale=scale, rho_max=rho_max, starts=starts)


def fit_data(data: ChoiceData, *, scale: Scale = "tau", rho_max: float = 1.0, starts: int = 5) -> CESFit:
    """:func:`fit_ces` for data that are already prepared."""
    likelihood = CESLikelihood(data)
    region = make_region(likelihood, rho_max=rho_max, eta_free=scale == "power")
    optimum = search(likelihood, region, starts)
    if not np.isfinite(optimum.value):
        raise FloatingPointError(f"log-likelihood is {optimum.value} at the optimum")
    power_test = None
    if scale == "power":
        tied = make_region(likelihood, rho_max=rho_max, eta_free=False)
        start = optimum.x.copy()
        start[-1] = 1.0
        restricted = climb(likelihood, start, tied)
        statistic = max(0.0, 2 * (optimum.value - restricted.value))
        power_test = PowerTest(statistic, float(scipy.stats.chi2.sf(statistic, 1)))
    separation = find_separation(likelihood, optimum, region)
    responds = separation is not None or responds_to_welfare(likelihood, optimum, region)
    return assemble(likelihood, region, optimum, separation, responds, scale, rho_max, power_test)


def make_region(likelihood: CESLikelihood, *, rho_max: float, eta_free: bool) -> Region:
    """Bounds of every coordinate of the likelihood."""
    p = likelihood.size
    low, high = np.full(p, -CONSTANT_BOUND), np.full(p, CONSTANT_BOUND)
    low[:RHO], high[:RHO] = 0.0, 1.0
    low[RHO], high[RHO] = RHO_MIN, rho_max
    low[LOG_GAMMA], high[LOG_GAMMA] = LOG_GAMMA_BOUNDS
    low[-1], high[-1] = ETA_BOUNDS
    fixed = np.zeros(p, bool)
    fixed[-1] = not eta_free
    return Region((np.arange(RHO),), low, high, fixed)


def search(likelihood: CESLikelihood, region: Region, starts: int) -> Optimum:
    """Screen starts on a subsample, pursue the best there, and finish on all data; then look along ρ."""
    data = likelihood.data
    small = likelihood
    if data.n > SCREENING:
        rows = np.linspace(0, data.n - 1, SCREENING).astype(np.int64)
        small = CESLikelihood(data.take(rows))
    ranked = sorted(
        (region.project(start) for start in _starting_points(likelihood.size)),
        key=small.loglik,
        reverse=True,
    )
    found = [climb(small, start, region, rough=True) for start in ranked[:starts]]
    best = climb(likelihood, max(found, key=lambda optimum: optimum.value).x, region)
    fitted = Fitted(join([likelihood]), region, best.x)
    if not is_weak(fitted):
        return best
    # All but flat in ρ, the likelihood may have several maxima; the starts need not lead to the highest.
    other = max(along(fitted, grid(region)), key=lambda optimum: optimum.value)
    return climb(likelihood, other.x, region) if other.value > best.value else best


def _starting_points(size: int) -> list[FloatArray]:
    points = []
    for theta, rho, gamma in itertools.product(_START_THETAS, (0.5, -1.0, -5.0), (0.03, 0.3, 2.0)):
        x = np.zeros(size)
        x[:RHO], x[RHO], x[LOG_GAMMA], x[-1] = theta, rho, np.log(gamma), 1.0
        points.append(x)
    return points


def find_separation(
    likelihood: CESLikelihood, optimum: Optimum, region: Region, level: float = 0.95
) -> Separation | None:
    """Detect complete separation: the optimum explains every choice, and γ could grow for ever.

    Probabilities are separated when they are all but 0 and 1, so that γ has run to its bound.
    """
    data = likelihood.data
    if data.soft:
        if optimum.x[LOG_GAMMA] < region.high[LOG_GAMMA]:
            return None
        data = data.hardened()
        likelihood = CESLikelihood(data)
    if not explains(likelihood, optimum.x):
        return None
    sets = explaining_range(data, float(optimum.x[RHO]), float(region.low[RHO]), float(region.high[RHO]))
    if not sets:
        nothing = np.empty((0, RHO))
        by = "constants" if constants_explain(data) else "utility and constants"
        return Separation(
            np.empty(0), nothing, nothing, optimum.x[:RHO], float(optimum.x[RHO]), np.nan, level, by
        )
    inside = max(sets, key=lambda rho: sets[rho].margin)
    return Separation(
        rho=np.array(list(sets)),
        theta_low=np.array([s.low for s in sets.values()]),
        theta_high=np.array([s.high for s in sets.values()]),
        theta=sets[inside].center,
        rho_inside=inside,
        gamma_low=_gamma_lower_bound(likelihood, optimum, sets[inside].center, inside, region, level),
        level=level,
        by="utility",
    )


def _gamma_lower_bound(
    likelihood: CESLikelihood,
    optimum: Optimum,
    theta: FloatArray,
    rho: float,
    region: Region,
    level: float,
) -> float:
    """Smallest γ under which choices explained this well have probability of at least 1 − level.

    The likelihood of choices that are all explained is the probability of drawing exactly them, so a
    γ at which even its maximum is below 1 − level is rejected at that level. Exact ties cost every γ
    alike and are left out.
    """
    point = optimum.x.copy()
    point[:RHO], point[RHO], point[FIRST_CONSTANT:-1] = theta, rho, 0.0
    limit = point.copy()
    limit[LOG_GAMMA] = np.log(1e10)  # noise gone: only exact ties keep the likelihood below 1
    supremum = max(optimum.value, likelihood.loglik(limit))
    allowed = supremum + float(np.log1p(-level))
    fixed = region.fixed.copy()
    fixed[LOG_GAMMA] = True
    held = Region(region.simplexes, region.low, region.high, fixed)
    low, high = LOG_GAMMA_BOUNDS
    while high - low > 1e-3:
        middle = (low + high) / 2
        found = []
        for start in (point, optimum.x):
            x = start.copy()
            x[LOG_GAMMA] = middle
            found.append(climb(likelihood, x, held, rough=True))
        best = max(found, key=lambda o: o.value)
        if best.value >= allowed:
            high, point = middle, best.x
        else:
            low = middle
    return float(np.exp(high))
