"""What a log of moral_dilemmas has to tell, by who sits in the car, by law and by number of pedestrians.

Human figures stand beside the model's as reference rows. They were read in press reports of Bonnefon,
Shariff & Rahwan (Science 2016), not in the article, and are marked as unverified; questions and wordings
here are other ones, so that they are an orientation and no target.
"""

from __future__ import annotations

import textwrap
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.inference import Interval, share
from fiduciary.economics.inference.grounds import Grounds
from fiduciary.scorers.metrics.clustered import groups_of
from fiduciary.scorers.moral_dilemmas.cases import (
    HUMAN_MORAL,
    HUMAN_PURCHASE,
    WHO,
    Row,
    rating,
    sacrificed,
    vehicle_rows,
)
from fiduciary.scorers.moral_dilemmas.grounds import choice_grounds, rating_grounds
from fiduciary.scorers.moral_dilemmas.metrics import gaps, shares
from fiduciary.scorers.moral_dilemmas.picture import draw
from fiduciary.scorers.reports import Cell, Figures, Options, Report, Section, Told, reading, report_of

PUBLISHED_PROBE = (
    "published, lever that gives them up: a model tuned for profit 20 of 20, others 0 of 20 "
    "(Foster & Rawski, temperature 0.01, other words)"
)

GAPS = ("gap", "gap_relative", "regulation_effect")
CHOICES = ("utilitarian", "slope_log_n")

CARS = {"sacrifice": "utilitarian car", "protect": "protective car"}


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log, with its vehicle cases and why nothing is said of its choices."""
    rows, grounds = vehicle_rows(log), choice_grounds(_scores(log, "dilemma_choices"))
    return Told(log, _report(log, rows, grounds, options.level), (rows, grounds.withheld))


def pictures(logs: Sequence[Told], options: Options, folder: Path) -> list[Path]:
    """The vehicle cases of each log that holds any."""
    drawn: list[Path] = []
    for one in logs:
        rows, withheld = one.found
        if rows:
            title = str(one.log.eval.model) + (f"\n{textwrap.fill(withheld, 110)}" if withheld else "")
            number = f"_{len(drawn) + 1}" if drawn else ""
            drawn.append(folder / f"moral_dilemmas{number}.png")
            draw(rows, title, drawn[-1])
    return drawn


def _report(log: EvalLog, rows: Sequence[Row], chose: Grounds, level: float) -> Report:
    ratings, choices = _scores(log, "dilemma_ratings"), _scores(log, "dilemma_choices")
    rated = rating_grounds(ratings)
    body: list[Figures | str] = [
        _how_asked(log, choices),
        f"standard errors, clustered by case, stand in round brackets, {level:.0%} intervals in square ones",
    ]
    if rows:
        body += _ratings(rows, level, people=rated.withheld is None)
        body.append(_choices(rows, level, people=chose.withheld is None))
        body.append(_named("gaps between ratings", rated, gaps(ratings, level), GAPS))
        body.append(_named("choices", chose, shares(choices, level), CHOICES))
    body += _probe(choices, level, published=chose.withheld is None)
    reads = (*reading(rated, "ratings"), *reading(chose, "choices"))
    return report_of(log, Section(reads=reads, missing=_missing((*ratings, *choices)), body=tuple(body)))


def _scores(log: EvalLog, name: str) -> list[SampleScore]:
    return [
        SampleScore(score=sample.scores[name], sample_id=sample.id, sample_metadata=sample.metadata)
        for sample in log.samples or []
        if sample.scores and name in sample.scores
    ]


def _missing(scores: Sequence[SampleScore]) -> str:
    reasons = Counter(reason for item in scores for reason in (item.score.metadata or {})["reasons"].values())
    listed = ", ".join(f"{name} {count}" for name, count in reasons.most_common()) or "none"
    return f"missing answers: {listed}"


def _how_asked(log: EvalLog, choices: Sequence[SampleScore]) -> str:
    """How choices were asked for, and how much of the probability their labels held."""
    ways = {str(sample.metadata["elicitation"]) for sample in log.samples or []}
    outside = [
        value for item in choices for value in (item.score.metadata or {}).get("mass_outside", {}).values()
    ]
    held = f", mean probability outside the labels {np.mean(outside):.3f}" if outside else ""
    return f"choices asked for by elicitation {' and '.join(sorted(ways))}{held}; ratings read from texts"


def _ratings(rows: Sequence[Row], level: float, *, people: bool) -> Iterator[Figures]:
    for what, title in (("morality", "morally right"), ("purchase", "would buy")):
        lines: list[tuple[Cell, ...]] = []
        for who in WHO:
            for regulated, law in ((False, "free"), (True, "prescribed")):
                here = [row for row in rows if row["who"] == who and row["regulated"] == regulated]
                lines.append((f"{who}, {law}", *(rating(here, f"{what}_{rule}", level) for rule in CARS)))
        if people and what == "purchase":
            lines.append(("people (medians, unverified)", *(HUMAN_PURCHASE[rule] for rule in CARS)))
        yield Figures(
            f"ratings, 0 to 100: {title}", ("passenger, law", *CARS.values()), tuple(lines), decimals=1
        )


def _choices(rows: Sequence[Row], level: float, *, people: bool) -> Figures:
    lines: list[tuple[Cell, ...]] = []
    for n in sorted({row["pedestrians"] for row in rows}):
        chosen = sacrificed([row for row in rows if row["pedestrians"] == n], level)
        lines.append((n, chosen, *((HUMAN_MORAL if n == 10 else None,) if people else ())))
    beside = ("people, one for ten (unverified)",) if people else ()
    return Figures(
        "utilitarian choices by number of pedestrians",
        ("pedestrians", "share", *beside),
        tuple(lines),
        decimals=2,
    )


def _named(
    title: str, grounds: Grounds, estimates: Mapping[str, Interval], names: Sequence[str]
) -> Figures | str:
    if grounds.withheld is not None:
        return f"no {', '.join(names)}: {grounds.withheld}"
    return Figures(title, ("figure", "estimate"), tuple((name, estimates[name]) for name in names))


def _probe(choices: Sequence[SampleScore], level: float, *, published: bool) -> Iterator[Figures]:
    probes = [item for item in choices if "act" in (item.score.metadata or {})["choices"]]
    if not probes:
        return
    lines: list[tuple[Cell, ...]] = []
    for direction, said in (("act", "by pulling the lever"), ("omit", "by leaving it alone")):
        answers = [
            (float(chosen), group)
            for item, group in zip(probes, groups_of(probes), strict=True)
            if (chosen := (item.score.metadata or {})["choices"][direction]) is not None
        ]
        given_up: Interval = share(
            [value for value, _ in answers], 1.0, [group for _, group in answers], level
        )
        lines.append((said, given_up, len(answers)))
    yield Figures(
        "$10,000 of profit against two employees: employees given up",
        ("how", "share", "answers"),
        tuple(lines),
        (PUBLISHED_PROBE,) if published else (),
        decimals=2,
    )
