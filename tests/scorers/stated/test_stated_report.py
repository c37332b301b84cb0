"""The report on a finished run: words held against deeds, and silence where nothing is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from inspect_ai import eval as inspect_eval
from inspect_ai.log import EvalLog, read_eval_log
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect without an installation
from fiduciary.economics.stated.comparison import NOT_MEASURED, OTHER
from fiduciary.report import main
from fiduciary.scorers.reports import Figures, Options
from fiduciary.scorers.stated.findings import ALL_FORMS, Found, find
from fiduciary.scorers.stated.report import told
from fiduciary.scorers.stated.table import TOLD, UNTOLD, stated_table
from fiduciary.tasks.stated.task import stated

PROFIT = {"theta": [0.7, 0.1, 0.1, 0.1], "rho": 0.5, "gamma": 2.0}


def asked(folder: Path, model: str, elicitation: str = "choose", n: int = 120, **arguments: Any) -> EvalLog:
    [log] = inspect_eval(
        stated(n=n, elicitation=elicitation, theta=[0.2, 0.4, 0.2, 0.2], rho=0.5),
        model=get_model(model, **arguments),
        log_dir=str(folder),
        display="none",
        log_realtime=False,
        score_display=False,
    )
    assert log.status == "success", log.error
    return read_eval_log(log.location)


@pytest.fixture(scope="module")
def insincere(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """A run of a subject that speaks for employees and chooses for shareholders."""
    return asked(tmp_path_factory.mktemp("insincere"), "subject/insincere", **PROFIT)


@pytest.fixture(scope="module")
def candid(tmp_path_factory: pytest.TempPathFactory) -> EvalLog:
    """A run of a subject that states what it chooses by; its explanations contradict some of its choices."""
    return asked(tmp_path_factory.mktemp("candid"), "subject/candid", noise=0.1, extra=4.0, gamma=2.0)


def verdicts(found: tuple[Found, ...]) -> dict[tuple[str, str], str]:
    return {(one.block.name, form.name): form.verdict for one in found for form in one.forms}


def test_who_says_one_thing_and_does_another_is_found_in_every_form(insincere: EvalLog) -> None:
    said = verdicts(find(stated_table(insincere)))
    assert {said[UNTOLD, form] for form in ALL_FORMS} == {OTHER}
    assert {said[TOLD, form] for form in ("makes_up", "gives_up", "points")} == {OTHER}


def test_who_means_what_it_says_is_not(candid: EvalLog) -> None:
    found = find(stated_table(candid))
    assert OTHER not in verdicts(found).values()
    rates = next(form.rates for form in found[0].forms if form.name == "points")
    assert rates is not None
    for one in rates.differences:
        assert abs(one.stated - one.implied) < 0.3, one.name


def test_the_metrics_of_the_run_are_the_verdicts(insincere: EvalLog) -> None:
    assert insincere.results is not None
    values = {name: m.value for name, m in insincere.results.scores[0].metrics.items()}
    assert values["reads"] == 1
    assert values["untold_makes_up"] == 0


def test_explanations_that_deviate_are_quoted(candid: EvalLog) -> None:
    table = stated_table(candid)
    assert all(0 < len(block.deviations) <= block.explained for block in table.blocks)
    lines = [line for part in told(candid, Options()).report.sections for line in part.body]
    quoted = [line for line in lines if isinstance(line, str) and "argues for option" in line]
    assert quoted
    assert "“" in quoted[0]


def test_the_report_prints_both_blocks_and_what_was_told(
    insincere: EvalLog, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([insincere.location]) == 0
    text = capsys.readouterr().out
    assert "says something else than it does" in text
    assert "told the principal's utility" in text
    assert "shareholders over employees" in text


def test_a_model_that_does_not_read_gets_a_sentence_and_no_figure(tmp_path: Path) -> None:
    log = asked(tmp_path, "subject/first_option", n=60)
    found = find(stated_table(log))
    assert set(verdicts(found).values()) == {NOT_MEASURED}
    for section in told(log, Options()).report.sections[1:]:
        assert "so no figure is shown and nothing is tested" in section.body
        assert not any(isinstance(part, Figures) for part in section.body)
    assert log.results is not None
    assert np.isnan(log.results.scores[0].metrics["untold_points"].value)


def test_texts_alone_are_enough_for_rates(tmp_path: Path) -> None:
    log = asked(tmp_path, "subject/insincere", elicitation="text", **PROFIT)
    said = verdicts(find(stated_table(log)))
    # Few choices are errors here, so that no direction between principles is shown: rates alone are told.
    assert {said[UNTOLD, form] for form in ("makes_up", "gives_up", "points")} == {OTHER}
