"""GARP and its indices: hand-computed cases, an outside program's output, and properties."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.budgets import (
    afriat_index,
    bronars_power,
    houtman_maks_index,
    money_pump_index,
    random_afriat,
    random_bundles,
    relative_costs,
    satisfies_garp,
    varian_index,
)

REFERENCE = json.loads((Path(__file__).parent / "data" / "prefgraph.json").read_text())


def indices(prices: list[list[float]], bundles: list[list[float]]) -> tuple[float, ...]:
    """GARP, Afriat, Varian, money pump, Houtman and Maks."""
    p, x = np.array(prices), np.array(bundles)
    relative = relative_costs(p, x)
    return (
        bool(satisfies_garp(relative)),
        float(afriat_index(relative)),
        varian_index(relative),
        money_pump_index(relative, (p * x).sum(axis=1)),
        houtman_maks_index(relative),
    )


def test_two_budgets_by_hand() -> None:
    """Costs: own 9 and 9, of the other's bundle 6 and 6. r = 2/3 both ways; pump (3 + 3)/18."""
    found = indices([[1, 2], [2, 1]], [[1, 4], [4, 1]])
    assert found == (False, pytest.approx(2 / 3), pytest.approx(5 / 6), pytest.approx(1 / 3), 0.5)


def test_two_unequal_budgets_by_hand() -> None:
    """Own costs 10 and 9; x₂ costs 6 at p₁, x₁ costs 8 at p₂: r₁₂ = .6, r₂₁ = 8/9; pump (4 + 1)/19."""
    found = indices([[1, 2], [2, 1]], [[2, 4], [4, 1]])
    assert found == (
        False,
        pytest.approx(8 / 9),
        pytest.approx(1 - (1 / 9) / 2),
        pytest.approx((4 + 1) / 19),
        0.5,
    )


def test_a_cycle_of_three_without_a_shorter_one() -> None:
    """1 → 2 → 3 → 1 with r = .9 each and every other r above 1: one budget must be given up."""
    relative = np.array([[1, 0.9, 1.2], [1.2, 1, 0.9], [0.9, 1.2, 1]])
    assert not satisfies_garp(relative)
    assert afriat_index(relative) == pytest.approx(0.9)
    assert varian_index(relative) == pytest.approx(1 - 0.1 / 3)
    assert houtman_maks_index(relative) == pytest.approx(2 / 3)
    assert money_pump_index(relative, [10.0, 10.0, 10.0]) == pytest.approx(0.1)


def test_equal_costs_alone_violate_nothing() -> None:
    assert indices([[1, 1], [1, 1]], [[3, 1], [1, 3]]) == (True, 1.0, 1.0, 0.0, 1.0)


def test_weak_violation_wastes_nothing() -> None:
    """r₁₂ = 1 and r₂₁ < 1 violate GARP, but any smaller budget of the first does not."""
    relative = np.array([[1, 1], [0.8, 1]])
    assert not satisfies_garp(relative)
    assert afriat_index(relative) == 1.0 and varian_index(relative) == 1.0
    assert houtman_maks_index(relative) == 0.5
    assert money_pump_index(relative, [10.0, 10.0]) == pytest.approx(0.1)


@pytest.mark.parametrize("case", REFERENCE["cases"])
def test_agrees_with_prefgraph(case: dict[str, object]) -> None:
    names = ("garp", "afriat", "varian", "money_pump", "houtman_maks")
    found = indices(case["prices"], case["bundles"])  # type: ignore[arg-type]
    assert found == pytest.approx([case[name] for name in names], abs=1e-8)


def test_the_reference_holds_violations_and_none() -> None:
    assert 10 < sum(case["garp"] for case in REFERENCE["cases"]) < 30


def test_agents_at_once_are_agents_one_by_one() -> None:
    rng = np.random.default_rng(0)
    prices, amounts = rng.uniform(0.5, 2, (8, 3)), np.full(8, 10.0)
    bundles = random_bundles(prices, amounts, 6, rng)
    together = relative_costs(prices, bundles)
    for agent, bundle in enumerate(bundles):
        alone = relative_costs(prices, bundle)
        assert satisfies_garp(alone) == satisfies_garp(together)[agent]
        assert afriat_index(alone) == afriat_index(together)[agent]


@given(seed=st.integers(0, 10_000), goods=st.integers(2, 4), budgets=st.integers(2, 8))
def test_cobb_douglas_demand_is_consistent(seed: int, goods: int, budgets: int) -> None:
    rng = np.random.default_rng(seed)
    prices = rng.uniform(0.3, 3, (budgets, goods))
    bundles = rng.dirichlet(np.ones(goods)) * rng.uniform(1, 9, (budgets, 1)) / prices
    relative = relative_costs(prices, bundles)
    assert satisfies_garp(relative) and afriat_index(relative) == 1.0


@given(seed=st.integers(0, 10_000), budgets=st.integers(2, 7))
def test_what_the_indices_mean(seed: int, budgets: int) -> None:
    """Units do not matter; at Afriat's share of budgets nothing is violated, a little above it is."""
    rng = np.random.default_rng(seed)
    prices = rng.uniform(0.3, 3, (budgets, 2))
    bundles = random_bundles(prices, np.full(budgets, 9.0), 1, rng)[0]
    relative = relative_costs(prices, bundles)
    spent = (prices * bundles).sum(axis=1)
    afriat, varian = float(afriat_index(relative)), varian_index(relative)
    pump, kept = money_pump_index(relative, spent), houtman_maks_index(relative)
    assert afriat - 1e-9 <= varian <= 1
    assert (afriat < 1) == (varian < 1) == (pump > 0) == (kept < 1) == (not satisfies_garp(relative))
    if afriat < 1:
        assert satisfies_garp(relative / (afriat * (1 - 1e-7)))
        assert not satisfies_garp(relative / (afriat * (1 + 1e-7)))
        assert pump <= 1 - relative.min()
    scaled = relative_costs(prices * rng.uniform(0.1, 9, (budgets, 1)), bundles * 7)
    assert afriat_index(scaled) == pytest.approx(afriat)


def test_power_by_hand() -> None:
    """Two budgets of 9 that cross at (3, 3): a random agent violates where both land beyond: 1/3 · 1/3."""
    power = bronars_power([[1, 2], [2, 1]], [9, 9], np.random.default_rng(0), 40_000)
    assert power.value == pytest.approx(1 / 9, abs=4 * power.stderr)
    # The same budget twice, in other units: nothing to violate.
    assert bronars_power([[1, 2], [2, 4]], [9, 18], np.random.default_rng(0), 500).value == 0
    drawn = random_afriat([[1, 2], [2, 1]], [9, 9], np.random.default_rng(0), 4_000)
    assert np.mean(drawn < 1) == pytest.approx(1 / 9, abs=0.02)


@pytest.mark.parametrize(
    ("prices", "bundles", "message"),
    [
        ([[1, 0]], [[1, 1]], "prices must be finite and > 0, got 0"),
        ([[1, -2]], [[1, 1]], "prices must be finite and > 0, got -2"),
        ([[1, np.nan]], [[1, 1]], "prices must be finite and > 0"),
        ([[1]], [[1]], "two goods"),
        ([[1, 2]], [[1, 1], [1, 1]], "shape of prices"),
        ([[1, 2]], [[1, -1]], "bundles must be finite and >= 0"),
        ([[1, 2]], [[0, 0]], "must cost something"),
    ],
)
def test_bad_input(prices: list[list[float]], bundles: list[list[float]], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        relative_costs(prices, bundles)
