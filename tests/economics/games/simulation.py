"""Simulated players for the tests of the games."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np

from fiduciary.economics.games import (
    GAMES,
    Game,
    Plan,
    PlanChoices,
    SocialPreference,
    draw_plan,
    plan_choices,
    plans,
)

Rows = tuple[list[Game], list[tuple[float, ...]], list[Plan], list[Hashable]]


def rows(
    preference: SocialPreference, lam: float, seed: int, repeats: int = 20, group: Hashable | None = None
) -> Rows:
    """Plans of one player in all 18 games, ``repeats`` times, with beliefs that vary.

    Every row is its own group unless one is given.
    """
    rng = np.random.default_rng(seed)
    games = [game for game in GAMES.values() for _ in range(repeats)]
    beliefs = [tuple(np.round(rng.beta(2, 2, len(game.tree.nodes)), 2).tolist()) for game in games]
    chosen = [draw_plan(g, b, preference, lam, rng) for g, b in zip(games, beliefs, strict=True)]
    groups: list[Hashable] = [i if group is None else group for i in range(len(games))]
    return games, beliefs, chosen, groups


def choices(preference: SocialPreference, lam: float, seed: int, repeats: int = 20) -> PlanChoices:
    """The same, laid out for the estimators."""
    return plan_choices(*rows(preference, lam, seed, repeats))


def responding(form: str) -> Rows:
    """300 plans in clusters of ten whose cooperation rises with R and falls with T, from one seed."""
    rng = np.random.default_rng(7)
    offered = [game for game in GAMES.values() if game.form == form]
    games = [offered[i] for i in rng.integers(0, 6, 300)]
    groups: list[Hashable] = [f"group {i // 10}" for i in range(300)]
    taste = np.repeat(rng.normal(0, 0.7, 30), 10)
    chosen = []
    for game, t in zip(games, taste, strict=True):
        p = 1 / (1 + np.exp(-(0.05 * (game.R - 60) - 0.06 * (game.T - 80) + t)))
        width = len(plans(game)[0])
        chosen.append(tuple((rng.random(width) < p).astype(int).tolist()))
    return games, [(0.5,) * len(game.tree.nodes) for game in games], chosen, groups
