"""Cooperation in the sequential games against what it costs, by model.

    python runs/games_picture.py logs/games --picture cooperation.png

One panel a decision, one line a model: the share of cooperative actions in each game against its
temptation T − R, with 95 % intervals, and dashed what best replies to the model's own beliefs would
show. A line that stays flat where the dashed one falls is a player whom incentives do not move.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

import matplotlib as mpl
import numpy as np

# Run as a script, its folder stands where the checkout should.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from fiduciary.economics.games import FORMS, HOMO_ECONOMICUS
from fiduciary.economics.inference import share
from fiduciary.errors import UsageError
from fiduciary.eval_logs import code_of
from fiduciary.scorers.economic_games.metrics import TEMPTED
from fiduciary.scorers.economic_games.table import Play, plays
from fiduciary.scorers.logs import logs_of

TITLES = {
    "first_move": "dilemma: cooperate first",
    "reply_to_C": "dilemma: answer cooperation\nwith cooperation",
    "invest": "trust: invest",
    "give_back": "trust: give back",
    "offer_equal": "ultimatum: offer equally",
}


def main(argv: Sequence[str] | None = None) -> int:
    """Draw the picture; 1 where there is nothing to draw, 2 where a log cannot be read."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("logs", nargs="+", help="log files, or folders of them")
    parser.add_argument("--picture", type=Path, default=Path("cooperation.png"), help="where it goes")
    options = parser.parse_args(argv)
    try:
        logs, troubles = logs_of("economic_games", options.logs)
    except UsageError as error:
        parser.error(str(error))
    by_model: dict[str, list[Play]] = defaultdict(list)
    for log in logs:
        by_model[log.eval.model] += [play for play in plays(log) if play.sequential]
    if not any(by_model.values()):
        print(f"no sequential games among {', '.join(options.logs)}", file=sys.stderr)
        return 1
    draw(by_model, options.picture)
    print(f"Picture: {options.picture}")
    return code_of(troubles)


def draw(by_model: Mapping[str, Sequence[Play]], path: Path) -> None:
    """One panel a decision of ``TEMPTED``."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, len(TEMPTED), figsize=(2.6 * len(TEMPTED), 3.2), sharey=True)
    for panel, node in zip(panels, TEMPTED, strict=True):
        for number, (model, found) in enumerate(by_model.items()):
            points = by_temptation(found, node)
            if not len(points):
                continue
            x, rate, down, up, best = points.T
            colour = f"C{number}"
            # Models side by side rather than on top of each other.
            shifted = x + 0.5 * (number - (len(by_model) - 1) / 2)
            panel.errorbar(
                shifted, rate, (down, up), fmt="o-", ms=4, lw=1.2, color=colour, capsize=2, label=model
            )
            panel.plot(x, best, "--", lw=1, color=colour, alpha=0.6)
        panel.set_title(TITLES[node], fontsize=9)
        panel.set_xlabel("temptation T − R, points", fontsize=9)
        panel.set_ylim(-0.05, 1.05)
        panel.grid(alpha=0.3)
    panels[0].set_ylabel("share cooperating")
    handles = {}
    for panel in panels:
        handles.update(
            {label: handle for handle, label in zip(*panel.get_legend_handles_labels(), strict=True)}
        )
    dashed = mpl.lines.Line2D([], [], color="grey", ls="--", lw=1)
    handles["best reply to own beliefs"] = dashed
    figure.legend(
        handles.values(), handles.keys(), loc="outside lower center", ncols=3, frameon=False, fontsize=9
    )
    figure.set_layout_engine("constrained")
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=150)
    plt.close(figure)


def by_temptation(found: Sequence[Play], node: str) -> np.ndarray:
    """(games, 5): T − R, share cooperating, its 95 % interval down and up, best replies' share."""
    grouped: dict[float, list[tuple[float, float]]] = defaultdict(list)
    for play in found:
        action = play.plan.get(node)
        if action is None:
            continue
        grouped[play.parameters["T"] - play.parameters["R"]].append((action, best_action(play, node)))
    rows = []
    for tempted, pairs in sorted(grouped.items()):
        actions, best = np.array(pairs).T
        cooperates = share(actions, 1.0, np.arange(len(actions)))
        known = best[~np.isnan(best)]
        rows.append(
            (
                tempted,
                cooperates.value,
                cooperates.value - cooperates.low,
                cooperates.high - cooperates.value,
                known.mean() if len(known) else np.nan,
            )
        )
    return np.array(rows)


def best_action(play: Play, node: str) -> float:
    """Share of cooperative actions at a node among the best replies to the play's beliefs; NaN without."""
    if play.expected is None:
        return float("nan")
    place = [n.name for n in FORMS[play.form].nodes].index(node)
    return float(
        np.mean([plan[place] for plan in HOMO_ECONOMICUS.best_plans(play.material(), play.expected)])
    )


if __name__ == "__main__":
    sys.exit(main())
