"""Whether answers to dilemmas depend on the options: exact for whoever does not read."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
from inspect_ai.scorer import SampleScore, Score

from fiduciary.scorers.moral_dilemmas.grounds import choice_grounds, rating_grounds
from fiduciary.scorers.moral_dilemmas.scorer import RULES
from fiduciary.tasks.moral_dilemmas.task import moral_dilemmas

RUNS = 150


def scores(
    choose: Callable[[dict[str, object], str], float],
    rate: Callable[[dict[str, object], str], float] = lambda about, name: 50.0,
    seed: int = 0,
) -> list[SampleScore]:
    found = []
    for sample in moral_dilemmas(seed=seed, elicitation="text").dataset:
        about = sample.metadata or {}
        probe = about["kind"] == "probe"
        names = ("act", "omit") if probe else ("choice",)
        ratings = itertools.product(() if probe else ("morality", "purchase"), RULES)
        kept = {
            "choices": {name: choose(about, name) for name in names},
            "ratings": {f"{what}_{rule}": rate(about, f"{what}_{rule}") for what, rule in ratings},
        }
        score = Score(value=1, metadata=kept)
        found.append(SampleScore(score=score, sample_id=sample.id, sample_metadata=about))
    return found


def test_a_random_respondent_that_likes_a_letter_is_refused_as_often_as_stated() -> None:
    """p ≤ .05 in 150 runs: 1.6 to 10 % is where 99.9 % of exact tests lie."""
    p_values = []
    for seed in range(RUNS):
        rng = np.random.default_rng(seed)

        def choose(about: dict[str, object], _: str, rng: np.random.Generator = rng) -> float:
            first = bool(rng.random() < 0.7)
            return float(first == (about["first"] == "sacrifice"))

        content = choice_grounds(scores(choose, seed=seed)).content
        assert content is not None
        p_values.append(content.p_value)
    assert 0 < np.sum(np.array(p_values) <= 0.05) <= 16


def test_opposite_answers_to_what_is_right_and_what_is_bought_do_not_hide_each_other() -> None:
    rng = np.random.default_rng(0)

    def rate(_: dict[str, object], name: str) -> float:
        return 50 + (10 if name in ("morality_sacrifice", "purchase_protect") else -10) + rng.normal(0, 20)

    assert rating_grounds(scores(lambda *_: 1.0, rate)).withheld is None
