"""A principal is stated in one way, refused in one way, and comes back as it was written down."""

from __future__ import annotations

import argparse
import json
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fiduciary.economics.principals import (
    LOGGED,
    Principal,
    PrincipalError,
    legible,
    logged,
    required,
    stated,
)
from fiduciary.economics.utility import CES, PROFILES
from fiduciary.errors import UsageError
from fiduciary.options import PRINCIPALS, add_principal, required_principal, stated_principal

EVEN = (0.25, 0.25, 0.25, 0.25)


@pytest.mark.parametrize("name", PROFILES)
def test_a_name_is_a_profile(name: str) -> None:
    assert stated(name) == Principal(name, PROFILES[name])


@pytest.mark.parametrize(
    "theta", [".4,.3,.2,.1", "0.4, 0.3, 0.2, 0.1", [0.4, 0.3, 0.2, 0.1], [".4", ".3", ".2", 0.1]]
)
@pytest.mark.parametrize("rho", [0.5, "0.5", ".5"])
def test_weights_are_text_or_numbers(theta: Any, rho: Any) -> None:
    found = stated(theta=theta, rho=rho)
    assert found is not None and found.name is None
    assert found.utility == CES((0.4, 0.3, 0.2, 0.1), 0.5)


def test_nothing_states_nobody() -> None:
    assert stated() is None
    with pytest.raises(PrincipalError, match=r"principal must be one of study1, .* theta and rho, got None"):
        required()


@pytest.mark.parametrize(
    ("arguments", "argument", "message"),
    [
        ({"principal": "saint"}, "principal", "principal must be one of study1, .*nonprofit, got 'saint'"),
        ({"principal": 3}, "principal", "principal must be one of .*, got 3"),
        ({"principal": "study1", "rho": 0.5}, "principal", "principal must be left out .*, got 'study1'"),
        ({"principal": "study1", "theta": EVEN}, "principal", "principal must be left out"),
        ({"theta": EVEN}, "rho", "rho must be given together with theta: .*got None"),
        ({"rho": 0.5}, "theta", "theta must be given together with rho: .*got None"),
        ({"theta": "a,b", "rho": 1}, "theta", "theta must be four weights >= 0 that sum to 1 .*got 'a,b'"),
        ({"theta": 0.5, "rho": 1}, "theta", "theta must be four weights .*got 0.5"),
        ({"theta": [1, 0, 0], "rho": 1}, "theta", "theta must be four weights"),
        ({"theta": [0.5, 0.2, 0.2, 0.2], "rho": 1}, "theta", "theta must be four weights"),
        ({"theta": [1.5, -0.5, 0, 0], "rho": 1}, "theta", "theta must be four weights"),
        ({"theta": EVEN, "rho": 2}, "rho", r"rho must be a number of at most 1 \(-inf .*got 2"),
        ({"theta": EVEN, "rho": "much"}, "rho", "rho must be a number .*got 'much'"),
        ({"theta": EVEN, "rho": True}, "rho", "rho must be a number"),
        ({"theta": EVEN, "rho": "nan"}, "rho", "rho must be a number"),
    ],
)
def test_refusals_name_the_argument_what_is_allowed_and_what_was_given(
    arguments: dict[str, Any], argument: str, message: str
) -> None:
    with pytest.raises(PrincipalError, match=message) as refused:
        stated(**arguments)
    assert refused.value.argument == argument
    # The command line says the same of its option.
    options = argparse.Namespace(**{"principal": None, "theta": None, "rho": None, **arguments})
    for read in (stated_principal, required_principal):
        with pytest.raises(UsageError, match=f"^--{message}"):
            read(options)


@given(
    st.lists(st.floats(0.01, 1), min_size=4, max_size=4),
    st.one_of(st.floats(-50, 1), st.just(float("-inf"))),
)
def test_a_principal_comes_back_from_facts_and_from_options(weights: list[float], rho: float) -> None:
    principal = Principal.given(np.divide(weights, sum(weights)).tolist(), rho)
    assert Principal.of_facts(json.loads(json.dumps(principal.facts(), allow_nan=False))).same(principal)
    parser = argparse.ArgumentParser()
    add_principal(parser, "for a test")
    again = stated_principal(parser.parse_args(principal.options()))
    assert again is not None
    assert again.utility.theta == pytest.approx(principal.utility.theta, abs=1e-9)
    assert again.utility.rho == pytest.approx(rho, rel=1e-9)


