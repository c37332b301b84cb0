"""Players of economic games: what they want is known, and they state fixed beliefs."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from fiduciary.economics.games import SocialPreference
from fiduciary.subjects.arguments import SubjectError, as_float, at_least_zero, number
from fiduciary.subjects.economic_games.player import Player
from fiduciary.subjects.economic_games.utilities import PlayerPreference, Reciprocal, Social

_COMMON = ("beliefs", "lam")

ARGUMENTS: MappingProxyType[str, tuple[str, ...]] = MappingProxyType(
    {
        "economicus": _COMMON,
        "moralis": ("kappa", *_COMMON),
        "inequity_averse": ("alpha", "beta", *_COMMON),
        "conditional_cooperator": _COMMON,
    }
)
"""Arguments of each player."""

BELIEFS = (0.6, 0.7, 0.2)
"""Stated by default: the other cooperates as Player 1, after cooperation (or accepts), after defection."""

LAM = 6.0
"""λ at temperature 1 by default, points."""

KAPPA, ALPHA, BETA = 0.4, 0.4, 0.3


def create(name: str, given: Mapping[str, Any]) -> Player:
    """Make a player.

    Args:
        name: a key of ``ARGUMENTS``.
        given: from ``ARGUMENTS[name]``: numbers, or their text as the command line passes it.

            - kappa: κ in [0, 1] (default 0.4); alpha, beta: finite numbers (defaults 0.4 and 0.3);
            - beliefs: three probabilities: the other cooperates as Player 1, answers cooperation with
              cooperation (gives back, accepts), answers defection with it (default .6,.7,.2);
            - lam: noise λ ≥ 0 in points at temperature 1 (default 6); at temperature τ it is λτ.

    Raises:
        SubjectError: a value that is not allowed.
    """
    return Player(
        _preference(name, given),
        _beliefs(given["beliefs"]) if "beliefs" in given else BELIEFS,
        number(given, "lam", LAM, "finite and >= 0", at_least_zero),
    )


def _preference(name: str, given: Mapping[str, Any]) -> PlayerPreference:
    if name == "conditional_cooperator":
        return Reciprocal()
    kappa = alpha = beta = 0.0
    if name == "moralis":
        kappa = number(given, "kappa", KAPPA, "a number in [0, 1]", lambda x: 0 <= x <= 1)
    if name == "inequity_averse":
        alpha = number(given, "alpha", ALPHA, "a finite number", math.isfinite)
        beta = number(given, "beta", BETA, "a finite number", math.isfinite)
    return Social(SocialPreference(alpha, beta, kappa))


def _beliefs(value: Any) -> tuple[float, float, float]:
    items = value.split(",") if isinstance(value, str) else value
    chances = [as_float(item) for item in items] if isinstance(items, list | tuple) else []
    known = [chance for chance in chances if chance is not None and 0 <= chance <= 1]
    if len(chances) != 3 or len(known) != 3:
        raise SubjectError(
            "beliefs must be three probabilities in [0, 1] (the other cooperates as Player 1, after "
            f"cooperation, after defection), for example beliefs=.6,.7,.2; got {value!r}"
        )
    return known[0], known[1], known[2]
