"""`fiduciary show`: what a model would be sent, before anything is asked."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.model import get_model

from fiduciary import _registry
from fiduciary.__main__ import main
from fiduciary.show import TASKS, Asked


def test_every_task_can_be_shown(root: Path) -> None:
    assert set(TASKS) == {path.parent.name for path in root.glob("tasks/*/task.py")}


def test_a_question_is_shown_as_it_is_sent(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "tasks/stakeholder_choice", "-T", "n=50", "-T", "elicitation=choose"]) == 0
    printed = capsys.readouterr().out
    assert "[system]\nYou manage a firm." in printed
    assert "Answer with exactly one letter: A, B" in printed
    assert "[assistant]\nTherefore, I choose: Option\n" in printed
    assert "55 samples, about 55 calls" in printed and "at most 55 written" in printed


def test_without_arguments_the_question_of_the_readme_comes_first(
    root: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show"]) == 0
    heading, *printed = capsys.readouterr().out.splitlines()
    assert heading.startswith("--- request 1")
    block = re.search(r"^    .*\n(?:    .*\n|\n)*", (root / "README.md").read_text("utf-8"), re.M)
    assert block is not None
    begun, rest = (part.splitlines() for part in dedent(block[0]).strip().split("\n\n…\n\n"))
    assert printed[: len(begun)] == begun
    end = printed.index(rest[-1]) + 1
    assert printed[end - len(rest) : end] == rest and len(begun) + len(rest) > 15
    assert printed[-2].startswith("Other tasks: fiduciary show TASK, with ")


def test_of_an_adaptive_run_the_first_batch_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "stakeholder_choice", "-T", "design=adaptive", "-T", "elicitation=choose"]) == 0
    printed = capsys.readouterr().out
    assert "110 samples, about 110 calls" in printed
    assert "That is the first batch" in printed and "fiduciary plan" in printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nothing"], "there is no task 'nothing'"),
        (["menus", "-T", "elicitaton=text"], "did you mean elicitation?"),
        (["menus", "-T", "nn=5"], "menus takes no argument 'nn'; did you mean n?"),
        (["menus", "--n", "0"], "--n must be at least 1"),
        (["menus", "--template", "nowhere"], "--template"),
    ],
)
def test_what_cannot_be_shown_is_named(
    words: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", *words]) == 2
    assert said in capsys.readouterr().err


SMALL: dict[str, dict[str, Any]] = {
    "stakeholder_choice": {"n": 20},
    "reachable": {"n": 40, "framings": "policy"},
    "stated": {"n": 40},
    "transitivity": {"n": 3},
    "menus": {"n": 2, "size": 3},
    "axioms": {"n": 2},
    "allocation": {"budgets": 10},
    "money_pump": {"n": 3},
    "delegation": {"n": 2, "links": 3},
    "economic_games": {"repeats": 1},
    "duopoly_pricing": {"n": 1, "periods": 3, "probes": 2},
    "moral_dilemmas": {"n": 4, "probe": 4},
    "stress": {"n": 2},
    "instruments": {"n": 2},
    "hexaco100": {"labels": "letters"},
    "dark_tetrad": {"labels": "letters"},
}
"""Few samples of each task: all of them are asked."""


@pytest.mark.parametrize("name", TASKS)
def test_the_calls_told_are_those_of_a_run(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = Asked()
    model = get_model("mockllm/model", memoize=False, custom_outputs=asked.answer)
    model.api.continues_turns = True  # type: ignore[attr-defined]
    task = getattr(_registry, name)(**SMALL[name])
    [log] = eval(task, model=model, score=False, log_dir=str(tmp_path), display="none")
    assert log.status == "success", log.error
    capsys.readouterr()
    arguments = [word for key, value in SMALL[name].items() for word in ("-T", f"{key}={value}")]
    assert main(["show", name, *arguments]) == 0
    [(whole, told, part)] = re.findall(
        r"([\d,]+) samples, about ([\d,]+) calls .* from ([\d,]+) of", capsys.readouterr().out
    )
    # Exact where every sample was looked at, or where all are asked alike; else an estimate.
    error = 0.03 if name == "stated" and whole != part else 0
    assert int(told.replace(",", "")) == pytest.approx(len(asked.requests), rel=error)


def test_every_statement_of_an_inventory_is_counted(capsys: pytest.CaptureFixture[str]) -> None:
    """28 statements, in 12 blocks of numbers and letters in both directions."""
    assert main(["show", "dark_tetrad"]) == 0
    assert "12 samples, about 336 calls" in capsys.readouterr().out


def test_a_dry_run_that_fails_gives_no_count(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("fiduciary.show._LABELS", "A")
    monkeypatch.setattr("fiduciary.show._first_label", lambda _: "A")
    assert main(["show", "dark_tetrad", "-T", "labels=numbers"]) == 2
    out, err = capsys.readouterr()
    assert "calls with" not in out and "--- request 1" in out
    assert "the dry run failed, so that calls cannot be counted: no label (1, 2, 3, 4, 5) followed" in err
