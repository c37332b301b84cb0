"""What a log of stakeholder_choice has to tell.

Each way of asking gets its estimate with intervals, its missing answers by reason, and tests against the
principal or against another log (paired when both asked the same problems); then the published row for the
same framing where there is one. With stated choices at two or more temperatures it also says whether they
show that noise scales with the temperature (an equivalence test), without which γ is not conviction.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.estimation import NO_ESTIMATE, CESFit, TestResult, likelihood_ratio_test, wald_test
from fiduciary.economics.estimation.constants import is_constant
from fiduciary.economics.estimation.results import PROPORTIONAL
from fiduciary.economics.inference import Interval
from fiduciary.economics.principals import Principal
from fiduciary.economics.published import PUBLISHED
from fiduciary.errors import UsageError
from fiduciary.eval_logs import find, one_line, read_log
from fiduciary.scorers.choice_table import Table, tables
from fiduciary.scorers.grounds import grounds
from fiduciary.scorers.reports import (
    Cell,
    Figures,
    Options,
    Report,
    Section,
    Told,
    missing,
    reading,
    report_of,
)
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from fiduciary.scorers.stakeholder_choice.wordings import wordings_told

SOURCES = {
    "choose": "from the closing words begun for the model (log-probabilities, τ = 1)",
    "explain": "from the closing words behind the model's explanation (log-probabilities given it)",
    "text": "from the choices stated in texts",
}
"""What an estimate rests on, by elicitation."""


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log."""
    return Told(log, _report(log, options))


def estimates(data: Mapping[str, Table]) -> dict[str, CESFit]:
    """The estimate of each way of asking, by its elicitation.

    Raises:
        ValueError: answers that allow no estimate; so do ArithmeticError and LinAlgError.
    """
    return {way: fit(asked) for way, asked in data.items()}


def estimates_against(path: str) -> dict[str, CESFit]:
    """The estimates of the log that ``--against`` names.

    Raises:
        UsageError: no log of this task, or one that allows no estimate.
    """
    try:
        return estimates(tables(read_log(find([path])[0])))
    except Exception as error:  # samples that are not as the task writes them may fail anywhere
        raise UsageError(f"no estimate from --against {path}: {one_line(error)}") from error


def _report(log: EvalLog, options: Options) -> Report:
    asked = tables(log)
    fits: dict[str, CESFit] = {}
    sections = []
    for way, data in asked.items():
        on = grounds(data)
        body: list[Figures | str] = []
        if on.withheld is not None:
            body.append("so no estimate is shown and nothing is tested")
        else:
            try:
                fits[way] = fit(data)
                body += estimate_told(fits[way], options.level)
                body += _population(data, options.level)
                body += _wordings_and_noise(data, options.level)
                body += _tests(data, fits[way], options.against.get(way), options.principal)
            except NO_ESTIMATE as error:
                body.append(f"no estimate: {_one_line(error)}")
        sections.append(Section(SOURCES[way], reading(on), missing(data.reasons, data.n), tuple(body)))
    if rest := (*_explained(asked, fits), *(_published(log) if fits else ())):
        sections.append(Section("beside", body=rest))
    return report_of(log, *sections)


def estimate_told(estimate: CESFit, level: float) -> Iterator[Figures | str]:
    """Parameters with intervals and their status, constants of display, and whether choices are separated."""
    kind = "quasi-likelihood of probabilities" if estimate.soft else "likelihood of choices"
    yield (
        f"CES logit, {kind}: {estimate.n} problems in {estimate.n_groups} groups "
        f"({estimate.n_missing} missing), log-likelihood {estimate.loglik:.2f}, K = {estimate.shift:g}"
    )
    yield Figures(
        "parameters",
        ("parameter", "estimate", "status (method of the interval)"),
        tuple(_parameter(estimate, name, level) for name in estimate.names if not is_constant(name)),
        (f"standard errors in brackets, {level:.0%} intervals; gamma is {estimate.gamma_meaning}",),
        decimals=4,
    )
    if estimate.constants:
        yield Figures(
            "constants of display, raw utils; place 1 and letter A are 0",
            ("constant", "estimate", "status"),
            tuple(_constant(estimate, name) for name in estimate.constants),
            decimals=2,
        )
    if estimate.separation is not None:
        yield estimate.separation.describe()


