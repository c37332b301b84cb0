"""What a log of transitivity has to tell: do answers come from a preference at all?

Every index of consistency with its interval and its level of chance, tests that tell incoherence from noise,
and the position effect.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from inspect_ai.log import EvalLog

from fiduciary.economics.consistency.bradley_terry import bradley_terry
from fiduciary.economics.consistency.indices import indices
from fiduciary.economics.consistency.profile import RationalityProfile, rationality_profile
from fiduciary.economics.inference import Interval
from fiduciary.economics.money_pump import LENGTH
from fiduciary.scorers.grounds import pair_grounds
from fiduciary.scorers.reports import (
    WITHHELD,
    Cell,
    Figures,
    Options,
    Section,
    Told,
    counted,
    missing,
    reading,
    report_of,
)
from fiduciary.scorers.transitivity.metrics import circular_share, dominated_share, first_share, zeta
from fiduciary.scorers.transitivity.table import PairTable, majorities, pair_table

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

INDICES = "indices of consistency"


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log."""
    return Told(log, report_of(log, _section(log, options)))


def _section(log: EvalLog, options: Options) -> Section:
    table, on = pair_table(log), pair_grounds(log, "transitive_triads")
    body = [*_answers(table, options.level)]
    body += [WITHHELD] if on.withheld is not None else _consistency(table, options)
    lost = missing(sum(table.reasons, Counter[str]()), int(table.questions.sum()))
    return Section("", reading(on), lost, tuple(body))


def _answers(table: PairTable, level: float) -> Iterator[Figures | str]:
    """What is counted, whether or not it rests on what was asked."""
    dominated = ("chose the dominated option", dominated_share(table, level))
    rows = [dominated] if any(table.dominations) else []
    yield from counted(table.mass_outside[np.isfinite(table.mass_outside)], *rows)


def _consistency(table: PairTable, options: Options) -> Iterator[Figures | str]:
    if table.by_probability:
        yield (
            f"{table.n} sets; probabilities are not sampled, so a circle is a circle and nothing is tested: "
            "what noise there is comes from the wording, which is the same throughout, and from the order "
            "shown, which both orders of each pair make up for; intervals are those of other sets"
        )
        yield _exact(table) if table.whole else _by_triad(table, options.level)
    elif table.whole:
        yield from _profile(table, options)
    else:
        yield f"{table.n} sets of {table.m} options, taken three at a time: tests need at most six options"
        yield _by_triad(table, options.level)
    yield _strata(table, options.level)
    if options.sets:
        yield from _sets(table)


def _profile(table: PairTable, options: Options) -> Iterator[Figures | str]:
    profile = rationality_profile(
        table.choices(), seed=options.seed, replications=options.replications, level=options.level
    )
    yield (
        f"{profile.n_sets} sets ({profile.sets_incomplete} incomplete), {profile.triads} triads "
        f"({profile.triads_incomplete} left out), {profile.pairs} pairs ({profile.pairs_unasked} unasked, "
        f"{profile.pairs_one_sided} in one order only), {profile.answers} answers"
    )
    rows = []
    for name, index in profile.indices.items():
        value = Interval(
            index.value, index.low, index.high, level=options.level, units=table.n, reason=index.reason or ""
        )
        rows.append((TITLES[name], value, index.chance))
    yield Figures(
        INDICES,
        ("index", "value", "coins"),
        tuple(rows),
        (f"{options.level:.0%} intervals in square brackets",),
    )
    yield _tests(profile)
    yield _place(profile, options.level)
    agent = bradley_terry(table.choices())
    yield Figures(
        "beside coins and a consistent agent with this noise (Bradley-Terry)",
        ("", "value"),
        (
            ("p-value of so few circles from a coin", profile.chance_p_value),
            ("share of answers in which that agent takes the worse option", agent.error_rate),
        ),
        decimals=4,
    )


def _tests(profile: RationalityProfile) -> Figures:
    rows: list[tuple[Cell, ...]] = []
    for name, test in profile.tests.items():
        if test.reason is not None:
            rows.append((TESTS[name], None, None, f"no test: {test.reason}"))
        else:
            verdict = "rejected: incoherent beyond noise" if test.rejected() else "not rejected"
            rows.append((TESTS[name], test.statistic, test.p_value, verdict))
    return Figures(
        "consistency of every set, tested at the least favourable noise",
        ("hypothesis", "LR", "p", "verdict"),
        tuple(rows),
        decimals=4,
    )


def _place(profile: RationalityProfile, level: float) -> Figures:
    bias = profile.position
    effect = Interval(bias.constant, bias.low, bias.high, bias.se, level, profile.n_sets)
    shown: Cell = effect
    if np.isinf(bias.constant):  # every answer that could tell followed the same place
        shown = f"{bias.constant:+} [{bias.low:.3f}, {bias.high:.3f}]"
    return Figures(
        "position effect",
        ("constant", "logits", "p"),
        (("being shown first", shown, bias.p_value),),
        (bias.reason,) if bias.reason is not None else (),
    )


def _exact(table: PairTable) -> Figures:
    """What probabilities say is exact."""
    return Figures(
        INDICES,
        ("index", "value"),
        tuple(
            (TITLES[name], value)
            for name, value in indices(table.choices()).items()
            if name != "consistent_share"  # which counts answers
        ),
    )


def _by_triad(table: PairTable, level: float) -> Figures:
    """Sets that are too large for what needs all their orders at once."""
    circular, expected = circular_share(table, level)
    return Figures(
        INDICES,
        ("index", "value", "coins"),
        (
            (TITLES["intransitive"], circular, expected),
            (TITLES["zeta"], zeta(table, level), None),
            (TITLES["first_share"], first_share(table, level), None),
        ),
        (f"{level:.0%} intervals in square brackets",),
    )


def _strata(table: PairTable, level: float) -> Figures:
    """Circles apart for sets that leave plausible preferences nearly indifferent and sets that do not."""
    rows = []
    for stratum in dict.fromkeys(table.stratum):
        part = table.take([k for k, name in enumerate(table.stratum) if name == stratum])
        rows.append((f"{stratum} sets", *circular_share(part, level)))
    return Figures("by stratum", ("stratum", TITLES["intransitive"], "coins"), tuple(rows))


def _sets(table: PairTable) -> Iterator[Figures]:
    beats = majorities(table.asked, table.first_wins)
    number = float if table.by_probability else int
    rows: list[tuple[Cell, ...]] = []
    pairs: list[tuple[Cell, ...]] = []
    for k, group in enumerate(table.groups):
        around = [
            beats[k, a, b] + beats[k, b, c] + beats[k, c, a] for a, b, c in combinations(range(table.m), 3)
        ]
        rows.append((group, table.stratum[k], sum(bool(abs(x) == LENGTH) for x in around)))
        n, won = table.asked[k], table.first_wins[k]
        for i, j in combinations(range(table.m), 2):
            first, second = number(won[i, j]), number(n[j, i] - won[j, i])
            pairs.append((f"{group} {i}-{j}", first, int(n[i, j]), second, int(n[j, i])))
    yield Figures("every set", ("set", "stratum", "circles"), tuple(rows))
    yield Figures(
        "every set: for each pair i-j, how often i was chosen when shown first and when shown second",
        ("pair", "chosen first", "shown first", "chosen second", "shown second"),
        tuple(pairs),
    )
