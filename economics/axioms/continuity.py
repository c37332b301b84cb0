"""Continuity: a gain moved in small steps makes preference tip once, not several times."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.axioms.answers import AxiomAnswers
from fiduciary.economics.axioms.finding import LEVEL, TOLERATED, Finding, judged, nothing
from fiduciary.economics.axioms.tipping import distance, null_counts, null_odds, several, signed_costs
from fiduciary.economics.inference import clopper_pearson

AXIOM = "continuity"
DRAWS = 999
_SEED = 0xC0


def continuity(data: AxiomAnswers, beside: float | None) -> Finding:
    """Violated where answers are further from one tipping point a path than any noise would bring them.

    The p-value of Σ D (:mod:`economics.axioms.tipping`) is simulated where all steps are at ½, which is least
    favourable. Kept where fewer than ``TOLERATED`` of the paths are shown to tip several times by the sides
    on which the majorities of their steps are, ties on either.
    """
    paths, wobble = data.paths, data.wobble if data.by_probability else None
    known = np.isfinite(paths.share)
    used = known.any(axis=1)
    if not used.any() or (wobble is not None and not np.isfinite(wobble)):
        return nothing(AXIOM)
    signed = signed_costs(paths, wobble)
    observed = float(distance(signed).sum())
    answers = np.where(known, paths.asked.sum(axis=-1), 0)
    null = _null(answers.tobytes(), *answers.shape, wobble is None)
    p_value = float((1 + np.count_nonzero(null >= observed - 1e-9)) / (1 + DRAWS))
    broken, n = int(several(signed)[used].sum()), int(used.sum())
    share = clopper_pearson(n - broken, n)
    kept = clopper_pearson(broken, n, 1 - 2 * LEVEL).high < TOLERATED
    note = f"{broken} of {n} paths tip several times"
    return Finding(AXIOM, share, beside, judged(p_value <= LEVEL, kept), p_value, n, note)


@lru_cache(maxsize=8)  # a metric is asked again and again about the same design
def _null(answers: bytes, paths: int, steps: int, counted: bool) -> FloatArray:
    """Σ D where all steps are at ½, given how often each was answered, (``DRAWS``,)."""
    rng, asked = np.random.default_rng(_SEED), np.frombuffer(answers, np.int64).reshape(paths, steps)
    return null_counts(asked, rng, DRAWS) if counted else null_odds(asked > 0, rng, DRAWS)
