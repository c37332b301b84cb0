"""Questions of a stressed problem, before they are asked."""

from __future__ import annotations

import pytest
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, ModelName
from inspect_ai.solver import TaskState

from fiduciary.solvers.stress import STRESS_ELICITATIONS, stress_questions


def state(**more: object) -> TaskState:
    metadata = {
        "questions": {"calm-0": {"text": "a or b?"}, "long-0": {"text": "a, …, b?"}},
        "temperature": 0.4,
        "n_options": 3,
    }
    return TaskState(
        model=ModelName("mockllm/model"),
        sample_id="s",
        epoch=1,
        input="",
        messages=[ChatMessageSystem(content="who"), ChatMessageUser(content="shown in the log")],
        metadata=metadata | more,
    )


@pytest.mark.parametrize("elicitation", STRESS_ELICITATIONS)
def test_each_question_stands_alone_after_the_system_message(elicitation: str) -> None:
    """Word for word as the task wrote it: the instruction how to answer is part of the text."""
    questions = stress_questions(state(elicitation=elicitation))
    assert [question.name for question in questions] == ["calm-0", "long-0"]
    for question, text in zip(questions, ("a or b?", "a, …, b?"), strict=True):
        system, user = question.messages
        assert (system.text, user.text) == ("who", text)
        assert (question.temperature, question.elicitation, question.labels) == (
            0.4,
            elicitation,
            tuple("ABC"),
        )
