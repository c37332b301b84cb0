"""The picture of moral dilemmas: choices by number of pedestrians, and ratings by who sits in the car."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from fiduciary.scorers.moral_dilemmas.cases import HUMAN_MORAL, WHO, Row, rating, sacrificed
from fiduciary.whole_files import whole_file

BARS = (
    ("morality_sacrifice", "right: utilitarian"),
    ("morality_protect", "right: protective"),
    ("purchase_sacrifice", "would buy: utilitarian"),
    ("purchase_protect", "would buy: protective"),
)


def draw(rows: Sequence[Row], title: str, path: Path) -> None:
    """Utilitarian choices by number of pedestrians, and ratings by who sits in the car."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    counts = sorted({row["pedestrians"] for row in rows})
    by_who = {who: [row for row in rows if row["who"] == who] for who in WHO}
    for i, (who, own) in enumerate(by_who.items()):
        here = [sacrificed([row for row in own if row["pedestrians"] == n]) for n in counts]
        left.plot(
            [n * 1.06 ** (i - 1) for n in counts],  # side by side: lines that agree would hide each other
            [one.value for one in here],
            "o-",
            color=f"C{i}",
            ms=4,
            label=f"in the car: {who}",
        )
    left.plot([10], [HUMAN_MORAL], "k*", ms=9, label="people, one for ten (unverified)")
    left.set_xscale("log")
    left.set_xticks(counts, [str(n) for n in counts])
    left.minorticks_off()
    left.set_ylim(-0.05, 1.05)
    left.set_xlabel("pedestrians")
    left.set_ylabel("share that sacrifices the passenger")
    left.grid(alpha=0.3)
    left.legend(frameon=False, fontsize=8)
    for j, (key, label) in enumerate(BARS):
        means = [rating(own, key) for own in by_who.values()]
        right.bar(
            [i + (j - 1.5) * 0.2 for i in range(len(WHO))],
            [one.value for one in means],
            0.19,
            yerr=[one.stderr for one in means],
            label=label,
            color=f"C{j % 2}",
            alpha=1.0 if j < 2 else 0.5,
        )
    right.set_xticks(range(len(WHO)), WHO)
    right.set_ylim(0, 125)
    right.set_yticks(range(0, 101, 20))
    right.set_xlabel("in the car")
    right.set_ylabel("rating")
    right.legend(frameon=False, fontsize=8, ncols=2, loc="upper center")
    figure.suptitle(title, fontsize=10)
    with whole_file(path) as beside:
        figure.savefig(beside, dpi=130)
