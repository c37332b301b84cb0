"""How many splits of budgets are missing, and why; what was left over; what the first place gets.

The CES demand behind splits of budgets: θ, ρ and γ with standard errors.

Whether splits of budgets come from a preference: indices of revealed preference, beside chance.
"""

from __future__ import annotations

import logging
from collections import Counter

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.budgets import random_afriat
from fiduciary.economics.estimation import CESFit
from fiduciary.economics.inference import ratio
from fiduciary.scorers.allocation.budget_set import set_of, spent_of, valid_rows
from fiduciary.scorers.allocation.grounds import grounds
from fiduciary.scorers.allocation.table import Allocations, allocations, rows_of
from fiduciary.scorers.metrics.clustered import NAN, bias, with_error
from fiduciary.scorers.metrics.reads import told
from fiduciary.scorers.recent import Recent
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import PARAMETERS

_ALWAYS = ("missing", "missing_stderr", "spent", "first_excess", "first_excess_stderr")


@metric(scores="unreduced")
def budget_answers() -> Metric:
    """Share of missing splits and of every reason; ``spent``; ``first_excess``.

    ``spent`` is the mean share of the budget that valid splits spend. ``first_excess`` is the mean
    share of what is spent that goes to the group named first, minus 1/(number of groups): groups take
    turns in that place, so that without an effect of place it is 0; one set shows none. Standard errors are
    clustered by set.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return dict.fromkeys(_ALWAYS, NAN)
        missing: list[bool] = []
        clusters: list[str] = []
        reasons: Counter[str] = Counter()
        spent: list[float] = []
        first: list[float] = []
        valid_clusters: list[str] = []
        for item in scores:
            asked = set_of(item.sample_metadata, item.sample_id)
            kept = item.score.metadata or {}
            dollars = spent_of(kept, asked)
            valid = valid_rows(dollars)
            missing += (~valid).tolist()
            clusters += [asked.group] * len(valid)
            reasons.update(reason for reason in kept.get("reasons", []) if reason)
            total = dollars[valid].sum(axis=1)
            spent += (total / 100 / asked.budgets.amounts[valid]).tolist()
            at_first = dollars[valid, asked.budgets.stakeholders.index(asked.shown[0])]
            first += (at_first / total - 1 / len(asked.shown)).tolist()
            valid_clusters += [asked.group] * int(valid.sum())
        rate, excess = ratio(missing, 1.0, clusters), ratio(first, 1.0, valid_clusters)
        return {
            **with_error("missing", rate),
            **{
                f"missing_{reason.replace(' ', '_')}": count / len(missing)
                for reason, count in sorted(reasons.items())
            },
            "spent": float(np.mean(spent)) if spent else NAN,
            **bias("first_excess", excess),
        }

    return compute


logger = logging.getLogger(__name__)

_demands = Recent[CESFit | None]()


@metric(scores="unreduced")
def budget_demand() -> Metric:
    """Maximum-likelihood estimates, each with ``<name>_stderr`` (clustered by budget).

    The names, the utility and K are those of choices between options, so that the two can be
    compared (``fiduciary report``). NaN instead of an estimate where there are no grounds for one
    (``scorers/allocation/grounds.py``), or where the fit fails (the log says why) or does not identify it;
    NaN instead of a standard error where a parameter has none.
    """

    def compute(scores: list[SampleScore]) -> Value:
        rows = rows_of(scores)
        shown = bool(rows) and grounds(rows).withheld is None
        estimate = _estimate(allocations(rows)) if shown else None
        out = {}
        for name in PARAMETERS:
            identified = estimate is not None and estimate.status(name) != "not identified"
            out[name] = estimate.estimate(name) if estimate and identified else NAN
            out[f"{name}_stderr"] = estimate.se(name) if estimate else NAN
        return dict(out)

    return compute


def _estimate(data: Allocations) -> CESFit | None:
    """The fit, or None if nothing can be estimated."""

    def find() -> CESFit | None:
        try:
            return data.fit()
        except (ValueError, ArithmeticError, np.linalg.LinAlgError) as error:
            # The answers are worth more than this number: an error here would fail a finished run.
            logger.warning("budget_demand: no estimate from %d splits: %s", data.n, error)
            return None

    return _demands.of(data.digest(), find)


AGENTS = 500
"""Uniformly random agents that each set is held against."""

_STREAM = 0xAF
_agents = Recent[tuple[FloatArray, float]](512)

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
            random.append(_random(prices, amounts, place))
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


def _random(prices: FloatArray, amounts: FloatArray, place: int) -> tuple[FloatArray, float]:
    """Afriat's index of random agents, and the share of them that violate GARP.

    An index of 1 with a violation takes equal costs, which draws from a continuum do not produce.
    """

    def find() -> tuple[FloatArray, float]:
        rng = np.random.default_rng([place, _STREAM])
        indices = random_afriat(prices, amounts, rng, AGENTS)
        return indices, float(np.mean(indices < 1))

    return _agents.of((prices.tobytes(), prices.shape, amounts.tobytes(), place), find)
