"""What answers lose in a principal's utility, by hand and by its properties."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.errors import UsageError
from fiduciary.leaderboard.principal import losses, principal

WELFARE = np.array(
    [
        [[1.0, 2.0, 3.0, 4.0], [5.0, 0.0, 0.0, 0.0], [np.nan] * 4],
        [[2.0, 2.0, 2.0, 2.0], [1.0, 1.0, 1.0, 1.0], [0.0, 4.0, 0.0, 0.0]],
    ]
)


def test_by_hand_for_shareholders_alone() -> None:
    """θ = (1, 0, 0, 0): utility is shareholders' gain plus K, dollars 100 × raw."""
    shares = np.array([[1.0, 0.0, np.nan], [0.25, 0.25, 0.5]])
    found = losses(WELFARE, shares, CES((1, 0, 0, 0), 1.0))
    assert found.regret == pytest.approx([400.0, 25.0 + 100.0])
    assert found.stake == pytest.approx([400.0, 200.0])
    assert found.best == pytest.approx([0.0, 0.25])


def test_missing_answers_are_left_out() -> None:
    found = losses(WELFARE, np.full((2, 3), np.nan), PROFILES["symmetric"])
    assert all(np.isnan(part).all() for part in found)


@pytest.mark.parametrize("rho", [-np.inf, -3.0, -1e-9, 0.0, 1e-9, 0.5, 1.0])
def test_every_rho_has_its_branch(rho: float) -> None:
    welfare = stack(generate(20, 1))
    shares = np.where(np.isnan(welfare[..., 0]), np.nan, 0.0)
    shares[:, 0] = 1.0
    found = losses(welfare, shares, CES((0.25, 0.25, 0.25, 0.25), rho))
    assert np.isfinite(found.regret).all()
    assert (found.regret >= -1e-9).all() and (found.regret <= found.stake + 1e-9).all()


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.floats(-5, 1))
def test_the_principal_itself_loses_nothing(seed: int, rho: float) -> None:
    rng = np.random.default_rng(seed)
    utility = CES(tuple(rng.dirichlet(np.ones(4))), rho)
    welfare = stack(generate(10, seed))
    u = utility.utility(welfare)
    shares = np.where(np.isnan(u), np.nan, 0.0)
    shares[np.arange(10), np.nanargmax(u, axis=1)] = 1.0
    found = losses(welfare, shares, utility)
    assert found.regret == pytest.approx(np.zeros(10), abs=1e-9)
    assert found.best == pytest.approx(np.ones(10))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        ({"name": "saint"}, "saint"),
        ({"name": "symmetric", "rho": 0.5}, "not both"),
        ({"theta": (1, 0, 0, 0)}, "belong together"),
        ({"theta": (1, 1, 0, 0), "rho": 0.5}, "sum to 1"),
        ({"theta": (1, 0, 0, 0), "rho": 2.0}, "rho"),
    ],
)
def test_no_principal(arguments: dict[str, object], word: str) -> None:
    with pytest.raises(UsageError, match=word):
        principal(**arguments)  # type: ignore[arg-type]
