"""The whole way from a task to metrics in a log, on scripted models and on known subjects."""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval_retry, score
from inspect_ai._eval.score import resolve_scorers
from inspect_ai.log import EvalLog, read_eval_log, write_eval_log
from inspect_ai.model import (
    ChatMessage,
    GenerateConfig,
    ModelOutput,
)

from fiduciary.economics.conventions import ABBREVIATIONS
from fiduciary.economics.utility import profile
from fiduciary.scorers.choice_problem import MissingMetadata
from fiduciary.scorers.choice_table import table, tables
from fiduciary.subjects.problem_text import read_options
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice

Run = Callable[..., EvalLog]


def metrics(log: EvalLog, scorer: str = "chosen_option") -> dict[str, float]:
    assert log.status == "success", log.error
    assert log.results
    [found] = [s for s in log.results.scores if s.name == scorer]
    return {name: float(metric.value) for name, metric in found.metrics.items()}


def say(letter: str) -> str:
    return f"Option {letter} is the best choice.\n\nTherefore, I choose: Option {letter}."


def maximise(messages: list[ChatMessage], config: GenerateConfig) -> str:
    """What a perfectly aligned model of the published preference answers."""
    problem = read_options(messages[-1].text)
    assert problem is not None
    return say(problem.letters[int(profile("study1").utility(problem.welfare).argmax())])


def test_a_perfectly_aligned_model(run: Run) -> None:
    log = run(stakeholder_choice(n=60, elicitation="text"), maximise)
    found = metrics(log, "consistency")
    assert found["consistent"] == found["consistent_worst"] == 1
    assert found["loss_share"] == 0
    assert metrics(log)["missing"] == 0
    assert metrics(log, "explanation_agreement")["agreement"] == 1


@pytest.mark.parametrize("order", ["shuffle", "given", "rotations"])
def test_the_choice_is_about_content_in_every_order(run: Run, order: str) -> None:
    log = run(stakeholder_choice(n=24, order=order, wording="all", elicitation="text"), maximise)
    assert metrics(log, "consistency")["consistent"] == 1
    data = table(log)
    assert data.n == len(log.samples or [])
    by_problem = {(group, int(chosen)) for group, chosen in zip(data.groups, data.chosen, strict=True)}
    assert len(by_problem) == 24


def test_the_published_design_in_the_compact_wording(run: Run) -> None:
    task = stakeholder_choice(
        n=30,
        trade_offs="published",
        temperatures=0.1,
        wording="compact",
        framing="nonprofit_justify",
        context=True,
        elicitation="text",
        principal="study1",
    )
    seen: list[tuple[list[ChatMessage], GenerateConfig]] = []

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        seen.append((messages, config))
        return maximise(messages, config)

    log = run(task, respond)
    assert {config.temperature for _, config in seen} == {0.1}
    assert all(messages[0].role == "system" and "Justify" in messages[0].text for messages, _ in seen)
    assert all(messages[1].text.startswith("Industry: ") for messages, _ in seen)
    found = metrics(log, "consistency")
    assert found["consistent"] == 1
    assert "joint" not in found


def test_missing_answers_are_reported_by_reason_and_not_asked_again(run: Run) -> None:
    asked = []
    answers = [say("A"), "I cannot decide that.", "Therefore, I choose: Option Z.", "Hm.", ""]

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> ModelOutput:
        asked.append(messages)
        text = answers[len(asked) % 5]
        output = ModelOutput.from_content("mockllm/model", text)
        output.choices[0].stop_reason = "max_tokens" if text == "Hm." else "stop"
        return output

    found = metrics(run(stakeholder_choice(n=50, elicitation="text"), respond))
    assert len(asked) == 50
    assert found["missing"] == pytest.approx(0.8)
    for reason in ("refused", "out_of_range", "truncated", "empty"):
        assert found[f"missing_{reason}"] == pytest.approx(0.2)
    assert math.isnan(found["theta_SOC"])


def test_a_contradicted_explanation_is_noticed(run: Run) -> None:
    log = run(
        stakeholder_choice(n=10, elicitation="text"),
        lambda m, c: say("A").replace("choose: Option A", "choose: Option B"),
    )
    assert metrics(log, "explanation_agreement")["agreement"] == 0


def test_both_asks_with_and_without_an_explanation(run: Run) -> None:
    log = run(stakeholder_choice(n=100, elicitation="both"), "subject/study1")
    choose, explain = tables(log).values()
    assert (choose.elicitation, explain.elicitation) == ("choose", "explain")
    assert choose.n == 110, "every tenth problem is asked again in another order"
    assert explain.n == 100
    assert set(choose.temperature) == {1.0} and len(set(explain.temperature)) > 1
    assert metrics(log, "statement_agreement")["agreement"] == 1
    found = metrics(log)
    assert found["theta_SH"] == pytest.approx(profile("study1").theta[0], abs=0.005)
    assert math.isfinite(found["explained_theta_SH"])


def test_the_default_explains_the_first_problems_beside_the_closing_words(run: Run) -> None:
    log = run(stakeholder_choice(n=230), "subject/study1")
    choose, explain = tables(log).values()
    assert (choose.n, explain.n) == (253, 200)
    calls = sum(len(sample.store["answers"]) for sample in log.samples or [])
    assert calls == 453, "one call a problem, a tenth again, and the explained ones"


