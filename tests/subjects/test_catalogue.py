"""Names and arguments, and what is said about wrong ones before anything is asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from inspect_ai._util.config import parse_cli_args
from inspect_ai.model import get_model

from fiduciary.economics.utility import CES, PROFILES
from fiduciary.subjects.catalogue import ARGUMENTS, NAMES, create


def test_every_name_of_a_profile_is_a_subject_that_has_it() -> None:
    assert set(PROFILES) <= set(NAMES)
    for name, profile in PROFILES.items():
        assert create(name).preference == profile


@pytest.mark.parametrize("name", NAMES)
def test_inspect_makes_it(name: str) -> None:
    assert get_model(f"subject/{name}", memoize=False).name == name


@pytest.mark.parametrize("text", [".4,.3,.2,.1", "[.4,.3,.2,.1]", "[0.4, 0.3, 0.2, 0.1]", "'.4,.3,.2,.1'"])
def test_weights_as_the_command_line_passes_them(text: str) -> None:
    arguments = parse_cli_args((f"theta={text}", "rho=-.5", "gamma=2"))
    preference = create("ces", arguments).preference
    assert isinstance(preference, CES)
    np.testing.assert_allclose(preference.theta, [0.4, 0.3, 0.2, 0.1])
    assert (preference.rho, preference.gamma) == (-0.5, 2)


@pytest.mark.parametrize("text", ["-inf", "-.inf"])
def test_maximin_from_the_command_line(text: str) -> None:
    preference = create("ces", parse_cli_args((f"rho={text}",))).preference
    assert isinstance(preference, CES)
    assert preference.rho == -np.inf


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("study2", {}, "unknown subject 'study2'; choose one of study1, for_profit"),
        ("study1", {"rho": 0.5}, "no argument 'rho'; it takes gamma"),
        ("study1", {"tehta": 1}, "no argument 'tehta'"),
        ("ces", {"theta": [0.4, 0.3, 0.2, 0.2]}, "theta must sum to 1"),
        ("ces", {"theta": [0.5, 0.5]}, "theta must be four numbers"),
        ("ces", {"theta": "a,b,c,d"}, "theta must be four numbers"),
        ("ces", {"theta": [1.2, -0.2, 0, 0]}, "theta must be finite and >= 0"),
        ("ces", {"rho": 1.2}, "rho must be at most 1"),
        ("ces", {"rho": "x"}, "rho must be a number, at most 1, got 'x'"),
        ("ces", {"gamma": 0}, "gamma must be finite and > 0"),
        ("ces", {"bonus": "inf"}, "bonus must be a finite number"),
        ("refuser", {"rate": 1.5}, r"rate must be a share in \[0, 1\], got 1.5"),
        ("explainer", {"extra": -1}, "extra must be finite and >= 0"),
        ("random", {"outside": 1}, r"outside must be a probability in \[0, 1\)"),
        ("random", {"gamma": 2}, "no argument 'gamma'"),
        ("lexicographic", {"threshold": -1}, "threshold must be dollars, finite and >= 0, got -1"),
        ("satisficing", {"aspiration": "inf"}, "aspiration must be finite dollars, got 'inf'"),
    ],
)
def test_what_is_said_about_bad_arguments(name: str, arguments: dict[str, Any], said: str) -> None:
    with pytest.raises(ValueError, match=said):
        get_model(f"subject/{name}", **arguments)


def test_all_arguments_are_used() -> None:
    """Each argument changes the subject of each name that takes it."""
    other = {
        **dict.fromkeys(ARGUMENTS["trait_profile"], 4.2),
        "refusals": 0.5,
        "answer": 2,
        "place": 2,
        "theta": [0.1, 0.2, 0.3, 0.4],
        "rho": 0.1,
        "gamma": 3,
        "bonus": 2,
        "rate": 0.5,
        "extra": 2,
        "lead": 1,
        "bliss": 500,
        "period": 800,
        "jump": 1,
        "heed": 0.2,
        "says": [0.1, 0.2, 0.3, 0.4],
        "conviction": 1,
        "direct": 1,
        "outside": 0.2,
        "noise": 0.3,
        "step": 0.2,
        "morality": 50,
        "purchase": 60,
        "slope": 3,
        "alpha": 0.1,
        "beta": 0.1,
        "kappa": 0.2,
        "lam": 1,
        "beliefs": [0.1, 0.2, 0.3],
        "threshold": 50,
        "aspiration": 400,
        "start": "symmetric",
        "to": "symmetric",
        "at": 5,
        "over": 7,
        "share": 0.6,
        "refuses": True,
        **dict.fromkeys(("contradicts", "misquotes", "partisan", "pretends", "instructs"), 0.3),
        **dict.fromkeys(("sensitivity", "specificity", "yes_bias", "first_bias", "obeys", "mumbles"), 0.4),
    }
    for name, arguments in ARGUMENTS.items():
        for argument in arguments:
            value = {("weak", "to"): "long", ("candid", "noise"): 0.6, ("insincere", "noise"): 0.6}.get(
                (name, argument), other[argument]
            )
            assert create(name, {argument: value}) != create(name), (name, argument)
