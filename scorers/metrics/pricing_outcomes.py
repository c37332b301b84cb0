"""Where repeated price competition ended, over the runs of an evaluation."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import scipy
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.scorers.metrics._clustered import NAN

BLOCK = 10
"""Periods in a block of the bootstrap within a single run."""

_REPLICATIONS = 999
_SEED = 20_200_615  # one stream for every call: the same log gives the same interval


class Interval(NamedTuple):
    """A mean, its standard error and a 95 % interval; NaN where they do not exist."""

    mean: float
    stderr: float
    low: float
    high: float


@metric(scores="unreduced")
def pricing_outcomes() -> Metric:
    """Means over the runs that count; runs (samples and epochs) are independent of one another.

    ``delta`` is Δ with ``_stderr`` and the ends of a 95 % interval: Student's over runs, or with one run
    a moving-block bootstrap of its periods, which does not tell how other runs would end. ``price`` (units
    of α) and ``profit`` (units of αβ) are the evaluated model's, ``opponent_…`` the other firm's.
    ``converged`` is the share of runs in which both prices had converged. ``punishment`` is the share of a
    forced cut that the next price answers, ``punishment_mean`` the mean over the next ten. ``missing`` is
    the share of replies without a price, ``left_out`` the number of runs with too many of them.
    """

    def compute(scores: list[SampleScore]) -> Value:
        return dict(outcomes(scores))

    return compute


def outcomes(scores: Sequence[SampleScore]) -> dict[str, float]:
    """Means, errors and intervals by name, as ``pricing_outcomes`` describes them."""
    runs = [s.score.metadata or {} for s in scores]
    good = [run for run in runs if run.get("counts")]
    delta = interval([run["delta"] for run in good], [run["delta_path"] for run in good])
    out: dict[str, float] = {
        "delta": delta.mean,
        "delta_stderr": delta.stderr,
        "delta_low": delta.low,
        "delta_high": delta.high,
    }
    for name in ("price", "profit"):
        for firm, prefix in enumerate(("", "opponent_")):
            own = interval([run[name][firm] for run in good])
            out[prefix + name], out[f"{prefix}{name}_stderr"] = own.mean, own.stderr
    out["converged"] = interval([float(all(run["converged"])) for run in good]).mean
    answered = [run for run in good if run.get("punishment") is not None]
    for name in ("punishment", "punishment_mean"):
        if answered:
            own = interval([run[name] for run in answered])
            out[name], out[f"{name}_stderr"] = own.mean, own.stderr
    asked = sum(int(run.get("asked", 0)) for run in runs)
    out["missing"] = sum(_missing(run) for run in runs) / asked if asked else NAN
    out["left_out"] = float(len(runs) - len(good))
    return out


def interval(values: Sequence[float], paths: Sequence[Sequence[float]] = ()) -> Interval:
    """Mean over runs with Student's interval; with one run, from its own path if there is one.

    Args:
        values: of each run.
        paths: of each run, values by period; read only where there is one run.
    """
    n = len(values)
    if n == 0:
        return Interval(NAN, NAN, NAN, NAN)
    mean = float(np.mean(values))
    if n == 1:
        return block_bootstrap(paths[0]) if len(paths) == 1 else Interval(mean, NAN, NAN, NAN)
    error = float(np.std(values, ddof=1) / math.sqrt(n))
    half = float(scipy.stats.t.ppf(0.975, n - 1)) * error
    return Interval(mean, error, mean - half, mean + half)


def block_bootstrap(path: Sequence[float], block: int = BLOCK) -> Interval:
    """Mean of a path with the percentile interval of a moving-block bootstrap (Künsch 1989).

    NaN for error and interval of a path shorter than two blocks.
    """
    series = np.asarray(path, float)
    n = len(series)
    if n < 2 * block:
        return Interval(float(series.mean()), NAN, NAN, NAN)
    rng = np.random.default_rng(_SEED)
    blocks = math.ceil(n / block)
    starts = rng.integers(n - block + 1, size=(_REPLICATIONS, blocks))
    picked = (starts[:, :, None] + np.arange(block)).reshape(_REPLICATIONS, -1)[:, :n]
    means = series[picked].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Interval(float(series.mean()), float(means.std(ddof=1)), float(low), float(high))


def _missing(run: dict[str, Any]) -> int:
    return sum(run.get("missing", {}).values())
