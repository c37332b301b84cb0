"""Subjects whose consistency is known, asked about pairs: every index must lie within its exact band.

    python -m benchmarks.rationality_subjects

A subject answers in text to what tasks/transitivity asks, 20 times over with other sets and other draws.
Its probabilities of choosing are known, so the number of circular triads and of answers for the option
shown first are sums of independent draws whose distributions are computed exactly, without simulation.
All runs must lie within bands that hold for all of them together with 95 % (Bonferroni), and at least 16
of 20 within their own band of 95 %; the test of circles (``circles_p`` in the task's summary) must reject
for those, and only for those, whose majorities truly go round. Then each subject goes through
Inspect once, where the same figures must come out of the log, and through tasks/money_pump.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import permutations
from typing import Any

import numpy as np
from inspect_ai import eval as inspect_eval
from inspect_ai.model import get_model
from scipy import stats
from scipy.special import expit

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.choice_sets import ChoiceSet, draw_sets
from fiduciary.economics.consistency.noise import consistency_test
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.triads import Triads, chance
from fiduciary.scorers.answers import Kept
from fiduciary.scorers.labelled import LABELS, read_labelled
from fiduciary.scorers.money_pump.table import pump_table
from fiduciary.scorers.transitivity.metrics import circular_share, first_share
from fiduciary.scorers.transitivity.table import pair_table
from fiduciary.solvers.asking import instruction
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.problem_text import read_options
from fiduciary.tasks.money_pump.task import money_pump
from fiduciary.tasks.transitivity.dataset import questions
from fiduciary.tasks.transitivity.task import transitivity

ALPHA = 0.05
"""Of each run's own band, and of all bands together."""

MOST_OUTSIDE = 0.2
"""Share of runs that may lie outside their own bands: more than 4 of 20 come by chance 3 times in 1,000."""


@dataclass(frozen=True)
class Case:
    """A subject, and what must be found about it.

    Attributes:
        name: of the subject.
        temperature: τ at which it is asked.
        arguments: of the subject.
        incoherent: whether its majorities go round in some sets, so that the test must reject; None
            where theory leaves it open.
        biased: whether the place shown decides among its answers.
        pumped: whether it must lose more than a consistent chooser; None where theory leaves it open.
    """

    name: str
    temperature: float = 1.0
    arguments: dict[str, Any] = field(default_factory=dict)
    incoherent: bool | None = False
    biased: bool | None = False
    pumped: bool | None = False

    @property
    def title(self) -> str:
        """Name, arguments and temperature."""
        arguments = "".join(f" {key}={value:g}" for key, value in self.arguments.items())
        return f"{self.name}{arguments} tau={self.temperature:g}"


CASES = (
    Case("cyclic", incoherent=True, pumped=True),
    Case("cyclic", 5.0, incoherent=None, pumped=None),
    Case("first_option", biased=True),
    Case("random"),
    Case("study1", 0.1),
    Case("study1"),
    Case("study1", arguments={"bonus": 1.0}, biased=True),
    Case("symmetric", 5.0),
    Case("lexicographic"),
    Case("lexicographic", arguments={"threshold": 300.0}, incoherent=None, biased=False, pumped=None),
    Case("satisficing", biased=None),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table; the exit code says whether every figure was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=20, help="runs of each subject (default 20)")
    parser.add_argument("-n", type=int, default=30, help="triads of a run (default 30)")
    parser.add_argument("--repeats", type=int, default=5, help="answers to each order (default 5)")
    options = parser.parse_args(argv)
    started = time.monotonic()
    print(
        f"{options.seeds} runs a subject, {options.n} triads, {options.repeats} answers a pair and order\n"
        f"{'subject':<34}{'circular':>9}{'expected':>9}{'coins':>7}{'in 95 %':>9}{'first':>8}{'expected':>9}"
        f"{'in 95 %':>9}{'too circular':>15}"
    )
    fine = True
    for case in CASES:
        fine &= directly(case, options.seeds, options.n, options.repeats)
    print("\nthrough Inspect, one run each: the same truth from the log, and the money pump")
    print(
        f"{'subject':<34}{'circular':>9}{'first':>8}{'in bands':>10}{'own circles':>13}{'lost $':>8}"
        f"{'consistent $':>14}{'p':>8}"
    )
    for case in CASES:
        fine &= through_inspect(case, options.n, options.repeats)
    print(f"\n{time.monotonic() - started:.0f} s; {'every figure reached' if fine else 'MISSED: see <-'}")
    return 0 if fine else 1


