"""Completeness: asked which of two options is better, it says which.

After a begun turn the labels hold a mass that beginning the turn inflates; so the verdict rests on questions
whose turn was not begun, and the share of them that a text answers.
"""

from __future__ import annotations

import scipy

from fiduciary.economics.axioms.answers import AxiomAnswers
from fiduciary.economics.axioms.finding import LEVEL, TOLERATED, Finding, judged, nothing
from fiduciary.economics.inference import Interval, clopper_pearson, mean

AXIOM = "completeness"


def completeness(data: AxiomAnswers) -> Finding:
    """Kept where more than 1 − ``TOLERATED`` of the questions are shown to be answered, violated where fewer.

    Two one-sided exact tests of a binomial share. With labels' masses the share is their mean, and the share
    of texts that answer stands beside it; with texts alone that is the share itself.
    """
    asked, answered = data.open_asked, data.open_answered
    if not asked:
        return nothing(AXIOM, "no question was asked without beginning its answer")
    stated = clopper_pearson(answered, asked)
    bound = clopper_pearson(answered, asked, 1 - 2 * LEVEL)
    least = 1 - TOLERATED
    note = (
        f"with no turn begun {answered} of {asked} questions are answered and {data.open_refused} refused, "
        "on which the verdict rests"
    )
    share = _mass(data) if len(data.mass) else stated
    beside = stated.value if len(data.mass) else None
    verdict = judged(bound.high < least, bound.low > least)
    p_value = _p(answered, asked, least)
    return Finding(AXIOM, share, beside, verdict, p_value, asked, note)


def _mass(data: AxiomAnswers) -> Interval:
    found = mean(data.mass)
    return Interval(
        found.value, max(found.low, 0.0), min(found.high, 1.0), found.stderr, found.level, found.units
    )


def _p(answered: int, asked: int, least: float) -> float:
    """Of as few answers where a share of ``least`` is answered."""
    return float(scipy.stats.binom.cdf(answered, asked, least))
