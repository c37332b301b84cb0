"""Beliefs and plan in one conversation, in the order asked; questions about the rules apart."""

from __future__ import annotations

from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ModelOutput, ModelUsage, get_model

from fiduciary.solvers.asking import CLOSING, instruction
from fiduciary.solvers.economic_games import strategy_method

SEEN: list[tuple[list[tuple[str, str]], Any]] = []


def run(
    questions: dict[str, str], broken: str = "", labels: dict[str, list[str]] | None = None, **options: Any
) -> EvalLog:
    SEEN.clear()

    def respond(input, tools, tool_choice, config):  # type: ignore[no-untyped-def]
        SEEN.append(([(m.role, m.text) for m in input], config))
        output = ModelOutput.from_content("mockllm/model", f"answer to {input[-1].text.split()[-1]}")
        if broken and broken in input[-1].text:
            output = ModelOutput(model="mockllm/model", choices=[], error="no answer came back")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    metadata = {"questions": questions, "options": labels or {}, "temperature": 0.7, "max_tokens": 33}
    sample = Sample(input="RULES", id="g", metadata=metadata)
    task = Task(dataset=MemoryDataset([sample]), solver=strategy_method(seed=5))
    model = get_model("mockllm/model", memoize=False, custom_outputs=respond)
    model.api.continues_turns = True  # type: ignore[attr-defined]
    [log] = eval(task, model=model, **options)
    return log


@pytest.mark.parametrize("order", [("beliefs", "plan"), ("plan", "beliefs"), ("plan",)])
def test_one_conversation_in_the_order_given(order: tuple[str, ...]) -> None:
    log = run({name: f"question {name}" for name in order} | {"checks": "question checks"})
    assert log.status == "success" and log.samples
    asked = sorted((texts for texts, _ in SEEN), key=len)
    conversations = [texts for texts in asked if "checks" not in texts[0][1]]
    assert [("user", "RULES\n\nquestion checks")] in asked
    assert len(conversations) == len(order)
    assert conversations[0] == [("user", f"RULES\n\nquestion {order[0]}")]
    if len(order) == 2:
        assert conversations[1] == [
            ("user", f"RULES\n\nquestion {order[0]}"),
            ("assistant", f"answer to {order[0]}"),
            ("user", f"question {order[1]}"),
        ]
    answers = log.samples[0].store["answers"]
    assert {name: kept["text"] for name, kept in answers.items()} == {
        name: f"answer to {name}" for name in (*order, "checks")
    }
    assert len(log.samples[0].messages) == 2 * len(order)


def test_settings_come_from_the_sample_and_seeds_differ() -> None:
    run({"plan": "question plan", "beliefs": "question beliefs", "checks": "question checks"}, epochs=2)
    assert {config.temperature for _, config in SEEN} == {0.7}
    assert len({config.seed for _, config in SEEN}) == 6
    assert {config.max_tokens for texts, config in SEEN if "checks" not in texts[-1][1]} == {33}
    run({"plan": "question plan"}, max_tokens=9)
    assert {config.max_tokens for _, config in SEEN} == {9}


def test_a_conversation_that_breaks_off_is_not_continued() -> None:
    log = run({"beliefs": "question beliefs", "plan": "question plan"}, broken="beliefs")
    assert log.status == "success" and log.samples
    assert list(log.samples[0].store["answers"]) == ["beliefs"]
    assert len(SEEN) == 1


def test_decisions_follow_the_beliefs_each_in_a_branch_of_its_own() -> None:
    """The turn is begun for one token at temperature 1, and no branch sees what another was answered."""
    steps = {"plan": ["J", "K"], "plan-1": ["M", "N"], "plan-0": ["M", "N"]}
    asked = {name: f"question {name}" for name in ("beliefs", *steps, "checks")}
    log = run(asked, labels=steps)
    assert log.status == "success" and log.samples
    branches = [(texts, config) for texts, config in SEEN if texts[-1][0] == "assistant"]
    assert len(branches) == 3 and len(SEEN) == 5
    for texts, config in branches:
        [name] = [name for name in steps if texts[2][1].startswith(f"question {name}\n")]
        assert texts == [
            ("user", "RULES\n\nquestion beliefs"),
            ("assistant", "answer to beliefs"),
            ("user", f"question {name}\n\n{instruction('choose', steps[name])}"),
            ("assistant", CLOSING),
        ]
        assert (config.temperature, config.max_tokens, config.logprobs) == (1.0, 1, True)
    assert set(log.samples[0].store["answers"]) == set(asked)
    assert [m.role for m in log.samples[0].messages] == ["user", "assistant"] * 2


def test_decisions_without_beliefs_begin_with_the_rules_and_need_stated_beliefs_where_asked() -> None:
    run({"plan": "question plan"}, labels={"plan": ["J", "K"]})
    assert SEEN[0][0][0][1].startswith("RULES\n\nquestion plan\n")
    run(
        {"beliefs": "question beliefs", "plan": "question plan"},
        broken="beliefs",
        labels={"plan": ["J", "K"]},
    )
    assert len(SEEN) == 1
