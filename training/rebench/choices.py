"""The comparison of stakeholder choices: preferences against base and target, and what they cost."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from fiduciary.economics.estimation import (
    CESFit,
    Separation,
    TestResult,
    fit_ces,
    likelihood_ratio_test,
    wald_test,
)
from fiduciary.economics.inference import holm_by_name
from fiduciary.economics.inference.paired_exchange import Alike, alike
from fiduciary.economics.losses import losses
from fiduciary.economics.principals import Principal
from fiduciary.economics.utility import CES
from fiduciary.scorers.choice_table import Table
from fiduciary.scorers.grounds import grounds, shown
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from fiduciary.training.rebench.paired import Change, paired

NO_ESTIMATE = (ValueError, ArithmeticError, np.linalg.LinAlgError)
"""What an estimate from answers that do not allow one may raise."""

ASKED = MappingProxyType(
    {
        "choose": "labels behind the closing words",
        "explain": "labels behind an explanation",
        "text": "stated choices",
    }
)
"""What the answers of each way of asking are, in a reader's words."""


@dataclass(frozen=True)
class Figure:
    """A number with its standard error."""

    value: float
    se: float


@dataclass(frozen=True)
class Estimate:
    """One model's preference on one task, asked in one way.

    Attributes:
        name: the model.
        n: answers asked for; ``missing`` of them are not valid.
        fit: the estimate; None where the answers allow none, and ``why`` says so.
    """

    name: str
    n: int
    missing: int
    fit: CESFit | None
    why: str = ""


@dataclass(frozen=True)
class Verdict:
    """What an adapter changed, against the target stated for it.

    Attributes:
        name: the adapter.
        target: what it was to hold; None where nothing was stated, and then only H1 is there.
        alike: exact exchange test of "it chooses like the base", free of any model.
        h1: likelihood-ratio test of "the same preference as the base", problems paired.
        h1_holm: its p-value after Holm's correction over the adapters of the comparison.
        h1_z: parameter by parameter.
        h2: likelihood-ratio test of "the preference is the target".
        h2_z: parameter by parameter.
        untested: why H1 or H2 has no test, a sentence each.
        distance: Σ|θ − θ*| of base and adapter.
        best: share of choices that maximise the target's utility; None, as what follows, where the answers
            are no ground for figures.
        loss_share: share lost of what was at stake in the target's utility.
        regret: lost a decision, dollars of the target's utility.
        identified: the preferences that make all the choices that the target makes on these problems;
            None where it could not be computed. A design with a wide set cannot tell them apart, and
            there the loss share says more than distance.
    """

    name: str
    target: Principal | None
    alike: Alike
    h1: TestResult | None
    h1_holm: float
    h1_z: TestResult | None
    h2: TestResult | None = None
    h2_z: TestResult | None = None
    untested: tuple[str, ...] = ()
    distance: tuple[float, float] = (np.nan, np.nan)
    best: Change | None = None
    loss_share: Change | None = None
    regret: Change | None = None
    identified: Separation | None = None


@dataclass(frozen=True)
class Comparison:
    """All models on one task, asked in one way.

    Attributes:
        task: how the task is called.
        elicitation: a key of ``ASKED``.
        estimates: of all models, the base's first.
        verdicts: of all others.
        missing: how the share of missing answers changed, by model.
    """

    task: str
    elicitation: str
    estimates: tuple[Estimate, ...]
    verdicts: tuple[Verdict, ...]
    missing: Mapping[str, Change] = field(default_factory=dict)


