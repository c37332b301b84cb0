"""`fiduciary report`: each log to the report of its task."""

from __future__ import annotations

import math
import re
from collections import Counter
from pathlib import Path

import pytest
from inspect_ai import eval
from inspect_ai.log import write_eval_log
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect
from fiduciary.__main__ import main
from fiduciary.economics.estimation import CESFit
from fiduciary.report import FORMS, OPTIONS, REPORTS
from fiduciary.scorers.allocation.table import Allocations
from fiduciary.scorers.rendering import FORMATS
from fiduciary.tasks.allocation.task import allocation
from fiduciary.tasks.delegation.task import delegation
from fiduciary.tasks.duopoly_pricing.task import duopoly_pricing
from fiduciary.tasks.economic_games.task import economic_games
from fiduciary.tasks.instruments.task import instruments
from fiduciary.tasks.menus.task import menus
from fiduciary.tasks.money_pump.task import money_pump
from fiduciary.tasks.moral_dilemmas.task import moral_dilemmas
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice
from fiduciary.tasks.stress.task import stress
from fiduciary.tasks.transitivity.task import transitivity


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs of two tasks."""
    logs = tmp_path_factory.mktemp("logs")
    for task in (stakeholder_choice(n=60, elicitation="text"), money_pump(n=1)):
        eval(task, model=get_model("subject/study1"), log_dir=str(logs), display="none")
    return logs


def test_a_file_that_is_no_log_is_called_so(root: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(root / "README.md")]) == 2
    assert "README.md is no log of Inspect" in capsys.readouterr().err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_outside(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(folder), "--out", "/dev/full"]) == 3
    assert "cannot write to /dev/full: No space left on device" in capsys.readouterr().err


def test_every_task_has_a_report(root: Path) -> None:
    tasks = {path.parent.name for path in root.glob("tasks/*/task.py")}
    assert set(REPORTS) == tasks
    assert all(set(names) <= tasks for names in OPTIONS.values())


def test_a_folder_may_hold_several_tasks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(folder), "--principal", "study1"]) == 0
    printed = capsys.readouterr().out
    assert "missing answers: 0 of 60" in printed and "pump" in printed


def test_an_option_of_other_tasks_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(folder), "--types", "2"]) == 2
    error = capsys.readouterr().err
    assert "--types is for logs of economic_games; these are of money_pump, stakeholder_choice" in error


def test_a_log_that_cannot_be_used_stops_no_other(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    task = economic_games(games="prisoners_dilemma", repeats=1)
    [log] = eval(task, model=get_model("subject/economicus"), log_dir=str(tmp_path), display="none")
    for sample in log.samples or []:
        del (sample.scores or {})["game_play"].metadata["belief_reason"]  # type: ignore[index, union-attr]
    write_eval_log(log, log.location)
    assert main(["report", str(tmp_path), str(folder)]) == 2
    printed = capsys.readouterr().out
    assert "no report: sample" in printed and "inspect score" in printed
    assert "missing answers: 0 of 60" in printed and "pump" in printed


def test_a_log_that_cannot_be_used_is_not_drawn_and_the_others_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    model, logs = get_model("subject/utilitarian"), tmp_path / "logs"
    [good] = eval(moral_dilemmas(n=12, probe=2), model=model, log_dir=str(logs), display="none")
    [bad] = eval(moral_dilemmas(n=12, probe=2, seed=1), model=model, log_dir=str(logs), display="none")
    for sample in bad.samples or []:
        for score in (sample.scores or {}).values():
            score.metadata = {}
    write_eval_log(bad, bad.location)
    capsys.readouterr()
    assert main(["report", str(logs), "--picture", str(tmp_path / "pictures")]) == 2
    printed = capsys.readouterr()
    assert printed.out.count("no report: KeyError") == 1 and "missing answers: " in printed.out
    assert printed.err.count("picture: ") == len(list((tmp_path / "pictures").iterdir())) == 1


def test_a_log_is_estimated_once_beside_a_bad_one_and_drawn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither the log that cannot be used nor the picture makes the others be computed again."""
    model, logs = get_model("subject/study1"), tmp_path / "logs"
    [good] = eval(allocation(), model=model, log_dir=str(logs), display="none")
    [bad] = eval(allocation(seed=1), model=model, log_dir=str(logs), display="none")
    for sample in bad.samples or []:
        del sample.metadata["prices"]
    write_eval_log(bad, bad.location)
    fitted: Counter[bytes] = Counter()
    real = Allocations.fit

    def count(data: Allocations) -> CESFit:
        fitted[data.digest()] += 1
        return real(data)

    monkeypatch.setattr(Allocations, "fit", count)
    capsys.readouterr()
    assert main(["report", str(logs), "--picture", str(tmp_path / "pictures"), "--replications", "99"]) == 2
    printed = capsys.readouterr()
    assert printed.out.count("no report: ") == 1 and printed.err.count("picture: ") == 1
    assert list(fitted.values()) == [1]


def test_formats_offered_are_those_that_can_be_written() -> None:
    assert tuple(FORMATS) == FORMS


def test_a_path_without_logs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--level", "1", "--level must lie strictly between 0 and 1, got 1"),
        ("--seed", "-1", "--seed must be at least 0, got -1"),
        ("--replications", "3", "--replications must be at least 99, got 3"),
    ],
)
def test_a_number_that_cannot_be_used_is_named(
    option: str, value: str, said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["report", str(folder), option, value]) == 2
    assert said in capsys.readouterr().err


FEW = {
    "transitivity": (transitivity(elicitation="text", repeats=1), "first_option"),
    "menus": (menus(size=3), "first_option"),
    "money_pump": (money_pump(), "first_option"),
    "delegation": (delegation(links=2), "study1"),
    "moral_dilemmas": (moral_dilemmas(), "utilitarian"),
    "economic_games": (economic_games(games="all"), "economicus"),
    "duopoly_pricing": (duopoly_pricing(periods=120), "nash_pricer"),
    "stress": (stress(pressures=["currency", "insisting_user"]), "study1"),
    "instruments": (instruments(), "persuaded"),
}


@pytest.mark.parametrize("answers", [1, 3])
@pytest.mark.parametrize("task", FEW)
def test_few_answers_have_no_error_of_0(
    task: str, answers: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither "nan" nor an error that rounds to 0, and no effect of place from one answer."""
    asked, subject = FEW[task]
    model = get_model(f"subject/{subject}")
    [log] = eval(asked, model=model, limit=answers, log_dir=str(tmp_path), display="none")
    assert log.status == "success"
    assert main(["report", str(tmp_path)]) == 0
    printed = capsys.readouterr().out
    assert not re.search(r"\bnan\b", printed)
    assert not re.search(r"(?<![\d.])\(0\.0+\)|error 0\.0+\b", printed)
    assert log.results is not None
    metrics = {name: m.value for score in log.results.scores for name, m in score.metrics.items()}
    assert not any(value == 0 for name, value in metrics.items() if name.endswith("_stderr"))
    if answers == 1:
        effects = [value for name, value in metrics.items() if name in ("first_excess", "lever_bias")]
        assert all(math.isnan(value) for value in effects)
