"""What is said about preferences is true of simulated answers, whose preferences are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from fiduciary.comparison.choices import (
    LIKELIEST,
    Choices,
    Comparison,
    compare_models,
    identified_set,
)
from fiduciary.economics.conventions import DOLLARS_PER_UNIT
from fiduciary.economics.inference import holm, holm_by_name
from fiduciary.economics.losses import Losses, losses
from fiduciary.economics.principals import Principal
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.scorers.choice_table import Table
from tests.comparison.simulated import answers

NONPROFIT = Principal.named("nonprofit")


def lost_by(data: Table, utility: CES = NONPROFIT.utility) -> Losses:
    return losses(data.welfare, data.shares(), utility)


@pytest.fixture(scope="module")
def tables():
    return {"base": answers("study1", 250), "adapter": answers("nonprofit", 250, draws=1)}


@pytest.fixture(scope="module")
def found(tables):
    return compare_models("a task", tables, {"base": NONPROFIT, "adapter": NONPROFIT})


def the(found: Comparison) -> Choices:
    """What is said of the one model that is compared with the base."""
    [one] = found.choices.values()
    return one


def missing_at(data, rows):
    """The table with these answers missing."""
    chosen, probabilities = data.chosen.copy(), data.probabilities.copy()
    chosen[rows], probabilities[rows] = -1, np.nan
    return replace(data, chosen=chosen, probabilities=probabilities)


def test_a_moved_preference_is_found_and_held_against_its_target(found):
    assert [(n, e.data.n, e.missing.sum()) for n, e in found.answers.items()] == [
        ("base", 250, 0),
        ("adapter", 250, 0),
    ]
    verdict = the(found)
    assert verdict.h1.p_value < 0.001 and verdict.h1_p == verdict.h1.p_value
    assert verdict.against_base.p_value < 0.001
    assert verdict.h2.p_value > 0.01
    before, after = verdict.distance
    theta = [e.fit.theta for e in found.answers.values()]
    weights = np.array(NONPROFIT.utility.theta)
    assert (before, after) == pytest.approx(tuple(np.abs(t - weights).sum() for t in theta))
    assert after < before / 2  # 250 choices leave a standard error of some .1 in each weight
    best, share = verdict.change("consistent"), verdict.change("loss_share")
    assert best.difference > 0 > share.difference
    assert best.p_value < 0.01 and share.p_value < 0.01


def test_a_base_that_does_not_hold_the_target_is_rejected(tables):
    verdict = the(compare_models("", dict(reversed(tables.items())), {"base": NONPROFIT}))
    assert verdict.h2.p_value < 0.001


def test_without_a_target_only_the_difference_is_tested(tables):
    verdict = the(compare_models("", tables, {}))
    assert verdict.h1 is not None
    assert (verdict.target, verdict.h2, verdict.change("consistent")) == (None, None, None)
    assert np.isnan(verdict.distance).all()


def test_the_same_answers_twice_are_no_difference(tables):
    verdict = the(compare_models("", {"a": tables["base"], "b": tables["base"]}, {"b": NONPROFIT}))
    assert verdict.h1.statistic == pytest.approx(0, abs=1e-3) and verdict.h1.p_value > 0.9
    best = verdict.change("consistent")
    assert (best.difference, best.p_value) == (0, 1) and np.isnan(best.stderr)


def test_a_target_at_the_boundary_is_tested_there():
    """For-profit weights are 1, 0, 0, 0; ρ means nothing there."""
    target = Principal.named("for_profit")
    several = {
        "base": answers("study1"),
        "adapter": answers("for_profit", draws=1),
        "other": answers("study1", draws=2),
    }
    adapter, other = compare_models("", several, {"adapter": target, "other": target}).choices.values()
    assert adapter.h2.p_value > 0.01 and other.h2.p_value < 0.01
    assert adapter.distance[1] < 0.2 < other.distance[1]


@pytest.mark.parametrize("rho", [-30.0, -np.inf])
def test_a_target_beyond_the_estimators_bounds_costs_only_its_tests(rho, tables):
    """All answers were asked for by then."""
    target = Principal(None, CES((0, 0.5, 0.5, 0), rho))
    verdict = the(compare_models("", tables, {"adapter": target}))
    assert (verdict.h2, verdict.against_target) == (None, None)
    [why] = verdict.untested
    assert why.startswith("H2: target rho must lie in")
    assert verdict.h1 is not None and np.isfinite(verdict.change("consistent").after)


def test_tables_of_other_problems_are_refused(tables):
    other = {"base": tables["base"], "other": answers("study1", 250, problems=1)}
    with pytest.raises(ValueError, match="base and other were not asked the same problems"):
        compare_models("", other, {})
    order = np.arange(250)[::-1]
    fields = ("welfare", "chosen", "temperature", "position", "label", "probabilities", "groups", "trade_off")
    turned = replace(tables["base"], **{name: getattr(tables["base"], name)[order] for name in fields})
    with pytest.raises(ValueError, match="not asked the same problems"):
        compare_models("", {"base": tables["base"], "turned": turned}, {})


def test_answers_that_were_asked_for_in_two_ways_are_not_compared(tables):
    mixed = {"base": tables["base"], "adapter": answers("nonprofit", 250, elicitation="choose")}
    with pytest.raises(ValueError, match="base was asked by text and adapter by choose"):
        compare_models("", mixed, {})


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
    found = compare_models("", gaps, {"adapter": NONPROFIT})
    assert [e.missing.sum() for e in found.answers.values()] == [10, 30]
    share = the(found).change("missing")
    assert (share.before, share.after, share.difference) == pytest.approx((0.04, 0.12, 0.08))
    right = [lost_by(data).best for data in gaps.values()]
    assert [np.isnan(r).sum() for r in right] == [10, 30]
    both = slice(35, None)
    best = the(found).change("consistent")
    assert (best.before, best.after) == pytest.approx(tuple(r[both].mean() for r in right))


def test_too_few_answers_say_why(tables):
    few = missing_at(tables["adapter"], slice(3, None))
    found = compare_models("", {"base": tables["base"], "adapter": few}, {"adapter": NONPROFIT})
    assert found.answers["adapter"].fit is None
    assert found.answers["adapter"].why.startswith("not measured: 3 of 250")
    verdict = the(found)
    assert (verdict.h1, verdict.against_base, verdict.h2) == (None, None, None)
    assert np.isnan(verdict.h1_p) and np.isnan(verdict.distance[1])
    assert [c.key for c in verdict.changes] == ["stakeholder_choice.missing"]
    assert verdict.alike.p_value < 0.001  # silence is told from answers, whatever is preferred


def test_no_answer_at_all_says_why(tables):
    none = missing_at(tables["adapter"], slice(None))
    found = compare_models("", {"base": tables["base"], "adapter": none}, {"adapter": NONPROFIT})
    assert found.answers["adapter"].fit is None and the(found).change("missing").after == 1
    assert the(found).change("consistent") is None


def test_a_base_that_does_not_read_is_no_measure_of_change(tables):
    """What the model's choices cost is told; by how much that is more or less than the base's is not."""
    first = np.where(tables["base"].position == 0, 1, 0).argmax(axis=1)
    blind = replace(tables["base"], chosen=first)
    found = compare_models("", {"base": blind, "adapter": tables["adapter"]}, {"adapter": NONPROFIT})
    share = the(found).change("loss_share")
    lost, stake, _ = lost_by(tables["adapter"])
    assert np.isnan(share.before) and share.after == pytest.approx(lost.sum() / stake.sum())
    assert share.verdict == "not tested" and the(found).h2 is not None


def test_who_does_not_read_has_no_figures(tables):
    """Always the first place: H1 needs both sides to read, and a sentence says who does not."""
    first = np.where(tables["adapter"].position == 0, 1, 0).argmax(axis=1)
    blind = replace(tables["adapter"], chosen=first)
    found = compare_models("", {"base": tables["base"], "adapter": blind}, {"adapter": NONPROFIT})
    assert found.answers["adapter"].why.startswith("not shown to read")
    verdict = the(found)
    assert (verdict.h1, verdict.h2, verdict.change("consistent")) == (None, None, None)
    assert verdict.alike.p_value < 0.01


def test_choices_that_a_preference_explains_perfectly(tables):
    """Neither H1 nor H2 crashes, and a preference that explains all of them is not rejected."""
    perfect = answers("nonprofit", 250, best=True)
    found = compare_models("", {"base": tables["base"], "adapter": perfect}, {"adapter": NONPROFIT})
    assert found.answers["adapter"].fit.separation is not None
    verdict = the(found)
    assert verdict.h2.p_value > 0.99
    assert verdict.h1.p_value < 0.01
    assert [verdict.change(name).after for name in ("consistent", "loss_share")] == pytest.approx([1, 0])
    verdict = the(compare_models("", {"base": perfect, "adapter": perfect}, {"adapter": NONPROFIT}))
    assert verdict.h1.p_value > 0.99


def test_log_probabilities_are_compared_as_shares():
    pair = {
        "base": answers("study1", elicitation="choose"),
        "adapter": answers("nonprofit", elicitation="choose"),
    }
    found = compare_models("", pair, {"adapter": NONPROFIT})
    assert found.elicitation == "choose"
    np.testing.assert_allclose(found.answers["adapter"].fit.theta, NONPROFIT.utility.theta, atol=0.02)
    lost, stake, right = lost_by(pair["adapter"])
    assert ((right > 0) & (right < 1)).all() and ((lost > 0) & (lost < stake)).all()
    assert the(found).change("consistent").after == pytest.approx(right.mean())
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
    verdict = the(found)
    assert verdict.change("regret").after == pytest.approx(lost.mean())
    assert verdict.change("loss_share").after == pytest.approx(lost.sum() / stake.sum())


def test_the_likeliest_option_of_the_target_itself_loses_nothing_though_its_probabilities_do():
    tables = {
        "base": answers("study1", 60, elicitation="choose"),
        "adapter": answers("nonprofit", 60, elicitation="choose"),
    }
    verdict = the(compare_models("", tables, {"adapter": NONPROFIT}))
    drawn, likeliest = verdict.change("regret"), verdict.change(LIKELIEST)
    assert drawn.after > 1 > likeliest.after == pytest.approx(0)
    assert likeliest.before > likeliest.after and likeliest.p_value < 0.05


def test_texts_have_no_likeliest_option(found):
    assert the(found).change(LIKELIEST) is None


def test_several_adapters_are_corrected_for_their_number(tables):
    several = tables | {"other": answers("study1", 250, draws=9)}
    found = compare_models("", several, {})
    p = {name: one.h1.p_value for name, one in found.choices.items()}
    assert {name: one.h1_p for name, one in found.choices.items()} == pytest.approx(holm_by_name(p))
    assert p["adapter"] < p["other"]
    changes = [change for one in found.choices.values() for change in one.changes]
    adjusted = holm([change.p_value for change in changes])
    np.testing.assert_allclose([change.adjusted for change in changes], adjusted)


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
