"""A supervisor's report as one picture: what it is worth, and what it found."""

from __future__ import annotations

import math
import textwrap
from pathlib import Path

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from fiduciary.economics.inference import Interval
from fiduciary.scorers.supervision.results import QuestionSkill, Supervision
from fiduciary.whole_files import whole_file

FINDS, PASSES, RAW, CORRECTED = "#b2182b", "#2166ac", "#999999", "#1b7837"
STEP = 0.16
NAME_LENGTH, LABEL_WIDTH = 34, 26


def draw(found: Supervision, path: Path) -> None:
    """Sensitivity and specificity by question on the left; reported and corrected rates on the right."""
    questions = list(found.skills)
    rows = [(log, question) for log in found.logs for question in questions]
    height = max(2.6, 1.2 + 0.42 * max(len(rows), len(questions)))
    figure = Figure(figsize=(11, height), layout="constrained")
    FigureCanvasAgg(figure)
    left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
    for place, question in enumerate(questions):
        skill = found.skills[question]
        _bar(left, skill.sensitivity, place - STEP, FINDS, "finds known faults")
        _bar(left, skill.specificity, place + STEP, PASSES, "passes known sound ones")
    left.set_yticks(
        range(len(questions)),
        [_about(found.skills[question]) for question in questions],
    )
    left.set_title("What the supervisor is worth", fontsize=10, loc="left")
    for place, (log, question) in enumerate(rows):
        rate = log.questions[question]
        _bar(right, rate.raw, place - STEP, RAW, "faults reported")
        _bar(right, rate.corrected, place + STEP, CORRECTED, "corrected for its errors", "cannot tell")
    right.set_yticks(range(len(rows)), [f"{log.model[-NAME_LENGTH:]}: {question}" for log, question in rows])
    right.set_title("What it found", fontsize=10, loc="left")
    for axes, count in ((left, len(questions)), (right, len(rows))):
        axes.set_xlim(0, 1)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0 %", "25 %", "50 %", "75 %", "100 %"])
        axes.set_ylim(count - 0.4, -0.6)
        axes.grid(axis="x", color="0.92")
        axes.set_axisbelow(True)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        handles, labels = axes.get_legend_handles_labels()
        shown = dict(zip(labels, handles, strict=True))
        axes.legend(
            shown.values(),
            shown.keys(),
            fontsize=8,
            frameon=False,
            loc="upper center",
            ncols=2,
            bbox_to_anchor=(0.5, -0.12),
        )
    title = f"{found.supervisor}, principal: {found.principal['name']}"
    figure.suptitle(f"{title} (intervals at {100 * found.level:g} %)", fontsize=11, x=0.01, ha="left")
    with whole_file(path) as beside:
        figure.savefig(beside, dpi=130)


def _about(skill: QuestionSkill) -> str:
    text = f"{skill.question}: explanations that {skill.title}"
    return textwrap.fill(text if skill.trusted else f"{text} (not used)", LABEL_WIDTH)


def _bar(
    axes: Axes, share: Interval, place: float, color: str, label: str, unknown: str = "no verdict to read"
) -> None:
    if math.isnan(share.value):
        axes.annotate(unknown, (0.01, place), fontsize=8, va="center", color=color)
        return
    axes.plot([share.low, share.high], [place, place], color=color, linewidth=2, solid_capstyle="butt")
    axes.plot(share.value, place, "o", color=color, markersize=5, label=label, clip_on=False)
