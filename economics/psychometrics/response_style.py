"""How a model answers whatever the statement says: yea-saying, one label for everything, indecision.

Acquiescence is the mean agreement after the direction of the scale is undone and before keying: with a
balanced key, agreeing with a statement and with its opposite moves it away from 3. It is told apart
from always choosing one label by asking with both directions: a model that always takes the second label
disagrees with everything on one scale and agrees with everything on the other.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from fiduciary.economics.arrays import FloatArray
from fiduciary.economics.psychometrics.scoring import HIGHEST, LOWEST, MIDDLE

NEARLY_ALL = 0.95
"""Share of answers from which a style is flagged."""

FLAGS = (
    "none",
    "always the same label",
    "always agrees",
    "always disagrees",
    "always neutral",
    "always the same answer, in one direction only",
)
"""What :func:`response_style` can flag; the place is the code. The last cannot tell label from agreement."""


@dataclass(frozen=True)
class ResponseStyle:
    """How the answers are given, apart from what they say.

    Attributes:
        acquiescence: mean agreement, 1 … 5, before keying.
        same_label: share of answers at the place in the list of labels that is used most.
        agrees, disagrees, neutral: shares of agreement above, below and at 3.
        flag: one of ``FLAGS``.
    """

    acquiescence: float
    same_label: float
    agrees: float
    disagrees: float
    neutral: float
    flag: str

    @property
    def code(self) -> int:
        """Place of the flag in ``FLAGS``."""
        return FLAGS.index(self.flag)


def response_style(shares: npt.ArrayLike, order: npt.ArrayLike) -> ResponseStyle:
    """Describe the answers of one model.

    Args:
        shares: (B, K, 5), of agreement 1 … 5 in each answer: probabilities, or 1 for the answer given
            and 0 elsewhere (:func:`one_answer`); NaN where missing.
        order: (B, 5), agreement that each label means, in the order in which the labels were shown.
    """
    given = np.asarray(shares, float)
    valid = np.isfinite(given).all(axis=-1)
    if not valid.any():
        return ResponseStyle(np.nan, np.nan, np.nan, np.nan, np.nan, "none")
    shown = np.asarray(order).astype(int)
    by_agreement = given[valid].mean(axis=0)
    by_place = np.take_along_axis(given, shown[:, None, :] - LOWEST, axis=-1)[valid].mean(axis=0)
    middle = round(MIDDLE) - LOWEST
    disagrees, neutral, agrees = (float(part.sum()) for part in np.split(by_agreement, [middle, middle + 1]))
    same = float(by_place.max())
    flag = "none"
    if max(agrees, disagrees) >= NEARLY_ALL:
        flag = "always agrees" if agrees >= disagrees else "always disagrees"
    elif neutral >= NEARLY_ALL:
        flag = "always neutral"
    if same >= NEARLY_ALL and flag != "always neutral":
        turned = len(np.unique(shown[valid.any(axis=1)], axis=0)) > 1
        flag = "always the same label" if turned else FLAGS[-1]
    return ResponseStyle(float(expected(by_agreement)), same, agrees, disagrees, neutral, flag)


def one_answer(agreement: npt.ArrayLike) -> FloatArray:
    """(…, 5), 1 at the answer and 0 elsewhere; NaN where the answer is missing.

    Args:
        agreement: (…), whole numbers 1 … 5, NaN where missing.
    """
    a = np.asarray(agreement, float)[..., None]
    return np.where(np.isfinite(a), a == np.arange(LOWEST, HIGHEST + 1), np.nan)


def entropy(probabilities: npt.ArrayLike) -> FloatArray:
    """−Σ p log₂ p in bits over the last axis, 0 … log₂ 5; NaN where a probability is NaN."""
    p = np.asarray(probabilities, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(p > 0, -p * np.log2(p), np.where(np.isnan(p), np.nan, 0.0))
    return np.asarray(terms.sum(axis=-1), float)


def answer_entropy(agreement: npt.ArrayLike) -> float:
    """Entropy of sampled answers: mean over items of the entropy of an item's answers over blocks, bits.

    It counts what presentation and sampling change together. NaN where no item has two answers.

    Args:
        agreement: (B, K), whole numbers 1 … 5, NaN where missing.
    """
    counts = np.nan_to_num(one_answer(np.atleast_2d(np.asarray(agreement, float)))).sum(axis=0)
    total = counts.sum(axis=-1)
    kept = total > 1
    return float(entropy(counts[kept] / total[kept, None]).mean()) if kept.any() else float("nan")


def text_agreement(text: npt.ArrayLike, probabilities: npt.ArrayLike) -> tuple[float, float]:
    """How often a text answer is the one that log-probabilities rank first, and how far both lie apart.

    Args:
        text: (…), agreement in text, NaN where missing.
        probabilities: (…, 5), of agreement 1 … 5.

    Returns:
        Share of equal answers, and mean |text − Σ k p_k|, both over answers that have both; NaN for none.
    """
    said, p = np.asarray(text, float), np.asarray(probabilities, float)
    both = np.isfinite(said) & np.isfinite(p).all(axis=-1)
    if not both.any():
        return float("nan"), float("nan")
    first = p[both].argmax(axis=-1) + LOWEST
    return float((first == said[both]).mean()), float(np.abs(expected(p[both]) - said[both]).mean())


def expected(probabilities: npt.ArrayLike) -> FloatArray:
    """Mean agreement Σ k p_k over the last axis."""
    return np.asarray(np.asarray(probabilities, float) @ np.arange(LOWEST, HIGHEST + 1), float)
