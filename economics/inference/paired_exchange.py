"""Whether two respondents choose alike: an exact paired test by problem, free of any model of preference.

Where both answer each problem from one and the same distribution, whatever it is, their answers to it can be
exchanged. With d_q the difference of the two answers to problem q, in the features z of the options (gains,
their ranks, places) and in whether there is an answer at all,

    D_q = Σ_o (b_qo − a_qo) z_qo,   T = (Σ D_q)ᵀ (Σ D_q D_qᵀ)⁺ (Σ D_q),

every sign of every D_q is equally likely under the null hypothesis, and Σ D_q D_qᵀ is the same under all of
them. The signs are drawn anew. All rows of a problem change sides together.

Source: Fisher (1935, section 21) for the exchange of pairs; Hotelling's T² for the form of the statistic.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace

import numpy as np
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.shown import Shown

DRAWS = 1999
_STREAM = 0xA11E
_CHUNK = 4_000_000
_TIES = 1e-9


@dataclass(frozen=True)
class Alike:
    """What the test says.

    Attributes:
        p_value: of the null hypothesis that both choose alike; 1 where they never differ.
        distance: mean of ½ Σ_o |a_o − b_o| over rows that both answered: of choices, how often they differ.
        n: problems that both were asked, in one and the same order of options.
    """

    p_value: float
    distance: float
    n: int


def alike(a: Shown, b: Shown, *, draws: int = DRAWS, seed: int = 0) -> Alike:
    """Test whether two respondents answer the same problems alike.

    Args:
        a, b: their answers; only rows of the same problem in the same order of options count.
        draws: exchanges drawn; the p-value is at least 1/(draws + 1).
        seed: of the draws.

    Returns:
        The test; p-value and distance are NaN where they share no row.
    """
    a, b = _shared(a, b)
    if not len(a.answers):
        return Alike(math.nan, math.nan, 0)
    both = a.answered & b.answered
    left, right = (np.where(both[:, None], np.nan_to_num(one.answers), 0.0) for one in (a, b))
    distance = float(np.abs(left - right)[both].sum() / 2 / both.sum()) if both.any() else float("nan")
    rows = np.einsum("no,noi->ni", right - left, _features(a))
    silent = (b.answered.astype(float) - a.answered.astype(float))[:, None]
    codes = a.codes
    sums = np.zeros((int(codes.max()) + 1 if len(codes) else 0, rows.shape[1] + 1))
    np.add.at(sums, codes, np.hstack([rows, silent]))
    n = len(sums)
    values, vectors = np.linalg.eigh(sums.T @ sums) if n else (np.zeros(0), np.zeros((0, 0)))
    kept = values > 1e-9 * max(values.max(initial=0.0), 1e-300)
    if not kept.any():
        return Alike(1.0, distance, n)
    along = sums @ vectors[:, kept] / np.sqrt(values[kept])
    observed = float((along.sum(axis=0) ** 2).sum())
    rng = np.random.default_rng([seed, _STREAM])
    larger, step = 1, max(1, _CHUNK // n)
    for start in range(0, draws, step):
        signs = rng.integers(0, 2, size=(min(step, draws - start), n), dtype=np.int8) * 2.0 - 1
        drawn = ((signs @ along) ** 2).sum(axis=1)
        larger += int(np.sum(drawn >= observed - _TIES * max(observed, 1)))
    return Alike(larger / (draws + 1), distance, n)


def _shared(a: Shown, b: Shown) -> tuple[Shown, Shown]:
    """The rows of both that show the same problem in the same order, the k-th time with the k-th."""

    def keyed(one: Shown) -> dict[tuple[str, bytes, int], int]:
        times: Counter[tuple[str, bytes]] = Counter()
        found = {}
        for row, (question, place) in enumerate(zip(one.question, one.place, strict=True)):
            key = (str(question), place[place >= 0].astype(np.int8).tobytes())
            found[(*key, times[key])] = row
            times[key] += 1
        return found

    of_a, of_b = keyed(a), keyed(b)
    keys = [key for key in of_a if key in of_b]
    width = min(a.place.shape[1], b.place.shape[1])
    return tuple(  # type: ignore[return-value]
        replace(
            one,
            answers=one.answers[rows, :width],
            place=one.place[rows, :width],
            figures=one.figures[rows, :width],
            question=a.question[[of_a[key] for key in keys]],
            label=None,
        )
        for one, rows in ((a, [of_a[key] for key in keys]), (b, [of_b[key] for key in keys]))
    )


def _features(shown: Shown) -> FloatArray:
    """(n, J, k): figures and their ranks, centred in the question, and places; 0 for padding."""
    exists = shown.exists
    scale = np.nanstd(shown.figures[exists], axis=0) if exists.any() else np.ones(shown.figures.shape[2])
    x = np.where(exists[..., None], shown.figures / np.where(scale > 0, scale, 1.0), np.nan)
    ranks = scipy.stats.rankdata(np.round(x, 9), axis=1, nan_policy="omit")
    parts = [x, ranks / exists.sum(axis=1)[:, None, None]]
    centred = [np.nan_to_num(part - np.nanmean(part, axis=1, keepdims=True)) for part in parts]
    places = np.arange(1, shown.place.shape[1])
    return np.concatenate([*centred, (shown.place[..., None] == places).astype(float)], axis=2)
