"""Independence of irrelevant alternatives: a third option leaves the odds of the other two as they were."""

from __future__ import annotations

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.axioms.answers import AxiomAnswers
from fiduciary.economics.axioms.finding import LEVEL, Finding, judged, nothing
from fiduciary.economics.axioms.transitivity import PLACES
from fiduciary.economics.consistency.menus import MenuCounts, iia_test, logit_distance, luce_shares
from fiduciary.economics.inference import Interval, mean

AXIOM = "independence of irrelevant alternatives"

APART = 0.05
"""Share of decisions that would have to change for independence, up to which it is called kept."""

MENUS = (*PLACES, (0, 1, 2))
_DRAWS = 99
_SEED = 0x11A


def independence(data: AxiomAnswers, beside: float | None) -> Finding:
    """Does one logit explain pairs and the three together?

    The share is 1 less the distance of a set's shares from one logit's, the mean over its menus. Of counts
    the axiom is violated where the likelihood ratio rejects it
    (:func:`economics.consistency.menus.iia_test`), and kept where the distance beyond what that logit's own
    noise makes is shown to be below ``APART``; of probabilities, where the distance itself is shown to be
    above or below.
    """
    counts = menus_of(data)
    answered = counts.totals.min(axis=1) > 0
    if answered.sum() < 2:
        return nothing(AXIOM)
    counts = MenuCounts(MENUS, counts.counts[answered])
    apart = logit_distance(counts)
    n = len(apart)
    found = mean(1 - apart)
    share = Interval(
        found.value, max(found.low, 0.0), min(found.high, 1.0), found.stderr, found.level, found.units
    )
    if data.by_probability:
        low, high = _bounds(apart)
        verdict, p_value = judged(low > APART, high < APART), np.nan
    else:
        rng = np.random.default_rng(_SEED)
        p_value = iia_test(counts, rng, _DRAWS).p_value
        excess = apart - _by_noise(counts, rng)
        verdict = judged(p_value <= LEVEL, _bounds(excess)[1] < APART)
    note = f"{apart.mean():.1%} of decisions would have to change"
    return Finding(AXIOM, share, beside, verdict, p_value, n, note)


def menus_of(data: AxiomAnswers) -> MenuCounts:
    """Choices from the pairs and from the three, (S, 4, 3)."""
    triads = data.triads
    counts = np.zeros((len(data.three), len(MENUS), 3))
    for at, (i, j) in enumerate(PLACES):
        wins = triads.wins[:, at].sum(axis=1)
        counts[:, at, j], counts[:, at, i] = wins, triads.asked[:, at].sum(axis=1) - wins
    counts[:, 3] = data.three
    return MenuCounts(MENUS, counts if data.by_probability else np.round(counts).astype(np.int64))


def _by_noise(counts: MenuCounts, rng: np.random.Generator, draws: int = 29) -> float:
    """Mean distance of counts that are drawn from each set's own logit."""
    fitted = luce_shares(counts.counts, counts.offered)
    drawn = rng.multinomial(counts.drawn, fitted, size=(draws, *counts.totals.shape))
    return float(np.nanmean(logit_distance(MenuCounts(MENUS, drawn.reshape(-1, *drawn.shape[2:])))))


def _bounds(values: FloatArray) -> tuple[float, float]:
    """One-sided bounds of a mean, by Student's t over sets; the mean itself where all are alike."""
    found = mean(values, level=1 - 2 * LEVEL)
    if found.alike:
        return found.value, found.value
    return found.low, found.high
