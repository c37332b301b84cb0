"""Consistency of paired choices: speed, level and power of the tests, coverage of the intervals.

Triads are those of the transitivity task. Level: the share of 500 simulated respondents, 30 triads each,
whose consistency is rejected at 5 %, at the least favourable probabilities and for consistent noisy
respondents (the neutral CES of the study at the temperatures in use; one with a strong position bias and
missing answers). Power: the share of simulated cyclic respondents that are found out.

    python -m benchmarks.consistency [--runs 500]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterator

import numpy as np
from scipy.special import expit

from fiduciary.economics.choice_sets import draw_sets
from fiduciary.economics.consistency.indices import INDICES, indices, parts
from fiduciary.economics.consistency.noise import HYPOTHESES, STATISTICS, consistency_test
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.profile import bootstrap, rationality_profile
from fiduciary.economics.consistency.random_answers import distribution
from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.utility import profile
from fiduciary.subjects.utilities import Cyclic

TRIADS, POOL = 30, 600
CONSTANT, MISSING = 1.5, 0.05
FINDS = {
    0.2: {"circles": 2, "weak": 5, "moderate": 3, "strong": 3, "random_utility": 3},
    1.0: {"circles": 5, "weak": 10, "moderate": 5, "strong": 5, "random_utility": 5},
}
"""Answers in each order from which 90 % power is asked on the task's own triads, by temperature: the task
asks five times at temperature 1."""


def draw(
    p: np.ndarray, each: int, rng: np.random.Generator, constant: float = 0.0, missing: float = 0.0
) -> PairedChoices:
    """Answers to sets with P(i over j) (sets, 3, 3), ``each`` in either order."""
    asked = rng.binomial(each * (1 - np.eye(p.shape[1], dtype=int)) * np.ones(p.shape, int), 1 - missing)
    if constant:
        inside = np.clip(p, 1e-12, 1 - 1e-12)
        p = expit(np.log(inside / (1 - inside)) + constant)
    return PairedChoices(asked, rng.binomial(asked, p))


def rejections(
    runs: int,
    make: Callable[[np.random.Generator], PairedChoices],
    names: tuple[str, ...] = tuple(HYPOTHESES),
) -> dict[str, float]:
    """Share of runs in which each hypothesis is rejected at 5 %."""
    count = dict.fromkeys(names, 0)
    for run in range(runs):
        choices = make(np.random.default_rng([run, 17]))
        for name in names:
            # One seed: the simulated distributions of a design are kept from run to run.
            count[name] += consistency_test(choices, name, replications=1999).rejected()
    return {name: n / runs for name, n in count.items()}


def least_favourable(name: str, each: int, m: int = 3) -> np.ndarray:
    """The listed probabilities under which the statistic's 95 % quantile is largest."""
    asked = np.repeat(each * (1 - np.eye(m, dtype=int))[None], TRIADS, axis=0)
    data, rng = PairedChoices(asked, 0 * asked), np.random.default_rng(0)

    def high(p: Callable[[int], np.ndarray]) -> float:
        blocks = distribution(data, STATISTICS[name], p, rng)
        return sum(b.mean for b in blocks) + 1.645 * np.sqrt(sum(b.variance for b in blocks))

    return max(HYPOTHESES[name].values(), key=high)(m)


def line(what: str, found: dict[str, float], asked: str, fine: bool) -> bool:
    """Print a row of shares."""
    shares = "  ".join(f"{name} {share:6.1%}" for name, share in found.items())
    print(f"{what:<58}{shares}   (asked: {asked}){'' if fine else '   MISSED'}", flush=True)
    return fine


def speed() -> Iterator[bool]:
    """Seconds for 10,000 triads."""
    rng = np.random.default_rng(0)
    u = rng.normal(size=(10_000, 3))
    p = expit(u[:, :, None] - u[:, None, :])
    for each, missing in ((1, 0.0), (5, 0.0), (5, MISSING)):
        choices = draw(p, each, rng, missing=missing)
        start = time.perf_counter()
        indices(choices)
        seconds = time.perf_counter() - start
        what = f"indices of 10,000 triads, {each} answers in each order" + (
            ", 5 % missing" if missing else ""
        )
        print(f"{what:<70}{seconds:7.3f} s   (asked: <= 2 s)", flush=True)
        yield seconds <= 2
    for sets, missing in ((TRIADS, 0.0), (TRIADS, MISSING), (10_000, 0.0)):
        choices = draw(p[:sets], 2, rng, missing=missing)
        start = time.perf_counter()
        rationality_profile(choices)
        what = f"whole profile with its tests, {sets:,} triads" + (", 5 % missing" if missing else "")
        print(f"{what:<70}{time.perf_counter() - start:7.3f} s", flush=True)


