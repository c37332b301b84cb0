"""What is drawn in is what the benchmark asks."""

from __future__ import annotations

import pytest

from fiduciary.chat.problem import N_PROBLEMS, draw
from fiduciary.errors import UsageError
from fiduciary.solvers.asking import instruction
from fiduciary.solvers.choosing import LABELS
from fiduciary.tasks.stakeholder_choice.dataset import AGAIN
from fiduciary.tasks.stakeholder_choice.prompts import NEUTRAL_WORDINGS
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice


@pytest.mark.parametrize(("wording", "elicitation"), [("plain", "text"), ("compact", "choose")])
def test_a_problem_is_the_sample_of_a_default_run(wording: str, elicitation: str) -> None:
    dataset = stakeholder_choice(wording=wording, elicitation=elicitation).dataset
    samples = [sample for sample in dataset if not str(sample.id).endswith(AGAIN)]
    assert len(samples) == N_PROBLEMS
    for number in (1, 2, 500, N_PROBLEMS):
        drawn = draw(number, wording, elicitation)
        sample = samples[number - 1]
        assert drawn.id == sample.id
        labels = LABELS[: (sample.metadata or {})["n_options"]]
        assert drawn.text == f"{sample.input}\n\n{instruction(elicitation, labels)}"


def test_the_record_says_where_to_find_it_again() -> None:
    drawn = draw(7, NEUTRAL_WORDINGS[1])
    record = drawn.record()
    assert record["number"] == 7 and record["seed"] == 0 and record["id"] == drawn.id
    assert record["wording"] == NEUTRAL_WORDINGS[1] and record["elicitation"] == "text"
    assert "text" not in record


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((0,), "problem must be a number from 1 to 1000"),
        ((1001,), "problem must be a number from 1 to 1000"),
        ((1, "loud"), "wording must be one of plain, .*, got 'loud'"),
        ((1, "plain", "logprobs"), "answer must be one of text, choose, got 'logprobs'"),
    ],
)
def test_what_cannot_be_drawn(arguments: tuple[int] | tuple[int, str, str], said: str) -> None:
    with pytest.raises(UsageError, match=said):
        draw(*arguments)
