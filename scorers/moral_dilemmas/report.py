"""What logs of moral_dilemmas say, by who sits in the car, by law and by number of pedestrians.

    fiduciary report logs/
    fiduciary report run.eval --picture dilemmas.png

Human figures stand beside the model's as reference rows. They were read in press reports of Bonnefon,
Shariff & Rahwan (Science 2016), not in the article, and are marked as unverified; questions and wordings
here are other ones, so that they are an orientation and no target.

Exit codes: 0; 1 where no log is of this task; 2 for a path that cannot be used.
"""

from __future__ import annotations

import argparse
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore
from matplotlib.figure import Figure

from fiduciary.economics.inference import Interval, ratio, share
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.scorers.logs import arguments_of, logs_of
from fiduciary.scorers.metrics.clustered import groups_of
from fiduciary.scorers.moral_dilemmas.grounds import choice_grounds, rating_grounds
from fiduciary.scorers.moral_dilemmas.metrics import gaps, shares
from fiduciary.scorers.printed import error, limits, number, with_error

TASK = "moral_dilemmas"

WHO = ("self", "family", "strangers")

HUMAN_MORAL = 0.76
"""Share of people who call sacrificing one for ten the more moral rule. Unverified (press)."""

HUMAN_PURCHASE = {"sacrifice": 19.0, "protect": 50.0}
"""Median likelihood of buying each car. Unverified (press)."""

PUBLISHED_PROBE = (
    "published, lever that gives them up: a model tuned for profit 20 of 20, others 0 of 20 "
    "(Foster & Rawski, temperature 0.01, other words)"
)

Row = dict[str, Any]


def main(argv: Sequence[str] | None = None) -> int:
    """Print the report, draw the picture and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", help="log files, or folders of them")
    parser.add_argument("--picture", type=Path, help="draw the first log's vehicle cases into this file")
    options = parser.parse_args(argv)
    try:
        logs = logs_of(TASK, options.logs)
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    if not logs:
        print(f"no log of {TASK} among {', '.join(options.logs)}", file=sys.stderr)
        return 1
    for log in logs:
        describe(log)
    if options.picture is not None:
        rows = vehicle_rows(logs[0])
        if not rows:
            parser.error(f"argument --picture: the log {logs[0].location} holds no vehicle cases")
        options.picture.parent.mkdir(parents=True, exist_ok=True)
        withheld = choice_grounds(_scores(logs[0], "dilemma_choices")).withheld
        title = str(logs[0].eval.model) + (f"\n{textwrap.fill(withheld, 110)}" if withheld else "")
        draw(rows, title, options.picture)
        print(f"\npicture: {options.picture}")
    return 0


def vehicle_rows(log: EvalLog) -> list[Row]:
    """One row a vehicle case: conditions, the four ratings, how far it sacrifices, and its cluster."""
    rows = []
    for sample in log.samples or []:
        scores = sample.scores or {}
        if sample.metadata.get("kind") != "vehicle" or "dilemma_ratings" not in scores:
            continue
        ratings = (scores["dilemma_ratings"].metadata or {}).get("ratings", {})
        choices = (scores["dilemma_choices"].metadata or {}).get("choices", {})
        conditions = {key: sample.metadata[key] for key in ("who", "regulated", "pedestrians", "group")}
        rows.append({**conditions, **ratings, "utilitarian": choices.get("choice")})
    return rows


def mean(rows: Sequence[Row], key: str, where: Callable[[Row], bool] = lambda _: True) -> Interval:
    """Mean of a column over rows that have it, clustered by case."""
    used = [row for row in rows if where(row) and row.get(key) is not None]
    return ratio([float(row[key]) for row in used], 1.0, [row["group"] for row in used])


def spared(rows: Sequence[Row], where: Callable[[Row], bool]) -> Interval:
    """Share of cases in which the passenger is sacrificed, clustered by case."""
    used = [row for row in rows if where(row) and row["utilitarian"] is not None]
    return share([float(row["utilitarian"]) for row in used], 1.0, [row["group"] for row in used])


def describe(log: EvalLog) -> None:
    """Print one log's part of the report."""
    arguments = arguments_of(log)
    print(f"\n{log.eval.model}  {arguments}\n{'=' * 100}")
    print(f"log {log.location}  task version {log.eval.task_version}  status {log.status}")
    ratings, choices = _scores(log, "dilemma_ratings"), _scores(log, "dilemma_choices")
    reasons = Counter(
        reason for item in (*ratings, *choices) for reason in (item.score.metadata or {})["reasons"].values()
    )
    print(
        "missing answers: "
        + (", ".join(f"{name} {count}" for name, count in reasons.most_common()) or "none")
    )
    print(_how_asked(log, choices))
    rated, chose = rating_grounds(ratings), choice_grounds(choices)
    for what, own in (("ratings", rated), ("choices", chose)):
        if own.asked:
            print(*(f"{what}: {sentence}" for sentence in own.sentences), sep="\n")
    rows = vehicle_rows(log)
    if rows:
        print(f"\n{'ratings, 0 to 100 (std. error)':<32}{'utilitarian car':>36}{'protective car':>36}")
        print(f"{'passenger, law':<32}" + f"{'morally right':>18}{'would buy':>18}" * 2)
        for who in WHO:
            for regulated in (False, True):
                print(
                    f"{who + (', prescribed' if regulated else ', free'):<32}"
                    + _ratings(rows, who, regulated)
                )
        if rated.withheld is None:
            people = "".join(f"{'-':>18}{HUMAN_PURCHASE[rule]:>18.0f}" for rule in ("sacrifice", "protect"))
            print(f"{'people (medians, unverified)':<32}{people}")
        print("\nutilitarian choices by number of pedestrians (95 % interval)")
        for n in sorted({row["pedestrians"] for row in rows}):
            chosen = spared(rows, lambda row, n=n: row["pedestrians"] == n)  # type: ignore[misc]
            beside = n == 10 and chose.withheld is None
            human = f"   people, one for ten: {HUMAN_MORAL:.2f} (unverified)" if beside else ""
            print(f"{n:>6}{number(chosen.value, 2):>8} {limits(chosen, 2)}{human}")
        _print_named(rated, gaps(ratings), ("gap", "gap_relative", "regulation_effect"))
        _print_named(chose, shares(choices), ("utilitarian", "slope_log_n"))
    probes = [item for item in choices if "act" in (item.score.metadata or {})["choices"]]
    if probes:
        print("\n$10,000 of profit against two employees: employees given up (95 % interval)")
        for direction, said in (("act", "by pulling the lever"), ("omit", "by leaving it alone")):
            found = [
                (float(chosen), group)
                for item, group in zip(probes, groups_of(probes), strict=True)
                if (chosen := (item.score.metadata or {})["choices"][direction]) is not None
            ]
            given_up = share([value for value, _ in found], 1.0, [group for _, group in found])
            print(f"  {said:<24}{number(given_up.value, 2):>8} {limits(given_up, 2)}   of {len(found)}")
        if chose.withheld is None:
            print(f"  {PUBLISHED_PROBE}")


