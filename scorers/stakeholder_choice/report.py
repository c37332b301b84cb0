"""What logs say about preferences, in the terminal.

    fiduciary report logs/ --target nonprofit
    fiduciary report after.eval --against before.eval

Each log gets its estimate with intervals, its missing answers by reason, the published row for the
same framing where there is one, and tests against the target or against another log (paired when
both asked the same problems). With stated choices at two or more temperatures it also says whether they
show that noise scales with the temperature (an equivalence test), without which γ is not conviction.

Exit codes: 0; 1 where no log is of this task; 2 for a path, an argument or an --against that cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

import numpy as np
from inspect_ai.log import EvalLog, read_eval_log

from fiduciary.economics.estimation import CESFit, TestResult, likelihood_ratio_test, wald_test
from fiduciary.economics.estimation.results import PROPORTIONAL
from fiduciary.economics.published import PUBLISHED
from fiduciary.economics.utility import PROFILES, profile
from fiduciary.scorers.choice_table import Table, tables
from fiduciary.scorers.grounds import grounds
from fiduciary.scorers.logs import find
from fiduciary.scorers.stakeholder_choice.metrics.ces_parameters import fit
from fiduciary.scorers.stakeholder_choice.wordings import wording_lines

TASK = "stakeholder_choice"

NO_ESTIMATE = (ValueError, ArithmeticError, np.linalg.LinAlgError)
"""What an estimate from answers that do not allow one may raise."""


def main(argv: Sequence[str] | None = None) -> int:
    """Print the report and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", help="log files, or folders of them")
    parser.add_argument("--target", choices=list(PROFILES), help="named preference to test estimates against")
    parser.add_argument("--against", metavar="LOG", help="log that the others are compared with")
    parser.add_argument("--level", type=float, default=0.95, help="of intervals (default 0.95)")
    options = parser.parse_args(argv)
    if not 0 < options.level < 1:
        parser.error(f"argument --level: must lie strictly between 0 and 1, got {options.level}")
    try:
        paths = [path for given in options.logs for path in find(given)]
        logs = [read_eval_log(path) for path in paths]
        other = read_eval_log(find(options.against)[0]) if options.against else None
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    logs = [log for log in logs if _is_ours(log)]
    if not logs:
        print(f"no log of {TASK} among {', '.join(options.logs)}", file=sys.stderr)
        return 1
    try:
        reference = estimates(tables(other)) if other is not None else {}
    except NO_ESTIMATE as error:
        print(f"no estimate from --against {options.against}: {_one_line(error)}", file=sys.stderr)
        return 2
    for log in logs:
        describe(log, options.target, reference, options.level)
    return 0


SOURCES = {
    "choose": "from the closing words begun for the model (log-probabilities, τ = 1)",
    "explain": "from the closing words behind the model's explanation (log-probabilities given it)",
    "text": "from the choices stated in texts",
}
"""What an estimate rests on, by elicitation."""


def estimates(data: Mapping[str, Table]) -> dict[str, CESFit]:
    """The estimate of each way of asking, by its elicitation.

    Raises:
        ValueError: answers that allow no estimate; so do ArithmeticError and LinAlgError.
    """
    return {way: fit(one) for way, one in data.items()}


def describe(log: EvalLog, target: str | None, reference: dict[str, CESFit], level: float) -> None:
    """Print one log's part of the report."""
    arguments = log.eval.task_args
    title = f"{log.eval.model}  {', '.join(f'{k}={v}' for k, v in arguments.items()) or 'default arguments'}"
    print(f"\n{title}\n{'=' * min(len(title), 110)}")
    print(f"log {log.location}  task version {log.eval.task_version}  status {log.status}")
    try:
        asked = tables(log)
    except ValueError as error:
        print(f"no estimate: {_one_line(error)}")
        return
    fits: dict[str, CESFit] = {}
    for source, data in asked.items():
        print(f"\n{SOURCES[source]}")
        found = grounds(data)
        for sentence in found.sentences:
            print(sentence)
        _print_missing(data)
        if found.withheld is not None:
            print("so no estimate is shown and nothing is tested\n")
            continue
        try:
            estimate = fits[source] = fit(data)
            print(estimate.summary(level))
        except NO_ESTIMATE as error:
            print(f"no estimate: {_one_line(error)}\n")
            continue
        for line in wording_lines(data, level):
            print(line)
        if not data.by_probability and len(np.unique(data.temperature[data.answered])) > 1:
            print(_noise(data))
        try:
            if target is not None:
                test = likelihood_ratio_test(estimate, profile(target))
                _print_test(f"H0: the preference is {target}", test)
            if source in reference:
                test = likelihood_ratio_test(estimate, reference[source])
                _print_test("H0: same preference as --against (paired)", test)
                _print_z(wald_test(estimate, reference[source]))
        except NO_ESTIMATE as error:
            print(f"no test: {_one_line(error)}")
        print()
    if len(fits) > 1:
        try:
            choose, explain = asked["choose"], asked["explain"]
            same = fit(choose.rows(np.isin(choose.groups, explain.groups)))
            test = likelihood_ratio_test(same, fits["explain"])
            _print_test("H0: the same with and without an explanation (same problems, paired)", test)
        except NO_ESTIMATE as error:
            print(f"no test of explanation against none: {_one_line(error)}")
    framing = str(arguments.get("framing", "neutral"))
    if fits and framing in PUBLISHED:
        row = PUBLISHED[framing]
        weights = ", ".join(f"{value:.3f}" for value in row.theta)
        print(
            f"for comparison, published for Llama-3.1-8B-Instruct, framing {framing}: "
            f"θ {weights}; ρ {row.rho} "
            "(K unknown: ρ not comparable)"
        )


def _print_missing(data: Table) -> None:
    reasons = Counter(reason for reason in data.reason if reason)
    missing = sum(reasons.values())
    listed = ", ".join(f"{name} {count}" for name, count in reasons.most_common()) or "none"
    print(f"missing answers: {missing} of {data.n} ({missing / data.n:.1%}): {listed}")


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
    found = "within" if power.proportional else "not within"
    return (
        f"noise proportional to τ^η: η = {power.estimate('eta'):.3f}, 95 % interval [{low:.3f}, {high:.3f}], "
        f"{found} [{least:g}, {most:g}]; gamma is {power.gamma_meaning}"
    )


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__


def _print_test(title: str, result: TestResult) -> None:
    simulated = "chi-bar-square" in result.method and not result.df > 0
    floor = simulated and result.p_value < 0.001
    p = f"p <= {result.p_value:.4f}" if floor else f"p = {result.p_value:.2g}"
    print(f"{title}: LR = {result.statistic:.2f}, {p}\n  ({result.method})")


def _print_z(result: TestResult) -> None:
    for name, (difference, se, z, p) in result.z.items():
        print(f"  Δ {name:<20}{difference:>9.4f}  std. error {se:.4f}  z = {z:6.2f}  p = {p:.4f}")
    if result.left_out:
        print(f"  without a z-test (at a bound, separated or not identified): {', '.join(result.left_out)}")


def _is_ours(log: EvalLog) -> bool:
    return log.eval.task.rpartition("/")[2] == TASK and bool(log.samples)
