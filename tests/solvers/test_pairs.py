"""Questions about pairs and menus, before they are asked."""

from __future__ import annotations

import pytest
from inspect_ai.model import ChatMessageSystem, ChatMessageUser, ModelName
from inspect_ai.solver import TaskState

from fiduciary.solvers.asking import instruction
from fiduciary.solvers.pairs import PAIR_ELICITATIONS, pair_questions


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


@pytest.mark.parametrize("elicitation", PAIR_ELICITATIONS)
def test_each_question_stands_alone_after_the_system_message(elicitation: str) -> None:
    questions = pair_questions(state(elicitation=elicitation))
    assert [question.name for question in questions] == ["0-1-1", "0-1-2", "1-0-1", "1-0-2"]
    for question in questions:
        system, user = question.messages
        text = "a or b?" if question.name.startswith("0") else "b or a?"
        assert (system.text, user.text) == ("who", f"{text}\n\n{instruction(elicitation, 'AB')}")
        assert (question.temperature, question.elicitation) == (0.4, elicitation)


def test_a_menu_offers_as_many_letters_as_options() -> None:
    """The instruction names no letter that no option has, and no other label is asked about."""
    asked = state(questions={"0-1": "two", "3-0-2-1": "four"}, elicitation="choose", repeats=1)
    two, four = pair_questions(asked)
    assert (two.labels, four.labels) == (tuple("AB"), tuple("ABCD"))
    assert two.messages[-1].text.endswith(": A or B.") and four.messages[-1].text.endswith(": A, B, C or D.")