def directly(case: Case, seeds: int, n: int, repeats: int) -> bool:
    """Runs of a subject without Inspect."""
    rows = []
    for seed in range(seeds):
        sets = draw_sets(n, seed)
        p = truth(case, sets)
        choices = answers(case, sets, repeats, seed)
        circular, first = Triads(choices).circular[:, 0], choices.first_wins.sum()
        exact = circle_probability(p, repeats)
        rows.append(
            (
                circular.mean(),
                exact.mean(),
                chance(choices)[0].mean(),
                tail(int(circular.sum()), exact),
                first / choices.asked.sum(),
                off_diagonal(p).mean(),
                tail(int(first), np.repeat(off_diagonal(p).ravel(), repeats)),
                consistency_test(choices, "circles", seed=seed).rejected(),
                position_decides(int(first), int(choices.asked.sum())),
            )
        )
    circular, expected, coins, p_circular, first, first_expected, p_first, rejected, biased = np.array(rows).T
    inside, first_inside = p_circular >= ALPHA, p_first >= ALPHA
    good = min(p_circular.min(), p_first.min()) >= ALPHA / (2 * seeds * len(CASES))
    good &= min(inside.mean(), first_inside.mean()) >= 1 - MOST_OUTSIDE
    if case.incoherent is not None:
        good &= bool(rejected.mean() >= 0.9 if case.incoherent else rejected.mean() <= MOST_OUTSIDE)
    if case.biased is not None:
        good &= bool(biased.mean() >= 0.9 if case.biased else biased.mean() <= MOST_OUTSIDE)
    print(
        f"{case.title:<34}{circular.mean():>9.3f}{expected.mean():>9.3f}{coins.mean():>7.3f}"
        f"{f'{inside.sum():.0f}/{seeds}':>9}{first.mean():>8.3f}{first_expected.mean():>9.3f}"
        f"{f'{first_inside.sum():.0f}/{seeds}':>9}{f'{rejected.sum():.0f}/{seeds}':>15}"
        f"{'' if good else '  <-'}",
        flush=True,
    )
    return bool(good)


def through_inspect(case: Case, n: int, repeats: int) -> bool:
    """One run of both tasks, read back from the logs."""
    model = get_model(f"subject/{case.name}", **case.arguments)
    with tempfile.TemporaryDirectory() as folder:
        logs = inspect_eval(
            [
                transitivity(
                    n=n, repeats=repeats, elicitation="text", temperature=case.temperature, seed=1_000
                ),
                money_pump(n=n, elicitation="text", temperature=case.temperature, seed=1_000),
            ],
            model=model,
            log_dir=folder,
            display="none",
            log_realtime=False,
            score_display=False,
        )
        if any(log.status != "success" for log in logs):
            raise SystemExit(f"an evaluation of {case.title} ended with {[log.error for log in logs]}")
        pairs, pumps = pair_table(logs[0]), pump_table(logs[1])
    sets = draw_sets(n, 1_000)
    p = truth(case, sets)
    circular, first = circular_share(pairs)[0].value, first_share(pairs).value
    p_circular = tail(round(circular * n), circle_probability(p, repeats))
    p_first = tail(round(float(pairs.first_wins.sum())), np.repeat(off_diagonal(p).ravel(), repeats))
    inside = min(p_circular, p_first) >= ALPHA / (2 * len(CASES))
    excess = pumps.excess_p()
    good = inside
    if case.pumped is not None:
        good &= excess < 0.01 if case.pumped else not excess < 0.01
    print(
        f"{case.title:<34}{circular:>9.3f}{first:>8.3f}{'yes' if inside else 'no':>10}"
        f"{f'{pumps.closed.sum()} of {pumps.n}':>13}{pumps.fee * pumps.trades.mean():>8.2f}"
        f"{pumps.fee * pumps.expected.mean():>14.2f}{excess:>8.3f}{'' if good else '  <-'}",
        flush=True,
    )
    return bool(good)


