"""Estimated weights of base and adapters as dots with intervals, targets as diamonds; figures over steps."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from fiduciary.comparison.choices import Comparison
from fiduciary.economics.conventions import STAKEHOLDERS
from fiduciary.economics.estimation import THETA_NAMES
from fiduciary.training.rebench.along import Panel

_COLOURS = ("#4C566A", "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")  # told apart by all


def draw(comparisons: Sequence[Comparison], path: Path) -> None:
    """One row of panels a comparison, one panel a stakeholder.

    Args:
        comparisons: what to draw.
        path: PNG file to write.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    models = max(len(one.answers) for one in comparisons)
    figure = Figure(figsize=(11, len(comparisons) * (0.9 + 0.38 * models) + 0.4), layout="constrained")
    FigureCanvasAgg(figure)
    parts = figure.subfigures(len(comparisons), 1, squeeze=False)[:, 0]
    for part, one in zip(parts, comparisons, strict=True):
        part.suptitle(f"{one.task}: by {one.elicitation}", fontsize=9, x=0.01, ha="left")
        panels = part.subplots(1, len(STAKEHOLDERS), sharex=True, sharey=True)
        targets = {n: c.target.utility.theta for n, c in one.choices.items() if c.target is not None}
        names = list(one.answers)
        for k, (panel, parameter) in enumerate(zip(panels, THETA_NAMES, strict=True)):
            for row, (name, answers) in enumerate(one.answers.items()):
                colour = _COLOURS[row % len(_COLOURS)]
                if name in targets:
                    panel.plot(targets[name][k], row, "D", mfc="none", mec=colour, ms=9, label="target")
                fit = answers.fit
                if fit is None or fit.status(parameter) == "not identified":
                    continue
                low, high, _ = fit.interval(parameter)
                panel.plot([low, high], [row, row], "-", color=colour, linewidth=1.6)
                panel.plot(fit.estimate(parameter), row, "o", color=colour, ms=4.5)
            panel.set_title(f"θ {STAKEHOLDERS[k]}", fontsize=9)
            panel.set_xlim(-0.04, 1.04)
            panel.grid(axis="x", alpha=0.3)
        panels[0].set_yticks(range(len(names)), names)
        panels[0].set_ylim(len(names) - 0.5, -0.5)
    figure.supxlabel("dot and line: estimate and 95 % interval; diamond: target", fontsize=8)
    figure.savefig(path, dpi=130)


def draw_along(trainings: Mapping[str, Sequence[Panel]], path: Path) -> None:
    """One row a training, one panel a figure over its steps; the base's value is a dotted line.

    Args:
        trainings: name → panels.
        path: PNG file to write.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11, 3.6 * len(trainings)), layout="constrained")
    FigureCanvasAgg(figure)
    parts = figure.subfigures(len(trainings), 1, squeeze=False)[:, 0]
    for part, (name, panels) in zip(parts, trainings.items(), strict=True):
        part.suptitle(name, fontsize=10)
        for axes, panel in zip(part.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            for k, (label, (values, base)) in enumerate(panel.lines.items()):
                colour = _COLOURS[k % len(_COLOURS)]
                axes.plot(panel.steps, values, ".-", color=colour, linewidth=1.3, label=label)
                if math.isfinite(base):
                    axes.axhline(base, color=colour, linestyle=":", linewidth=1)
            axes.set_title(panel.title, fontsize=9)
            axes.set_xlabel("step (dotted: the base)", fontsize=8)
            axes.set_xlim(left=0)
            axes.set_ylim(bottom=0)
            axes.grid(alpha=0.3)
            axes.legend(fontsize=6)
    figure.savefig(path, dpi=130)