def _population(data: Table, level: float) -> Iterator[Figures | str]:
    """The estimate weighted back to the population of problems, where problems were chosen."""
    if np.all(data.weight == 1):
        return
    try:
        back = fit(data, weighted=True)
    except NO_ESTIMATE as error:
        yield f"weighted back to problems drawn at random: no estimate: {_one_line(error)}"
        return
    effective = data.weight.sum() ** 2 / (data.weight**2).sum()
    yield Figures(
        "weighted back to problems drawn at random",
        ("parameter", "estimate", "status (method of the interval)"),
        tuple(_parameter(back, name, level) for name in back.names if not is_constant(name)),
        (
            "problems were chosen for what they tell, with known probabilities; where this differs from the "
            "estimate above, the choices are not those of one CES",
            f"as precise as {effective:.0f} problems of equal weight",
        ),
        decimals=4,
    )


def _wordings_and_noise(data: Table, level: float) -> Iterator[Figures | str]:
    yield from wordings_told(data, level)
    if not data.by_probability and len(np.unique(data.temperature[data.answered])) > 1:
        yield _noise(data)


def _parameter(estimate: CESFit, name: str, level: float) -> tuple[Cell, ...]:
    low, high, method = estimate.interval(name, level)
    status = estimate.status(name)
    value = np.nan if status == "not identified" else estimate.estimate(name)
    cell = Interval(value, low, high, estimate.se(name), level, estimate.n_groups)
    return name, cell, status if status == method else f"{status} ({method})"


def _constant(estimate: CESFit, name: str) -> tuple[Cell, ...]:
    status = estimate.status(name)
    value = np.nan if status == "not identified" else estimate.estimate(name)
    return name, Interval(value, stderr=estimate.se(name), units=estimate.n_groups), status


def _noise(data: Table) -> str:
    """Whether noise scales with the temperature, which decides what γ may be called."""
    try:
        power = fit(data, scale="power")
    except NO_ESTIMATE as error:
        return f"noise proportional to τ^η: no estimate: {_one_line(error)}"
    status = power.status("eta")
    if status != "ok":
        return f"noise proportional to τ^η: η is {status}; gamma is {power.gamma_meaning}"
    low, high, _ = power.interval("eta")
    least, most = PROPORTIONAL
    lies = "within" if power.proportional else "not within"
    return (
        f"noise proportional to τ^η: η = {power.estimate('eta'):.3f}, 95 % interval [{low:.3f}, {high:.3f}], "
        f"{lies} [{least:g}, {most:g}]; gamma is {power.gamma_meaning}"
    )


def _tests(
    data: Table, estimate: CESFit, other: CESFit | None, principal: Principal | None
) -> Iterator[Figures | str]:
    try:
        if principal is not None:
            test = likelihood_ratio_test(estimate, principal.at(data.shift))
            yield _test(f"H0: the preference is {principal.label}", test)
        if other is not None:
            same = "H0: same preference as --against (paired)"
            yield _test(same, likelihood_ratio_test(estimate, other))
            yield differences(wald_test(estimate, other), "differences from --against")
    except NO_ESTIMATE as error:
        yield f"no test: {_one_line(error)}"


def _explained(asked: Mapping[str, Table], fits: Mapping[str, CESFit]) -> Iterator[Figures | str]:
    if len(fits) < 2:
        return
    try:
        choose, explain = asked["choose"], asked["explain"]
        both = np.isin(choose.groups, explain.groups)
        same = fits["choose"] if both.all() else fit(choose.rows(both))
        yield _test(
            "H0: the same with and without an explanation (same problems, paired)",
            likelihood_ratio_test(same, fits["explain"]),
        )
    except NO_ESTIMATE as error:
        yield f"no test of explanation against none: {_one_line(error)}"


def _published(log: EvalLog) -> Iterator[Figures | str]:
    # The study's own neutral prompt, and one sentence in its place, go with one row.
    framing = str(log.eval.task_args.get("framing", "neutral")).removeprefix("published_")
    if framing in PUBLISHED:
        row = PUBLISHED[framing]
        weights = ", ".join(f"{value:.3f}" for value in row.theta)
        yield (
            f"for comparison, published for Llama-3.1-8B-Instruct, framing {framing}: "
            f"θ {weights}; ρ {row.rho} (K unknown: ρ not comparable)"
        )


def _test(title: str, result: TestResult) -> str:
    simulated = "chi-bar-square" in result.method and not result.df > 0
    floor = simulated and result.p_value < 0.001
    p = f"p <= {result.p_value:.4f}" if floor else f"p = {result.p_value:.2g}"
    return f"{title}: LR = {result.statistic:.2f}, {p} ({result.method})"


def differences(result: TestResult, title: str) -> Figures:
    """Parameter by parameter, where the test can tell."""
    left_out = f"without a z-test (at a bound, separated or not identified): {', '.join(result.left_out)}"
    return Figures(
        title,
        ("parameter", "difference", "z", "p"),
        tuple(
            (name, Interval(difference, stderr=se), z, p) for name, (difference, se, z, p) in result.z.items()
        ),
        (left_out,) if result.left_out else (),
        decimals=4,
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
