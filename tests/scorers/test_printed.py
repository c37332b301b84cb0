"""Estimates as reports print them: never an error of 0, never "nan"."""

from __future__ import annotations

import pytest

from fiduciary.economics.inference import NOTHING, Interval, mean, share
from fiduciary.scorers.printed import error, limits, number, with_error


@pytest.mark.parametrize(
    ("stderr", "said"),
    [
        (0.0523, "0.052"),
        (0.0004, "<0.001"),
        (0.0005, "0.001"),
        (float("nan"), "no error"),
        (1234.5, "1,234.500"),
    ],
)
def test_a_standard_error_is_never_printed_as_0(stderr: float, said: str) -> None:
    assert error(stderr) == said


def test_an_estimate_with_its_error() -> None:
    assert with_error(mean([1.0, 2.0, 3.0]), 2) == "2.00 (0.58)"
    assert with_error(mean([2.0, 2.0]), 2) == with_error(mean([2.0]), 2) == "2.00 (no error)"
    assert with_error(Interval()) == number(float("nan")) == "-"


def test_limits_or_why_there_are_none() -> None:
    assert limits(share([0.0] * 7, 1.0, range(7)), 2) == "[0.00, 0.41]"
    assert limits(mean([2.0] * 7)) == "the same in every unit: its spread cannot be told"
    assert limits(mean([])) == NOTHING
