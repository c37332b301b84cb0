"""What changed between two models that answered the same blocks.

A block is one wording, scale direction and label style (and repeat, where answers are sampled) in which
both models answered all items. For every item, facet and domain the unit is the block's difference,
tuned − base, of keyed answers. Families are fixed beforehand: domains (Holm), facets and items
(Benjamini–Hochberg, in its discrete form where all differences are whole). "Not significant" is not
"unchanged": an equivalence test says whether a difference is smaller than a stated bound.

Sources: Schuirmann, Journal of Pharmacokinetics and Biopharmaceutics 15 (1987); Hedges & Olkin, Statistical
Methods for Meta-Analysis (1985), for g; of the corrections, ``false_discovery.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.inference import Interval, around, benjamini_hochberg, holm, quantile
from fiduciary.economics.psychometrics.false_discovery import ALPHA, false_discovery_control
from fiduciary.economics.psychometrics.scoring import Key, scale_score
from fiduciary.economics.psychometrics.sign_flip import are_whole, floor, sign_flip_test

Level = Literal["domain", "facet", "item"]
LEVELS: tuple[Level, ...] = ("domain", "facet", "item")

BOUND = 0.3
"""Default bound of equivalence in points: half a standard deviation of a HEXACO domain among people."""

_DIGITS = 9
"""To which differences are rounded: means of equal answers differ by what floating point leaves."""

MIN_BLOCKS = 12
"""Blocks below which 2/2ⁿ leaves no single one of 100 items a chance after correction."""


@dataclass(frozen=True)
class Difference:
    """One item, facet or domain, tuned − base.

    Attributes:
        level: "domain", "facet" or "item".
        name: of the domain or facet; the number of the item.
        n: blocks in which both models have a score.
        base, tuned: means over those blocks, keyed, points of the 1–5 scale.
        difference: tuned − base.
        low, high: interval of the difference, Student's t over blocks; NaN where all blocks moved alike.
        effect: Hedges' g of matched differences, (mean/s)(1 − 3/(4n − 5)); NaN where s = 0.
        effect_low, effect_high: its interval, normal, variance 1/n + g²/(2n).
        p_value: sign-flip, two-sided.
        p_adjusted: after the family's correction.
        p_equivalent: of two one-sided t-tests that |difference| is below the bound, or of sign tests (2⁻ⁿ)
            where all blocks moved alike, after the same correction.
        floor: smallest p-value that n blocks allow.
    """

    level: Level
    name: str
    n: int
    base: float
    tuned: float
    difference: float
    low: float
    high: float
    effect: float
    effect_low: float
    effect_high: float
    p_value: float
    p_adjusted: float
    p_equivalent: float
    floor: float

    def changed(self, alpha: float = ALPHA) -> bool:
        """Whether the difference is significant after correction."""
        return bool(self.p_adjusted <= alpha)

    def equivalent(self, alpha: float = ALPHA) -> bool:
        """Whether the difference is shown to be smaller than the bound."""
        return bool(self.p_equivalent <= alpha)

    def verdict(self, alpha: float = ALPHA) -> str:
        """In one word or two."""
        if not np.isfinite(self.difference):
            return "no answers"
        if self.changed(alpha):
            return "changed, but little" if self.equivalent(alpha) else "changed"
        return "equivalent" if self.equivalent(alpha) else "undecided"


@dataclass(frozen=True)
class Comparison:
    """All differences of two models.

    Attributes:
        differences: domains, then facets, then items, each in the key's order.
        n: matched blocks.
        bound: of equivalence, points of the 1–5 scale.
        level: of the intervals.
    """

    differences: tuple[Difference, ...]
    n: int
    bound: float
    level: float

    def at(self, level: Level) -> tuple[Difference, ...]:
        """The differences of one level."""
        return tuple(d for d in self.differences if d.level == level)


def compare(
    base: npt.ArrayLike,
    tuned: npt.ArrayLike,
    key: Key,
    *,
    bound: float = BOUND,
    level: float = 0.95,
    seed: int = 0,
) -> Comparison:
    """Compare two models on matched blocks.

    An answer counts only where both models gave one: nothing is imputed, and both models' scores of a
    block are means of the same items.

    Args:
        base: (B, K), agreement 1 … 5, NaN where missing.
        tuned: (B, K), the same blocks in the same order.
        key: of the K items.
        bound: of equivalence, > 0, points of the scale.
        level: of the intervals, between 0 and 1.
        seed: of the sign-flip test where it cannot be enumerated.

    Raises:
        ValueError: shapes that differ, a bound that is not positive, a level outside (0, 1).
    """
    a, b = np.atleast_2d(np.asarray(base, float)), np.atleast_2d(np.asarray(tuned, float))
    if a.shape != b.shape or a.shape[1] != key.n:
        raise ValueError(f"base {a.shape} and tuned {b.shape} must both be (blocks, {key.n})")
    if not bound > 0:
        raise ValueError(f"bound must be positive, got {bound}")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, got {level}")
    both = np.isfinite(a) & np.isfinite(b)
    keyed = [key.keyed(np.where(both, one, np.nan)) for one in (a, b)]
    found: list[Difference] = []
    for name, families in families_of(key).items():
        first, second = (
            np.stack([scale_score(one, members) for _, members in families], axis=1) for one in keyed
        )
        moved = np.round(second - first, _DIGITS)
        raw = _differences(name, [label for label, _ in families], first, second, moved, bound, level, seed)
        found += _corrected(raw, moved, name)
    return Comparison(tuple(found), len(a), bound, level)


def families_of(key: Key) -> dict[Level, list[tuple[str, BoolArray]]]:
    """Level → (name, (K,) members) of its family; levels without any are left out.

    An interstitial facet is a facet and no domain. Where every domain is a single facet there are no
    facets.
    """
    domains = [(name, own) for name, own in key.domains.items() if name not in key.interstitial]
    facets = list(key.facets.items()) if len(key.facets) > len(key.domains) else []
    items = [(str(number), np.asarray(np.arange(key.n) == i)) for i, number in enumerate(key.numbers)]
    return (
        {"domain": domains, "facet": facets, "item": items} if facets else {"domain": domains, "item": items}
    )


def _differences(
    level_name: Level,
    names: Sequence[str],
    base: FloatArray,
    tuned: FloatArray,
    d: FloatArray,
    bound: float,
    level: float,
    seed: int,
) -> list[Difference]:
    p = sign_flip_test(d, seed)
    out = []
    for j, name in enumerate(names):
        rows = np.isfinite(d[:, j])
        own, n = d[rows, j], int(rows.sum())
        mean = float(own.mean()) if n else np.nan
        sd = round(float(own.std(ddof=1)), _DIGITS) if n > 1 else np.nan
        interval = around(mean, sd / np.sqrt(n) if n > 1 else np.nan, max(n - 1, 1), level, units=n)
        p_equivalent = _equivalence(interval, bound)
        g, g_half = _hedges(mean, sd, n, level)
        out.append(
            Difference(
                level_name,
                name,
                n,
                float(base[rows, j].mean()) if n else np.nan,
                float(tuned[rows, j].mean()) if n else np.nan,
                mean,
                interval.low,
                interval.high,
                g,
                g - g_half,
                g + g_half,
                float(p[j]),
                np.nan,
                p_equivalent,
                floor(n, are_whole(own)),
            )
        )
    return out


def _equivalence(found: Interval, bound: float) -> float:
    """The larger p-value of the two one-sided t-tests; of sign tests where blocks do not differ."""
    inside, n = bound - abs(found.value), found.units
    if found.alike:
        return 0.5**n if inside > 0 else 1.0
    if not found.stderr > 0:
        return np.nan
    return float(scipy.stats.t.sf(inside / found.stderr, n - 1))


def _hedges(mean: float, sd: float, n: int, level: float) -> tuple[float, float]:
    if n < 3 or not sd > 0:
        return np.nan, np.nan
    g = mean / sd * (1 - 3 / (4 * n - 5))
    return g, float(quantile(level) * np.sqrt(1 / n + g**2 / (2 * n)))


def _corrected(family: list[Difference], differences: FloatArray, level: Level) -> list[Difference]:
    raw = [d.p_value for d in family]
    changed = holm(raw) if level == "domain" else false_discovery_control(differences, raw)
    adjust = holm if level == "domain" else benjamini_hochberg
    same = adjust([d.p_equivalent for d in family])
    return [
        replace(d, p_adjusted=float(p), p_equivalent=float(q))
        for d, p, q in zip(family, changed, same, strict=True)
    ]
