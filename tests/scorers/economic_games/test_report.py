"""The report of economic games, as a user reads it."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
from inspect_ai import eval
from inspect_ai.log import EvalLog

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.scorers.economic_games.human_play import HUMANS
from fiduciary.scorers.economic_games.report import main
from fiduciary.tasks.economic_games.task import economic_games
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("games")
    for task, model in (
        (economic_games(games="all", repeats=2), "subject/moralis"),
        (economic_games(games="trust_1,dictator", repeats=2, beliefs="none"), "subject/economicus"),
        (stakeholder_choice(n=1), "subject/study1"),
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
    assert said.count("task version") == 2, "other tasks' logs are passed over"
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
    [log] = [path for path in folder.glob("*economic-games*") if path.stat().st_size > 50_000]
    assert main([str(log), "--types", "1"]) == 0
    assert "1 types among 1 logs" in capsys.readouterr().out
    assert main([str(log), "--types", "2"]) == 2
    assert "no 2 types: types must be an integer from 1 to the 1 groups" in capsys.readouterr().err


def test_paths_and_arguments_of_no_use(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([str(tmp_path / "nowhere")])
    assert stopped.value.code == 2
    with pytest.raises(SystemExit):
        main([str(folder), "--level", "95"])
    [study] = folder.glob("*stakeholder-choice*")
    assert main([str(study)]) == 1
