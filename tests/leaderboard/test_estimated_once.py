"""A log's preference is estimated once by a command, and is the one that the log's own metrics hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from inspect_ai.log import EvalLog, read_eval_log

from fiduciary.dossier.case import Given, gather
from fiduciary.economics.estimation import CESFit
from fiduciary.economics.principals import Principal
from fiduciary.leaderboard import choices
from fiduciary.leaderboard.board import build
from fiduciary.leaderboard.payload import payload
from fiduciary.scorers.choice_table import Table
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import PARAMETERS

Fits = Counter[bytes]


@pytest.fixture
def fits(monkeypatch: pytest.MonkeyPatch) -> Fits:
    """How often each table of answers was fitted; the fits are real."""
    counted: Fits = Counter()
    real = choices.fit

    def count(data: Table) -> CESFit:
        counted[data.digest()] += 1
        return real(data)

    monkeypatch.setattr(choices, "fit", count)
    return counted


def test_a_board_fits_a_log_once_whoever_is_served(logs: Path, fits: Fits) -> None:
    board = build([str(logs)], Principal.named("nonprofit"), lambda _: None)
    payload(board.for_principal(Principal.named("for_profit")))
    assert sorted(fits.values()) == [1, 1]


def test_dossiers_of_several_designs_fit_a_log_once(
    logs: Path, copied: Callable[..., Path], fits: Fits
) -> None:
    """A model that was asked otherwise has a table of its own, in which the first one's logs stand again."""

    def other_design(log: EvalLog) -> None:
        log.eval.model = "subject/other"
        log.eval.task_args["seed"] = 99

    other = copied("nonprofit", other_design, task="transitivity")
    models = ("nonprofit", "study1", "other")
    found = gather(
        models,
        [str(logs), str(other)],
        Principal.named("nonprofit"),
        Given(),
        lambda _: None,
        base="study1",
    )
    assert [case.model for case in found] == [f"subject/{model}" for model in models]
    assert "subject/other" not in {row.name for row in found[0].board.rows}
    assert set(found[2].board.answers) == set(found[0].board.answers)
    assert sorted(fits.values()) == [1, 1]


def test_the_table_holds_the_estimates_of_the_logs_metrics(logs: Path, root: Path) -> None:
    """Of runs that end now, and of the stored reference logs: the two must never drift apart."""
    stored = root / "tests" / "scorers" / "reference"
    for place in (str(logs), str(stored / "explainer.eval")):
        board = build([place], Principal.named("nonprofit"), lambda _: None)
        assert board.answers
        for name, answers in board.answers.items():
            run = board.row(name).runs["stakeholder_choice"]
            log = read_eval_log(run.file, header_only=True)
            assert log.results is not None
            own = next(score.metrics for score in log.results.scores if "rho" in score.metrics)
            assert answers.fit is not None
            for parameter in PARAMETERS:
                assert answers.fit.estimate(parameter) == pytest.approx(own[parameter].value, abs=1e-6)
                assert board.cells[name][f"stakeholder_choice.{parameter}"].value == pytest.approx(
                    own[parameter].value, abs=1e-6
                )
