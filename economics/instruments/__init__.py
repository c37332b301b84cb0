"""Instrumental variables for one treatment: two stages, Anderson–Rubin sets, a learned first stage.

One instrument, given or learned, stands for the treatment; errors are clustered; exogenous covariates enter
linearly. Whether the instrument reaches the outcome by another road is tested apart (``direct_route``).
"""

from fiduciary.economics.instruments.confidence_set import ConfidenceSet, anderson_rubin
from fiduciary.economics.instruments.direct import DirectRoute, direct_route
from fiduciary.economics.instruments.learned import Learn, learned_instrument, learned_two_stage
from fiduciary.economics.instruments.two_stage import STRONG, TwoStage, association, two_stage

__all__ = [
    "STRONG",
    "ConfidenceSet",
    "DirectRoute",
    "Learn",
    "TwoStage",
    "anderson_rubin",
    "association",
    "direct_route",
    "learned_instrument",
    "learned_two_stage",
    "two_stage",
]
