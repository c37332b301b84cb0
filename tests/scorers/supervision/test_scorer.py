"""Verdicts on the explanations of a log, asked through Inspect."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import pytest
from inspect_ai import score
from inspect_ai._util.error import PrerequisiteError
from inspect_ai.event import ModelEvent
from inspect_ai.log import EvalLog
from inspect_ai.model import GenerateConfig, get_model
from inspect_ai.scorer import SampleScore, Score

from fiduciary.scorers.supervision.metrics import supervision_rates
from fiduciary.scorers.supervision.scorer import supervised
from fiduciary.subjects.accounts import Account
from fiduciary.subjects.provider import _generator

MakeLog = Callable[..., EvalLog]

NONPROFIT = {"theta": [0, 0.4, 0.4, 0.2], "rho": 0.25}


def judged(log: EvalLog, judge: Any = "subject/supervisor", **arguments: Any) -> EvalLog:
    return score(
        log,
        supervised(principal="nonprofit", **arguments),
        model="none/none",
        model_roles={"supervisor": judge},
        action="append",
        display="none",
    )


@pytest.mark.parametrize("elicitation", ["text", "explain", "both"])
def test_verdicts_are_the_planted_truth(account_log: MakeLog, elicitation: str) -> None:
    """However the explanation was asked for, and whatever was asked besides."""
    shares = {"contradicts": 0.3, "misquotes": 0.3, "partisan": 0.2, "pretends": 0.2, "instructs": 0.3}
    log = judged(account_log(n=30, task={"elicitation": elicitation, "order": "given"}, **shares))
    assert log.samples
    subject = Account(get_model("subject/account", **NONPROFIT, **shares).api.subject.principal, **shares)  # type: ignore[attr-defined]
    for sample in log.samples:
        event = next(
            event
            for event in sample.events
            if isinstance(event, ModelEvent) and event.output.completion == sample.output.completion
        )
        read = "\n".join(message.text for message in sample.messages if message.role != "assistant")
        planted = subject.faults(_generator(event.config.seed, read))
        said = sample.scores["supervised"].metadata["verdicts"]  # type: ignore[index]
        assert said["argues"]["sound"] is not planted.contradicts
        assert said["figures"]["sound"] is not planted.misquotes
        assert said["interest"]["sound"] is not (planted.partisan or planted.pretends)
        assert sample.scores["supervised"].value == 1  # type: ignore[index]


def test_metrics_are_those_of_the_verdicts(account_log: MakeLog) -> None:
    log = judged(account_log(misquotes=0.4), questions="figures")
    assert log.samples and log.results
    found = next(scores for scores in log.results.scores if scores.name == "supervised").metrics
    faults = [not s.scores["supervised"].metadata["verdicts"]["figures"]["sound"] for s in log.samples]  # type: ignore[index]
    assert found["fault_figures"].value == sum(faults) / len(faults)
    assert 0 < found["fault_figures_stderr"].value < 0.2
    assert (found["unread"].value, found["explained"].value) == (0, 40)
    assert "fault_argues" not in found


def test_it_asks_the_role_only_with_fixed_settings_and_both_orders(account_log: MakeLog) -> None:
    before = account_log(n=15)
    log = judged(before, retest=True)
    orders = []
    for sample in log.samples or []:
        events = [
            event for event in sample.events if isinstance(event, ModelEvent) and event.role == "supervisor"
        ]
        assert len(events) == 6
        assert all(event.config.temperature == 0 and event.config.seed is not None for event in events)
        said = sample.scores["supervised"].metadata["verdicts"].values()  # type: ignore[index]
        assert all(verdict["order"] == 1 - verdict["again"]["order"] for verdict in said)
        orders += [verdict["order"] for verdict in said]
    assert 0.3 < sum(orders) / len(orders) < 0.7
    again = judged(before, retest=True)
    for one, two in zip(log.samples or [], again.samples or [], strict=True):
        assert one.scores["supervised"].metadata == two.scores["supervised"].metadata  # type: ignore[index]


def test_what_the_roles_own_configuration_sets_stays(account_log: MakeLog) -> None:
    judge = get_model(
        "subject/supervisor", config=GenerateConfig(temperature=0.7, max_tokens=9), memoize=False
    )
    log = judged(account_log(n=1), judge)
    event = [event for event in (log.samples or [])[0].events if isinstance(event, ModelEvent)][-1]
    assert (event.config.temperature, event.config.max_tokens) == (0.7, 9)


@pytest.mark.parametrize(
    ("subject", "task", "reason"),
    [
        ("account", {"elicitation": "choose"}, "no explanation"),
        ("refuser", {}, "no choice"),
        ("rambler", {}, None),
    ],
)
def test_without_an_explanation_there_is_no_score(
    account_log: MakeLog, subject: str, task: dict[str, Any], reason: str | None
) -> None:
    log = judged(account_log(n=14, task=task, subject=subject))
    for sample in log.samples or []:
        found = sample.scores["supervised"]  # type: ignore[index]
        if reason or math.isnan(found.as_float()):
            assert math.isnan(found.as_float())
            assert found.reason in ((reason,) if reason else ("no choice", "no explanation"))


def test_unreadable_verdicts_are_counted(account_log: MakeLog) -> None:
    log = judged(account_log(n=15), get_model("subject/supervisor", mumbles=0.5))
    assert log.results and log.samples
    found = next(scores for scores in log.results.scores if scores.name == "supervised").metrics
    verdicts = [v for s in log.samples for v in s.scores["supervised"].metadata["verdicts"].values()]  # type: ignore[index]
    missing = [v for v in verdicts if v["sound"] is None]
    assert {v["reason"] for v in missing} == {"no answer"}
    assert found["unread"].value == len(missing) / len(verdicts)
    assert found["fault_argues"].value == 0


def test_without_the_role_it_says_which_option_is_missing(account_log: MakeLog) -> None:
    with pytest.raises(PrerequisiteError, match="--model-role supervisor=MODEL"):
        score(account_log(n=1), supervised(principal="nonprofit"), model="none/none", display="none")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({}, "principal must be one of"),
        ({"principal": "all"}, "principal must be one of"),
        ({"principal": "study1", "questions": "taste"}, "questions must be one or several of argues"),
        ({"principal": "study1", "questions": ["argues", "argues"]}, "questions must be"),
        ({"theta": [1, 1, 1, 1], "rho": 1}, "theta must be four weights"),
    ],
)
def test_bad_arguments_stop_before_anything_is_asked(arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(PrerequisiteError, match=said):
        supervised(**arguments)


def test_metric_of_nothing() -> None:
    found = supervision_rates()([])
    assert isinstance(found, dict)
    assert found["explained"] == 0 and math.isnan(found["unread"])  # type: ignore[arg-type]


def test_standard_errors_are_clustered_by_problem() -> None:
    """Four samples of each problem with one verdict are one observation each."""

    def scores(copies: int) -> list[SampleScore]:
        return [
            SampleScore(
                score=Score(value=1.0, metadata={"verdicts": {"argues": {"sound": bool(problem % 3)}}}),
                sample_id=f"{problem}-{copy}",
                sample_metadata={"group": f"p{problem}"},
            )
            for problem in range(12)
            for copy in range(copies)
        ]

    one, four = supervision_rates()(scores(1)), supervision_rates()(scores(4))
    assert isinstance(one, dict) and isinstance(four, dict)
    assert one["fault_argues_stderr"] == pytest.approx(four["fault_argues_stderr"])
