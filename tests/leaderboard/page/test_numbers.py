"""The browser's numbers are Python's: utilities, regrets, order and rank sets for any principal."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference import mean, share
from fiduciary.economics.losses import losses
from fiduciary.economics.ranking import Ranking, rank_sets
from fiduciary.economics.utility import CES

PRINCIPALS = [
    ((0.25, 0.25, 0.25, 0.25), 0.75),
    ((0.4, 0.3, 0.2, 0.1), 0.0),
    ((0.4, 0.3, 0.2, 0.1), 1e-9),
    ((0.1, 0.2, 0.3, 0.4), -math.inf),
    ((0.0, 0.5, 0.0, 0.5), -40.0),
    ((0.0, 0.0, 1.0, 0.0), 1.0),
    ((0.3, 0.3, 0.2, 0.2), -1.5),
]


def answers(payload: dict[str, Any]) -> tuple[FloatArray, dict[str, FloatArray]]:
    """Welfare (n, J, 4) and every model's shares (n, J)."""
    options = payload["problems"]["welfare"]
    n, most = len(options), max(map(len, options))
    welfare = np.full((n, most, 4), np.nan)
    for i, rows in enumerate(options):
        welfare[i, : len(rows)] = rows
    out = {}
    for model, chosen in payload["choices"].items():
        picked = np.asarray(chosen)
        out[model] = np.where(picked[:, None] >= 0, np.eye(most)[picked], np.nan)
    for model, shares in payload["shares"].items():
        out[model] = np.full((n, most), np.nan)
        for i, row in enumerate(shares):
            if row is not None:
                out[model][i, : len(row)] = row
    return welfare, out


def expected(payload: dict[str, Any], theta: Any, rho: float) -> tuple[list[str], Ranking, dict[str, Any]]:
    """What Python makes of the same answers."""
    welfare, shares = answers(payload)
    ids = [model["id"] for model in payload["models"] if model["id"] in shares]
    lost = {name: losses(welfare, shares[name], CES(theta, rho)) for name in ids}
    return ids, rank_sets(np.column_stack([lost[name].regret for name in ids])), lost


def sets_at(ranking: Ranking, critical: float) -> tuple[Any, Any]:
    """Ends of rank sets for another critical value."""
    sure = np.abs(ranking.difference) > critical * ranking.difference_stderr
    better = sure & (ranking.difference < 0)
    return 1 + better.sum(axis=0), len(better) - better.sum(axis=1)


def order_on(page: Any) -> list[str]:
    return page.eval_on_selector_all(
        "#board tbody:not(.apart) tr", "rows => rows.map(row => row.dataset.model)"
    )


def read(page: Any, theta: Any, rho: float) -> dict[str, Any]:
    """Set a principal as the controls do; means, errors, shares and then rank sets."""
    page.evaluate(
        "([theta, rho]) => fid.principal.set(theta, rho === null ? -Infinity : rho)",
        [list(theta), None if math.isinf(rho) else rho],
    )
    page.wait_for_function("() => fid.standing.sets !== null")
    return page.evaluate(
        """() => ({
            losses: Object.fromEntries([...fid.standing.losses].map(([id, found]) => [id, {
                mean: found.regret.value, stderr: found.regret.stderr, n: found.n,
                share: found.share.value, best: found.consistent.value,
                ends: [found.regret, found.share, found.consistent].map((x) => [x.low, x.high])}])),
            ranks: Object.fromEntries(fid.standing.rank),
            sets: Object.fromEntries(fid.standing.sets),
            critical: fid.standing.critical,
        })"""
    )


@pytest.mark.parametrize(("theta", "rho"), PRINCIPALS)
def test_numbers_are_python_s(
    watched: Any, site: Path, payload: dict[str, Any], theta: Any, rho: float
) -> None:
    page = watched.go(site.as_uri())
    ids, ranking, lost = expected(payload, theta, rho)
    found = read(page, theta, rho)
    for k, name in enumerate(ids):
        own = found["losses"][name]
        there = np.isfinite(lost[name].regret)
        assert own["n"] == there.sum()
        assert own["mean"] == pytest.approx(ranking.mean[k], rel=1e-9)
        assert own["stderr"] == pytest.approx(ranking.stderr[k], rel=1e-9)
        stake = np.nansum(lost[name].stake[there])
        assert own["share"] == pytest.approx(np.nansum(lost[name].regret) / stake, rel=1e-9)
        assert own["best"] == pytest.approx(np.nanmean(lost[name].best), rel=1e-9)
        each = np.arange(there.sum())
        cells = (
            mean(lost[name].regret[there]),
            share(lost[name].regret[there], lost[name].stake[there], each),
            share(lost[name].best[there], 1.0, each),
        )
        ends = [[one.low, one.high] for one in cells]
        ends[0][0] = max(0.0, ends[0][0])
        np.testing.assert_allclose(np.array(own["ends"], float), ends, rtol=1e-6, atol=1e-9)
        assert found["ranks"][name] == ranking.rank[k]
    assert order_on(page) == [ids[k] for k in np.argsort(ranking.mean, kind="stable")]
    if found["critical"] is None:  # the table's own principal: its sets are the table's
        assert [found["sets"][name] for name in ids] == [
            [low, high] for low, high in zip(ranking.low.tolist(), ranking.high.tolist(), strict=True)
        ]
        return
    # Other draws of the same bootstrap: the critical value within its Monte Carlo error, sets accordingly.
    assert found["critical"] == pytest.approx(ranking.critical, rel=0.06)
    narrow, wide = sets_at(ranking, 0.93 * ranking.critical), sets_at(ranking, 1.07 * ranking.critical)
    for k, name in enumerate(ids):
        low, high = found["sets"][name]
        assert wide[0][k] <= low <= narrow[0][k] and narrow[1][k] <= high <= wide[1][k]


