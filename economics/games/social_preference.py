"""Utilities over plans: homo economicus, inequity aversion, homo moralis and their sum; logit choice.

    u(x, ŷ) = (1 − κ) Σ η(x, ŷ) π_i + κ Σ η(x, x) π_i
              − α Σ η(x, ŷ) max(0, π_j − π_i) − β Σ η(x, ŷ) max(0, π_i − π_j)

κ is the weight of the Kantian concern (what if the other did as I do), α the aversion to being behind,
β to being ahead; a negative β is a taste for being ahead. Choice is logit,
P(x) = exp(u(x, ŷ)/λ) / Σ exp(u/λ), with noise λ in points.

Source: van Leeuwen & Alger (JPE Micro 2(4), 2024); Alger & Weibull (Econometrica 2013); Fehr & Schmidt
(QJE 1999). How κ weighs the first two terms is this project's reading.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.games.forms import Game, Plan, plans
from fiduciary.economics.games.play import AHEAD, BEHIND, PAYOFF, UNIVERSAL, consequences
from fiduciary.economics.logit import choice_probabilities

TIE = 1e-9
"""Utilities closer than this, points, are equal."""


@dataclass(frozen=True)
class SocialPreference:
    """α, β and κ of a player; all zero is homo economicus.

    Attributes:
        alpha: aversion to disadvantageous inequity, any finite number.
        beta: aversion to advantageous inequity, any finite number.
        kappa: weight of the universalised payoff, in [0, 1].

    Raises:
        ValueError: κ outside [0, 1], or a parameter that is not a finite number.
    """

    alpha: float = 0.0
    beta: float = 0.0
    kappa: float = 0.0

    def __post_init__(self) -> None:
        for name in ("alpha", "beta", "kappa"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
                raise ValueError(f"{name} must be a finite number, got {value!r}")
        if not 0 <= self.kappa <= 1:
            raise ValueError(f"kappa must lie in [0, 1], got {self.kappa:g}")

    def utilities(self, game: Game, belief: Sequence[float]) -> FloatArray:
        """u of every plan, (plans,), points, in the order of ``plans(game)``.

        Raises:
            ValueError: a belief that does not fit the form.
        """
        c = consequences(game, belief)
        return np.asarray(
            (1 - self.kappa) * c[:, PAYOFF]
            + self.kappa * c[:, UNIVERSAL]
            - self.alpha * c[:, BEHIND]
            - self.beta * c[:, AHEAD]
        )

    def best_plans(self, game: Game, belief: Sequence[float], tolerance: float = TIE) -> tuple[Plan, ...]:
        """All plans of highest utility; more than one is a tie.

        Args:
            game: the game.
            belief: probability of the other's cooperative action at each node.
            tolerance: utilities closer than this, points, are equal.

        Raises:
            ValueError: a belief that does not fit the form.
        """
        u = self.utilities(game, belief)
        return tuple(plans(game)[k] for k in np.flatnonzero(u >= u.max() - tolerance))


HOMO_ECONOMICUS = SocialPreference()
"""Material payoff alone."""


def inequity_averse(alpha: float, beta: float) -> SocialPreference:
    """Fehr & Schmidt's utility: α for being behind, β for being ahead."""
    return SocialPreference(alpha=alpha, beta=beta)


def homo_moralis(kappa: float) -> SocialPreference:
    """Alger & Weibull's utility with degree of morality κ in [0, 1]."""
    return SocialPreference(kappa=kappa)


def plan_probabilities(
    game: Game, belief: Sequence[float], preference: SocialPreference, lam: float
) -> FloatArray:
    """Logit probabilities exp(u/λ)/Σ exp(u/λ) of the plans, (plans,).

    Args:
        game: the game.
        belief: probability of the other's cooperative action at each node.
        preference: utility.
        lam: λ > 0, noise in points: larger is noisier.

    Raises:
        ValueError: λ not finite and > 0, or a belief that does not fit the form.
    """
    if not (math.isfinite(lam) and lam > 0):
        raise ValueError(f"lam (noise λ, points) must be finite and > 0, got {lam:g}")
    return choice_probabilities(preference.utilities(game, belief), lam)


def draw_plan(
    game: Game, belief: Sequence[float], preference: SocialPreference, lam: float, rng: np.random.Generator
) -> Plan:
    """One plan drawn from :func:`plan_probabilities`; λ = 0 draws among the best plans evenly.

    Raises:
        ValueError: λ negative or not finite, or a belief that does not fit the form.
    """
    if lam == 0:
        best = preference.best_plans(game, belief)
        return best[int(rng.integers(len(best)))]
    p = plan_probabilities(game, belief, preference, lam)
    return plans(game)[int(rng.choice(len(p), p=p / p.sum()))]


@dataclass(frozen=True)
class SwitchPoint:
    """Where homo moralis turns to full cooperation.

    Attributes:
        kappa: smallest κ from which up to κ = 1 a fully cooperative plan is among the best; NaN where
            there is none.
        tie_only: at κ = 1 it only ties with plans that are not fully cooperative, so that it is never
            strictly preferred (``kappa`` is then 1).
    """

    kappa: float
    tie_only: bool


def switch_point(game: Game, belief: Sequence[float]) -> SwitchPoint:
    """The κ at which a pure homo moralis (α = β = 0) switches to full cooperation.

    A plan is fully cooperative when it leads to (R, R) if both follow it: cooperate first and answer
    cooperation with cooperation; invest and give back; offer equally. With a = Σ η(x, ŷ) π and
    b = Σ η(x, x) π of the cooperative plan and a', b' of another, the switch against that other lies at
    κ = (a' − a) / ((a' − a) + (b − b')), and the largest over all others counts.

    Raises:
        ValueError: a belief that does not fit the form.
    """
    c = consequences(game, belief)
    full = fully_cooperative(game)
    # Cooperative plans share b = R and differ in what they earn under the belief.
    own = c[full, PAYOFF].max()
    universal = c[full, UNIVERSAL].max()
    low, strict_at_one = 0.0, True
    for k in np.flatnonzero(~full):
        gain, loss = c[k, PAYOFF] - own, universal - c[k, UNIVERSAL]
        if loss < -TIE:
            return SwitchPoint(math.nan, False)
        if loss <= TIE:
            if gain > TIE:
                low, strict_at_one = 1.0, False
        elif gain > 0:
            low = max(low, gain / (gain + loss))
    return SwitchPoint(float(low), not strict_at_one)


def fully_cooperative(game: Game | str) -> BoolArray:
    """Which plans, (plans,), lead to (R, R) when both players follow them."""
    form = game if isinstance(game, str) else game.form
    needed = {"prisoners_dilemma": (0, 1), "trust": (0, 1), "ultimatum": (0,)}
    listed = np.array(plans(form))
    return np.asarray(listed[:, list(needed[form])].all(axis=1))
