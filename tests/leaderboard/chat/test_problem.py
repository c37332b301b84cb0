"""What is drawn in is what the benchmark asks."""

from __future__ import annotations

import pytest

from fiduciary.leaderboard.chat.errors import ChatError
from fiduciary.leaderboard.chat.problem import N_PROBLEMS, draw
from fiduciary.solvers.asking import instruction
from fiduciary.tasks.stakeholder_choice.prompts import NEUTRAL_WORDINGS
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice


@pytest.mark.parametrize(("wording", "elicitation"), [("plain", "explain"), ("compact", "answer")])
def test_a_problem_is_the_sample_of_a_default_run(wording: str, elicitation: str) -> None:
    samples = list(stakeholder_choice(wording=wording, elicitation=elicitation).dataset)
    assert len(samples) == N_PROBLEMS
    for number in (1, 2, 500, N_PROBLEMS):
        drawn = draw(number, wording, elicitation)
        sample = samples[number - 1]
        assert drawn.id == sample.id
        assert drawn.text == f"{sample.input}\n\n{instruction(elicitation)}"


def test_the_record_says_where_to_find_it_again() -> None:
    drawn = draw(7, NEUTRAL_WORDINGS[1])
    record = drawn.record()
    assert record["number"] == 7 and record["seed"] == 0 and record["id"] == drawn.id
    assert record["wording"] == NEUTRAL_WORDINGS[1] and record["elicitation"] == "explain"
    assert "text" not in record


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0,), "problem must be a number from 1 to 1000"),
        ((1001,), "problem must be a number from 1 to 1000"),
        ((1, "loud"), "wording must be one of plain, .*, got 'loud'"),
        ((1, "plain", "logprobs"), "answer must be one of explain, answer"),
    ],
)
def test_what_cannot_be_drawn(arguments: tuple[int] | tuple[int, str, str], said: str) -> None:
    with pytest.raises(ChatError, match=said):
        draw(*arguments)
