"""Corrections against their definitions, and the discrete form against the plain one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.inference import benjamini_hochberg
from fiduciary.economics.psychometrics.false_discovery import (
    discrete_benjamini_hochberg,
    false_discovery_control,
)
from fiduciary.economics.psychometrics.sign_flip import attainable, sign_flip_test

P = st.lists(st.floats(0, 1), min_size=1, max_size=30)


def rejected(p: np.ndarray, possible: list[np.ndarray], alpha: float) -> np.ndarray:
    """The step-up procedure as published, by critical values."""
    m = len(p)
    levels = np.unique(np.concatenate(possible))

    def below(t: float) -> np.ndarray:
        return np.array([max([q for q in support if q <= t], default=0.0) for support in possible])

    def total(t: float) -> float:
        f = below(t)
        return float("inf") if (f >= 1).any() else float((f / (1 - f)).sum())

    fine = [t for t in levels if t <= alpha and total(t) <= m * alpha]
    if not fine:
        return np.zeros(m, bool)
    at_last = below(fine[-1])
    count = 0
    for k in range(1, m + 1):
        critical = [t for t in fine if (below(t) / (1 - at_last)).sum() <= alpha * k]
        if critical and np.sort(p)[k - 1] <= critical[-1]:
            count = k
    return p <= np.sort(p)[count - 1] if count else np.zeros(m, bool)


@given(st.integers(0, 10_000), st.integers(3, 12), st.floats(0, 1.5))
def test_discrete_form_is_the_published_procedure(seed: int, blocks: int, shift: float) -> None:
    rng = np.random.default_rng(seed)
    d = np.clip(np.rint(rng.normal(shift * (np.arange(6) < 3), 0.7, (blocks, 6))), -4, 4)
    p, possible = sign_flip_test(d), [attainable(column) for column in d.T]
    found = discrete_benjamini_hochberg(p, possible)
    assert (np.diff(found[np.argsort(p, kind="stable")]) >= 0).all() and (found >= p).all()
    np.testing.assert_array_equal(found <= 0.05, rejected(p, possible, 0.05))


def test_by_hand() -> None:
    """Items that cannot be small do not count: 8 of 9 have one difference, whose p-value is always 1."""
    d = np.zeros((6, 9))
    d[:, 0], d[0, 1:] = 1, 1
    p = sign_flip_test(d)
    assert p.tolist() == [2 / 2**6] + [1.0] * 8
    assert benjamini_hochberg(p)[0] == pytest.approx(9 * 2 / 2**6)
    # The next possible p-value, 14/64, is above .05: τ = 2/64, and the other eight have F(τ) = 0.
    assert false_discovery_control(d, p)[0] == pytest.approx(2 / 64 / (1 - 2 / 64))
    assert (false_discovery_control(d, p)[1:] == 1).all()


def test_differences_that_are_not_whole_get_the_plain_form() -> None:
    d = np.random.default_rng(0).normal(0.5, 1, (12, 20))
    p = sign_flip_test(d)
    np.testing.assert_array_equal(false_discovery_control(d, p), benjamini_hochberg(p))


def test_missing_and_hopeless_families() -> None:
    d = np.array([[1, np.nan], [1, np.nan], [1, np.nan]])
    found = false_discovery_control(d, sign_flip_test(d))
    assert found[0] == 1 and np.isnan(found[1]), "three differences cannot be significant"
    assert np.isnan(false_discovery_control(d[:, 1:], sign_flip_test(d[:, 1:]))).all()


def test_false_findings_stay_rare_where_items_move_together() -> None:
    """A shift of the whole block, either way, in all of 40 items at once: no item differs on average."""
    rng = np.random.default_rng(1)
    some = 0
    for _ in range(200):
        d = np.rint(rng.normal(0, 0.5, (20, 1)) + rng.normal(0, 0.7, (20, 40)))
        some += bool((false_discovery_control(d, sign_flip_test(d)) <= 0.05).any())
    assert some / 200 <= 0.08
