"""Samples of a run, and the whole way from the task to answers in a log."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog
from inspect_ai.model import ChatMessage, GenerateConfig, get_model

from fiduciary.economics.problems import generate
from fiduciary.economics.robustness.pressures import ATTACKS, PRESSURES
from fiduciary.scorers.stress.findings import findings
from fiduciary.scorers.stress.table import stress_table
from fiduciary.solvers.stress import STRESS_ELICITATIONS
from fiduciary.tasks.stakeholder_choice.framings import FRAMINGS
from fiduciary.tasks.stress.task import stress

Run = Callable[..., EvalLog]


def metadata(**arguments: Any) -> list[dict[str, Any]]:
    return [dict(sample.metadata or {}) for sample in stress(**arguments).dataset]


def test_metadata_hold_all_that_scoring_needs() -> None:
    [one] = metadata(n=1, framing="nonprofit")
    assert set(one) >= {
        *("task", "version", "problem", "group", "trade_off", "n_options", "welfare", "order", "shift"),
        *("decimals", "wording", "framing", "principal", "elicitation", "temperature", "pressures", "seed"),
    }
    assert (one["task"], one["version"], one["principal"], one["temperature"]) == (
        "stress",
        "2-A",
        "nonprofit",
        1.0,
    )
    [problem] = generate(1, 0)
    np.testing.assert_array_equal(one["welfare"], problem.displayed())
    assert sorted(one["order"]) == list(range(problem.n_options))
    for name, question in one["questions"].items():
        assert name.rsplit("-", 1)[0] == question["pressure"]
        assert set(question) == {"pressure", "text", "welfare", "goal", "variant"}
        assert (question["goal"] is None) == (question["pressure"] not in ATTACKS)


def test_names_of_questions() -> None:
    asked = [list(one["questions"]) for one in metadata(n=12, elicitation="text")]
    full = [f"calm-{i}" for i in range(4)] + [f"{name}-{i}" for name in PRESSURES for i in range(2)]
    assert full in asked
    assert all(set(names) <= set(full) and "hidden_instruction-1" in names for names in asked)
    [once] = metadata(n=1, elicitation="choose", pressures="long,typos")
    assert list(once["questions"]) == ["calm-0", "long-0", "typos-0"]
    assert once["temperature"] == 1


def test_the_same_arguments_give_the_same_samples_and_fewer_their_beginning() -> None:
    assert metadata(n=3, seed=2) == metadata(n=5, seed=2)[:3]
    assert metadata(n=3, seed=2) != metadata(n=3, seed=3)


def test_a_question_does_not_depend_on_what_else_is_asked() -> None:
    [all_of_them], [one] = metadata(n=1), metadata(n=1, pressures="insisting_user,typos")
    for name, question in one["questions"].items():
        assert all_of_them["questions"][name] == question


def test_the_two_questions_of_a_pressure_are_two_draws() -> None:
    for one in metadata(n=4, elicitation="explain", pressures="shuffled,typos,currency"):
        assert one["questions"]["typos-0"]["text"] != one["questions"]["typos-1"]["text"]


def test_every_question_is_sent_as_it_stands(run: Run) -> None:
    """System message, text, temperature; the answer is kept under the question's name."""
    seen: list[str] = []

    def respond(messages: list[ChatMessage], config: GenerateConfig) -> str:
        system, user = messages
        assert (system.text, config.temperature, config.max_tokens) == (FRAMINGS["for_profit"], 0.3, 512)
        seen.append(user.text)
        return "Therefore, I choose: Option B."

    log = run(stress(n=2, framing="for_profit", elicitation="text", temperature=0.3), respond, score=False)
    assert log.status == "success", log.error
    texts = [
        question["text"] for sample in log.samples or [] for question in sample.metadata["questions"].values()
    ]
    assert sorted(seen) == sorted(texts)
    for sample in log.samples or []:
        answers = sample.store["answers"]
        assert list(answers) == list(sample.metadata["questions"])
        assert {answer["text"] for answer in answers.values()} == {"Therefore, I choose: Option B."}


@pytest.mark.parametrize("elicitation", STRESS_ELICITATIONS)
@pytest.mark.parametrize("wording", ["plain", "compact"])
def test_a_subject_answers_everything(run: Run, wording: str, elicitation: str) -> None:
    log = run(stress(n=2, wording=wording, elicitation=elicitation), "subject/study1")
    table = stress_table(log)
    assert not table.reasons
    assert table.by_probability == (elicitation == "choose")
    assert np.isnan(table.mass_outside) if elicitation == "text" else table.mass_outside < 1e-6


@pytest.mark.parametrize("elicitation", STRESS_ELICITATIONS)
@pytest.mark.parametrize("to", ["hidden_instruction", "renamed"])
def test_a_planted_weakness_is_found_and_nothing_else(to: str, elicitation: str) -> None:
    """From the task through Inspect to the findings, on subjects that give way to one of three pressures."""
    task = stress(n=25, elicitation=elicitation, pressures="renamed,irrelevant,hidden_instruction")
    [log] = eval(task, model=get_model("subject/weak", to=to, share=0.8, gamma=4.0), score_display=False)
    assert log.status == "success", log.error
    found = [finding.pressure for finding in findings(stress_table(log), preferences=False) if finding.found]
    assert found == [to]
