"""Estimates as reports print them: never an error of 0, never "nan"."""

from __future__ import annotations

import pytest

from fiduciary.economics.inference import Interval, alike, mean
from fiduciary.scorers.printed import error
from fiduciary.scorers.rendering import render
from fiduciary.scorers.reports import Figures, Report, Section


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


def table(*rows: tuple[object, ...]) -> list[str]:
    """A table as the terminal shows it, line by line."""
    figures = Figures("", ("row", "value", "words")[: len(rows[0])], rows)  # type: ignore[arg-type]
    report = Report("task", "model", "", "a.eval", "1", "success", (Section(body=(figures,)),))
    return render([report], "text").splitlines()[5:]


def test_a_table_says_why_rows_lack_a_value_or_an_error() -> None:
    lines = table(("a", Interval(reason="nobody was asked")), ("b", mean([2.0])), ("c", mean([3.0])))
    assert lines[1:4] == ["  a                   -", "  b    2.000 (no error)", "  c    3.000 (no error)"]
    assert lines[4:] == [
        "  nobody was asked (a)",
        "  one unit says nothing about the next (b; c)",
    ]


def test_an_interval_needs_no_standard_error() -> None:
    [_, line] = table(("same in four", alike(0.0, 4)))
    assert line == "  same in four  0.000 [0.000, 0.602]"


def test_words_begin_and_numbers_end_alike_in_their_columns() -> None:
    lines = table(("a", -0.0001, "yes"), ("b", 12.5, "perhaps"), ("c", None, None))
    assert lines == [
        "  row   value  words",
        "  a     0.000  yes",
        "  b    12.500  perhaps",
        "  c         -  -",
    ]


def test_latex_has_a_booktabs_table_and_no_markup_of_others() -> None:
    figures = Figures("50 % & more", ("model", "θ"), (("a_b & \\input{x}", 0.5),), ("p ≤ 0.05",))
    text = render([Report("task", "a#b", sections=(Section("s_1", body=(figures, "said: $")),))], "latex")
    assert r"\section*{task  a\#b}" in text and r"\subsection*{s\_1}" in text
    assert r"\caption{50 \% \& more: p $\leq$ 0.05}" in text and "said: \\$" in text
    assert r"a\_b \& \textbackslash{}input\{x\} & 0.500 \\" in text
    assert text.index(r"\toprule") < text.index(r"model & $\theta$ \\") < text.index(r"\midrule")
