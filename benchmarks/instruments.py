"""Do instrumental intervals cover, and what does a learned first stage gain?

Simulated arrays: the treatment d = h(z) + f(x) + v shares its error with the outcome y = β d + g(x) + e, so
that least squares are biased. Errors differ in size with z and are shared within clusters of two; f is
nonlinear, which must not pass for the instrument.

Then the task's own pairs, without Inspect: problems explained with and without encouragements by a subject
whose explanations cause its choices, and that heeds some wordings more than others. The truth is the mean
effect over many problems.

    python -m benchmarks.instruments [--runs 500]
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.instruments import TwoStage, association, learned_two_stage, two_stage
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.problems import generate
from fiduciary.scorers.instruments.effects import learned_stages, linear_stages
from fiduciary.scorers.instruments.learner import boosted
from fiduciary.scorers.instruments.table import Pairs
from fiduciary.subjects.instruments import create

CLUSTERS = 250
EFFECT = 1.0

POOL, ASKED = 4_000, 300
HEEDED = (0.9, 0.6, 0.2, 0.05)
"""Share of encouragements of each wording that the explanation follows."""


@dataclass(frozen=True)
class Drawn:
    """One simulated study."""

    y: FloatArray
    d: FloatArray
    z: FloatArray
    x: FloatArray
    groups: FloatArray


def linear(strength: float) -> Callable[[FloatArray], FloatArray]:
    """h(z) = strength · z₁."""
    return lambda z: strength * z[:, 0]


def curved(z: FloatArray) -> FloatArray:
    """Steps and an interaction, of which a straight line sees a part."""
    return np.asarray(
        0.35 * z[:, 0] + np.where(np.abs(z[:, 0]) < 0.7, 1.0, -0.6) * np.where(z[:, 1] > 0, 1.0, 0.1)
    )


def draw(h: Callable[[FloatArray], FloatArray], rng: np.random.Generator) -> Drawn:
    """A study of 2 × CLUSTERS rows."""
    n = 2 * CLUSTERS
    groups = np.repeat(np.arange(CLUSTERS), 2).astype(float)
    z, x = rng.normal(size=(n, 2)), rng.normal(size=(n, 2))
    shared = np.repeat(rng.normal(size=CLUSTERS), 2)
    u = (rng.normal(size=n) + shared) * (0.6 + 0.4 * np.abs(z[:, 0]))
    d = h(z) + 0.5 * x[:, 0] + 0.8 * np.square(x[:, 1]) + u
    y = EFFECT * d + x @ [1.0, -0.5] + 0.8 * u + 0.6 * rng.normal(size=n)
    return Drawn(y, d, z, x, groups)


def studies(h: Callable[[FloatArray], FloatArray], runs: int) -> Iterator[tuple[TwoStage, TwoStage, float]]:
    """Linear and learned first stage of each study, and what least squares make of it."""
    for run in range(runs):
        rng = np.random.default_rng([run, 23])
        data = draw(h, rng)
        yield (
            two_stage(data.y, data.d, data.z[:, 0], data.groups, data.x),
            learned_two_stage(data.y, data.d, data.z, data.groups, boosted, rng, data.x),
            association(data.y, data.d, data.groups, data.x).value,
        )


@dataclass(frozen=True)
class Summary:
    """What one way of estimating gave over all studies."""

    strength: float
    covered: float
    robust: float
    bounded: float
    bias: float
    bias_error: float
    below: float
    stderr: float


def summary(found: list[TwoStage], truth: float = EFFECT) -> Summary:
    """Coverage of the truth, bias and precision."""
    effects = np.array([one.effect.value for one in found])
    return Summary(
        float(np.median([one.strength for one in found])),
        float(np.mean([one.effect.low <= truth <= one.effect.high for one in found])),
        float(np.mean([truth in one.robust for one in found])),
        float(np.mean([one.robust.bounded for one in found])),
        float(effects.mean() - truth),
        float(effects.std(ddof=1) / np.sqrt(len(effects))),
        float(np.mean(effects < truth)),
        float(np.median([one.effect.stderr for one in found])),
    )


class Problems:
    """Choice problems whose explanations are encouraged, with all that the subject does in them.

    Attributes:
        stake: dollars between the best and the worst option for each group, (n, 4).
        unasked: group that is argued for unasked, (n,).
        gain: dollars of each group where the explanation argues for it, (n, 4), and unasked, (n, 4).
    """

    def __init__(self, n: int) -> None:
        subject = create("persuaded", {})
        welfare = [problem.displayed() for problem in generate(n, 1)]
        self.stake = 100 * np.array([np.ptp(one, axis=0) for one in welfare])
        self.unasked = np.array([subject.argues_unasked(one) for one in welfare])
        own, natural = np.empty((n, 4)), np.empty((n, 4))
        for i, one in enumerate(welfare):
            gains = [100 * choice_probabilities(subject.values(one, group)) @ one for group in range(4)]
            own[i], natural[i] = np.diag(gains), gains[self.unasked[i]]
        self.gain = own, natural

    @property
    def truth(self) -> float:
        """Mean effect over problems and groups that are not argued for anyway."""
        moved = self.unasked[:, None] != np.arange(4)
        return float((self.gain[0] - self.gain[1])[moved].mean())

    def pairs(self, n: int, rng: np.random.Generator) -> Pairs:
        """Pairs of n problems, two groups each."""
        problem = np.repeat(rng.choice(len(self.unasked), n, replace=False), 2)
        named = np.array([rng.permutation(4)[:2] for _ in range(n)]).ravel()
        form = rng.integers(len(HEEDED), size=2 * n)
        natural = self.unasked[problem] == named
        heeds = natural | (rng.random(2 * n) < np.array(HEEDED)[form])
        own, unasked = (gain[problem, named] for gain in self.gain)
        gain = np.column_stack([unasked, np.where(heeds, own, unasked)])
        argues = np.column_stack([natural, heeds]).astype(float)
        nothing = np.zeros(2 * n)
        names, stake = tuple(str(one) for one in problem), self.stake[problem, named]
        return Pairs(names, named, form, stake, argues, gain, np.zeros((2 * n, 2)), nothing, nothing)


def task(runs: int) -> Iterator[bool]:
    """Coverage and standard errors on the task's own pairs."""
    problems = Problems(POOL)
    both = []
    for run in range(runs):
        pairs = problems.pairs(ASKED, np.random.default_rng([run, 29]))
        both.append((linear_stages(pairs), learned_stages(pairs, run)))
    truth = problems.truth
    print(f"the task's pairs, {ASKED} problems: {runs} studies; truth {truth:.1f} dollars")
    for way, found in zip(("linear", "learned"), zip(*both, strict=True), strict=True):
        s = summary([one for one in found if one is not None], truth)
        tell(f"  {way} first stage", s)
        yield asked(f"{way}: intervals cover in 93 to 97 %", 0.93 <= s.covered <= 0.97)
        yield asked(f"{way}: Anderson-Rubin covers in >= 93 %", s.robust >= 0.93)


