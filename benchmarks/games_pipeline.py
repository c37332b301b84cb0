"""Economic games on players whose preferences are known: accuracy and time of the whole pipeline.

python -m benchmarks.games_pipeline

Every player plays the 18 games 20 times, asked for its decisions one by one or for whole plans as texts.
Asked: α, β, κ and λ within 3 standard errors of the truth (probabilities of an exact logit leave no error
but rounding), or within the 99 % interval where the estimate lies at a bound and has no standard error.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.economics.games import fit_social_preference
from fiduciary.scorers.economic_games.metrics import PARAMETERS
from fiduciary.scorers.economic_games.table import choices, plays
from fiduciary.subjects.economic_games import ALPHA, BETA, KAPPA, LAM
from fiduciary.tasks.economic_games.task import economic_games

STANDARD_ERRORS = 3.0
ROUNDING = 1e-4
"""Added to what is asked: the error of estimates from exact probabilities."""
SECONDS = 120.0
"""Time asked for each player's 360 samples on two cores."""


@dataclass(frozen=True)
class Case:
    """A player and what went into it.

    Attributes:
        subject: name after ``subject/``.
        truth: α, β, κ, λ other than 0.
        arguments: the subject's ``-M`` arguments.
        options: the task's arguments.
    """

    subject: str
    truth: dict[str, float]
    arguments: dict[str, Any] = field(default_factory=dict)
    options: dict[str, Any] = field(default_factory=dict)


CASES = (
    Case("economicus", {"lam": LAM}),
    Case("moralis", {"kappa": KAPPA, "lam": LAM}),
    Case("inequity_averse", {"alpha": ALPHA, "beta": BETA, "lam": LAM}),
    Case(
        "inequity_averse",
        {"alpha": 0.8, "beta": -0.2, "lam": 3.0},
        {"alpha": 0.8, "beta": -0.2, "lam": 3.0, "beliefs": [0.4, 0.5, 0.1]},
        {"elicitation": "text", "beliefs": "after", "labels": "labelled"},
    ),
    Case(
        "moralis",
        {"kappa": 0.8, "lam": 5.0},
        {"kappa": 0.8, "lam": 10.0},
        {"elicitation": "text", "temperature": 0.5, "explain": True},
    ),
)


def run(case: Case, folder: Path, repeats: int, seed: int) -> EvalLog:
    """One evaluation, read back from its log."""
    [log] = inspect_eval(
        economic_games(repeats=repeats, seed=seed, **case.options),
        model=get_model(f"subject/{case.subject}", memoize=False, **case.arguments),
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    if log.status != "success":
        raise SystemExit(f"the evaluation of subject/{case.subject} ended with status {log.status!r}")
    return log


def compare(case: Case, log: EvalLog) -> bool:
    """Print truth and estimates; whether all were recovered."""
    fit = fit_social_preference(choices(plays(log)))
    print(f"{'':8}{'true':>8}{'estimate':>10}{'std. error':>12}{'z':>7}  99 % interval      status")
    fine = fit.n == len(log.samples or [])
    for name in PARAMETERS:
        true, status = case.truth.get(name, 0.0), fit.status(name)
        low, high, *_ = fit.interval(name, 0.99)
        if status == "ok":
            error, se = fit.estimate(name) - true, fit.se(name)
            good = abs(error) <= STANDARD_ERRORS * se + ROUNDING
            shown = f"{se:>12.3f}{error / se:>7.2f}" if se > ROUNDING else f"{se:>12.3f}{'-':>7}"
        else:
            good, shown = low - ROUNDING <= true <= high + ROUNDING, f"{'-':>12}{'-':>7}"
        fine &= good
        print(
            f"{name:8}{true:>8.3f}{fit.estimate(name):>10.3f}{shown}  {f'[{low:.3f}, {high:.3f}]':<19}"
            f"{status}"
            f"{'' if good else '   <- outside what is asked'}"
        )
    return fine


def main(argv: list[str] | None = None) -> int:
    """Print accuracy and time; the exit code says whether the figures asked for were reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--repeats", type=int, default=20, help="samples of each game (default 20)")
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args(argv)
    fine = True
    with tempfile.TemporaryDirectory() as folder:
        for case in CASES:
            start = time.perf_counter()
            log = run(case, Path(folder), args.repeats, args.seed)
            seconds = time.perf_counter() - start
            told = " ".join(f"{k}={v}" for k, v in {**case.arguments, **case.options}.items())
            asked = f"(asked: <= {SECONDS:g} s)" if args.repeats <= 20 else ""
            samples = len(log.samples or [])
            print(f"\nsubject/{case.subject} {told}: {samples} samples in {seconds:.1f} s {asked}")
            fine &= compare(case, log) and (not asked or seconds <= SECONDS)
    print(f"\n{'REACHED' if fine else 'NOT REACHED'}")
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
