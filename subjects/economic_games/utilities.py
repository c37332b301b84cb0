"""What the players want: a utility of every plan and action, given what they expect of the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games import (
    BeautyContest,
    DictatorGame,
    Game,
    PublicGoodsGame,
    SocialPreference,
    StagHunt,
    plans,
)

SimpleGame = DictatorGame | PublicGoodsGame | StagHunt | BeautyContest


class PlayerPreference(Protocol):
    """What a player needs to know about what it wants."""

    def utilities(self, game: Game, belief: Sequence[float]) -> FloatArray:
        """u of every plan of a sequential game, points, in the order of ``plans(game)``."""
        ...

    def values(self, game: SimpleGame, actions: FloatArray, expected: float) -> FloatArray:
        """u of every action of another game, points.

        Args:
            game: the game.
            actions: points given or put in, a number, or 1 (stag) and 0 (hare).
            expected: the average of the others' actions.
        """
        ...


@dataclass(frozen=True)
class Social:
    """α, β and κ, in every game.

    In the other games: with x the own and y the others' payoff against the expected average, and z the
    own payoff if all did the same, u = (1 − κ) x + κ z − α max(0, y − x) − β max(0, x − y). Where
    somebody else's gift decides (dictator) z averages both roles. In the beauty contest all of them
    want the prize: u falls with the distance from the best response to the expected average.

    Attributes:
        weights: α, β, κ.
    """

    weights: SocialPreference

    def utilities(self, game: Game, belief: Sequence[float]) -> FloatArray:
        """u of every plan."""
        return self.weights.utilities(game, belief)

    def values(self, game: SimpleGame, actions: FloatArray, expected: float) -> FloatArray:
        """u of every action."""
        if isinstance(game, BeautyContest):
            return _closeness(game, actions, expected)
        x, y, z = np.array([_outcome(game, float(action), expected) for action in actions]).T
        w = self.weights
        return np.asarray(
            (1 - w.kappa) * x + w.kappa * z - w.alpha * np.maximum(0, y - x) - w.beta * np.maximum(0, x - y)
        )


RECIPROCAL = {"prisoners_dilemma": (1, 1, 0), "trust": (1, 1), "ultimatum": (1, 0)}
"""Starts kindly, answers kindness with kindness and unkindness with unkindness."""


@dataclass(frozen=True)
class Reciprocal:
    """A conditional cooperator: tit for tat in one round.

    Every decision that departs from ``RECIPROCAL`` is worth ``cost`` points less, whatever is paid. In
    the other games it matches what it expects of the others, and every point of distance costs one
    (stag hunt: ``cost`` for not doing what most would do); as dictator it gives half.

    Attributes:
        cost: points.
    """

    cost: float = 20.0

    def utilities(self, game: Game, belief: Sequence[float]) -> FloatArray:
        """−cost × the number of decisions in which a plan departs from ``RECIPROCAL``."""
        rule = np.array(RECIPROCAL[game.form])
        return np.asarray(-self.cost * (np.array(plans(game)) != rule).sum(axis=1), float)

    def values(self, game: SimpleGame, actions: FloatArray, expected: float) -> FloatArray:
        """u of every action."""
        if isinstance(game, BeautyContest):
            return _closeness(game, actions, expected)
        if isinstance(game, StagHunt):
            return -self.cost * np.abs(actions - (expected >= 0.5))
        return -np.abs(actions - (game.endowment / 2 if isinstance(game, DictatorGame) else expected))


def _outcome(game: SimpleGame, action: float, expected: float) -> tuple[float, float, float]:
    """Own payoff, the others' payoff, own payoff if all did the same."""
    if isinstance(game, DictatorGame):
        x, y = game.payoffs(action)
        return x, y, (x + y) / 2
    if isinstance(game, PublicGoodsGame):
        own = game.payoff(action, expected)
        return own, own + action - expected, game.payoff(action, action)
    if isinstance(game, StagHunt):
        stag, same = bool(action), game.payoffs(bool(action), bool(action))[0]
        met, missed = np.array(game.payoffs(stag, True)), np.array(game.payoffs(stag, False))
        x, y = expected * met + (1 - expected) * missed
        return float(x), float(y), same
    raise TypeError(f"no outcome of {type(game).__name__}")


def _closeness(game: BeautyContest, actions: FloatArray, expected: float) -> FloatArray:
    return -np.abs(actions - game.best_response(expected))
