"""What an adapter changed in economic games, on players whose preferences are known."""

from __future__ import annotations

import json

import numpy as np
import pytest
from inspect_ai import eval

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.economics.games import homo_moralis, plan_index
from fiduciary.economics.principals import Principal
from fiduciary.scorers.economic_games.table import plays
from fiduciary.tasks.economic_games.task import economic_games
from fiduciary.training.rebench.cards import fill
from fiduciary.training.rebench.games import compare_plays
from fiduciary.training.rebench.plan import BASE, Contender, Plan, TaskSpec
from fiduciary.training.rebench.report import as_json, markdown
from fiduciary.training.rebench.run import outcome_of
from fiduciary.training.targets import SocialTarget
from tests.training.rebench.simulated import write_adapter

MORAL = SocialTarget.stated("homo_moralis", kappa=0.5)
TASK = "economic_games repeats=4"


@pytest.fixture(scope="module")
def logs(tmp_path_factory):
    """The 18 games four times: a selfish player, a moral one with noise, and one without."""
    folder = str(tmp_path_factory.mktemp("logs"))

    def ask(name, **arguments):
        given = [f"{key}={value}" for key, value in arguments.items()]
        from inspect_ai.model import get_model

        model = get_model(f"subject/{name}", memoize=False, **arguments)
        [log] = eval(
            economic_games(repeats=4), model=model, log_dir=folder, score_display=False, display="none"
        )
        assert log.status == "success", given
        return log

    return {
        BASE: ask("economicus", lam=3),
        "moral": ask("moralis", kappa=0.5, lam=3),
        "sure": ask("moralis", kappa=0.5, lam=0),
    }


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
    assert (moral.best.base, moral.best.adapter) == pytest.approx((right[BASE].mean(), right["moral"].mean()))
    assert sure.best.adapter == 1.0 and sure.loss_share.adapter == 0 and sure.points.adapter == 0
    assert moral.best.difference > 2 * moral.best.se > 0
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


def test_without_a_social_target_there_are_estimates_only(logs):
    one = compare_plays(TASK, logs, {"moral": Principal.named("nonprofit"), "sure": None})
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


def test_report_and_card_tell_it(logs, tmp_path):
    folder = write_adapter(tmp_path / "moral", "some/base", facts={"method": "SFT", "target": MORAL.facts()})
    contenders = (
        Contender(BASE),
        Contender("moral", folder, MORAL, "digest", 4),
        Contender("sure", None, MORAL),
    )
    plan = Plan("some/base", contenders, (TaskSpec.parse(TASK),), tmp_path / "out")
    outcome = outcome_of(plan, "a server", (), {TASK: logs})
    text = markdown(outcome)
    assert f"## {TASK}: social preference from plans and beliefs" in text
    assert "n = 72 plays of 18 games, temperature 1." in text
    assert "| target of moral " in text and "separated" in text and "| random plans " in text
    read = json.loads(json.dumps(as_json(outcome), allow_nan=False))
    [games] = read["games"]
    assert games["adapters"]["moral"]["target"] == MORAL.facts()
    assert games["adapters"]["sure"]["distance"]["adapter"] is None
    assert read["comparisons"] == []
    fill(outcome, contenders[1])
    card = (folder / "README.md").read_text("utf-8")
    assert "### economic_games repeats=4" in card and "| sure" not in card and "target of moral" in card
    facts = json.loads((folder / "training.json").read_text("utf-8"))
    assert list(facts["measured"]["games"][0]["estimates"]) == [BASE, "moral"]


def test_a_target_of_games_is_no_target_of_stakeholder_choices(tmp_path):
    """An adapter's own facts say which kind it is; choices are then compared with the base alone."""
    from fiduciary.training.rebench.plan import make_plan

    base = tmp_path / "base"
    from tests.training.rebench.simulated import write_base

    write_base(base)
    folder = write_adapter(tmp_path / "moral", str(base), facts={"target": MORAL.facts()})
    plan = make_plan(str(base), [str(folder)], [TASK], tmp_path / "out", Principal.named("nonprofit"))
    assert plan.contenders[1].target == MORAL