def answers(case: Case, sets: Sequence[ChoiceSet], repeats: int, seed: int) -> PairedChoices:
    """Text answers of a subject to all pairs, read as the scorer reads them."""
    subject = create(case.name, case.arguments)
    rng = np.random.default_rng([seed, 1])
    rows = []
    for k, choice_set in enumerate(sets):
        for pair, text in questions(choice_set, "plain").items():
            i, j = map(int, pair.split("-"))
            asked = f"{text}\n\n{instruction('text', LABELS[:2])}"
            for answer in subject.answers([asked], case.temperature, rng, repeats):
                place = read_labelled(Kept(answer.text, "stop", None, None), "text", LABELS[:2]).stated.place
                rows.append((k, i, j, -1 if place < 0 else (i, j)[place]))
    k, i, j, chosen = np.array(rows).T
    return PairedChoices.from_answers(k, i, j, chosen, n_sets=len(sets), m=sets[0].m)


def truth(case: Case, sets: Sequence[ChoiceSet]) -> FloatArray:
    """P(i chosen | i shown first, j second), (sets, m, m); 0 on the diagonal."""
    subject = create(case.name, case.arguments)
    p = np.zeros((len(sets), sets[0].m, sets[0].m))
    for k, choice_set in enumerate(sets):
        texts = questions(choice_set, "plain")
        for i, j in permutations(range(choice_set.m), 2):
            problem = read_options(texts[f"{i}-{j}"])
            assert problem is not None
            first, second = subject.values(problem)  # type: ignore[attr-defined]
            p[k, i, j] = expit((first - second) / case.temperature)
    return p


def circle_probability(p: FloatArray, repeats: int) -> FloatArray:
    """Exact probability that the majorities of each triad go round, (sets,); ``repeats`` answers an order."""
    around = [(0, 1), (1, 2), (2, 0)]
    ahead, behind = (np.ones(len(p)) for _ in range(2))
    wins = np.arange(repeats + 1)
    for i, j in around:
        as_first = stats.binom.pmf(wins, repeats, p[:, i, j, None])
        against = stats.binom.pmf(wins, repeats, p[:, j, i, None])
        joint = as_first[:, :, None] * against[:, None, :]
        ahead *= np.where(wins[:, None] > wins, joint, 0).sum(axis=(1, 2))
        behind *= np.where(wins[:, None] < wins, joint, 0).sum(axis=(1, 2))
    return np.asarray(ahead + behind)


def tail(count: int, probabilities: FloatArray) -> float:
    """Two-sided exact p-value of a sum of independent draws: twice its smaller tail."""
    mass = np.ones(1)
    for p in probabilities.ravel():
        mass = np.convolve(mass, [1 - p, p])
    return float(min(1.0, 2 * min(mass[: count + 1].sum(), mass[count:].sum())))


def position_decides(first: int, total: int) -> bool:
    """Whether answers for the option shown first are too many or too few for ½ at the 5 % level."""
    return bool(stats.binomtest(first, total).pvalue < 0.05)


def off_diagonal(p: FloatArray) -> FloatArray:
    """Values of all ordered pairs, (sets, m (m − 1))."""
    return p[:, ~np.eye(p.shape[1], dtype=bool)]


if __name__ == "__main__":
    sys.exit(main())
