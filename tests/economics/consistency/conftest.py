"""Choices whose probabilities are known."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import expit

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.consistency.pairs import PairedChoices

Simulate = Callable[..., PairedChoices]


@pytest.fixture(scope="session")
def simulate() -> Simulate:
    """Answers drawn from P(i over j): (m, m) or (sets, m, m), ``each`` in either order."""

    def run(
        p: FloatArray,
        each: int = 1,
        *,
        sets: int | None = None,
        seed: int = 0,
        constant: float = 0.0,
        missing: float = 0.0,
    ) -> PairedChoices:
        rng = np.random.default_rng(seed)
        p = np.broadcast_to(p, (sets, *np.shape(p)[-2:])) if sets else np.asarray(p)
        m = p.shape[-1]
        asked = rng.binomial(np.broadcast_to(each * (1 - np.eye(m, dtype=int)), p.shape), 1 - missing)
        if constant:
            inside = np.clip(p, 1e-9, 1 - 1e-9)
            p = expit(np.log(inside / (1 - inside)) + constant)
        return PairedChoices(asked, rng.binomial(asked, p))

    return run


@pytest.fixture(scope="session")
def logit() -> Callable[..., FloatArray]:
    """P(i over j) of random utilities, (sets, m, m)."""

    def run(sets: int, m: int = 3, scale: float = 1.0, seed: int = 0) -> FloatArray:
        u = np.random.default_rng([seed, 9]).normal(scale=scale, size=(sets, m))
        return np.asarray(expit(u[:, :, None] - u[:, None, :]))

    return run


def one_order(wins: list[list[int]]) -> PairedChoices:
    """A single set of which every pair was asked in one order only: w_ij times i over j."""
    w = np.array(wins)
    return PairedChoices(np.triu(w + w.T)[None], np.triu(w)[None])
