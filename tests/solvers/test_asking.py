"""Several questions in one sample: fresh contexts, own seeds, answers kept for the scorers."""

from __future__ import annotations

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessageUser, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.scorers._answers import answers_of
from fiduciary.solvers.asking import Question, ask_all

SEEN: list[tuple[list[str], int | None, float | None, int | None]] = []


def battery(*names: str, logprobs: bool = False) -> Solver:
    @solver
    def asking() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            questions = [
                Question(name, (ChatMessageUser(content=f"say {name}"),), 7, 0.5, logprobs) for name in names
            ]
            await ask_all(state, questions, seed=3)
            state.metadata["read"] = {name: kept.text for name, kept in answers_of(state).items()}
            return state

        return solve

    return asking()


def run(solve: Solver, **options: object) -> EvalLog:
    SEEN.clear()

    def respond(input, tools, tool_choice, config):  # type: ignore[no-untyped-def]
        SEEN.append(([m.text for m in input], config.seed, config.temperature, config.max_tokens))
        output = ModelOutput.from_content("mockllm/model", input[-1].text.removeprefix("say "))
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    model = get_model("mockllm/model", memoize=False, custom_outputs=respond)
    task = Task(dataset=MemoryDataset([Sample(input="x", id="s")]), solver=solve)
    [log] = eval(task, model=model, **options)
    return log


def test_each_question_has_a_context_and_a_seed_of_its_own() -> None:
    log = run(battery("a", "b", "c"), epochs=2)
    assert log.status == "success"
    assert all(len(texts) == 1 for texts, *_ in SEEN)
    assert len({seed for _, seed, *_ in SEEN}) == 6
    assert {(temperature, tokens) for *_, temperature, tokens in SEEN} == {(0.5, 7)}
    assert log.samples and log.samples[0].metadata["read"] == {"a": "a", "b": "b", "c": "c"}


def test_the_command_line_lengthens_answers() -> None:
    run(battery("a"), max_tokens=99)
    assert SEEN[0][3] == 99


def test_logprobs_are_asked_at_one_with_one_token() -> None:
    run(battery("a", logprobs=True), max_tokens=99)
    assert SEEN[0][2:] == (1.0, 1)


def test_names_must_differ() -> None:
    log = run(battery("a", "a"))
    assert log.status == "error" and log.error and "share a name" in log.error.message


@pytest.mark.parametrize("names", [("a",), ("a", "b")])
def test_answers_survive_in_the_log(names: tuple[str, ...]) -> None:
    log = run(battery(*names))
    assert log.samples and list(log.samples[0].store["answers"]) == list(names)
