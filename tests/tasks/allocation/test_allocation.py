"""The allocation task from arguments to metrics, and its report."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog
from inspect_ai.scorer import Score
from inspect_ai.scorer._metric import SampleScore

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect
from fiduciary.economics.budgets import bronars_power
from fiduciary.economics.utility import profile
from fiduciary.errors import UsageError
from fiduciary.report import main
from fiduciary.scorers.allocation.metrics import budget_answers, budget_demand, budget_rationality
from fiduciary.scorers.allocation.table import allocations, rows_of
from fiduciary.tasks._arguments import ArgumentError
from fiduciary.tasks.allocation.task import allocation
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice


def ask(folder: Path, subject: str, **arguments: object) -> EvalLog:
    [log] = eval(
        allocation(**arguments),
        model=f"subject/{subject}",
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    assert log.status == "success"
    return log


def metrics(log: EvalLog) -> dict[str, float]:
    assert log.results is not None
    return {name: m.value for s in log.results.scores for name, m in s.metrics.items()}


@pytest.fixture(scope="module")
def study1(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    return ask(tmp_path_factory.mktemp("study1"), "study1", groups="pairs")


def test_samples() -> None:
    samples = list(allocation().dataset)
    assert len(samples) == 6 * 2 + 4
    again = list(allocation().dataset)
    assert [s.model_dump() for s in samples] == [s.model_dump() for s in again]
    assert samples[0].metadata != next(iter(allocation(seed=1).dataset)).metadata
    for sample in samples:
        metadata = sample.metadata or {}
        assert len(metadata["questions"]) == 20 == len(metadata["amounts"])
        assert sorted(metadata["shown"]) == sorted(metadata["stakeholders"])
        rng = np.random.default_rng(0)
        assert bronars_power(metadata["prices"], metadata["amounts"], rng, 300).value >= 0.9
    # Every group is named first equally often within its set, and the budgets are the same.
    both = [s.metadata or {} for s in samples if (s.metadata or {})["group"] == "EM-SOC"]
    assert [m["shown"][0] for m in both] == ["employees", "society"]
    assert both[0]["prices"] == both[1]["prices"]


def test_one_set_is_the_same_whatever_else_is_asked() -> None:
    alone = list(allocation(groups="society, employees").dataset)
    among = [s for s in allocation(groups="pairs").dataset if (s.metadata or {})["group"] == "EM-SOC"]
    assert [s.model_dump() for s in alone] == [s.model_dump() for s in among]


def test_a_preference_is_found(study1: EvalLog) -> None:
    found = metrics(study1)
    assert found["missing"] == 0 and found["spent"] == 1 and found["reads"] == 1
    assert found["afriat"] > 0.97 and found["afriat_rank"] == 1 and found["power"] > 0.95
    assert abs(found["first_excess"]) <= 4 * found["first_excess_stderr"]
    truth = dict(zip(("theta_SH", "theta_EM", "theta_CO", "theta_SOC"), profile("study1").theta, strict=True))
    for name, value in {**truth, "rho": 0.794, "gamma": 1.0}.items():
        assert abs(found[name] - value) <= 3 * found[f"{name}_stderr"], name


@pytest.mark.parametrize(
    ("subject", "groups"), [("random", "pairs"), ("random", "all"), ("first_option", "pairs")]
)
def test_whoever_does_not_read_gets_that_sentence_and_no_figures(
    subject: str, groups: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = ask(tmp_path, subject, groups=groups, elicitation="explain")
    found = metrics(log)
    assert found["reads"] == 0 and found["missing"] == 0
    assert all(math.isnan(found[name]) for name in ("garp", "afriat", "afriat_rank", "theta_SH", "rho"))
    if subject == "first_option":
        assert found["first_excess"] == pytest.approx(0.5)
    assert main([log.location, "--picture", str(tmp_path / "pictures")]) == 0
    out = capsys.readouterr().out
    assert out.index("not shown to read") < out.index("missing answers: 0 of ") < out.index("mean share")
    assert out.count("not shown to read: its answers") == 2 and "no indices and no demand: not shown" in out
    assert "mean share of what was spent" in out and "Afriat" not in out
    assert (tmp_path / "pictures" / f"{Path(log.location).stem}.png").exists()


def test_four_groups_alone_are_told_by_their_prices(tmp_path: Path) -> None:
    found = metrics(ask(tmp_path, "study1", groups="all"))
    assert found["reads"] == 1 and 0 < found["afriat"] <= 1


def test_what_cannot_be_read_is_missing_with_a_reason(tmp_path: Path) -> None:
    log = ask(tmp_path, "rambler", groups="pairs")
    found = metrics(log)
    assert 0.4 < found["missing"] < 0.8
    reasons = ("missing_unparsable", "missing_over_budget", "missing_negative")
    assert all(found[name] > 0.03 for name in reasons)
    assert sum(found[name] for name in reasons) == pytest.approx(found["missing"])
    assert math.isnan(found["reads"]) and math.isnan(found["afriat"])
    assert allocations(rows_of(log)).n == round((1 - found["missing"]) * 240)


def test_refusals_leave_nothing(tmp_path: Path) -> None:
    found = metrics(ask(tmp_path, "refuser", groups="all", budgets=3))
    assert found["missing"] == found["missing_refused"] == 1
    assert all(math.isnan(found[name]) for name in ("garp", "afriat", "spent", "theta_SH", "gamma"))


def test_epochs_are_answers_of_their_own(tmp_path: Path) -> None:
    [log] = eval(
        allocation(groups="employees,society", budgets=4),
        model="subject/random",
        epochs=2,
        log_dir=str(tmp_path),
        display="none",
    )
    drawn = [s.scores["budget_allocations"].metadata["dollars"] for s in log.samples or [] if s.scores]
    assert len(drawn) == 4 and all(a != b for a, b in itertools.pairwise(drawn))
    assert len(set(allocations(rows_of(log)).groups.tolist())) == 4


def test_metrics_of_nothing() -> None:
    for metric in (budget_rationality(), budget_answers(), budget_demand()):
        assert all(math.isnan(value) for value in metric([]).values())  # type: ignore[operator, union-attr]


def test_other_logs_are_refused() -> None:
    score = SampleScore(score=Score(value=1.0, metadata={}), sample_id="x", sample_metadata={"prices": []})
    with pytest.raises(ValueError, match="lack stakeholders, amounts"):
        rows_of([score])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"budgets": 1}, "budgets must be a whole number of at least 2, got 1"),
        ({"groups": "employees"}, "groups must be one of default, pairs, all, or two or more"),
        ({"groups": "employees,owners"}, "groups must be"),
        ({"temperature": -1}, "temperature must be a finite number >= 0, got -1"),
        ({"temperature": "hot"}, "temperature must be"),
        ({"elicitation": "choose"}, "elicitation must be one of answer, explain"),
        ({"framing": "kind"}, "framing must be one of"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_arguments_that_cannot_be_used(arguments: dict[str, object], message: str) -> None:
    with pytest.raises(ArgumentError, match=message):
        allocation(**arguments)


@pytest.mark.slow
def test_report(study1: EvalLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [choices] = eval(
        stakeholder_choice(n=150, elicitation="text", temperatures=1),
        model="subject/study1",
        log_dir=str(tmp_path / "choices"),
        display="none",
    )
    folder = tmp_path / "new"
    arguments = [study1.location, "--against", choices.location, "--picture", str(folder)]
    assert main(arguments) == 0
    out = capsys.readouterr().out
    assert "employees, society" in out and "Afriat's index, mean over sets" in out
    assert "95% intervals over 6 choices of stakeholders" in out and "Varian's index " in out
    assert "uniformly random agents" in out and "the fitted demand with its noise" in out
    assert "theta_SH" in out and "same preference as discrete choices (from text; K = 5)" in out
    [picture] = folder.iterdir()
    assert picture.name == f"{Path(study1.location).stem}.png" and picture.stat().st_size > 10_000


def test_report_as_json_holds_the_metrics_of_the_log(
    study1: EvalLog, rows_told: Callable[..., dict[str, Any]]
) -> None:
    found, rows = metrics(study1), rows_told(study1.location)
    assert rows["Afriat's index"]["mean"]["value"] == pytest.approx(found["afriat"])
    assert rows["sets that satisfy GARP"]["mean"]["value"] == pytest.approx(found["garp"])
    assert rows["this log"]["mean"] == pytest.approx(found["afriat"])
    assert rows["theta_SH"]["estimate"]["value"] == pytest.approx(found["theta_SH"])
    assert rows["theta_SH"]["estimate"]["stderr"] == pytest.approx(found["theta_SH_stderr"])


def test_report_without_an_estimate(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = ask(tmp_path, "rambler", groups="all", budgets=3)
    assert main([log.location]) == 0
    assert "no indices and no demand: not measured: " in capsys.readouterr().out
    alone = ask(tmp_path / "alone", "study1", groups="employees,society", budgets=30)
    assert main([alone.location]) == 0
    assert "one choice of stakeholders: no intervals" in capsys.readouterr().out


def test_report_against_a_log_of_another_task(study1: EvalLog) -> None:
    with pytest.raises(UsageError, match="no estimate from --against"):
        main([study1.location, "--against", study1.location])
