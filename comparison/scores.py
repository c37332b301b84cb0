"""What changed in tasks other than stakeholder choices."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import value_to_float

from fiduciary.comparison.paired import NAN, Change, paired
from fiduciary.economics.inference import two_sided
from fiduciary.leaderboard.cells import raw
from fiduciary.leaderboard.columns import COLUMNS

_as_number = value_to_float()

_Key = tuple[str, int]


def compare_scores(before: EvalLog, after: EvalLog, without: Sequence[str] = ()) -> tuple[Change, ...]:
    """The change of every score that two logs of one task hold.

    Logs that were read with their samples are paired by sample, score by score, clustered by sample id
    (epochs repeat one). Headers hold metrics only, most of which are no means of scores: these are compared
    as of independent runs, by z of both standard errors; shares without one by the pooled test of two
    proportions with samples as units, which is conservative; and where nothing has any spread by permutation
    of units.

    Args:
        before, after: logs of one task, both with samples or both without.
        without: scorers that are left out.
    """
    if before.samples and after.samples:
        return tuple(_by_sample(_numbers(before), _numbers(after), without))
    return tuple(_by_metric(before, after))


def _by_sample(
    before: Mapping[str, Mapping[_Key, float]],
    after: Mapping[str, Mapping[_Key, float]],
    without: Sequence[str],
) -> Iterator[Change]:
    for score in sorted(before.keys() & after.keys()):
        common = sorted(before[score].keys() & after[score].keys())
        if score.partition(".")[0] not in without and common:
            a, b = (np.array([side[score][key] for key in common]) for side in (before, after))
            yield paired(score, a, b, [sample for sample, _ in common], unit="samples")


def _numbers(log: EvalLog) -> dict[str, dict[_Key, float]]:
    """Score → (sample id, epoch) → number; what is not a number is left out."""
    out: dict[str, dict[_Key, float]] = defaultdict(dict)
    for sample in log.samples or []:
        for scorer, score in (sample.scores or {}).items():
            values = score.value if isinstance(score.value, dict) else {"": score.value}
            for key, value in values.items():
                if isinstance(value, int | float | bool) or value in ("C", "I", "P", "N"):
                    number = _as_number(value)
                    if np.isfinite(number):
                        name = f"{scorer}.{key}" if key else scorer
                        out[name][(str(sample.id), sample.epoch)] = number
    return dict(out)


def _by_metric(old: EvalLog, new: EvalLog) -> Iterator[Change]:
    task = new.eval.task.rpartition("/")[2]
    for column in COLUMNS:
        if column.task != task or column.scorer is None:
            continue
        (before, error_a, n_a), (after, error_b, n_b) = (raw(column, log) for log in (old, new))
        if before is None or after is None:
            continue
        moved = after - before
        if column.unit == "share" and not (error_a and error_b):
            pooled = (n_a * before + n_b * after) / max(n_a + n_b, 1)
            error = math.sqrt(max(pooled * (1 - pooled), 0.0) * (1 / max(n_a, 1) + 1 / max(n_b, 1)))
            p, how = two_sided(moved, error), "pooled proportions"
        elif error_a is None or error_b is None:
            error, p, how = NAN, NAN, "no standard error"
        elif moved and error_a == error_b == 0:
            # All alike before and all alike after: of all ways to divide the units this one and its mirror.
            error, p, how = NAN, min(1.0, 2 / math.comb(n_a + n_b, n_a)), "permutation of units"
        else:
            error = math.hypot(error_a, error_b)
            p, how = two_sided(moved, error), "unpaired z"
        known = how != "no standard error"
        yield Change(column.key, before, after, moved, error, 1.0 if known and moved == 0 else p, how)
