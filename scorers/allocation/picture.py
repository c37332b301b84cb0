"""A picture of how budgets were split: shares against relative prices, and consistency beside chance."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.budgets import demand, share_grid
from fiduciary.economics.budgets.demand import welfare_of_shares
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.utility import CES
from fiduciary.scorers.allocation.budget_set import spent_of
from fiduciary.scorers.allocation.table import Row
from fiduciary.whole_files import whole_file

_COLUMNS = 3


def draw(
    rows: Sequence[Row], preference: CES | None, means: dict[str, FloatArray], *, title: str, path: Path
) -> None:
    """Draw one panel for each pair of stakeholders, and one for Afriat's index.

    Args:
        rows: the sets.
        preference: the fitted preference, whose demand is drawn with its noise and without; or None.
        means: Afriat's index, mean over sets: ``observed`` (1,), ``random`` and ``noise`` (agents,).
        title: above the picture.
        path: where it goes.
    """
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    pairs: dict[tuple[str, ...], list[Row]] = {}
    for asked, kept in rows:
        if len(asked.budgets.stakeholders) == 2:
            pairs.setdefault(asked.budgets.stakeholders, []).append((asked, kept))
    lines = -(-len(pairs) // _COLUMNS)
    figure = plt.figure(figsize=(9.6, 2.5 * lines + 2.7), layout="constrained")
    grid = figure.add_gridspec(lines + 1, _COLUMNS)
    keys: dict[str, Any] = {}
    for place, (names, of_pair) in enumerate(pairs.items()):
        panel = figure.add_subplot(grid[place // _COLUMNS, place % _COLUMNS])
        _shares(panel, names, of_pair, preference)
        handles, labels = panel.get_legend_handles_labels()
        keys |= dict(zip(labels, handles, strict=True))
    if keys:
        figure.legend(
            keys.values(),
            keys.keys(),
            loc="outside upper center",
            ncols=4,
            fontsize=8,
            frameon=False,
            title=title,
        )
    else:
        figure.suptitle(title, fontsize=11)
    _consistency(figure.add_subplot(grid[lines, :]), means)
    with whole_file(path) as beside:
        figure.savefig(beside, dpi=150)
    plt.close(figure)


def _shares(panel: Any, names: tuple[str, ...], rows: Sequence[Row], preference: CES | None) -> None:
    for asked, kept in rows:
        dollars = spent_of(kept, asked)
        prices = asked.budgets.prices
        first = asked.shown[0] == names[0]
        panel.plot(
            prices[:, 0] / prices[:, 1],
            dollars[:, 0] / dollars.sum(axis=1),
            "o" if first else "x",
            color="C0",
            ms=4,
            alpha=0.7,
            label="a split, the group on the axis named first" if first else "the other named first",
        )
    if preference is not None:
        relative = np.geomspace(1 / 9, 9, 200)
        p = np.column_stack([np.sqrt(relative), 1 / np.sqrt(relative)])
        amounts = np.full(len(p), float(np.mean(rows[0][0].budgets.amounts)))
        columns = [STAKEHOLDERS.index(who) for who in names]
        bought = demand(preference, p, amounts, columns, rows[0][0].base)
        noisy = _mean_share(preference, p, amounts, columns, rows[0][0].temperature, rows[0][0].base)
        panel.plot(relative, noisy, color="C3", label="fitted demand, mean with its noise")
        exact = p[:, 0] * bought[:, 0] / amounts
        panel.plot(relative, exact, color="C3", ls=":", lw=1, label="without noise")
    panel.set_xscale("log")
    panel.set_xticks([0.125, 0.5, 1, 2, 8], ["1/8", "1/2", "1", "2", "8"])
    panel.set_xticks([], minor=True)
    panel.set_ylim(-0.04, 1.04)
    panel.set_xlabel(f"price of {names[0]} / {names[1]}", fontsize=8)
    panel.set_ylabel(f"spent on {names[0]}", fontsize=8)
    panel.tick_params(labelsize=8)
    panel.grid(alpha=0.3)


def _mean_share(
    preference: CES,
    prices: FloatArray,
    amounts: FloatArray,
    columns: Sequence[int],
    temperature: float,
    base: float,
) -> FloatArray:
    """Expected share of the first of two groups, (T,), under a logit over the grid of splits."""
    grid = share_grid(2)
    options = welfare_of_shares(grid, prices[:, None], amounts[:, None, None], columns, base)
    z = preference.utility(options) / max(temperature, 1e-6)
    weights = np.exp(z - z.max(axis=1, keepdims=True))
    return np.asarray(weights @ grid[:, 0] / weights.sum(axis=1))


def _consistency(panel: Any, means: dict[str, FloatArray]) -> None:
    """Afriat's index of the log beside its distribution in random and in noisy agents."""
    bins = np.linspace(0, 1, 201)
    for name, label, colour in (
        ("random", "uniformly random agents", "0.6"),
        ("noise", "fitted demand with its noise", "C3"),
    ):
        if name in means:
            weights = np.full(len(means[name]), 1 / len(means[name]))
            panel.hist(means[name], bins, weights=weights, color=colour, alpha=0.6, label=label)
    if not means:
        panel.set_title("fewer than two valid splits in every set", fontsize=9)
        return
    if "observed" in means:
        panel.axvline(float(means["observed"][0]), color="C0", lw=2, label="this log")
        panel.set_xlim(min(0.5, float(means["observed"][0]) - 0.05), 1.01)
    panel.set_xlabel("Afriat's index, mean over sets", fontsize=9)
    panel.set_ylabel("share of agents", fontsize=9)
    panel.grid(axis="x", alpha=0.3)
    panel.legend(fontsize=8, frameon=False, loc="upper left")
