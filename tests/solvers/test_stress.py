"""Questions of a stressed problem, before they are asked."""

from __future__ import annotations

import pytest
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, ModelName
from inspect_ai.solver import TaskState

from fiduciary.solvers.stress import ask_stress, stress_questions


def state(**more: object) -> TaskState:
    metadata = {
        "questions": {"calm-0": {"text": "a or b?"}, "long-0": {"text": "a, …, b?"}},
        "temperature": 0.4,
    }
    return TaskState(
        model=ModelName("mockllm/model"),
        sample_id="s",
        epoch=1,
        input="",
        messages=[ChatMessageSystem(content="who"), ChatMessageUser(content="shown in the log")],
        metadata=metadata | more,
    )


def test_each_question_stands_alone_after_the_system_message() -> None:
    questions = stress_questions(state(), "answer")
    assert [question.name for question in questions] == ["calm-0", "long-0"]
    for question, text in zip(questions, ("a or b?", "a, …, b?"), strict=True):
        system, user = question.messages
        assert (system.text, user.text) == ("who", text)
        assert (question.temperature, question.logprobs, question.max_tokens) == (0.4, False, 8)


def test_log_probabilities_are_asked_at_one() -> None:
    assert {(q.temperature, q.logprobs, q.max_tokens) for q in stress_questions(state(), "logprobs")} == {
        (1.0, True, 1)
    }


def test_unknown_elicitations() -> None:
    with pytest.raises(ValueError, match="one of answer, explain, logprobs, got 'both'"):
        ask_stress("both")