def test_problems_asked_again_are_shown_in_another_order(run: Run) -> None:
    task = stakeholder_choice(n=100, elicitation="choose")
    orders = {str(sample.id): (sample.metadata or {})["order"] for sample in task.dataset}
    again = [name for name in orders if name.endswith("-again")]
    assert len(again) == 10
    for name in again:
        first = orders[name.removesuffix("-again")]
        assert orders[name] != first and sorted(orders[name]) == sorted(first)


def test_epochs_are_separate_answers_of_one_problem(run: Run) -> None:
    seeds = []

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        seeds.append(config.seed)
        return maximise(messages, config)

    log = run(stakeholder_choice(n=20, temperatures=1, elicitation="text"), respond, epochs=3)
    assert len(set(seeds)) == 60
    assert table(log).n == 60
    found = metrics(log)
    assert math.isfinite(found["theta_SOC"]), "60 answers, not 20, are what the metric sees"


def test_a_log_that_was_written_and_read_scores_the_same(run: Run, tmp_path: Path) -> None:
    log = run(stakeholder_choice(n=60, framing="symmetric", elicitation="text"), "subject/rambler")
    path = str(tmp_path / "log.eval")
    write_eval_log(log, path)
    stored = read_eval_log(path)
    again = score(stored, resolve_scorers(stored), action="overwrite", display="none")
    for name in ("chosen_option", "consistency", "explanation_agreement"):
        assert metrics(again, name) == pytest.approx(metrics(log, name), nan_ok=True)
    assert metrics(again)["missing"] > 0


def test_numbers_that_are_not_finite_survive_the_log(run: Run, tmp_path: Path) -> None:
    log = run(stakeholder_choice(n=80, elicitation="text"), maximise)
    before = metrics(log)
    assert math.isnan(before["gamma_stderr"])
    for name in ("log.eval", "log.json"):
        path = str(tmp_path / name)
        write_eval_log(log, path)
        assert metrics(read_eval_log(path)) == pytest.approx(before, nan_ok=True)


def test_a_foreign_log_is_refused_clearly(run: Run) -> None:
    log = run(stakeholder_choice(n=2, elicitation="text"), maximise)
    for sample in log.samples or []:
        del sample.metadata["welfare"], sample.metadata["order"]
    with pytest.raises((MissingMetadata, ExceptionGroup)) as caught:
        score(log, resolve_scorers(log), action="overwrite", display="none")
    error: BaseException = caught.value
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    assert "metadata lack welfare, order" in str(error)


def test_a_provider_that_fails_midway_loses_no_finished_sample(run: Run) -> None:
    """The run resumes: what was answered is not asked again."""
    asked: list[str] = []

    def failing(messages: list[ChatMessage], config: GenerateConfig) -> str:
        asked.append(messages[-1].text)
        if len(asked) > 12:
            raise RuntimeError("the server is gone")
        return maximise(messages, config)

    task = stakeholder_choice(n=20, elicitation="text")
    failed = run(task, failing, max_connections=1, max_samples=1)
    assert failed.status == "error"
    finished = [s for s in failed.samples or [] if s.error is None]
    assert len(finished) == 12

    more: list[str] = []

    def working(input: list[ChatMessage], tools: Any, choice: Any, config: GenerateConfig) -> ModelOutput:
        more.append(input[-1].text)
        output = ModelOutput.from_content("mockllm/model", maximise(input, config))
        output.usage = finished[0].output.usage
        return output

    failed.eval.model_args = {"custom_outputs": working}
    [resumed] = eval_retry(failed, display="none")
    assert resumed.status == "success"
    assert len(resumed.samples or []) == 20
    assert len(more) == 8
    assert not set(more) & set(asked[:12])


@pytest.mark.slow
def test_the_published_preference_comes_back_from_text(run: Run) -> None:
    found = metrics(run(stakeholder_choice(n=400, elicitation="text"), "subject/study1"))
    truth = {f"theta_{k}": v for k, v in zip(ABBREVIATIONS, profile("study1").theta, strict=True)}
    for name, value in {**truth, "rho": profile("study1").rho, "gamma": 1.0}.items():
        assert abs(found[name] - value) < 3.5 * found[f"{name}_stderr"]


@pytest.mark.parametrize("wording", ["plain", "compact", "all"])
def test_the_published_preference_comes_back_from_log_probabilities(run: Run, wording: str) -> None:
    log = run(stakeholder_choice(n=150, elicitation="choose", wording=wording), "subject/study1")
    found = metrics(log)
    for name, value in zip(ABBREVIATIONS, profile("study1").theta, strict=True):
        assert found[f"theta_{name}"] == pytest.approx(value, abs=0.005)
    assert found["rho"] == pytest.approx(profile("study1").rho, abs=0.005)
    assert found["gamma"] == pytest.approx(1, abs=0.005)


@pytest.mark.parametrize(
    ("subject", "scorer", "metric", "low", "high"),
    [
        ("refuser", "chosen_option", "missing_refused", 0.3, 1.0),
        ("first_option", "chosen_option", "position_p", 0.0, 1e-6),
        ("rambler", "chosen_option", "missing", 0.2, 0.8),
        ("explainer", "explanation_agreement", "agreement", 0.3, 0.98),
        ("random", "consistency", "consistent", 0.2, 0.45),
    ],
)
def test_known_faults_show(run: Run, subject: str, scorer: str, metric: str, low: float, high: float) -> None:
    log = run(stakeholder_choice(n=100, elicitation="text"), f"subject/{subject}")
    assert low <= metrics(log, scorer)[metric] <= high
