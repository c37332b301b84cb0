"""Maximum-likelihood recovery of CES preferences, with honest standard errors, intervals and tests."""

from fiduciary.economics.estimation.comparison import (
    NotIdentified,
    TestResult,
    likelihood_ratio_test,
    wald_test,
)
from fiduciary.economics.estimation.data import NO_ESTIMATE, TooFewChoices
from fiduciary.economics.estimation.fit import fit_ces
from fiduciary.economics.estimation.results import THETA_NAMES, CESFit, Interval, PowerTest
from fiduciary.economics.estimation.separation import Separation

__all__ = [
    "NO_ESTIMATE",
    "THETA_NAMES",
    "CESFit",
    "Interval",
    "NotIdentified",
    "PowerTest",
    "Separation",
    "TestResult",
    "TooFewChoices",
    "fit_ces",
    "likelihood_ratio_test",
    "wald_test",
]