def tell(what: str, s: Summary) -> None:
    print(
        f"{what:<28} F {s.strength:7.1f}  covered {s.covered:6.1%}  Anderson-Rubin {s.robust:6.1%} "
        f"(bounded {s.bounded:4.0%})  bias {s.bias:+.4f} ± {s.bias_error:.4f}  "
        f"below the truth {s.below:5.1%}  stderr {s.stderr:.4f}",
        flush=True,
    )


def asked(what: str, reached: bool) -> bool:
    print(f"  {what}: {'reached' if reached else 'MISSED'}", flush=True)
    return reached


def main(argv: list[str] | None = None) -> int:
    """Print coverage and standard errors; the exit code says whether the figures asked for were reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=500, help="simulated studies of each kind")
    runs = parser.parse_args(argv).runs
    fine = list(task(runs))
    for name, h in (
        ("strong, linear", linear(1.0)),
        ("weak, linear", linear(0.15)),
        ("no relation", linear(0.0)),
        ("nonlinear", curved),
    ):
        both = list(studies(h, runs))
        plain, learned = summary([one for one, _, _ in both]), summary([two for _, two, _ in both])
        print(f"{name}: {runs} studies; least squares {np.mean([three for _, _, three in both]):.3f}")
        tell("  linear first stage", plain)
        tell("  learned first stage", learned)
        if name.startswith("strong"):
            for way, s in (("linear", plain), ("learned", learned)):
                fine.append(asked(f"{way}: intervals cover in 93 to 97 %", 0.93 <= s.covered <= 0.97))
        elif name == "nonlinear":
            fine.append(asked("learned: smaller standard error", learned.stderr < plain.stderr))
            fine.append(asked("learned: no bias (3 errors)", abs(learned.bias) <= 3 * learned.bias_error))
            fine.append(asked("learned: intervals cover in 93 to 97 %", 0.93 <= learned.covered <= 0.97))
        else:
            for way, s in (("linear", plain), ("learned", learned)):
                fine.append(asked(f"{way}: Anderson-Rubin covers in >= 93 %", s.robust >= 0.93))
    return 0 if all(fine) else 1


if __name__ == "__main__":
    raise SystemExit(main())
