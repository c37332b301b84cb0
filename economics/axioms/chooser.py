"""The consistent chooser behind the answers: a CES utility with noise and one effect of place.

P(option 1 over option 0) = Λ(U₁ − U₀ ± c), + c where option 1 is shown first; U = γ (Σ θ (w + K)^ρ)^(1/ρ).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.axioms.answers import AxiomAnswers, Pairs
from fiduciary.economics.axioms.independence import menus_of
from fiduciary.economics.axioms.tipping import several, signed_costs
from fiduciary.economics.axioms.transitivity import paired
from fiduciary.economics.consistency.menus import MenuCounts, logit_distance
from fiduciary.economics.consistency.triads import Triads
from fiduciary.economics.estimation import NO_ESTIMATE, CESFit, fit_ces
from fiduciary.economics.logit import choice_probabilities
from fiduciary.economics.utility import CES

DRAWS = 99
_SEED = 0xBE
_MOST = 50.0


@dataclass(frozen=True, eq=False)
class Chooser:
    """A consistent chooser.

    Attributes:
        preference: its utility, γ relative to the noise of the answers.
        place: c, log-odds that being shown first adds.
        misfit: of probabilities, the root mean square of what their log-odds differ from the fitted ones.
    """

    preference: CES
    place: float
    misfit: float

    def odds(self, welfare: FloatArray) -> FloatArray:
        """U₁ − U₀ of pairs (..., 2, 4)."""
        u = self.preference.utility(welfare)
        return np.asarray(np.clip(u[..., 1] - u[..., 0], -_MOST, _MOST))

    def chances(self, welfare: FloatArray) -> FloatArray:
        """(..., 2), P(option 1) with option 0 and with option 1 shown first."""
        odds = self.odds(welfare)
        return np.asarray(scipy.special.expit(np.stack([odds - self.place, odds + self.place], axis=-1)))


def fitted(data: AxiomAnswers) -> Chooser | None:
    """The chooser that explains the answers to all pairs of different options best; None where none does.

    Answers about identical options do not count: what they tell of the place is a finding of its own.
    """
    pairs = data.pairs
    try:
        fit = _by_probability(pairs) if data.by_probability else _by_counts(pairs)
    except NO_ESTIMATE:
        return None
    if not (np.isfinite(fit.theta).all() and np.isfinite(fit.rho) and np.isfinite(fit.gamma)):
        return None
    preference = CES(tuple(fit.theta / fit.theta.sum()), min(fit.rho, 1.0), fit.gamma)
    place = -float(fit.constants.get("place_2_of_2", 0.0))
    chooser = Chooser(preference, place if np.isfinite(place) else 0.0, np.nan)
    if not data.by_probability:
        return chooser
    apart = (pairs.odds - chooser.odds(pairs.welfare))[pairs.exact]
    return replace(chooser, misfit=float(np.sqrt(np.mean(apart**2))) if len(apart) else 0.0)


def _by_counts(pairs: Pairs) -> CESFit:
    """One row an answer."""
    n, wins = pairs.asked, np.round(pairs.wins).astype(np.int64)
    rows = [(q, first, one) for first in (0, 1) for one in (0, 1) for q in range(len(n))]
    times = [wins[q, first] if one else n[q, first] - wins[q, first] for q, first, one in rows]
    q, first, one = np.repeat(np.array(rows), times, axis=0).T
    return fit_ces(pairs.welfare[q], one, None, scale="free", position=_positions(first), starts=3)


def _by_probability(pairs: Pairs) -> CESFit:
    """One row a question and order."""
    q, first = np.nonzero(pairs.asked > 0)
    one = pairs.wins[q, first] / pairs.asked[q, first]
    return fit_ces(
        pairs.welfare[q],
        None,
        1.0,
        probabilities=np.stack([1 - one, one], axis=1),
        position=_positions(first),
        groups=q,
        starts=3,
    )


def _positions(first: IntArray) -> IntArray:
    """(n, 2), the place of each option, where option ``first`` stands first."""
    return np.stack([first, 1 - first], axis=1)


def beside(data: AxiomAnswers, chooser: Chooser | None) -> dict[str, float | None]:
    """Shares of the card's axioms that this chooser would have, with the noise or misfit of the answers.

    By counts its answers are drawn as many times as there are valid ones; by probabilities its log-odds are
    drawn with the misfit around them, one draw for both orders of a question.
    """
    names = ("monotonicity", "continuity", "transitivity", "independence")
    if chooser is None:
        return dict.fromkeys(names, None)
    rng = np.random.default_rng(_SEED)
    drawn = [_drawn(data, chooser, rng) for _ in range(DRAWS)]
    found: dict[str, float | None] = {}
    for name in names:
        values = [value for shares in drawn if np.isfinite(value := shares[name])]
        found[name] = float(np.mean(values)) if values else None
    return found


def _drawn(data: AxiomAnswers, chooser: Chooser, rng: np.random.Generator) -> dict[str, float]:
    def pairs(asked: Pairs) -> Pairs:
        if not data.by_probability:
            return replace(
                asked, wins=rng.binomial(asked.asked, chooser.chances(asked.welfare)).astype(float)
            )
        odds = chooser.odds(asked.welfare)
        odds = odds + chooser.misfit * rng.normal(size=odds.shape)
        return replace(asked, wins=asked.asked * scipy.special.expit(odds)[..., None])

    raised, paths, triads = pairs(data.raised), pairs(data.paths), pairs(data.triads)
    if data.by_probability:
        more = float((raised.odds > 0)[np.isfinite(raised.odds)].mean()) if raised.asked.any() else np.nan
        odds = triads.odds[np.isfinite(triads.odds).all(axis=1)]
        around = np.sign(np.stack([odds[:, 0], odds[:, 2], -odds[:, 1]], axis=1)).sum(axis=1)
        straight = float((np.abs(around) < 3).mean()) if len(odds) else np.nan
    else:
        more = float(raised.wins.sum() / max(raised.asked.sum(), 1))
        found = Triads(paired(triads))
        scored = found.scored[:, 0]
        straight = 1 - float(found.circular[scored, 0].mean()) if scored.any() else np.nan
    used = np.isfinite(paths.share).any(axis=1)
    broken = several(signed_costs(paths, 1.0 if data.by_probability else None))[used]
    return {
        "monotonicity": more,
        "continuity": 1 - float(broken.mean()) if len(broken) else np.nan,
        "transitivity": straight,
        "independence": _close(replace(data, triads=triads, three=_three(data, chooser, rng))),
    }


def _three(data: AxiomAnswers, chooser: Chooser, rng: np.random.Generator) -> FloatArray:
    """Choices among all three options of each set, places left out: each is at each equally often."""
    pairs = data.triads.welfare
    options = np.concatenate([pairs[:, 0], pairs[:, 1, 1:]], axis=1)
    values = chooser.preference.utility(options)
    if data.by_probability:
        values = values + chooser.misfit / np.sqrt(2) * rng.normal(size=values.shape)
        return np.asarray(choice_probabilities(values) * data.three.sum(axis=1, keepdims=True))
    total = np.round(data.three.sum(axis=1)).astype(np.int64)
    return np.asarray(rng.multinomial(total, choice_probabilities(values)), float)


def _close(data: AxiomAnswers) -> float:
    counts = menus_of(data)
    answered = counts.totals.min(axis=1) > 0
    if not answered.any():
        return np.nan
    return 1 - float(logit_distance(MenuCounts(counts.menus, counts.counts[answered])).mean())
