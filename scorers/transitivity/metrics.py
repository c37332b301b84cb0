"""Whether majorities over pairs go round in circles, and whether the place shown decides.

How many answers about pairs are missing, and what that leaves out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from inspect_ai.scorer import Metric, SampleScore, Value, metric

from fiduciary.economics.consistency.indices import part
from fiduciary.economics.consistency.noise import consistency_test
from fiduciary.economics.consistency.triads import Triads, chance, most_circular
from fiduciary.economics.inference import LEVEL, Interval, ratio, share
from fiduciary.scorers.grounds import pair_grounds
from fiduciary.scorers.metrics.clustered import NAN, bias, with_error
from fiduciary.scorers.metrics.reads import told
from fiduciary.scorers.transitivity.table import PairTable, pair_table


@metric(scores="unreduced")
def pair_consistency() -> Metric:
    """Circular triads, Kendall's ζ and what being shown first adds.

    Epochs of a set are added up first; standard errors are clustered by set.

    - ``intransitive``: share of scored triads whose three majorities go round in a circle;
      ``intransitive_chance``: what coins would give with as many answers to each pair.
    - ``zeta``: mean over sets of Kendall's coefficient of consistence 1 − d/d_max; 1 for none circular,
      ¾ (triads) for coins.
    - ``circles_p``: p-value of strong stochastic transitivity (utilities and noise that depends on their
      difference alone) in the direction of circles, all sets together, at the least favourable noise;
      small where circles are more than noise. Not with ``choose``, whose probabilities are not sampled,
      nor above six options.
    - ``first_excess``: share of answers that chose the option shown first, of pairs in both orders,
      minus ½; 0 where the place does not matter; one set shows none.
    - ``dominated``, with a dominance check: share of answers that chose the dominated option.

    All but ``first_excess`` and ``dominated`` are NaN where the answers are no ground for them
    (``scorers/grounds.py``).

    Intervals, the other tests and indices: ``fiduciary report LOG``.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return dict(_report(Interval(), NAN, Interval(), Interval()))
        table = pair_table(scores)
        circular, expected = circular_share(table)
        found = pair_grounds(scores, "transitive_triads")
        out = _report(circular, expected, zeta(table), first_share(table)) | told(found)
        if found.withheld is not None:
            out |= dict.fromkeys(("intransitive", "intransitive_stderr", "zeta", "zeta_stderr"), NAN)
        elif table.whole and not table.by_probability:
            out["circles_p"] = consistency_test(table.choices(), "circles").p_value
        if any(table.dominations):
            out |= with_error("dominated", dominated_share(table))
        return dict(out)

    return compute


def circular_share(table: PairTable, level: float = LEVEL) -> tuple[Interval, float]:
    """Share of scored triads that are circular, and its expectation when every answer is a coin's."""
    choices, owner = table.triads()
    circular, scored = part(choices, "intransitive")
    value = share(circular, scored, [str(k) for k in owner], level)
    if not scored.any():
        return value, NAN
    # A probability does not tie but by being exactly ½.
    expected = 0.25 if table.by_probability else float(np.nanmean(chance(choices)[0]))
    return value, expected


def zeta(table: PairTable, level: float = LEVEL) -> Interval:
    """Mean over complete sets of ζ = 1 − d/d_max; a tied pair counts as a coin's toss."""
    choices, owner = table.triads()
    consistent, scored = part(choices, "zeta")  # of a triad: 1 − its circles, since d_max is 1
    circles = np.bincount(owner, scored - consistent, table.n)
    complete = np.bincount(owner, scored == 0, table.n) == 0
    values = 1 - circles / most_circular(table.m)
    return share(np.where(complete, values, 0.0), complete.astype(float), table.groups, level)


def first_share(table: PairTable, level: float = LEVEL) -> Interval:
    """Share of answers that chose the option shown first, pair by pair, of pairs answered in both orders."""
    choices, owner = table.triads()
    return share(*part(choices, "first_share"), [str(k) for k in owner], level)


def dominated_share(table: PairTable, level: float = LEVEL) -> Interval:
    """Share of answers that chose the dominated option of a pair with one."""
    wrong, answers = np.zeros(table.n), np.zeros(table.n)
    for k, pairs in enumerate(table.dominations):
        for better, worse in pairs:
            n, won = table.asked[k], table.first_wins[k]
            wrong[k] += n[better, worse] - won[better, worse] + won[worse, better]
            answers[k] += n[better, worse] + n[worse, better]
    return share(wrong, answers, table.groups, level)


def _report(circular: Interval, expected: float, consistence: Interval, first: Interval) -> dict[str, float]:
    return {
        **with_error("intransitive", circular),
        "intransitive_chance": expected,
        **with_error("zeta", consistence),
        **bias("first_excess", replace(first, value=first.value - 0.5)),
    }


@metric(scores="unreduced")
def pairs_missing() -> Metric:
    """Share of missing answers, by reason, and of triads that they leave incomplete.

    With ``choose`` and ``explain`` also ``mass_outside``, the mean probability outside the labels.
    """

    def compute(scores: list[SampleScore]) -> Value:
        if not scores:
            return {"missing": NAN, "missing_stderr": NAN, "incomplete": NAN}
        table = pair_table(scores)
        missing = [sum(reasons.values()) for reasons in table.reasons]
        rate = ratio(missing, table.questions, table.groups)
        total = sum(table.reasons, Counter[str]())
        by_reason = {
            f"missing_{reason.replace(' ', '_')}": count / int(table.questions.sum())
            for reason, count in sorted(total.items())
        }
        incomplete = float(np.mean(~Triads(table.triads()[0]).scored))
        observed = table.mass_outside[np.isfinite(table.mass_outside)]
        outside = {"mass_outside": float(observed.mean())} if len(observed) else {}
        return {
            **with_error("missing", rate),
            **by_reason,
            "incomplete": incomplete,
            **outside,
        }

    return compute
