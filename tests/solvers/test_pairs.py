"""Questions about pairs, before they are asked."""

from __future__ import annotations

import pytest
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, ModelName
from inspect_ai.solver import TaskState

from fiduciary.solvers import ask_pairs, pump
from fiduciary.solvers.asking import instruction
from fiduciary.solvers.pairs import pair_questions


def state(**more: object) -> TaskState:
    metadata = {"questions": {"0-1": "a or b?", "1-0": "b or a?"}, "repeats": 2, "temperature": 0.4}
    return TaskState(
        model=ModelName("mockllm/model"),
        sample_id="s",
        epoch=1,
        input="",
        messages=[ChatMessageSystem(content="who"), ChatMessageUser(content="shown in the log")],
        metadata=metadata | more,
    )


def test_each_question_stands_alone_after_the_system_message() -> None:
    questions = pair_questions(state(), "answer")
    assert [question.name for question in questions] == ["0-1-1", "0-1-2", "1-0-1", "1-0-2"]
    for question in questions:
        system, user = question.messages
        text = "a or b?" if question.name.startswith("0") else "b or a?"
        assert (system.text, user.text) == ("who", f"{text}\n\n{instruction('answer')}")
        assert (question.temperature, question.logprobs) == (0.4, False)


def test_log_probabilities_are_asked_at_one() -> None:
    assert {(q.temperature, q.logprobs) for q in pair_questions(state(repeats=1), "logprobs")} == {
        (1.0, True)
    }


def test_unknown_elicitations() -> None:
    with pytest.raises(ValueError, match="one of answer, explain, logprobs, got 'both'"):
        ask_pairs("both")
    with pytest.raises(ValueError, match="one of answer, explain, got 'logprobs'"):
        pump(lambda output, elicitation: (0, None), "logprobs")
