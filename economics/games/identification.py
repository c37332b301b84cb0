"""Which games inform which parameter, before or after anything is asked.

The Fisher information of one plan in one situation is that of the logit; a parameter's precision is
shared out over the games exactly: with V = (Σ_g I_g)⁻¹, V = Σ_g V I_g V, so that game g has the share
(V I_g V)_kk / V_kk in what is known about parameter k.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.games.choices import plan_choices
from fiduciary.economics.games.forms import Game, Plan, plans
from fiduciary.economics.games.likelihood import ALPHA, BETA, KAPPA, LAM, PlanLikelihood, independent_columns
from fiduciary.economics.games.payoff_sets import GAMES
from fiduciary.economics.games.play import UNIVERSAL, consequences
from fiduciary.economics.games.social_preference import SocialPreference

PARAMETERS = ("alpha", "beta", "kappa", "lam")
_ORDER = (ALPHA, BETA, KAPPA, LAM)


@dataclass(frozen=True, eq=False)
class Identification:
    """What a design can tell about (α, β, κ, λ) at one preference.

    Attributes:
        parameters: ``alpha``, ``beta``, ``kappa``, ``lam``.
        games: the different games, (g,).
        labels: their names in ``GAMES``, or form and payoffs.
        information: (g, 4, 4), Fisher information of all plans asked in each game.
        share: (g, 4), share of each game in what is known about each parameter; columns sum to 1, NaN
            for a parameter that is not identified.
        standard_errors: (4,) that this design gives at best, all four estimated; NaN where not identified.
        identified: (4,).
        open_directions: (d, 4) combinations of (α, β, κ, λ) that the design does not move, unit length.
    """

    parameters: tuple[str, ...]
    games: tuple[Game, ...]
    labels: tuple[str, ...]
    information: FloatArray
    share: FloatArray
    standard_errors: FloatArray
    identified: BoolArray
    open_directions: FloatArray

    def to_dict(self) -> dict[str, Any]:
        """Plain numbers for a log or a table."""
        return {
            "parameters": list(self.parameters),
            "standard_errors": dict(zip(self.parameters, self.standard_errors.tolist(), strict=True)),
            "identified": dict(zip(self.parameters, self.identified.tolist(), strict=True)),
            "share": {
                label: dict(zip(self.parameters, row, strict=True))
                for label, row in zip(self.labels, self.share.tolist(), strict=True)
            },
            "open_directions": self.open_directions.tolist(),
        }


def identification(
    games: Sequence[Game],
    beliefs: Sequence[Sequence[float]],
    preference: SocialPreference,
    lam: float,
) -> Identification:
    """What plans asked in some games under some beliefs can tell about (α, β, κ, λ).

    Args:
        games: the game of each plan that is asked for.
        beliefs: the belief in each, as long as ``games``.
        preference: at which the information is taken.
        lam: λ > 0, points.

    Raises:
        ValueError: λ not finite and > 0, no games, or beliefs that do not fit them.
    """
    if not (np.isfinite(lam) and lam > 0):
        raise ValueError(f"lam (noise λ, points) must be finite and > 0, got {lam:g}")
    choices = plan_choices(games, beliefs, [plans(game)[0] for game in games])
    c = np.array([1.0, preference.kappa, preference.alpha, preference.beta]) / lam
    likelihood = PlanLikelihood.of(choices, (0, 1, 2, 3))
    different = tuple(dict.fromkeys(choices.games))
    # c = (1, κ, α, β)/λ: columns are ∂c/∂(α, β, κ, λ).
    jacobian = np.zeros((4, 4))
    for column, k in enumerate(_ORDER):
        if k == LAM:
            jacobian[:, column] = -c / lam
        else:
            jacobian[k, column] = 1 / lam
    information = np.empty((len(different), 4, 4))
    for i, game in enumerate(different):
        here = np.array([g == game for g in choices.games])
        part = PlanLikelihood(
            likelihood.a[here], likelihood.exists[here], likelihood.counts[here], likelihood.columns
        )
        information[i] = jacobian.T @ part.evaluate(c)[2] @ jacobian

    _, null = independent_columns(choices, (0, 1, 2, 3))
    open_natural = np.linalg.solve(jacobian, null.T).T if len(null) else np.zeros((0, 4))
    open_natural /= np.maximum(np.linalg.norm(open_natural, axis=1, keepdims=True), 1e-300)
    identified = np.ones(4, bool) if not len(null) else np.abs(open_natural).max(axis=0) < 1e-6
    variance = _inverse(information.sum(axis=0), open_natural)
    parts = np.einsum("ij,gjk,ki->gi", variance, information, variance)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(identified, parts / np.diag(variance), np.nan)
        errors = np.where(identified, np.sqrt(np.diag(variance)), np.nan)
    return Identification(
        PARAMETERS,
        different,
        tuple(_label(game) for game in different),
        information,
        share,
        errors,
        identified,
        open_natural,
    )


def silent_on_kappa(game: Game) -> tuple[tuple[str, Plan], ...]:
    """Decisions that do not move the universalised payoff, and so say of κ only what (1 − κ)/λ says.

    Returns:
        Pairs of a node and a plan with the cooperative action there: the plan's payoff if both followed
        it is the same with the other action at that node. In the ultimatum game the offer of a player
        who accepts is one (both averages are (T + S)/2 = R); so is every reply that is never reached.
    """
    listed = plans(game)
    universal = consequences(game, (0.5,) * len(game.tree.nodes))[:, UNIVERSAL]
    found = []
    for at, node in enumerate(game.tree.nodes):
        for k, plan in enumerate(listed):
            if not plan[at]:
                continue
            other = listed.index((*plan[:at], 0, *plan[at + 1 :]))
            if abs(universal[k] - universal[other]) < 1e-9:
                found.append((node.name, plan))
    return tuple(found)


def _inverse(total: FloatArray, null: FloatArray) -> FloatArray:
    """Inverse of the information on what is identified, with parameters scaled to equal information."""
    scale = 1 / np.sqrt(np.maximum(np.diag(total), 1e-300))
    scaled = total * np.outer(scale, scale)
    if not len(null):
        return np.asarray(np.linalg.inv(scaled) * np.outer(scale, scale))
    directions = null / scale  # the same directions in the scaled parameters
    q, _ = np.linalg.qr(directions.T)
    kept = np.linalg.svd(np.eye(4) - q @ q.T)[0][:, : 4 - q.shape[1]]
    inner = np.linalg.inv(kept.T @ scaled @ kept)
    return np.asarray(kept @ inner @ kept.T * np.outer(scale, scale))


def _label(game: Game) -> str:
    for name, known in GAMES.items():
        if known == game:
            return name
    return f"{game.form} ({', '.join(f'{value:g}' for value in game.payoffs)})"
