"""Do an audit's answers vary with the temperature as those of a preference with noise would?"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.monitoring.model import answer_probabilities
from fiduciary.economics.utility import CES


def noise_p_value(
    utility: CES,
    welfare: npt.ArrayLike,
    offset: npt.ArrayLike,
    chosen: npt.ArrayLike,
    temperature: npt.ArrayLike,
) -> float | None:
    """p-value of the score test that γ is the same at every temperature.

    At temperature τ the score of log γ is proportional to s_τ = Σ (log P_chosen − Σ_j P_j log P_j), with
    variance v_τ. With the one γ that fits best, under T temperatures::

        Σ_τ s_τ²/v_τ − (Σ_τ s_τ)²/Σ_τ v_τ  ~  χ²(T − 1)

    A model whose answers come from rules, and not from a preference with noise, errs as often at low
    temperatures as at high ones, and is found out. Quirks that a temperature does scale are not.

    Args:
        utility: the fitted preference.
        welfare: (n, J, 4), raw units, NaN-padded.
        offset: (n, J) utils that options have beside the CES.
        chosen: (n,), own index of each choice; -1 where missing.
        temperature: (n,), τ > 0.

    Returns:
        The p-value; None with fewer than two temperatures, which allow no test.
    """
    given = np.asarray(chosen)
    valid = given >= 0
    tau = np.asarray(temperature, float)[valid]
    used = np.unique(tau)
    if len(used) < 2:
        return None
    p = answer_probabilities(utility, np.asarray(welfare)[valid], np.asarray(offset)[valid], tau)
    log = np.log(np.where(p > 0, p, 1.0))
    mean = (p * log).sum(axis=1)
    score = np.take_along_axis(log, given[valid, None], axis=1)[:, 0] - mean
    variance = (p * log**2).sum(axis=1) - mean**2
    s, v = (np.array([part[tau == t].sum() for t in used]) for part in (score, variance))
    s, v = s[v > 0], v[v > 0]
    if len(v) < 2:
        return None
    return float(scipy.stats.chi2.sf((s**2 / v).sum() - s.sum() ** 2 / v.sum(), len(v) - 1))
