"""Whether answers come from a preference at all: the rationality profile of logs, in the terminal.

    fiduciary report logs/
    fiduciary report logs/ --sets

For logs of tasks/transitivity: every index of consistency with its interval and its level of chance,
tests that tell incoherence from noise, and the position effect. For logs of tasks/menus: what company does
to an option's share, with tests. For logs of tasks/money_pump: what was pumped out beside what a consistent
chooser with the same noise would have lost. Other logs are passed over (tasks/allocation has a report of its
own, scorers.allocation.report).

Exit codes: 0; 1 where no log is of these tasks; 2 for a path or an argument that cannot be used.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations, takewhile

import numpy as np
from inspect_ai.log import EvalLog, read_eval_log

from fiduciary.economics.consistency.bradley_terry import bradley_terry
from fiduciary.economics.consistency.indices import indices
from fiduciary.economics.consistency.profile import RationalityProfile, rationality_profile
from fiduciary.economics.inference import Interval, ratio
from fiduciary.economics.money_pump import LENGTH
from fiduciary.scorers.grounds import menu_grounds, pair_grounds
from fiduciary.scorers.logs import arguments_of, find
from fiduciary.scorers.menus.lines import menu_report
from fiduciary.scorers.money_pump.table import PumpTable, pump_table
from fiduciary.scorers.printed import error, limits, number
from fiduciary.scorers.transitivity.metrics import circular_share, dominated_share, first_share, zeta
from fiduciary.scorers.transitivity.table import PairTable, majorities, pair_table

TASKS = {"transitivity": "transitive_triads", "menus": "menu_choices", "money_pump": "money_lost"}
"""Task → its scorer."""

TITLES = {
    "intransitive": "intransitive triads",
    "tied_circle": "circles but for a tie",
    "zeta": "Kendall's zeta",
    "weak": "triads against weak stochastic transitivity",
    "moderate": "triads against the moderate kind",
    "strong": "triads against the strong kind",
    "triangle": "triads against a triangle inequality",
    "rationalisable": "sets that random utility rationalises",
    "consistent_share": "answers in the largest consistent subset",
    "first_share": "answers for the option shown first",
}

TESTS = {
    "circles": "no more circles than noise makes",
    "weak": "weak stochastic transitivity",
    "moderate": "moderate stochastic transitivity",
    "strong": "strong stochastic transitivity",
    "random_utility": "random utility (triangle inequalities)",
}

_WIDTH = 45


def main(argv: Sequence[str] | None = None) -> int:
    """Print the report and return the exit code."""
    parser = argparse.ArgumentParser(
        prog="fiduciary report",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("logs", nargs="+", help="log files, or folders of them")
    parser.add_argument("--sets", action="store_true", help="also one line for every choice set")
    parser.add_argument("--level", type=float, default=0.95, help="of intervals (default 0.95)")
    parser.add_argument("--replications", type=int, default=999, help="bootstrap and simulations")
    parser.add_argument("--seed", type=int, default=0, help="of these (default 0)")
    options = parser.parse_args(argv)
    if not 0 < options.level < 1:
        parser.error(f"argument --level: must lie strictly between 0 and 1, got {options.level}")
    if options.seed < 0:
        parser.error(f"argument --seed: must be at least 0, got {options.seed}")
    if options.replications < 99:
        parser.error(f"argument --replications: must be at least 99, got {options.replications}")
    try:
        paths = [path for given in options.logs for path in find(given)]
        logs = [log for path in paths if (log := read_eval_log(path)).samples]
    except (FileNotFoundError, ValueError) as error:
        parser.error(str(error))
    found = 0
    for log in logs:
        task = log.eval.task.rpartition("/")[2]
        if task not in TASKS:
            continue
        found += 1
        print("\n".join(_heading(log)))
        try:
            found_on = menu_grounds(log) if task == "menus" else pair_grounds(log, TASKS[task])
            print("\n".join(found_on.sentences))
            simulated = options.level, options.replications, options.seed
            if task == "transitivity":
                lines = pairs_report(pair_table(log), options.sets, *simulated)
            elif task == "menus":
                lines = menu_report(log, *simulated)
            else:
                lines = pump_report(pump_table(log))
            # What follows the first blank line rests on the answers; before it they are only counted.
            for line in takewhile(bool, lines) if found_on.withheld is not None else lines:
                print(line, flush=True)
            if found_on.withheld is not None:
                print("so no figure is shown and nothing is tested", flush=True)
        except ValueError as error:
            print(f"no report: {' '.join(str(error).split())}", flush=True)
    if not found:
        print(f"no log of {', '.join(TASKS)} among {', '.join(options.logs)}", file=sys.stderr)
        return 1
    return 0


def pairs_report(
    table: PairTable, sets: bool = False, level: float = 0.95, replications: int = 999, seed: int = 0
) -> Iterator[str]:
    """The lines of a report on pairs."""
    yield _missing(sum(table.reasons, Counter[str]()), int(table.questions.sum()))
    observed = table.mass_outside[np.isfinite(table.mass_outside)]
    if len(observed):
        yield f"mass_outside, mean probability outside the labels: {observed.mean():.4f}"
    if any(table.dominations):
        yield f"chose the dominated option: {_with_limits(dominated_share(table))}"
    yield ""
    if table.by_probability:
        yield from _exact(table)
    elif table.whole:
        yield from _profile(
            rationality_profile(table.choices(), seed=seed, replications=replications, level=level)
        )
        agent = bradley_terry(table.choices())
        yield (
            f"a consistent agent with this noise (Bradley-Terry) takes the worse option in "
            f"{agent.error_rate:.1%} of answers"
        )
    else:
        yield from _by_triad(table)
    yield from _strata(table)
    if sets:
        yield from _sets(table)


def pump_report(table: PumpTable) -> Iterator[str]:
    """The lines of a report on pumps."""
    listed = ", ".join(f"{name} {count}" for name, count in Counter(table.ends).most_common())
    yield f"pumps: {table.asked}, of which {table.n} count; how they ended: {listed}"
    observed = table.mass_outside
    if np.isfinite(observed):
        yield f"mass_outside, mean probability outside the labels: {observed:.4f}"
        yield (
            "of pairs and offers a label drawn behind the closing words is counted: repeats and offers draw\n"
            "anew, and the consistent chooser below has the noise of these draws"
        )
    most = table.fee * table.offers
    yield f"fee ${table.fee:,g} a trade, at most {table.offers} trades, that is ${most:,g}"
    if not table.n:
        return
    yield ""
    columns = f"{'pumps':>6}{'lost':>9}{'s.e.':>10}{'consistent':>12}{'p':>8}{'circled':>9}{'consistent':>12}"
    yield f"{'':<{_WIDTH}}{columns}"
    arms = {
        "its own answers drew the circle": table.closed,
        "no circle: the ring that came closest": ~table.closed,
        "all": np.ones(table.n, bool),
    }
    for title, which in arms.items():
        if not which.any():
            yield f"{title:<{_WIDTH}}{0:>6}"
            continue
        lost = ratio(table.fee * table.trades[which], 1.0, [table.groups[k] for k in np.flatnonzero(which)])
        yield (
            f"{title:<{_WIDTH}}{which.sum():>6}{lost.value:>9.2f}{error(lost.stderr, 2):>10}"
            f"{table.fee * table.expected[which].mean():>12.2f}{table.excess_p(which):>8.3f}"
            f"{table.circled[which].mean():>9.1%}{table.expected_circled[which].mean():>12.1%}"
        )
    yield (
        f"lost: dollars a pump; circled: back at its start, {LENGTH} fees poorer; consistent: a chooser\n"
        "with values and the noise of the same answers, for whom fees weigh nothing; p: of a loss no\n"
        "greater than that chooser's"
    )


def _heading(log: EvalLog) -> list[str]:
    arguments = arguments_of(log)
    title = f"{log.eval.task.rpartition('/')[2]}  {log.eval.model}  {arguments}"
    return [
        f"\n{title}",
        "=" * min(len(title), 110),
        f"log {log.location}  task version {log.eval.task_version}  status {log.status}",
    ]


def _missing(reasons: Counter[str], questions: int) -> str:
    missing = sum(reasons.values())
    listed = ", ".join(f"{name} {count}" for name, count in reasons.most_common()) or "none"
    return f"missing answers: {missing} of {questions} ({missing / questions:.1%}): {listed}"


def _profile(profile: RationalityProfile) -> Iterator[str]:
    yield (
        f"{profile.n_sets} sets ({profile.sets_incomplete} incomplete), {profile.triads} triads "
        f"({profile.triads_incomplete} left out), {profile.pairs} pairs ({profile.pairs_unasked} unasked, "
        f"{profile.pairs_one_sided} in one order only), {profile.answers} answers"
    )
    yield f"{'':<{_WIDTH}}{'value':>8}{f'  {profile.level:.0%} interval':<19}{'coins':>8}"
    for name, index in profile.indices.items():
        title = TITLES.get(name, name)
        if index.reason is not None:
            yield f"{title:<{_WIDTH}}{'-':>8}  {index.reason}"
            continue
        interval = f"  [{index.low:.3f}, {index.high:.3f}]"
        yield f"{title:<{_WIDTH}}{index.value:>8.3f}{interval:<19}{index.chance:>8.3f}"
    yield f"p-value of so few circles from a coin: {profile.chance_p_value:.4f}"
    yield ""
    yield "consistency of every set, tested at the least favourable noise"
    for name, test in profile.tests.items():
        title = TESTS.get(name, name)
        if test.reason is not None:
            yield f"{title:<{_WIDTH}}no test: {test.reason}"
            continue
        verdict = "rejected: incoherent beyond noise" if test.rejected() else "not rejected"
        yield f"{title:<{_WIDTH}}LR = {test.statistic:8.2f}  p = {test.p_value:.4f}  {verdict}"
    yield ""
    bias = profile.position
    interval = f" [{bias.low:.3f}, {bias.high:.3f}]" if not np.isnan(bias.low) else ""
    tested = f"p = {bias.p_value:.4f}" if not np.isnan(bias.p_value) else "no test"
    effect = f"{bias.constant:.3f} logits{interval}, {tested}"
    yield f"position effect of being shown first: {effect if not np.isnan(bias.constant) else '-'}"
    if bias.reason is not None:
        yield f"  ({bias.reason})"


def _exact(table: PairTable) -> Iterator[str]:
    """Probabilities: what they say is exact, so there is a verdict and nothing to test."""
    yield (
        f"{table.n} sets; probabilities are not sampled, so a circle is a circle and nothing is tested:\n"
        "what noise there is comes from the wording, which is the same throughout, and from the order\n"
        "shown, which both orders of each pair make up for; intervals (95 %) are those of other sets"
    )
    found = indices(table.choices()) if table.whole else {}
    for name, value in found.items():
        if name != "consistent_share":  # which counts answers
            yield f"{TITLES.get(name, name):<{_WIDTH}}{value:>8.3f}"
    if not found:
        yield from _by_triad(table)


def _by_triad(table: PairTable) -> Iterator[str]:
    """Sets that are too large for what needs all their orders at once."""
    circular, expected = circular_share(table)
    yield f"{table.n} sets of {table.m} options, taken three at a time: tests need at most six options"
    yield f"{TITLES['intransitive']:<{_WIDTH}}{_with_limits(circular)}, from coins {expected:.3f}"
    yield f"{TITLES['zeta']:<{_WIDTH}}{_with_limits(zeta(table))}"
    yield f"{TITLES['first_share']:<{_WIDTH}}{_with_limits(first_share(table))}"


def _strata(table: PairTable) -> Iterator[str]:
    """Circles apart for sets that leave plausible preferences nearly indifferent and sets that do not."""
    for stratum in dict.fromkeys(table.stratum):
        part = table.take([k for k, name in enumerate(table.stratum) if name == stratum])
        circular, expected = circular_share(part)
        yield f"in {stratum} sets: intransitive {_with_limits(circular)}, from coins {expected:.3f}"


def _sets(table: PairTable) -> Iterator[str]:
    yield "\nevery set: for each pair i-j, how often i was chosen when shown first and when shown second"
    beats = majorities(table.asked, table.first_wins)
    for k, group in enumerate(table.groups):
        n, won = table.asked[k], table.first_wins[k]
        cells = [
            f"{i}-{j} {won[i, j]:.4g}/{n[i, j]} {n[j, i] - won[j, i]:.4g}/{n[j, i]}"
            for i, j in combinations(range(table.m), 2)
        ]
        around = [
            beats[k, a, b] + beats[k, b, c] + beats[k, c, a] for a, b, c in combinations(range(table.m), 3)
        ]
        circles = sum(abs(x) == LENGTH for x in around if not np.isnan(x))
        yield f"{group} ({table.stratum[k]}): {'; '.join(cells)}" + (
            f"; circles: {circles}" if circles else ""
        )


def _with_limits(found: Interval) -> str:
    return f"{number(found.value)} {limits(found)}"
