"""Whether decisions in games depend on the payoffs: exact for non-readers, and found for readers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, replace
from typing import Any

import numpy as np
import pytest

from fiduciary.economics.games import FORMS, GAMES, Node
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.scorers.economic_games.grounds import grounds, withheld
from fiduciary.scorers.economic_games.table import Play
from fiduciary.tasks.economic_games.dataset import presentations

RUNS = 100


def play_all(
    decide: Callable[[Node, dict[str, bool]], float], seed: int = 0, form: str = "", repeats: int = 2
) -> Grounds:
    found = grounds(played(decide, seed, form, repeats))
    assert found is not None and found.content is not None
    return found


def played(
    decide: Callable[[Node, dict[str, bool]], float], seed: int = 0, form: str = "", repeats: int = 2
) -> list[Play]:
    """The 18 games, or those of a form, as the task presents them."""
    plays = []
    for name, game in GAMES.items():
        for repeat, shown in enumerate(presentations(repeats, seed, name) if form in name else ()):
            first: dict[str, Any] = asdict(shown)
            plan = {node.name: decide(node, first) for node in FORMS[game.form].nodes}
            points = dict(zip("TRPS", game.payoffs, strict=True))
            plays.append(
                Play(name, game.form, points, (repeat, 1), plan, None, {}, None, None, {}, {}, first, np.nan)
            )
    return plays


def test_a_random_player_that_likes_a_place_is_refused_as_often_as_stated() -> None:
    """p ≤ .05 in 100 runs: 1 to 13 of them with probability .99."""
    p_values = []
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)

        def decide(node: Node, shown: dict[str, bool], rng: np.random.Generator = rng) -> float:
            return float((rng.random() < 0.7) != shown["second" if node.role else "first"])

        content = play_all(decide, seed).content
        assert content is not None
        p_values.append(content.p_value)
    assert 1 <= np.sum(np.array(p_values) <= 0.05) <= 13


@pytest.mark.parametrize("wanted", ["never", "always", "like with like"])
def test_a_player_of_one_kind_reads(wanted: str) -> None:
    def decide(node: Node, _: dict[str, bool]) -> float:
        return float(wanted == "always" or (wanted == "like with like" and node.name != "reply_to_D"))

    assert play_all(decide).withheld is None
    assert play_all(decide, form="trust", repeats=6).withheld is None


def test_whoever_always_takes_the_first_place_does_not_vary() -> None:
    found = play_all(lambda node, shown: float(not shown["second" if node.role else "first"]))
    assert found.withheld == "not shown to read: its answers never vary, or are too few to tell, n = 36"


def test_decisions_count_without_beliefs_and_what_needs_beliefs_does_not() -> None:
    """Decisions that are read without beliefs are measured; best replies are not."""
    found = [
        replace(one, belief_reason="no answer", shares=(1.0,))
        for one in played(lambda node, shown: float(node.role == 0), repeats=4)
    ]
    own = grounds(found)
    assert own is not None and own.valid == own.asked
    needs = grounds(found, beliefs=True)
    assert needs is not None and needs.valid == 0
    assert withheld(found) == needs.withheld and "not measured" in (needs.withheld or "")
