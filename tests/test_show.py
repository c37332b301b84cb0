"""`fiduciary show`: what a model would be sent, before anything is asked."""

from __future__ import annotations

from pathlib import Path

import pytest

from fiduciary.__main__ import main
from fiduciary.show import TASKS


def test_every_task_can_be_shown(root: Path) -> None:
    assert set(TASKS) == {path.parent.name for path in root.glob("tasks/*/task.py")}


def test_a_question_is_shown_as_it_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "tasks/stakeholder_choice", "-T", "n=50", "-T", "elicitation=choose"]) == 0
    printed = capsys.readouterr().out
    assert "[system]\nYou manage a firm." in printed
    assert "Answer with exactly one letter: A, B" in printed
    assert "[assistant]\nTherefore, I choose: Option\n" in printed
    assert "55 samples, about 55 calls" in printed and "at most 55 written" in printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "there is no task 'nothing'"),
        (["menus", "-T", "elicitaton=text"], "it takes elicitation"),
        (["menus", "--n", "0"], "--n must be at least 1"),
        (["menus", "--template", "nowhere"], "--template"),
    ],
)
def test_what_cannot_be_shown_is_named(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", *words]) == 2
    assert said in capsys.readouterr().err
