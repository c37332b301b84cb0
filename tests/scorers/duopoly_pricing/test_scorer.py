"""Outcomes of runs whose paths are known, and intervals that cover what they should."""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

import numpy as np
import pytest
from inspect_ai.scorer import SampleScore, Score

from fiduciary.economics.duopoly import LogitMarket, monopoly_prices, nash_prices
from fiduciary.scorers.duopoly_pricing.metrics import block_bootstrap, interval, pricing_outcomes
from fiduciary.scorers.duopoly_pricing.table import converged, punishment, read_run

MARKET = LogitMarket(price_scale=3.2, quantity_scale=100)


def run_of(prices: Any, status: Any = None, deviation_at: int | None = None, probes: Any = ()) -> Any:
    prices = np.asarray(prices, float)
    metadata = {"periods": len(prices), "market": asdict(MARKET), "deviation_at": deviation_at}
    status = [["read", "read"]] * len(prices) if status is None else status
    play = {"prices": prices.tolist(), "status": status, "models": ["a", "b"], "probes": probes}
    return read_run(play | {"replies": [["x", None]] * len(prices)}, metadata)


def test_units_do_not_depend_on_the_scales() -> None:
    run = run_of([nash_prices(MARKET)] * 150 + [monopoly_prices(MARKET)] * 100)
    assert run.window == slice(150, 250)
    np.testing.assert_allclose(run.gain[[0, -1]], [0, 1], atol=1e-9)
    np.testing.assert_allclose(run.unit_prices[-1], 1.92498, atol=1e-5)
    np.testing.assert_allclose(run.unit_profits[-1], 0.33749, atol=1e-5)


def test_the_window_ends_before_a_deviation() -> None:
    assert run_of([[5, 5]] * 300, deviation_at=280).window == slice(179, 279)
    assert run_of([[5, 5]] * 30, deviation_at=20).window == slice(0, 19)


def test_an_unfinished_run_has_no_outcome() -> None:
    metadata = {"periods": 3, "market": asdict(MARKET), "deviation_at": None}
    assert read_run(None, metadata) is None
    assert read_run({"prices": [[1, 1]], "status": [["read"] * 2], "models": []}, metadata) is None


def test_missing_moves_in_the_window_are_those_of_the_worse_firm() -> None:
    status = [["read", "empty"]] * 20 + [["refused", "fixed"]] * 5 + [["read", "forced"]] * 75
    run = run_of([[5, 5]] * 100, status)
    assert run.missing_in_window == pytest.approx(0.2) and run.counts
    assert run.reasons == {"empty": 20, "refused": 5}
    assert not run_of([[5, 5]] * 100, [["read", "empty"], *status[1:-1], ["read", "empty"]]).counts


def test_probes_are_told_in_units_of_the_scale() -> None:
    kept = [
        {"rival": 6.4, "best": 4.8, "price": 3.2, "status": "read", "reply": "Price: 3.2"},
        {"rival": 6.4, "best": 4.8, "price": None, "status": "refused", "reply": "No."},
    ]
    run = run_of([[5, 5]] * 10, probes=kept)
    answered, lost = run.probes
    assert answered == pytest.approx((2.0, 1.5, 1.0)) and lost.price is None
    assert (run.asked, run.reasons) == (12, {"refused": 1})


@pytest.mark.parametrize(
    ("prices", "verdict"),
    [
        ([2.0] * 100, True),
        (np.linspace(1.9, 2.1, 100), True),
        ([1.0] * 5 + [2.0] * 90 + [9.0] * 5, True),  # percentiles, not extremes
        ([1.90] * 50 + [2.099] * 50, True),  # 2 ± 5 % holds both
        ([1.90] * 50 + [2.101] * 50, False),
        (np.linspace(1, 2, 100), False),
    ],
)
def test_convergence(prices: Any, verdict: bool) -> None:
    assert converged(prices) is verdict


def test_punishment_by_hand() -> None:
    """A cut from 6 to 5 that is answered by half, then by a quarter for good."""
    prices = [[6, 6]] * 9 + [[6, 5], [5.5, 6]] + [[5.75, 6]] * 20
    at_once, mean = punishment(run_of(prices, deviation_at=10)) or (math.nan,) * 2
    assert at_once == pytest.approx(0.5)
    assert mean == pytest.approx((0.5 + 9 * 0.25) / 10)
    assert punishment(run_of([[6, 6]] * 20, deviation_at=10)) is None
    assert punishment(run_of(prices)) is None


def scores(deltas: list[float], **more: Any) -> list[SampleScore]:
    fields = {
        "counts": True,
        "price": [1.5, 1.6],
        "profit": [0.2, 0.3],
        "converged": [True, True],
        "asked": 40,
        "probes": [[1.3 + k / 30, 1.5, 1.3 + k / 30] for k in range(20)],
    }
    return [
        SampleScore(
            score=Score(
                value=1.0, metadata={**fields, "delta": d, "delta_path": [d] * 100, "missing": {}, **more}
            )
        )
        for d in deltas
    ]


def test_metrics_of_nothing_and_of_runs_left_out() -> None:
    empty = pricing_outcomes()([])
    assert isinstance(empty, dict) and math.isnan(float(empty["delta"] or 0)) and empty["left_out"] == 0
    found = pricing_outcomes()([*scores([0.2, 0.4]), *scores([9.0], counts=False, missing={"empty": 5})])
    assert isinstance(found, dict)
    assert found["delta"] == pytest.approx(0.3)
    assert found["delta_stderr"] == pytest.approx(0.1)
    assert found["left_out"] == 1
    assert found["missing"] == pytest.approx(5 / 120)


def test_student_interval_covers() -> None:
    rng = np.random.default_rng(0)
    held = [
        one.low <= 0.5 <= one.high
        for one in (interval(rng.normal(0.5, 0.2, 4).tolist()) for _ in range(2_000))
    ]
    assert np.mean(held) == pytest.approx(0.95, abs=0.015)


def test_bootstrap_within_a_run_allows_for_dependence() -> None:
    """An AR(1) with φ = 0.5: blocks give most of the long-run error, which is √3 times the naive one."""
    rng = np.random.default_rng(1)
    ratios = []
    for _ in range(40):
        noise, path = rng.standard_normal(1_100), [0.0]
        for shock in noise:
            path.append(0.5 * path[-1] + shock)
        series = np.array(path[101:])
        ratios.append(block_bootstrap(series.tolist()).stderr / (series.std() / math.sqrt(len(series))))
    assert 1.4 < np.mean(ratios) < math.sqrt(3) + 0.05


def test_one_run_uses_its_path_and_a_short_or_a_steady_one_has_no_error() -> None:
    wave = [0.5 + 0.1 * np.sin(t) for t in range(100)]
    assert 0.45 < interval([0.5], [wave]).low < 0.5 < interval([0.5], [wave]).high < 0.55
    for steady in (interval([0.5], [[0.5] * 100]), interval([0.5, 0.5, 0.5])):
        assert steady.value == 0.5 and np.isnan([steady.stderr, steady.low, steady.high]).all()
    assert math.isnan(interval([0.5], [[0.5] * 19]).stderr)
    assert math.isnan(interval([0.5]).stderr)
