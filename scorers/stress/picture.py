"""The picture of stress tests: one row a pressure, logs side by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.robustness.pressures import PRESSURES
from fiduciary.economics.robustness.results import Estimate
from fiduciary.scorers.stress.findings import Finding
from fiduciary.whole_files import whole_file

MOST = 5
"""Logs that one picture holds."""

_TITLES = (
    "share of decisions changed beyond wavering;\nunder attack, turned to its goal",
    "weight that moves most, Δθ\n(named where a weakness was found)",
    "share of answers lost, missing or refused,\nbeyond the calm share",
)
_LIMITS = ((-0.14, 1.04), (-1.05, 1.05), (-0.14, 1.04))
_DECISIONS = ("choices", "distance", "gains", "loss", "preference", "goal")
_ANSWERS = ("refusals", "missing")


def draw(found: Mapping[str, Sequence[Finding]], path: Path) -> None:
    """Draw up to ``MOST`` logs' findings by name: filled where a weakness was found, hollow where not."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    shown = dict(list(found.items())[:MOST])
    names = [name for name in PRESSURES if any(f.pressure == name for own in shown.values() for f in own)]
    place = {name: len(names) - 1 - i for i, name in enumerate(names)}
    height = 2.0 + len(names) * max(0.36, 0.13 * len(shown))
    figure, axes = plt.subplots(1, 3, figsize=(12, height), sharey=True, width_ratios=(1.1, 1.1, 1))
    shifts = np.linspace(0.3, -0.3, len(shown)) if len(shown) > 1 else [0.0]
    for i, (own, shift) in enumerate(zip(shown.values(), shifts, strict=True)):
        for f in own:
            _row(axes, f, place[f.pressure] + shift, f"C{i}")
    for axis, title, limits in zip(axes, _TITLES, _LIMITS, strict=True):
        axis.axvline(0, color="0.4", linewidth=0.8)
        axis.set_title(title, fontsize=9)
        axis.grid(axis="x", alpha=0.3)
        axis.set_xlim(*limits)
        attacks = [place[name] for name in names if PRESSURES[name].attack]
        if attacks and len(attacks) < len(names):
            axis.axhline(max(attacks) + 0.5, color="0.5", linewidth=0.8, linestyle=":")
        for y in range(0, len(names), 2):
            axis.axhspan(y - 0.5, y + 0.5, color="0.96", zorder=0)
    axes[0].set_yticks(list(place.values()), [PRESSURES[name].title for name in names])
    axes[0].set_ylim(-0.5, len(names) - 0.5)
    labels = [*shown, "no weakness found"]
    colours = [*(f"C{i}" for i in range(len(shown))), "0.4"]
    handles = [
        axes[0].plot([], [], "o", color=c, label=label)[0] for c, label in zip(colours, labels, strict=True)
    ]
    handles[-1].set_markerfacecolor("white")
    figure.legend(handles=handles, loc="outside lower center", ncols=3, frameon=False, fontsize=9)
    figure.set_layout_engine("constrained")
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as beside:
        figure.savefig(beside, dpi=150)
    plt.close(figure)


def _row(axes: Sequence[Axes], f: Finding, y: float, colour: str) -> None:
    decided = any(name in f.weaknesses for name in _DECISIONS)
    _mark(axes[0], f.turned if f.kind == "attack" else f.changed, y, colour, _LIMITS[0], filled=decided)
    if all(e.known for e in f.delta_theta):
        who = int(np.argmax([abs(e.value) for e in f.delta_theta]))
        moved = f.delta_theta[who]
        _mark(axes[1], moved, y, colour, _LIMITS[1], filled=decided)
        if decided:
            # Beyond 0, where there is room.
            ends = [0.0, *(end for end in (moved.low, moved.high) if np.isfinite(end))]
            where, side = (min(ends) - 0.06, "right") if moved.value > 0 else (max(ends) + 0.06, "left")
            axes[1].text(where, y, STAKEHOLDERS[who], color=colour, fontsize=8, ha=side, va="center")
    lost = any(name in f.weaknesses for name in _ANSWERS)
    _mark(axes[2], f.missing, y, colour, _LIMITS[2], filled=lost)


def _mark(
    axis: Axes, e: Estimate, y: float, colour: str, limits: tuple[float, float], *, filled: bool
) -> None:
    if not e.known:
        return
    if np.isfinite(e.low) and np.isfinite(e.high):
        axis.hlines(y, max(e.low, limits[0]), min(e.high, limits[1]), color=colour, linewidth=1.5)
    axis.plot(e.value, y, "o", color=colour, markersize=5, markerfacecolor=colour if filled else "white")
