"""Can chosen and rejected be told apart by style alone? A classifier that sees no content says.

Letters of options, numbers and names of stakeholders are masked; what is left are the words and
punctuation marks of a response, counted. A logistic regression learns on four fifths of the pairs and
is scored on the last; both responses of a pair are always on the same side.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np

from fiduciary.economics.arrays import FloatArray, IntArray
from fiduciary.tasks.stakeholder_choice.prompts import LABELS

FOLDS = 5
MAX_WORDS = 400
"""Most frequent words that the classifier sees."""

_NUMBER = re.compile(r"[-+−]?\$?\d+(?:,\d{3})*(?:\.\d+)?%?")
_WORD = re.compile(r"[^\W\d_]+|[^\w\s]|_+\w+_+")
_RIDGE = 1.0
_STEPS = 25


def mask(text: str, names: Sequence[str] = ()) -> str:
    """The text with option letters, numbers and the given names (with their article) taken out."""
    text = re.sub(rf"\bOption [{LABELS}]\b", "_option_", text)
    if re.fullmatch(rf"[{LABELS}]", text):
        return "_option_"
    if names:
        text = re.sub(rf"\b(?:[Tt]he )?(?:{'|'.join(map(re.escape, names))})\b", "_group_", text)
    return _NUMBER.sub("_number_", text)


def accuracy(
    chosen: Sequence[str], rejected: Sequence[str], names: Sequence[str], rng: np.random.Generator
) -> float:
    """Share of held-out responses whose role is found, 0.5 where style says nothing.

    Args:
        chosen: responses, one a pair.
        rejected: the other responses, in the same order.
        names: what to mask besides letters and numbers; empty shows the stakeholders' names.
        rng: splits the pairs.
    """
    n = len(chosen)
    if n < 2 * FOLDS:
        return float("nan")
    x, _ = features([mask(text, names) for text in (*chosen, *rejected)])
    return float(correct(x, rng.permutation(n) % FOLDS).mean())


def correct(x: FloatArray, fold: IntArray) -> FloatArray:
    """Which held-out responses are found: (2, n), of the chosen and of the rejected ones.

    Args:
        x: (2n, words), features of the chosen responses and then of the rejected ones.
        fold: (n,), in which of ``FOLDS`` parts each pair is scored.

    Returns:
        1 where the role is found, 0 where it is not, ½ where the classifier has no opinion.
    """
    n = len(fold)
    y = np.repeat([1.0, 0.0], n)
    folds = np.tile(fold, 2)
    right = np.zeros(2 * n)
    for k in range(FOLDS):
        held = folds == k
        score = x[held] @ _fit(x[~held], y[~held])
        # A score of exactly 0 is no opinion.
        right[held] = np.where(np.abs(score) < 1e-12, 0.5, (score > 0) == (y[held] > 0.5))
    return right.reshape(2, n)


def features(texts: Sequence[str]) -> tuple[FloatArray, list[str]]:
    """Standardised counts (texts, words) and what is counted; the last two are all words and characters."""
    x, words = _counts(texts)
    x = (x - x.mean(axis=0)) / np.maximum(x.std(axis=0), 1e-9)
    return x, [*words, "(words)", "(characters)"]


def _counts(texts: Sequence[str]) -> tuple[FloatArray, list[str]]:
    """Words counted (texts, words), and as the last two columns the numbers of words and of characters."""
    bags = [Counter(_WORD.findall(text.lower())) for text in texts]
    frequent = [word for word, _ in _total(bags).most_common(MAX_WORDS)]
    column = {word: j for j, word in enumerate(frequent)}
    out = np.zeros((len(texts), len(frequent) + 2))
    for i, (bag, text) in enumerate(zip(bags, texts, strict=True)):
        for word, count in bag.items():
            if word in column:
                out[i, column[word]] = count
        out[i, -2:] = sum(bag.values()), len(text)
    return out, frequent


def _total(bags: Sequence[Counter[str]]) -> Counter[str]:
    """All counts together."""
    total: Counter[str] = Counter()
    for bag in bags:
        total.update(bag)
    return total


def _fit(x: FloatArray, y: FloatArray) -> FloatArray:
    """Ridge logistic regression without intercept (both roles are equally frequent), by Newton steps."""
    w = np.zeros(x.shape[1])
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(x @ w, -30, 30)))
        gradient = x.T @ (p - y) + _RIDGE * w
        hessian = (x * (p * (1 - p))[:, None]).T @ x + _RIDGE * np.eye(len(w))
        step = np.linalg.solve(hessian, gradient)
        w -= step
        if np.abs(step).max() < 1e-6:
            break
    return w
