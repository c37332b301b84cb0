"""On what the figures of moral dilemmas rest: do answers depend on what the options do, in any order?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from inspect_ai.scorer import SampleScore

from fiduciary.economics.inference.grounds import Grounds
from fiduciary.economics.inference.shown import Shown
from fiduciary.scorers.grounds import grounds_of

_Row = tuple[float | None, Mapping[str, Any]]


def choice_grounds(scores: Sequence[SampleScore]) -> Grounds:
    """Of choices, in vehicle cases and probes together."""
    rows: list[_Row] = []
    outside: list[float] = []
    for item in scores:
        kept = item.score.metadata or {}
        outside += kept.get("mass_outside", {}).values()
        rows += [(chosen, item.sample_metadata or {}) for chosen in kept.get("choices", {}).values()]
    mass = 1 - float(np.mean(outside)) if outside else math.nan
    return _grounds(rows, mass, noisy=any(about.get("elicitation") != "choose" for _, about in rows))


def rating_grounds(scores: Sequence[SampleScore]) -> Grounds:
    """Of ratings: those of the two cars, one against the other.

    What is right and what would be bought may depend on the cars in opposite ways, so that each has its own
    test; the p-value is the smaller one, times two.
    """
    found, asked, valid = [], 0, 0
    for what in ("morality", "purchase"):
        rows: list[_Row] = []
        for item in scores:
            ratings = (item.score.metadata or {}).get("ratings")
            if not ratings:
                continue
            pair = [ratings.get(f"{what}_{rule}") for rule in ("sacrifice", "protect")]
            asked, valid = asked + len(pair), valid + sum(value is not None for value in pair)
            known = None if None in pair else 0.5 + (pair[0] - pair[1]) / 200
            rows.append((known, item.sample_metadata or {}))
        found.append(_grounds(rows, math.nan, noisy=True).content)
    one, two = (content for content in found if content is not None)
    clearer = one if one.p_value <= two.p_value else two
    return Grounds(replace(clearer, p_value=min(1.0, 2 * clearer.p_value)), asked, valid)


def _grounds(rows: Sequence[_Row], mass: float, *, noisy: bool) -> Grounds:
    """From shares of the option that sacrifices, None where missing, and the samples' metadata."""
    known = np.array([math.nan if share is None else float(share) for share, _ in rows])
    place = np.array([[0, 1] if about["first"] == "sacrifice" else [1, 0] for _, about in rows], np.int64)
    figures = np.zeros((len(rows), 2, 3))
    figures[:, 0] = [_stakes(about) for _, about in rows] if rows else 0.0
    shown = Shown(
        np.stack([known, 1 - known], axis=1),
        place.reshape(-1, 2),
        figures,
        np.array([str(about.get("pair", about["group"])) for _, about in rows], dtype=str),
        noisy=noisy,
    )
    valid = int(np.isfinite(known).sum())
    return grounds_of(shown, len(rows), valid, mass, about="what the options do", unit="case", places=False)


def _stakes(about: Mapping[str, Any]) -> tuple[float, float, float]:
    """What sacrificing means here: passenger, by ln N of those who are spared, or employees."""
    if about["kind"] == "probe":
        return 0.0, 0.0, 1.0
    return 1.0, math.log(float(about["pedestrians"])), 0.0