def compare(task: str, tables: Mapping[str, Table], targets: Mapping[str, Principal | None]) -> Comparison:
    """Compare the first of the tables, the base's, with each of the others.

    Args:
        task: how the task is called.
        tables: answers by model, the base's first; the same problems in the same order, asked in one way.
        targets: what each model is to hold.

    Raises:
        ValueError: tables of different problems or ways of asking.
    """
    base, *others = tables
    for name in others:
        same = np.array_equal(tables[name].groups, tables[base].groups)
        if not (same and np.array_equal(tables[name].welfare, tables[base].welfare, equal_nan=True)):
            raise ValueError(f"{base} and {name} were not asked the same problems; they cannot be compared")
        if tables[name].elicitation != tables[base].elicitation:
            raise ValueError(
                f"{base} was asked by {tables[base].elicitation} and {name} by {tables[name].elicitation}; "
                "they cannot be compared"
            )
    estimates = {name: _estimate(name, data) for name, data in tables.items()}
    first = estimates[base]
    tests = {name: _tested(estimates[name].fit, first.fit) for name in others}
    corrected = holm_by_name(
        {name: test.p_value for name, test in tests.items() if isinstance(test, TestResult)}
    )
    verdicts = []
    for name in others:
        own = estimates[name]
        both = own.fit is not None and first.fit is not None
        h1_z = wald_test(own.fit, first.fit) if both else None  # type: ignore[arg-type]
        same = alike(shown(tables[base]), shown(tables[name]))
        h1, why = _split(tests[name], "H1")
        verdict = Verdict(name, targets.get(name), same, h1, corrected.get(name, np.nan), h1_z, untested=why)
        target = targets.get(name)
        if target is not None and grounds(tables[name]).withheld is None:
            verdict = _against(verdict, target, first, own, tables[base], tables[name])
        verdicts.append(verdict)
    gone = {name: (~data.answered).astype(float) for name, data in tables.items()}
    missing = {name: paired(gone[base], gone[name], tables[base].groups) for name in others}
    return Comparison(task, tables[base].elicitation, tuple(estimates.values()), tuple(verdicts), missing)


def _against(
    verdict: Verdict, target: Principal, first: Estimate, own: Estimate, base: Table, data: Table
) -> Verdict:
    utility = target.at(data.shift)
    lost_0, lost_1 = (losses(table.welfare, table.shares(), utility) for table in (base, data))
    h2_z = None
    if own.fit is not None:
        with suppress(*NO_ESTIMATE):  # such as a target whose ρ is beyond the estimator's bounds
            h2_z = wald_test(own.fit, utility)
    h2, why = _split(_tested(own.fit, utility), "H2")
    return replace(
        verdict,
        h2=h2,
        h2_z=h2_z,
        untested=verdict.untested + why,
        distance=(_distance(first.fit, utility), _distance(own.fit, utility)),
        best=paired(lost_0.best, lost_1.best, base.groups),
        loss_share=paired(lost_0.regret, lost_1.regret, base.groups, lost_0.stake),
        regret=paired(lost_0.regret, lost_1.regret, base.groups),
        identified=identified_set(base, utility),
    )


def identified_set(data: Table, utility: CES) -> Separation | None:
    """What a principal's own choices on these problems say about its preference, without any noise."""
    problems = np.unique(data.groups, return_index=True)[1]
    welfare = data.welfare[problems]
    welfare = welfare[utility.best(welfare).sum(axis=1) == 1]  # a tie is no choice
    try:
        found = fit_ces(welfare, np.nanargmax(utility.utility(welfare), axis=1), 1.0, shift=data.shift)
    except NO_ESTIMATE:
        return None
    return found.separation


def _estimate(name: str, data: Table) -> Estimate:
    missing = int((~data.answered).sum())
    why = grounds(data).withheld
    if why is not None:
        return Estimate(name, data.n, missing, None, why)
    try:
        found = fit(data)
    except NO_ESTIMATE as error:
        return Estimate(name, data.n, missing, None, " ".join(str(error).split()) or type(error).__name__)
    return Estimate(name, data.n, missing, found)


def _tested(own: CESFit | None, other: CESFit | CES | None) -> TestResult | str | None:
    """The test, or why there is none; None without an estimate, whose own reason stands beside it."""
    if own is None or other is None:
        return None
    try:
        return likelihood_ratio_test(own, other)
    except NO_ESTIMATE as error:
        return " ".join(str(error).split()) or type(error).__name__


def _split(found: TestResult | str | None, hypothesis: str) -> tuple[TestResult | None, tuple[str, ...]]:
    return (None, (f"{hypothesis}: {found}",)) if isinstance(found, str) else (found, ())


def _distance(found: CESFit | None, utility: CES) -> float:
    return np.nan if found is None else float(np.abs(found.theta - np.asarray(utility.theta)).sum())
