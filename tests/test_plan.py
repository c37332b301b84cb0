"""`fiduciary plan`: what a precision costs, before anything is asked."""

from __future__ import annotations

import pytest

from fiduciary.__main__ import main
from fiduciary.economics.designs.sample_size import DESIGNS
from fiduciary.economics.utility import CES
from fiduciary.plan import EXPECTED, WAYS, plans, table


@pytest.fixture(scope="module")
def rows():
    return list(plans(CES(*EXPECTED), error=0.02))


def test_every_design_and_way_has_a_row_that_keeps_the_precision(rows):
    assert [(row.way, row.design) for row in rows] == [(way, design) for way in WAYS for design in DESIGNS]
    assert all(0.0195 < row.error <= 0.02 for row in rows)


def test_what_is_counted_is_what_the_task_asks(rows):
    """Choose asks a tenth again in another order; an explanation takes a second request for its label."""
    calls = {row.way: row.calls / row.problems for row in rows}
    assert calls["choose"] == pytest.approx(1.1, abs=0.06)
    assert calls["explain"] == pytest.approx(2.0) and calls["text"] == pytest.approx(1.0)
    read = {row.way: row.read / row.problems for row in rows}
    assert 150 < read["text"] < 300 < read["explain"] < 700


def test_seconds_follow_from_a_measured_rate(rows):
    printed = table(rows, 10.0).splitlines()
    assert "seconds" in printed[0] and "seconds" not in table(rows, None)
    assert printed[1].split()[6] == f"{rows[0].calls / 10:,.0f}"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--n", "3"], "--n must be at least 20"),
        (["--standard-error", "0"], "--standard-error must lie between 0 and 0.5"),
        (["--rate", "-1"], "--rate must be a number of calls"),
        (["--gamma", "0"], "--gamma must be above 0"),
        (["--principal", "for_profit"], "standard errors exist only in the interior"),
        (["--principal", "nobody"], "--principal must be"),
    ],
)
def test_what_cannot_be_planned_is_named(words, said, capsys):
    assert main(["plan", *words]) == 2
    assert said in capsys.readouterr().err
