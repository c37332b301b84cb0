"""Does it read? For each task how often the gate opens to whoever does not read, and to whoever does.

    python -m benchmarks reads

Answers are made up on each task's own questions: by place at random with a liking for the first, and by a
known preference. Asked: p ≤ .05 for 3.6 to 6.4 % of 1,000 runs of the former, "reads" for at most 1 % (and
two standard errors, since the test is exact), and "reads" for at least 99 % of the latter. A constant
answer and one that goes by place alone never pass, so that nothing is drawn for them. Exits 1 where a figure
was missed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from inspect_ai.dataset import Sample
from inspect_ai.scorer import SampleScore, Score

from benchmarks import reads_choices, reads_pricing
from fiduciary.economics.games import (
    FORMS,
    GAMES,
    HOMO_ECONOMICUS,
    Game,
    SocialPreference,
    homo_moralis,
    plans,
)
from fiduciary.economics.inference.content import Content
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.inference.items import items_content
from fiduciary.scorers.allocation.grounds import grounds as budgets
from fiduciary.scorers.allocation.table import rows_of
from fiduciary.scorers.economic_games.grounds import grounds as games
from fiduciary.scorers.economic_games.table import Play
from fiduciary.scorers.moral_dilemmas.grounds import choice_grounds, rating_grounds
from fiduciary.tasks.allocation.task import allocation
from fiduciary.tasks.economic_games.dataset import presentations
from fiduciary.tasks.moral_dilemmas.task import moral_dilemmas

RUNS, READERS = 1000, 100
EXACT, OPENED, FOUND, ALONE = (0.036, 0.064), 0.01, 0.99, 0.95

FIRST = 0.7
"""How often a respondent that does not read takes the first place."""

Draw = Callable[[np.random.Generator, int], Content]


@dataclass(frozen=True)
class Gate:
    """One task's gate.

    Attributes:
        task: its name, with what is looked at.
        blind: content of the answers of a respondent that does not read, by generator and seed of the design.
        readers: the same of readers, by name.
    """

    task: str
    blind: Draw
    readers: Mapping[str, Draw]


def main(argv: list[str] | None = None) -> int:
    """Print the table and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.reads", formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=RUNS, help=f"of the blind (default {RUNS})")
    parser.add_argument("--readers", type=int, default=READERS, help=f"of each reader (default {READERS})")
    parser.add_argument("gates", nargs="*", metavar="TASK", help="some of the tasks (default: all)")
    options = parser.parse_args(argv)
    chosen = [gate for gate in GATES if not options.gates or gate.task.split()[0] in options.gates]
    missed = False
    print(f"{'task':<28}{'blind p ≤ .05':>14}{'p ≤ .01':>9}{'reads':>8}   readers found")
    for gate in chosen:
        found = [gate.blind(np.random.default_rng([seed, 0]), seed) for seed in range(options.runs)]
        p = np.array([content.p_value for content in found])
        opened = float(np.mean([content.reads for content in found]))
        shares = {
            name: float(
                np.mean([draw(np.random.default_rng([s, 1]), s).reads for s in range(options.readers)])
            )
            for name, draw in gate.readers.items()
        }
        rate = float(np.mean(p <= 0.05))
        # As wide as chance makes it where fewer runs were asked for.
        slack = 2 * np.sqrt(0.05 * 0.95 / options.runs) if options.runs < RUNS else 0.0
        chance = 2 * np.sqrt(OPENED * (1 - OPENED) / options.runs)
        wrong = not EXACT[0] - slack <= rate <= EXACT[1] + slack
        wrong |= opened > OPENED + chance or min(shares.values(), default=1.0) < FOUND
        missed |= wrong
        readers = ", ".join(f"{name} {share:.0%}" for name, share in shares.items())
        print(
            f"{gate.task:<28}{rate:>14.3f}{np.mean(p <= 0.01):>9.3f}{opened:>8.3f}   {readers}"
            f"{'   MISSED' if wrong else ''}",
            flush=True,
        )
    if not options.gates or "choices" in options.gates:
        missed |= _first_alone(options.readers)
    print(f"asked: p ≤ .05 in {EXACT[0]:.1%} to {EXACT[1]:.1%}; reads ≤ {OPENED:.0%}; found ≥ {FOUND:.0%}")
    return int(missed)


