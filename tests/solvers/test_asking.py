"""What a model is asked, with which settings, in every way of asking, and what is kept for the scorers."""

from __future__ import annotations

from typing import Any

import pytest
from inspect_ai import Task, eval
from inspect_ai.dataset import MemoryDataset, Sample
from inspect_ai.log import EvalLog
from inspect_ai.model import (
    ChatMessage,
    ChatMessageAssistant,
    ChatMessageUser,
    ContentReasoning,
    ContentText,
    GenerateConfig,
    Logprob,
    Logprobs,
    ModelOutput,
    ModelUsage,
    TopLogprob,
    get_model,
)
from inspect_ai.solver import Generate, Solver, TaskState, solver

from fiduciary.scorers.answers import answers_of
from fiduciary.solvers import elicit
from fiduciary.solvers.asking import CLOSING, Question, ask_all, continues_turns, instruction, named
from fiduciary.solvers.label_tokens import ENOUGH, Watch
from fiduciary.solvers.sampling import request_seed

Request = tuple[list[ChatMessage], GenerateConfig]


def asked(
    elicitation: str,
    system: str = "You manage a firm.",
    token: str = " A",
    said: Any = "All are served.\n\nTherefore, I choose: Option B.",
    samples: int = 1,
    logprobs: bool = True,
    continuing: bool = True,
    small: float | None = None,
    **options: Any,
) -> tuple[list[Request], EvalLog]:
    """All requests of a run, and its log; a begun turn goes on with ``token``, any other with ``said``."""
    requests: list[Request] = []

    def output(input: list[ChatMessage], tools: Any, choice: Any, config: GenerateConfig) -> ModelOutput:
        requests.append((list(input), config))
        begun = input[-1].role == "assistant"
        answer = ModelOutput.from_content("mockllm/model", token if begun else "")
        if not begun:
            answer = ModelOutput.from_message(ChatMessageAssistant(content=said))
        answer.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        if config.logprobs and logprobs:
            top = [TopLogprob(token=token, logprob=-0.1), TopLogprob(token=" B", logprob=small or -3.0)]
            answer.choices[0].logprobs = Logprobs(
                content=[
                    Logprob(token=token, logprob=-0.1, top_logprobs=top if token == " A" or small else [])
                ]
            )
        return answer

    metadata = {"temperature": 0.2, "elicitation": elicitation, "n_options": 3}
    task = Task(
        dataset=[Sample(input="Choose.", id=f"s{k}", metadata=metadata) for k in range(samples)],
        solver=elicit(seed=7, system=system),
    )
    model = get_model("mockllm/model", memoize=False, custom_outputs=output)
    model.api.continues_turns = continuing  # type: ignore[attr-defined]
    [log] = eval(task, model=model, display="none", **options)
    return requests, log


def test_choose_begins_the_turn_and_reads_one_token() -> None:
    [(messages, config)], log = asked("choose", max_tokens=77, temperature=1.9)
    assert [m.role for m in messages] == ["system", "user", "assistant"]
    assert messages[1].text == "Choose.\n\nAnswer with exactly one letter: A, B or C."
    assert messages[2].text == CLOSING
    assert (config.temperature, config.top_p, config.max_tokens) == (1.0, 1.0, 1)
    assert (config.logprobs, config.top_logprobs) == (True, 20)
    assert config.seed == request_seed(7, "s0/choice", 1)
    assert log.samples
    assert [m.role for m in log.samples[0].messages] == ["system", "user", "assistant", "assistant"]
    kept = log.samples[0].store["answers"]["choice"]
    assert kept["text"] == " A" and kept["logprobs"]["content"][0]["token"] == " A"


def test_text_is_asked_at_the_samples_temperature_and_not_continued() -> None:
    [(messages, config)], log = asked("text", temperature=1.9, seed=3, max_tokens=77)
    assert [m.role for m in messages] == ["system", "user"]
    assert messages[1].text == f"Choose.\n\n{instruction('text', 'ABC')}"
    assert (config.temperature, config.top_p) == (0.2, 1.0)
    assert config.max_tokens == 77, "the length is the user's"
    assert config.logprobs is None
    assert log.samples and log.samples[0].store["answers"]["choice"]["logprobs"] is None


