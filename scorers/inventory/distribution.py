"""Which answers of an agreement scale the log-probabilities of a first token give."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from inspect_ai.model import Logprobs

from fiduciary.economics.psychometrics.scoring import LOWEST, POINTS
from fiduciary.scorers._labels import _WORD_STARTS

LEAST_MASS = 0.5
"""Probability that the labels must hold together for a distribution over them to be an answer."""


class Distribution(NamedTuple):
    """What a first token says.

    Attributes:
        probabilities: of agreement 1 … 5, summing to 1; a label that was not returned has 0, which is
            too low by less than the last token that was.
        outside: probability of everything but the labels.
    """

    probabilities: tuple[float, ...]
    outside: float


def read_distribution(logprobs: Logprobs | None, answer_of_label: Mapping[str, int]) -> Distribution | None:
    """Distribution over agreement from the first token, or None where no label was returned.

    Tokens that are the same label with and without a blank before it, or in another case, are added up;
    the beginning of a label counts where it begins one label only.
    """
    if logprobs is None or not logprobs.content:
        return None
    first = logprobs.content[0]
    tokens = {top.token: float(top.logprob) for top in first.top_logprobs or []}
    tokens.setdefault(first.token, float(first.logprob))
    meaning = {label.casefold(): agreement for label, agreement in answer_of_label.items()}
    mass = [0.0] * POINTS
    for token, logprob in tokens.items():
        label = token.strip().strip(_WORD_STARTS).casefold()
        if (agreement := _meant(label, meaning)) is not None:
            mass[agreement - LOWEST] += math.exp(logprob)
    total = sum(mass)
    if not total > 0:
        return None
    return Distribution(tuple(m / total for m in mass), max(0.0, 1.0 - total))


def _meant(token: str, meaning: Mapping[str, int]) -> int | None:
    if token in meaning:
        return meaning[token]
    begun = [label for label in meaning if len(token) > 1 and label.startswith(token)]
    return meaning[begun[0]] if len(begun) == 1 else None
