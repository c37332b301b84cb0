"""What changed between two sets of answers to the same choice problems, and whether the target is reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np

from fiduciary.comparison.paired import NAN, Change, corrected, paired
from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.economics.estimation import (
    NO_ESTIMATE,
    CESFit,
    Separation,
    TestResult,
    fit_ces,
    likelihood_ratio_test,
    wald_test,
)
from fiduciary.economics.inference import holm, ratio
from fiduciary.economics.inference.paired_exchange import Alike, alike
from fiduciary.economics.inference.telling import Divergence, divergence
from fiduciary.economics.principals import Principal
from fiduciary.economics.utility import CES
from fiduciary.leaderboard.board import by_problem, lay_out
from fiduciary.leaderboard.choices import Answers, estimated
from fiduciary.leaderboard.columns import CHOICE
from fiduciary.scorers.choice_table import Table
from fiduciary.scorers.grounds import shown
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import PARAMETERS

LIKELIEST = "regret of the likeliest option, dollars"
"""Of probabilities, beside what they cost as they are: a target that is unsure on purpose errs at τ = 1."""


@dataclass(frozen=True)
class Choices:
    """One model's answers beside its base's, and against the principal that it is to serve.

    Attributes:
        target: whom it is to serve; None where nobody was stated, and then nothing is held against anybody.
        changes: of the table's figures: the share of missing answers; with a target what choices cost it,
            where the model's answers give grounds for figures (before: where the base's do), and where they
            are probabilities, what the likeliest option alone would cost; parameters that have a standard
            error on both sides.
        alike: exact exchange test of "it chooses like the base", free of any model; None without a base.
        h1: likelihood-ratio test of "the same preference as the base" (θ and ρ; own γ each), problems paired.
        h2: likelihood-ratio test of "the preference is the target".
        against_base, against_target: the same parameter by parameter, by Wald.
        untested: why H1 or H2 has no test, a sentence each.
        distance: Σ|θ − θ*| of the base and its own; NaN where there is none.
        divergence: of the base's and its own probabilities from the target's, where answers are probabilities
            and give grounds for figures; None where they do not.
        alike_p, h1_p, h2_p: p-values after Holm's correction over the models of the comparison, each kind by
            itself.
    """

    target: Principal | None
    changes: tuple[Change, ...]
    alike: Alike | None = None
    h1: TestResult | None = None
    h2: TestResult | None = None
    against_base: TestResult | None = None
    against_target: TestResult | None = None
    untested: tuple[str, ...] = ()
    distance: tuple[float, float] = (NAN, NAN)
    divergence: tuple[Divergence | None, Divergence | None] = (None, None)
    alike_p: float = NAN
    h1_p: float = NAN
    h2_p: float = NAN

    def change(self, name: str) -> Change | None:
        """The change of one of the table's figures, such as ``regret``, or of ``LIKELIEST``."""
        return next((one for one in self.changes if one.key in (f"{CHOICE}.{name}", name)), None)


@dataclass(frozen=True)
class Comparison:
    """Several models on one task, asked in one way.

    Attributes:
        task: how the task is called.
        elicitation: how its answers were asked for.
        answers: of all models, the base's first.
        choices: of all others.
        identified: model → the preferences that make all the choices that its target makes on these problems,
            as :func:`identified_set` finds them.
    """

    task: str
    elicitation: str
    answers: Mapping[str, Answers]
    choices: Mapping[str, Choices]
    identified: Mapping[str, Separation | None] = field(default_factory=dict)


def compare_choices(
    base: Answers | None, own: Answers, target: Principal | None, gamma: float | None = None
) -> Choices:
    """All that can be said of a model's answers to choice problems beside its base's.

    Args:
        base: the base's answers; None where there is no base.
        own: the model's.
        target: whom it is to serve.
        gamma: γ of the target, where it states one; otherwise the nearest is taken for each of the two.
    """
    same = None if base is None else alike(shown(base.data), shown(own.data))
    first = None if base is None else base.fit
    h1, why_1 = _tested("H1", own.fit, first)
    utility = None if target is None else target.at(own.data.shift)
    h2, why_2 = _tested("H2", own.fit, utility)
    return Choices(
        target,
        choice_changes(base, own, target),
        same,
        h1,
        h2,
        _by_wald(own.fit, first),
        _by_wald(own.fit, utility),
        (*why_1, *why_2),
        (_distance(first, utility), _distance(own.fit, utility)),
        (_divergence(base, utility, gamma), _divergence(own, utility, gamma)),
    )


def choice_changes(base: Answers | None, own: Answers, target: Principal | None) -> tuple[Change, ...]:
    """Changes of the table's figures, paired on the problems that both answered; as :class:`Choices` says."""
    return tuple(_changes(base, own, target))


