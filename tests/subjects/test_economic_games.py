"""Players: they read the text, state their beliefs, and play the plan that their preference implies."""

from __future__ import annotations

from collections import Counter
from typing import Any

import numpy as np
import pytest

from fiduciary.economics.games import (
    FORMS,
    GAMES,
    HOMO_ECONOMICUS,
    SocialPreference,
    plan_probabilities,
    plans,
)
from fiduciary.scorers.reading.lines import read_lines
from fiduciary.subjects.arguments import SubjectError
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.economic_games import ARGUMENTS, BELIEFS
from fiduciary.subjects.economic_games.player import NO_GAME, Player
from fiduciary.tasks.economic_games.catalogue import OTHERS, sheet_of
from fiduciary.tasks.economic_games.prompts import Presentation, sheet
from fiduciary.tasks.economic_games.sheets import (
    Sheet,
    belief_question,
    check_question,
    decision_question,
    metadata_of,
    opening,
    plan_question,
)


def player(name: str, **arguments: Any) -> Player:
    made = create(name, arguments)
    assert isinstance(made, Player)
    return made


def asked(who: Player, made: Sheet, question: str, tau: float = 1.0, n: int = 1) -> list[str]:
    answers = who.answers([f"{opening(made)}\n\n{question}"], tau, np.random.default_rng(1), n)
    return [answer.text for answer in answers]


def planned(who: Player, name: str, tau: float = 1.0, n: int = 1, **shown: bool) -> list[tuple[int, ...]]:
    """Plans in the form's order, read from the text."""
    made = sheet(GAMES[name], "neutral", Presentation(**shown))
    items = metadata_of(made.decisions)
    out = []
    for text in asked(who, made, plan_question(made, False), tau, n):
        read = read_lines(text, items, "stop")
        out.append(tuple(int(read[node.name].value or 0) for node in FORMS[GAMES[name].form].nodes))
    return out


@pytest.mark.parametrize("name", GAMES)
def test_without_noise_a_player_plays_a_best_plan(name: str) -> None:
    cases = {
        "economicus": HOMO_ECONOMICUS,
        "moralis": SocialPreference(kappa=0.4),
        "inequity_averse": SocialPreference(alpha=0.4, beta=0.3),
    }
    for who, preference in cases.items():
        belief = BELIEFS[: len(FORMS[GAMES[name].form].nodes)]
        for shown in ({}, {"first": True, "roles": True}, {"second": True, "points": True}):
            [plan] = planned(player(who), name, tau=0, **shown)
            assert plan in preference.best_plans(GAMES[name], belief)


def test_plans_follow_the_logit_with_noise_times_temperature() -> None:
    who, game = player("moralis", lam=8), GAMES["prisoners_dilemma_3"]
    n = 4000
    counts = Counter(planned(who, "prisoners_dilemma_3", tau=0.5, n=n))
    expected = n * plan_probabilities(game, BELIEFS, SocialPreference(kappa=0.4), 4.0)
    observed = np.array([counts[plan] for plan in plans(game)])
    assert ((observed - expected) ** 2 / expected).sum() < 24.3  # chi-square, 7 degrees, p = 0.001


def test_beliefs_are_stated_as_given_whatever_is_asked_about() -> None:
    who = player("economicus", beliefs=[0.25, 0.5, 0.125])
    for shown in (Presentation(), Presentation(first=True, second=True, roles=True)):
        made = sheet(GAMES["prisoners_dilemma_1"], "labelled", shown)
        [text] = asked(who, made, belief_question(made, after=False, explain=False))
        read = read_lines(text, metadata_of(made.beliefs), "stop")
        stated = {
            item.name: (value if item.about == 1 else 100 - value)
            for item in made.beliefs
            if (value := read[item.name].value) is not None
        }
        assert stated == {"first_move": 25, "reply_to_C": 50, "reply_to_D": 12}


@pytest.mark.parametrize("name", ["prisoners_dilemma_4", "trust_2", "ultimatum_5", *OTHERS])
def test_rules_are_understood(name: str) -> None:
    made = sheet_of({**GAMES, **OTHERS}[name], "neutral", Presentation(second=True))
    [text] = asked(player("economicus"), made, check_question(made.checks))
    read = read_lines(text, metadata_of(made.checks), "stop")
    assert [read[item.name].value for item in made.checks] == pytest.approx([i.answer for i in made.checks])


@pytest.mark.parametrize(
    ("form", "plan"), [("prisoners_dilemma", (1, 1, 0)), ("trust", (1, 1)), ("ultimatum", (1, 0))]
)
def test_the_conditional_cooperator_answers_like_with_like(form: str, plan: tuple[int, ...]) -> None:
    for number in range(1, 7):
        assert planned(player("conditional_cooperator"), f"{form}_{number}", tau=0) == [plan]


