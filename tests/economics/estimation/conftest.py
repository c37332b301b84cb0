"""Simulated studies, the estimator's raw material."""

from typing import NamedTuple

import numpy as np
import pytest

from fiduciary.economics.conventions import TEMPERATURES
from fiduciary.economics.logit import draw_choices
from fiduciary.economics.problems import generate, stack
from fiduciary.economics.utility import CES


class Study(NamedTuple):
    """Choices of a known preference."""

    welfare: np.ndarray
    chosen: np.ndarray
    tau: np.ndarray


def places(welfare: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A random order of the options that exist, (n, J): 0-based places, −1 for padding."""
    exists = ~np.isnan(welfare[..., 0])
    drawn = np.where(exists, rng.random(exists.shape), 2.0)
    return np.where(exists, np.argsort(np.argsort(drawn, axis=1), axis=1), -1)


@pytest.fixture(scope="session")
def simulate():
    """simulate(utility, n, design, seed, temperatures) → Study."""

    def make(utility: CES, n=1000, design="default", seed=0, temperatures=TEMPERATURES) -> Study:
        rng = np.random.default_rng([seed, 7])
        welfare = stack(generate(n, seed, trade_offs=design))
        tau = rng.permutation(np.resize(np.asarray(temperatures, float), n))
        return Study(welfare, draw_choices(utility.utility(welfare), tau, rng), tau)

    return make


@pytest.fixture(scope="session")
def interior() -> CES:
    """A preference away from every bound."""
    return CES((0.30, 0.25, 0.25, 0.20), 0.25)
