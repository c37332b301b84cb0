"""The report on logs of pumps."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.log import read_eval_log

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.report import main
from fiduciary.tasks.money_pump.task import money_pump


def ask(folder: Path, subject: str, **arguments: Any) -> str:
    task = money_pump(**{"n": 9, "repeats": 1, **arguments})
    [log] = eval(task, model=f"subject/{subject}", log_dir=str(folder), display="none")
    assert log.status == "success", log.error
    return log.location


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Pumps of a subject that reads."""
    return ask(tmp_path_factory.mktemp("pumps"), "lexicographic")


def test_pumps_beside_a_consistent_chooser(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([log]) == 0
    out = capsys.readouterr().out
    assert out.index("it reads") < out.index("pumps: 9, of which 9 count") < out.index("dollars lost a pump")
    assert "a label drawn behind the closing words is counted" in out
    assert "fee $10 a trade, at most 9 trades, that is $90" in out
    assert "mass_outside, mean probability outside the labels  0.0000" in out
    assert "no circle: the ring that came closest" in out


def test_json_holds_the_metrics_of_the_log(log: str, rows_told: Callable[..., dict[str, Any]]) -> None:
    results = read_eval_log(log, header_only=True).results
    assert results
    metrics = {name: metric.value for score in results.scores for name, metric in score.metrics.items()}
    rows = rows_told(log)
    other, both = rows["no circle: the ring that came closest"], rows["all"]
    assert other["lost"]["value"] == metrics["lost_other"]
    assert other["consistent lost"] == pytest.approx(metrics["lost_other_consistent"])
    assert both["circled"] == metrics["circled"] and both["p"] == pytest.approx(metrics["excess_p"])


def test_who_does_not_read_gets_a_sentence_in_place_of_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([ask(tmp_path, "first_option", elicitation="text")]) == 0
    out = capsys.readouterr().out
    assert "not shown to read" in out and "pumps: 9, of which" in out
    assert out.endswith("so no figure is shown and nothing is tested\n")
    assert "dollars lost" not in out