@pytest.mark.parametrize(
    ("who", "arguments", "game", "value"),
    [
        ("economicus", {}, "dictator", 0),
        ("inequity_averse", {"beta": 0.8}, "dictator", 50),
        ("conditional_cooperator", {}, "dictator", 50),
        ("economicus", {}, "public_goods", 0),
        ("moralis", {"kappa": 0.6}, "public_goods", 20),  # above the threshold of one half
        ("moralis", {"kappa": 0.4}, "public_goods", 0),
        ("conditional_cooperator", {}, "public_goods", 12),
        ("economicus", {"beliefs": [0.5, 0.5, 0.5]}, "stag_hunt", 0),
        ("economicus", {"beliefs": [0.6, 0.5, 0.5]}, "stag_hunt", 1),
        ("moralis", {"kappa": 1, "beliefs": [0, 0, 0]}, "stag_hunt", 1),
        ("economicus", {}, "beauty_contest", 32),  # p (n − 1) 50 / (n − p) = 32.1
    ],
)
def test_the_other_games_without_noise(who: str, arguments: dict[str, Any], game: str, value: float) -> None:
    made = sheet_of(OTHERS[game], "labelled", Presentation(first=True))
    [text] = asked(player(who, **arguments), made, plan_question(made, False), tau=0)
    read = read_lines(text, metadata_of(made.decisions), "stop")
    assert read[made.decisions[0].name].value == value


def test_an_explanation_comes_before_the_lines_where_it_is_asked_for() -> None:
    made = sheet(GAMES["trust_1"], "neutral", Presentation())
    [text] = asked(player("moralis"), made, plan_question(made, True))
    assert len(text.split("\n\n")) == 2 and text.split("\n\n")[1].startswith("1: ")


@pytest.mark.parametrize("labels", ["neutral", "labelled"])
def test_decisions_asked_one_by_one_make_up_the_plans_logit(labels: str) -> None:
    """The products of their probabilities given the plan so far are the plans' own, in any presentation."""
    who, game = player("moralis", lam=8), GAMES["prisoners_dilemma_3"]
    for shown in (Presentation(), Presentation(first=True, roles=True), Presentation(second=True)):
        made = sheet(game, labels, shown)
        names = [item.name for item in made.decisions]
        found = []
        for plan in plans(game):
            actions = [plan[[n.name for n in FORMS[game.form].nodes].index(name)] for name in names]
            chance = 1.0
            for place, item in enumerate(made.decisions):
                before = list(zip(made.decisions[:place], actions[:place], strict=True))
                text = f"{opening(made)}\n\n{decision_question(item, before)}"
                [answer] = who.answers([text], 1.0, np.random.default_rng(1))
                logs = dict(answer.first_token or ())
                assert set(logs) == set(item.letters) and answer.text in logs
                chance *= np.exp(logs[item.letters[item.order.index(actions[place])]])
            found.append(chance)
        assert found == pytest.approx(
            list(plan_probabilities(game, BELIEFS, SocialPreference(kappa=0.4), 8.0)), abs=1e-9
        )


@pytest.mark.parametrize(("beliefs", "stag"), [([0.5, 0.5, 0.5], False), ([0.6, 0.5, 0.5], True)])
def test_the_stag_hunts_action_as_an_option(beliefs: list[float], stag: bool) -> None:
    for first in (False, True):
        made = sheet_of(OTHERS["stag_hunt"], "labelled", Presentation(first=first))
        [item] = made.decisions
        [letter] = asked(player("economicus", beliefs=beliefs), made, decision_question(item, []), tau=0)
        assert item.order[item.letters.index(letter)] == stag


def test_a_text_without_a_game() -> None:
    assert [a.text for a in player("economicus").answers(["Hello"], 1.0, np.random.default_rng(0), 2)] == [
        NO_GAME
    ] * 2
    payoffs_out_of_order = opening(sheet(GAMES["trust_1"], "neutral", Presentation())).replace("80", "40")
    assert (
        player("economicus").answers([payoffs_out_of_order], 1.0, np.random.default_rng(0))[0].text == NO_GAME
    )


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("moralis", {"kappa": 1.2}, r"kappa must be a number in \[0, 1\], got 1.2"),
        ("inequity_averse", {"alpha": "inf"}, "alpha must be a finite number"),
        ("economicus", {"lam": -1}, "lam must be finite and >= 0"),
        ("economicus", {"kappa": 0.5}, "takes no argument 'kappa'"),
        ("economicus", {"beliefs": "0.5,0.5"}, "beliefs must be three probabilities"),
        ("economicus", {"beliefs": [0.5, 0.5, 1.5]}, "beliefs must be three probabilities"),
        ("economicus", {"beliefs": 0.5}, "beliefs must be three probabilities"),
    ],
)
def test_what_is_refused(name: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(SubjectError, match=said):
        create(name, arguments)


def test_names() -> None:
    assert set(ARGUMENTS) == {"economicus", "moralis", "inequity_averse", "conditional_cooperator"}
    assert player("economicus", beliefs="0.1, 0.2, 0.3").beliefs == (0.1, 0.2, 0.3)
