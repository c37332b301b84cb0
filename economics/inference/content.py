r"""Does it read? Whether answers depend on what was asked, by a test that the random order makes exact.

A question's options are shown in a random order. A respondent that does not read answers by place, by
letter, at random or not at all: given the question, its answers, the missing ones included, are
independent of the order. So under that null hypothesis every relabelling of a question's options was
equally likely, and a statistic's distribution is found by drawing relabellings anew: no model, no
asymptotics. All rows of a question (its reorderings, epochs, wordings) are relabelled together.

The statistic is fixed in advance. With answers ``a`` by place, less the mean of their place among
questions with as many options and of their letter, and features ``x`` of the options, it is a score with
its exact covariance under relabelling,

    S = Σ_q Σ_o A_qo x_qo,   V = Σ_q |A_q − mean|² Σ_o x_qo x_qoᵀ / (J_q − 1),   T = Sᵀ V⁺ S,

for three families of features: the options' figures and their ranks (reading that goes up or down in a
figure); their squares, which find a preference for a middle or for extremes, and x_k Σx_l − x_l Σx_k, which
find a preference that turns in a circle (Fishburn's skew-symmetric one); and the first family again for what
stands at the first place alone, since that is where reading stops first. The largest of the three, each
against its own mean and spread, is what is drawn.

Log-probabilities carry no sampling noise, so that the test alone would call a trifle reading. Where
questions were asked in two orders, the content's share of the variation of the log-odds is estimated too:
what two orders of a question have in common by option, once places and letters are taken out, over all
variation. A model reads where p < .01 and the lower bound of that share is above ``FLOOR``. Otherwise it
is not shown to read, which is no proof that it does not: hence the smallest share that could have been found.

Source: Fisher (1935) and Rosenbaum (2002, ch. 2) for tests by the randomisation of the design; Hennessy et
al. (2016) for the quadratic form with the design's own covariance.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import scipy

from fiduciary.economics.arrays import BoolArray, FloatArray, IntArray
from fiduciary.economics.inference.means import lower_bound
from fiduciary.economics.inference.place_slopes import unread_places
from fiduciary.economics.inference.shown import Shown
from fiduciary.economics.inference.telling import noncentrality

ALPHA = 0.01
"""Level of the test."""

FLOOR = 0.02
"""Least share of the variation that content must have, at its lower bound. The real model that is known not
to read has .001 to .014 of its log-odds from content; a mind that reads has most of them."""

POWER = 0.8
"""With which the smallest share that could have been found is told."""

DRAWS = 1999
_STREAM = 0xC0
_CHUNK = 250_000
_TIES = 1e-9


@dataclass(frozen=True)
class Content:
    """What the test says.

    Attributes:
        p_value: of the null hypothesis that answers are independent of the order; NaN where there is no test.
        n: questions with an answer.
        share: content's share of the variation of log-odds, from questions asked in two orders; NaN without.
        share_low: its lower bound, one-sided, 95 %.
        n_reordered: questions asked in two orders.
        smallest: share of the variation between options of a question that n questions would have shown
            with 80 % power.
        places: 1-based places that are not read though others are; empty where all are alike.
        tested: whether the order was random, without which there is no test.
        about: on what answers would depend, in the words of the verdict.
        unit: what n counts.
        untested: why there is no test where there is none, and what to ask instead.
    """

    p_value: float
    n: int
    share: float
    share_low: float
    n_reordered: int
    smallest: float
    places: tuple[int, ...] = ()
    tested: bool = True
    about: str = "what was asked"
    unit: str = "question"
    untested: str = "the options were shown in their own order (ask with -T order=shuffle)"

    @property
    def enough(self) -> bool:
        """Whether content's share is above a trifle, or is not known."""
        return math.isnan(self.share) or self.share_low > FLOOR

    @property
    def reads(self) -> bool:
        """Whether the answers are shown to depend on what was asked, wherever it stands."""
        return bool(self.p_value < ALPHA) and self.enough and not self.places

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        if not self.tested:
            return f"whether it reads was not tested: {self.untested}"
        share = "" if math.isnan(self.share) else f"; content's share of its log-odds {self.share:.0%}"
        units = f"{self.n:,} {self.unit}{'' if self.n == 1 else 's'}"
        shown = f"p {_p(self.p_value)}{share}; {units}"
        if self.reads:
            return f"it reads: its answers depend on {self.about} ({shown})"
        if self.places:
            places = _and([str(place) for place in self.places])
            return (
                f"it reads some places only: what stands at place {places} hardly moves its answers ({shown})"
            )
        if math.isnan(self.smallest):
            return f"not shown to read: its answers never vary, or are too few to tell, n = {self.n:,}"
        if self.p_value < ALPHA:
            return (
                f"not shown to read: {self.about} is not shown to account for more than "
                f"{FLOOR:.0%} of its answers' variation ({shown})"
            )
        level = f"at the {ALPHA:.0%} level"
        return (
            f"not shown to read: its answers are not shown to depend on {self.about} {level} "
            f"({shown}, which would have shown a share of {min(self.smallest, 1):.0%})"
        )


