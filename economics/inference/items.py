r"""Do answers to a questionnaire depend on its statements? A test by what blocks have in common by item.

Every block puts the same items in another form: another wording of the question, direction of the scale or
kind of label. A respondent that does not read the statements gives, within a block, answers that could have
gone to any of its items. So under that null hypothesis the items of each block are exchangeable, missing
answers with them, and a statistic's distribution is found by permuting them, block by block. With v_ib the
answer to item i in block b less the block's mean (0 where it is missing),

    T = Σ_i (Σ_b v_ib)²,

which is large where an item is answered alike whatever the form.

Where answers carry no sampling noise a trifle would be found too, so that the items' share of the variation
is estimated: what two blocks have in common by item over all that moves, the blocks' own means included.

Answers whose order in a list is all that tells them apart are beyond this test: a respondent to a list of
many items in one prompt that answers by line alone is found out only by directions that are balanced.

Source: Fisher (1935) for tests by permutation; Shrout & Fleiss (1979) for the share of the items.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.inference.content import ALPHA, POWER, Content
from fiduciary.economics.inference.means import lower_bound

ABOUT, UNIT = "the statement", "statement"

ONE_BLOCK = "all was asked in one form (ask in more than one wording, direction or kind of label)"

DRAWS = 999
_STREAM = 0x17E
_TIES = 1e-9


def items_content(values: npt.ArrayLike, *, noisy: bool = True, draws: int = DRAWS, seed: int = 0) -> Content:
    """Test whether answers depend on the item.

    Args:
        values: (K, B), answers to K items in B blocks on one scale, whatever direction was shown, not keyed;
            NaN where missing.
        noisy: whether chance enters the answers; else the items' share of the variation is looked at too.
        draws: permutations drawn; the p-value is at least 1/(draws + 1).
        seed: of the draws.

    Raises:
        ValueError: values that do not form a table.
    """
    answers = np.asarray(values, float)
    if answers.ndim != 2:
        raise ValueError(f"values must have shape (items, blocks), got {answers.shape}")
    answers = answers[:, np.isfinite(answers).any(axis=0)]
    known = np.isfinite(answers)
    k, b = answers.shape
    n = int(known.any(axis=1).sum())
    means = np.where(known, answers, 0.0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)
    v = np.where(known, answers - means, 0.0)
    share, low = (math.nan, math.nan) if noisy else _share(answers, v)
    blank = Content(1.0, n, share, low, 0 if noisy else n, math.nan, about=ABOUT, unit=UNIT)
    if b == 1:
        return replace(blank, p_value=math.nan, tested=False, untested=ONE_BLOCK)
    if n < 2 or b < 2 or not np.any(np.abs(v) > _TIES):
        return blank
    rng = np.random.default_rng([seed, _STREAM])
    observed = float((v.sum(axis=1) ** 2).sum())
    larger = sum(
        float((rng.permuted(v, axis=0).sum(axis=1) ** 2).sum()) >= observed * (1 - _TIES)
        for _ in range(draws)
    )
    return Content(
        (1 + larger) / (1 + draws),
        n,
        share,
        low,
        0 if noisy else n,
        _smallest_share(k, b),
        about=ABOUT,
        unit=UNIT,
    )


def _smallest_share(k: int, b: int) -> float:
    """Share s of the items at which T has p < ``ALPHA`` with ``POWER``.

    T is about a χ² with k − 1 degrees of freedom times 1 + (b − 1) s.
    """
    critical, usual = scipy.stats.chi2.ppf([1 - ALPHA, 1 - POWER], k - 1)
    return float(critical / usual - 1) / (b - 1)


def _share(answers: FloatArray, v: FloatArray) -> tuple[float, float]:
    """The items' share of the variation, and its one-sided 95 % lower bound over items.

    Σ_i c_i / Σ_i a_i, c_i the mean product of v over pairs of blocks and a_i the mean square of the answers
    less their overall mean, with the linearised error of a ratio.
    """
    known = np.isfinite(answers)
    blocks = known.sum(axis=1)
    used = blocks > 1
    if used.sum() < 2:
        return math.nan, math.nan
    common = (v.sum(axis=1) ** 2 - (v**2).sum(axis=1))[used] / (blocks * (blocks - 1.0))[used]
    whole = np.where(known, answers - answers[known].mean(), 0.0)
    all_of_it = (whole**2).sum(axis=1)[used] / blocks[used]
    return (math.nan, math.nan) if all_of_it.sum() <= _TIES else lower_bound(common, all_of_it)
