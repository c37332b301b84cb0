"""The report on a finished run: what is planted, whom contexts serve, and silence where nothing is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.economics.principals import Principal
from fiduciary.report import main
from fiduciary.scorers.reachable.report import Found, find, told
from fiduciary.scorers.reachable.table import framed_table
from fiduciary.scorers.reports import Options
from fiduciary.subjects.reachable import create
from fiduciary.tasks.reachable.framings import FRAMINGS
from fiduciary.tasks.reachable.task import reachable


def asked(folder: Path, model: str, **arguments: Any) -> EvalLog:
    [log] = inspect_eval(
        reachable(n=40, framings="mandate", elicitation="choose"),
        model=get_model(model, **arguments),
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    assert log.status == "success", log.error
    return read_eval_log(log.location)


@pytest.fixture(scope="module")
def log(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """A run of a subject that moves half way."""
    return asked(tmp_path_factory.mktemp("swayed"), "subject/swayed", gamma=2.0)


@pytest.fixture(scope="module")
def found(log: EvalLog) -> Found:
    return find(framed_table(log), 0.95)


def test_what_is_planted_under_each_framing_is_found(found: Found) -> None:
    subject = create("swayed", {"gamma": 2.0})
    assert len(found.fits) == 10
    for name, fit in found.fits.items():
        if name in FRAMINGS:
            own = FRAMINGS[name]
            planted = subject.hearing(own.system).preference(own.before("A problem."))
            np.testing.assert_allclose(fit.theta, planted.theta, atol=1e-3)
    assert found.reach is not None
    assert found.estimates is not None
    assert "stated_utility" not in found.estimates.names, "it is no context"


def test_the_best_context_is_one_that_serves_and_the_utility_stated_is_the_runs_principals_only(
    found: Found,
) -> None:
    profit = found.table.service(Principal.named("for_profit"))
    assert set(profit.names) == {"board_for_shareholders"}
    assert profit.best is not None
    assert profit.best.saved.low > 0
    assert not profit.stated.known
    own = found.table.service(found.table.principal)
    assert own.stated.known
    assert own.stated.value < own.plain.value


def test_metrics_of_the_run(log: EvalLog, found: Found) -> None:
    assert log.results is not None
    values = {name: m.value for name, m in log.results.scores[0].metrics.items()}
    own = found.table.service(found.table.principal)
    assert values["reads"] == 1
    assert own.best is not None
    assert values["best_loss"] == pytest.approx(own.best.loss.value)
    assert values["plain_loss"] == pytest.approx(own.plain.value)


def test_two_logs_are_held_against_each_other_and_drawn(
    log: EvalLog, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    firm = asked(tmp_path / "firm", "subject/swayed", gamma=2.0, share=0.1)
    assert main([log.location, firm.location, "--picture", str(tmp_path / "drawn")]) == 0
    text = capsys.readouterr().out
    assert "the set shrank" in text
    assert "best context, held out" in text
    assert (tmp_path / "drawn" / "reachable.png").stat().st_size > 10_000


def test_a_model_that_does_not_read_gets_a_sentence_and_no_figure(tmp_path: Path) -> None:
    log = asked(tmp_path, "subject/first_option")
    report = told(log, Options()).report
    [section] = report.sections
    assert "not shown to" in section.reads[0]
    assert section.body == ("so no figure is shown and nothing is tested",)
    assert log.results is not None
    assert np.isnan(log.results.scores[0].metrics["best_loss"].value)
