"""Does the estimator return what was put in, and are its intervals as wide as they say?

Simulates choices of known preferences, fits them, and prints bias against sampling deviation,
coverage of 95 % intervals and root-mean-square error.

    python -m benchmarks.recovery --replications 1000
"""

from __future__ import annotations

import argparse
import os
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.estimation.intervals import contains
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, profile


@dataclass(frozen=True)
class Point:
    """A preference, the design it is asked under, and what is asked of its estimate."""

    label: str
    utility: CES
    trade_offs: str
    interior: bool


POINTS = (
    Point("study 1, published design", profile("study1"), "published", True),
    Point("interior, joint design", CES((0.30, 0.25, 0.25, 0.20), 0.25), "joint", True),
    Point("for-profit target", profile("for_profit"), "default", False),
    Point("symmetric target", profile("symmetric"), "default", False),
    Point("non-profit target", profile("nonprofit"), "default", False),
)


def replicate(point: Point, n: int, seed: int) -> tuple[np.ndarray, np.ndarray, bool]:
    """One simulated study: estimates (6,), whether each 95 % interval covers (6,), converged."""
    rng = np.random.default_rng([seed, 1])
    welfare = stack(generate(n, seed, trade_offs=point.trade_offs))
    tau = rng.permutation(np.resize(TEMPERATURES, n))
    fit = fit_ces(welfare, draw_choices(point.utility.utility(welfare), tau, rng), tau)
    truth = true_values(point)
    covers = [
        np.nan if np.isnan(t) else contains(fit, name, t) for name, t in zip(fit.names, truth, strict=True)
    ]
    return fit.values, np.array(covers, float), fit.converged


def true_values(point: Point) -> np.ndarray:
    """θ, ρ and γ; ρ is NaN where one stakeholder takes all, since nothing depends on it."""
    u = point.utility
    return np.array([*u.theta, np.nan if max(u.theta) == 1 else u.rho, u.gamma])


def report(point: Point, n: int, replications: int, workers: int) -> bool:
    """Print the table of one point; return whether it reaches the figures asked for."""
    with ProcessPoolExecutor(workers) as pool:
        work = pool.map(partial(replicate, point, n), range(replications), chunksize=10)
        estimates, covers, converged = (np.array(part) for part in zip(*work, strict=True))
    truth = true_values(point)
    bias = estimates.mean(axis=0) - truth
    sd = estimates.std(axis=0, ddof=1)
    rmse = np.sqrt(((estimates - truth) ** 2).mean(axis=0))
    coverage = covers.mean(axis=0)
    names = ("SH", "EM", "CO", "SOC", "rho", "gamma")
    print(f"\n{point.label}: {replications} replications of N = {n}, {converged.mean():.1%} converged")
    print(f"{'':8}{'true':>8}{'bias':>10}{'sd':>9}{'|bias|/sd':>11}{'rmse':>9}{'coverage':>10}")
    fine = True
    for i, name in enumerate(names):
        if np.isnan(truth[i]):
            print(f"{name:8}{'undefined':>8}")
            continue
        ratio = abs(bias[i]) / sd[i] if sd[i] > 0 else 0.0
        interior = ratio <= 0.25 and 0.93 <= coverage[i] <= 0.97
        ok = interior if point.interior else coverage[i] >= 0.94
        fine &= bool(ok)
        print(
            f"{name:8}{truth[i]:>8.3f}{bias[i]:>10.4f}{sd[i]:>9.4f}{ratio:>11.2f}{rmse[i]:>9.4f}"
            f"{coverage[i]:>10.3f}{'' if ok else '   <- outside what is asked'}"
        )
    return fine


def main(argv: list[str] | None = None) -> int:
    """Run all points; the exit code says whether every figure was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--n", type=int, default=1000, help="problems a replication (default 1000)")
    parser.add_argument("--workers", type=int, default=os.cpu_count())
    parser.add_argument("--point", type=int, action="append", help=f"index 0 … {len(POINTS) - 1}; repeatable")
    args = parser.parse_args(argv)
    chosen = [POINTS[i] for i in args.point] if args.point else POINTS
    return 0 if all([report(point, args.n, args.replications, args.workers) for point in chosen]) else 1


if __name__ == "__main__":
    raise SystemExit(main())
