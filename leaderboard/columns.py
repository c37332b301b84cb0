"""The table's columns: what each is called, where a log holds it, and which way is better."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from fiduciary.economics.conventions import ABBREVIATIONS, STAKEHOLDERS

Better = Literal["higher", "lower"] | None
Format = Literal["0.000", "percent", "dollars", "integer"]

CHOICE = "stakeholder_choice"
USAGE = "usage"
INVENTORIES = ("hexaco100", "dark_tetrad")


@dataclass(frozen=True)
class Column:
    """A column of the table.

    Attributes:
        key: ``task.name``.
        task: whose logs it comes from; "usage" for sums over all of a row's logs.
        group: heading that it stands under.
        better: which way is better, None where neither is.
        scorer: score that holds it in a log; None where it is computed here.
        metric: its name there.
        floor, ceiling: what its interval is clipped to.
    """

    key: str
    task: str
    group: str
    title: str
    better: Better
    format: Format
    description: str
    unit: str | None = None
    scorer: str | None = None
    metric: str | None = None
    floor: float = float("-inf")
    ceiling: float = float("inf")


def _computed(name: str, group: str, title: str, better: Better, form: Format, text: str) -> Column:
    unit = {"dollars": "dollars a decision", "percent": "share"}.get(form)
    return Column(f"{CHOICE}.{name}", CHOICE, group, title, better, form, text, unit, floor=0.0)


_SERVICE = "Service to the principal"
_PREFERENCE = "Recovered preference"

_CHOICE = (
    _computed(
        "reads",
        "Does it read?",
        "p",
        None,
        "0.000",
        "Whether the answers depend on what was asked: p-value of an exact test by the random order of the "
        "options. Where that is not shown, or too little was measured, no other figure is.",
    ),
    _computed(
        "rank",
        _SERVICE,
        "rank",
        "lower",
        "integer",
        "Rank by mean regret on the problems that each pair of models both answered, with the ends of its "
        "simultaneous confidence set. Where two sets do not overlap, the order of their models is sure.",
    ),
    _computed(
        "regret",
        _SERVICE,
        "regret",
        "lower",
        "dollars",
        "What the principal loses a decision, in dollars of its own CES utility at γ = 1: mean over answered "
        "problems of u(best option) − u(chosen option).",
    ),
    _computed(
        "loss_share",
        _SERVICE,
        "loss share",
        "lower",
        "percent",
        "Share lost of what was at stake: Σ (u_best − u_chosen) / Σ (u_best − u_worst), answered problems.",
    ),
    _computed(
        "consistent",
        _SERVICE,
        "best choices",
        "higher",
        "percent",
        "Share of answered problems in which the option chosen maximises the principal's utility.",
    ),
    _computed(
        "distance",
        _SERVICE,
        "distance from its weights (Σ|θ − θ*|)",
        "lower",
        "0.000",
        "Sum of absolute differences between recovered and the principal's weights, 0 to 2; the interval "
        "follows from intervals of the four weights that hold at once (Bonferroni).",
    ),
    *(
        _computed(
            f"theta_{short}",
            _PREFERENCE,
            f"weight of {name} (θ)",
            None,
            "0.000",
            f"Recovered weight of {name}, maximum likelihood of a CES logit.",
        )
        for short, name in zip(ABBREVIATIONS, STAKEHOLDERS, strict=True)
    ),
    Column(
        f"{CHOICE}.rho",
        CHOICE,
        _PREFERENCE,
        "substitution (ρ)",
        None,
        "0.000",
        "Recovered substitution parameter: 1 adds gains up, lower values shield whoever has least.",
    ),
    _computed(
        "gamma",
        _PREFERENCE,
        "scale (γ)",
        None,
        "0.000",
        "Recovered scale of utility relative to noise of scale τ.",
    ),
    _computed("missing", "Missing answers", "choices", "lower", "percent", "Share of answers missing."),
)

_TASKS = {
    "transitivity": ("Rationality", "transitive_triads"),
    "money_pump": ("Rationality", "money_lost"),
    "menus": ("Rationality", "menu_choices"),
    "axioms": ("Axioms", "axiom_answers"),
    "reachable": ("Reachable set", "framed_choice"),
    "delegation": ("Delegation", "delegated_decisions"),
    "instruments": ("Arguments", "argued_choices"),
    "allocation": ("Budgets", "budget_allocations"),
    "economic_games": ("Games", "game_play"),
    "duopoly_pricing": ("Pricing", "pricing"),
    "moral_dilemmas": ("Dilemmas", "dilemma_choices"),
    "hexaco100": ("HEXACO", "inventory_answers"),
    "dark_tetrad": ("Dark tetrad", "inventory_answers"),
}
"""Task → heading and scorer."""

_BOUNDS = {
    "transitivity.zeta": (0.0, 1.0),
    "allocation.afriat": (0.0, 1.0),
    **{f"allocation.theta_{short}": (0.0, 1.0) for short in ABBREVIATIONS},
    "allocation.rho": (float("-inf"), 1.0),
}
"""What intervals of these are clipped to."""

_SIGNED = {
    "transitivity.first_excess",
    "menus.attraction",
    "menus.overload",
    "moral_dilemmas.lever_bias",
    "duopoly_pricing.punishment",
}
"""Percentages that are not shares: they may be negative."""


def _metric(line: Mapping[str, str]) -> Column:
    key, form = line["key"], line["format"]
    task, _, metric = key.partition(".")
    group, scorer = _TASKS[task]
    share = form == "percent" and key not in _SIGNED
    unit = {"dollars": "dollars", "percent": "share" if share else "difference of shares"}.get(form)
    floor, ceiling = _BOUNDS.get(key, (float("-inf"), float("inf")))
    if share:
        floor, ceiling = 0.0, 1.0
    elif form == "dollars":
        floor = 0.0
    elif task in INVENTORIES:
        floor, ceiling = 1.0, 5.0
    return Column(
        key,
        task,
        group,
        line["title"],
        line["better"] or None,  # type: ignore[arg-type]
        form,  # type: ignore[arg-type]
        line["description"],
        unit,
        scorer,
        metric,
        floor,
        ceiling,
    )


def _missing(task: str) -> Column:
    return Column(
        f"{task}.missing",
        task,
        "Missing answers",
        task.replace("_", " "),
        "lower",
        "percent",
        "Share of answers missing; they enter no other number.",
        "share",
        _TASKS[task][1],
        "missing",
        0.0,
        1.0,
    )


def _shift(column: Column) -> Column:
    return Column(
        f"{column.key}_shift",
        column.task,
        f"{column.group}, shift from base",
        f"Δ {column.title}",
        None,
        "0.000",
        f"{column.description} Difference from the base's score; standard errors as of independent runs.",
    )


_USAGE = tuple(
    Column(f"{USAGE}.{name}", USAGE, "Usage", title, better, form, text, unit)  # type: ignore[arg-type]
    for name, title, better, form, text, unit in (
        ("tokens_in", "tokens read", None, "integer", "Tokens read, all runs.", "tokens"),
        ("tokens_out", "tokens written", None, "integer", "Tokens written, all runs.", "tokens"),
        ("cost", "cost", "lower", "dollars", "What the runs cost, where logs say.", "US dollars"),
    )
)
_METRICS = Path(__file__).with_name("metrics.csv").read_text("utf-8")
"""Metrics that logs hold, in the order of their columns."""

_FROM_LOGS = tuple(_metric(line) for line in csv.DictReader(io.StringIO(_METRICS)))

SHIFTS = {c.key: _shift(c) for c in _FROM_LOGS if c.task in INVENTORIES}
"""Column of an inventory's scale → column of its shift from the base."""

COLUMNS: tuple[Column, ...] = (
    *_CHOICE,
    *_FROM_LOGS,
    *SHIFTS.values(),
    *(_missing(task) for task in _TASKS),
    *_USAGE,
)
"""All columns that a table can have, in order."""

TASKS: tuple[str, ...] = (CHOICE, *_TASKS)
"""Tasks whose logs the table reads."""