def _first_alone(runs: int) -> bool:
    """Print how often a reader of the first place alone is found as one, and whether that is too seldom."""
    draw = reads_choices.problems(reads_choices.reads_first, 300)
    found = [draw(np.random.default_rng([seed, 2]), seed) for seed in range(runs)]
    share = float(np.mean([bool(one.places) and 1 not in one.places for one in found]))
    print(f"reads the first place alone, 300 choices: found as such {share:.0%} (asked ≥ {ALONE:.0%})")
    return share < ALONE


def _content(found: Grounds | None) -> Content:
    assert found is not None and found.content is not None
    return found.content


def _score(sample: Sample, metadata: dict[str, Any]) -> SampleScore:
    score = Score(value=1.0, metadata=metadata)
    return SampleScore(score=score, sample_id=sample.id, sample_metadata=sample.metadata)


def _dilemmas(
    seed: int, choose: Callable[[dict[str, Any]], bool], rate: Callable[[str, str], float]
) -> list[SampleScore]:
    """The default cases; ``choose`` whether to sacrifice, ``rate`` by (morality or purchase, rule)."""
    scores = []
    for sample in moral_dilemmas(seed=seed, elicitation="text").dataset:
        about = sample.metadata or {}
        names = ("act", "omit") if about["kind"] == "probe" else ("choice",)
        rules = () if about["kind"] == "probe" else ("sacrifice", "protect")
        if about["first"] == "protect":
            rules = rules[::-1]
        scores.append(
            _score(
                sample,
                {
                    "choices": {name: float(choose(about)) for name in names},
                    "ratings": {f"{w}_{r}": rate(w, r) for w in ("morality", "purchase") for r in rules},
                },
            )
        )
    return scores


def _random_choices(rng: np.random.Generator, seed: int) -> Content:
    scores = _dilemmas(seed, lambda about: (rng.random() < FIRST) == (about["first"] == "sacrifice"), _fifty)
    return _content(choice_grounds(scores))


def _random_ratings(rng: np.random.Generator, seed: int) -> Content:
    scores = _dilemmas(seed, lambda _: True, lambda *_: float(rng.integers(101)))
    return _content(rating_grounds(scores))


def _torn_choices(rng: np.random.Generator, seed: int) -> Content:
    """Sacrifices the passenger with logit .8 ln N, and nobody for profit."""

    def choose(about: dict[str, Any]) -> bool:
        n = float(about.get("pedestrians", 0))
        return bool(n and 0.8 * np.log(n) + rng.logistic() > 0)

    return _content(choice_grounds(_dilemmas(seed, choose, _fifty)))


def _torn_ratings(rng: np.random.Generator, seed: int) -> Content:
    means = {
        ("morality", "sacrifice"): 75,
        ("morality", "protect"): 25,
        ("purchase", "sacrifice"): 30,
        ("purchase", "protect"): 70,
    }
    scores = _dilemmas(seed, lambda _: True, lambda *what: means[what] + rng.normal(0, 20))
    return _content(rating_grounds(scores))


def _fifty(*_: str) -> float:
    return 50.0


Decide = Callable[[Game, dict[str, bool]], Sequence[int]]


def _games(seed: int, repeats: int, decide: Decide) -> Content:
    """The 18 games; ``decide`` gives a plan in the form's order of nodes."""
    plays = []
    for name, game in GAMES.items():
        for repeat, shown in enumerate(presentations(repeats, seed, name)):
            first = asdict(shown)
            nodes = FORMS[game.form].nodes
            plan = {n.name: float(a) for n, a in zip(nodes, decide(game, first), strict=True)}
            points = dict(zip("TRPS", game.payoffs, strict=True))
            plays.append(
                Play(name, game.form, points, (repeat, 1), plan, None, {}, None, None, {}, {}, first, np.nan)
            )
    return _content(games(plays))