def levels(runs: int, difference: np.ndarray) -> Iterator[bool]:
    """Type I errors."""
    for m, each in ((3, 1), (3, 2), (3, 5), (4, 2), (5, 1)):
        found = {}
        for name in HYPOTHESES:
            p = np.broadcast_to(least_favourable(name, each, m), (TRIADS, m, m))
            make = lambda rng, p=p, each=each: draw(p, each, rng)  # noqa: E731
            found |= rejections(runs, make, (name,))
        fine = all(0.02 <= share <= 0.08 for share in found.values())
        yield line(f"level, least favourable, sets of {m}, {each} in each order", found, "2 to 8 %", fine)

    def consistent(tau: float, each: int, **how: float) -> Callable[[np.random.Generator], PairedChoices]:
        def make(rng: np.random.Generator) -> PairedChoices:
            sets = rng.choice(len(difference), TRIADS, replace=False)
            return draw(expit(difference[sets] / tau), each, rng, **how)

        return make

    for each in (1, 3):
        for tau in TEMPERATURES:
            found = rejections(runs, consistent(tau, each))
            fine = max(found.values()) <= 0.08
            yield line(f"level, neutral CES, τ = {tau}, {each} in each order", found, "<= 8 %", fine)
    found = rejections(runs, consistent(1.0, 2, constant=CONSTANT, missing=MISSING))
    what = f"level, τ = 1, position constant {CONSTANT}, {MISSING:.0%} missing, 2"
    yield line(what, found, "<= 8 %", max(found.values()) <= 0.08)


def power(runs: int, advantage: np.ndarray) -> Iterator[bool]:
    """Shares of cyclic respondents found out: on triads of the task as they come, and on turning ones."""
    signs = np.sign(advantage[:, [0, 1, 2], [1, 2, 0]]).sum(axis=1)
    turning = np.flatnonzero(np.abs(signs) == 3)
    print(f"the cyclic respondent turns in {len(turning) / len(advantage):.0%} of the task's triads")

    def cyclic(tau: float, each: int, among: np.ndarray) -> Callable[[np.random.Generator], PairedChoices]:
        def make(rng: np.random.Generator) -> PairedChoices:
            sets = rng.choice(among, TRIADS, replace=False)
            return draw(expit(advantage[sets] / tau), each, rng)

        return make

    everything = np.arange(len(advantage))
    for each in (1, 2, 3, 5, 10):
        for tau in FINDS:
            found = rejections(runs, cyclic(tau, each, everything))
            asked = [name for name, n in FINDS[tau].items() if each >= n]
            says = f">= 90 %: {', '.join(asked)}" if asked else "no figure"
            fine = all(found[name] >= 0.9 for name in asked)
            yield line(f"power, cyclic, task's triads, τ = {tau}, {each} in each order", found, says, fine)
    for tau in (0.2, 1.0):
        found = rejections(runs, cyclic(tau, 1, turning))
        yield line(
            f"power, cyclic, turning triads, τ = {tau}, 1 in each order",
            found,
            ">= 90 %" if tau < 1 else "no figure",
            tau >= 1 or min(found.values()) >= 0.9,
        )


def coverage(runs: int, difference: np.ndarray) -> Iterator[bool]:
    """Shares of 95 % intervals that hold the index of the population that sets are drawn from."""
    rng = np.random.default_rng(5)
    p = expit(difference / 1.0)
    for sets in (TRIADS, 100):
        truth = {name: 0.0 for name in INDICES}
        times = 200
        for _ in range(times):
            for name, value in indices(draw(p, 1, rng)).items():
                truth[name] += value / times
        hits = dict.fromkeys(INDICES, 0)
        for _ in range(runs):
            choices = draw(p[rng.integers(len(p), size=sets)], 1, rng)
            for name, (low, high) in bootstrap(parts(choices), rng, 499, 0.95).items():
                hits[name] += low <= truth[name] <= high
        found = {name: n / runs for name, n in hits.items()}
        shares = "  ".join(f"{name} {share:.1%} (truth {truth[name]:.3f})" for name, share in found.items())
        print(f"coverage of 95 % intervals, {sets} triads: {shares}   (asked: >= 90 %)", flush=True)
        # No upper limit: an interval for half a circle expected in thirty sets cannot but cover too much.
        yield all(share >= 0.9 for share in found.values())


def main(argv: list[str] | None = None) -> int:
    """Print all tables; the exit code says whether the figures asked for were reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=500, help="simulated respondents for each figure")
    args = parser.parse_args(argv)
    welfare = np.stack([found.options.displayed() for found in draw_sets(POOL, 1)])
    utility = profile("study1").utility(welfare)
    difference = utility[:, :, None] - utility[:, None, :]
    advantage = np.stack([Cyclic().advantage(one) for one in welfare])
    fine = [
        *speed(),
        *power(args.runs, advantage),
        *coverage(args.runs, difference),
        *levels(args.runs, difference),
    ]
    print(f"{sum(fine)} of {len(fine)} figures reached")
    return 0 if all(fine) else 1


if __name__ == "__main__":
    raise SystemExit(main())
