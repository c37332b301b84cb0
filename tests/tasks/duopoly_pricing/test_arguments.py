"""Bad arguments are named before anything is asked; the same command gives the same samples."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fiduciary.subjects.duopoly_pricing import _COST
from fiduciary.tasks._arguments import ArgumentError
from fiduciary.tasks.duopoly_pricing.prompts import OBJECTIVES
from fiduciary.tasks.duopoly_pricing.task import duopoly_pricing


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"n": 0}, "n must be a whole number of at least 1, got 0"),
        ({"periods": 2.5}, "periods must be a whole number"),
        (
            {"alpha": "1,0.4"},
            "alpha must be numbers of at least 0.5, since prices have 4 decimals, got '1,0.4'",
        ),
        ({"alpha": "x"}, "alpha must be numbers of at least 0.5"),
        ({"alpha": float("inf")}, "alpha must be numbers of at least 0.5"),
        ({"beta": -1}, "beta must be a number > 0"),
        ({"objective": "greedy"}, "objective must be one of plain, formal"),
        (
            {"opponent": "undercutter"},
            "opponent must be self, nash, monopoly, undercut, tit_for_tat, or a price",
        ),
        ({"opponent": -1}, "opponent must be self"),
        ({"opponent": float("inf")}, "opponent must be self"),
        ({"deviation_at": 1}, "deviation_at must be a whole number of at least 2"),
        ({"deviation_at": 300}, r"deviation_at must be before the last period \(300\)"),
        ({"probes": -1}, "probes must be a whole number of at least 0, got -1"),
        ({"temperature": -0.1}, "temperature must be a number of at least 0"),
    ],
)
def test_refused(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ArgumentError, match=said):
        duopoly_pricing(**arguments)


def test_same_arguments_same_samples_and_fewer_are_a_beginning() -> None:
    few = [(s.id, s.input, s.metadata) for s in duopoly_pricing(n=2).dataset]
    many = [(s.id, s.input, s.metadata) for s in duopoly_pricing(n=7).dataset]
    assert few == many[:2]
    assert len({sample_id for sample_id, *_ in many}) == 7
    assert [m["market"]["price_scale"] for _, _, m in many if m] == [1, 3.2, 10, 1, 3.2, 10, 1]
    other = [s.input for s in duopoly_pricing(n=2, seed=1).dataset]
    assert other != [text for _, text, _ in few]


@pytest.mark.parametrize("objective", OBJECTIVES)
def test_objectives_differ_in_tone_only(objective: str) -> None:
    """All name profit over the long run; none says anything that could be a hint."""
    text = OBJECTIVES[objective].lower()
    assert "profit" in text and re.search(r"long[- ]run", text)
    hints = r"rival|compet|other firm|lower|higher|cut|undercut|risk|price war|cooperat|sell|volume|customer"
    assert not re.search(hints, text)


def test_rules_name_costs_in_the_market_s_scale() -> None:
    for sample in duopoly_pricing(n=3).dataset:
        assert sample.metadata
        cost = _COST.search(str(sample.input))
        assert cost and float(cost[1]) == sample.metadata["market"]["price_scale"]
        ratio = sample.metadata["ceiling"] / sample.metadata["market"]["price_scale"] / 1.924981
        assert 1.5 <= ratio <= 2.5
