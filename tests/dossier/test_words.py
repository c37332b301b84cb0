"""Figures as people read them, and text that stays text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.dossier.markup import Markup, tag, text
from fiduciary.dossier.words import Unit, ends, figure, listed, p_value, plain, plural


@pytest.mark.parametrize(
    ("value", "unit", "shown"),
    [
        (0.1234, "share", "12.3\u202f%"),
        (0.0, "share", "0\u202f%"),
        (0.0001, "share", "0.0\u202f%"),
        (1.0, "share", "100\u202f%"),
        (-0.021, "points", "−2.1 points"),
        (0.021, "points", "+2.1 points"),
        (0.0, "points", "0.0 points"),
        (3.8686, "dollars", "$3.87"),
        (-1234.5, "dollars", "−$1,234"),
        (2.0, "rank", "2"),
        (10000, "count", "10,000"),
        (0.405, "weight", "0.41"),
        (-1.5, "number", "−1.50"),
        (None, "share", "–"),
        (float("nan"), "dollars", "–"),
    ],
)
def test_figures(value: float | None, unit: Unit, shown: str) -> None:
    assert figure(value, unit) == shown


def test_small_words() -> None:
    assert ends(None, None, "share") == "" and ends(0.0, 0.5, "share") == "0 to 50.0\u202f%"
    assert p_value(0.0004) == "p < .001" and p_value(0.05) == "p = .050" and p_value(None) == "not tested"
    assert plural(1, "gap") == "1 gap" and plural(1200, "gap") == "1,200 gaps"
    assert listed(["a"]) == "a" and listed(["a", "b", "c"]) == "a, b and c"


@given(st.text())
def test_foreign_text_is_one_bounded_line(given_text: str) -> None:
    shown = plain(given_text, 50)
    assert plain("a\u202eb\x1b[31m\n c", 50) == "a[U+202E]b[U+001B][31m c"
    assert len(shown) <= 50 and "\n" not in shown and "\u202e" not in shown and "\x1b" not in shown
    shown.encode("utf-8")


@given(st.text(), st.text())
def test_markup_escapes_whatever_is_no_markup(content: str, attribute: str) -> None:
    made = tag("p", content, title=attribute)
    assert made.count("<") == made.count(">") == 2
    harmful = "\x1b\u2066\u202e\ud800"
    assert not set(harmful) & set(tag("p", content + harmful, title=attribute + harmful))
    assert '"' not in made.removeprefix("<p").partition('title="')[2].partition('">')[0].replace("&quot;", "")


def test_markup_nests_and_leaves_out() -> None:
    assert tag("p", "a", None, [tag("b", "c&"), Markup("<i>")]) == "<p>a<b>c&amp;</b><i></p>"
    assert (
        tag("a", "x", class_="y", data_claim="z", hidden=None, open=True)
        == '<a class="y" data-claim="z" open>x</a>'
    )
    assert tag("meta", name="a") == '<meta name="a">' and text("<", ">") == "&lt;&gt;"
