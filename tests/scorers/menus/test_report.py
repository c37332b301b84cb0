"""The report on logs of menus."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from inspect_ai import eval
from inspect_ai.log import read_eval_log

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.report import main
from fiduciary.scorers import grounds
from fiduciary.scorers.grounds import laid_out
from fiduciary.tasks.menus.task import menus


def ask(folder: Path, subject: str, **arguments: Any) -> str:
    task = menus(**{"n": 4, "size": 3, "elicitation": "text", "repeats": 1, **arguments})
    [log] = eval(task, model=f"subject/{subject}", log_dir=str(folder), display="none")
    assert log.status == "success", log.error
    return log.location


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Counted choices of a consistent subject."""
    return ask(tmp_path_factory.mktemp("menus"), "lexicographic")


def test_counted_choices_are_tested(log: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([log, "--replications", "99"]) == 0
    out = capsys.readouterr().out
    assert out.index("it reads") < out.index("missing answers: 0 of 60") < out.index("decoy")
    # 3 pairs in 2 places and a menu of three in 3; two menus with a decoy in 3 places each.
    assert "4 option sets of 3, 36 valid answers without a decoy and 24 with" in out
    # Four sets that agree: [0, 1 − .025^¼].
    assert "chose the dominated decoy                   0.000 [0.000, 0.602]" in out
    assert "overload from 2 to 3 options                    0.000 (no error)" in out
    assert "no interval: all sets alike (attraction towards the option with a decoy; overload from" in out
    assert "regularity                                               0.0000  1.0000  not rejected" in out


def test_json_holds_the_metrics_of_the_log(log: str, rows_told: Callable[..., dict[str, Any]]) -> None:
    results = read_eval_log(log, header_only=True).results
    assert results
    metrics = {name: metric.value for score in results.scores for name, metric in score.metrics.items()}
    rows = rows_told(log, "--replications", "99")
    assert rows["shares that rise in the larger menu"]["value"]["value"] == metrics["rises"]
    assert rows["chose the dominated decoy"]["value"]["value"] == metrics["dominated"]
    assert rows["attraction towards the option with a decoy"]["value"]["value"] == metrics["attraction"]


def test_probabilities_have_sizes_and_no_tests(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([ask(tmp_path, "study1", elicitation="auto", repeats=None)]) == 0
    out = capsys.readouterr().out
    assert out.count("no test: probabilities are not sampled") == 2
    assert "distance of shares from one logit           0.000 [0.000, 0.602]" in out
    assert "mass_outside, mean probability outside the labels  0.0000" in out


def test_who_does_not_read_gets_a_sentence_in_place_of_figures(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([ask(tmp_path, "first_option")]) == 0
    out = capsys.readouterr().out
    assert "not shown to read: its answers never vary" in out
    assert out.endswith("so no figure is shown and nothing is tested\n")
    assert "rise" not in out and "logit" not in out


def test_a_log_without_answers_is_reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([ask(tmp_path, "refuser", n=1)]) == 0
    assert "missing answers: 15 of 15 (100.0%): refused 15\nno valid answers" in capsys.readouterr().out


def test_grounds_rest_on_menus_without_a_decoy(log: str, monkeypatch: pytest.MonkeyPatch) -> None:
    laid: list[int] = []

    def count(rows: Any, **how: Any) -> Any:
        laid.append(len(rows))
        return laid_out(rows, **how)

    monkeypatch.setattr(grounds, "laid_out", count)
    assert grounds.menu_grounds(read_eval_log(log)).asked == 60
    assert laid == [36]  # 60 answers, 24 of them to menus with a decoy
