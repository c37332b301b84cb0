"""A profile: where base and other models stand on every scale, and which differences hold."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from fiduciary.economics.psychometrics.comparison import Difference
from fiduciary.economics.psychometrics.scoring import HIGHEST, LOWEST, MIDDLE
from fiduciary.scorers.inventory.changes import Change
from fiduciary.scorers.inventory.report import title
from fiduciary.whole_files import whole_file

_BASE = "#4C566A"
_COLOURS = ("#D55E00", "#0072B2", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # told apart by all
_SPREAD = 0.5  # of a row, over which models are set apart


def draw(changes: Sequence[Change], path: Path) -> None:
    """Scores on the left, differences from the base with intervals on the right.

    Args:
        changes: base against each other model, one inventory.
        path: PNG file to write.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.lines import Line2D
    from matplotlib.patches import Patch

    rows = _rows(changes[0])
    heights = np.cumsum([1.0 if not strong or i == 0 else 1.5 for i, (_, _, strong) in enumerate(rows)])
    figure = Figure(figsize=(10.5, 1.9 + (0.14 + 0.06 * len(changes)) * heights[-1]), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1, 1))
    offsets = [0.0] if len(changes) == 1 else np.linspace(-_SPREAD / 2, _SPREAD / 2, len(changes)).tolist()
    for y, (name, level, strong) in zip(heights, rows, strict=True):
        if strong:
            for panel in (left, right):
                panel.axhspan(y - 0.5, y + 0.5, color="#ECEFF4", zorder=0)
        for change, offset, colour in zip(changes, offsets, _COLOURS * len(changes), strict=False):
            d = next(d for d in change.comparison.at(level) if d.name == name)  # type: ignore[arg-type]
            if np.isfinite(d.difference):
                _mark(left, right, d, y + offset, colour, 6.5 if strong else 4.5)
    left.set_yticks(heights, [title(name) if strong else name for name, _, strong in rows], fontsize=8)
    for tick, (_, _, strong) in zip(left.get_yticklabels(), rows, strict=True):
        tick.set_fontweight("bold" if strong else "normal")
    left.set_ylim(heights[-1] + 0.7, 0.3)
    left.set_xlim(LOWEST - 0.1, HIGHEST + 0.1)
    left.axvline(MIDDLE, color="#A0A0A0", linewidth=0.8, zorder=1)
    left.set_title("score (1 to 5)", fontsize=9)
    bound = changes[0].comparison.bound
    right.axvspan(-bound, bound, color="#A3BE8C", alpha=0.25, zorder=0.5, linewidth=0)
    right.axvline(0, color=_BASE, linewidth=0.8)
    ends = [
        x for c in changes for d in c.comparison.differences for x in (d.low, d.high) if d.level != "item"
    ]
    reached = [-1.6 * bound, 1.6 * bound, *(x for x in ends if np.isfinite(x))]
    margin = 0.04 * (max(reached) - min(reached))
    right.set_xlim(min(reached) - margin, max(reached) + margin)
    right.set_title(f"change from the base, with {changes[0].comparison.level:.0%} interval", fontsize=9)
    for panel in (left, right):
        panel.grid(axis="x", alpha=0.3)
        panel.tick_params(axis="y", length=0)
        panel.tick_params(axis="x", labelsize=8)
        for side in ("top", "right", "left"):
            panel.spines[side].set_visible(False)
    handles = [
        Line2D(
            [], [], marker="o", color=_BASE, mfc="white", linestyle="", label=f"base: {changes[0].base.name}"
        ),
        *(
            Line2D([], [], marker="o", color=colour, linestyle="-", label=change.tuned.name)
            for change, colour in zip(changes, _COLOURS * len(changes), strict=False)
        ),
        Line2D(
            [],
            [],
            marker="o",
            color="#808080",
            linestyle="-",
            label="significant after correction",
        ),
        Line2D([], [], marker="o", color="#808080", mfc="white", linestyle="-", label="not significant"),
        Patch(color="#A3BE8C", alpha=0.25, label=f"bound of equivalence, ±{bound:g}"),
    ]
    figure.legend(handles=handles, loc="outside lower center", ncols=2, frameon=False, fontsize=8)
    about = changes[0].base.data.about
    figure.suptitle(
        f"{about['task']}, {about['instrument']['name']} statements, {changes[0].comparison.n} blocks",
        fontsize=10,
        x=0.01,
        ha="left",
    )
    with whole_file(path) as beside:
        figure.savefig(beside, dpi=130)


def _mark(left, right, d: Difference, y: float, colour: str, size: float) -> None:  # type: ignore[no-untyped-def]
    """One scale of one model in both panels."""
    left.plot([d.base, d.tuned], [y, y], "-", color=colour, linewidth=1, alpha=0.6, zorder=2)
    left.plot(d.base, y, "o", mfc="white", mec=_BASE, ms=size - 0.5, zorder=3)
    left.plot(d.tuned, y, "o", color=colour, ms=size - 0.5, zorder=4)
    right.plot([d.low, d.high], [y, y], "-", color=colour, linewidth=1.6, zorder=3)
    right.plot(d.difference, y, "o", mfc=colour if d.changed() else "white", mec=colour, ms=size, zorder=4)


def _rows(change: Change) -> list[tuple[str, str, bool]]:
    """Name, level and whether it is a domain: each domain, then its facets; interstitial facets last."""
    key = change.base.data.key
    facets = {d.name for d in change.comparison.at("facet")}
    rows = []
    for domain in (d.name for d in change.comparison.at("domain")):
        rows.append((domain, "domain", True))
        rows += [
            (name, "facet", False)
            for name, members in key.facets.items()
            if name in facets and (members & key.domains[domain]).any()
        ]
    return rows + [(name, "facet", True) for name in key.interstitial]
