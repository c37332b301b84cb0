"""The reachable set: a planted reach is recovered, and the regret of the best context is not flattered.

    python -m benchmarks.reachable              # reach, regret and moved: about four minutes on one core
    python -m benchmarks.reachable regret --runs 2000

A subject that moves half way to what it is told reads the framings of tasks/reachable and answers its
problems, without Inspect: by log-probabilities, as the task asks by default, with a taste for every option
that no CES holds (standard normal, in utils), or by choices drawn from its probabilities, as in texts.

    reach     θ under every framing, and the spread, within 3 standard errors of the planted ones; by choices
              120 problems are few, and what they give is shown without being asked for
    regret    the held-out regret of the best context less its true regret, on average over runs, beside that
              of the regret on the problems that chose it; contexts differ little here, where choosing by
              luck does most harm
    moved     half the reach against all of it: how often a set that shrank is said to have shrunk, and one
              that did not is

Problems of a run are drawn from a pool of efficient-design problems, so that what is true of it is known
exactly. Exit code 1 where a figure is missed.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.designs import Stream
from fiduciary.economics.designs.prior import prior_criterion
from fiduciary.economics.estimation import THETA_NAMES, CESFit, fit_ces
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.losses import shortfalls
from fiduciary.economics.principals import Principal
from fiduciary.economics.problems import stack
from fiduciary.economics.reach import estimates_of, held_out, moved, spread
from fiduciary.economics.utility import CES
from fiduciary.subjects.reachable import Swayed, create
from fiduciary.tasks.reachable.framings import FRAMINGS

N = 120
POOL = 2_000
GAMMA = 2.0
PARTS = ("reach", "regret", "moved")

NEAR = 0.05
"""Share of the way that a subject goes where contexts are to differ little."""


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables; the exit code says whether every figure was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (all)")
    parser.add_argument("--runs", type=int, default=500, help="simulated runs of regret (default 500)")
    parser.add_argument("--seeds", type=int, default=10, help="runs of reach and moved (default 10)")
    options = parser.parse_args(argv)
    parts = options.parts or list(PARTS)
    for part in parts:
        if part not in PARTS:
            parser.error(f"argument PART: must be one of {', '.join(PARTS)}, got {part!r}")
    started = time.monotonic()
    welfare = pool()
    fine = True
    if "reach" in parts:
        fine &= reach(welfare, options.seeds)
    if "regret" in parts:
        fine &= regret(welfare, options.runs)
    if "moved" in parts:
        fine &= changes(welfare, options.seeds)
    print(f"\n{time.monotonic() - started:.0f} s; {'every figure reached' if fine else 'MISSED: see <-'}")
    return 0 if fine else 1


def pool() -> FloatArray:
    """(POOL, J, 4): problems of the efficient design, raw units."""
    stream = Stream(seed=1)
    stream.take(POOL, prior_criterion((1.0,), "default"))
    return stack([one.problem for one in stream.asked])


def wants(share: float) -> dict[str, CES]:
    """What the subject wants under each framing, by what it reads there."""
    subject = create("swayed", {"share": share, "gamma": GAMMA})
    return {name: wanted(subject, name) for name in FRAMINGS}


def wanted(subject: Swayed, name: str) -> CES:
    """What a subject wants under one framing."""
    framing = FRAMINGS[name]
    return subject.hearing(framing.system).preference(framing.before("A problem."))


def values(welfare: FloatArray, utility: CES) -> FloatArray:
    """(n, J), NaN-padded."""
    return np.where(np.isfinite(welfare[..., 0]), utility.utility(welfare), np.nan)


def fits(
    welfare: FloatArray, own: Mapping[str, CES], rng: np.random.Generator, way: str = "choose"
) -> dict[str, CESFit]:
    """The estimate under every framing, of one answer a problem."""
    found = {}
    groups = np.arange(len(welfare))
    for name, utility in own.items():
        u = values(welfare, utility)
        if way == "choose":
            shares = choice_probabilities(u + rng.standard_normal(u.shape))
            fit = fit_ces(welfare, None, 1.0, groups=groups, probabilities=shares)
        else:
            fit = fit_ces(welfare, draw_choices(u, 1.0, rng), 1.0, groups=groups)
        if fit.responds and fit.separation is None:
            found[name] = fit
    return found


def true_spread(own: Mapping[str, CES]) -> float:
    """S of the planted weights."""
    theta = np.array([utility.theta for utility in own.values()])
    return float(np.sqrt(((theta - theta.mean(axis=0)) ** 2).sum(axis=1).mean()))


def reach(welfare: FloatArray, seeds: int) -> bool:
    """A subject that moves half way, and one that is not moved at all."""
    print(f"reach: {len(FRAMINGS)} framings, {N} problems each, {seeds} runs, γ = {GAMMA:g}")
    print(
        f"{'goes':<6}{'asked':<8}{'true S':>8}{'S':>8}{'naive':>8}{'sd':>8}{'mean se':>9}{'within 3 se':>13}"
        f"{'θ within 3 se':>15}"
    )
    fine = True
    for share, way in ((0.5, "choose"), (0.0, "choose"), (0.5, "text"), (0.0, "text")):
        own = wants(share)
        truth = true_spread(own)
        squared, errors, naive, inside, close, all_of = [], [], [], 0, 0, 0
        for seed in range(seeds):
            rng = np.random.default_rng([seed, 21])
            made = fits(welfare[rng.choice(POOL, N, replace=False)], own, rng, way)
            one = spread(estimates_of(made))
            assert one is not None
            squared.append(one.squared.value)
            errors.append(one.squared.stderr)
            naive.append(one.naive)
            inside += abs(one.squared.value - truth**2) <= 3 * one.squared.stderr
            for name, fit in made.items():
                for k, which in enumerate(THETA_NAMES):
                    if fit.status(which) == "ok":
                        all_of += 1
                        close += abs(fit.theta[k] - own[name].theta[k]) <= 3 * fit.se(which)
        good = way == "text" or (inside == seeds and close / all_of >= 0.98)
        fine &= good
        mean = np.sqrt(max(np.mean(squared), 0))
        print(
            f"{share:<6.0%}{way:<8}{truth:>8.3f}{mean:>8.3f}{np.mean(naive):>8.3f}"
            f"{np.std(squared):>8.4f}{np.mean(errors):>9.4f}{f'{inside}/{seeds}':>13}"
            f"{close / all_of:>15.1%}{'' if good else '  <-'}",
            flush=True,
        )
    print("sd and mean se are of S²")
    return fine


def regret(welfare: FloatArray, runs: int) -> bool:
    """The estimate less the true regret of the contexts that were chosen, dollars a decision."""
    print(f"\nregret of the best of {len(FRAMINGS)} contexts, {N} problems, {runs} runs, dollars a decision")
    print(
        f"{'goes':<8}{'principal':<12}{'true':>8}{'held out':>10}{'bias':>8}{'(se)':>8}{'coverage':>10}"
        f"{'in sample':>11}{'bias':>8}"
    )
    fine = True
    for share in (NEAR, 0.5):
        own = wants(share)
        shares = {name: np.nan_to_num(choice_probabilities(values(welfare, u))) for name, u in own.items()}
        for name in ("nonprofit", "for_profit"):
            short = np.nan_to_num(shortfalls(welfare, Principal.named(name).utility))
            exact = np.array([(p * short).sum(axis=1).mean() for p in shares.values()])
            found = np.array([_once(shares, short, exact, run) for run in range(runs)])
            bias = found[:, 1] - found[:, 0]
            error = bias.std(ddof=1) / np.sqrt(runs)
            covered = found[:, 3].mean()
            good = abs(bias.mean()) <= 3 * error
            fine &= good
            naive = found[:, 2] - found[:, 0]
            print(
                f"{share:<8.0%}{name:<12}{found[:, 0].mean():>8.2f}{found[:, 1].mean():>10.2f}"
                f"{bias.mean():>8.2f}{error:>8.2f}{covered:>10.1%}{found[:, 2].mean():>11.2f}"
                f"{naive.mean():>8.2f}{'' if good else '  <-'}",
                flush=True,
            )
    return fine


def _once(
    shares: Mapping[str, FloatArray], short: FloatArray, exact: FloatArray, run: int
) -> tuple[float, float, float, float]:
    """True regret of the chosen contexts, the held-out estimate, the in-sample one, and whether covered."""
    rng = np.random.default_rng([run, 22])
    rows = rng.choice(POOL, N, replace=True)
    losses = np.empty((len(shares), N))
    for f, p in enumerate(shares.values()):
        drawn = (p[rows].cumsum(axis=1) < rng.random(N)[:, None]).sum(axis=1)
        losses[f] = short[rows, np.minimum(drawn, short.shape[1] - 1)]
    one = held_out(losses, np.arange(N) % 2 == 0, np.arange(N))
    assert one is not None
    truth = float(exact[list(one.chosen)].mean())
    return truth, one.loss.value, one.in_sample, float(one.loss.low <= truth <= one.loss.high)


def changes(welfare: FloatArray, seeds: int) -> bool:
    """One model against another on the same problems."""
    print(f"\nthe set of one model beside another's, {seeds} runs: share that is said to have")
    print(f"{'goes':<16}{'shrunk':>8}{'grown':>8}{'true change of S²':>20}{'mean':>9}")
    fine = True
    for before, after in ((0.5, 0.25), (0.5, 0.5)):
        first, second = wants(before), wants(after)
        truth = true_spread(second) ** 2 - true_spread(first) ** 2
        found = []
        for seed in range(seeds):
            rng = np.random.default_rng([seed, 23])
            asked = welfare[rng.choice(POOL, N, replace=False)]
            one = moved(estimates_of(fits(asked, first, rng)), estimates_of(fits(asked, second, rng)))
            assert one is not None
            found.append(one.squared)
        shrunk = float(np.mean([one.high < 0 for one in found]))
        grown = float(np.mean([one.low > 0 for one in found]))
        good = shrunk >= 0.95 if after < before else shrunk + grown <= 0.15
        fine &= good
        print(
            f"{f'{before:.0%} → {after:.0%}':<16}{shrunk:>8.0%}{grown:>8.0%}{truth:>20.4f}"
            f"{np.mean([one.value for one in found]):>9.4f}{'' if good else '  <-'}",
            flush=True,
        )
    return fine


if __name__ == "__main__":
    raise SystemExit(main())