@pytest.mark.parametrize(
    ("values", "size"), [([0.0] * 7, 1), ([1.0] * 40, 4), ([0.0, 1.0], 1), ([0, 0.2, 0.9, 0.4] * 30, 3)]
)
def test_a_share_has_python_s_interval(watched: Any, site: Path, values: list[float], size: int) -> None:
    found = share(values, 1.0, np.arange(len(values)) // size)
    counts = np.bincount(np.arange(len(values)) // size)
    given = {"value": found.value, "stderr": found.stderr, "units": found.units}
    given["stderr"] = None if np.isnan(found.stderr) else found.stderr
    given["least"] = float(counts.sum() ** 2 / (counts**2).sum())
    own = np.bincount(np.arange(len(values)) // size, values) / counts
    given |= {"lowest": float(own.min()), "highest": float(own.max())}
    page = watched.go(site.as_uri())
    ends = page.evaluate("x => { const { low, high } = fid.shareEnds(x); return [low, high]; }", given)
    assert ends == pytest.approx([found.low, found.high], rel=1e-7, abs=1e-12)


def test_exact_ties_share_a_rank(watched: Any, site: Path, payload: dict[str, Any]) -> None:
    """The last two models answer alike: one rank, written with =, and the same set."""
    page = watched.go(site.as_uri())
    found = read(page, (0.1, 0.6, 0.2, 0.1), 0.3)
    assert payload["choices"]["m6"] == payload["choices"]["m7"]
    assert found["ranks"]["m6"] == found["ranks"]["m7"] and found["sets"]["m6"] == found["sets"]["m7"]
    text = page.text_content('#board tr[data-model="m6"] td')
    assert text.startswith(f"{found['ranks']['m6']}=")


def test_sets_without_a_worker_are_the_same(watched: Any, site: Path) -> None:
    """Where a browser starts no worker, slices on the page make the same draws."""
    page = watched.go(site.as_uri())
    with_worker = read(page, (0.1, 0.2, 0.3, 0.4), 0.5)
    watched.page.add_init_script("delete globalThis.Worker")
    without = read(watched.go(site.as_uri()), (0.1, 0.2, 0.3, 0.4), 0.5)
    assert page.evaluate("typeof Worker") == "undefined"
    assert without == with_worker


def test_clusters_and_missing_answers(watched: Any, site: Path) -> None:
    """The bootstrap alone, on losses with clusters of rows and many missing answers."""
    rng = np.random.default_rng(5)
    loss = rng.gamma(2, 1, (120, 5)) + np.array([0, 0.1, 0.6, 0.6, 1.5])
    loss[rng.random(loss.shape) < 0.25] = np.nan
    groups = np.repeat(np.arange(40), 3)
    ranking = rank_sets(loss, groups)
    found = watched.go(site.as_uri()).evaluate(
        """([columns, codes]) => {
            const losses = columns.map((c) => Float64Array.from(c, (x) => (x === null ? NaN : x)));
            const work = fid.rankSets({ losses, codes: Int32Array.from(codes), clusters: 40, level: 0.95 });
            while (!work.step(500));
            return work.result();
        }""",
        [[[None if math.isnan(x) else x for x in column] for column in loss.T], groups.tolist()],
    )
    assert found["critical"] == pytest.approx(ranking.critical, rel=0.06)
    narrow, wide = sets_at(ranking, 0.93 * ranking.critical), sets_at(ranking, 1.07 * ranking.critical)
    assert np.all((wide[0] <= found["low"]) & (found["low"] <= narrow[0]))
    assert np.all((narrow[1] <= found["high"]) & (found["high"] <= wide[1]))


def test_indifference_curves_keep_utility(watched: Any, site: Path, payload: dict[str, Any]) -> None:
    page = watched.go(site.as_uri())
    theta, rho = (0.4, 0.3, 0.2, 0.1), -0.5
    rows = np.concatenate([np.asarray(options) for options in payload["problems"]["welfare"]])
    points = page.evaluate(
        """([theta, rho, mean, low, high, shift]) =>
            fid.indifference({ theta, rho }, [0, 2], { mean, low, high }, shift)""",
        [theta, rho, rows.mean(0).tolist(), rows.min(0).tolist(), rows.max(0).tolist(), 5.0],
    )
    bundle = np.tile(rows.mean(0), (len(points), 1))
    bundle[:, [0, 2]] = points
    utility = CES(theta, rho)
    assert len(points) > 10
    np.testing.assert_allclose(utility.utility(bundle), utility.utility(rows.mean(0)), rtol=1e-8)
