"""`fiduciary report`: each log to the report of its task."""

from __future__ import annotations

from pathlib import Path

import pytest
from inspect_ai import eval
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect
from fiduciary.__main__ import main
from fiduciary.report import OPTIONS, REPORTS
from fiduciary.tasks.money_pump.task import money_pump
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Logs of two tasks."""
    logs = tmp_path_factory.mktemp("logs")
    for task in (stakeholder_choice(n=60, elicitation="text"), money_pump(n=1)):
        eval(task, model=get_model("subject/study1"), log_dir=str(logs), display="none")
    return logs


def test_every_task_has_a_report(root: Path) -> None:
    tasks = {path.parent.name for path in root.glob("tasks/*/task.py")}
    assert set(REPORTS) == tasks
    assert all(set(names) <= tasks for names in OPTIONS.values())


def test_a_folder_may_hold_several_tasks(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(folder), "--target", "study1"]) == 0
    printed = capsys.readouterr().out
    assert "missing answers: 0 of 60" in printed and "pump" in printed


def test_an_option_of_other_tasks_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(folder), "--types", "2"]) == 2
    error = capsys.readouterr().err
    assert "--types is for logs of economic_games; these are of money_pump, stakeholder_choice" in error


def test_a_path_without_logs_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", str(tmp_path / "none")]) == 2
    assert "none" in capsys.readouterr().err
