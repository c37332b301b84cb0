"""Running tasks on a model that answers as a test says, and on subjects."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, GenerateConfig, ModelOutput, ModelUsage, get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation

Respond = Callable[[list[ChatMessage], GenerateConfig], ModelOutput | str]
Run = Callable[..., EvalLog]


@pytest.fixture
def run() -> Run:
    """``run(task, respond)``: the log of a task, answered by a function or by a named model."""

    def run_task(task: Task, respond: Respond | str, **options: Any) -> EvalLog:
        if isinstance(respond, str):
            model = get_model(respond)
        else:
            model = get_model("mockllm/model", memoize=False, custom_outputs=_outputs(respond))
            model.api.continues_turns = True  # type: ignore[attr-defined]
        [log] = eval(task, model=model, score_display=False, **options)
        return log

    return run_task


def _outputs(respond: Respond) -> Callable[..., ModelOutput]:
    def output(input: list[ChatMessage], tools: Any, tool_choice: Any, config: GenerateConfig) -> ModelOutput:
        answer = respond(input, config)
        if isinstance(answer, str):
            answer = ModelOutput.from_content("mockllm/model", answer)
        # Without usage, mockllm would fetch a tokenizer file to count tokens.
        answer.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return answer

    return output
