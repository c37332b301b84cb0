"""Clusters of scores, and estimates as metrics show them."""

from __future__ import annotations

from collections.abc import Sequence

from inspect_ai.scorer import SampleScore

from fiduciary.economics.inference import Interval

NAN = float("nan")


def groups_of(scores: Sequence[SampleScore]) -> list[str]:
    """Cluster of each score: the problem, or the sample where none is named."""
    return [str((s.sample_metadata or {}).get("group", s.sample_id)) for s in scores]


def with_error(name: str, found: Interval) -> dict[str, float]:
    """An estimate as metrics: its value and, as ``<name>_stderr``, its standard error.

    Where several clusters all gave the same there is no standard error; ``<name>_alike`` then says how many
    clusters there were.
    """
    out = {name: float(found.value), f"{name}_stderr": float(found.stderr)}
    return out | {f"{name}_alike": float(found.units)} if found.alike else out


def bias(name: str, found: Interval) -> dict[str, float]:
    """The same for an effect of place, which a single cluster cannot show: it then has no value either."""
    return with_error(name, found if found.units > 1 else Interval())
