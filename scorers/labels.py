"""Probabilities of the options' labels from the log-probabilities of the first token."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

from inspect_ai.model import Logprobs

LABELS = "ABCDE"
"""Names of the options in their own order; a sample may give them to the places in another."""

_WORD_STARTS = "Ġ▁"  # how tokenizers spell the blank before a word when a token is not decoded


class LabelProbabilities(NamedTuple):
    """What a first token says about the options.

    Attributes:
        by_place: probability of each displayed option among the labels that were returned; None
            where a label was not among them, which censors it rather than making it 0.
        outside: probability of everything but the returned labels.
    """

    by_place: tuple[float | None, ...]
    outside: float


def label_probabilities(logprobs: Logprobs | None, labels: Sequence[str]) -> LabelProbabilities | None:
    """Renormalise over the options' labels, or None where there is nothing to renormalise.

    Tokens that are the same label with and without a blank before it are added up.

    Args:
        logprobs: of the token that followed the closing words.
        labels: of the options, in the order shown.
    """
    if logprobs is None or not logprobs.content:
        return None
    first = logprobs.content[0]
    # Some providers return the sampled token only, others list it among the top ones.
    tokens = {top.token: float(top.logprob) for top in first.top_logprobs or []}
    tokens.setdefault(first.token, float(first.logprob))
    places = {label: place for place, label in enumerate(labels)}
    mass: list[float | None] = [None] * len(labels)
    for token, logprob in tokens.items():
        place = places.get(_bare(token))
        if place is not None:
            mass[place] = (mass[place] or 0.0) + math.exp(logprob)
    total = sum(m for m in mass if m is not None)
    if not total > 0:
        return None
    return LabelProbabilities(tuple(None if m is None else m / total for m in mass), max(0.0, 1.0 - total))


def label_drawn(logprobs: Logprobs | None, labels: Sequence[str]) -> int:
    """Place of the label that the token itself is, or −1.

    Args:
        logprobs: of the token that followed the closing words.
        labels: of the options, in the order shown.
    """
    token = _bare(logprobs.content[0].token) if logprobs is not None and logprobs.content else ""
    names = list(labels)  # a text of letters holds the empty one too
    return names.index(token) if token in names else -1


def _bare(token: str) -> str:
    return token.strip().strip(_WORD_STARTS)
