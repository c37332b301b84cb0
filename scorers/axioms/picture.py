"""The picture of a card: where each trade-off tips, beside the fitted utility's curve."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

from fiduciary.economics.axioms.curve import Tipping
from fiduciary.economics.axioms.items import AMOUNTS, GIVEN
from fiduciary.economics.conventions import ABBREVIATIONS, DOLLARS_PER_UNIT
from fiduciary.whole_files import whole_file


def draw(tipping: Sequence[Tipping], title: str, path: Path) -> None:
    """Draw the tipping points with their intervals, and the fitted ones beside them."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    low, high = (amount * DOLLARS_PER_UNIT for amount in (AMOUNTS[0], AMOUNTS[-1]))
    figure, axis = plt.subplots(figsize=(7.5, 0.8 + 0.36 * len(tipping)), layout="constrained")
    axis.axvspan(low, high, color="0.95", zorder=0, label="amounts asked about")
    for place, t in enumerate(reversed(tipping)):
        if np.isfinite(t.amount):
            ends = np.clip([t.low, t.high], AMOUNTS[0] / 4, AMOUNTS[-1] * 4) * DOLLARS_PER_UNIT
            axis.hlines(place, *ends, color="C0", linewidth=1.5)
            axis.plot(t.amount * DOLLARS_PER_UNIT, place, "o", color="C0", markersize=5)
        if np.isfinite(t.fitted):
            axis.plot(t.fitted * DOLLARS_PER_UNIT, place, "|", color="C3", markersize=13, markeredgewidth=2)
    axis.plot([], [], "o-", color="C0", label="answers, 95 %")
    axis.plot([], [], "|", color="C3", markersize=13, markeredgewidth=2, label="fitted CES")
    names = [f"{ABBREVIATIONS[t.gives]} gives, {ABBREVIATIONS[t.gets]} gets" for t in reversed(tipping)]
    axis.set_yticks(range(len(names)), names)
    axis.set_xscale("log")
    axis.set_xlim(low / 3, high * 3)
    axis.set_xticks([50, 100, 300, 1000, 3000], ["$50", "$100", "$300", "$1,000", "$3,000"])
    axis.minorticks_off()
    axis.set_xlabel(f"what makes up for ${GIVEN * DOLLARS_PER_UNIT:,.0f}")
    axis.set_title(title, fontsize=9)
    axis.grid(axis="x", alpha=0.3)
    figure.legend(loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    with whole_file(path) as beside:
        figure.savefig(beside, dpi=150)
    plt.close(figure)
