"""Find the lever ranges under which displayed welfare has the published means and deviations.

The study prints the distribution of the displayed welfare but neither baselines nor option ranges.
This minimises the squared relative differences from the eight published moments over the six ends
of ``economics.problems.LEVER_RANGES``, with common random numbers. Its result, rounded, is what that
constant records:

    python -m benchmarks.calibrate_environment
"""

from __future__ import annotations

from types import MappingProxyType

import numpy as np
from scipy.optimize import minimize

from fiduciary.economics import problems
from fiduciary.economics.conventions import STAKEHOLDERS

PUBLISHED = {  # dollars: mean, standard deviation. Source: Foster & Rawski.
    "shareholders": (1170.5, 578.0),
    "employees": (1139.0, 540.0),
    "consumers": (1098.0, 570.0),
    "society": (1168.0, 473.0),
}
NAMES = ("Q", "wage_premium", "R")


def deviations(n: int = 4000, seed: int = 1) -> np.ndarray:
    """Relative differences from the published moments, (4 stakeholders, mean and sd)."""
    found = problems.describe(problems.generate(n, seed, trade_offs="published"))
    return np.array([np.array(found[k]) / np.array(PUBLISHED[k]) - 1 for k in STAKEHOLDERS])


def _set(ends: np.ndarray) -> None:
    ranges = ends.reshape(3, 2)
    problems.LEVER_RANGES = MappingProxyType(
        {name: (float(lo), float(hi)) for name, (lo, hi) in zip(NAMES, ranges, strict=True)}
    )


def loss(ends: np.ndarray) -> float:
    ranges = ends.reshape(3, 2)
    if np.any(ranges < 0.05) or np.any(np.diff(ranges, axis=1) < 0.1) or ranges[2, 1] > 1:
        return 1e3
    _set(ends)
    return float(np.sum(deviations() ** 2))


if __name__ == "__main__":
    start = np.array([problems.LEVER_RANGES[name] for name in NAMES]).ravel()
    best = minimize(loss, start, method="Nelder-Mead", options={"maxfev": 500, "xatol": 1e-3, "fatol": 1e-7})
    _set(np.round(best.x, 2))
    print(dict(problems.LEVER_RANGES))
    print(f"{'':14}{'mean':>10}{'published':>11}{'sd':>10}{'published':>11}")
    for name, (mean, sd) in problems.describe(problems.generate(20_000, 2, trade_offs="published")).items():
        print(f"{name:14}{mean:10.1f}{PUBLISHED[name][0]:11.1f}{sd:10.1f}{PUBLISHED[name][1]:11.1f}")
    print("largest relative difference:", np.abs(deviations(20_000, 2)).max().round(3))
