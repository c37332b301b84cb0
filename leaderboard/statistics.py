"""Corrections for several tests at once."""

from __future__ import annotations

import math
from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values; NaN, where nothing was tested, stays NaN and is not counted.

    Source: Holm, "A Simple Sequentially Rejective Multiple Test Procedure", Scandinavian Journal of
    Statistics 6, 1979.
    """
    tested = sorted((p, k) for k, p in enumerate(p_values) if not math.isnan(p))
    out = [math.nan] * len(p_values)
    highest = 0.0
    for place, (p, k) in enumerate(tested):
        highest = max(highest, min(1.0, (len(tested) - place) * p))
        out[k] = highest
    return out
