"""The picture of reachable preferences: a triangle of weights, with a region for each framing.

Four weights need three dimensions. The triangle shows those of society, of employees, and of shareholders and
consumers together; the size of a mark is the shareholders' part of these two.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import scipy
from matplotlib.axes import Axes

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.estimation import CESFit
from fiduciary.economics.reach import estimates_of
from fiduciary.scorers.reachable.table import PLAIN, STATED, FramedTable
from fiduciary.whole_files import whole_file

MOST = 4
"""Logs that one picture holds."""

CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 0.0], [0.5, np.sqrt(3) / 2]])
"""Where each weight pulls: shareholders and consumers to the left, employees right, society up."""

_COLOURS = {
    PLAIN: "black",
    "firm_type": "C0",
    "industry": "0.55",
    "objective": "C2",
    "mandate": "C3",
    "policy": "C1",
    STATED: "C4",
}

_STAR: dict[str, Any] = {"marker": "*", "linestyle": "", "color": "gold", "markeredgecolor": "black"}


def project(theta: FloatArray) -> FloatArray:
    """Weights (..., 4) as points of the triangle (..., 2)."""
    return np.asarray(np.asarray(theta) @ CORNERS)


def draw(
    panels: Sequence[tuple[str, Mapping[str, CESFit], FramedTable]], path: Path, level: float = 0.95
) -> None:
    """Draw up to ``MOST`` logs: title, estimates by framing, and the table that says their kinds."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    shown = panels[:MOST]
    figure, axes = plt.subplots(1, len(shown), figsize=(6.2 * len(shown), 6.4), squeeze=False)
    for axis, (title, fits, table) in zip(axes[0], shown, strict=True):
        _panel(axis, fits, table, level)
        axis.set_title(title, fontsize=10)
    kinds = dict.fromkeys(kind for _, _, table in shown for kind in table.kinds.values())
    handles = [
        axes[0][0].plot([], [], _mark(kind), color=_COLOURS.get(kind, "C5"), label=kind.replace("_", " "))[0]
        for kind in kinds
    ]
    handles += axes[0][0].plot(
        [], [], "*", color="gold", markeredgecolor="black", markersize=11, label="principal"
    )
    figure.legend(handles=handles, loc="outside lower center", ncols=4, frameon=False, fontsize=9)
    figure.set_layout_engine("constrained")
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path) as beside:
        figure.savefig(beside, dpi=150)
    plt.close(figure)


def _panel(axis: Axes, fits: Mapping[str, CESFit], table: FramedTable, level: float) -> None:
    corners = project(np.array([[1.0, 0, 0, 0], [0, 1.0, 0, 0], [0, 0, 0, 1.0]]))
    axis.fill(*corners.T, facecolor="none", edgecolor="0.3", linewidth=1)
    for share in (0.25, 0.5, 0.75):
        for i in range(3):
            ends = (1 - share) * corners[i] + share * corners[[(i + 1) % 3, (i + 2) % 3]]
            axis.plot(*ends.T, color="0.9", linewidth=0.7, zorder=0)
    found = estimates_of(fits)
    radius = float(np.sqrt(scipy.stats.chi2.ppf(level, 2)))
    circle = np.array([np.cos(a := np.linspace(0, 2 * np.pi, 90)), np.sin(a)])
    for name, theta in zip(found.names, found.theta, strict=True):
        kind = table.kinds[name]
        colour = _COLOURS.get(kind, "C5")
        point = project(theta)
        spread = CORNERS.T @ found.covariance(name) @ CORNERS
        values, vectors = np.linalg.eigh(spread)
        if values.max() > 0:
            edge = point[:, None] + radius * vectors @ (np.sqrt(np.maximum(values, 0))[:, None] * circle)
            axis.fill(*edge, facecolor=colour, alpha=0.08, edgecolor="none")
            axis.plot(*edge, color=colour, linewidth=0.6, alpha=0.7)
        private = theta[0] + theta[2]
        size = 3 + 5 * float(theta[0] / private if private > 0 else 0)
        axis.plot(*point, _mark(kind), color=colour, alpha=0.8, markersize=9 if kind == STATED else size)
    target = project(np.array(table.principal.utility.theta))
    axis.plot(*target, markersize=15, zorder=5, **_STAR)
    names = ("shareholders\nand consumers", "employees", "society")
    places = (("right", "top"), ("left", "top"), ("center", "bottom"))
    for corner, name, (across, up) in zip(corners, names, places, strict=True):
        axis.annotate(name, corner, ha=across, va=up, fontsize=9, annotation_clip=False)
    axis.set_aspect("equal")
    axis.set_axis_off()
    axis.margins(0.12)


def _mark(kind: str) -> str:
    return "D" if kind == STATED else "s" if kind == PLAIN else "o"