def content(shown: Shown, *, draws: int = DRAWS, seed: int = 0) -> Content:
    """Test whether the answers depend on what was asked.

    Args:
        shown: the answers.
        draws: relabellings drawn; the p-value is at least 1/(draws + 1).
        seed: of the draws.

    Raises:
        ValueError: shapes that do not fit, or more options than can be relabelled.
    """
    blocks = list(_blocks(shown, shown.residuals))
    n = sum(len(block) for block in blocks)
    share, low, reordered = _share(shown)
    if not shown.in_random_order:
        return Content(math.nan, n, share, low, reordered, math.nan, tested=False)
    free = sum((block.shape[1] - 1) * len(block) for block in blocks)
    monotone, curved = _features(shown)
    first = list(_blocks(shown, np.where(shown.place == 0, shown.residuals, 0.0)))
    families = ((blocks, monotone), (blocks, curved), (first, monotone))
    found = _largest(families, draws, np.random.default_rng([seed, _STREAM]))
    if found is None:
        return Content(1.0, n, share, low, reordered, math.nan)
    p_value, rank = found
    result = Content(p_value, n, share, low, reordered, smallest_share(rank, free))
    if result.p_value < ALPHA:
        # What is read at one place alone leaves its place when the order changes, and two orders have it not
        # in common: so places are looked at whatever the share is.
        least = FLOOR if shown.noisy or result.enough else 2 * FLOOR
        result = replace(result, places=unread_places(shown, least))
    return result


def _blocks(shown: Shown, values: FloatArray) -> Iterator[FloatArray]:
    """A_qo by number of options: (questions, J), the sum of a question's rows by own index, centred."""
    for _, rows, sums in _questions(shown, values):
        yield sums[rows] - sums[rows].mean(axis=1, keepdims=True)


def _questions(shown: Shown, values: FloatArray) -> Iterator[tuple[int, BoolArray, FloatArray]]:
    """For each number of options J: J, which questions have it, and the questions' sums (questions, J)."""
    codes = shown.codes
    sums = np.zeros((codes.max() + 1 if len(codes) else 0, values.shape[1]))
    np.add.at(sums, codes, values)
    counts, answered = np.zeros(len(sums), np.int64), np.zeros(len(sums), bool)
    counts[codes] = shown.exists.sum(axis=1)
    np.logical_or.at(answered, codes, shown.answered)
    for k in range(2, values.shape[1] + 1):
        which = (counts == k) & answered
        if which.any():
            yield k, which, sums[:, :k]


def _features(shown: Shown) -> tuple[list[FloatArray], list[FloatArray]]:
    """Features of the blocks, each centred in its question: figures with their ranks, and curved ones."""
    flat = shown.figures[shown.exists]
    mean, scale = flat.mean(axis=0), flat.std(axis=0)
    scale = np.where(scale > 0, scale, 1.0)
    codes = shown.codes
    first = np.unique(codes, return_index=True)[1]
    monotone, curved = [], []
    for k, which, _ in _questions(shown, shown.residuals):
        raw = (shown.figures[first[which], :k] - mean) / scale
        x = raw - raw.mean(axis=1, keepdims=True)
        ranks = scipy.stats.rankdata(np.round(x, 9), axis=1)
        ranks = (ranks - ranks.mean(axis=1, keepdims=True)) / k
        squares = x**2 - (x**2).mean(axis=1, keepdims=True)
        one, two = np.triu_indices(x.shape[2], 1)
        whole = raw.sum(axis=1, keepdims=True)
        turning = raw[..., one] * whole[..., two] - raw[..., two] * whole[..., one]
        turning = turning - turning.mean(axis=1, keepdims=True)
        monotone.append(np.concatenate([x, ranks], axis=2))
        curved.append(np.concatenate([squares, turning], axis=2))
    return monotone, curved


