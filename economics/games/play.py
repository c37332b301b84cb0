"""What a plan leads to: distributions over ends of the game, expected payoffs, and what utility weighs.

A player i is first mover with probability ½ and second mover otherwise. η(x, ŷ) is the distribution
over (role of i, terminal node) when i follows plan x and expects the other to act by the belief ŷ;
η(x, x) the one when the other follows the same plan.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.games.forms import FORMS, Belief, Form, Game, check_belief, plan_index, plans

PAYOFF, UNIVERSAL, BEHIND, AHEAD = range(4)
"""Columns of :func:`consequences`."""


def reach(game: Game | str, plan: Sequence[int], belief: Sequence[float]) -> FloatArray:
    """η(x, ŷ): probability of each (role of i, terminal node).

    Args:
        game: the game, or its form's name.
        plan: x, actions of i (0, 1, or probabilities of the cooperative action).
        belief: ŷ, probability of the other's cooperative action at each node.

    Returns:
        (2, terminals): row 0 where i moves first, row 1 where it moves second; sums to 1. For
        η(x, x) give the plan as the belief.

    Raises:
        ValueError: a plan or belief that does not fit the form.
    """
    name = game if isinstance(game, str) else game.form
    own, other = check_belief(name, plan), check_belief(name, belief)
    return _reach(FORMS[name], np.array([own]), np.array([other]))[0]


def expected_payoff(game: Game, plan: Sequence[int], belief: Sequence[float]) -> float:
    """Σ η(x, ŷ) π_i: expected material payoff of a plan, points, both roles averaged.

    Raises:
        ValueError: a plan or belief that does not fit the form.
    """
    index = plan_index(game, plan)
    return float(consequences(game, belief)[index, PAYOFF])


def universalised_payoff(game: Game, plan: Sequence[int]) -> float:
    """Σ η(x, x) π_i: material payoff of a plan if the other followed it too, points.

    Raises:
        ValueError: an unknown plan.
    """
    index = plan_index(game, plan)
    return float(consequences(game, plans(game)[index])[index, UNIVERSAL])


def consequences(game: Game, belief: Sequence[float]) -> FloatArray:
    """What utility weighs, for every plan.

    Args:
        game: the game.
        belief: ŷ, probability of the other's cooperative action at each node.

    Returns:
        (plans, 4), points, both roles averaged, in the order of ``plans(game)``:
        ``PAYOFF`` Σ η(x, ŷ) π_i; ``UNIVERSAL`` Σ η(x, x) π_i; ``BEHIND`` Σ η(x, ŷ) max(0, π_j − π_i);
        ``AHEAD`` Σ η(x, ŷ) max(0, π_i − π_j). Read-only.

    Raises:
        ValueError: a belief that does not fit the form.
    """
    return _consequences(game, check_belief(game, belief))


@lru_cache(maxsize=8192)
def _consequences(game: Game, belief: Belief) -> FloatArray:
    x, weights, universal = _of_game(game)
    eta = _reach(game.tree, x, np.broadcast_to(np.array(belief), x.shape)).reshape(len(x), -1)
    out = np.empty((len(x), 4))
    out[:, [PAYOFF, BEHIND, AHEAD]] = eta @ weights
    out[:, UNIVERSAL] = universal
    out.flags.writeable = False  # cached
    return out


@lru_cache(maxsize=256)
def _of_game(game: Game) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Plans (plans, nodes), what counts at each end (2·terminals, 3), universalised payoffs (plans,)."""
    own, other = (payoff.ravel() for payoff in payoffs_by_role(game))
    x = np.array(plans(game), float)
    weights = np.stack([own, np.maximum(other - own, 0), np.maximum(own - other, 0)], axis=1)
    return x, weights, _reach(game.tree, x, x).reshape(len(x), -1) @ own


def payoffs_by_role(game: Game) -> tuple[FloatArray, FloatArray]:
    """π_i and π_j at each (role of i, terminal node), two arrays (2, terminals), points."""
    pairs = np.array([[game.payoff(letter) for letter in end.payoffs] for end in game.tree.terminals]).T
    return pairs, pairs[::-1]


def _reach(form: Form, own: FloatArray, other: FloatArray) -> FloatArray:
    """η for many (own, other) behaviours (n, nodes) at once: (n, 2, terminals)."""
    eta = np.full((len(own), 2, len(form.terminals)), 0.5)
    for role in (0, 1):
        for t, end in enumerate(form.terminals):
            for node, action in end.path:
                cooperative = (own if form.nodes[node].role == role else other)[:, node]
                eta[:, role, t] *= cooperative if action else 1 - cooperative
    return eta
