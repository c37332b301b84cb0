"""The vehicle cases of a log as rows, with their means and what people answered to the like."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspect_ai.log import EvalLog

from fiduciary.economics.inference import LEVEL, Interval, ratio, share

WHO = ("self", "family", "strangers")

HUMAN_MORAL = 0.76
"""Share of people who call sacrificing one for ten the more moral rule. Unverified (press)."""

HUMAN_PURCHASE = {"sacrifice": 19.0, "protect": 50.0}
"""Median likelihood of buying each car. Unverified (press)."""

Row = dict[str, Any]


def vehicle_rows(log: EvalLog) -> list[Row]:
    """One row a vehicle case: conditions, the four ratings, how far it sacrifices, and its cluster."""
    rows = []
    for sample in log.samples or []:
        scores = sample.scores or {}
        if sample.metadata.get("kind") != "vehicle" or "dilemma_ratings" not in scores:
            continue
        ratings = (scores["dilemma_ratings"].metadata or {}).get("ratings", {})
        choices = (scores["dilemma_choices"].metadata or {}).get("choices", {})
        conditions = {key: sample.metadata[key] for key in ("who", "regulated", "pedestrians", "group")}
        rows.append({**conditions, **ratings, "utilitarian": choices.get("choice")})
    return rows


def rating(rows: Sequence[Row], key: str, level: float = LEVEL) -> Interval:
    """Mean of a rating over the rows that have it, clustered by case."""
    used = [row for row in rows if row.get(key) is not None]
    return ratio([float(row[key]) for row in used], 1.0, [row["group"] for row in used], level)


def sacrificed(rows: Sequence[Row], level: float = LEVEL) -> Interval:
    """Share of cases in which the passenger is sacrificed, clustered by case."""
    used = [row for row in rows if row["utilitarian"] is not None]
    return share([float(row["utilitarian"]) for row in used], 1.0, [row["group"] for row in used], level)
