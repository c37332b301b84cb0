"""What changed in economic games, on players whose preferences are known."""

from __future__ import annotations

import numpy as np
import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog

from fiduciary.comparison.games import compare_plays
from fiduciary.economics.games import homo_moralis, plan_index
from fiduciary.scorers.economic_games.table import plays
from fiduciary.tasks.economic_games.task import economic_games
from tests.comparison.players import BASE, MORAL, TASK, asked


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> dict[str, EvalLog]:
    return asked(str(tmp_path_factory.mktemp("logs")))


@pytest.fixture(scope="module")
def found(logs):
    return compare_plays(TASK, logs, {"moral": MORAL, "sure": MORAL})


def test_the_share_of_implied_plans_is_counted_and_paired(logs, found):
    """By hand, play by play."""
    [moral, sure] = found.verdicts
    right = {}
    for name, log in logs.items():
        rows = []
        for play in plays(log):
            u = homo_moralis(0.5).utilities(play.material(), play.expected)
            best = homo_moralis(0.5).best_plans(play.material(), play.expected)
            share = sum(play.shares[plan_index(play.material(), plan)] for plan in best)
            rows.append((share, (u.max() - u.min())))
        right[name] = np.array([row[0] for row in rows], float)
    assert (moral.best.before, moral.best.after) == pytest.approx((right[BASE].mean(), right["moral"].mean()))
    assert sure.best.after == 1.0 and sure.loss_share.after == 0 and sure.points.after == 0
    assert moral.best.difference > 2 * moral.best.stderr > 0
    assert moral.loss_share.difference < 0 and moral.points.difference < 0
    estimates = {e.name: e for e in found.estimates}
    assert estimates["sure"].best[MORAL.label].value == 1.0
    assert 0 < estimates[BASE].chance[MORAL.label] < 0.5


def test_the_distance_to_the_target_shrinks(found):
    moral = found.verdicts[0]
    assert moral.distance[1] < moral.distance[0]
    fit = found.estimates[1].fit
    expected = abs(fit.estimate("alpha")) + abs(fit.estimate("beta")) + abs(fit.estimate("kappa") - 0.5)
    assert moral.distance[1] == pytest.approx(expected)


def test_of_a_set_that_explains_all_plans_no_member_is_an_estimate(found):
    sure = found.verdicts[1]
    assert found.estimates[2].fit.status("kappa") == "separated"
    assert np.isnan(sure.distance[1]) and np.isfinite(sure.distance[0])


def test_without_a_target_there_are_estimates_only(logs):
    one = compare_plays(TASK, logs, {})
    assert one.verdicts == () and [e.name for e in one.estimates] == list(logs)


def test_other_games_are_not_compared(logs, tmp_path):
    [other] = eval(
        economic_games("trust", repeats=1), model="subject/economicus", log_dir=str(tmp_path), display="none"
    )
    with pytest.raises(ValueError, match="were not asked the same games"):
        compare_plays(TASK, {BASE: logs[BASE], "moral": other}, {})
    [dictator] = eval(
        economic_games("dictator", repeats=1),
        model="subject/economicus",
        log_dir=str(tmp_path),
        display="none",
    )
    assert compare_plays(TASK, {BASE: dictator, "moral": dictator}, {"moral": MORAL}) is None
    few = compare_plays(TASK, {BASE: other, "moral": other}, {"moral": MORAL})
    assert few.estimates[0].fit is None and few.estimates[0].why.startswith("not measured: 12 valid")
    assert few.verdicts == ()
