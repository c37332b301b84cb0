"""CES demand: what a CES utility buys, with noise and without, and its estimate from what was bought.

Welfare is W_k = base_k + x_k with benefit x_k bought at price p_k, and utility is that of the choices
between options: U = γ (Σ θ_k (W_k + K)^ρ)^(1/ρ) with the same K, so that estimates can be compared.

Noise is that of the choices, too: an allocation of the budget is one option among all those in steps
of a fixed share (:func:`share_grid`), and is chosen with probability ∝ exp(U/τ). At τ → 0 this is
the demand function. The estimator is therefore the one of discrete choices.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.budgets.revealed import check_prices
from fiduciary.economics.conventions import SHIFT, STAKEHOLDERS
from fiduciary.economics.estimation import CESFit, fit_ces
from fiduciary.economics.utility import CES

STEPS = {2: 100, 3: 20, 4: 20}
"""Steps into which a budget is divided between two, three and four stakeholders."""


@cache
def share_grid(n: int) -> FloatArray:
    """All ways to split a budget between n stakeholders in ``STEPS[n]`` steps, (J, n), rows sum to 1.

    The first row gives all to the first of them. 101, 231 and 1,771 rows.

    Raises:
        ValueError: n is not 2, 3 or 4.
    """
    if n not in STEPS:
        raise ValueError(f"the number of stakeholders must be one of {', '.join(map(str, STEPS))}, got {n}")
    steps = STEPS[n]
    counts = np.indices((steps + 1,) * (n - 1)).reshape(n - 1, -1).T
    counts = counts[counts.sum(axis=1) <= steps]
    grid = np.column_stack([counts, steps - counts.sum(axis=1)])[::-1] / steps
    grid.setflags(write=False)
    return grid


def demand(
    utility: CES,
    prices: npt.ArrayLike,
    amounts: npt.ArrayLike,
    columns: Sequence[int] = range(len(STAKEHOLDERS)),
    base: npt.ArrayLike = 0.0,
) -> FloatArray:
    """Benefits x ≥ 0 that maximise CES utility on each budget, exactly.

    With c_k = base_k + K > 0 and σ = 1/(1 − ρ), those who get something have W_k + K = s (θ_k/p_k)^σ
    and the others (θ_k/p_k)^σ s ≤ c_k, where s spends the budget. ρ = −∞ equalises from below. At
    ρ = 1 all goes to the largest θ_k/p_k, the first of several.

    Args:
        utility: the preference; its weights on stakeholders outside ``columns`` play no part.
        prices: (T, K), > 0.
        amounts: (T,), ≥ 0, raw units.
        columns: the K stakeholders' places in ``conventions.STAKEHOLDERS``.
        base: welfare before anything is bought, (K,) or a number, raw units.

    Returns:
        (T, K), raw units. NaN where no stakeholder on offer has a positive weight.

    Raises:
        ValueError: prices as in ``revealed.check_prices``, or base + K not positive.
    """
    p, m = check_prices(prices), np.asarray(amounts, float)
    columns = list(columns)
    theta = np.asarray(utility.theta)[columns]
    floor = np.broadcast_to(np.asarray(base, float) + utility.shift, p.shape)
    if np.any(floor <= 0):
        raise ValueError(f"base + K must be > 0, got {floor.min():g}")
    wanted = theta > 0
    if not wanted.any():
        return np.full(p.shape, np.nan)
    x = np.zeros(p.shape)
    p, floor = p[:, wanted], floor[:, wanted]
    if utility.rho == 1:
        best = np.argmax(theta[wanted] / p, axis=1)
        bought = np.zeros(p.shape)
        rows = np.arange(len(p))
        bought[rows, best] = m / p[rows, best]
    else:
        sigma = 0.0 if utility.rho == -np.inf else 1 / (1 - utility.rho)
        logs = sigma * (np.log(theta[wanted]) - np.log(p))
        weight = np.exp(logs - logs.max(axis=1, keepdims=True))
        bought = _fill(weight, p, floor, m)
    x[:, wanted] = bought
    return x


def _fill(weight: FloatArray, p: FloatArray, floor: FloatArray, m: FloatArray) -> FloatArray:
    """x = max(0, s·weight − floor) with s such that p·x = m: goods come in by floor/weight."""
    with np.errstate(divide="ignore"):
        entry = np.where(weight > 0, floor / weight, np.inf)
    order = np.argsort(entry, axis=1)
    entry, cost, back = (np.take_along_axis(a, order, 1) for a in (entry, p * weight, p * floor))
    level = (m[:, None] + np.cumsum(back, axis=1)) / np.cumsum(cost, axis=1)
    # The number of goods bought is the last one whose entry lies below the level that it leads to.
    number = np.sum(entry < level, axis=1)
    s = np.take_along_axis(level, np.maximum(number, 1)[:, None] - 1, 1)
    return np.maximum(0.0, s * weight - floor)


def welfare_of_shares(
    shares: npt.ArrayLike,
    prices: npt.ArrayLike,
    amount: npt.ArrayLike,
    columns: Sequence[int],
    base: float = 0.0,
) -> FloatArray:
    """Welfare (..., 4), raw units, of budget shares (..., K): base everywhere, and what was bought."""
    bought = np.asarray(shares, float) * np.asarray(amount, float) / np.asarray(prices, float)
    welfare = np.full((*bought.shape[:-1], len(STAKEHOLDERS)), float(base))
    welfare[..., list(columns)] += bought
    return welfare


def draw_shares(
    utility: CES,
    prices: npt.ArrayLike,
    amounts: npt.ArrayLike,
    columns: Sequence[int],
    temperature: float,
    rng: np.random.Generator,
    n: int = 1,
) -> FloatArray:
    """Budget shares (n, T, K) that n agents with this utility and noise τ choose from the grid."""
    p, m = check_prices(prices), np.asarray(amounts, float)
    grid = share_grid(p.shape[1])
    values = utility.utility(welfare_of_shares(grid, p[:, None], m[:, None, None], columns))
    out = np.empty((n, *p.shape))
    for agent in range(n):
        noisy = values + temperature * rng.gumbel(size=values.shape)
        out[agent] = grid[np.argmax(noisy, axis=1)]
    return out


def fit_demand(
    prices: npt.ArrayLike,
    bundles: npt.ArrayLike,
    temperature: npt.ArrayLike = 1.0,
    *,
    groups: npt.ArrayLike | None = None,
    base: float = 0.0,
    shift: float = SHIFT,
) -> CESFit:
    """Maximum-likelihood estimate of θ, ρ and γ from allocations of budgets, corners included.

    Every allocation is held against all others of the same expenditure on the grid, of which the
    nearest one makes room for it, so that amounts are not rounded. ``economics.estimation.fit_ces``
    does the rest: constraints, clustered standard errors, and intervals at bounds.

    Args:
        prices: (n, 4), NaN for stakeholders that were not on offer.
        bundles: (n, 4), benefits bought, raw units, ≥ 0; ignored where prices are NaN. Their cost is
            taken as the budget.
        temperature: τ > 0, a number or (n,).
        groups: cluster of each row; each row by default.
        base: welfare before anything is bought, raw units.
        shift: K, raw units.

    Raises:
        ValueError: as ``fit_ces`` (too few choices, a temperature of 0), or arrays that do not fit.
    """
    p, x = np.asarray(prices, float), np.asarray(bundles, float)
    if p.ndim != 2 or p.shape[1] != len(STAKEHOLDERS) or x.shape != p.shape:
        raise ValueError(
            f"prices and bundles must have shape (n, {len(STAKEHOLDERS)}), got {p.shape} and {x.shape}"
        )
    menus, chosen = [], []
    for row_p, row_x in zip(p, x, strict=True):
        columns = np.flatnonzero(np.isfinite(row_p))
        spent = row_p[columns] * row_x[columns]
        if not spent.sum() > 0:
            raise ValueError("every bundle must cost something: leave out allocations that spend nothing")
        shares = share_grid(len(columns)).copy()
        observed = spent / spent.sum()
        nearest = int(np.argmin(((shares - observed) ** 2).sum(axis=1)))
        shares[nearest] = observed
        menus.append(welfare_of_shares(shares, row_p[columns], spent.sum(), columns.tolist(), base))
        chosen.append(nearest)
    width = max((len(menu) for menu in menus), default=2)
    welfare = np.full((len(menus), width, len(STAKEHOLDERS)), np.nan)
    for row, menu in zip(welfare, menus, strict=True):
        row[: len(menu)] = menu
    return fit_ces(welfare, chosen, temperature, groups=groups, shift=shift)
