"""Menus and budgets: do the tests hold their level, do indices lie in their bands, is demand recovered?

    python -m benchmarks.budgets --simulations 500

Prints what was asked beside what was measured; the exit code is 1 where a figure is missed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np

from fiduciary.economics.budgets import (
    BudgetSet,
    afriat_index,
    bronars_power,
    draw_budgets,
    draw_shares,
    fit_demand,
    random_afriat,
    relative_costs,
)
from fiduciary.economics.choice_sets import draw_sets
from fiduciary.economics.consistency.menus import MenuCounts, attraction_effects, iia_test, regularity_test
from fiduciary.economics.conventions import DOLLARS_PER_UNIT, STAKEHOLDERS
from fiduciary.economics.estimation import CESFit, fit_ces, wald_test
from fiduciary.economics.estimation.intervals import contains
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, profile
from fiduciary.scorers.reading.splits import read_split
from fiduciary.solvers.allocation import budget_instruction
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.utilities import Cyclic
from fiduciary.tasks.allocation.dataset import sets_of
from fiduciary.tasks.allocation.prompts import render
from fiduciary.tasks.menus.dataset import decoys_of, menus_of

BUDGETS, SETS, REPEATS, SIZE = 20, 20, 2, 5
"""The tasks' defaults."""

DRAWS = 99
SEEDS = 20
NAMES = ("theta_SH", "theta_EM", "theta_CO", "theta_SOC", "rho", "gamma")

_missed: list[str] = []


def line(what: str, measured: str, asked: str, reached: bool) -> None:
    """Print one figure, and remember it where it is missed."""
    print(f"  {what:<62}{measured:>16}   asked {asked}{'' if reached else '   <- MISSED'}", flush=True)
    if not reached:
        _missed.append(what)


def design_power() -> None:
    """Bronars's power of default designs."""
    print(f"Bronars's power of {BUDGETS} budgets, least of 40 draws of the design")
    for k in (2, 3, 4):
        rng = np.random.default_rng([k, 1])
        drawn = [draw_budgets(STAKEHOLDERS[:k], BUDGETS, rng) for _ in range(40)]
        least = min(bronars_power(b.prices, b.amounts, rng, 500).value for b in drawn)
        line(f"{k} stakeholders", f"{least:.3f}", ">= 0.9", least >= 0.9)


def bands() -> None:
    """Subjects answer the text; their mean index lies in the band of simulated agents."""
    print(f"Afriat's index of subjects that read the text, mean over a run's sets, {SEEDS} seeds")
    cases: tuple[tuple[str, float, CES | None], ...] = (
        ("random", 1.0, None),
        ("study1", 1.0, profile("study1")),
        ("study1", 0.2, profile("study1")),
    )
    for name, temperature, truth in cases:
        inside = 0
        for seed in range(SEEDS):
            rng = np.random.default_rng([seed, 2])
            observed, simulated = [], []
            for names in sets_of("default"):
                budgets = draw_budgets(names, BUDGETS, rng)
                bundles = answered(name, budgets, temperature, rng)
                observed.append(float(afriat_index(relative_costs(budgets.prices, bundles))))
                simulated.append(reference(budgets, truth, temperature, rng))
            low, high = np.quantile(np.mean(simulated, axis=0), [0.025, 0.975])
            inside += bool(low - 1e-9 <= np.mean(observed) <= high + 1e-9)
        line(
            f"subject/{name}, τ = {temperature:g}: inside its 95 % band",
            f"{inside}/{SEEDS}",
            ">= 17",
            inside >= 17,
        )


def answered(name: str, budgets: BudgetSet, temperature: float, rng: np.random.Generator) -> np.ndarray:
    """Benefits (T, K) that a subject buys, by way of the task's text and the scorer's reading."""
    respondent = create(name)
    names = list(budgets.stakeholders)
    bought = []
    for prices, amount in zip(budgets.prices, budgets.amounts, strict=True):
        text = f"{render(names, prices.tolist(), float(amount))}\n\n{budget_instruction('answer', names)}"
        [answer] = respondent.answers([text], temperature, rng)
        split = read_split(answer.text, names, float(amount) * DOLLARS_PER_UNIT, "stop")
        if split.dollars is None:
            raise RuntimeError(f"subject/{name} was not understood: {answer.text!r}")
        bought.append(np.array(split.dollars) / DOLLARS_PER_UNIT / prices)
    return np.array(bought)


