"""An adaptive design asks on where the answers leave something open, and stops where they do not."""

import math

import numpy as np
import pytest

from fiduciary.economics.designs import Stream
from fiduciary.economics.designs.adaptive import FIRST, criterion_after, next_size, standard_error
from fiduciary.economics.designs.information import (
    information_of_problems,
    theta_basis,
    theta_standard_errors,
)
from fiduciary.economics.estimation import fit_ces
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, profile

TAU = 0.5


def answered(utility, n, seed=0):
    welfare = stack(generate(n, seed, trade_offs="joint"))
    return fit_ces(welfare, draw_choices(utility.utility(welfare), TAU, np.random.default_rng(seed)), TAU)


def test_what_is_chosen_after_answers_tells_more_about_their_preference():
    u = profile("study1")
    found = criterion_after(answered(u, 150), (TAU,), "default", 1)
    assert found is not None
    chosen = stack([one.problem for one in Stream(1).take(200, found)])
    random = stack(generate(200, 1))
    errors = [
        theta_standard_errors(information_of_problems(w, u, TAU).sum(axis=0), theta_basis(u))
        for w in (chosen, random)
    ]
    assert np.all(2 * errors[0] < errors[1])


def test_answers_at_random_leave_everything_open():
    guessing = CES((0.25,) * 4, 0.5, 1e-6)
    estimate = answered(guessing, 200, 5)
    assert not estimate.responds
    assert criterion_after(estimate, (TAU,), "default", 1) is None
    assert math.isinf(standard_error(estimate))


def test_a_weight_at_its_bound_counts_with_the_width_of_its_interval():
    estimate = answered(profile("for_profit"), 300, 2)
    assert "boundary" in estimate.statuses[:4]
    widths = [np.subtract(*estimate.interval(name)[1::-1]) / 3.92 for name in estimate.names[:4]]
    assert 0 < standard_error(estimate) <= max(widths) * 1.2


@pytest.mark.parametrize(
    ("asked", "error", "stop_at", "size"),
    [
        (FIRST, math.inf, 0.01, 40),
        (FIRST, 0.1, 0.01, 40),
        (1000, 0.02, 0.01, 350),
        (1000, 0.0101, 0.01, 40),
        (1000, 0.0105, 0.01, 93),
        (1000, 0.02, 0.0, 350),
    ],
)
def test_batches_grow_and_do_not_overshoot(asked, error, stop_at, size):
    assert next_size(asked, error, stop_at) == size