def test_explain_continues_the_models_own_turn_with_the_closing_words() -> None:
    [(_, at_tau), (turn, at_one)], log = asked("explain")
    assert (at_tau.temperature, at_tau.logprobs) == (0.2, None)
    assert turn[-1].role == "assistant"
    assert turn[-1].text == f"All are served.\n\n{CLOSING}", "its own closing sentence makes way"
    assert (at_one.temperature, at_one.max_tokens, at_one.logprobs) == (1.0, 1, True)
    kept = log.samples[0].store["answers"]["choice"] if log.samples else {}
    assert kept["text"].endswith("Option B.") and kept["logprobs"]["content"][0]["token"] == " A"


@pytest.mark.parametrize(
    "said",
    [
        "Some say 'Therefore, I choose: Option B' and mean owners alone, which is too little to go by.",
        "<think>Therefore, I choose B?</think>\nBoth are fair, but one of them serves everybody.",
    ],
)
def test_closing_words_that_are_quoted_or_thought_stay(said: str) -> None:
    [_, (turn, _)], _ = asked("explain", said=said)
    assert turn[-1].text == f"{said}\n\n{CLOSING}"


def test_thought_stays_in_front_of_the_continuation() -> None:
    said = [ContentReasoning(reasoning="Let me see."), ContentText(text="All are served.")]
    [_, (turn, _)], _ = asked("explain", said=said)
    thought, text = turn[-1].content
    assert isinstance(thought, ContentReasoning) and isinstance(text, ContentText)
    assert text.text == f"All are served.\n\n{CLOSING}"


def test_both_asks_in_two_fresh_contexts() -> None:
    requests, log = asked("both")
    assert sorted(len(messages) for messages, _ in requests) == [2, 3, 3]
    assert log.samples and set(log.samples[0].store["answers"]) == {"choice", "choice/explained"}


def test_a_sample_of_one_question_pays_for_no_spans_of_ours() -> None:
    """Each costs its share of the run's speed: events written at once, copies of state and store."""

    def spans(elicitation: str) -> list[str | None]:
        _, log = asked(elicitation)
        [sample] = log.samples or []
        return [event.type for event in sample.events if event.event == "span_begin"]

    assert spans("choose") == ["init", "solvers", "solver", "scorers"], "Inspect's own, and no more"
    assert spans("both").count("task") == 2, "several questions are told apart"


def test_epochs_are_different_draws() -> None:
    requests, _ = asked("choose", epochs=3)
    assert {config.seed for _, config in requests} == {
        request_seed(7, "s0/choice", epoch) for epoch in (1, 2, 3)
    }


def test_an_empty_framing_adds_no_message() -> None:
    [(messages, _)], _ = asked("choose", system="")
    assert [m.role for m in messages] == ["user", "assistant"]


@pytest.mark.parametrize(
    ("options", "way_out"),
    [
        ({"token": "The"}, "no label (A, B, C) followed the closing words"),
        ({"logprobs": False}, "returned no log-probabilities"),
        ({"token": "token_id:11"}, "tokens as ids"),
        ({"token": "The", "small": -18.0}, "no label (A, B, C) followed the closing words"),
    ],
)
def test_what_cannot_work_stops_after_the_first_answers(options: dict[str, Any], way_out: str) -> None:
    requests, log = asked("choose", samples=200, max_connections=1, max_samples=1, **options)
    assert log.status == "error" and log.error and way_out in log.error.message
    assert len(requests) == ENOUGH


def test_a_provider_that_continues_no_turn_is_told_of_at_once() -> None:
    requests, log = asked("choose", continuing=False, max_samples=1)
    assert log.status == "error" and log.error and "-T elicitation=text" in log.error.message
    assert requests == []


def test_one_label_is_enough_to_go_on() -> None:
    watch, label = Watch(), ModelOutput.from_content("m", "A")
    label.choices[0].logprobs = Logprobs(content=[Logprob(token=" A", logprob=-0.5)])
    watch.saw(label, "AB", CLOSING, "m")
    for _ in range(3 * ENOUGH):
        watch.saw(ModelOutput.from_content("m", "The"), "AB", CLOSING, "m")


