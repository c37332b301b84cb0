"""What logs of tasks/menus say, in the terminal: effects with intervals, tests, and choices by menu size."""

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
from fiduciary.economics.inference import alike
from fiduciary.scorers.menus.metrics import Gathered, gather, overload
from fiduciary.scorers.printed import limits

INDEPENDENCE, REGULARITY = "independence of irrelevant alternatives", "regularity"

_WIDTH = 45
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


def menu_report(log: EvalLog, level: float = 0.95, replications: int = 999, seed: int = 0) -> Iterator[str]:
    """The lines of a report; intervals by the bootstrap over option sets.

    Raises:
        ValueError: option sets of different sizes.
    """
    scores, lost = _scores(log)
    reasons: Counter[str] = Counter({"error": lost} if lost else {})
    asked = lost
    for item in scores:
        answers = (item.score.metadata or {})["answers"]
        asked += len(answers)
        reasons.update(str(a["reason"]) for a in answers if a["reason"] is not None)
    listed = ", ".join(f"{name} {count}" for name, count in reasons.most_common()) or "none"
    missing = sum(reasons.values())
    yield f"missing answers: {missing} of {asked} ({missing / max(asked, 1):.1%}): {listed}"
    gathered = gather(scores)
    if gathered is None or not gathered.plain.totals.any():
        yield "no valid answers"
        return
    data = gathered.plain
    outside = [a["outside"] for item in scores for a in (item.score.metadata or {})["answers"]]
    if observed := [mass for mass in outside if mass is not None]:
        yield f"mass_outside, mean probability outside the labels: {np.mean(observed):.4f}"
    yield (
        f"{len(data.counts)} option sets of {data.counts.shape[2]}, {data.totals.sum():.0f} valid answers "
        f"without a decoy and {gathered.decoys.sum():.0f} with"
    )
    yield ""
    yield f"{'':<{_WIDTH}}{'value':>8}{f'  {level:.0%} interval':<21}"
    rng = np.random.default_rng([seed, 5])
    for effect in _effects(gathered):
        yield _line(effect, rng, replications, level)
    yield ""
    if gathered.by_probability:
        yield f"{INDEPENDENCE:<{_WIDTH}}no test: probabilities are not sampled"
        yield f"{REGULARITY:<{_WIDTH}}no test: probabilities are not sampled"
        yield "so that a distance is one and a rise is one: what noise there is comes from the wording,"
        yield "which is the same throughout, and from the orders, of which each menu has all rotations;"
        yield "intervals are those of other option sets"
    else:
        yield _tested(INDEPENDENCE, iia_test(data, rng, replications))
        yield _tested(REGULARITY, regularity_test(data, rng, replications))
    yield ""
    yield "the likeliest option of a logit over all menus of a set, by size of the menu"
    columns = f"{'options':>9}{'answers':>9}{'chose it':>10}{'logit':>8}{'difference':>12}"
    yield f"{columns}  {level:.0%} interval"
    for size, (hits, expected, answers) in best_shares(data).items():
        n = float(answers.sum())
        if not n:
            yield f"{size:>9}{0:>9}"
            continue
        gap = Effect("", hits - expected, answers)
        yield (
            f"{size:>9}{n:>9.0f}{hits.sum() / n:>10.3f}{expected.sum() / n:>8.3f}{gap.value:>12.3f}"
            f"{_interval(gap, rng, replications, level)}"
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


def _line(effect: Effect, rng: np.random.Generator, replications: int, level: float) -> str:
    if not effect.below.sum():
        return f"{effect.title:<{_WIDTH}}{'-':>8}  no set has the answers that it takes"
    interval = _interval(effect, rng, replications, level)
    return f"{effect.title:<{_WIDTH}}{effect.value:>8.3f}{interval}"


def _interval(effect: Effect, rng: np.random.Generator, replications: int, level: float) -> str:
    """In words; by the bootstrap over sets, which cannot tell a spread that no set showed."""
    used = effect.below > 0
    above, below = effect.above[used], effect.below[used]
    if np.ptp(above / below) >= _SHOWN:
        low, high = bootstrap({"": (above, below)}, rng, replications, level)[""]
        return f"  [{low:.3f}, {high:.3f}]"
    if effect.share:
        return f"  {limits(alike(effect.value, int(used.sum()), level))}"
    return "  no interval: all sets alike" if used.sum() > 1 else "  no interval: one set"


def _tested(title: str, test: MenuTest) -> str:
    over = f"{test.statistic / test.expected:.2f}" if test.expected > 0 else "-"
    verdict = "rejected" if test.p_value <= 0.05 else "not rejected"
    return f"{title:<{_WIDTH}}{over:>8} times what noise makes  p = {test.p_value:.4f}  {verdict}"
