"""On what the figures of a stress test rest."""

from __future__ import annotations

import numpy as np

from fiduciary.economics.inference.grounds import Grounds
from fiduciary.scorers.grounds import Row, grounds_of, laid_out
from fiduciary.scorers.stress.table import StressTable


def stress_grounds(data: StressTable) -> Grounds:
    """Of the calm answers of a stress test."""
    calm, rows = data.calm, list[Row]()
    for i, group in enumerate(data.groups):
        order = np.argsort(np.where(data.position[i] < 0, len(data.position[i]), data.position[i]))
        order = order[: int((data.position[i] >= 0).sum())]
        for j in np.flatnonzero(calm.asked[i]):
            shares = None
            if calm.valid[i, j] and data.by_probability:
                shares = np.nan_to_num(calm.probabilities[i, j][order])
                shares = (shares / shares.sum()).tolist()
            elif calm.valid[i, j]:
                shares = (order == calm.chosen[i, j]).astype(float).tolist()
            rows.append((str(group), order.tolist(), shares, calm.welfare[i, j][: len(order)]))
    asked, valid = int(calm.asked.sum()), int((calm.asked & calm.valid).sum())
    return grounds_of(laid_out(rows, noisy=not data.by_probability), asked, valid, 1 - data.mass_outside)