def test_a_label_that_the_server_mixed_up_is_asked_for_again() -> None:
    """vLLM returns the sampled token and token 0 at −9999, with status 200, for a few requests of a batch."""
    outputs = []
    for logprob in (-9999.0, -9999.0, -0.5):
        output = ModelOutput.from_content("mockllm/model", " A")
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        top = [TopLogprob(token=" A", logprob=-0.1), TopLogprob(token=" B", logprob=logprob)]
        output.choices[0].logprobs = Logprobs(content=[Logprob(token=" A", logprob=-0.1, top_logprobs=top)])
        outputs.append(output)
    metadata = {"temperature": 1.0, "elicitation": "choose", "n_options": 2}
    task = Task(dataset=[Sample(input="Choose.", id="s", metadata=metadata)], solver=elicit(seed=7))
    model = get_model("mockllm/model", memoize=False, custom_outputs=outputs)
    model.api.continues_turns = True  # type: ignore[attr-defined]
    [log] = eval(task, model=model, display="none")
    assert log.samples
    [first] = log.samples[0].store["answers"]["choice"]["logprobs"]["content"]
    assert [top["logprob"] for top in first["top_logprobs"]] == [-0.1, -0.5]


def test_who_continues_turns() -> None:
    """A provider that takes a begun turn for an earlier one is asked for texts."""
    assert continues_turns(get_model("subject/study1"))
    assert not continues_turns(get_model("mockllm/model"))


def test_labels_in_words() -> None:
    assert [named("A"), named("AB"), named("ABC")] == ["A", "A or B", "A, B or C"]


def battery(*names: str) -> Solver:
    @solver
    def asking() -> Solver:
        async def solve(state: TaskState, generate: Generate) -> TaskState:
            questions = [
                Question(
                    name, (ChatMessageUser(content=f"say {name}"),), "text", temperature=0.5, max_tokens=7
                )
                for name in names
            ]
            await ask_all(state, questions, 3, Watch())
            state.metadata["read"] = {name: kept.text for name, kept in answers_of(state).items()}
            return state

        return solve

    return asking()


def run(solve: Solver, **options: Any) -> tuple[list[Request], EvalLog]:
    seen: list[Request] = []

    def respond(input: list[ChatMessage], tools: Any, choice: Any, config: GenerateConfig) -> ModelOutput:
        seen.append((list(input), config))
        output = ModelOutput.from_content("mockllm/model", input[-1].text.removeprefix("say "))
        output.usage = ModelUsage(input_tokens=1, output_tokens=1, total_tokens=2)
        return output

    model = get_model("mockllm/model", memoize=False, custom_outputs=respond)
    task = Task(dataset=MemoryDataset([Sample(input="x", id="s")]), solver=solve)
    [log] = eval(task, model=model, display="none", **options)
    return seen, log


def test_each_question_has_a_context_and_a_seed_of_its_own() -> None:
    seen, log = run(battery("a", "b", "c"), epochs=2)
    assert log.status == "success"
    assert all(len(messages) == 1 for messages, _ in seen)
    assert len({config.seed for _, config in seen}) == 6
    assert {(config.temperature, config.max_tokens) for _, config in seen} == {(0.5, 7)}
    assert log.samples and log.samples[0].metadata["read"] == {"a": "a", "b": "b", "c": "c"}


def test_the_command_line_lengthens_answers() -> None:
    [(_, config)], _ = run(battery("a"), max_tokens=99)
    assert config.max_tokens == 99


def test_names_must_differ() -> None:
    _, log = run(battery("a", "a"))
    assert log.status == "error" and log.error and "share a name" in log.error.message


@pytest.mark.parametrize("names", [("a",), ("a", "b")])
def test_answers_survive_in_the_log(names: tuple[str, ...]) -> None:
    _, log = run(battery(*names))
    assert log.samples and list(log.samples[0].store["answers"]) == list(names)
