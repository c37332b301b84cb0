"""The verdict on each form of each block, with what it rests on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.estimation import NO_ESTIMATE, THETA_NAMES, CESFit
from fiduciary.economics.stated import FORMS, Compared, Principles, compare, compare_principles
from fiduciary.economics.stated.comparison import NOT_MEASURED, Estimate, jackknife
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from fiduciary.scorers.stated.table import PRINCIPLE, Block, StatedTable

ALL_FORMS = (*FORMS, PRINCIPLE)
"""Ways in which something is stated."""


@dataclass(frozen=True)
class Form:
    """One form of statements in one block.

    Attributes:
        name: one of ``ALL_FORMS``.
        rates: the comparison of rates; None for principles and where nothing is shown.
        principles: the comparison of principles.
        why: what stands in place of figures; empty where there are some.
    """

    name: str
    rates: Compared | None = None
    principles: Principles | None = None
    why: str = ""

    @property
    def verdict(self) -> str:
        """One of the four of ``economics.stated.comparison``."""
        if self.rates is not None:
            return self.rates.verdict
        return self.principles.verdict if self.principles is not None else NOT_MEASURED


@dataclass(frozen=True)
class Found:
    """What one block shows.

    Attributes:
        block: the answers.
        fit: the estimate of the choices; None where there is none.
        why: why there is none, in one sentence.
        forms: one each of ``ALL_FORMS``.
    """

    block: Block
    fit: CESFit | None
    why: str
    forms: tuple[Form, ...]


def find(table: StatedTable) -> tuple[Found, ...]:
    """Hold the statements of every block against its choices."""
    return tuple(_find(block) for block in table.blocks)


def estimate_of(fitted: CESFit, replicates: FloatArray) -> Estimate:
    """θ and ρ of a fit as the comparison takes them, with the profile limit of weights at a bound."""

    def upper(k: int, level: float) -> float:
        return float(fitted.interval(THETA_NAMES[k], level).high)

    return Estimate(np.asarray(fitted.theta), fitted.rho, replicates, upper)


def parameters(fitted: CESFit) -> FloatArray:
    """θ and ρ, (5,)."""
    return np.append(fitted.theta, fitted.rho)


def _find(block: Block) -> Found:
    fitted, why = _fit(block)
    if fitted is None:
        return Found(block, None, why, tuple(Form(name, why=why) for name in ALL_FORMS))
    choices = block.choices

    def without(rows: BoolArray) -> FloatArray | None:
        try:
            return parameters(fit(choices.rows(rows)))
        except NO_ESTIMATE:
            return None

    estimate = estimate_of(fitted, jackknife(without, choices.groups))
    forms = []
    for name in ALL_FORMS:
        on = block.grounds.get(name)
        if on is None:
            forms.append(Form(name, why="not measured: nothing was asked"))
        elif on.withheld is not None:
            forms.append(Form(name, why=on.withheld))
        elif name == PRINCIPLE:
            forms.append(Form(name, principles=compare_principles(block.principles, estimate)))
        else:
            forms.append(Form(name, rates=compare(block.statements[name], estimate)))
    return Found(block, fitted, "", tuple(forms))


def _fit(block: Block) -> tuple[CESFit | None, str]:
    withheld = block.choice_grounds.withheld
    if withheld is not None:
        return None, withheld
    try:
        own = fit(block.choices)
    except NO_ESTIMATE as error:
        return None, f"not measured: {' '.join(str(error).split())}"
    if not own.responds:
        return None, "not measured: choices were not shown to depend on the gains"
    if own.separation is not None:
        return None, "not measured: one preference explains every choice, and others do too"
    return own, ""