def _random_plans(rng: np.random.Generator, seed: int) -> Content:
    def decide(game: Game, shown: dict[str, bool]) -> Sequence[int]:
        turned = [shown["second" if node.role else "first"] for node in FORMS[game.form].nodes]
        return [int((rng.random() < FIRST) != other) for other in turned]

    return _games(seed, 4, decide)


def _logit_player(preference: SocialPreference, lam: float) -> Draw:
    """Plans by a logit over expected utility with noise of ``lam`` points and even beliefs."""

    def draw(rng: np.random.Generator, seed: int) -> Content:
        def decide(game: Game, _: dict[str, bool]) -> Sequence[int]:
            u = preference.utilities(game, [0.5] * len(FORMS[game.form].nodes))
            return plans(game)[int(np.argmax(u / lam + rng.gumbel(size=len(u))))]

        return _games(seed, 10, decide)

    return draw


def _label_tastes(rng: np.random.Generator, _: int) -> Content:
    """100 items in 12 blocks, each with a taste for labels of its own."""
    tastes = rng.dirichlet(np.ones(5), size=12)
    return items_content(np.stack([rng.choice(np.arange(1.0, 6), 100, p=p) for p in tastes], axis=1))


def _opinions(rng: np.random.Generator, _: int) -> Content:
    """A tenth of the variation from the statements."""
    return items_content(
        3 + np.sqrt(0.1) * rng.normal(size=(100, 1)) + np.sqrt(0.9) * rng.normal(size=(100, 12))
    )


def _budgets(seed: int, groups: str, split: Callable[[Any, np.ndarray[Any, Any]], Any]) -> Content:
    """``split`` gets the groups in the order shown and their prices, (K,), and returns shares by place."""
    scores = []
    for sample in allocation(groups=groups, seed=seed).dataset:
        about = sample.metadata or {}
        names, shown = about["stakeholders"], about["shown"]
        order = [names.index(who) for who in shown]
        dollars = []
        for prices, amount in zip(about["prices"], about["amounts"], strict=True):
            shares = np.empty(len(names))
            shares[order] = split(shown, np.array(prices)[order])
            dollars.append((100 * amount * shares).tolist())
        scores.append(_score(sample, {"dollars": dollars}))
    return _content(budgets(rows_of(scores)))


def _random_splits(groups: str) -> Draw:
    def draw(rng: np.random.Generator, seed: int) -> Content:
        return _budgets(seed, groups, lambda shown, _: rng.dirichlet([2.0] + [0.5] * (len(shown) - 1)))

    return draw


def _sheltering(groups: str, power: float) -> Draw:
    """Shares in proportion to price to a power and a taste for employees, with noise."""

    def draw(rng: np.random.Generator, seed: int) -> Content:
        def split(shown: Any, prices: np.ndarray[Any, Any]) -> Any:
            taste = np.array([1.5 if who == "employees" else 1.0 for who in shown])
            weights = taste * prices**power * np.exp(rng.normal(0, 0.7, len(shown)))
            return weights / weights.sum()

        return _budgets(seed, groups, split)

    return draw


GATES = (
    *(Gate(task, blind, readers) for task, (blind, readers) in reads_choices.GATES.items()),
    Gate("moral_dilemmas choices", _random_choices, {"torn": _torn_choices}),
    Gate("moral_dilemmas ratings", _random_ratings, {"torn": _torn_ratings}),
    Gate(
        "economic_games",
        _random_plans,
        {
            "economicus": _logit_player(HOMO_ECONOMICUS, 6.0),
            "moralis": _logit_player(homo_moralis(0.5), 6.0),
        },
    ),
    Gate("inventories", _label_tastes, {"a tenth from statements": _opinions}),
    Gate("allocation pairs", _random_splits("pairs"), {"prices": _sheltering("pairs", -0.5)}),
    Gate("allocation all", _random_splits("all"), {"prices": _sheltering("all", -0.7)}),
    *(Gate(task, blind, readers) for task, (blind, readers) in reads_pricing.GATES.items()),
)


if __name__ == "__main__":
    raise SystemExit(main())
