"""The report on logs of pairs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.log import read_eval_log

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.report import main
from fiduciary.tasks.transitivity.task import transitivity


def ask(folder: Path, subject: str, **arguments: Any) -> str:
    task = transitivity(**{"n": 9, "elicitation": "text", "repeats": 1, **arguments})
    [log] = eval(task, model=f"subject/{subject}", log_dir=str(folder), display="none")
    assert log.status == "success", log.error
    return log.location


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Counted answers of a consistent subject, with a dominated option in every set."""
    return ask(tmp_path_factory.mktemp("pairs"), "lexicographic", dominance=True)


def test_counted_answers_are_tested(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([log, "--sets", "--replications", "99"]) == 0
    out = capsys.readouterr().out
    assert out.index("it reads") < out.index("missing answers: 0 of ") < out.index("intransitive triads")
    assert "9 sets (0 incomplete), 9 triads (0 left out), 27 pairs (0 unasked, 0 in one order only)" in out
    assert "no more circles than noise makes        0.0000  1.0000  not rejected" in out
    assert "weak stochastic transitivity            0.0000  1.0000  not rejected" in out
    assert "no pair's answers differed" in out
    assert out.count(" 0-1  ") == out.count(" 1-2  ") == 9


def test_json_holds_the_metrics_of_the_log(log: str, rows_told: Callable[..., dict[str, Any]]) -> None:
    results = read_eval_log(log, header_only=True).results
    assert results
    metrics = {name: metric.value for score in results.scores for name, metric in score.metrics.items()}
    rows = rows_told(log, "--replications", "99")
    assert rows["intransitive triads"]["value"]["value"] == metrics["intransitive"]
    assert rows["intransitive triads"]["coins"] == pytest.approx(metrics["intransitive_chance"])
    assert rows["Kendall's zeta"]["value"]["value"] == metrics["zeta"]
    assert rows["chose the dominated option"]["share"]["value"] == metrics["dominated"]
    assert rows["no more circles than noise makes"]["p"] == metrics["circles_p"]


def test_who_does_not_read_gets_a_sentence_in_place_of_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([ask(tmp_path, "first_option", dominance=True)]) == 0
    out = capsys.readouterr().out
    assert "not shown to read: its answers never vary" in out
    assert out.endswith("so no figure is shown and nothing is tested\n")
    assert "chose the dominated option  0.5000 [" in out
    assert "intransitive" not in out


def test_probabilities_are_not_tested(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([ask(tmp_path, "lexicographic", elicitation="choose", repeats=None)]) == 0
    out = capsys.readouterr().out
    assert "9 sets; probabilities are not sampled, so a circle is a circle and nothing is tested" in out
    assert "mass_outside, mean probability outside the labels  0.0000" in out
    assert "not rejected" not in out


def test_large_sets_are_taken_three_options_at_a_time(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([ask(tmp_path, "lexicographic", n=2, m=7, large=True)]) == 0
    assert "2 sets of 7 options, taken three at a time" in capsys.readouterr().out


def test_a_higher_level_makes_wider_intervals(log: str, rows_told: Callable[..., dict[str, Any]]) -> None:
    widths = []
    for level in ("0.8", "0.99"):
        rows = rows_told(log, "--level", level, "--replications", "99")
        cells = [rows["chose the dominated option"]["share"], rows["near sets"]["intransitive triads"]]
        assert all(cell["level"] == float(level) for cell in cells)
        widths.append([cell["high"] - cell["low"] for cell in cells])
    assert all(narrow < wide for narrow, wide in zip(*widths, strict=True))