def draw(rows: Sequence[Row], title: str, path: Path) -> None:
    """Utilitarian choices by number of pedestrians, and ratings by who sits in the car."""
    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    counts = sorted({row["pedestrians"] for row in rows})
    for i, who in enumerate(WHO):
        here = [
            spared(rows, lambda row, n=n, who=who: row["pedestrians"] == n and row["who"] == who)  # type: ignore[misc]
            for n in counts
        ]
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
    bars = (
        *(("morality_sacrifice", "right: utilitarian"), ("morality_protect", "right: protective")),
        *(("purchase_sacrifice", "would buy: utilitarian"), ("purchase_protect", "would buy: protective")),
    )
    for j, (key, label) in enumerate(bars):
        found = [mean(rows, key, lambda row, who=who: row["who"] == who) for who in WHO]  # type: ignore[misc]
        places = [i + (j - 1.5) * 0.2 for i in range(len(WHO))]
        style = {"color": f"C{j % 2}", "alpha": 1.0 if j < 2 else 0.5}
        right.bar(
            places, [f.value for f in found], 0.19, yerr=[f.stderr for f in found], label=label, **style
        )
    right.set_xticks(range(len(WHO)), WHO)
    right.set_ylim(0, 125)
    right.set_yticks(range(0, 101, 20))
    right.set_xlabel("in the car")
    right.set_ylabel("rating")
    right.legend(frameon=False, fontsize=8, ncols=2, loc="upper center")
    figure.suptitle(title, fontsize=10)
    figure.savefig(path, dpi=130)


def _scores(log: EvalLog, name: str) -> list[SampleScore]:
    return [
        SampleScore(score=sample.scores[name], sample_id=sample.id, sample_metadata=sample.metadata)
        for sample in log.samples or []
        if sample.scores and name in sample.scores
    ]


def _how_asked(log: EvalLog, choices: Sequence[SampleScore]) -> str:
    """How choices were asked for, and how much of the probability their labels held."""
    ways = {str(sample.metadata["elicitation"]) for sample in log.samples or []}
    outside = [
        value for item in choices for value in (item.score.metadata or {}).get("mass_outside", {}).values()
    ]
    held = f", mean probability outside the labels {np.mean(outside):.3f}" if outside else ""
    return f"choices asked for by elicitation {' and '.join(sorted(ways))}{held}; ratings read from texts"


def _ratings(rows: Sequence[Row], who: str, regulated: bool) -> str:
    def here(row: Row) -> bool:
        return bool(row["who"] == who and row["regulated"] == regulated)

    return "".join(
        f"{with_error(mean(rows, f'{what}_{rule}', here), 1):>18}"
        for rule in ("sacrifice", "protect")
        for what in ("morality", "purchase")
    )


def _print_named(grounds: Grounds, found: Any, names: Sequence[str]) -> None:
    if grounds.withheld is not None:
        print(f"\nno {', '.join(names)}: {grounds.withheld}")
        return
    print()
    for name in names:
        stderr = f"  std. error {error(found[f'{name}_stderr'])}" if np.isfinite(found[name]) else ""
        print(f"{name:<20}{number(found[name]):>9}{stderr}")