def reference(
    budgets: BudgetSet, truth: CES | None, temperature: float, rng: np.random.Generator
) -> np.ndarray:
    """Afriat's index of 200 simulated agents: uniformly random ones, or ones with a utility."""
    if truth is None:
        return random_afriat(budgets.prices, budgets.amounts, rng, 200)
    shares = draw_shares(truth, budgets.prices, budgets.amounts, budgets.columns, temperature, rng, 200)
    return afriat_index(relative_costs(budgets.prices, shares * budgets.amounts[:, None] / budgets.prices))


def demand_fit(truth: CES, names: tuple[tuple[str, ...], ...], n: int, rng: np.random.Generator) -> CESFit:
    """The estimate from one simulated run."""
    prices, bundles = [], []
    for of in names:
        budgets = draw_budgets(of, n, rng)
        shares = draw_shares(truth, budgets.prices, budgets.amounts, budgets.columns, 1.0, rng)[0]
        p, x = np.full((n, 4), np.nan), np.zeros((n, 4))
        p[:, budgets.columns] = budgets.prices
        x[:, budgets.columns] = shares * budgets.amounts[:, None] / budgets.prices
        prices.append(p)
        bundles.append(x)
    return fit_demand(np.concatenate(prices), np.concatenate(bundles), 1.0)


def recovery(simulations: int) -> None:
    """Bias and coverage of the demand estimate, pairs of stakeholders."""
    cases = (
        ("study1", profile("study1")),
        ("ces .30,.25,.25,.20, ρ = .25", CES((0.30, 0.25, 0.25, 0.20), 0.25)),
    )
    for label, truth in cases:
        true = np.array([*truth.theta, truth.rho, truth.gamma])
        estimates, covers, far = [], [], 0
        for i in range(simulations):
            fit = demand_fit(truth, sets_of("pairs"), BUDGETS, np.random.default_rng([i, 3]))
            estimates.append(fit.values[:6])
            covers.append([contains(fit, name, t) for name, t in zip(NAMES, true, strict=True)])
            z = (fit.values[:6] - true) / [fit.se(name) for name in NAMES]
            far += bool(np.nanmax(np.abs(z[:5])) > 3)
        coverage = np.mean(covers, axis=0)
        bias = (np.mean(estimates, axis=0) - true) / np.std(estimates, axis=0)
        print(f"CES demand of {label}: {simulations} simulated runs of {6 * BUDGETS} budgets")
        for name, share, b in zip(NAMES, coverage, bias, strict=True):
            line(
                f"{name}: coverage of the 95 % interval (bias/sd {b:+.2f})",
                f"{share:.3f}",
                ">= 0.92",
                share >= 0.92,
            )
        line(
            "θ and ρ all within 3 standard errors",
            f"{1 - far / simulations:.3f}",
            ">= 0.97",
            far <= 0.03 * simulations,
        )


def agreement() -> None:
    """Discrete choices and budgets of the same preference say the same."""
    truth, rejected = profile("study1"), 0
    for seed in range(SEEDS):
        rng = np.random.default_rng([seed, 4])
        welfare = stack(generate(400, seed))
        discrete = fit_ces(
            welfare, draw_choices(truth.utility(welfare), 1.0, rng), 1.0, groups=[f"c{i}" for i in range(400)]
        )
        rejected += wald_test(demand_fit(truth, sets_of("pairs"), BUDGETS, rng), discrete).p_value < 0.05
    print(f"Demand against 400 discrete choices of study1, {SEEDS} seeds")
    line("joint test of equal θ and ρ rejects at 5 %", f"{rejected}/{SEEDS}", "<= 3", rejected <= 3)


def probabilities(kind: str, seed: int) -> Iterator[tuple[tuple[tuple[int, ...], ...], np.ndarray]]:
    """Menus and choice probabilities (M, J) of each set, options in the order of the chain of menus."""
    rng = np.random.default_rng([seed, 5])
    for choice_set in draw_sets(SETS, seed, m=SIZE):
        options = choice_set.options.displayed()
        pair, decoys = decoys_of(options, 2)
        menus = menus_of(SIZE, pair, rng)
        chain = sorted(menus[-5])
        chain += [*sorted(set(menus[-4]) - set(chain)), *sorted(set(menus[-3]) - set(menus[-4]))]
        order = [*chain, SIZE, SIZE + 1]
        welfare = np.vstack([options, decoys])[order]
        own = tuple(tuple(sorted(order.index(i) for i in menu)) for menu in menus)
        # Pairs in one order for all sets.
        plain = [*combinations(range(SIZE), 2), *(tuple(range(k)) for k in range(3, SIZE + 1))]
        shown = (*plain, *own[-2:])
        p = np.zeros((len(shown), SIZE + 2))
        for row, menu in enumerate(shown):
            p[row, list(menu)] = chosen_with(kind, welfare[list(menu)])
        yield tuple(shown), p


