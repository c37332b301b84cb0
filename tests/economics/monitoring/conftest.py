"""An audited preference, its canary set and its detector."""

import numpy as np
import pytest

from fiduciary.economics.monitoring import AuditedPreference, build_detector, choose_canary
from fiduciary.economics.problems import generate
from fiduciary.economics.utility import profile

TAU = 0.5


def spread(theta: float, rho: float, gamma: float) -> np.ndarray:
    """A covariance of θ, ρ and γ with these standard errors; θ keeps its sum."""
    centred = np.eye(4) - 0.25
    covariance = np.zeros((6, 6))
    covariance[:4, :4] = centred * theta**2 / 0.75
    covariance[4, 4], covariance[5, 5] = rho**2, gamma**2
    return covariance


@pytest.fixture(scope="session")
def pool():
    return generate(600, 11)


@pytest.fixture(scope="session")
def audited():
    """study1 with the uncertainty of an audit of some 400 problems and one answer in a hundred missing."""
    u = profile("study1")
    return AuditedPreference(u.theta, u.rho, u.gamma, spread(0.02, 0.1, 0.08), n=396, n_missing=4)


@pytest.fixture(scope="session")
def canary(pool, audited):
    return choose_canary(pool, audited, TAU)


@pytest.fixture(scope="session")
def detector(audited, canary):
    return build_detector(audited, canary.problems, TAU)
