"""What a model is asked, and with which settings, in every form of elicitation."""

from __future__ import annotations

from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelOutput,
    ModelUsage,
    get_model,
)

from fiduciary.solvers import elicit, framing
from fiduciary.solvers.elicitation import LOGPROBS_STORE, instruction
from fiduciary.solvers.sampling import request_seed

Request = tuple[list[ChatMessage], GenerateConfig]


def asked(
    elicitation: str, system: str = "You manage a firm.", **options: Any
) -> tuple[list[Request], EvalLog]:
    """All requests of a run over one sample, and its log."""
    requests: list[Request] = []

    def output(input: list[ChatMessage], tools: Any, choice: Any, config: GenerateConfig) -> ModelOutput:
        requests.append((list(input), config))
        answer = ModelOutput.from_content("mockllm/model", "A")
        answer.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        if config.logprobs:
            answer.choices[0].logprobs = Logprobs(content=[Logprob(token="A", logprob=-0.1)])
        return answer

    task = Task(
        dataset=[Sample(input="Choose.", id="s", metadata={"temperature": 0.2})],
        solver=[framing(system), elicit(elicitation, seed=7)],
    )
    model = get_model("mockllm/model", memoize=False, custom_outputs=output)
    [log] = eval(task, model=model, **options)
    assert log.status == "success", log.error
    return requests, log


@pytest.mark.parametrize("elicitation", ["explain", "answer"])
def test_text_is_asked_at_the_samples_temperature(elicitation: str) -> None:
    [(messages, config)], _ = asked(elicitation, temperature=1.9, seed=3, max_tokens=77)
    assert [m.role for m in messages] == ["system", "user"]
    assert messages[0].text == "You manage a firm."
    assert messages[1].text == f"Choose.\n\n{instruction(elicitation)}"
    assert (config.temperature, config.top_p) == (0.2, 1.0)
    assert config.seed == request_seed(7, "s", 1)
    assert config.max_tokens == 77, "the length is the user's"
    assert config.logprobs is None


def test_log_probabilities_are_asked_for_one_token_at_temperature_one() -> None:
    [(messages, config)], _ = asked("logprobs", max_tokens=77)
    assert messages[1].text == f"Choose.\n\n{instruction('answer')}"
    assert (config.temperature, config.max_tokens) == (1.0, 1)
    assert (config.logprobs, config.top_logprobs) == (True, 20)


def test_both_asks_twice_in_fresh_contexts() -> None:
    requests, log = asked("both")
    (first, at_one), (second, at_tau) = requests
    assert [m.role for m in first] == [m.role for m in second] == ["system", "user"]
    assert first[1].text == f"Choose.\n\n{instruction('answer')}"
    assert second[1].text == f"Choose.\n\n{instruction('explain')}"
    assert (at_one.temperature, at_one.max_tokens, at_one.logprobs) == (1.0, 1, True)
    assert (at_tau.temperature, at_tau.logprobs) == (0.2, None)
    assert log.samples
    stored = Logprobs.model_validate(log.samples[0].store[LOGPROBS_STORE])
    assert stored.content[0].token == "A"


def test_epochs_are_different_draws() -> None:
    requests, _ = asked("answer", epochs=3)
    assert {config.seed for _, config in requests} == {request_seed(7, "s", epoch) for epoch in (1, 2, 3)}


def test_an_empty_framing_adds_no_message() -> None:
    [(messages, _)], _ = asked("answer", system="")
    assert [m.role for m in messages] == ["user"]


def test_unknown_elicitations_are_named() -> None:
    with pytest.raises(
        ValueError, match="elicitation must be one of explain, answer, logprobs, both, got 'x'"
    ):
        elicit("x")
