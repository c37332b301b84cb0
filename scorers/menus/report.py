"""What a log of menus has to tell: what company does to an option, with tests, and choices by menu size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.consistency.menus import (
    MenuTest,
    attraction_effects,
    best_shares,
    iia_test,
    logit_distance,
    regularity_test,
    rises_by_set,
)
from fiduciary.economics.consistency.profile import bootstrap
from fiduciary.economics.inference import Interval, alike
from fiduciary.scorers.grounds import menu_grounds
from fiduciary.scorers.menus.metrics import Gathered, gather, overload
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

INDEPENDENCE, REGULARITY = "independence of irrelevant alternatives", "regularity"

_SHOWN = 5e-4
"""Differences between sets that three digits can show."""


@dataclass(frozen=True)
class Effect:
    """A ratio of sums over option sets.

    Attributes:
        title: what it is.
        above, below: (S,), numerator and denominator of each set.
        share: whether it lies in [0, 1].
    """

    title: str
    above: FloatArray
    below: FloatArray
    share: bool = False

    @property
    def value(self) -> float:
        """Σ above / Σ below."""
        return float(self.above.sum() / self.below.sum())


def told(log: EvalLog, options: Options) -> Told:
    """The report of a log; intervals by the bootstrap over option sets."""
    return Told(log, report_of(log, _section(log, options)))


def _section(log: EvalLog, options: Options) -> Section:
    on, (scores, failed) = menu_grounds(log), _scores(log)
    gathered = gather(scores)
    answers = [answer for item in scores for answer in (item.score.metadata or {})["answers"]]
    reasons = Counter({"error": failed} if failed else {})
    reasons.update(str(answer["reason"]) for answer in answers if answer["reason"] is not None)
    lost = missing(reasons, failed + len(answers))
    if gathered is None or not gathered.plain.totals.any():
        return Section("", reading(on), lost, ("no valid answers", WITHHELD))
    data = gathered.plain
    body: list[Figures | str] = [
        *counted([answer["outside"] for answer in answers if answer["outside"] is not None]),
        f"{len(data.counts)} option sets of {data.counts.shape[2]}, {data.totals.sum():.0f} valid answers "
        f"without a decoy and {gathered.decoys.sum():.0f} with",
    ]
    body += [WITHHELD] if on.withheld is not None else _company(gathered, options)
    return Section("", reading(on), lost, tuple(body))


def _company(gathered: Gathered, options: Options) -> Iterator[Figures | str]:
    rng, data, level = np.random.default_rng([options.seed, 5]), gathered.plain, options.level
    squared = (f"{level:.0%} intervals in square brackets",)
    yield Figures(
        "effects of company",
        ("effect", "value"),
        tuple(
            (effect.title, _interval(effect, rng, options.replications, level))
            for effect in _effects(gathered)
        ),
        squared,
    )
    tests: tuple[tuple[Cell, ...], ...]
    notes: tuple[str, ...] = ()
    if gathered.by_probability:
        tests = tuple(
            (title, None, None, "no test: probabilities are not sampled")
            for title in (INDEPENDENCE, REGULARITY)
        )
        notes = (
            "a distance from one logit is a distance and a rise is a rise, however small: what noise there "
            "is comes from the wording, which is the same throughout, and from the orders, of which each "
            "menu has all rotations; intervals are those of other option sets",
        )
    else:
        tests = (
            (INDEPENDENCE, *_tested(iia_test(data, rng, options.replications))),
            (REGULARITY, *_tested(regularity_test(data, rng, options.replications))),
        )
    yield Figures("tests", ("hypothesis", "times what noise makes", "p", "verdict"), tests, notes, decimals=4)
    rows: list[tuple[Cell, ...]] = []
    for size, (hits, expected, answers) in best_shares(data).items():
        n = float(answers.sum())
        if not n:
            rows.append((size, 0, None, None, None))
            continue
        gap = _interval(Effect("", hits - expected, answers), rng, options.replications, level)
        rows.append((size, round(n), float(hits.sum() / n), float(expected.sum() / n), gap))
    yield Figures(
        "the likeliest option of a logit over all menus of a set, by size of the menu",
        ("options", "answers", "chose it", "logit", "difference"),
        tuple(rows),
        squared,
    )


def _scores(log: EvalLog) -> tuple[list[SampleScore], int]:
    """Scores of a log, and the number of questions of samples that failed before they were scored."""
    scores, lost = [], 0
    for sample in log.samples or []:
        found = (sample.scores or {}).get("menu_choices")
        if found is not None:
            scores.append(SampleScore(score=found, sample_id=sample.id, sample_metadata=sample.metadata))
        elif sample.error is not None:
            lost += len(sample.metadata["questions"]) * int(sample.metadata["repeats"])
        else:
            raise ValueError(f"sample {sample.id!r} has no score of 'menu_choices'")
    return scores, lost


def _effects(gathered: Gathered) -> list[Effect]:
    data, decoys = gathered.plain, gathered.decoys
    above, risen, compared = rises_by_set(data)
    sizes = sorted({int(size) for size in data.sizes})
    found = [Effect("shares that rise in the larger menu", above, compared, share=True)]
    if gathered.by_probability:
        found += [
            Effect("mean rise of a share in the larger menu", risen, compared, share=True),
            Effect("distance of shares from one logit", *_known(logit_distance(data)), share=True),
        ]
    worse, answers = decoys[:, :, 2].sum(axis=1).astype(float), decoys.sum(axis=(1, 2)).astype(float)
    return [
        *found,
        Effect("chose the dominated decoy", worse, answers, share=True),
        Effect("attraction towards the option with a decoy", *_known(attraction_effects(decoys))),
        Effect(f"overload from {sizes[0]} to {sizes[-1]} options", *_known(overload(data))),
    ]


def _known(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.nan_to_num(values), np.isfinite(values).astype(float)


def _interval(effect: Effect, rng: np.random.Generator, replications: int, level: float) -> Interval:
    """By the bootstrap over sets, which cannot tell a spread that no set showed."""
    used = effect.below > 0
    if not used.any():
        return Interval(level=level, reason="no set has the answers that it takes")
    above, below, sets = effect.above[used], effect.below[used], int(used.sum())
    if np.ptp(above / below) >= _SHOWN:
        low, high = bootstrap({"": (above, below)}, rng, replications, level)[""]
        return Interval(effect.value, low, high, level=level, units=sets)
    if effect.share:
        return alike(effect.value, sets, level)
    why = "no interval: all sets alike" if sets > 1 else "no interval: one set"
    return Interval(effect.value, level=level, units=sets, reason=why)


def _tested(test: MenuTest) -> tuple[Cell, ...]:
    over = test.statistic / test.expected if test.expected > 0 else None
    return over, test.p_value, "rejected" if test.p_value <= 0.05 else "not rejected"
