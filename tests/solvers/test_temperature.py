"""The temperature plan: positive, different, and balanced within cells."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.solvers.temperature import TemperaturePlan, assign

plans = st.lists(st.floats(0.01, 2.0), min_size=1, max_size=6, unique=True).map(tuple)
cells = st.lists(st.tuples(st.sampled_from("ab"), st.integers(2, 5)), max_size=80)


@given(plans, cells, st.integers(0, 1000))
def test_within_a_cell_temperatures_differ_in_frequency_by_at_most_one(
    values: tuple[float, ...], cells: list[tuple[str, int]], seed: int
) -> None:
    assigned = assign(TemperaturePlan(values), cells, seed)
    counts = Counter((cell, tau) for cell, (tau,) in zip(cells, assigned, strict=True))
    for cell in set(cells):
        seen = [counts[cell, tau] for tau in values]
        assert max(seen) - min(seen) <= 1


@given(plans, cells, st.integers(0, 1000))
def test_the_first_problems_keep_their_temperatures_when_more_follow(
    values: tuple[float, ...], cells: list[tuple[str, int]], seed: int
) -> None:
    plan = TemperaturePlan(values)
    assert assign(plan, cells, seed) == assign(plan, [*cells, ("a", 2), ("z", 2)], seed)[: len(cells)]


@given(plans, cells)
def test_crossed_gives_every_problem_all_temperatures(
    values: tuple[float, ...], cells: list[tuple[str, int]]
) -> None:
    assert assign(TemperaturePlan(values, crossed=True), cells, 0) == [values] * len(cells)


def test_the_default_plan_stays_where_explanations_can_be_read() -> None:
    assert TemperaturePlan().values == (0.2, 0.5, 1.0)


@pytest.mark.parametrize("values", [(0.0,), (0.5, -0.1), (float("nan"),), (float("inf"),), ()])
def test_noise_cannot_be_divided_by_these(values: tuple[float, ...]) -> None:
    with pytest.raises(ValueError, match="temperatures must be finite and > 0"):
        TemperaturePlan(values)


def test_a_temperature_listed_twice_is_refused() -> None:
    with pytest.raises(ValueError, match=r"temperatures must all differ, got 0.5, 0.5"):
        TemperaturePlan((0.5, 0.5))
