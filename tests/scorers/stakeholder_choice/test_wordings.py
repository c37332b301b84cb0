"""How far an estimate depends on the words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from inspect_ai import eval
from inspect_ai.model import get_model

import fiduciary._registry  # noqa: F401 - makes the subjects known to Inspect
from fiduciary.economics.utility import profile
from fiduciary.scorers.choice_table import Table, table
from fiduciary.scorers.reports import Figures
from fiduciary.scorers.stakeholder_choice.wordings import FEWEST, between_wordings, wordings_told
from fiduciary.tasks.stakeholder_choice.prompts import NEUTRAL_WORDINGS
from fiduciary.tasks.stakeholder_choice.task import stakeholder_choice


@pytest.fixture(scope="module")
def data() -> Table:
    task = stakeholder_choice(n=320, elicitation="choose")
    [log] = eval(task, model=get_model("subject/study1"), display="none", log_format="json")
    return table(log)


def test_problems_are_dealt_over_all_wordings(data: Table) -> None:
    assert set(data.wording) == set(NEUTRAL_WORDINGS)
    parts = [data.rows(data.wording == wording) for wording in NEUTRAL_WORDINGS]
    assert sum(part.n for part in parts) == data.n
    assert max(part.n for part in parts) - min(part.n for part in parts) <= 8


def test_who_reads_every_wording_alike_has_no_spread(data: Table) -> None:
    count, found = between_wordings(data)
    assert count == 8
    for name, value in zip(("theta_SH", "theta_EM"), profile("study1").theta, strict=False):
        assert found[name].stderr * np.sqrt(8) < 0.01
        assert found[name].value == pytest.approx(value, abs=0.01)


def test_a_wording_that_is_answered_otherwise_widens_the_interval(data: Table) -> None:
    """Seven wordings as before, the eighth by another preference: only what lies between them shows it."""
    utility = profile("symmetric").utility(np.nan_to_num(data.welfare))
    values = np.where(data.exists, np.exp(utility - utility.max(axis=1, keepdims=True)), 0.0)
    shares = np.where(data.exists, values / values.sum(axis=1, keepdims=True), np.nan)
    other = data.wording == NEUTRAL_WORDINGS[0]
    mixed = replace(data, probabilities=np.where(other[:, None], shares, data.probabilities))
    _, found = between_wordings(mixed)
    moved = profile("symmetric").theta[2] - profile("study1").theta[2]
    assert found["theta_CO"].stderr * np.sqrt(8) == pytest.approx(abs(moved) / np.sqrt(8), rel=0.1)
    assert found["theta_CO"].low < profile("study1").theta[2] < found["theta_CO"].high
    [told] = wordings_told(mixed)
    assert isinstance(told, Figures) and len(told.rows) == len(found)


def test_one_wording_has_no_interval(data: Table) -> None:
    assert FEWEST > 2
    assert between_wordings(data.rows(data.wording == "plain")) == (1, {})
    assert list(wordings_told(data.rows(data.wording == "plain"))) == []
