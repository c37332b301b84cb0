"""How fast the theory is: seconds for the record, and a ratio against a plain reference in one run.

The reference is the published recipe on the plainest code: SLSQP with numerical derivatives on the
same likelihood, one start, no standard errors.

    python -m benchmarks.speed [--million]
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize

from fiduciary.economics.conventions import SHIFT, TEMPERATURES
from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES

TRUE = CES((0.30, 0.25, 0.25, 0.20), 0.25)


def study(n: int, options: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """n choices among a fixed number of options, repeated from 10,000 distinct problems."""
    pool = [p for p in generate(min(4 * n, 44_000), seed) if p.n_options == options]
    distinct = stack(pool[: min(n, 10_000)])
    welfare = distinct[np.arange(n) % len(distinct)]
    rng = np.random.default_rng(seed)
    tau = np.resize(TEMPERATURES, n)
    return welfare, draw_choices(TRUE.utility(welfare), tau, rng), tau


def timed(work: Callable[[], object], repeats: int) -> float:
    """Median seconds."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        seconds.append(time.perf_counter() - start)
    return float(np.median(seconds))


def plain_slsqp(welfare: np.ndarray, chosen: np.ndarray, tau: np.ndarray) -> object:
    """The reference: numerical derivatives, one start."""
    rows = np.arange(len(welfare))

    def loss(p: np.ndarray) -> float:
        rho = p[4] if abs(p[4]) > 1e-6 else 1e-6
        v = np.exp(p[5]) * ((welfare + SHIFT) ** rho @ p[:4]) ** (1 / rho) / tau[:, None]
        v = v - v.max(axis=1, keepdims=True)
        return -float(np.mean(v[rows, chosen] - np.log(np.exp(v).sum(axis=1))))

    return minimize(
        loss,
        [0.25] * 4 + [0.5, 0.0],
        method="SLSQP",
        bounds=[(1e-6, 1)] * 4 + [(-20, 1), (-5, 5)],
        constraints={"type": "eq", "fun": lambda p: p[:4].sum() - 1},
    )


def main(argv: list[str] | None = None) -> int:
    """Print the table; the exit code says whether the figures asked for were reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--million", action="store_true", help="also fit 1,000,000 problems")
    args = parser.parse_args(argv)
    generation = timed(lambda: generate(10_000, 1), 5)
    print(f"{'generate 10,000 problems':<58}{generation:8.3f} s   (asked: <= 1 s)")
    data = study(10_000)
    ours = timed(lambda: fit_ces(*data), 5)
    reference = timed(lambda: plain_slsqp(*data), 1)
    print(
        f"{'fit_ces with standard errors, 10,000 problems x 4 options':<58}{ours:8.3f} s   (asked: <= 0.4 s)"
    )
    print(
        f"{'plain SLSQP, one start, no standard errors':<58}{reference:8.3f} s   "
        f"({reference / ours:.1f} x ours)"
    )
    fine = generation <= 1 and ours <= 0.4
    if args.million:
        data = study(1_000_000)
        seconds = timed(lambda: fit_ces(*data), 1)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        print(
            f"{'fit_ces with standard errors, 1,000,000 problems':<58}{seconds:8.1f} s   (asked: <= 60 s); "
            f"process peak {peak / 2**20:.2f} GiB (asked: <= 4 GB)"
        )
        fine &= seconds <= 60 and peak / 2**20 <= 4
    return 0 if fine else 1


if __name__ == "__main__":
    raise SystemExit(main())
