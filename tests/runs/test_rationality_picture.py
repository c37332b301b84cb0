"""The picture of circles and pumps."""

from __future__ import annotations

import runpy
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from benchmarks.faults.bad_logs import LEFT_OUT
from fiduciary.tasks.money_pump.task import money_pump
from fiduciary.tasks.transitivity.task import transitivity


@pytest.fixture(scope="module")
def script() -> dict[str, Any]:
    return runpy.run_path(str(Path(__file__).parents[2] / "runs" / "rationality_picture.py"))


@pytest.mark.parametrize("elicitation", ["choose", "text"])
def test_a_picture_of_two_logs(script: dict[str, Any], tmp_path: Path, elicitation: str) -> None:
    asked = {"n": 16, "repeats": 1, "elicitation": elicitation}
    for task in (transitivity(**asked), money_pump(**asked)):
        eval(
            task,
            model=get_model("subject/cyclic"),
            log_dir=str(tmp_path / "logs"),
            display="none",
            score_display=False,
        )
    picture = tmp_path / "picture.png"
    assert script["main"]([str(tmp_path / "logs"), "--picture", str(picture)]) == 0
    assert picture.stat().st_size > 5_000
    rows, left_out = script["read"]([str(path) for path in sorted((tmp_path / "logs").glob("*.eval"))])
    assert list(rows) == ["subject/cyclic"] and left_out == []
    assert rows["subject/cyclic"].pairs.n_sets == rows["subject/cyclic"].pumps.asked == 16


def test_a_damaged_log_is_named_and_the_others_drawn(
    script: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Be it the header that cannot be read, or a sample; the exit code is that of every command."""
    logs, picture = tmp_path / "logs", tmp_path / "picture.png"
    for task in (transitivity(n=16, repeats=1), money_pump(n=16, repeats=1)):
        eval(task, model="subject/cyclic", log_dir=str(logs), display="none", score_display=False)
    [pump] = logs.glob("*money-pump*.eval")
    (logs / "cut.eval").write_bytes(pump.read_bytes()[:99])
    whole = pump.rename(tmp_path / "whole.eval")
    LEFT_OUT["flipped"][1](whole, logs / "flipped.eval")
    capsys.readouterr()
    assert script["main"]([str(logs), "--picture", str(picture)]) == 2
    said = capsys.readouterr().err.splitlines()
    assert len(said) == 2 and all("cannot be read" in line for line in said)
    assert picture.stat().st_size > 5_000


def test_who_does_not_read_is_left_out_and_named(
    script: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    logs = str(tmp_path / "logs")
    for task in (transitivity(n=5, elicitation="text"), money_pump(n=5, elicitation="text")):
        eval(task, model="subject/first_option", log_dir=logs, display="none", score_display=False)
    capsys.readouterr()
    assert script["main"]([logs, "--picture", str(tmp_path / "picture.png")]) == 1
    said = capsys.readouterr().err
    for task in ("transitivity", "money_pump"):
        assert f"left out: subject/first_option, {task}: not shown to read" in said
    assert not (tmp_path / "picture.png").exists()


def test_nothing_to_draw(script: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    other = Path(__file__).parents[1] / "scorers" / "reference" / "explainer.eval"
    assert script["main"]([str(other)]) == 1
    assert "no finished log of pairs or pumps" in capsys.readouterr().err
