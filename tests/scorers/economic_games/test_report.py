"""The report of economic games, as a user reads it."""

from __future__ import annotations

import contextlib
import io
import json
from pathlib import Path

import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog, read_eval_log

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.errors import UsageError
from fiduciary.report import main
from fiduciary.scorers.economic_games.human_play import HUMANS
from fiduciary.tasks.economic_games.task import economic_games


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("games")
    for task, model in (
        (economic_games(games="all", repeats=2), "subject/moralis"),
        (economic_games(games="trust_1,dictator", repeats=2, beliefs="none"), "subject/economicus"),
    ):
        log: EvalLog
        [log] = eval(task, model=model, log_dir=str(where), score_display=False, display="none")
        assert log.status == "success"
    return where


@pytest.fixture(scope="module")
def said(folder: Path) -> str:
    """What the report of the folder prints."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        assert main([str(folder)]) == 0
    return out.getvalue()


def test_everything_has_its_place(said: str) -> None:
    assert said.count("task version") == 2
    for part in (
        "plays with a missing decision: 0 of 44: none",
        "plays with a missing belief: 0 of 44: none",
        "questions about the rules: 88 right, 0 wrong, 0 unreadable; 0 of 44 plays with a failure",
        "dictator: gift_share",
        "prisoners_dilemma, reply_to_C",
        "order effects",
        "Social preferences (sum): 36 plans in 18 groups",
        "which games inform which parameter",
        "best replies to own beliefs",
        "change of cooperation per 10 points",
        "it reads: its answers depend on the payoffs",
        "best replies or effects of payoffs: not measured: 4 valid answers",
    ):
        assert part in said, part


def test_human_rows_say_whether_they_were_checked(said: str) -> None:
    for form, rows in HUMANS.items():
        for row in rows:
            assert (f"humans: {row.text}" in said) and (("unverified" in str(row)) != row.verified), form


def test_types_among_logs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    [log] = [path for path in folder.iterdir() if path.stat().st_size > 50_000]
    assert main([str(log), "--types", "1"]) == 0
    assert "1 types among 1 logs" in capsys.readouterr().out
    with pytest.raises(UsageError, match="no 2 types: types must be an integer from 1 to the 1 groups"):
        main([str(log), "--types", "2"])


def test_json_holds_the_figures_of_the_log(folder: Path, tmp_path: Path) -> None:
    [path] = [path for path in folder.iterdir() if path.stat().st_size > 50_000]
    log = read_eval_log(str(path), header_only=True)
    assert log.results
    metrics = {name: m.value for score in log.results.scores for name, m in score.metrics.items()}
    out = tmp_path / "report.json"
    assert main([str(path), "--types", "1", "--format", "json", "--out", str(out)]) == 0
    report, types = json.loads(out.read_text("utf-8"))
    tables = {
        part["title"]: {row[0]: row[1:] for row in part["rows"]}
        for part in [*report["sections"][0]["body"], *types["sections"][0]["body"]]
        if isinstance(part, dict)
    }
    rate, count, *_ = tables["cooperation"]["trust, invest"]
    assert rate["value"] == pytest.approx(metrics["invest"]) and count == 12
    kappa, status = tables["social preference"]["kappa"]
    assert kappa["value"] == pytest.approx(metrics["kappa"])
    assert kappa["low"] < metrics["kappa"] < kappa["high"]
    assert "likelihood ratio" in status or "Wald" in status
    assert tables["best replies to own beliefs"]["share of plans"][0]["value"] == pytest.approx(
        metrics["best_response"]
    )
    informs = tables["which games inform which parameter, at the estimate and under the stated beliefs"]
    assert sum(row[2] for game, row in informs.items() if game != "standard error at best") == pytest.approx(
        1
    )
    assert tables["1 types among 1 logs"]["type 1"][3]["value"] == pytest.approx(metrics["kappa"], abs=1e-3)