def chosen_with(kind: str, welfare: np.ndarray) -> np.ndarray:
    """Choice probabilities of one menu at τ = 1."""
    if kind == "cyclic":
        return choice_probabilities(Cyclic().utility(welfare))
    if kind == "random":
        return np.full(len(welfare), 1 / len(welfare))
    return choice_probabilities(profile("study1").utility(welfare), 0.2 if kind == "study1, τ = 0.2" else 1.0)


def levels(simulations: int) -> None:
    """How often the tests of menus reject."""
    cases = (
        ("study1", simulations, "<= 0.08", lambda share: share <= 0.08),
        ("study1, τ = 0.2", simulations, "<= 0.08", lambda share: share <= 0.08),
        ("random", simulations, "<= 0.08", lambda share: share <= 0.08),
        ("cyclic", max(20, simulations // 10), ">= 0.9", lambda share: share >= 0.9),
    )
    for kind, runs, asked, fine in cases:
        menus_level(kind, runs, asked, fine)


def menus_level(kind: str, runs: int, asked: str, fine: Callable[[float], bool]) -> None:
    """One row of :func:`levels`: the default task's answers, redrawn again and again."""
    sets = list(probabilities(kind, 0))
    plain = sets[0][0][:-2]
    p = np.array([probability[: len(plain), :SIZE] for _, probability in sets])
    answers = np.array([REPEATS * len(menu) for menu in plain])
    rng = np.random.default_rng(6)
    rejected = np.zeros(3)
    for _ in range(runs):
        data = MenuCounts(plain, rng.multinomial(np.broadcast_to(answers, p.shape[:2]), p))
        decoys = np.array([drawn_decoys(menus, probability, rng) for menus, probability in sets])
        effects = attraction_effects(decoys)
        effects = effects[np.isfinite(effects)]
        spread = effects.std(ddof=1)
        z = effects.mean() / spread * np.sqrt(len(effects)) if spread > 0 else 0.0
        tests = iia_test(data, rng, DRAWS).p_value, regularity_test(data, rng, DRAWS).p_value
        rejected += [tests[0] <= 0.05, tests[1] <= 0.05, abs(z) > 1.96]
    print(
        f"Menus, {SETS} sets of {SIZE} options, {REPEATS} repeats, {kind}: share of {runs} runs that reject"
    )
    for name, share in zip(("independence", "regularity"), rejected / runs, strict=False):
        line(name, f"{share:.3f}", asked, fine(float(share)))
    if kind != "cyclic":
        line("attraction (z)", f"{rejected[2] / runs:.3f}", "<= 0.08", rejected[2] / runs <= 0.08)


def drawn_decoys(
    menus: tuple[tuple[int, ...], ...], p: np.ndarray, rng: np.random.Generator
) -> list[list[int]]:
    """Counts (2, 3) of a, b and the decoy in the two menus with one."""
    rows = []
    for menu, probability in zip(menus[-2:], p[-2:], strict=True):
        counts = rng.multinomial(REPEATS * 3, probability[list(menu)])
        rows.append([int(counts[0]), int(counts[1]), int(counts[2])])
    return rows


PARTS: dict[str, Callable[[int], None]] = {
    "power": lambda _: design_power(),
    "bands": lambda _: bands(),
    "agreement": lambda _: agreement(),
    "recovery": recovery,
    "menus": levels,
}


def main(argv: list[str] | None = None) -> int:
    """Print all figures; the exit code says whether every one was reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--simulations", type=int, default=500)
    parser.add_argument("--part", choices=list(PARTS), action="append", help="repeatable; by default all")
    args = parser.parse_args(argv)
    _missed.clear()
    for part in args.part or PARTS:
        PARTS[part](args.simulations)
    print(f"missed: {', '.join(_missed) or 'nothing'}")
    return 1 if _missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
