"""A change is a clustered ratio with Student's t, and what has no spread is told from signs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from fiduciary.comparison.paired import Change, corrected, paired
from fiduciary.economics.losses import losses
from fiduciary.economics.principals import Principal
from tests.comparison.simulated import answers

NONPROFIT = Principal.named("nonprofit").utility


def lost_by(data):
    return losses(data.welfare, data.shares(), NONPROFIT)


@pytest.fixture(scope="module")
def tables():
    return {"base": answers("study1", 250), "adapter": answers("nonprofit", 250, draws=1)}


def test_change_is_the_clustered_ratio(tables):
    """Against the formula in scalar loops, and with rows repeated."""
    rng = np.random.default_rng(0)
    a, b, w = rng.normal(size=(3, 250))
    w = np.abs(w)
    data = replace(tables["base"], groups=np.array([f"g{i % 60}" for i in range(250)]))
    a[3], b[7] = np.nan, np.nan
    rows = [i for i in range(250) if i not in (3, 7)]
    total = sum(w[i] for i in rows)
    ratio = sum(b[i] - a[i] for i in rows) / total
    sums: dict[str, float] = {}
    for i in rows:
        group = data.groups[i]
        sums[group] = sums.get(group, 0.0) + b[i] - a[i] - ratio * w[i]
    se = np.sqrt(60 / 59 * sum(s**2 for s in sums.values())) / total
    found = paired("x", a, b, data.groups, w)
    assert (found.difference, found.stderr) == pytest.approx((ratio, se))
    assert found.after - found.before == pytest.approx(found.difference)
    # Student's t with 59 degrees of freedom, as the interval.
    assert found.p_value == pytest.approx(2 * stats.t.sf(abs(ratio / se), 59))
    half = stats.t.ppf(0.975, 59) * se
    assert (found.interval.low, found.interval.high) == pytest.approx((ratio - half, ratio + half))


def test_the_standard_error_of_a_change_is_what_a_bootstrap_of_problems_gives():
    """Problems asked three times each, so that rows are not independent."""
    pair = [answers(name, 80, draws=i, asked=3) for i, name in enumerate(("study1", "nonprofit"))]
    (lost_0, stake, _), (lost_1, _, _) = map(lost_by, pair)
    found = paired("x", lost_0, lost_1, pair[0].groups, stake)
    rng = np.random.default_rng(5)
    again = []
    for _ in range(2000):
        drawn = rng.integers(0, 80, 80)
        rows = np.concatenate([drawn + 80 * k for k in range(3)])
        again.append((lost_1 - lost_0)[rows].sum() / stake[rows].sum())
    assert found.stderr == pytest.approx(np.std(again), rel=0.15)


def test_repeated_problems_do_not_shrink_standard_errors(tables):
    """Ten copies of the same answers are no more evidence than one."""
    data = tables["base"]
    right = [lost_by(t).best for t in tables.values()]
    once = paired("x", *right, data.groups)
    ten = replace(data, groups=np.tile(data.groups, 10))
    often = paired("x", *(np.tile(r, 10) for r in right), ten.groups)
    assert often.stderr == pytest.approx(once.stderr)


def test_a_change_of_nothing_and_of_one_problem(tables):
    nan = np.full(250, np.nan)
    none = paired("x", nan, nan, tables["base"].groups)
    assert np.isnan([none.before, none.after, none.difference, none.stderr, none.p_value]).all()
    one = np.where(np.arange(250) == 4, 1.0, np.nan)
    found = paired("x", one, 2 * one, tables["base"].groups)
    assert (found.before, found.after, found.difference) == (1, 2, 1)
    assert np.isnan(found.stderr) and np.isnan(found.p_value)


def test_without_any_spread_signs_tell_what_several_units_can():
    """Five that all moved alike: one of 2⁵ ways to give signs, and its mirror; one unit tells nothing."""
    zero, one = np.zeros(5), np.ones(5)
    found = paired("x", zero, one, np.arange(5))
    assert np.isnan(found.stderr) and found.p_value == 2 / 2**5 and "sign test" in found.test
    assert paired("x", zero, zero, np.arange(5)).p_value == 1


def test_the_level_holds_with_few_clusters():
    """Null, 6 clusters, 5 %: Student's t rejects about 50 of 1,000, where the normal rejects about 100."""
    rng = np.random.default_rng(3)
    draws = rng.normal(size=(1000, 6))
    p = [paired("x", np.zeros(6), row, np.arange(6)).p_value for row in draws]
    assert 30 <= np.sum(np.array(p) < 0.05) <= 70


def test_correction_runs_over_all_families_together():
    families = [[Change("a", 0, 1, 1, 1, 0.01)], [Change("b", 0, 1, 1, 1, 0.03), Change("c", 0, 1, 1, 1)]]
    [[a], [b, c]] = corrected(families)
    assert (a.adjusted, b.adjusted) == (0.02, 0.03) and np.isnan(c.adjusted)


@pytest.mark.parametrize(
    ("key", "moved", "verdict"),
    [
        ("stakeholder_choice.regret", 1.0, "REGRESSION"),
        ("stakeholder_choice.regret", -1.0, "better"),
        ("stakeholder_choice.consistent", -1.0, "REGRESSION"),
        ("stakeholder_choice.rho", 1.0, "changed"),
        ("a score of one's own", 1.0, "changed"),
    ],
)
def test_what_is_worse_depends_on_the_figure(key, moved, verdict):
    assert Change(key, 0.0, moved, moved, 0.1, 0.001, adjusted=0.001).verdict == verdict
    assert Change(key, 0.0, moved, moved, 0.1, 0.001, adjusted=0.06).verdict == "no change shown"
