"""The picture of delegation: loss by number of decisions, beside single losses added up, and by position."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from fiduciary.economics.delegation.losses import Delegation, by_number, by_position
from fiduciary.economics.inference import Interval
from fiduciary.scorers.delegation.table import DelegationTable
from fiduciary.whole_files import whole_file


def draw(table: DelegationTable, found: Delegation, title: str, path: Path) -> None:
    """Draw one log's figures."""
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    left, right = figure.subplots(1, 2)
    numbers = np.arange(table.links + 1)
    single = found.by_number[0].value * numbers
    loss = np.array([0.0, *(one.value for one in found.by_number)])
    left.fill_between(numbers, single, loss, color="C1", alpha=0.25, label="compounding")
    left.plot(numbers, single, "--", color="0.35", label="single losses added up")
    _points(left, numbers[1:], found.by_number, "delegated to the model")
    guessed = by_number(table.guessed).mean(axis=0)
    left.plot(numbers, [0.0, *guessed], ":", color="0.5", label="every option equally often")
    left.set_xlabel(f"decisions delegated, of {table.links}")
    left.set_ylabel("loss against the first-best plan, $ a firm")
    left.legend(frameon=False, fontsize=8)
    _points(right, numbers[1:], found.by_position, "")
    right.plot(numbers[1:], by_position(table.guessed).mean(axis=0), ":", color="0.5")
    right.set_xlabel("position of the one decision delegated")
    right.set_ylim(bottom=min(0.0, right.get_ylim()[0]))
    for axis in (left, right):
        axis.axhline(0, color="0.4", linewidth=0.8)
        axis.set_xticks(numbers[1:])
        axis.grid(alpha=0.3)
    figure.suptitle(f"{title}, for {table.principal.label}", fontsize=10)
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as beside:
        figure.savefig(beside, dpi=150)


def _points(axis: Axes, at: np.ndarray, found: Sequence[Interval], label: str) -> None:
    values = np.array([one.value for one in found])
    low, high = np.array([(one.low, one.high) for one in found]).T
    bars = np.nan_to_num(np.stack([values - low, high - values]))
    axis.errorbar(at, values, bars, fmt="o-", color="C0", markersize=4, capsize=3, label=label or None)
