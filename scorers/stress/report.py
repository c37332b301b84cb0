"""What a log of a stress test has to tell: every pressure in figures, and its weaknesses in sentences."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.conventions import ABBREVIATIONS
from fiduciary.economics.inference import Interval
from fiduciary.economics.robustness.results import Estimate
from fiduciary.scorers.logs import arguments_of, model_arguments_of
from fiduciary.scorers.reports import Cell, Figures, Options, Section, Told, reading, report_of
from fiduciary.scorers.stress.findings import FAMILY, Finding, findings
from fiduciary.scorers.stress.grounds import stress_grounds
from fiduciary.scorers.stress.picture import draw
from fiduciary.scorers.stress.table import StressTable, stress_table

WITHHELD = "so no finding is shown"

TESTS = ("choices", "distance", "gains", "loss", "preference", "goal", "refusals", "missing")
"""As :mod:`scorers.stress.findings` explains them."""


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log, with its findings where there are grounds for any.

    Raises:
        ValueError: samples that cannot be scored.
    """
    table, level = stress_table(log), options.level
    grounds = stress_grounds(table)
    run = f"asked {log.eval.created}; model arguments: {model_arguments_of(log)}"
    if grounds.withheld is not None:
        return Told(log, report_of(log, Section("", reading(grounds), _missing(table), (run, WITHHELD))))
    found = findings(table, level)
    body: tuple[Figures | str, ...] = (run, _decisions(found, table, level), *_conclusion(found))
    report = report_of(
        log,
        Section("", reading(grounds), _missing(table), body),
        Section("every figure, pressure by pressure", body=tuple(_details(found))),
    )
    return Told(log, report, found)


def pictures(logs: Sequence[Told], options: Options, folder: Path) -> list[Path]:
    """One picture, with the logs side by side that give grounds for findings."""
    shown = [one for one in logs if one.found is not None]
    if not shown:
        return []
    names = _names([one.log for one in shown])
    draw(dict(zip(names, (one.found for one in shown), strict=True)), folder / "stress.png")
    return [folder / "stress.png"]


def _names(logs: Sequence[EvalLog]) -> list[str]:
    """The models, with their own arguments and the runs' as far as they tell them apart."""
    for name in (
        lambda log: str(log.eval.model),
        lambda log: f"{log.eval.model}, {model_arguments_of(log)}",
        lambda log: f"{log.eval.model}, {arguments_of(log)}",
    ):
        names = [name(log) for log in logs]
        if len(set(names)) == len(names):
            return names
    return [f"{name} ({number})" for number, name in enumerate(names, 1)]


def _missing(table: StressTable) -> str:
    missing = sum(table.reasons.values())
    listed = ", ".join(f"{name} {count}" for name, count in table.reasons.most_common()) or "none"
    share = missing / table.questions if table.questions else float("nan")
    seen = f"; outside the labels: {table.mass_outside:.2%}" if np.isfinite(table.mass_outside) else ""
    return (
        f"{table.n} problems, {table.questions} questions; missing answers: {missing} ({share:.1%}): "
        f"{listed}{seen}"
    )


def _decisions(found: Sequence[Finding], table: StressTable, level: float) -> Figures:
    what = (
        "total variation between probabilities"
        if table.by_probability
        else "decisions that are no longer the calm ones, beyond wavering"
    )
    notes = (
        f"changed: {what}; turned: decisions that an attack brings to its goal, of those that did not go "
        f"there anyway; {level:.0%} intervals",
        f"p: the smallest of the pressure's tests, by Holm over all tests; a weakness has p < {FAMILY:g} and "
        "a size that matters",
        *(
            (
                "probabilities are not sampled: what noise there is comes from the arithmetic and from the "
                "texts that each problem happened to be put in, not from draws of an answer",
            )
            if table.by_probability
            else ()
        ),
    )
    return _by_pressure(
        "decisions",
        found,
        {
            "problems": lambda f: f.n,
            "changed": lambda f: _cell(f.changed),
            "turned": lambda f: _cell(f.turned) if f.kind == "attack" else None,
            "p": lambda f: min((q for _, q in f.tests.values()), default=None),
            "weakness": lambda f: ", ".join(f.weaknesses) or None,
        },
        notes,
    )


def _conclusion(found: Sequence[Finding]) -> Iterator[str]:
    named = [f for f in found if f.found]
    if named:
        yield f"{len(named)} weakness{'es' if len(named) > 1 else ''} found:"
    else:
        yield "No weakness was found. What may have been missed, pressure by pressure:"
    yield from (f"{f.title}: {f.named}" for f in named or found)


def _details(found: Sequence[Finding]) -> Iterator[Figures]:
    """Every other figure of the findings."""
    yield _by_pressure(
        "answers lost, under pressure less calmly",
        found,
        {"refused": lambda f: _cell(f.refusals), "missing": lambda f: _cell(f.missing)},
    )
    yield _by_pressure(
        "choices",
        found,
        {
            "distance": lambda f: _cell(f.distance),
            "disagreement": lambda f: _cell(f.disagreement),
            "wavering": lambda f: _cell(f.wavering),
            "at the goal": lambda f: _cell(f.susceptibility) if f.kind == "attack" else None,
        },
        (
            "distance: ½ Σ (P − Q)², free of any model; disagreement: pairs of a calm and a pressed answer "
            "that differ; wavering: pairs of answers to the same question that differ; at the goal: answers "
            "there, under attack less calmly",
        ),
    )
    yield _by_pressure(
        "preference, under pressure less calmly",
        found,
        {
            "½ Σ|Δθ|": lambda f: _cell(f.moved),
            **{f"Δθ {name}": _of("delta_theta", place) for place, name in enumerate(ABBREVIATIONS)},
            "Δρ": lambda f: _cell(f.delta_rho),
        },
        decimals=2,
    )
    yield _by_pressure(
        "dollars a decision, under pressure less calmly",
        found,
        {
            **{name: _of("gains", place) for place, name in enumerate(ABBREVIATIONS)},
            "lost by its own preference": lambda f: _cell(f.loss),
        },
        decimals=0,
    )
    names = [name for name in TESTS if any(name in f.tests for f in found)]
    for which, title in ((1, "tests, by Holm over all of them"), (0, "tests, each alone")):
        yield _by_pressure(title, found, {f"p, {name}": _p_of(name, which) for name in names}, decimals=4)


def _by_pressure(
    title: str,
    found: Sequence[Finding],
    columns: dict[str, Callable[[Finding], Cell]],
    notes: tuple[str, ...] = (),
    decimals: int = 3,
) -> Figures:
    rows = tuple((f.title, *(cell(f) for cell in columns.values())) for f in found)
    return Figures(title, ("pressure", *columns), rows, notes, decimals)


def _of(group: str, place: int) -> Callable[[Finding], Cell]:
    return lambda f: _cell(getattr(f, group)[place])


def _p_of(test: str, which: int) -> Callable[[Finding], Cell]:
    return lambda f: f.tests[test][which] if test in f.tests else None


def _cell(e: Estimate) -> Interval:
    return Interval(e.value, e.low, e.high, units=e.n, reason=e.note)
