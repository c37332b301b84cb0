"""What a server refuses is asked otherwise, once it has said so, and nothing else is swallowed."""

from __future__ import annotations

from typing import Any

import anyio
import pytest
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageSystem,
    ChatMessageUser,
    GenerateConfig,
    Model,
    ModelOutput,
    ModelUsage,
    get_model,
)

from fiduciary.solvers import refusals
from fiduciary.solvers.label_tokens import CannotAsk
from fiduciary.solvers.refusals import folded, folds, generate

CONVERSATION = [ChatMessageSystem(content="You manage a firm."), ChatMessageUser(content="Choose.")]
BEGUN = [*CONVERSATION, ChatMessageAssistant(content="Therefore, I choose: Option")]


@pytest.fixture(autouse=True)
def forget() -> None:
    refusals._without_system.clear()
    refusals._most_logprobs.clear()


def refusing(text: str, when: Any) -> tuple[Model, list[tuple[list[ChatMessage], GenerateConfig]]]:
    """A model that refuses some requests with a text, and what it was asked."""
    seen: list[tuple[list[ChatMessage], GenerateConfig]] = []

    def respond(input: list[ChatMessage], tools: Any, choice: Any, config: GenerateConfig) -> ModelOutput:
        seen.append((list(input), config))
        if when(input, config):
            raise ValueError(text)
        output = ModelOutput.from_content("mockllm/model", "A")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    return get_model("mockllm/model", memoize=False, custom_outputs=respond), seen


def test_a_template_without_a_system_role_gets_the_text_in_the_users_turn() -> None:
    model, seen = refusing("400: System role not supported", lambda m, c: m[0].role == "system")
    for _ in range(2):
        assert anyio.run(generate, model, BEGUN, {}).completion == "A"
    assert [[m.role for m in messages] for messages, _ in seen] == [
        ["system", "user", "assistant"],
        ["user", "assistant"],
        ["user", "assistant"],
    ]
    assert seen[1][0][0].text == "You manage a firm.\n\nChoose." and folds(model)


def test_a_server_that_allows_five_log_probabilities_is_asked_for_five() -> None:
    said = "Requested sample logprobs of 20, which is greater than max allowed: 5"
    model, seen = refusing(said, lambda m, c: (c.top_logprobs or 0) > 5)
    for _ in range(2):
        anyio.run(generate, model, BEGUN, {"logprobs": True, "top_logprobs": 20})
    assert [config.top_logprobs for _, config in seen] == [20, 5, 5]


def test_a_server_that_continues_no_turn_is_named() -> None:
    model, _ = refusing("unexpected keyword continue_final_message", lambda m, c: True)
    with pytest.raises(CannotAsk, match="-T elicitation=text"):
        anyio.run(generate, model, BEGUN, {})


def test_other_errors_pass() -> None:
    model, seen = refusing("the server is gone", lambda m, c: True)
    with pytest.raises(ValueError, match="the server is gone"):
        anyio.run(generate, model, BEGUN, {})
    assert len(seen) == 1


def test_folding_leaves_a_conversation_without_system_texts_alone() -> None:
    assert folded(CONVERSATION[1:]) == CONVERSATION[1:]
    assert [message.role for message in folded(BEGUN)] == ["user", "assistant"]
