"""Plays, their rates and the slope of cooperation on temptation, on scores made up by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from inspect_ai.model import Logprob, Logprobs, TopLogprob
from inspect_ai.scorer import SampleScore, Score

from fiduciary.economics.games import GAMES
from fiduciary.scorers.answers import Kept
from fiduciary.scorers.economic_games.metrics import (
    cooperation_rates,
    play_quality,
    rates,
    rules_right,
    social_preference,
    temptation_slope,
)
from fiduciary.scorers.economic_games.plans import read_chosen, read_stated
from fiduciary.scorers.economic_games.table import Play, choices, plays

PRESENTATION = {"first": False, "second": False, "points": False, "roles": False}


def play(
    name: str,
    plan: dict[str, float | None],
    belief: dict[str, float | None] | None = None,
    shares: tuple[float, ...] | None = None,
) -> Play:
    game = GAMES[name]
    parameters = dict(zip("TRPS", game.payoffs, strict=True))
    return Play(
        name,
        game.form,
        parameters,
        (0, 1),
        plan,
        shares,
        belief or {},
        None,
        None,
        {},
        {},
        PRESENTATION,
        np.nan,
    )


def test_rates_leave_missing_decisions_out() -> None:
    found = [
        play("trust_1", {"invest": 1.0, "give_back": None}),
        play("trust_1", {"invest": 0.0, "give_back": None}),
        play("trust_2", {"invest": 1.0, "give_back": None}),
    ]
    read = rates(found)
    assert read["invest"] == pytest.approx(2 / 3)
    assert np.isnan(read["give_back"]) and set(read) == {"invest", "give_back"}


def test_a_plan_is_whole_or_missing() -> None:
    stated = {"give_back": 0.0, "invest": 1.0}
    both = play("trust_1", stated, {"give_back": 0.25, "invest": 0.5}, (0.0, 1.0, 0.0, 0.0))
    assert both.expected == (0.5, 0.25)  # the form's order, whatever was asked first
    half = play("trust_1", {"invest": 1.0, "give_back": None}, {"invest": 0.5, "give_back": 0.5})
    assert half.expected == (0.5, 0.5)
    data = choices([both, half])
    assert (data.n, data.n_missing, data.shares.tolist()) == (1, 1, [[0.0, 1.0, 0.0, 0.0]])


def test_the_slope_on_temptation_by_hand() -> None:
    """Trust 5, 1 and 2 tempt with 10, 30 and 40 points: x̃ = −5/3, 1/3, 4/3 tens of points."""
    found = [
        play("trust_5", {"invest": 1.0}),
        play("trust_1", {"invest": 1.0}),
        play("trust_2", {"invest": 0.0}),
    ]
    expected = (-5 / 3 + 1 / 3) / (25 / 9 + 1 / 9 + 16 / 9)
    assert temptation_slope(found).value == pytest.approx(expected)
    # A node of its own constant: shifting all actions at another node changes nothing but the weight.
    more = [play(p.game, {**p.plan, "give_back": 1.0}) for p in found]
    assert temptation_slope(more).value == pytest.approx(expected / 2)


def test_no_slope_where_temptation_does_not_vary() -> None:
    assert np.isnan(temptation_slope([play("trust_1", {"invest": 1.0})] * 4).value)
    assert np.isnan(temptation_slope([]).value)


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=6, max_size=6))
def test_slope_is_least_squares_with_a_constant_for_each_node(actions: list[float]) -> None:
    names = [f"ultimatum_{i}" for i in range(1, 7)]
    found = [play(name, {"offer_equal": a}) for name, a in zip(names, actions, strict=True)]
    x = np.array([(GAMES[n].T - GAMES[n].R) / 10 for n in names])
    assert temptation_slope(found).value == pytest.approx(np.polyfit(x, actions, 1)[0], abs=1e-12)


@pytest.mark.parametrize("metric", [cooperation_rates, play_quality, rules_right, social_preference])
def test_metrics_take_no_scores_and_scores_without_answers(metric: Any) -> None:
    metric()([])
    score = Score(
        value=0,
        metadata={"plan": {"invest": None, "give_back": None}, "belief": {}, "reason": "error"}
        | {"shares": None, "belief_reason": None}
        | {"lines_missing": {}, "rules": {}},
    )
    sample = {"game": "trust_1", "form": "trust", "repeat": 0, "presentation": PRESENTATION} | {
        "parameters": {"T": 80, "R": 50, "P": 30, "S": 20}
    }
    found = [SampleScore(score=score, sample_id="a", sample_metadata=sample)] * 3
    value = metric()(found)
    values = value.values() if isinstance(value, dict) else [value]
    assert all(np.isnan(v) for v in values)


def test_scores_of_another_task_are_named() -> None:
    other = SampleScore(
        score=Score(value=1, metadata={"chosen": 1}), sample_id="x1", sample_metadata={"welfare": 1}
    )
    with pytest.raises(ValueError, match="sample 'x1' is not of tasks/economic_games: game is missing"):
        plays([other])


INVEST = {"name": "invest", "labels": ["not invest", "invest"], "order": [1, 0], "letters": ["J", "K"]}
GIVE_BACK = {"name": "give_back", "labels": ["keep", "give back"], "order": [0, 1], "letters": ["M", "N"]}


def labelled(**chances: float) -> Kept:
    """An answer of one token, with these log-probabilities."""
    top = [TopLogprob(token=f" {token}", logprob=float(np.log(p))) for token, p in chances.items()]
    return Kept(
        top[0].token, "max_tokens", None, Logprobs(content=[Logprob(**dict(top[0]), top_logprobs=top)])
    )


def test_a_plan_has_the_product_of_its_decisions_probabilities() -> None:
    """Asked with Player 2's decision first, and read in the form's order: invest, then give back."""
    answers = {
        "plan": labelled(M=0.6, N=0.2, The=0.2),  # give back with ¼ of what falls on labels
        "plan-1": labelled(J=0.9, K=0.1),
        "plan-0": labelled(J=0.5, K=0.5),
    }
    read = read_chosen(answers, [GIVE_BACK, INVEST], "trust")
    assert read.shares == pytest.approx((0.225, 0.375, 0.025, 0.375))  # plans 11, 10, 01, 00
    assert read.values == pytest.approx({"give_back": 0.25, "invest": 0.6})
    assert read.missing == {} and read.outside == pytest.approx(0.2 / 3)


def test_a_decision_is_missing_where_any_course_lacks_it() -> None:
    answers = {"plan": labelled(M=0.5, N=0.5), "plan-1": labelled(J=0.9, K=0.1), "plan-0": labelled(The=1.0)}
    read = read_chosen(answers, [GIVE_BACK, INVEST], "trust")
    assert read.values == {"give_back": 0.5, "invest": None} and read.shares is None
    assert read.missing == {"invest": "outside the labels"}
    nothing = read_chosen(
        {name: answers[name] for name in ("plan-1", "plan-0")}, [GIVE_BACK, INVEST], "trust"
    )
    assert nothing.missing == {"give_back": "error", "invest": "error"} and np.isnan(nothing.outside)


def test_stated_plans_are_certain_and_other_games_have_none() -> None:
    stated = Kept("1: keep\n2: not invest", "stop", None, None)
    assert read_stated(stated, [GIVE_BACK, INVEST], "trust").shares == (0.0, 0.0, 0.0, 1.0)
    stag = read_chosen({"plan": labelled(J=0.3, K=0.7)}, [INVEST | {"name": "stag"}], "stag_hunt")
    assert stag.values == pytest.approx({"stag": 0.3}) and stag.shares is None
