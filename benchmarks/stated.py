"""Stated against revealed: who says one thing and does another is found, and who does not is let be.

    python -m benchmarks.stated                # 200 seeds, each subject and way of asking
    python -m benchmarks.stated --seeds 1000

A candid subject states the rates of the preference that it chooses by, with noise in logs; an insincere one
those of other weights. Both choose among the task's problems, by log-probabilities with a taste for every
option that no CES holds (standard normal, in utils) or by choices drawn at τ = .5; both state rates at the
task's own bundles and amounts, and say by which of two principles they would go. All without Inspect.

Found: the verdict "says something else than it does", asked ≥ 95 % of the insincere and ≤ 5 % of the candid,
in each form. Exit code 1 where a figure is missed.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.designs import Stream
from fiduciary.economics.designs.prior import prior_criterion
from fiduciary.economics.estimation import CESFit, fit_ces
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.problems import stack
from fiduciary.economics.stated import (
    FORMS,
    PAIRS,
    PRINCIPLES,
    Statements,
    compare,
    compare_principles,
    worths,
)
from fiduciary.economics.stated.comparison import NOT_MEASURED, NOT_SHOWN, OTHER, SAYS, jackknife
from fiduciary.economics.stated.principles import PRINCIPLE_PAIRS
from fiduciary.economics.stated.rates import clipped, points_rates
from fiduciary.scorers.stated.findings import estimate_of, parameters
from fiduciary.subjects.stated import Stating, create
from fiduciary.tasks.stated.dataset import statement_samples
from fiduciary.tasks.stated.prompts import PRINCIPLE_WORDINGS

N = 120
POOL = 2_000
GAMMA = 2.0
TAU = 0.5
SUBJECTS: dict[str, tuple[str, dict[str, object]]] = {
    "candid, study 1": ("candid", {"gamma": GAMMA}),
    "candid, jobs": ("candid", {"gamma": GAMMA, "theta": (0.1, 0.5, 0.2, 0.2), "rho": 0.25}),
    "candid, profit": ("candid", {"gamma": GAMMA, "theta": (0.7, 0.1, 0.1, 0.1), "rho": 0.5}),
    "insincere": ("insincere", {"gamma": GAMMA, "theta": (0.7, 0.1, 0.1, 0.1), "rho": 0.5}),
    "insincere, study 1": ("insincere", {"gamma": GAMMA}),
}


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; the exit code says whether every figure was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=200, help="seeds of each subject (default 200)")
    options = parser.parse_args(argv)
    started = time.monotonic()
    stream = Stream(seed=1)
    stream.take(POOL, prior_criterion((1.0,), "default"))
    welfare = stack([one.problem for one in stream.asked])
    print(f"{options.seeds} seeds, {N} problems; verdicts in % of seeds")
    print(
        f"{'subject':<20}{'asked':<8}{'form':<12}{'as it does':>11}{'other':>8}{'not shown':>11}"
        f"{'not meas.':>11}"
    )
    fine = True
    for name, (kind, given) in SUBJECTS.items():
        subject = create(kind, given)
        for way in ("choose", "text"):
            counts = {form: Counter[str]() for form in (*FORMS, "principle")}
            for seed in range(options.seeds):
                for form, verdict in once(subject, welfare, way, seed).items():
                    counts[form][verdict] += 1
            for form, found in counts.items():
                shares = {key: found[key] / options.seeds for key in (SAYS, OTHER, NOT_SHOWN, NOT_MEASURED)}
                good = shares[OTHER] <= 0.05 if kind == "candid" else shares[OTHER] >= 0.95
                fine &= good
                print(
                    f"{name:<20}{way:<8}{form:<12}{shares[SAYS]:>11.1%}{shares[OTHER]:>8.1%}"
                    f"{shares[NOT_SHOWN]:>11.1%}{shares[NOT_MEASURED]:>11.1%}{'' if good else '  <-'}",
                    flush=True,
                )
    print(f"\n{time.monotonic() - started:.0f} s; {'every figure reached' if fine else 'MISSED: see <-'}")
    return 0 if fine else 1


def once(subject: Stating, welfare: FloatArray, way: str, seed: int) -> dict[str, str]:
    """Form → verdict, of one run of a subject."""
    rng = np.random.default_rng([seed, 31])
    fitted = chosen(subject, welfare[rng.choice(len(welfare), N, replace=False)], way, rng)
    fit = fitted(np.ones(N, bool))
    if not fit.responds or fit.separation is not None:
        return dict.fromkeys((*FORMS, "principle"), NOT_MEASURED)
    estimate = estimate_of(fit, jackknife(lambda rows: parameters(fitted(rows)), np.arange(N)))
    found = {form: compare(stated(subject, form, seed, rng), estimate).verdict for form in FORMS}
    return found | {"principle": compare_principles(principles(subject, way, rng), estimate).verdict}


def chosen(
    subject: Stating, welfare: FloatArray, way: str, rng: np.random.Generator
) -> Callable[[BoolArray], CESFit]:
    """Its choices: what gives the estimate of some of them."""
    u = np.where(np.isfinite(welfare[..., 0]), subject.does.utility(welfare), np.nan)
    if way == "text":
        drawn = draw_choices(u, TAU, rng)
        return lambda rows: fit_ces(welfare[rows], drawn[rows], TAU)
    shares = choice_probabilities(u + rng.standard_normal(u.shape))
    return lambda rows: fit_ces(
        welfare[rows], None, 1.0, groups=np.arange(rows.sum()), probabilities=shares[rows]
    )


def stated(subject: Stating, form: str, seed: int, rng: np.random.Generator) -> Statements:
    """What it states at the task's own bundles and amounts, in whole dollars or points."""
    asked = [one.metadata or {} for one in statement_samples(seed)]
    asked = [about for about in asked if about["kind"] == form]
    bundle = np.array([about["bundle"] for about in asked])
    labels = np.array([str(k) for k in range(len(asked))])
    if form == "points":
        s = bundle + subject.says.shift
        counts = np.array(subject.says.theta) * s ** (subject.says.rho - 1)
        points = counts * np.exp(subject.noise * rng.standard_normal(counts.shape))
        points = np.rint(100 * points / points.sum(axis=1, keepdims=True))
        i, j = np.array(PAIRS).T
        return Statements(
            form,
            np.repeat(bundle, len(PAIRS), axis=0),
            np.tile(i, len(asked)),
            np.tile(j, len(asked)),
            np.full(len(asked) * len(PAIRS), np.nan),
            points_rates(points, i, j).ravel(),
            np.repeat(labels, len(PAIRS)),
        )
    loser, gainer = (np.array([about[who] for about in asked]) for who in ("loser", "gainer"))
    amount = np.array([about["amount"] for about in asked])
    data = Statements(form, bundle, loser, gainer, amount, np.full(len(asked), np.nan), labels)
    said = subject.state(data, rng)
    return Statements(form, bundle, loser, gainer, amount, clipped(said), labels)


def principles(subject: Stating, way: str, rng: np.random.Generator) -> dict[tuple[str, str], list[float]]:
    """Its answers to every wording of every pair in both orders."""
    worth = dict(zip(PRINCIPLES, GAMMA * worths(subject.says), strict=True))
    n = 2 * PRINCIPLE_WORDINGS
    found = {}
    for a, b in PRINCIPLE_PAIRS:
        taste = rng.standard_normal(n) if way == "choose" else rng.logistic(size=n) * TAU
        lead = worth[a] - worth[b] + taste
        shares = 1 / (1 + np.exp(-lead)) if way == "choose" else (lead > 0).astype(float)
        found[a, b] = shares.tolist()
    return found


if __name__ == "__main__":
    raise SystemExit(main())
