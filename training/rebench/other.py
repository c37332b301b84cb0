"""What adapters changed in any task: the paired difference of every score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import value_to_float

from fiduciary.economics.inference import holm_by_name
from fiduciary.training.rebench.paired import paired

_as_number = value_to_float()


@dataclass(frozen=True)
class Shift:
    """How one score of a task moved between base and adapter.

    Attributes:
        name: the adapter.
        score: scorer, and the key within it where there are several.
        n: samples that both have a number for.
        base, adapter: means.
        se: standard error of the difference, clustered by sample id (epochs repeat one).
        p_value: two-sided, normal.
        p_holm: after Holm's correction over the shifts of the task.
    """

    name: str
    score: str
    n: int
    base: float
    adapter: float
    se: float
    p_value: float
    p_holm: float = float("nan")


def shifts(logs: Mapping[str, EvalLog], without: Sequence[str] = ()) -> list[Shift]:
    """Differences of every score between the first log, the base's, and the others.

    Args:
        logs: model → log, the base's first.
        without: scorers that are left out.
    """
    base, *others = logs
    reference = _numbers(logs[base])
    found = []
    for name in others:
        own = _numbers(logs[name])
        for score in sorted(reference.keys() & own.keys()):
            if score.partition(".")[0] in without:
                continue
            found.append(_shift(name, score, reference[score], own[score]))
    corrected = holm_by_name({(s.name, s.score): s.p_value for s in found})
    return [replace(s, p_holm=corrected[s.name, s.score]) for s in found]


_Key = tuple[str, int]


def _shift(name: str, score: str, base: Mapping[_Key, float], own: Mapping[_Key, float]) -> Shift:
    common = sorted(base.keys() & own.keys())
    a, b = np.array([base[key] for key in common]), np.array([own[key] for key in common])
    if not len(common):
        return Shift(name, score, 0, np.nan, np.nan, np.nan, np.nan)
    found = paired(a, b, [sample for sample, _ in common])
    return Shift(name, score, len(common), found.base, found.adapter, found.se, found.p_value)


def _numbers(log: EvalLog) -> dict[str, dict[_Key, float]]:
    """Score → (sample id, epoch) → number; what is not a number is left out."""
    out: dict[str, dict[_Key, float]] = defaultdict(dict)
    for sample in log.samples or []:
        for scorer, score in (sample.scores or {}).items():
            values = score.value if isinstance(score.value, dict) else {"": score.value}
            for key, value in values.items():
                if isinstance(value, (int, float, bool)) or value in ("C", "I", "P", "N"):
                    number = _as_number(value)
                    if np.isfinite(number):
                        name = f"{scorer}.{key}" if key else scorer
                        out[name][(str(sample.id), sample.epoch)] = number
    return dict(out)
