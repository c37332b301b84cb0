"""What logs of tasks/menus say, in the terminal: effects with intervals, tests, and choices by menu size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from inspect_ai.log import EvalLog
from inspect_ai.scorer import SampleScore

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
from fiduciary.scorers.metrics.menu_effects import Gathered, gather, overload

FloatArray = npt.NDArray[np.float64]

_WIDTH = 45


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
    for title, (above, below) in _effects(gathered).items():
        yield _line(title, above, below, rng, replications, level)
    yield ""
    if gathered.by_probability:
        yield "shares are probabilities, which are not sampled, so nothing is tested: what noise there is"
        yield "comes from the wording, which is the same throughout, and from the orders, of which each menu"
        yield "has all rotations; intervals are those of other option sets"
    else:
        yield _tested("independence of irrelevant alternatives", iia_test(data, rng, replications))
        yield _tested("regularity", regularity_test(data, rng, replications))
    yield ""
    yield "the likeliest option of a logit over all menus of a set, by size of the menu"
    columns = f"{'options':>9}{'answers':>9}{'chose it':>10}{'logit':>8}{'difference':>12}"
    yield f"{columns}  {level:.0%} interval"
    for size, (hits, expected, answers) in best_shares(data).items():
        n = float(answers.sum())
        if not n:
            yield f"{size:>9}{0:>9}"
            continue
        gap, interval = _interval(hits - expected, answers, rng, replications, level)
        yield f"{size:>9}{n:>9.0f}{hits.sum() / n:>10.3f}{expected.sum() / n:>8.3f}{gap:>12.3f}{interval}"


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


def _effects(gathered: Gathered) -> dict[str, tuple[FloatArray, FloatArray]]:
    """Numerator and denominator by set."""
    data, decoys = gathered.plain, gathered.decoys
    above, risen, compared = rises_by_set(data)
    sizes = sorted({int(size) for size in data.sizes})
    found = {"shares that rise in the larger menu": (above, compared)}
    if gathered.by_probability:
        found["mean rise of a share in the larger menu"] = risen, compared
        found["distance of shares from one logit"] = _known(logit_distance(data))
    return found | {
        "chose the dominated decoy": (
            decoys[:, :, 2].sum(axis=1).astype(float),
            decoys.sum(axis=(1, 2)).astype(float),
        ),
        "attraction towards the option with a decoy": _known(attraction_effects(decoys)),
        f"overload from {sizes[0]} to {sizes[-1]} options": _known(overload(data)),
    }


def _known(values: FloatArray) -> tuple[FloatArray, FloatArray]:
    return np.nan_to_num(values), np.isfinite(values).astype(float)


def _line(
    title: str,
    above: FloatArray,
    below: FloatArray,
    rng: np.random.Generator,
    replications: int,
    level: float,
) -> str:
    if not below.sum():
        return f"{title:<{_WIDTH}}{'-':>8}  no set has the answers that it takes"
    value, interval = _interval(above, below, rng, replications, level)
    return f"{title:<{_WIDTH}}{value:>8.3f}{interval}"


def _interval(
    above: FloatArray, below: FloatArray, rng: np.random.Generator, replications: int, level: float
) -> tuple[float, str]:
    """Ratio of sums over sets, and its interval in words."""
    used = below > 0
    own = above[used] / below[used]
    value = float(above.sum() / below.sum())
    if np.ptp(own) < 1e-12:
        return value, "  all sets alike"
    low, high = bootstrap({"": (above[used], below[used])}, rng, replications, level)[""]
    return value, f"  [{low:.3f}, {high:.3f}]"


def _tested(title: str, test: MenuTest) -> str:
    over = f"{test.statistic / test.expected:.2f}" if test.expected > 0 else "-"
    verdict = "rejected" if test.p_value <= 0.05 else "not rejected"
    return f"{title:<{_WIDTH}}{over:>8} times what noise makes  p = {test.p_value:.4f}  {verdict}"
