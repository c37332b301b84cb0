"""Transitivity: what three pairs say does not go round in a circle."""

from __future__ import annotations

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.axioms.answers import AxiomAnswers, Pairs
from fiduciary.economics.axioms.finding import LEVEL, TOLERATED, Finding, judged, nothing
from fiduciary.economics.consistency.noise import consistency_test
from fiduciary.economics.consistency.pairs import PairedChoices
from fiduciary.economics.consistency.triads import Triads
from fiduciary.economics.inference import clopper_pearson

AXIOM = "transitivity"
PLACES = ((0, 1), (0, 2), (1, 2))
"""The pairs of a set of three, in the order in which their answers stand."""

_DRAWS = 1999
_SEED = 0x7A


def transitivity(data: AxiomAnswers, beside: float | None) -> Finding:
    """Violated where majorities go round oftener than noise makes them; kept where that is shown to be rare.

    Of counts the test is ``circles`` of :mod:`economics.consistency.noise`, at the least favourable noise. Of
    probabilities, a circle is as far from none as its weakest link is from ½, L²/σ² with σ the wobble of the
    answers; least favourable are sets with one link at ½ and the others certain, whose sum of max(z, 0)² is
    simulated.
    """
    if data.by_probability:
        known, links = _links(data.triads.odds)
        if not known.any() or not np.isfinite(data.wobble):
            return nothing(AXIOM)
        circular = links > 0
        observed = float(((links / data.wobble) ** 2).sum())
        z = np.random.default_rng(_SEED).normal(size=(_DRAWS, len(links)))
        null = (np.maximum(z, 0) ** 2).sum(axis=1)
        p_value = float((1 + np.count_nonzero(null >= observed - 1e-9)) / (1 + _DRAWS))
    else:
        choices = paired(data.triads)
        triads = Triads(choices)
        scored = triads.scored[:, 0]
        if not scored.any():
            return nothing(AXIOM)
        circular = triads.circular[scored, 0]
        p_value = consistency_test(choices, "circles").p_value
    broken, n = int(circular.sum()), len(circular)
    kept = clopper_pearson(broken, n, 1 - 2 * LEVEL).high < TOLERATED
    note = f"{broken} of {n} sets of three go round in a circle"
    share = clopper_pearson(n - broken, n)
    return Finding(AXIOM, share, beside, judged(p_value <= LEVEL, kept), p_value, n, note)


def paired(triads: Pairs) -> PairedChoices:
    """Counts of the pairs of sets of three, as the tests of consistency take them."""
    sets = len(triads.asked)
    asked, first = np.zeros((sets, 3, 3), np.int64), np.zeros((sets, 3, 3), np.int64)
    for at, (i, j) in enumerate(PLACES):
        n, wins = triads.asked[:, at], np.round(triads.wins[:, at]).astype(np.int64)
        asked[:, i, j], asked[:, j, i] = n[:, 0], n[:, 1]
        first[:, i, j], first[:, j, i] = n[:, 0] - wins[:, 0], wins[:, 1]
    return PairedChoices(asked, first)


def _links(odds: FloatArray) -> tuple[BoolArray, FloatArray]:
    """Sets whose three pairs have log-odds, and of these the weakest link of a circle, 0 without one."""
    known: BoolArray = np.asarray(np.isfinite(odds).all(axis=1))
    # Log-odds of the second option: 1 over 0, 2 over 1, 0 over 2.
    around = np.stack([odds[known, 0], odds[known, 2], -odds[known, 1]], axis=1)
    weakest = np.maximum(around.min(axis=1), (-around).min(axis=1))
    return known, np.asarray(np.maximum(weakest, 0.0))
