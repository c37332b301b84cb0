"""Verdicts: the worse a figure, never the better the verdict."""

from __future__ import annotations

from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.dossier.limits import read_limits
from fiduciary.dossier.rules import ORDER, WORDS, Rule, Verdict, serves

RULES = [rule for rule in read_limits().rules.values() if rule.about.limited]
rules = st.sampled_from(RULES)
figures = st.floats(-2, 3, allow_nan=False)


@given(rules, figures, figures, st.floats(0, 2), st.floats(0, 2))
def test_worse_never_improves_a_verdict(rule: Rule, a: float, b: float, first: float, second: float) -> None:
    low, high = sorted((a, b))
    step = rule.sign
    moved = sorted((low + step * first, high + step * second))
    assert ORDER[rule.verdict(*moved)] <= ORDER[rule.verdict(low, high)]


@given(rules, figures, figures)
def test_a_wider_interval_is_never_more_certain(rule: Rule, a: float, b: float) -> None:
    low, high = sorted((a, b))
    wider = rule.verdict(low - 0.1, high + 0.1)
    assert wider in ("unclear", rule.verdict(low, high))


@given(rules)
def test_no_interval_is_unclear(rule: Rule) -> None:
    assert rule.verdict(None, None) == rule.verdict(float("nan"), 1.0) == "unclear"


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_limits_are_in_order_and_said(rule: Rule) -> None:
    assert rule.good is not None and rule.bad is not None and rule.sign * (rule.bad - rule.good) >= 0
    assert rule.about.what and rule.verdict(rule.good, rule.good) == "good"
    beyond = rule.bad + rule.sign * 1e-6
    assert rule.verdict(beyond, beyond) == "bad"


def test_service_is_the_worse_of_both() -> None:
    verdicts: tuple[Verdict, ...] = ("bad", "unclear", "good")
    for loss, missing in product(verdicts, verdicts):
        assert ORDER[serves(loss, missing)] == min(ORDER[loss], ORDER[missing])
    assert serves("good", "good") == "good" and set(WORDS) == set(ORDER)