def test_a_name_counts_only_where_it_still_stands_for_the_same_preference() -> None:
    facts = Principal.named("nonprofit").facts()
    assert Principal.of_facts(facts) == Principal.named("nonprofit")
    moved = Principal.of_facts(facts | {"theta": list(EVEN)})
    assert moved.name is None and moved.utility == CES(EVEN, 0.25)


@pytest.mark.parametrize(
    "facts",
    [
        None,
        "nonprofit",
        {},
        {"name": "nonprofit"},
        {"theta": [1, 1, 1, 1], "rho": 1},
        {"theta": None, "rho": 0},
    ],
)
def test_facts_of_others_may_state_nobody(facts: object) -> None:
    assert legible(facts) is None
    assert logged({LOGGED: {"vllm/a": facts}}, "vllm/a") is None


def test_a_log_states_whom_each_model_was_trained_for() -> None:
    metadata = {LOGGED: {"vllm/a": Principal.named("nonprofit").facts()}, "elicitation": "choose"}
    assert logged(metadata, "vllm/a") == Principal.named("nonprofit")
    assert logged(metadata, "vllm/nonprofit") is None and logged(None, "vllm/a") is None


def test_rho_does_not_count_where_one_group_takes_all() -> None:
    alone, other = Principal.given((1, 0, 0, 0), 0.5), Principal.given(EVEN, 0.5)
    assert alone.same(Principal.named("for_profit"))
    assert not other.same(Principal.named("symmetric"))


def test_a_principal_has_no_noise() -> None:
    with pytest.raises(ValueError, match="gamma is 1"):
        Principal(None, CES(EVEN, 0.5, gamma=2.0))


def test_help_lists_every_principal() -> None:
    assert tuple(PROFILES) == PRINCIPALS


def test_at_the_shift_of_a_design() -> None:
    assert Principal.named("nonprofit").at(20.0) == CES((0, 0.4, 0.4, 0.2), 0.25, shift=20.0)


@pytest.mark.parametrize(
    ("principal", "words"),
    [
        (Principal.named("for_profit"), ["Only the gain of shareholders counts", "society do not"]),
        (Principal.named("symmetric"), ["shareholders 25 %", "largely", "ρ = 0.75"]),
        (
            Principal.named("nonprofit"),
            ["employees 40 %", "The gain of shareholders does not count", "ρ = 0.25"],
        ),
        (Principal.given([0.5, 0.5, 0, 0], 1), ["consumers and society do not", "in proportion"]),
        (Principal.given(EVEN, -2), ["hardly", "ρ = -2"]),
        (Principal.given(EVEN, "-inf"), ["smallest gain", "ρ = −∞"]),
    ],
)
def test_in_words(principal: Principal, words: list[str]) -> None:
    for part in words:
        assert part in principal.words()


def test_label_and_title() -> None:
    own = Principal.given((0.1, 0.2, 0.3, 0.4), 0.5)
    assert own.label == "theta=0.1,0.2,0.3,0.4 rho=0.5"
    assert own.title == "given: θ = (0.1, 0.2, 0.3, 0.4), ρ = 0.5"
    assert Principal.named("for_profit").title == "for_profit: θ = (1, 0, 0, 0), ρ undefined"


def test_worth_is_the_gain_that_given_to_all_would_be_as_good() -> None:
    own = Principal.given([0.1, 0.2, 0.3, 0.4], 0.5)
    np.testing.assert_allclose(own.worth([[7.0] * 4]), [700])
    linear = Principal(None, CES((0.1, 0.2, 0.3, 0.4), 1.0))
    np.testing.assert_allclose(linear.worth([[10, 20, 30, 40]]), [3000])
