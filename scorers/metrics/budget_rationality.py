"""Whether splits of budgets come from a preference: indices of revealed preference, beside chance."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.budgets import random_afriat
from fiduciary.economics.inference import ratio
from fiduciary.scorers._budget_set import set_of, spent_of, valid_rows
from fiduciary.scorers.allocation_table import rows_of
from fiduciary.scorers.budgets_grounds import grounds
from fiduciary.scorers.metrics._clustered import NAN, with_error
from fiduciary.scorers.metrics.reads import told

AGENTS = 500
"""Uniformly random agents that each set is held against."""

_STREAM = 0xAF

_NAMES = (
    "garp",
    "power",
    "afriat",
    "afriat_stderr",
    "afriat_random",
    "afriat_rank",
)


@metric(scores="unreduced")
def budget_rationality() -> Metric:
    """Whether it reads, and means over sets of budgets (a set in each order of groups and each epoch).

    - ``reads``: 1 where splits are shown to depend on the groups and their prices, 0 where they are not, NaN
      where too little was measured; ``reads_p`` and ``content_share`` beside it. Without grounds for figures
      all others are NaN: one split for every budget violates nothing;
    - ``garp``: share of sets that satisfy GARP; ``power``: share of uniformly random agents that would
      violate it (Bronars), without which satisfying it says little;
    - ``afriat``: Afriat's index (CCEI), its standard error clustered by set; ``afriat_random``, its mean
      for random agents on the same budgets; ``afriat_rank``, the share of random draws of the mean
      below the observed one.

    The other indices are in each score's metadata and in ``fiduciary report``. Only valid
    splits enter, and sets with two of them or more; random agents split the same budgets.
    """

    def compute(scores: list[SampleScore]) -> Value:
        found = [s for s in scores if (s.score.metadata or {}).get("afriat") is not None]
        own = grounds(rows_of(scores)) if scores else None
        read = told(own)
        if not found or (own is not None and own.withheld is not None):
            return read | dict.fromkeys(_NAMES, NAN)
        # Draws go by place, which must not depend on which sample finished first.
        found.sort(key=lambda s: (str(s.sample_id), str((s.score.metadata or {})["dollars"])))
        kept = [s.score.metadata or {} for s in found]
        groups, random = [], []
        for place, (score, answer) in enumerate(zip(found, kept, strict=True)):
            asked = set_of(score.sample_metadata, score.sample_id)
            valid = valid_rows(spent_of(answer, asked))
            prices, amounts = asked.budgets.prices[valid], asked.budgets.amounts[valid]
            # Samples are independent, also where they repeat the same budgets: each its own draws.
            random.append(_random(prices.tobytes(), amounts.tobytes(), prices.shape[1], place))
            groups.append(asked.group)
        afriat = ratio([answer["afriat"] for answer in kept], 1.0, groups)
        draws = np.mean([indices for indices, _ in random], axis=0)
        return {
            **read,
            "garp": float(np.mean([answer["garp"] for answer in kept])),
            "power": float(np.mean([violating for _, violating in random])),
            **with_error("afriat", afriat),
            "afriat_random": float(draws.mean()),
            "afriat_rank": float(np.mean(draws < afriat.value)),
        }

    return compute


@lru_cache(maxsize=512)
def _random(prices: bytes, amounts: bytes, goods: int, place: int) -> tuple[FloatArray, float]:
    """Afriat's index of random agents, and the share of them that violate GARP.

    An index of 1 with a violation takes equal costs, which draws from a continuum do not produce.
    """
    rng = np.random.default_rng([place, _STREAM])
    indices = random_afriat(np.frombuffer(prices).reshape(-1, goods), np.frombuffer(amounts), rng, AGENTS)
    return indices, float(np.mean(indices < 1))
