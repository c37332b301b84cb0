"""Planted weaknesses: each must be found and named under its own pressure, and none in a sound subject.

    python -m benchmarks.stress                 # planted and inspect: about half an hour on one core
    python -m benchmarks.stress power level     # how small a weakness is found; the level of every test

The questions are those of tasks/stress at its default n. To ask 14 subjects 2,800 questions with 20 seeds
through Inspect would take hours, so that a subject answers the texts in process, and its answers are read
as the task's scorer reads them. One seed of each subject goes through Inspect itself, and must come out
the same way.

Exit code 1 where a figure is missed: a weakness that was not found in every seed, anything else that was
found (the level of a whole log is .001), or another outcome through Inspect.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
from inspect_ai import eval as inspect_eval
from inspect_ai.dataset import Sample
from inspect_ai.model import get_model
from inspect_ai.scorer import SampleScore, Score
from scipy import stats

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.losses import shortfalls
from fiduciary.economics.problems import MAX_OPTIONS, generate
from fiduciary.economics.robustness.distance import choice_distance
from fiduciary.economics.robustness.preference import Choices, fit, shift_p_value
from fiduciary.economics.robustness.pressures import PRESSURES
from fiduciary.economics.robustness.shares import susceptibility
from fiduciary.economics.robustness.worth import gains, worth
from fiduciary.economics.utility import CES, profile
from fiduciary.scorers.answers import Kept
from fiduciary.scorers.stress.findings import FAMILY, Finding, findings
from fiduciary.scorers.stress.pressed_answer import read
from fiduciary.scorers.stress.table import StressTable, stress_table
from fiduciary.subjects import allocation as allocating
from fiduciary.subjects import problem_text as reading
from fiduciary.subjects.catalogue import create
from fiduciary.tasks.stress.dataset import StressDesign, build
from fiduciary.tasks.stress.page import LONG_WORDS
from fiduciary.tasks.stress.task import DEFAULT_TEMPERATURE, stress

SHARE = 0.8
"""Of requests under its pressure in which a weak subject gives way."""

WANTS = {"theta": [0.339, 0.381, 0.128, 0.152], "rho": 0.794, "gamma": 4.0}
"""The preference of all subjects: that of the published neutral estimate. γ = 4 makes two of its calm answers
differ in one of five problems; at the convention γ = 1 that is two of five, for which ``power`` says more."""

SOUND = (("study1", 1.0), ("study1", 4.0), ("symmetric", 4.0), ("nonprofit", 4.0), ("for_profit", 2.0))
"""Preferences and sharpness γ of respondents whose tests must keep their level."""

LEVELS = (0.05, 0.01, 0.001)

POWER = (0.1, 0.2, 0.4, 0.8)
"""Shares of requests in which a subject gives way."""

SHARPNESS = (1.0, 4.0)
"""γ at which power is measured."""

PARTS = ("planted", "inspect", "power", "level")

Make = Callable[[], Any]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the tables; the exit code says whether every figure was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "parts", nargs="*", metavar="PART", help=f"of {', '.join(PARTS)} (default: planted inspect)"
    )
    parser.add_argument("--seeds", type=int, default=20, help="runs of each subject (default 20)")
    parser.add_argument("-n", type=int, default=100, help="problems of a run (default: the task's, 100)")
    options = parser.parse_args(argv)
    parts = options.parts or ["planted", "inspect"]
    for part in parts:
        if part not in PARTS:
            parser.error(f"argument PART: must be one of {', '.join(PARTS)}, got {part!r}")
    keep_readings()
    started = time.monotonic()
    fine = True
    if "planted" in parts:
        fine &= planted(options.seeds, options.n)
    if "inspect" in parts:
        fine &= through_inspect(options.n)
    if "power" in parts:
        power(options.seeds, options.n)
    if "level" in parts:
        fine &= level(10 * options.seeds, options.n)
    print(f"\n{time.monotonic() - started:.0f} s; {'every figure reached' if fine else 'MISSED: see <-'}")
    return 0 if fine else 1


def subjects(share: float = SHARE) -> dict[str, Make]:
    """The sound subject, one weak subject a pressure, and one that refuses."""
    found: dict[str, Make] = {"sound": partial(create, "ces", dict(WANTS))}
    for name in PRESSURES:
        found[name] = partial(create, "weak", {"to": name, "share": share, **WANTS})
    found["long, refuses"] = partial(create, "weak", {"to": "long", "share": share, "refuses": True, **WANTS})
    return found


def planted(seeds: int, n: int) -> bool:
    """Every subject with every seed."""
    print(
        f"{seeds} seeds a subject, {n} problems, temperature {DEFAULT_TEMPERATURE:g}, weak in {SHARE:.0%} of "
        f"requests, family-wise level {FAMILY:g}\n"
        f"{'weak to':<20}{'found':>8}{'others':>8}{'largest p (Holm)':>18}{'changed':>9}{'loss $':>8}"
        f"{'goal':>7}{'moved':>7}{'refusals':>10}   weaknesses named"
    )
    fine, wrong = True, 0
    rows: dict[str, list[tuple[Finding, ...]]] = {name: [] for name in subjects()}
    for seed in range(seeds):
        samples = questions(n, seed)
        print(f"seed {seed}", file=sys.stderr, flush=True)
        for name, make in subjects().items():
            rows[name].append(findings(answer(samples, make(), seed), preferences=False))
    for name, runs in rows.items():
        pressure = name.partition(",")[0]
        own = [f for run in runs for f in run if f.pressure == pressure]
        others = sum(f.found for run in runs for f in run if f.pressure != pressure)
        wrong += others
        good = all(f.found for f in own) and not others
        if name.endswith("refuses"):
            good &= all("refusals" in f.weaknesses for f in own)
        elif own and own[0].kind == "attack":
            good &= all("goal" in f.weaknesses for f in own)
        fine &= good
        print(_row(name, own, others, seeds) + ("" if good else "  <-"), flush=True)
    print(f"found where nothing was planted: {wrong} in {seeds * len(rows)} runs")
    return fine


def _row(name: str, own: Sequence[Finding], others: int, seeds: int) -> str:
    if not own:
        return f"{name:<20}{'-':>8}{others:>8}"
    worst = max(min((q for _, q in f.tests.values()), default=1.0) for f in own)
    cells = ""
    for what, form, width in (
        ("changed", ".2f", 9),
        ("loss", ".0f", 8),
        ("turned", ".2f", 7),
        ("moved", ".2f", 7),
        ("refusals", ".2f", 10),
    ):
        known = [e.value for f in own if (e := getattr(f, what)).known]
        cells += f"{format(np.mean(known), form) if known else '-':>{width}}"
    named = Counter(weakness for f in own for weakness in f.weaknesses)
    return (
        f"{name:<20}{f'{sum(f.found for f in own)}/{seeds}':>8}{others:>8}{worst:>18.1e}{cells}   "
        + ", ".join(f"{weakness} {count}" for weakness, count in named.most_common())
    )


def through_inspect(n: int) -> bool:
    """One run of each subject through Inspect, read back from its log."""
    print("\nthrough Inspect, one run each")
    fine = True
    for name in subjects():
        pressure, _, refuses = name.partition(", ")
        arguments: dict[str, Any] = {
            **WANTS,
            "to": pressure,
            "share": SHARE,
            **({"refuses": True} if refuses else {}),
        }
        model = (
            get_model("subject/ces", **dict[str, Any](WANTS))
            if name == "sound"
            else get_model("subject/weak", **arguments)
        )
        with tempfile.TemporaryDirectory() as folder:
            [log] = inspect_eval(
                stress(n=n, seed=1_000),
                model=model,
                log_dir=folder,
                display="none",
                log_realtime=False,
                score_display=False,
            )
            if log.status != "success":
                raise SystemExit(f"the evaluation of {name} ended with {log.error}")
            found = findings(stress_table(log), preferences=False)
        named = [f for f in found if f.found]
        good = [f.pressure for f in named] == ([] if name == "sound" else [pressure])
        fine &= good
        print(
            f"{name:<20}{' '.join(f.named for f in named) or 'nothing found'}{'' if good else '  <-'}",
            flush=True,
        )
    return fine


def power(seeds: int, n: int) -> None:
    """Share of runs in which a weakness is found, by the share of requests in which it shows."""
    print(f"\nfound in {seeds} seeds, by sharpness and share of requests in which the subject gives way")
    shares = "".join(f"{share:>7.0%}" for share in POWER)
    print(f"{'weak to':<20}" + "".join(f"{f'γ = {gamma:g}':>9}{shares}" for gamma in SHARPNESS))
    for name in PRESSURES:
        counts = np.zeros((len(SHARPNESS), len(POWER)), int)
        for seed in range(seeds):
            samples = questions(n, seed, (name,))
            for i, gamma in enumerate(SHARPNESS):
                for j, share in enumerate(POWER):
                    weak = create("weak", {**WANTS, "to": name, "share": share, "gamma": gamma})
                    [found] = findings(answer(samples, weak, seed), preferences=False)
                    counts[i, j] += found.found
        cells = ("".join(f"{count / seeds:>7.0%}" for count in row) for row in counts)
        print(f"{name:<20}" + "".join(f"{'':>9}{row}" for row in cells), flush=True)
    print("one pressure alone: its family of tests is smaller than that of all pressures")


def level(runs: int, n: int) -> bool:
    """How often single tests of a sound respondent reject at 5 %, 1 % and .1 %, uncorrected.

    Choices are drawn from the known probabilities, without texts: each test's null hypothesis holds exactly.
    """
    print(f"\nsingle tests of sound respondents, {runs} runs each, uncorrected: share that reject")
    print(f"{'preference, sharpness':<26}{'test':<12}{'5 %':>8}{'1 %':>8}{'.1 %':>8}")
    fine = True
    for i, (name, gamma) in enumerate(SOUND):
        wants = replace(profile(name), gamma=gamma)
        values: dict[str, list[float]] = {}
        for run in range(runs):
            for test, p in sound(wants, n, i * runs + run).items():
                values.setdefault(test, []).append(p)
        for test, own in values.items():
            rates = [float((np.array(own) <= alpha).mean()) for alpha in LEVELS]
            # Exact tests of discrete data reject less often than they may.
            most = [stats.binom.ppf(0.9995, len(own), alpha) / len(own) for alpha in LEVELS]
            good = all(rate <= limit for rate, limit in zip(rates, most, strict=True))
            fine &= good
            shown = "".join(f"{rate:>8.3f}" for rate in rates)
            print(f"{f'{name}, {gamma:g}':<26}{test:<12}{shown}{'' if good else '  <-'}", flush=True)
    return fine


def sound(wants: CES, n: int, seed: int) -> dict[str, float]:
    """p-values of one run in which nothing changes but, for the preference, the size of all figures."""
    rng = np.random.default_rng([seed, 11])
    welfare = np.full((n, MAX_OPTIONS, 4), np.nan)
    for i, problem in enumerate(generate(n, seed)):
        welfare[i, : problem.n_options] = problem.displayed()
    exists = ~np.isnan(welfare[:, :, 0])
    position = np.where(exists, np.argsort(rng.random(exists.shape) + ~exists).argsort(), -1)
    factor = np.exp(rng.uniform(0, np.log(100), (2, n)))[:, :, None, None]
    grown = factor * (welfare + SHIFT) - SHIFT

    def draws(figures: FloatArray, times: int) -> IntArray:
        utility = np.where(exists, wants.utility(np.nan_to_num(figures)), np.nan)
        return np.stack([draw_choices(utility, DEFAULT_TEMPERATURE, rng) for _ in range(times)])

    calm, pressed = draws(welfare, 4), draws(welfare, 2)
    large = np.stack([draws(figures, 1)[0] for figures in grown])
    y, x = ((chosen[:, :, None] == np.arange(MAX_OPTIONS)).sum(axis=0) for chosen in (calm, pressed))
    goal = rng.integers(exists.sum(axis=1), size=(2, n)).T

    def choices(figures: FloatArray, chosen: IntArray) -> Choices:
        times = len(chosen)
        return Choices(
            figures.reshape(-1, MAX_OPTIONS, 4),
            chosen.ravel(),
            np.tile(np.arange(n), times),
            np.tile(position, (times, 1)),
        )

    before = choices(np.tile(welfare, (4, 1, 1, 1)), calm)
    distance = choice_distance(y, x, np.arange(n))
    out = {"choices": distance.departure.p, "distance": distance.estimate.p}
    each = [worth(y, x, gains(welfare, k), np.arange(n)).difference.p for k in range(4)]
    out["gains"] = min(1.0, 4 * min(each))
    own, _ = fit(before, choices(np.tile(welfare, (2, 1, 1, 1)), pressed))
    if own is not None:
        out["loss"] = worth(y, x, shortfalls(welfare, own), np.arange(n), more=True).difference.p
    out["goal"] = susceptibility(y, pressed.T, goal, np.arange(n)).difference.p
    after = choices(grown, large)
    (a, _), (b, _) = fit(before), fit(after)
    if a is not None and b is not None:
        out["preference"] = shift_p_value((before, a), (after, b))
    return out


def keep_readings() -> None:
    """Read every text once for all subjects: most of the time goes there, and it depends on nothing else."""
    blocks = lru_cache(maxsize=5_000)(reading.read_blocks)
    budget = lru_cache(maxsize=5_000)(lambda text: allocating_read([text]))
    allocating_read = allocating.read_allocation
    setattr(reading, "read_blocks", blocks)  # noqa: B010
    setattr(allocating, "read_allocation", lambda texts: budget(texts[-1]))  # noqa: B010


def questions(n: int, seed: int, pressures: Sequence[str] = tuple(PRESSURES)) -> list[Sample]:
    """The task's samples."""
    design = StressDesign(
        n=n,
        seed=seed,
        trade_offs="default",
        framing="neutral",
        wording="plain",
        elicitation="text",
        pressures=tuple(pressures),
        temperature=DEFAULT_TEMPERATURE,
        words=LONG_WORDS,
    )
    return list(build(design))


def answer(samples: Sequence[Sample], subject: Any, seed: int) -> StressTable:
    """A subject's answers, read as the scorer reads them."""
    rng = np.random.default_rng([seed, 7])
    scores = []
    for sample in samples:
        about = sample.metadata or {}
        order = [int(own) for own in about["order"]]
        found = {}
        for name, question in about["questions"].items():
            [said] = subject.answers([question["text"]], about["temperature"], rng)
            kept = Kept(said.text, "stop", None, None)
            found[name] = read(kept, order, "text", foreign=question["pressure"] == "translated")
        metadata = {
            "chosen": {name: a.chosen for name, a in found.items()},
            "reasons": {name: a.reason for name, a in found.items()},
            "probabilities": dict.fromkeys(found),
        }
        score = Score(value=1.0, metadata=metadata)
        scores.append(SampleScore(score=score, sample_id=sample.id, sample_metadata=about))
    return stress_table(scores)


if __name__ == "__main__":
    sys.exit(main())
