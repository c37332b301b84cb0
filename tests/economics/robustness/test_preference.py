"""Δθ and Δρ: found where there is one, nothing where figures only grow, honest at bounds."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pytest

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.conventions import SHIFT
from fiduciary.economics.estimation import CESFit
from fiduciary.economics.logit import choice_probabilities, draw_choices
from fiduciary.economics.problems import generate
from fiduciary.economics.robustness.preference import (
    Choices,
    fit,
    no_shift,
    preference_shift,
    shift_p_value,
)
from fiduciary.economics.utility import CES

Sample = tuple[Choices, CESFit]


def problems(n: int, seed: int) -> FloatArray:
    """Welfare (n, 5, 4), NaN-padded."""
    welfare = np.full((n, 5, 4), np.nan)
    for i, problem in enumerate(generate(n, seed=seed)):
        welfare[i, : problem.n_options] = problem.displayed()
    return welfare


def answers(
    welfare: FloatArray, wants: CES, times: int, rng: np.random.Generator, tau: float = 0.5
) -> tuple[Choices, CESFit]:
    """Repeated answers, clustered by problem, and their fit."""
    repeated = np.repeat(welfare, times, axis=0)
    missing = np.isnan(repeated[:, :, 0])
    utility = np.where(missing, np.nan, wants.utility(np.nan_to_num(repeated, nan=1.0)))
    choices = Choices(
        repeated,
        draw_choices(utility, tau, rng),
        np.repeat(np.arange(len(welfare)), times),
        np.where(missing, -1, np.arange(5)),
    )
    found, why = fit(choices)
    assert found is not None, why
    return choices, found


def magnified(welfare: FloatArray, rng: np.random.Generator) -> FloatArray:
    """s (w + K) − K with s from 2 to 100."""
    s = np.exp(rng.uniform(np.log(2), np.log(100), len(welfare)))[:, None, None]
    return np.asarray(s * (welfare + SHIFT) - SHIFT)


def both(wants: CES, instead: CES, seed: int, n: int = 100) -> tuple[Sample, Sample]:
    """Calm answers of one preference, and answers to magnified figures of another."""
    rng = np.random.default_rng(seed)
    welfare = problems(n, seed)
    return answers(welfare, wants, 4, rng), answers(magnified(welfare, rng), instead, 2, rng)


STUDY = CES((0.34, 0.38, 0.13, 0.15), 0.8)
OWNERS = CES((0.85, 0.05, 0.05, 0.05), 0.8)


def test_magnified_figures_leave_the_preference_where_it_is() -> None:
    """A hundredfold stake sharpens choices; θ and ρ stay, and the test says so."""
    p_values = [shift_p_value(*both(STUDY, STUDY, seed)) for seed in range(12)]
    assert np.mean(np.array(p_values) < 0.05) <= 0.25
    assert min(p_values) > 0.001


def test_another_preference_is_found_with_its_direction() -> None:
    calm, pressed = both(STUDY, OWNERS, 3, n=150)
    found = preference_shift(calm, pressed)
    assert found.moved.p < 1e-5
    assert found.moved.value == pytest.approx(0.51, abs=0.25)
    shareholders, employees, *_ = found.theta
    assert shareholders.low < 0.51 < shareholders.high
    assert employees.value < 0
    assert sum(e.value for e in found.theta) == pytest.approx(0, abs=1e-9)


def test_what_moves_is_half_the_sum_and_signs_turn_with_the_order() -> None:
    calm, pressed = both(STUDY, OWNERS, 4)
    there = preference_shift(calm, pressed, ends=False)
    back = preference_shift(pressed, calm, ends=False)
    assert [e.value for e in back.theta] == pytest.approx([-e.value for e in there.theta])
    assert there.moved.value == pytest.approx(sum(abs(e.value) for e in there.theta) / 2)
    assert all(np.isnan(e.low) for e in there.theta)


def test_the_same_answers_twice_moved_nothing() -> None:
    calm, _ = both(STUDY, STUDY, 5)
    found = preference_shift(calm, calm, ends=False)
    assert found.moved.value == 0
    assert found.moved.p > 0.99


def test_weights_at_zero_keep_their_level() -> None:
    """The Wald test rejects here at 1e-6; one weight takes all, and ρ is not identified."""
    owners_only = CES((1, 0, 0, 0), 1.0)
    p_values = [shift_p_value(*both(owners_only, owners_only, seed, n=60)) for seed in range(6)]
    assert min(p_values) > 0.01


def test_sharpness_and_places_may_change_without_a_change_of_preference() -> None:
    """Pressed answers are ten times surer and lean to the option shown first: θ and ρ are the same."""
    rng, welfare = np.random.default_rng(8), problems(150, 8)
    calm = answers(welfare, STUDY, 4, rng)
    missing = np.isnan(welfare[:, :, 0])
    utility = 10 * STUDY.utility(np.nan_to_num(welfare, nan=1.0))
    utility[:, 0] += 2.0
    repeated = np.repeat(np.where(missing, np.nan, utility), 2, axis=0)
    chosen = draw_choices(repeated, 0.5, rng)
    pressed = replace(answers(welfare, STUDY, 2, rng)[0], chosen=chosen)
    found, _ = fit(pressed)
    assert found is not None
    assert found.gamma > 4 * calm[1].gamma
    assert shift_p_value(calm, (pressed, found)) > 0.01


def test_choices_that_ignore_figures_say_nothing_of_a_preference() -> None:
    rng, welfare = np.random.default_rng(6), problems(80, 6)
    position = np.where(np.isnan(welfare[:, :, 0]), -1, np.arange(5))
    found, why = fit(Choices(welfare, rng.integers(0, 2, 80), np.arange(80), position))
    assert found is None
    assert why.startswith("not identified")
    shift = no_shift(why)
    assert not shift.moved.known
    assert shift.theta[0].note == why


def test_too_few_answers_are_said_to_be_too_few() -> None:
    welfare = problems(5, 0)
    position = np.where(np.isnan(welfare[:, :, 0]), -1, np.arange(5))
    found, why = fit(Choices(welfare, np.zeros(5, int), np.arange(5), position))
    assert found is None
    assert "at least 10 valid choices" in why


def test_probabilities_of_one_preference_are_of_one_preference() -> None:
    welfare = problems(80, 9)
    missing = np.isnan(welfare[:, :, 0])
    position = np.where(missing, -1, np.arange(5))

    def soft(wants: CES) -> Sample:
        utility = np.where(missing, np.nan, wants.utility(np.nan_to_num(welfare, nan=1.0)))
        shares = np.where(missing, np.nan, choice_probabilities(utility, 1.0))
        choices = Choices(welfare, None, np.arange(80), position, shares)
        found, why = fit(choices)
        assert found is not None, why
        return choices, found

    same, other = soft(STUDY), soft(OWNERS)
    assert shift_p_value(same, same) > 0.99
    found = preference_shift(same, other)
    assert found.theta[0].value == pytest.approx(0.51, abs=0.02)
    assert found.moved.p < 0.001


@pytest.mark.slow
def test_intervals_cover_where_weights_are_positive() -> None:
    run = partial(both, STUDY, CES((0.5, 0.3, 0.1, 0.1), 0.8), n=120)
    covered: list[Any] = []
    for seed in range(25):
        calm, pressed = run(seed=seed)
        shareholders = preference_shift(calm, pressed).theta[0]
        covered.append(shareholders.low <= 0.16 <= shareholders.high)
    assert np.mean(covered) >= 0.84
