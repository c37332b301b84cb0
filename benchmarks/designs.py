"""What efficient and adaptive designs save, and whether intervals stay honest when answers choose questions.

    python -m benchmarks.designs                     # the table of calls, and adaptive runs until they stop
    python -m benchmarks.designs --coverage 1000     # 95 % intervals under adaptive choice and stopping

Calls for a standard error of θ of .01, by text (one answer at one of three temperatures) and by
log-probabilities with utilities that stray from any CES, for twelve preferences that no design was made for.
Adaptive runs are simulated until they stop, everything counted; beside them the limit of a design that knows
the truth.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import partial

import numpy as np

from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.designs import POPULATION, Asked, Criterion, Stream
from fiduciary.economics.designs.adaptive import FIRST, criterion_after, next_size, standard_error
from fiduciary.economics.designs.prior import draw_preferences, prior_criterion
from fiduciary.economics.designs.sample_size import precision
from fiduciary.economics.estimation import NO_ESTIMATE, CESFit, fit_ces
from fiduciary.economics.estimation.intervals import contains
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.problems import MAX_OPTIONS
from fiduciary.economics.utility import CES, profile

HELD_OUT = draw_preferences(12, seed=7)
"""Drawn apart from those for which an efficient design is made (seed 0)."""

ERROR = 0.01
DISTURBANCE = 1.0  # utils, as the sample-size calculator takes it
MOST = 40_000  # problems of a simulated run, which stops far below

STOPS = {"text": 0.02, "choose": 0.01}
"""Where coverage runs stop: after some batches that answers chose."""

COVERED = (
    ("study 1", profile("study1")),
    ("interior", CES((0.30, 0.25, 0.25, 0.20), 0.25)),
    ("near a bound", CES((0.05, 0.45, 0.30, 0.20), 0.5, 2.0)),
)


@dataclass(frozen=True)
class Played:
    """A simulated adaptive run.

    Attributes:
        n: problems asked.
        fit: the last estimate.
    """

    n: int
    fit: CESFit


class Answers:
    """What a preference answers, as the estimator takes it."""

    def __init__(self, utility: CES, seed: int, soft: bool, disturbance: float) -> None:
        self.utility, self.soft, self.disturbance = utility, soft, disturbance
        self.rng = np.random.default_rng([seed, 0xA5])
        self.taus = (1.0,) if soft else TEMPERATURES
        self.welfare = np.empty((0, MAX_OPTIONS, 4))
        self.place = np.empty((0, MAX_OPTIONS), np.int64)
        self.chosen = np.empty(0, np.int64)
        self.tau = np.empty(0)
        self.probabilities = np.empty((0, MAX_OPTIONS))

    def ask(self, new: Sequence[Asked]) -> None:
        """Answer problems."""
        w = np.full((len(new), MAX_OPTIONS, 4), np.nan)
        for k, one in enumerate(new):
            w[k, : one.problem.n_options] = one.problem.displayed()
        exists = ~np.isnan(w[..., 0])
        tau = self.rng.permutation(np.resize(self.taus, len(new)))
        v = self.utility.utility(w) + self.disturbance * self.rng.standard_normal(exists.shape)
        shuffled = np.argsort(np.argsort(np.where(exists, self.rng.random(exists.shape), 2.0)))
        self.welfare, self.tau = np.concatenate([self.welfare, w]), np.concatenate([self.tau, tau])
        self.place = np.concatenate([self.place, np.where(exists, shuffled, -1)])
        p = np.where(exists, choice_probabilities(v, tau), np.nan)
        self.probabilities = np.concatenate([self.probabilities, p])
        self.chosen = np.concatenate([self.chosen, draw_choices(v, tau, self.rng)])

    def fit(self) -> CESFit:
        """The estimate from all answers."""
        return fit_ces(
            self.welfare,
            None if self.soft else self.chosen,
            self.tau,
            position=self.place,
            probabilities=self.probabilities if self.soft else None,
        )


def play(utility: CES, seed: int, stop_at: float, *, soft: bool = False, disturbance: float = 0.0) -> Played:
    """An adaptive run until it stops."""
    answers, stream = Answers(utility, seed, soft, disturbance), Stream(seed)
    taus = tuple(answers.taus)
    chosen: Criterion = prior_criterion(taus, "default")
    size, batch = FIRST, 0
    while True:
        answers.ask(stream.take(size, chosen, batch))
        n = len(stream.asked)
        found = answers.fit()
        error = standard_error(found)
        if error <= stop_at or n >= MOST:
            return Played(n, found)
        batch += 1
        size = next_size(n, error, stop_at)
        chosen = criterion_after(found, taus, "default", batch) or prior_criterion(taus, "default")


def calls(workers: int) -> bool:
    """The table; whether its figures were reached."""
    fine, published_by_text = True, np.empty(0)
    for way in ("text", "choose"):
        soft = way == "choose"
        needed: dict[str, list[int]] = {}
        for name, mix, design in (
            ("published", "published", "random"),
            ("random (default)", "default", "random"),
            ("joint alone", "joint", "random"),
            ("efficient", "default", "efficient"),
        ):
            needed[name] = [
                precision(
                    u,
                    design=design,
                    elicitation=way,
                    trade_offs=mix,
                    disturbance=DISTURBANCE,  # type: ignore[arg-type]
                ).needed(ERROR)
                for u in HELD_OUT
            ]
        one = partial(play, stop_at=ERROR, soft=soft, disturbance=DISTURBANCE if soft else 0.0)
        with ProcessPoolExecutor(workers) as pool:
            played = list(pool.map(one, HELD_OUT, range(len(HELD_OUT))))
        needed["adaptive, simulated"] = [run.n for run in played]
        # A design that knows the truth: what an adaptive one asks later, without its first batch and without
        # what it draws from the population.
        needed["limit (knows the truth)"] = [_limit(u, way) for u in HELD_OUT]
        published = np.array(needed["published"], float)
        published_by_text = published if not soft else published_by_text
        print(
            f"\nproblems for a standard error of θ of {ERROR:g}, {way}, mean over {len(HELD_OUT)} preferences"
        )
        print(f"{'design':<26}{'problems':>10}{'times fewer':>13}{'worst':>8}{'of limit':>10}")
        limit = np.mean(needed["limit (knows the truth)"])
        for name, counts in needed.items():
            n = np.array(counts, float)
            fewer, least = published.mean() / n.mean(), (published / n).min()
            print(f"{name:<26}{n.mean():>10,.0f}{fewer:>13.1f}{least:>8.1f}{limit / n.mean():>10.0%}")
        gain = {name: published.mean() / np.mean(n) for name, n in needed.items()}
        worst = (published / np.array(needed["adaptive, simulated"])).min()
        fine &= gain["efficient"] >= 5 and gain["adaptive, simulated"] >= 6 and worst >= 3
        fine &= limit / np.mean(needed["adaptive, simulated"]) >= 0.7
        if soft:
            together = published_by_text.mean() / np.mean(needed["adaptive, simulated"])
            print(f"adaptive by choose against published by text: {together:.1f} times fewer")
            fine &= together >= 10
    print(
        "asked: efficient >= 5 and adaptive >= 6 times fewer, worst >= 3, adaptive >= 70% of the limit; "
        f"together >= 10: {'reached' if fine else 'MISSED'}"
    )
    return fine


def _limit(utility: CES, way: str) -> int:
    found = precision(utility, design="adaptive", elicitation=way)  # type: ignore[arg-type]
    return max(1, round((1 - POPULATION) * (found.needed(ERROR) - FIRST)))


def replicate(utility: CES, soft: bool, stop_at: float, seed: int) -> tuple[list[bool], int]:
    """Whether each 95 % interval of θ covers the truth in a run that stopped itself, and how long it was."""
    run = play(utility, seed, stop_at, soft=soft, disturbance=0.5 if soft else 0.0)
    try:
        return [
            contains(run.fit, name, t) for name, t in zip(run.fit.names, utility.theta, strict=False)
        ], run.n
    except NO_ESTIMATE:
        return [], run.n


def coverage(replications: int, workers: int) -> bool:
    """Coverage of each way of asking, pooled and by preference; whether it lies within 93 to 97 %."""
    fine = True
    print("\ncoverage of 95 % intervals of θ in adaptive runs that stop themselves")
    for way, stop_at in STOPS.items():
        pooled = []
        for k, (name, utility) in enumerate(COVERED):
            seeds = range(1 + k, replications + 1, len(COVERED))
            one = partial(replicate, utility, way == "choose", stop_at)
            with ProcessPoolExecutor(workers) as pool:
                found = list(pool.map(one, seeds, chunksize=4))
            covered = np.array([row for row, _ in found if row])
            pooled.append(covered)
            n = np.mean([count for _, count in found])
            shares = ", ".join(f"{share:.3f}" for share in covered.mean(axis=0))
            print(
                f"{way:<8}{name:<14}{len(covered):>6} runs of {n:>5.0f} problems, to {stop_at:g}  "
                f"{covered.mean():.3f}  ({shares})",
                flush=True,
            )
        share = float(np.concatenate(pooled).mean())
        fine &= 0.93 <= share <= 0.97
        print(f"{way:<8}all: {share:.3f}, asked .93 to .97{'' if 0.93 <= share <= 0.97 else '  MISSED'}")
    return fine


def main(argv: Sequence[str] | None = None) -> int:
    """Print what is asked for; 1 where a figure was missed."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.designs",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--coverage", type=int, metavar="N", help="so many replications, in place of the table"
    )
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    options = parser.parse_args(argv)
    if options.coverage:
        return int(not coverage(options.coverage, options.workers))
    return int(not calls(options.workers))


if __name__ == "__main__":
    raise SystemExit(main())
