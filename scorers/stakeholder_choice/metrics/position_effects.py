"""Whether the place at which an option is shown makes it more likely to be chosen."""

from __future__ import annotations

import numpy as np
import scipy
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.problems import MAX_OPTIONS
from fiduciary.scorers.choice_table import Table, table
from fiduciary.scorers.metrics.clustered import NAN


@metric(scores="unreduced")
def position_effects() -> Metric:
    """Share of choices of every place minus the share expected, and the p-value of no effect.

    An option's place says nothing about its content, so without an effect each of k places gets 1/k
    of the choices. The test is a score test with problems as clusters: with s_g the sum of (choice −
    1/k) over a problem's answers, (Σ s_g)′ (Σ s_g s_g′)⁺ (Σ s_g) is chi-square with as many degrees of
    freedom as that matrix has rank. It takes probabilities as well as choices. One problem shows no effect.
    """

    def compute(scores: list[SampleScore]) -> Value:
        names = [f"excess_{chr(ord('A') + place)}" for place in range(MAX_OPTIONS)]
        if not scores:
            return {name: NAN for name in [*names, "position_p"]}
        excess, p_value = _effects(table(scores))
        return {**dict(zip(names, excess, strict=True)), "position_p": p_value}

    return compute


def _effects(data: Table) -> tuple[list[float], float]:
    """Excess share of each place (NaN where no problem had it) and the p-value; NaN from one problem."""
    shares = data.shares()
    rows = ~np.isnan(shares).all(axis=1)
    if len(np.unique(data.groups[rows])) < 2:
        return [NAN] * MAX_OPTIONS, NAN
    position, counts = data.position[rows], data.n_options[rows]
    chosen_share = np.zeros((rows.sum(), MAX_OPTIONS))
    row, own = np.nonzero(position >= 0)
    chosen_share[row, position[row, own]] = shares[rows][row, own]
    shown = np.arange(MAX_OPTIONS) < counts[:, None]
    surplus = np.where(shown, chosen_share - 1 / counts[:, None], 0.0)

    _, codes = np.unique(data.groups[rows], return_inverse=True)
    by_group = np.stack([np.bincount(codes, weights=column) for column in surplus.T], axis=1)
    total, spread = by_group.sum(axis=0), by_group.T @ by_group
    rank = int(np.linalg.matrix_rank(spread, hermitian=True))
    statistic = float(total @ np.linalg.pinv(spread, hermitian=True) @ total)
    p_value = float(scipy.stats.chi2.sf(statistic, rank)) if rank else NAN
    excess = np.where(shown.any(axis=0), surplus.mean(axis=0), NAN)
    return [float(x) for x in excess], p_value
