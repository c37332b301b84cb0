"""From agreement with statements to scores of facets and domains.

Agreement a is 1 … 5 on the ascending scale, NaN where an answer is missing. A reversed item is keyed as
6 − a. A missing answer stays missing: a scale's score is the mean of the items that were answered, and
there is none where fewer than half of them were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray
from fiduciary.economics.inference import mean
from fiduciary.economics.psychometrics.instruments import DOMAIN_NAMES

LOWEST, HIGHEST = 1, 5
"""Ends of the scale of agreement."""

POINTS = HIGHEST - LOWEST + 1

MIDDLE = (LOWEST + HIGHEST) / 2
"""Neither agreement nor disagreement."""

LEAST_ANSWERED = 0.5
"""Share of a scale's items that must be answered for it to have a score."""


@dataclass(frozen=True)
class Key:
    """Which item belongs where, and which are reversed.

    Attributes:
        numbers: (K,) numbers of the items, in the order of every array's last axis.
        facet: (K,) facet of each.
        domain: (K,) domain of each.
        reversed: (K,) whether agreement means less of the trait.

    Raises:
        ValueError: lengths differ, a number occurs twice, or there are no items.
    """

    numbers: tuple[int, ...]
    facet: tuple[str, ...]
    domain: tuple[str, ...]
    reversed: tuple[bool, ...]

    def __post_init__(self) -> None:
        if not self.numbers or len(set(self.numbers)) < len(self.numbers):
            raise ValueError(f"a key needs items with different numbers, got {self.numbers}")
        if {len(self.facet), len(self.domain), len(self.reversed)} != {len(self.numbers)}:
            raise ValueError("numbers, facet, domain and reversed must have one entry an item")

    @classmethod
    def of(cls, items: Iterable[Mapping[str, Any]]) -> Key:
        """From items with ``number``, ``facet``, ``domain`` and ``reversed``."""
        rows = list(items)
        return cls(
            tuple(int(row["number"]) for row in rows),
            tuple(str(row["facet"]) for row in rows),
            tuple(str(row["domain"]) for row in rows),
            tuple(bool(row["reversed"]) for row in rows),
        )

    @property
    def n(self) -> int:
        """Number of items, K."""
        return len(self.numbers)

    @cached_property
    def domains(self) -> dict[str, BoolArray]:
        """Domain → (K,) its items: H E X A C O first, then in the order of appearance."""
        return _members(self.domain, _place)

    @cached_property
    def facets(self) -> dict[str, BoolArray]:
        """Facet → (K,) its items, in the order of the domains, then of appearance."""
        domain = dict(zip(self.facet, self.domain, strict=True))
        return _members(self.facet, lambda name: _place(domain[name]))

    @cached_property
    def interstitial(self) -> tuple[str, ...]:
        """Domains that are one facet beside domains that are several (Altruism in the HEXACO)."""
        several = [
            len({f for f, d in zip(self.facet, self.domain, strict=True) if d == name})
            for name in self.domains
        ]
        if max(several) == 1:
            return ()
        return tuple(name for name, count in zip(self.domains, several, strict=True) if count == 1)

    def keyed(self, agreement: npt.ArrayLike) -> FloatArray:
        """Answers in the direction of the trait: a, or 6 − a where reversed.

        Args:
            agreement: (…, K).
        """
        given = np.asarray(agreement, float)
        return np.where(self.reversed, LOWEST + HIGHEST - given, given)


def scale_score(keyed: npt.ArrayLike, members: npt.ArrayLike) -> FloatArray:
    """Mean of a scale's answered items, (…); NaN where fewer than half were answered.

    Args:
        keyed: (…, K), keyed answers.
        members: (K,), which items belong to the scale.
    """
    own = np.asarray(keyed, float)[..., np.asarray(members, bool)]
    answered = np.isfinite(own)
    count = answered.sum(axis=-1)
    enough = (count > 0) & (count >= LEAST_ANSWERED * own.shape[-1])
    total = np.where(answered, own, 0.0).sum(axis=-1)
    return np.asarray(np.where(enough, total / np.maximum(count, 1), np.nan), float)


@dataclass(frozen=True)
class ScaleScore:
    """Score of one scale over blocks.

    Attributes:
        name: of facet or domain.
        value: mean over items of each item's mean over blocks.
        se: standard error with blocks as the unit, s/√B of the blocks' scores; NaN with fewer than two, or
            where they are all the same.
        blocks: number of blocks with a score.
        items: items that were answered at least once.
        of: items of the scale.
    """

    name: str
    value: float
    se: float
    blocks: int
    items: int
    of: int


def scale_scores(agreement: npt.ArrayLike, key: Key, level: str = "domain") -> dict[str, ScaleScore]:
    """Scores of all facets or domains.

    Every item weighs the same, however often it was answered, so that a refusal in some blocks does not
    change what the scale is made of.

    Args:
        agreement: (B, K), one row a block.
        key: of the K items.
        level: "domain" or "facet".
    """
    keyed = key.keyed(np.atleast_2d(np.asarray(agreement, float)))
    item_means = column_means(keyed)
    out = {}
    for name, members in (key.domains if level == "domain" else key.facets).items():
        by_block = scale_score(keyed, members)
        by_block = by_block[np.isfinite(by_block)]
        out[name] = ScaleScore(
            name,
            float(scale_score(item_means, members)),
            mean(by_block).stderr,
            len(by_block),
            int(np.isfinite(item_means[members]).sum()),
            int(members.sum()),
        )
    return out


def column_means(values: npt.ArrayLike) -> FloatArray:
    """Mean of every column over its finite entries, (K,); NaN for a column without any."""
    given = np.asarray(values, float)
    finite = np.isfinite(given)
    count = finite.sum(axis=0)
    total = np.where(finite, given, 0.0).sum(axis=0)
    return np.asarray(np.where(count > 0, total / np.maximum(count, 1), np.nan), float)


def percentile(score: float, mean: float, sd: float) -> float:
    """Share of a normal population with this mean and standard deviation below a score, in percent.

    Raises:
        ValueError: sd is not positive.
    """
    if not sd > 0:
        raise ValueError(f"sd must be positive, got {sd}")
    return float(100 * scipy.stats.norm.cdf((score - mean) / sd))


def _members(names: tuple[str, ...], place: Callable[[str], int]) -> dict[str, BoolArray]:
    array = np.array(names)
    return {name: np.asarray(array == name) for name in sorted(dict.fromkeys(names), key=place)}


def _place(domain: str) -> int:
    return list(DOMAIN_NAMES).index(domain) if domain in DOMAIN_NAMES else len(DOMAIN_NAMES)
