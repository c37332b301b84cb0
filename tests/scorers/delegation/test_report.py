"""The report on logs of delegated chains, and its picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.log import read_eval_log
from PIL import Image

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.report import main
from fiduciary.tasks.delegation.task import delegation


def ask(folder: Path, subject: str, **arguments: Any) -> str:
    task = delegation(**{"n": 6, "links": 3, "elicitation": "choose", **arguments})
    [log] = eval(task, model=f"subject/{subject}", log_dir=str(folder), display="none")
    assert log.status == "success", log.error
    return log.location


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Chains of a subject that reads, held against another preference."""
    return ask(tmp_path_factory.mktemp("chains"), "nonprofit", principal="for_profit", repair="none")


def test_losses_come_with_what_the_design_was(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([log]) == 0
    out = capsys.readouterr().out
    assert (
        out.index("it reads") < out.index("firms: 6, of which 6 count") < out.index("dollars lost, by number")
    )
    assert "it keeps to its first plan" in out and "if the principal takes these" in out
    assert "principal for_profit" in out and "the first-best plan is worth $" in out
    assert "delegation pays where a human decision costs more" in out


def test_json_holds_the_metrics_of_the_log(log: str, rows_told: Callable[..., dict[str, Any]]) -> None:
    results = read_eval_log(log, header_only=True).results
    assert results
    metrics = {name: metric.value for score in results.scores for name, metric in score.metrics.items()}
    rows = rows_told(log)
    everything, one = rows["3 of 3"], rows["1 of 3"]
    assert everything["loss"]["value"] == pytest.approx(metrics["loss_all"])
    assert everything["compounding"]["value"] == pytest.approx(metrics["compounding"])
    assert everything["break-even"]["stderr"] == pytest.approx(metrics["break_even_stderr"])
    assert everything["by guessing"] == pytest.approx(metrics["loss_all_guessed"])
    assert one["loss"]["value"] == pytest.approx(metrics["loss_one"]) and one["compounding"] is None


def test_the_picture_is_drawn_of_logs_with_figures_only(log: str, tmp_path: Path) -> None:
    unread = ask(tmp_path, "first_option")
    assert main([log, unread, "--picture", str(tmp_path / "pictures")]) == 0
    [drawn] = (tmp_path / "pictures").iterdir()
    assert drawn.stem == Path(log).stem and Image.open(drawn).size[0] > 1_000


def test_who_does_not_read_gets_a_sentence_in_place_of_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([ask(tmp_path, "random")]) == 0
    out = capsys.readouterr().out
    assert "not shown to read" in out and out.endswith("so no figure is shown and nothing is tested\n")
    assert "dollars lost" not in out
