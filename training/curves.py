"""What a training's log tells of every step, as a picture."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from fiduciary.whole_files import whole_file


def draw(history: Sequence[dict[str, Any]], names: Sequence[str], title: str, path: Path) -> None:
    """One panel a curve, over optimiser steps.

    Args:
        history: the trainer's log; records hold ``step`` and figures.
        names: figures to draw; those that no record holds are left out.
        title: above all panels.
        path: PNG file to write.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    curves = {
        name: [(record["step"], record[name]) for record in history if name in record] for name in names
    }
    curves = {name: points for name, points in curves.items() if points}
    figure = Figure(figsize=(4.2 * max(len(curves), 1), 3.2), layout="constrained")
    FigureCanvasAgg(figure)
    for i, (name, points) in enumerate(curves.items()):
        axes = figure.add_subplot(1, len(curves), i + 1)
        axes.plot(*zip(*points, strict=True), marker="." if len(points) < 30 else "", linewidth=1)
        axes.set_xlabel("step")
        axes.set_title(name.replace("/", " ").replace("_", " "), fontsize=10)
        axes.grid(alpha=0.3)
        axes.margins(x=0.02)
    figure.suptitle(title, fontsize=11)
    with whole_file(path) as beside:
        figure.savefig(beside, dpi=120)