def _largest(
    families: Sequence[tuple[list[FloatArray], list[FloatArray]]], draws: int, rng: np.random.Generator
) -> tuple[float, int] | None:
    """p-value of the largest of the families' statistics, and the first one's rank; None if nothing varies.

    A family is A and the features, block by block of questions with as many options.
    """
    scores = [np.zeros((draws + 1, x[0].shape[2] if x else 0)) for _, x in families]
    spread = [np.zeros((score.shape[1],) * 2) for score in scores]
    for b, (m, k) in enumerate(block.shape for block in families[0][0]):
        orders = _relabellings(k)
        drawn = rng.integers(len(orders), size=(draws + 1, m))
        drawn[0] = 0  # the identity: what was observed
        each = []  # of every family, every relabelling of every question
        for f, (blocks, features) in enumerate(families):
            a, x = blocks[b], features[b]
            spread[f] += np.einsum("q,qoi,qoj->ij", (a**2).sum(axis=1) / (k - 1), x, x)
            each.append(np.einsum("qo,qpoi->qpi", a, x[:, orders]).reshape(m * len(orders), -1))
        table = np.concatenate(each, axis=1)
        ends = np.cumsum([part.shape[1] for part in each])[:-1]
        step = max(1, _CHUNK // max(m, 1))
        for start in range(0, draws + 1, step):
            part = drawn[start : start + step] + len(orders) * np.arange(m)
            picked = scipy.sparse.csr_array(
                (np.ones(part.size), part.ravel(), m * np.arange(len(part) + 1)), (len(part), len(table))
            )
            for score, own in zip(scores, np.split(picked @ table, ends, axis=1), strict=True):
                score[start : start + step] += own
    statistics, ranks = [], []
    for score, v in zip(scores, spread, strict=True):
        values, vectors = np.linalg.eigh(v) if v.size else (np.empty(0), np.empty((0, 0)))
        kept = values > 1e-9 * max(values.max(initial=0.0), 1e-300)
        rank = int(kept.sum())
        ranks.append(rank)
        if rank:
            along = score @ vectors[:, kept] / np.sqrt(values[kept])
            statistics.append(((along**2).sum(axis=1) - rank) / math.sqrt(2 * rank))
    if not statistics or max(v.max(initial=0.0) for v in spread) <= 0:
        return None
    larger = np.max(statistics, axis=0)
    return float(np.mean(larger >= larger[0] - _TIES * max(abs(larger[0]), 1))), ranks[0]


@lru_cache
def _relabellings(k: int) -> IntArray:
    """(k!, k), the identity first."""
    return np.array(list(itertools.permutations(range(k))), np.int64)


def smallest_share(rank: int, free: int) -> float:
    """Share s at which a score of this rank would find p < ``ALPHA`` with ``POWER``.

    Of ``free`` = Σ (J_q − 1) contrasts, a share s of the variation in the score's directions makes T a
    noncentral χ² with noncentrality s · free / (1 − s).
    """
    if rank == 0 or free <= rank:
        return math.nan
    needed = noncentrality(rank, ALPHA, POWER)
    return needed / (needed + free)


def _share(shown: Shown) -> tuple[float, float, int]:
    """Content's share of the variation, its lower bound, and the questions asked in two orders.

    Of a question's rows in different orders, Σ_o e_o e'_o / Σ_o v_o²: what residuals have in common over
    all that moves. A ratio of sums over questions, with the linearised error of a ratio and t quantiles.
    """
    codes, e, v = shown.codes, shown.residuals, shown.values
    common, all_of_it = [], []
    if shown.noisy:
        return math.nan, math.nan, 0
    order = np.argsort(codes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(codes[order])) + 1):
        rows = rows[shown.answered[rows]]
        pairs = [
            (one, two)
            for one, two in itertools.combinations(rows, 2)
            if np.any(shown.place[one] != shown.place[two])
        ]
        if pairs:
            common.append(np.mean([e[one] @ e[two] for one, two in pairs]))
            all_of_it.append(np.mean([(v[one] @ v[one] + v[two] @ v[two]) / 2 for one, two in pairs]))
    n = len(common)
    a, b = np.array(common), np.array(all_of_it)
    if n < 2 or b.sum() <= 0:
        return math.nan, math.nan, n
    return *lower_bound(a, b), n


def _p(value: float) -> str:
    return f"= {value:.3f}" if value >= 0.001 else "< .001"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
