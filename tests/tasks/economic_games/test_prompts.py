"""What the prompts say: all points once, nothing that names a goal, both orders of everything."""

from __future__ import annotations

import itertools
import re

import pytest

from fiduciary.economics.games import FORMS, GAMES
from fiduciary.subjects.economic_games.other_games import read_other_game
from fiduciary.subjects.economic_games.sheet_text import read_game
from fiduciary.tasks.economic_games.catalogue import OTHERS, sheet_of
from fiduciary.tasks.economic_games.prompts import LABELS, Presentation, sheet
from fiduciary.tasks.economic_games.sheets import (
    belief_question,
    check_question,
    decision_question,
    opening,
    plan_question,
)

SHOWN = [Presentation(*flags) for flags in itertools.product((False, True), repeat=4)]


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("name", GAMES)
def test_the_text_alone_gives_the_game_back(name: str, labels: str) -> None:
    """In every presentation: form, points, and which action is the cooperative one."""
    game = GAMES[name]
    for shown in SHOWN:
        made = sheet(game, labels, shown)
        seen = read_game([f"{opening(made)}\n\n{plan_question(made, False)}"])
        assert seen is not None and seen.game == game
        for item, line in zip(made.decisions, seen.lines, strict=True):
            node = FORMS[game.form].nodes[line.node]
            assert (line.kind, node.name) == ("decision", item.name)
            assert seen.names[node.role] == item.labels


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("name", ["prisoners_dilemma_1", "trust_1", "ultimatum_1"])
def test_beliefs_and_rules_are_about_what_they_say(name: str, labels: str) -> None:
    for shown in SHOWN:
        made = sheet(GAMES[name], labels, shown)
        seen = read_game([opening(made), belief_question(made, after=True, explain=False)])
        assert seen is not None
        for item, line in zip(made.beliefs, seen.lines, strict=True):
            assert (line.kind, line.action) == ("belief", item.about)
            assert FORMS[GAMES[name].form].nodes[line.node].name == item.name
        asked = read_game([f"{opening(made)}\n\n{check_question(made.checks)}"])
        assert asked is not None
        assert [line.points for line in asked.lines] == [item.answer for item in made.checks]


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("name", ["prisoners_dilemma_1", "trust_1", "ultimatum_1"])
def test_a_decision_is_asked_with_the_plan_so_far(name: str, labels: str) -> None:
    """The node, what its letters stand for in the order shown, and the earlier decisions can be read back."""
    for shown, action in itertools.product(SHOWN, (0, 1)):
        made = sheet(GAMES[name], labels, shown)
        nodes = [node.name for node in FORMS[GAMES[name].form].nodes]
        for place, item in enumerate(made.decisions):
            before = [(one, action) for one in made.decisions[:place]]
            seen = read_game([f"{opening(made)}\n\n{decision_question(item, before)}"])
            assert seen is not None and seen.choice is not None and not seen.lines
            assert nodes[seen.choice.node] == item.name
            assert (seen.choice.letters, seen.choice.actions) == (item.letters, item.order)
            assert seen.choice.taken == {nodes.index(one.name): action for one, _ in before}
            if labels == "neutral":
                assert [item.labels[a] for a in item.order] == list(item.letters)


def test_neutral_names_say_nothing() -> None:
    for name, shown in itertools.product(GAMES, SHOWN):
        made = sheet(GAMES[name], "neutral", shown)
        text = opening(made) + plan_question(made, True) + belief_question(made, after=False, explain=True)
        text += "".join(decision_question(item, []) for item in made.decisions)
        assert not re.search(
            r"cooperat|defect|trust|invest|offer|accept|reject|dilemma|fair|moral|selfish|maximi[sz]e",
            text,
            re.I,
        )


def test_what_is_counterbalanced_changes_the_text_as_it_says() -> None:
    game = GAMES["prisoners_dilemma_2"]

    def text(**flags: bool) -> str:
        made = sheet(game, "labelled", Presentation(**flags))
        return f"{opening(made)}\n{plan_question(made, False)}"

    assert '"cooperate" or "defect". Player 2' in text()
    assert '"defect" or "cooperate". Player 2' in text(first=True)
    assert 'then chooses "defect" or "cooperate"' in text(second=True)
    assert "Player 1 gets 10 points, Player 2 gets 90 points" in text()
    assert "Player 2 gets 90 points, Player 1 gets 10 points" in text(points=True)
    assert "1. If you are Player 1:" in text()
    assert "1. If you are Player 2" in text(roles=True)
    # Letters go with the place, so that a letter stands for either action equally often.
    labels = {sheet(game, "neutral", shown).decisions[0].labels for shown in SHOWN if not shown.roles}
    assert labels == {("K", "J"), ("J", "K")}


@pytest.mark.parametrize("labels", LABELS)
@pytest.mark.parametrize("name", OTHERS)
def test_the_other_games_can_be_read_back(name: str, labels: str) -> None:
    for shown in SHOWN:
        made = sheet_of(OTHERS[name], labels, shown)
        seen = read_other_game([f"{opening(made)}\n\n{check_question(made.checks)}"])
        assert seen is not None and seen.game == OTHERS[name]
        assert [float(seen.rule(text)) for _, _, text in seen.lines] == [c.answer for c in made.checks]
        for question, kind in (
            (plan_question(made, False), "decision"),
            (belief_question(made, after=False, explain=False), "belief"),
        ):
            asked = read_other_game([opening(made), question])
            assert asked is not None and [k for _, k, _ in asked.lines] == [kind]


def test_an_explanation_is_asked_for_only_where_it_should_be() -> None:
    made = sheet(GAMES["trust_1"], "neutral", Presentation())
    assert "Explain your reasoning" in plan_question(made, True)
    assert "nothing else" in plan_question(made, False)
    assert "Explain" not in check_question(made.checks)