def _changes(base: Answers | None, own: Answers, target: Principal | None) -> Iterator[Change]:
    problems = lay_out({"own": own} if base is None else {"base": base, "own": own})
    if problems is None:
        return
    places, ones = np.arange(len(problems.ids)), np.ones(len(problems.ids))
    gone = None if base is None else _missing(problems.ids, base)
    yield _change(f"{CHOICE}.missing", gone, _missing(problems.ids, own), places, ones)
    if target is not None and own.grounds.withheld is None:
        utility = target.at(problems.shift)
        after = by_problem(problems, own, utility)
        reads = base is not None and base.grounds.withheld is None
        before = by_problem(problems, base, utility) if base is not None and reads else None
        for name, part, weight in (
            ("consistent", "best", ones),
            ("loss_share", "regret", after.stake),
            ("regret", "regret", ones),
        ):
            first = None if before is None else getattr(before, part)
            yield _change(f"{CHOICE}.{name}", first, getattr(after, part), places, weight)
        if own.data.by_probability:
            after = by_problem(problems, own.likeliest, utility)
            first = (
                None if base is None or not reads else by_problem(problems, base.likeliest, utility).regret
            )
            yield _change(LIKELIEST, first, after.regret, places, ones)
    if base is None or base.fit is None or own.fit is None:
        return
    test = _by_wald(own.fit, base.fit)
    for name, (difference, error, _, p) in (test.z if test is not None else {}).items():
        if name in PARAMETERS:
            values = base.fit.estimate(name), own.fit.estimate(name)
            yield Change(f"{CHOICE}.{name}", *values, difference, error, p, "Wald, paired by problem")


def _change(
    key: str, before: FloatArray | None, after: FloatArray, places: IntArray, weight: FloatArray
) -> Change:
    if before is not None:
        return paired(key, before, after, places, weight)
    kept = np.isfinite(after)
    return Change(key, NAN, ratio(after[kept], weight[kept], places[kept]).value)


def _missing(ids: Sequence[str], answers: Answers) -> FloatArray:
    """Share of answers missing for each problem; NaN where it was not asked."""
    place = {name: k for k, name in enumerate(ids)}
    places = np.array([place[str(group)] for group in answers.data.groups])
    asked = np.bincount(places, minlength=len(ids))
    with np.errstate(invalid="ignore"):
        return np.asarray(np.bincount(places, answers.missing.astype(float), minlength=len(ids)) / asked)


def compare_models(
    task: str,
    tables: Mapping[str, Table],
    targets: Mapping[str, Principal | None],
    gammas: Mapping[str, float] = MappingProxyType({}),
) -> Comparison:
    """Compare the first of the tables, the base's, with each of the others.

    Args:
        task: how the task is called.
        tables: answers by model, the base's first; the same problems in the same order, asked in one way.
        targets: what each model is to hold.
        gammas: γ of these targets, of those that state one.

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
    answers = {name: estimated(data, None) for name, data in tables.items()}
    found = {
        name: compare_choices(answers[base], answers[name], targets.get(name), gammas.get(name))
        for name in others
    }
    changes = corrected([one.changes for one in found.values()])
    found = {n: replace(one, changes=own) for (n, one), own in zip(found.items(), changes, strict=True)}
    stated = {name: target for name in others if (target := targets.get(name)) is not None}
    sets = {one: identified_set(tables[base], one.at(tables[base].shift)) for one in set(stated.values())}
    identified = {name: sets[target] for name, target in stated.items()}
    return Comparison(task, tables[base].elicitation, answers, correct_tests(found), identified)


def correct_tests(found: Mapping[str, Choices]) -> dict[str, Choices]:
    """The same with Holm's correction over the models: of H1, of H2, and of choosing alike."""
    of_alike = [NAN if one.alike is None else one.alike.p_value for one in found.values()]
    of_h1 = [NAN if one.h1 is None else one.h1.p_value for one in found.values()]
    of_h2 = [NAN if one.h2 is None else one.h2.p_value for one in found.values()]
    p = zip(*(holm(values).tolist() for values in (of_alike, of_h1, of_h2)), strict=True)
    return {
        name: replace(one, alike_p=a, h1_p=b, h2_p=c)
        for (name, one), (a, b, c) in zip(found.items(), p, strict=True)
    }


def identified_set(data: Table, utility: CES) -> Separation | None:
    """What a principal's own choices on these problems say about its preference, without any noise.

    The preferences that make all the choices that the principal makes on these problems; None where they
    could not be computed. A design with a wide set cannot tell them apart, and there the loss share says more
    than distance.
    """
    problems = np.unique(data.groups, return_index=True)[1]
    welfare = data.welfare[problems]
    welfare = welfare[utility.best(welfare).sum(axis=1) == 1]  # a tie is no choice
    try:
        found = fit_ces(welfare, np.nanargmax(utility.utility(welfare), axis=1), 1.0, shift=data.shift)
    except NO_ESTIMATE:
        return None
    return found.separation


def _tested(
    hypothesis: str, own: CESFit | None, other: CESFit | CES | None
) -> tuple[TestResult | None, tuple[str, ...]]:
    """The test, or why there is none; neither without an estimate, whose own reason stands beside it."""
    if own is None or other is None:
        return None, ()
    try:
        return likelihood_ratio_test(own, other), ()
    except NO_ESTIMATE as error:
        return None, (f"{hypothesis}: {' '.join(str(error).split()) or type(error).__name__}",)


def _by_wald(own: CESFit | None, other: CESFit | CES | None) -> TestResult | None:
    if own is not None and other is not None:
        with suppress(*NO_ESTIMATE):  # such as a target whose ρ is beyond the estimator's bounds
            return wald_test(own, other)
    return None


def _distance(found: CESFit | None, target: CES | None) -> float:
    if found is None or target is None or any(found.status(n) == "not identified" for n in PARAMETERS[:4]):
        return NAN
    return float(np.abs(found.theta - np.asarray(target.theta)).sum())


def _divergence(answers: Answers | None, target: CES | None, gamma: float | None) -> Divergence | None:
    if answers is None or target is None or not answers.data.by_probability:
        return None
    there = ~answers.missing
    if answers.grounds.withheld is not None or not there.any():
        return None
    return divergence(target.utility(answers.data.welfare[there]), answers.shares[there], gamma)
