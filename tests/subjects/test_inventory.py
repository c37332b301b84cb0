"""Trait profiles: the formula of the docstring, and arguments."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from fiduciary.economics.psychometrics.instruments import Item, own
from fiduciary.subjects.catalogue import create
from fiduciary.subjects.inventory import (
    ARGUMENTS,
    DESIRABLE,
    DOMAINS,
    Constant,
    SameLabel,
    Traits,
    agreement_probabilities,
    slug,
)
from fiduciary.subjects.questionnaire import Questionnaire, SelfReport

ASCENDING = (1, 2, 3, 4, 5)
ITEMS = {item.number: item for item in own("hexaco100").items}
SINCERITY, SINCERITY_REVERSED = ITEMS[30], ITEMS[6]


def traits(**given: Any) -> Traits:
    subject = create("trait_profile", given)
    assert isinstance(subject, SelfReport) and isinstance(subject.judge, Traits)
    return subject.judge


def asked(*statements: str, answers: tuple[int, ...] = ASCENDING) -> Questionnaire:
    return Questionnaire(statements, (), tuple("ABCDE"), answers)


def expected(judge: Traits, item: Item) -> float:
    p = judge.probabilities(item.statement, asked(item.statement), np.random.default_rng(0))
    assert p is not None
    return float(p @ np.array(ASCENDING))


@given(st.floats(-3, 9), st.floats(0.05, 5))
def test_probabilities_are_those_of_a_rounded_normal(mean: float, sd: float) -> None:
    p = agreement_probabilities(mean, sd)
    assert p.sum() == pytest.approx(1) and (p >= 0).all()
    np.testing.assert_allclose(p[1], norm.cdf(2.5, mean, sd) - norm.cdf(1.5, mean, sd), atol=1e-12)
    np.testing.assert_allclose(p[0], norm.cdf(1.5, mean, sd), atol=1e-12)
    np.testing.assert_allclose(agreement_probabilities(6 - mean, sd), p[::-1], atol=1e-12)


def test_a_narrow_profile_gives_its_nearest_answer() -> None:
    np.testing.assert_allclose(agreement_probabilities(3.9, 1e-6), [0, 0, 0, 1, 0])


def test_the_narrower_argument_counts() -> None:
    means = traits(mean="2", H=4, sincerity=4.5, altruism=1).means
    assert (means["Sincerity"], means["Fairness"], means["Patience"]) == (4.5, 4, 2)
    assert (means["Altruism"], means["Sadism"]) == (1, 2)


def test_reversed_items_are_answered_the_other_way_round() -> None:
    judge = traits(sincerity=4.2)
    assert (judge.latent(SINCERITY, 1), judge.latent(SINCERITY_REVERSED, 1)) == pytest.approx((4.2, 1.8))
    assert expected(judge, SINCERITY) == pytest.approx(6 - expected(judge, SINCERITY_REVERSED))


def test_acquiescence_moves_both_towards_agreement() -> None:
    judge = traits(sincerity=4, acquiescence=0.3)
    assert (judge.latent(SINCERITY, 1), judge.latent(SINCERITY_REVERSED, 1)) == pytest.approx((4.3, 2.3))


def test_desirability_grows_with_the_statements_in_one_prompt() -> None:
    judge = traits(desirability=0.5)
    assert judge.latent(SINCERITY, 1) == 3
    assert judge.latent(SINCERITY, 10) == pytest.approx(3.25)
    assert judge.latent(SINCERITY, 100) == pytest.approx(3.5)
    assert judge.latent(SINCERITY_REVERSED, 100) == pytest.approx(2.5)
    assert judge.latent(ITEMS[11], 100) == 3, "Emotionality has no desirable pole"
    assert judge.latent(own("dark_tetrad").items[-1], 100) == pytest.approx(2.5)
    assert set(DESIRABLE) == set(DOMAINS.values())


def test_block_sd_moves_the_mean_anew_in_every_request_and_spreads_as_told() -> None:
    judge, rng = traits(block_sd=0.4, sd=0.001, mean=3), np.random.default_rng(0)
    draws = [judge.probabilities(SINCERITY.statement, asked(SINCERITY.statement), rng) for _ in range(4000)]
    beyond = np.mean([p is not None and p[2] < 0.5 for p in draws])
    assert beyond == pytest.approx(2 * norm.sf(0.5 / 0.4), abs=0.025)


def test_probabilities_follow_the_scale_that_is_shown() -> None:
    judge, rng = traits(sincerity=4.2), np.random.default_rng(0)
    up = judge.probabilities(SINCERITY.statement, asked(SINCERITY.statement), rng)
    down = judge.probabilities(SINCERITY.statement, asked(SINCERITY.statement, answers=ASCENDING[::-1]), rng)
    assert up is not None and down is not None
    np.testing.assert_allclose(up, down[::-1])


def test_a_statement_of_another_instrument_is_not_known() -> None:
    assert traits().probabilities("I like jazz.", asked("I like jazz."), np.random.default_rng(0)) is None


def test_constant_answers_turn_with_the_scale_and_same_labels_do_not() -> None:
    rng, down = np.random.default_rng(0), asked("Anything.", answers=ASCENDING[::-1])
    assert Constant(5).probabilities("Anything.", down, rng).tolist() == [1, 0, 0, 0, 0]
    assert Constant(5).probabilities("Anything.", asked("x"), rng).tolist() == [0, 0, 0, 0, 1]
    for scale in (down, asked("x")):
        assert SameLabel(2).probabilities("Anything.", scale, rng).tolist() == [0, 1, 0, 0, 0]


def test_every_facet_is_an_argument() -> None:
    assert slug("Social Self-Esteem") == "social_self_esteem"
    for facet in DOMAINS:
        assert slug(facet) in ARGUMENTS["trait_profile"]
        assert traits(**{slug(facet): 1.5}).means[facet] == 1.5


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("trait_profile", {"sincerity": 6}, r"sincerity must be a mean in \[1, 5\], got 6"),
        ("trait_profile", {"mean": "high"}, r"mean must be a mean in \[1, 5\], got 'high'"),
        ("trait_profile", {"H": 0}, r"H must be a mean in \[1, 5\], got 0"),
        ("trait_profile", {"honesty": 4}, "takes no argument 'honesty'; it takes mean, sd"),
        ("trait_profile", {"sd": 0}, "sd must be a finite number > 0, got 0"),
        ("trait_profile", {"block_sd": -1}, "block_sd must be finite and >= 0, got -1"),
        ("trait_profile", {"acquiescence": math.inf}, "acquiescence must be a finite number, got inf"),
        ("trait_profile", {"desirability": "x"}, "desirability must be a finite number, got 'x'"),
        ("trait_profile", {"refusals": 2}, r"refusals must be a share in \[0, 1\], got 2"),
        ("constant", {"answer": 6}, "answer must be 1, 2, 3, 4 or 5, got 6"),
        ("constant", {"answer": 2.5}, "answer must be 1, 2, 3, 4 or 5, got 2.5"),
        ("same_label", {"place": 0}, "place must be 1, 2, 3, 4 or 5, got 0"),
        ("same_label", {"answer": 5}, "takes no argument 'answer'; it takes place, refusals"),
    ],
)
def test_what_cannot_be_is_said(name: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        create(name, arguments)
