"""Respondents to choice problems, pairs and menus, with known reading: for ``benchmarks.reads``."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping, Sequence
from itertools import combinations

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.content import Content, content
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.problems import ChoiceProblem, generate
from fiduciary.economics.utility import profile
from fiduciary.scorers.grounds import Row, laid_out
from fiduciary.subjects.utilities import Cyclic

Answer = Callable[[FloatArray, np.random.Generator], FloatArray]
"""Gains of the options in the order shown, (J, 4) → the share of the answer at each place."""

Draw = Callable[[np.random.Generator, int], Content]

PROBLEMS = 100
SHIFT = 5.0
TEMPERATURES = (0.2, 0.5, 1.0)


def _drawn(v: FloatArray, rng: np.random.Generator, tau: float | None = None) -> FloatArray:
    p = choice_probabilities(v, rng.choice(TEMPERATURES) if tau is None else tau)
    return np.asarray(np.eye(len(v))[rng.choice(len(v), p=p)], np.float64)


def at_random(shown: FloatArray, rng: np.random.Generator) -> FloatArray:
    """One option as well as another."""
    return np.asarray(np.eye(len(shown))[rng.integers(len(shown))], np.float64)


def mostly_first(shown: FloatArray, rng: np.random.Generator) -> FloatArray:
    """By place, and now and then no answer at all."""
    if rng.random() < 0.1:
        return np.full(len(shown), np.nan)
    return _drawn(-1.5 * np.arange(len(shown), dtype=float), rng, 1.0)


def by_table(shown: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A fixed table of answers: by the number of options and which group gains most of all in the problem.

    The gains of a problem are what they are in whatever order they stand.
    """
    key = f"{len(shown)}{shown.sum(axis=0).argmax()}"
    return np.asarray(np.eye(len(shown))[zlib.crc32(key.encode()) % len(shown)], np.float64)


def wants(name: str, extra: float = 0.0) -> Answer:
    """A preference, and noise besides as behind an explanation."""
    preference = profile(name)

    def answer(shown: FloatArray, rng: np.random.Generator) -> FloatArray:
        return _drawn(preference.utility(shown + SHIFT), rng, rng.choice(TEMPERATURES) + extra)

    return answer


def turns(shown: FloatArray, rng: np.random.Generator) -> FloatArray:
    """A preference that goes round in a circle."""
    return _drawn(Cyclic().utility(shown), rng)


def reads_first(shown: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Takes the first option where it gives the four groups together more than usual, else any other."""
    u = profile("symmetric").utility(shown[:1] + SHIFT)[0]
    takes = rng.random() < 1 / (1 + np.exp(-2 * (u - 21.4)))
    return np.asarray(np.eye(len(shown))[0 if takes else rng.integers(1, len(shown))], np.float64)


def log_odds(weight: float) -> Answer:
    """Probabilities that places and words move, and a utility by so much."""
    preference = profile("study1")

    def answer(shown: FloatArray, rng: np.random.Generator) -> FloatArray:
        places = -np.arange(len(shown)) * np.exp(rng.normal(0, 0.2)) + rng.normal(0, 0.3, len(shown))
        u = preference.utility(shown + SHIFT)
        return choice_probabilities(places + weight * (u - u.mean()), 1.0)

    return answer


def problems(answer: Answer, n: int = PROBLEMS, *, noisy: bool = True, reordered: int = 0) -> Draw:
    """Choice problems in random order, every so many of them in a second one."""

    def draw(rng: np.random.Generator, seed: int) -> Content:
        rows: list[Row] = []
        for i, problem in enumerate(generate(n, seed)):
            orders = [rng.permutation(problem.n_options).tolist()]
            while reordered and i % reordered == 0 and len(orders) < 2:
                other = rng.permutation(problem.n_options).tolist()
                orders += [other] if other != orders[0] else []
            rows += _asked(problem.id, orders, problem.welfare, answer, rng)
        return content(laid_out(rows, noisy=noisy), seed=seed)

    return draw


def pairs(answer: Answer, sets: int = 40) -> Draw:
    """Both orders of every pair of three options."""

    def draw(rng: np.random.Generator, seed: int) -> Content:
        rows: list[Row] = []
        for problem in _of(3, sets, seed):
            for i, j in combinations(range(3), 2):
                rows += _asked(f"{problem.id}{i}{j}", [[0, 1], [1, 0]], problem.welfare[[i, j]], answer, rng)
        return content(laid_out(rows, noisy=True), seed=seed)

    return draw


def menus(answer: Answer, sets: int = 20) -> Draw:
    """All rotations of every menu of four options."""

    def draw(rng: np.random.Generator, seed: int) -> Content:
        rows: list[Row] = []
        for problem in _of(4, sets, seed):
            for k in (2, 3, 4):
                for menu in combinations(range(4), k):
                    orders = [[*range(r, k), *range(r)] for r in range(k)]
                    rows += _asked(f"{problem.id}{menu}", orders, problem.welfare[list(menu)], answer, rng)
        return content(laid_out(rows, noisy=True), seed=seed)

    return draw


def _of(options: int, n: int, seed: int) -> list[ChoiceProblem]:
    return [p for p in generate(8 * n, seed) if p.n_options == options][:n]


def _asked(
    question: str,
    orders: Sequence[Sequence[int]],
    welfare: FloatArray,
    answer: Answer,
    rng: np.random.Generator,
) -> list[Row]:
    rows: list[Row] = []
    for order in orders:
        shares = answer(welfare[list(order)], rng)
        rows.append((question, order, None if np.isnan(shares).any() else shares.tolist(), welfare))
    return rows


GATES: Mapping[str, tuple[Draw, Mapping[str, Draw]]] = {
    "choices, at random": (
        problems(at_random),
        {
            **{name: problems(wants(name)) for name in ("study1", "for_profit", "nonprofit")},
            "explainer": problems(wants("study1", extra=1.0)),
            "cyclic": problems(turns),
        },
    ),
    "choices, mostly the first": (problems(mostly_first), {}),
    "choices, a fixed table": (problems(by_table), {}),
    # A share takes problems asked in two orders, every tenth of them.
    "choices, 200, log-odds": (
        problems(log_odds(0.0), 200, noisy=False, reordered=10),
        {"study1": problems(log_odds(1.0), 200, noisy=False, reordered=10)},
    ),
    "transitivity": (pairs(mostly_first), {"study1": pairs(wants("study1")), "cyclic": pairs(turns)}),
    "menus": (menus(mostly_first), {"study1": menus(wants("study1")), "cyclic": menus(turns)}),
}
"""Task → content of who does not read, and of readers."""
