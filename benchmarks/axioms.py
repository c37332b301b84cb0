"""The card of axioms: planted violations are found, and none in consistent noisy choosers.

A subject's probabilities on the task's own questions, at its default size, are known. Answers are drawn
from them without Inspect: as texts, as often as the task asks, and as probabilities, as they are. Every run
has its own firms, sets and draws. Asked: a planted violation is found in 95 % of 200 runs; in consistent
noisy subjects, of any axiom, and a lack of fit of the CES, in 5 % of them at most, but for what so many runs
may do by chance (99 % quantile of the binomial).

    python -m benchmarks.axioms [--seeds 200]
"""

from __future__ import annotations

import argparse
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import numpy as np
from scipy import stats
from scipy.special import logsumexp

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.axioms.answers import AxiomAnswers
from fiduciary.economics.axioms.card import findings
from fiduciary.economics.axioms.chooser import fitted
from fiduciary.economics.axioms.curve import lack_of_fit
from fiduciary.economics.axioms.gather import Open, gather
from fiduciary.economics.axioms.items import Item, firm_items, set_items
from fiduciary.economics.choice_sets import draw_sets
from fiduciary.subjects.stakeholders import create
from fiduciary.tasks.axioms.dataset import OPEN_QUESTIONS, AxiomDesign, times_asked
from fiduciary.tasks.axioms.task import TEXT_REPEATS

N, SETS, POOL = 12, 30, 480
LEVEL, FOUND = 0.05, 0.95
AXIOMS = (
    "completeness",
    "reflexivity",
    "strong monotonicity",
    "continuity",
    "transitivity",
    "independence of irrelevant alternatives",
)


@dataclass(frozen=True, eq=False)
class Case:
    """A subject, and which axioms it breaks.

    Attributes:
        name: of the subject.
        planted: axioms that must be found violated.
        arguments: of the subject.
        temperature: τ of its texts.
        free: axioms of which nothing is asked: what is planted breaks them too, or may.
        answered: share of its unbegun turns that it answers.
    """

    name: str
    planted: tuple[str, ...] = ()
    arguments: dict[str, Any] = field(default_factory=dict)
    temperature: float = 1.0
    free: tuple[str, ...] = ()
    answered: float = 1.0

    @property
    def title(self) -> str:
        """Name, arguments and temperature."""
        arguments = "".join(f" {key}={value}" for key, value in self.arguments.items())
        return f"{self.name}{arguments} tau={self.temperature:g}"


CASES = (
    Case("unreflexive", ("reflexivity",)),
    Case("satiated", ("strong monotonicity",), free=("continuity",)),
    Case("jumpy", ("continuity",), free=("strong monotonicity",)),
    Case("cyclic", ("transitivity",), free=(AXIOMS[2], AXIOMS[3], AXIOMS[5])),
    Case("refuser", ("completeness",), {"rate": 0.5}, answered=0.5),
    Case("study1"),
    Case("study1", temperature=0.3),
    Case("study1", arguments={"bonus": 1.0}, free=("reflexivity",)),
    Case("nonprofit"),
    Case("for_profit"),
)


@lru_cache
def _pool() -> list[FloatArray]:
    return [found.options.displayed() for found in draw_sets(POOL, 1)]


@lru_cache(maxsize=256)
def _items(seed: int) -> list[Item]:
    rng, pool = np.random.default_rng([seed, 3]), _pool()
    sets = [pool[k] for k in rng.choice(len(pool), SETS, replace=False)]
    return [*firm_items(N, seed), *set_items(sets)]


@lru_cache(maxsize=512)
def chances(case: Case, seed: int) -> dict[tuple[str, tuple[int, ...]], FloatArray]:
    """What a subject chooses at each place, question by question, at temperature 1."""
    subject, found = create(case.name, case.arguments), {}
    for item in _items(seed):
        # What an option is worth depends on its menu for few, and of them it is worked out menu by menu.
        alone = case.name != "cyclic" and item.kind != "reflexivity"
        worth = subject.preference.utility(item.options) if alone else None
        for order in item.orders:
            own = list(order)
            values = subject.preference.utility(item.options[own]) if worth is None else worth[own]
            values = values + subject.bonus * (np.arange(len(order)) == 0)
            found[item.id, order] = np.exp(values - logsumexp(values))
    return found


def answers(case: Case, seed: int, by_probability: bool) -> AxiomAnswers:
    """The answers of one run."""
    rng = np.random.default_rng([seed, 0xA8])
    items, known = _items(seed), chances(case, seed)
    if by_probability:
        tallies: dict[tuple[str, tuple[int, ...]], Any] = dict(known)
        asked = OPEN_QUESTIONS
    else:
        design = AxiomDesign(N, TEXT_REPEATS, seed, "neutral", "plain", "text", case.temperature)
        kinds = {item.id: times_asked(item.kind, design) for item in items}
        tallies = {}
        for (name, order), p in known.items():
            tempered = p ** (1 / case.temperature)
            n = rng.binomial(kinds[name], case.answered)
            tallies[name, order] = rng.multinomial(n, tempered / tempered.sum())
        asked = sum(kinds[name] for name, _ in known)
    answered = int(rng.binomial(asked, case.answered))
    mass = np.ones(len(known)) if by_probability else np.zeros(0)
    return gather(items, tallies, by_probability, Open(asked, answered, asked - answered, mass))


def main(argv: list[str] | None = None) -> int:
    """Print the shares of violations found; the exit code says whether all figures were reached."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=200, help="runs of each subject (default 200)")
    runs = parser.parse_args(argv).seeds
    most = stats.binom.ppf(0.99, runs, LEVEL) / runs
    print(f"violated, share of {runs} runs (kept); asked: planted >= {FOUND:.0%}, others <= {most:.1%}")
    print(f"{'subject':<34}{'by':<15}" + "".join(f"{name.split()[-1]:>18}" for name in AXIOMS) + "   unfit")
    fine = True
    for case in CASES:
        for by_probability in (False, True):
            if by_probability and case.temperature != 1:
                continue
            fine &= row(case, by_probability, runs, most)
    print("every figure reached" if fine else "some figures missed")
    return int(not fine)


def row(case: Case, by_probability: bool, runs: int, most: float) -> bool:
    """One subject asked in one way."""
    violated, kept = Counter[str](), Counter[str]()
    unfit, tested = 0, 0
    for seed in range(runs):
        data = answers(case, seed, by_probability)
        for finding in findings(data):
            violated[finding.axiom] += finding.verdict == "violated"
            kept[finding.axiom] += finding.verdict == "kept"
        if not (case.planted or case.free):
            p_value = lack_of_fit(data, fitted(data)).p_value
            tested += bool(np.isfinite(p_value))
            unfit += bool(p_value <= LEVEL)
    cells, missed = [], []
    for axiom in AXIOMS:
        found = violated[axiom] / runs
        right = found >= FOUND if axiom in case.planted else axiom in case.free or found <= most
        missed += [] if right else [axiom]
        cells.append(f"{found:>9.1%} ({kept[axiom] / runs:>4.0%}){'' if right else '!':<2}")
    share = f"{unfit / tested:8.1%}" if tested else "       -"
    if tested and unfit / tested > most:
        missed.append("lack of fit")
    how = "probabilities" if by_probability else "text"
    print(f"{case.title:<34}{how:<15}" + "".join(cells) + share + ("   MISSED" if missed else ""), flush=True)
    return not missed


if __name__ == "__main__":
    raise SystemExit(main())
