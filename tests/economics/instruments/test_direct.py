"""When the direct route counts as nil."""

from __future__ import annotations

import numpy as np
import pytest

from fiduciary.economics.instruments import direct_route


def test_small_and_precise_is_nil() -> None:
    differences = np.random.default_rng(0).normal(0, 10, 200)
    found = direct_route(differences, np.arange(200), np.full(200, 700.0))
    assert found.margin == pytest.approx(35)
    assert found.effect.level == pytest.approx(0.9)
    assert found.nil and 0 < found.bound < 35


def test_not_being_able_to_tell_is_not_nil() -> None:
    """Few data never reject that the effect is 0: that does not make it small."""
    differences = np.random.default_rng(0).normal(0, 300, 20)
    found = direct_route(differences, np.arange(20), np.full(20, 700.0))
    assert found.effect.low < 0 < found.effect.high
    assert not found.nil


def test_large_is_not_nil_in_either_direction() -> None:
    for sign in (-1, 1):
        differences = sign * np.random.default_rng(0).normal(60, 5, 200)
        assert not direct_route(differences, np.arange(200), np.full(200, 700.0)).nil


def test_the_same_in_every_problem_is_taken_as_exact() -> None:
    stakes = np.full(50, 700.0)
    assert direct_route(np.zeros(50), np.arange(50), stakes).nil
    assert not direct_route(np.full(50, 40.0), np.arange(50), stakes).nil


def test_two_one_sided_tests_have_their_level() -> None:
    """At a true effect of exactly the margin, nil is claimed in 5 % of studies."""
    claimed = 0
    for seed in range(1000):
        differences = np.random.default_rng([seed, 3]).normal(35, 60, 60)
        claimed += direct_route(differences, np.arange(60), np.full(60, 700.0)).nil
    assert 0.03 <= claimed / 1000 <= 0.07


def test_without_data_nothing_is_nil() -> None:
    assert not direct_route([], [], []).nil
