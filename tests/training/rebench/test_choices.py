"""What is said about preferences is true of simulated answers, whose preferences are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from fiduciary.economics.conventions import DOLLARS_PER_UNIT
from fiduciary.economics.inference import holm_by_name
from fiduciary.economics.losses import Losses, losses
from fiduciary.economics.principals import Principal
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.scorers.choice_table import Table
from fiduciary.training.rebench.choices import compare, identified_set
from fiduciary.training.rebench.paired import paired
from tests.training.rebench.simulated import answers

NONPROFIT = Principal.named("nonprofit")


def lost_by(data: Table, utility: CES = NONPROFIT.utility) -> Losses:
    return losses(data.welfare, data.shares(), utility)


@pytest.fixture(scope="module")
def tables():
    return {"base": answers("study1", 250), "adapter": answers("nonprofit", 250, draws=1)}


@pytest.fixture(scope="module")
def found(tables):
    return compare("a task", tables, {"base": NONPROFIT, "adapter": NONPROFIT})


def missing_at(data, rows):
    """The table with these answers missing."""
    chosen, probabilities = data.chosen.copy(), data.probabilities.copy()
    chosen[rows], probabilities[rows] = -1, np.nan
    return replace(data, chosen=chosen, probabilities=probabilities)


def test_a_moved_preference_is_found_and_held_against_its_target(found):
    assert [e.name for e in found.estimates] == ["base", "adapter"]
    assert [(e.n, e.missing) for e in found.estimates] == [(250, 0), (250, 0)]
    [verdict] = found.verdicts
    assert verdict.h1.p_value < 0.001 and verdict.h1_holm == verdict.h1.p_value
    assert verdict.h1_z.p_value < 0.001
    assert verdict.h2.p_value > 0.01
    before, after = verdict.distance
    theta = [e.fit.theta for e in found.estimates]
    weights = np.array(NONPROFIT.utility.theta)
    assert (before, after) == pytest.approx(tuple(np.abs(t - weights).sum() for t in theta))
    assert after < before / 2  # 250 choices leave a standard error of some .1 in each weight
    assert verdict.best.difference > 0 > verdict.loss_share.difference
    assert verdict.best.p_value < 0.01 and verdict.loss_share.p_value < 0.01


def test_a_base_that_does_not_hold_the_target_is_rejected(tables):
    [verdict] = compare("", dict(reversed(tables.items())), {"base": NONPROFIT}).verdicts
    assert verdict.name == "base" and verdict.h2.p_value < 0.001


def test_without_a_target_only_the_difference_is_tested(tables):
    [verdict] = compare("", tables, {}).verdicts
    assert verdict.h1 is not None
    assert (verdict.target, verdict.h2, verdict.best) == (None, None, None)
    assert np.isnan(verdict.distance).all()


@pytest.mark.slow
def test_equal_preferences_are_seldom_told_apart():
    """At 5 %, 24 comparisons of a preference with itself: more than 5 rejections happen once in 1,200."""
    p = []
    for seed in range(24):
        pair = {
            name: answers("study1", 150, problems=seed, draws=2 * seed + i) for i, name in enumerate("ab")
        }
        p.append(compare("", pair, {}).verdicts[0].h1.p_value)
    assert sum(value < 0.05 for value in p) <= 5
    assert np.mean(p) > 0.3


def test_the_same_answers_twice_are_no_difference(tables):
    [verdict] = compare("", {"a": tables["base"], "b": tables["base"]}, {"b": NONPROFIT}).verdicts
    assert verdict.h1.statistic == pytest.approx(0, abs=1e-3) and verdict.h1.p_value > 0.9
    assert (verdict.best.difference, verdict.best.p_value) == (0, 1) and np.isnan(verdict.best.se)


def test_a_target_at_the_boundary_is_tested_there():
    """For-profit weights are 1, 0, 0, 0; ρ means nothing there."""
    target = Principal.named("for_profit")
    several = {
        "base": answers("study1"),
        "adapter": answers("for_profit", draws=1),
        "other": answers("study1", draws=2),
    }
    adapter, other = compare("", several, {"adapter": target, "other": target}).verdicts
    assert adapter.h2.p_value > 0.01 and other.h2.p_value < 0.01
    assert adapter.distance[1] < 0.2 < other.distance[1]


@pytest.mark.parametrize("rho", [-30.0, -np.inf])
def test_a_target_beyond_the_estimators_bounds_costs_only_its_tests(rho, tables):
    """All answers were asked for by then."""
    target = Principal(None, CES((0, 0.5, 0.5, 0), rho))
    [verdict] = compare("", tables, {"adapter": target}).verdicts
    assert (verdict.h2, verdict.h2_z) == (None, None)
    [why] = verdict.untested
    assert why.startswith("H2: target rho must lie in")
    assert verdict.h1 is not None and np.isfinite(verdict.best.adapter)


def test_tables_of_other_problems_are_refused(tables):
    other = {"base": tables["base"], "other": answers("study1", 250, problems=1)}
    with pytest.raises(ValueError, match="base and other were not asked the same problems"):
        compare("", other, {})
    order = np.arange(250)[::-1]
    fields = ("welfare", "chosen", "temperature", "position", "label", "probabilities", "groups", "trade_off")
    turned = replace(tables["base"], **{name: getattr(tables["base"], name)[order] for name in fields})
    with pytest.raises(ValueError, match="not asked the same problems"):
        compare("", {"base": tables["base"], "turned": turned}, {})


def test_answers_that_were_asked_for_in_two_ways_are_not_compared(tables):
    mixed = {"base": tables["base"], "adapter": answers("nonprofit", 250, elicitation="choose")}
    with pytest.raises(ValueError, match="base was asked by text and adapter by choose"):
        compare("", mixed, {})


def test_labels_behind_an_explanation_are_shares_at_its_temperature():
    """Problem by problem, P^(1/τ) / Σ P^(1/τ), so that an explained answer is worth what a text at τ is."""
    data = answers("nonprofit", 40, elicitation="explain")
    u = NONPROFIT.utility.utility(data.welfare)
    right = lost_by(data).best
    for i in range(40):
        k = int(data.n_options[i])
        p = data.probabilities[i, :k] ** (1 / data.temperature[i])
        assert right[i] == pytest.approx(p[np.nanargmax(u[i])] / p.sum())


def test_missing_answers_are_counted_and_left_out(tables):
    gaps = {
        "base": missing_at(tables["base"], slice(0, 10)),
        "adapter": missing_at(tables["adapter"], slice(5, 35)),
    }
    found = compare("", gaps, {"adapter": NONPROFIT})
    assert [e.missing for e in found.estimates] == [10, 30]
    share = found.missing["adapter"]
    assert (share.base, share.adapter, share.difference) == pytest.approx((0.04, 0.12, 0.08))
    right = [lost_by(data).best for data in gaps.values()]
    assert [np.isnan(r).sum() for r in right] == [10, 30]
    both = slice(35, None)
    best = found.verdicts[0].best
    assert (best.base, best.adapter) == pytest.approx(tuple(r[both].mean() for r in right))


def test_too_few_answers_say_why(tables):
    few = missing_at(tables["adapter"], slice(3, None))
    found = compare("", {"base": tables["base"], "adapter": few}, {"adapter": NONPROFIT})
    assert found.estimates[1].fit is None and found.estimates[1].why.startswith("not measured: 3 of 250")
    [verdict] = found.verdicts
    assert (verdict.h1, verdict.h1_z, verdict.h2) == (None, None, None)
    assert np.isnan(verdict.h1_holm) and np.isnan(verdict.distance[1])
    assert (verdict.best, verdict.loss_share, verdict.regret) == (None, None, None)
    assert verdict.alike.p_value < 0.001  # silence is told from answers, whatever is preferred


def test_no_answer_at_all_says_why(tables):
    none = missing_at(tables["adapter"], slice(None))
    found = compare("", {"base": tables["base"], "adapter": none}, {"adapter": NONPROFIT})
    assert found.estimates[1].fit is None and found.missing["adapter"].adapter == 1
    assert found.verdicts[0].best is None


def test_who_does_not_read_has_no_figures(tables):
    """Always the first place: H1 needs both sides to read, and a sentence says who does not."""
    first = np.where(tables["adapter"].position == 0, 1, 0).argmax(axis=1)
    blind = replace(tables["adapter"], chosen=first)
    found = compare("", {"base": tables["base"], "adapter": blind}, {"adapter": NONPROFIT})
    assert found.estimates[1].why.startswith("not shown to read")
    [verdict] = found.verdicts
    assert (verdict.h1, verdict.h2, verdict.best) == (None, None, None)
    assert verdict.alike.p_value < 0.01


def test_choices_that_a_preference_explains_perfectly(tables):
    """Neither H1 nor H2 crashes, and a preference that explains all of them is not rejected."""
    perfect = answers("nonprofit", 250, best=True)
    found = compare("", {"base": tables["base"], "adapter": perfect}, {"adapter": NONPROFIT})
    assert found.estimates[1].fit.separation is not None
    [verdict] = found.verdicts
    assert verdict.h2.p_value > 0.99
    assert verdict.h1.p_value < 0.01
    assert (verdict.best.adapter, verdict.loss_share.adapter) == pytest.approx((1, 0))
    [verdict] = compare("", {"base": perfect, "adapter": perfect}, {"adapter": NONPROFIT}).verdicts
    assert verdict.h1.p_value > 0.99


def test_log_probabilities_are_compared_as_shares():
    pair = {
        "base": answers("study1", elicitation="choose"),
        "adapter": answers("nonprofit", elicitation="choose"),
    }
    found = compare("", pair, {"adapter": NONPROFIT})
    assert found.elicitation == "choose"
    np.testing.assert_allclose(found.estimates[1].fit.theta, NONPROFIT.utility.theta, atol=0.02)
    lost, stake, right = lost_by(pair["adapter"])
    assert ((right > 0) & (right < 1)).all() and ((lost > 0) & (lost < stake)).all()
    assert found.verdicts[0].best.adapter == pytest.approx(right.mean())
    # A label that was not among the tokens reported has no share; the others have it all.
    seen = pair["adapter"].probabilities.copy()
    first = int(np.nanargmax(seen[0]))
    seen[0, first] = np.nan
    share = lost_by(replace(pair["adapter"], probabilities=seen)).best[0]
    assert 0 <= share <= 1 and np.isfinite(share)


def test_stakes_in_a_problem_counted_by_hand():
    data = answers("symmetric", 1)
    utility = CES((1, 0, 0, 0), 1.0, gamma=3.0)
    profits = data.welfare[0, :, 0]
    for option in range(int(data.n_options[0])):
        lost, stake, right = lost_by(replace(data, chosen=np.array([option])), utility)
        assert right[0] == (profits[option] == np.nanmax(profits))
        assert lost[0] == pytest.approx(DOLLARS_PER_UNIT * (np.nanmax(profits) - profits[option]))
        assert stake[0] == pytest.approx(DOLLARS_PER_UNIT * (np.nanmax(profits) - np.nanmin(profits)))


def test_regret_and_loss_share_are_sums_over_the_same_losses(found, tables):
    lost, stake, _ = lost_by(tables["adapter"])
    [verdict] = found.verdicts
    assert verdict.regret.adapter == pytest.approx(lost.mean())
    assert verdict.loss_share.adapter == pytest.approx(lost.sum() / stake.sum())


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
    found = paired(a, b, data.groups, w)
    assert (found.difference, found.se) == pytest.approx((ratio, se))
    assert found.adapter - found.base == pytest.approx(found.difference)
    assert found.p_value == pytest.approx(2 * stats.norm.sf(abs(ratio / se)))


def test_the_standard_error_of_a_change_is_what_a_bootstrap_of_problems_gives():
    """Problems asked three times each, so that rows are not independent."""
    pair = [answers(name, 80, draws=i, asked=3) for i, name in enumerate(("study1", "nonprofit"))]
    (lost_0, stake, _), (lost_1, _, _) = map(lost_by, pair)
    found = paired(lost_0, lost_1, pair[0].groups, stake)
    rng = np.random.default_rng(5)
    again = []
    for _ in range(2000):
        drawn = rng.integers(0, 80, 80)
        rows = np.concatenate([drawn + 80 * k for k in range(3)])
        again.append((lost_1 - lost_0)[rows].sum() / stake[rows].sum())
    assert found.se == pytest.approx(np.std(again), rel=0.15)


def test_repeated_problems_do_not_shrink_standard_errors(tables):
    """Ten copies of the same answers are no more evidence than one."""
    data = tables["base"]
    right = [lost_by(t).best for t in tables.values()]
    once = paired(*right, data.groups)
    ten = replace(data, groups=np.tile(data.groups, 10))
    often = paired(*(np.tile(r, 10) for r in right), ten.groups)
    assert often.se == pytest.approx(once.se)


def test_a_change_of_nothing_and_of_one_problem(tables):
    nan = np.full(250, np.nan)
    assert np.isnan(list(vars(paired(nan, nan, tables["base"].groups)).values())).all()
    one = np.where(np.arange(250) == 4, 1.0, np.nan)
    found = paired(one, 2 * one, tables["base"].groups)
    assert (found.base, found.adapter, found.difference) == (1, 2, 1)
    assert np.isnan(found.se) and np.isnan(found.p_value)


def test_several_adapters_are_corrected_for_their_number(tables):
    several = tables | {"other": answers("study1", 250, draws=9)}
    found = compare("", several, {})
    p = {v.name: v.h1.p_value for v in found.verdicts}
    assert {v.name: v.h1_holm for v in found.verdicts} == pytest.approx(holm_by_name(p))
    assert p["adapter"] < p["other"]
    assert list(found.missing) == ["adapter", "other"]


def test_profiles_are_what_these_tests_take_them_for():
    assert PROFILES["nonprofit"].theta == (0.0, 0.4, 0.4, 0.2)
    assert PROFILES["for_profit"].theta == (1.0, 0.0, 0.0, 0.0)


def test_ties_in_what_is_shown_do_not_hide_what_a_target_identifies():
    """Two options with the same figure for shareholders are no choice for one who sees nothing else."""
    data = answers("study1", 250)
    tied = data.welfare.copy()
    tied[:20, 1, 0] = tied[:20, 0, 0]
    found = identified_set(replace(data, welfare=tied), PROFILES["for_profit"])
    assert found is not None
    low, high = found.theta_range[0]
    assert low <= 1 <= high + 1e-9
