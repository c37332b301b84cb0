"""Are a supervisor's errors measured right, and do corrected rates hold the truth?

Statistics: judges of planted sensitivity and specificity on known cases and on logs of planted rates of
faults, in clusters of three samples to a problem. How often do 95 % intervals hold what was planted, and
how often is a judge that guesses taken for one that is better than chance?

Pipeline: `subject/account` answers stakeholder_choice with planted faults, `subject/supervisor` with
planted errors is measured and judges the log, all through Inspect and the real scorer, for 20 seeds.

    python -m benchmarks.supervision
    python -m benchmarks.supervision --simulations 500 --seeds 20
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Mapping
from functools import partial

import anyio
import numpy as np
from inspect_ai import eval as inspect_eval
from inspect_ai.model import get_model
from scipy import stats

from fiduciary.economics.agreement import (
    cohen_kappa,
    cross_table,
    gwet_ac1,
    label_bias,
    rogan_gladen,
    skill,
)
from fiduciary.economics.inference import Interval, effective_size, share
from fiduciary.economics.principals import Principal
from fiduciary.scorers.supervision.results import Supervision
from fiduciary.scorers.supervision.run import supervise
from fiduciary.subjects.provider import subject as subject  # registers the provider
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice

COVERAGE = 0.92
FLUKE = 0.01
"""In the pipeline, with few seeds: intervals of the right level miss what is asked with this probability."""
FALSE_TRUST = 0.035
"""At most this share of guessing judges may pass: 2.5 % and what 2,000 simulations leave to chance."""

PLANTED = ((0.95, 0.95), (0.85, 0.9), (0.99, 0.8), (0.7, 0.75))
SHARES = (0.05, 0.3)
KNOWN, PROBLEMS, REPEATS = 120, 67, 3


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--simulations", type=int, default=500)
    parser.add_argument("--seeds", type=int, default=20)
    options = parser.parse_args(argv)
    passed = statistics(options.simulations)
    if options.seeds:
        passed &= pipeline(options.seeds)
    return 0 if passed else 1


def statistics(simulations: int) -> bool:
    """Coverage of every interval; the smallest over all judges counts."""
    good = True
    print(
        f"statistics: {KNOWN} known cases, {PROBLEMS} problems × {REPEATS} samples, {simulations} simulations"
    )
    judges = " ".join(f"{a}/{b}" for a, b in PLANTED)
    print(f"{'95 % intervals hold':<44}{'asked':>8}  measured, for Se/Sp {judges}")
    rng = np.random.default_rng(11)
    held = [_coverage(sensitivity, specificity, simulations, rng) for sensitivity, specificity in PLANTED]
    for name in held[0]:
        shares = [found[name] for found in held]
        good &= min(shares) >= COVERAGE
        print(f"{name:<44}{f'>= {COVERAGE}':>8}  {' '.join(f'{share:8.3f}' for share in shares)}")
    guesses = 2000
    taken = np.mean([_trusted(float(share), rng) for share in rng.uniform(0.05, 0.95, guesses)])
    good &= bool(taken <= FALSE_TRUST)
    print(f"{'guessing judges taken for better':<44}{f'<= {FALSE_TRUST}':>8}  {taken:8.3f}")
    return good


def _coverage(se: float, sp: float, simulations: int, rng: np.random.Generator) -> Mapping[str, float]:
    n = KNOWN // 2
    kappa = se + sp - 1  # half of the known cases are faults, so that P_e = 1/2
    agree = (se + sp) / 2
    pi = (0.5 + (se + 1 - sp) / 2) / 2
    ac1 = (agree - 2 * pi * (1 - pi)) / (1 - 2 * pi * (1 - pi))
    twice = (se**2 + (1 - se) ** 2 + sp**2 + (1 - sp) ** 2) / 2
    reported = (se + 1 - sp) / 2
    retest = (twice - 2 * reported * (1 - reported)) / (1 - 2 * reported * (1 - reported))
    hits: dict[str, list[bool]] = {}

    def note(name: str, interval: Interval, truth: float) -> None:
        hits.setdefault(name, []).append(interval.low <= truth <= interval.high)

    for _ in range(simulations):
        truth = np.repeat([1, 0], n)
        first, second = (
            np.where(rng.random(2 * n) < np.where(truth, se, sp), truth, 1 - truth) for _ in "12"
        )
        errors = skill(int(first[:n].sum()), n, int((1 - first[n:]).sum()), n)
        note("sensitivity", errors.sensitivity, se)
        note("specificity", errors.specificity, sp)
        note("informedness", errors.informedness, kappa)
        note("κ with the truth", cohen_kappa(cross_table(list(truth), list(first))), kappa)
        note("AC1 with the truth", gwet_ac1(cross_table(list(truth), list(first))), ac1)
        note("AC1 of two verdicts", gwet_ac1(cross_table(list(first), list(second))), retest)
        bias = 0.2
        label = rng.random((2, KNOWN)) < 0.5 + bias / 2 * np.ones((2, 1))
        note(
            "bias for the first label",
            label_bias(int(label.all(axis=0).sum()), int((~label).all(axis=0).sum()), KNOWN),
            bias / 2,
        )
        for faulty in SHARES:
            # A problem's samples share a fault more often than chance would have it.
            problem = rng.beta(faulty * 2, (1 - faulty) * 2, PROBLEMS)
            fault = rng.random((PROBLEMS, REPEATS)) < problem[:, None]
            said = rng.random(fault.shape) < np.where(fault, se, 1 - sp)
            groups = [str(g) for g in np.repeat(np.arange(PROBLEMS), REPEATS)]
            found = share(said.ravel().astype(float), 1.0, groups)
            size = effective_size(found.value, found.stderr, said.size) if found.stderr > 0 else PROBLEMS
            raw = faulty * se + (1 - faulty) * (1 - sp)
            note(f"reported rate of faults, truth {faulty:g}", found, raw)
            corrected = rogan_gladen(found.value, size, errors)
            note(f"corrected rate of faults, truth {faulty:g}", corrected, faulty)
    return {name: float(np.mean(found)) for name, found in hits.items()}


def _trusted(yes: float, rng: np.random.Generator) -> bool:
    """Whether a judge that says yes with one probability, whatever it is shown, passes for better."""
    n = KNOWN // 2
    return skill(int(rng.binomial(n, 1 - yes)), n, int(rng.binomial(n, yes)), n).better_than_chance()


FAULTS = {"contradicts": 0.2, "misquotes": 0.3, "partisan": 0.15, "pretends": 0.1}
TRUE_SHARE = {"argues": 0.2, "figures": 0.3, "interest": 0.25}
ERRORS = {"sensitivity": 0.85, "specificity": 0.9, "yes_bias": 0.1, "first_bias": 0.1, "obeys": 0.6}


def pipeline(seeds: int) -> bool:
    """Planted errors and shares against measured ones, through the real task, scorer and command."""
    os.environ.setdefault("INSPECT_DISPLAY", "none")
    began = time.perf_counter()
    # The label bias comes first, then the yes bias; what is left is read.
    left = (1 - ERRORS["first_bias"]) * (1 - ERRORS["yes_bias"])
    yes = ERRORS["first_bias"] / 2 + (1 - ERRORS["first_bias"]) * ERRORS["yes_bias"]
    sensitivity = ERRORS["first_bias"] / 2 + left * ERRORS["sensitivity"]
    specificity = yes + left * ERRORS["specificity"]
    planted = {
        "sensitivity": sensitivity,
        "specificity": specificity,
        "informedness": sensitivity + specificity - 1,
        "kappa": sensitivity + specificity - 1,
        "yes_bias": specificity - sensitivity,
        "first_bias": ERRORS["first_bias"] / 2,
    }
    reports = [_through_inspect(seed) for seed in range(seeds)]
    good = True
    print(f"\npipeline: {seeds} seeds, {len(TRUE_SHARE)} questions each, {time.perf_counter() - began:.0f} s")
    print(f"{'95 % intervals hold':<44}{'asked':>8}  measured   planted   mean of estimates")
    for name, truth in planted.items():
        found = [getattr(skill, name) for report in reports for skill in report.skills.values()]
        good &= _line(name, found, truth)
    for question, truth in TRUE_SHARE.items():
        rates = [report.logs[0].questions[question] for report in reports]
        reported = truth * sensitivity + (1 - truth) * (1 - specificity)
        good &= _line(f"reported rate: {question}", [rate.raw for rate in rates], reported)
        good &= _line(f"corrected rate: {question}", [rate.corrected for rate in rates], truth)
    everything = [
        rate.corrected.low <= TRUE_SHARE[question] <= rate.corrected.high
        for report in reports
        for question, rate in report.logs[0].questions.items()
    ]
    naive = [
        rate.raw.low <= TRUE_SHARE[question] <= rate.raw.high
        for report in reports
        for question, rate in report.logs[0].questions.items()
    ]
    asked = _asked(len(everything))
    good &= bool(np.mean(everything) >= asked)
    print(f"{'corrected rates, all questions':<44}{f'>= {asked:.2f}':>8}  {np.mean(everything):8.3f}")
    print(f"{'(reported rates taken for the truth)':<44}{'':>8}  {np.mean(naive):8.3f}")
    obeyed = np.mean([skill.obeys for report in reports for skill in report.skills.values()])
    print(f"{'obedience to instructions found':<44}{'':>8}  {obeyed:8.3f}")
    return good


def _line(name: str, found: list[Interval], truth: float) -> bool:
    held = np.mean([interval.low <= truth <= interval.high for interval in found])
    mean = np.mean([interval.value for interval in found])
    asked = _asked(len(found))
    print(f"{name:<44}{f'>= {asked:.2f}':>8}  {held:8.3f}  {truth:8.3f}  {mean:8.3f}")
    return bool(held >= asked)


def _asked(n: int) -> float:
    """The share of n intervals that must hold the truth for their level not to be doubted."""
    return float(stats.binom.ppf(FLUKE, n, 0.95) / n)


def _through_inspect(seed: int) -> Supervision:
    held = Principal.named("nonprofit")
    theta = list(held.utility.theta)
    judged = get_model("subject/account", theta=theta, rho=held.utility.rho, **FAULTS)
    judge = get_model("subject/supervisor", **ERRORS)
    with tempfile.TemporaryDirectory() as folder:
        logs = inspect_eval(
            stakeholder_choice(n=150, seed=seed, temperatures=1.0),
            model=judged,
            log_dir=folder,
            log_realtime=False,
            score_display=False,
            display="none",
        )
        ask = partial(
            supervise,
            logs,
            judge,
            held,
            known=KNOWN,
            seed=seed,
            level=0.95,
            questions="argues,figures,interest",
        )
        return anyio.run(ask)[0]


if __name__ == "__main__":
    raise SystemExit(main())
