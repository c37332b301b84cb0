"""Two respondents are told apart only where they choose differently, whatever it is that they choose by."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.paired_exchange import alike
from fiduciary.economics.inference.shown import Shown
from fiduciary.economics.problems import generate
from tests.economics.inference.test_content import Answer, asked, at_random, first, log_odds, wants


@pytest.mark.parametrize("answer", [at_random, wants("study1")])
def test_equals_are_rejected_as_often_as_the_level_says(answer: Answer) -> None:
    p = []
    for seed in range(250):
        a = asked(answer, 40, seed)
        b = replace(a, answers=_again(a, answer, seed, np.random.default_rng([seed, 7])))
        p.append(alike(a, b, draws=199).p_value)
    assert 0.012 < np.mean(np.array(p) <= 0.05) < 0.1


def _again(shown: Shown, answer: Answer, seed: int, rng: np.random.Generator) -> FloatArray:
    """Somebody's answers to the problems of others, from a source of chance of its own."""
    out = np.full_like(shown.answers, np.nan)
    for r, problem in enumerate(generate(len(shown.answers), seed)):
        order = np.argsort(shown.place[r, : problem.n_options]).tolist()
        out[r, order] = answer(problem, order, rng)
    return out


def test_different_preferences_and_different_habits_are_told_apart() -> None:
    a = asked(wants("for_profit"), 150, 0)
    for other in (wants("nonprofit"), first, at_random):
        b = replace(a, answers=_again(a, other, 0, np.random.default_rng(3)))
        assert alike(a, b).p_value < 0.001


def test_who_never_differs_has_p_1_and_distance_0() -> None:
    a = asked(first, 30, 0)
    found = alike(a, a)
    assert (found.p_value, found.distance, found.n) == (1.0, 0.0, 30)


def test_silence_is_an_answer_too() -> None:
    a = asked(first, 60, 0)
    quiet = a.answers.copy()
    quiet[:20] = np.nan
    found = alike(a, replace(a, answers=quiet))
    assert found.p_value < 0.001
    assert found.distance == 0.0


def test_probabilities_count_by_how_far_they_are_apart() -> None:
    a = asked(log_odds(1), 100, 2, noisy=False)
    b = replace(a, answers=_again(a, log_odds(1, place=0.5), 2, np.random.default_rng(0)))
    found = alike(a, b)
    expected = np.nansum(np.abs(a.answers - b.answers), axis=1).mean() / 2
    assert found.distance == pytest.approx(expected)
    assert found.p_value < 0.01


def test_only_what_both_were_asked_in_the_same_order_counts() -> None:
    a = asked(wants("study1"), 60, 0)
    shuffled = np.random.default_rng(1).permutation(60)[:40]
    b = replace(
        a,
        **{name: getattr(a, name)[shuffled] for name in ("answers", "place", "figures", "question")},
    )
    assert alike(a, b).n == 40
    assert alike(a, b).distance == 0.0
    turned = replace(a, place=np.where(a.exists, a.exists.sum(axis=1, keepdims=True) - 1 - a.place, -1))
    nothing = alike(a, turned)
    assert nothing.n == 0
    assert np.isnan(nothing.p_value)
